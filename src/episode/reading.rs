//! A text in a tape: its words, and how likely the network found each of them (*Backpropamine*, section 4.2).

use crate::files::{Array, FileError, TensorFile};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The beginnings of the names of tensors in a file, and what follows them where no trace is written.
const LIKELIHOOD: &str = "tape.log_likelihood";
const LIKELIEST: &str = "tape.likeliest";
const WITHOUT_TRACE: &str = ".without_trace";

/// Words that were read one a step, each with what the network expected after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The words, `[T + 1]`: the word of each step, and the one after the last.
    pub words: Vec<String>,
    /// What it expected.
    pub foresight: Foresight,
    /// What the same network expects of the same words if its traces are zero from the first of them on; `None` where it
    /// has none, or nobody asked.
    pub without_trace: Option<Foresight>,
    /// How many of the words, from the first on, were given to the network that has written the others; `None` where it has
    /// written none.
    pub given: Option<usize>,
}

/// What a network expects after each word of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foresight {
    /// ln p of the word after that of each step, `[T]`.
    pub log_likelihoods: Vec<f32>,
    /// The likeliest words after that of each step, the likeliest first, `[T]`; none where nobody asked.
    pub likeliest: Vec<Vec<Expected>>,
}

/// A word that may come next.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The word.
    pub word: String,
    /// Its probability.
    pub probability: f32,
}

/// What the JSON of a tape says of it.
#[derive(Serialize, Deserialize)]
pub(super) struct Header {
    words: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    likeliest: Vec<Vec<String>>,
    /// The likeliest words where no trace is written, which may be none in each step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    without_trace: Option<Vec<Vec<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    given: Option<usize>,
}

impl Reading {
    /// T: one step a word but the last.
    pub fn steps(&self) -> usize {
        self.foresight.log_likelihoods.len()
    }

    /// By how many bits the word after that of `step` surprised the network.
    pub fn surprise(&self, step: usize) -> f32 {
        self.foresight.surprise(step)
    }

    /// How many bits the traces knew of the word after that of `step`: log₂ p with them, less log₂ p if they are zero from
    /// the first word on. `None` where that is not known.
    pub fn known_by_trace(&self, step: usize) -> Option<f32> {
        Some(self.without_trace.as_ref()?.surprise(step) - self.surprise(step))
    }

    /// How often the word after that of `step` stands before it.
    pub fn times_before(&self, step: usize) -> usize {
        self.words[..=step].iter().filter(|word| **word == self.words[step + 1]).count()
    }

    /// e to the mean of −ln p over all words that were foreseen: among so many equally likely words the network chose.
    pub fn perplexity(&self) -> f64 {
        let sum: f64 = self.foresight.log_likelihoods.iter().map(|value| f64::from(*value)).sum();
        (-sum / self.steps() as f64).exp()
    }

    /// Checks that it fits a lifetime of `steps`; tapes may come from files.
    pub(super) fn check(&self, steps: usize) -> Result<(), String> {
        if self.words.len() != steps.saturating_add(1) || self.steps() != steps {
            let (words, values) = (self.words.len(), self.steps());
            return Err(format!("expected a word for each of {steps} steps and one more, found {words} and {values}"));
        }
        if let Some(given) = self.given.filter(|given| !(1..=steps).contains(given)) {
            return Err(format!("expected 1 to {steps} words that were given, found {given}"));
        }
        [Some(&self.foresight), self.without_trace.as_ref()].into_iter().flatten().try_for_each(|one| one.check(steps))
    }

    pub(super) fn header(&self) -> Header {
        Header {
            words: self.words.clone(),
            likeliest: self.foresight.names(),
            without_trace: self.without_trace.as_ref().map(Foresight::names),
            given: self.given,
        }
    }

    pub(super) fn to_arrays(&self) -> BTreeMap<String, Array> {
        let without = self.without_trace.iter().flat_map(|one| one.to_arrays(WITHOUT_TRACE));
        self.foresight.to_arrays("").into_iter().chain(without).collect()
    }

    /// Takes it out of a file that has been read.
    pub(super) fn take(file: &mut TensorFile, header: Header, steps: usize) -> Result<Self, FileError> {
        let foresight = Foresight::take(file, "", header.likeliest, steps)?;
        let without_trace = header.without_trace.map(|names| Foresight::take(file, WITHOUT_TRACE, names, steps));
        Ok(Self { words: header.words, foresight, without_trace: without_trace.transpose()?, given: header.given })
    }
}

impl Foresight {
    /// By how many bits the word after that of `step` was a surprise.
    pub fn surprise(&self, step: usize) -> f32 {
        -self.log_likelihoods[step] / std::f32::consts::LN_2
    }

    fn check(&self, steps: usize) -> Result<(), String> {
        if self.log_likelihoods.len() != steps {
            return Err(format!(
                "expected a probability in each of {steps} steps, found {}",
                self.log_likelihoods.len()
            ));
        }
        if let Some(value) = self.log_likelihoods.iter().find(|value| !(**value <= 0.0 && value.is_finite())) {
            return Err(format!("expected logarithms of probabilities, found {value}"));
        }
        let each = self.likeliest.first().map_or(0, Vec::len);
        if !self.likeliest.is_empty()
            && (self.likeliest.len() != steps || self.likeliest.iter().any(|step| step.len() != each))
        {
            return Err(format!("expected as many likeliest words in each of {steps} steps, found others"));
        }
        match self.likeliest.iter().flatten().find(|expected| !(0.0..=1.0).contains(&expected.probability)) {
            Some(Expected { probability, .. }) => Err(format!("expected probabilities, found {probability}")),
            None => Ok(()),
        }
    }

    /// The likeliest words.
    fn names(&self) -> Vec<Vec<String>> {
        let names = |step: &Vec<Expected>| step.iter().map(|expected| expected.word.clone()).collect();
        self.likeliest.iter().map(names).collect()
    }

    /// As tensors whose names end with `suffix`.
    fn to_arrays(&self, suffix: &str) -> BTreeMap<String, Array> {
        let likelihoods = Array::new(&[self.log_likelihoods.len()], self.log_likelihoods.clone());
        let mut arrays = BTreeMap::from([(format!("{LIKELIHOOD}{suffix}"), likelihoods)]);
        if let Some(first) = self.likeliest.first() {
            let values = self.likeliest.iter().flatten().map(|expected| expected.probability).collect();
            arrays.insert(format!("{LIKELIEST}{suffix}"), Array::new(&[self.likeliest.len(), first.len()], values));
        }
        arrays
    }

    /// The way back from [`Self::to_arrays`], with the likeliest words of each step.
    fn take(file: &mut TensorFile, suffix: &str, names: Vec<Vec<String>>, steps: usize) -> Result<Self, FileError> {
        let log_likelihoods = file.take(&format!("{LIKELIHOOD}{suffix}"), &[steps])?;
        let each = names.first().map_or(0, Vec::len);
        let values = match each {
            0 => Vec::new(),
            _ => file.take(&format!("{LIKELIEST}{suffix}"), &[names.len(), each])?,
        };
        if names.iter().any(|step| step.len() != each) {
            return Err(file.refuse("expected as many likeliest words in each step, found others"));
        }
        let mut probabilities = values.into_iter();
        let step = |names: Vec<String>| {
            names
                .into_iter()
                .zip(&mut probabilities)
                .map(|(word, probability)| Expected { word, probability })
                .collect()
        };
        Ok(Self { log_likelihoods, likeliest: names.into_iter().map(step).collect() })
    }
}
