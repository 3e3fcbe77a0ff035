//! Trials in a tape: cues, one of which is the target, and the moments at which the agent answers (*Backpropamine*,
//! section 4.1).

use crate::files::{Array, FileError, TensorFile};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The names of tensors in a file.
const CUES: &str = "tape.cues";
const SHOWN: &str = "tape.shown";

/// No lifetime has more cues.
pub const MOST_CUES: usize = 64;

/// What is shown in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Nothing.
    Blank,
    /// A cue, by its number.
    Cue(usize),
    /// The sign to answer: was the target among the cues since the last one?
    Go,
}

/// A lifetime as a chain of trials.
#[derive(Clone, Debug, PartialEq)]
pub struct Trials {
    /// The cues, as many numbers each.
    pub cues: Vec<Vec<f32>>,
    /// Which of them is the target, all life long unless somebody makes it another; the agent has to find out.
    pub target: usize,
    /// What each step shows, `[T]`.
    pub shown: Vec<Shown>,
}

/// What the JSON of a tape says of them.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Header {
    cues: usize,
    bits: usize,
    target: usize,
}

impl Trials {
    /// The steps in which the agent answers.
    pub fn goes(&self) -> impl Iterator<Item = usize> + '_ {
        self.shown.iter().enumerate().filter(|(_, shown)| **shown == Shown::Go).map(|(step, _)| step)
    }

    /// Whether "yes" is the right answer in a step where this cue is the target: whether it was shown since the last answer.
    pub fn is_yes_right(&self, step: usize, target: usize) -> bool {
        self.cues_before(step).contains(&target)
    }

    /// The cues that were shown since the answer before that of `step`, in their order.
    pub fn cues_before(&self, step: usize) -> Vec<usize> {
        let since = self.shown[..step].iter().rev().take_while(|shown| **shown != Shown::Go);
        let mut cues: Vec<usize> = since
            .filter_map(|shown| match shown {
                Shown::Cue(cue) => Some(*cue),
                Shown::Blank | Shown::Go => None,
            })
            .collect();
        cues.reverse();
        cues
    }

    /// The first step of the trial to which a step belongs: the one after the blank in which the last answer's reward is
    /// seen, or the first of all.
    pub fn trial_start(&self, step: usize) -> usize {
        let shown = |at: usize| self.shown.get(at);
        let begins = |at: &usize| *at >= 2 && shown(at - 2) == Some(&Shown::Go);
        (0..=step).rev().find(begins).unwrap_or(0)
    }

    /// How many numbers a cue has.
    pub fn bits(&self) -> usize {
        self.cues.first().map_or(0, Vec::len)
    }

    /// Checks that they fit a lifetime of `steps`; they may come from a file.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self, steps: usize) -> Result<(), String> {
        let (count, bits) = (self.cues.len(), self.bits());
        if count > MOST_CUES {
            return Err(format!("expected at most {MOST_CUES} cues, found {count}"));
        }
        if count < 2 || bits == 0 || self.cues.iter().any(|cue| cue.len() != bits) {
            return Err(format!("expected at least two cues of as many numbers each, found {count} of {bits}"));
        }
        if self.target >= count {
            return Err(format!("expected one of {count} cues as the target, found number {}", self.target + 1));
        }
        if self.shown.len() != steps {
            return Err(format!("expected what each of {steps} steps shows, found {}", self.shown.len()));
        }
        for shown in &self.shown {
            if let Shown::Cue(cue) = shown
                && *cue >= count
            {
                return Err(format!("expected one of {count} cues, found number {}", cue + 1));
            }
        }
        match self.cues.iter().flatten().find(|value| !value.is_finite()) {
            Some(value) => Err(format!("a cue holds {value}, expected finite numbers")),
            None => Ok(()),
        }
    }

    pub(super) fn header(&self) -> Header {
        Header { cues: self.cues.len(), bits: self.bits(), target: self.target }
    }

    pub(super) fn to_arrays(&self) -> BTreeMap<String, Array> {
        let number = |shown: &Shown| match shown {
            Shown::Blank => 0.0,
            Shown::Go => 1.0,
            Shown::Cue(cue) => 2.0 + *cue as f32,
        };
        let cues = Array::new(&[self.cues.len(), self.bits()], self.cues.concat());
        let shown = Array::new(&[self.shown.len()], self.shown.iter().map(number).collect());
        [(CUES, cues), (SHOWN, shown)].map(|(name, array)| (name.to_owned(), array)).into()
    }

    /// Takes them out of a file that has been read.
    pub(super) fn take(file: &mut TensorFile, header: Header, steps: usize) -> Result<Self, FileError> {
        let Header { cues, bits, target } = header;
        let values = file.take(CUES, &[cues, bits])?;
        let shown = super::behaviour::take_whole(file, SHOWN, &[steps])?;
        let shown = shown.into_iter().map(|number| match number {
            0 => Shown::Blank,
            1 => Shown::Go,
            cue => Shown::Cue(cue - 2),
        });
        let cues = values.chunks_exact(bits.max(1)).map(<[f32]>::to_vec).collect();
        Ok(Self { cues, target, shown: shown.collect() })
    }
}
