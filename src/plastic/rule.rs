//! How a Hebbian trace is written, one connection at a time.
//!
//! Every rule is elementwise: the next H_ij depends on H_ij, on the pre-synaptic activity x_i(t−1)
//! and on the post-synaptic activity x_j(t). The forward and backward sweeps are generic over
//! `Update`, so a new rule is one more implementation here.
//!
//! No fused multiply-add is used in `Update::next_of`: its result is then the same bits whatever
//! instructions a machine has, which is what makes a tape replay exactly.

use pulp::Simd;
use serde::{Deserialize, Serialize};

/// The rule that writes the Hebbian trace H.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// H ← (1−η) H + η · x_i(t−1) x_j(t) (*Differentiable plasticity*, eq. 2).
    Decay,
    /// H ← H + η · x_j(t) (x_i(t−1) − x_j(t) H) (*Differentiable plasticity*, eq. 3).
    Oja,
    /// H ← clip(H + η · x_i(t−1) x_j(t), ±bound) (*Backpropamine*, unmodulated baseline).
    Clip {
        /// The largest magnitude a trace can reach.
        bound: f32,
    },
}

impl Rule {
    /// The rule's name in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Decay => "decaying Hebb",
            Self::Oja => "Oja",
            Self::Clip { .. } => "clipped Hebb",
        }
    }

    /// Which part of H an update keeps, in double precision: every rule is linear in H, so that before any clip
    /// H(t+1) = kept · H(t) + [`added`](Self::added).
    pub fn kept(self, eta: f64, post: f64) -> f64 {
        match self {
            Self::Decay => 1.0 - eta,
            Self::Oja => 1.0 - eta * post.powi(2),
            Self::Clip { .. } => 1.0,
        }
    }

    /// What an update adds to the part that is [kept](Self::kept), in double precision: the same for every rule.
    pub fn added(self, eta: f64, pre: f64, post: f64) -> f64 {
        eta * pre * post
    }
}

/// The partial derivatives of an update, of one connection or of as many as a vector holds.
#[derive(Clone, Copy)]
pub(crate) struct Slopes<T> {
    /// With respect to H before the update.
    pub trace: T,
    /// With respect to x_i(t−1).
    pub pre: T,
    /// With respect to x_j(t).
    pub post: T,
    /// With respect to η.
    pub eta: T,
}

/// One update rule with its η.
///
/// What it does to several connections at once is written with vectors by name: the compiler takes plain loops over a few of
/// them apart and puts them together again number by number.
pub(crate) trait Update: Copy + Send + Sync {
    /// The traces after the update. No fused multiply-add.
    fn next_of<S: Simd>(self, simd: S, trace: S::f32s, pre: S::f32s, post: S::f32s) -> S::f32s;
    /// The derivatives of [`next_of`](Self::next_of) at the same arguments.
    fn slopes_of<S: Simd>(self, simd: S, trace: S::f32s, pre: S::f32s, post: S::f32s) -> Slopes<S::f32s>;

    /// The trace of one connection after the update.
    #[inline(always)]
    fn next(self, trace: f32, pre: f32, post: f32) -> f32 {
        self.next_of(pulp::Scalar::new(), trace, pre, post)
    }

    /// The derivatives of [`next`](Self::next) at the same arguments.
    #[inline(always)]
    fn slopes(self, trace: f32, pre: f32, post: f32) -> Slopes<f32> {
        self.slopes_of(pulp::Scalar::new(), trace, pre, post)
    }
}

/// [`Rule::Decay`] with its constants.
#[derive(Clone, Copy)]
pub(crate) struct Decay {
    pub eta: f32,
}

impl Update for Decay {
    #[inline(always)]
    fn next_of<S: Simd>(self, simd: S, trace: S::f32s, pre: S::f32s, post: S::f32s) -> S::f32s {
        let (eta, keep) = (simd.splat_f32s(self.eta), simd.splat_f32s(1.0 - self.eta));
        simd.add_f32s(simd.mul_f32s(keep, trace), simd.mul_f32s(simd.mul_f32s(eta, pre), post))
    }

    #[inline(always)]
    fn slopes_of<S: Simd>(self, simd: S, trace: S::f32s, pre: S::f32s, post: S::f32s) -> Slopes<S::f32s> {
        let eta = simd.splat_f32s(self.eta);
        Slopes {
            trace: simd.splat_f32s(1.0 - self.eta),
            pre: simd.mul_f32s(eta, post),
            post: simd.mul_f32s(eta, pre),
            eta: simd.sub_f32s(simd.mul_f32s(pre, post), trace),
        }
    }
}

/// [`Rule::Oja`] with its constants.
#[derive(Clone, Copy)]
pub(crate) struct Oja {
    pub eta: f32,
}

impl Update for Oja {
    #[inline(always)]
    fn next_of<S: Simd>(self, simd: S, trace: S::f32s, pre: S::f32s, post: S::f32s) -> S::f32s {
        let lifted = simd.mul_f32s(simd.splat_f32s(self.eta), post);
        simd.add_f32s(trace, simd.mul_f32s(lifted, simd.sub_f32s(pre, simd.mul_f32s(post, trace))))
    }

    #[inline(always)]
    fn slopes_of<S: Simd>(self, simd: S, trace: S::f32s, pre: S::f32s, post: S::f32s) -> Slopes<S::f32s> {
        let (eta, one, two) = (simd.splat_f32s(self.eta), simd.splat_f32s(1.0), simd.splat_f32s(2.0));
        let (lifted, written) = (simd.mul_f32s(eta, post), simd.mul_f32s(post, trace));
        Slopes {
            trace: simd.sub_f32s(one, simd.mul_f32s(lifted, post)),
            pre: lifted,
            post: simd.mul_f32s(eta, simd.sub_f32s(pre, simd.mul_f32s(two, written))),
            eta: simd.mul_f32s(post, simd.sub_f32s(pre, written)),
        }
    }
}

/// [`Rule::Clip`] with its constants.
#[derive(Clone, Copy)]
pub(crate) struct Clip {
    pub eta: f32,
    pub bound: f32,
}

impl Clip {
    /// What H would be without bounds.
    #[inline(always)]
    fn reached<S: Simd>(self, simd: S, trace: S::f32s, pre: S::f32s, post: S::f32s) -> S::f32s {
        simd.add_f32s(trace, simd.mul_f32s(simd.mul_f32s(simd.splat_f32s(self.eta), pre), post))
    }
}

impl Update for Clip {
    #[inline(always)]
    fn next_of<S: Simd>(self, simd: S, trace: S::f32s, pre: S::f32s, post: S::f32s) -> S::f32s {
        clip(simd, self.reached(simd, trace, pre, post), self.bound)
    }

    #[inline(always)]
    fn slopes_of<S: Simd>(self, simd: S, trace: S::f32s, pre: S::f32s, post: S::f32s) -> Slopes<S::f32s> {
        let (zero, one) = (simd.splat_f32s(0.0), simd.splat_f32s(1.0));
        let reached = self.reached(simd, trace, pre, post);
        // The derivative of a clip is zero outside its bounds.
        let is_inside = simd.equal_f32s(clip(simd, reached, self.bound), reached);
        let eta = simd.splat_f32s(self.eta);
        Slopes {
            trace: simd.select_f32s(is_inside, one, zero),
            pre: simd.select_f32s(is_inside, simd.mul_f32s(eta, post), zero),
            post: simd.select_f32s(is_inside, simd.mul_f32s(eta, pre), zero),
            eta: simd.select_f32s(is_inside, simd.mul_f32s(pre, post), zero),
        }
    }
}

/// Traces within ±`bound`; one that is not a number stays so.
#[inline(always)]
pub(crate) fn clip<S: Simd>(simd: S, reached: S::f32s, bound: f32) -> S::f32s {
    let (low, high) = (simd.splat_f32s(-bound), simd.splat_f32s(bound));
    if S::F32_LANES > 1 {
        // The trace stands second: where one operand is not a number, vectors answer with the second or with NaN.
        return simd.min_f32s(high, simd.max_f32s(low, reached));
    }
    // The same for one value at a time, where minimum and maximum drop what is not a number.
    let raised = simd.select_f32s(simd.less_than_f32s(reached, low), low, reached);
    simd.select_f32s(simd.greater_than_f32s(raised, high), high, raised)
}

/// Evaluates `$body` with `$update` bound to the [`Update`] that `$rule` and `$eta` describe.
macro_rules! with_update {
    ($rule:expr, $eta:expr, $update:ident => $body:expr) => {
        match $rule {
            $crate::plastic::rule::Rule::Decay => {
                let $update = $crate::plastic::rule::Decay { eta: $eta };
                $body
            }
            $crate::plastic::rule::Rule::Oja => {
                let $update = $crate::plastic::rule::Oja { eta: $eta };
                $body
            }
            $crate::plastic::rule::Rule::Clip { bound } => {
                let $update = $crate::plastic::rule::Clip { eta: $eta, bound };
                $body
            }
        }
    };
}
pub(crate) use with_update;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_and_what_is_added_is_the_update() {
        for rule in [Rule::Decay, Rule::Oja, Rule::Clip { bound: 10.0 }] {
            for (eta, trace, pre, post) in
                [(0.3f32, 0.7f32, -0.4f32, 0.9f32), (0.01, -1.5, 0.2, -0.6), (0.5, 0.0, 1.0, 1.0)]
            {
                let next = f64::from(with_update!(rule, eta, update => update.next(trace, pre, post)));
                let [eta, trace, pre, post] = [eta, trace, pre, post].map(f64::from);
                let found = rule.kept(eta, post) * trace + rule.added(eta, pre, post);
                assert!((found - next).abs() < 1e-6, "{rule:?}: {found}, not {next}");
            }
        }
    }
}
