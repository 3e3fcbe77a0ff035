//! A matrix as the window sees it: numbers that no longer change, and what is known about them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT_VERSION: AtomicU64 = AtomicU64::new(1);

/// The most values a matrix may hold, 2²⁶: what a texture of 8192×8192 holds, a size any desktop graphics device has.
pub const MOST_VALUES: usize = 1 << 26;

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
        let mut largest: Option<usize> = None;
        let mut non_finite = 0;
        for (index, value) in values.iter().enumerate() {
            if !value.is_finite() {
                non_finite += 1;
            } else if largest.is_none_or(|best| value.abs() > values[best].abs()) {
                largest = Some(index);
            }
        }
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
        let mut magnitudes: Vec<f32> = self.values.iter().map(|value| value.abs()).filter(|v| v.is_finite()).collect();
        let magnitude = if magnitudes.is_empty() {
            0.0
        } else {
            let rank = (f64::from(fraction) * magnitudes.len() as f64).ceil() as usize;
            let index = rank.clamp(1, magnitudes.len()) - 1;
            *magnitudes.select_nth_unstable_by(index, f32::total_cmp).1
        };
        known.push((fraction, magnitude));
        magnitude
    }
}
