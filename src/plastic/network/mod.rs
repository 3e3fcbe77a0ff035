//! A network: a chain of parts, some of them plastic layers with names.

mod convolution;
mod layer;
pub mod lstm;
mod recurrent;
mod stored;

pub use convolution::Convolution;
pub use layer::{AlphaKind, PlasticLayer, Plasticity, RECURRENT, effective_weight};
pub use lstm::Lstm;
pub use recurrent::{Drive, Recurrent};

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A layer without a trace: row vectors times `NAME.weight`, `[inputs, outputs]`, plus `NAME.bias`, `[outputs]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linear {
    /// Its name.
    pub name: Cow<'static, str>,
    /// How many numbers go in.
    pub inputs: usize,
    /// How many come out.
    pub outputs: usize,
}

/// A vector for each of some words: row i of `NAME.weight`, `[words, width]`, is that of word i.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embedding {
    /// Its name.
    pub name: Cow<'static, str>,
    /// How many words there are.
    pub words: usize,
    /// How many numbers stand for each.
    pub width: usize,
}

/// One part of a network.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Vectors that stand for words.
    Embedding(Embedding),
    /// A linear layer.
    Linear(Linear),
    /// A convolution.
    Convolution(Convolution),
    /// Recurrent tanh neurons; their plastic layer is called "recurrent".
    Recurrent(Recurrent),
    /// LSTM cells; their plastic layer has their name.
    Lstm(Lstm),
    /// A plastic layer by itself, through which a signal passes within a step.
    Plastic(PlasticLayer),
}

impl Part {
    /// Its name among the parts of its network.
    pub fn name(&self) -> &str {
        match self {
            Self::Embedding(embedding) => &embedding.name,
            Self::Linear(linear) => &linear.name,
            Self::Convolution(convolution) => &convolution.name,
            Self::Recurrent(_) => RECURRENT,
            Self::Lstm(lstm) => &lstm.name,
            Self::Plastic(layer) => &layer.name,
        }
    }
}

/// What an agent's network sees and does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSize {
    /// How many numbers it sees.
    pub inputs: usize,
    /// Among how many actions it chooses.
    pub actions: usize,
}

/// The linear layers of an agent: what it sees drives every neuron, and what every neuron does decides on the next action
/// and foresees the return.
const INPUT: &str = "input";
const POLICY: &str = "policy";
const VALUE: &str = "value";

/// A chain of parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "stored::Read", into = "stored::Written")]
pub struct Network {
    parts: Vec<Part>,
}

impl From<Recurrent> for Network {
    /// Neurons that are driven and read one by one.
    fn from(recurrent: Recurrent) -> Self {
        Self { parts: vec![Part::Recurrent(recurrent)] }
    }
}

impl Network {
    /// A chain of these parts.
    pub fn new(parts: Vec<Part>) -> Self {
        Self { parts }
    }

    /// An agent: a linear layer before the recurrence, a policy and a value after it.
    pub fn agent(recurrent: Recurrent, AgentSize { inputs, actions }: AgentSize) -> Self {
        let linear = |name: &'static str, inputs, outputs| Part::Linear(Linear { name: name.into(), inputs, outputs });
        let neurons = recurrent.neurons;
        let before = linear(INPUT, inputs, neurons);
        let after = [linear(POLICY, neurons, actions), linear(VALUE, neurons, 1)];
        Self { parts: [before, Part::Recurrent(recurrent)].into_iter().chain(after).collect() }
    }

    /// Its parts, in the order in which a signal passes through them.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Its recurrent part; `None` for a network without one.
    pub fn recurrent(&self) -> Option<Recurrent> {
        self.parts.iter().find_map(|part| match part {
            Part::Recurrent(recurrent) => Some(*recurrent),
            Part::Embedding(_) | Part::Linear(_) | Part::Convolution(_) | Part::Lstm(_) | Part::Plastic(_) => None,
        })
    }

    /// Its layers of LSTM cells, in the order of the chain.
    pub fn lstms(&self) -> impl DoubleEndedIterator<Item = &Lstm> {
        self.parts.iter().filter_map(|part| match part {
            Part::Lstm(lstm) => Some(lstm),
            Part::Embedding(_) | Part::Linear(_) | Part::Convolution(_) | Part::Recurrent(_) | Part::Plastic(_) => None,
        })
    }

    /// Its plastic layers, in the order of the chain.
    pub fn layers(&self) -> Vec<PlasticLayer> {
        let layers = self.parts.iter().filter_map(|part| match part {
            Part::Embedding(_) | Part::Linear(_) | Part::Convolution(_) => None,
            Part::Recurrent(recurrent) => recurrent.layer(),
            Part::Lstm(lstm) => lstm.layer(),
            Part::Plastic(layer) => Some(layer.clone()),
        });
        layers.collect()
    }

    /// What an agent's network sees and does; `None` for a network that neither sees nor acts.
    pub fn agent_size(&self) -> Option<AgentSize> {
        let linear = |name: &str| {
            self.parts.iter().find_map(|part| match part {
                Part::Linear(linear) if linear.name == name => Some(linear),
                _ => None,
            })
        };
        Some(AgentSize { inputs: linear(INPUT)?.inputs, actions: linear(POLICY)?.outputs })
    }

    /// Its convolutions, in the order of the chain.
    pub fn convolutions(&self) -> impl Iterator<Item = &Convolution> {
        self.parts.iter().filter_map(|part| match part {
            Part::Convolution(convolution) => Some(convolution),
            Part::Embedding(_) | Part::Linear(_) | Part::Recurrent(_) | Part::Lstm(_) | Part::Plastic(_) => None,
        })
    }

    /// How many neurons a step's activities are of: the recurrent ones, otherwise the last LSTM cells, otherwise those of the
    /// last plastic layer, otherwise the features that the last convolution finds.
    pub fn neurons(&self) -> usize {
        let recurrent = self.recurrent().map(|recurrent| recurrent.neurons);
        let cells = || self.lstms().last().map(|lstm| lstm.cells);
        let plastic = || self.layers().last().map(|layer| layer.post);
        let features = || self.convolutions().last().map(|convolution| convolution.outputs);
        recurrent.or_else(cells).or_else(plastic).or_else(features).unwrap_or(0)
    }

    /// Names and shapes of the trained parameters, in the order in which first values are drawn: what is recurrent or
    /// plastic first, then the linear layers.
    pub fn shapes(&self) -> Vec<(String, Vec<usize>)> {
        let mut shapes = Vec::new();
        for part in &self.parts {
            match part {
                Part::Recurrent(recurrent) => {
                    shapes.extend(recurrent.shapes().into_iter().map(|(name, shape)| (name.to_owned(), shape)));
                }
                Part::Lstm(lstm) => shapes.extend(lstm.shapes()),
                Part::Plastic(layer) => shapes.extend(layer.shapes()),
                Part::Embedding(_) | Part::Linear(_) | Part::Convolution(_) => {}
            }
        }
        for part in &self.parts {
            match part {
                Part::Embedding(Embedding { name, words, width }) => {
                    shapes.push((format!("{name}.weight"), vec![*words, *width]));
                }
                Part::Linear(Linear { name, inputs, outputs }) => {
                    shapes.push((format!("{name}.weight"), vec![*inputs, *outputs]));
                    shapes.push((format!("{name}.bias"), vec![*outputs]));
                }
                Part::Convolution(convolution) => shapes.extend(convolution.shapes()),
                Part::Recurrent(_) | Part::Lstm(_) | Part::Plastic(_) => {}
            }
        }
        shapes
    }

    /// Checks the numbers of a network that comes from a file.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self) -> Result<(), String> {
        for part in &self.parts {
            match part {
                Part::Recurrent(recurrent) => recurrent.check()?,
                Part::Plastic(layer) => layer.check()?,
                Part::Convolution(convolution) => convolution.check()?,
                Part::Lstm(lstm) => lstm.check()?,
                Part::Embedding(_) | Part::Linear(_) => {}
            }
        }
        let mut names = BTreeSet::new();
        for part in &self.parts {
            let name = part.name();
            if name.is_empty() || !names.insert(name) {
                return Err(format!("expected parts with names of their own, found {name:?} twice or empty"));
            }
        }
        if self.neurons() == 0 {
            return Err("expected a network of at least one neuron, found none".into());
        }
        let shapes = self.shapes();
        let distinct: BTreeSet<&String> = shapes.iter().map(|(name, _)| name).collect();
        if distinct.len() < shapes.len() {
            return Err("expected parts whose parameters have names of their own, found the same name twice".into());
        }
        let Some(AgentSize { inputs, actions }) = self.agent_size() else { return Ok(()) };
        if inputs == 0 || actions == 0 {
            return Err(format!("expected an agent that sees and acts, found {inputs} inputs and {actions} actions"));
        }
        let Some(Recurrent { neurons, .. }) = self.recurrent() else {
            return Err("expected an agent with recurrent neurons, found none".into());
        };
        for (name, inputs, outputs) in [(INPUT, inputs, neurons), (POLICY, neurons, actions), (VALUE, neurons, 1)] {
            let fits = |part: &Part| matches!(part, Part::Linear(linear) if linear.name == name && (linear.inputs, linear.outputs) == (inputs, outputs));
            if !self.parts.iter().any(fits) {
                return Err(format!("expected an agent whose {name} is {inputs} × {outputs}, found another"));
            }
        }
        Ok(())
    }
}
