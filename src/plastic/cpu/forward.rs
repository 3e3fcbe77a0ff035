//! Running lanes forward: activations are kept, traces only as key-frames.

use super::sweep::{FixedForward, ForwardSweep, TraceSweep};
use super::{LANES_FILL_THREADS, Weights};
use crate::plastic::network::Drive;
use crate::plastic::rule::with_update;
use rayon::prelude::*;
use std::ops::Range;

/// One block of rows of one lane.
pub(super) struct Block {
    pub rows: Range<usize>,
    /// The trace as of the last sweep, `rows × stride`; empty in a non-plastic network.
    pub trace: Vec<f32>,
    /// H(0) is zero and not stored; entry *k* is H((k+1)·every).
    pub key_frames: Vec<Vec<f32>>,
    sums: Vec<f32>,
}

/// One lane (one lifetime of the batch).
pub(super) struct Lane {
    pub blocks: Vec<Block>,
    /// x(t) for every step so far, each padded to the stride.
    pub activity: Vec<f32>,
}

/// Everything that a forward lifetime leaves behind for the backward pass.
pub(crate) struct Record {
    pub(super) weights: Weights,
    pub(super) lanes: Vec<Lane>,
    /// Steps between key-frames.
    pub(super) every: usize,
    steps: usize,
}

impl Record {
    /// A lifetime of `batch` lanes that has not begun. `expected_steps` sets the spacing of key-frames.
    pub fn new(weights: Weights, batch: usize, expected_steps: usize) -> Self {
        // √T balances the memory of key-frames against that of one replayed span.
        let every = (expected_steps as f64).sqrt().ceil().max(1.0) as usize;
        let stride = weights.stride;
        let plastic = weights.network.plasticity.is_some();
        let lanes = (0..batch)
            .map(|_| Lane {
                blocks: weights
                    .blocks()
                    .map(|rows| Block {
                        trace: vec![0.0; if plastic { rows.len() * stride } else { 0 }],
                        key_frames: Vec::new(),
                        sums: vec![0.0; stride],
                        rows,
                    })
                    .collect(),
                activity: Vec::with_capacity(expected_steps * stride),
            })
            .collect();
        Self { weights, lanes, every, steps: 0 }
    }

    /// How many lanes.
    pub fn batch(&self) -> usize {
        self.lanes.len()
    }

    /// How many steps have been lived.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Lives `drive.len() / (B·N)` further steps; `drive` is `[T, B, N]`.
    pub fn advance(&mut self, drive: &[f32]) {
        let neurons = self.weights.network.neurons;
        let per_step = self.batch() * neurons;
        let steps = drive.len() / per_step;
        let (weights, every, begun) = (&self.weights, self.every, self.steps);
        let blocks_in_parallel = self.lanes.len() < LANES_FILL_THREADS;
        self.lanes.par_iter_mut().enumerate().for_each(|(index, lane)| {
            for step in 0..steps {
                let drive = &drive[step * per_step + index * neurons..][..neurons];
                lane.step(weights, drive, begun + step, every, blocks_in_parallel);
            }
        });
        self.steps += steps;
    }

    /// x(t) of every lane, `[T, B, N]`.
    pub fn activity(&self) -> Vec<f32> {
        (0..self.steps).flat_map(|step| self.activity_at(step)).collect()
    }

    /// x(t) of every lane at one step, `[B, N]`.
    pub fn activity_at(&self, step: usize) -> Vec<f32> {
        let (neurons, stride) = (self.weights.network.neurons, self.weights.stride);
        self.lanes.iter().flat_map(|lane| lane.activity[step * stride..][..neurons].iter().copied()).collect()
    }

    /// H after the last step, `[N, N]`, for one lane; empty for a non-plastic network.
    pub fn final_trace(&self, lane: usize) -> Vec<f32> {
        let Some(plasticity) = self.weights.network.plasticity else { return Vec::new() };
        let (neurons, stride) = (self.weights.network.neurons, self.weights.stride);
        let lane = &self.lanes[lane];
        let [pre, post] = lane.last_two(self.steps, stride);
        let mut result = Vec::with_capacity(neurons * neurons);
        for block in &lane.blocks {
            let mut after = vec![0.0; block.trace.len()];
            with_update!(plasticity.rule, self.weights.eta, update => pulp::Arch::new().dispatch(TraceSweep {
                update,
                pre: &pre[block.rows.clone()],
                post: &post,
                before: &block.trace,
                after: &mut after,
            }));
            result.extend(after.chunks_exact(stride).flat_map(|row| &row[..neurons]));
        }
        result
    }
}

impl Lane {
    /// x(t−2) and x(t−1) before step `step`; zero before the lifetime began.
    pub fn last_two(&self, step: usize, stride: usize) -> [Vec<f32>; 2] {
        [2, 1].map(|back| match step.checked_sub(back) {
            Some(at) => self.activity[at * stride..][..stride].to_vec(),
            None => vec![0.0; stride],
        })
    }

    fn step(&mut self, weights: &Weights, drive: &[f32], step: usize, every: usize, parallel: bool) {
        let stride = weights.stride;
        let [pre, post] = self.last_two(step, stride);
        let work = |block: &mut Block| {
            block.sweep(weights, &pre, &post);
            if step > 0 && step.is_multiple_of(every) && !block.trace.is_empty() {
                block.key_frames.push(block.trace.clone());
            }
        };
        if parallel {
            self.blocks.par_iter_mut().for_each(work);
        } else {
            self.blocks.iter_mut().for_each(work);
        }
        let begin = self.activity.len();
        self.activity.resize(begin + stride, 0.0);
        let activity = &mut self.activity[begin..];
        for block in &self.blocks {
            for (sum, part) in activity.iter_mut().zip(&block.sums) {
                *sum += part;
            }
        }
        // The padding beyond the last neuron holds zero and stays out of this loop.
        for (neuron, &input) in activity.iter_mut().zip(drive) {
            *neuron = match weights.network.drive {
                Drive::Add => (input + *neuron).tanh(),
                Drive::Clamp if input != 0.0 => input,
                Drive::Clamp => neuron.tanh(),
            };
        }
    }
}

impl Block {
    /// Brings the trace to the present step and leaves Σ_i x_i(t−1)(w + αH) in `sums`.
    fn sweep(&mut self, weights: &Weights, pre: &[f32], post: &[f32]) {
        let (rows, sums) = (self.rows.clone(), &mut self.sums[..]);
        match weights.network.plasticity {
            Some(plasticity) => with_update!(plasticity.rule, weights.eta, update => {
                let trace = &mut self.trace[..];
                pulp::Arch::new().dispatch(ForwardSweep { update, weights, rows, pre, post, trace, sums });
            }),
            None => pulp::Arch::new().dispatch(FixedForward { weights, rows, input: post, sums }),
        }
    }
}
