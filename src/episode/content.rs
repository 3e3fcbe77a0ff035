//! What a task shows beside the network: a part of a tape.

use super::{Behaviour, OneShot, Reading, Walk};
use crate::files::{Array, FileError, TensorFile};
use crate::plastic::Network;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The beginning of the names of pictures in a file.
const PICTURE: &str = "tape.picture.";

/// What a lifetime is about.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Content {
    /// Nothing but the network.
    #[default]
    Nothing,
    /// Examples are shown, then part of one, and the rest is asked for.
    Recall(Question),
    /// An agent sees, acts and is rewarded.
    Agent(Behaviour),
    /// Labelled drawings are shown, then one without a label, whose class is asked for.
    OneShot(OneShot),
    /// A text is read word by word, and each next word is to be foreseen.
    Text(Reading),
}

/// What a network was shown and asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The examples shown, each of as many elements.
    pub study: Vec<Vec<f32>>,
    /// Which of them is asked for.
    pub target: usize,
    /// What is shown of it; zero is asked for.
    pub probe: Vec<f32>,
}

impl Question {
    /// How many numbers an example has.
    pub fn size(&self) -> usize {
        self.probe.len()
    }

    /// Whether the neurons that connections `[pre, post]` lead from and to show an example, and a bias beside it.
    pub fn is_shown_by(&self, shape: [usize; 2]) -> bool {
        shape.iter().all(|count| count.checked_sub(1) == Some(self.size()))
    }

    /// The example that is asked for.
    pub fn asked(&self) -> &[f32] {
        &self.study[self.target]
    }

    /// Checks that everything fits a network that recalls: a neuron for each element, and a bias.
    fn check(&self, network: &Network) -> Result<(), String> {
        let size = self.size();
        if size == 0 || self.study.is_empty() {
            return Err(format!("expected examples of at least one element, found {} of {size}", self.study.len()));
        }
        if let Some(other) = self.study.iter().find(|example| example.len() != size) {
            return Err(format!("expected examples of {size} elements like the probe, found one of {}", other.len()));
        }
        if self.target >= self.study.len() {
            let found = self.target.saturating_add(1);
            return Err(format!("expected one of {} examples, found number {found}", self.study.len()));
        }
        // A bias and hidden neurons may stand behind those that an answer is read from.
        if network.neurons() < size {
            return Err(format!(
                "expected examples of at most {} elements, one a neuron, found {size}",
                network.neurons()
            ));
        }
        Ok(())
    }
}

/// Whether tensors whose names begin with `prefix` would be taken for pictures.
pub(super) fn is_taken(prefix: &str) -> bool {
    prefix.starts_with(PICTURE)
}

impl Content {
    /// What was asked; `None` where nothing was.
    pub fn question(&self) -> Option<&Question> {
        match self {
            Self::Recall(question) => Some(question),
            Self::Nothing | Self::Agent(_) | Self::OneShot(_) | Self::Text(_) => None,
        }
    }

    /// What an agent saw and did; `None` where there is none.
    pub fn behaviour(&self) -> Option<&Behaviour> {
        match self {
            Self::Agent(behaviour) => Some(behaviour),
            Self::Nothing | Self::Recall(_) | Self::OneShot(_) | Self::Text(_) => None,
        }
    }

    /// What was shown once and asked; `None` where nothing was.
    pub fn one_shot(&self) -> Option<&OneShot> {
        match self {
            Self::OneShot(one_shot) => Some(one_shot),
            Self::Nothing | Self::Recall(_) | Self::Agent(_) | Self::Text(_) => None,
        }
    }

    /// The text that was read; `None` where there was none.
    pub fn reading(&self) -> Option<&Reading> {
        match self {
            Self::Text(reading) => Some(reading),
            Self::Nothing | Self::Recall(_) | Self::Agent(_) | Self::OneShot(_) => None,
        }
    }

    /// Where an agent was; `None` where there are no places.
    pub fn walk(&self) -> Option<&Walk> {
        self.behaviour()?.walk.as_ref()
    }

    /// Checks that everything fits a lifetime of `steps` of `network`; tapes may come from files.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self, network: &Network, steps: usize) -> Result<(), String> {
        match self {
            Self::Nothing => Ok(()),
            Self::Recall(question) => question.check(network),
            Self::Agent(behaviour) => behaviour.check(network, steps),
            Self::OneShot(one_shot) => one_shot.check(network, steps),
            Self::Text(reading) => reading.check(steps),
        }
    }

    /// The tensors of this part, by name.
    pub(super) fn to_arrays(&self) -> BTreeMap<String, Array> {
        match self {
            Self::Nothing => BTreeMap::new(),
            Self::Recall(question) => {
                let size = question.size();
                let study = Array::new(&[question.study.len(), size], question.study.concat());
                let target = Array::new(&[size], question.asked().to_vec());
                let probe = Array::new(&[size], question.probe.clone());
                let named = [("study", study), ("target", target), ("probe", probe)];
                named.into_iter().map(|(name, array)| (format!("{PICTURE}{name}"), array)).collect()
            }
            Self::Agent(behaviour) => behaviour.to_arrays(),
            Self::OneShot(one_shot) => one_shot.to_arrays(),
            Self::Text(reading) => reading.to_arrays(),
        }
    }

    /// Takes what was shown and asked out of a file that has been read; nothing where it holds no pictures.
    ///
    /// # Errors
    /// When pictures are missing or do not fit together.
    pub(super) fn take_recall(file: &mut TensorFile) -> Result<Self, FileError> {
        let mut pictures = file.take_prefixed(PICTURE);
        if pictures.is_empty() {
            return Ok(Self::Nothing);
        }
        let mut take = |name: &str| {
            pictures.remove(name).ok_or_else(|| file.refuse(format!("the picture {name} of the episode is missing")))
        };
        let (study, target, probe) = (take("study")?, take("target")?, take("probe")?);
        let &[_, size] = study.shape.as_slice() else {
            return Err(file.refuse(format!("the pictures studied have shape {:?}, expected rows", study.shape)));
        };
        if size == 0 || study.values.is_empty() {
            return Err(file.refuse("the picture study of the episode is empty, expected at least one value"));
        }
        let study: Vec<Vec<f32>> = study.values.chunks_exact(size).map(<[f32]>::to_vec).collect();
        let Some(target) = study.iter().position(|example| *example == target.values) else {
            return Err(file.refuse("the picture target is none of those studied, expected one of them"));
        };
        match pictures.keys().next() {
            Some(name) => Err(file.refuse(format!("the picture {name} does not belong to this episode"))),
            None => Ok(Self::Recall(Question { study, target, probe: probe.values })),
        }
    }
}
