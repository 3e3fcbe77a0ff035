//! A batch of modulated lifetimes on the device, and its place in Candle's graph.

use super::launch::{Launcher, Lived, Weights};
use crate::plastic::cuda::launch::Buffer;
use crate::plastic::cuda::lifetimes::{Lifetimes, view, weight_gradient};
use crate::plastic::modulated::{Kind, Modulation};
use crate::plastic::parameters::Parameters;
use crate::plastic::replay;
use candle_core::cuda_backend::CudaDevice;
use candle_core::cuda_backend::cudarc::driver::CudaSlice;
use candle_core::op::BackpropOp;
use candle_core::{CpuStorage, CudaStorage, CustomOp3, Layout, Result, Shape, Storage, Tensor, bail};
use std::sync::{Mutex, PoisonError};

/// Everything that a batch of modulated lifetimes leaves on the device.
pub(crate) struct Record {
    modulation: Modulation,
    device: CudaDevice,
    launcher: Launcher,
    neurons: usize,
    batch: usize,
    steps: usize,
    /// By columns.
    w: Tensor,
    /// By columns.
    alpha: Tensor,
    /// m, a, b, c and η, `[3N + 2]`.
    signals: Tensor,
    activity: Buffer<f32>,
    modulator: Buffer<f32>,
    /// H, and E behind it, as of the last sweep; by columns.
    state: CudaSlice<f32>,
    frames: Buffer<f32>,
}

/// m, a, b, c and η as one, `[3N + 2]`: ones and zeros stand for what the network does not have.
fn signals(modulation: Modulation, parameters: &Parameters, neurons: usize) -> Result<Tensor> {
    let constant = |value: f64, count: usize| Tensor::full(value as f32, count, parameters.device());
    let [fan_weight, fan_bias] = match modulation.fan_out {
        true => [parameters.get("fanout.weight")?.clone(), parameters.get("fanout.bias")?.clone()],
        false => [constant(1.0, neurons)?, constant(0.0, neurons)?],
    };
    let eta = match modulation.kind {
        Kind::Retroactive => parameters.get("eta")?.clone(),
        Kind::Simple => constant(0.0, 1)?,
    };
    let mod_weight = parameters.get("mod.weight")?.flatten_all()?;
    Tensor::cat(&[&mod_weight, &fan_weight, &fan_bias, parameters.get("mod.bias")?, &eta], 0)
}

impl Record {
    /// Lifetimes of `batch` lanes that have not begun. `expected_steps` only tunes memory.
    ///
    /// # Errors
    /// When memory is short or the kernels cannot be had.
    pub fn new(modulation: Modulation, parameters: &Parameters, batch: usize, expected_steps: usize) -> Result<Self> {
        let device = parameters.device().as_cuda_device()?.clone();
        let neurons = parameters.get("w")?.dim(0)?;
        let launcher = Launcher::new(&device, modulation, neurons, batch, expected_steps)?;
        let by_columns = |name: &str| parameters.get(name)?.detach().t()?.contiguous();
        Ok(Self {
            w: by_columns("w")?,
            alpha: by_columns("alpha")?,
            signals: signals(modulation, parameters, neurons)?.detach(),
            activity: Buffer::new(&device, expected_steps * batch * neurons)?,
            modulator: Buffer::new(&device, expected_steps * batch)?,
            state: device.alloc_zeros(launcher.layout.whole_batch())?,
            frames: Buffer::new(&device, launcher.layout.frames(expected_steps))?,
            steps: 0,
            modulation,
            neurons,
            batch,
            launcher,
            device,
        })
    }

    /// M(t) of all lanes, `[T, B]`.
    fn modulators(&self) -> Result<Vec<f32>> {
        self.device.clone_dtoh(&self.modulator.slice.slice(..self.steps * self.batch))
    }

    /// What the steps before the last one wrote, and then the last one, whose writing waits for a step that does not
    /// come: carried on here as a tape would.
    fn written_out(&self, lane: usize, mut state: Vec<f32>) -> Result<Vec<f32>> {
        let Some(last) = self.steps.checked_sub(1) else { return Ok(state) };
        let row = |step: usize| -> Result<Vec<f32>> {
            Ok(self.activity_at(step)?[lane * self.neurons..][..self.neurons].to_vec())
        };
        let before = if last > 0 { row(last - 1)? } else { vec![0.0; self.neurons] };
        let values = [before, row(last)?].concat();
        let signals = self.signals.to_vec1::<f32>()?;
        let fan_out = [1, 2].map(|place| signals[place * self.neurons..][..self.neurons].to_vec());
        let modulator = self.modulator(lane)?;
        let recording = replay::Modulated {
            values: &values,
            neurons: self.neurons,
            modulation: self.modulation,
            eta: signals[3 * self.neurons + 1],
            modulator: &[0.0, modulator[last]],
            fan_out: self.modulation.fan_out.then_some(&fan_out),
        };
        replay::Recording::Modulated(recording).carry(&mut state, 1..2);
        Ok(state)
    }
}

impl Lifetimes for Record {
    fn device(&self) -> &CudaDevice {
        &self.device
    }

    fn neurons(&self) -> usize {
        self.neurons
    }

    fn batch(&self) -> usize {
        self.batch
    }

    fn steps(&self) -> usize {
        self.steps
    }

    fn activity(&self) -> &CudaSlice<f32> {
        &self.activity.slice
    }

    fn advance(&mut self, drive: &Tensor) -> Result<()> {
        let (steps, reached) = (drive.dim(0)?, self.steps + drive.dim(0)?);
        if steps == 0 {
            return Ok(());
        }
        self.activity.reserve(&self.device, reached * self.batch * self.neurons)?;
        self.modulator.reserve(&self.device, reached * self.batch)?;
        self.frames.reserve(&self.device, self.launcher.layout.frames(reached))?;
        let drive = drive.contiguous()?;
        let places = [&drive, &self.w, &self.alpha, &self.signals].map(Tensor::storage_and_layout);
        let [drive, w, alpha, signals] = &[view(&places[0])?, view(&places[1])?, view(&places[2])?, view(&places[3])?];
        self.launcher.forward(
            (self.steps, steps),
            drive,
            Weights { w, alpha, signals },
            [&mut self.activity.slice, &mut self.modulator.slice, &mut self.state, &mut self.frames.slice],
        )?;
        self.steps = reached;
        Ok(())
    }

    fn traces(&self, lane: usize) -> Result<[Vec<f32>; 2]> {
        let (neurons, kept) = (self.neurons, self.launcher.layout.kept());
        let by_columns = self.device.clone_dtoh(&self.state.slice(lane * kept..(lane + 1) * kept))?;
        let by_rows = by_columns
            .chunks_exact(neurons * neurons)
            .flat_map(|matrix| (0..neurons * neurons).map(|cell| matrix[cell % neurons * neurons + cell / neurons]));
        let mut trace = self.written_out(lane, by_rows.collect())?;
        let eligibility = trace.split_off(neurons * neurons);
        Ok([trace, eligibility])
    }

    fn modulator(&self, lane: usize) -> Result<Vec<f32>> {
        Ok(self.modulators()?.into_iter().skip(lane).step_by(self.batch).collect())
    }

    fn finish(mut self: Box<Self>, parameters: &Parameters, drive: &Tensor) -> Result<Tensor> {
        let shape = Shape::from((self.steps, self.batch, self.neurons));
        let activity = self.activity.take_exactly(&self.device, shape.elem_count())?;
        // Candle's custom operations take three tensors.
        let packed = Tensor::cat(
            &[&parameters.get("alpha")?.flatten_all()?, &signals(self.modulation, parameters, self.neurons)?],
            0,
        )?;
        let operation = ModulatedOp { shape, state: Mutex::new((Some(activity), Some(*self))) };
        drive.apply_op3(parameters.get("w")?, &packed, operation)
    }
}

/// The operation in Candle's graph: it owns what the backward pass needs until that has run.
struct ModulatedOp {
    /// `[T, B, N]`.
    shape: Shape,
    /// x(t) until Candle takes it, and the record.
    state: Mutex<(Option<CudaSlice<f32>>, Option<Record>)>,
}

impl CustomOp3 for ModulatedOp {
    fn name(&self) -> &'static str {
        "modulated-lifetime"
    }

    fn cpu_fwd(
        &self,
        _: &CpuStorage,
        _: &Layout,
        _: &CpuStorage,
        _: &Layout,
        _: &CpuStorage,
        _: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        bail!("a lifetime that was lived on the device cannot be taken to the CPU")
    }

    fn cuda_fwd(
        &self,
        drive: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
    ) -> Result<(CudaStorage, Shape)> {
        let activity = self.state.lock().unwrap_or_else(PoisonError::into_inner).0.take();
        let Some(activity) = activity else { bail!("this lifetime has been taken into the graph already") };
        Ok((CudaStorage::wrap_cuda_slice(activity, drive.device.clone()), self.shape.clone()))
    }

    fn bwd(
        &self,
        drive: &Tensor,
        _w: &Tensor,
        _packed: &Tensor,
        activity: &Tensor,
        activity_grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let record = self.state.lock().unwrap_or_else(PoisonError::into_inner).1.take();
        let Some(record) = record else { bail!("the backward pass of a lifetime can run once only") };
        let (steps, batch, neurons) = self.shape.dims3()?;
        let activity_grad = activity_grad.contiguous()?;
        let made = {
            let tensors = [&record.w, &record.alpha, &record.signals, activity, &activity_grad];
            let places = tensors.map(Tensor::storage_and_layout);
            record.launcher.backward(
                steps,
                Weights { w: &view(&places[0])?, alpha: &view(&places[1])?, signals: &view(&places[2])? },
                &Lived {
                    activity: &view(&places[3])?,
                    activity_grad: &view(&places[4])?,
                    modulator: &record.modulator.slice,
                    frames: &record.frames.slice,
                },
            )?
        };
        let tensor = |slice: CudaSlice<f32>, shape: Shape| {
            let storage = Storage::Cuda(CudaStorage::wrap_cuda_slice(slice, record.device.clone()));
            Tensor::from_storage(storage, shape, BackpropOp::none(), false)
        };
        let delta = tensor(made.delta, self.shape.clone());
        let w_grad = weight_gradient(activity, &delta)?;
        let alpha = tensor(made.alpha, Shape::from((batch, neurons, neurons))).sum(0)?;
        let signals = tensor(made.signals, Shape::from((batch, 3 * neurons + 2))).sum(0)?;
        let packed = Tensor::cat(&[&alpha.t()?.flatten_all()?, &signals], 0)?;
        Ok((Some(delta.reshape(drive.shape())?), Some(w_grad), Some(packed)))
    }
}
