//! What an evaluation does: which lifetimes are lived, and what is done to the network and to each of them.

use crate::data::{Generator, Stream};
use crate::episode::{Intervention, What};
use crate::train::config::MAX_SEED;
use crate::train::lesion::Lesion;
use std::ops::Range;

/// The lifetimes of an evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lives {
    /// So many, drawn one after another from a seed.
    Drawn {
        /// The seed of all of them together.
        seed: u64,
        /// How many.
        episodes: u64,
    },
    /// The lifetimes that have these episode seeds, each of which can be opened by its seed.
    Seeds(Range<u64>),
}

impl Lives {
    /// How many there are.
    pub fn count(&self) -> u64 {
        match self {
            Self::Drawn { episodes, .. } => *episodes,
            Self::Seeds(seeds) => seeds.end.saturating_sub(seeds.start),
        }
    }

    /// The episode seed of the lifetime at this place; `None` where it has none of its own.
    pub fn seed(&self, place: u64) -> Option<u64> {
        match self {
            Self::Drawn { .. } => None,
            Self::Seeds(seeds) => Some(seeds.start + place),
        }
    }

    /// What the lifetime at this place is called where it cannot be lived.
    pub(super) fn name(&self, place: u64) -> String {
        match self {
            Self::Drawn { seed, .. } => format!("episode {} of those drawn from seed {seed}", place + 1),
            Self::Seeds(seeds) => format!("episode seed {}", seeds.start + place),
        }
    }

    /// What lifetimes without seeds of their own are drawn from, one after another.
    pub(super) fn generator(&self) -> Generator {
        let seed = match self {
            Self::Drawn { seed, .. } => *seed,
            Self::Seeds(seeds) => seeds.start,
        };
        Generator::new(seed, Stream::Evaluation)
    }
}

/// An evaluation before it is made.
#[derive(Clone, Debug, PartialEq)]
pub struct Protocol {
    /// The lifetimes.
    pub lives: Lives,
    /// What is done to each of them, in the order of the steps.
    pub interventions: Vec<Intervention>,
    /// What is done to the network before them.
    pub lesions: Vec<Lesion>,
}

impl Protocol {
    /// So many lifetimes of a seed, to which nobody does anything.
    pub fn new(seed: u64, episodes: u64) -> Self {
        Self { lives: Lives::Drawn { seed, episodes }, interventions: Vec::new(), lesions: Vec::new() }
    }

    /// Whether nothing is done, to the network or to a lifetime: then there is nothing to compare with.
    pub fn is_plain(&self) -> bool {
        self.interventions.is_empty() && self.lesions.is_empty()
    }

    /// What is done to the lifetime at this place. Transplants come from other lifetimes each time: the first has the
    /// donor that was named, each after it the next seed.
    pub fn interventions(&self, place: u64) -> Vec<Intervention> {
        let mut interventions = self.interventions.clone();
        for done in &mut interventions {
            if let What::Transplant { seed, .. } = &mut done.what {
                // Seeds end where other readers of numbers do.
                *seed = (*seed + place) % (MAX_SEED + 1);
            }
        }
        interventions
    }
}
