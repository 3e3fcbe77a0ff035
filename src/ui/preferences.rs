//! What the window remembers: its size, its layout, its theme, recent files.

use super::layout::{Arrangement, Choices, Named};
use crate::files::{FileError, reason, write_atomically};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Recent files that are kept.
const RECENT: usize = 10;

/// A preferences file larger than this is not one.
const MAX_BYTES: u64 = 1 << 20;

/// What is remembered from one window to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Light instead of dark.
    pub light: bool,
    /// Width and height of the window, in points.
    pub size: [f32; 2],
    /// The named layout that was chosen last.
    pub layout: Named,
    /// What the user has made of it.
    pub arrangement: Option<Arrangement>,
    /// What has been chosen in each panel.
    pub panels: Choices,
    /// Files opened lately, the latest first.
    pub recent: Vec<PathBuf>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            light: false,
            size: [1280.0, 800.0],
            layout: Named::Watch,
            arrangement: None,
            panels: Choices::new(),
            recent: Vec::new(),
        }
    }
}

impl Preferences {
    /// Where this system keeps them; `None` on a system that has no such place.
    pub fn usual_path() -> Option<PathBuf> {
        let folders = directories::ProjectDirs::from("", "", "hebbscope")?;
        Some(folders.config_dir().join("window.toml"))
    }

    /// Reads them. A missing file is a first start; a damaged one is ignored, with a note.
    pub fn read(path: &Path) -> (Self, Option<String>) {
        let problem = match std::fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (Self::default(), None),
            Err(error) => reason(&error),
            Ok(facts) if !facts.is_file() || facts.len() > MAX_BYTES => "it is not a settings file".to_owned(),
            Ok(_) => match std::fs::read_to_string(path) {
                Err(error) => reason(&error),
                Ok(text) => match toml::from_str::<Self>(&text) {
                    Ok(preferences) => return (preferences.repaired(), None),
                    Err(error) => error.message().replace('\n', " "),
                },
            },
        };
        let note = format!("The window's settings in {} were ignored: {problem}.", path.display());
        (Self::default(), Some(note))
    }

    /// Writes them, making the folder where it is missing.
    ///
    /// # Errors
    /// When the place cannot be written to.
    pub fn write(&self, path: &Path) -> Result<(), FileError> {
        let io = |error: std::io::Error| FileError::new(path, format!("cannot be written: {}", reason(&error)));
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(io)?;
        }
        let text =
            toml::to_string(self).map_err(|error| FileError::new(path, format!("cannot be written: {error}")))?;
        write_atomically(path, text.as_bytes())
    }

    /// Puts a file at the head of the recent ones.
    pub fn remember(&mut self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.recent.retain(|other| *other != path);
        self.recent.insert(0, path);
        self.recent.truncate(RECENT);
    }

    fn repaired(mut self) -> Self {
        let fits = |side: f32, least: f32| side.is_finite() && (least..=16_384.0).contains(&side);
        if !(fits(self.size[0], 320.0) && fits(self.size[1], 240.0)) {
            self.size = Self::default().size;
        }
        self.recent.truncate(RECENT);
        self
    }
}
