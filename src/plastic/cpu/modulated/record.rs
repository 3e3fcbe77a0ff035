//! A batch of modulated lifetimes on the host, forward and backward.

use super::lane::{ModulatedGradients, ModulatedLane};
use super::weights::ModulatedWeights;
use crate::plastic::alteration::Alteration;
use crate::plastic::cpu::rows::{of_lane, side_by_side};
use crate::plastic::direct::Sink;
use crate::plastic::lifetime::backend::{Backend, Beginning};
use crate::plastic::lifetime::graph::{self, Activity, Differentiate};
use crate::plastic::lifetime::{Driver, State};
use crate::plastic::network::Recurrent;
use crate::plastic::parameters::Parameters;
use crate::plastic::product::Matrix;
use crate::plastic::values::with_values;
use candle_core::{Result, Tensor, bail};
use rayon::prelude::*;

/// A batch of modulated lifetimes, not yet part of a graph.
pub(in crate::plastic::cpu) struct Record {
    network: Recurrent,
    weights: ModulatedWeights,
    lanes: Vec<ModulatedLane>,
    steps: usize,
}

/// Lifetimes on the host that have not begun and modulate their traces.
///
/// # Errors
/// When a parameter is missing.
pub(in crate::plastic::cpu) fn begin(
    network: Recurrent,
    parameters: &Parameters,
    beginning: Beginning<'_>,
) -> Result<Record> {
    let weights = weights(network, parameters)?;
    let lane =
        |lane| ModulatedLane::new(&weights, beginning.steps, beginning.state.map(|state| past(state, network, lane)));
    let lanes = (0..beginning.batch).map(lane).collect();
    Ok(Record { network, weights, lanes, steps: 0 })
}

/// x(−1), H and E of one lifetime.
fn past(state: &State, network: Recurrent, lane: usize) -> [&[f32]; 3] {
    let neurons = network.neurons;
    let (trace, eligibility) = state.traces[lane].split_at(neurons * neurons);
    [&state.activity[lane * neurons..][..neurons], trace, eligibility]
}

/// The parameters on the host.
fn weights(network: Recurrent, parameters: &Parameters) -> Result<ModulatedWeights> {
    let neurons = network.neurons;
    let (Some(layer), Some(modulation)) = (network.layer(), network.modulation()) else {
        bail!("expected a network that modulates its traces, found one that does not");
    };
    let fan = match modulation.fan_out {
        true => [parameters.values("fanout.weight")?, parameters.values("fanout.bias")?],
        false => [vec![1.0; neurons], vec![0.0; neurons]],
    };
    let [w, alpha, mod_weight, mod_bias] = ["w", "alpha", "mod.weight", "mod.bias"].map(|name| parameters.values(name));
    let (alpha, eta) = (alpha?, layer.eta(parameters)?);
    let alpha = (layer.plasticity.alpha, &alpha[..]);
    let mod_parameters = (&mod_weight?[..], mod_bias?[0]);
    Ok(ModulatedWeights::new(layer.shape(), modulation, &w?, alpha, eta, mod_parameters, [&fan[0], &fan[1]]))
}

impl Record {
    /// Values of all lanes side by side, `[T, B, N]`, from the first T rows of each, `[T, stride]`.
    fn by_step<'a>(&self, lanes: impl Iterator<Item = &'a [f32]>) -> Vec<f32> {
        let (lanes, stride): (Vec<&[f32]>, usize) = (lanes.collect(), self.weights.stride);
        side_by_side([self.steps, lanes.len(), self.network.neurons], |step, lane| &lanes[lane][step * stride..])
    }

    /// x of all steps, `[T, B, N]`, row major.
    fn activities(&self) -> Vec<f32> {
        let stride = self.weights.stride;
        self.by_step(self.lanes.iter().map(|lane| &lane.activity()[stride..]))
    }
}

impl Backend for Record {
    fn batch(&self) -> usize {
        self.lanes.len()
    }

    fn steps(&self) -> usize {
        self.steps
    }

    fn advance(&mut self, drive: &Tensor) -> Result<()> {
        let (steps, _, neurons) = drive.dims3()?;
        let by_lane: Vec<f32> = drive.transpose(0, 1)?.flatten_all()?.to_vec1()?;
        let (weights, size) = (&self.weights, (steps * neurons).max(1));
        self.lanes.par_iter_mut().zip(by_lane.par_chunks_exact(size)).for_each(|(lane, drive)| {
            drive.chunks_exact(neurons).for_each(|drive| lane.step(weights, drive));
        });
        self.steps += steps;
        Ok(())
    }

    fn step(&mut self, drive: &[f32]) -> Result<Vec<f32>> {
        let weights = &self.weights;
        let drives = drive.par_chunks_exact(self.network.neurons);
        self.lanes.par_iter_mut().zip(drives).for_each(|(lane, drive)| lane.step(weights, drive));
        self.steps += 1;
        Ok(self.lanes.iter().flat_map(|lane| lane.last(weights)).copied().collect())
    }

    fn advance_with(&mut self, drivers: &mut [&mut dyn Driver], steps: usize) -> Result<()> {
        let (weights, neurons) = (&self.weights, self.network.neurons);
        self.lanes.par_iter_mut().zip(drivers).for_each(|(lane, driver)| {
            let mut drive = vec![0.0; neurons];
            for _ in 0..steps {
                driver.drive(&mut drive);
                lane.step(weights, &drive);
                driver.take(lane.last(weights));
            }
        });
        self.steps += steps;
        Ok(())
    }

    fn alter(&mut self, alteration: &Alteration, alpha: &[f32]) -> Result<()> {
        for lane in &mut self.lanes {
            lane.write_out(&self.weights);
        }
        let size = self.network.neurons * self.network.neurons;
        let silence = vec![0.0; 2 * size];
        let state = match alteration {
            Alteration::Freeze => {
                self.weights.is_frozen = true;
                return Ok(());
            }
            Alteration::ScaleAlpha(factor) => {
                self.weights.scale_alpha(alpha, *factor);
                return Ok(());
            }
            Alteration::ClampModulator(value) => {
                self.weights.clamped = *value;
                return Ok(());
            }
            Alteration::Erase => &silence,
            Alteration::Transplant(state) => &state[..],
        };
        let (trace, eligibility) = state.split_at(size);
        self.lanes.iter_mut().for_each(|lane| lane.transplant(&self.weights, [trace, eligibility]));
        Ok(())
    }

    fn traces(&self, lifetime: usize) -> Result<[Vec<f32>; 2]> {
        Ok(self.lanes[lifetime].traces(&self.weights))
    }

    fn modulator(&self, lifetime: usize) -> Result<Vec<f32>> {
        Ok(self.lanes[lifetime].modulator.clone())
    }

    fn activity(&self) -> Result<Vec<f32>> {
        Ok(self.activities())
    }

    fn finish(self: Box<Self>, parameters: &Parameters, drive: &Tensor) -> Result<Tensor> {
        let activity = Activity::Host(self.activities());
        graph::attach(*self, (drive.shape().clone(), activity), drive, (parameters, "w"))
    }
}

impl Differentiate for Record {
    fn differentiate(
        self,
        drive: &Tensor,
        _activity: &Tensor,
        activity_grad: &Tensor,
        sink: &Sink,
    ) -> Result<Option<Tensor>> {
        let (batch, neurons) = (self.lanes.len(), self.network.neurons);
        let found: Vec<ModulatedGradients> = with_values(activity_grad, |outer| {
            let lanes = self.lanes.par_iter().enumerate();
            let back = |(at, lane): (usize, &ModulatedLane)| {
                lane.backward(&self.weights, &of_lane(outer, [batch, neurons], at))
            };
            Ok(lanes.map(back).collect())
        })?;
        let deltas = self.by_step(found.iter().map(|one| &one.delta[..]));
        // dL/dw = Σ_t x(t−1)ᵀ δ(t), over all lanes: one product at the end.
        let inputs = self.by_step(self.lanes.iter().map(ModulatedLane::activity));
        sink.put_product("w", Matrix::of_rows(&inputs, neurons), Matrix::of_rows(&deltas, neurons))?;
        let found: Vec<&ModulatedGradients> = found.iter().collect();
        for (name, shape) in self.network.shapes_beside_w() {
            sink.put(name, &shape, self.weights.gradient(&found, name))?;
        }
        Ok(Some(Tensor::from_vec(deltas, drive.dims(), drive.device())?))
    }
}
