//! A batch of lifetimes as one operation in Candle's graph, wherever it was lived and whatever wrote its traces.

use crate::plastic::direct::Sink;
use crate::plastic::parameters::Parameters;
#[cfg(feature = "cuda")]
use candle_core::CudaStorage;
#[cfg(feature = "cuda")]
use candle_core::cuda_backend::cudarc::driver::CudaSlice;
use candle_core::{CpuStorage, CustomOp2, Device, Layout, Result, Shape, Tensor, bail};
use std::sync::{Mutex, PoisonError};

/// What lifetimes leave behind so that they can be run backward.
pub(in crate::plastic) trait Differentiate: Send {
    /// [Hands over](crate::plastic::direct) the gradients by the parameters, and returns that by what drove the lifetimes,
    /// in the shape of `driven`; `None` where that is known to be asked for by nobody. `activity` and `activity_grad` are
    /// `[T, B, N]`, the second contiguous.
    ///
    /// # Errors
    /// When shapes do not fit, memory is short or the device fails.
    fn differentiate(
        self,
        driven: &Tensor,
        activity: &Tensor,
        activity_grad: &Tensor,
        sink: &Sink,
    ) -> Result<Option<Tensor>>;
}

/// x(t) of all steps and lifetimes, `[T, B, N]`, where it lies.
pub(in crate::plastic) enum Activity {
    Host(Vec<f32>),
    #[cfg(feature = "cuda")]
    Device(CudaSlice<f32>),
}

/// The operation: it owns what the backward pass needs until that has run.
struct Operation<R> {
    /// `[T, B, N]`.
    shape: Shape,
    /// x(t) until Candle takes it, and what was left behind.
    state: Mutex<(Option<Activity>, Option<R>)>,
    sink: Sink,
}

impl<R> Operation<R> {
    fn activity(&self) -> Result<Activity> {
        match self.state.lock().unwrap_or_else(PoisonError::into_inner).0.take() {
            Some(activity) => Ok(activity),
            None => bail!("this lifetime has been taken into the graph already"),
        }
    }
}

impl<R: Differentiate> CustomOp2 for Operation<R> {
    fn name(&self) -> &'static str {
        "plastic-lifetime"
    }

    fn cpu_fwd(&self, _: &CpuStorage, _: &Layout, _: &CpuStorage, _: &Layout) -> Result<(CpuStorage, Shape)> {
        match self.activity()? {
            Activity::Host(activity) => Ok((CpuStorage::F32(activity), self.shape.clone())),
            #[cfg(feature = "cuda")]
            Activity::Device(_) => bail!("a lifetime that was lived on the device cannot be taken to the CPU"),
        }
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(&self, driven: &CudaStorage, _: &Layout, _: &CudaStorage, _: &Layout) -> Result<(CudaStorage, Shape)> {
        match self.activity()? {
            Activity::Device(activity) => {
                Ok((CudaStorage::wrap_cuda_slice(activity, driven.device.clone()), self.shape.clone()))
            }
            Activity::Host(_) => bail!("a lifetime that was lived on the CPU cannot be taken to the device"),
        }
    }

    fn bwd(
        &self,
        driven: &Tensor,
        _learned: &Tensor,
        activity: &Tensor,
        activity_grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let record = self.state.lock().unwrap_or_else(PoisonError::into_inner).1.take();
        let Some(record) = record else { bail!("the backward pass of a lifetime can run once only") };
        let by_what_drove = record.differentiate(driven, activity, &activity_grad.contiguous()?, &self.sink)?;
        Ok((by_what_drove, None))
    }
}

/// What was lived, `shape` and values of its activities, attached to the graph of what it was driven with and of the
/// parameters. In that graph one of them, `learned`, stands for all: whatever drives a lifetime, they are learned. Where the
/// parameters are on a device without kernels of ours, Candle carries activities and their gradients over.
///
/// # Errors
/// When Candle refuses.
pub(in crate::plastic) fn attach<R: Differentiate + 'static>(
    record: R,
    (shape, activity): (Shape, Activity),
    driven: &Tensor,
    (parameters, learned): (&Parameters, &str),
) -> Result<Tensor> {
    let place = match &activity {
        Activity::Host(_) => &Device::Cpu,
        #[cfg(feature = "cuda")]
        Activity::Device(_) => parameters.device(),
    };
    let [driven, learned] = [&driven.contiguous()?, parameters.get(learned)?].map(|tensor| tensor.to_device(place));
    let operation = Operation { shape, state: Mutex::new((Some(activity), Some(record))), sink: parameters.sink() };
    driven?.apply_op2(&learned?, operation)?.to_device(parameters.device())
}
