//! What is found of the network in view by living many of its episodes, and kept for as long as it may be looked at again.

use super::{EvaluatedNetwork, keep};
use crate::view::background::{Background, Message, Reporter, Vanished, Wake};
use crate::view::scene::Scene;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Results that are kept.
const KEPT: usize = 4;

/// A network that is being trained is looked at again no sooner than this.
const PATIENCE: Duration = Duration::from_secs(3);

/// Something that many episodes tell of a network.
pub trait Inquiry: Send + Sync + Sized + 'static {
    /// The name of the thread that finds it.
    const THREAD: &'static str;

    /// Finds it, telling `progress` how far it is, which answers whether more is wanted.
    ///
    /// # Errors
    /// When the episodes cannot be lived, or tell nothing.
    fn find(network: &EvaluatedNetwork, progress: &dyn Fn(usize) -> bool) -> anyhow::Result<Self>;
}

/// What has been asked for.
pub enum View<T> {
    /// The network can live no other episode.
    Nothing,
    /// So much is done.
    Progress(usize),
    /// There it is.
    Found(Arc<T>),
    /// Why it came to nothing.
    Problem(String),
}

/// What is known of one network.
struct Known<T> {
    network: Arc<EvaluatedNetwork>,
    found: Result<Arc<T>, String>,
}

struct Running<T> {
    network: Arc<EvaluatedNetwork>,
    done: usize,
    job: Background<usize, Result<T, String>>,
}

/// What has been found so far.
pub struct PerNetwork<T> {
    known: Vec<Known<T>>,
    running: Option<Running<T>>,
    begun: Option<Instant>,
    was_asked: bool,
}

impl<T> Default for PerNetwork<T> {
    fn default() -> Self {
        Self { known: Vec::new(), running: None, begun: None, was_asked: false }
    }
}

impl<T: Inquiry> PerNetwork<T> {
    /// What many episodes tell of the network of a scene; begins to find it. While a network `trains`, what is known of
    /// it as it was a moment ago is told meanwhile.
    pub(in crate::view) fn request(&mut self, scene: &Scene, trains: bool, wake: &Wake) -> View<T> {
        self.was_asked = true;
        let view = |known: &Known<T>| match &known.found {
            Ok(found) => View::Found(Arc::clone(found)),
            Err(problem) => View::Problem(problem.clone()),
        };
        if let Some(known) = self.known.iter().rev().find(|known| known.network.is_of(scene)) {
            return view(known);
        }
        let is_patient = trains && self.begun.is_some_and(|begun| begun.elapsed() < PATIENCE);
        if self.running.as_ref().is_none_or(|running| !running.network.is_of(scene) && !trains) && !is_patient {
            self.begin(scene, wake);
        }
        // A network that goes on being trained is much the same a moment later.
        let latest = self.known.last().filter(|known| trains && Some(&known.network.config) == scene.config.as_ref());
        match (latest, &self.running) {
            (Some(known), _) => view(known),
            (None, Some(running)) => View::Progress(running.done),
            (None, None) => View::Nothing,
        }
    }

    fn begin(&mut self, scene: &Scene, wake: &Wake) {
        let Some(network) = EvaluatedNetwork::of(scene).map(Arc::new) else { return };
        self.begun = Some(Instant::now());
        let lived = Arc::clone(&network);
        let work = move |reporter: &_| {
            let progress = |done| Reporter::report(reporter, done);
            T::find(&lived, &progress).map_err(|error| format!("{error:#}"))
        };
        match Background::start(T::THREAD, wake, work) {
            Ok(job) => self.running = Some(Running { network, done: 0, job }),
            Err(problem) => keep(&mut self.known, Known { network, found: Err(problem.to_string()) }, KEPT),
        }
    }

    /// Takes in what has been found since the last call; what nobody has asked for since is given up.
    pub(in crate::view) fn update(&mut self) {
        if !std::mem::take(&mut self.was_asked) {
            self.running = None;
        }
        while let Some(message) = self.running.as_ref().and_then(|running| running.job.poll()) {
            self.receive(message);
        }
    }

    /// Whether something is being found.
    pub fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    /// Waits for what is in the making; for pictures and tests, never for a frame.
    pub(in crate::view) fn settle(&mut self) {
        while let Some(message) = self.running.as_ref().map(|running| running.job.wait()) {
            self.receive(message);
        }
    }

    fn receive(&mut self, message: Message<usize, Result<T, String>>) {
        let found = match message {
            Message::Partial(done) => {
                if let Some(running) = &mut self.running {
                    running.done = done;
                }
                return;
            }
            Message::Done(found) => found.map(Arc::new),
            Message::Vanished => Err(Vanished.to_string()),
        };
        let Some(Running { network, .. }) = self.running.take() else { return };
        keep(&mut self.known, Known { network, found }, KEPT);
    }
}
