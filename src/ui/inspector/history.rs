//! One value over a lifetime, small, with a mark at the instant viewed. A click goes there.

use super::room;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::numbers::signed;
use crate::view::viewed::Viewed;
use egui::{Color32, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Height of the drawing in points, where the page is too long for the window and where it is not.
const HEIGHT: [f32; 2] = [32.0, 54.0];

/// What is drawn.
pub struct History<'a> {
    /// One value per step, from step 0; a trace has one more, that of the end.
    pub values: &'a [f32],
    /// "H 87 → 120".
    pub name: &'a str,
    /// Of the line.
    pub color: Color32,
    /// The range that is drawn whatever the values; wider where they are.
    pub least_range: f32,
}

/// The smallest and the largest value, zero among them.
fn limits(values: &[f32]) -> (f32, f32) {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    finite.fold((0.0, 0.0), |(low, high), value| (value.min(low), value.max(high)))
}

/// "−0.020 to +0.52": what the drawing spans, for its heading.
pub fn span_words(values: &[f32]) -> String {
    let (low, high) = limits(values);
    match (low < 0.0, high > 0.0) {
        (false, false) => "0 throughout".to_owned(),
        (true, false) => format!("{} to 0", signed(f64::from(low), 2)),
        (false, true) => format!("0 to {}", signed(f64::from(high), 2)),
        (true, true) => format!("{} to {}", signed(f64::from(low), 2), signed(f64::from(high), 2)),
    }
}

/// Draws it, as wide as there is place.
pub fn history_ui(ui: &mut Ui, session: &mut Viewed<'_>, history: &History<'_>) {
    let palette = Palette::of(ui.ctx());
    let values = history.values;
    let [least, usual] = HEIGHT;
    let height = room::height(ui, usual, least);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let response = ui.interact(rect, ui.scope_id().with(history.name), Sense::click_and_drag());
    let (low, high) = limits(values);
    let (low, high) = (low.min(-history.least_range), high.max(history.least_range));
    let inner = rect.shrink2(vec2(0.0, 5.0));
    let span = if high > low { high - low } else { 1.0 };
    let y_of = |value: f32| inner.bottom() - (value - low) / span * inner.height();
    let last = values.len().saturating_sub(1).max(1) as f32;
    let x_of = |step: f32| rect.left() + rect.width() * step / last;
    let painter = ui.painter();
    painter.hline(rect.x_range(), y_of(0.0), Stroke::new(1.0, palette.line));
    let points: Vec<[f64; 2]> =
        values.iter().enumerate().map(|(step, &value)| [step as f64, f64::from(value)]).collect();
    // Nothing is drawn where a value is not a number: the line is broken there.
    for stretch in points.split(|point| !point[1].is_finite()).filter(|stretch| !stretch.is_empty()) {
        let line = stretch.iter().map(|&[step, value]| pos2(x_of(step as f32), y_of(value as f32))).collect();
        painter.add(Shape::line(line, Stroke::new(1.6, history.color)));
    }
    let at = session.clock.at();
    let now = values.get(at).copied().unwrap_or(f32::NAN);
    painter.vline(x_of(at as f32), rect.y_range(), Stroke::new(1.0, palette.mark));
    if now.is_finite() {
        painter.circle_filled(pos2(x_of(at as f32), y_of(now)), 3.0, palette.mark);
    }
    let words = format!(
        "{} over {} steps, from {} to {}, now {}",
        history.name,
        session.clock.steps(),
        signed(f64::from(low), 3),
        signed(f64::from(high), 3),
        signed(f64::from(now), 5)
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    let step_at = |x: f32| (((x - rect.left()) / rect.width() * last).round().max(0.0) as usize).min(values.len() - 1);
    if let Some(pos) = response.interact_pointer_pos() {
        session.act(Action::StopAt(step_at(pos.x)));
    } else if let Some(pos) = response.hover_pos() {
        let step = step_at(pos.x);
        painter.vline(x_of(step as f32), rect.y_range(), Stroke::new(1.0, palette.line));
        let when = if step < session.clock.steps() { format!("at step {}", step + 1) } else { "at the end".to_owned() };
        session.say(format!("{} = {} {when}", history.name, signed(f64::from(values[step]), 5)));
    }
}
