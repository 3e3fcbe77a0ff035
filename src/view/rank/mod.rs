//! The rank of memory: the leading singular values of H, α·H and w along a lifetime, found away from the frame.
//!
//! What a lifetime writes into H is a sum of outer products, one after the other. A memory that is kept is one singular
//! value that stands out; how much of the matrix the first values hold is Σ σ_k² / ‖A‖², with ‖A‖² = Σ A_ij².
//!
//! | file | subject |
//! |---|---|
//! | [`subspace`] | the leading singular values of a matrix and their vectors |
//! | [`resemblance`] | which example or event singular vectors resemble |
//! | [`steps`] | at which steps of a lifetime it is looked |
//! | [`job`] | one matrix after the other, on a thread of its own |

pub mod job;
pub mod resemblance;
pub mod steps;
pub mod subspace;

use super::background::{Message, Wake};
use super::matrices::MatrixKind;
use super::scene::Scene;
use job::{Job, Reading, Work};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The matrices that are decomposed.
pub const KINDS: [MatrixKind; 3] = [MatrixKind::Trace, MatrixKind::AlphaTrace, MatrixKind::Weights];

/// Readings of one matrix by step.
pub type Readings = BTreeMap<usize, Arc<Reading>>;

/// The singular values of one scene, as far as they have been found.
#[derive(Default)]
pub struct Ranks {
    scene: Option<u64>,
    /// Those that a line is drawn through.
    steps: Vec<usize>,
    lines: BTreeMap<MatrixKind, Readings>,
    /// Those of steps between, where somebody has looked; a line is the same whether anybody has.
    extra: BTreeMap<MatrixKind, Readings>,
    job: Option<Job>,
    problem: Option<String>,
    was_asked: bool,
}

impl Ranks {
    /// What the line of a matrix is drawn through.
    pub fn readings(&self, kind: MatrixKind) -> Option<&Readings> {
        self.lines.get(&kind).filter(|readings| !readings.is_empty())
    }

    /// What is known of a matrix at a step, or at the last one before it that is known.
    pub fn at(&self, kind: MatrixKind, step: usize) -> Option<Arc<Reading>> {
        let latest = |readings: &BTreeMap<MatrixKind, Readings>| {
            readings
                .get(&kind)
                .and_then(|readings| readings.range(..=step).next_back())
                .map(|(_, reading)| Arc::clone(reading))
        };
        latest(&self.extra).filter(|reading| reading.step == step).or_else(|| latest(&self.lines))
    }

    /// How many steps of how many have been looked at, while some are still to come.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.job.as_ref().map(|job| (job.done, job.wanted))
    }

    /// Whether anything is in the making.
    pub fn is_busy(&self) -> bool {
        self.job.is_some()
    }

    /// Why nothing is found.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Asks for the matrix of `kind`: along the lifetime, and where the viewer rests, at that step. Answers at once.
    pub(super) fn ask(&mut self, scene: &Scene, kind: MatrixKind, rests_at: Option<usize>, wake: &Wake) {
        if self.scene != Some(scene.identity()) {
            let (tape, values) = (scene.tape(), scene.w.values().len());
            let steps = steps::sampled(tape.steps, &tape.events, values);
            *self = Self { scene: Some(scene.identity()), steps, ..Self::default() };
        }
        self.was_asked = true;
        if self.problem.is_some() || kind.why_missing(scene).is_some() {
            return;
        }
        if self.job.as_ref().is_some_and(|job| job.kind == kind) {
            return;
        }
        self.job = None;
        let line = self.lines.entry(kind).or_default();
        let wanted = if kind.moves() { &self.steps[..] } else { &[0] };
        let missing = wanted.iter().copied().filter(|step| !line.contains_key(step));
        let is_known = |step: &usize| {
            line.contains_key(step) || self.extra.get(&kind).is_some_and(|known| known.contains_key(step))
        };
        let mut steps: Vec<usize> = missing.collect();
        steps.extend(rests_at.filter(|step| kind.moves() && !is_known(step)));
        steps.sort_unstable();
        steps.dedup();
        if steps.is_empty() {
            return;
        }
        match Job::start(Work::new(scene, kind, steps), wake) {
            Ok(job) => self.job = Some(job),
            Err(error) => self.problem = Some(format!("Nothing is found: {error}.")),
        }
    }

    /// Takes in what has been found since the last call. What nobody has asked for since is found no further.
    pub(super) fn update(&mut self) {
        if !std::mem::take(&mut self.was_asked) {
            self.job = None;
        }
        while let Some(message) = self.job.as_ref().and_then(|job| job.news.poll()) {
            self.receive(message);
        }
    }

    /// Waits for what is in the making; for pictures and tests, never for a frame.
    pub fn settle(&mut self) {
        while let Some(message) = self.job.as_ref().map(|job| job.news.wait()) {
            self.receive(message);
        }
    }

    fn receive(&mut self, message: Message<Arc<Reading>, ()>) {
        let Message::Partial(reading) = message else { return self.end() };
        let Some(job) = &mut self.job else { return };
        job.done += 1;
        let is_of_line = !job.kind.moves() || self.steps.binary_search(&reading.step).is_ok();
        let readings = if is_of_line { &mut self.lines } else { &mut self.extra };
        readings.entry(job.kind).or_default().insert(reading.step, reading);
    }

    fn end(&mut self) {
        let is_whole = self.job.take().is_none_or(|job| job.done == job.wanted);
        if !is_whole {
            self.problem = Some("Finding singular values stopped by an internal error.".to_owned());
        }
    }
}
