//! Rebuilding traces from recorded activations.
//!
//! A trace is a function of the activities alone, H(t+1)_ij = rule(H(t)_ij, x_i(t−1), x_j(t)), so a
//! recording needs no traces. Rows are independent: each is carried through all its steps while it
//! stays in the first-level cache, which makes a jump across a whole lifetime cheap.

use super::cpu::{TraceSweep, WIDTH};
use super::rule::{Rule, with_update};
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
