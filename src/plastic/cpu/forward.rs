//! Running lanes forward: activations are kept, traces only as key-frames.

use super::activation::Activate;
use super::rows::side_by_side;
use super::schedule::{MOST_WAITING, Schedule, Sweep};
use super::sweep::{CarrySweep, FixedSweep, ForwardSweep, Signals};
use super::{Buffer, GROUP_LANES, WIDTH, Weights};
use crate::plastic::lifetime::{State, Traffic};
use crate::plastic::network::Drive;
use crate::plastic::rule::with_update;
use rayon::prelude::*;
use std::ops::Range;

/// Connections of a block from which on another thread is asked: a sweep over fewer takes less time than the asking.
const WORTH_A_THREAD: usize = 1 << 15;

/// One block of rows of the lanes of a group.
pub(super) struct Block {
    pub rows: Range<usize>,
    /// The trace as of the last sweep, `[lane][row][stride]`; empty in a non-plastic network.
    pub trace: Buffer,
    /// The trace before each sweep that begins a span of the schedule.
    pub frames: Vec<Buffer>,
    sums: Buffer,
}

/// A few lanes (lifetimes of the batch) that are swept together.
pub(super) struct Group {
    pub lanes: Range<usize>,
    pub blocks: Vec<Block>,
    /// For each lane x(−1) = 0, x(0) …, each padded to the stride.
    pub activity: Vec<Buffer>,
    /// What drives a lane in the present step, padded.
    drive: Buffer,
}

/// What is known of a lifetime before it is lived. It only tunes memory: any steps may follow.
#[derive(Clone, Debug)]
pub(crate) struct CapacityHint {
    /// How many steps.
    pub steps: usize,
    /// Those of them that leave a neuron free and so need a sweep.
    pub sweeps: Vec<usize>,
}

/// Everything that a forward lifetime leaves behind for the backward pass.
pub(crate) struct Record {
    pub(super) weights: Weights,
    /// How input reaches the neurons.
    pub(super) drive: Drive,
    pub(super) groups: Vec<Group>,
    pub(super) schedule: Schedule,
    /// Whether clamped neurons are taken as given, so that no gradient of the drive can be asked for.
    pub(super) drive_is_given: bool,
    /// Whether the first step hears what was before it.
    pub(super) has_past: bool,
    batch: usize,
    steps: usize,
}

impl Record {
    /// A lifetime of `batch` lanes that has not begun, in which the neurons hear each other: the weights are square.
    /// `drive_is_given` promises that nobody will ask for the gradient of the drive. `state` is what they carry into the
    /// first step.
    pub fn new(
        (weights, drive): (Weights, Drive),
        batch: usize,
        drive_is_given: bool,
        expected: &CapacityHint,
        state: Option<&State>,
    ) -> Self {
        let (stride, workspace) = (weights.stride, weights.workspace());
        let plastic = weights.rule.is_some();
        let groups = (0..batch)
            .step_by(GROUP_LANES)
            .map(|first| {
                let lanes = first..(first + GROUP_LANES).min(batch);
                let block = |rows: Range<usize>| Block {
                    trace: workspace.take_zeros(if plastic { lanes.len() * rows.len() * stride } else { 0 }),
                    frames: Vec::new(),
                    sums: Buffer::zeros(lanes.len() * stride),
                    rows,
                };
                let silence = || {
                    let mut activity = Buffer::with_capacity((expected.steps + 1) * stride);
                    activity.grow(stride);
                    activity
                };
                let activity = lanes.clone().map(|_| silence()).collect();
                Group { blocks: weights.blocks().map(block).collect(), activity, drive: Buffer::zeros(stride), lanes }
            })
            .collect();
        let (schedule, has_past) = (Schedule::new(&expected.sweeps), state.is_some());
        let mut record = Self { weights, drive, groups, schedule, drive_is_given, has_past, batch, steps: 0 };
        if let Some(state) = state {
            record.take_up(state);
        }
        record
    }

    /// Puts what was before the first step in its place.
    fn take_up(&mut self, state: &State) {
        let (neurons, stride) = (self.weights.post, self.weights.stride);
        for group in &mut self.groups {
            for (activity, given) in
                group.activity.iter_mut().zip(state.activity.chunks_exact(neurons).skip(group.lanes.start))
            {
                activity[..neurons].copy_from_slice(given);
            }
            for block in &mut group.blocks {
                let lanes = block.trace.chunks_exact_mut((block.rows.len() * stride).max(1));
                for (lane, given) in lanes.zip(&state.traces[group.lanes.start.min(state.traces.len())..]) {
                    let given = given.chunks_exact(neurons).skip(block.rows.start);
                    for (row, given) in lane.chunks_exact_mut(stride).zip(given) {
                        row[..neurons].copy_from_slice(given);
                    }
                }
            }
        }
    }

    /// What this lifetime moves, forward and backward.
    pub fn traffic(&self) -> Traffic {
        let matrix = |rows: usize| (rows * self.weights.stride * size_of::<f32>()) as u64;
        let rows = self.weights.blocks().map(|rows| rows.len()).sum();
        let (w, shared) = (matrix(rows), self.groups.len() as u64);
        let lanes = self.batch as u64;
        let mut traffic = Traffic::default();
        let Some(_) = self.weights.rule else {
            let one = self.schedule.sweeps().len() as u64 * shared * w;
            return Traffic { forward: one, backward: one };
        };
        let (trace, alpha) = (w, matrix(self.weights.alpha_row_count(rows)));
        for sweep in self.schedule.sweeps() {
            // α, and dα read and written; w only where something depends on the input's gradient.
            let backward_weights = 3 * alpha + if sweep.step - sweep.from == 1 { w } else { 0 };
            traffic.forward += shared * (w + alpha) + lanes * 2 * trace;
            traffic.backward += shared * backward_weights + lanes * 3 * trace;
        }
        for frame in 0..self.schedule.frames() {
            let rebuilt = self.schedule.stored(self.schedule.span(frame)).len() as u64 - 1;
            traffic.backward += lanes * 2 * trace * rebuilt;
        }
        traffic
    }

    /// How many lanes.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// How many steps have been lived.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Lives `drive.len() / (B·N)` further steps; `drive` is `[T, B, N]`.
    pub fn advance(&mut self, drive: &[f32]) {
        let neurons = self.weights.post;
        let per_step = self.batch * neurons;
        let planned: Vec<Option<(Sweep, bool)>> = drive
            .chunks_exact(per_step)
            .zip(self.steps..)
            .map(|(drive, step)| {
                let waiting = step - self.schedule.waiting_from();
                let is_full = waiting == MOST_WAITING && self.weights.rule.is_some();
                let needed = is_full || !self.is_clamped(drive);
                (self.has_product(step) && needed).then(|| self.schedule.push(step))
            })
            .collect();
        let (weights, kind, in_parallel) = (&self.weights, self.drive, self.blocks_in_parallel());
        self.groups.par_iter_mut().for_each(|group| {
            for (offset, &planned) in planned.iter().enumerate() {
                let drive = &drive[offset * per_step..][group.lanes.start * neurons..group.lanes.end * neurons];
                group.step(weights, (kind, drive), planned, in_parallel);
            }
        });
        self.steps += planned.len();
    }

    /// Whether a step has a product: nothing comes before the first one, unless something was carried into it.
    pub(super) fn has_product(&self, step: usize) -> bool {
        step > 0 || self.has_past
    }

    /// Counts steps that the groups have lived.
    pub(super) fn lived(&mut self, steps: usize) {
        self.steps += steps;
    }

    /// Whether a step with this drive needs no product, because every neuron is clamped.
    fn is_clamped(&self, drive: &[f32]) -> bool {
        self.drive_is_given && self.drive.clamps_all(drive)
    }

    /// Whether there are too few groups to keep the threads busy, and blocks large enough to be worth handing over.
    pub(super) fn blocks_in_parallel(&self) -> bool {
        let largest = self.groups.first().and_then(|group| Some(group.lanes.len() * group.blocks.first()?.rows.len()));
        let connections = largest.unwrap_or(0) * self.weights.stride;
        self.groups.len() < 2 * rayon::current_num_threads() && connections >= WORTH_A_THREAD
    }

    /// x(t) of every lane, `[T, B, N]`.
    pub fn activity(&self) -> Vec<f32> {
        let lanes: Vec<&Buffer> = self.lanes().collect();
        side_by_side([self.steps, self.batch, self.weights.post], |step, lane| self.row(lanes[lane], step))
    }

    /// x(t) of every lane at one step, `[B, N]`.
    pub fn activity_at(&self, step: usize) -> Vec<f32> {
        self.lanes().flat_map(|lane| self.row(lane, step)).copied().collect()
    }

    fn lanes(&self) -> impl Iterator<Item = &Buffer> {
        self.groups.iter().flat_map(|group| &group.activity)
    }

    /// x(t) of a lane, without the padding.
    fn row<'a>(&self, activity: &'a [f32], step: usize) -> &'a [f32] {
        &activity[(step + 1) * self.weights.stride..][..self.weights.post]
    }

    /// H after the last step, `[N, N]`, for one lane; empty for a non-plastic network.
    pub fn final_trace(&self, lane: usize) -> Vec<f32> {
        let Some(rule) = self.weights.rule else { return Vec::new() };
        let (neurons, stride) = (self.weights.post, self.weights.stride);
        let (group, lane) = (&self.groups[lane / GROUP_LANES], lane % GROUP_LANES);
        let history = &group.activity[lane][self.schedule.waiting_from() * stride..];
        let mut result = Vec::with_capacity(neurons * neurons);
        for Block { rows, trace, .. } in &group.blocks {
            let before = &trace[lane * rows.len() * stride..][..rows.len() * stride];
            let mut after = Buffer::zeros(before.len());
            with_update!(rule, self.weights.eta, update => pulp::Arch::new().dispatch(CarrySweep {
                update,
                rows: rows.clone(),
                stride,
                signals: &[Signals::recurrent(history, stride)],
                before,
                after: &mut after,
            }));
            result.extend(after.chunks_exact(stride).flat_map(|row| &row[..neurons]));
        }
        result.truncate(neurons * neurons);
        result
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let workspace = self.weights.workspace();
        for block in self.groups.iter_mut().flat_map(|group| &mut group.blocks) {
            workspace.give(block.frames.drain(..).chain([std::mem::take(&mut block.trace)]));
        }
    }
}

impl Group {
    /// `drive` is that of the group's lanes, `[lane][N]`, with how it reaches the neurons.
    pub(super) fn step(
        &mut self,
        weights: &Weights,
        (drive_kind, drive): (Drive, &[f32]),
        planned: Option<(Sweep, bool)>,
        parallel: bool,
    ) {
        let stride = weights.stride;
        if let Some((sweep, keep)) = planned {
            let history = sweep.history(sweep.from, stride);
            let signals: Vec<Signals<'_>> =
                self.activity.iter().map(|lane| Signals::recurrent(&lane[history.clone()], stride)).collect();
            let work = |block: &mut Block| block.sweep(weights, &signals, keep);
            if parallel {
                self.blocks.par_iter_mut().for_each(work);
            } else {
                self.blocks.iter_mut().for_each(work);
            }
        }
        for (lane, (activity, drive)) in self.activity.iter_mut().zip(drive.chunks_exact(weights.post)).enumerate() {
            self.drive[..drive.len()].copy_from_slice(drive);
            let activity = activity.grow(stride);
            if planned.is_some() {
                for block in &self.blocks {
                    for (sum, part) in activity.iter_mut().zip(&block.sums[lane * stride..]) {
                        *sum += part;
                    }
                }
            }
            pulp::Arch::new().dispatch(Activate { drive_kind, drive: &self.drive, activity });
        }
    }
}

impl Block {
    /// Brings the trace to the present step and leaves Σ_i x_i(t−1)(w + αH) in `sums`.
    fn sweep(&mut self, weights: &Weights, signals: &[Signals<'_>], keep: bool) {
        let (rows, sums) = (self.rows.clone(), &mut self.sums[..]);
        let Some(rule) = weights.rule else {
            let last = |signals: &Signals<'_>| signals.pre.len() - signals.pre_stride + rows.start;
            let inputs: Vec<&[f32]> = signals.iter().map(|signals| &signals.pre[last(signals)..]).collect();
            let width = weights.stride / WIDTH;
            return pulp::Arch::new().dispatch(FixedSweep {
                matrix: weights.w_rows(rows),
                width,
                inputs: &inputs,
                stride: width,
                sums: sums.as_chunks_mut().0,
            });
        };
        if keep {
            // The sweep reads the old buffer and writes a new one: keeping a trace costs no copy.
            let fresh = weights.workspace().take(self.trace.len());
            self.frames.push(std::mem::replace(&mut self.trace, fresh));
        }
        let before = self.frames.last().filter(|_| keep).map(|frame| &frame[..]);
        let trace = &mut self.trace[..];
        with_update!(rule, weights.eta, update => {
            pulp::Arch::new().dispatch(ForwardSweep { update, weights, rows, signals, before, trace, sums });
        });
    }
}
