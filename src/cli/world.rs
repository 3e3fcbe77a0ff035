//! `--set KEY=VALUE`, of a run and of a test.

use crate::tasks::settings::SettingError;
use crate::train::RunConfig;

/// The world in which a network is tested, for every sub-command that lives lifetimes of a network that has been trained.
#[derive(clap::Args)]
pub struct WorldArgument {
    /// A setting of the world that is other than it was in training, such as pillars=random in the maze; may be given
    /// several times
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
}

impl WorldArgument {
    /// What is to be changed.
    pub fn changes(&self) -> Result<Vec<(String, String)>, SettingError> {
        pairs(&self.settings)
    }

    /// The run with a network that is to be tested in this world.
    pub fn of(&self, config: &RunConfig) -> Result<RunConfig, SettingError> {
        config.altered_for_evaluation(&self.changes()?)
    }
}

/// KEY and VALUE of each.
pub fn pairs(settings: &[String]) -> Result<Vec<(String, String)>, SettingError> {
    let pair = |setting: &String| match setting.split_once('=') {
        Some((key, value)) => Ok((key.trim().to_owned(), value.to_owned())),
        None => Err(SettingError::Value { key: "--set".into(), expected: "KEY=VALUE".into(), found: setting.clone() }),
    };
    settings.iter().map(pair).collect()
}
