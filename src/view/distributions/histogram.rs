//! Counts of values in bins that are halves and doubles of those of every other histogram: bins of one are merged in
//! pairs until they are those of another, and no value has to be looked at again.

use crate::render::Matrix;

/// Bins at each side of zero.
pub const SIDE: usize = 1 << SIDE_BITS;

const SIDE_BITS: i32 = 10;

/// The exponent of the reach where nothing but zero has been counted. No finite magnitude of single precision, but for
/// the subnormal ones, is smaller than its bins.
const LEAST_EXPONENT: i32 = -120;

/// How often which values of a matrix occur. Bins of equal width lie at both sides of zero, up to a power of two that
/// no finite value reaches.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    exponent: i32,
    /// Negative values and the others, from zero outwards.
    sides: [Vec<u32>; 2],
    finite: usize,
    nan: usize,
    infinite: usize,
    largest: f32,
    mean: f64,
    deviation: f64,
}

impl Histogram {
    /// Counts every value of a matrix.
    pub fn of(matrix: &Matrix) -> Self {
        let largest = matrix.largest().map_or(0.0, |(_, _, value)| value.abs());
        let exponent = exponent_above(largest);
        let scale = 2f64.powi(SIDE_BITS - exponent);
        let mut sides = [vec![0_u32; SIDE], vec![0; SIDE]];
        let (mut finite, mut nan) = (0, 0);
        let [mut sum, mut squares] = [0.0_f64; 2];
        for &single in matrix.values() {
            if !single.is_finite() {
                nan += usize::from(single.is_nan());
                continue;
            }
            let value = f64::from(single);
            let place = (value.abs() * scale) as usize;
            sides[usize::from(value >= 0.0)][place.min(SIDE - 1)] += 1;
            finite += 1;
            sum += value;
            squares += value * value;
        }
        let count = finite.max(1) as f64;
        let mean = sum / count;
        let deviation = (squares / count - mean * mean).max(0.0).sqrt();
        let infinite = matrix.count_non_finite() - nan;
        Self { exponent, sides, finite, nan, infinite, largest, mean, deviation }
    }

    /// The same counts in bins that reach up to 2^`exponent`: merged in pairs, again and again.
    ///
    /// # Panics
    /// When that is less than it reaches already.
    #[must_use]
    pub fn widened(&self, exponent: i32) -> Self {
        assert!(exponent >= self.exponent, "bins are merged, never divided");
        let mut sides = self.sides.clone();
        for side in &mut sides {
            // After as many pairs as there are doublings every value lies next to zero.
            for _ in 0..(exponent - self.exponent).min(SIDE_BITS) {
                for place in 0..SIDE / 2 {
                    side[place] = side[2 * place] + side[2 * place + 1];
                }
                side[SIDE / 2..].fill(0);
            }
        }
        Self { exponent, sides, ..self.clone() }
    }

    /// The power of two that its bins reach up to.
    pub fn exponent(&self) -> i32 {
        self.exponent
    }

    /// The width of its bins.
    pub fn width(&self) -> f64 {
        2f64.powi(self.exponent - SIDE_BITS)
    }

    /// The counts of negative values and of the others, from zero outwards.
    pub fn sides(&self) -> [&[u32]; 2] {
        [&self.sides[0], &self.sides[1]]
    }

    /// How many finite values there are: all that are in bins.
    pub fn finite(&self) -> usize {
        self.finite
    }

    /// How many values are no number.
    pub fn nan(&self) -> usize {
        self.nan
    }

    /// How many values are infinite.
    pub fn infinite(&self) -> usize {
        self.infinite
    }

    /// The largest finite magnitude.
    pub fn largest(&self) -> f32 {
        self.largest
    }

    /// The mean of the finite values.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Their standard deviation.
    pub fn deviation(&self) -> f64 {
        self.deviation
    }
}

/// The smallest exponent of a power of two above a magnitude.
fn exponent_above(magnitude: f32) -> i32 {
    // Every magnitude of single precision is a normal number in double precision.
    let bits = f64::from(magnitude).to_bits() >> 52;
    (bits as i32 - 1022).max(LEAST_EXPONENT)
}
