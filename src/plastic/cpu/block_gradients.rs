//! One block of rows on its way back: its traces rebuilt, its gradients summed.

use super::forward::Block;
use super::schedule::{Schedule, Sweep};
use super::sweep::{BackwardSweep, CarrySweep, FixedSweep, Signals};
use super::{Buffer, WIDTH, Weights};
use crate::plastic::rule::{Rule, with_update};
use std::ops::Range;

/// The running state of one block on its way back.
pub(super) struct BlockGradients {
    pub rows: Range<usize>,
    /// dL/dH, `[lane][row][stride]`.
    pub trace: Buffer,
    /// dL/dα of all lanes of the group together.
    pub alpha: Buffer,
    pub eta: f64,
    /// The span whose traces stand in `stored`.
    span: Option<usize>,
    /// Rebuilt traces of the span: those after its key-frame, see [`Schedule::stored`].
    pub stored: Vec<Buffer>,
    /// dL/dx as the last sweep adds to it. Without traces everything stands in `by_column`, the rest of it zero.
    pub by_column: Buffer,
    pub by_row: Buffer,
    pub by_row_earlier: Buffer,
}

/// Where the backward pass stands.
pub(super) struct Position<'a> {
    pub weights: &'a Weights,
    pub schedule: &'a Schedule,
    /// For each lane x(−1) = 0, x(0) …, padded.
    pub activity: &'a [Buffer],
    pub span: usize,
    /// The sweeps of the span whose trace is stored.
    pub stored: &'a [usize],
    pub index: usize,
    pub sweep: Sweep,
}

impl BlockGradients {
    pub fn new(weights: &Weights, block: &Block, lanes: usize) -> Self {
        let (rows, workspace) = (block.rows.clone(), weights.workspace());
        let alpha = if block.trace.is_empty() { 0 } else { weights.alpha_row_count(rows.len()) * weights.stride };
        Self {
            trace: workspace.take_zeros(block.trace.len()),
            alpha: workspace.take_zeros(alpha),
            eta: 0.0,
            span: None,
            stored: Vec::new(),
            by_column: Buffer::zeros(lanes * weights.stride),
            by_row: Buffer::zeros(lanes * rows.len()),
            by_row_earlier: Buffer::zeros(lanes * rows.len()),
            rows,
        }
    }

    /// One sweep backwards.
    pub fn step(&mut self, block: &Block, at: &Position<'_>, deltas: &[&[f32]]) {
        let Position { weights, schedule, activity, .. } = *at;
        let rows = self.rows.clone();
        let updates = at.sweep.step - at.sweep.from;
        let Some(rule) = weights.rule else {
            // With more than one update the product's input is clamped, with none it was given: nothing depends on its
            // gradient.
            if updates != 1 {
                self.by_column.fill(0.0);
                return;
            }
            // Column by column the sums stay where they are: along a row each would have to be folded.
            pulp::Arch::new().dispatch(FixedSweep {
                matrix: weights.w_turned(&rows),
                width: rows.len().div_ceil(WIDTH),
                inputs: deltas,
                stride: weights.stride / WIDTH,
                sums: &mut self.by_column.as_chunks_mut().0[rows.start / WIDTH..],
            });
            return;
        };
        if self.span != Some(at.span) {
            self.rebuild(rule, block, at);
        }
        let base = at.stored.iter().rposition(|&stored| stored <= at.index).unwrap_or(0);
        let stored = if base == 0 { &block.frames[at.span] } else { &self.stored[base - 1] };
        let first = schedule.sweeps()[at.stored[base]].from;
        let (history, stride) = (at.sweep.history(first, weights.stride), weights.stride);
        let signals: Vec<Signals<'_>> =
            activity.iter().map(|lane| Signals::recurrent(&lane[history.clone()], stride)).collect();
        with_update!(rule, weights.eta, update => {
            self.eta += pulp::Arch::new().dispatch(BackwardSweep {
                update, weights, rows, updates, deltas, stored,
                signals: &signals,
                trace_grad: &mut self.trace,
                alpha_grad: &mut self.alpha,
                by_column: &mut self.by_column,
                by_row: &mut self.by_row,
                by_row_earlier: &mut self.by_row_earlier,
            });
        });
    }

    /// Rebuilds the traces of a span that are to be stored, each from the one before.
    fn rebuild(&mut self, rule: Rule, block: &Block, at: &Position<'_>) {
        let Position { weights, schedule, activity, .. } = *at;
        let stride = weights.stride;
        for (count, pair) in at.stored.windows(2).enumerate() {
            let [from, to] = [pair[0], pair[1]].map(|index| schedule.sweeps()[index].from);
            let signals: Vec<Signals<'_>> = activity
                .iter()
                .map(|lane| Signals::recurrent(&lane[from * stride..(to + 1) * stride], stride))
                .collect();
            if self.stored.len() == count {
                self.stored.push(weights.workspace().take(self.trace.len()));
            }
            let (done, rest) = self.stored.split_at_mut(count);
            with_update!(rule, weights.eta, update => pulp::Arch::new().dispatch(CarrySweep {
                update,
                rows: self.rows.clone(),
                stride,
                signals: &signals,
                before: done.last().unwrap_or(&block.frames[at.span]),
                after: &mut rest[0],
            }));
        }
        self.span = Some(at.span);
    }
}
