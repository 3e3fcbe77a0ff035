//! Writing traces, and multiplying by them.

use super::{Written, alpha_rows, rows, rows_mut, splat, vectors, vectors_mut};
use crate::plastic::cpu::CHUNK_ROWS;
use crate::plastic::cpu::modulated::weights::{ModulatedWeights, Traces};
use crate::plastic::writing::ModulationKind;

/// H(t), E(t) → H(t+1), E(t+1).
pub(in crate::plastic::cpu::modulated) struct WriteSweep<'a> {
    pub weights: &'a ModulatedWeights,
    pub written: Written<'a>,
    /// H(t) and E(t).
    pub before: &'a Traces,
    pub after: &'a mut Traces,
}

impl pulp::WithSimd for WriteSweep<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let Self { weights, written, before, after } = self;
        let (writing, stride) = (weights.writing(), weights.stride);
        let gains = vectors::<S>(written.gains);
        let lifted = &vectors::<S>(written.lifted)[..gains.len()];
        for (row, &pre) in written.pre.iter().enumerate().take(weights.rows()) {
            let (pre, part) = (simd.splat_f32s(pre), row * stride..(row + 1) * stride);
            let from = &vectors::<S>(&before.trace[part.clone()])[..gains.len()];
            let trace = &mut vectors_mut::<S>(&mut after.trace[part.clone()])[..gains.len()];
            if weights.modulation.kind == ModulationKind::Simple {
                for at in 0..gains.len() {
                    trace[at] = writing.clip(simd, writing.reached(simd, from[at], pre, lifted[at]));
                }
                continue;
            }
            let eligible = &vectors::<S>(&before.eligibility[part.clone()])[..gains.len()];
            let eligibility = &mut vectors_mut::<S>(&mut after.eligibility[part])[..gains.len()];
            for at in 0..gains.len() {
                trace[at] = writing.clip(simd, writing.reached(simd, from[at], gains[at], eligible[at]));
                eligibility[at] = writing.eligible(simd, eligible[at], pre, lifted[at]);
            }
        }
    }
}

/// H(t), E(t) → H(t+1), E(t+1) and Σ_i x_i(t) (w_ij + α_ij H_ij(t+1)).
pub(in crate::plastic::cpu::modulated) struct ForwardSweep<'a> {
    pub weights: &'a ModulatedWeights,
    pub written: Written<'a>,
    pub traces: &'a mut Traces,
    /// Padded; overwritten.
    pub sums: &'a mut [f32],
    /// Whether `traces` are H(t+1) and E(t+1) already.
    pub is_written: bool,
}

impl pulp::WithSimd for ForwardSweep<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        match (self.weights.modulation.kind, self.is_written) {
            (_, true) => self.sweep::<S, false, false>(simd),
            (ModulationKind::Simple, false) => self.sweep::<S, false, true>(simd),
            (ModulationKind::Retroactive, false) => self.sweep::<S, true, true>(simd),
        }
    }
}

impl ForwardSweep<'_> {
    #[inline(always)]
    fn sweep<S: pulp::Simd, const RETROACTIVE: bool, const WRITE: bool>(self, simd: S) {
        let Self { weights, written, traces, sums, is_written: _ } = self;
        let writing = weights.writing();
        let gains = vectors::<S>(written.gains);
        let count = gains.len();
        let lifted = &vectors::<S>(written.lifted)[..count];
        sums.fill(0.0);
        let sums = &mut vectors_mut::<S>(sums)[..count];
        let chunk = CHUNK_ROWS * weights.stride;
        let chunks = written.pre.as_chunks().0.iter().zip(written.input.as_chunks().0);
        for (number, (pres, inputs)) in chunks.take(weights.rows() / CHUNK_ROWS).enumerate() {
            let part = number * chunk..(number + 1) * chunk;
            let (pres, inputs) = (splat(simd, pres), splat(simd, inputs));
            let w = rows::<S>(&weights.w[part.clone()], count);
            let alpha = alpha_rows::<S>(weights, number * CHUNK_ROWS, count);
            let trace = rows_mut::<S>(&mut traces.trace[part.clone()], count);
            // Simple modulation has no eligibility.
            let eligibility =
                if RETROACTIVE { rows_mut::<S>(&mut traces.eligibility[part], count) } else { Default::default() };
            for at in 0..count {
                let mut sum = sums[at];
                for row in 0..CHUNK_ROWS {
                    let mut value = trace[row][at];
                    if WRITE {
                        if RETROACTIVE {
                            let eligible = eligibility[row][at];
                            value = writing.clip(simd, writing.reached(simd, value, gains[at], eligible));
                            eligibility[row][at] = writing.eligible(simd, eligible, pres[row], lifted[at]);
                        } else {
                            value = writing.clip(simd, writing.reached(simd, value, pres[row], lifted[at]));
                        }
                        trace[row][at] = value;
                    }
                    let effective = simd.mul_add_e_f32s(alpha[row][at], value, w[row][at]);
                    sum = simd.mul_add_e_f32s(inputs[row], effective, sum);
                }
                sums[at] = sum;
            }
        }
    }
}
