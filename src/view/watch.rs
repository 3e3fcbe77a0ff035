//! Following a run folder that another process writes, on this machine or through a shared folder.
//!
//! Nothing is ever written there. What is half-written or has vanished for a moment is looked at again
//! later; the view keeps what it had.

use super::background::Wake;
use super::scene::{self, Prepared};
use crate::train::run_folder::{checkpoint_path, tape_path};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, SystemTime};

/// Time between two looks at the folder.
const EVERY: Duration = Duration::from_millis(500);

/// What a look at the folder found.
pub enum Look {
    /// A newer network.
    Newer(Box<Prepared>),
    /// It cannot be read just now, and why.
    Unreadable(String),
}

/// A run folder being followed; dropping it ends that.
pub struct Watch {
    folder: PathBuf,
    looks: Receiver<Look>,
    _alive: SyncSender<()>,
}

/// Length and time of change of the checkpoint, and of the tape that is written after it: what tells that a run has gone
/// on.
type Fingerprint = ((u64, Option<SystemTime>), Option<(u64, Option<SystemTime>)>);

impl Watch {
    /// Follows the run in `folder`, as it is from now on.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(folder: &Path, wake: Wake) -> std::io::Result<Self> {
        let (sender, looks) = sync_channel(1);
        // Nothing is ever sent: it is closed when the window no longer wants to follow.
        let (alive, ended) = sync_channel(1);
        let path = folder.to_owned();
        let seen = fingerprint(&path);
        std::thread::Builder::new()
            .name("hebbscope-watching".into())
            .spawn(move || watch(&path, seen, &sender, &ended, &wake))?;
        Ok(Self { folder: folder.to_owned(), looks, _alive: alive })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What has been found since the last call, the latest only.
    pub fn latest(&self) -> Option<Look> {
        self.looks.try_iter().last()
    }
}

fn fingerprint(folder: &Path) -> Option<Fingerprint> {
    let of = |path: PathBuf| std::fs::metadata(path).ok().map(|facts| (facts.len(), facts.modified().ok()));
    Some((of(checkpoint_path(folder))?, of(tape_path(folder))))
}

fn watch(folder: &Path, mut seen: Option<Fingerprint>, looks: &SyncSender<Look>, ended: &Receiver<()>, wake: &Wake) {
    let mut complained = false;
    loop {
        match ended.recv_timeout(EVERY) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
        let now = fingerprint(folder);
        if now == seen || (now.is_none() && complained) {
            continue;
        }
        let look = match (now, scene::followed(folder)) {
            // A copy in progress has changed again by the time it has been read.
            (Some(_), _) if fingerprint(folder) != now => continue,
            (Some(_), Ok(prepared)) => Look::Newer(Box::new(prepared)),
            (_, Err(error)) => Look::Unreadable(format!("{error:#}")),
            (None, Ok(_)) => continue,
        };
        let is_complaint = matches!(look, Look::Unreadable(_));
        if is_complaint && complained {
            continue;
        }
        match looks.try_send(look) {
            Ok(()) => {
                complained = is_complaint;
                if !is_complaint {
                    seen = now;
                }
                wake();
            }
            // The window has not taken the last one yet: look again later.
            Err(TrySendError::Full(_)) => {}
            Err(TrySendError::Disconnected(_)) => return,
        }
    }
}
