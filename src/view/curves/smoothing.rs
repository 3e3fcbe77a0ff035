//! The mean of the last values, right from the first one and never changed by what follows.

/// The mean of the last `length` finite values, one value at a time.
///
/// The sum of a window is the end of one block plus the beginning of the next, so that nothing is ever subtracted:
/// an enormous value leaves no rounding error behind once it has left the window.
#[derive(Clone, Debug)]
pub struct TrailingMean {
    length: usize,
    /// For every place of the block before: sum and count from there to its end.
    ends: Vec<(f64, usize)>,
    /// The values of the block that is being filled; those that are not finite count as absent.
    block: Vec<Option<f64>>,
    /// Sum and count of `block`.
    beginning: (f64, usize),
}

impl TrailingMean {
    /// Over the last `length` values, at least one; fewer at the beginning.
    pub fn new(length: usize) -> Self {
        Self { length: length.max(1), ends: Vec::new(), block: Vec::new(), beginning: (0.0, 0) }
    }

    /// Takes the next value and gives the mean now; NaN while nothing in the window is finite.
    pub fn push(&mut self, value: f64) -> f64 {
        let value = value.is_finite().then_some(value);
        self.block.push(value);
        self.beginning = added(self.beginning, value);
        let (end, count) = self.ends.get(self.block.len()).copied().unwrap_or_default();
        let mean = (end + self.beginning.0) / (count + self.beginning.1) as f64;
        if self.block.len() == self.length {
            let mut sum = (0.0, 0);
            self.ends.clear();
            self.ends.extend(self.block.drain(..).rev().map(|value| {
                sum = added(sum, value);
                sum
            }));
            self.ends.reverse();
            self.beginning = (0.0, 0);
        }
        mean
    }
}

fn added((sum, count): (f64, usize), value: Option<f64>) -> (f64, usize) {
    value.map_or((sum, count), |value| (sum + value, count + 1))
}
