//! Opening what somebody hands over: a checkpoint, a run folder, or a tape.

use super::checkpoint::Checkpoint;
use super::config::RunConfig;
use super::run_folder::checkpoint_path;
use crate::episode::Tape;
use crate::episode::tape_file::{self, Attached};
use crate::files::{FileError, TensorFile};
use crate::plastic::Parameters;
use crate::tasks;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What was opened.
pub enum Opened {
    /// A network with its configuration; it can live new episodes.
    Checkpoint(Box<Checkpoint>),
    /// One recorded lifetime and the network that lived it.
    Tape {
        /// The lifetime.
        tape: Box<Tape>,
        /// The network.
        parameters: Parameters,
        /// The configuration to live another with, where the tape has it.
        config: Option<Box<RunConfig>>,
        /// How somebody who shared it looked at it.
        attached: Option<Box<Attached>>,
        /// What is worth knowing about how it was read.
        note: Option<String>,
    },
}

/// Opens a checkpoint, the checkpoint of a run folder, or a tape.
///
/// # Errors
/// When `path` is none of them or is damaged.
pub fn open(path: &Path) -> Result<Opened, FileError> {
    if path.is_dir() {
        return checkpoint(path).map(|checkpoint| Opened::Checkpoint(Box::new(checkpoint)));
    }
    let file = TensorFile::read(path)?;
    if tape_file::is_tape(&file) {
        let note = file.note().map(str::to_owned);
        let (tape, parameters, attached) = tape_file::read_with(file)?;
        tasks::check_tape(&tape).map_err(|problem| FileError::new(path, problem))?;
        let config = RunConfig::of_tape(&tape).map_err(|problem| FileError::new(path, problem))?.map(Box::new);
        return Ok(Opened::Tape { tape: Box::new(tape), parameters, config, attached: attached.map(Box::new), note });
    }
    Checkpoint::from_file(file).map(|checkpoint| Opened::Checkpoint(Box::new(checkpoint)))
}

/// Opens a checkpoint, or the checkpoint of a run folder.
///
/// # Errors
/// When `path` is neither or is damaged.
pub fn checkpoint(path: &Path) -> Result<Checkpoint, FileError> {
    let file = checkpoint_file(path);
    if path.is_dir() && !file.exists() {
        return Err(FileError::new(path, "expected a run folder, found a folder without checkpoint.safetensors"));
    }
    Checkpoint::read(&file)
}

/// The file that [`checkpoint`] reads: of a run folder the one inside.
pub fn checkpoint_file(path: &Path) -> PathBuf {
    if path.is_dir() { checkpoint_path(path) } else { path.to_owned() }
}

/// The networks that come with the program; `assets/README.md` says how they were trained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bundled {
    /// Recalls binary patterns.
    #[default]
    Patterns,
    /// Completes natural images.
    Images,
    /// Finds a reward in a maze.
    Agent,
    /// Does so with traces that it modulates itself.
    ModulatedAgent,
    /// Recalls letters of 5 × 5 pixels, with 26 neurons.
    Letters,
    /// Knows characters again that it has seen once.
    Omniglot,
    /// Finds out which of four cues is the target, and when to learn.
    CueReward,
    /// Foresees the next word of a novel.
    Language,
}

impl Bundled {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Patterns,
        Self::Images,
        Self::Agent,
        Self::ModulatedAgent,
        Self::Letters,
        Self::Omniglot,
        Self::CueReward,
        Self::Language,
    ];

    /// What it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Patterns => "patterns",
            Self::Images => "images",
            Self::Agent => "agent",
            Self::ModulatedAgent => "modulated-agent",
            Self::Letters => "letters",
            Self::Omniglot => "omniglot",
            Self::CueReward => "cue-reward",
            Self::Language => "language",
        }
    }

    /// What it is called where it stands in view.
    pub fn title(self) -> &'static str {
        match self {
            Self::Patterns => "bundled network",
            Self::Images => "bundled image network",
            Self::Agent => "bundled agent",
            Self::ModulatedAgent => "bundled modulated agent",
            Self::Letters => "bundled network of letters",
            Self::Omniglot => "bundled one-shot network",
            Self::CueReward => "bundled cue-reward agent",
            Self::Language => "bundled language model",
        }
    }

    /// Snapshots of it while it was trained, one file each; `None` where there are none.
    pub(super) fn snapshots(self) -> Option<&'static [u8]> {
        (self == Self::Letters).then_some(include_bytes!("../../assets/letters-snapshots.zip"))
    }

    /// The network.
    ///
    /// # Errors
    /// Never, unless the program was built from damaged assets.
    pub fn open(self) -> Result<Checkpoint, FileError> {
        let bytes: &[u8] = match self {
            Self::Patterns => include_bytes!("../../assets/patterns.safetensors"),
            Self::Images => include_bytes!("../../assets/images.safetensors"),
            Self::Agent => include_bytes!("../../assets/agent.safetensors"),
            Self::ModulatedAgent => include_bytes!("../../assets/modulated-agent.safetensors"),
            Self::Letters => include_bytes!("../../assets/letters.safetensors"),
            Self::Omniglot => include_bytes!("../../assets/omniglot.safetensors"),
            Self::CueReward => include_bytes!("../../assets/cue-reward.safetensors"),
            Self::Language => include_bytes!("../../assets/language.safetensors"),
        };
        Checkpoint::from_file(TensorFile::from_bytes(self.title(), bytes)?)
    }
}
