//! Rebuilding traces from recorded signals.
//!
//! A trace is a function of two signals alone, H(t+1)_ij = rule(H(t)_ij, pre_i(t), post_j(t)), so a
//! recording needs no traces; where the network modulates them, M(t) is recorded beside the signals. Rows are
//! independent: each is carried through all its steps while it stays in the first-level cache, which makes a jump across
//! a whole lifetime cheap.

use super::cpu::{ModulatedUpdate, TraceSweep, WIDTH};
use super::network::PlasticLayer;
use super::rule::{Rule, Update as _, with_update};
use super::writing::{Modulation, ModulationKind, Writing};
use rayon::prelude::*;
use std::ops::Range;

/// What was recorded of one plastic layer in one lifetime of T steps.
#[derive(Clone, Copy)]
pub struct Recording<'a> {
    /// The layer.
    pub layer: &'a PlasticLayer,
    /// Its η at the time; not read by simple modulation.
    pub eta: f32,
    /// The pre-synaptic activities before row 0, `[pre]`; empty where there was nothing.
    pub before: &'a [f32],
    /// The pre-synaptic signal, row major `[T, pre]`: what is written in step t is its row t − delay.
    pub pre: &'a [f32],
    /// The post-synaptic signal, row major `[T, post]`.
    pub post: &'a [f32],
    /// What modulated the trace; `None` where a rule alone writes it.
    pub modulator: Option<Modulators<'a>>,
}

/// What modulated a trace.
#[derive(Clone, Copy)]
pub struct Modulators<'a> {
    /// M(t), `[T]`.
    pub values: &'a [f32],
    /// a and b of M_j(t) = a_j M(t) + b_j, `[post]`; `None` where M reaches every neuron as it is.
    pub fan_out: Option<&'a [Vec<f32>; 2]>,
}

impl Recording<'_> {
    /// How many steps were recorded.
    pub fn steps(&self) -> usize {
        self.post.len() / self.layer.post
    }

    /// The pre-synaptic activity that step t writes with.
    ///
    /// # Panics
    /// When there is no such step or neuron.
    pub fn pre_at(&self, step: usize, from: usize) -> f32 {
        match step.checked_sub(self.layer.delay) {
            Some(row) => self.pre[row * self.layer.pre + from],
            None => self.before.get(from).copied().unwrap_or(0.0),
        }
    }

    /// The post-synaptic activity that step t writes with.
    ///
    /// # Panics
    /// When there is no such step or neuron.
    pub fn post_at(&self, step: usize, to: usize) -> f32 {
        self.post[step * self.layer.post + to]
    }

    /// M_j(t); one where a rule alone writes.
    ///
    /// # Panics
    /// When there is no such step or neuron.
    pub fn gain(&self, step: usize, to: usize) -> f32 {
        match self.modulator {
            Some(Modulators { values, fan_out: Some([weight, bias]) }) => weight[to] * values[step] + bias[to],
            Some(Modulators { values, fan_out: None }) => values[step],
            None => 1.0,
        }
    }

    /// What M_j(t) is multiplied by in step t, given E before it: E, or the activities that come together.
    pub fn eligible(&self, step: usize, from: usize, to: usize, eligibility: f32) -> f32 {
        match self.layer.plasticity.writing.has_eligibility() {
            true => eligibility,
            false => self.pre_at(step, from) * self.post_at(step, to),
        }
    }

    /// What step t adds to H, given E before it, in double precision, before any clip.
    pub fn added(&self, step: usize, from: usize, to: usize, eligibility: f32) -> f64 {
        match self.layer.plasticity.writing {
            Writing::Rule(rule) => {
                let [eta, pre, post] = [self.eta, self.pre_at(step, from), self.post_at(step, to)].map(f64::from);
                rule.added(eta, pre, post)
            }
            Writing::Modulated(_) => {
                f64::from(self.gain(step, to)) * f64::from(self.eligible(step, from, to, eligibility))
            }
        }
    }

    /// Which part of H step t keeps, in double precision, before any clip.
    pub fn kept(&self, step: usize, to: usize) -> f64 {
        match self.layer.plasticity.writing {
            Writing::Rule(rule) => rule.kept(f64::from(self.eta), f64::from(self.post_at(step, to))),
            Writing::Modulated(_) => 1.0,
        }
    }

    /// What step t adds to a bounded H, given E before it, in the bits of the network: its factors in the order in which
    /// that multiplies them.
    pub fn added_bits(&self, step: usize, from: usize, to: usize, eligibility: f32) -> f32 {
        let (pre, post) = (self.pre_at(step, from), self.post_at(step, to));
        match self.layer.plasticity.writing {
            Writing::Rule(_) => (self.eta * pre) * post,
            Writing::Modulated(modulation) => {
                let gain = self.gain(step, to);
                match modulation.kind {
                    ModulationKind::Simple => pre * self.update(modulation).lifted(modulation.kind, gain, post),
                    ModulationKind::Retroactive => gain * eligibility,
                }
            }
        }
    }

    /// Carries `state` from before step `span.start` to before step `span.end`, bit for bit what the lifetime had.
    /// It is H, `[pre, post]`, then E where there is one.
    ///
    /// H(t) is the trace before step t: step t turns H(t) into H(t+1).
    ///
    /// # Panics
    /// When `state` has another size or the span reaches beyond the recording.
    pub fn carry(&self, state: &mut [f32], span: Range<usize>) {
        assert_eq!(state.len(), self.layer.state_len(), "a state holds one value per connection and trace");
        assert!(span.end <= self.steps(), "the span ends after the last recorded step");
        match self.layer.plasticity.writing {
            Writing::Rule(rule) => self.carry_ruled(rule, state, span),
            Writing::Modulated(modulation) => {
                let (trace, eligibility) = state.split_at_mut(self.layer.trace_len());
                self.carry_modulated(modulation, trace, eligibility, span);
            }
        }
    }

    fn carry_ruled(&self, rule: Rule, trace: &mut [f32], span: Range<usize>) {
        let columns = self.layer.post;
        trace.par_chunks_exact_mut(columns).enumerate().with_min_len(WIDTH).for_each_init(
            || vec![0.0; columns],
            |other, (row, trace)| {
                for step in span.clone() {
                    with_update!(rule, self.eta, update => pulp::Arch::new().dispatch(TraceSweep {
                        update,
                        pre: &[self.pre_at(step, row)],
                        post: &self.post[step * columns..][..columns],
                        before: trace,
                        after: other,
                    }));
                    trace.copy_from_slice(other);
                }
            },
        );
    }

    fn carry_modulated(&self, modulation: Modulation, trace: &mut [f32], eligibility: &mut [f32], span: Range<usize>) {
        let columns = self.layer.post;
        let gains: Vec<f32> = span.clone().flat_map(|step| (0..columns).map(move |to| self.gain(step, to))).collect();
        let row = |(row, (trace, eligibility)): (usize, (&mut [f32], &mut [f32]))| {
            for (step, gains) in span.clone().zip(gains.chunks_exact(columns)) {
                let post = &self.post[step * columns..][..columns];
                self.update(modulation).write(trace, eligibility, gains, self.pre_at(step, row), post);
            }
        };
        let rows = trace.par_chunks_exact_mut(columns);
        if eligibility.is_empty() {
            rows.enumerate().with_min_len(WIDTH).for_each(|(at, trace)| row((at, (trace, &mut []))));
        } else {
            rows.zip(eligibility.par_chunks_exact_mut(columns)).enumerate().with_min_len(WIDTH).for_each(row);
        }
    }

    /// H and E of one connection after each step of `span`, from `state` before it, bit for bit what the lifetime had; E
    /// stays as it is where there is none.
    ///
    /// # Panics
    /// When the layer has no such connection or the span reaches beyond the recording.
    pub fn synapse(&self, from: usize, to: usize, state: [f32; 2], span: Range<usize>) -> Vec<[f32; 2]> {
        let [mut trace, mut eligible] = state;
        match self.layer.plasticity.writing {
            Writing::Rule(rule) => with_update!(rule, self.eta, update => {
                let after = span.map(|step| {
                    trace = update.next(trace, self.pre_at(step, from), self.post_at(step, to));
                    [trace, eligible]
                });
                after.collect()
            }),
            Writing::Modulated(modulation) => {
                let is_retroactive = modulation.kind == ModulationKind::Retroactive;
                let (mut trace, mut eligible_one) = ([trace], [eligible]);
                let after = span.map(|step| {
                    let (gain, post) = (self.gain(step, to), self.post_at(step, to));
                    let eligibility = if is_retroactive { &mut eligible_one[..] } else { &mut [] };
                    let pre = self.pre_at(step, from);
                    self.update(modulation).write(&mut trace, eligibility, &[gain], pre, &[post]);
                    [eligible] = eligible_one;
                    [trace[0], eligible]
                });
                after.collect()
            }
        }
    }

    fn update(&self, modulation: Modulation) -> ModulatedUpdate {
        ModulatedUpdate { bound: modulation.bound, eta: self.eta }
    }
}
