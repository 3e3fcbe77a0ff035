//! The constants of the optimiser.

/// The constants of Adam (Kingma & Ba 2015) and of gradient clipping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Optimiser {
    /// Learning rate of the first steps.
    pub lr: f64,
    /// After so many steps, and again after as many, the learning rate is multiplied by [`Self::lr_factor`]; zero
    /// leaves it alone.
    pub lr_every: u64,
    /// See [`Self::lr_every`].
    pub lr_factor: f64,
    /// Decay of the first moment.
    pub beta1: f64,
    /// Decay of the second moment.
    pub beta2: f64,
    /// Added to the root of the second moment.
    pub eps: f64,
    /// The largest global norm of the gradient; `None` leaves gradients as they are.
    pub clip_norm: Option<f64>,
}

impl Optimiser {
    /// The learning rate of a step, counted from one.
    pub fn lr_at(&self, step: u64) -> f64 {
        match step.saturating_sub(1).checked_div(self.lr_every) {
            Some(times) => self.lr * self.lr_factor.powi(i32::try_from(times).unwrap_or(i32::MAX)),
            None => self.lr,
        }
    }
}

impl Default for Optimiser {
    fn default() -> Self {
        Self { lr: 1e-3, lr_every: 0, lr_factor: 1.0, beta1: 0.9, beta2: 0.999, eps: 1e-8, clip_norm: None }
    }
}
