//! A matrix as the window sees it: numbers that no longer change, and what is known about them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT_VERSION: AtomicU64 = AtomicU64::new(1);

/// The most values a matrix may hold, 2²⁶: what a texture of 8192×8192 holds, a size any desktop graphics device has.
pub const MOST_VALUES: usize = 1 << 26;

/// Values looked at in one go.
const SPAN: usize = 4096;

/// The bits of an infinite magnitude: what is not below is infinite or not a number.
const INFINITE: u32 = 0x7f80_0000;

/// The bits of a magnitude, which are in the order of magnitudes.
fn magnitude_bits(value: f32) -> u32 {
    value.abs().to_bits()
}

/// Why numbers could not be made a [`Matrix`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatrixError {
    /// The number of values is not rows × columns.
    #[error("a matrix of {rows}×{columns} needs {rows}·{columns} values, found {found}")]
    WrongLength {
        /// Rows asked for.
        rows: usize,
        /// Columns asked for.
        columns: usize,
        /// Values given.
        found: usize,
    },
    /// More than [`MOST_VALUES`].
    #[error("a matrix of {rows}×{columns} is too large to draw, the most is {MOST_VALUES} values")]
    TooLarge {
        /// Rows asked for.
        rows: usize,
        /// Columns asked for.
        columns: usize,
    },
}

/// Numbers `[rows, columns]`, row by row (rows are *from*, columns *to*), with their statistics. It never changes:
/// new numbers make a new matrix with a new [version](Self::version).
#[derive(Debug)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    values: Vec<f32>,
    version: u64,
    largest: Option<usize>,
    non_finite: usize,
    constant: Option<f32>,
    /// Quantiles already asked for, as (fraction, magnitude).
    quantiles: Mutex<Vec<(f32, f32)>>,
}

impl Matrix {
    /// A matrix of `values`, `[rows, columns]` row by row.
    ///
    /// # Errors
    /// The number of values is not `rows * columns`, or more than [`MOST_VALUES`].
    pub fn new(rows: usize, columns: usize, values: Vec<f32>) -> Result<Self, MatrixError> {
        if rows.checked_mul(columns) != Some(values.len()) {
            return Err(MatrixError::WrongLength { rows, columns, found: values.len() });
        }
        if values.len() > MOST_VALUES {
            return Err(MatrixError::TooLarge { rows, columns });
        }
        // The largest finite magnitude of each span first, as bits, whose order is that of magnitudes; then its place
        // in the first span that has it.
        let mut largest: Option<(u32, usize)> = None;
        let mut non_finite = 0;
        for (index, span) in values.chunks(SPAN).enumerate() {
            let (magnitude, finite) = span.iter().fold((0, 0), |(largest, finite), value| {
                let bits = magnitude_bits(*value);
                let counts = bits < INFINITE;
                (largest.max(if counts { bits } else { 0 }), finite + usize::from(counts))
            });
            non_finite += span.len() - finite;
            if finite > 0 && largest.is_none_or(|(best, _)| magnitude > best) {
                largest = Some((magnitude, index * SPAN));
            }
        }
        let largest = largest.and_then(|(magnitude, start)| {
            let place = values[start..].iter().position(|value| magnitude_bits(*value) == magnitude)?;
            Some(start + place)
        });
        let constant = values.first().copied().filter(|first| values.iter().all(|value| value == first));
        let version = NEXT_VERSION.fetch_add(1, Ordering::Relaxed);
        Ok(Self { rows, columns, values, version, largest, non_finite, constant, quantiles: Mutex::default() })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All values, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// A number no other matrix of this process has: equal versions mean equal numbers.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The value at (`row`, `column`), or `None` outside the matrix.
    pub fn at(&self, row: usize, column: usize) -> Option<f32> {
        (row < self.rows && column < self.columns).then(|| self.values[row * self.columns + column])
    }

    /// The finite value of largest magnitude as (row, column, value), the first one of several; `None` when no value
    /// is finite.
    pub fn largest(&self) -> Option<(usize, usize, f32)> {
        self.largest.map(|index| (index / self.columns, index % self.columns, self.values[index]))
    }

    /// How many values are NaN or infinite.
    pub fn count_non_finite(&self) -> usize {
        self.non_finite
    }

    /// The one number that all values equal, if there is one.
    pub fn constant(&self) -> Option<f32> {
        self.constant
    }

    /// The magnitude that the share `fraction` (0 to 1) of the finite values does not exceed (nearest rank, so always
    /// a magnitude of the matrix); 0 when no value is finite. Computed once for each `fraction`.
    ///
    /// In a sparse matrix it can be 0 though some values are not: fall back on [`Self::largest`] for a range.
    pub fn quantile_magnitude(&self, fraction: f32) -> f32 {
        let mut known = self.quantiles.lock().expect("nothing panics while this is locked");
        if let Some((_, magnitude)) = known.iter().find(|(asked, _)| *asked == fraction) {
            return *magnitude;
        }
        let magnitude = nearest_rank_magnitude(&self.values, self.values.len() - self.non_finite, fraction);
        known.push((fraction, magnitude));
        magnitude
    }
}

/// The magnitude at the nearest rank of `fraction` among the `finite` finite values; 0 when there is none. Counts
/// magnitudes by their leading bits first, so that only a few have to be put in order.
fn nearest_rank_magnitude(values: &[f32], finite: usize, fraction: f32) -> f32 {
    const SHIFT: u32 = 14;
    if finite == 0 {
        return 0.0;
    }
    let rank = (f64::from(fraction) * finite as f64).ceil() as usize;
    let mut rank = rank.clamp(1, finite) - 1;
    let mut counts = vec![0_u32; (INFINITE >> SHIFT) as usize];
    let finite_bits = || values.iter().map(|value| magnitude_bits(*value)).filter(|bits| *bits < INFINITE);
    for bits in finite_bits() {
        counts[(bits >> SHIFT) as usize] += 1;
    }
    let group = counts.iter().position(|count| {
        let is_here = rank < *count as usize;
        if !is_here {
            rank -= *count as usize;
        }
        is_here
    });
    let Some(group) = group else { return 0.0 };
    let mut members: Vec<u32> = finite_bits().filter(|bits| (bits >> SHIFT) as usize == group).collect();
    f32::from_bits(*members.select_nth_unstable(rank).1)
}
