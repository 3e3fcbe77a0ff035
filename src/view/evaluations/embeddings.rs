//! What the convolutions of the network in view make of the drawings of many episodes, and the plane on which these differ
//! most.

use super::EvaluatedNetwork;
use super::per_network::Inquiry;
use super::principal::Principal;
use crate::episode::{OneShot, Tape};
use std::sync::Arc;

/// How many episodes are lived at most, those of the episode seeds from 0 on.
const EPISODES: u64 = 60;

/// So many drawings are enough to know what is far and what is near.
const ENOUGH: usize = 300;

/// A drawing and what the network makes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedded {
    /// What its character is called.
    pub name: String,
    /// Its pixels, as in [`Lesson`](crate::episode::Lesson).
    pub drawing: Arc<[f32]>,
    /// Its features.
    pub features: Vec<f32>,
}

/// Drawings of many episodes on their plane.
#[derive(Debug)]
pub struct Embedding {
    /// The drawings.
    pub drawings: Vec<Embedded>,
    /// The plane on which they differ most.
    pub plane: Principal,
    /// Iterations that the network had behind it.
    pub iteration: u64,
}

impl Inquiry for Embedding {
    const THREAD: &'static str = "hebbscope-embedding";

    /// The drawings of episodes, one after the other, until there are enough.
    fn find(network: &EvaluatedNetwork, progress: &dyn Fn(usize) -> bool) -> anyhow::Result<Self> {
        let seeds: Vec<u64> = (0..EPISODES).collect();
        let mut drawings: Vec<Embedded> = Vec::new();
        network.specimen().episodes(&seeds, |tape, _| {
            drawings.extend(of_episode(&tape));
            progress(drawings.len()) && drawings.len() < ENOUGH
        })?;
        let points: Vec<&[f32]> = drawings.iter().map(|drawing| &drawing.features[..]).collect();
        let plane = Principal::of(&points).ok_or_else(|| anyhow::anyhow!("all drawings have the same features"))?;
        Ok(Self { drawings, plane, iteration: network.iteration })
    }
}

/// The drawings of one episode.
pub fn of_episode(tape: &Tape) -> Vec<Embedded> {
    let Some(OneShot { lesson, .. }) = tape.content.one_shot() else { return Vec::new() };
    let of_step = |step: usize| Embedded {
        name: lesson.names[lesson.classes[step]].clone(),
        drawing: lesson.drawings[step].clone(),
        features: tape.features_at(step).to_vec(),
    };
    (0..lesson.steps()).map(of_step).collect()
}
