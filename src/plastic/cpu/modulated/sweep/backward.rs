//! The backward sweep.

use super::{Written, vectors, vectors_mut};
use crate::plastic::cpu::modulated::weights::{ModulatedWeights, Traces};
use crate::plastic::cpu::sweep::sum_of_row;
use crate::plastic::cpu::{Buffer, WIDTH};
use crate::plastic::writing::ModulationKind;

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
pub(in crate::plastic::cpu) struct BackwardSums {
    /// dL/dM_j(t).
    pub gains: Buffer,
    /// dL/dx(t) by its writing as the later one; while sums are made, what [`finish`] says.
    pub post: Buffer,
    /// dL/dx(t) by the product of step t+1.
    pub product: Buffer,
    /// dL/dx(t−1) by its writing as the earlier one.
    pub pre: Buffer,
    /// dL/dη.
    pub eta: f64,
}

impl BackwardSums {
    /// For so many padded rows and columns.
    pub fn new([rows, stride]: [usize; 2]) -> Self {
        let [columns, rows] = [stride, rows].map(|count| move || Buffer::zeros(count));
        Self { gains: columns(), post: columns(), product: rows(), pre: rows(), eta: 0.0 }
    }
}

impl pulp::WithSimd for BackwardSweep<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        match self.weights.modulation.kind {
            ModulationKind::Simple => self.sweep::<S, false>(simd),
            ModulationKind::Retroactive => self.sweep::<S, true>(simd),
        }
    }
}

impl BackwardSweep<'_> {
    #[inline(always)]
    fn sweep<S: pulp::Simd, const RETROACTIVE: bool>(self, simd: S) {
        let Self { weights, written, traces, delta, grads, alpha_grad, sums } = self;
        let writing = weights.writing();
        let gains = vectors::<S>(written.gains);
        let count = gains.len();
        let (lifted, deltas) = (&vectors::<S>(written.lifted)[..count], &vectors::<S>(delta)[..count]);
        sums.gains.fill(0.0);
        sums.post.fill(0.0);
        let gain_sums = &mut vectors_mut::<S>(&mut sums.gains)[..count];
        let post_sums = &mut vectors_mut::<S>(&mut sums.post)[..count];
        let (zero, keep) = (simd.splat_f32s(0.0), simd.splat_f32s(1.0 - writing.eta));
        // Σ_ij E_ij dL/dE_ij(t+1): what η took away from E.
        let mut faded = 0.0;
        // Along a row sums run in a fixed number of lanes, those of a tile of vectors.
        let lanes = WIDTH / S::F32_LANES;
        for (row, (&pre, &input)) in written.pre.iter().zip(written.input).enumerate().take(weights.rows()) {
            let (pre, input) = (simd.splat_f32s(pre), simd.splat_f32s(input));
            let part = row * weights.stride..(row + 1) * weights.stride;
            let w = &vectors::<S>(&weights.w[part.clone()])[..count];
            let alpha = &vectors::<S>(weights.alpha_from(row))[..count];
            let trace = &vectors::<S>(&traces.trace[part.clone()])[..count];
            let trace_grads = &mut vectors_mut::<S>(&mut grads.trace[part.clone()])[..count];
            let alpha_grads = &mut vectors_mut::<S>(&mut alpha_grad[row * weights.alpha_step()..])[..count];
            let (eligibility, eligible_grads): (&[S::f32s], &mut [S::f32s]) = if RETROACTIVE {
                (
                    &vectors::<S>(&traces.eligibility[part.clone()])[..count],
                    &mut vectors_mut::<S>(&mut grads.eligibility[part])[..count],
                )
            } else {
                (&[], &mut [])
            };
            let (mut product, mut earlier, mut faded_here) = ([zero; WIDTH], [zero; WIDTH], [zero; WIDTH]);
            for first in (0..count).step_by(lanes) {
                for lane in 0..lanes {
                    let at = first + lane;
                    let (lifted, delta) = (lifted[at], deltas[at]);
                    let (factor, other) = if RETROACTIVE { (gains[at], eligibility[at]) } else { (pre, lifted) };
                    let reached = writing.reached(simd, trace[at], factor, other);
                    let next = writing.clip(simd, reached);

                    // The product.
                    let (driven, alpha) = (simd.mul_f32s(input, delta), alpha[at]);
                    let effective = simd.mul_add_e_f32s(alpha, next, w[at]);
                    product[lane] = simd.mul_add_e_f32s(delta, effective, product[lane]);
                    alpha_grads[at] = simd.mul_add_e_f32s(driven, next, alpha_grads[at]);
                    let grad = simd.mul_add_e_f32s(driven, alpha, trace_grads[at]);

                    // The writing. The derivative of a clip is zero outside its bounds.
                    let grad = simd.select_f32s(simd.equal_f32s(reached, next), grad, zero);
                    trace_grads[at] = grad;
                    let written_grad = if RETROACTIVE {
                        let (gain, eligible, later) = (gains[at], eligibility[at], eligible_grads[at]);
                        gain_sums[at] = simd.mul_add_e_f32s(grad, eligible, gain_sums[at]);
                        faded_here[lane] = simd.mul_add_e_f32s(later, eligible, faded_here[lane]);
                        eligible_grads[at] = simd.mul_add_e_f32s(grad, gain, simd.mul_f32s(keep, later));
                        later
                    } else {
                        grad
                    };
                    post_sums[at] = simd.mul_add_e_f32s(written_grad, pre, post_sums[at]);
                    earlier[lane] = simd.mul_add_e_f32s(written_grad, lifted, earlier[lane]);
                }
            }
            sums.product[row] = sum_of_row::<S>(&product);
            sums.pre[row] = sum_of_row::<S>(&earlier);
            if RETROACTIVE {
                faded += f64::from(sum_of_row::<S>(&faded_here));
            }
        }
        finish::<RETROACTIVE>(sums, written, writing.eta, faded);
    }
}

/// In `post` stands what several gradients have in common: S_j = Σ_i x_i(t−1) G_ij with G = dL/dH(t+1) inside the bounds,
/// or dL/dE(t+1) under retroactive modulation. From it
///
/// - simple: dL/dM_j = x_j S_j and dL/dx_j = M_j S_j,
/// - retroactive: dL/dx_j = η S_j and dL/dη = Σ_j x_j S_j − Σ_ij E_ij G_ij, the last sum being `faded`.
fn finish<const RETROACTIVE: bool>(sums: &mut BackwardSums, written: Written<'_>, eta: f32, faded: f64) {
    let columns = sums.post.iter_mut().zip(written.post);
    if RETROACTIVE {
        sums.eta = -faded;
        for (sum, post) in columns {
            sums.eta += f64::from(*sum * post);
            *sum *= eta;
        }
    } else {
        sums.eta = 0.0;
        for ((sum, post), (gain_sum, gain)) in columns.zip(sums.gains.iter_mut().zip(written.gains)) {
            *gain_sum = *sum * post;
            *sum *= gain;
        }
    }
}
