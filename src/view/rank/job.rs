//! Matrices of a lifetime decomposed one after the other, on a thread of its own.

use super::resemblance::{Label, Memories};
use super::subspace::{self, LEADING, Leading, NotFinite};
use crate::episode::Reel;
use crate::render::Matrix;
use crate::view::background::{Background, NoThread, Reporter, Wake};
use crate::view::matrices::{MatrixKind, derived};
use crate::view::scene::Scene;
use std::sync::Arc;

/// Iterations for a matrix that begins where the one before has ended. Its leading values need two or three; those that
/// nothing sets apart converge over the steps.
const MOST: usize = 12;

/// Iterations for a trace that nothing came before.
const MOST_AT_FIRST: usize = 40;

/// Iterations for w: nothing sets its values apart, and it is decomposed once.
const MOST_FOR_WEIGHTS: usize = 400;

/// A singular value and what its vectors resemble.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// σ.
    pub size: f32,
    /// What u and v resemble.
    pub label: Option<Label>,
}

/// The leading singular values of one matrix at one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Before which step the matrix was as it is here, from 0.
    pub step: usize,
    /// The largest first; [`LEADING`] of them, or as many as there are.
    pub values: Vec<Value>,
    /// ‖A‖², the sum of the squares of all singular values.
    pub energy: f64,
    /// How many values of the matrix are NaN or infinite; then nothing else is known.
    pub non_finite: usize,
}

/// From this share of ‖A‖² on, values are said to hold a matrix.
const HELD: f64 = 0.99;

impl Reading {
    /// The share of ‖A‖² that the first `count` values hold: Σ σ_k² / ‖A‖²; zero where A is zero.
    pub fn share(&self, count: usize) -> f64 {
        let held: f64 = self.values.iter().take(count).map(|value| f64::from(value.size).powi(2)).sum();
        if self.energy > 0.0 { (held / self.energy).min(1.0) } else { 0.0 }
    }

    /// How many values hold 99 % of ‖A‖²; all that are known where they do not.
    pub fn holding(&self) -> usize {
        (1..=self.values.len()).find(|count| self.share(*count) >= HELD).unwrap_or(self.values.len())
    }
}

/// What is decomposed.
pub(super) struct Work {
    kind: MatrixKind,
    steps: Vec<usize>,
    reel: Reel,
    w: Arc<Matrix>,
    alpha: Option<Arc<Matrix>>,
    noun: &'static str,
}

impl Work {
    /// The matrices of `kind` in a scene, before each of `steps`.
    pub fn new(scene: &Scene, kind: MatrixKind, steps: Vec<usize>) -> Self {
        let noun = if scene.task.examples_are_pictures() { "picture" } else { "pattern" };
        let (reel, w, alpha) = (scene.reel.clone(), Arc::clone(&scene.w), scene.alpha.clone());
        Self { kind, steps, reel, w, alpha, noun }
    }

    fn readings(mut self, reporter: &Reporter<Arc<Reading>, ()>) {
        let tape = Arc::clone(self.reel.tape());
        let memories = Memories::of(&tape, self.reel.layer(), self.noun);
        let is_wanted = || reporter.is_wanted();
        let mut before: Option<Leading> = None;
        for step in std::mem::take(&mut self.steps) {
            let most = match &before {
                _ if self.kind == MatrixKind::Weights => MOST_FOR_WEIGHTS,
                Some(_) => MOST,
                None => MOST_AT_FIRST,
            };
            let shape = [self.w.rows(), self.w.columns()];
            let Some((matrix, scale)) = self.matrix(step) else { return };
            let found = subspace::leading(matrix.values(), shape, before.as_ref(), most, &is_wanted);
            let reading = match found {
                Ok(None) => return,
                Ok(Some(found)) => {
                    let reading = reading(&found, &memories, step, scale);
                    before = Some(found);
                    reading
                }
                Err(NotFinite(count)) => Reading { step, values: Vec::new(), energy: 0.0, non_finite: count },
            };
            if !is_wanted() || !reporter.report(Arc::new(reading)) {
                return;
            }
        }
    }

    /// The matrix before `step`, and a factor of all its values; `None` where there is none.
    fn matrix(&mut self, step: usize) -> Option<(Arc<Matrix>, f32)> {
        if self.kind == MatrixKind::Weights {
            return Some((Arc::clone(&self.w), 1.0));
        }
        let (rows, columns) = (self.w.rows(), self.w.columns());
        let trace = Arc::new(Matrix::new(rows, columns, self.reel.trace_at(step).to_vec()).ok()?);
        if self.kind == MatrixKind::Trace {
            return Some((trace, 1.0));
        }
        let (alpha, layer) = (self.alpha.as_ref()?, self.reel.layer()?);
        let scale = layer.alpha_scale(step);
        Some((derived::alpha_trace(layer.layer().plasticity.alpha, alpha, &trace), scale))
    }
}

fn reading(found: &Leading, memories: &Memories, step: usize, scale: f32) -> Reading {
    let pairs = found.values.iter().zip(&found.left).zip(&found.right);
    let values = pairs.map(|((size, u), v)| {
        let label = (*size > 0.0).then(|| memories.label(u, v, step)).flatten();
        Value { size: size * scale.abs(), label }
    });
    let values = values.take(LEADING).collect();
    Reading { step, values, energy: found.energy * f64::from(scale).powi(2), non_finite: 0 }
}

/// Readings in the making.
pub(super) struct Job {
    /// Which matrix.
    pub kind: MatrixKind,
    /// How many readings are wanted.
    pub wanted: usize,
    /// How many have arrived.
    pub done: usize,
    /// They come from here.
    pub news: Background<Arc<Reading>, ()>,
}

impl Job {
    /// Begins.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(work: Work, wake: &Wake) -> Result<Self, NoThread> {
        let (kind, wanted) = (work.kind, work.steps.len());
        let news = Background::start("hebbscope-rank", wake, move |reporter| work.readings(reporter))?;
        Ok(Self { kind, wanted, done: 0, news })
    }
}
