//! The inner loops: one sweep over a block of rows.
//!
//! Each sweep is a [`pulp::WithSimd`] job: `pulp` compiles it once per instruction set and picks the
//! best one the machine has at run time. The loops are plain and the compiler vectorises them; every
//! slice is a whole number of [`WIDTH`]-float tiles. The order of every sum is fixed by the code, so
//! the bits do not depend on the instruction set.

use super::{WIDTH, Weights, sum_lanes};
use crate::plastic::rule::Update;
use std::ops::Range;

/// Brings the traces of a block up to date and multiplies by them, in one pass.
pub(super) struct ForwardSweep<'a, U> {
    pub update: U,
    pub weights: &'a Weights,
    pub rows: Range<usize>,
    /// x(t−2), the pre-synaptic side of the update that is still owed; padded.
    pub pre: &'a [f32],
    /// x(t−1): the post-synaptic side of that update, and the input of the product; padded.
    pub post: &'a [f32],
    /// H(t−1) on entry, H(t) on return: `rows × stride`.
    pub trace: &'a mut [f32],
    /// Σ over the block's rows of x_i(t−1) (w_ij + α_ij H_ij(t)); overwritten.
    pub sums: &'a mut [f32],
}

impl<U: Update> pulp::WithSimd for ForwardSweep<'_, U> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { update, weights, rows, pre, post, trace, sums } = self;
        sums.fill(0.0);
        for (row, trace) in rows.zip(trace.chunks_exact_mut(weights.stride)) {
            let (input, pre) = (post[row], pre[row]);
            let w = weights.w_row(row).as_chunks::<WIDTH>().0;
            let alpha = weights.alpha_row(row).as_chunks::<WIDTH>().0;
            let trace = trace.as_chunks_mut::<WIDTH>().0;
            let post = post.as_chunks::<WIDTH>().0;
            let sums = sums.as_chunks_mut::<WIDTH>().0;
            for ((((trace, sums), w), alpha), post) in trace.iter_mut().zip(sums).zip(w).zip(alpha).zip(post) {
                // Worked on as values: through references the compiler fears overlap and stays scalar.
                let (mut updated, mut total) = (*trace, *sums);
                for lane in 0..WIDTH {
                    updated[lane] = update.next(updated[lane], pre, post[lane]);
                }
                for lane in 0..WIDTH {
                    total[lane] += input * (w[lane] + alpha[lane] * updated[lane]);
                }
                (*trace, *sums) = (updated, total);
            }
        }
    }
}

/// Writes the traces of a block without multiplying: H(t) → H(t+1) for rows of `stride`.
pub(crate) struct TraceSweep<'a, U> {
    pub update: U,
    /// One pre-synaptic activity x_i(t−1) per row of the block.
    pub pre: &'a [f32],
    /// x(t), padded to the stride.
    pub post: &'a [f32],
    /// H before the update.
    pub before: &'a [f32],
    /// H after it.
    pub after: &'a mut [f32],
}

impl<U: Update> pulp::WithSimd for TraceSweep<'_, U> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let stride = self.post.len();
        let rows = self.after.chunks_exact_mut(stride).zip(self.before.chunks_exact(stride));
        for ((after, before), &pre) in rows.zip(self.pre) {
            for ((after, &before), &post) in after.iter_mut().zip(before).zip(self.post) {
                *after = self.update.next(before, pre, post);
            }
        }
    }
}

/// One step backwards through a block: the product of step t, then the update of step t−1.
pub(super) struct BackwardSweep<'a, U> {
    pub update: U,
    pub weights: &'a Weights,
    pub rows: Range<usize>,
    /// x(t−2); padded.
    pub pre: &'a [f32],
    /// x(t−1); padded.
    pub post: &'a [f32],
    /// dL/d(pre-activation) of step t; padded.
    pub delta: &'a [f32],
    /// H(t−1), before the update that made H(t).
    pub before: &'a [f32],
    /// dL/dH(t) from later steps on entry, dL/dH(t−1) on return.
    pub trace_grad: &'a mut [f32],
    /// Accumulated dL/dα of the block.
    pub alpha_grad: &'a mut [f32],
    /// Contribution to dL/dx(t−1) through the columns (as the update's post-synaptic side); overwritten.
    pub by_column: &'a mut [f32],
    /// Contribution to dL/dx_i(t−1) of the block's rows through the product; overwritten.
    pub by_row: &'a mut [f32],
    /// Contribution to dL/dx_i(t−2) of the block's rows (as the update's pre-synaptic side); overwritten.
    pub by_row_earlier: &'a mut [f32],
}

impl<U: Update> pulp::WithSimd for BackwardSweep<'_, U> {
    /// Contribution to dL/dη.
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> f64 {
        let Self { update, weights, rows, pre, post, delta, before, trace_grad, alpha_grad, .. } = self;
        let stride = weights.stride;
        let mut eta = 0.0;
        self.by_column.fill(0.0);
        for (offset, row) in rows.enumerate() {
            let (input, pre) = (post[row], pre[row]);
            let span = offset * stride..(offset + 1) * stride;
            let alpha_offset = weights.alpha_rows(offset + 1) - 1;
            let w = weights.w_row(row).as_chunks::<WIDTH>().0;
            let alpha = weights.alpha_row(row).as_chunks::<WIDTH>().0;
            let before = before[span.clone()].as_chunks::<WIDTH>().0;
            let trace_grad = trace_grad[span].as_chunks_mut::<WIDTH>().0;
            let alpha_grad = alpha_grad[alpha_offset * stride..][..stride].as_chunks_mut::<WIDTH>().0;
            let by_column = self.by_column.as_chunks_mut::<WIDTH>().0;
            let (post, delta) = (post.as_chunks::<WIDTH>().0, delta.as_chunks::<WIDTH>().0);
            let (mut product, mut earlier, mut steps) = ([0.0f32; WIDTH], [0.0f32; WIDTH], [0.0f32; WIDTH]);
            for (tile, (((trace_grad, alpha_grad), by_column), before)) in
                trace_grad.iter_mut().zip(alpha_grad).zip(by_column).zip(before).enumerate()
            {
                let (w, alpha, post, delta) = (&w[tile], &alpha[tile], &post[tile], &delta[tile]);
                for lane in 0..WIDTH {
                    let trace = update.next(before[lane], pre, post[lane]);
                    product[lane] += delta[lane] * (w[lane] + alpha[lane] * trace);
                    let input_delta = input * delta[lane];
                    alpha_grad[lane] += input_delta * trace;
                    let grad = trace_grad[lane] + input_delta * alpha[lane];
                    let pull = update.pull(grad, before[lane], pre, post[lane]);
                    trace_grad[lane] = pull.trace;
                    by_column[lane] += pull.post;
                    earlier[lane] += pull.pre;
                    steps[lane] += pull.eta;
                }
            }
            self.by_row[offset] = sum_lanes(product);
            self.by_row_earlier[offset] = sum_lanes(earlier);
            eta += f64::from(sum_lanes(steps));
        }
        eta
    }
}

/// The product of a network without traces: Σ over a block's rows of x_i(t−1) w_ij.
pub(super) struct FixedForward<'a> {
    pub weights: &'a Weights,
    pub rows: Range<usize>,
    /// x(t−1); padded.
    pub input: &'a [f32],
    /// Overwritten with the block's sums.
    pub sums: &'a mut [f32],
}

impl pulp::WithSimd for FixedForward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        self.sums.fill(0.0);
        for row in self.rows {
            let input = self.input[row];
            for (sum, w) in self.sums.iter_mut().zip(self.weights.w_row(row)) {
                *sum += input * w;
            }
        }
    }
}

/// The transposed product of a network without traces: Σ_j δ_j w_ij for each row of a block.
pub(super) struct FixedBackward<'a> {
    pub weights: &'a Weights,
    pub rows: Range<usize>,
    /// dL/d(pre-activation) of step t; padded.
    pub delta: &'a [f32],
    /// Overwritten with one sum per row.
    pub by_row: &'a mut [f32],
}

impl pulp::WithSimd for FixedBackward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for (row, out) in self.rows.zip(self.by_row) {
            let mut product = [0.0f32; WIDTH];
            let (w, delta) = (self.weights.w_row(row).as_chunks::<WIDTH>().0, self.delta.as_chunks::<WIDTH>().0);
            for (w, delta) in w.iter().zip(delta) {
                for lane in 0..WIDTH {
                    product[lane] += delta[lane] * w[lane];
                }
            }
            *out = sum_lanes(product);
        }
    }
}
