//! Chips: small buttons of which one of a group is chosen; and where there are none of them, because nothing can be pressed.

use crate::render::vector;
use crate::ui::theme::{self, Palette};
use crate::view::matrices::MatrixKind;
use egui::{Button, Color32, Response, RichText, Role, Stroke, Ui, WidgetInfo};

/// Whether this is drawn for print: without chips, buttons, menus and fields, for nobody can press them.
pub(super) fn prints(ui: &Ui) -> bool {
    vector::prints(ui.ctx())
}

/// A quiet chip whose tooltip is its name.
pub(super) fn chip(ui: &mut Ui, palette: &Palette, text: &str, words: &str, is_chosen: bool) -> Response {
    bare_chip(ui, palette, text, words, is_chosen, None).on_hover_text(words)
}

/// The same without a tooltip. One with an `obstacle` cannot be chosen, and says why.
pub(super) fn bare_chip(
    ui: &mut Ui,
    palette: &Palette,
    text: &str,
    words: &str,
    is_chosen: bool,
    obstacle: Option<&str>,
) -> Response {
    let (ink, fill) = if is_chosen { (palette.curve(), palette.raised) } else { (palette.quiet, Color32::TRANSPARENT) };
    let button = Button::new(RichText::new(text).small().color(ink)).fill(fill).stroke(Stroke::NONE);
    let response = ui.add_enabled(obstacle.is_none(), button);
    response.widget_info(|| WidgetInfo::selected(Role::Button, obstacle.is_none(), is_chosen, words));
    response.on_disabled_hover_text(obstacle.unwrap_or_default())
}

/// The symbol of a matrix on its colour; faint where the matrix `is_missing`.
pub(super) fn matrix_chip(kind: MatrixKind, is_chosen: bool, is_missing: bool, palette: &Palette) -> Button<'static> {
    let color = palette.of_matrix(kind);
    let (fill, ink) = match (is_chosen, palette.dark) {
        (true, true) => (color, Color32::BLACK),
        (true, false) => (color, Color32::WHITE),
        (false, _) if is_missing => (Color32::TRANSPARENT, theme::mix(palette.surface, palette.quiet, 0.6)),
        (false, _) => (Color32::TRANSPARENT, color),
    };
    Button::new(theme::strong(kind.symbol()).color(ink)).fill(fill).stroke(Stroke::NONE)
}
