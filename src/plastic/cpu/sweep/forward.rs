//! The forward sweep.

use super::{Signals, own_or_shared_rows, rows, splat, updated, vectors, vectors_mut};
use crate::plastic::cpu::{CHUNK_ROWS, Weights};
use crate::plastic::rule::Update;
use std::ops::Range;

/// Does the updates that wait and multiplies, in one pass over a block, for several lanes.
pub(in crate::plastic::cpu) struct ForwardSweep<'a, U> {
    pub update: U,
    pub weights: &'a Weights,
    pub rows: Range<usize>,
    /// Those of each lane: the updates of the steps s..t are done, then the last pre-synaptic activities are multiplied.
    pub signals: &'a [Signals<'a>],
    /// H(s), `[lane][row][stride]`, when it is not in `trace`.
    pub before: Option<&'a [f32]>,
    /// H(t) on return.
    pub trace: &'a mut [f32],
    /// Per lane Σ over the block's rows of x_i(t−1) (w_ij + α_ij H_ij(t)); overwritten.
    pub sums: &'a mut [f32],
}

impl<U: Update> pulp::WithSimd for ForwardSweep<'_, U> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let Self { update, weights, rows, signals, before, trace, sums } = self;
        let (stride, size) = (weights.stride, rows.len() * weights.stride);
        sums.fill(0.0);
        for first in rows.clone().step_by(CHUNK_ROWS) {
            for (lane, &signals) in signals.iter().enumerate() {
                let begin = lane * size + (first - rows.start) * stride;
                let chunk = Chunk {
                    update,
                    weights,
                    first,
                    signals,
                    before: before.map(|before| &before[begin..][..CHUNK_ROWS * stride]),
                    trace: &mut trace[begin..][..CHUNK_ROWS * stride],
                    sums: &mut sums[lane * stride..][..stride],
                };
                // One update is the common case, and a loop over one costs.
                if signals.post.len() == stride { chunk.sweep::<S, true>(simd) } else { chunk.sweep::<S, false>(simd) }
            }
        }
    }
}

/// A few rows of one lane.
struct Chunk<'a, U> {
    update: U,
    weights: &'a Weights,
    first: usize,
    signals: Signals<'a>,
    before: Option<&'a [f32]>,
    trace: &'a mut [f32],
    sums: &'a mut [f32],
}

impl<U: Update> Chunk<'_, U> {
    // No closures here: one that is not inlined is compiled without the wide instructions.
    #[inline(always)]
    fn sweep<S: pulp::Simd, const ONE: bool>(self, simd: S) {
        let Self { update, weights, first, signals, before, trace, sums } = self;
        let Signals { pre: history, pre_stride, post } = signals;
        let count = weights.stride / S::F32_LANES;
        let updates = if ONE { 1 } else { post.len() / weights.stride };
        let activity = vectors::<S>(post);
        let part = first..first + CHUNK_ROWS;
        let w: [&[S::f32s]; CHUNK_ROWS] = rows(vectors::<S>(weights.w_rows(part.clone()).as_flattened()), count);
        let alpha = vectors::<S>(weights.alpha_rows(part).as_flattened());
        let alpha: [&[S::f32s]; CHUNK_ROWS] = own_or_shared_rows(alpha, count, weights.alpha_is_per_row);
        let pre: [S::f32s; CHUNK_ROWS] = splat(simd, &history[first..]);
        let input: [S::f32s; CHUNK_ROWS] = splat(simd, &history[updates * pre_stride + first..]);
        let traces = &mut vectors_mut::<S>(trace)[..CHUNK_ROWS * count];
        let before = before.map(vectors::<S>);
        for (at, sum) in vectors_mut::<S>(sums)[..count].iter_mut().enumerate() {
            let mut values = [*sum; CHUNK_ROWS];
            for row in 0..CHUNK_ROWS {
                values[row] = match before {
                    Some(before) => before[row * count + at],
                    None => traces[row * count + at],
                };
            }
            if ONE {
                for row in 0..CHUNK_ROWS {
                    values[row] = update.next_of(simd, values[row], pre[row], activity[at]);
                }
            } else {
                values = updated(simd, update, signals, first, [at, count], values);
            }
            for row in 0..CHUNK_ROWS {
                let effective = simd.mul_add_e_f32s(alpha[row][at], values[row], w[row][at]);
                *sum = simd.mul_add_e_f32s(input[row], effective, *sum);
                traces[row * count + at] = values[row];
            }
        }
    }
}
