//! The constants of the optimiser.

/// How a step follows from a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// By Adam (Kingma & Ba 2015).
    Adam,
    /// Plain gradient descent: p ← p − lr · g.
    Descent,
}

/// The constants of an optimiser and of gradient clipping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Optimiser {
    /// How a step follows from a gradient.
    pub method: Method,
    /// Learning rate of the first steps.
    pub lr: f64,
    /// After so many steps, and again after as many, the learning rate is multiplied by [`Self::lr_factor`]; zero
    /// leaves it alone.
    pub lr_every: u64,
    /// The first time comes after so many steps; zero stands for [`Self::lr_every`].
    pub lr_from: u64,
    /// See [`Self::lr_every`].
    pub lr_factor: f64,
    /// So many times a parameter is added to its gradient, after clipping: the slope of half as much times its square.
    pub l2: f64,
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
    /// Whether a parameter whose gradient is zero stays as it is, so that only those rows of it need be touched that have
    /// one.
    pub fn takes_rows(&self) -> bool {
        self.method == Method::Descent && self.l2 == 0.0
    }

    /// The learning rate of a step, counted from one.
    pub fn lr_at(&self, step: u64) -> f64 {
        let first = if self.lr_from == 0 { self.lr_every } else { self.lr_from };
        let times = match step.saturating_sub(1).checked_sub(first) {
            Some(since) => since.checked_div(self.lr_every).map(|times| times + 1),
            None => None,
        };
        match times {
            Some(times) => self.lr * self.lr_factor.powi(i32::try_from(times).unwrap_or(i32::MAX)),
            None => self.lr,
        }
    }
}

impl Default for Optimiser {
    fn default() -> Self {
        Self {
            method: Method::Adam,
            lr: 1e-3,
            lr_every: 0,
            lr_from: 0,
            lr_factor: 1.0,
            l2: 0.0,
            beta1: 0.9,
            beta2: 0.999,
            eps: 1e-8,
            clip_norm: None,
        }
    }
}
