//! Run folders in some folders and below them, a few levels deep.

use crate::files::FileError;
use crate::train::RunConfig;
use crate::train::config::ConfigText;
use crate::train::run_folder::{config_path, is_run};
use std::path::{Path, PathBuf};

/// So many levels below a folder are looked through: a figure, its networks, their seeds, and one to spare.
const LEVELS: usize = 4;

/// So many entries of folders are looked at.
const MOST_ENTRIES: usize = 20_000;

/// So many runs are read.
const MOST_RUNS: usize = 2000;

/// What a search came to.
#[derive(Debug, Default)]
pub struct Found {
    /// The folders of runs, by name, and what each run is where its configuration stands in a file of its own.
    pub runs: Vec<(PathBuf, Option<RunConfig>)>,
    /// What was passed over, a sentence each.
    pub passed_over: Vec<String>,
}

/// Looks for runs in some folders. A folder that is no run and holds none is no error; one that is not there is told.
pub fn search(folders: &[PathBuf]) -> Found {
    let mut walk = Walk { found: Found::default(), entries: 0, is_cut: false };
    for folder in folders {
        if folder.is_dir() {
            walk.look(folder, LEVELS);
        } else {
            let found = if folder.exists() { "a file" } else { "nothing there" };
            let problem = FileError::new(folder, format!("expected a folder with runs, found {found}"));
            walk.found.passed_over.push(problem.to_string());
        }
    }
    if walk.is_cut {
        walk.found.passed_over.push(format!(
            "there is more than {MOST_ENTRIES} files or {MOST_RUNS} runs to look through, and what comes after them was not looked at; \
             name folders further down with --runs"
        ));
    }
    walk.found
}

struct Walk {
    found: Found,
    entries: usize,
    is_cut: bool,
}

impl Walk {
    fn look(&mut self, folder: &Path, levels: usize) {
        if is_run(folder) {
            self.add(folder);
            return;
        }
        let Ok(entries) = std::fs::read_dir(folder) else {
            self.found.passed_over.push(FileError::new(folder, "expected a folder that can be read").to_string());
            return;
        };
        let mut below = Vec::new();
        for entry in entries.flatten() {
            self.entries += 1;
            if self.entries > MOST_ENTRIES {
                self.is_cut = true;
                break;
            }
            // A link may lead back up.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                below.push(entry.path());
            }
        }
        below.sort();
        if levels > 0 {
            below.iter().for_each(|folder| self.look(folder, levels - 1));
        }
    }

    fn add(&mut self, folder: &Path) {
        if self.found.runs.iter().any(|(known, _)| known == folder) {
            return;
        }
        if self.found.runs.len() == MOST_RUNS {
            self.is_cut = true;
            return;
        }
        let path = config_path(folder);
        if !path.exists() {
            self.found.runs.push((folder.to_owned(), None));
            return;
        }
        match ConfigText::read(&path).and_then(|text| RunConfig::from_text(&text, None)) {
            Ok(config) => self.found.runs.push((folder.to_owned(), Some(config))),
            Err(error) => self.found.passed_over.push(FileError::new(&path, error.problem()).to_string()),
        }
    }
}
