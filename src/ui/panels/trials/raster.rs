//! Cues, answers and rewards over the steps of a lifetime; the tint of a cue's row is what the agent would answer to it.

use super::belief::Belief;
use super::modulator::modulator_ui;
use super::question;
use crate::episode::{Behaviour, Modulator, Shown, Tape, Trials};
use crate::tasks::cue_reward::YES;
use crate::ui::horizon;
use crate::ui::theme::{self, Palette, mix};
use crate::view::action::{Action, Deed};
use crate::view::curves::axis::{Scale, Span};
use crate::view::numbers::{decimals, grouped, percent};
use crate::view::viewed::Viewed;
use egui::{Align2, Color32, CursorIcon, FontId, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};
use std::sync::Arc;

/// Room at the left for what rows are called.
pub(super) const NAMES: f32 = 58.0;

/// Room at the right for what the agent would answer, and from which width on there is some.
const ANSWERS: f32 = 42.0;
const WIDE: f32 = 280.0;

/// The least height of a name, and the least room for the letter of an answer.
const NAME: f32 = 10.0;
const LETTER: f32 = 9.0;

/// Height of a row at most, and of the numbers of steps below all rows.
const ROW: f32 = 44.0;
const AXIS: f32 = 15.0;

/// Which part of the height the modulator has, and below which height of it it is left out.
const MODULATOR: f32 = 0.3;
const LEAST: f32 = 24.0;

/// How much of the colour of the trace there is behind a cue that the agent would surely say yes to.
const TINT: f32 = 0.45;

/// Rows and steps on the screen.
struct Raster<'a> {
    tape: &'a Tape,
    behaviour: &'a Behaviour,
    asked: &'a Trials,
    belief: Option<&'a Belief>,
    /// The same lifetime left alone.
    control: Option<Arc<Tape>>,
    palette: &'a Palette,
    /// Steps and rows.
    chart: Rect,
    /// Height of a row.
    row: f32,
    /// The step in view.
    at: usize,
    /// Names of rows, and letters of answers.
    font: FontId,
}

/// Draws them as large as there is room. A click or a drag goes to the step under the pointer, a click on the name of a cue
/// makes it the target.
pub(super) fn raster_ui(ui: &mut Ui, session: &mut Viewed<'_>, tape: &Tape, belief: Option<&Belief>) {
    let Some(behaviour) = tape.content.behaviour() else { return };
    let Some(asked) = &behaviour.trials else { return };
    let whole = ui.available_rect_before_wrap();
    let area = whole.with_max_y(whole.bottom() - AXIS);
    if area.width() < 2.0 * NAMES || area.height() < 40.0 {
        return;
    }
    let control = session.scene().and_then(|scene| scene.ghost.as_ref()).map(|ghost| Arc::clone(ghost.tape()));
    let modulator = tape.modulator().filter(|_| MODULATOR * area.height() >= LEAST);
    let above = area.height() * if modulator.is_some() { 1.0 - MODULATOR } else { 1.0 };
    let rows = asked.cues.len() + if control.is_some() { 3 } else { 2 };
    let row = (above / rows as f32).min(ROW);
    let answers =
        if belief.is_some_and(|belief| !belief.now.is_empty()) && area.width() >= WIDE { ANSWERS } else { 0.0 };
    let chart = Rect::from_min_max(pos2(area.left() + NAMES, area.top()), area.max - vec2(answers, 0.0));
    let raster = Raster {
        tape,
        behaviour,
        asked,
        belief,
        control,
        palette: Palette::of(ui.ctx()),
        chart,
        row,
        at: session.clock.shown(),
        font: theme::letters(ui.ctx(), row.clamp(7.0, 12.0)),
    };
    raster.rows_ui(ui);
    raster.names_ui(ui, session, area.left());
    if answers > 0.0 {
        raster.answers_ui(ui);
    }
    let mut bottom = area.top() + rows as f32 * row;
    if let Some(modulator) = modulator {
        let rect = Rect::from_min_max(pos2(chart.left(), bottom + 6.0), chart.max);
        let control = raster.control.as_deref().and_then(Tape::modulator);
        modulator_ui(ui, rect, modulator, control, raster.at, raster.palette);
        bottom = area.bottom();
    }
    raster.axis_ui(ui, area.left(), bottom);
    raster.touch(ui, session, modulator);
    horizon::hide(ui, &session.clock, area, |step| raster.x(step));
    ui.advance_cursor_after_rect(whole);
}

impl Raster<'_> {
    /// The left edge of a step.
    fn x(&self, step: usize) -> f32 {
        self.chart.left() + self.chart.width() * step as f32 / self.tape.steps as f32
    }

    /// The middle of a row.
    fn y(&self, row: usize) -> f32 {
        self.chart.top() + (row as f32 + 0.5) * self.row
    }

    fn cell(&self, row: usize, step: usize) -> Rect {
        let half = self.row / 2.0 - (0.12 * self.row).min(2.0);
        let y = self.y(row);
        Rect::from_min_max(pos2(self.x(step), y - half), pos2(self.x(step + 1), y + half))
    }

    /// Points from one answer to the next.
    fn between(&self) -> f32 {
        self.chart.width() / self.asked.goes().count().max(1) as f32
    }

    fn target(&self, step: usize) -> usize {
        self.tape.target_cue(step).unwrap_or(self.asked.target)
    }

    /// What is shown, answered and rewarded; what has not happened yet is faint.
    fn rows_ui(&self, ui: &Ui) {
        let (painter, palette, cues) = (ui.painter(), self.palette, self.asked.cues.len());
        for (steps, yes) in self.belief.iter().flat_map(|belief| &belief.trials) {
            let share = if steps.start <= self.at { TINT } else { 0.5 * TINT };
            for (cue, yes) in yes.iter().enumerate() {
                let (from, to) = (self.cell(cue, steps.start), self.cell(cue, steps.end - 1));
                let color = mix(palette.surface, palette.trace, share * yes.clamp(0.0, 1.0));
                painter.rect_filled(from.union(to), 0.0, color);
            }
        }
        for cue in 0..cues {
            let stroke = Stroke::new(1.0, mix(palette.surface, palette.line, 0.6));
            painter.hline(self.chart.x_range(), self.y(cue), stroke);
        }
        for (step, shown) in self.asked.shown.iter().enumerate() {
            let share = if step <= self.at { 1.0 } else { 0.35 };
            match shown {
                Shown::Blank => {}
                Shown::Cue(cue) => {
                    let color = if *cue == self.target(step) { palette.mark } else { palette.accent };
                    // However many steps and cues there are, it is seen.
                    let mark = self.cell(*cue, step);
                    let size = vec2((0.9 * mark.width()).max(1.5), mark.height().max(1.5));
                    let mark = Rect::from_center_size(mark.center(), size);
                    painter.rect_filled(mark, (0.2 * size.x).min(2.0), mix(palette.surface, color, share));
                }
                Shown::Go => {
                    let is_right = self.behaviour.rewards[step] > 0.0;
                    let color = mix(palette.surface, self.color(is_right), share);
                    let words = if self.behaviour.actions[step] == YES { "y" } else { "n" };
                    if self.between() >= LETTER {
                        let place = pos2(self.cell(cues, step).center().x, self.y(cues));
                        painter.text(place, Align2::CENTER_CENTER, words, self.font.clone(), color);
                    }
                    painter.add(Shape::convex_polygon(self.triangle(cues + 1, step, is_right), color, Stroke::NONE));
                }
            }
        }
        let control = self.control.as_ref().and_then(|control| control.content.behaviour());
        let control = control.filter(|control| control.rewards.len() == self.tape.steps);
        for (control, step) in control.into_iter().flat_map(|control| self.asked.goes().map(move |go| (control, go))) {
            let is_right = control.rewards[step] > 0.0;
            let color = mix(palette.surface, self.color(is_right), 0.7);
            let corners = self.triangle(cues + 2, step, is_right);
            painter.add(Shape::closed_line(corners, Stroke::new(1.0, color)));
        }
    }

    fn color(&self, is_right: bool) -> Color32 {
        if is_right { self.palette.trace } else { self.palette.wrong }
    }

    /// Upwards where the answer was right.
    fn triangle(&self, row: usize, step: usize, is_right: bool) -> Vec<Pos2> {
        let (middle, up) = (self.cell(row, step).center(), if is_right { -1.0 } else { 1.0 });
        let reach = (0.32 * self.row).min(0.4 * self.between()).min(7.0);
        let corners = [[0.0, up], [0.8, -0.6 * up], [-0.8, -0.6 * up]];
        corners.map(|[right, down]| middle + vec2(right * reach, down * reach)).to_vec()
    }

    /// What rows are called. A click on a cue makes it the target from the step in view on.
    fn names_ui(&self, ui: &Ui, session: &mut Viewed<'_>, left: f32) {
        let (palette, cues, target) = (self.palette, self.asked.cues.len(), self.target(self.at));
        // Rows from one name to the next.
        let every = (NAME / self.row).ceil().max(1.0) as usize;
        let name = |row: usize, words: &str, color: Color32| {
            ui.painter().text(pos2(left, self.y(row)), Align2::LEFT_CENTER, words, self.font.clone(), color);
        };
        let can_be_changed = session.why_no_branch().is_none() && !session.is_branching();
        for cue in 0..cues {
            let is_target = cue == target;
            // Names that would lie upon each other are left out, that of the target is not.
            let is_named = cue % every == 0 && cue.abs_diff(target) >= every;
            let room = Rect::from_x_y_ranges(left..=self.chart.left() - 2.0, self.cell(cue, 0).y_range());
            let mut color = if is_target { palette.mark } else { palette.quiet };
            if can_be_changed && !is_target {
                let response = ui.interact(room, ui.scope_id().with(("cue", cue)), Sense::click());
                let words = format!("make cue {} the target from step {} on", cue + 1, self.at + 1);
                response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
                if response.hovered() {
                    ui.set_cursor_icon(CursorIcon::PointingHand);
                    color = palette.text;
                    session.say(format!("click: {words}"));
                }
                if response.clicked() {
                    session.act(Action::Intervene(Deed::SetTarget(cue + 1)));
                }
            }
            if is_target || is_named {
                let star = if is_target { " ★" } else { "" };
                name(cue, &format!("cue {}{star}", cue + 1), color);
            }
        }
        name(cues, "answer", palette.quiet);
        name(cues + 1, "reward", palette.quiet);
        if self.control.is_some() {
            name(cues + 2, "control", palette.quiet);
        }
    }

    /// How likely the agent would be to say yes to each cue at the step in view.
    fn answers_ui(&self, ui: &Ui) {
        let Some(belief) = self.belief else { return };
        if self.row < NAME {
            return;
        }
        for (cue, yes) in belief.now.iter().enumerate() {
            let place = pos2(self.chart.right() + ANSWERS, self.y(cue));
            let color = mix(self.palette.quiet, self.palette.trace, *yes);
            ui.painter().text(place, Align2::RIGHT_CENTER, percent(f64::from(*yes)), self.font.clone(), color);
        }
        let place = pos2(self.chart.right() + ANSWERS, self.y(self.asked.cues.len()));
        let small = theme::letters(ui.ctx(), self.font.size.min(10.0));
        ui.painter().text(place, Align2::RIGHT_CENTER, "p(yes)", small, self.palette.quiet);
    }

    /// Numbers of steps, and a line at the one in view.
    fn axis_ui(&self, ui: &Ui, left: f32, bottom: f32) {
        let (painter, small) = (ui.painter(), FontId::proportional(11.0));
        let span = Span::new(1.0, self.tape.steps as f64);
        for tick in Scale::Linear.ticks(span, (self.chart.width() / 70.0) as usize, (1.0, "")) {
            let Some(text) = tick.text.filter(|_| tick.at >= 1.0) else { continue };
            let place = pos2(self.cell(0, tick.at as usize - 1).center().x, bottom + 2.0);
            painter.text(place, Align2::CENTER_TOP, text, small.clone(), self.palette.quiet);
        }
        painter.text(pos2(left, bottom + 2.0), Align2::LEFT_TOP, "step", small, self.palette.quiet);
        let at = self.cell(0, self.at).center().x;
        painter.vline(at, self.chart.top()..=bottom, Stroke::new(1.0, self.palette.mark));
    }

    /// What the pointer does over the steps.
    fn touch(&self, ui: &Ui, session: &mut Viewed<'_>, modulator: Option<&Modulator>) {
        let (chart, steps) = (self.chart, self.tape.steps);
        let response = ui.interact(chart, ui.scope_id().with("trials"), Sense::click_and_drag());
        let words = question(self.tape, self.at);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
        let step_at =
            |pos: Pos2| (((pos.x - chart.left()) / chart.width() * steps as f32).max(0.0) as usize).min(steps - 1);
        if let Some(pos) = response.interact_pointer_pos() {
            session.act(Action::StopAt(step_at(pos)));
        } else if let Some(pos) = response.hover_pos() {
            let step = step_at(pos);
            let mut words = match self.asked.shown[step] {
                Shown::Blank => "nothing is shown".to_owned(),
                Shown::Cue(cue) => format!("cue {} is shown", cue + 1),
                Shown::Go => question(self.tape, step),
            };
            let cue = ((pos.y - chart.top()) / self.row).max(0.0) as usize;
            let trial = self.belief.and_then(|belief| belief.trials.iter().find(|(steps, _)| steps.contains(&step)));
            if let Some(yes) = trial.and_then(|(_, yes)| yes.get(cue)) {
                words.push_str(&format!(" · to cue {} alone p of yes {}", cue + 1, percent(f64::from(*yes))));
            }
            if let Some(modulator) = modulator {
                words.push_str(&format!(" · M {}", decimals(f64::from(modulator.values[step]), 3)));
            }
            session.say(format!("step {}: {words}", grouped(step as u64 + 1)));
        }
    }
}
