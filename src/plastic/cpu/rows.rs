//! Rows of lifetimes side by side, and apart again: kernels live lifetime by lifetime, Candle has step by step.

use rayon::prelude::*;

/// Steps that one thread takes at a time.
const TOGETHER: usize = 8;

/// Rows of all lifetimes side by side, `[T, B, N]`: what `row` has of a step and a lifetime, as far as N.
pub(super) fn side_by_side<'a>(
    [steps, batch, neurons]: [usize; 3],
    row: impl Fn(usize, usize) -> &'a [f32] + Sync,
) -> Vec<f32> {
    made([steps, batch, neurons], |step, lane, to| to.copy_from_slice(&row(step, lane)[..neurons]))
}

/// The same where rows are made in their place.
pub(super) fn made([steps, batch, neurons]: [usize; 3], make: impl Fn(usize, usize, &mut [f32]) + Sync) -> Vec<f32> {
    let mut values = vec![0.0; steps * batch * neurons];
    values.par_chunks_exact_mut((batch * neurons).max(1)).with_min_len(TOGETHER).enumerate().for_each(
        |(step, rows)| {
            rows.chunks_exact_mut(neurons).enumerate().for_each(|(lane, to)| make(step, lane, to));
        },
    );
    values
}

/// The rows of one lifetime, `[T, N]`, of all that stand side by side, `[T, B, N]`.
pub(super) fn of_lane(values: &[f32], [batch, neurons]: [usize; 2], lane: usize) -> Vec<f32> {
    values.chunks_exact(neurons).skip(lane).step_by(batch).flatten().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_side_by_side_and_come_apart_again() {
        let lanes: Vec<Vec<f32>> = (0..3).map(|lane| (0..40).map(|at| (100 * lane + at) as f32).collect()).collect();
        // Rows of four, of which the first three count.
        let values = side_by_side([10, 3, 3], |step, lane| &lanes[lane][4 * step..][..4]);
        assert_eq!(values[..9], [0.0, 1.0, 2.0, 100.0, 101.0, 102.0, 200.0, 201.0, 202.0]);
        for (lane, rows) in lanes.iter().enumerate() {
            let expected: Vec<f32> = rows.chunks_exact(4).flat_map(|row| &row[..3]).copied().collect();
            assert_eq!(of_lane(&values, [3, 3], lane), expected);
        }
        assert!(side_by_side([0, 3, 3], |_, _| &[]).is_empty());
    }
}
