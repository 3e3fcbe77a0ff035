//! The traces of one lifetime that its own signals write: as they are, and as they were.
//!
//! A writing waits for the product of the next step, which does both in one sweep. Now and then the traces are kept, and
//! the backward pass rebuilds those between.

use super::sweep::{BackwardSums, BackwardSweep, ForwardSweep, WriteSweep, Written};
use super::weights::{ModulatedWeights, Traces};
use crate::plastic::cpu::Buffer;

/// What writes the traces of a layer, in padded rows of as many floats as its weights have.
#[derive(Clone, Copy)]
pub(in crate::plastic::cpu) struct Signals<'a> {
    /// The pre-synaptic activities that each step writes with, and is computed from, from step 0 on.
    pub pre: &'a [f32],
    /// The post-synaptic activities of each step.
    pub post: &'a [f32],
    /// M of each step.
    pub modulator: &'a [f32],
}

/// The traces of one lifetime.
pub(in crate::plastic::cpu) struct History {
    /// Those that the last product was made with: the last writing waits for the next one.
    traces: Traces,
    /// Those that the product of every `every`-th step was made with.
    frames: Vec<Traces>,
    every: usize,
    columns: Columns,
    /// Whether the last writing has been done.
    is_written: bool,
    /// Whether the first step hears what was before it.
    has_past: bool,
}

impl History {
    /// Traces that are zero. `steps` only tunes memory: any number may follow.
    pub fn new(weights: &ModulatedWeights, steps: usize, has_past: bool) -> Self {
        Self {
            traces: weights.silent(),
            frames: Vec::new(),
            every: steps.isqrt().max(1),
            columns: Columns::new(weights.stride),
            is_written: false,
            has_past,
        }
    }

    /// Does the writing of the step before `step`, and sums up what its pre-synaptic activities come to:
    /// Σ_i pre_i (w_ij + α_ij H_ij), padded. `sums` is zero.
    pub fn product(&mut self, weights: &ModulatedWeights, signals: Signals<'_>, step: usize, sums: &mut [f32]) {
        let is_written = std::mem::take(&mut self.is_written) || weights.is_frozen || step == 0;
        // Unless something was carried into it, nothing comes before the first step: it has neither a product nor a
        // writing, and the sums are zero.
        let written = match step.checked_sub(1) {
            Some(last) => Some(self.columns.written(weights, signals, last)),
            None if self.has_past => Some(self.columns.nothing(&signals.pre[..weights.stride])),
            None => None,
        };
        if let Some(written) = written {
            let traces = &mut self.traces;
            pulp::Arch::new().dispatch(ForwardSweep { weights, written, traces, sums, is_written });
        }
        if step.is_multiple_of(self.every) {
            self.frames.push(self.traces.clone());
        }
    }

    /// H and E after `steps` steps, each `[pre, post]`; E is empty under simple modulation.
    pub fn after(&self, weights: &ModulatedWeights, signals: Signals<'_>, steps: usize) -> [Vec<f32>; 2] {
        let traces = self.written_out(weights, signals, steps);
        [traces.trace, traces.eligibility].map(|padded| weights.bare(&padded))
    }

    /// Does the writing that waits after `steps` steps.
    pub fn write_out(&mut self, weights: &ModulatedWeights, signals: Signals<'_>, steps: usize) {
        self.traces = self.written_out(weights, signals, steps);
        self.is_written = true;
    }

    /// Puts other traces, `[pre, post]` and the same or empty, in the place of those there are, which have been
    /// [written out](Self::write_out).
    pub fn transplant(&mut self, weights: &ModulatedWeights, [trace, eligibility]: [&[f32]; 2]) {
        for (padded, given) in [(&mut self.traces.trace, trace), (&mut self.traces.eligibility, eligibility)] {
            for (row, given) in padded.chunks_exact_mut(weights.stride).zip(given.chunks_exact(weights.post)) {
                row[..weights.post].copy_from_slice(given);
            }
        }
    }

    fn written_out(&self, weights: &ModulatedWeights, signals: Signals<'_>, steps: usize) -> Traces {
        let waiting = steps.checked_sub(1).filter(|_| !self.is_written && !weights.is_frozen);
        let Some(last) = waiting else { return self.traces.clone() };
        let mut traces = weights.silent();
        write(weights, signals, last, &mut Columns::new(weights.stride), &self.traces, &mut traces);
        traces
    }

    /// The way back through the traces, which begins behind the last step.
    pub fn unwind<'a>(&'a self, weights: &'a ModulatedWeights, signals: Signals<'a>) -> Unwinding<'a> {
        Unwinding {
            history: self,
            weights,
            signals,
            grads: weights.silent(),
            sums: BackwardSums::new([weights.rows(), weights.stride]),
            columns: Columns::new(weights.stride),
            rebuilt: Vec::new(),
            present: None,
        }
    }

    /// dL/dα of the product of a first step that was carried into, from H(0) and what was before it, added to `alpha`.
    pub fn add_first_product(&self, weights: &ModulatedWeights, pre: &[f32], delta: &[f32], alpha: &mut [f32]) {
        let Some(first) = self.frames.first().filter(|_| self.has_past) else { return };
        let stride = weights.stride;
        for (row, (input, trace)) in pre.iter().zip(first.trace.chunks_exact(stride)).enumerate() {
            let sums = alpha[row * weights.alpha_step()..][..stride].iter_mut();
            for (sum, (delta, trace)) in sums.zip(delta.iter().zip(trace)) {
                *sum += input * delta * trace;
            }
        }
    }
}

/// A backward pass through the traces of one lifetime.
pub(in crate::plastic::cpu) struct Unwinding<'a> {
    history: &'a History,
    weights: &'a ModulatedWeights,
    signals: Signals<'a>,
    grads: Traces,
    pub sums: BackwardSums,
    columns: Columns,
    /// Rebuilt traces, those at a frame first, and the frame that they begin at.
    rebuilt: Vec<Traces>,
    present: Option<usize>,
}

impl Unwinding<'_> {
    /// Back through the product of the step after `step`, whose δ this is, and the writing of `step`; what it comes to
    /// stands in `sums`. dL/dα is added to `alpha`.
    pub fn step(&mut self, step: usize, delta: &[f32], alpha_grad: &mut [f32]) {
        let Self { history, weights, signals, .. } = *self;
        let (frame, place) = (step / history.every, step % history.every);
        if self.present != Some(frame) {
            self.present = Some(frame);
            while self.rebuilt.len() < place {
                self.rebuilt.push(weights.silent());
            }
            for place in 0..place {
                let (done, rest) = self.rebuilt.split_at_mut(place);
                let before = done.last().unwrap_or(&history.frames[frame]);
                write(weights, signals, frame * history.every + place, &mut self.columns, before, &mut rest[0]);
            }
        }
        pulp::Arch::new().dispatch(BackwardSweep {
            weights,
            written: self.columns.written(weights, signals, step),
            traces: place.checked_sub(1).map_or(&history.frames[frame], |place| &self.rebuilt[place]),
            delta,
            grads: &mut self.grads,
            alpha_grad,
            sums: &mut self.sums,
        });
        if let Some(rate) = weights.rate {
            // Of a scaled activity: to the activity itself, and to the scale.
            let pre = &signals.pre[step * weights.stride..][..weights.stride];
            self.sums.eta = self.sums.pre.iter().zip(pre).map(|(sum, pre)| f64::from(sum * pre)).sum();
            self.sums.pre.iter_mut().for_each(|sum| *sum *= rate);
        }
    }
}

/// The writing of one step.
fn write(
    weights: &ModulatedWeights,
    signals: Signals<'_>,
    step: usize,
    columns: &mut Columns,
    before: &Traces,
    after: &mut Traces,
) {
    let written = columns.written(weights, signals, step);
    pulp::Arch::new().dispatch(WriteSweep { weights, written, before, after });
}

/// What stands in the columns when a step is written, each `[stride]`, and the rows where they are scaled.
struct Columns {
    gains: Buffer,
    lifted: Buffer,
    scaled: Buffer,
}

impl Columns {
    fn new(stride: usize) -> Self {
        let row = || Buffer::zeros(stride);
        Self { gains: row(), lifted: row(), scaled: row() }
    }

    /// What is written in a step, and the activities of the product after it.
    fn written<'a>(&'a mut self, weights: &ModulatedWeights, signals: Signals<'a>, step: usize) -> Written<'a> {
        let stride = weights.stride;
        let (pre, rest) = signals.pre[step * stride..].split_at(stride);
        let (post, input) = (&signals.post[step * stride..][..stride], &rest[..stride]);
        weights.gains(signals.modulator.get(step).copied().unwrap_or(0.0), &mut self.gains);
        weights.writing().lift(weights.modulation.kind, &self.gains, post, &mut self.lifted);
        let pre = match weights.rate {
            Some(rate) => {
                self.scaled.iter_mut().zip(pre).for_each(|(scaled, pre)| *scaled = rate * pre);
                &self.scaled[..]
            }
            None => pre,
        };
        Written { gains: &self.gains, pre, post, input, lifted: &self.lifted }
    }

    /// Nothing is written, and `input` multiplied, padded.
    fn nothing<'a>(&'a self, input: &'a [f32]) -> Written<'a> {
        Written { gains: &self.gains, pre: input, post: input, input, lifted: &self.lifted }
    }
}
