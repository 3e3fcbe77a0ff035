//! The inner loops: one sweep over the connections of a modulated lane. Plain loops over whole tiles, compiled once per
//! instruction set; the order of every sum is fixed by the code.

use super::weights::{ModulatedWeights, Traces};
use crate::plastic::cpu::sweep::{Tile, multiply_add, rows};
use crate::plastic::cpu::{CHUNK_ROWS, WIDTH, sum_lanes};
use crate::plastic::modulated::Kind;

/// So many rows go back side by side: their sums have to stay in registers.
const ROWS_BACK: usize = 2;
const _: () = assert!(CHUNK_ROWS.is_multiple_of(ROWS_BACK));

/// The writing of one step: what stands in the rows of x(t−1) and the columns of x(t).
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    /// M_j(t), padded.
    pub gains: &'a [f32],
    /// x(t−1), padded.
    pub pre: &'a [f32],
    /// x(t), padded.
    pub post: &'a [f32],
}

/// H(t), E(t) → H(t+1), E(t+1) and Σ_i x_i(t) (w_ij + α_ij H_ij(t+1)), or one of both.
pub(super) struct ForwardSweep<'a> {
    pub weights: &'a ModulatedWeights,
    pub written: Written<'a>,
    /// Where H(t) and E(t) are, if not in `after`.
    pub before: Option<&'a Traces>,
    pub after: &'a mut Traces,
    /// Padded; overwritten.
    pub sums: Option<&'a mut [f32]>,
    /// Whether H(t+1) and E(t+1) stand in `after` already.
    pub is_written: bool,
}

impl pulp::WithSimd for ForwardSweep<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        match (self.weights.modulation.kind, self.is_written, self.sums.is_some()) {
            (_, true, _) => self.sweep::<S, false, false, true>(),
            (Kind::Simple, false, false) => self.sweep::<S, false, true, false>(),
            (Kind::Simple, false, true) => self.sweep::<S, false, true, true>(),
            (Kind::Retroactive, false, false) => self.sweep::<S, true, true, false>(),
            (Kind::Retroactive, false, true) => self.sweep::<S, true, true, true>(),
        }
    }
}

impl ForwardSweep<'_> {
    #[inline(always)]
    fn sweep<S: pulp::Simd, const RETROACTIVE: bool, const WRITE: bool, const PRODUCT: bool>(self) {
        let Self { weights, written, before, after, sums, is_written: _ } = self;
        let (stride, tiles, writing) = (weights.stride, weights.stride / WIDTH, weights.writing());
        let [gains, post] = [written.gains, written.post].map(tiled);
        let (gains, post) = (&gains[..tiles], &post[..tiles]);
        let sums: &mut [Tile] = sums.map_or(&mut [], |sums| sums.as_chunks_mut().0);
        sums.fill([0.0; WIDTH]);
        for first in (0..weights.w.len() / stride).step_by(CHUNK_ROWS) {
            let part = first * stride..(first + CHUNK_ROWS) * stride;
            let (pre, input) = (&written.pre[first..][..CHUNK_ROWS], &written.post[first..][..CHUNK_ROWS]);
            let w = rows::<CHUNK_ROWS>(tiled(&weights.w[part.clone()]), tiles);
            let alpha = rows::<CHUNK_ROWS>(tiled(&weights.alpha[part.clone()]), tiles);
            let trace: &mut [Tile] = after.trace[part.clone()].as_chunks_mut().0;
            let eligibility: &mut [Tile] =
                if RETROACTIVE { after.eligibility[part.clone()].as_chunks_mut().0 } else { &mut [] };
            let before = before.map(|before| {
                let eligibility = if RETROACTIVE { tiled(&before.eligibility[part.clone()]) } else { &[] };
                (tiled(&before.trace[part.clone()]), eligibility)
            });
            for tile in 0..tiles {
                let mut total = if PRODUCT { sums[tile] } else { [0.0; WIDTH] };
                for row in 0..CHUNK_ROWS {
                    let at = row * tiles + tile;
                    let mut value = before.map_or(trace[at], |(trace, _)| trace[at]);
                    if RETROACTIVE {
                        let mut eligible = before.map_or(eligibility[at], |(_, eligibility)| eligibility[at]);
                        for lane in 0..WIDTH {
                            let together = pre[row] * post[tile][lane];
                            (value[lane], eligible[lane]) =
                                writing.retroactive(value[lane], eligible[lane], gains[tile][lane], together);
                        }
                        eligibility[at] = eligible;
                    } else if WRITE {
                        for lane in 0..WIDTH {
                            let together = pre[row] * post[tile][lane];
                            value[lane] = writing.clip(value[lane] + gains[tile][lane] * together);
                        }
                    }
                    trace[at] = value;
                    if PRODUCT {
                        let (w, alpha) = (&w[row][tile], &alpha[row][tile]);
                        for lane in 0..WIDTH {
                            let effective = multiply_add::<S>(alpha[lane], value[lane], w[lane]);
                            total[lane] = multiply_add::<S>(input[row], effective, total[lane]);
                        }
                    }
                }
                if PRODUCT {
                    sums[tile] = total;
                }
            }
        }
    }
}

/// A [`ForwardSweep`] backwards: the product of step t+1, then the writing of step t.
pub(super) struct BackwardSweep<'a> {
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
pub(super) struct BackwardSums {
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
    fn with_simd<S: pulp::Simd>(self, _: S) {
        match self.weights.modulation.kind {
            Kind::Simple => self.sweep::<S, false>(),
            Kind::Retroactive => self.sweep::<S, true>(),
        }
    }
}

impl BackwardSweep<'_> {
    #[inline(always)]
    fn sweep<S: pulp::Simd, const RETROACTIVE: bool>(self) {
        let Self { weights, written, traces, delta, grads, alpha_grad, sums } = self;
        let (stride, tiles, writing) = (weights.stride, weights.stride / WIDTH, weights.writing());
        let [gains, post, delta] = [written.gains, written.post, delta].map(|values| &tiled(values)[..tiles]);
        let gain_sums: &mut [Tile] = &mut sums.gains.as_chunks_mut().0[..tiles];
        let post_sums: &mut [Tile] = &mut sums.post.as_chunks_mut().0[..tiles];
        gain_sums.fill([0.0; WIDTH]);
        post_sums.fill([0.0; WIDTH]);
        let mut eta_sum = [0.0; WIDTH];
        for first in (0..weights.w.len() / stride).step_by(ROWS_BACK) {
            let part = first * stride..(first + ROWS_BACK) * stride;
            let (pre, input) = (&written.pre[first..][..ROWS_BACK], &written.post[first..][..ROWS_BACK]);
            let w = rows::<ROWS_BACK>(tiled(&weights.w[part.clone()]), tiles);
            let alpha = rows::<ROWS_BACK>(tiled(&weights.alpha[part.clone()]), tiles);
            let trace = rows::<ROWS_BACK>(tiled(&traces.trace[part.clone()]), tiles);
            let trace_grads: &mut [Tile] = grads.trace[part.clone()].as_chunks_mut().0;
            let alpha_grads: &mut [Tile] = alpha_grad[part.clone()].as_chunks_mut().0;
            let (eligibility, eligible_grads): (&[Tile], &mut [Tile]) = if RETROACTIVE {
                (tiled(&traces.eligibility[part.clone()]), grads.eligibility[part].as_chunks_mut().0)
            } else {
                (&[], &mut [])
            };
            let (mut product, mut earlier) = ([[0.0; WIDTH]; ROWS_BACK], [[0.0; WIDTH]; ROWS_BACK]);
            for tile in 0..tiles {
                let (gain, post, delta) = (gains[tile], post[tile], delta[tile]);
                let (mut gain_sum, mut post_sum) = (gain_sums[tile], post_sums[tile]);
                for row in 0..ROWS_BACK {
                    let at = row * tiles + tile;
                    let (w, alpha, trace) = (&w[row][tile], &alpha[row][tile], &trace[row][tile]);
                    let (mut trace_grad, mut alpha_grad) = (trace_grads[at], alpha_grads[at]);
                    let mut eligible_grad = if RETROACTIVE { eligible_grads[at] } else { [0.0; WIDTH] };
                    for lane in 0..WIDTH {
                        let together = pre[row] * post[lane];
                        let eligible = if RETROACTIVE { eligibility[at][lane] } else { together };
                        let reached = trace[lane] + gain[lane] * eligible;
                        let next = writing.clip(reached);

                        // The product.
                        let driven = input[row] * delta[lane];
                        let effective = multiply_add::<S>(alpha[lane], next, w[lane]);
                        product[row][lane] = multiply_add::<S>(delta[lane], effective, product[row][lane]);
                        alpha_grad[lane] = multiply_add::<S>(driven, next, alpha_grad[lane]);
                        let grad = multiply_add::<S>(driven, alpha[lane], trace_grad[lane]);

                        // The writing. The derivative of a clip is zero outside its bounds.
                        let grad = if reached.abs() <= writing.bound { grad } else { 0.0 };
                        trace_grad[lane] = grad;
                        gain_sum[lane] = multiply_add::<S>(grad, eligible, gain_sum[lane]);
                        let together_grad = if RETROACTIVE {
                            let later = eligible_grad[lane];
                            eta_sum[lane] = multiply_add::<S>(later, together - eligible, eta_sum[lane]);
                            eligible_grad[lane] = multiply_add::<S>(grad, gain[lane], (1.0 - writing.eta) * later);
                            later * writing.eta
                        } else {
                            grad * gain[lane]
                        };
                        post_sum[lane] = multiply_add::<S>(together_grad, pre[row], post_sum[lane]);
                        earlier[row][lane] = multiply_add::<S>(together_grad, post[lane], earlier[row][lane]);
                    }
                    trace_grads[at] = trace_grad;
                    alpha_grads[at] = alpha_grad;
                    if RETROACTIVE {
                        eligible_grads[at] = eligible_grad;
                    }
                }
                (gain_sums[tile], post_sums[tile]) = (gain_sum, post_sum);
            }
            for row in 0..ROWS_BACK {
                sums.product[first + row] = sum_lanes(product[row]);
                sums.pre[first + row] = sum_lanes(earlier[row]);
            }
        }
        sums.eta = f64::from(sum_lanes(eta_sum));
    }
}

/// Whole tiles of padded values.
#[inline(always)]
fn tiled(values: &[f32]) -> &[Tile] {
    values.as_chunks().0
}
