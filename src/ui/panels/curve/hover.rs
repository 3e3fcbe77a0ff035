//! What is under the pointer: one iteration, its value and its mean.

use super::axis::Scale;
use super::frame::Frame;
use super::outline::places_within;
use super::{Curve, Source};
use crate::ui::numbers::grouped;
use crate::ui::theme::Palette;
use egui::{Align2, Painter, Pos2, Stroke, StrokeKind, TextStyle, Ui, pos2, vec2};

/// Points around the pointer within which a mark is meant.
const REACH: f32 = 4.0;

/// What is said about one iteration.
pub struct ReadOut {
    /// Its place in the series.
    pub index: usize,
    /// Its number, its value, and its mean.
    pub lines: [String; 3],
}

impl ReadOut {
    /// In one line.
    pub fn line(&self) -> String {
        self.lines.join(" · ")
    }
}

impl Curve {
    /// What is said about the iteration under the pointer; one that is NaN or infinite comes before its neighbours.
    pub(super) fn read_out(&self, source: &Source<'_>, frame: &Frame, pointer: Pos2) -> Option<ReadOut> {
        let raw = self.series.raw();
        let last = raw.len().checked_sub(1)?;
        let place_at = |x: f32| frame.bounds.x.at(frame.shares(pos2(x, pointer.y))[0]);
        let reach = super::axis::Span::new(place_at(pointer.x - REACH), place_at(pointer.x + REACH));
        let near = places_within(reach, self.scales[0], raw.len());
        let nearest = self.scales[0].value(place_at(pointer.x)).round() - 1.0;
        let index = raw.first_non_finite(near).unwrap_or(nearest.clamp(0.0, last as f64) as usize);
        let read_out = |value: f32| self.number.read_out(f64::from(value), source.measure);
        let (value, mean) = (raw.values()[index], self.series.mean().values()[index]);
        let said = match value {
            value if value.is_nan() => "not a number (NaN)".to_owned(),
            value if value.is_infinite() => format!("infinite ({})", read_out(value)),
            value if value <= 0.0 && self.scales[1] == Scale::Log => {
                format!("{}, below every logarithm", read_out(value))
            }
            value => read_out(value),
        };
        let count = self.smoothing.min(index + 1);
        Some(ReadOut {
            index,
            lines: [
                format!("iteration {}", grouped(index as u64 + 1)),
                format!("{}: {said}", self.number.name(source.measure)),
                format!("mean of {}: {}", grouped(count as u64), read_out(mean)),
            ],
        })
    }

    /// Paints a hairline, the two points on it and what is said.
    pub(super) fn paint_read_out(&self, ui: &Ui, frame: &Frame, palette: &Palette, read_out: &ReadOut) {
        let painter = ui.painter().with_clip_rect(frame.rect);
        let x = frame.x(self.scales[0].place((read_out.index + 1) as f64).unwrap_or_default());
        painter.vline(x, frame.rect.y_range(), Stroke::new(1.0, palette.quiet.gamma_multiply(0.6)));
        let series = [(self.series.raw(), 2.5, palette.quiet), (self.series.mean(), 3.5, palette.curve())];
        for (sequence, radius, color) in series {
            let value = sequence.values()[read_out.index];
            if let Some(place) = self.scales[1].place(f64::from(value)).filter(|place| place.is_finite()) {
                let pos = pos2(x, frame.y(place));
                painter.circle(pos, radius, color, Stroke::new(1.5, palette.surface));
            }
        }
        paint_card(ui, &painter, frame, palette, x, read_out);
    }
}

fn paint_card(ui: &Ui, painter: &Painter, frame: &Frame, palette: &Palette, x: f32, read_out: &ReadOut) {
    let font = TextStyle::Small.resolve(ui.style());
    let words = painter.layout_no_wrap(read_out.lines.join("\n"), font, palette.text);
    let size = words.size() + vec2(16.0, 12.0);
    let fits_right = x + 12.0 + size.x < frame.rect.right();
    let anchor = if fits_right { Align2::LEFT_TOP } else { Align2::RIGHT_TOP };
    let side = if fits_right { 12.0 } else { -12.0 };
    let card = anchor.anchor_size(pos2(x + side, frame.rect.top() + 20.0), size);
    painter.rect(card, 5.0, palette.raised, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    painter.galley(card.min + vec2(8.0, 6.0), words, palette.text);
}
