//! What an evaluation tells beside the means of measures: numbers that take all of its lifetimes together.

use crate::episode::Tape;

/// Gathers lifetimes, one after another.
pub trait Tally {
    /// Takes in one more lifetime.
    fn add(&mut self, tape: &Tape);
    /// What is known by now: always the same entries in the same order.
    fn report(&self) -> Vec<Entry>;
}

/// One thing that an evaluation tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The JSON key.
    pub key: &'static str,
    /// What it is.
    pub title: &'static str,
    /// How much.
    pub value: Told,
}

/// A number or several.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// One; `None` where no lifetime had any.
    Number(Option<f64>),
    /// Several that belong together, in order.
    List(Vec<f64>),
}

/// Mean and standard error of numbers that come one by one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mean {
    count: f64,
    mean: f64,
    /// Σ (value − mean)².
    spread: f64,
}

impl Mean {
    /// One more number (Welford's update, which loses nothing to rounding).
    pub fn add(&mut self, value: f64) {
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.spread += before * (value - self.mean);
    }

    /// The mean; `None` of no number.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0.0).then_some(self.mean)
    }

    /// The standard error of the mean; `None` of fewer than two numbers.
    pub fn error(&self) -> Option<f64> {
        (self.count > 1.0).then(|| (self.spread / (self.count - 1.0) / self.count).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_standard_error_are_those_of_the_textbook() {
        let mut mean = Mean::default();
        assert_eq!((mean.mean(), mean.error()), (None, None));
        mean.add(2.0);
        assert_eq!((mean.mean(), mean.error()), (Some(2.0), None));
        for value in [4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0] {
            mean.add(value);
        }
        assert_eq!(mean.mean(), Some(5.0));
        // The squared differences sum to 32.
        assert!((mean.error().unwrap() - (32.0f64 / 7.0 / 8.0).sqrt()).abs() < 1e-12);
    }
}
