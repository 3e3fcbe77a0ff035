//! A batch of modulated lifetimes on the device, forward and backward.

use super::launch::{BackwardContext, Launcher, Weights};
use crate::device::cuda::memory::Buffer;
use crate::device::cuda::tensors::{self, view};
use crate::plastic::alteration::Alteration;
use crate::plastic::cuda::gradient::weight_gradient;
use crate::plastic::cuda::lifetimes::{self, Progress};
use crate::plastic::direct::{Direct, Sink};
use crate::plastic::lifetime::Driver;
use crate::plastic::lifetime::backend::Backend;
use crate::plastic::lifetime::graph::{self, Differentiate};
use crate::plastic::network::{AlphaKind, Recurrent};
use crate::plastic::parameters::Parameters;
use crate::plastic::replay::{Modulators, Recording};
use crate::plastic::writing::{Modulation, ModulationKind};
use candle_core::cuda_backend::cudarc::driver::CudaSlice;
use candle_core::{Result, Shape, Tensor};

/// Everything that a batch of modulated lifetimes leaves on the device.
pub(crate) struct Record {
    network: Recurrent,
    modulation: Modulation,
    launcher: Launcher,
    progress: Progress,
    /// By columns.
    w: Tensor,
    /// By columns.
    alpha: Tensor,
    /// m, a, b, c and η, `[3N + 2]`.
    mod_parameters: Tensor,
    modulator: Buffer<f32>,
    /// H, and E behind it, as of the last sweep; by columns.
    state: CudaSlice<f32>,
    frames: Buffer<f32>,
}

/// m, a, b, c and η as one, `[3N + 2]`: ones and zeros stand for what the network does not have.
fn mod_parameters(modulation: Modulation, parameters: &Parameters, neurons: usize) -> Result<Tensor> {
    let constant = |value: f64, count: usize| Tensor::full(value as f32, count, parameters.device());
    let [fan_weight, fan_bias] = match modulation.fan_out {
        true => [parameters.get("fanout.weight")?.clone(), parameters.get("fanout.bias")?.clone()],
        false => [constant(1.0, neurons)?, constant(0.0, neurons)?],
    };
    let eta = match modulation.kind {
        ModulationKind::Retroactive => parameters.get("eta")?.clone(),
        ModulationKind::Simple => constant(0.0, 1)?,
    };
    let mod_weight = parameters.get("mod.weight")?.flatten_all()?;
    Tensor::cat(&[&mod_weight, &fan_weight, &fan_bias, parameters.get("mod.bias")?, &eta], 0)
}

impl Record {
    /// Lifetimes of `batch` lanes that have not begun. `expected_steps` only tunes memory.
    ///
    /// # Errors
    /// When memory is short or the kernels cannot be had.
    pub fn new(
        network: Recurrent,
        modulation: Modulation,
        parameters: &Parameters,
        batch: usize,
        expected_steps: usize,
    ) -> Result<Self> {
        let device = parameters.device().as_cuda_device()?.clone();
        let neurons = network.neurons;
        let launcher = Launcher::new(&device, modulation, neurons, batch, expected_steps)?;
        let by_columns = |matrix: &Tensor| matrix.detach().t()?.contiguous();
        // The kernels know an α for each connection: fewer are spread out, and their gradients gathered again.
        let alpha = parameters.get("alpha")?.broadcast_as((neurons, neurons))?;
        Ok(Self {
            w: by_columns(parameters.get("w")?)?,
            alpha: by_columns(&alpha)?,
            mod_parameters: mod_parameters(modulation, parameters, neurons)?.detach(),
            modulator: Buffer::new(&device, expected_steps * batch)?,
            state: device.alloc_zeros(launcher.layout.whole_batch())?,
            frames: Buffer::new(&device, launcher.layout.frames(expected_steps))?,
            progress: Progress::new(&device, neurons, batch, expected_steps)?,
            network,
            modulation,
            launcher,
        })
    }

    /// What the steps before the last one wrote, and then the last one, whose writing waits for a step that does not
    /// come: carried on here as a tape would.
    fn written_out(&self, lane: usize, mut state: Vec<f32>) -> Result<Vec<f32>> {
        let Progress { device, neurons, batch, steps, .. } = &self.progress;
        let (neurons, batch) = (*neurons, *batch);
        let Some(last) = steps.checked_sub(1) else { return Ok(state) };
        let row = |step: usize| -> Result<Vec<f32>> {
            Ok(self.progress.activity_at(step)?[lane * neurons..][..neurons].to_vec())
        };
        let before = if last > 0 { row(last - 1)? } else { vec![0.0; neurons] };
        let values = [before, row(last)?].concat();
        let mod_parameters = self.mod_parameters.to_vec1::<f32>()?;
        let fan_out = [1, 2].map(|place| mod_parameters[place * neurons..][..neurons].to_vec());
        let at = last * batch + lane;
        let modulator = device.clone_dtoh(&self.modulator.slice.slice(at..at + 1))?;
        let Some(layer) = self.network.layer() else { return Ok(state) };
        let values_of_m = [0.0, modulator[0]];
        let modulators = Modulators { values: &values_of_m, fan_out: self.modulation.fan_out.then_some(&fan_out) };
        let recording = Recording {
            layer: &layer,
            eta: mod_parameters[3 * neurons + 1],
            before: &[],
            pre: &values,
            post: &values,
            modulator: Some(modulators),
        };
        recording.carry(&mut state, 1..2);
        Ok(state)
    }
}

impl Backend for Record {
    fn batch(&self) -> usize {
        self.progress.batch
    }

    fn steps(&self) -> usize {
        self.progress.steps
    }

    fn step(&mut self, drive: &[f32]) -> Result<Vec<f32>> {
        let drive = self.progress.upload(drive)?;
        self.advance(&drive)?;
        self.progress.activity_at(self.progress.steps - 1)
    }

    fn advance_with(&mut self, drivers: &mut [&mut dyn Driver], steps: usize) -> Result<()> {
        let neurons = self.progress.neurons;
        lifetimes::advance_with(self, neurons, drivers, steps)
    }

    fn alter(&mut self, _alteration: &Alteration, _alpha: &[f32]) -> Result<()> {
        lifetimes::alter()
    }

    fn activity(&self) -> Result<Vec<f32>> {
        self.progress.activity()
    }

    fn advance(&mut self, drive: &Tensor) -> Result<()> {
        let (steps, reached) = (drive.dim(0)?, self.progress.steps + drive.dim(0)?);
        if steps == 0 {
            return Ok(());
        }
        self.progress.reserve(reached)?;
        let Progress { device, batch, .. } = &self.progress;
        self.modulator.reserve(device, reached * batch)?;
        self.frames.reserve(device, self.launcher.layout.frames(reached))?;
        let drive = drive.contiguous()?;
        let places = [&drive, &self.w, &self.alpha, &self.mod_parameters].map(Tensor::storage_and_layout);
        let [drive, w, alpha, mod_parameters] =
            &[view(&places[0])?, view(&places[1])?, view(&places[2])?, view(&places[3])?];
        self.launcher.forward(
            (self.progress.steps, steps),
            drive,
            Weights { w, alpha, mod_parameters },
            [&mut self.progress.activity.slice, &mut self.modulator.slice, &mut self.state, &mut self.frames.slice],
        )?;
        self.progress.steps = reached;
        Ok(())
    }

    fn traces(&self, lane: usize) -> Result<[Vec<f32>; 2]> {
        let (neurons, kept) = (self.progress.neurons, self.launcher.layout.kept());
        let by_columns = self.progress.device.clone_dtoh(&self.state.slice(lane * kept..(lane + 1) * kept))?;
        let by_rows = by_columns
            .chunks_exact(neurons * neurons)
            .flat_map(|matrix| (0..neurons * neurons).map(|cell| matrix[cell % neurons * neurons + cell / neurons]));
        let mut trace = self.written_out(lane, by_rows.collect())?;
        let eligibility = trace.split_off(neurons * neurons);
        Ok([trace, eligibility])
    }

    fn modulator(&self, lane: usize) -> Result<Vec<f32>> {
        let Progress { device, batch, steps, .. } = &self.progress;
        assert!(lane < *batch, "there is no lane {lane} among {batch}");
        let all = device.clone_dtoh(&self.modulator.slice.slice(..steps * batch))?;
        Ok(all.into_iter().skip(lane).step_by(*batch).collect())
    }

    fn finish(mut self: Box<Self>, parameters: &Parameters, drive: &Tensor) -> Result<Tensor> {
        let lived = self.progress.take()?;
        graph::attach(*self, lived, drive, (parameters, "w"))?.reshape(drive.dims())
    }
}

impl Differentiate for Record {
    fn differentiate(
        self,
        drive: &Tensor,
        activity: &Tensor,
        activity_grad: &Tensor,
        sink: &Sink,
    ) -> Result<Option<Tensor>> {
        let (steps, batch, neurons) = activity.dims3()?;
        let made = {
            let tensors = [&self.w, &self.alpha, &self.mod_parameters, activity, activity_grad];
            let places = tensors.map(Tensor::storage_and_layout);
            self.launcher.backward(
                steps,
                Weights { w: &view(&places[0])?, alpha: &view(&places[1])?, mod_parameters: &view(&places[2])? },
                &BackwardContext {
                    activity: &view(&places[3])?,
                    activity_grad: &view(&places[4])?,
                    modulator: &self.modulator.slice,
                    frames: &self.frames.slice,
                },
            )?
        };
        let tensor = |slice, shape: Shape| tensors::tensor(&self.progress.device, slice, shape);
        let delta = tensor(made.delta, activity.shape().clone());
        sink.store.put("w", Direct::Whole(weight_gradient(activity, &delta)?))?;
        let by_connection = tensor(made.alpha, Shape::from((batch, neurons, neurons))).sum(0)?;
        let found = tensor(made.mod_parameters, Shape::from((batch, 3 * neurons + 2))).sum(0)?;
        for (name, shape) in self.network.shapes_beside_w() {
            // m, a, b, c and η, one after another.
            let gradient = match name {
                "alpha" => match self.network.alpha() {
                    Some(AlphaKind::PerNeuron) => by_connection.sum(1)?,
                    Some(AlphaKind::Yoked) => by_connection.sum_all()?,
                    Some(AlphaKind::Free) | None => by_connection.t()?.contiguous()?,
                },
                "mod.weight" => found.narrow(0, 0, neurons)?,
                "fanout.weight" => found.narrow(0, neurons, neurons)?,
                "fanout.bias" => found.narrow(0, 2 * neurons, neurons)?,
                "mod.bias" => found.narrow(0, 3 * neurons, 1)?,
                _ => found.narrow(0, 3 * neurons + 1, 1)?,
            };
            sink.store.put(name, Direct::Whole(gradient.reshape(shape)?))?;
        }
        Ok(Some(delta.reshape(drive.shape())?))
    }
}
