//! What a run is: task, settings, seed, length. Read from TOML and from the command line.

use crate::data::DataError;
use crate::episode::Tape;
use crate::tasks::settings::{SettingError, Settings};
use crate::tasks::{self, Experiment, Purpose, Task, UnknownTask};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest seed and the longest run: TOML and JSON readers elsewhere keep whole numbers up to here.
pub const MAX_SEED: u64 = (1 << 53) - 1;

/// One training run, fully described.
#[derive(Clone, Debug, PartialEq)]
pub struct RunConfig {
    /// The task's settings.
    pub settings: Settings,
    /// Everything random follows from it.
    pub seed: u64,
    /// Iterations of the whole run.
    pub iterations: u64,
    /// Tells the examples that the run began with from others; `None` before it begins, and where the settings say
    /// it all.
    pub fingerprint: Option<String>,
    task: &'static str,
}

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A setting does not fit.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// There is no such task.
    #[error(transparent)]
    Task(#[from] UnknownTask),
    /// The file cannot be read or is not such a file.
    #[error("{}: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

/// A configuration as it stands in a file: everything but the settings' own meaning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigText {
    /// The task's name.
    pub task: Option<String>,
    /// The seed.
    pub seed: Option<u64>,
    /// Iterations of the whole run.
    pub steps: Option<u64>,
    /// Tells the examples that the run began with from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Settings that differ from the paper's, or all of them.
    #[serde(default)]
    pub settings: Map<String, Value>,
}

impl RunConfig {
    /// The paper's run of `task` with seed 0.
    pub fn new(task: &'static dyn Task) -> Self {
        let (settings, iterations) = (task.defaults(), task.usual_iterations());
        Self { settings, seed: 0, iterations, fingerprint: None, task: task.name() }
    }

    /// The run that a file describes; `task` is what the command line asked for, if anything.
    ///
    /// # Errors
    /// When the task is unknown or a value does not fit.
    pub fn from_text(text: &ConfigText, task: Option<&str>) -> Result<Self, ConfigError> {
        let name = task.or(text.task.as_deref()).unwrap_or_default();
        let mut config = Self::new(tasks::find(name)?);
        config.settings.set_all(&text.settings)?;
        config.seed = check_seed(text.seed.unwrap_or(0))?;
        config.iterations = check_steps(text.steps.unwrap_or(config.iterations))?;
        config.fingerprint.clone_from(&text.fingerprint);
        Ok(config)
    }

    /// The task.
    pub fn task(&self) -> &'static dyn Task {
        tasks::find(self.task).expect("a run is made from a task of the registry")
    }

    /// Whether its network trains a rate η.
    pub fn has_eta(&self) -> bool {
        self.task()
            .network(&self.settings)
            .is_ok_and(|network| network.layers().iter().any(|layer| layer.plasticity.writing.has_eta()))
    }

    /// The experiment of this run. A run that begins has what its settings leave to the circumstances settled, and
    /// keeps the fingerprint of its examples; one that goes on must find the same examples.
    ///
    /// # Errors
    /// When the settings ask for too much together, or examples are missing, damaged, or others than before.
    pub fn training_experiment(&mut self) -> Result<Box<dyn Experiment>, SettingError> {
        self.task().settle(&mut self.settings)?;
        let experiment = self.task().experiment(&self.settings, Purpose::Training)?;
        let found = experiment.fingerprint();
        match &self.fingerprint {
            Some(known) if found != Some(known) => return Err(other_examples(known, found)),
            Some(_) => {}
            None => self.fingerprint = found.map(str::to_owned),
        }
        Ok(experiment)
    }

    /// The experiment that tests a network of this run, on examples that the run does not learn from.
    ///
    /// # Errors
    /// When examples are damaged, or were split otherwise when the run began: what the network has seen could then
    /// not be told from what it has not.
    pub fn testing_experiment(&self) -> Result<Box<dyn Experiment>, SettingError> {
        let experiment = self.task().experiment(&self.settings, Purpose::Testing)?;
        match (&self.fingerprint, experiment.fingerprint()) {
            (Some(known), Some(found)) if known != found => Err(other_examples(known, Some(found))),
            _ => Ok(experiment),
        }
    }

    /// Everything as text, all settings included.
    pub fn to_text(&self) -> ConfigText {
        ConfigText {
            task: Some(self.task.to_owned()),
            seed: Some(self.seed),
            steps: Some(self.iterations),
            fingerprint: self.fingerprint.clone(),
            settings: self.settings.to_map(),
        }
    }

    /// The JSON of [`Self::to_text`], as a tape keeps it.
    ///
    /// # Panics
    /// Never: a configuration has only numbers and words.
    pub fn to_json(&self) -> Arc<Value> {
        Arc::new(serde_json::to_value(self.to_text()).expect("numbers and words have a JSON form"))
    }

    /// The run of the network that lived a tape; `None` where the tape does not say.
    ///
    /// # Errors
    /// When what it says is no configuration, or that of another network.
    pub fn of_tape(tape: &Tape) -> Result<Option<Self>, String> {
        let Some(run) = &tape.origin.run else { return Ok(None) };
        let text = ConfigText::deserialize(&**run)
            .map_err(|error| format!("expected the configuration of a run, found one that does not fit ({error})"))?;
        let config = Self::from_text(&text, None).map_err(|error| error.to_string())?;
        let network = config.task().network(&config.settings).map_err(|error| error.to_string())?;
        if config.task != tape.origin.task || network != tape.network {
            return Err(format!(
                "expected the configuration of the network that lived it, found that of another one of task {}",
                config.task
            ));
        }
        Ok(Some(config))
    }

    /// The TOML of [`Self::to_text`].
    ///
    /// # Panics
    /// Never: a configuration has only numbers and words.
    pub fn to_toml(&self) -> String {
        toml::to_string(&self.to_text()).expect("numbers and words have a TOML form")
    }
}

fn other_examples(known: &str, found: Option<&str>) -> SettingError {
    let found = found.unwrap_or("none");
    let problem = format!("expected the ones that this run began with (fingerprint {known}), found others ({found})");
    DataError::of("the examples", problem).into()
}

/// Refuses seeds that other programs could not read back.
///
/// # Errors
/// When `seed` is above [`MAX_SEED`].
pub fn check_seed(seed: u64) -> Result<u64, SettingError> {
    check_whole("seed", seed, 0)
}

/// Refuses lengths of a run that other programs could not read back.
///
/// # Errors
/// When `steps` is zero or above [`MAX_SEED`].
pub fn check_steps(steps: u64) -> Result<u64, SettingError> {
    check_whole("steps", steps, 1)
}

fn check_whole(key: &str, value: u64, least: u64) -> Result<u64, SettingError> {
    if (least..=MAX_SEED).contains(&value) {
        return Ok(value);
    }
    Err(SettingError::Value {
        key: key.into(),
        expected: format!("a whole number from {least} to {MAX_SEED}"),
        found: value.to_string(),
    })
}

impl ConfigText {
    /// Reads a TOML file.
    ///
    /// # Errors
    /// When it cannot be read, is not TOML, or names something unknown.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let refuse = |problem: String| ConfigError::File { path: path.to_owned(), problem };
        let text = std::fs::read_to_string(path)
            .map_err(|error| refuse(format!("cannot be read: {}", crate::files::reason(&error))))?;
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            let message = error.message().trim().replace('\n', " ");
            refuse(format!("expected a configuration in TOML, found in line {line}: {message}"))
        })
    }
}
