//! What is being looked at: one network and one of its lifetimes, made ready away from the frame.

use super::asking::Base;
use super::distributions::{Ages, Counted};
use super::layout::Subject;
use super::matrices::store::MOST;
use super::order::NeuronOrder;
use crate::episode::{Behaviour, Content, Intervention, LayerView, Reel, Tape};
use crate::plastic::{Network, Parameters, Recurrent};
use crate::render::Matrix;
use crate::tasks::Recalled;
use crate::tasks::{self, Episode, Task, letters};
use crate::train::Specimen;
use crate::train::open::{self, Opened};
use crate::train::{Bundled, Checkpoint, Gradients, Point, RunConfig, Snapshot, run_folder};
use anyhow::Context as _;
use std::path::Path;
use std::sync::Arc;

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
    /// Tells the network from others, see [`Parameters::fingerprint`].
    pub fingerprint: String,
    /// Iterations that the network has behind it.
    pub iteration: u64,
    /// Which of the network's plastic layers is looked at; all below is of this one.
    pub layer_index: usize,
    /// w, `[pre, post]`.
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
    /// Its neurons by the examples of the lifetime; `None` where it has none.
    pub by_example: Option<Arc<NeuronOrder>>,
    /// The magnitude that 99.5 % of the traces at the end of the lifetime do not exceed.
    pub trace_quantile: f32,
    /// The largest magnitude of the trace at the end of the lifetime.
    pub trace_largest: f32,
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

/// A scene with the curve that came with it.
pub struct Prepared {
    /// The scene.
    pub scene: Scene,
    /// The curve of the run, where the file holds one.
    pub curve: Option<Vec<Point>>,
    /// What is worth knowing about how it was read.
    pub note: Option<String>,
}

impl Scene {
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
        Ok(Self { iteration: self.iteration, ghost, changed: self.changed.clone(), ..scene })
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
        Ok(scene)
    }

    /// This lifetime once more, to which somebody does `interventions`.
    fn lived_again(&self, config: &RunConfig, interventions: Vec<Intervention>) -> anyhow::Result<Tape> {
        let specimen = self.specimen(config);
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

    fn run(&self) -> anyhow::Result<RunConfig> {
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
            Content::Recall(_) if tape.neurons() <= MOST_IN_CIRCUIT => Subject::Circuit,
            Content::Recall(_) | Content::Agent(_) | Content::Nothing => Subject::Patterns,
        }
    }

    /// The seed of the lifetime, or of the one that it was made from.
    pub fn seed(&self) -> Option<u64> {
        self.tape().origin.seed.or_else(|| self.changed.as_ref()?.base.seed)
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
            _ if is_own && self.task.examples_are_pictures() => "your pictures".to_owned(),
            _ if is_own => letters
                .map_or_else(|| "patterns of your own".to_owned(), |letters| format!("letters {}", letters.join(", "))),
            Some(seed) => match self.config.as_ref().and_then(RunConfig::differences_in_words) {
                Some(differences) => format!("episode seed {seed}, {differences}"),
                None => format!("episode seed {seed}"),
            },
            None => "training episode".to_owned(),
        };
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
        let fingerprint = parameters.fingerprint()?;
        let layer = tape.layer(layer_index).map(|view| view.layer().clone());
        let named = |which: &str| layer.as_ref().map_or_else(|| which.to_owned(), |layer| layer.parameter(which));
        let w = matrix(&parameters, &named("w"))?;
        let alpha = layer.as_ref().map(|_| matrix(&parameters, &named("alpha"))).transpose()?;
        let mut reel = reel(tape, layer_index);
        let magnitudes = reel.trace_at(reel.tape().steps).to_vec();
        let [rows, columns] = if magnitudes.is_empty() { [0; 2] } else { [w.rows(), w.columns()] };
        let last = Matrix::new(rows, columns, magnitudes)?;
        let trace_quantile = last.quantile_magnitude(MOST);
        let trace_largest = last.largest().map_or(0.0, |(_, _, value)| value.abs());
        let last_trace = (rows > 0).then(|| Arc::new(last));
        for matrix in [Some(&w), alpha.as_ref()].into_iter().flatten() {
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
            fingerprint,
            iteration,
            layer_index,
            w,
            alpha,
            reel,
            ghost: None,
            last_trace,
            gradients: None,
            changed: None,
            by_example: None,
            trace_quantile,
            trace_largest,
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

/// Opens a bundled network and lets it live one episode.
///
/// # Errors
/// Never, unless the program was built from damaged assets.
pub fn bundled(network: Bundled) -> anyhow::Result<Prepared> {
    from_checkpoint(network.open()?, network.title().into())
}

/// Opens a checkpoint, a run folder or a tape.
///
/// # Errors
/// When it is none of them or is damaged.
pub fn opened(path: &Path) -> anyhow::Result<Prepared> {
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    match open::open(path)? {
        Opened::Checkpoint(checkpoint) => from_checkpoint(*checkpoint, name),
        Opened::Tape { tape, parameters, config, note } => {
            let config = config.map(|config| *config);
            let scene = Scene::new(name, config, Arc::new(parameters), Arc::from(tape));
            let mut scene = scene.with_context(|| path.display().to_string())?;
            let untouched = scene.relived().with_context(|| path.display().to_string())?;
            scene.ghost = untouched.map(|tape| reel(Arc::new(tape), 0));
            // The curve of what was in view before is not that of this network.
            Ok(Prepared { scene, curve: Some(Vec::new()), note })
        }
    }
}

/// The run in `folder` as somebody else is training it: its network, and the last lifetime that it lived.
///
/// # Errors
/// When the checkpoint is damaged or missing.
pub fn followed(folder: &Path) -> anyhow::Result<Prepared> {
    let name = folder.file_name().map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into());
    let checkpoint = open::checkpoint(folder)?;
    match run_folder::last_tape(folder, &checkpoint) {
        Some(tape) => from_tape(checkpoint, tape, name),
        None => from_checkpoint(checkpoint, name),
    }
}

fn from_checkpoint(checkpoint: Checkpoint, name: String) -> anyhow::Result<Prepared> {
    let tape = checkpoint.specimen().episode(FIRST_EPISODE).with_context(|| name.clone())?;
    match lettered(&tape) {
        Some(letters) => from_letters(checkpoint, letters, name),
        None => from_tape(checkpoint, tape, name),
    }
}

/// The question of a lifetime with letters in place of its patterns, the lower half of one blanked; `None` where no
/// letters are as large, or where what it recalls is pictures.
fn lettered(tape: &Tape) -> Option<Recalled> {
    let (asked, task) = (Recalled::of(tape)?, tasks::find(&tape.origin.task).ok()?);
    let pixels = letters::SIDE * letters::SIDE;
    if asked.question.size() != pixels || task.examples_are_pictures() {
        return None;
    }
    let mut asked = asked.with_examples(letters::some(0, asked.question.study.len())?)?;
    asked.question.target = 0;
    asked.blank(|pixel| pixel >= letters::SIDE / 2 * letters::SIDE);
    Some(asked)
}

/// A network of patterns of 25 bits opens on what people know by sight.
fn from_letters(checkpoint: Checkpoint, letters: Recalled, name: String) -> anyhow::Result<Prepared> {
    let base = Base { asked: letters.clone(), seed: Some(FIRST_EPISODE), is_own: true };
    let changed = Changed { base: Arc::new(base), is_edited: false };
    let (iteration, curve, note) = (checkpoint.iteration(), checkpoint.curve, checkpoint.note);
    let lived = asked(name, checkpoint.config, Arc::new(checkpoint.parameters), iteration, letters, changed)?;
    Ok(Prepared { curve: Some(curve), note, ..lived })
}

fn from_tape(checkpoint: Checkpoint, tape: Tape, name: String) -> anyhow::Result<Prepared> {
    let iteration = checkpoint.iteration();
    let mut scene = Scene::new(name, Some(checkpoint.config), Arc::new(checkpoint.parameters), Arc::new(tape))?;
    // The last lifetime of training was lived by the network before the iteration.
    scene.iteration = iteration;
    Ok(Prepared { scene, curve: Some(checkpoint.curve), note: checkpoint.note })
}

/// A new lifetime of a network that can live one.
///
/// # Errors
/// When the parameters do not fit the configuration.
pub fn new_episode(
    origin: String,
    config: RunConfig,
    parameters: Arc<Parameters>,
    iteration: u64,
    seed: u64,
) -> anyhow::Result<Prepared> {
    let tape = Specimen { config: &config, parameters: &parameters, iteration }.episode(seed)?;
    let scene = Scene::new(origin, Some(config), parameters, Arc::new(tape))?;
    Ok(Prepared { scene, curve: None, note: None })
}

/// The lifetime in which the viewer's own question is asked.
///
/// # Errors
/// When the question or the parameters do not fit the configuration.
pub fn asked(
    origin: String,
    config: RunConfig,
    parameters: Arc<Parameters>,
    iteration: u64,
    asked: Recalled,
    changed: Changed,
) -> anyhow::Result<Prepared> {
    let is_of_seed = !changed.is_edited && !changed.base.is_own;
    // Where the changes were taken back, this is the lifetime of the seed, bit for bit.
    let seed = changed.base.seed.filter(|_| is_of_seed);
    let specimen = Specimen { config: &config, parameters: &parameters, iteration };
    let tape = specimen.scripted(Episode::Recall(asked).into(), seed)?;
    let mut scene = Scene::new(origin, Some(config), parameters, Arc::new(tape))?;
    scene.changed = (!is_of_seed).then_some(changed);
    Ok(Prepared { scene, curve: None, note: None })
}

/// The network in training as it was a moment ago, with the last lifetime that it lived.
///
/// # Errors
/// When the snapshot does not fit its own task.
pub fn from_snapshot(origin: String, config: RunConfig, snapshot: Snapshot) -> anyhow::Result<Prepared> {
    let Snapshot { iteration, parameters, tape, gradients } = snapshot;
    let mut scene = Scene::new(origin, Some(config), Arc::new(parameters), tape)?;
    // The lifetime was lived by the network before the iteration, which is shown after it.
    scene.iteration = iteration;
    scene.gradients = gradients.map(|gradients| scene_gradients(&gradients, &scene)).transpose()?;
    Ok(Prepared { scene, curve: None, note: None })
}

/// Gradients in the shapes of the parameters that they belong to.
fn scene_gradients(gradients: &Gradients, scene: &Scene) -> anyhow::Result<SceneGradients> {
    let shaped = |name: &str, like: &Matrix| -> anyhow::Result<Arc<Matrix>> {
        let values = gradients.get(name).with_context(|| format!("training keeps no gradient of {name}"))?;
        let matrix = Matrix::new(like.rows(), like.columns(), values.clone())?;
        matrix.quantile_magnitude(MOST);
        Ok(Arc::new(matrix))
    };
    let layer = scene.layer();
    let named = |which: &str| layer.map_or_else(|| which.to_owned(), |view| view.layer().parameter(which));
    let alpha = scene.alpha.as_ref().map(|alpha| shaped(&named("alpha"), alpha)).transpose()?;
    Ok(SceneGradients { w: shaped(&named("w"), &scene.w)?, alpha })
}
