//! What is drawn of a curve: as many points as there are pixels, with every spike among them.

use super::axis::{Scale, Span};
use super::part::Bounds;
use super::pyramid::{Extremes, FAN, Pyramid};
use std::ops::Range;

/// Iterations per column up to which every point is drawn.
const POINTS_PER_COLUMN: usize = 4;

/// Lines end this many heights outside the view: farther away pixels are no longer exact.
const FAR: f64 = 1000.0;

/// What happened at an iteration that has no place on the axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Not a number.
    NotANumber,
    /// +∞.
    Infinity,
    /// −∞.
    MinusInfinity,
    /// Zero or below, which a logarithmic axis does not reach.
    BelowLog,
}

impl Mark {
    /// The mark of a value that is not finite.
    pub fn of(value: f32) -> Option<Self> {
        match value {
            value if value.is_nan() => Some(Self::NotANumber),
            f32::INFINITY => Some(Self::Infinity),
            f32::NEG_INFINITY => Some(Self::MinusInfinity),
            _ => None,
        }
    }
}

/// A curve ready to be drawn, in the axes' own units.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// Connected lines; one ends where values are not finite.
    pub lines: Vec<Vec<[f64; 2]>>,
    /// What has no place, by its place on the x axis.
    pub marks: Vec<(f64, Mark)>,
}

/// Which places of a sequence lie within `span` of an axis of iterations; place 0 is iteration 1.
pub fn places_within(span: Span, scale: Scale, length: usize) -> Range<usize> {
    let first = (scale.value(span.from).ceil() - 1.0).clamp(0.0, length as f64) as usize;
    let end = scale.value(span.to).floor().clamp(0.0, length as f64) as usize;
    first.min(end)..end
}

/// What is drawn within `bounds` on `columns` pixels. Values that a logarithmic axis does not reach lie at its lower
/// end.
pub fn outline(sequence: &Pyramid, bounds: Bounds, scales: [Scale; 2], columns: usize) -> Outline {
    let mut pen = Pen::default();
    for stretch in stretches(sequence.len(), bounds, scales[0], columns) {
        let extremes = sequence.extremes(stretch.clone());
        let middle = middle(&stretch, scales[0]);
        pen.marks(middle, &extremes, scales[1]);
        if !extremes.has_finite() {
            pen.to(middle, None);
            continue;
        }
        // Up and down by turns, whichever end is nearer to where the line is.
        let [low, high] = [extremes.least, extremes.most].map(|value| height(value, bounds, scales[1]));
        let is_nearer_to_high = pen.height().is_some_and(|height| (height - high).abs() < (height - low).abs());
        let ends = if is_nearer_to_high { [high, low] } else { [low, high] };
        pen.to(middle, Some(ends[0]));
        if low < high {
            pen.to(middle, Some(ends[1]));
        }
    }
    pen.finished()
}

/// The band between two sequences of one length, as far as their first `length` places: pieces of places on the x
/// axis, each with the lowest and the highest value there. A piece ends where values are not finite.
pub fn band(
    [low, high]: [&Pyramid; 2],
    length: usize,
    bounds: Bounds,
    scales: [Scale; 2],
    columns: usize,
) -> Vec<Vec<[f64; 3]>> {
    let (mut pieces, mut piece) = (Vec::new(), Vec::new());
    for stretch in stretches(length.min(low.len()), bounds, scales[0], columns) {
        let (below, above) = (low.extremes(stretch.clone()), high.extremes(stretch.clone()));
        if below.has_finite() && above.has_finite() {
            let [least, most] = [below.least, above.most].map(|value| height(value, bounds, scales[1]));
            piece.push([middle(&stretch, scales[0]), least, most]);
        } else if !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// The places within `bounds` and one more at each side, so that lines go on to the edges: each alone as long as they
/// are few, then together by columns.
fn stretches(length: usize, bounds: Bounds, scale: Scale, columns: usize) -> Vec<Range<usize>> {
    let columns = columns.max(1);
    let within = places_within(bounds.x, scale, length);
    let around = within.start.saturating_sub(1)..(within.end + 1).min(length);
    if around.len() <= POINTS_PER_COLUMN * columns {
        return around.map(|place| place..place + 1).collect();
    }
    let mut start = around.start;
    let stretch = |column: usize| {
        let edge = Span::new(bounds.x.from, bounds.x.at(column as f64 / columns as f64));
        let edge = places_within(edge, scale, length).end;
        let end = if column == columns { around.end } else { aligned(edge, edge.saturating_sub(start)) };
        (end > start).then(|| std::mem::replace(&mut start, end)..end)
    };
    (1..=columns).filter_map(stretch).collect()
}

/// Where a stretch is drawn on the axis of iterations.
fn middle(stretch: &Range<usize>, scale: Scale) -> f64 {
    let x = |place: usize| scale.place((place + 1) as f64).unwrap_or_default();
    f64::midpoint(x(stretch.start), x(stretch.end - 1))
}

/// Where a value is drawn on the axis of values.
fn height(value: f32, bounds: Bounds, scale: Scale) -> f64 {
    let far = FAR * bounds.y.length();
    let place = scale.place(f64::from(value)).unwrap_or(bounds.y.from);
    place.clamp(bounds.y.from - far, bounds.y.to + far)
}

/// A place near `end` where a node of the pyramid ends, a sixteenth of the stretch away at most: asking for a stretch
/// between two such places touches few nodes.
fn aligned(end: usize, stretch: usize) -> usize {
    let mut node = 1;
    while node * FAN * 16 <= stretch {
        node *= FAN;
    }
    end / node * node
}

/// Draws lines that end where there is nothing.
#[derive(Default)]
struct Pen {
    outline: Outline,
    line: Vec<[f64; 2]>,
}

impl Pen {
    fn to(&mut self, x: f64, y: Option<f64>) {
        match y {
            Some(y) => self.line.push([x, y]),
            None if self.line.is_empty() => {}
            None => self.outline.lines.push(std::mem::take(&mut self.line)),
        }
    }

    /// Where it is on the axis of values.
    fn height(&self) -> Option<f64> {
        self.line.last().map(|point| point[1])
    }

    fn marks(&mut self, x: f64, extremes: &Extremes, scale: Scale) {
        for (is_there, mark) in [
            (extremes.has_nan, Mark::NotANumber),
            (extremes.has_infinity, Mark::Infinity),
            (extremes.has_minus_infinity, Mark::MinusInfinity),
            (scale == Scale::Log && extremes.least <= 0.0, Mark::BelowLog),
        ] {
            if is_there {
                self.outline.marks.push((x, mark));
            }
        }
    }

    fn finished(mut self) -> Outline {
        self.to(0.0, None);
        self.outline
    }
}
