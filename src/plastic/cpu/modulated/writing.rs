//! How a trace is written under neuromodulation.

/// How connections that begin in one neuron are written.
#[derive(Clone, Copy)]
pub(in crate::plastic) struct Writing {
    /// The largest magnitude of a trace.
    pub bound: f32,
    /// Not read by simple modulation.
    pub eta: f32,
}

impl Writing {
    /// One step of as many connections as there are gains; without eligibility under simple modulation.
    #[inline(always)]
    pub fn write(self, trace: &mut [f32], eligibility: &mut [f32], gains: &[f32], pre: f32, post: &[f32]) {
        let simd = pulp::Scalar::new();
        let columns = trace.iter_mut().zip(gains.iter().zip(post));
        if eligibility.is_empty() {
            for (trace, (gain, post)) in columns {
                *trace = self.simple(simd, *trace, *gain, pre * post);
            }
        } else {
            for ((trace, (gain, post)), eligible) in columns.zip(eligibility) {
                (*trace, *eligible) = self.retroactive(simd, *trace, *eligible, *gain, pre * post);
            }
        }
    }

    /// H → the next H under simple modulation. No fused multiply-add: the same bits whatever instructions a machine has.
    #[inline(always)]
    pub fn simple<S: pulp::Simd>(self, simd: S, trace: S::f32s, gain: S::f32s, together: S::f32s) -> S::f32s {
        self.clip(simd, simd.add_f32s(trace, simd.mul_f32s(gain, together)))
    }

    /// H, E → the next H and E. No fused multiply-add either.
    #[inline(always)]
    pub fn retroactive<S: pulp::Simd>(
        self,
        simd: S,
        trace: S::f32s,
        eligible: S::f32s,
        gain: S::f32s,
        together: S::f32s,
    ) -> (S::f32s, S::f32s) {
        let (eta, keep) = (simd.splat_f32s(self.eta), simd.splat_f32s(1.0 - self.eta));
        let next = simd.add_f32s(simd.mul_f32s(keep, eligible), simd.mul_f32s(eta, together));
        (self.simple(simd, trace, gain, eligible), next)
    }

    /// A trace within its bounds; one that is not a number stays so.
    #[inline(always)]
    pub fn clip<S: pulp::Simd>(self, simd: S, reached: S::f32s) -> S::f32s {
        let (low, high) = (simd.splat_f32s(-self.bound), simd.splat_f32s(self.bound));
        let raised = simd.select_f32s(simd.less_than_f32s(reached, low), low, reached);
        simd.select_f32s(simd.greater_than_f32s(raised, high), high, raised)
    }
}
