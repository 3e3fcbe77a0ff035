//! The numbers of a run over its iterations: raw faint, averaged strong. What is drawn is worked out in
//! [`curves`](crate::view::curves).
//!
//! | file | subject |
//! |---|---|
//! | [`chips`], [`legend`], [`chart`], [`overlay`], [`frame`], [`hover`] | drawing |
//! | [`validations`] | what the network came to after each epoch |
//! | [`gestures`] | drag, scroll, double click |

pub mod chart;
pub mod chips;
pub mod frame;
pub mod gestures;
pub mod hover;
pub mod legend;
pub mod overlay;
pub mod validations;

use super::{Explanation, Panel};
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::curves::axis::Scale;
use crate::view::curves::bands::{Band, Bands};
use crate::view::curves::number::Number;
use crate::view::curves::part::View;
use crate::view::curves::series::Series;
use crate::view::curves::{SMOOTHING, Source};
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Pos2, Ui};
use legend::Wish;
use serde::Deserialize as _;
use serde_json::{Value, json};

/// The panel: which number is shown, how, and which part of it.
pub struct Curve {
    number: Number,
    smoothing: usize,
    /// Of iterations and of values.
    scales: [Scale; 2],
    view: View,
    series: Series,
    bands: Bands,
    /// What has been wished for in the legend.
    wish: Option<Wish>,
    /// Where a rectangle to be zoomed into was begun.
    corner: Option<Pos2>,
    /// What was clicked in this frame.
    click: Option<Click>,
    /// The age of the network before the last click.
    age_before: Option<u64>,
}

/// A click on the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Click {
    /// On an iteration.
    On(u64),
    /// The second one of two, which mean something else together.
    Twice,
}

impl Default for Curve {
    fn default() -> Self {
        Self {
            number: Number::default(),
            smoothing: SMOOTHING,
            scales: [Scale::Linear; 2],
            view: View::default(),
            series: Series::new(Number::default(), SMOOTHING),
            bands: Bands::default(),
            wish: None,
            corner: None,
            click: None,
            age_before: None,
        }
    }
}

impl Panel for Curve {
    fn title(&self) -> &'static str {
        "Learning"
    }

    fn choices(&self) -> Value {
        let scales = self.scales.map(|scale| scale == Scale::Log);
        json!({ "number": self.number, "smoothing": self.smoothing, "log_x": scales[0], "log_y": scales[1] })
    }

    fn choose(&mut self, choices: &Value) {
        if let Ok(number) = Number::deserialize(&choices["number"]) {
            self.number = number;
        }
        if let Some(length) = choices["smoothing"].as_u64() {
            self.smoothing = usize::try_from(length).unwrap_or(SMOOTHING).clamp(1, chips::LONGEST);
        }
        for (scale, key) in self.scales.iter_mut().zip(["log_x", "log_y"]) {
            *scale = if choices[key] == true { Scale::Log } else { Scale::Linear };
        }
    }

    fn note(&self, session: &Session) -> String {
        let Some(source) = Source::of(session) else { return String::new() };
        let words = self.number.words(source.measure);
        match session.comparison.unread() {
            0 if source.compared.is_none() => {
                let points = if self.validations(&source).is_empty() { "" } else { " · points: validation" };
                format!("{words} · raw (faint), mean of {}{points}", self.smoothing)
            }
            0 if self.bands.all().iter().any(Band::has_quartiles) => {
                format!("{words} · median (line), quartiles (band)")
            }
            0 => format!("{words} · one line per run, mean of {}", self.smoothing),
            1 => format!("{words} · reading a run …"),
            unread => format!("{words} · reading {unread} runs …"),
        }
    }

    fn has_content(&self, session: &Session) -> bool {
        !session.curve().is_empty() || session.comparison.compared().task().is_some()
    }

    fn empty(&self) -> &'static str {
        "The curve of a training run appears here. Start training to see one."
    }

    fn explain(&self, session: &Session) -> Explanation {
        let is_compared = session.comparison.compared().task().is_some();
        Explanation {
            sentences: [
                "One number of a training run at each of its iterations, from left to right.",
                if is_compared {
                    "Runs that differ in their seed alone are a group: its line is the median, the band reaches from \
                     quartile to quartile, and groups of fewer than three runs are drawn run by run."
                } else {
                    "The faint line is each iteration, the strong one the mean of the last ones; which number it is, is \
                     chosen above."
                },
                if session.has_ages() {
                    "A click shows the network as it was then, in the same episode: its run has kept snapshots."
                } else {
                    "It tells how fast the network learns, and whether it has finished."
                },
            ],
            try_this: "Choose “loss” above, and scroll over the chart to zoom in; double-click to see everything again.",
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let Some(source) = Source::of(session) else { return };
        if let Some(hover) = self.curve_ui(ui, &source) {
            session.say(hover);
        }
        match self.click.take() {
            Some(Click::On(iteration)) => {
                self.age_before = session.shown_age();
                session.act(Action::ShowAge(iteration));
            }
            // A double click means to see everything again; its first click has gone somewhere on the way.
            Some(Click::Twice) => self.age_before.take().into_iter().for_each(|age| session.act(Action::ShowAge(age))),
            None => {}
        }
        match self.wish.take() {
            Some(Wish::Toggle(index)) => session.act(Action::ToggleCompared(index)),
            Some(Wish::Remove(index)) => session.act(Action::RemoveCompared(index)),
            None => {}
        }
    }
}

impl Curve {
    /// Which number is shown.
    pub fn number(&self) -> Number {
        self.number
    }

    /// Shows another number; the iterations in view stay.
    pub fn choose(&mut self, number: Number) {
        if self.number != number {
            self.number = number;
            self.view.values_changed();
        }
    }

    /// How iterations and values are placed.
    pub fn set_scales(&mut self, x: Scale, y: Scale) {
        if self.scales[0] != x {
            self.view.follow();
        }
        if self.scales[1] != y {
            self.view.values_changed();
        }
        self.scales = [x, y];
    }

    /// What part is seen.
    pub fn view(&self) -> View {
        self.view
    }

    /// Draws chips and chart, and answers what is under the pointer, in words.
    pub fn curve_ui(&mut self, ui: &mut Ui, source: &Source<'_>) -> Option<String> {
        let palette = Palette::of(ui.ctx());
        self.chips_ui(ui, source, palette);
        self.series.update(source, self.number, self.smoothing);
        match source.compared {
            Some(compared) => self.bands.update(compared, self.number, self.smoothing),
            None => self.bands = Bands::default(),
        }
        if let Some(reason) = self.number.absence(source) {
            ui.centered_and_justified(|ui| ui.label(egui::RichText::new(reason).color(palette.quiet)));
            return None;
        }
        self.chart_ui(ui, source, palette)
    }
}
