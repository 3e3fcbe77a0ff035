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
}

/// What one connection hands back through an update: the gradient with respect to each operand.
#[derive(Clone, Copy)]
pub(crate) struct Pull {
    /// dL/dH before the update.
    pub trace: f32,
    /// Contribution to dL/dx_i(t−1).
    pub pre: f32,
    /// Contribution to dL/dx_j(t).
    pub post: f32,
    /// Contribution to dL/dη.
    pub eta: f32,
}

/// One update rule with its η, applied to one connection.
pub(crate) trait Update: Copy + Send + Sync {
    /// The trace after the update.
    fn next(self, trace: f32, pre: f32, post: f32) -> f32;
    /// Given `grad` = dL/dH after the update, the gradients before it. `trace` is the value before.
    fn pull(self, grad: f32, trace: f32, pre: f32, post: f32) -> Pull;
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
    fn pull(self, grad: f32, trace: f32, pre: f32, post: f32) -> Pull {
        Pull {
            trace: grad * (1.0 - self.eta),
            pre: grad * (self.eta * post),
            post: grad * (self.eta * pre),
            eta: grad * (pre * post - trace),
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
    fn next(self, trace: f32, pre: f32, post: f32) -> f32 {
        trace + (self.eta * post) * (pre - post * trace)
    }

    #[inline(always)]
    fn pull(self, grad: f32, trace: f32, pre: f32, post: f32) -> Pull {
        let eta_post = self.eta * post;
        Pull {
            trace: grad * (1.0 - eta_post * post),
            pre: grad * eta_post,
            post: grad * (self.eta * (pre - 2.0 * (post * trace))),
            eta: grad * (post * (pre - post * trace)),
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
    fn pull(self, grad: f32, trace: f32, pre: f32, post: f32) -> Pull {
        let reached = trace + (self.eta * pre) * post;
        // The derivative of a clip is zero outside its bounds.
        let grad = if reached.abs() <= self.bound { grad } else { 0.0 };
        Pull { trace: grad, pre: grad * (self.eta * post), post: grad * (self.eta * pre), eta: grad * (pre * post) }
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
