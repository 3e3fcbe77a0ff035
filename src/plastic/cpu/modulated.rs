//! Lanes whose trace is written under the network's own neuromodulation, forward and backward.
//!
//! A lane is lived by one thread. Traces are kept every √T steps; the backward pass writes those between two of them
//! again, from the activities and the modulator, bit for bit.

use super::activation::tanh;
use crate::plastic::modulated::{Kind, Modulation};

/// The parameters of such a network on the host.
#[derive(Clone, Debug)]
pub(in crate::plastic) struct ModulatedWeights {
    pub modulation: Modulation,
    pub neurons: usize,
    /// `[N, N]`.
    pub w: Vec<f32>,
    /// `[N, N]`.
    pub alpha: Vec<f32>,
    /// Not read by simple modulation.
    pub eta: f32,
    /// `[N]`.
    pub mod_weight: Vec<f32>,
    pub mod_bias: f32,
    /// a and b of M_j = a_j M + b_j, `[N]`; ones and zeros without fan-out.
    pub fan: [Vec<f32>; 2],
}

/// H and E, `[N, N]`; E is empty under simple modulation.
#[derive(Clone, Debug)]
pub(in crate::plastic) struct Traces {
    pub trace: Vec<f32>,
    pub eligibility: Vec<f32>,
}

/// One lifetime.
pub(in crate::plastic) struct ModulatedLane {
    /// x(−1) = 0, x(0) …, `[T + 1, N]`.
    pub activity: Vec<f32>,
    /// M(t), `[T]`.
    pub modulator: Vec<f32>,
    /// As they are after the last step.
    pub traces: Traces,
    /// As they were before every `every`-th step.
    frames: Vec<Traces>,
    every: usize,
}

/// What one lane contributes to the gradients. That of w is left to one matrix product, Σ_t x(t−1)ᵀ δ(t).
pub(in crate::plastic) struct ModulatedGradients {
    /// δ(t) = dL/d(pre-activation) = dL/d(drive), `[T, N]`.
    pub delta: Vec<f32>,
    pub alpha: Vec<f32>,
    pub eta: f32,
    pub mod_weight: Vec<f32>,
    pub mod_bias: f32,
    pub fan: [Vec<f32>; 2],
}

impl ModulatedWeights {
    /// M_j(t) = a_j M(t) + b_j.
    fn gains(&self, modulator: f32) -> Vec<f32> {
        let [weight, bias] = &self.fan;
        weight.iter().zip(bias).map(|(weight, bias)| weight * modulator + bias).collect()
    }

    fn silent(&self) -> Traces {
        let size = self.neurons * self.neurons;
        let eligibility = if self.modulation.kind == Kind::Retroactive { size } else { 0 };
        Traces { trace: vec![0.0; size], eligibility: vec![0.0; eligibility] }
    }

    /// Writes the traces of one step: from H(t), E(t) to H(t+1), E(t+1).
    #[inline(always)]
    fn write(&self, Traces { trace, eligibility }: &mut Traces, modulator: f32, pre: &[f32], post: &[f32]) {
        let (neurons, gains) = (self.neurons, self.gains(modulator));
        let writing = Writing { bound: self.modulation.bound, eta: self.eta };
        for (row, &pre) in pre.iter().enumerate() {
            let row = row * neurons..(row + 1) * neurons;
            let eligibility = if eligibility.is_empty() { &mut [][..] } else { &mut eligibility[row.clone()] };
            writing.write(&mut trace[row], eligibility, &gains, pre, post);
        }
    }
}

/// How connections that begin in one neuron are written.
#[derive(Clone, Copy)]
pub(in crate::plastic) struct Writing {
    pub bound: f32,
    /// Not read by simple modulation.
    pub eta: f32,
}

impl Writing {
    /// One step of as many connections as there are gains. No fused multiply-add: the same bits whatever
    /// instructions a machine has.
    #[inline(always)]
    pub fn write(self, trace: &mut [f32], eligibility: &mut [f32], gains: &[f32], pre: f32, post: &[f32]) {
        let Self { bound, eta } = self;
        let columns = trace.iter_mut().zip(gains.iter().zip(post));
        if eligibility.is_empty() {
            for (trace, (gain, post)) in columns {
                *trace = (*trace + gain * (pre * post)).clamp(-bound, bound);
            }
        } else {
            for ((trace, (gain, post)), eligible) in columns.zip(eligibility) {
                *trace = (*trace + gain * *eligible).clamp(-bound, bound);
                *eligible = (1.0 - eta) * *eligible + eta * (pre * post);
            }
        }
    }
}

impl ModulatedLane {
    /// A lifetime that has not begun. `steps` only tunes memory: any number may follow.
    pub fn new(weights: &ModulatedWeights, steps: usize) -> Self {
        Self {
            activity: vec![0.0; weights.neurons],
            modulator: Vec::with_capacity(steps),
            traces: weights.silent(),
            frames: Vec::new(),
            every: steps.isqrt().max(1),
        }
    }

    /// One step; x(t) is then at the end of the activities.
    pub fn step(&mut self, weights: &ModulatedWeights, drive: &[f32]) {
        pulp::Arch::new().dispatch(Step { lane: self, weights, drive });
    }

    /// x(t) of the last step.
    pub fn last(&self, weights: &ModulatedWeights) -> &[f32] {
        &self.activity[self.activity.len() - weights.neurons..]
    }

    /// The backward pass. `activity_grad` is dL/dx(t), `[T, N]`.
    pub fn backward(&self, weights: &ModulatedWeights, activity_grad: &[f32]) -> ModulatedGradients {
        pulp::Arch::new().dispatch(Backward { lane: self, weights, activity_grad })
    }

    /// The traces before each step of a span that begins at a frame.
    #[inline(always)]
    fn rebuilt(&self, weights: &ModulatedWeights, frame: usize, end: usize) -> Vec<Traces> {
        let neurons = weights.neurons;
        let mut traces = vec![self.frames[frame].clone()];
        for step in frame * self.every + 1..end {
            let mut next = traces[traces.len() - 1].clone();
            let [pre, post] = [step - 1, step].map(|row| &self.activity[row * neurons..][..neurons]);
            weights.write(&mut next, self.modulator[step - 1], pre, post);
            traces.push(next);
        }
        traces
    }
}

struct Step<'a> {
    lane: &'a mut ModulatedLane,
    weights: &'a ModulatedWeights,
    drive: &'a [f32],
}

impl pulp::WithSimd for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { lane, weights, drive } = self;
        let neurons = weights.neurons;
        let step = lane.modulator.len();
        if step.is_multiple_of(lane.every) {
            lane.frames.push(lane.traces.clone());
        }
        let pre = &lane.activity[step * neurons..];
        let mut post = drive.to_vec();
        for (row, &pre) in pre.iter().enumerate() {
            let row = row * neurons..(row + 1) * neurons;
            let effective = weights.w[row.clone()].iter().zip(&weights.alpha[row.clone()]).zip(&lane.traces.trace[row]);
            for (sum, ((w, alpha), trace)) in post.iter_mut().zip(effective) {
                *sum += pre * (w + alpha * trace);
            }
        }
        post.iter_mut().for_each(|value| *value = tanh(*value));
        let modulator = post.iter().zip(&weights.mod_weight).map(|(post, weight)| post * weight).sum::<f32>();
        let modulator = tanh(modulator + weights.mod_bias);
        weights.write(&mut lane.traces, modulator, pre, &post);
        lane.modulator.push(modulator);
        lane.activity.extend(post);
    }
}

struct Backward<'a> {
    lane: &'a ModulatedLane,
    weights: &'a ModulatedWeights,
    activity_grad: &'a [f32],
}

impl pulp::WithSimd for Backward<'_> {
    type Output = ModulatedGradients;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> ModulatedGradients {
        let Self { lane, weights, activity_grad } = self;
        let ModulatedWeights { neurons, eta, modulation, w, alpha, fan, mod_weight, .. } = weights;
        let (neurons, eta, bound, steps) = (*neurons, *eta, modulation.bound, lane.modulator.len());
        let zeros = || vec![0.0f32; neurons];
        let mut found = ModulatedGradients {
            delta: vec![0.0; steps * neurons],
            alpha: vec![0.0; neurons * neurons],
            eta: 0.0,
            mod_weight: zeros(),
            mod_bias: 0.0,
            fan: [zeros(), zeros()],
        };
        // dL/dH(t+1), dL/dE(t+1), and what later steps contribute to dL/dx(t).
        let Traces { trace: mut trace_grad, eligibility: mut eligible_grad } = weights.silent();
        let (mut later, mut eta_grad) = (zeros(), 0.0f64);
        let [mut terms, mut eta_terms] = [zeros(), zeros()];
        let mut rebuilt = Vec::new();
        for step in (0..steps).rev() {
            let place = step % lane.every;
            if rebuilt.len() <= place {
                rebuilt = lane.rebuilt(weights, step / lane.every, step + 1);
            }
            let Some(Traces { trace, eligibility }) = rebuilt.pop() else { break };
            let [pre, post] = [step, step + 1].map(|row| &lane.activity[row * neurons..][..neurons]);
            let modulator = lane.modulator[step];
            let gains = weights.gains(modulator);
            let mut grad: Vec<f32> =
                activity_grad[step * neurons..][..neurons].iter().zip(&later).map(|(now, later)| now + later).collect();
            let (mut gain_grad, mut earlier) = (zeros(), zeros());

            // The writing of the traces.
            for (at, &pre) in pre.iter().enumerate() {
                let row = at * neurons..(at + 1) * neurons;
                let write = WriteBackward { gains: &gains, pre, post, bound };
                let mut grads = WriteGrads {
                    trace: &mut trace_grad[row.clone()],
                    gain: &mut gain_grad,
                    post: &mut grad,
                    terms: &mut terms,
                };
                if eligibility.is_empty() {
                    write.simple(&trace[row], &mut grads);
                } else {
                    let eligible = (&eligibility[row.clone()], &mut eligible_grad[row.clone()]);
                    write.retroactive(&trace[row], eligible, eta, &mut grads, &mut eta_terms);
                    eta_grad += f64::from(sum(&eta_terms));
                }
                earlier[at] = sum(&terms);
            }

            // The modulator, M = tanh(x·m + c).
            let mut signal_grad = 0.0;
            for (to, &gain_grad) in gain_grad.iter().enumerate() {
                signal_grad += gain_grad * fan[0][to];
                found.fan[0][to] += gain_grad * modulator;
                found.fan[1][to] += gain_grad;
            }
            let signal_grad = signal_grad * (1.0 - modulator * modulator);
            found.mod_bias += signal_grad;
            for to in 0..neurons {
                found.mod_weight[to] += signal_grad * post[to];
                grad[to] += signal_grad * mod_weight[to];
            }

            // The product.
            let delta = &mut found.delta[step * neurons..][..neurons];
            for (delta, (grad, post)) in delta.iter_mut().zip(grad.iter().zip(post)) {
                *delta = grad * (1.0 - post * post);
            }
            for (at, &pre) in pre.iter().enumerate() {
                let row = at * neurons..(at + 1) * neurons;
                let effective = w[row.clone()].iter().zip(&alpha[row.clone()]).zip(&trace[row.clone()]);
                for ((term, delta), ((w, alpha), trace)) in terms.iter_mut().zip(&*delta).zip(effective) {
                    *term = delta * (w + alpha * trace);
                }
                earlier[at] += sum(&terms);
                for ((grad, delta), trace) in found.alpha[row.clone()].iter_mut().zip(&*delta).zip(&trace[row.clone()])
                {
                    *grad += pre * delta * trace;
                }
                for ((grad, delta), alpha) in trace_grad[row.clone()].iter_mut().zip(&*delta).zip(&alpha[row]) {
                    *grad += pre * delta * alpha;
                }
            }
            later = earlier;
        }
        found.eta = eta_grad as f32;
        found
    }
}

/// The writing of the connections that begin in one neuron, backward. Sums over them are left as terms: added up one by
/// one, each would wait for the one before. Many short loops instead of one: a compiler has to see that what is written
/// is not read.
struct WriteBackward<'a> {
    gains: &'a [f32],
    pre: f32,
    post: &'a [f32],
    bound: f32,
}

/// What it changes.
struct WriteGrads<'a> {
    /// From dL/dH(t+1) to dL/dH(t).
    trace: &'a mut [f32],
    gain: &'a mut [f32],
    post: &'a mut [f32],
    /// Those of dL/dx_i(t−1).
    terms: &'a mut [f32],
}

impl WriteBackward<'_> {
    #[inline(always)]
    fn simple(self, trace: &[f32], grads: &mut WriteGrads<'_>) {
        let Self { gains, pre, post, bound } = self;
        for ((inside, trace), (gain, post)) in grads.trace.iter_mut().zip(trace).zip(gains.iter().zip(post)) {
            let reached = trace + gain * (pre * post);
            // The derivative of a clip is zero outside its bounds.
            *inside = if reached.abs() <= bound { *inside } else { 0.0 };
        }
        for ((gain_grad, inside), post) in grads.gain.iter_mut().zip(&*grads.trace).zip(post) {
            *gain_grad += inside * (pre * post);
        }
        for ((both, inside), gain) in grads.terms.iter_mut().zip(&*grads.trace).zip(gains) {
            *both = inside * gain;
        }
        together_backward(pre, post, grads.post, grads.terms);
    }

    /// `eligible` is E(t), and dL/dE(t+1), which becomes dL/dE(t). `eta_terms` are those of dL/dη.
    #[inline(always)]
    fn retroactive(
        self,
        trace: &[f32],
        (eligibility, eligible_grad): (&[f32], &mut [f32]),
        eta: f32,
        grads: &mut WriteGrads<'_>,
        eta_terms: &mut [f32],
    ) {
        let Self { gains, pre, post, bound } = self;
        for ((inside, trace), (gain, eligible)) in grads.trace.iter_mut().zip(trace).zip(gains.iter().zip(eligibility))
        {
            let reached = trace + gain * eligible;
            *inside = if reached.abs() <= bound { *inside } else { 0.0 };
        }
        for ((gain_grad, inside), eligible) in grads.gain.iter_mut().zip(&*grads.trace).zip(eligibility) {
            *gain_grad += inside * eligible;
        }
        for ((term, grad), (post, eligible)) in
            eta_terms.iter_mut().zip(&*eligible_grad).zip(post.iter().zip(eligibility))
        {
            *term = grad * (pre * post - eligible);
        }
        for (both, grad) in grads.terms.iter_mut().zip(&*eligible_grad) {
            *both = grad * eta;
        }
        together_backward(pre, post, grads.post, grads.terms);
        for ((grad, inside), gain) in eligible_grad.iter_mut().zip(&*grads.trace).zip(gains) {
            *grad = inside * gain + (1.0 - eta) * *grad;
        }
    }
}

/// The product x_i(t−1) x_j(t), backward: `both` is dL of it, and becomes the terms of dL/dx_i(t−1).
#[inline(always)]
fn together_backward(pre: f32, post: &[f32], post_grad: &mut [f32], both: &mut [f32]) {
    for (post_grad, both) in post_grad.iter_mut().zip(&*both) {
        *post_grad += both * pre;
    }
    for (both, post) in both.iter_mut().zip(post) {
        *both *= post;
    }
}

/// A sum in sixteen parts, always the same ones.
#[inline(always)]
fn sum(values: &[f32]) -> f32 {
    let (whole, rest) = values.as_chunks::<16>();
    let mut parts = [0.0; 16];
    for chunk in whole {
        parts.iter_mut().zip(chunk).for_each(|(part, value)| *part += value);
    }
    parts.iter().sum::<f32>() + rest.iter().sum::<f32>()
}
