//! A batch of lifetimes of an LSTM layer, as one operation in Candle's graph.

use super::backward::Way;
use super::lane::{LstmLane, Past};
use super::weights::LstmWeights;
use crate::plastic::cpu::modulated::ModulatedGradients;
use crate::plastic::cpu::sweep::FixedSweep;
use crate::plastic::cpu::{Buffer, WIDTH};
use crate::plastic::lifetime::graph::{self, Differentiate};
use crate::plastic::lstm::{LstmOutput, LstmState};
use crate::plastic::network::Lstm;
use crate::plastic::parameters::Parameters;
use candle_core::{Device, Result, Tensor};
use rayon::prelude::*;

/// So many lifetimes go through a window together. A constant: what a thread does does not depend on how many there are.
const TOGETHER: usize = 5;

/// What was lived, until it has been run backward.
struct Record {
    lstm: Lstm,
    weights: LstmWeights,
    lanes: Vec<LstmLane>,
    steps: usize,
}

/// Lives a window on the host. `drive` is what the inputs do to i, f, o and c, `[T, B, 4 N]`; `fixed` the matrices of the
/// parts that are not plastic, side by side, `[N, parts · N]`; `packed` the parameters of the plastic layer, one after
/// another, or one number that is not looked at.
pub(in crate::plastic) fn live(
    lstm: &Lstm,
    parameters: &Parameters,
    [drive, fixed, packed]: [&Tensor; 3],
    state: &LstmState,
) -> Result<LstmOutput> {
    let (steps, batch, _) = drive.dims3()?;
    let weights = LstmWeights::new(lstm, parameters)?;
    let (cells, size) = (lstm.cells, lstm.cells * lstm.cells);
    let past = |lane: usize| {
        let row = |values: &'_ [f32]| -> Vec<f32> { values[lane * cells..][..cells].to_vec() };
        (!state.hidden.is_empty()).then(|| (row(&state.hidden), row(&state.cell)))
    };
    let lane = |lane: usize| {
        let carried = past(lane);
        let traces = state.traces.get(lane).map_or([&[][..]; 2], |state| {
            let (trace, eligibility) = state.split_at(size.min(state.len()));
            [trace, eligibility]
        });
        let past = carried.as_ref().map(|(hidden, cell)| Past { hidden, cell, traces });
        LstmLane::new(&weights, steps, past)
    };
    let mut lanes: Vec<LstmLane> = (0..batch).map(lane).collect();
    let by_lane: Vec<f32> = drive.transpose(0, 1)?.flatten_all()?.to_vec1()?;
    let own = (steps * 4 * cells).max(1);
    let groups = lanes.par_chunks_mut(TOGETHER).zip(by_lane.par_chunks(own * TOGETHER));
    groups.for_each(|(lanes, drives)| live_together(&weights, lanes, drives, own));
    let record = Record { lstm: lstm.clone(), weights, lanes, steps };
    let (state, candidate) = (record.state(), record.by_step(cells, |lane| &lane.candidate));
    let modulator = (0..steps).flat_map(|step| record.lanes.iter().filter_map(move |lane| lane.modulator.get(step)));
    let modulator = modulator.copied().collect();
    let hidden = record.by_step(cells, |lane| &lane.hidden[record.weights.stride..]);
    let shape = (steps, batch, cells).into();
    let hidden = graph::attach_shaped(record, hidden, shape, [drive, fixed, packed], parameters.device())?;
    Ok(LstmOutput { hidden, state, candidate, modulator })
}

/// Some lifetimes step by step; `drives` are those of each, one after another, of `own` numbers.
fn live_together(weights: &LstmWeights, lanes: &mut [LstmLane], drives: &[f32], own: usize) {
    let LstmWeights { cells, stride, parts, .. } = *weights;
    let width = parts * stride;
    let (mut sums, mut candidate) = (Buffer::zeros(lanes.len() * width), Buffer::zeros(stride));
    for step in 0..own / (4 * cells) {
        let inputs: Vec<&[f32]> = lanes.iter().map(|lane| lane.last(stride)).collect();
        product(&weights.recurrent, width, &inputs, &mut sums);
        for ((lane, sums), drive) in lanes.iter_mut().zip(sums.chunks_exact(width)).zip(drives.chunks_exact(own)) {
            lane.step(weights, sums, &drive[step * 4 * cells..][..4 * cells], &mut candidate);
        }
    }
}

/// The product of each input with a padded matrix, rows of `width`.
fn product(matrix: &[f32], width: usize, inputs: &[&[f32]], sums: &mut [f32]) {
    let matrix = matrix.as_chunks::<WIDTH>().0;
    let (width, sums) = (width / WIDTH, sums.as_chunks_mut::<WIDTH>().0);
    pulp::Arch::new().dispatch(FixedSweep { matrix, width, inputs, stride: width, sums });
}

impl Record {
    /// Rows of all lanes side by side, `[T, B, cells]`, from padded rows of each.
    fn by_step<'a>(&'a self, cells: usize, of: impl Fn(&'a LstmLane) -> &'a [f32]) -> Vec<f32> {
        let stride = self.weights.stride;
        let rows = (0..self.steps).flat_map(|step| self.lanes.iter().map(move |lane| (step, lane)));
        rows.flat_map(|(step, lane)| &of(lane)[step * stride..][..cells]).copied().collect()
    }

    /// What the next window begins with.
    fn state(&self) -> LstmState {
        let (cells, stride) = (self.lstm.cells, self.weights.stride);
        let last = |of: fn(&LstmLane) -> &Buffer| {
            self.lanes.iter().flat_map(|lane| &of(lane)[self.steps * stride..][..cells]).copied().collect()
        };
        let traces = self.weights.plastic.as_ref().map_or_else(Vec::new, |plastic| {
            let after = |lane: &LstmLane| {
                lane.history.as_ref().map(|history| history.after(plastic, lane.signals(), self.steps).concat())
            };
            self.lanes.iter().filter_map(after).collect()
        });
        LstmState { hidden: last(|lane| &lane.hidden), cell: last(|lane| &lane.cell), traces }
    }

    /// The way back of some lifetimes; `outer` is dL/dh of each, one after another, of `own` numbers.
    fn learn_together(
        &self,
        lanes: &[LstmLane],
        outer: &[f32],
        own: usize,
    ) -> Vec<(Buffer, Option<ModulatedGradients>)> {
        let LstmWeights { cells, stride, parts, .. } = self.weights;
        let mut ways: Vec<Way<'_>> = lanes.iter().map(|lane| Way::new(&self.weights, lane)).collect();
        let mut sums = Buffer::zeros(lanes.len() * stride);
        for step in (0..self.steps).rev() {
            for (way, outer) in ways.iter_mut().zip(outer.chunks_exact(own)) {
                way.step(step, &outer[step * cells..][..cells]);
            }
            let deltas: Vec<&[f32]> =
                ways.iter().map(|way| &way.delta[step * 4 * stride..][..parts * stride]).collect();
            product(&self.weights.turned, stride, &deltas, &mut sums);
            for (way, sums) in ways.iter_mut().zip(sums.chunks_exact(stride)) {
                way.hidden_grad.copy_from_slice(sums);
            }
        }
        ways.into_iter().map(Way::finish).collect()
    }
}

impl Differentiate for Record {
    fn differentiate(
        self,
        [_, _, packed]: [&Tensor; 3],
        hidden: &Tensor,
        hidden_grad: &Tensor,
    ) -> Result<[Option<Tensor>; 3]> {
        let (steps, batch, cells) = hidden.dims3()?;
        let LstmWeights { stride, parts, .. } = self.weights;
        let by_lane: Vec<f32> = hidden_grad.transpose(0, 1)?.flatten_all()?.to_vec1()?;
        let own = (steps * cells).max(1);
        let groups = self.lanes.par_chunks(TOGETHER).zip(by_lane.par_chunks(own * TOGETHER));
        let found: Vec<_> = groups.flat_map_iter(|(lanes, outer)| self.learn_together(lanes, outer, own)).collect();
        let mut deltas = Vec::with_capacity(steps * batch * 4 * cells);
        for step in 0..steps {
            for (delta, _) in &found {
                let rows = delta[step * 4 * stride..][..4 * stride].chunks_exact(stride);
                rows.for_each(|row| deltas.extend_from_slice(&row[..cells]));
            }
        }
        let deltas = Tensor::from_vec(deltas, (steps * batch, 4 * cells), &Device::Cpu)?;
        // Over all steps and lifetimes Σ h(t−1)ᵀ δ(t): one product at the end.
        let heard = self.by_step(cells, |lane| &lane.hidden);
        let heard = Tensor::from_vec(heard, (steps * batch, cells), &Device::Cpu)?.t()?;
        let fixed_grad = heard.matmul(&deltas.narrow(1, 0, parts * cells)?.contiguous()?)?;
        let drive_grad = deltas.reshape((steps, batch, 4 * cells))?;
        let packed_grad = match (&self.weights.plastic, self.lstm.layer()) {
            (Some(plastic), Some(layer)) => {
                let w_grad = heard.matmul(&deltas.narrow(1, 3 * cells, cells)?.contiguous()?)?;
                let gradients: Vec<&ModulatedGradients> =
                    found.iter().filter_map(|(_, found)| found.as_ref()).collect();
                let names = layer.shapes().into_iter().map(|(name, _)| name);
                let of = |name: String| -> Result<Vec<f32>> {
                    let which = name.strip_prefix(&format!("{}.", layer.name)).unwrap_or(&name);
                    if which == "w" { w_grad.flatten_all()?.to_vec1() } else { Ok(plastic.gradient(&gradients, which)) }
                };
                let values = names.map(of).collect::<Result<Vec<_>>>()?.concat();
                Some(Tensor::from_vec(values, packed.dims(), &Device::Cpu)?)
            }
            _ => None,
        };
        Ok([Some(drive_grad), Some(fixed_grad), packed_grad])
    }
}
