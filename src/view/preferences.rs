//! What the window remembers: its size, its layout, its theme, recent files.

use super::layout::{Arrangement, Choices, Named};
use super::numbers::shortest;
use super::order::OrderChoices;
use crate::files::{FileError, one_line, read_text, reason, write_atomically};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Recent files that are kept.
const RECENT: usize = 10;

/// A preferences file larger than this is not one.
const MAX_BYTES: u64 = 1 << 20;

/// A window longer than this, in points, has never been: no desktop counts further.
const LONGEST_SIDE: f32 = 32_768.0;

/// Pixels per point that systems have.
const SCALES: RangeInclusive<f32> = 0.25..=16.0;

/// What Ctrl and + or − lead to.
pub const ZOOMS: RangeInclusive<f32> = 0.2..=5.0;

/// What is remembered from one window to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Light instead of dark.
    pub light: bool,
    /// Width and height of the window in the system's points, which do not grow with [`Self::zoom`].
    pub size: [f32; 2],
    /// Pixels per point of the system, where the window was last; `None` before there was one.
    pub scale: Option<f32>,
    /// How much larger than the system has it everything is drawn (Ctrl and +, −, 0).
    pub zoom: f32,
    /// The named layout that was chosen last.
    pub layout: Named,
    /// What the user has made of it.
    pub arrangement: Option<Arrangement>,
    /// What has been chosen in each panel.
    pub panels: Choices,
    /// In which order neurons stand, for each subject for which somebody chose.
    pub orders: OrderChoices,
    /// Where tours were left, by their titles, counted from 0.
    pub tours: BTreeMap<String, usize>,
    /// The folder of a run that was in training when the window was closed or killed.
    pub running: Option<PathBuf>,
    /// Files opened lately, the latest first.
    pub recent: Vec<PathBuf>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            light: false,
            size: [1280.0, 800.0],
            scale: None,
            zoom: 1.0,
            layout: Named::Watch,
            arrangement: None,
            panels: Choices::new(),
            orders: OrderChoices::new(),
            tours: BTreeMap::new(),
            running: None,
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
        let is_missing = std::fs::metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
        if is_missing {
            return (Self::default(), None);
        }
        let problem = match read_text(path, "the window's settings", MAX_BYTES) {
            Err(error) => error.problem,
            Ok(text) => match toml::from_str::<Self>(&text) {
                Ok(preferences) => return (preferences.repaired(), None),
                Err(error) => one_line(error.message()),
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
        let refused = |error: toml::ser::Error| FileError::new(path, format!("cannot be written: {error}"));
        let mut value = toml::Value::try_from(self).map_err(refused)?;
        shorten(&mut value);
        let text = toml::to_string(&value).map_err(refused)?;
        write_atomically(path, text.as_bytes())
    }

    /// Writes them as [`Self::write`] does, and keeps the recent files that another window has added meanwhile.
    ///
    /// # Errors
    /// When the place cannot be written to.
    pub fn write_beside_others(&self, path: &Path) -> Result<(), FileError> {
        let mut all = self.clone();
        for other in Self::read(path).0.recent {
            if !all.recent.contains(&other) {
                all.recent.push(other);
            }
        }
        all.recent.truncate(RECENT);
        all.write(path)
    }

    /// Puts a file at the head of the recent ones.
    pub fn remember(&mut self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.recent.retain(|other| *other != path);
        self.recent.insert(0, path);
        self.recent.truncate(RECENT);
    }

    fn repaired(mut self) -> Self {
        let fits = |side: f32, least: f32| side.is_finite() && (least..=LONGEST_SIDE).contains(&side);
        if !(fits(self.size[0], 320.0) && fits(self.size[1], 240.0)) {
            self.size = Self::default().size;
        }
        self.scale = self.scale.filter(|scale| SCALES.contains(scale));
        if !ZOOMS.contains(&self.zoom) {
            self.zoom = Self::default().zoom;
        }
        self.recent.truncate(RECENT);
        self
    }
}

/// Numbers in single precision with their own digits: 0.1 and not 0.10000000149011612.
fn shorten(value: &mut toml::Value) {
    match value {
        toml::Value::Float(number) => *number = shortest(*number).parse().unwrap_or(*number),
        toml::Value::Array(values) => values.iter_mut().for_each(shorten),
        toml::Value::Table(table) => table.iter_mut().for_each(|(_, value)| shorten(value)),
        _ => {}
    }
}
