//! Running lanes backward: dL/dx for every step in, gradients of the parameters and the drive out.

use super::block_gradients::{BlockGradients, Position};
use super::forward::{Block, Group, Record};
use super::rows::{made, side_by_side};
use super::schedule::{Schedule, Sweep};
use super::{Buffer, Weights};
use crate::plastic::network::{AlphaKind, Drive};
use rayon::prelude::*;

/// The gradients of one lifetime. That of w is left to one matrix product, Σ_t x(t−1)ᵀ δ(t).
pub(crate) struct Gradients {
    /// x(t−1) of every lane for each sweep, `[sweep, B, N]`.
    pub inputs: Vec<f32>,
    /// δ(t) = dL/d(pre-activation), `[sweep, B, N]`; zero at all steps without a sweep.
    pub deltas: Vec<f32>,
    /// dL/d(drive), `[T, B, N]`; empty when the drive was given.
    pub drive: Vec<f32>,
    /// dL/dα, shaped like α; empty for a non-plastic network.
    pub alpha: Vec<f32>,
    /// dL/dη; zero for a non-plastic network.
    pub eta: f32,
}

/// A lifetime's surroundings, the same for every group: all values are `[T, B, N]`.
#[derive(Clone, Copy)]
struct Given<'a> {
    weights: &'a Weights,
    schedule: &'a Schedule,
    kind: Drive,
    drive: &'a [f32],
    activity_grad: &'a [f32],
    batch: usize,
    blocks_in_parallel: bool,
}

/// What one group contributes.
struct GroupGradients {
    /// For each lane dL/dx(t) from x(−1) on, padded.
    activity: Vec<Buffer>,
    /// For each lane δ of each sweep, padded.
    deltas: Vec<Buffer>,
    blocks: Vec<BlockGradients>,
}

impl Record {
    /// The backward pass. `activity_grad` is dL/dx(t), `[T, B, N]`; `drive` is what the lifetime was driven with.
    pub fn backward(self, drive: &[f32], activity_grad: &[f32]) -> Gradients {
        let (batch, neurons) = (self.batch(), self.weights.post);
        let (weights, schedule) = (&self.weights, &self.schedule);
        let blocks_in_parallel = self.blocks_in_parallel();
        let kind = self.drive;
        let given = Given { weights, schedule, kind, drive, activity_grad, batch, blocks_in_parallel };
        let groups: Vec<GroupGradients> = self.groups.par_iter().map(|group| group.backward(given)).collect();

        let stride = weights.stride;
        let sweeps = schedule.sweeps();
        let size = [sweeps.len(), batch, neurons];
        let activities: Vec<&Buffer> = self.groups.iter().flat_map(|group| &group.activity).collect();
        let inputs = side_by_side(size, |index, lane| &activities[lane][sweeps[index].step * stride..]);
        let own: Vec<&Buffer> = groups.iter().flat_map(|group| &group.deltas).collect();
        let deltas = side_by_side(size, |index, lane| &own[lane][index * stride..]);
        let drive_grad = if self.drive_is_given { Vec::new() } else { self.drive_gradient(drive, &groups) };
        let eta = groups.iter().flat_map(|group| &group.blocks).map(|block| block.eta).sum::<f64>();
        let alpha = alpha_gradient(weights, &groups);
        for block in groups.into_iter().flat_map(|group| group.blocks) {
            weights.workspace().give(block.stored.into_iter().chain([block.trace, block.alpha]));
        }
        Gradients { inputs, deltas, drive: drive_grad, alpha, eta: eta as f32 }
    }

    /// dL/d(drive), `[T, B, N]`.
    fn drive_gradient(&self, drive: &[f32], groups: &[GroupGradients]) -> Vec<f32> {
        let (batch, stride, neurons) = (self.batch(), self.weights.stride, self.weights.post);
        let pairs = self.groups.iter().zip(groups);
        let lanes: Vec<(&Buffer, &Buffer)> =
            pairs.flat_map(|(group, grads)| group.activity.iter().zip(&grads.activity)).collect();
        made([drive.len() / (batch * neurons), batch, neurons], |step, lane, gradient| {
            let row = (step + 1) * stride..(step + 1) * stride + neurons;
            let (activity, grad) = (&lanes[lane].0[row.clone()], &lanes[lane].1[row]);
            match self.drive {
                Drive::Add => {
                    let all = gradient.iter_mut().zip(grad).zip(activity);
                    all.for_each(|((to, grad), x)| *to = grad * (1.0 - x * x));
                }
                Drive::Clamp => {
                    let drive = &drive[(step * batch + lane) * neurons..][..neurons];
                    let all = gradient.iter_mut().zip(grad).zip(drive);
                    all.for_each(|((to, &grad), &drive)| *to = if drive == 0.0 { 0.0 } else { grad });
                }
            }
        })
    }
}

/// Sums dL/dα over groups, in order, and folds it into the shape of α.
fn alpha_gradient(weights: &Weights, groups: &[GroupGradients]) -> Vec<f32> {
    let Some(alpha) = weights.alpha_kind else { return Vec::new() };
    let (columns, stride) = (weights.post, weights.stride);
    let blocks = || groups.iter().flat_map(|group| &group.blocks);
    if alpha == AlphaKind::Free {
        let mut gradient = vec![0.0; weights.pre * columns];
        for block in blocks() {
            let rows = gradient[block.rows.start * columns..].chunks_exact_mut(columns);
            for (sums, row) in rows.zip(block.alpha.chunks_exact(stride)) {
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += value;
                }
            }
        }
        return gradient;
    }
    let mut gradient = vec![0.0; columns];
    for block in blocks() {
        for (sum, value) in gradient.iter_mut().zip(block.alpha.iter()) {
            *sum += value;
        }
    }
    if alpha == AlphaKind::Yoked {
        gradient = vec![gradient.iter().map(|&value| f64::from(value)).sum::<f64>() as f32];
    }
    gradient
}

impl Group {
    fn backward(&self, given: Given<'_>) -> GroupGradients {
        let Given { weights, schedule, .. } = given;
        let (stride, sweeps) = (weights.stride, schedule.sweeps());
        let mut gradients = GroupGradients {
            activity: self.lanes.clone().map(|lane| given.padded_grad(lane)).collect(),
            deltas: self.lanes.clone().map(|_| Buffer::zeros(sweeps.len() * stride)).collect(),
            blocks: self.blocks.iter().map(|block| BlockGradients::new(weights, block, self.lanes.len())).collect(),
        };
        for span in (0..schedule.frames()).rev() {
            let stored = schedule.stored(schedule.span(span));
            for index in schedule.span(span).rev() {
                let sweep = sweeps[index];
                for (lane, delta) in gradients.deltas.iter_mut().enumerate() {
                    let row = (sweep.step + 1) * stride;
                    given.delta(
                        self.lanes.start + lane,
                        sweep.step,
                        [&gradients.activity[lane][row..][..stride], &self.activity[lane][row..][..stride]],
                        &mut delta[index * stride..][..stride],
                    );
                }
                let deltas: Vec<&[f32]> =
                    gradients.deltas.iter().map(|delta| &delta[index * stride..][..stride]).collect();
                let (activity, stored) = (&self.activity[..], &stored[..]);
                let at = Position { weights, schedule, activity, span, stored, index, sweep };
                let work = |(gradients, block): (&mut BlockGradients, &Block)| {
                    gradients.step(block, &at, &deltas);
                };
                let pairs = (&mut gradients.blocks, &self.blocks);
                if given.blocks_in_parallel {
                    pairs.into_par_iter().for_each(work);
                } else {
                    pairs.0.iter_mut().zip(pairs.1).for_each(work);
                }
                gradients.collect(sweep, stride);
            }
        }
        gradients
    }
}

impl Given<'_> {
    /// dL/dx of a lane as it was given, padded, with a row for x(−1).
    fn padded_grad(&self, lane: usize) -> Buffer {
        let (neurons, stride) = (self.weights.post, self.weights.stride);
        let steps = self.activity_grad.len() / (self.batch * neurons);
        let mut padded = Buffer::zeros((steps + 1) * stride);
        for (step, row) in padded.chunks_exact_mut(stride).skip(1).enumerate() {
            row[..neurons].copy_from_slice(&self.activity_grad[(step * self.batch + lane) * neurons..][..neurons]);
        }
        padded
    }

    /// δ of one step of a lane, from its dL/dx and its activity.
    fn delta(&self, lane: usize, step: usize, [grad, activity]: [&[f32]; 2], delta: &mut [f32]) {
        let neurons = self.weights.post;
        let drive = &self.drive[(step * self.batch + lane) * neurons..][..neurons];
        let clamps = self.kind == Drive::Clamp;
        for (((delta, &grad), &activity), &drive) in delta.iter_mut().zip(grad).zip(activity).zip(drive) {
            *delta = if clamps && drive != 0.0 { 0.0 } else { grad * (1.0 - activity * activity) };
        }
    }
}

impl GroupGradients {
    /// Adds what the blocks of one sweep contribute to earlier activities.
    fn collect(&mut self, sweep: Sweep, stride: usize) {
        for (lane, activity) in self.activity.iter_mut().enumerate() {
            let (earlier, here) = activity[sweep.from * stride..].split_at_mut(stride);
            for block in &self.blocks {
                for (sum, part) in here.iter_mut().zip(&block.by_column[lane * stride..][..stride]) {
                    *sum += part;
                }
                let rows = lane * block.rows.len()..(lane + 1) * block.rows.len();
                for (sum, part) in here[block.rows.clone()].iter_mut().zip(&block.by_row[rows.clone()]) {
                    *sum += part;
                }
                for (sum, part) in earlier[block.rows.clone()].iter_mut().zip(&block.by_row_earlier[rows]) {
                    *sum += part;
                }
            }
        }
    }
}
