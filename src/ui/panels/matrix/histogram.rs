//! How often which values occur, for the colour bar.

use crate::render::Matrix;

/// Values looked at when a matrix is larger: enough for a picture of a few dozen pixels in height, and quick enough to
/// be done again at every step of a lifetime that plays.
pub const SAMPLES: usize = 1 << 16;

/// Counts of the finite values of a matrix in equal bins from `-extent` to `+extent`.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Values in each bin, from the lowest on.
    pub counts: Vec<u32>,
    /// Finite values beyond the bins at both ends.
    pub beyond: u32,
    version: u64,
    extent: f32,
}

impl Histogram {
    /// Counts the values of `matrix`; of one with more than [`SAMPLES`] values a part that is spread evenly over rows
    /// and columns, always the same.
    pub fn of(matrix: &Matrix, extent: f32, bins: usize) -> Self {
        let mut counts = vec![0; bins];
        let mut beyond = 0;
        let scale = bins as f32 / (2.0 * extent);
        for value in matrix.values().iter().step_by(stride(matrix)).filter(|value| value.is_finite()) {
            if value.abs() > extent {
                beyond += 1;
            } else {
                // Only a value of exactly +extent would fall behind the last bin.
                let bin = ((value + extent) * scale) as usize;
                counts[bin.min(bins - 1)] += 1;
            }
        }
        Self { counts, beyond, version: matrix.version(), extent }
    }

    /// Whether these are the counts that [`Self::of`] would give.
    pub fn is_of(&self, matrix: &Matrix, extent: f32, bins: usize) -> bool {
        self.version == matrix.version() && self.extent == extent && self.counts.len() == bins
    }
}

/// Every how many values one is looked at: no divisor in common with the number of columns, so that none is left out.
fn stride(matrix: &Matrix) -> usize {
    let least = matrix.values().len().div_ceil(SAMPLES).max(1);
    (least..).find(|stride| common_divisor(*stride, matrix.columns()) == 1).unwrap_or(1)
}

fn common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common_divisor(b, a % b) }
}
