//! Cues, answers and rewards over the steps of a lifetime, and the modulator below them.

use super::question;
use crate::episode::{Behaviour, Modulator, Shown, Tape, Trials};
use crate::tasks::cue_reward::YES;
use crate::ui::numbers::{decimals, grouped};
use crate::ui::panels::curve::axis::{Scale, Span};
use crate::ui::session::Session;
use crate::ui::theme::{Palette, mix};
use egui::{Align2, Color32, FontId, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2};

/// Room at the left for what rows are called.
const NAMES: f32 = 58.0;

/// The least height of a name, and the least room for the letter of an answer.
const NAME: f32 = 10.0;
const LETTER: f32 = 9.0;

/// Height of a row at most, and of the numbers of steps below all rows.
const ROW: f32 = 44.0;
const AXIS: f32 = 15.0;

/// Which part of the height the modulator has, and below which height of it it is left out.
const MODULATOR: f32 = 0.3;
const LEAST: f32 = 24.0;

/// Draws them as large as there is room. A click or a drag goes to the step under the pointer.
pub(super) fn raster_ui(ui: &mut Ui, session: &mut Session, tape: &Tape, behaviour: &Behaviour, asked: &Trials) {
    let palette = Palette::of(ui.ctx());
    let whole = ui.available_rect_before_wrap();
    let area = whole.with_max_y(whole.bottom() - AXIS);
    if area.width() < 2.0 * NAMES || area.height() < 40.0 {
        return;
    }
    let steps = tape.steps;
    let modulator = tape.modulator().filter(|_| MODULATOR * area.height() >= LEAST);
    let above = area.height() * if modulator.is_some() { 1.0 - MODULATOR } else { 1.0 };
    let rows = asked.cues.len() + 2;
    let row = (above / rows as f32).min(ROW);
    let chart = Rect::from_min_max(pos2(area.left() + NAMES, area.top()), area.max);
    let x = |step: f32| chart.left() + chart.width() * step / steps as f32;
    let cell = |place: usize, step: usize| {
        let top = area.top() + place as f32 * row;
        let inset = (0.12 * row).min(2.0);
        Rect::from_min_max(pos2(x(step as f32), top + inset), pos2(x(step as f32 + 1.0), top + row - inset))
    };
    let painter = ui.painter();
    let font = FontId::proportional(row.clamp(7.0, 12.0));
    // Rows from one name to the next, and points from one answer to the next.
    let every = (NAME / row).ceil().max(1.0) as usize;
    let between = chart.width() / asked.goes().count().max(1) as f32;
    let name = |place: usize, words: &str, color: Color32| {
        let at = pos2(area.left(), area.top() + (place as f32 + 0.5) * row);
        painter.text(at, Align2::LEFT_CENTER, words, font.clone(), color);
    };
    for cue in 0..asked.cues.len() {
        let is_target = cue == asked.target;
        // Names that would lie upon each other are left out, that of the target is not.
        let is_named = cue % every == 0 && cue.abs_diff(asked.target) >= every;
        if is_target || is_named {
            let star = if is_target { " ★" } else { "" };
            name(cue, &format!("cue {}{star}", cue + 1), if is_target { palette.mark } else { palette.quiet });
        }
        let line = area.top() + (cue as f32 + 0.5) * row;
        painter.hline(chart.x_range(), line, Stroke::new(1.0, mix(palette.surface, palette.line, 0.6)));
    }
    name(rows - 2, "answer", palette.quiet);
    name(rows - 1, "reward", palette.quiet);
    let at = session.clock.at();
    for (step, shown) in asked.shown.iter().enumerate() {
        // What has not happened yet is faint.
        let share = if step <= at { 1.0 } else { 0.35 };
        match shown {
            Shown::Blank => {}
            Shown::Cue(cue) => {
                let color = if *cue == asked.target { palette.mark } else { palette.accent };
                // However many steps and cues there are, it is seen.
                let mark = cell(*cue, step);
                let size = egui::vec2((0.9 * mark.width()).max(1.5), mark.height().max(1.5));
                let mark = Rect::from_center_size(mark.center(), size);
                painter.rect_filled(mark, (0.2 * size.x).min(2.0), mix(palette.surface, color, share));
            }
            Shown::Go => {
                let is_right = behaviour.rewards[step] > 0.0;
                let color = mix(palette.surface, if is_right { palette.trace } else { palette.wrong }, share);
                let words = if behaviour.actions[step] == YES { "y" } else { "n" };
                let place = cell(rows - 2, step);
                if between >= LETTER {
                    painter.text(place.center(), Align2::CENTER_CENTER, words, font.clone(), color);
                }
                let (middle, up) = (cell(rows - 1, step).center(), if is_right { -1.0 } else { 1.0 });
                let reach = (0.32 * row).min(0.4 * between).min(7.0);
                let corners = [[0.0, up], [0.8, -0.6 * up], [-0.8, -0.6 * up]];
                let corners = corners.map(|[right, down]| middle + egui::vec2(right * reach, down * reach)).to_vec();
                painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
            }
        }
    }
    let mut bottom = area.top() + rows as f32 * row;
    if let Some(modulator) = modulator {
        let rect = Rect::from_min_max(pos2(chart.left(), bottom + 6.0), chart.max);
        modulator_ui(ui, rect, modulator, at, palette);
        bottom = area.bottom();
    }
    let small = FontId::proportional(11.0);
    let ticks = Scale::Linear.ticks(Span::new(1.0, steps as f64), (chart.width() / 70.0) as usize, (1.0, ""));
    for tick in ticks {
        let Some(text) = tick.text.filter(|_| tick.at >= 1.0) else { continue };
        let place = pos2(x(tick.at as f32 - 0.5), bottom + 2.0);
        painter.text(place, Align2::CENTER_TOP, text, small.clone(), palette.quiet);
    }
    painter.text(pos2(area.left(), bottom + 2.0), Align2::LEFT_TOP, "step", small, palette.quiet);
    painter.vline(x(at as f32 + 0.5), area.top()..=bottom, Stroke::new(1.0, palette.mark));

    let response = ui.interact(chart, ui.scope_id().with("trials"), Sense::click_and_drag());
    let words = question(behaviour, asked, at);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    let step_at =
        |pos: Pos2| (((pos.x - chart.left()) / chart.width() * steps as f32).max(0.0) as usize).min(steps - 1);
    if let Some(pos) = response.interact_pointer_pos() {
        session.hold();
        session.clock.pause();
        session.clock.seek(step_at(pos));
    } else if let Some(pos) = response.hover_pos() {
        let step = step_at(pos);
        let shown = match asked.shown[step] {
            Shown::Blank => "nothing is shown".to_owned(),
            Shown::Cue(cue) => format!("cue {} is shown", cue + 1),
            Shown::Go => question(behaviour, asked, step),
        };
        let modulated =
            modulator.map_or_else(String::new, |known| format!(" · M {}", decimals(f64::from(known.values[step]), 3)));
        session.hover = Some(format!("step {}: {shown}{modulated}", grouped(step as u64 + 1)));
    }
    ui.advance_cursor_after_rect(whole);
}

/// M(t) from −1 to 1, that of the steps that have passed stronger.
fn modulator_ui(ui: &Ui, rect: Rect, modulator: &Modulator, at: usize, palette: &Palette) {
    let painter = ui.painter();
    let count = modulator.values.len();
    let middle = rect.center().y;
    painter.hline(rect.x_range(), middle, Stroke::new(1.0, palette.line));
    let font = FontId::proportional(12.0);
    painter.text(pos2(rect.left() - NAMES, middle), Align2::LEFT_CENTER, "M", font, palette.modulator);
    let small = FontId::proportional(10.0);
    for (words, y) in [("1", rect.top() + 5.0), ("−1", rect.bottom() - 5.0)] {
        painter.text(pos2(rect.left() - 4.0, y), Align2::RIGHT_CENTER, words, small.clone(), palette.quiet);
    }
    let place = |step: usize| {
        let x = rect.left() + rect.width() * (step as f32 + 0.5) / count as f32;
        pos2(x, middle - modulator.values[step].clamp(-1.0, 1.0) * (rect.height() / 2.0 - 2.0))
    };
    let faint = Stroke::new(1.0, mix(palette.surface, palette.modulator, 0.4));
    painter.add(Shape::line((at.min(count)..count).map(place).collect(), faint));
    painter.add(Shape::line((0..=at.min(count - 1)).map(place).collect(), Stroke::new(1.8, palette.modulator)));
}
