//! What a network expects after the word of a step, and what comes.

use super::shown;
use super::tint::{Tint, signed_bits};
use crate::episode::Reading;
use crate::episode::reading::{Expected, Foresight};
use crate::ui::fitting;
use crate::ui::theme::Palette;
use crate::view::numbers::{decimals, percent};
use egui::{Align2, FontId, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Height of a row.
const ROW: f32 = 16.5;

/// Room for words and for probabilities.
const WORD: f32 = 92.0;
const NUMBER: f32 = 52.0;

/// Narrower than this it is told only what is expected with the traces.
const NARROW: f32 = 360.0;

/// Height of what stands above the bars.
const HEADING: f32 = 15.0;

/// Between what is expected with the traces and without.
const BETWEEN: f32 = 22.0;

/// Draws the word that comes after that of step `at` with its surprise, and the likeliest words as bars: with the traces
/// and, where there is room, without.
pub(super) fn expected_ui(ui: &Ui, rect: Rect, reading: &Reading, at: usize) {
    let palette = Palette::of(ui.ctx());
    let (painter, font) = (ui.painter(), FontId::proportional(12.5));
    let (bits, probability) = (reading.surprise(at), reading.foresight.log_likelihoods[at].exp());
    let known = reading.known_by_trace(at);
    let known =
        known.map_or_else(String::new, |bits| format!(" · the trace knows {} bits of it", signed_bits(bits, 1)));
    let head = format!(
        "after “{}”: {} · {} bits · p = {}{known}",
        shown(&reading.words[at]),
        shown(&reading.words[at + 1]),
        decimals(f64::from(bits), 1),
        percent(f64::from(probability))
    );
    let chip = Rect::from_min_size(rect.min, vec2(10.0, 12.0));
    painter.rect_filled(chip.translate(vec2(0.0, 2.0)), 2.0, Tint::Surprise.color(bits, palette));
    let (text, _) = fitting::fitted(ui, &head, &font, rect.width() - 16.0);
    painter.text(rect.min + vec2(16.0, 8.0), Align2::LEFT_CENTER, text, font, palette.text);
    let below = rect.with_min_y(rect.top() + 20.0);
    match reading.without_trace.as_ref().filter(|_| rect.width() >= NARROW) {
        Some(without) => {
            let half = (below.width() - BETWEEN) / 2.0;
            let [left, right] = [below.with_max_x(below.left() + half), below.with_min_x(below.right() - half)];
            for (side, words) in [(left, "expected next"), (right, "without the trace")] {
                let font = FontId::proportional(11.0);
                painter.text(side.min + vec2(0.0, 7.0), Align2::LEFT_CENTER, words, font, palette.quiet);
            }
            bars_ui(ui, left.with_min_y(left.top() + HEADING), (reading, &reading.foresight), at, "");
            bars_ui(ui, right.with_min_y(right.top() + HEADING), (reading, without), at, " without the trace");
        }
        None => bars_ui(ui, below, (reading, &reading.foresight), at, ""),
    }
}

/// Draws the likeliest words of one foresight below each other.
fn bars_ui(ui: &Ui, rect: Rect, (reading, foresight): (&Reading, &Foresight), at: usize, how: &str) {
    let palette = Palette::of(ui.ctx());
    let (painter, font) = (ui.painter(), FontId::proportional(12.5));
    let next = &reading.words[at + 1];
    let likeliest = foresight.likeliest.get(at).map_or(&[][..], Vec::as_slice);
    for (place, Expected { word, probability }) in likeliest.iter().enumerate() {
        let top = rect.top() + place as f32 * ROW;
        let row = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW - 2.0));
        let is_right = word == next;
        let ink = if is_right { palette.text } else { palette.quiet };
        let (name, _) = fitting::shortened(ui, shown(word), &font, WORD - 8.0);
        painter.text(row.left_center(), Align2::LEFT_CENTER, name, font.clone(), ink);
        let bars = row.with_min_x(row.left() + WORD).with_max_x(row.right() - NUMBER);
        let bar = bars.with_max_x(bars.left() + bars.width().max(0.0) * probability);
        let color = match (is_right, how.is_empty()) {
            (true, true) => palette.accent,
            (true, false) => palette.quiet,
            (false, _) => palette.line,
        };
        painter.rect_filled(bar.shrink2(vec2(0.0, 2.0)), 2.0, color);
        let share = percent(f64::from(*probability));
        painter.text(row.right_center(), Align2::RIGHT_CENTER, &share, font.clone(), ink);
        let response = ui.interact(row, ui.scope_id().with(("expected", how, place)), Sense::hover());
        let words = format!("{word} expected{how} with {share}{}", if is_right { ", and it comes" } else { "" });
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    }
}
