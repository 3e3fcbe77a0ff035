//! A layer of LSTM cells whose path from h(t−1) to the candidate can be plastic (*Backpropamine*, section 4.2).

use super::layer::{PlasticLayer, Plasticity};
use crate::plastic::rule::Rule;
use crate::plastic::writing::Writing;
use std::borrow::Cow;

/// N cells that hear I inputs and themselves:
///
/// - i, f, o = σ(x · x2g + h(t−1) · h2g + b_g), the input, forget and output gates,
/// - c̃ = tanh(x · x2c + h(t−1) · h2c + b_c), the candidate; where it is plastic, (w + α ⊙ H(t)) stands for h2c,
/// - c(t) = f ⊙ c(t−1) + i ⊙ c̃, the cell, and h(t) = o ⊙ tanh c(t).
///
/// The trace is written with h(t−1) and c̃(t); a modulator reads h(t).
#[derive(Clone, Debug, PartialEq)]
pub struct Lstm {
    /// Its name; parameters begin with it, and its plastic layer has it.
    pub name: Cow<'static, str>,
    /// I.
    pub inputs: usize,
    /// N.
    pub cells: usize,
    /// The kinds of α and of writing; `None` for one without traces.
    pub plasticity: Option<Plasticity>,
}

/// The gates, by the letters of their parameters.
pub const GATES: [&str; 3] = ["i", "f", "o"];

/// The letter of the candidate's parameters.
pub const CANDIDATE: &str = "c";

impl Lstm {
    /// Its plastic layer, written by h(t−1) and c̃(t); `None` for one without traces.
    pub fn layer(&self) -> Option<PlasticLayer> {
        let (pre, post) = (self.cells, self.cells);
        self.plasticity.map(|plasticity| PlasticLayer { name: self.name.clone(), pre, post, delay: 1, plasticity })
    }

    /// The name of one of its parameters among those of the network.
    pub fn parameter(&self, which: &str) -> String {
        format!("{}.{which}", self.name)
    }

    /// Names and shapes of the trained parameters, in the order in which first values are drawn.
    pub fn shapes(&self) -> Vec<(String, Vec<usize>)> {
        let mut shapes = Vec::new();
        for letter in GATES.into_iter().chain([CANDIDATE]) {
            shapes.push((self.parameter(&format!("x2{letter}.weight")), vec![self.inputs, self.cells]));
            shapes.push((self.parameter(&format!("{letter}.bias")), vec![self.cells]));
            if letter != CANDIDATE || self.plasticity.is_none() {
                shapes.push((self.parameter(&format!("h2{letter}.weight")), vec![self.cells, self.cells]));
            }
        }
        shapes.extend(self.layer().into_iter().flat_map(|layer| layer.shapes()));
        shapes
    }

    /// Checks the numbers of a network that comes from a file.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self) -> Result<(), String> {
        if self.inputs == 0 || self.cells == 0 {
            return Err(format!(
                "expected a layer of at least one input and cell, found {} and {} in {}",
                self.inputs, self.cells, self.name
            ));
        }
        match self.plasticity.map(|plasticity| plasticity.writing) {
            Some(Writing::Rule(rule @ (Rule::Decay | Rule::Oja))) => Err(format!(
                "expected LSTM cells whose trace is clipped or modulated, found {} in {}",
                rule.title(),
                self.name
            )),
            Some(writing) => writing.check(),
            None => Ok(()),
        }
    }
}
