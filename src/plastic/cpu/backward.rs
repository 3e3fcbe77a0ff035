//! Running lanes backward: dL/dx for every step in, gradients of the parameters and the drive out.

use super::forward::{Block, Lane, Record};
use super::sweep::{BackwardSweep, FixedBackward, TraceSweep};
use super::{LANES_FILL_THREADS, Weights};
use crate::plastic::network::{AlphaKind, Drive};
use crate::plastic::rule::{Update, with_update};
use rayon::prelude::*;
use std::ops::Range;

/// The gradients of one lifetime. That of w is left to one matrix product, Σ_t x(t−1)ᵀ δ(t).
pub(crate) struct Gradients {
    /// dL/d(pre-activation), `[T, B, N]`.
    pub delta: Vec<f32>,
    /// dL/d(drive), `[T, B, N]`.
    pub drive: Vec<f32>,
    /// dL/dα, shaped like α; empty for a non-plastic network.
    pub alpha: Vec<f32>,
    /// dL/dη; zero for a non-plastic network.
    pub eta: f32,
}

/// What one lane contributes.
struct LaneGradients {
    /// δ, `[T][stride]`.
    delta: Vec<f32>,
    /// dL/d(drive), `[T][stride]`; empty when it equals δ.
    drive: Vec<f32>,
    blocks: Vec<BlockGradients>,
}

/// The running state of one block on its way back.
struct BlockGradients {
    rows: Range<usize>,
    /// dL/dH.
    trace: Vec<f32>,
    alpha: Vec<f32>,
    eta: f64,
    /// Buffers for a span of traces, used again for every span: fresh memory costs more than the sweep.
    span: Vec<Vec<f32>>,
    /// How many of them hold a trace that is still to be used, H at each step of the span, oldest first.
    replayed: usize,
    by_column: Vec<f32>,
    by_row: Vec<f32>,
    by_row_earlier: Vec<f32>,
}

impl Record {
    /// The backward pass. `activity_grad` is dL/dx(t), `[T, B, N]`; `drive` is what the lifetime was
    /// driven with. Key-frames are given up on the way.
    pub fn backward(mut self, drive: &[f32], activity_grad: &[f32]) -> Gradients {
        let (steps, batch) = (self.steps(), self.batch());
        let (weights, every) = (&self.weights, self.every);
        let neurons = weights.network.neurons;
        let at = |values: &'_ [f32], step: usize, lane: usize| -> Vec<f32> {
            values[(step * batch + lane) * neurons..][..neurons].to_vec()
        };
        let lanes: Vec<LaneGradients> = self
            .lanes
            .par_iter_mut()
            .enumerate()
            .map(|(index, lane)| {
                lane.backward(weights, steps, every, batch, |step| {
                    (at(drive, step, index), at(activity_grad, step, index))
                })
            })
            .collect();

        let gather = |pick: fn(&LaneGradients) -> &Vec<f32>| -> Vec<f32> {
            (0..steps)
                .flat_map(|step| lanes.iter().map(move |lane| (step, lane)))
                .flat_map(|(step, lane)| &pick(lane)[step * weights.stride..][..neurons])
                .copied()
                .collect()
        };
        let delta = gather(|lane| &lane.delta);
        let drive = match weights.network.drive {
            Drive::Add => delta.clone(),
            Drive::Clamp => gather(|lane| &lane.drive),
        };
        let eta = lanes.iter().flat_map(|lane| &lane.blocks).map(|block| block.eta).sum::<f64>();
        Gradients { delta, drive, alpha: alpha_gradient(weights, &lanes), eta: eta as f32 }
    }
}

/// Sums dL/dα over lanes, in order, and folds it into the shape of α.
fn alpha_gradient(weights: &Weights, lanes: &[LaneGradients]) -> Vec<f32> {
    let Some(plasticity) = weights.network.plasticity else { return Vec::new() };
    let (neurons, stride) = (weights.network.neurons, weights.stride);
    let free = plasticity.alpha == AlphaKind::Free;
    let mut gradient = vec![0.0; if free { neurons * neurons } else { neurons }];
    for block in lanes.iter().flat_map(|lane| &lane.blocks) {
        let first = if free { block.rows.start * neurons } else { 0 };
        for (sums, row) in gradient[first..].chunks_exact_mut(neurons).zip(block.alpha.chunks_exact(stride)) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
    }
    if plasticity.alpha == AlphaKind::Yoked {
        gradient = vec![gradient.iter().map(|&value| f64::from(value)).sum::<f64>() as f32];
    }
    gradient
}

impl Lane {
    /// `at(step)` gives the drive and dL/dx of that step, `[N]` each.
    fn backward(
        &mut self,
        weights: &Weights,
        steps: usize,
        every: usize,
        batch: usize,
        at: impl Fn(usize) -> (Vec<f32>, Vec<f32>),
    ) -> LaneGradients {
        let stride = weights.stride;
        let clamps = weights.network.drive == Drive::Clamp;
        let mut blocks: Vec<_> = self.blocks.iter().map(|block| BlockGradients::new(weights, block)).collect();
        let mut delta = vec![0.0; steps * stride];
        let mut drive_grad = vec![0.0; if clamps { steps * stride } else { 0 }];
        // dL/dx of the step in hand and of the one before, as far as later steps have contributed.
        let (mut here, mut earlier) = (vec![0.0; stride], vec![0.0; stride]);
        for step in (0..steps).rev() {
            let (drive, given) = at(step);
            for (sum, given) in here.iter_mut().zip(&given) {
                *sum += given;
            }
            let activity = &self.activity[step * stride..][..stride];
            let delta = &mut delta[step * stride..][..stride];
            for (neuron, &drive) in drive.iter().enumerate() {
                if clamps && drive != 0.0 {
                    drive_grad[step * stride + neuron] = here[neuron];
                } else {
                    delta[neuron] = here[neuron] * (1.0 - activity[neuron] * activity[neuron]);
                }
            }
            here = std::mem::replace(&mut earlier, vec![0.0; stride]);
            if step == 0 {
                break;
            }
            let [pre, post] = self.last_two(step, stride);
            let span = (step - 1) / every * every..step;
            let lane_activity = &self.activity[..];
            let work = |(gradients, block): (&mut BlockGradients, &mut Block)| {
                gradients.step(weights, block, lane_activity, span.clone(), every, [&pre, &post, delta]);
            };
            let pairs = (&mut blocks, &mut self.blocks);
            if batch < LANES_FILL_THREADS {
                pairs.into_par_iter().for_each(work);
            } else {
                pairs.0.iter_mut().zip(pairs.1).for_each(work);
            }
            for block in &blocks {
                for (sum, part) in here.iter_mut().zip(&block.by_column) {
                    *sum += part;
                }
                for (offset, row) in block.rows.clone().enumerate() {
                    here[row] += block.by_row[offset];
                    earlier[row] += block.by_row_earlier[offset];
                }
            }
        }
        for block in &mut blocks {
            (block.span, block.trace) = (Vec::new(), Vec::new());
        }
        LaneGradients { delta, drive: drive_grad, blocks }
    }
}

impl BlockGradients {
    fn new(weights: &Weights, block: &Block) -> Self {
        let rows = block.rows.clone();
        let plastic = !block.trace.is_empty();
        Self {
            trace: vec![0.0; block.trace.len()],
            alpha: vec![0.0; if plastic { weights.alpha_rows(rows.len()) * weights.stride } else { 0 }],
            eta: 0.0,
            span: Vec::new(),
            replayed: 0,
            by_column: vec![0.0; weights.stride],
            by_row: vec![0.0; rows.len()],
            by_row_earlier: vec![0.0; rows.len()],
            rows,
        }
    }

    /// One step backwards. `span` runs from the key-frame below to the step in hand (exclusive);
    /// `vectors` are x(t−2), x(t−1) and δ(t).
    fn step(
        &mut self,
        weights: &Weights,
        block: &mut Block,
        activity: &[f32],
        span: Range<usize>,
        every: usize,
        vectors: [&[f32]; 3],
    ) {
        let [pre, post, delta] = vectors;
        let rows = self.rows.clone();
        let Some(plasticity) = weights.network.plasticity else {
            return pulp::Arch::new().dispatch(FixedBackward { weights, rows, delta, by_row: &mut self.by_row });
        };
        with_update!(plasticity.rule, weights.eta, update => {
            if self.replayed == 0 {
                self.replay(update, weights, block, activity, span, every);
            }
            self.replayed -= 1;
            self.eta += pulp::Arch::new().dispatch(BackwardSweep {
                update, weights, rows, pre, post, delta,
                before: &self.span[self.replayed],
                trace_grad: &mut self.trace,
                alpha_grad: &mut self.alpha,
                by_column: &mut self.by_column,
                by_row: &mut self.by_row,
                by_row_earlier: &mut self.by_row_earlier,
            });
        });
    }
    /// Rebuilds H(t) for every t of `span`, forward from the key-frame at its beginning.
    fn replay<U: Update>(
        &mut self,
        update: U,
        weights: &Weights,
        block: &mut Block,
        activity: &[f32],
        span: Range<usize>,
        every: usize,
    ) {
        let stride = weights.stride;
        let first = match span.start {
            0 => vec![0.0; self.trace.len()],
            start => block.key_frames.swap_remove(start / every - 1),
        };
        // The trace that the forward pass left is no longer needed once it is being replayed.
        block.trace = Vec::new();
        if self.span.is_empty() {
            self.span.push(first);
        } else {
            self.span[0] = first;
        }
        self.span.resize_with(self.span.len().max(span.len()), || vec![0.0; self.trace.len()]);
        let before_lifetime = vec![0.0; stride];
        for (index, step) in (span.start..span.end - 1).enumerate() {
            let pre = match step {
                0 => &before_lifetime,
                _ => &activity[(step - 1) * stride..][..stride],
            };
            let (before, after) = self.span.split_at_mut(index + 1);
            pulp::Arch::new().dispatch(TraceSweep {
                update,
                pre: &pre[self.rows.clone()],
                post: &activity[step * stride..][..stride],
                before: &before[index],
                after: &mut after[0],
            });
        }
        self.replayed = span.len();
    }
}
