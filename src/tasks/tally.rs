//! What an evaluation tells beside the measures: what one lifetime came to, and means over many with their standard
//! errors.

use super::{Measure, Unit};
use crate::episode::Tape;

/// Judges lifetimes, one after another.
pub trait Tally {
    /// What one more lifetime came to: always the same findings in the same order.
    fn judge(&mut self, tape: &Tape) -> Vec<Finding>;

    /// The fingerprint of the examples that a baseline has learned from, `Some(None)` where they need none; `None` where no
    /// baseline learns.
    fn learned_from(&self) -> Option<Option<&str>> {
        None
    }

    /// What is worth knowing of the baselines, or why one of them is absent; `None` where there is nothing to tell.
    fn note(&self) -> Option<String> {
        None
    }
}

/// One thing that is found of a lifetime.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The JSON key.
    pub key: &'static str,
    /// What it is.
    pub title: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// How much.
    pub value: Value,
    /// Whether it says nothing of the network: it is what others come to that are compared with it.
    pub is_baseline: bool,
    /// Whether it is one where something is so, zero where it is not, and nothing else; of a list, each of its numbers.
    pub is_share: bool,
}

impl Finding {
    /// A number that says something of the network; `None` where this lifetime has none.
    pub fn number(key: &'static str, title: &'static str, value: Option<f64>) -> Self {
        Self { key, title, unit: Unit::Number, value: Value::Number(value), is_baseline: false, is_share: false }
    }

    /// Whether something is so, whose mean is a part of all lifetimes; `None` where that cannot be said of this one.
    pub fn share(key: &'static str, title: &'static str, is_so: Option<bool>) -> Self {
        let value = is_so.map(|is_so| f64::from(u8::from(is_so)));
        Self { unit: Unit::Fraction, is_share: true, ..Self::number(key, title, value) }
    }

    /// What a lifetime came to by a measure of its task.
    pub fn of_measure(measure: Measure, value: f32) -> Self {
        let Measure { key, title, unit, is_baseline, is_share, .. } = measure;
        Self { unit, is_baseline, is_share, ..Self::number(key, title, Some(f64::from(value))) }
    }

    /// A number that others come to.
    pub fn baseline(key: &'static str, title: &'static str, value: Option<f64>) -> Self {
        Self { is_baseline: true, ..Self::number(key, title, value) }
    }

    /// Whether several things are so that belong together; `None` where that cannot be said of one of them.
    pub fn shares(key: &'static str, title: &'static str, are_so: Vec<Option<bool>>) -> Self {
        let value = |is_so: bool| f64::from(u8::from(is_so));
        let values = are_so.into_iter().map(|is_so| is_so.map(value)).collect();
        Self { is_share: true, ..Self::list(key, title, values) }
    }

    /// Several numbers that belong together; `None` where this lifetime lacks one.
    pub fn list(key: &'static str, title: &'static str, values: Vec<Option<f64>>) -> Self {
        Self { value: Value::List(values), ..Self::number(key, title, None) }
    }
}

/// A number or several.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// One; `None` where a lifetime has none.
    Number(Option<f64>),
    /// Several that belong together, in order; `None` where a lifetime lacks one.
    List(Vec<Option<f64>>),
}

/// Mean and standard error of numbers that come one by one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mean {
    count: f64,
    /// Exact of whole numbers: a share of 63 of 200 is 0.315, and rounded as such.
    sum: f64,
    mean: f64,
    /// Σ (value − mean)².
    spread: f64,
}

impl Mean {
    /// One more number (Welford's update, which loses nothing to rounding).
    pub fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.spread += before * (value - self.mean);
    }

    /// How many numbers there were.
    pub fn count(&self) -> u64 {
        self.count as u64
    }

    /// The mean; `None` of no number.
    pub fn mean(&self) -> Option<f64> {
        // Of numbers that are all alike the sum may have been rounded, and the mean was not.
        let mean = if self.spread > 0.0 { self.sum / self.count } else { self.mean };
        (self.count > 0.0).then_some(mean)
    }

    /// The standard error of the mean; `None` of fewer than two numbers.
    pub fn error(&self) -> Option<f64> {
        (self.count > 1.0).then(|| (self.spread / (self.count - 1.0) / self.count).sqrt())
    }

    /// How many of the numbers were one, where each was one or zero.
    pub fn ones(&self) -> u64 {
        self.sum.round() as u64
    }

    /// The 95 % interval of a share, where each number was one or zero (Wilson 1927): of none or all of a few, too, it says
    /// what may be so. `None` of no number.
    pub fn share_interval(&self) -> Option<[f64; 2]> {
        let (count, share) = (self.count, self.mean()?);
        let square = NORMAL_95 * NORMAL_95;
        let middle = share + square / (2.0 * count);
        let reach = NORMAL_95 * (share * (1.0 - share) / count + square / (4.0 * count * count)).sqrt();
        let [low, high] = [-1.0, 1.0].map(|side| (middle + side * reach) / (1.0 + square / count));
        // Of none and of all an end is exact, whatever rounding leaves of it.
        Some([if self.sum == 0.0 { 0.0 } else { low }, if self.sum == count { 1.0 } else { high }])
    }
}

/// 95 of 100 values of the normal distribution lie no more than so many standard deviations from its middle.
const NORMAL_95: f64 = 1.959_963_984_540_054;

/// A mean with its standard error, "-63.2 ± 3.5": two figures of the error say how many of the mean mean something. `None`
/// where the error is zero or no number.
pub fn with_error(mean: f64, error: f64) -> Option<String> {
    if error <= 0.0 || !error.is_finite() {
        return None;
    }
    let decimals = (1.0 - error.log10().floor()).clamp(0.0, 9.0) as usize;
    let text = format!("{mean:.decimals$}");
    // What is rounded to nothing has no sign.
    let is_nothing = text.chars().all(|sign| matches!(sign, '-' | '.' | '0'));
    let text = if is_nothing { text.trim_start_matches('-') } else { &text };
    Some(format!("{text} ± {error:.decimals$}"))
}

impl FromIterator<f64> for Mean {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut mean = Self::default();
        values.into_iter().for_each(|value| mean.add(value));
        mean
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
        assert_eq!((mean.mean(), mean.count()), (Some(5.0), 8));
        let share: Mean = (0..200).map(|life| f64::from(u8::from(life < 63))).collect();
        assert_eq!(share.mean(), Some(0.315));
        let alike: Mean = std::iter::repeat_n(0.2, 2000).collect();
        assert_eq!(alike.mean(), Some(0.2), "a sum of so many fifths is none");
        // The squared differences sum to 32.
        assert!((mean.error().unwrap() - (32.0f64 / 7.0 / 8.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn the_interval_of_a_share_is_the_textbooks_also_of_none_and_of_all() {
        let interval = |ones: u32, count: u32| {
            let mean: Mean = (0..count).map(|place| f64::from(u8::from(place < ones))).collect();
            assert_eq!((mean.ones(), mean.count()), (ones.into(), count.into()));
            mean.share_interval()
        };
        // Newcombe (1998), Statistics in Medicine 17, table I, method 3.
        for (ones, count, expected) in [
            (81, 263, [0.2553, 0.3662]),
            (15, 148, [0.0624, 0.1605]),
            (0, 20, [0.0, 0.1611]),
            (1, 29, [0.0061, 0.1718]),
        ] {
            let found = interval(ones, count).unwrap();
            assert!(found.iter().zip(expected).all(|(found, value)| (found - value).abs() < 5e-5), "{ones}: {found:?}");
            let turned = interval(count - ones, count).unwrap();
            assert!((turned[0] - (1.0 - found[1])).abs() < 1e-12 && (turned[1] - (1.0 - found[0])).abs() < 1e-12);
        }
        assert_eq!(interval(0, 0), None);
        assert!(
            (1..200).all(|count| interval(0, count).unwrap()[0] == 0.0 && interval(count, count).unwrap()[1] == 1.0)
        );
    }
}
