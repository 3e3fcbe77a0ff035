//! A text in a tape: its words, and how likely the network found each of them (*Backpropamine*, section 4.2).

use crate::files::{Array, FileError, TensorFile};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The names of tensors in a file.
const LIKELIHOOD: &str = "tape.log_likelihood";
const LIKELIEST: &str = "tape.likeliest";

/// Words that were read one a step, each with what the network expected after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The words, `[T + 1]`: the word of each step, and the one after the last.
    pub words: Vec<String>,
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
}

impl Reading {
    /// T: one step a word but the last.
    pub fn steps(&self) -> usize {
        self.log_likelihoods.len()
    }

    /// By how many bits the word after that of `step` surprised the network.
    pub fn surprise(&self, step: usize) -> f32 {
        -self.log_likelihoods[step] / std::f32::consts::LN_2
    }

    /// e to the mean of −ln p over all words that were foreseen: among so many equally likely words the network chose.
    pub fn perplexity(&self) -> f64 {
        let sum: f64 = self.log_likelihoods.iter().map(|value| f64::from(*value)).sum();
        (-sum / self.steps() as f64).exp()
    }

    /// Checks that it fits a lifetime of `steps`; tapes may come from files.
    pub(super) fn check(&self, steps: usize) -> Result<(), String> {
        if self.words.len() != steps.saturating_add(1) || self.steps() != steps {
            let (words, values) = (self.words.len(), self.steps());
            return Err(format!("expected a word for each of {steps} steps and one more, found {words} and {values}"));
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

    pub(super) fn header(&self) -> Header {
        let names = |step: &Vec<Expected>| step.iter().map(|expected| expected.word.clone()).collect();
        Header { words: self.words.clone(), likeliest: self.likeliest.iter().map(names).collect() }
    }

    pub(super) fn to_arrays(&self) -> BTreeMap<String, Array> {
        let likelihoods = Array::new(&[self.steps()], self.log_likelihoods.clone());
        let mut arrays = BTreeMap::from([(LIKELIHOOD.to_owned(), likelihoods)]);
        if let Some(first) = self.likeliest.first() {
            let values = self.likeliest.iter().flatten().map(|expected| expected.probability).collect();
            arrays.insert(LIKELIEST.to_owned(), Array::new(&[self.likeliest.len(), first.len()], values));
        }
        arrays
    }

    /// Takes it out of a file that has been read.
    pub(super) fn take(file: &mut TensorFile, header: Header, steps: usize) -> Result<Self, FileError> {
        let log_likelihoods = file.take(LIKELIHOOD, &[steps])?;
        let each = header.likeliest.first().map_or(0, Vec::len);
        let values = match each {
            0 => Vec::new(),
            _ => file.take(LIKELIEST, &[header.likeliest.len(), each])?,
        };
        if header.likeliest.iter().any(|step| step.len() != each) {
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
        let likeliest = header.likeliest.into_iter().map(step).collect();
        Ok(Self { words: header.words, log_likelihoods, likeliest })
    }
}
