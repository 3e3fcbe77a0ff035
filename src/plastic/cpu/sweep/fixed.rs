//! Sweeps of a network without traces.

use super::{Tile, multiply_add};
use crate::plastic::cpu::{CHUNK_ROWS, WIDTH, Weights, sum_lanes};
use std::ops::Range;

/// Σ over a block's rows of x_i(t−1) w_ij, for several lanes.
pub(in crate::plastic::cpu) struct FixedForward<'a> {
    pub weights: &'a Weights,
    pub rows: Range<usize>,
    /// x(t−1) of each lane; padded.
    pub inputs: &'a [&'a [f32]],
    /// Overwritten with the block's sums, `[lane][stride]`.
    pub sums: &'a mut [f32],
}

impl pulp::WithSimd for FixedForward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { weights, rows, inputs, sums } = self;
        let tiles = weights.stride / WIDTH;
        sums.fill(0.0);
        for first in rows.step_by(CHUNK_ROWS) {
            let w = weights.w_rows(first..first + CHUNK_ROWS);
            for (input, sums) in inputs.iter().zip(sums.chunks_exact_mut(weights.stride)) {
                let sums: &mut [Tile] = sums.as_chunks_mut().0;
                for (tile, sums) in sums.iter_mut().enumerate() {
                    let mut total = *sums;
                    for row in 0..CHUNK_ROWS {
                        let w = &w[row * tiles + tile];
                        for lane in 0..WIDTH {
                            total[lane] = multiply_add::<S>(input[first + row], w[lane], total[lane]);
                        }
                    }
                    *sums = total;
                }
            }
        }
    }
}

/// The transposed product: Σ_j δ_j w_ij for each row of a block, for several lanes.
pub(in crate::plastic::cpu) struct FixedBackward<'a> {
    pub weights: &'a Weights,
    pub rows: Range<usize>,
    /// dL/d(pre-activation) of step t of each lane; padded.
    pub deltas: &'a [&'a [f32]],
    /// Overwritten, `[lane][row]`.
    pub by_row: &'a mut [f32],
}

impl pulp::WithSimd for FixedBackward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { weights, rows, deltas, by_row } = self;
        let tiles = weights.stride / WIDTH;
        for first in rows.clone().step_by(CHUNK_ROWS) {
            let w = weights.w_rows(first..first + CHUNK_ROWS);
            for (lane, delta) in deltas.iter().enumerate() {
                let delta: &[Tile] = delta.as_chunks().0;
                let begin = lane * rows.len() + first - rows.start;
                for (row, out) in by_row[begin..][..CHUNK_ROWS].iter_mut().enumerate() {
                    let w = &w[row * tiles..][..tiles];
                    // One sum at a time: of several at once the compiler makes scalars.
                    let mut product = [0.0f32; WIDTH];
                    for (delta, w) in delta.iter().zip(w) {
                        for lane in 0..WIDTH {
                            product[lane] = multiply_add::<S>(delta[lane], w[lane], product[lane]);
                        }
                    }
                    *out = sum_lanes(product);
                }
            }
        }
    }
}
