//! Rebuilding traces from recorded activations.
//!
//! A trace is a function of the activities alone, H(t+1)_ij = rule(H(t)_ij, x_i(t−1), x_j(t)), so a
//! recording needs no traces; where the network modulates them, M(t) is recorded beside the activities. Rows are
//! independent: each is carried through all its steps while it stays in the first-level cache, which makes a jump across
//! a whole lifetime cheap.

use super::cpu::{ModulatedUpdate, TraceSweep, WIDTH};
use super::rule::{Rule, Update as _, with_update};
use super::writing::{Modulation, ModulationKind};
use rayon::prelude::*;
use std::ops::Range;

/// What was recorded of one lane, whatever wrote its trace.
#[derive(Clone, Copy)]
pub enum Recording<'a> {
    /// A rule alone.
    Ruled(Activities<'a>),
    /// The network itself modulated it.
    Modulated(Modulated<'a>),
}

impl Recording<'_> {
    /// Carries `state` from before step `span.start` to before step `span.end`, bit for bit what the lifetime had.
    /// It is H, then E where there is one, and zero before step 0.
    ///
    /// # Panics
    /// When `state` has another size or the span reaches beyond the recording.
    pub fn carry(&self, state: &mut [f32], span: Range<usize>) {
        match self {
            Self::Ruled(recording) => recording.carry(state, span),
            Self::Modulated(recording) => {
                let (trace, eligibility) = state.split_at_mut(recording.neurons * recording.neurons);
                recording.carry(trace, eligibility, span);
            }
        }
    }

    /// H and E of one synapse after each step of `span`, from `state` before it, bit for bit what the lifetime had; E
    /// stays as it is where there is none.
    ///
    /// # Panics
    /// When the network has no such synapse or the span reaches beyond the recording.
    pub fn synapse(&self, from: usize, to: usize, state: [f32; 2], span: Range<usize>) -> Vec<[f32; 2]> {
        match self {
            Self::Ruled(recording) => recording.synapse(from, to, state, span),
            Self::Modulated(recording) => recording.synapse(from, to, state, span),
        }
    }
}

/// The activities of one lane whose trace the network itself modulated.
#[derive(Clone, Copy)]
pub struct Modulated<'a> {
    /// x(t), row major `[T, N]`.
    pub values: &'a [f32],
    /// N.
    pub neurons: usize,
    /// How the trace was modulated.
    pub modulation: Modulation,
    /// The trained η of that lifetime; not read by simple modulation.
    pub eta: f32,
    /// M(t), `[T]`.
    pub modulator: &'a [f32],
    /// a and b of M_j(t) = a_j M(t) + b_j, `[N]`; `None` where M reaches every neuron as it is.
    pub fan_out: Option<&'a [Vec<f32>; 2]>,
}

impl Modulated<'_> {
    /// M_j(t).
    ///
    /// # Panics
    /// When there is no such step or neuron.
    pub fn gain(&self, step: usize, to: usize) -> f32 {
        match self.fan_out {
            Some([weight, bias]) => weight[to] * self.modulator[step] + bias[to],
            None => self.modulator[step],
        }
    }

    /// What M_j(t) is multiplied by in step t, given E before it: E, or the activities that come together.
    pub fn written(&self, step: usize, from: usize, to: usize, eligible: f32) -> f32 {
        match self.modulation.kind {
            ModulationKind::Simple => self.pre(step, from) * self.values[step * self.neurons + to],
            ModulationKind::Retroactive => eligible,
        }
    }

    /// What step t adds to H, given E before it, in the bits of the network: its factors in the order in which that
    /// multiplies them.
    pub fn added(&self, step: usize, from: usize, to: usize, eligible: f32) -> f32 {
        let (gain, post) = (self.gain(step, to), self.values[step * self.neurons + to]);
        match self.modulation.kind {
            ModulationKind::Simple => self.pre(step, from) * self.writing().lifted(ModulationKind::Simple, gain, post),
            ModulationKind::Retroactive => gain * eligible,
        }
    }

    fn synapse(&self, from: usize, to: usize, [trace, eligible]: [f32; 2], span: Range<usize>) -> Vec<[f32; 2]> {
        let is_retroactive = self.modulation.kind == ModulationKind::Retroactive;
        let (mut trace, mut eligible) = ([trace], [eligible]);
        let after = span.map(|step| {
            let post = self.values[step * self.neurons + to];
            let eligibility = if is_retroactive { &mut eligible[..] } else { &mut [] };
            self.writing().write(&mut trace, eligibility, &[self.gain(step, to)], self.pre(step, from), &[post]);
            [trace[0], eligible[0]]
        });
        after.collect()
    }

    fn carry(&self, trace: &mut [f32], eligibility: &mut [f32], span: Range<usize>) {
        let neurons = self.neurons;
        assert!(span.end <= self.modulator.len(), "the span ends after the last recorded step");
        let gains: Vec<f32> = span.clone().flat_map(|step| (0..neurons).map(move |to| self.gain(step, to))).collect();
        let row = |(row, (trace, eligibility)): (usize, (&mut [f32], &mut [f32]))| {
            for (step, gains) in span.clone().zip(gains.chunks_exact(neurons)) {
                let post = &self.values[step * neurons..][..neurons];
                self.writing().write(trace, eligibility, gains, self.pre(step, row), post);
            }
        };
        let rows = trace.par_chunks_exact_mut(neurons);
        if eligibility.is_empty() {
            rows.enumerate().with_min_len(WIDTH).for_each(|(at, trace)| row((at, (trace, &mut []))));
        } else {
            rows.zip(eligibility.par_chunks_exact_mut(neurons)).enumerate().with_min_len(WIDTH).for_each(row);
        }
    }

    fn pre(&self, step: usize, from: usize) -> f32 {
        step.checked_sub(1).map_or(0.0, |before| self.values[before * self.neurons + from])
    }

    fn writing(&self) -> ModulatedUpdate {
        ModulatedUpdate { bound: self.modulation.bound, eta: self.eta }
    }
}

/// The activities of one lane, `[T, N]`, with the rule that wrote its trace.
#[derive(Clone, Copy)]
pub struct Activities<'a> {
    /// x(t), row major `[T, N]`.
    pub values: &'a [f32],
    /// N.
    pub neurons: usize,
    /// The rule.
    pub rule: Rule,
    /// The trained η of that lifetime.
    pub eta: f32,
}

impl Activities<'_> {
    fn synapse(&self, from: usize, to: usize, [mut trace, still]: [f32; 2], span: Range<usize>) -> Vec<[f32; 2]> {
        let value = |step: usize, neuron: usize| self.values[step * self.neurons + neuron];
        with_update!(self.rule, self.eta, update => {
            let after = span.map(|step| {
                let pre = step.checked_sub(1).map_or(0.0, |before| value(before, from));
                trace = update.next(trace, pre, value(step, to));
                [trace, still]
            });
            after.collect()
        })
    }

    /// Carries `trace` (`[N, N]`) from H(`span.start`) to H(`span.end`), bit for bit what the lifetime had.
    ///
    /// H(t) is the trace before step t: H(0) is zero and step t turns H(t) into H(t+1).
    ///
    /// # Panics
    /// When `trace` is not `[N, N]` or the span reaches beyond the recording.
    pub fn carry(&self, trace: &mut [f32], span: Range<usize>) {
        let neurons = self.neurons;
        assert_eq!(trace.len(), neurons * neurons, "a trace holds one value per connection");
        assert!(span.end * neurons <= self.values.len(), "the span ends after the last recorded step");
        let silence = vec![0.0; neurons];
        trace.par_chunks_exact_mut(neurons).enumerate().with_min_len(WIDTH).for_each_init(
            || vec![0.0; neurons],
            |other, (row, trace)| {
                for step in span.clone() {
                    let post = &self.values[step * neurons..][..neurons];
                    let pre = match step {
                        0 => &silence,
                        _ => &self.values[(step - 1) * neurons..][..neurons],
                    };
                    with_update!(self.rule, self.eta, update => pulp::Arch::new().dispatch(TraceSweep {
                        update,
                        pre: &pre[row..=row],
                        post,
                        before: trace,
                        after: other,
                    }));
                    trace.copy_from_slice(other);
                }
            },
        );
    }
}
