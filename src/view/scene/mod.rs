//! What is being looked at: one network and one of its lifetimes, made ready away from the frame.

mod kept;
mod own;
mod prepared;
mod text;

pub use kept::Own;
pub use own::Swapped;
pub use prepared::{
    Prepared, asked, bundled, followed, from_snapshot, new_episode, of_checkpoint, opened, some_letters,
};

use super::asking::Base;
use super::cartridge::Cartridge;
use super::distributions::{Ages, Counted};
use super::drawing::cards::Whose;
use super::layout::Subject;
use super::matrices::store::MOST;
use super::order::NeuronOrder;
use crate::episode::{Behaviour, Content, Intervention, LayerView, Reel, Tape};
use crate::plastic::{Network, Parameters, Recurrent};
use crate::render::Matrix;
use crate::tasks::{self, Episode, Recalled, Task, letters};
use crate::train::{RunConfig, Specimen};
use anyhow::Context as _;
use std::sync::{Arc, OnceLock};

/// The seed of the first lifetime of a network that has just been opened.
const FIRST_EPISODE: u64 = 0;

/// Up to so many neurons all connections of a network can be seen at once.
pub const MOST_IN_CIRCUIT: usize = 32;

/// The gradients of the iteration that led to a network, as matrices.
#[derive(Clone)]
pub struct SceneGradients {
    /// dL/dw, `[pre, post]`.
    pub w: Arc<Matrix>,
    /// dL/dα in the shape of α; `None` for a non-plastic network.
    pub alpha: Option<Arc<Matrix>>,
}

/// A network and one of its lifetimes, with everything that panels draw from.
#[derive(Clone)]
pub struct Scene {
    /// Where the network comes from, for the title.
    pub origin: String,
    /// The task.
    pub task: &'static dyn Task,
    /// The run's configuration; a tape may have none and cannot live new episodes then.
    pub config: Option<RunConfig>,
    /// The network.
    pub parameters: Arc<Parameters>,
    /// Found when it is first asked for: it takes a pass over all numbers.
    fingerprint: OnceLock<String>,
    /// Iterations that the network has behind it.
    pub iteration: u64,
    /// Which of the network's plastic layers is looked at; all below is of this one.
    pub layer_index: usize,
    /// w, `[pre, post]`; empty for a network without a recurrent or a plastic layer.
    pub w: Arc<Matrix>,
    /// α in its own shape: `[pre, post]`, `[1, post]` per neuron, `[1, 1]` yoked; `None` for a non-plastic network.
    pub alpha: Option<Arc<Matrix>>,
    /// The lifetime and the layer's traces.
    pub reel: Reel,
    /// What the lifetime would have been without the viewer's interventions; `None` for one that is untouched.
    pub ghost: Option<Reel>,
    /// H(T), the trace that the lifetime leaves behind, `[pre, post]`; `None` for a non-plastic network.
    pub last_trace: Option<Arc<Matrix>>,
    /// The gradients of the last iteration, for a network that is being trained.
    pub gradients: Option<SceneGradients>,
    /// What the viewer has changed of the lifetime; `None` for one of a seed or of training.
    pub changed: Option<Changed>,
    /// Where its drawings, their labels or its text are the viewer's own: the lifetime that was in view before.
    pub replaced: Option<Arc<Tape>>,
    /// Whose the drawings are that are the viewer's doing.
    pub whose: Whose,
    /// Where the viewer has swapped labels: what they were.
    pub swapped: Option<Swapped>,
    /// How somebody who shared it looked at it, until it comes into view.
    pub cartridge: Option<Arc<Cartridge>>,
    /// Its neurons by the examples of the lifetime; `None` where it has none.
    pub by_example: Option<Arc<NeuronOrder>>,
    /// How w, α and what the lifetime leaves behind are distributed.
    pub counted: Counted,
    /// The same of the network at other ages, as far as they were seen; this one is among them once it has been in view.
    pub ages: Arc<Ages>,
}

/// A lifetime of the viewer's own making.
#[derive(Clone)]
pub struct Changed {
    /// What it was before.
    pub base: Arc<Base>,
    /// Whether the question was changed since; otherwise the pictures are the viewer's own and nothing else.
    pub is_edited: bool,
}

impl Scene {
    /// Tells the network from others, see [`Parameters::fingerprint`].
    ///
    /// # Panics
    /// Never: what is shown lies in main memory, where it can be read.
    pub fn fingerprint(&self) -> &str {
        self.fingerprint.get_or_init(|| self.parameters.fingerprint().expect("tensors in main memory can be read"))
    }

    /// The recorded lifetime.
    pub fn tape(&self) -> &Arc<Tape> {
        self.reel.tape()
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.tape().network
    }

    /// The plastic layer that is looked at, in its lifetime; `None` for a network without.
    pub fn layer(&self) -> Option<LayerView<'_>> {
        self.reel.layer()
    }

    /// The recurrent neurons, where those of the layer in view are them: others are not driven and know no tanh.
    pub fn recurrence(&self) -> Option<Recurrent> {
        let is_in_view = self.tape().recurrent_layer().is_none_or(|layer| layer == self.layer_index);
        self.network().recurrent().filter(|_| is_in_view)
    }

    /// Whether the connections in view lead from neurons to the same neurons.
    pub fn is_among_itself(&self) -> bool {
        let record = self.tape().layers.get(self.layer_index);
        record.is_none_or(|record| Arc::ptr_eq(&record.pre, &record.post))
    }

    /// Rows and columns of w: how many neurons the connections come from and lead to.
    pub fn shape(&self) -> [usize; 2] {
        [self.w.rows(), self.w.columns()]
    }

    /// The same lifetime with another of the network's plastic layers in view.
    ///
    /// # Errors
    /// When the network has no such layer.
    pub fn of_layer(&self, layer_index: usize) -> anyhow::Result<Self> {
        let count = self.tape().layers.len();
        anyhow::ensure!(
            layer_index < count,
            "expected one of {count} plastic layers, found number {}",
            layer_index + 1
        );
        let (origin, config, parameters) = (self.origin.clone(), self.config.clone(), Arc::clone(&self.parameters));
        let scene = Self::of(origin, config, parameters, Arc::clone(self.tape()), layer_index)?;
        let ghost = self.ghost.as_ref().map(|ghost| reel(Arc::clone(ghost.tape()), layer_index));
        let (changed, replaced, swapped) = (self.changed.clone(), self.replaced.clone(), self.swapped.clone());
        Ok(Self { iteration: self.iteration, ghost, changed, replaced, whose: self.whose, swapped, ..scene })
    }

    /// The same network with the lifetime of another seed.
    ///
    /// # Errors
    /// When the network cannot live another one.
    pub fn of_seed(&self, seed: u64) -> anyhow::Result<Self> {
        let config = self.run()?;
        let (origin, parameters) = (self.origin.clone(), Arc::clone(&self.parameters));
        Ok(new_episode(origin, config, parameters, self.iteration, seed)?.scene)
    }

    /// The same network with a lifetime of the same seed in a world of other settings, from KEY and VALUE as typed.
    ///
    /// # Errors
    /// When it is no other world, or the network cannot live in it.
    pub fn in_world(&self, changes: &[(String, String)]) -> anyhow::Result<Self> {
        let config = self.run()?.altered_for_evaluation(changes)?;
        let (origin, parameters, seed) = (self.origin.clone(), Arc::clone(&self.parameters), self.seed());
        Ok(new_episode(origin, config, parameters, self.iteration, seed.unwrap_or(FIRST_EPISODE))?.scene)
    }

    /// The same lifetime, to which the viewer does `interventions` instead of what has been done to it, beside what it is
    /// without.
    ///
    /// # Errors
    /// When the lifetime cannot be lived again, or an intervention does not fit it.
    pub fn branched(&self, interventions: Vec<Intervention>) -> anyhow::Result<Self> {
        let config = self.run()?;
        let (origin, parameters) = (self.origin.clone(), Arc::clone(&self.parameters));
        let untouched = match &self.ghost {
            Some(ghost) => Arc::clone(ghost.tape()),
            None if self.tape().interventions.is_empty() => Arc::clone(self.tape()),
            // The branch stands alone: what is lived here is what the next one grows from.
            None => Arc::new(self.lived_again(&config, Vec::new())?),
        };
        let tape = match interventions.is_empty() {
            true => Arc::clone(&untouched),
            false => Arc::new(self.lived_again(&config, interventions)?),
        };
        let is_branch = !tape.interventions.is_empty();
        let mut scene = Self::of(origin, Some(config), parameters, tape, self.layer_index)?;
        scene.iteration = self.iteration;
        scene.ghost = is_branch.then(|| reel(untouched, self.layer_index));
        scene.changed.clone_from(&self.changed);
        scene.replaced.clone_from(&self.replaced);
        scene.whose = self.whose;
        scene.swapped.clone_from(&self.swapped);
        Ok(scene)
    }

    /// This lifetime once more, to which somebody does `interventions`.
    fn lived_again(&self, config: &RunConfig, interventions: Vec<Intervention>) -> anyhow::Result<Tape> {
        let specimen = self.specimen(config);
        if self.replaced.is_some() {
            return specimen.scripted_branch(self.own_episode()?, interventions);
        }
        if self.changed.is_some() {
            let own = Recalled::of(self.tape()).context("expected a question of one's own, found none")?;
            return specimen.scripted_branch(Episode::Recall(own), interventions);
        }
        let seed = self.seed().context("a training episode cannot be replayed, expected one of a seed")?;
        specimen.branch(seed, interventions)
    }

    fn specimen<'a>(&'a self, config: &'a RunConfig) -> Specimen<'a> {
        Specimen { config, parameters: &self.parameters, iteration: self.iteration }
    }

    pub(super) fn run(&self) -> anyhow::Result<RunConfig> {
        let nothing = "this tape holds one episode and no settings for another, expected the checkpoint of its network";
        self.config.clone().context(nothing)
    }

    /// The life that this branch grew from, lived again; `None` for one that is no branch, or where this machine rounds
    /// otherwise than the one that lived it, so that it would be another life.
    fn relived(&self) -> anyhow::Result<Option<Tape>> {
        let tape = self.tape();
        let (Some(config), Some(seed), Some(first)) = (&self.config, tape.origin.seed, tape.interventions.first())
        else {
            return Ok(None);
        };
        let untouched = self.specimen(config).episode(seed)?;
        // An agent is elsewhere as soon as one bit of an activity has led to another action.
        let begins = |tape: &Tape| Some(tape.content.behaviour()?.actions.get(..first.step)?.to_vec());
        Ok((begins(tape) == begins(&untouched)).then_some(untouched))
    }

    /// What its lifetimes are about.
    pub fn subject(&self) -> Subject {
        let tape = self.tape();
        match &tape.content {
            Content::Agent(Behaviour { walk: Some(_), .. }) => Subject::Agent,
            Content::Recall(_) if self.task.examples_are_pictures() => Subject::Pictures,
            Content::Recall(_) if tape.neurons() <= MOST_IN_CIRCUIT && tape.network.recurrent().is_some() => {
                Subject::Circuit
            }
            Content::Agent(Behaviour { trials: Some(_), .. }) => Subject::Trials,
            Content::OneShot(_) => Subject::OneShot,
            Content::Text(_) => Subject::Text,
            Content::Recall(_) | Content::Agent(_) | Content::Nothing => Subject::Patterns,
        }
    }

    /// The seed of the lifetime, or of the one that it was made from.
    pub fn seed(&self) -> Option<u64> {
        let base = || self.changed.as_ref()?.base.seed;
        self.tape().origin.seed.or_else(base).or_else(|| self.replaced.as_ref()?.origin.seed)
    }

    /// Whether it can be lived once more; one of training was not made from a seed of its own.
    pub fn can_repeat(&self) -> bool {
        self.config.is_some() && (self.seed().is_some() || self.replaced.is_some())
    }

    /// Whether it is a lifetime of the viewer's own making.
    pub fn is_own(&self) -> bool {
        self.changed.is_some() || self.replaced.is_some()
    }

    /// "episode seed 3", "episode seed 3, probe edited", "your pictures", "letters A, T": which lifetime this is.
    pub fn life_name(&self) -> String {
        let study = self.tape().content.question().map_or(&[][..], |question| &question.study);
        let base = self.changed.as_ref().map(|changed| &changed.base);
        let is_redrawn = base.is_some_and(|base| base.asked.question.study != study);
        let is_own = is_redrawn || base.is_some_and(|base| base.is_own);
        let is_edited = !is_redrawn && self.changed.as_ref().is_some_and(|changed| changed.is_edited);
        let letters: Option<Vec<String>> =
            study.iter().map(|pattern| letters::name(pattern).map(String::from)).collect();
        let name = match self.seed() {
            _ if self.replaced.is_some() && self.reading().is_some() => self.text_name(),
            _ if self.is_of_cards() => self.whose.words().to_owned(),
            _ if is_own && self.task.examples_are_pictures() => "your pictures".to_owned(),
            _ if is_own => letters
                .map_or_else(|| "patterns of your own".to_owned(), |letters| format!("letters {}", letters.join(", "))),
            Some(seed) => match self.config.as_ref().and_then(RunConfig::differences_in_words) {
                Some(differences) => format!("episode seed {seed}, {differences}"),
                None => format!("episode seed {seed}"),
            },
            None => "training episode".to_owned(),
        };
        let name = if self.swapped.is_some() { format!("{name}, labels swapped") } else { name };
        match self.tape().interventions.first() {
            Some(first) => format!("{name}, with intervention from step {}", first.step + 1),
            None if is_edited => format!("{name}, probe edited"),
            None => name,
        }
    }

    /// Whether its neurons are the pixels of pictures.
    pub fn has_pixels(&self) -> bool {
        self.task.examples_are_pictures() && self.tape().content.question().is_some()
    }

    /// A number that no other scene of this process has.
    pub fn identity(&self) -> u64 {
        self.w.version()
    }

    /// A network and one of its lifetimes, with its first plastic layer in view.
    fn new(
        origin: String,
        config: Option<RunConfig>,
        parameters: Arc<Parameters>,
        tape: Arc<Tape>,
    ) -> anyhow::Result<Self> {
        Self::of(origin, config, parameters, tape, 0)
    }

    fn of(
        origin: String,
        config: Option<RunConfig>,
        parameters: Arc<Parameters>,
        tape: Arc<Tape>,
        layer_index: usize,
    ) -> anyhow::Result<Self> {
        let (task, iteration) = (tasks::find(&tape.origin.task)?, tape.origin.iteration);
        let layer = tape.layer(layer_index).map(|view| view.layer().clone());
        let named = |which: &str| layer.as_ref().map_or_else(|| which.to_owned(), |layer| layer.parameter(which));
        // A network without connections of this kind answers by comparing what it makes of its inputs.
        let is_connected = layer.is_some() || tape.network.recurrent().is_some();
        let w = if is_connected { matrix(&parameters, &named("w"))? } else { Arc::new(Matrix::new(0, 0, Vec::new())?) };
        let alpha = layer.as_ref().map(|_| matrix(&parameters, &named("alpha"))).transpose()?;
        let mut reel = reel(tape, layer_index);
        let magnitudes = reel.trace_at(reel.tape().steps).to_vec();
        let [rows, columns] = if magnitudes.is_empty() { [0; 2] } else { [w.rows(), w.columns()] };
        let last = Matrix::new(rows, columns, magnitudes)?;
        let last_trace = (rows > 0).then(|| Arc::new(last));
        for matrix in [Some(&w), alpha.as_ref(), last_trace.as_ref()].into_iter().flatten() {
            // Found here once, so that no frame waits for it.
            matrix.quantile_magnitude(MOST);
        }
        let plastic = reel.layer().zip(alpha.as_ref()).zip(last_trace.as_deref());
        let counted = Counted::of(&w, plastic.map(|((layer, alpha), trace)| (layer, alpha, trace)));
        let mut scene = Self {
            origin,
            task,
            config,
            parameters,
            fingerprint: OnceLock::new(),
            iteration,
            layer_index,
            w,
            alpha,
            reel,
            ghost: None,
            last_trace,
            gradients: None,
            changed: None,
            replaced: None,
            whose: Whose::default(),
            swapped: None,
            cartridge: None,
            by_example: None,
            counted,
            ages: Arc::default(),
        };
        scene.by_example = NeuronOrder::by_example(&scene).map(Arc::new);
        Ok(scene)
    }
}

/// A reel that has been walked to the end once. That leaves key-frames all along: every later jump is short.
fn reel(tape: Arc<Tape>, layer: usize) -> Reel {
    let mut reel = Reel::new(tape, layer);
    reel.trace_at(reel.tape().steps);
    reel
}

fn matrix(parameters: &Parameters, name: &str) -> anyhow::Result<Arc<Matrix>> {
    let dims = parameters.get(name)?.dims().to_vec();
    let (rows, columns) = match dims[..] {
        [rows, columns] => (rows, columns),
        _ => (1, dims.iter().product()),
    };
    Ok(Arc::new(Matrix::new(rows, columns, parameters.values(name)?)?))
}
