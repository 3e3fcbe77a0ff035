//! Work on a thread of its own that tells, bit by bit, what it has found.

use crate::ui::session::Wake;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

/// What is said of a thread that has vanished.
const BROKEN: &str = "it stopped by an internal error";

/// What the work tells.
pub(super) enum Message<T, R> {
    /// One thing more.
    Partial(T),
    /// No more comes: what all of it came to, or why it came to nothing.
    Done(Result<R, String>),
}

/// Work in the making; dropping it asks the thread to stop and does not wait.
pub(super) struct Job<T, R> {
    messages: Receiver<Message<T, R>>,
    stop: Arc<AtomicBool>,
}

impl<T, R> Drop for Job<T, R> {
    fn drop(&mut self) {
        self.stop();
    }
}

impl<T, R> Job<T, R> {
    /// Asks the thread to stop; what it still tells is heard.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// What it has told and nobody has heard, without waiting for more.
    pub fn try_receive(&self) -> Option<Message<T, R>> {
        match self.messages.try_recv() {
            Ok(message) => Some(message),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Message::Done(Err(BROKEN.to_owned()))),
        }
    }

    /// The next thing that it tells.
    pub fn receive(&self) -> Message<T, R> {
        self.messages.recv().unwrap_or_else(|_| Message::Done(Err(BROKEN.to_owned())))
    }
}

impl<T: Send + 'static, R: Send + 'static> Job<T, R> {
    /// Begins on a thread called `name`.
    ///
    /// # Errors
    /// With a sentence when the system gives no thread.
    pub fn start(
        name: &str,
        wake: &Wake,
        work: impl FnOnce(&Reporter<T, R>) -> anyhow::Result<R> + Send + 'static,
    ) -> Result<Self, String> {
        let (sender, messages) = channel();
        let (stop, wake) = (Arc::new(AtomicBool::new(false)), Arc::clone(wake));
        let reporter = Reporter { sender, stopped: Arc::clone(&stop), wake };
        let work = move || {
            let result = work(&reporter).map_err(|error| format!("{error:#}"));
            reporter.send(Message::Done(result));
        };
        match std::thread::Builder::new().name(name.into()).spawn(work) {
            Ok(_) => Ok(Self { messages, stop }),
            Err(error) => Err(format!("the system gives no thread ({error})")),
        }
    }
}

/// What the work tells by.
pub struct Reporter<T, R> {
    sender: Sender<Message<T, R>>,
    stopped: Arc<AtomicBool>,
    wake: Wake,
}

impl<T, R> Reporter<T, R> {
    /// Tells one thing more; whether more is wanted.
    pub fn report(&self, more: T) -> bool {
        self.send(Message::Partial(more)) && self.is_wanted()
    }

    /// Whether nobody has asked to stop.
    pub fn is_wanted(&self) -> bool {
        !self.stopped.load(Ordering::Relaxed)
    }

    /// Whether it is heard: a window that has been closed no longer wants the result.
    fn send(&self, message: Message<T, R>) -> bool {
        let is_heard = self.sender.send(message).is_ok();
        (self.wake)();
        is_heard
    }
}
