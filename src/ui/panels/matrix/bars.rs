//! Bars from zero with their standard errors, a line each.

use crate::tasks::tally::Mean;
use crate::ui::theme::Palette;
use egui::{Align2, Color32, Rect, Response, Role, Sense, Stroke, TextStyle, Ui, WidgetInfo, pos2, vec2};

/// Height of a line, and width of its number.
const HEIGHT: f32 = 18.0;
const NUMBER: f32 = 100.0;

/// One of them.
pub(super) struct Bar<'a> {
    /// What it is of, and the width that there is for it.
    pub name: (&'a str, f32),
    /// How far it reaches, and its error.
    pub mean: Mean,
    /// The same in words.
    pub text: String,
    /// Its colour.
    pub ink: Color32,
    /// Whether it can be clicked.
    pub is_button: bool,
}

/// Draws one, of which the longest of all reaches `longest`. What is negative reaches as far as if it were not.
pub(super) fn bar_ui(ui: &mut Ui, bar: &Bar<'_>, longest: f64, palette: &Palette) -> Response {
    let (sense, role) = if bar.is_button { (Sense::click(), Role::Button) } else { (Sense::hover(), Role::Label) };
    let (area, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), sense);
    let Some(value) = bar.mean.mean().map(f64::abs) else { return response };
    let (name, left) = bar.name;
    response.widget_info(|| WidgetInfo::labeled(role, true, format!("{name}: {}", bar.text)));
    let font = TextStyle::Small.resolve(ui.style());
    let rail = Rect::from_x_y_ranges(area.left() + left..=area.right() - NUMBER, area.y_range().shrink(4.0));
    let x = |value: f64| rail.left() + ((value / longest).clamp(0.0, 1.0) * f64::from(rail.width())) as f32;
    let painter = ui.painter();
    if bar.is_button && response.hovered() {
        painter.rect_filled(area, 3.0, palette.raised);
    }
    painter.text(area.left_center(), Align2::LEFT_CENTER, name, font.clone(), palette.text);
    painter.rect_filled(rail, 2.0, palette.raised);
    painter.rect_filled(rail.with_max_x(x(value).max(rail.left() + 1.0)), 2.0, bar.ink);
    if let Some(error) = bar.mean.error() {
        let ends = [value - error, value + error].map(x);
        let stroke = Stroke::new(1.5, palette.text);
        painter.line_segment(ends.map(|x| pos2(x, rail.center().y)), stroke);
    }
    painter.text(area.right_center(), Align2::RIGHT_CENTER, &bar.text, font, palette.text);
    response
}
