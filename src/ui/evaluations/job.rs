//! Work on a thread of its own that tells, bit by bit, what it has found.

use crate::ui::session::Wake;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

/// Work in the making; dropping it asks the thread to stop and does not wait.
pub(super) struct Job<T> {
    /// What it tells. Closed when it ends.
    pub news: Receiver<T>,
    stop: Arc<AtomicBool>,
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        self.stop();
    }
}

impl<T> Job<T> {
    /// Asks the thread to stop; what it still tells is heard.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl<T: Send + 'static> Job<T> {
    /// Begins on a thread called `name`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(name: &str, wake: &Wake, work: impl FnOnce(&Teller<T>) + Send + 'static) -> std::io::Result<Self> {
        let (sender, news) = channel();
        let (stop, wake) = (Arc::new(AtomicBool::new(false)), Arc::clone(wake));
        let stopped = Arc::clone(&stop);
        std::thread::Builder::new().name(name.into()).spawn(move || {
            let teller = Teller { sender, stopped, wake };
            work(&teller);
            let Teller { sender, wake, .. } = teller;
            // What waits for the end sees it as soon as the channel is closed.
            drop(sender);
            wake();
        })?;
        Ok(Self { news, stop })
    }
}

/// What the work tells by.
pub(super) struct Teller<T> {
    sender: Sender<T>,
    stopped: Arc<AtomicBool>,
    wake: Wake,
}

impl<T> Teller<T> {
    /// Tells something; whether more is wanted.
    pub fn tell(&self, news: T) -> bool {
        // A window that has been closed no longer wants the result.
        let is_heard = self.sender.send(news).is_ok();
        (self.wake)();
        is_heard && self.is_wanted()
    }

    /// Whether nobody has asked to stop.
    pub fn is_wanted(&self) -> bool {
        !self.stopped.load(Ordering::Relaxed)
    }
}
