//! The numbers of a run over its iterations: raw faint, averaged strong.
//!
//! | file | subject |
//! |---|---|
//! | [`number`] | which numbers there are |
//! | [`series`] | one of them over all iterations, kept as it grows |
//! | [`smoothing`], [`pyramid`] | the trailing mean, and the extremes of any stretch |
//! | [`axis`], [`view`] | scales and grids, and the part that is seen |
//! | [`outline`] | what is drawn of a curve on so many pixels |
//! | [`chips`], [`chart`], [`frame`], [`hover`] | drawing |
//! | [`gestures`] | drag, scroll, double click |

pub mod axis;
pub mod chart;
pub mod chips;
pub mod frame;
pub mod gestures;
pub mod hover;
pub mod number;
pub mod outline;
pub mod pyramid;
pub mod series;
pub mod smoothing;
pub mod view;

use super::Panel;
use crate::tasks::Measure;
use crate::train::Point;
use crate::ui::session::Session;
use crate::ui::theme::Palette;
use axis::Scale;
use egui::{Pos2, Ui};
use number::Number;
use serde::Deserialize as _;
use serde_json::{Value, json};
use series::Series;
use view::View;

/// Iterations that the strong line averages over at first, fewer at the beginning of a run.
pub const SMOOTHING: usize = 20;

/// What is drawn from: the iterations of a run.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The numbers; index 0 is iteration 1.
    pub points: &'a [Point],
    /// Seconds that each iteration took, where they are known.
    pub step_seconds: Option<&'a [f32]>,
    /// What the task's measure is.
    pub measure: Measure,
    /// The iteration being viewed.
    pub viewing: Option<u64>,
    /// Iterations that the run is to have.
    pub planned: u64,
}

impl<'a> Source<'a> {
    /// The run in training; without one, the run of the network being viewed.
    pub fn of(session: &'a Session) -> Option<Self> {
        let points = session.curve();
        let viewing = session.scene().map(|scene| scene.iteration);
        let run = session.training.config().filter(|_| session.views_own_run());
        let (task, planned) = match (run, session.scene()) {
            (Some(config), _) => (config.task(), config.iterations),
            (None, Some(scene)) => (scene.task, points.len() as u64),
            (None, None) => return None,
        };
        let step_seconds = run.map(|_| session.training.step_seconds());
        Some(Self { points, step_seconds, measure: task.measure(), viewing, planned })
    }
}

/// The panel: which number is shown, how, and which part of it.
pub struct Curve {
    number: Number,
    smoothing: usize,
    /// Of iterations and of values.
    scales: [Scale; 2],
    view: View,
    series: Series,
    /// Where a rectangle to be zoomed into was begun.
    corner: Option<Pos2>,
}

impl Default for Curve {
    fn default() -> Self {
        Self {
            number: Number::default(),
            smoothing: SMOOTHING,
            scales: [Scale::Linear; 2],
            view: View::default(),
            series: Series::new(Number::default(), SMOOTHING),
            corner: None,
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
        let words = Source::of(session).map(|source| self.number.words(source.measure)).unwrap_or_default();
        format!("{words} · faint: each iteration · strong: mean")
    }

    fn has_content(&self, session: &Session) -> bool {
        !session.curve().is_empty()
    }

    fn empty(&self) -> &'static str {
        "The curve of a training run appears here. Start training to see one."
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Session) {
        let Some(source) = Source::of(session) else { return };
        if let Some(hover) = self.curve_ui(ui, &source) {
            session.hover = Some(hover);
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

    /// Averages over the last `length` iterations.
    pub fn set_smoothing(&mut self, length: usize) {
        self.smoothing = length.max(1);
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
        if let Some(reason) = self.number.absence(source) {
            ui.centered_and_justified(|ui| ui.label(egui::RichText::new(reason).color(palette.quiet)));
            return None;
        }
        self.chart_ui(ui, source, palette)
    }
}
