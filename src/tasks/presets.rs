//! Settings that belong together, by a name.

use super::settings::{SettingError, Settings};
use super::{TASKS, Task};
use crate::files::one_line;

/// Settings of a task that somebody has published together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in one line.
    pub summary: &'static str,
    /// What differs from the task's defaults, by keys as typed.
    pub settings: &'static [(&'static str, &'static str)],
    /// Iterations of a usual run.
    pub iterations: u64,
}

/// There is no such preset.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("there is no preset {name}, expected one of: {known}")]
pub struct UnknownPreset {
    name: String,
    known: String,
}

/// The preset called `name`, and its task.
///
/// # Errors
/// With the names there are.
pub fn find(name: &str) -> Result<(&'static dyn Task, &'static Preset), UnknownPreset> {
    let all = || TASKS.iter().flat_map(|task| task.presets().iter().map(|preset| (*task, preset)));
    all().find(|(_, preset)| preset.name == name).ok_or_else(|| UnknownPreset {
        name: one_line(name),
        known: all().map(|(_, preset)| preset.name).collect::<Vec<_>>().join(", "),
    })
}

impl Preset {
    /// Makes `settings` those of the preset, as far as it names them.
    ///
    /// # Errors
    /// Never, unless a preset names a setting that its task has not: a test goes through all of them.
    pub fn apply(&self, settings: &mut Settings) -> Result<(), SettingError> {
        self.settings.iter().try_for_each(|(key, value)| settings.set_text(key, value))
    }
}
