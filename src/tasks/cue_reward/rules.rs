//! The numbers of a lifetime of trials, and how they are drawn.
//!
//! A trial is a blank step; some of the cues, once each, in random order with some blanks among them; a step in which the
//! agent answers; and a blank step, in which it sees whether it was right. One trial follows the other until the lifetime is
//! over.

use crate::data::{Generator, patterns};
use crate::episode::{Shown, Trials};
use crate::tasks::settings::{SettingError, Settings};
use rand::Rng as _;
use rand::seq::{SliceRandom as _, index};

/// The numbers of such lifetimes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How many cues there are.
    pub cues: usize,
    /// How many numbers each has.
    pub bits: usize,
    /// Whether they are the same in every lifetime, one-hot.
    pub are_fixed: bool,
    /// How many are shown in a trial.
    pub shown: usize,
    /// How many blank steps are among them at most.
    pub most_blanks: usize,
    /// T.
    pub steps: usize,
}

/// Steps of a trial beside its cues: a blank one, that of the answer, and that in which the agent sees whether it was right.
const BESIDE_CUES: usize = 3;

/// What an agent sees beside a cue: a go, a one, the time, its last reward, nothing, and its last action.
const BESIDE: usize = 7;

impl Rules {
    /// The numbers of `settings`.
    ///
    /// # Errors
    /// When all cues would be shown in every trial, or there are more one-hot cues than bits.
    pub fn new(settings: &Settings) -> Result<Self, SettingError> {
        let rules = Self {
            cues: settings.whole("cues"),
            bits: settings.whole("bits"),
            are_fixed: settings.choice("cue_kind") == "one_hot",
            shown: settings.whole("shown"),
            most_blanks: settings.whole("blanks"),
            steps: settings.whole("steps"),
        };
        let refuse = |key: &str, expected: String, found: usize| {
            Err(SettingError::Value { key: key.into(), expected, found: found.to_string() })
        };
        if rules.shown >= rules.cues {
            return refuse("shown", format!("fewer than the {} cues of an episode", rules.cues), rules.shown);
        }
        if rules.are_fixed && rules.bits < rules.cues {
            return refuse("bits", format!("at least {}, one for each one-hot cue", rules.cues), rules.bits);
        }
        // That many random cues can be different.
        if !rules.are_fixed && rules.bits < usize::BITS as usize && rules.cues > 1 << rules.bits {
            let expected = format!("enough of them for {} different cues", rules.cues);
            return refuse("bits", expected, rules.bits);
        }
        Ok(rules)
    }

    /// How many numbers an agent sees.
    pub fn inputs(&self) -> usize {
        self.bits + BESIDE
    }

    /// How many trials a lifetime has where none of them has blanks among its cues.
    pub fn most_trials(&self) -> usize {
        // The blank before the cues, the go, and the blank after it, which the last trial can do without.
        (self.steps + 1) / (self.shown + BESIDE_CUES)
    }

    /// Draws a lifetime: different cues, a target, and trials as long as there are steps.
    pub fn draw(&self, generator: &mut Generator) -> Trials {
        let mut cues: Vec<Vec<f32>> = Vec::new();
        while cues.len() < self.cues {
            let cue = match self.are_fixed {
                true => (0..self.bits).map(|bit| if bit == cues.len() { 1.0 } else { 0.0 }).collect(),
                false => patterns::binary_pattern(generator, self.bits),
            };
            if !cues.contains(&cue) {
                cues.push(cue);
            }
        }
        let target = generator.random_range(0..self.cues);
        let mut shown = Vec::with_capacity(self.steps + self.shown + self.most_blanks + 3);
        while shown.len() < self.steps {
            shown.push(Shown::Blank);
            let chosen = index::sample(generator, self.cues, self.shown);
            let blanks = generator.random_range(0..=self.most_blanks);
            let mut sequence: Vec<Shown> =
                chosen.into_iter().map(Shown::Cue).chain(std::iter::repeat_n(Shown::Blank, blanks)).collect();
            sequence.shuffle(generator);
            shown.extend(sequence);
            shown.extend([Shown::Go, Shown::Blank]);
        }
        shown.truncate(self.steps);
        Trials { cues, target, shown }
    }
}
