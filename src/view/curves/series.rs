//! One number over all iterations, raw and smoothed, kept as it grows.

use super::Source;
use super::number::Number;
use super::pyramid::Pyramid;
use super::smoothing::TrailingMean;
use crate::train::Point;

/// One number over all iterations. Only what has arrived since the last frame is worked on.
#[derive(Clone, Debug)]
pub struct Series {
    number: Number,
    length: usize,
    mean_now: TrailingMean,
    /// Of what this has been made: the first and the last iteration taken.
    ends: Option<(Point, Point)>,
    raw: Pyramid,
    mean: Pyramid,
}

impl Series {
    /// Empty; the smoothed value is a mean of the last `length`.
    pub fn new(number: Number, length: usize) -> Self {
        Self {
            number,
            length,
            mean_now: TrailingMean::new(length),
            ends: None,
            raw: Pyramid::default(),
            mean: Pyramid::default(),
        }
    }

    /// Takes in what is new; begins anew where number, smoothing or run are others.
    pub fn update(&mut self, source: &Source<'_>, number: Number, length: usize) {
        if self.number != number || !self.is_beginning_of(source) {
            *self = Self::new(number, length);
        }
        if self.length != length {
            (self.length, self.mean_now, self.mean) = (length, TrailingMean::new(length), Pyramid::default());
        }
        let available = if number.is_known(source) { source.points.len() } else { 0 };
        for index in self.raw.len()..available {
            self.raw.push(number.drawn(f64::from(number.averaged(source, index))));
        }
        for index in self.mean.len()..available {
            let mean = self.mean_now.push(f64::from(number.averaged(source, index)));
            self.mean.push(number.drawn(mean));
        }
        self.ends = (!self.raw.is_empty()).then(|| (source.points[0], source.points[self.raw.len() - 1]));
    }

    /// Every iteration as it was; index 0 is iteration 1.
    pub fn raw(&self) -> &Pyramid {
        &self.raw
    }

    /// The mean of the last iterations at each.
    pub fn mean(&self) -> &Pyramid {
        &self.mean
    }

    fn is_beginning_of(&self, source: &Source<'_>) -> bool {
        let Some((first, last)) = &self.ends else { return true };
        let Some(then) = source.points.get(self.raw.len() - 1) else { return false };
        let is_same_time = self.number != Number::Rate
            || self.number.drawn(f64::from(self.number.averaged(source, self.raw.len() - 1))).to_bits()
                == self.raw.values()[self.raw.len() - 1].to_bits();
        is_same(first, &source.points[0]) && is_same(last, then) && is_same_time
    }
}

/// Whether two iterations have the same numbers, NaN included.
fn is_same(a: &Point, b: &Point) -> bool {
    let bits = |point: &Point| [point.loss, point.measure, point.eta, point.grad_norm].map(f32::to_bits);
    bits(a) == bits(b)
}
