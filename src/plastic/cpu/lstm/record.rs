//! A batch of lifetimes of an LSTM layer, as one operation in Candle's graph.

use super::backward::Way;
use super::lane::{LstmLane, Past};
use super::weights::LstmWeights;
use crate::plastic::cpu::modulated::ModulatedGradients;
use crate::plastic::cpu::rows::{made, side_by_side};
use crate::plastic::cpu::sweep::{FixedBackSweep, FixedSweep};
use crate::plastic::cpu::{Buffer, WIDTH};
use crate::plastic::direct::Sink;
use crate::plastic::lifetime::graph::{self, Activity, Differentiate};
use crate::plastic::lstm::{Altered, LstmOutput, LstmState};
use crate::plastic::network::Lstm;
use crate::plastic::network::lstm::{CANDIDATE, GATES};
use crate::plastic::parameters::Parameters;
use crate::plastic::product::{Matrix, Workers, multiply};
use crate::plastic::values::with_values;
use candle_core::{Device, Result, Tensor};
use rayon::prelude::*;
use std::borrow::Cow;

/// So many lifetimes go through a window together. A constant: what a thread does does not depend on how many there are.
const TOGETHER: usize = 5;

/// What was lived, until it has been run backward.
struct Record {
    lstm: Lstm,
    weights: LstmWeights,
    lanes: Vec<LstmLane>,
    steps: usize,
}

/// Lives a window on the host.
pub(in crate::plastic) fn live(
    lstm: &Lstm,
    parameters: &Parameters,
    inputs: &Tensor,
    (state, altered): (&LstmState<'_>, Altered),
) -> Result<LstmOutput> {
    let (steps, batch, width) = inputs.dims3()?;
    let weights = LstmWeights::new(lstm, parameters, altered)?;
    let (cells, size) = (lstm.cells, lstm.cells * lstm.cells);
    let lane = |lane: usize| {
        let row = |values: &'_ [f32]| -> Vec<f32> { values[lane * cells..][..cells].to_vec() };
        let carried = (!state.hidden.is_empty()).then(|| (row(&state.hidden), row(&state.cell)));
        let traces = state.traces.get(lane).map_or([&[][..]; 2], |state| {
            let (trace, eligibility) = state.split_at(size.min(state.len()));
            [trace, eligibility]
        });
        let past = carried.as_ref().map(|(hidden, cell)| Past { hidden, cell, traces });
        LstmLane::new(&weights, steps, past.as_ref())
    };
    let mut lanes: Vec<LstmLane> = (0..batch).into_par_iter().map(lane).collect();
    let inputs = inputs.to_device(&Device::Cpu)?.contiguous()?;
    let mut drive = vec![0.0; steps * batch * 4 * cells];
    with_values(&inputs, |inputs| {
        let matrix = Matrix::of_rows(&weights.input, 4 * cells);
        multiply(Matrix::of_rows(inputs, width), matrix, &mut drive, Workers::All);
        Ok(())
    })?;
    for row in drive.chunks_exact_mut(4 * cells) {
        row.iter_mut().zip(&weights.bias).for_each(|(drive, bias)| *drive += bias);
    }
    let groups = lanes.par_chunks_mut(TOGETHER).enumerate();
    groups.for_each(|(group, lanes)| live_together(&weights, lanes, &drive, [group * TOGETHER, batch]));
    let record = Record { lstm: lstm.clone(), weights, lanes, steps };
    let (state, candidate) = (record.state(), record.by_step(cells, |lane| &lane.candidate));
    let gates = record.gates_of_the_first();
    let modulator = (0..steps).flat_map(|step| record.lanes.iter().filter_map(move |lane| lane.modulator.get(step)));
    let modulator = modulator.copied().collect();
    let hidden = record.by_step(cells, |lane| &lane.hidden[record.weights.stride..]);
    let lived = ((steps, batch, cells).into(), Activity::Host(hidden));
    let hidden = graph::attach(record, lived, &inputs, (parameters, &lstm.parameter("i.bias")))?;
    Ok(LstmOutput { hidden, state, candidate, drive, gates, modulator })
}

/// Some lifetimes of a batch step by step, the first of them and the batch given as numbers. `drive` is what the inputs do,
/// `[T, B, 4 N]`.
fn live_together(weights: &LstmWeights, lanes: &mut [LstmLane], drive: &[f32], [first, batch]: [usize; 2]) {
    let LstmWeights { cells, stride, .. } = *weights;
    let width = weights.parts() * stride;
    let (mut sums, mut candidate) = (Buffer::zeros(lanes.len() * width), Buffer::zeros(stride));
    for step in drive.chunks_exact(batch * 4 * cells) {
        let inputs: Vec<&[f32]> = lanes.iter().map(|lane| lane.last(stride)).collect();
        forward(weights, &inputs, &mut sums);
        let own = step.chunks_exact(4 * cells).skip(first);
        for ((lane, sums), drive) in lanes.iter_mut().zip(sums.chunks_exact(width)).zip(own) {
            lane.step(weights, sums, drive, &mut candidate);
        }
    }
}

/// What h(t−1) of each lifetime, a padded row, comes to through all fixed matrices, `[parts, stride]` each.
fn forward(weights: &LstmWeights, inputs: &[&[f32]], sums: &mut [f32]) {
    if inputs.iter().all(|input| input.iter().all(|value| *value == 0.0)) {
        // Lifetimes that have just begun.
        return sums.fill(0.0);
    }
    let (width, sums) = (weights.stride / WIDTH, sums.as_chunks_mut::<WIDTH>().0);
    let stride = weights.parts() * width;
    weights.with_matrices(|matrices| {
        for (matrix, part) in matrices.iter().zip((0..stride).step_by(width)) {
            pulp::Arch::new().dispatch(FixedSweep { matrix, width, inputs, stride, sums: &mut sums[part..] });
        }
    });
}

/// What δ(t) of each lifetime, `[parts, stride]`, comes to at h(t−1), a padded row each.
fn back(weights: &LstmWeights, deltas: &[&[f32]], sums: &mut [f32]) {
    let width = weights.stride / WIDTH;
    weights.with_matrices(|matrices| {
        pulp::Arch::new().dispatch(FixedBackSweep { matrices, width, inputs: deltas, sums });
    });
}

impl Record {
    /// Rows of all lanes side by side, `[T, B, cells]`, from padded rows of each.
    fn by_step<'a>(&'a self, cells: usize, of: impl Fn(&'a LstmLane) -> &'a [f32]) -> Vec<f32> {
        let (lanes, stride): (Vec<&[f32]>, usize) = (self.lanes.iter().map(of).collect(), self.weights.stride);
        side_by_side([self.steps, lanes.len(), cells], |step, lane| &lanes[lane][step * stride..])
    }

    /// i, f and o of the first lifetime, `[T, 3, N]`.
    fn gates_of_the_first(&self) -> Vec<f32> {
        let rows = self.lanes.first().map_or(&[][..], |lane| &lane.gates[..]);
        rows.chunks_exact(self.weights.stride).flat_map(|row| &row[..self.lstm.cells]).copied().collect()
    }

    /// What the next window begins with.
    fn state(&self) -> LstmState<'static> {
        let (cells, stride) = (self.lstm.cells, self.weights.stride);
        let last = |of: fn(&LstmLane) -> &Buffer| {
            self.lanes.iter().flat_map(|lane| &of(lane)[self.steps * stride..][..cells]).copied().collect()
        };
        let traces = self.weights.plastic.as_ref().map_or_else(Vec::new, |plastic| {
            let after = |lane: &LstmLane| {
                lane.history
                    .as_ref()
                    .map(|history| Cow::from(history.after(plastic, lane.signals(), self.steps).concat()))
            };
            self.lanes.iter().filter_map(after).collect()
        });
        LstmState { hidden: last(|lane| &lane.hidden), cell: last(|lane| &lane.cell), traces }
    }

    /// The way back of some lifetimes of a batch, the first of them and the batch given as numbers; `outer` is dL/dh,
    /// `[T, B, N]`.
    fn learn_together(
        &self,
        lanes: &[LstmLane],
        outer: &[f32],
        [first, batch]: [usize; 2],
    ) -> Vec<(Buffer, Option<ModulatedGradients>)> {
        let LstmWeights { cells, stride, .. } = self.weights;
        let parts = self.weights.parts();
        let mut ways: Vec<Way<'_>> = lanes.iter().map(|lane| Way::new(&self.weights, lane)).collect();
        let mut sums = Buffer::zeros(lanes.len() * stride);
        for (step, outer) in outer.chunks_exact(batch * cells).enumerate().rev() {
            for (way, outer) in ways.iter_mut().zip(outer.chunks_exact(cells).skip(first)) {
                way.step(step, outer);
            }
            if step == 0 {
                // What a window begins with learns nothing.
                break;
            }
            let deltas: Vec<&[f32]> =
                ways.iter().map(|way| &way.delta[step * 4 * stride..][..parts * stride]).collect();
            back(&self.weights, &deltas, &mut sums);
            for (way, sums) in ways.iter_mut().zip(sums.chunks_exact(stride)) {
                way.hidden_grad.copy_from_slice(sums);
            }
        }
        ways.into_iter().map(Way::finish).collect()
    }

    /// Hands over the gradients by the parameters, and returns that by the inputs. Inputs are `[T, B, I]`, `outer` is
    /// dL/dh, `[T, B, N]`.
    fn learn(self, inputs: &[f32], outer: &[f32], sink: &Sink) -> Result<Vec<f32>> {
        let (LstmWeights { cells, stride, .. }, batch) = (&self.weights, self.lanes.len());
        let (cells, stride) = (*cells, *stride);
        let groups = self.lanes.par_chunks(TOGETHER).enumerate();
        let learn = |(group, lanes)| self.learn_together(lanes, outer, [group * TOGETHER, batch]);
        let found: Vec<_> = groups.flat_map_iter(learn).collect();
        let deltas = made([self.steps, batch, 4 * cells], |step, lane, to| {
            let rows = found[lane].0[step * 4 * stride..][..4 * stride].chunks_exact(stride);
            to.chunks_exact_mut(cells).zip(rows).for_each(|(to, row)| to.copy_from_slice(&row[..cells]));
        });
        let width = self.lstm.inputs;
        let rows = Matrix::of_rows(&deltas, 4 * cells);
        let mut by_inputs = vec![0.0; inputs.len()];
        multiply(rows, Matrix::of_rows(&self.weights.input, 4 * cells).transposed(), &mut by_inputs, Workers::All);
        let heard = self.by_step(cells, |lane| &lane.hidden);
        // Over all steps and lifetimes Σ x(t)ᵀ δ(t) and Σ h(t−1)ᵀ δ(t): one product at the end for each part.
        let of_part = |part: usize| rows.some_columns(part * cells..(part + 1) * cells);
        let put_product = |which: &str, left: Matrix<'_>, part: usize| {
            sink.put_product(&self.lstm.parameter(which), left, of_part(part))
        };
        let heard = Matrix::of_rows(&heard, cells);
        let by_bias = rows.column_sums();
        let put = |which: &str, shape: &[usize], values: Vec<f32>| sink.put(&self.lstm.parameter(which), shape, values);
        let is_plastic = self.weights.plastic.is_some();
        for (place, letter) in GATES.into_iter().chain([CANDIDATE]).enumerate() {
            put_product(&format!("x2{letter}.weight"), Matrix::of_rows(inputs, width), place)?;
            put(&format!("{letter}.bias"), &[cells], by_bias[place * cells..][..cells].to_vec())?;
            if letter != CANDIDATE || !is_plastic {
                put_product(&format!("h2{letter}.weight"), heard, place)?;
            }
        }
        if let (Some(plastic), Some(layer)) = (&self.weights.plastic, self.lstm.layer()) {
            let gradients: Vec<&ModulatedGradients> = found.iter().filter_map(|(_, found)| found.as_ref()).collect();
            for (name, shape) in layer.shapes() {
                let which = name.strip_prefix(&format!("{}.", layer.name)).unwrap_or(&name);
                match which {
                    "w" => put_product(which, heard, 3)?,
                    _ => put(which, &shape, plastic.gradient(&gradients, which))?,
                }
            }
        }
        Ok(by_inputs)
    }
}

impl Differentiate for Record {
    fn differentiate(self, inputs: &Tensor, _hidden: &Tensor, outer: &Tensor, sink: &Sink) -> Result<Option<Tensor>> {
        let found = with_values(inputs, |inputs| with_values(outer, |outer| self.learn(inputs, outer, sink)))?;
        Ok(Some(Tensor::from_vec(found, inputs.dims(), inputs.device())?))
    }
}
