//! What is under the pointer: one iteration, its value and its mean, and what compared runs had come to by then.

use super::frame::Frame;
use super::{Curve, overlay};
use crate::train::statistics::{FEWEST, RankSum, rank_sum};
use crate::ui::theme::Palette;
use crate::view::curves::Source;
use crate::view::curves::axis::Scale;
use crate::view::curves::bands::Band;
use crate::view::curves::outline::places_within;
use crate::view::numbers::{figures, grouped};
use egui::{Align2, Color32, Painter, Pos2, Stroke, StrokeKind, TextStyle, Ui, pos2, vec2};

/// Points around the pointer within which a mark is meant.
const REACH: f32 = 4.0;

/// Room at the left of a line of the card for the point that says whose it is.
const INDENT: f32 = 12.0;

/// What is said about one iteration.
pub struct ReadOut {
    /// Its place in the series.
    pub index: usize,
    /// Its number, its value and its mean, then one line for each group, with the colour of its line.
    pub lines: Vec<(Option<Color32>, String)>,
}

impl ReadOut {
    /// In one line.
    pub fn line(&self) -> String {
        self.lines.iter().map(|(_, words)| words.as_str()).collect::<Vec<_>>().join(" · ")
    }
}

impl Curve {
    /// What is said about the iteration under the pointer; one that is NaN or infinite comes before its neighbours.
    pub(super) fn read_out(
        &self,
        source: &Source<'_>,
        frame: &Frame,
        pointer: Pos2,
        palette: &Palette,
    ) -> Option<ReadOut> {
        let raw = self.series.raw();
        let last = raw.len().max(self.bands.length()).checked_sub(1)?;
        let place_at = |x: f32| frame.bounds.x.at(frame.shares(pos2(x, pointer.y))[0]);
        let reach = crate::view::curves::axis::Span::new(place_at(pointer.x - REACH), place_at(pointer.x + REACH));
        let near = places_within(reach, self.scales[0], raw.len());
        let nearest = self.scales[0].value(place_at(pointer.x)).round() - 1.0;
        let left_out = self.bands.all().iter().flat_map(|band| &band.left_out);
        let mut left_out = left_out.map(|value| value.place);
        let is_near = |place: &usize| {
            let at = self.scales[0].place((place + 1) as f64);
            at.is_some_and(|at| reach.contains(at))
        };
        let marked = raw.first_non_finite(near).or_else(|| left_out.find(is_near));
        let index = marked.unwrap_or(nearest.clamp(0.0, last as f64) as usize);
        let mut lines = vec![(None, format!("iteration {}", grouped(index as u64 + 1)))];
        if let Some([value, mean]) = self.own_lines(source, index) {
            let color = (!self.bands.all().is_empty()).then(|| palette.curve());
            lines.extend([(None, value), (color, mean)]);
        }
        let groups = self.bands.all().iter();
        lines.extend(
            groups.filter_map(|band| {
                Some((Some(overlay::color(palette, band.slot)), self.band_line(source, band, index)?))
            }),
        );
        lines.extend(self.test_line(index).map(|words| (None, words)));
        Some(ReadOut { index, lines })
    }

    /// Whether chance alone would part two groups as clearly; of more than two it is not said which are meant.
    fn test_line(&self, index: usize) -> Option<String> {
        let [one, other] = self.bands.all() else { return None };
        let [one, other] = [one, other].map(|band| band.at(index));
        if one.len().min(other.len()) < FEWEST {
            return None;
        }
        let RankSum { p, method, .. } = rank_sum(&one, &other)?;
        Some(format!("rank-sum test: p = {} ({})", figures(p, 2), method.name()))
    }

    /// The value and the mean of the run in view, where it has got that far.
    fn own_lines(&self, source: &Source<'_>, index: usize) -> Option<[String; 2]> {
        let (value, mean) = (*self.series.raw().values().get(index)?, *self.series.mean().values().get(index)?);
        let read_out = |value: f32| self.number.read_out(f64::from(value), source.measure);
        let said = match value {
            value if value.is_nan() => "not a number (NaN)".to_owned(),
            value if value.is_infinite() => format!("infinite ({})", read_out(value)),
            value if value <= 0.0 && self.scales[1] == Scale::Log => {
                format!("{}, below every logarithm", read_out(value))
            }
            value => read_out(value),
        };
        let count = grouped(self.smoothing.min(index + 1) as u64);
        Some([format!("{}: {said}", self.number.name(source.measure)), format!("mean of {count}: {}", read_out(mean))])
    }

    /// What a group had come to: the median and the quartiles of the runs that got that far, and how many did.
    fn band_line(&self, source: &Source<'_>, band: &Band, index: usize) -> Option<String> {
        let count = *band.quartiles.counts.get(index)?;
        let read_out = |value: f32| self.number.read_out(f64::from(value), source.measure);
        let [low, median, high] = [&band.quartiles.low, &band.quartiles.median, &band.quartiles.high]
            .map(|sequence| read_out(sequence.values()[index]));
        let said = match count {
            0 => "nothing finite".to_owned(),
            FEWEST.. => format!("median {median}, quartiles {low} to {high}"),
            _ if band.has_quartiles() => format!("median {median}"),
            _ => {
                let values = band.each.iter().filter_map(|run| run.values().get(index)).map(|&value| read_out(value));
                values.collect::<Vec<_>>().join(" and ")
            }
        };
        let left_out = band.left_out.iter().filter(|value| value.place == index);
        let left_out: String = left_out.map(|value| format!(", {}", value.words())).collect();
        Some(format!("{}: {said}, n = {count}{left_out}", band.name))
    }

    /// Paints a hairline, the points on it and what is said.
    pub(super) fn paint_read_out(&self, ui: &Ui, frame: &Frame, palette: &Palette, read_out: &ReadOut) {
        let painter = ui.painter().with_clip_rect(frame.rect);
        let x = frame.x(self.scales[0].place((read_out.index + 1) as f64).unwrap_or_default());
        painter.vline(x, frame.rect.y_range(), Stroke::new(1.0, palette.quiet.gamma_multiply(0.6)));
        let own = [(self.series.raw(), 2.5, palette.quiet), (self.series.mean(), 3.5, palette.curve())];
        let groups = self.bands.all().iter().flat_map(|band| {
            let lines =
                if band.has_quartiles() { std::slice::from_ref(&band.quartiles.median) } else { &band.each[..] };
            lines.iter().map(|line| (line, 3.5, overlay::color(palette, band.slot)))
        });
        for (sequence, radius, color) in own.into_iter().chain(groups) {
            let place = sequence.values().get(read_out.index).and_then(|&value| self.scales[1].place(f64::from(value)));
            if let Some(place) = place.filter(|place| place.is_finite()) {
                let pos = pos2(x, frame.y(place));
                painter.circle(pos, radius, color, Stroke::new(1.5, palette.surface));
            }
        }
        paint_card(ui, &painter, frame, palette, x, read_out);
    }
}

fn paint_card(ui: &Ui, painter: &Painter, frame: &Frame, palette: &Palette, x: f32, read_out: &ReadOut) {
    let font = TextStyle::Small.resolve(ui.style());
    let widest = (frame.rect.width() - 40.0).max(80.0);
    let lay_out = |(color, words): &(Option<Color32>, String)| {
        let indent = if color.is_some() { INDENT } else { 0.0 };
        (*color, indent, painter.layout(words.clone(), font.clone(), palette.text, widest - indent))
    };
    let lines: Vec<_> = read_out.lines.iter().map(lay_out).collect();
    let width = lines.iter().map(|(_, indent, words)| indent + words.size().x).fold(0.0, f32::max);
    let height: f32 = lines.iter().map(|(_, _, words)| words.size().y).sum();
    let size = vec2(width + 16.0, height + 12.0);
    let fits_right = x + 12.0 + size.x < frame.rect.right();
    let anchor = if fits_right { Align2::LEFT_TOP } else { Align2::RIGHT_TOP };
    let side = if fits_right { 12.0 } else { -12.0 };
    let card = anchor.anchor_size(pos2(x + side, frame.rect.top() + 20.0), size);
    // Where it fits at neither side it lies over the line, and above the lower edge where it is high.
    let into = vec2((frame.rect.left() + 4.0 - card.left()).max(0.0), (frame.rect.bottom() - card.bottom()).min(0.0));
    let card = card.translate(vec2(into.x, into.y.max(-16.0)));
    painter.rect(card, 5.0, palette.raised, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    let mut at = card.min + vec2(8.0, 6.0);
    for (color, indent, words) in lines {
        if let Some(color) = color {
            painter.circle_filled(at + vec2(4.0, 7.0), 3.5, color);
        }
        let height = words.size().y;
        painter.galley(at + vec2(indent, 0.0), words, palette.text);
        at.y += height;
    }
}
