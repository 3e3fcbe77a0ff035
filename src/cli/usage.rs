//! What is the fault of the command line, and not of a file or of the machine: it has an exit code of its own.

use crate::tasks::UnknownTask;
use crate::tasks::presets::UnknownPreset;
use crate::tasks::settings::SettingError;
use crate::train::config::ConfigError;
use std::error::Error;

/// Arguments that do not go together, or do not fit what they are of.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongUsage(String);

impl WrongUsage {
    /// With a sentence that names the option, what was expected and what was found.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

/// Ends a function with [`WrongUsage`].
macro_rules! misused {
    ($($sentence:tt)*) => {
        return Err($crate::cli::usage::WrongUsage::new(format!($($sentence)*)).into())
    };
}

pub(super) use misused;

/// Whether an error says that the program was used wrongly: an unknown task, preset or setting, a value that a setting does
/// not take, or what somebody has called [`WrongUsage`].
///
/// What a *file* says of tasks and settings is told as an error of that file, and examples that are missing or a machine
/// that is too small are nobody's wrong usage.
pub fn is_wrong(error: &anyhow::Error) -> bool {
    error.chain().any(is_cause)
}

fn is_cause(cause: &(dyn Error + 'static)) -> bool {
    // A configuration's error stands in place of the one within it.
    match cause.downcast_ref::<ConfigError>() {
        Some(ConfigError::Setting(error)) => is_of_settings(error),
        Some(ConfigError::Task(_) | ConfigError::Preset(_)) => true,
        Some(ConfigError::File { .. }) => false,
        None => {
            cause.is::<WrongUsage>()
                || cause.is::<UnknownTask>()
                || cause.is::<UnknownPreset>()
                || cause.downcast_ref().is_some_and(is_of_settings)
        }
    }
}

fn is_of_settings(error: &SettingError) -> bool {
    match error {
        SettingError::Unknown { .. }
        | SettingError::Value { .. }
        | SettingError::Fixed { .. }
        | SettingError::NotOfTheWorld { .. } => true,
        SettingError::TooLarge { .. } | SettingError::Data(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::FileError;
    use anyhow::Context as _;
    use std::path::Path;

    #[test]
    fn wrong_usage_is_known_by_its_kind_behind_whatever_was_said_before_it() {
        let setting = || SettingError::Value { key: "lr".into(), expected: "a number".into(), found: "much".into() };
        let unknown_task = || crate::tasks::find("chess").err().unwrap();
        let wrong: [anyhow::Error; 6] = [
            setting().into(),
            ConfigError::from(setting()).into(),
            ConfigError::from(unknown_task()).into(),
            unknown_task().into(),
            Err::<(), _>(setting()).context("runs/one").context("of several").unwrap_err(),
            WrongUsage::new("--list expects --grid").into(),
        ];
        for error in wrong {
            assert!(is_wrong(&error), "{error:#}");
        }
        let path = Path::new("run/config.toml");
        let failed: [anyhow::Error; 3] = [
            FileError::new(path, setting().to_string()).into(),
            ConfigError::File { path: path.into(), problem: setting().to_string() }.into(),
            SettingError::TooLarge { needed: 9, most: 3 }.into(),
        ];
        for error in failed {
            assert!(!is_wrong(&error), "{error:#}");
        }
    }
}
