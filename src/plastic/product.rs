//! Products of matrices, wherever their rows and columns lie.
//!
//! The kernels are those that Candle's product has (the crate `gemm`). Candle is gone around because it deals out every
//! product to threads, while whole pieces of pictures are dealt out already; because it asks the system for the number of
//! processors each time, which takes longer than a small product (a tenth of an iteration); and where a large result is to
//! take the place of what lies there already.

use gemm::Parallelism;
use std::ops::Range;

/// Who makes a product. The numbers are the same ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plastic) enum Workers {
    /// This thread.
    One,
    /// All threads that this one computes with.
    All,
}

/// A matrix of numbers that lie elsewhere.
#[derive(Clone, Copy)]
pub(in crate::plastic) struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    /// From one row to the next, and from one column to the next.
    strides: [usize; 2],
}

impl<'a> Matrix<'a> {
    /// One whose rows follow each other.
    ///
    /// # Panics
    /// When `values` are no whole number of rows.
    pub(in crate::plastic) fn of_rows(values: &'a [f32], columns: usize) -> Self {
        assert!(values.len().is_multiple_of(columns), "{} values are no rows of {columns}", values.len());
        Self { values, rows: values.len() / columns, columns, strides: [columns, 1] }
    }

    /// How many rows it has.
    pub(in crate::plastic) fn rows(self) -> usize {
        self.rows
    }

    /// How many columns it has.
    pub(in crate::plastic) fn columns(self) -> usize {
        self.columns
    }

    /// Its numbers, row after row.
    pub(in crate::plastic) fn values(self) -> impl Iterator<Item = f32> + use<'a> {
        let [down, across] = self.strides;
        (0..self.rows)
            .flat_map(move |row| (0..self.columns).map(move |column| self.values[row * down + column * across]))
    }

    /// The sum of each column, row after row.
    pub(in crate::plastic) fn column_sums(self) -> Vec<f32> {
        let mut sums = vec![0.0; self.columns];
        let [down, across] = self.strides;
        for row in (0..self.rows).map(|row| &self.values[row * down..]) {
            match across {
                1 => sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value),
                _ => sums.iter_mut().zip(row.iter().step_by(across)).for_each(|(sum, value)| *sum += value),
            }
        }
        sums
    }

    /// Some of its columns.
    ///
    /// # Panics
    /// When it has fewer.
    pub(in crate::plastic) fn some_columns(self, columns: Range<usize>) -> Self {
        assert!(columns.end <= self.columns, "{columns:?} are no columns of {}", self.columns);
        Self { values: &self.values[columns.start * self.strides[1]..], columns: columns.len(), ..self }
    }

    /// Its transpose.
    pub(in crate::plastic) fn transposed(self) -> Self {
        let [down, across] = self.strides;
        Self { rows: self.columns, columns: self.rows, strides: [across, down], ..self }
    }
}

/// `left` · `right` into `product`, whose rows follow each other.
///
/// # Panics
/// When sizes do not fit.
#[allow(unsafe_code)] // The kernels take addresses.
pub(in crate::plastic) fn multiply(left: Matrix<'_>, right: Matrix<'_>, product: &mut [f32], workers: Workers) {
    assert_eq!(left.columns, right.rows, "rows and columns of a product fit");
    assert_eq!(product.len(), left.rows * right.columns, "a product has as many rows and columns as its factors");
    let ([left_down, left_across], [right_down, right_across]) = (left.strides, right.strides);
    // SAFETY: a `Matrix` has `rows` × `columns` values, which its strides reach in some order without leaving them, and
    // `product` has room for the result, as has just been checked. It is borrowed alone and so overlaps neither.
    unsafe {
        gemm::gemm(
            left.rows,
            right.columns,
            left.columns,
            product.as_mut_ptr(),
            1,
            right.columns.cast_signed(),
            false,
            left.values.as_ptr(),
            left_across.cast_signed(),
            left_down.cast_signed(),
            right.values.as_ptr(),
            right_across.cast_signed(),
            right_down.cast_signed(),
            0.0,
            1.0,
            false,
            false,
            false,
            match workers {
                Workers::One => Parallelism::None,
                Workers::All => Parallelism::Rayon(rayon::current_num_threads()),
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The safe twin.
    fn plain(left: Matrix<'_>, right: Matrix<'_>) -> Vec<f32> {
        let at = |matrix: Matrix<'_>, row: usize, column: usize| {
            f64::from(matrix.values[row * matrix.strides[0] + column * matrix.strides[1]])
        };
        let sum = |row: usize, column: usize| -> f64 {
            (0..left.columns).map(|inner| at(left, row, inner) * at(right, inner, column)).sum()
        };
        (0..left.rows).flat_map(|row| (0..right.columns).map(move |column| sum(row, column) as f32)).collect()
    }

    #[test]
    fn products_are_those_of_plain_sums_whichever_factor_is_transposed() {
        let values = |count: usize, step: f32| -> Vec<f32> { (0..count).map(|at| (at as f32 * step).sin()).collect() };
        for [rows, inner, columns] in [[1, 1, 1], [3, 9, 64], [49, 576, 64], [37, 5, 17], [64, 130, 1], [150, 70, 700]]
        {
            let (left, right) = (values(rows * inner, 0.3), values(inner * columns, 0.7));
            let (left_turned, right_turned) = (values(inner * rows, 0.5), values(columns * inner, 0.9));
            for (left, right) in [
                (Matrix::of_rows(&left, inner), Matrix::of_rows(&right, columns)),
                (Matrix::of_rows(&left_turned, rows).transposed(), Matrix::of_rows(&right, columns)),
                (Matrix::of_rows(&left, inner), Matrix::of_rows(&right_turned, inner).transposed()),
            ] {
                let mut found = vec![f32::NAN; rows * columns];
                multiply(left, right, &mut found, Workers::One);
                for (found, expected) in found.iter().zip(plain(left, right)) {
                    assert!((found - expected).abs() < 1e-4, "{rows}×{inner}×{columns}: {found}, not {expected}");
                }
                let mut shared = vec![f32::NAN; rows * columns];
                multiply(left, right, &mut shared, Workers::All);
                assert_eq!(shared, found, "{rows}×{inner}×{columns}: whoever makes it");
            }
        }
    }

    #[test]
    fn some_columns_are_multiplied_as_they_lie() {
        let values = |count: usize, step: f32| -> Vec<f32> { (0..count).map(|at| (at as f32 * step).sin()).collect() };
        let (left, right) = (values(7 * 5, 0.3), values(5 * 90, 0.7));
        let (left, right) = (Matrix::of_rows(&left, 5), Matrix::of_rows(&right, 90));
        let (mut whole, mut part) = (vec![0.0; 7 * 90], vec![0.0; 7 * 30]);
        multiply(left, right, &mut whole, Workers::One);
        multiply(left, right.some_columns(60..90), &mut part, Workers::One);
        let expected: Vec<f32> = whole.chunks_exact(90).flat_map(|row| &row[60..]).copied().collect();
        assert_eq!(part, expected);
    }

    #[test]
    fn columns_are_summed_however_they_lie() {
        let values: Vec<f32> = (0..12).map(|at| at as f32).collect();
        let matrix = Matrix::of_rows(&values, 4);
        assert_eq!(matrix.column_sums(), [12.0, 15.0, 18.0, 21.0]);
        assert_eq!(matrix.some_columns(2..4).column_sums(), [18.0, 21.0]);
        assert_eq!(matrix.transposed().column_sums(), [6.0, 22.0, 38.0]);
    }

    #[test]
    #[should_panic(expected = "rows and columns of a product fit")]
    fn factors_that_do_not_fit_are_not_multiplied() {
        let values = [0.0; 12];
        multiply(Matrix::of_rows(&values, 3), Matrix::of_rows(&values, 3), &mut [0.0; 12], Workers::One);
    }
}
