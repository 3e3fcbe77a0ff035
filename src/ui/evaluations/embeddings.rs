//! What the convolutions of the network in view make of the drawings of many episodes, and the plane on which these differ
//! most.

use super::job::{Job, Message, Reporter};
use super::principal::Principal;
use super::{EvaluatedNetwork, keep};
use crate::episode::{OneShot, Tape};
use crate::ui::scene::Scene;
use crate::ui::session::Wake;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many episodes are lived at most, those of the episode seeds from 0 on.
const EPISODES: u64 = 60;

/// So many drawings are enough to know what is far and what is near.
const ENOUGH: usize = 300;

/// Planes that are kept.
const KEPT: usize = 4;

/// A network that is being trained is looked at again no sooner than this.
const PATIENCE: Duration = Duration::from_secs(3);

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

/// What has been asked for.
pub enum View {
    /// The network can live no other episode.
    Nothing,
    /// Drawings so far.
    Progress(usize),
    /// There it is.
    Found(Arc<Embedding>),
    /// Why it came to nothing.
    Problem(String),
}

/// What is known of one network.
struct Known {
    network: Arc<EvaluatedNetwork>,
    found: Result<Arc<Embedding>, String>,
}

struct Running {
    network: Arc<EvaluatedNetwork>,
    done: usize,
    job: Job<usize, Embedding>,
}

/// What has been found so far.
#[derive(Default)]
pub struct Embeddings {
    known: Vec<Known>,
    running: Option<Running>,
    begun: Option<Instant>,
    was_asked: bool,
}

impl Embeddings {
    /// The drawings of many episodes as the network of a scene sees them; begins to find them. While a network `trains`,
    /// what is known of it as it was a moment ago is told meanwhile.
    pub(in crate::ui) fn request(&mut self, scene: &Scene, trains: bool, wake: &Wake) -> View {
        self.was_asked = true;
        let view = |known: &Known| match &known.found {
            Ok(found) => View::Found(Arc::clone(found)),
            Err(problem) => View::Problem(problem.clone()),
        };
        if let Some(known) = self.known.iter().rev().find(|known| known.network.is_of(scene)) {
            return view(known);
        }
        let is_patient = trains && self.begun.is_some_and(|begun| begun.elapsed() < PATIENCE);
        if self.running.as_ref().is_none_or(|running| !running.network.is_of(scene) && !trains) && !is_patient {
            self.begin(scene, wake);
        }
        // A network that goes on being trained is much the same a moment later.
        let latest = self.known.last().filter(|known| trains && Some(&known.network.config) == scene.config.as_ref());
        match (latest, &self.running) {
            (Some(known), _) => view(known),
            (None, Some(running)) => View::Progress(running.done),
            (None, None) => View::Nothing,
        }
    }

    fn begin(&mut self, scene: &Scene, wake: &Wake) {
        let Some(network) = EvaluatedNetwork::of(scene).map(Arc::new) else { return };
        self.begun = Some(Instant::now());
        let lived = Arc::clone(&network);
        match Job::start("hebbscope-embedding", wake, move |reporter| embedded(&lived, reporter)) {
            Ok(job) => self.running = Some(Running { network, done: 0, job }),
            Err(problem) => keep(&mut self.known, Known { network, found: Err(problem) }, KEPT),
        }
    }

    /// Takes in what has been found since the last call; what nobody has asked for since is given up.
    pub(in crate::ui) fn update(&mut self) {
        if !std::mem::take(&mut self.was_asked) {
            self.running = None;
        }
        while let Some(message) = self.running.as_ref().and_then(|running| running.job.try_receive()) {
            self.receive(message);
        }
    }

    /// Whether something is being found.
    pub fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    /// Waits for what is in the making; for pictures and tests, never for a frame.
    pub(in crate::ui) fn settle(&mut self) {
        while let Some(message) = self.running.as_ref().map(|running| running.job.receive()) {
            self.receive(message);
        }
    }

    fn receive(&mut self, message: Message<usize, Embedding>) {
        match message {
            Message::Partial(done) => {
                if let Some(running) = &mut self.running {
                    running.done = done;
                }
            }
            Message::Done(found) => {
                let Some(Running { network, .. }) = self.running.take() else { return };
                keep(&mut self.known, Known { network, found: found.map(Arc::new) }, KEPT);
            }
        }
    }
}

/// The drawings of episodes, one after the other, until there are enough.
fn embedded(network: &EvaluatedNetwork, reporter: &Reporter<usize, Embedding>) -> anyhow::Result<Embedding> {
    let seeds: Vec<u64> = (0..EPISODES).collect();
    let mut drawings: Vec<Embedded> = Vec::new();
    network.specimen().episodes(&seeds, |tape, _| {
        drawings.extend(of_episode(&tape));
        reporter.report(drawings.len()) && drawings.len() < ENOUGH
    })?;
    let points: Vec<&[f32]> = drawings.iter().map(|drawing| &drawing.features[..]).collect();
    let plane = Principal::of(&points).ok_or_else(|| anyhow::anyhow!("all drawings have the same features"))?;
    Ok(Embedding { drawings, plane, iteration: network.iteration })
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
