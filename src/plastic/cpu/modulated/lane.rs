//! One modulated lifetime, forward and backward.

use super::sweep::{BackwardSums, BackwardSweep, ForwardSweep, WriteSweep, Written};
use super::weights::{ModulatedWeights, Traces};
use crate::plastic::cpu::activation::{Activate, tanh};
use crate::plastic::cpu::{Buffer, WIDTH, sum_lanes};
use crate::plastic::network::Drive;

/// One lifetime.
pub(in crate::plastic) struct ModulatedLane {
    /// x(−1) = 0, x(0) …, `[T + 1, stride]`.
    activity: Buffer,
    /// M(t), `[T]`.
    pub modulator: Vec<f32>,
    /// Those that the last product was made with: the last writing waits for the next one.
    traces: Traces,
    /// Those that the product of every `every`-th step was made with.
    frames: Vec<Traces>,
    every: usize,
    columns: Columns,
    /// The drive of the present step, padded.
    drive: Buffer,
    /// The sums of the present step, then x(t); padded.
    sums: Buffer,
    /// Whether the last writing has been done.
    is_written: bool,
    /// Whether the first step hears what was before it.
    has_past: bool,
}

/// What one lane contributes to the gradients. That of w is left to one matrix product, Σ_t x(t−1)ᵀ δ(t).
pub(in crate::plastic) struct ModulatedGradients {
    /// δ(t) = dL/d(pre-activation) = dL/d(drive), `[T, stride]`.
    pub delta: Buffer,
    /// `[rows, stride]` where α is free; otherwise one row for all.
    pub alpha: Buffer,
    pub eta: f32,
    /// `[stride]`.
    pub mod_weight: Buffer,
    pub mod_bias: f32,
    /// `[stride]`.
    pub fan: [Buffer; 2],
}

impl ModulatedLane {
    /// A lifetime that has not begun, in which the neurons hear each other. `steps` only tunes memory: any number may
    /// follow. `past` is x(−1), H and E that it begins with.
    pub fn new(weights: &ModulatedWeights, steps: usize, past: Option<[&[f32]; 3]>) -> Self {
        let mut activity = Buffer::with_capacity((steps + 1) * weights.stride);
        activity.grow(weights.stride);
        let has_past = past.is_some();
        let mut lane = Self {
            activity,
            modulator: Vec::with_capacity(steps),
            traces: weights.silent(),
            frames: Vec::new(),
            every: steps.isqrt().max(1),
            columns: Columns::new(weights.stride),
            drive: Buffer::zeros(weights.stride),
            sums: Buffer::zeros(weights.stride),
            is_written: false,
            has_past,
        };
        if let Some([before, trace, eligibility]) = past {
            lane.activity[..weights.post].copy_from_slice(before);
            lane.transplant(weights, [trace, eligibility]);
        }
        lane
    }

    /// One step; x(t) is then at the end of the activities. `drive` is `[N]`.
    pub fn step(&mut self, weights: &ModulatedWeights, drive: &[f32]) {
        let (stride, step) = (weights.stride, self.modulator.len());
        let is_written = std::mem::take(&mut self.is_written) || weights.is_frozen;
        // Unless something was carried into it, nothing comes before the first step: it has neither a product nor a
        // writing, and the sums are zero.
        let written = match step.checked_sub(1) {
            Some(last) => Some(self.columns.written(weights, self.modulator[last], &self.activity[last * stride..])),
            None if self.has_past => Some(self.columns.nothing(&self.activity)),
            None => None,
        };
        if let Some(written) = written {
            let is_written = is_written || step == 0;
            pulp::Arch::new().dispatch(ForwardSweep {
                weights,
                written,
                traces: &mut self.traces,
                sums: &mut self.sums,
                is_written,
            });
        }
        if step.is_multiple_of(self.every) {
            self.frames.push(self.traces.clone());
        }
        self.drive[..drive.len()].copy_from_slice(drive);
        pulp::Arch::new().dispatch(Activate { drive_kind: Drive::Add, drive: &self.drive, activity: &mut self.sums });
        self.modulator.push(tanh(dot(&self.sums, &weights.mod_weight) + weights.mod_bias));
        self.activity.grow(stride).copy_from_slice(&self.sums);
    }

    /// x(t) of the last step, `[N]`.
    pub fn last(&self, weights: &ModulatedWeights) -> &[f32] {
        &self.activity[self.activity.len() - weights.stride..][..weights.post]
    }

    /// x(−1), x(0) …, `[T + 1, stride]`.
    pub fn activity(&self) -> &[f32] {
        &self.activity
    }

    /// H and E after the last step, each `[N, N]`; E is empty under simple modulation.
    pub fn traces(&self, weights: &ModulatedWeights) -> [Vec<f32>; 2] {
        let traces = self.written_out(weights);
        [traces.trace, traces.eligibility].map(|padded| weights.bare(&padded))
    }

    /// Does the writing that waits.
    pub fn write_out(&mut self, weights: &ModulatedWeights) {
        self.traces = self.written_out(weights);
        self.is_written = true;
    }

    /// Puts other traces, `[N, N]` and `[N, N]` or empty, in the place of those there are, which have been
    /// [written out](Self::write_out).
    pub fn transplant(&mut self, weights: &ModulatedWeights, [trace, eligibility]: [&[f32]; 2]) {
        for (padded, given) in [(&mut self.traces.trace, trace), (&mut self.traces.eligibility, eligibility)] {
            for (row, given) in padded.chunks_exact_mut(weights.stride).zip(given.chunks_exact(weights.post)) {
                row[..weights.post].copy_from_slice(given);
            }
        }
    }

    fn written_out(&self, weights: &ModulatedWeights) -> Traces {
        let waiting = self.modulator.len().checked_sub(1).filter(|_| !self.is_written && !weights.is_frozen);
        let Some(last) = waiting else { return self.traces.clone() };
        let mut traces = weights.silent();
        self.write(weights, last, &mut Columns::new(weights.stride), &self.traces, &mut traces);
        traces
    }

    /// The writing of one step.
    fn write(
        &self,
        weights: &ModulatedWeights,
        step: usize,
        columns: &mut Columns,
        before: &Traces,
        after: &mut Traces,
    ) {
        let written = columns.written(weights, self.modulator[step], &self.activity[step * weights.stride..]);
        pulp::Arch::new().dispatch(WriteSweep { weights, written, before, after });
    }

    /// The backward pass. `activity_grad` is dL/dx(t), `[T, N]`.
    pub fn backward(&self, weights: &ModulatedWeights, activity_grad: &[f32]) -> ModulatedGradients {
        let ModulatedWeights { post: neurons, stride, .. } = *weights;
        let steps = self.modulator.len();
        let zeros = || Buffer::zeros(stride);
        let mut found = ModulatedGradients {
            delta: Buffer::zeros(steps * stride),
            alpha: Buffer::zeros(weights.alpha_len()),
            eta: 0.0,
            mod_weight: zeros(),
            mod_bias: 0.0,
            fan: [zeros(), zeros()],
        };
        let mut grads = weights.silent();
        let mut sums = BackwardSums::new([stride; 2]);
        let (mut grad, mut columns, mut eta) = (zeros(), Columns::new(stride), 0.0);
        // Rebuilt traces, those at a frame first, and the frame that they begin at.
        let (mut rebuilt, mut present): (Vec<Traces>, _) = (Vec::new(), None);
        for step in (0..steps).rev() {
            grad[..neurons].copy_from_slice(&activity_grad[step * neurons..][..neurons]);
            // What the step wrote is read by the step after it only.
            if step + 1 < steps {
                let (frame, place) = (step / self.every, step % self.every);
                if present != Some(frame) {
                    present = Some(frame);
                    self.rebuild(weights, frame, place, &mut columns, &mut rebuilt);
                }
                // The writing of the step after this one is still in the sums.
                add(&mut grad, &sums.pre);
                let modulator = self.modulator[step];
                pulp::Arch::new().dispatch(BackwardSweep {
                    weights,
                    written: columns.written(weights, modulator, &self.activity[step * stride..]),
                    traces: place.checked_sub(1).map_or(&self.frames[frame], |place| &rebuilt[place]),
                    delta: &found.delta[(step + 1) * stride..][..stride],
                    grads: &mut grads,
                    alpha_grad: &mut found.alpha,
                    sums: &mut sums,
                });
                add(&mut grad, &sums.product);
                add(&mut grad, &sums.post);
                eta += sums.eta;
                found.modulate(weights, modulator, &sums.gains, self.at(step, stride), &mut grad);
            }
            let delta = &mut found.delta[step * stride..][..stride];
            for (delta, (grad, post)) in delta.iter_mut().zip(grad.iter().zip(self.at(step, stride))) {
                *delta = grad * (1.0 - post * post);
            }
        }
        if self.has_past {
            found.add_first_product(weights, &self.frames[0], &self.activity[..stride]);
        }
        found.eta = eta as f32;
        found
    }

    /// x(t), padded.
    fn at(&self, step: usize, stride: usize) -> &[f32] {
        &self.activity[(step + 1) * stride..][..stride]
    }

    /// The traces that the products of `count` steps after a frame were made with, into `rebuilt`.
    fn rebuild(
        &self,
        weights: &ModulatedWeights,
        frame: usize,
        count: usize,
        columns: &mut Columns,
        rebuilt: &mut Vec<Traces>,
    ) {
        while rebuilt.len() < count {
            rebuilt.push(weights.silent());
        }
        for place in 0..count {
            let (done, rest) = rebuilt.split_at_mut(place);
            let before = done.last().unwrap_or(&self.frames[frame]);
            self.write(weights, frame * self.every + place, columns, before, &mut rest[0]);
        }
    }
}

impl ModulatedGradients {
    /// dL/dα of the product of a first step that was carried into, from H(0) and x(−1).
    fn add_first_product(&mut self, weights: &ModulatedWeights, traces: &Traces, input: &[f32]) {
        let stride = weights.stride;
        let delta = &self.delta[..stride];
        for (row, (input, trace)) in input.iter().zip(traces.trace.chunks_exact(stride)).enumerate() {
            let sums = self.alpha[row * weights.alpha_step()..][..stride].iter_mut();
            for (sum, (delta, trace)) in sums.zip(delta.iter().zip(trace)) {
                *sum += input * delta * trace;
            }
        }
    }

    /// M = tanh(x·m + c) and M_j = a_j M + b_j, backward: from dL/dM_j to the parameters, and on to dL/dx.
    fn modulate(&mut self, weights: &ModulatedWeights, modulator: f32, gains: &[f32], post: &[f32], grad: &mut [f32]) {
        let signal = dot(gains, &weights.fan[0]) * (1.0 - modulator * modulator);
        let [fan_weight, fan_bias] = &mut self.fan;
        for (sum, gain) in fan_weight.iter_mut().zip(gains) {
            *sum += gain * modulator;
        }
        add(fan_bias, gains);
        self.mod_bias += signal;
        for (sum, post) in self.mod_weight.iter_mut().zip(post) {
            *sum += signal * post;
        }
        for (grad, weight) in grad.iter_mut().zip(weights.mod_weight.iter()) {
            *grad += signal * weight;
        }
    }
}

/// What stands in the columns when a step is written, each `[stride]`.
struct Columns {
    gains: Buffer,
    lifted: Buffer,
}

impl Columns {
    fn new(stride: usize) -> Self {
        Self { gains: Buffer::zeros(stride), lifted: Buffer::zeros(stride) }
    }

    /// What is written in a step, `activity` beginning with x(t−1).
    fn written<'a>(&'a mut self, weights: &ModulatedWeights, modulator: f32, activity: &'a [f32]) -> Written<'a> {
        let (pre, rest) = activity.split_at(weights.stride);
        let post = &rest[..weights.stride];
        weights.gains(modulator, &mut self.gains);
        weights.writing().lift(weights.modulation.kind, &self.gains, post, &mut self.lifted);
        Written { gains: &self.gains, pre, post, input: post, lifted: &self.lifted }
    }

    /// Nothing is written, and `input` multiplied, padded.
    fn nothing<'a>(&'a self, input: &'a [f32]) -> Written<'a> {
        Written { gains: &self.gains, pre: input, post: input, input, lifted: &self.lifted }
    }
}

fn add(sums: &mut [f32], parts: &[f32]) {
    sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
}

/// The product of two padded vectors, summed in fixed lanes.
fn dot(one: &[f32], other: &[f32]) -> f32 {
    let mut sums = [0.0; WIDTH];
    for (one, other) in one.as_chunks::<WIDTH>().0.iter().zip(other.as_chunks::<WIDTH>().0) {
        for lane in 0..WIDTH {
            sums[lane] += one[lane] * other[lane];
        }
    }
    sum_lanes(sums)
}
