//! One episode among many: what is done to the episode in view, done to those of the first seeds before the same steps,
//! each beside its control.
//!
//! Where an episode is lived in milliseconds this begins by itself, as soon as nothing has been changed for a moment.
//! Where it takes longer it would compete with what is being watched: somebody has to ask for it, and may stop it.

use super::{EPISODES, EvaluatedNetwork, keep};
use crate::episode::{Intervention, What};
use crate::train::evaluate::{self, Evaluation, Life, Lives, Protocol};
use crate::view::background::{Background, Message, Vanished, Wake};
use crate::view::scene::Scene;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long nothing may have changed before it begins: α is dragged through many values.
pub const DELAY: Duration = Duration::from_millis(400);

/// Steps times connections of an episode that is lived in a few milliseconds.
const QUICK: usize = 10_000_000;

/// So many results are kept of the network in view, each a few numbers for every episode.
const KEPT: usize = 16;

/// Why driving has no comparison.
const OF_ONE_EPISODE: &str = "Driven actions, a moved reward and another target belong to this episode. In other episodes \
                              they would be something else: there is no comparison.";

/// Why there is none while a network trains.
const TRAINING: &str = "The comparison with other episodes waits while a network trains.";

/// What there is to show.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// Nothing has been done, or the network can live no other episode.
    Nothing,
    /// No comparison, and why.
    Without(&'static str),
    /// It is about to begin by itself.
    Waiting,
    /// Somebody has to ask for it.
    Offered,
    /// What has been found, as far as it has.
    Evaluation(InterventionEvaluation),
}

/// The same interventions in many episodes.
#[derive(Clone, Debug, PartialEq)]
pub struct InterventionEvaluation {
    /// What is done.
    pub protocol: Protocol,
    /// The lives so far, in the order of their seeds.
    pub lives: Vec<Life>,
    /// All that was measured, once no more lives come.
    pub result: Option<Arc<Evaluation>>,
    /// Why it came to nothing.
    pub problem: Option<String>,
    /// Whether it takes so long that somebody may want to stop it.
    pub is_slow: bool,
    /// By how much an episode may come to less than its control and still count as unharmed.
    pub tolerance: f64,
}

impl InterventionEvaluation {
    /// Before any life.
    pub fn of(interventions: Vec<Intervention>) -> Self {
        let protocol = Protocol { lives: Lives::Seeds(0..EPISODES), interventions, lesions: Vec::new() };
        Self { protocol, lives: Vec::new(), result: None, problem: None, is_slow: false, tolerance: 0.0 }
    }

    /// Whether no more lives come.
    pub fn is_over(&self) -> bool {
        self.result.is_some() || self.problem.is_some()
    }

    /// Whether all lives are there.
    pub fn is_whole(&self) -> bool {
        self.lives.len() as u64 == EPISODES
    }

    /// What is done to the episode of a seed.
    pub fn interventions(&self, seed: u64) -> Vec<Intervention> {
        self.protocol.interventions(seed)
    }

    /// Whether it is what is done in an episode of this seed: as it was asked for, or as one of the lives.
    fn is_of(&self, seed: Option<u64>, interventions: &[Intervention]) -> bool {
        let is_one = || {
            let seed = seed.filter(|seed| *seed < EPISODES);
            seed.is_some_and(|seed| self.interventions(seed) == interventions)
        };
        self.protocol.interventions == interventions || is_one()
    }
}

/// What is asked for and not begun.
struct Waiting {
    interventions: Vec<Intervention>,
    since: Instant,
    is_slow: bool,
}

/// What the episodes came to, or why to nothing.
type Found = Result<Evaluation, String>;

/// What has been found for the network in view.
#[derive(Default)]
pub struct InterventionEvaluations {
    network: Option<Arc<EvaluatedNetwork>>,
    /// All that are over, the last one at the end.
    known: Vec<InterventionEvaluation>,
    running: Option<(InterventionEvaluation, Background<Life, Found>)>,
    waiting: Option<Waiting>,
    was_asked: bool,
}

impl InterventionEvaluations {
    /// What there is for the life in view; begins by itself where that is quick and it `may_begin`. Call in every frame
    /// that shows it: what nobody looks at is found no further.
    pub(in crate::view) fn request(&mut self, scene: &Scene, may_begin: bool, wake: &Wake) -> View {
        let interventions = without_states(&scene.tape().interventions);
        if interventions.is_empty() {
            return View::Nothing;
        }
        if !self.network.as_ref().is_some_and(|network| network.is_of(scene)) {
            let Some(network) = EvaluatedNetwork::of(scene) else { return View::Nothing };
            *self = Self { network: Some(Arc::new(network)), ..Self::default() };
        }
        if interventions.iter().any(|done| done.what.alteration().is_none()) {
            return View::Without(OF_ONE_EPISODE);
        }
        self.was_asked = true;
        let seed = scene.seed();
        if !may_begin {
            self.running = None;
        }
        match &self.running {
            Some((found, _)) if found.is_of(seed, &interventions) => return View::Evaluation(found.clone()),
            // Something else is in view.
            _ => self.running = None,
        }
        if let Some(found) = self.known.iter().find(|found| found.is_of(seed, &interventions)) {
            return View::Evaluation(found.clone());
        }
        if !may_begin {
            self.waiting = None;
            return View::Without(TRAINING);
        }
        if !is_quick(scene) {
            return View::Offered;
        }
        let now = Instant::now();
        match &self.waiting {
            Some(waiting) if waiting.interventions == interventions => {
                if now.duration_since(waiting.since) >= DELAY {
                    self.begin_waiting(wake);
                }
            }
            _ => self.waiting = Some(Waiting { interventions, since: now, is_slow: false }),
        }
        match &self.running {
            Some((found, _)) => View::Evaluation(found.clone()),
            None => View::Waiting,
        }
    }

    /// Begins with what is done to the life in view, now; once more where it was stopped.
    pub(in crate::view) fn begin(&mut self, scene: &Scene, wake: &Wake) {
        let interventions = without_states(&scene.tape().interventions);
        self.known.retain(|found| found.is_whole() || !found.is_of(scene.seed(), &interventions));
        self.waiting = Some(Waiting { interventions, since: Instant::now(), is_slow: !is_quick(scene) });
        self.begin_waiting(wake);
    }

    /// Asks what runs to stop; what has been found stays.
    pub fn stop(&self) {
        if let Some((_, job)) = &self.running {
            job.stop();
        }
    }

    fn begin_waiting(&mut self, wake: &Wake) {
        let (Some(waiting), Some(network)) = (self.waiting.take(), &self.network) else { return };
        let (is_slow, tolerance) = (waiting.is_slow, network.config.tolerance());
        let mut found =
            InterventionEvaluation { is_slow, tolerance, ..InterventionEvaluation::of(waiting.interventions) };
        let network = Arc::clone(network);
        let protocol = found.protocol.clone();
        let job = Background::start("hebbscope-interventions", wake, move |reporter| {
            let found = evaluate::evaluate(network.specimen(), &protocol, |life: &Life| reporter.report(life.clone()));
            found.map_err(|error| format!("{error:#}"))
        });
        match job {
            Ok(job) => self.running = Some((found, job)),
            Err(problem) => {
                found.problem = Some(problem.to_string());
                keep(&mut self.known, found, KEPT);
            }
        }
    }

    /// Takes in what has been found since the last call.
    pub(in crate::view) fn update(&mut self) {
        if !std::mem::take(&mut self.was_asked) {
            self.waiting = None;
            match &self.running {
                // Somebody has waited for what there is.
                Some((found, job)) if found.is_slow => job.stop(),
                _ => self.running = None,
            }
        }
        while let Some(message) = self.running.as_ref().and_then(|(_, job)| job.poll()) {
            self.receive(message);
        }
    }

    /// Whether something is being found, or about to be.
    pub fn is_busy(&self) -> bool {
        self.running.is_some() || self.waiting.is_some()
    }

    /// Waits for what is in the making; for pictures and tests, never for a frame.
    pub(in crate::view) fn settle(&mut self, wake: &Wake) {
        self.begin_waiting(wake);
        while let Some(message) = self.running.as_ref().map(|(_, job)| job.wait()) {
            self.receive(message);
        }
    }

    fn receive(&mut self, message: Message<Life, Found>) {
        let result = match message {
            Message::Partial(life) => {
                if let Some((found, _)) = &mut self.running {
                    found.lives.push(life);
                }
                return;
            }
            Message::Done(result) => result,
            Message::Vanished => Err(Vanished.to_string()),
        };
        let Some((mut found, _)) = self.running.take() else { return };
        match result {
            Ok(result) => found.result = Some(Arc::new(result)),
            Err(problem) => found.problem = Some(problem),
        }
        keep(&mut self.known, found, KEPT);
    }
}

/// The same results, without those in the making.
impl Clone for InterventionEvaluations {
    fn clone(&self) -> Self {
        Self { network: self.network.clone(), known: self.known.clone(), ..Self::default() }
    }
}

/// The same interventions without the numbers that are transplanted: those follow from the seeds of their donors.
fn without_states(interventions: &[Intervention]) -> Vec<Intervention> {
    let mut interventions = interventions.to_vec();
    for done in &mut interventions {
        if let What::Transplant { state, .. } = &mut done.what {
            *state = [].into();
        }
    }
    interventions
}

/// Whether an episode of this network is lived in a few milliseconds.
fn is_quick(scene: &Scene) -> bool {
    let layers = &scene.tape().layers;
    let connections: usize = layers.iter().map(|record| record.layer.pre * record.layer.post).sum();
    connections.saturating_mul(scene.tape().steps) <= QUICK
}
