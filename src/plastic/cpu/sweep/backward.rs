//! The backward sweep.

use super::{Signals, Tile, of_tile, own_or_shared_rows, rows, splat, sum_of_row, to_tile, vectors, vectors_mut};
use crate::plastic::cpu::schedule::{AGAIN, MOST_WAITING};
use crate::plastic::cpu::{CHUNK_ROWS, WIDTH, Weights};
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
    fn with_simd<S: pulp::Simd>(self, simd: S) -> f64 {
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
                    delta,
                    stored: &stored[begin..][..ROWS * stride],
                    trace_grad: &mut trace_grad[begin..][..ROWS * stride],
                    alpha_grad,
                    by_column: &mut self.by_column[lane * stride..][..stride],
                    by_row: &mut self.by_row[row..][..ROWS],
                    by_row_earlier: &mut self.by_row_earlier[row..][..ROWS],
                    eta: &mut eta,
                };
                match (updates, signals.post.len() / stride) {
                    (0, _) => chunk.product_alone::<S>(simd),
                    (1, 1) => chunk.sweep_one::<S, 1>(simd),
                    (1, 2) => chunk.sweep_one::<S, 2>(simd),
                    (1, 3) => chunk.sweep_one::<S, 3>(simd),
                    (1, updates) => unreachable!("the schedule stores a trace at most 3 updates back, not {updates}"),
                    _ => chunk.sweep_many::<S>(simd),
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
    delta: &'a [f32],
    stored: &'a [f32],
    trace_grad: &'a mut [f32],
    alpha_grad: &'a mut [f32],
    by_column: &'a mut [f32],
    by_row: &'a mut [f32],
    by_row_earlier: &'a mut [f32],
    eta: &'a mut Tile,
}

// No closures here: one that is not inlined is compiled without the wide instructions.
impl<U: Update> Chunk<'_, U> {
    /// The pre-synaptic activities of the step a + at, of the chunk's rows, a vector of each.
    #[inline(always)]
    fn pre<S: pulp::Simd>(&self, simd: S, at: usize) -> [S::f32s; ROWS] {
        splat(simd, &self.signals.pre[at * self.signals.pre_stride + self.first..])
    }

    /// A sweep of one update, the common case, from a trace stored `UPDATES` updates before the product: nothing
    /// but registers between load and store.
    #[inline(always)]
    fn sweep_one<S: pulp::Simd, const UPDATES: usize>(self, simd: S) {
        let Self { update, weights, first, .. } = self;
        let (count, lanes) = (weights.stride / S::F32_LANES, WIDTH / S::F32_LANES);
        let zero = simd.splat_f32s(0.0);
        let posts: [&[S::f32s]; UPDATES] = rows(vectors::<S>(self.signals.post), count);
        let mut pres = [[zero; ROWS]; UPDATES];
        for (at, pre) in pres.iter_mut().enumerate() {
            *pre = self.pre(simd, at);
        }
        let (pre, input) = (pres[UPDATES - 1], self.pre(simd, UPDATES));
        let own = weights.alpha_is_per_row;
        let part = first..first + ROWS;
        let w: [&[S::f32s]; ROWS] = rows(vectors::<S>(weights.w_rows(part.clone()).as_flattened()), count);
        let alpha = vectors::<S>(weights.alpha_rows(part).as_flattened());
        let alpha: [&[S::f32s]; ROWS] = own_or_shared_rows(alpha, count, own);
        let stored: [&[S::f32s]; ROWS] = rows(vectors::<S>(self.stored), count);
        let deltas = &vectors::<S>(self.delta)[..count];
        let columns = &mut vectors_mut::<S>(self.by_column)[..count];
        let trace_grads = &mut vectors_mut::<S>(self.trace_grad)[..ROWS * count];
        let alpha_step = if own { count } else { 0 };
        let alpha_grads = &mut vectors_mut::<S>(self.alpha_grad)[..alpha_step * (ROWS - 1) + count];
        let (mut product, mut earlier) = ([[zero; WIDTH]; ROWS], [[zero; WIDTH]; ROWS]);
        let mut eta = of_tile(simd, self.eta);
        for tile in (0..count).step_by(lanes) {
            for lane in 0..lanes {
                let at = tile + lane;
                let (delta, post) = (deltas[at], posts[UPDATES - 1][at]);
                let mut column = columns[at];
                for row in 0..ROWS {
                    let mut trace = stored[row][at];
                    for again in 0..UPDATES - 1 {
                        trace = update.next_of(simd, trace, pres[again][row], posts[again][at]);
                    }
                    let alpha = alpha[row][at];
                    let slopes = update.slopes_of(simd, trace, pre[row], post);
                    let updated = update.next_of(simd, trace, pre[row], post);
                    let effective = simd.mul_add_e_f32s(alpha, updated, w[row][at]);
                    product[row][lane] = simd.mul_add_e_f32s(delta, effective, product[row][lane]);
                    let driven = simd.mul_f32s(input[row], delta);
                    let alpha_grad = &mut alpha_grads[row * alpha_step + at];
                    *alpha_grad = simd.mul_add_e_f32s(driven, updated, *alpha_grad);
                    let trace_grad = &mut trace_grads[row * count + at];
                    let grad = simd.mul_add_e_f32s(driven, alpha, *trace_grad);
                    column = simd.mul_add_e_f32s(grad, slopes.post, column);
                    earlier[row][lane] = simd.mul_add_e_f32s(grad, slopes.pre, earlier[row][lane]);
                    eta[lane] = simd.mul_add_e_f32s(grad, slopes.eta, eta[lane]);
                    *trace_grad = simd.mul_f32s(grad, slopes.trace);
                }
                columns[at] = column;
            }
        }
        *self.eta = to_tile::<S>(&eta);
        for row in 0..ROWS {
            self.by_row[row] = sum_of_row::<S>(&product[row]);
            self.by_row_earlier[row] = sum_of_row::<S>(&earlier[row]);
        }
    }

    /// The product of a first step whose trace was given: no update, and nobody asks for the gradient of its input.
    #[inline(always)]
    fn product_alone<S: pulp::Simd>(self, simd: S) {
        let Self { weights, first, .. } = self;
        let count = weights.stride / S::F32_LANES;
        let input: [S::f32s; ROWS] = splat(simd, &self.signals.pre[first..]);
        let own = weights.alpha_is_per_row;
        let alpha = vectors::<S>(weights.alpha_rows(first..first + ROWS).as_flattened());
        let alpha: [&[S::f32s]; ROWS] = own_or_shared_rows(alpha, count, own);
        let stored: [&[S::f32s]; ROWS] = rows(vectors::<S>(self.stored), count);
        let alpha_step = if own { count } else { 0 };
        let (trace_grads, alpha_grads) = (vectors_mut::<S>(self.trace_grad), vectors_mut::<S>(self.alpha_grad));
        for (at, delta) in vectors::<S>(self.delta)[..count].iter().enumerate() {
            for row in 0..ROWS {
                let driven = simd.mul_f32s(input[row], *delta);
                let alpha_grad = &mut alpha_grads[row * alpha_step + at];
                *alpha_grad = simd.mul_add_e_f32s(driven, stored[row][at], *alpha_grad);
                let grad = &mut trace_grads[row * count + at];
                *grad = simd.mul_add_e_f32s(driven, alpha[row][at], *grad);
            }
        }
        self.by_row.fill(0.0);
        self.by_row_earlier.fill(0.0);
    }

    /// A sweep of several updates: the traces between them stand on the stack.
    #[inline(always)]
    fn sweep_many<S: pulp::Simd>(self, simd: S) {
        let Self { update, weights, first, updates, signals, .. } = self;
        let Signals { pre: history, pre_stride, .. } = signals;
        let (count, lanes) = (weights.stride / S::F32_LANES, WIDTH / S::F32_LANES);
        let zero = simd.splat_f32s(0.0);
        let again = signals.post.len() / weights.stride - updates;
        let activity = vectors::<S>(signals.post);
        let own = weights.alpha_is_per_row;
        let alpha = vectors::<S>(weights.alpha_rows(first..first + ROWS).as_flattened());
        let alpha: [&[S::f32s]; ROWS] = own_or_shared_rows(alpha, count, own);
        let alpha_step = if own { count } else { 0 };
        let input = self.pre(simd, again + updates);
        let stored: [&[S::f32s]; ROWS] = rows(vectors::<S>(self.stored), count);
        let deltas = &vectors::<S>(self.delta)[..count];
        let columns = &mut vectors_mut::<S>(self.by_column)[..count];
        let trace_grads = &mut vectors_mut::<S>(self.trace_grad)[..ROWS * count];
        let alpha_grads = &mut vectors_mut::<S>(self.alpha_grad)[..alpha_step * (ROWS - 1) + count];
        let (mut second, mut earlier) = ([[zero; WIDTH]; ROWS], [[zero; WIDTH]; ROWS]);
        // One sum a row: a single one would be a chain of additions, each waiting for the one before.
        let mut etas = [[zero; WIDTH]; ROWS];
        let mut traces = [[zero; ROWS]; MOST_WAITING];
        for tile in (0..count).step_by(lanes) {
            for lane in 0..lanes {
                let at = tile + lane;
                // The rows side by side: each update waits for the one before it.
                let mut trace = [zero; ROWS];
                for row in 0..ROWS {
                    trace[row] = stored[row][at];
                }
                for step in 0..again + updates {
                    if step >= again {
                        traces[step - again] = trace;
                    }
                    let pre: [S::f32s; ROWS] = splat(simd, &history[step * pre_stride + first..]);
                    let post = activity[step * count + at];
                    for row in 0..ROWS {
                        trace[row] = update.next_of(simd, trace[row], pre[row], post);
                    }
                }
                let (delta, mut column) = (deltas[at], columns[at]);
                let mut grad = [zero; ROWS];
                let mut eta = [zero; ROWS];
                for row in 0..ROWS {
                    let driven = simd.mul_f32s(input[row], delta);
                    let alpha_grad = &mut alpha_grads[row * alpha_step + at];
                    *alpha_grad = simd.mul_add_e_f32s(driven, trace[row], *alpha_grad);
                    grad[row] = simd.mul_add_e_f32s(driven, alpha[row][at], trace_grads[row * count + at]);
                    eta[row] = etas[row][lane];
                }
                // The activities between x(s) and x(t) were clamped: nothing depends on their gradients.
                for step in (2..updates).rev() {
                    let pre: [S::f32s; ROWS] = splat(simd, &history[(again + step) * pre_stride + first..]);
                    let post = activity[(again + step) * count + at];
                    let before = &traces[step];
                    for row in 0..ROWS {
                        let slopes = update.slopes_of(simd, before[row], pre[row], post);
                        eta[row] = simd.mul_add_e_f32s(grad[row], slopes.eta, eta[row]);
                        grad[row] = simd.mul_f32s(grad[row], slopes.trace);
                    }
                }
                let pre: [S::f32s; ROWS] = splat(simd, &history[(again + 1) * pre_stride + first..]);
                let post = activity[(again + 1) * count + at];
                for row in 0..ROWS {
                    let slopes = update.slopes_of(simd, traces[1][row], pre[row], post);
                    eta[row] = simd.mul_add_e_f32s(grad[row], slopes.eta, eta[row]);
                    second[row][lane] = simd.mul_add_e_f32s(grad[row], slopes.pre, second[row][lane]);
                    grad[row] = simd.mul_f32s(grad[row], slopes.trace);
                }
                let pre: [S::f32s; ROWS] = splat(simd, &history[again * pre_stride + first..]);
                let post = activity[again * count + at];
                for row in 0..ROWS {
                    let slopes = update.slopes_of(simd, traces[0][row], pre[row], post);
                    eta[row] = simd.mul_add_e_f32s(grad[row], slopes.eta, eta[row]);
                    earlier[row][lane] = simd.mul_add_e_f32s(grad[row], slopes.pre, earlier[row][lane]);
                    column = simd.mul_add_e_f32s(grad[row], slopes.post, column);
                    trace_grads[row * count + at] = simd.mul_f32s(grad[row], slopes.trace);
                    etas[row][lane] = eta[row];
                }
                columns[at] = column;
            }
        }
        for row in 0..ROWS {
            add(self.eta, &to_tile::<S>(&etas[row]));
            self.by_row[row] = sum_of_row::<S>(&second[row]);
            self.by_row_earlier[row] = sum_of_row::<S>(&earlier[row]);
        }
    }
}

#[inline(always)]
fn add(sum: &mut Tile, part: &Tile) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += part;
    }
}
