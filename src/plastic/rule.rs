//! How a Hebbian trace is written, one connection at a time.
//!
//! Every rule is elementwise: the next H_ij depends on H_ij, on the pre-synaptic activity x_i(t−1)
//! and on the post-synaptic activity x_j(t). The forward and backward sweeps are generic over
//! `Update`, so a new rule is one more implementation here.
//!
//! No fused multiply-add is used in `Update::next`: its result is then the same bits whatever
//! instructions a machine has, which is what makes a tape replay exactly.

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

/// The partial derivatives of one update of one connection.
#[derive(Clone, Copy)]
pub(crate) struct Slopes {
    /// With respect to H before the update.
    pub trace: f32,
    /// With respect to x_i(t−1).
    pub pre: f32,
    /// With respect to x_j(t).
    pub post: f32,
    /// With respect to η.
    pub eta: f32,
}

/// One update rule with its η, applied to one connection.
pub(crate) trait Update: Copy + Send + Sync {
    /// The trace after the update.
    fn next(self, trace: f32, pre: f32, post: f32) -> f32;
    /// The derivatives of [`next`](Self::next) at the same arguments.
    fn slopes(self, trace: f32, pre: f32, post: f32) -> Slopes;
}

/// [`Rule::Decay`] with its constants.
#[derive(Clone, Copy)]
pub(crate) struct Decay {
    pub eta: f32,
}

impl Update for Decay {
    #[inline(always)]
    fn next(self, trace: f32, pre: f32, post: f32) -> f32 {
        (1.0 - self.eta) * trace + (self.eta * pre) * post
    }

    #[inline(always)]
    fn slopes(self, trace: f32, pre: f32, post: f32) -> Slopes {
        Slopes { trace: 1.0 - self.eta, pre: self.eta * post, post: self.eta * pre, eta: pre * post - trace }
    }
}

/// [`Rule::Oja`] with its constants.
#[derive(Clone, Copy)]
pub(crate) struct Oja {
    pub eta: f32,
}

impl Update for Oja {
    #[inline(always)]
    fn next(self, trace: f32, pre: f32, post: f32) -> f32 {
        trace + (self.eta * post) * (pre - post * trace)
    }

    #[inline(always)]
    fn slopes(self, trace: f32, pre: f32, post: f32) -> Slopes {
        let eta_post = self.eta * post;
        Slopes {
            trace: 1.0 - eta_post * post,
            pre: eta_post,
            post: self.eta * (pre - 2.0 * (post * trace)),
            eta: post * (pre - post * trace),
        }
    }
}

/// [`Rule::Clip`] with its constants.
#[derive(Clone, Copy)]
pub(crate) struct Clip {
    pub eta: f32,
    pub bound: f32,
}

impl Update for Clip {
    #[inline(always)]
    fn next(self, trace: f32, pre: f32, post: f32) -> f32 {
        (trace + (self.eta * pre) * post).clamp(-self.bound, self.bound)
    }

    #[inline(always)]
    fn slopes(self, trace: f32, pre: f32, post: f32) -> Slopes {
        let reached = trace + (self.eta * pre) * post;
        // The derivative of a clip is zero outside its bounds.
        let inside = if reached.abs() <= self.bound { 1.0 } else { 0.0 };
        Slopes {
            trace: inside,
            pre: inside * (self.eta * post),
            post: inside * (self.eta * pre),
            eta: inside * (pre * post),
        }
    }
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
