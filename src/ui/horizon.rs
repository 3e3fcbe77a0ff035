//! What comes later in an episode, hidden where the whole of it is drawn while it is to be guessed.

use super::theme::Palette;
use crate::episode::Clock;
use egui::{Area, Order, Rect, Role, Sense, Ui, WidgetInfo};

/// Hides what lies beyond the [horizon](Clock::horizon) in a chart that fills `rect`, from the pointer too. `x_of` is where
/// a step begins.
pub fn hide(ui: &Ui, clock: &Clock, rect: Rect, x_of: impl Fn(usize) -> f32) {
    let Some(last) = clock.horizon() else { return };
    let beyond = rect.with_min_x(x_of(last + 1));
    if !beyond.is_positive() {
        return;
    }
    let area = Area::new(ui.scope_id().with("beyond the horizon")).order(Order::Middle);
    area.fixed_pos(beyond.min).constrain(false).show(ui.ctx(), |ui| {
        let (rect, response) = ui.allocate_exact_size(beyond.size(), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "what comes later is covered"));
        ui.painter().rect_filled(rect, 4.0, Palette::of(ui.ctx()).raised);
    });
}
