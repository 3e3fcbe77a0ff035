//! A batch of lifetimes on the device whose traces a rule writes, forward and backward.

use super::gradient::weight_gradient;
use super::launch::{BackwardContext, Launcher};
use super::lifetimes::{self, Progress};
use crate::device::cuda::memory::Buffer;
use crate::device::cuda::tensors::{self, view};
use crate::plastic::alteration::Alteration;
use crate::plastic::direct::{Direct, Sink};
use crate::plastic::lifetime::Driver;
use crate::plastic::lifetime::backend::Backend;
use crate::plastic::lifetime::graph::{self, Differentiate};
use crate::plastic::network::{AlphaKind, Drive, Recurrent};
use crate::plastic::parameters::Parameters;
use crate::plastic::rule::{Update as _, with_update};
use crate::plastic::writing::Writing;
use candle_core::cuda_backend::cudarc::driver::CudaSlice;
use candle_core::{DType, Result, Shape, Tensor};

/// Everything that a batch of lifetimes leaves on the device.
pub(crate) struct Record {
    network: Recurrent,
    launcher: Launcher,
    progress: Progress,
    w: Tensor,
    /// Not read in a network without traces.
    alpha: Tensor,
    eta: Tensor,
    /// H as of the last sweep, `[B, N, N]` by columns.
    trace: CudaSlice<f32>,
    frames: Buffer<f32>,
    clamped: Buffer<i32>,
    /// Whether the drive is part of the graph: known at the end only.
    wants_drive: bool,
}

impl Record {
    /// A lifetime of `batch` lanes that has not begun. `expected_steps` only tunes memory.
    ///
    /// # Errors
    /// When memory is short or the kernels cannot be had.
    pub fn new(network: Recurrent, parameters: &Parameters, batch: usize, expected_steps: usize) -> Result<Self> {
        let device = parameters.device().as_cuda_device()?.clone();
        let launcher = Launcher::new(&device, network, batch, expected_steps)?;
        let neurons = network.neurons;
        let is_plastic = network.plasticity.is_some();
        let of = |name: &str| parameters.get(if is_plastic { name } else { "w" })?.detach().contiguous();
        Ok(Self {
            w: of("w")?,
            alpha: of("alpha")?,
            eta: of("eta")?,
            trace: device.alloc_zeros(if is_plastic { batch * neurons * neurons } else { 1 })?,
            frames: Buffer::new(&device, launcher.division.frames(expected_steps))?,
            clamped: Buffer::new(&device, expected_steps * batch)?,
            progress: Progress::new(&device, neurons, batch, expected_steps)?,
            wants_drive: false,
            network,
            launcher,
        })
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
        self.clamped.reserve(device, reached * batch)?;
        self.frames.reserve(device, self.launcher.division.frames(reached))?;
        let drive = drive.contiguous()?;
        let places = [&drive, &self.w, &self.alpha, &self.eta].map(Tensor::storage_and_layout);
        let views = [view(&places[0])?, view(&places[1])?, view(&places[2])?, view(&places[3])?];
        self.launcher.forward(
            self.progress.steps,
            steps,
            views.each_ref(),
            [&mut self.progress.activity.slice, &mut self.trace, &mut self.frames.slice],
            &mut self.clamped.slice,
        )?;
        self.progress.steps = reached;
        Ok(())
    }

    fn traces(&self, lane: usize) -> Result<[Vec<f32>; 2]> {
        let neurons = self.network.neurons;
        let Some(Writing::Rule(rule)) = self.network.writing() else { return Ok([const { Vec::new() }; 2]) };
        let matrix = neurons * neurons;
        let by_columns = self.progress.device.clone_dtoh(&self.trace.slice(lane * matrix..(lane + 1) * matrix))?;
        let row = |back: usize| -> Result<Vec<f32>> {
            match self.progress.steps.checked_sub(back) {
                Some(step) => Ok(self.progress.activity_at(step)?[lane * neurons..][..neurons].to_vec()),
                None => Ok(vec![0.0; neurons]),
            }
        };
        let (pre, post) = (row(2)?, row(1)?);
        let eta = self.eta.to_vec1::<f32>()?[0];
        let mut trace = Vec::with_capacity(matrix);
        with_update!(rule, eta, update => for (from, &pre) in pre.iter().enumerate() {
            let row = post.iter().enumerate();
            trace.extend(row.map(|(to, &post)| update.next(by_columns[to * neurons + from], pre, post)));
        });
        Ok([trace, Vec::new()])
    }

    fn modulator(&self, _lane: usize) -> Result<Vec<f32>> {
        Ok(Vec::new())
    }

    fn finish(mut self: Box<Self>, parameters: &Parameters, drive: &Tensor) -> Result<Tensor> {
        let lived = self.progress.take()?;
        self.wants_drive = drive.track_op();
        graph::attach(*self, lived, drive, (parameters, "w"))?.reshape(drive.dims())
    }
}

impl Differentiate for Record {
    fn differentiate(
        self,
        driven: &Tensor,
        activity: &Tensor,
        activity_grad: &Tensor,
        sink: &Sink,
    ) -> Result<Option<Tensor>> {
        let (steps, batch, neurons) = activity.dims3()?;
        let made = {
            let tensors = [driven, &self.w, &self.alpha, &self.eta, activity, activity_grad];
            let places = tensors.map(Tensor::storage_and_layout);
            self.launcher.backward(
                steps,
                self.wants_drive,
                &BackwardContext {
                    drive: &view(&places[0])?,
                    w: &view(&places[1])?,
                    alpha: &view(&places[2])?,
                    eta: &view(&places[3])?,
                    activity: &view(&places[4])?,
                    activity_grad: &view(&places[5])?,
                    frames: &self.frames.slice,
                    clamped: &self.clamped.slice,
                },
            )?
        };
        let tensor = |slice, shape: Shape| tensors::tensor(&self.progress.device, slice, shape);
        let delta = tensor(made.delta, activity.shape().clone());
        sink.store.put("w", Direct::Whole(weight_gradient(activity, &delta)?))?;
        if let Some(kind) = self.network.alpha() {
            let parts = made.eta.len();
            let eta = tensors::tensor(&self.progress.device, made.eta, parts);
            let eta = eta.sum_all()?.to_dtype(DType::F32)?.reshape(1)?;
            let alpha = match kind {
                AlphaKind::Free => tensor(made.alpha, Shape::from((batch, neurons, neurons))).sum(0)?,
                AlphaKind::PerNeuron => tensor(made.alpha, Shape::from((batch, neurons))).sum(0)?,
                AlphaKind::Yoked => tensor(made.alpha, Shape::from((batch, neurons))).sum_all()?.reshape(1)?,
            };
            sink.store.put("alpha", Direct::Whole(alpha))?;
            sink.store.put("eta", Direct::Whole(eta))?;
        }
        match (self.wants_drive, self.network.drive) {
            (false, _) => Ok(None),
            (true, Drive::Add) => Ok(Some(delta.reshape(driven.dims())?)),
            (true, Drive::Clamp) => Ok(Some(tensor(made.drive, driven.shape().clone()))),
        }
    }
}
