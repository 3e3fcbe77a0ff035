//! Steps to the reward, each time that it was found, beside the shortest path: whether an agent remembers is seen here.

use super::ways::{Way, actions_done, ways};
use crate::ui::panels::{Explanation, Panel};
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::numbers::decimals;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Align2, Color32, FontId, Rect, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, WidgetInfo, pos2, vec2};
use std::ops::Range;

/// Height of the line that says what is drawn, and room for the numbers below and above the bars.
const LEGEND: f32 = 18.0;
const NUMBERS: f32 = 15.0;

/// Room for the steps at the left.
const SCALE: f32 = 26.0;

/// The height of a number.
const NUMBER_HEIGHT: f32 = 12.0;

/// The least and the largest room for one bar, or for both where there is a control.
const ROOM: [f32; 2] = [5.0, 34.0];

/// From here on there is room for a number above a bar, or for the number of the bar below.
const WORDED: [f32; 2] = [15.0, 20.0];

/// A panel lower than this has neither legend nor numbers.
const LOW: f32 = 70.0;

/// The panel; it has no state of its own.
#[derive(Default)]
pub struct Rewards;

impl Panel for Rewards {
    fn title(&self) -> &'static str {
        "Rewards"
    }

    fn note(&self, session: &Session) -> String {
        let Some(Lives { done, all, control }) = Lives::of(session) else { return String::new() };
        let found = |way: &&Way| way.is_found;
        let known: Vec<f64> = all.iter().filter(|way| way.end() <= done).filter_map(Way::efficiency).collect();
        let mut note = format!("found {} of {} times", known.len(), all.iter().filter(found).count());
        if let Some(mean) = mean(&known) {
            note.push_str(&format!(" · shortest/taken {} on average", decimals(mean, 2)));
        }
        if let [first, later @ ..] = &known[..]
            && let Some(later) = mean(later)
        {
            note.push_str(&format!(" · first {}, later {}", decimals(*first, 2), decimals(later, 2)));
        }
        let others = control.iter().flatten().filter(|way| way.end() <= done).filter_map(Way::efficiency);
        if let Some(mean) = mean(&others.collect::<Vec<_>>()) {
            note.push_str(&format!(" · control {} on average", decimals(mean, 2)));
        }
        note
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some_and(|scene| scene.tape().content.walk().is_some())
    }

    fn empty(&self) -> &'static str {
        "How many steps an agent takes to a hidden reward, each time, appears here: open or train a network of the task maze."
    }

    fn explain(&self, _session: &Session) -> Explanation {
        Explanation {
            sentences: [
                "Each bar is one way to the reward: how many steps the agent took from where it was put.",
                "The mark across a bar is the shortest path; a bar that ends at its mark is a way without a detour.",
                "The first way is a search; where later ones are near their marks, the agent remembers the place.",
            ],
            try_this: "Click the first bar and press Space: the search; then click a later one.",
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let Some(lives) = Lives::of(session) else { return };
        let mut area = ui.available_rect_before_wrap();
        let is_low = area.height() < LOW;
        if !is_low {
            legend_ui(ui, area.with_max_y(area.top() + LEGEND), lives.control.is_some());
            area = area.with_min_y(area.top() + LEGEND);
        }
        let words = if is_low { 2.0 } else { NUMBERS };
        let plot = Rect::from_min_max(area.min + vec2(SCALE, words), area.max - vec2(2.0, words));
        if plot.width() >= 20.0 && plot.height() >= 10.0 {
            Chart::of(&lives, plot, session.clock.at()).ui(ui, session, &lives, is_low);
        }
        ui.advance_cursor_after_rect(area);
    }
}

/// The ways of the life in view and those of its control.
struct Lives {
    /// How many actions are behind the agent.
    done: usize,
    all: Vec<Way>,
    control: Option<Vec<Way>>,
}

impl Lives {
    fn of(session: &Session) -> Option<Self> {
        let scene = session.scene()?;
        let control = scene.ghost.as_ref().and_then(|ghost| ways(ghost.tape()));
        let done = actions_done(session.clock.at(), scene.tape().steps);
        Some(Self { done, all: ways(scene.tape())?, control })
    }

    /// How many bars stand beside each other.
    fn count(&self) -> usize {
        self.control.iter().map(Vec::len).fold(self.all.len(), usize::max)
    }
}

/// Where bars stand.
struct Chart {
    plot: Rect,
    /// Which of the bars; all of them where there is room.
    shown: Range<usize>,
    /// Width for one of them.
    room: f32,
    /// The number of steps at the upper end.
    most: f32,
}

impl Chart {
    fn of(lives: &Lives, plot: Rect, at: usize) -> Self {
        let count = lives.count().max(1);
        let [least, largest] = ROOM;
        let fit = ((plot.width() / least) as usize).clamp(1, count);
        // The one under way is among them, and as much before it as after.
        let here = lives.all.iter().position(|way| at < way.end()).unwrap_or(count - 1);
        let first = here.saturating_sub(fit / 2).min(count - fit);
        let room = (plot.width() / fit as f32).min(largest);
        let every = lives.all.iter().chain(lives.control.iter().flatten());
        let most = every.map(|way| way.steps.max(way.shortest.unwrap_or(0))).max().unwrap_or(1).max(1);
        Self { plot, shown: first..first + fit, room, most: most as f32 }
    }

    fn y_of(&self, steps: usize) -> f32 {
        self.plot.bottom() - self.plot.height() * steps as f32 / self.most
    }

    fn ui(&self, ui: &Ui, session: &mut Viewed<'_>, lives: &Lives, is_low: bool) {
        let (palette, plot) = (Palette::of(ui.ctx()), self.plot);
        let font = TextStyle::Small.resolve(ui.style());
        for steps in (0..=self.most as usize).step_by(spacing(self.most, plot.height())) {
            let y = self.y_of(steps);
            ui.painter().hline(plot.x_range(), y, Stroke::new(1.0, palette.line));
            let place = pos2(plot.left() - 5.0, y);
            ui.painter().text(place, Align2::RIGHT_CENTER, steps.to_string(), font.clone(), palette.quiet);
        }
        let at = session.clock.at();
        for (place, index) in self.shown.clone().enumerate() {
            let left = plot.left() + self.room * place as f32;
            let slot = Rect::from_min_max(
                pos2(left, plot.top() - 2.0),
                pos2(left + self.room, ui.clip_rect().bottom().min(plot.bottom() + NUMBERS)),
            );
            let response = ui.interact(slot, ui.scope_id().with(("way", index)), Sense::click());
            let way = lives.all.get(index);
            let is_here = way.is_some_and(|way| (way.start..way.end()).contains(&at));
            if response.hovered() || response.has_focus() {
                ui.painter().rect_filled(slot, 2.0, palette.raised);
            }
            let gap = (self.room * 0.16).max(1.0);
            let inner = slot.shrink2(vec2(gap, 0.0)).x_range();
            let [own, other] = match lives.control {
                Some(_) => [(inner.center() + 0.5, inner.max), (inner.min, inner.center() - 0.5)],
                None => [(inner.min, inner.max), (inner.min, inner.max)],
            };
            let control = lives.control.as_ref().and_then(|ways| ways.get(index));
            if let Some(way) = control {
                self.bar(ui, other, way, at, Look { done: lives.done, color: palette.quiet, is_control: true });
            }
            if let Some(way) = way {
                self.bar(ui, own, way, at, Look { done: lives.done, color: palette.curve(), is_control: false });
                let [above, _] = WORDED;
                if !is_low && self.room >= above && lives.control.is_none() {
                    let color = if way.until(lives.done) == way.steps { palette.text } else { palette.quiet };
                    self.number(
                        ui,
                        slot.center().x,
                        self.y_of(way.steps.max(way.shortest.unwrap_or(0))) - 3.0,
                        way,
                        &font,
                        color,
                    );
                }
            }
            if !is_low && (self.room >= WORDED[1] || (index + 1).is_multiple_of(5) || index == 0) {
                let color = if is_here { palette.mark } else { palette.quiet };
                let place = pos2(slot.center().x, plot.bottom() + 2.0);
                ui.painter().text(place, Align2::CENTER_TOP, (index + 1).to_string(), font.clone(), color);
            }
            let words = words(index, way, control);
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_here, &words));
            if response.hovered() {
                session.say(format!("{words}   (a click goes to where it begins)"));
            }
            if let Some(way) = way.or(control).filter(|_| response.clicked()) {
                session.act(Action::StopAt(way.start));
            }
        }
    }

    /// A bar as high as it has taken steps so far, faint where it is still to come, with the shortest path across.
    fn bar(&self, ui: &Ui, (left, right): (f32, f32), way: &Way, at: usize, look: Look) {
        let palette = Palette::of(ui.ctx());
        let upright = |steps: usize| Rect::from_x_y_ranges(left..=right, self.y_of(steps)..=self.plot.bottom());
        let whole = upright(way.steps);
        ui.painter().rect_filled(whole, 1.0, look.color.gamma_multiply(0.22));
        if way.until(look.done) > 0 {
            ui.painter().rect_filled(
                upright(way.until(look.done)),
                1.0,
                look.color.gamma_multiply(if look.is_control { 0.7 } else { 1.0 }),
            );
        }
        let is_here = (way.start..way.end()).contains(&at);
        if !look.is_control && (is_here || !way.is_found) {
            let color = if is_here { palette.mark } else { look.color };
            ui.painter().rect_stroke(whole, 1.0, Stroke::new(1.2, color), StrokeKind::Inside);
        }
        if let Some(shortest) = way.shortest {
            let over = (self.room * 0.1).min(2.0);
            ui.painter().hline(left - over..=right + over, self.y_of(shortest), Stroke::new(2.0, palette.text));
        }
    }

    fn number(&self, ui: &Ui, x: f32, y: f32, way: &Way, font: &FontId, color: Color32) {
        let text = if way.is_found { way.steps.to_string() } else { format!("{}+", way.steps) };
        ui.painter().text(pos2(x, y), Align2::CENTER_BOTTOM, text, font.clone(), color);
    }
}

/// How a bar is drawn.
#[derive(Clone, Copy)]
struct Look {
    /// How many actions are behind the agent.
    done: usize,
    color: Color32,
    is_control: bool,
}

/// What is drawn, in one line.
fn legend_ui(ui: &Ui, line: Rect, has_control: bool) {
    let palette = Palette::of(ui.ctx());
    let font = TextStyle::Small.resolve(ui.style());
    let mut left = line.left();
    let mut word = |text: &str, sign: &dyn Fn(Rect)| {
        let galley = ui.painter().layout_no_wrap(text.to_owned(), font.clone(), palette.quiet);
        if left + 14.0 + galley.size().x > line.right() {
            return;
        }
        sign(Rect::from_center_size(pos2(left + 5.0, line.center().y), vec2(10.0, 10.0)));
        let width = galley.size().x;
        ui.painter().galley(pos2(left + 14.0, line.center().y - galley.size().y / 2.0), galley, palette.quiet);
        left += 14.0 + width + 12.0;
    };
    let filled = |color: Color32| {
        move |rect: Rect| {
            ui.painter().rect_filled(rect.shrink2(vec2(1.5, 0.0)), 1.0, color);
        }
    };
    word("steps to the reward, each time", &filled(palette.curve()));
    word("shortest path", &|rect| {
        ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(2.0, palette.text));
    });
    if has_control {
        word("control", &filled(palette.quiet.gamma_multiply(0.7)));
    }
    word("still to come", &filled(palette.curve().gamma_multiply(0.3)));
}

/// "reward 3: 31 steps, shortest path 7; control: 9 steps, shortest path 9".
fn words(index: usize, way: Option<&Way>, control: Option<&Way>) -> String {
    let told = |way: &Way| {
        let steps = if way.steps == 1 { "1 step".to_owned() } else { format!("{} steps", way.steps) };
        let end = if way.is_found { "" } else { " and not found until the end" };
        let shortest = way.shortest.map_or_else(String::new, |shortest| format!(", shortest path {shortest}"));
        format!("{steps}{end}{shortest}")
    };
    let mut words = format!("reward {}: {}", index + 1, way.map_or_else(|| "none".to_owned(), told));
    if let Some(control) = control {
        words.push_str(&format!("; control: {}", told(control)));
    }
    words
}

/// Steps between two lines of the scale: one line at least beside zero, where two numbers have room.
fn spacing(most: f32, height: f32) -> usize {
    let lines = (height / 28.0).max(1.0);
    let round = (0..8).flat_map(|power| [1, 2, 5].map(|factor| factor * 10_usize.pow(power)));
    let within = round.take_while(|spacing| *spacing as f32 <= most).collect::<Vec<_>>();
    let enough = within.iter().find(|spacing| most / **spacing as f32 <= lines).or(within.last());
    let has_room = |spacing: &&usize| height * **spacing as f32 / most >= NUMBER_HEIGHT;
    enough.filter(has_room).copied().unwrap_or(usize::MAX)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_has_a_line_beside_zero_where_two_numbers_have_room() {
        // Of 99 steps in 50 points the next round number above would be beyond the longest way.
        assert_eq!(spacing(99.0, 50.0), 50);
        assert_eq!([spacing(99.0, 300.0), spacing(13.0, 110.0), spacing(1.0, 40.0)], [10, 5, 1]);
        assert_eq!(spacing(99.0, 20.0), usize::MAX, "10 points from zero to 50 are too few for two numbers");
        for most in 1..=200_u16 {
            for height in (10..400_u16).step_by(7) {
                let (most, height) = (f32::from(most), f32::from(height));
                let spacing = spacing(most, height);
                let lines = (most / spacing as f32).floor();
                let apart = height * spacing as f32 / most;
                assert!(lines < 1.0 || apart >= NUMBER_HEIGHT, "{lines} lines of {most} in {height}");
                assert!(height < 32.0 || lines >= 1.0, "only zero of {most} in {height}");
            }
        }
    }
}
