//! A network and everything needed to go on training it, in one `.safetensors` file.
//!
//! Parameters stand under their own names, optimiser moments under `optim.*`, the curve under
//! `curve.*`, the rest as JSON under the metadata key `hebbscope`.

use crate::data::{DataError, Generator};
use crate::files::{self, Array, FileError, Precision, TensorFile};
use crate::plastic::{Network, Parameters, State};
use crate::train::adam::{Adam, Moments};
use crate::train::config::{ConfigText, MAX_SEED, RunConfig};
use crate::train::curve;
use crate::train::trainer::{Curve, Trainer, Validation};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

mod carried;

/// What the JSON calls such a file.
const KIND: &str = "checkpoint";

/// The version of the checkpoint format that this program writes.
const VERSION: u32 = 1;

/// The JSON of a checkpoint.
#[derive(Serialize, Deserialize)]
struct Header {
    kind: String,
    version: u32,
    #[serde(flatten)]
    config: ConfigText,
    /// Iterations that lie behind.
    iteration: u64,
    /// The training generator's state; absent in a file meant for sharing.
    generator: Option<Generator>,
    /// Steps of the optimiser, where they are not as many as iterations: a run that went on from a shared
    /// file began with new moments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    optimiser_steps: Option<u64>,
    /// What it has come to after each epoch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    validations: Vec<Validation>,
    /// How many lifetimes go on in the next iteration.
    #[serde(default, skip_serializing_if = "is_none")]
    carried: usize,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

/// A saved run.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// The run's description.
    pub config: RunConfig,
    /// The network's shape.
    pub network: Network,
    /// The trained tensors.
    pub parameters: Parameters,
    /// The numbers of every iteration so far, but for those that are not on record.
    pub curve: Curve,
    /// Iterations whose numbers are not on record: all of them in a file that another program has left without its
    /// curve, otherwise none.
    pub unrecorded: u64,
    /// What the network came to after each epoch on examples that say when to stop.
    pub validations: Vec<Validation>,
    /// What going on exactly takes; a shared file leaves it out.
    pub continuation: Option<Continuation>,
    /// What is worth knowing about how it was read: that another program has saved it again.
    pub note: Option<String>,
}

/// The optimiser's moments, the generator's state, and what the last iteration left to the next one.
#[derive(Clone, Debug)]
pub struct Continuation {
    carried: Vec<Arc<State>>,
    optimiser_steps: u64,
    moments: BTreeMap<String, Moments>,
    generator: Generator,
}

impl Checkpoint {
    /// Iterations that lie behind.
    pub fn iteration(&self) -> u64 {
        self.unrecorded + self.curve.len() as u64
    }

    /// Reads a checkpoint.
    ///
    /// # Errors
    /// When the file is of another kind, damaged, or does not fit the network that it describes.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        Self::from_file(TensorFile::read(path)?)
    }

    /// Takes a checkpoint out of a file that has been read.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn from_file(mut file: TensorFile) -> Result<Self, FileError> {
        file.expect(KIND, VERSION)?;
        let header: Header = serde_json::from_str(&file.json).map_err(|error| {
            file.refuse(format!("expected the header of a checkpoint, found one that does not fit ({error})"))
        })?;
        let config = RunConfig::from_text(&header.config, None).map_err(|error| file.refuse(error.to_string()))?;
        let network = config.task().network(&config.settings).map_err(|error| file.refuse(error.to_string()))?;
        let parameters = Parameters::from_file(&mut file, &network)?;
        let curve = read_curve(&mut file, header.iteration)?;
        let unrecorded = header.iteration - curve.len() as u64;
        let continuation = match header.generator {
            Some(generator) => {
                let optimiser_steps = header.optimiser_steps.unwrap_or(header.iteration);
                let moments = match config.task().has_moments(&config.settings) {
                    true => read_moments(&mut file, &network, optimiser_steps)?,
                    false => BTreeMap::new(),
                };
                let carried = carried::take(&mut file, &network, header.carried)?;
                Some(Continuation { carried, optimiser_steps, moments, generator })
            }
            None => None,
        };
        let note = file.note().map(str::to_owned);
        file.finish()?;
        let validations = header.validations;
        Ok(Self { config, network, parameters, curve, unrecorded, validations, continuation, note })
    }

    /// Writes the checkpoint: all of it, or nothing.
    ///
    /// # Errors
    /// When a value is not finite, the folder cannot be written to or the disk is full.
    pub fn write(&self, path: &Path, precision: Precision) -> Result<(), FileError> {
        files::write_atomically(path, &self.to_bytes(path, precision)?)
    }

    /// The bytes of the checkpoint, which is to lie at `path`.
    ///
    /// # Errors
    /// When a value is not finite, or the numbers of some iterations are there and those of others are not.
    pub fn to_bytes(&self, path: &Path, precision: Precision) -> Result<Vec<u8>, FileError> {
        let refuse = |error: String| FileError::new(path, error);
        let steps = self.continuation.as_ref().map(|continuation| continuation.optimiser_steps);
        let header = Header {
            kind: KIND.into(),
            version: VERSION,
            config: self.config.to_text(),
            iteration: self.iteration(),
            generator: self.continuation.as_ref().map(|continuation| continuation.generator.clone()),
            optimiser_steps: steps.filter(|&steps| steps != self.iteration()),
            validations: self.validations.clone(),
            carried: self.continuation.as_ref().map_or(0, |continuation| continuation.carried.len()),
        };
        let mut tensors = self.parameters.to_arrays().map_err(|error| refuse(error.to_string()))?;
        if self.unrecorded > 0 && !self.curve.is_empty() {
            let (expected, found) = (self.iteration(), self.curve.len());
            let problem =
                format!("cannot be written: expected a curve of {expected} iterations or none, found {found}");
            return Err(refuse(problem));
        }
        if self.unrecorded == 0 {
            tensors.extend(curve::to_arrays(&self.curve));
        }
        for (name, moments) in self.continuation.iter().flat_map(|continuation| &continuation.moments) {
            for (which, values) in [("first", &moments.first), ("second", &moments.second)] {
                tensors.insert(format!("optim.{name}.{which}"), Array::new(&[values.len()], values.clone()));
            }
        }
        if let Some(Continuation { carried, .. }) = &self.continuation {
            tensors.extend(carried::to_arrays(carried, &self.network));
        }
        let json = serde_json::to_string(&header).map_err(|error| refuse(error.to_string()))?;
        files::tensor_bytes(path, &json, &tensors, precision)
    }
}

/// The curve of so many iterations; an empty one where the file has nothing of it, as other programs leave it.
fn read_curve(file: &mut TensorFile, iterations: u64) -> Result<Curve, FileError> {
    if curve::names().iter().all(|name| !file.has(name)) {
        // No tensor bounds them then.
        return match iterations <= MAX_SEED {
            true => Ok(Curve::new()),
            false => Err(file.refuse(format!("claims {iterations} iterations, expected at most {MAX_SEED}"))),
        };
    }
    let length = usize::try_from(iterations).map_err(|_| file.refuse("claims more iterations than fit in memory"))?;
    let [loss, measure, eta, grad_norm] = curve::names();
    let mut column = |name: &str| file.take(name, &[length]);
    let columns = [column(&loss)?, column(&measure)?, column(&eta)?, column(&grad_norm)?];
    // Each of them has been taken with this length.
    Ok(curve::from_columns(columns.each_ref().map(Vec::as_slice)).unwrap_or_default())
}

/// What is wrong with a run whose curve is missing, as the rest of a sentence.
pub(in crate::train) fn no_curve(iterations: u64) -> String {
    format!("expected the numbers of all {iterations} iterations that lie behind, found none")
}

fn read_moments(
    file: &mut TensorFile,
    network: &Network,
    optimiser_steps: u64,
) -> Result<BTreeMap<String, Moments>, FileError> {
    let mut moments = BTreeMap::new();
    // An optimiser that has not taken a step has no moments yet.
    if optimiser_steps > 0 {
        for (name, shape) in network.shapes() {
            let size = [shape.iter().product()];
            let first = file.take(&format!("optim.{name}.first"), &size)?;
            let second = file.take(&format!("optim.{name}.second"), &size)?;
            moments.insert(name, Moments { first, second });
        }
    }
    Ok(moments)
}

impl Trainer {
    /// Everything that going on exactly takes.
    ///
    /// # Errors
    /// When a tensor cannot be copied.
    pub fn checkpoint(&self) -> candle_core::Result<Checkpoint> {
        Ok(Checkpoint {
            config: self.config.clone(),
            network: self.experiment.network(),
            parameters: self.parameters.snapshot()?,
            curve: self.curve.clone(),
            unrecorded: 0,
            validations: self.validations.clone(),
            continuation: Some(Continuation {
                carried: self.carried.clone(),
                optimiser_steps: self.adam.steps,
                moments: self.adam.moments(self.parameters.device())?,
                generator: self.generator.clone(),
            }),
            note: None,
        })
    }

    /// Goes on from a checkpoint: exactly where its continuation is known; otherwise with new moments
    /// and with the episodes of `seed` from the beginning.
    ///
    /// The parameters are copied: training leaves other holders of the checkpoint's tensors alone.
    ///
    /// # Errors
    /// When examples that the settings name cannot be used, or the numbers of iterations are not on record: a run is known
    /// by its curve.
    ///
    /// # Panics
    /// Never: Candle can copy what it holds in memory.
    pub fn from_checkpoint(checkpoint: Checkpoint) -> Result<Self, crate::tasks::settings::SettingError> {
        if checkpoint.unrecorded > 0 {
            return Err(DataError::of("the curve", no_curve(checkpoint.unrecorded)).into());
        }
        let (has_begun, provenance) = (checkpoint.iteration() > 0, checkpoint.config.provenance.clone());
        let mut trainer = Self::new(checkpoint.config)?;
        if has_begun {
            // What it began with is on record or is not; what is found now says nothing of it.
            trainer.set_provenance(provenance);
        }
        trainer.parameters = checkpoint.parameters.snapshot().expect("tensors in memory can be copied");
        trainer.curve = checkpoint.curve;
        trainer.validations = checkpoint.validations;
        if let Some(continuation) = checkpoint.continuation {
            let (settings, steps) = (trainer.experiment.optimiser(), continuation.optimiser_steps);
            trainer.adam = Adam::restored(settings, steps, continuation.moments);
            trainer.generator = continuation.generator;
            trainer.carried = continuation.carried;
        }
        Ok(trainer)
    }
}
