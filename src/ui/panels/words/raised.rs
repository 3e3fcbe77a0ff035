//! The words of which the traces knew most.

use super::shown;
use super::tint::{Tint, signed_bits};
use crate::episode::Reading;
use crate::episode::reading::Foresight;
use crate::ui::fitting;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::numbers::percent;
use crate::view::viewed::Viewed;
use egui::{Align2, FontId, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use std::sync::Arc;

/// Height of a row.
const ROW: f32 = 16.5;

/// Room for a word and for its bits.
const WORD: f32 = 110.0;
const BITS: f32 = 64.0;

/// Knowing less than this is not worth being told, in bits.
const LEAST: f32 = 0.05;

/// All steps whose next word the traces made likelier, those that gained most first.
pub(super) fn order(reading: &Reading) -> Arc<[usize]> {
    let gain = |step: usize| reading.known_by_trace(step).unwrap_or(0.0);
    let mut steps: Vec<usize> = (0..reading.steps()).filter(|step| gain(*step) >= LEAST).collect();
    steps.sort_by(|left, right| gain(*right).total_cmp(&gain(*left)));
    steps.into()
}

/// Lists those among the `raised` that have been read at step `at`. A click goes to the step that was to foresee the word.
pub(super) fn raised_ui(
    ui: &Ui,
    session: &mut Viewed<'_>,
    rect: Rect,
    reading: &Reading,
    (at, raised): (usize, &[usize]),
) {
    let palette = Palette::of(ui.ctx());
    let (painter, font) = (ui.painter(), FontId::proportional(12.5));
    let write = |place, align, text: &str, color| painter.text(place, align, text, font.clone(), color);
    let known: f32 = (0..=at).filter_map(|step| reading.known_by_trace(step)).sum::<f32>() / (at + 1) as f32;
    let head = format!("the trace knows {} bits a word so far; most of these", signed_bits(known, 3));
    let (head, _) = fitting::fitted(ui, &head, &font, rect.width());
    write(rect.min + vec2(0.0, 8.0), Align2::LEFT_CENTER, &head, palette.text);
    let rows = ((rect.height() - 20.0) / ROW).max(0.0) as usize;
    // Each word where the traces knew most of it.
    let mut told: Vec<&str> = Vec::new();
    let is_new = |step: &usize| {
        let word = reading.words[*step + 1].as_str();
        let is_new = *step <= at && !told.contains(&word);
        if is_new {
            told.push(word);
        }
        is_new
    };
    let read: Vec<usize> = raised.iter().copied().filter(is_new).take(rows).collect();
    if read.is_empty() {
        let nothing = "no word so far has become likelier by it";
        write(rect.min + vec2(0.0, 20.0 + ROW / 2.0), Align2::LEFT_CENTER, nothing, palette.quiet);
    }
    for (place, step) in read.into_iter().enumerate() {
        let top = rect.top() + 20.0 + place as f32 * ROW;
        let row = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW - 2.0));
        let bits = reading.known_by_trace(step).unwrap_or(0.0);
        let word = shown(&reading.words[step + 1]);
        let account = account(reading, step);
        let words = format!("{word} {} bits: {account}", signed_bits(bits, 1));
        let response = ui.interact(row, ui.scope_id().with(("raised", place)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
        if response.hovered() || response.has_focus() {
            painter.rect_filled(row.expand2(vec2(2.0, 1.0)), 3.0, palette.raised);
        }
        let chip = Rect::from_min_size(row.min + vec2(0.0, 1.0), vec2(10.0, 12.0));
        painter.rect_filled(chip, 2.0, Tint::Trace.color(bits, palette));
        let (name, _) = fitting::shortened(ui, word, &font, WORD - 24.0);
        write(row.left_center() + vec2(16.0, 0.0), Align2::LEFT_CENTER, &name, palette.text);
        write(row.left_center() + vec2(WORD, 0.0), Align2::LEFT_CENTER, &signed_bits(bits, 1), palette.text);
        let room = row.width() - WORD - BITS;
        let (account, _) = fitting::fitted(ui, &account, &font, room);
        write(row.left_center() + vec2(WORD + BITS, 0.0), Align2::LEFT_CENTER, &account, palette.quiet);
        if response.clicked() {
            session.act(Action::StopAt(step));
        }
    }
}

/// "p 2 % → 18 %, seen 3 times before".
fn account(reading: &Reading, step: usize) -> String {
    let probability = |foresight: &Foresight| percent(f64::from(foresight.log_likelihoods[step].exp()));
    let without = reading.without_trace.as_ref().map_or_else(String::new, probability);
    let before = match reading.times_before(step) {
        0 => "not seen before".to_owned(),
        1 => "seen once before".to_owned(),
        times => format!("seen {times} times before"),
    };
    format!("p {without} → {}, {before}", probability(&reading.foresight))
}
