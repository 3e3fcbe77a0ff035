//! What a run is: task, settings, seed, length. Read from TOML and from the command line.

use crate::data::{DataError, Provenance};
use crate::episode::Tape;
use crate::files::{self, FileError};
use crate::tasks::presets::{self, UnknownPreset};
use crate::tasks::settings::{Field, FieldKind, SettingError, Settings};
use crate::tasks::{self, Experiment, Known, Purpose, Task, UnknownTask};
use crate::train::import::Imported;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::Arc;

mod difference;
mod world;

/// The largest seed and the longest run: TOML and JSON readers elsewhere keep whole numbers up to here.
pub const MAX_SEED: u64 = (1 << 53) - 1;

/// A configuration larger than this is none.
const MAX_BYTES: u64 = 1 << 20;

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
    /// What the run has learned from since it began, where that came from files; `None` before, where the settings say
    /// it all, and where it is not on record.
    pub provenance: Option<Provenance>,
    /// What was changed on the way, the oldest first; the settings are those of now.
    pub changes: Vec<Change>,
    /// Where the network comes from, where another program has trained it.
    pub imported: Option<Imported>,
    /// The settings that its network was trained with, where [`Self::settings`] are others to test it with.
    trained: Option<Settings>,
    task: &'static str,
}

/// Settings that were changed when a run was resumed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Iterations that lay behind.
    pub iteration: u64,
    /// What the settings were before.
    pub from: Map<String, Value>,
    /// What they became.
    pub to: Map<String, Value>,
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
    /// There is no such preset.
    #[error(transparent)]
    Preset(#[from] UnknownPreset),
    /// The file cannot be read or is not such a file.
    #[error("{}: {}", files::one_line(&path.display().to_string()), files::one_line(problem))]
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
    /// What the run has learned from, where that came from files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learned_from: Option<Provenance>,
    /// Settings that differ from the paper's, or all of them.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// What was changed on the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// Where the network comes from, where another program has trained it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
    /// What settings were in training, where the network is tested with others.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub trained_with: Map<String, Value>,
}

impl ConfigError {
    /// What is wrong, for those who name the file themselves.
    pub fn problem(self) -> String {
        match self {
            Self::File { problem, .. } => problem,
            error => error.to_string(),
        }
    }
}

impl RunConfig {
    /// The paper's run of `task` with seed 0.
    pub fn new(task: &'static dyn Task) -> Self {
        let (settings, iterations) = (task.defaults(), task.usual_iterations());
        Self {
            settings,
            seed: 0,
            iterations,
            fingerprint: None,
            provenance: None,
            changes: Vec::new(),
            imported: None,
            trained: None,
            task: task.name(),
        }
    }

    /// The run that the preset `name` describes, with seed 0; `task` is what the command line asked for, if anything.
    ///
    /// # Errors
    /// When there is no such preset, or it is of another task.
    pub fn preset(name: &str, task: Option<&str>) -> Result<Self, ConfigError> {
        let (own, preset) = presets::find(name)?;
        if let Some(task) = task.map(tasks::find).transpose()?.filter(|task| task.name() != own.name()) {
            let (key, expected) = ("preset".into(), format!("one of task {}", task.name()));
            let found = format!("{name}, which is of task {}", own.name());
            return Err(SettingError::Value { key, expected, found }.into());
        }
        let mut config = Self { iterations: preset.iterations, ..Self::new(own) };
        preset.apply(&mut config.settings)?;
        Ok(config)
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
        config.provenance.clone_from(&text.learned_from);
        if let Some(Err([expected, found])) = config.provenance.as_ref().map(Provenance::check) {
            return Err(SettingError::Value { key: "learned_from".into(), expected, found }.into());
        }
        config.changes.clone_from(&text.changes);
        config.imported.clone_from(&text.imported);
        // What is said to have been is settings too.
        for change in &config.changes {
            let mut settings = config.settings.clone();
            settings.set_all(&change.from)?;
            settings.set_all(&change.to)?;
        }
        config.trained = config.trained_with(&text.trained_with)?;
        Ok(config)
    }

    /// Changes settings of a run that goes on after `iteration` iterations, from KEY and VALUE as typed, and writes down
    /// what they were. Those that make the network what it is stay; examples may lie elsewhere if they are the same.
    ///
    /// # Errors
    /// When a setting is none that can change, or a value does not fit; nothing is changed then.
    pub fn change(&mut self, iteration: u64, changes: &[(String, String)]) -> Result<(), SettingError> {
        let fixed = |field: &Field| {
            let fields = self.task().fields().iter().filter(|field| field.is_of_training);
            let known = fields.map(|field| field.key).collect::<Vec<_>>().join(", ");
            SettingError::Fixed { key: field.key, known }
        };
        let mut settings = self.settings.clone();
        for (key, value) in changes {
            // What it may be does not matter where it may not be changed.
            let field = self.task().fields().iter().find(|field| field.key == key && !self.may_change(field));
            settings.set_text(key, value).map_err(|error| field.map_or(error, &fixed))?;
        }
        let is_place =
            |key: &str| self.task().fields().iter().any(|field| field.key == key && field.kind == FieldKind::Path);
        if changes.iter().any(|(key, _)| is_place(key)) {
            // What is relative to this folder is to be found from another one too.
            self.task().resolve(&mut settings)?;
        }
        let (mut from, mut to) = (Map::new(), Map::new());
        for ((field, before), (_, after)) in self.settings.iter().zip(settings.iter()) {
            if before == after {
                continue;
            }
            if !self.may_change(field) {
                return Err(fixed(field));
            }
            from.insert(field.key.to_owned(), before.clone());
            to.insert(field.key.to_owned(), after.clone());
        }
        if !to.is_empty() {
            self.changes.push(Change { iteration, from, to });
        }
        self.settings = settings;
        Ok(())
    }

    /// Whether a setting may change when the run is resumed: one of training, or where examples lie that can be told from
    /// others.
    pub fn may_change(&self, field: &Field) -> bool {
        field.is_of_training || (field.kind == FieldKind::Path && self.fingerprint.is_some())
    }

    /// The settings of now, then those before each [change](Self::changes), back to the first.
    pub fn earlier_settings(&self) -> impl Iterator<Item = Settings> {
        let before = self.changes.iter().rev().scan(self.settings.clone(), |settings, change| {
            // They have been read once: they fit.
            settings.set_all(&change.from).ok()?;
            Some(settings.clone())
        });
        std::iter::once(self.settings.clone()).chain(before)
    }

    /// The same run without where its examples lie on this machine, and lay before: nobody else's concern. What they are
    /// stays: neither their fingerprint nor what is on record of them names a place.
    pub fn without_places(&self) -> Self {
        let mut config = self.clone();
        config.settings = config.settings.without_paths();
        config.trained = config.trained.map(|settings| settings.without_paths());
        let fields = config.task().fields();
        let is_place = |key: &String| fields.iter().any(|field| field.key == key && field.kind == FieldKind::Path);
        for change in &mut config.changes {
            change.from.retain(|key, _| !is_place(key));
            change.to.retain(|key, _| !is_place(key));
        }
        config.changes.retain(|change| !change.to.is_empty());
        config
    }

    /// The task.
    pub fn task(&self) -> &'static dyn Task {
        tasks::find(self.task).expect("a run is made from a task of the registry")
    }

    /// By how much an episode may come to less than its control and still count as unharmed, see
    /// [`Task::tolerance`].
    pub fn tolerance(&self) -> f64 {
        self.task().tolerance(&self.settings)
    }

    /// Whether its network trains a rate η.
    pub fn has_eta(&self) -> bool {
        self.task()
            .network(&self.settings)
            .is_ok_and(|network| network.layers().iter().any(|layer| layer.plasticity.writing.has_eta()))
    }

    /// Settles what the settings leave to the circumstances, for a run that begins; says why examples that the
    /// circumstances promise are not those that it is.
    ///
    /// # Errors
    /// When the circumstances do not allow for any of it.
    pub fn settle(&mut self) -> Result<Option<String>, SettingError> {
        // What it was tested with has no part in how it goes on.
        if let Some(settings) = self.trained.take() {
            self.settings = settings;
        }
        self.task().resolve(&mut self.settings)
    }

    /// The experiment of this run. A run that begins is [settled](Self::settle), and keeps the fingerprint of its examples
    /// and what is to be put on record of them; one that goes on must find the same examples.
    ///
    /// # Errors
    /// When the settings ask for too much together, or examples are missing, damaged, or others than before.
    pub fn training_experiment(&mut self) -> Result<Box<dyn Experiment>, SettingError> {
        self.settle()?;
        let experiment = self.task().experiment(&self.settings, Purpose::Training)?;
        let found = experiment.fingerprint();
        match &self.fingerprint {
            Some(known) if found != Some(known) => return Err(other_examples(known, found)),
            Some(_) => {}
            None => self.fingerprint = found.map(str::to_owned),
        }
        self.provenance = experiment.provenance().cloned();
        Ok(experiment)
    }

    /// The experiment that tests a network of this run, on examples that the run does not learn from.
    ///
    /// # Errors
    /// When examples are damaged, or were split otherwise when the run began: what the network has seen could then
    /// not be told from what it has not.
    pub fn testing_experiment(&self) -> Result<Box<dyn Experiment>, SettingError> {
        let known = Known { provenance: self.provenance.as_ref(), fingerprint: self.fingerprint.as_deref() };
        let experiment = self.task().test(&self.settings, self.trained(), known)?;
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
            learned_from: self.provenance.clone(),
            settings: self.settings.to_map(),
            changes: self.changes.clone(),
            imported: self.imported.clone(),
            trained_with: self.differences().map(|(field, then, _)| (field.key.to_owned(), then.clone())).collect(),
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

    /// The TOML of [`Self::to_text`], as people read it: without the words that a language model knows, thousands of them,
    /// which checkpoints have.
    ///
    /// # Panics
    /// Never: a configuration has only numbers and words.
    pub fn to_toml(&self) -> String {
        let mut text = self.to_text();
        text.learned_from.iter_mut().for_each(|learned| learned.vocabulary.clear());
        toml::to_string(&text).expect("numbers and words have a TOML form")
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
        let text = files::read_text(path, "a configuration in TOML", MAX_BYTES)
            .map_err(|FileError { problem, .. }| refuse(problem))?;
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            let message = error.message().trim().replace('\n', " ");
            refuse(format!("expected a configuration in TOML, found in line {line}: {message}"))
        })
    }
}
