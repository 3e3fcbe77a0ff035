//! The words of a text in lines.

use super::shown;
use super::tint::{Tint, told};
use crate::episode::Reading;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::viewed::Viewed;
use egui::{Align2, FontId, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// Height of a line, size of its letters, and room beside each word.
pub(super) const LINE: f32 = 25.0;
const LETTERS: f32 = 14.5;
const BESIDE: f32 = 3.5;

/// Draws them from the top, and brings the word of step `at` into view where that `is_new`. A click goes to the step that
/// was to foresee a word.
pub(super) fn flow_ui(
    ui: &mut Ui,
    session: &mut Viewed<'_>,
    reading: &Reading,
    (at, is_new): (usize, bool),
    tint: Tint,
) {
    let palette = Palette::of(ui.ctx());
    let font = FontId::proportional(LETTERS);
    let area = ui.available_rect_before_wrap();
    let right = area.right() - 8.0;
    let (mut x, mut y) = (area.left(), area.top());
    for (place, word) in reading.words.iter().enumerate() {
        // Behind the last step nothing is to be foreseen any more.
        let is_read = place <= at || at + 1 == reading.steps();
        let color = if is_read { palette.text } else { palette.quiet };
        let galley = ui.painter().layout_no_wrap(shown(word).to_owned(), font.clone(), color);
        let width = galley.size().x + 2.0 * BESIDE;
        if x + width > right && x > area.left() {
            (x, y) = (area.left(), y + LINE);
        }
        let rect = Rect::from_min_size(pos2(x, y + 2.0), vec2(width, LINE - 4.0));
        x += width + 1.0;
        if place == at && is_new {
            let lines = Rect::from_min_max(pos2(area.left(), y - 2.0 * LINE), pos2(right, y + 3.0 * LINE));
            ui.scroll_to_rect(lines, None);
        }
        if !ui.is_rect_visible(rect) {
            continue;
        }
        let response = ui.interact(rect, ui.scope_id().with(("word", place)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, told(reading, place)));
        // The word of step t was foreseen by the step before it.
        let bits = place.checked_sub(1).and_then(|step| tint.bits(reading, step));
        if let Some(bits) = bits.filter(|_| is_read) {
            ui.painter().rect_filled(rect, 3.0, tint.color(bits, palette));
        }
        if reading.given.is_some_and(|given| place >= given) {
            let line = Stroke::new(1.0, palette.accent);
            ui.painter().hline(rect.shrink(BESIDE).x_range(), rect.bottom() - 1.5, line);
        }
        if place == at {
            ui.painter().rect_stroke(rect, 3.0, Stroke::new(1.6, palette.accent), StrokeKind::Inside);
        }
        ui.painter().galley(Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size()).min, galley, color);
        if response.hovered() {
            session.say(told(reading, place));
        }
        if response.clicked() {
            session.act(Action::StopAt(place.saturating_sub(1)));
        }
    }
    ui.advance_cursor_after_rect(Rect::from_min_max(area.min, pos2(right, y + LINE)));
}
