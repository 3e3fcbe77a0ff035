//! What opens below a word in a heading and stays open while it is used.

use egui::{Frame, Popup, PopupCloseBehavior, RectAlign, Ui};

/// The same popup at the right place, open until a click elsewhere; screen readers call it `name`.
pub(super) fn below<'a>(popup: Popup<'a>, name: String, ui: &Ui) -> Popup<'a> {
    popup
        .accessible_name(name)
        .align(RectAlign::BOTTOM_END)
        .gap(4.0)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .frame(Frame::popup(ui.style()).inner_margin(12))
}
