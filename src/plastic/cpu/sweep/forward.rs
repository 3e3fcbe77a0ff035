//! The forward sweep.

use super::{Signals, Tile, multiply_add, own_or_shared_rows, rows};
use crate::plastic::cpu::{CHUNK_ROWS, WIDTH, Weights};
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
    fn with_simd<S: pulp::Simd>(self, _: S) {
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
                    before: before.map(|before| before[begin..][..CHUNK_ROWS * stride].as_chunks().0),
                    trace: trace[begin..][..CHUNK_ROWS * stride].as_chunks_mut().0,
                    sums: sums[lane * stride..][..stride].as_chunks_mut().0,
                };
                // One update is the common case, and a loop over one costs.
                if signals.post.len() == stride { chunk.sweep::<S, true>() } else { chunk.sweep::<S, false>() }
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
    before: Option<&'a [Tile]>,
    trace: &'a mut [Tile],
    sums: &'a mut [Tile],
}

impl<U: Update> Chunk<'_, U> {
    // No closures here: one that is not inlined is compiled without the wide instructions.
    #[inline(always)]
    fn sweep<S: pulp::Simd, const ONE: bool>(self) {
        let Self { update, weights, first, signals, before, trace, sums } = self;
        let Signals { pre: history, pre_stride, post } = signals;
        let stride = weights.stride;
        let tiles = stride / WIDTH;
        let updates = if ONE { 1 } else { post.len() / stride };
        let activity: &[Tile] = post.as_chunks().0;
        let w: [&[Tile]; CHUNK_ROWS] = rows(weights.w_rows(first..first + CHUNK_ROWS), tiles);
        let alpha = weights.alpha_rows(first..first + CHUNK_ROWS);
        let alpha: [&[Tile]; CHUNK_ROWS] = own_or_shared_rows(alpha, tiles, weights.alpha_is_per_row);
        let (pre, input) = (&history[first..][..CHUNK_ROWS], &history[updates * pre_stride + first..][..CHUNK_ROWS]);
        // Where the trace has been written already, or was given, there is no update.
        let post = if ONE { &activity[..tiles] } else { &[] };
        let (sums, trace) = (&mut sums[..tiles], &mut trace[..CHUNK_ROWS * tiles]);
        for tile in 0..tiles {
            // Worked on as values: through references the compiler fears overlap and stays scalar.
            let mut total = sums[tile];
            for row in 0..CHUNK_ROWS {
                let mut value = match before {
                    Some(before) => before[row * tiles + tile],
                    None => trace[row * tiles + tile],
                };
                if ONE {
                    for lane in 0..WIDTH {
                        value[lane] = update.next(value[lane], pre[row], post[tile][lane]);
                    }
                } else {
                    for at in 0..updates {
                        let (pre, post) = (history[at * pre_stride + first + row], &activity[at * tiles + tile]);
                        for lane in 0..WIDTH {
                            value[lane] = update.next(value[lane], pre, post[lane]);
                        }
                    }
                }
                let (w, alpha) = (&w[row][tile], &alpha[row][tile]);
                for lane in 0..WIDTH {
                    let effective = multiply_add::<S>(alpha[lane], value[lane], w[lane]);
                    total[lane] = multiply_add::<S>(input[row], effective, total[lane]);
                }
                trace[row * tiles + tile] = value;
            }
            sums[tile] = total;
        }
    }
}
