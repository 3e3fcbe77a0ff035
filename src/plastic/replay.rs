//! Rebuilding traces from recorded activations.
//!
//! A trace is a function of the activities alone, H(t+1)_ij = rule(H(t)_ij, x_i(t−1), x_j(t)), so a
//! recording needs no traces. Rows are independent: each is carried through all its steps while it
//! stays in the first-level cache, which makes a jump across a whole lifetime cheap.

use super::cpu::{TraceSweep, WIDTH};
use super::rule::{Rule, Update as _, with_update};
use rayon::prelude::*;
use std::ops::Range;

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
    /// H of one synapse over the whole recording, one value per step from H(0) to H(T), bit for bit what the lifetime
    /// had.
    ///
    /// # Panics
    /// When the network has no such synapse.
    pub fn synapse_history(&self, from: usize, to: usize) -> Vec<f32> {
        assert!(from < self.neurons && to < self.neurons, "the network has no synapse {from} → {to}");
        let steps = self.values.len() / self.neurons;
        let (mut trace, mut pre) = (0.0, 0.0);
        let mut history = Vec::with_capacity(steps + 1);
        history.push(trace);
        with_update!(self.rule, self.eta, update => for activity in self.values.chunks_exact(self.neurons) {
            trace = update.next(trace, pre, activity[to]);
            pre = activity[from];
            history.push(trace);
        });
        history
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
