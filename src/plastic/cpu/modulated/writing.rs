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
        let columns = trace.iter_mut().zip(gains.iter().zip(post));
        if eligibility.is_empty() {
            for (trace, (gain, post)) in columns {
                *trace = self.clip(*trace + gain * (pre * post));
            }
        } else {
            for ((trace, (gain, post)), eligible) in columns.zip(eligibility) {
                (*trace, *eligible) = self.retroactive(*trace, *eligible, *gain, pre * post);
            }
        }
    }

    /// H, E → the next H and E. No fused multiply-add: the same bits whatever instructions a machine has.
    #[inline(always)]
    pub fn retroactive(self, trace: f32, eligible: f32, gain: f32, together: f32) -> (f32, f32) {
        let written = self.clip(trace + gain * eligible);
        (written, (1.0 - self.eta) * eligible + self.eta * together)
    }

    /// A trace within its bounds.
    #[inline(always)]
    pub fn clip(self, reached: f32) -> f32 {
        reached.clamp(-self.bound, self.bound)
    }
}
