//! A batch of lifetimes as one operation in Candle's graph, wherever it was lived and whatever wrote its traces.

#[cfg(feature = "cuda")]
use candle_core::CudaStorage;
#[cfg(feature = "cuda")]
use candle_core::cuda_backend::cudarc::driver::CudaSlice;
use candle_core::{CpuStorage, CustomOp3, Device, Layout, Result, Shape, Tensor, bail};
use std::sync::{Mutex, PoisonError};

/// What lifetimes leave behind so that they can be run backward.
pub(in crate::plastic) trait Differentiate: Send {
    /// Gradients with respect to the operation's three inputs. Both other tensors are `[T, B, N]`, the second
    /// contiguous.
    ///
    /// # Errors
    /// When shapes do not fit, memory is short or the device fails.
    fn differentiate(
        self,
        inputs: [&Tensor; 3],
        activity: &Tensor,
        activity_grad: &Tensor,
    ) -> Result<[Option<Tensor>; 3]>;
}

/// x(t) of all steps and lifetimes, `[T, B, N]`, where it lies.
pub(in crate::plastic) enum Activity {
    Host(Vec<f32>),
    #[cfg(feature = "cuda")]
    Device(CudaSlice<f32>),
}

/// The operation: it owns what the backward pass needs until that has run.
pub(in crate::plastic) struct Operation<R> {
    /// `[T, B, N]`.
    shape: Shape,
    /// x(t) until Candle takes it, and what was left behind.
    state: Mutex<(Option<Activity>, Option<R>)>,
}

impl<R> Operation<R> {
    /// Of lifetimes that came to `activity`, of shape `[T, B, N]`.
    pub fn new(shape: Shape, activity: Activity, record: R) -> Self {
        Self { shape, state: Mutex::new((Some(activity), Some(record))) }
    }

    fn activity(&self) -> Result<Activity> {
        match self.state.lock().unwrap_or_else(PoisonError::into_inner).0.take() {
            Some(activity) => Ok(activity),
            None => bail!("this lifetime has been taken into the graph already"),
        }
    }
}

impl<R: Differentiate> CustomOp3 for Operation<R> {
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
        match self.activity()? {
            Activity::Host(activity) => Ok((CpuStorage::F32(activity), self.shape.clone())),
            #[cfg(feature = "cuda")]
            Activity::Device(_) => bail!("a lifetime that was lived on the device cannot be taken to the CPU"),
        }
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(
        &self,
        first: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
    ) -> Result<(CudaStorage, Shape)> {
        match self.activity()? {
            Activity::Device(activity) => {
                Ok((CudaStorage::wrap_cuda_slice(activity, first.device.clone()), self.shape.clone()))
            }
            Activity::Host(_) => bail!("a lifetime that was lived on the CPU cannot be taken to the device"),
        }
    }

    fn bwd(
        &self,
        first: &Tensor,
        second: &Tensor,
        third: &Tensor,
        activity: &Tensor,
        activity_grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let record = self.state.lock().unwrap_or_else(PoisonError::into_inner).1.take();
        let Some(record) = record else { bail!("the backward pass of a lifetime can run once only") };
        let [first, second, third] =
            record.differentiate([first, second, third], activity, &activity_grad.contiguous()?)?;
        Ok((first, second, third))
    }
}

/// What was lived on the host, attached to the graph of three inputs, the first of them the drive, whose shape the
/// activities have too. Where these are on a device without kernels of ours, Candle carries values and gradients over.
///
/// # Errors
/// When Candle refuses.
pub(in crate::plastic) fn attach<R: Differentiate + 'static>(
    record: R,
    activity: Vec<f32>,
    [drive, w, packed]: [&Tensor; 3],
    device: &Device,
) -> Result<Tensor> {
    let operation = Operation::new(drive.shape().clone(), Activity::Host(activity), record);
    let [drive, w, packed] = [&drive.contiguous()?, w, packed].map(|tensor| tensor.to_device(&Device::Cpu));
    drive?.apply_op3(&w?, &packed?, operation)?.to_device(device)
}
