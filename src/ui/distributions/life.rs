//! H and α·H along the lifetime in view: counted at some of its steps, on a thread of its own, as long as somebody looks.

use super::{Histogram, counted};
use crate::episode::Tape;
use crate::render::Matrix;
use crate::ui::matrices::MatrixKind;
use crate::ui::scene::Scene;
use crate::ui::session::Wake;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

/// The most steps that are counted.
pub const MOST: usize = 24;

/// What is said of a thread that has vanished.
const BROKEN: &str = "counting stopped by an internal error";

/// The distributions of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    trace: Arc<Histogram>,
    product: Arc<Histogram>,
}

impl Moment {
    /// The histogram of H or of α·H; `None` for what does not change along a lifetime.
    pub fn histogram(&self, kind: MatrixKind) -> Option<&Arc<Histogram>> {
        match kind {
            MatrixKind::Trace => Some(&self.trace),
            MatrixKind::AlphaTrace => Some(&self.product),
            _ => None,
        }
    }
}

/// Counting in progress; dropping it asks the thread to stop and does not wait.
struct Job {
    /// Places among the steps, and what was counted there.
    messages: Receiver<(usize, Moment)>,
    stop: Arc<AtomicBool>,
    left: usize,
}

impl Drop for Job {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// The distributions along the lifetime in view, as far as they have been counted.
#[derive(Default)]
pub struct Life {
    scene: Option<u64>,
    /// The network that lived it, and the layer.
    origin: (String, usize),
    steps: Vec<usize>,
    moments: Vec<Option<Arc<Moment>>>,
    job: Option<Job>,
    problem: Option<String>,
    is_looked_at: bool,
}

impl Life {
    /// The steps that are counted, and what has been counted so far. While those of another lifetime of the same network
    /// are counted, its own stay until they are replaced.
    pub fn moments(&self) -> impl Iterator<Item = (usize, &Arc<Moment>)> {
        self.steps.iter().zip(&self.moments).filter_map(|(step, moment)| Some((*step, moment.as_ref()?)))
    }

    /// How many steps of how many have been counted, while some are still to come.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.job.as_ref().map(|job| (self.steps.len() - job.left, self.steps.len()))
    }

    /// Why nothing can be counted.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Somebody looks at the lifetime of `scene` in this frame: counts it, unless that has been done.
    pub fn request(&mut self, scene: &Scene, wake: &Wake) {
        self.is_looked_at = true;
        let is_known = self.scene == Some(scene.identity());
        let is_over = self.moments.iter().all(Option::is_some) || self.problem.is_some();
        if is_known && (self.job.is_some() || is_over) {
            return;
        }
        let (steps, origin) = (steps(scene.tape()), (scene.origin.clone(), scene.layer_index));
        if self.steps != steps || self.origin != origin {
            self.moments = vec![None; steps.len()];
        }
        (self.scene, self.steps, self.origin, self.problem) = (Some(scene.identity()), steps, origin, None);
        self.count(scene, Arc::clone(wake));
    }

    fn count(&mut self, scene: &Scene, wake: Wake) {
        self.job = None;
        let Some(alpha) = scene.alpha.clone() else { return };
        let (sender, messages) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let (tape, layer, steps, stopped) =
            (Arc::clone(scene.tape()), scene.layer_index, self.steps.clone(), Arc::clone(&stop));
        let spawned = std::thread::Builder::new()
            .name("hebbscope-distributions".into())
            .spawn(move || walk(&tape, layer, &alpha, &steps, &sender, &stopped, &wake));
        match spawned {
            Ok(_) => self.job = Some(Job { messages, stop, left: self.steps.len() }),
            Err(error) => self.problem = Some(format!("the system gives no thread ({error})")),
        }
    }

    /// Takes in what has been counted, and stops counting where nobody has looked since the last call.
    pub(in crate::ui) fn update(&mut self) {
        if !std::mem::take(&mut self.is_looked_at) && self.job.take().is_some() {
            // What is missing is counted when somebody looks again.
            self.scene = None;
        }
        while let Some(job) = &self.job {
            match job.messages.try_recv() {
                Ok(message) => self.receive(message),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => self.break_off(),
            }
        }
    }

    /// Waits for what is being counted; for pictures and tests, never for a frame.
    pub fn settle(&mut self) {
        while let Some(job) = &self.job {
            match job.messages.recv() {
                Ok(message) => self.receive(message),
                Err(_) => self.break_off(),
            }
        }
    }

    fn receive(&mut self, (place, moment): (usize, Moment)) {
        self.moments[place] = Some(Arc::new(moment));
        if let Some(job) = &mut self.job {
            job.left -= 1;
            if job.left == 0 {
                self.job = None;
            }
        }
    }

    fn break_off(&mut self) {
        (self.job, self.problem) = (None, Some(BROKEN.to_owned()));
    }
}

/// The steps of a lifetime that are counted: the first, the last, and some between, about evenly; where an event ends
/// nearby, its last step.
pub fn steps(tape: &Tape) -> Vec<usize> {
    let last = tape.steps.saturating_sub(1);
    if last < MOST {
        return (0..tape.steps).collect();
    }
    let gap = last as f64 / (MOST - 1) as f64;
    let ends = tape.events.iter().map(|event| (event.start + event.steps).saturating_sub(1).min(last));
    let mut steps: Vec<usize> = (0..MOST)
        .map(|place| {
            let even = place as f64 * gap;
            let away = |end: &usize| (*end as f64 - even).abs();
            let nearest = ends.clone().min_by(|one, other| away(one).total_cmp(&away(other)));
            let is_inner = place > 0 && place + 1 < MOST;
            nearest.filter(|end| is_inner && away(end) < gap / 2.0).unwrap_or(even.round() as usize)
        })
        .collect();
    steps.dedup();
    steps
}

/// Walks along a lifetime once and tells what it counts at each of `steps`, which are in order.
fn walk(
    tape: &Tape,
    layer: usize,
    alpha: &Arc<Matrix>,
    steps: &[usize],
    sender: &Sender<(usize, Moment)>,
    stop: &AtomicBool,
    wake: &Wake,
) {
    let Some(layer) = tape.layer(layer) else { return };
    let [rows, columns] = layer.layer().shape();
    let (mut state, mut at) = (layer.first_state(), 0);
    for (place, &step) in steps.iter().enumerate() {
        layer.carry(&mut state, at..step);
        at = step;
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let Ok(trace) = Matrix::new(rows, columns, state[..layer.layer().trace_len()].to_vec()) else { return };
        let product = Arc::new(Histogram::of(&counted::product(layer, step, alpha, &trace)));
        // A window that has been closed no longer wants the result.
        let delivered = sender.send((place, Moment { trace: Arc::new(Histogram::of(&trace)), product }));
        wake();
        if delivered.is_err() {
            return;
        }
    }
}
