//! An example of the viewer's own, being read from a file on a thread of its own.

use crate::files::one_line;
use crate::tasks::Task;
use crate::train::RunConfig;
use crate::ui::session::Wake;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// A file being read.
pub(in crate::ui) struct Reading {
    path: PathBuf,
    result: Receiver<Result<Vec<f32>, String>>,
}

impl Reading {
    /// Begins to read `path` as an example of a network that `config` describes.
    ///
    /// # Errors
    /// With a sentence when the system gives no thread.
    pub fn begin(task: &'static dyn Task, config: RunConfig, path: PathBuf, wake: Wake) -> Result<Self, String> {
        let (sender, result) = channel();
        let file = path.clone();
        let spawned = std::thread::Builder::new().name("hebbscope-pictures".into()).spawn(move || {
            let whole_path = one_line(&file.display().to_string());
            let read = task.read_example(&config.settings, &file);
            let read = read.map_err(|error| error.to_string().replace(&whole_path, &file_name(&file)));
            // A window that has been closed no longer wants the result.
            let _delivered = sender.send(read);
            wake();
        });
        match spawned {
            Ok(_) => Ok(Self { path, result }),
            Err(error) => Err(format!("The pictures were not read: the system gives no thread ({error}).")),
        }
    }

    /// The name of the file.
    pub fn name(&self) -> String {
        file_name(&self.path)
    }

    /// What was read, or why not; `None` while it is being read.
    pub fn result(&self) -> Option<Result<Vec<f32>, String>> {
        match self.result.try_recv() {
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(format!("{}: an internal error", self.name()))),
            Ok(read) => Some(read),
        }
    }
}

/// The last part of a path, on one line.
pub(in crate::ui) fn file_name(path: &Path) -> String {
    one_line(&path.file_name().unwrap_or(path.as_os_str()).to_string_lossy())
}
