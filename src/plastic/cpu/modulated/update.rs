//! How a trace is written under neuromodulation.

use crate::plastic::rule::clip;
use crate::plastic::writing::ModulationKind;

/// How connections that begin in one neuron are written.
#[derive(Clone, Copy)]
pub(in crate::plastic) struct ModulatedUpdate {
    /// The largest magnitude of a trace.
    pub bound: f32,
    /// Not read by simple modulation.
    pub eta: f32,
}

impl ModulatedUpdate {
    /// One step of as many connections as there are gains; without eligibility under simple modulation.
    #[inline(always)]
    pub fn write(self, trace: &mut [f32], eligibility: &mut [f32], gains: &[f32], pre: f32, post: &[f32]) {
        let simd = pulp::Scalar::new();
        let columns = trace.iter_mut().zip(gains.iter().zip(post));
        if eligibility.is_empty() {
            for (trace, (gain, post)) in columns {
                let lifted = self.lifted(ModulationKind::Simple, *gain, *post);
                *trace = self.clip(simd, self.reached(simd, *trace, pre, lifted));
            }
        } else {
            for ((trace, (gain, post)), eligible) in columns.zip(eligibility) {
                *trace = self.clip(simd, self.reached(simd, *trace, *gain, *eligible));
                *eligible = self.eligible(simd, *eligible, pre, self.lifted(ModulationKind::Retroactive, *gain, *post));
            }
        }
    }

    /// What x_i(t−1) is multiplied by: M_j(t) x_j(t) under simple modulation, η x_j(t) otherwise.
    #[inline(always)]
    pub fn lifted(self, kind: ModulationKind, gain: f32, post: f32) -> f32 {
        if kind == ModulationKind::Simple { gain * post } else { self.eta * post }
    }

    /// The same for all columns.
    #[inline(always)]
    pub fn lift(self, kind: ModulationKind, gains: &[f32], post: &[f32], lifted: &mut [f32]) {
        for (lifted, (gain, post)) in lifted.iter_mut().zip(gains.iter().zip(post)) {
            *lifted = self.lifted(kind, *gain, *post);
        }
    }

    /// What H would be without bounds: two factors are added to it, x_i(t−1) and M_j(t) x_j(t) under simple modulation,
    /// M_j(t) and E(t) otherwise. No fused multiply-add: the same bits whatever instructions a machine has.
    #[inline(always)]
    pub fn reached<S: pulp::Simd>(self, simd: S, trace: S::f32s, factor: S::f32s, other: S::f32s) -> S::f32s {
        simd.add_f32s(trace, simd.mul_f32s(factor, other))
    }

    /// E → the next E, from x_i(t−1) and η x_j(t). No fused multiply-add either.
    #[inline(always)]
    pub fn eligible<S: pulp::Simd>(self, simd: S, eligible: S::f32s, pre: S::f32s, lifted: S::f32s) -> S::f32s {
        let keep = simd.splat_f32s(1.0 - self.eta);
        simd.add_f32s(simd.mul_f32s(keep, eligible), simd.mul_f32s(pre, lifted))
    }

    /// A trace within its bounds; one that is not a number stays so.
    #[inline(always)]
    pub fn clip<S: pulp::Simd>(self, simd: S, reached: S::f32s) -> S::f32s {
        clip(simd, reached, self.bound)
    }
}
