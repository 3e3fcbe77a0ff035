//! What comes later in an episode, hidden where the whole of it is drawn while it is to be guessed.

use super::theme::Palette;
use egui::{Area, Context, Id, Order, Rect, Role, Sense, Ui, WidgetInfo};

fn id() -> Id {
    Id::unique("horizon")
}

/// From now on nothing after this step is to be seen, counted from 0; `None` where everything may.
pub fn set(context: &Context, last: Option<usize>) {
    context.data_mut(|data| data.insert_temp(id(), last));
}

/// The last step that may be seen.
pub fn last(context: &Context) -> Option<usize> {
    context.data(|data| data.get_temp::<Option<usize>>(id())).flatten()
}

/// Hides what lies beyond it in a chart that fills `rect`, from the pointer too. `x_of` is where a step begins.
pub fn hide(ui: &Ui, rect: Rect, x_of: impl Fn(usize) -> f32) {
    let Some(last) = last(ui.ctx()) else { return };
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
