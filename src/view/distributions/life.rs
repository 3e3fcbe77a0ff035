//! H and α·H along the lifetime in view: counted at some of its steps, on a thread of its own, as long as somebody looks.

use super::{Histogram, counted};
use crate::episode::Tape;
use crate::render::Matrix;
use crate::view::background::{Background, Message, Reporter, Wake};
use crate::view::matrices::MatrixKind;
use crate::view::scene::Scene;
use std::sync::Arc;

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

/// A place among the steps, and what was counted there.
type Counted = (usize, Moment);

/// Counting in progress.
struct Job {
    work: Background<Counted, ()>,
    left: usize,
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
        self.count(scene, wake);
    }

    fn count(&mut self, scene: &Scene, wake: &Wake) {
        self.job = None;
        let Some(alpha) = scene.alpha.clone() else { return };
        let (tape, layer, steps) = (Arc::clone(scene.tape()), scene.layer_index, self.steps.clone());
        let work = move |reporter: &_| walk(&tape, layer, &alpha, &steps, reporter);
        match Background::start("hebbscope-distributions", wake, work) {
            Ok(work) => self.job = Some(Job { work, left: self.steps.len() }),
            Err(problem) => self.problem = Some(problem.to_string()),
        }
    }

    /// Takes in what has been counted, and stops counting where nobody has looked since the last call.
    pub(in crate::view) fn update(&mut self) {
        if !std::mem::take(&mut self.is_looked_at) && self.job.take().is_some() {
            // What is missing is counted when somebody looks again.
            self.scene = None;
        }
        while let Some(message) = self.job.as_ref().and_then(|job| job.work.poll()) {
            self.receive(message);
        }
    }

    /// Waits for what is being counted; for pictures and tests, never for a frame.
    pub fn settle(&mut self) {
        while let Some(message) = self.job.as_ref().map(|job| job.work.wait()) {
            self.receive(message);
        }
    }

    fn receive(&mut self, message: Message<Counted, ()>) {
        let Message::Partial((place, moment)) = message else {
            // Counting ends with the last step, and before only where something is wrong.
            (self.job, self.problem) = (None, Some(BROKEN.to_owned()));
            return;
        };
        self.moments[place] = Some(Arc::new(moment));
        if let Some(job) = &mut self.job {
            job.left -= 1;
            if job.left == 0 {
                self.job = None;
            }
        }
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
fn walk(tape: &Tape, layer: usize, alpha: &Arc<Matrix>, steps: &[usize], reporter: &Reporter<Counted, ()>) {
    let Some(layer) = tape.layer(layer) else { return };
    let [rows, columns] = layer.layer().shape();
    let (mut state, mut at) = (layer.first_state(), 0);
    for (place, &step) in steps.iter().enumerate() {
        layer.carry(&mut state, at..step);
        at = step;
        if !reporter.is_wanted() {
            return;
        }
        let Ok(trace) = Matrix::new(rows, columns, state[..layer.layer().trace_len()].to_vec()) else { return };
        let product = Arc::new(Histogram::of(&counted::product(layer, step, alpha, &trace)));
        if !reporter.report((place, Moment { trace: Arc::new(Histogram::of(&trace)), product })) {
            return;
        }
    }
}
