//! All singular values of a matrix by a direct method, to hold the iteration against: the eigenvalues of AᵀA, brought to
//! three diagonals by Householder's reflections and found by counting signs (Sturm). Nothing in it is random, and no
//! singular vector is needed.

/// The `count` largest singular values of `matrix`, `[rows, columns]` row by row, the largest first.
pub fn singular_values(matrix: &[f32], [rows, columns]: [usize; 2], count: usize) -> Vec<f64> {
    let mut gram = vec![vec![0.0; columns]; columns];
    for row in matrix.chunks_exact(columns) {
        let row: Vec<f64> = row.iter().map(|value| f64::from(*value)).collect();
        for (sums, one) in gram.iter_mut().zip(&row) {
            sums.iter_mut().zip(&row).for_each(|(sum, other)| *sum += one * other);
        }
    }
    let (diagonal, beside) = tridiagonal(gram);
    let bound: f64 = matrix.iter().map(|value| f64::from(*value).powi(2)).sum();
    (0..count.min(rows).min(columns)).map(|index| largest(&diagonal, &beside, bound, index).max(0.0).sqrt()).collect()
}

/// The diagonal and what stands beside it of the symmetric `matrix`, turned until nothing else is left.
fn tridiagonal(mut matrix: Vec<Vec<f64>>) -> (Vec<f64>, Vec<f64>) {
    let size = matrix.len();
    let mut beside = Vec::new();
    for at in 0..size.saturating_sub(1) {
        let mut mirror: Vec<f64> = matrix[at][at + 1..].to_vec();
        let length = mirror.iter().map(|value| value * value).sum::<f64>().sqrt();
        let side = if mirror[0] > 0.0 { -length } else { length };
        beside.push(side);
        mirror[0] -= side;
        let norm = mirror.iter().map(|value| value * value).sum::<f64>().sqrt();
        if norm == 0.0 {
            continue;
        }
        mirror.iter_mut().for_each(|value| *value /= norm);
        let dot = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(one, other)| one * other).sum::<f64>();
        let mut image: Vec<f64> = matrix[at + 1..].iter().map(|row| dot(&row[at + 1..], &mirror)).collect();
        let along = dot(&image, &mirror);
        image.iter_mut().zip(&mirror).for_each(|(image, mirror)| *image -= along * mirror);
        for ((row, one), other) in matrix[at + 1..].iter_mut().zip(&mirror).zip(&image) {
            for ((value, mirror), image) in row[at + 1..].iter_mut().zip(&mirror).zip(&image) {
                *value -= 2.0 * (one * image + other * mirror);
            }
        }
    }
    ((0..size).map(|at| matrix[at][at]).collect(), beside)
}

/// The eigenvalue with `index` larger ones: as many lie below x as the divisions of the matrix minus x leave negative.
fn largest(diagonal: &[f64], beside: &[f64], bound: f64, index: usize) -> f64 {
    let below = |x: f64| {
        let (mut count, mut left) = (0, 1.0);
        for (at, value) in diagonal.iter().enumerate() {
            let before = if at == 0 { 0.0 } else { beside[at - 1] * beside[at - 1] / left };
            left = value - x - before;
            left = if left == 0.0 { f64::MIN_POSITIVE } else { left };
            count += usize::from(left < 0.0);
        }
        count
    };
    let (mut low, mut high) = (-1e-9 * bound, bound * (1.0 + 1e-9));
    for _ in 0..120 {
        let middle = (low + high) / 2.0;
        if below(middle) > diagonal.len() - 1 - index { high = middle } else { low = middle }
    }
    (low + high) / 2.0
}

#[test]
fn singular_values_that_are_known_are_found() {
    // Its rows are orthogonal, of lengths 3, 5 and 2.
    let known = singular_values(&[3.0, 0.0, 0.0, 0.0, 0.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0, -2.0], [3, 4], 4);
    assert_eq!(known.len(), 3);
    for (found, expected) in known.iter().zip([5.0, 3.0, 2.0]) {
        assert!((found - expected).abs() < 1e-7, "{known:?}");
    }
}
