//! A network as files have it: the JSON of tapes.
//!
//! The first networks were one recurrent layer, by itself or with an agent's layers around it, and their JSON names its
//! numbers directly: `{"neurons": …, "drive": …, "plasticity": {"rule": …, "alpha": …}, "layers": …, "modulation": …}`.
//! Such networks are still written like that. Every other one is written as its parts.

use super::{
    AgentSize, AlphaKind, Convolution, Drive, Embedding, Linear, Lstm, Part, PlasticLayer, Plasticity, Recurrent,
};
use crate::plastic::rule::Rule;
use crate::plastic::writing::{Modulation, Writing};
use serde::{Deserialize, Serialize};

/// What is read: either form.
#[derive(Deserialize)]
pub(super) struct Read {
    neurons: Option<usize>,
    drive: Option<Drive>,
    plasticity: Option<Ruled>,
    layers: Option<AgentSize>,
    modulation: Option<Modulated>,
    parts: Option<Vec<StoredPart>>,
}

/// What is written.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Written {
    First(First),
    Parts { parts: Vec<StoredPart> },
}

/// A rule and a modulation are two entries here, of which a network has one at most.
#[derive(Serialize)]
pub(super) struct First {
    neurons: usize,
    drive: Drive,
    plasticity: Option<Ruled>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layers: Option<AgentSize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modulation: Option<Modulated>,
}

#[derive(Serialize, Deserialize)]
struct Ruled {
    rule: Rule,
    alpha: AlphaKind,
}

/// α was always free when the first such files were written, and is not mentioned where it is.
#[derive(Serialize, Deserialize)]
struct Modulated {
    #[serde(flatten)]
    modulation: Modulation,
    #[serde(default = "free", skip_serializing_if = "is_free")]
    alpha: AlphaKind,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StoredPart {
    Embedding(Embedding),
    Linear(Linear),
    Convolution(Convolution),
    Recurrent {
        neurons: usize,
        drive: Drive,
        #[serde(flatten)]
        plastic: StoredPlasticity,
    },
    Lstm {
        name: String,
        inputs: usize,
        cells: usize,
        #[serde(flatten)]
        plastic: StoredPlasticity,
    },
    Plastic {
        name: String,
        pre: usize,
        post: usize,
        delay: usize,
        #[serde(flatten)]
        plastic: StoredPlasticity,
    },
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredPlasticity {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plasticity: Option<Ruled>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modulation: Option<Modulated>,
}

fn free() -> AlphaKind {
    AlphaKind::Free
}

fn is_free(alpha: &AlphaKind) -> bool {
    *alpha == AlphaKind::Free
}

impl From<Option<Plasticity>> for StoredPlasticity {
    fn from(plasticity: Option<Plasticity>) -> Self {
        let (plasticity, modulation) = match plasticity {
            Some(Plasticity { alpha, writing: Writing::Rule(rule) }) => (Some(Ruled { rule, alpha }), None),
            Some(Plasticity { alpha, writing: Writing::Modulated(modulation) }) => {
                (None, Some(Modulated { modulation, alpha }))
            }
            None => (None, None),
        };
        Self { plasticity, modulation }
    }
}

impl TryFrom<StoredPlasticity> for Option<Plasticity> {
    type Error = String;

    fn try_from(StoredPlasticity { plasticity, modulation }: StoredPlasticity) -> Result<Self, String> {
        Ok(match (plasticity, modulation) {
            (Some(_), Some(_)) => return Err("expected a modulated network without another rule, found one".into()),
            (Some(Ruled { rule, alpha }), None) => Some(Plasticity { alpha, writing: Writing::Rule(rule) }),
            (None, Some(Modulated { modulation, alpha })) => {
                Some(Plasticity { alpha, writing: Writing::Modulated(modulation) })
            }
            (None, None) => None,
        })
    }
}

impl From<super::Network> for Written {
    fn from(network: super::Network) -> Self {
        let first = network.recurrent().map(|recurrent| match network.agent_size() {
            Some(size) => (super::Network::agent(recurrent, size), recurrent, Some(size)),
            None => (recurrent.into(), recurrent, None),
        });
        if let Some((same, Recurrent { neurons, drive, plasticity }, layers)) = first
            && same == network
        {
            let StoredPlasticity { plasticity, modulation } = plasticity.into();
            return Self::First(First { neurons, drive, plasticity, layers, modulation });
        }
        let parts = network.parts.into_iter().map(|part| match part {
            Part::Embedding(embedding) => StoredPart::Embedding(embedding),
            Part::Linear(linear) => StoredPart::Linear(linear),
            Part::Convolution(convolution) => StoredPart::Convolution(convolution),
            Part::Recurrent(Recurrent { neurons, drive, plasticity }) => {
                StoredPart::Recurrent { neurons, drive, plastic: plasticity.into() }
            }
            Part::Lstm(Lstm { name, inputs, cells, plasticity }) => {
                StoredPart::Lstm { name: name.into_owned(), inputs, cells, plastic: plasticity.into() }
            }
            Part::Plastic(PlasticLayer { name, pre, post, delay, plasticity }) => {
                StoredPart::Plastic { name: name.into_owned(), pre, post, delay, plastic: Some(plasticity).into() }
            }
        });
        Self::Parts { parts: parts.collect() }
    }
}

impl TryFrom<Read> for super::Network {
    type Error = String;

    fn try_from(read: Read) -> Result<Self, String> {
        let Read { neurons, drive, plasticity, layers, modulation, parts } = read;
        match (parts, neurons, drive) {
            (Some(parts), None, None) => Ok(Self::new(parts.into_iter().map(part).collect::<Result<_, _>>()?)),
            (None, Some(neurons), Some(drive)) => {
                let plasticity = StoredPlasticity { plasticity, modulation }.try_into()?;
                let recurrent = Recurrent { neurons, drive, plasticity };
                Ok(layers.map_or_else(|| recurrent.into(), |size| Self::agent(recurrent, size)))
            }
            _ => Err("expected the parts of a network, or its neurons and drive, found neither or both".into()),
        }
    }
}

fn part(part: StoredPart) -> Result<Part, String> {
    Ok(match part {
        StoredPart::Embedding(embedding) => Part::Embedding(embedding),
        StoredPart::Linear(linear) => Part::Linear(linear),
        StoredPart::Convolution(convolution) => Part::Convolution(convolution),
        StoredPart::Recurrent { neurons, drive, plastic } => {
            Part::Recurrent(Recurrent { neurons, drive, plasticity: plastic.try_into()? })
        }
        StoredPart::Lstm { name, inputs, cells, plastic } => {
            Part::Lstm(Lstm { name: name.into(), inputs, cells, plasticity: plastic.try_into()? })
        }
        StoredPart::Plastic { name, pre, post, delay, plastic } => {
            let plasticity: Option<Plasticity> = plastic.try_into()?;
            let plasticity =
                plasticity.ok_or_else(|| format!("expected what writes the trace of {name}, found nothing"))?;
            Part::Plastic(PlasticLayer { name: name.into(), pre, post, delay, plasticity })
        }
    })
}
