//! Neuromodulated lifetimes: the network itself decides when its traces are written (*Backpropamine*, Miconi, Rawal,
//! Clune & Stanley 2019).
//!
//! With M(t) = tanh(x(t) · m + c), sent to every neuron as it is, or fanned out as M_j(t) = a_j M(t) + b_j:
//!
//! | kind | traces |
//! |---|---|
//! | simple | H ← clip(H + M_j(t) x_i(t−1) x_j(t)) |
//! | retroactive | H ← clip(H + M_j(t) E), then E ← (1−η) E + η x_i(t−1) x_j(t) |
//!
//! The drive is added inside the tanh. Parameters, beside `w` and `alpha`: `mod.weight` `[N, 1]`, `mod.bias` `[1]`; with
//! fan-out `fanout.weight` and `fanout.bias`, `[N]`; with retroactive modulation `eta` `[1]`.
//! [`Modulated`] computes on the CPU; a [`Stepper`](super::Stepper) whose parameters are on a CUDA device computes there.

use super::alteration::Alteration;
use super::cpu::{ModulatedGradients, ModulatedLane, ModulatedWeights};
use super::graph::{self, Differentiate};
use super::lifetime::Driver;
use super::network::Network;
use super::parameters::Parameters;
use super::writing::ModulationKind;
use candle_core::{Device, Error, Result, Tensor, bail};
use rayon::prelude::*;

/// The parameters that travel as one through Candle's operation, which takes three tensors.
fn packed_names(network: &Network) -> Vec<&'static str> {
    let recurrent = Network { layers: None, ..*network };
    recurrent.shapes().into_iter().map(|(name, _)| name).filter(|name| *name != "w").collect()
}

/// A batch of modulated lifetimes that have been lived, not yet part of a graph.
pub struct Modulated {
    network: Network,
    weights: ModulatedWeights,
    lanes: Vec<ModulatedLane>,
    steps: usize,
}

/// Drives a lane with what is known beforehand.
struct Given<'a>(std::slice::ChunksExact<'a, f32>);

impl Driver for Given<'_> {
    fn drive(&mut self, drive: &mut [f32]) {
        if let Some(next) = self.0.next() {
            drive.copy_from_slice(next);
        }
    }

    fn take(&mut self, _activity: &[f32]) {}
}

impl Modulated {
    /// Lives whole lifetimes driven with `drive`, `[T, B, N]`, one lane per lifetime.
    ///
    /// # Errors
    /// When a parameter is missing or misshapen.
    pub fn live(network: Network, parameters: &Parameters, drive: &Tensor) -> Result<Self> {
        let (steps, batch, neurons) = drive.dims3()?;
        let expected = parameters.get("w")?.dim(0)?;
        if neurons != expected {
            bail!("the drive has {neurons} neurons, the network {expected}");
        }
        let by_lane: Vec<f32> = drive.transpose(0, 1)?.flatten_all()?.to_vec1()?;
        let size = (steps * neurons).max(1);
        let mut drivers: Vec<Given<'_>> =
            (0..batch).map(|lane| Given(by_lane[lane * size..][..size].chunks_exact(neurons))).collect();
        Self::live_with(network, parameters, &mut drivers, steps)
    }

    /// Lives `steps` steps of a batch of lifetimes, one for each of `drivers`.
    ///
    /// # Errors
    /// When a parameter is missing or misshapen, or there is no driver.
    pub fn live_with<D: Driver>(
        network: Network,
        parameters: &Parameters,
        drivers: &mut [D],
        steps: usize,
    ) -> Result<Self> {
        let mut lived = Self::begin(network, parameters, drivers.len(), steps)?;
        lived.advance_with(steps, drivers);
        Ok(lived)
    }

    /// Lives `steps` further steps, each lane driven by its own driver.
    pub(super) fn advance_with<D: Driver>(&mut self, steps: usize, drivers: &mut [D]) {
        let weights = &self.weights;
        self.lanes.par_iter_mut().zip(drivers).for_each(|(lane, driver)| {
            let mut drive = vec![0.0; weights.neurons];
            for _ in 0..steps {
                driver.drive(&mut drive);
                lane.step(weights, &drive);
                driver.take(lane.last(weights));
            }
        });
        self.steps += steps;
    }

    /// Alters all lanes before the next step. `alpha` is the trained α, shaped as its kind says. The lifetimes have no backward pass
    /// any more.
    pub(super) fn alter(&mut self, alteration: &Alteration, alpha: &[f32]) {
        for lane in &mut self.lanes {
            lane.write_out(&self.weights);
        }
        let size = self.weights.neurons * self.weights.neurons;
        let silence = vec![0.0; 2 * size];
        let state = match alteration {
            Alteration::Freeze => {
                self.weights.is_frozen = true;
                return;
            }
            Alteration::ScaleAlpha(factor) => return self.weights.scale_alpha(alpha, *factor),
            Alteration::Erase => &silence,
            Alteration::Transplant(state) => &state[..],
        };
        let (trace, eligibility) = state.split_at(size);
        self.lanes.iter_mut().for_each(|lane| lane.transplant(&self.weights, [trace, eligibility]));
    }

    /// x of all steps, `[T, B, N]`, row major.
    pub(super) fn activity(&self) -> Vec<f32> {
        let stride = self.weights.stride;
        self.by_step(self.lanes.iter().map(|lane| &lane.activity()[stride..]))
    }

    /// `batch` lifetimes that have not begun. `expected_steps` only tunes memory: any number may follow.
    pub(super) fn begin(
        network: Network,
        parameters: &Parameters,
        batch: usize,
        expected_steps: usize,
    ) -> Result<Self> {
        if batch == 0 {
            bail!("a batch needs at least one lifetime, found none");
        }
        let weights = weights(network, parameters)?;
        let lanes = (0..batch).map(|_| ModulatedLane::new(&weights, expected_steps)).collect();
        Ok(Self { network, weights, lanes, steps: 0 })
    }

    /// One step: `drive` is `[B, N]`, and so is the answer x(t).
    pub(super) fn step(&mut self, drive: &[f32]) -> Vec<f32> {
        let weights = &self.weights;
        let drives = drive.par_chunks_exact(weights.neurons);
        self.lanes.par_iter_mut().zip(drives).for_each(|(lane, drive)| lane.step(weights, drive));
        self.steps += 1;
        self.lanes.iter().flat_map(|lane| lane.last(weights)).copied().collect()
    }

    /// How many steps have been lived.
    pub(super) fn steps(&self) -> usize {
        self.steps
    }

    /// How many lanes there are.
    pub(super) fn batch(&self) -> usize {
        self.lanes.len()
    }

    /// M(t) of a lane, `[T]`.
    pub fn modulator(&self, lane: usize) -> &[f32] {
        &self.lanes[lane].modulator
    }

    /// H after the last step of a lane, `[N, N]`.
    pub fn trace(&self, lane: usize) -> Vec<f32> {
        let [trace, _] = self.lanes[lane].traces(&self.weights);
        trace
    }

    /// E after the last step of a lane, `[N, N]`; empty under simple modulation.
    pub fn eligibility(&self, lane: usize) -> Vec<f32> {
        let [_, eligibility] = self.lanes[lane].traces(&self.weights);
        eligibility
    }

    /// x of all steps, `[T, B, N]`, attached to the graph of `parameters` and of `drive`, what the lanes were driven
    /// with. A drive of `[T·B, N]` gives activities of that shape.
    ///
    /// # Errors
    /// When `drive` has another shape than what was lived.
    pub fn finish(self, parameters: &Parameters, drive: &Tensor) -> Result<Tensor> {
        let neurons = self.weights.neurons;
        let expected = [self.steps, self.lanes.len(), neurons];
        let rows = [expected[0] * expected[1], neurons];
        if drive.dims() == rows {
            return self.finish(parameters, &drive.reshape(&expected)?)?.reshape(&rows);
        }
        if drive.dims() != expected {
            bail!("the drive has shape {:?}, the lifetime was lived with {expected:?}", drive.dims());
        }
        let names = packed_names(&self.network);
        let parts: Vec<Tensor> = names.iter().map(|name| parameters.get(name)?.flatten_all()).collect::<Result<_>>()?;
        let inputs = [drive, parameters.get("w")?, &Tensor::cat(&parts, 0)?];
        let activity = self.activity();
        graph::attach(self, activity, inputs, parameters.device())
    }

    /// Values of all lanes side by side, `[T, B, N]`, from the first T rows of each, `[T, stride]`.
    fn by_step<'a>(&self, lanes: impl Iterator<Item = &'a [f32]>) -> Vec<f32> {
        let (batch, neurons) = (self.lanes.len(), self.weights.neurons);
        let mut values = vec![0.0; self.steps * batch * neurons];
        for (lane, own) in lanes.enumerate() {
            for (step, row) in own.chunks_exact(self.weights.stride).take(self.steps).enumerate() {
                values[(step * batch + lane) * neurons..][..neurons].copy_from_slice(&row[..neurons]);
            }
        }
        values
    }
}

/// The parameters on the host.
fn weights(network: Network, parameters: &Parameters) -> Result<ModulatedWeights> {
    let neurons = network.neurons;
    for (name, shape) in network.shapes() {
        let found = parameters.get(name)?.dims();
        if found != shape {
            bail!("parameter {name} has shape {found:?}, the network needs {shape:?}");
        }
    }
    network.check().map_err(Error::Msg)?;
    let (Some(kind), Some(modulation)) = (network.alpha(), network.modulation()) else {
        bail!("expected a network that modulates its traces, found one that does not");
    };
    let fan = match modulation.fan_out {
        true => [parameters.values("fanout.weight")?, parameters.values("fanout.bias")?],
        false => [vec![1.0; neurons], vec![0.0; neurons]],
    };
    let [w, alpha, mod_weight, mod_bias] = ["w", "alpha", "mod.weight", "mod.bias"].map(|name| parameters.values(name));
    let eta = if modulation.kind == ModulationKind::Retroactive { parameters.eta() } else { 0.0 };
    let alpha = (kind, &alpha?[..]);
    Ok(ModulatedWeights::new(modulation, &w?, alpha, eta, (&mod_weight?, mod_bias?[0]), [&fan[0], &fan[1]]))
}

impl Differentiate for Modulated {
    fn differentiate(
        self,
        [_, _, packed]: [&Tensor; 3],
        activity: &Tensor,
        activity_grad: &Tensor,
    ) -> Result<[Option<Tensor>; 3]> {
        let (steps, batch, neurons) = activity.dims3()?;
        let by_lane: Vec<f32> = activity_grad.transpose(0, 1)?.flatten_all()?.to_vec1()?;
        let size = (steps * neurons).max(1);
        let found: Vec<ModulatedGradients> = self
            .lanes
            .par_iter()
            .zip(by_lane.par_chunks_exact(size))
            .map(|(lane, grad)| lane.backward(&self.weights, grad))
            .collect();
        let rows = (steps * batch, neurons);
        let deltas = Tensor::from_vec(self.by_step(found.iter().map(|one| &one.delta[..])), rows, &Device::Cpu)?;
        // dL/dw = Σ_t x(t−1)ᵀ δ(t), over all lanes: one product at the end.
        let inputs = self.by_step(self.lanes.iter().map(ModulatedLane::activity));
        let w_grad = Tensor::from_vec(inputs, rows, &Device::Cpu)?.t()?.matmul(&deltas)?;
        // In lane order, so that the sums do not depend on the number of threads.
        let sum = |of: &dyn Fn(&ModulatedGradients) -> &[f32]| -> Vec<f32> {
            let mut total = of(&found[0]).to_vec();
            for part in found[1..].iter().map(of) {
                total.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
            }
            total
        };
        let mut packed_grad = Vec::with_capacity(packed.elem_count());
        for name in packed_names(&self.network) {
            match name {
                "alpha" => packed_grad.extend(self.weights.alpha_gradient(&sum(&|one| &one.alpha))),
                "mod.weight" => packed_grad.extend(&sum(&|one| &one.mod_weight)[..neurons]),
                "mod.bias" => packed_grad.extend(sum(&|one| std::slice::from_ref(&one.mod_bias))),
                "eta" => packed_grad.extend(sum(&|one| std::slice::from_ref(&one.eta))),
                "fanout.weight" => packed_grad.extend(&sum(&|one| &one.fan[0])[..neurons]),
                _ => packed_grad.extend(&sum(&|one| &one.fan[1])[..neurons]),
            }
        }
        let packed_grad = Tensor::from_vec(packed_grad, packed.dims(), &Device::Cpu)?;
        Ok([Some(deltas.reshape((steps, batch, neurons))?), Some(w_grad), Some(packed_grad)])
    }
}
