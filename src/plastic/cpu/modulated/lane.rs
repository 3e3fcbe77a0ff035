//! One modulated lifetime, forward and backward.

use super::history::{History, Signals};
use super::weights::ModulatedWeights;
use crate::plastic::cpu::activation::Activate;
use crate::plastic::cpu::{Buffer, WIDTH, sum_lanes};
use crate::plastic::network::Drive;

/// One lifetime.
pub(in crate::plastic) struct ModulatedLane {
    /// x(−1) = 0, x(0) …, `[T + 1, stride]`.
    activity: Buffer,
    /// M(t), `[T]`.
    pub modulator: Vec<f32>,
    history: History,
    /// The drive of the present step, padded.
    drive: Buffer,
    /// The sums of the present step, then x(t); padded.
    sums: Buffer,
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

/// What writes the traces: neurons that hear themselves, x(t−1) and x(t).
fn signals<'a>(activity: &'a [f32], modulator: &'a [f32], stride: usize) -> Signals<'a> {
    Signals { pre: activity, post: &activity[stride..], modulator }
}

impl ModulatedLane {
    /// A lifetime that has not begun, in which the neurons hear each other. `steps` only tunes memory: any number may
    /// follow. `past` is x(−1), H and E that it begins with.
    pub fn new(weights: &ModulatedWeights, steps: usize, past: Option<[&[f32]; 3]>) -> Self {
        let mut activity = Buffer::with_capacity((steps + 1) * weights.stride);
        activity.grow(weights.stride);
        let mut history = History::new(weights, steps, past.is_some());
        if let Some([before, trace, eligibility]) = past {
            activity[..weights.post].copy_from_slice(before);
            history.transplant(weights, [trace, eligibility]);
        }
        let (drive, sums) = (Buffer::zeros(weights.stride), Buffer::zeros(weights.stride));
        Self { activity, modulator: Vec::with_capacity(steps), history, drive, sums }
    }

    /// One step; x(t) is then at the end of the activities. `drive` is `[N]`.
    pub fn step(&mut self, weights: &ModulatedWeights, drive: &[f32]) {
        let (stride, step) = (weights.stride, self.modulator.len());
        self.sums.fill(0.0);
        let signals = signals(&self.activity, &self.modulator, stride);
        self.history.product(weights, signals, step, &mut self.sums);
        self.drive[..drive.len()].copy_from_slice(drive);
        pulp::Arch::new().dispatch(Activate { drive_kind: Drive::Add, drive: &self.drive, activity: &mut self.sums });
        self.modulator.push(weights.modulator(&self.sums));
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
        self.history.after(weights, signals(&self.activity, &self.modulator, weights.stride), self.modulator.len())
    }

    /// Does the writing that waits.
    pub fn write_out(&mut self, weights: &ModulatedWeights) {
        let signals = signals(&self.activity, &self.modulator, weights.stride);
        self.history.write_out(weights, signals, self.modulator.len());
    }

    /// Puts other traces, `[N, N]` and `[N, N]` or empty, in the place of those there are, which have been
    /// [written out](Self::write_out).
    pub fn transplant(&mut self, weights: &ModulatedWeights, traces: [&[f32]; 2]) {
        self.history.transplant(weights, traces);
    }

    /// The backward pass. `activity_grad` is dL/dx(t), `[T, N]`.
    pub fn backward(&self, weights: &ModulatedWeights, activity_grad: &[f32]) -> ModulatedGradients {
        let ModulatedWeights { post: neurons, stride, .. } = *weights;
        let steps = self.modulator.len();
        let mut found = ModulatedGradients::new(weights, steps);
        let mut unwinding = self.history.unwind(weights, signals(&self.activity, &self.modulator, stride));
        let (mut grad, mut eta) = (Buffer::zeros(stride), 0.0);
        for step in (0..steps).rev() {
            grad[..neurons].copy_from_slice(&activity_grad[step * neurons..][..neurons]);
            // What the step wrote is read by the step after it only.
            if step + 1 < steps {
                // The writing of the step after this one is still in the sums.
                add(&mut grad, &unwinding.sums.pre);
                unwinding.step(step, &found.delta[(step + 1) * stride..][..stride], &mut found.alpha);
                add(&mut grad, &unwinding.sums.product);
                add(&mut grad, &unwinding.sums.post);
                eta += unwinding.sums.eta;
                found.modulate(weights, self.modulator[step], &unwinding.sums.gains, self.at(step, stride), &mut grad);
            }
            let delta = &mut found.delta[step * stride..][..stride];
            for (delta, (grad, post)) in delta.iter_mut().zip(grad.iter().zip(self.at(step, stride))) {
                *delta = grad * (1.0 - post * post);
            }
        }
        self.history.add_first_product(weights, &self.activity[..stride], &found.delta, &mut found.alpha);
        found.eta = eta as f32;
        found
    }

    /// x(t), padded.
    fn at(&self, step: usize, stride: usize) -> &[f32] {
        &self.activity[(step + 1) * stride..][..stride]
    }
}

impl ModulatedGradients {
    /// Of a lifetime of `steps`, zero so far.
    pub fn new(weights: &ModulatedWeights, steps: usize) -> Self {
        let zeros = || Buffer::zeros(weights.stride);
        Self {
            delta: Buffer::zeros(steps * weights.stride),
            alpha: Buffer::zeros(weights.alpha_len()),
            eta: 0.0,
            mod_weight: zeros(),
            mod_bias: 0.0,
            fan: [zeros(), zeros()],
        }
    }

    /// M = tanh(x·m + c) and M_j = a_j M + b_j, backward: from dL/dM_j to the parameters, and on to dL/dx.
    pub fn modulate(
        &mut self,
        weights: &ModulatedWeights,
        modulator: f32,
        gains: &[f32],
        post: &[f32],
        grad: &mut [f32],
    ) {
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

pub(in crate::plastic::cpu) fn add(sums: &mut [f32], parts: &[f32]) {
    sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
}

/// The product of two padded vectors, summed in fixed lanes.
pub(in crate::plastic::cpu) fn dot(one: &[f32], other: &[f32]) -> f32 {
    let mut sums = [0.0; WIDTH];
    for (one, other) in one.as_chunks::<WIDTH>().0.iter().zip(other.as_chunks::<WIDTH>().0) {
        for lane in 0..WIDTH {
            sums[lane] += one[lane] * other[lane];
        }
    }
    sum_lanes(sums)
}
