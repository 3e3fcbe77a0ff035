//! Opening what is in a file, in a folder, or in the program itself.

use super::Session;
use super::arrivals::Arrival;
use super::failures::Attempt;
use crate::train::Bundled;
use crate::train::ages::Source;
use crate::train::run_folder::first_run;
use crate::view::scene;
use crate::view::watch::Watch;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Session {
    /// Opens a network that comes with the program.
    pub fn open_bundled(&mut self, network: Bundled) {
        self.importing = None;
        self.start(format!("opening the {}", network.title()), Arrival::Fresh, move || scene::bundled(network));
        self.growth.open(Some(Source::Bundled(network)));
    }

    /// Opens the bundled network of letters with these to remember.
    pub fn open_letters(&mut self, letters: &str) {
        self.importing = None;
        let names = letters.to_owned();
        self.start(format!("opening the letters {letters}"), Arrival::Fresh, move || scene::some_letters(&names));
        self.growth.open(Some(Source::Bundled(Bundled::Letters)));
    }

    /// Opens a checkpoint, a run folder or a tape. A run folder is followed from then on, and never written to. Of a
    /// folder that holds run folders the first is opened, and all are compared.
    pub fn open(&mut self, path: PathBuf) {
        let first = first_run(&path);
        if first != path {
            self.compare(vec![path]);
            return self.open(first);
        }
        let is_own = self.training.is_active() && self.training.folder().is_some_and(|own| same_place(own, &path));
        // Followed from before it is read: what is saved meanwhile is not missed.
        let watch = if path.is_dir() && !is_own {
            Watch::start(&path, Arc::clone(&self.wake))
                .map_err(|error| {
                    self.failed(Attempt::Following, format!("{} is not followed: {error}", path.display()));
                })
                .ok()
        } else {
            None
        };
        self.importing = None;
        self.start(format!("opening {}", path.display()), Arrival::Fresh, Self::opener(path.clone()));
        self.growth.open(Source::of(&path));
        self.opening = Some((path, watch));
    }
}

/// Whether two paths lead to the same place, however they are written.
fn same_place(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    place(one) == place(other)
}
