//! What a network expects after the word of a step, and what comes.

use super::{shown, tint};
use crate::episode::Reading;
use crate::episode::reading::Expected;
use crate::ui::fitting;
use crate::ui::numbers::{decimals, percent};
use crate::ui::theme::Palette;
use egui::{Align2, FontId, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Height of a row.
const ROW: f32 = 16.5;

/// Room for words and for probabilities.
const WORD: f32 = 110.0;
const NUMBER: f32 = 52.0;

/// Draws the likeliest words after that of step `at` as bars, and the word that comes with its surprise.
pub(super) fn expected_ui(ui: &Ui, rect: Rect, reading: &Reading, at: usize) {
    let palette = Palette::of(ui.ctx());
    let (painter, font) = (ui.painter(), FontId::proportional(12.5));
    let next = &reading.words[at + 1];
    let (bits, probability) = (reading.surprise(at), reading.log_likelihoods[at].exp());
    let head = format!(
        "after “{}”: {} · {} bits · p = {}",
        shown(&reading.words[at]),
        shown(next),
        decimals(f64::from(bits), 1),
        percent(f64::from(probability))
    );
    let chip = Rect::from_min_size(rect.min, vec2(10.0, 12.0));
    painter.rect_filled(chip.translate(vec2(0.0, 2.0)), 2.0, tint(bits, palette));
    let (text, _) = fitting::fitted(ui, &head, &font, rect.width() - 16.0);
    painter.text(rect.min + vec2(16.0, 8.0), Align2::LEFT_CENTER, text, font.clone(), palette.text);
    let likeliest = reading.likeliest.get(at).map_or(&[][..], Vec::as_slice);
    for (place, Expected { word, probability }) in likeliest.iter().enumerate() {
        let top = rect.top() + 20.0 + place as f32 * ROW;
        let row = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW - 2.0));
        let is_right = word == next;
        let ink = if is_right { palette.text } else { palette.quiet };
        let (name, _) = fitting::shortened(ui, shown(word), &font, WORD - 8.0);
        painter.text(row.left_center(), Align2::LEFT_CENTER, name, font.clone(), ink);
        let bars = row.with_min_x(row.left() + WORD).with_max_x(row.right() - NUMBER);
        let bar = bars.with_max_x(bars.left() + bars.width().max(0.0) * probability);
        painter.rect_filled(bar.shrink2(vec2(0.0, 2.0)), 2.0, if is_right { palette.accent } else { palette.line });
        let share = percent(f64::from(*probability));
        painter.text(row.right_center(), Align2::RIGHT_CENTER, &share, font.clone(), ink);
        let response = ui.interact(row, ui.scope_id().with(("expected", place)), Sense::hover());
        let words = format!("{word} expected with {share}{}", if is_right { ", and it comes" } else { "" });
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    }
}
