//! The backward sweep.

use super::{Written, vectors, vectors_mut};
use crate::plastic::cpu::modulated::weights::{ModulatedWeights, Traces};
use crate::plastic::cpu::{WIDTH, sum_lanes};
use crate::plastic::modulated::Kind;

/// A [`ForwardSweep`](super::ForwardSweep) backwards: the product of step t+1, then the writing of step t.
pub(in crate::plastic::cpu::modulated) struct BackwardSweep<'a> {
    pub weights: &'a ModulatedWeights,
    pub written: Written<'a>,
    /// H(t) and E(t).
    pub traces: &'a Traces,
    /// δ(t+1), padded.
    pub delta: &'a [f32],
    /// What H(t+1) and E(t+1) were later written on, dL/dH(t+1) and dL/dE(t+1) on entry; those of step t on return.
    pub grads: &'a mut Traces,
    /// dL/dα, added to.
    pub alpha_grad: &'a mut [f32],
    pub sums: &'a mut BackwardSums,
}

/// What one backward sweep sums up; padded, overwritten.
pub(in crate::plastic::cpu::modulated) struct BackwardSums {
    /// dL/dM_j(t).
    pub gains: Vec<f32>,
    /// dL/dx(t) by its writing as the later one.
    pub post: Vec<f32>,
    /// dL/dx(t) by the product of step t+1.
    pub product: Vec<f32>,
    /// dL/dx(t−1) by its writing as the earlier one.
    pub pre: Vec<f32>,
    /// dL/dη.
    pub eta: f64,
}

impl BackwardSums {
    pub fn new(stride: usize) -> Self {
        let zeros = || vec![0.0; stride];
        Self { gains: zeros(), post: zeros(), product: zeros(), pre: zeros(), eta: 0.0 }
    }
}

impl pulp::WithSimd for BackwardSweep<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        match self.weights.modulation.kind {
            Kind::Simple => self.sweep::<S, false>(simd),
            Kind::Retroactive => self.sweep::<S, true>(simd),
        }
    }
}

impl BackwardSweep<'_> {
    #[inline(always)]
    fn sweep<S: pulp::Simd, const RETROACTIVE: bool>(self, simd: S) {
        let Self { weights, written, traces, delta, grads, alpha_grad, sums } = self;
        let writing = weights.writing();
        let (gains, posts, deltas) = (vectors::<S>(written.gains), vectors::<S>(written.post), vectors::<S>(delta));
        let count = gains.len();
        let (posts, deltas) = (&posts[..count], &deltas[..count]);
        sums.gains.fill(0.0);
        sums.post.fill(0.0);
        let gain_sums = &mut vectors_mut::<S>(&mut sums.gains)[..count];
        let post_sums = &mut vectors_mut::<S>(&mut sums.post)[..count];
        let zero = simd.splat_f32s(0.0);
        let (bound, eta, keep) =
            (simd.splat_f32s(writing.bound), simd.splat_f32s(writing.eta), simd.splat_f32s(1.0 - writing.eta));
        let mut eta_sum = [zero; WIDTH];
        // Vectors of a tile.
        let lanes = WIDTH / S::F32_LANES;
        for (row, (&pre, &input)) in written.pre.iter().zip(written.post).enumerate().take(weights.rows()) {
            let (pre, input) = (simd.splat_f32s(pre), simd.splat_f32s(input));
            let part = row * weights.stride..(row + 1) * weights.stride;
            let (w, alpha) = (
                &vectors::<S>(&weights.w[part.clone()])[..count],
                &vectors::<S>(&weights.alpha[part.clone()])[..count],
            );
            let trace = &vectors::<S>(&traces.trace[part.clone()])[..count];
            let trace_grads = &mut vectors_mut::<S>(&mut grads.trace[part.clone()])[..count];
            let alpha_grads = &mut vectors_mut::<S>(&mut alpha_grad[part.clone()])[..count];
            let (eligibility, eligible_grads): (&[S::f32s], &mut [S::f32s]) = if RETROACTIVE {
                (
                    &vectors::<S>(&traces.eligibility[part.clone()])[..count],
                    &mut vectors_mut::<S>(&mut grads.eligibility[part])[..count],
                )
            } else {
                (&[], &mut [])
            };
            let (mut product, mut earlier) = ([zero; WIDTH], [zero; WIDTH]);
            for first in (0..count).step_by(lanes) {
                for lane in 0..lanes {
                    let at = first + lane;
                    let (gain, post, delta) = (gains[at], posts[at], deltas[at]);
                    let together = simd.mul_f32s(pre, post);
                    let eligible = if RETROACTIVE { eligibility[at] } else { together };
                    let reached = simd.add_f32s(trace[at], simd.mul_f32s(gain, eligible));
                    let next = writing.clip(simd, reached);

                    // The product.
                    let driven = simd.mul_f32s(input, delta);
                    let effective = simd.mul_add_e_f32s(alpha[at], next, w[at]);
                    product[lane] = simd.mul_add_e_f32s(delta, effective, product[lane]);
                    alpha_grads[at] = simd.mul_add_e_f32s(driven, next, alpha_grads[at]);
                    let grad = simd.mul_add_e_f32s(driven, alpha[at], trace_grads[at]);

                    // The writing. The derivative of a clip is zero outside its bounds.
                    let is_inside = simd.less_than_or_equal_f32s(simd.abs_f32s(reached), bound);
                    let grad = simd.select_f32s(is_inside, grad, zero);
                    trace_grads[at] = grad;
                    gain_sums[at] = simd.mul_add_e_f32s(grad, eligible, gain_sums[at]);
                    let together_grad = if RETROACTIVE {
                        let later = eligible_grads[at];
                        eta_sum[lane] = simd.mul_add_e_f32s(later, simd.sub_f32s(together, eligible), eta_sum[lane]);
                        eligible_grads[at] = simd.mul_add_e_f32s(grad, gain, simd.mul_f32s(keep, later));
                        simd.mul_f32s(later, eta)
                    } else {
                        simd.mul_f32s(grad, gain)
                    };
                    post_sums[at] = simd.mul_add_e_f32s(together_grad, pre, post_sums[at]);
                    earlier[lane] = simd.mul_add_e_f32s(together_grad, post, earlier[lane]);
                }
            }
            sums.product[row] = sum_of_row::<S>(&product);
            sums.pre[row] = sum_of_row::<S>(&earlier);
        }
        sums.eta = f64::from(sum_of_row::<S>(&eta_sum));
    }
}

/// The sum of a row from the sums of its tiles' vectors, of which a tile has the first.
#[inline(always)]
fn sum_of_row<S: pulp::Simd>(vectors: &[S::f32s; WIDTH]) -> f32 {
    let mut lanes = [0.0; WIDTH];
    let tile = vectors_mut::<S>(&mut lanes);
    tile.copy_from_slice(&vectors[..tile.len()]);
    sum_lanes(lanes)
}
