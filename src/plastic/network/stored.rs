//! A network as files have it: the JSON of tapes since the first version.

use super::{AlphaKind, Drive, Layers, Plasticity};
use crate::plastic::rule::Rule;
use crate::plastic::writing::{Modulation, Writing};
use serde::{Deserialize, Serialize};

/// What stands in the JSON. A rule and a modulation are two entries there, of which a network has one at most.
#[derive(Serialize, Deserialize)]
pub(super) struct Network {
    neurons: usize,
    drive: Drive,
    plasticity: Option<Ruled>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layers: Option<Layers>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

fn free() -> AlphaKind {
    AlphaKind::Free
}

fn is_free(alpha: &AlphaKind) -> bool {
    *alpha == AlphaKind::Free
}

impl From<super::Network> for Network {
    fn from(network: super::Network) -> Self {
        let super::Network { neurons, drive, plasticity, layers } = network;
        let (plasticity, modulation) = match plasticity {
            Some(Plasticity { alpha, writing: Writing::Rule(rule) }) => (Some(Ruled { rule, alpha }), None),
            Some(Plasticity { alpha, writing: Writing::Modulated(modulation) }) => {
                (None, Some(Modulated { modulation, alpha }))
            }
            None => (None, None),
        };
        Self { neurons, drive, plasticity, layers, modulation }
    }
}

impl TryFrom<Network> for super::Network {
    type Error = String;

    fn try_from(stored: Network) -> Result<Self, String> {
        let Network { neurons, drive, plasticity, layers, modulation } = stored;
        let plasticity = match (plasticity, modulation) {
            (Some(_), Some(_)) => return Err("expected a modulated network without another rule, found one".into()),
            (Some(Ruled { rule, alpha }), None) => Some(Plasticity { alpha, writing: Writing::Rule(rule) }),
            (None, Some(Modulated { modulation, alpha })) => {
                Some(Plasticity { alpha, writing: Writing::Modulated(modulation) })
            }
            (None, None) => None,
        };
        Ok(Self { neurons, drive, plasticity, layers })
    }
}
