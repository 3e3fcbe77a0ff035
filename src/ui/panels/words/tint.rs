//! What a word is tinted by, and what the tints mean.

use super::shown;
use crate::episode::Reading;
use crate::episode::reading::Expected;
use crate::ui::theme::{Palette, mix};
use crate::view::numbers::{decimals, percent};
use egui::{Align2, Color32, FontId, Rect, Ui, pos2, vec2};

/// So many bits of surprise have the strongest tint: one in 4096 was what the network gave the word.
const MOST_SURPRISE: f32 = 12.0;

/// So many bits that the traces knew have the strongest tint: they have made the word sixteen times as likely.
const MOST_KNOWN: f32 = 4.0;

/// How much of the tint the strongest has.
const STRONGEST: f32 = 0.62;

/// What a word is tinted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tint {
    /// By how many bits it surprised the network.
    #[default]
    Surprise,
    /// How many bits the traces knew of it.
    Trace,
}

impl Tint {
    /// Both, each with its name, and what it is called where choices are kept.
    pub(super) const ALL: [(Self, &'static str, &'static str); 2] =
        [(Self::Surprise, "surprise", "surprise"), (Self::Trace, "what the trace knows", "trace")];

    /// The bits of the word after that of `step`; `None` where they are not known.
    pub(super) fn bits(self, reading: &Reading, step: usize) -> Option<f32> {
        match self {
            Self::Surprise => Some(reading.surprise(step)),
            Self::Trace => reading.known_by_trace(step),
        }
    }

    /// The colour of so many bits.
    pub(super) fn color(self, bits: f32, palette: &Palette) -> Color32 {
        let (color, most) = match self {
            Self::Surprise => (palette.mark, MOST_SURPRISE),
            Self::Trace if bits >= 0.0 => (palette.trace, MOST_KNOWN),
            Self::Trace => (palette.wrong, MOST_KNOWN),
        };
        mix(palette.surface, color, STRONGEST * (bits.abs() / most).min(1.0))
    }

    /// Draws what the tints mean.
    pub(super) fn scale_ui(self, ui: &Ui, rect: Rect) {
        let palette = Palette::of(ui.ctx());
        let (painter, font) = (ui.painter(), FontId::proportional(11.0));
        let write = |x: f32, text: &str| {
            painter.text(pos2(x, rect.top() + 7.0), Align2::LEFT_CENTER, text, font.clone(), palette.quiet).right()
        };
        let (from, cells, to) = match self {
            Self::Surprise => ("0", (0..=12).map(|step| step as f32).collect::<Vec<_>>(), "12 bits and more"),
            Self::Trace => (
                "16 times less likely with H",
                (-6..=6).map(|step| step as f32 / 6.0 * MOST_KNOWN).collect(),
                "16 times more likely",
            ),
        };
        let mut x = write(rect.left(), from) + 6.0;
        for bits in cells {
            let cell = Rect::from_min_size(pos2(x, rect.top() + 1.0), vec2(7.0, 12.0));
            painter.rect_filled(cell, 0.0, self.color(bits, palette));
            x += 7.0;
        }
        write(x + 6.0, to);
    }
}

/// "“house” surprised by 7.3 bits; expected: the (31 %), a (12 %), …; the trace knows +1.2 bits of it; expected without: …".
pub(super) fn told(reading: &Reading, place: usize) -> String {
    let word = shown(&reading.words[place]);
    let Some(step) = place.checked_sub(1) else { return format!("“{word}”, the first word") };
    let expected = |likeliest: &[Vec<Expected>]| {
        let words = likeliest.get(step).into_iter().flatten();
        let words: Vec<String> =
            words.map(|one| format!("{} ({})", shown(&one.word), percent(f64::from(one.probability)))).collect();
        words.join(", ")
    };
    let mut told = format!("“{word}” surprised by {} bits", decimals(f64::from(reading.surprise(step)), 1));
    let likeliest = expected(&reading.foresight.likeliest);
    if !likeliest.is_empty() {
        told += &format!("; expected: {likeliest}");
    }
    if let (Some(bits), Some(without)) = (reading.known_by_trace(step), &reading.without_trace) {
        told += &format!("; the trace knew {} bits of it", signed_bits(bits, 1));
        let likeliest = expected(&without.likeliest);
        if !likeliest.is_empty() {
            told += &format!("; expected without: {likeliest}");
        }
    }
    told
}

/// "+1.2", "−0.3", "0.0" with one figure after the point.
pub(super) fn signed_bits(bits: f32, figures: usize) -> String {
    let text = decimals(f64::from(bits), figures);
    let unsigned = text.trim_start_matches('−');
    match unsigned.trim_matches(['0', '.']).is_empty() {
        true => unsigned.to_owned(),
        false if bits > 0.0 => format!("+{text}"),
        false => text,
    }
}
