//! A batch of lifetimes on the device, and its place in Candle's graph.

use super::launch::{Buffer, Launcher, Lived};
use super::lifetimes::{Lifetimes, view, weight_gradient};
use crate::plastic::network::{AlphaKind, Drive, Network};
use crate::plastic::parameters::Parameters;
use crate::plastic::rule::{Update as _, with_update};
use candle_core::cuda_backend::CudaDevice;
use candle_core::cuda_backend::cudarc::driver::CudaSlice;
use candle_core::op::BackpropOp;
use candle_core::{CpuStorage, CudaStorage, CustomOp3, DType, Layout, Result, Shape, Storage, Tensor, bail};
use std::sync::{Mutex, PoisonError};

/// Everything that a batch of lifetimes leaves on the device.
pub(crate) struct Record {
    network: Network,
    device: CudaDevice,
    launcher: Launcher,
    batch: usize,
    steps: usize,
    w: Tensor,
    /// Not read in a network without traces.
    alpha: Tensor,
    eta: Tensor,
    activity: Buffer<f32>,
    /// H as of the last sweep, `[B, N, N]` by columns.
    trace: CudaSlice<f32>,
    frames: Buffer<f32>,
    clamped: Buffer<i32>,
}

impl Record {
    /// A lifetime of `batch` lanes that has not begun. `expected_steps` only tunes memory.
    ///
    /// # Errors
    /// When memory is short or the kernels cannot be had.
    pub fn new(network: Network, parameters: &Parameters, batch: usize, expected_steps: usize) -> Result<Self> {
        let device = parameters.device().as_cuda_device()?.clone();
        let launcher = Launcher::new(&device, network, batch, expected_steps)?;
        let neurons = network.neurons;
        let is_plastic = network.plasticity.is_some();
        let of = |name: &str| parameters.get(if is_plastic { name } else { "w" })?.detach().contiguous();
        Ok(Self {
            w: of("w")?,
            alpha: of("alpha")?,
            eta: of("eta")?,
            activity: Buffer::new(&device, expected_steps * batch * neurons)?,
            trace: device.alloc_zeros(if is_plastic { batch * neurons * neurons } else { 1 })?,
            frames: Buffer::new(&device, launcher.division.frames(expected_steps))?,
            clamped: Buffer::new(&device, expected_steps * batch)?,
            steps: 0,
            network,
            batch,
            launcher,
            device,
        })
    }
}

impl Lifetimes for Record {
    fn device(&self) -> &CudaDevice {
        &self.device
    }

    fn neurons(&self) -> usize {
        self.network.neurons
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
        self.activity.reserve(&self.device, reached * self.batch * self.network.neurons)?;
        self.clamped.reserve(&self.device, reached * self.batch)?;
        self.frames.reserve(&self.device, self.launcher.division.frames(reached))?;
        let drive = drive.contiguous()?;
        let places = [&drive, &self.w, &self.alpha, &self.eta].map(Tensor::storage_and_layout);
        let views = [view(&places[0])?, view(&places[1])?, view(&places[2])?, view(&places[3])?];
        self.launcher.forward(
            self.steps,
            steps,
            views.each_ref(),
            [&mut self.activity.slice, &mut self.trace, &mut self.frames.slice],
            &mut self.clamped.slice,
        )?;
        self.steps = reached;
        Ok(())
    }

    fn traces(&self, lane: usize) -> Result<[Vec<f32>; 2]> {
        let neurons = self.network.neurons;
        let Some(plasticity) = self.network.plasticity else { return Ok([const { Vec::new() }; 2]) };
        let matrix = neurons * neurons;
        let by_columns = self.device.clone_dtoh(&self.trace.slice(lane * matrix..(lane + 1) * matrix))?;
        let row = |back: usize| -> Result<Vec<f32>> {
            match self.steps.checked_sub(back) {
                Some(step) => Ok(self.activity_at(step)?[lane * neurons..][..neurons].to_vec()),
                None => Ok(vec![0.0; neurons]),
            }
        };
        let (pre, post) = (row(2)?, row(1)?);
        let eta = self.eta.to_vec1::<f32>()?[0];
        let mut trace = Vec::with_capacity(matrix);
        with_update!(plasticity.rule, eta, update => for (from, &pre) in pre.iter().enumerate() {
            let row = post.iter().enumerate();
            trace.extend(row.map(|(to, &post)| update.next(by_columns[to * neurons + from], pre, post)));
        });
        Ok([trace, Vec::new()])
    }

    fn modulator(&self, _lane: usize) -> Result<Vec<f32>> {
        Ok(Vec::new())
    }

    fn finish(mut self: Box<Self>, parameters: &Parameters, drive: &Tensor) -> Result<Tensor> {
        let shape = Shape::from((self.steps, self.batch, self.network.neurons));
        let activity = self.activity.take_exactly(&self.device, shape.elem_count())?;
        // Candle's custom operations take three tensors: the drive and η, of which there is one, travel together.
        let (driven, alpha) = match self.network.plasticity {
            Some(_) => {
                let driven = Tensor::cat(&[&drive.flatten_all()?, parameters.get("eta")?], 0)?;
                (driven, parameters.get("alpha")?.clone())
            }
            None => (drive.flatten_all()?.contiguous()?, self.w.detach()),
        };
        let wants_drive = drive.track_op();
        let operation = LifetimeOp { shape, wants_drive, state: Mutex::new((Some(activity), Some(*self))) };
        driven.apply_op3(parameters.get("w")?, &alpha, operation)
    }
}

/// The operation in Candle's graph: it owns what the backward pass needs until that has run.
struct LifetimeOp {
    /// `[T, B, N]`.
    shape: Shape,
    wants_drive: bool,
    /// x(t) until Candle takes it, and the record.
    state: Mutex<(Option<CudaSlice<f32>>, Option<Record>)>,
}

impl CustomOp3 for LifetimeOp {
    fn name(&self) -> &'static str {
        "plastic-lifetime"
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
        driven: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
    ) -> Result<(CudaStorage, Shape)> {
        let activity = self.state.lock().unwrap_or_else(PoisonError::into_inner).0.take();
        let Some(activity) = activity else { bail!("this lifetime has been taken into the graph already") };
        Ok((CudaStorage::wrap_cuda_slice(activity, driven.device.clone()), self.shape.clone()))
    }

    fn bwd(
        &self,
        driven: &Tensor,
        w: &Tensor,
        alpha: &Tensor,
        activity: &Tensor,
        activity_grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let record = self.state.lock().unwrap_or_else(PoisonError::into_inner).1.take();
        let Some(record) = record else { bail!("the backward pass of a lifetime can run once only") };
        let (steps, batch, neurons) = self.shape.dims3()?;
        let (driven, w, alpha) = (driven.detach(), w.contiguous()?, alpha.contiguous()?);
        let activity_grad = activity_grad.contiguous()?;
        let made = {
            let tensors = [&driven, &w, &alpha, &record.eta, activity, &activity_grad];
            let places = tensors.map(Tensor::storage_and_layout);
            record.launcher.backward(
                steps,
                self.wants_drive,
                &Lived {
                    drive: &view(&places[0])?,
                    w: &view(&places[1])?,
                    alpha: &view(&places[2])?,
                    eta: &view(&places[3])?,
                    activity: &view(&places[4])?,
                    activity_grad: &view(&places[5])?,
                    frames: &record.frames.slice,
                    clamped: &record.clamped.slice,
                },
            )?
        };
        let tensor = |slice: CudaSlice<f32>, shape: Shape| {
            let storage = Storage::Cuda(CudaStorage::wrap_cuda_slice(slice, record.device.clone()));
            Tensor::from_storage(storage, shape, BackpropOp::none(), false)
        };
        let delta = tensor(made.delta, self.shape.clone());
        let w_grad = weight_gradient(activity, &delta)?;
        let drive_grad = match (self.wants_drive, record.network.drive) {
            (false, _) => Tensor::zeros(steps * batch * neurons, DType::F32, driven.device())?,
            (true, Drive::Add) => delta.flatten_all()?,
            (true, Drive::Clamp) => tensor(made.drive, Shape::from(steps * batch * neurons)),
        };
        let Some(plasticity) = record.network.plasticity else {
            return Ok((Some(drive_grad), Some(w_grad), None));
        };
        let parts = made.eta.len();
        let eta_storage = Storage::Cuda(CudaStorage::wrap_cuda_slice(made.eta, record.device.clone()));
        let eta_grad = Tensor::from_storage(eta_storage, parts, BackpropOp::none(), false);
        let eta_grad = eta_grad.sum_all()?.to_dtype(DType::F32)?.reshape(1)?;
        let driven_grad = Tensor::cat(&[&drive_grad, &eta_grad], 0)?;
        let alpha_grad = match plasticity.alpha {
            AlphaKind::Free => tensor(made.alpha, Shape::from((batch, neurons, neurons))).sum(0)?,
            AlphaKind::PerNeuron => tensor(made.alpha, Shape::from((batch, neurons))).sum(0)?,
            AlphaKind::Yoked => tensor(made.alpha, Shape::from((batch, neurons))).sum_all()?.reshape(1)?,
        };
        Ok((Some(driven_grad), Some(w_grad), Some(alpha_grad)))
    }
}
