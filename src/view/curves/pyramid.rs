//! The smallest and the largest value of any stretch of a growing sequence, found in logarithmic time.

use std::ops::Range;

/// Nodes of one level that share a node of the next.
pub const FAN: usize = 8;

/// What a stretch of values holds. Ranges are of finite values alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extremes {
    /// The smallest finite value; +∞ where there is none.
    pub least: f32,
    /// The largest finite value; −∞ where there is none.
    pub most: f32,
    /// The smallest value above zero, where a logarithmic axis may begin; +∞ where there is none.
    pub least_positive: f32,
    /// Whether there is a NaN.
    pub has_nan: bool,
    /// Whether there is a +∞.
    pub has_infinity: bool,
    /// Whether there is a −∞.
    pub has_minus_infinity: bool,
}

impl Extremes {
    /// Of no values.
    pub const NONE: Self = Self {
        least: f32::INFINITY,
        most: f32::NEG_INFINITY,
        least_positive: f32::INFINITY,
        has_nan: false,
        has_infinity: false,
        has_minus_infinity: false,
    };

    /// Of one value.
    pub fn of(value: f32) -> Self {
        if value.is_finite() {
            let least_positive = if value > 0.0 { value } else { f32::INFINITY };
            return Self { least: value, most: value, least_positive, ..Self::NONE };
        }
        Self {
            has_nan: value.is_nan(),
            has_infinity: value == f32::INFINITY,
            has_minus_infinity: value == f32::NEG_INFINITY,
            ..Self::NONE
        }
    }

    /// Of two stretches together.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        Self {
            least: self.least.min(other.least),
            most: self.most.max(other.most),
            least_positive: self.least_positive.min(other.least_positive),
            has_nan: self.has_nan || other.has_nan,
            has_infinity: self.has_infinity || other.has_infinity,
            has_minus_infinity: self.has_minus_infinity || other.has_minus_infinity,
        }
    }

    /// Whether any value is finite.
    pub fn has_finite(&self) -> bool {
        self.least <= self.most
    }

    /// Whether any value is NaN or infinite.
    pub fn has_non_finite(&self) -> bool {
        self.has_nan || self.has_infinity || self.has_minus_infinity
    }
}

/// A sequence that only grows, with the extremes of its stretches of 8, 64, 512, …
///
/// Appending costs O(log n) at worst and O(1) on average, asking O(log n); beside the values it keeps a seventh as
/// many nodes.
#[derive(Clone, Debug, Default)]
pub struct Pyramid {
    values: Vec<f32>,
    /// Complete stretches only: level `k` holds one node for every `FAN^(k + 1)` values.
    levels: Vec<Vec<Extremes>>,
}

impl Pyramid {
    /// The values.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Appends a value.
    pub fn push(&mut self, value: f32) {
        self.values.push(value);
        let mut level = 0;
        let mut length = self.values.len();
        while length.is_multiple_of(FAN) {
            let node = (length - FAN..length).fold(Extremes::NONE, |sum, place| sum.merged(self.node(level, place)));
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(node);
            length = self.levels[level].len();
            level += 1;
        }
    }

    /// The extremes of the values at `range`, which may reach beyond the end.
    pub fn extremes(&self, range: Range<usize>) -> Extremes {
        let mut end = range.end.min(self.len());
        let mut start = range.start.min(end);
        let mut found = Extremes::NONE;
        let mut level = 0;
        loop {
            while start < end && !start.is_multiple_of(FAN) {
                found = found.merged(self.node(level, start));
                start += 1;
            }
            while start < end && !end.is_multiple_of(FAN) {
                end -= 1;
                found = found.merged(self.node(level, end));
            }
            if start == end {
                return found;
            }
            (start, end, level) = (start / FAN, end / FAN, level + 1);
        }
    }

    /// The extremes of all values.
    pub fn all(&self) -> Extremes {
        self.extremes(0..self.len())
    }

    /// The first place in `range` that holds NaN or infinity.
    pub fn first_non_finite(&self, range: Range<usize>) -> Option<usize> {
        let mut end = range.end.min(self.len());
        let mut start = range.start.min(end);
        if !self.extremes(start..end).has_non_finite() {
            return None;
        }
        while end - start > 1 {
            let middle = start.midpoint(end);
            if self.extremes(start..middle).has_non_finite() {
                end = middle;
            } else {
                start = middle;
            }
        }
        Some(start)
    }

    /// The node at `place`; level 0 are the values themselves, level `k` is `levels[k - 1]`.
    fn node(&self, level: usize, place: usize) -> Extremes {
        if level == 0 { Extremes::of(self.values[place]) } else { self.levels[level - 1][place] }
    }
}

impl Extend<f32> for Pyramid {
    fn extend<I: IntoIterator<Item = f32>>(&mut self, values: I) {
        for value in values {
            self.push(value);
        }
    }
}
