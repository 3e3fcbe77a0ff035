//! Work on a thread of its own, away from the frame: it tells what it has found bit by bit and at its end, wakes the window
//! each time, and is given up by dropping its handle.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Wakes the window up; called from other threads.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// So much may be told that nobody has heard; then the work waits.
const WAITING: usize = 64;

/// What the work tells.
#[derive(Debug, PartialEq)]
pub enum Message<T, R> {
    /// One thing more.
    Partial(T),
    /// All of it came to this; no more comes.
    Done(R),
    /// The thread has ended without a word; no more comes.
    Vanished,
}

/// A thread has ended without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it stopped by an internal error")]
pub struct Vanished;

/// The system gives no thread.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no thread ({0})")]
pub struct NoThread(std::io::Error);

/// Work in the making, which tells of parts `T` and comes to an `R`. Dropping it asks the thread to stop and does not wait.
#[derive(Debug)]
pub struct Background<T, R> {
    messages: Receiver<Message<T, R>>,
    stop: Arc<Stop>,
}

/// Work that tells nothing before its end.
pub type Errand<R> = Background<Infallible, R>;

/// Whether the work is asked to stop.
#[derive(Debug, Default)]
struct Stop {
    is_asked: AtomicBool,
    resting: Mutex<()>,
    woken: Condvar,
}

impl<T, R> Drop for Background<T, R> {
    fn drop(&mut self) {
        self.stop();
    }
}

impl<T: Send + 'static, R: Send + 'static> Background<T, R> {
    /// Begins on a thread called `name`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        name: &str,
        wake: &Wake,
        work: impl FnOnce(&Reporter<T, R>) -> R + Send + 'static,
    ) -> Result<Self, NoThread> {
        let (sender, messages) = sync_channel(WAITING);
        let stop = Arc::new(Stop::default());
        let reporter = Reporter { sender: Some(sender), stop: Arc::clone(&stop), wake: Arc::clone(wake) };
        let work = move || {
            let found = work(&reporter);
            reporter.send(Message::Done(found));
        };
        std::thread::Builder::new().name(name.into()).spawn(work).map_err(NoThread)?;
        Ok(Self { messages, stop })
    }
}

impl<T, R> Background<T, R> {
    /// Asks the thread to stop; what it still tells is heard.
    pub fn stop(&self) {
        self.stop.is_asked.store(true, Ordering::Relaxed);
        // Whoever is about to rest has looked by now, or looks once more.
        drop(self.stop.resting.lock().unwrap_or_else(PoisonError::into_inner));
        self.stop.woken.notify_all();
    }

    /// What it has told and nobody has heard, without waiting for more.
    pub fn poll(&self) -> Option<Message<T, R>> {
        match self.messages.try_recv() {
            Ok(message) => Some(message),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Message::Vanished),
        }
    }

    /// The next thing that it tells; for pictures and tests, never for a frame.
    pub fn wait(&self) -> Message<T, R> {
        self.messages.recv().unwrap_or(Message::Vanished)
    }
}

impl<R> Errand<R> {
    /// What it came to, once it has; only once.
    pub fn answer(&self) -> Option<Result<R, Vanished>> {
        self.poll().map(answer)
    }

    /// Waits for what it comes to; for pictures and tests, never for a frame.
    ///
    /// # Errors
    /// When the thread ends without a word.
    pub fn wait_for_answer(&self) -> Result<R, Vanished> {
        answer(self.wait())
    }
}

fn answer<R>(message: Message<Infallible, R>) -> Result<R, Vanished> {
    match message {
        Message::Partial(never) => match never {},
        Message::Done(found) => Ok(found),
        Message::Vanished => Err(Vanished),
    }
}

/// What the work tells by.
pub struct Reporter<T, R> {
    /// `None` once the end is told or the thread unwinds.
    sender: Option<SyncSender<Message<T, R>>>,
    stop: Arc<Stop>,
    wake: Wake,
}

impl<T, R> Reporter<T, R> {
    /// Tells one thing more; whether more is wanted.
    pub fn report(&self, more: T) -> bool {
        self.send(Message::Partial(more)) && self.is_wanted()
    }

    /// Whether nobody has asked to stop.
    pub fn is_wanted(&self) -> bool {
        !self.stop.is_asked.load(Ordering::Relaxed)
    }

    /// Rests for so long, or until somebody asks to stop; whether more is wanted.
    pub fn rest(&self, time: Duration) -> bool {
        let resting = self.stop.resting.lock().unwrap_or_else(PoisonError::into_inner);
        let rested = self.stop.woken.wait_timeout_while(resting, time, |()| self.is_wanted());
        drop(rested);
        self.is_wanted()
    }

    /// Whether it is heard: a window that has been closed no longer wants the result.
    fn send(&self, message: Message<T, R>) -> bool {
        let is_heard = self.sender.as_ref().is_some_and(|sender| sender.send(message).is_ok());
        (self.wake)();
        is_heard
    }
}

impl<T, R> Drop for Reporter<T, R> {
    fn drop(&mut self) {
        // Whoever waits learns that the thread is gone from a channel that is closed before the window is woken.
        self.sender = None;
        (self.wake)();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use std::time::Instant;

    fn quiet() -> Wake {
        Arc::new(|| {})
    }

    #[test]
    fn parts_come_in_order_then_the_end() {
        let woken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&woken);
        let wake: Wake = Arc::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let work = Background::start("test", &wake, |reporter: &Reporter<u32, &str>| {
            (0..200).for_each(|part| assert!(reporter.report(part)));
            "all"
        })
        .expect("a thread");
        for part in 0..200 {
            assert_eq!(work.wait(), Message::Partial(part), "more than may wait unheard");
        }
        assert_eq!(work.wait(), Message::Done("all"));
        assert_eq!(work.wait(), Message::Vanished);
        assert!(woken.load(Ordering::Relaxed) >= 201);
    }

    #[test]
    fn whoever_vanishes_is_told_of() {
        let work = Errand::<u32>::start("test", &quiet(), |_| std::panic::resume_unwind(Box::new(())));
        assert_eq!(work.expect("a thread").wait_for_answer(), Err(Vanished));
    }

    #[test]
    fn work_that_nobody_wants_any_more_ends_though_it_rests_or_waits_to_be_heard() {
        let (ended, heard) = sync_channel(2);
        let rests = ended.clone();
        let resting = Errand::start("test", &quiet(), move |reporter| {
            assert!(!reporter.rest(Duration::from_secs(600)));
            rests.send(()).expect("somebody waits");
        });
        let talking = Background::start("test", &quiet(), move |reporter: &Reporter<u32, ()>| {
            while reporter.report(1) {}
            ended.send(()).expect("somebody waits");
        });
        let since = Instant::now();
        drop((resting.expect("a thread"), talking.expect("a thread")));
        for _ in 0..2 {
            heard.recv_timeout(Duration::from_secs(30)).expect("it ends");
        }
        assert!(since.elapsed() < Duration::from_secs(30));
    }
}
