//! Gradients by large matrices that are sums of a few outer products, one for each step of a short lifetime.
//!
//! To write such a gradient down, and to read it again twice, takes longer than to make each of its rows where it is needed:
//! the matrices of two thousand neurons do not fit into the caches, what makes a row does.

use crate::plastic::product::Matrix;

/// So many outer products at most are made row by row: beyond, a matrix product is faster.
const FEW: usize = 16;

/// Numbers of a gradient from which on it is worth the while: smaller ones stay in the caches.
const LARGE: usize = 1 << 19;

/// Σ_r left_rᵀ right_r.
#[derive(Clone, Debug, PartialEq)]
pub struct Outer {
    /// For each row of the gradient what all products have there, `[rows, R]`.
    left: Vec<f32>,
    /// `[R, columns]`.
    right: Vec<f32>,
    /// R.
    count: usize,
}

impl Outer {
    /// Whether so many products for a matrix of so many rows and columns had better be left as they are.
    pub(super) fn is_worth(count: usize, [rows, columns]: [usize; 2]) -> bool {
        (1..=FEW).contains(&count) && rows * columns >= LARGE
    }

    /// `left` is `[R, rows]`, `right` `[R, columns]`.
    pub(in crate::plastic) fn new(left: Matrix<'_>, right: Matrix<'_>) -> Self {
        let count = left.rows();
        assert_eq!(count, right.rows(), "outer products have two factors");
        Self { left: left.transposed().values().collect(), right: right.values().collect(), count }
    }

    /// Rows of the gradient.
    pub fn rows(&self) -> usize {
        self.left.len() / self.count
    }

    /// Columns of the gradient.
    pub fn columns(&self) -> usize {
        self.right.len() / self.count
    }

    /// One row of the gradient into `values`, summed in the order of the products, as a matrix product does.
    pub fn row(&self, row: usize, values: &mut [f32]) {
        let left = &self.left[row * self.count..][..self.count];
        pulp::Arch::new().dispatch(Row { left, right: &self.right, values });
    }

    /// All of it, row after row.
    pub fn whole(&self) -> Vec<f32> {
        let mut whole = vec![0.0; self.rows() * self.columns()];
        let rows = whole.chunks_exact_mut(self.columns()).enumerate();
        rows.for_each(|(row, values)| self.row(row, values));
        whole
    }

    /// The sum of the squares of all its numbers: Σ_{r,s} (left_r · left_s) (right_r · right_s).
    pub fn squared(&self) -> f64 {
        let dot = |pairs: &mut dyn Iterator<Item = (&f32, &f32)>| -> f64 {
            pairs.map(|(one, other)| f64::from(*one) * f64::from(*other)).sum()
        };
        let columns = self.columns();
        let right = |product: usize| &self.right[product * columns..][..columns];
        let left = |product: usize| self.left.iter().skip(product).step_by(self.count);
        let mut sum = 0.0;
        for one in 0..self.count {
            for other in 0..=one {
                let both = dot(&mut left(one).zip(left(other))) * dot(&mut right(one).iter().zip(right(other)));
                sum += if one == other { both } else { 2.0 * both };
            }
        }
        // Of numbers that cancel each other rounding may leave less than nothing.
        sum.max(0.0)
    }

    /// The products of both.
    pub(super) fn and(self, other: Self) -> Self {
        let both = self.left.chunks_exact(self.count).zip(other.left.chunks_exact(other.count));
        let left = both.flat_map(|(one, other)| [one, other].concat()).collect();
        Self { left, right: [self.right, other.right].concat(), count: self.count + other.count }
    }
}

/// One row of the sum.
struct Row<'a> {
    /// What each product has in this row, `[R]`.
    left: &'a [f32],
    /// `[R, columns]`.
    right: &'a [f32],
    /// Overwritten.
    values: &'a mut [f32],
}

impl pulp::WithSimd for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let Self { left, right, values } = self;
        let columns = values.len();
        let (vectors, rest) = S::as_mut_simd_f32s(values);
        for (at, vector) in vectors.iter_mut().enumerate() {
            let mut sum = simd.splat_f32s(0.0);
            for (&left, right) in left.iter().zip(right.chunks_exact(columns)) {
                sum = simd.mul_add_f32s(simd.splat_f32s(left), S::as_simd_f32s(right).0[at], sum);
            }
            *vector = sum;
        }
        let begin = columns - rest.len();
        for (at, value) in rest.iter_mut().enumerate() {
            let products = left.iter().zip(right.chunks_exact(columns));
            *value = products.fold(0.0, |sum, (&left, right)| left.mul_add(right[begin + at], sum));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plastic::product::{Workers, multiply};

    fn values(count: usize, step: f32) -> Vec<f32> {
        (0..count).map(|at| (at as f32 * step).sin()).collect()
    }

    #[test]
    fn it_is_the_product_of_its_factors_wherever_it_is_looked_at() {
        for [count, rows, columns] in [[1, 5, 3], [3, 40, 67], [10, 33, 200], [16, 7, 64]] {
            let (left, right) = (values(count * rows, 0.3), values(count * columns, 0.7));
            let [left, right] = [Matrix::of_rows(&left, rows), Matrix::of_rows(&right, columns)];
            let mut expected = vec![0.0; rows * columns];
            multiply(left.transposed(), right, &mut expected, Workers::One);
            let outer = Outer::new(left, right);
            assert_eq!((outer.rows(), outer.columns()), (rows, columns));
            let whole = outer.whole();
            for (found, expected) in whole.iter().zip(&expected) {
                assert!((found - expected).abs() <= 1e-6, "{count}: {found}, not {expected}");
            }
            let squares: f64 = expected.iter().map(|value| f64::from(*value).powi(2)).sum();
            assert!((outer.squared() - squares).abs() < 1e-6 * squares, "{} and {squares}", outer.squared());
            let twice: Vec<f32> = whole.iter().map(|value| 2.0 * value).collect();
            for (found, expected) in outer.clone().and(outer).whole().iter().zip(twice) {
                assert!((found - expected).abs() < 1e-5, "{found}, not {expected}");
            }
        }
    }

    #[test]
    fn what_cancels_is_nothing_and_small_or_long_sums_are_no_such_gradients() {
        let (ones, signs) = ([1.0; 4], [1.0, 1.0, -1.0, -1.0]);
        let outer = Outer::new(Matrix::of_rows(&ones, 2), Matrix::of_rows(&signs, 2));
        assert_eq!((outer.squared(), outer.whole()), (0.0, vec![0.0; 4]));
        let worth = |count, size| Outer::is_worth(count, size);
        assert!(worth(10, [2000, 2000]) && worth(1, [1024, 1024]));
        assert!(!worth(0, [2000, 2000]) && !worth(17, [2000, 2000]) && !worth(10, [100, 100]));
    }
}
