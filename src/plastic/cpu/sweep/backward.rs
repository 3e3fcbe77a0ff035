//! The backward sweep.

use super::{Signals, Tile, multiply_add, own_or_shared_rows, rows};
use crate::plastic::cpu::schedule::{AGAIN, MOST_WAITING};
use crate::plastic::cpu::{CHUNK_ROWS, WIDTH, Weights, sum_lanes};
use crate::plastic::rule::Update;
use std::ops::Range;

/// So many rows are swept side by side: their sums have to stay in registers.
const ROWS: usize = 2;
const _: () = assert!(CHUNK_ROWS.is_multiple_of(ROWS));

// `BackwardSweep` has a loop of its own for each distance to the stored trace.
const _: () = assert!(AGAIN == 3);

/// One [`ForwardSweep`](super::ForwardSweep) backwards, for several lanes: first its product (step t),
/// then its updates (steps s..t).
pub(in crate::plastic::cpu) struct BackwardSweep<'a, U> {
    pub update: U,
    pub weights: &'a Weights,
    pub rows: Range<usize>,
    /// Those of each lane from the step a ≤ s at which the trace was stored.
    pub signals: &'a [Signals<'a>],
    /// How many of these updates belong to the sweep, t − s; those before only bring the trace there. None where a
    /// lifetime begins with a trace: its first sweep is a product alone.
    pub updates: usize,
    /// dL/d(pre-activation) of step t of each lane; padded.
    pub deltas: &'a [&'a [f32]],
    /// H(a), `[lane][row][stride]`.
    pub stored: &'a [f32],
    /// dL/dH(t) from later steps on entry, dL/dH(s) on return.
    pub trace_grad: &'a mut [f32],
    /// Accumulated dL/dα of the block, of all lanes together.
    pub alpha_grad: &'a mut [f32],
    /// Contribution to dL/dx(s) as the post-synaptic side of its update, `[lane][stride]`; overwritten.
    pub by_column: &'a mut [f32],
    /// Contribution to dL/dx_i(s) of the block's rows as the pre-synaptic side: through the product where
    /// the sweep has one update, through the second update where it has more (the product's own input x(t−1)
    /// is clamped then, like everything since x(s)). `[lane][row]`; overwritten.
    pub by_row: &'a mut [f32],
    /// Contribution to dL/dx_i(s−1) of the block's rows, `[lane][row]`; overwritten.
    pub by_row_earlier: &'a mut [f32],
}

impl<U: Update> pulp::WithSimd for BackwardSweep<'_, U> {
    /// Contribution to dL/dη.
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> f64 {
        let Self { update, weights, rows, signals, updates, deltas, stored, trace_grad, alpha_grad, .. } = self;
        let (stride, size) = (weights.stride, rows.len() * weights.stride);
        let mut eta: Tile = [0.0; WIDTH];
        self.by_column.fill(0.0);
        for first in rows.clone().step_by(ROWS) {
            let offset = first - rows.start;
            let alpha_grad = match weights.alpha_is_per_row {
                true => &mut alpha_grad[offset * stride..][..ROWS * stride],
                false => &mut *alpha_grad,
            };
            for (lane, (&signals, delta)) in signals.iter().zip(deltas).enumerate() {
                let begin = lane * size + offset * stride;
                let row = lane * rows.len() + offset;
                let chunk = Chunk {
                    update,
                    weights,
                    first,
                    signals,
                    updates,
                    delta: delta.as_chunks().0,
                    stored: stored[begin..][..ROWS * stride].as_chunks().0,
                    trace_grad: trace_grad[begin..][..ROWS * stride].as_chunks_mut().0,
                    alpha_grad: alpha_grad.as_chunks_mut().0,
                    by_column: self.by_column[lane * stride..][..stride].as_chunks_mut().0,
                    by_row: &mut self.by_row[row..][..ROWS],
                    by_row_earlier: &mut self.by_row_earlier[row..][..ROWS],
                    eta: &mut eta,
                };
                match (updates, signals.post.len() / stride) {
                    (0, _) => chunk.product_alone::<S>(),
                    (1, 1) => chunk.sweep_one::<S, 1>(),
                    (1, 2) => chunk.sweep_one::<S, 2>(),
                    (1, 3) => chunk.sweep_one::<S, 3>(),
                    (1, updates) => unreachable!("the schedule stores a trace at most 3 updates back, not {updates}"),
                    _ => chunk.sweep_many::<S>(),
                }
            }
        }
        eta.iter().map(|&part| f64::from(part)).sum()
    }
}

/// A few rows of one lane.
struct Chunk<'a, U> {
    update: U,
    weights: &'a Weights,
    first: usize,
    signals: Signals<'a>,
    updates: usize,
    delta: &'a [Tile],
    stored: &'a [Tile],
    trace_grad: &'a mut [Tile],
    alpha_grad: &'a mut [Tile],
    by_column: &'a mut [Tile],
    by_row: &'a mut [f32],
    by_row_earlier: &'a mut [f32],
    eta: &'a mut Tile,
}

impl<U: Update> Chunk<'_, U> {
    /// The pre-synaptic activities of the step a + at, of the chunk's rows.
    #[inline(always)]
    fn pre(&self, at: usize) -> [f32; ROWS] {
        let mut pre = [0.0; ROWS];
        pre.copy_from_slice(&self.signals.pre[at * self.signals.pre_stride + self.first..][..ROWS]);
        pre
    }

    /// A sweep of one update, the common case, from a trace stored `UPDATES` updates before the product: nothing
    /// but registers between load and store.
    #[inline(always)]
    fn sweep_one<S: pulp::Simd, const UPDATES: usize>(self) {
        let Self { update, weights, first, .. } = self;
        let stride = weights.stride;
        let tiles = stride / WIDTH;
        let posts: [&[Tile]; UPDATES] = rows(self.signals.post.as_chunks().0, tiles);
        let mut pres = [[0.0; ROWS]; UPDATES];
        for (at, pre) in pres.iter_mut().enumerate() {
            *pre = self.pre(at);
        }
        let (pre, input) = (pres[UPDATES - 1], self.pre(UPDATES));
        let own = weights.alpha_is_per_row;
        let w: [&[Tile]; ROWS] = rows(weights.w_rows(first..first + ROWS), tiles);
        let alpha: [&[Tile]; ROWS] = own_or_shared_rows(weights.alpha_rows(first..first + ROWS), tiles, own);
        let stored: [&[Tile]; ROWS] = rows(self.stored, tiles);
        let (delta, by_column) = (&self.delta[..tiles], &mut self.by_column[..tiles]);
        let trace_grad = &mut self.trace_grad[..ROWS * tiles];
        let alpha_step = if own { tiles } else { 0 };
        let (mut product, mut earlier) = ([[0.0f32; WIDTH]; ROWS], [[0.0f32; WIDTH]; ROWS]);
        let mut eta = *self.eta;
        for tile in 0..tiles {
            let delta = delta[tile];
            let post = posts[UPDATES - 1][tile];
            let mut column = by_column[tile];
            for row in 0..ROWS {
                let mut trace = stored[row][tile];
                for at in 0..UPDATES - 1 {
                    for lane in 0..WIDTH {
                        trace[lane] = update.next(trace[lane], pres[at][row], posts[at][tile][lane]);
                    }
                }
                let (w, alpha) = (&w[row][tile], &alpha[row][tile]);
                let mut grad = trace_grad[row * tiles + tile];
                let mut alpha_grad = self.alpha_grad[row * alpha_step + tile];
                for lane in 0..WIDTH {
                    let slopes = update.slopes(trace[lane], pre[row], post[lane]);
                    let updated = update.next(trace[lane], pre[row], post[lane]);
                    let effective = multiply_add::<S>(alpha[lane], updated, w[lane]);
                    product[row][lane] = multiply_add::<S>(delta[lane], effective, product[row][lane]);
                    let input_delta = input[row] * delta[lane];
                    alpha_grad[lane] = multiply_add::<S>(input_delta, updated, alpha_grad[lane]);
                    let reached = multiply_add::<S>(input_delta, alpha[lane], grad[lane]);
                    column[lane] = multiply_add::<S>(reached, slopes.post, column[lane]);
                    earlier[row][lane] = multiply_add::<S>(reached, slopes.pre, earlier[row][lane]);
                    eta[lane] = multiply_add::<S>(reached, slopes.eta, eta[lane]);
                    grad[lane] = reached * slopes.trace;
                }
                trace_grad[row * tiles + tile] = grad;
                self.alpha_grad[row * alpha_step + tile] = alpha_grad;
            }
            by_column[tile] = column;
        }
        *self.eta = eta;
        for row in 0..ROWS {
            self.by_row[row] = sum_lanes(product[row]);
            self.by_row_earlier[row] = sum_lanes(earlier[row]);
        }
    }

    /// The product of a first step whose trace was given: no update, and nobody asks for the gradient of its input.
    #[inline(always)]
    fn product_alone<S: pulp::Simd>(self) {
        let Self { weights, first, stored, trace_grad, alpha_grad, .. } = self;
        let tiles = weights.stride / WIDTH;
        let input: &[f32] = &self.signals.pre[first..][..ROWS];
        let own = weights.alpha_is_per_row;
        let alpha: [&[Tile]; ROWS] = own_or_shared_rows(weights.alpha_rows(first..first + ROWS), tiles, own);
        let alpha_step = if own { tiles } else { 0 };
        for (tile, delta) in self.delta[..tiles].iter().enumerate() {
            for row in 0..ROWS {
                let (trace, alpha) = (&stored[row * tiles + tile], &alpha[row][tile]);
                let grad = &mut trace_grad[row * tiles + tile];
                let alpha_grad = &mut alpha_grad[row * alpha_step + tile];
                for lane in 0..WIDTH {
                    let input_delta = input[row] * delta[lane];
                    alpha_grad[lane] = multiply_add::<S>(input_delta, trace[lane], alpha_grad[lane]);
                    grad[lane] = multiply_add::<S>(input_delta, alpha[lane], grad[lane]);
                }
            }
        }
        self.by_row.fill(0.0);
        self.by_row_earlier.fill(0.0);
    }

    /// A sweep of several updates: the traces between them stand on the stack.
    #[inline(always)]
    fn sweep_many<S: pulp::Simd>(self) {
        let Self { update, weights, first, updates, signals, .. } = self;
        let Signals { pre: history, pre_stride, post } = signals;
        let stride = weights.stride;
        let tiles = stride / WIDTH;
        let again = post.len() / stride - updates;
        let activity: &[Tile] = post.as_chunks().0;
        let own = weights.alpha_is_per_row;
        let alpha: [&[Tile]; ROWS] = own_or_shared_rows(weights.alpha_rows(first..first + ROWS), tiles, own);
        let alpha_step = if own { tiles } else { 0 };
        let input = self.pre(again + updates);
        let (mut second, mut earlier) = ([[0.0f32; WIDTH]; ROWS], [[0.0f32; WIDTH]; ROWS]);
        // One sum a row: a single one would be a chain of additions, each waiting for the one before.
        let mut etas = [[0.0f32; WIDTH]; ROWS];
        let mut traces = [[0.0f32; WIDTH]; MOST_WAITING];
        for tile in 0..tiles {
            let delta = self.delta[tile];
            let mut column = self.by_column[tile];
            for row in 0..ROWS {
                let mut trace = self.stored[row * tiles + tile];
                for at in 0..again {
                    let (pre, post) = (history[at * pre_stride + first + row], &activity[at * tiles + tile]);
                    for lane in 0..WIDTH {
                        trace[lane] = update.next(trace[lane], pre, post[lane]);
                    }
                }
                for (at, before) in traces[..updates].iter_mut().enumerate() {
                    *before = trace;
                    let at = again + at;
                    let (pre, post) = (history[at * pre_stride + first + row], &activity[at * tiles + tile]);
                    for lane in 0..WIDTH {
                        trace[lane] = update.next(trace[lane], pre, post[lane]);
                    }
                }
                let alpha = &alpha[row][tile];
                let mut grad = self.trace_grad[row * tiles + tile];
                let mut alpha_grad = self.alpha_grad[row * alpha_step + tile];
                for lane in 0..WIDTH {
                    let input_delta = input[row] * delta[lane];
                    alpha_grad[lane] = multiply_add::<S>(input_delta, trace[lane], alpha_grad[lane]);
                    grad[lane] = multiply_add::<S>(input_delta, alpha[lane], grad[lane]);
                }
                self.alpha_grad[row * alpha_step + tile] = alpha_grad;
                let mut eta = etas[row];
                // The activities between x(s) and x(t) were clamped: nothing depends on their gradients.
                for (at, trace) in traces[..updates].iter().enumerate().skip(2).rev() {
                    let at = again + at;
                    let (pre, post) = (history[at * pre_stride + first + row], &activity[at * tiles + tile]);
                    for lane in 0..WIDTH {
                        let slopes = update.slopes(trace[lane], pre, post[lane]);
                        eta[lane] = multiply_add::<S>(grad[lane], slopes.eta, eta[lane]);
                        grad[lane] *= slopes.trace;
                    }
                }
                let (pre, post) =
                    (history[(again + 1) * pre_stride + first + row], &activity[(again + 1) * tiles + tile]);
                let mut toward = second[row];
                for lane in 0..WIDTH {
                    let slopes = update.slopes(traces[1][lane], pre, post[lane]);
                    eta[lane] = multiply_add::<S>(grad[lane], slopes.eta, eta[lane]);
                    toward[lane] = multiply_add::<S>(grad[lane], slopes.pre, toward[lane]);
                    grad[lane] *= slopes.trace;
                }
                second[row] = toward;
                let (pre, post) = (history[again * pre_stride + first + row], &activity[again * tiles + tile]);
                let mut toward = earlier[row];
                for lane in 0..WIDTH {
                    let slopes = update.slopes(traces[0][lane], pre, post[lane]);
                    eta[lane] = multiply_add::<S>(grad[lane], slopes.eta, eta[lane]);
                    toward[lane] = multiply_add::<S>(grad[lane], slopes.pre, toward[lane]);
                    column[lane] = multiply_add::<S>(grad[lane], slopes.post, column[lane]);
                    grad[lane] *= slopes.trace;
                }
                earlier[row] = toward;
                etas[row] = eta;
                self.trace_grad[row * tiles + tile] = grad;
            }
            self.by_column[tile] = column;
        }
        for row in 0..ROWS {
            add(self.eta, &etas[row]);
            self.by_row[row] = sum_lanes(second[row]);
            self.by_row_earlier[row] = sum_lanes(earlier[row]);
        }
    }
}

#[inline(always)]
fn add(sum: &mut Tile, part: &Tile) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += part;
    }
}
