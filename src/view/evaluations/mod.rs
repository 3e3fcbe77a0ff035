//! Evaluations of the network in view, made away from the frame while panels show how far they are.
//!
//! | file | subject |
//! |---|---|
//! | here | the network that is evaluated |
//! | [`interventions`] | what is done to the episode in view, done to many others |
//! | [`embeddings`] | what the convolutions make of the drawings of many episodes |
//! | [`trial_curves`] | right answers trial by trial |
//! | [`per_network`] | what many episodes tell of a network, found once |
//! | `growing` | what grows while a thread of its own finds it |
//! | [`principal`] | points of many dimensions on a plane |
//! | [`ranking`] | which connections cost most where w or α is zero there |
//! | [`lesions`] | what α and w are worth: the network with them shuffled, the same everywhere, or gone |

pub mod embeddings;
mod growing;
pub mod interventions;
pub mod lesions;
pub mod per_network;
pub mod principal;
pub mod ranking;
pub mod trial_curves;

use super::scene::Scene;
use crate::plastic::Parameters;
use crate::train::{RunConfig, Specimen};
use std::sync::Arc;

/// How many episodes are lived: those of the episode seeds from 0 on, each of which can be opened.
pub const EPISODES: u64 = 200;

/// Keeps one more result, and no more than `most`: the oldest goes.
fn keep<T>(known: &mut Vec<T>, found: T, most: usize) {
    known.push(found);
    known.drain(..known.len().saturating_sub(most));
}

/// The network that is evaluated.
pub struct EvaluatedNetwork {
    config: RunConfig,
    parameters: Arc<Parameters>,
    iteration: u64,
}

impl EvaluatedNetwork {
    /// That of a scene; `None` where it can live no episode of another seed.
    fn of(scene: &Scene) -> Option<Self> {
        let (config, parameters) = (scene.config.clone()?, Arc::clone(&scene.parameters));
        Some(Self { config, parameters, iteration: scene.iteration })
    }

    /// Whether it is the network that a scene shows.
    fn is_of(&self, scene: &Scene) -> bool {
        // The same network may be seen in another world.
        Arc::ptr_eq(&self.parameters, &scene.parameters) && scene.config.as_ref() == Some(&self.config)
    }

    fn specimen(&self) -> Specimen<'_> {
        Specimen { config: &self.config, parameters: &self.parameters, iteration: self.iteration }
    }
}
