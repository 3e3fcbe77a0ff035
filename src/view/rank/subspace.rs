//! The leading singular values of a matrix and their vectors, by randomised subspace iteration.
//!
//! A = Σ σ_k u_k v_kᵀ with σ₁ ≥ σ₂ ≥ …, u and v orthonormal. A block V of orthonormal columns is turned into Q, an
//! orthonormal basis of A V; Z = Aᵀ Q = V′ Σ Wᵀ is decomposed exactly, and V′ is the next block. Q W and V′ tend to the
//! singular vectors, σ to the singular values, each the faster the smaller the first one beyond the block is (Halko,
//! Martinsson and Tropp, *Finding structure with randomness*, 2011, algorithm 4.4).

use rand::SeedableRng as _;
use rand_distr::{Distribution as _, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

/// How many singular values are found.
pub const LEADING: usize = 8;

/// Columns of a block: four more than are wanted, so that the last ones converge too.
const BLOCK: usize = LEADING + 4;

/// What the first block is drawn from: the same matrix has the same values at all times.
const SEED: u64 = 16;

/// A value has converged when an iteration changes it by less than this share of itself.
const TOLERANCE: f64 = 1e-4;

/// What lies below this share of the largest is rounding.
const ROUNDING: f64 = 1e-6;

/// Rotations of all pairs of columns; a few are enough.
const MOST_SWEEPS: usize = 30;

/// One row of a block.
type Row = [f32; BLOCK];

/// What could not be decomposed: this many of its values are NaN or infinite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotFinite(pub usize);

/// The leading part of a matrix.
#[derive(Clone, Debug, Default)]
pub struct Leading {
    /// Singular values, the largest first: [`LEADING`] of them, or as many as the matrix has rows or columns.
    pub values: Vec<f32>,
    /// The left singular vectors, `[rows]` each; zeros where the value is zero.
    pub left: Vec<Vec<f32>>,
    /// The right singular vectors, `[columns]` each; zeros where the value is zero.
    pub right: Vec<Vec<f32>>,
    /// Σ A_ij², which is the sum of the squares of all singular values.
    pub energy: f64,
    /// Where the next iteration goes on: the block V.
    block: Vec<Row>,
}

/// The leading singular values of `matrix`, `[rows, columns]` row by row. It begins where `before`, the leading part of
/// a matrix of the same shape, ended, and stops after `most` iterations. `None` when `is_wanted` has said no meanwhile.
///
/// # Errors
/// When values are NaN or infinite.
///
/// # Panics
/// When the number of values is not that of the shape.
pub fn leading(
    matrix: &[f32],
    [rows, columns]: [usize; 2],
    before: Option<&Leading>,
    most: usize,
    is_wanted: &dyn Fn() -> bool,
) -> Result<Option<Leading>, NotFinite> {
    assert_eq!(matrix.len(), rows * columns, "a matrix of {rows}×{columns}");
    let non_finite = matrix.iter().filter(|value| !value.is_finite()).count();
    if non_finite > 0 {
        return Err(NotFinite(non_finite));
    }
    let count = LEADING.min(rows).min(columns);
    let energy: f64 = matrix.chunks(4096).map(squares).sum();
    if energy == 0.0 || count == 0 {
        let zeros = |length: usize| vec![vec![0.0; length]; count];
        let (left, right) = (zeros(rows), zeros(columns));
        return Ok(Some(Leading { values: vec![0.0; count], left, right, energy: 0.0, block: Vec::new() }));
    }
    let rank = BLOCK.min(rows).min(columns);
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(SEED);
    let begun = before.filter(|before| before.block.len() == columns);
    let mut right = begun.map_or_else(|| vec![vec![0.0; columns]; BLOCK], |before| to_columns(&before.block));
    let mut values: Vec<f64> = Vec::new();
    let mut left;
    let mut turn;
    let mut iterations = 0;
    loop {
        if !is_wanted() {
            return Ok(None);
        }
        fill_up(&mut right, rank, &mut generator);
        left = to_columns(&times(matrix, columns, &to_rows(&right)));
        orthonormalise(&mut left);
        right = to_columns(&transposed_times(matrix, columns, &to_rows(&left)));
        turn = diagonalise(&mut right);
        let found = normalise(&mut right);
        iterations += 1;
        let largest = found.iter().copied().fold(0.0, f64::max);
        let is_still = |(now, then): (&f64, &f64)| (now - then).abs() <= TOLERANCE * now + ROUNDING * largest;
        let has_converged = !values.is_empty() && found.iter().zip(&values).take(count).all(is_still);
        values = found;
        if has_converged || iterations >= most {
            break;
        }
    }
    let turned = |weights: &[f64]| {
        let mut vector = vec![0.0; rows];
        for (column, weight) in left.iter().zip(weights) {
            add(&mut vector, column, *weight);
        }
        single(&vector)
    };
    // What is rounding has no direction of its own.
    let is_zero = |index: usize| values[index] == 0.0;
    let left = (0..count).map(|index| if is_zero(index) { vec![0.0; rows] } else { turned(&turn[index]) }).collect();
    let block = to_rows(&right);
    let right = right[..count].iter().map(|column| single(column)).collect();
    let values = values[..count].iter().map(|value| *value as f32).collect();
    Ok(Some(Leading { values, left, right, energy, block }))
}

fn squares(values: &[f32]) -> f64 {
    values.iter().map(|value| f64::from(*value) * f64::from(*value)).sum()
}

/// A V, `[rows, BLOCK]`.
fn times(matrix: &[f32], columns: usize, block: &[Row]) -> Vec<Row> {
    let of_row = |row: &[f32]| {
        let mut sums = [0.0; BLOCK];
        for (value, factors) in row.iter().zip(block) {
            for (sum, factor) in sums.iter_mut().zip(factors) {
                *sum += value * factor;
            }
        }
        sums
    };
    matrix.chunks_exact(columns).map(of_row).collect()
}

/// Aᵀ Q, `[columns, BLOCK]`.
fn transposed_times(matrix: &[f32], columns: usize, block: &[Row]) -> Vec<Row> {
    let mut sums = vec![[0.0; BLOCK]; columns];
    for (row, factors) in matrix.chunks_exact(columns).zip(block) {
        for (value, sums) in row.iter().zip(&mut sums) {
            for (sum, factor) in sums.iter_mut().zip(factors) {
                *sum += value * factor;
            }
        }
    }
    sums
}

fn to_columns(rows: &[Row]) -> Vec<Vec<f64>> {
    (0..BLOCK).map(|column| rows.iter().map(|row| f64::from(row[column])).collect()).collect()
}

fn to_rows(columns: &[Vec<f64>]) -> Vec<Row> {
    let length = columns.first().map_or(0, Vec::len);
    (0..length).map(|row| std::array::from_fn(|column| columns[column][row] as f32)).collect()
}

fn single(column: &[f64]) -> Vec<f32> {
    column.iter().map(|value| *value as f32).collect()
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// Adds `factor` times `other`.
fn add(vector: &mut [f64], other: &[f64], factor: f64) {
    for (value, other) in vector.iter_mut().zip(other) {
        *value += factor * other;
    }
}

/// Draws the first `rank` columns that are zero anew, and makes all orthonormal: what a matrix of low rank does not
/// need looks for what comes next.
fn fill_up(columns: &mut [Vec<f64>], rank: usize, generator: &mut Xoshiro256PlusPlus) {
    for column in &mut columns[..rank] {
        if dot(column, column) == 0.0 {
            column.iter_mut().for_each(|value| *value = StandardNormal.sample(generator));
        }
    }
    orthonormalise(columns);
}

/// Makes the columns orthonormal, one after the other (Gram and Schmidt, twice); those that hang on others become zero.
fn orthonormalise(columns: &mut [Vec<f64>]) {
    for index in 0..columns.len() {
        let (done, rest) = columns.split_at_mut(index);
        let column = &mut rest[0];
        let length = dot(column, column).sqrt();
        for _ in 0..2 {
            for other in &*done {
                let along = dot(column, other);
                add(column, other, -along);
            }
        }
        let left = dot(column, column).sqrt();
        let factor = if left > ROUNDING * length { 1.0 / left } else { 0.0 };
        column.iter_mut().for_each(|value| *value *= factor);
    }
}

/// Turns the columns Z until they are orthogonal to each other, the longest first: Z W, by Jacobi's rotations of two at a
/// time. Answers the columns of W.
fn diagonalise(columns: &mut [Vec<f64>]) -> Vec<Vec<f64>> {
    let count = columns.len();
    let mut turn: Vec<Vec<f64>> =
        (0..count).map(|one| (0..count).map(|other| f64::from(u8::from(one == other))).collect()).collect();
    for _ in 0..MOST_SWEEPS {
        let mut has_turned = false;
        for first in 0..count {
            for second in first + 1..count {
                let [one, other] = pair(columns, first, second);
                let (a, b, c) = (dot(one, one), dot(other, other), dot(one, other));
                if c.abs() <= 1e-9 * (a * b).sqrt() || c == 0.0 {
                    continue;
                }
                has_turned = true;
                let ratio = (b - a) / (2.0 * c);
                let tangent = ratio.signum() / (ratio.abs() + ratio.hypot(1.0));
                let cosine = 1.0 / tangent.hypot(1.0);
                rotate([one, other], cosine, cosine * tangent);
                rotate(pair(&mut turn, first, second), cosine, cosine * tangent);
            }
        }
        if !has_turned {
            break;
        }
    }
    let mut order: Vec<(f64, usize)> = columns.iter().map(|column| dot(column, column)).zip(0..).collect();
    order.sort_by(|one, other| other.0.total_cmp(&one.0));
    let in_order = |columns: &mut [Vec<f64>]| -> Vec<Vec<f64>> {
        order.iter().map(|(_, index)| std::mem::take(&mut columns[*index])).collect()
    };
    let ordered = in_order(columns);
    columns.iter_mut().zip(ordered).for_each(|(place, column)| *place = column);
    in_order(&mut turn)
}

fn pair(columns: &mut [Vec<f64>], first: usize, second: usize) -> [&mut [f64]; 2] {
    let (before, from) = columns.split_at_mut(second);
    [&mut before[first], &mut from[0]]
}

fn rotate([one, other]: [&mut [f64]; 2], cosine: f64, sine: f64) {
    for (one, other) in one.iter_mut().zip(other) {
        (*one, *other) = (cosine * *one - sine * *other, sine * *one + cosine * *other);
    }
}

/// Makes columns, the longest first, of length one and answers how long they were; rounding becomes zero.
fn normalise(columns: &mut [Vec<f64>]) -> Vec<f64> {
    let lengths: Vec<f64> = columns.iter().map(|column| dot(column, column).sqrt()).collect();
    let least = ROUNDING * lengths.first().copied().unwrap_or(0.0);
    let counts = |length: f64| if length > least { length } else { 0.0 };
    for (column, length) in columns.iter_mut().zip(&lengths) {
        let factor = if counts(*length) > 0.0 { 1.0 / length } else { 0.0 };
        column.iter_mut().for_each(|value| *value *= factor);
    }
    lengths.into_iter().map(counts).collect()
}
