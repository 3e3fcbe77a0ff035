//! The means of all cells, step by step.

use super::{color, mean, name, symbol};
use crate::episode::GateRecord;
use crate::episode::gates::{GATES, Gate};
use crate::ui::panels::curve::frame::{Frame, Grid};
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::curves::axis::{Scale, Span};
use crate::view::curves::part::Bounds;
use crate::view::numbers::{decimals, grouped};
use crate::view::viewed::Viewed;
use egui::{Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo};

/// Draws them, that of `chosen` stronger; a click or a drag goes to the step under the pointer. What comes back says where
/// the steps are.
pub(super) fn chart_ui(ui: &Ui, session: &mut Viewed<'_>, area: Rect, record: &GateRecord, chosen: Gate) -> Frame {
    let palette = Palette::of(ui.ctx());
    let steps = record.values.len() / (GATES.len() * record.cells).max(1);
    let at = session.clock.at().min(steps.saturating_sub(1));
    let bounds = Bounds { x: Span::new(0.5, steps as f64 + 0.5), y: Span::new(0.0, 1.0) };
    let ticks = [
        Scale::Linear.ticks(Span::new(1.0, (steps as f64).max(2.0)), (area.width() / 70.0) as usize, (1.0, "")),
        Scale::Linear.ticks(bounds.y, (area.height() / 40.0) as usize, (1.0, "")),
    ];
    let grid = Grid::new(ui, palette, ticks, ["step", "mean of all cells"]);
    let frame = Frame { rect: grid.chart_rect(area), bounds };
    grid.paint(ui, area, &frame, palette);
    for gate in GATES {
        let places: Vec<[f64; 2]> =
            (0..steps).map(|step| [step as f64 + 1.0, f64::from(mean(record, step, gate))]).collect();
        let width = if gate == chosen { 2.2 } else { 1.2 };
        ui.painter().add(Shape::line(frame.positions(&places), Stroke::new(width, color(gate, palette))));
    }
    ui.painter().vline(frame.x(at as f64 + 1.0), frame.rect.y_range(), Stroke::new(1.0, palette.mark));
    let response = ui.interact(area, ui.scope_id().with("means of gates"), Sense::click_and_drag());
    response.widget_info(|| {
        let words = format!("gates of {} cells at step {}: {}", record.cells, grouped(at as u64 + 1), told(record, at));
        WidgetInfo::labeled(Role::Image, true, words)
    });
    follow_pointer(session, &response, &frame, steps, |step| {
        format!("step {}: {}", grouped(step as u64 + 1), told(record, step))
    });
    frame
}

/// Goes to the step under the pointer where it is pressed, and says what `words` has for it otherwise.
pub(super) fn follow_pointer(
    session: &mut Viewed<'_>,
    response: &egui::Response,
    frame: &Frame,
    steps: usize,
    words: impl Fn(usize) -> String,
) {
    if let Some(pos) = response.interact_pointer_pos() {
        session.act(Action::StopAt(frame.step_at(pos.x, steps)));
    } else if let Some(pos) = response.hover_pos().filter(|pos| frame.rect.x_range().contains(pos.x)) {
        session.say(words(frame.step_at(pos.x, steps)));
    }
}

/// "input i 0.42, forget f 0.81, output o 0.55 on the mean".
fn told(record: &GateRecord, step: usize) -> String {
    let each = GATES
        .map(|gate| format!("{} {} {}", name(gate), symbol(gate), decimals(f64::from(mean(record, step, gate)), 2)));
    format!("{} on the mean", each.join(", "))
}
