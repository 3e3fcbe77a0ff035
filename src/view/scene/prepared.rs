//! Networks and lifetimes made ready to be shown, away from the frame: opened, lived, or taken out of training.

use super::{Changed, FIRST_EPISODE, Scene, SceneGradients, reel};
use crate::episode::Tape;
use crate::plastic::Parameters;
use crate::render::Matrix;
use crate::tasks::{self, Episode, Recalled, letters};
use crate::train::open::{self, Opened};
use crate::train::{Bundled, Checkpoint, Gradients, RunConfig, Snapshot, Specimen, run_folder};
use crate::view::asking::Base;
use crate::view::cartridge;
use crate::view::matrices::store::MOST;
use crate::view::session::record::RunRecord;
use anyhow::Context as _;
use std::path::Path;
use std::sync::Arc;

/// A scene with the record of the run that came with it.
pub struct Prepared {
    /// The scene.
    pub scene: Scene,
    /// What the run has come to, where the file holds it.
    pub record: Option<RunRecord>,
    /// What is worth knowing about how it was read.
    pub note: Option<String>,
}

/// Opens a bundled network and lets it live one episode.
///
/// # Errors
/// Never, unless the program was built from damaged assets.
pub fn bundled(network: Bundled) -> anyhow::Result<Prepared> {
    of_checkpoint(network.open()?, network.title().into())
}

/// The bundled network of letters with these to remember, however many it was trained with; the first is to be recalled
/// from its upper three rows.
///
/// # Errors
/// When they are no such letters.
pub fn some_letters(names: &str) -> anyhow::Result<Prepared> {
    let network = Bundled::Letters;
    let mut checkpoint = network.open()?;
    let patterns = letters::all_of(names).map_err(anyhow::Error::msg)?;
    checkpoint.config =
        checkpoint.config.altered_for_evaluation(&[("count".to_owned(), patterns.len().to_string())])?;
    let tape = checkpoint.specimen().episode(FIRST_EPISODE)?;
    let asked = lettered(&tape, patterns, 3).context("these letters are not of the size of the network")?;
    from_letters(checkpoint, asked, network.title().into())
}

/// Opens a checkpoint, a run folder or a tape.
///
/// # Errors
/// When it is none of them or is damaged.
pub fn opened(path: &Path) -> anyhow::Result<Prepared> {
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    match open::open(path)? {
        Opened::Checkpoint(checkpoint) => of_checkpoint(*checkpoint, name),
        Opened::Tape { tape, parameters, config, attached, note } => {
            let config = config.map(|config| *config);
            let scene = Scene::new(name, config, Arc::new(parameters), Arc::from(tape));
            let mut scene = scene.with_context(|| path.display().to_string())?;
            let untouched = scene.relived().with_context(|| path.display().to_string())?;
            scene.ghost = untouched.map(|tape| reel(Arc::new(tape), 0));
            // The curve of what was in view before is not that of this network.
            let prepared = Prepared { scene, record: Some(RunRecord::default()), note };
            match attached {
                Some(attached) => cartridge::inserted(prepared, &attached).with_context(|| path.display().to_string()),
                None => Ok(prepared),
            }
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
        None => of_checkpoint(checkpoint, name),
    }
}

/// A network with the episode that is seen first; `name` is where it comes from.
///
/// # Errors
/// When it cannot live an episode.
pub fn of_checkpoint(checkpoint: Checkpoint, name: String) -> anyhow::Result<Prepared> {
    let tape = checkpoint.specimen().episode(FIRST_EPISODE).with_context(|| name.clone())?;
    let letters = usual_letters(&tape);
    match letters.and_then(|(letters, rows)| lettered(&tape, letters, rows)) {
        Some(letters) => from_letters(checkpoint, letters, name),
        None => from_tape(checkpoint, tape, name),
    }
}

/// As many letters as a lifetime has patterns, and how many rows of the first are shown; `None` where there are not so many.
fn usual_letters(tape: &Tape) -> Option<(Vec<Vec<f32>>, usize)> {
    Some((letters::some(0, Recalled::of(tape)?.question.study.len())?, letters::SIDE / 2))
}

/// The question of a lifetime with letters in place of its patterns, of the first of which so many rows are shown; `None`
/// where letters are of another size, or where what it recalls is pictures.
fn lettered(tape: &Tape, letters: Vec<Vec<f32>>, rows: usize) -> Option<Recalled> {
    let (asked, task) = (Recalled::of(tape)?, tasks::find(&tape.origin.task).ok()?);
    let pixels = letters::SIDE * letters::SIDE;
    if asked.question.size() != pixels || task.examples_are_pictures() {
        return None;
    }
    let mut asked = asked.with_examples(letters)?;
    asked.question.target = 0;
    // What was studied last would be the easiest to recall: then the question would not show that anything is kept.
    if asked.order.last() == Some(&0) {
        let count = asked.question.study.len();
        asked.order.iter_mut().for_each(|shown| *shown = (*shown + 1) % count);
    }
    asked.blank(|pixel| pixel >= rows * letters::SIDE);
    Some(asked)
}

/// A network of patterns of 25 bits opens on what people know by sight.
fn from_letters(mut checkpoint: Checkpoint, letters: Recalled, name: String) -> anyhow::Result<Prepared> {
    let base = Base { asked: letters.clone(), seed: Some(FIRST_EPISODE), is_own: true };
    let changed = Changed { base: Arc::new(base), is_edited: false };
    let iteration = checkpoint.iteration();
    let (record, note) = (RunRecord::take(&mut checkpoint), checkpoint.note);
    let lived = asked(name, checkpoint.config, Arc::new(checkpoint.parameters), iteration, letters, changed)?;
    Ok(Prepared { record: Some(record), note, ..lived })
}

fn from_tape(mut checkpoint: Checkpoint, tape: Tape, name: String) -> anyhow::Result<Prepared> {
    let iteration = checkpoint.iteration();
    let record = Some(RunRecord::take(&mut checkpoint));
    let mut scene = Scene::new(name, Some(checkpoint.config), Arc::new(checkpoint.parameters), Arc::new(tape))?;
    // The last lifetime of training was lived by the network before the iteration.
    scene.iteration = iteration;
    Ok(Prepared { scene, record, note: checkpoint.note })
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
    Ok(Prepared { scene, record: None, note: None })
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
    Ok(Prepared { scene, record: None, note: None })
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
    // A network without connections of this kind has none of their gradients.
    let gradients = gradients.filter(|_| scene.shape() != [0; 2]);
    scene.gradients = gradients.map(|gradients| scene_gradients(&gradients, &scene)).transpose()?;
    Ok(Prepared { scene, record: None, note: None })
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
