//! Work on a thread of its own that tells, bit by bit, what it has found.

use crate::ui::session::Wake;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

/// What is said of a thread that has vanished.
const BROKEN: &str = "it stopped by an internal error";

/// What the work tells.
pub(super) enum News<T, R> {
    /// One thing more.
    More(T),
    /// No more comes: what all of it came to, or why it came to nothing.
    Ended(Result<R, String>),
}

/// Work in the making; dropping it asks the thread to stop and does not wait.
pub(super) struct Job<T, R> {
    news: Receiver<News<T, R>>,
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
    pub fn heard(&self) -> Option<News<T, R>> {
        match self.news.try_recv() {
            Ok(news) => Some(news),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(News::Ended(Err(BROKEN.to_owned()))),
        }
    }

    /// The next thing that it tells.
    pub fn wait(&self) -> News<T, R> {
        self.news.recv().unwrap_or_else(|_| News::Ended(Err(BROKEN.to_owned())))
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
        work: impl FnOnce(&Teller<T, R>) -> anyhow::Result<R> + Send + 'static,
    ) -> Result<Self, String> {
        let (sender, news) = channel();
        let (stop, wake) = (Arc::new(AtomicBool::new(false)), Arc::clone(wake));
        let teller = Teller { sender, stopped: Arc::clone(&stop), wake };
        let work = move || {
            let result = work(&teller).map_err(|error| format!("{error:#}"));
            teller.send(News::Ended(result));
        };
        match std::thread::Builder::new().name(name.into()).spawn(work) {
            Ok(_) => Ok(Self { news, stop }),
            Err(error) => Err(format!("the system gives no thread ({error})")),
        }
    }
}

/// What the work tells by.
pub(super) struct Teller<T, R> {
    sender: Sender<News<T, R>>,
    stopped: Arc<AtomicBool>,
    wake: Wake,
}

impl<T, R> Teller<T, R> {
    /// Tells one thing more; whether more is wanted.
    pub fn tell(&self, more: T) -> bool {
        self.send(News::More(more)) && self.is_wanted()
    }

    /// Whether nobody has asked to stop.
    pub fn is_wanted(&self) -> bool {
        !self.stopped.load(Ordering::Relaxed)
    }

    /// Whether it is heard: a window that has been closed no longer wants the result.
    fn send(&self, news: News<T, R>) -> bool {
        let is_heard = self.sender.send(news).is_ok();
        (self.wake)();
        is_heard
    }
}
