//! Lifetimes on the device as one operation in Candle's graph, whatever writes their traces.

use candle_core::cuda_backend::cudarc::driver::{CudaSlice, CudaView, DeviceRepr};
use candle_core::cuda_backend::{CudaDType, CudaDevice};
use candle_core::op::BackpropOp;
use candle_core::{CpuStorage, CudaStorage, CustomOp3, Layout, Result, Shape, Storage, Tensor, bail};
use std::sync::{Mutex, PoisonError};

/// What lifetimes leave behind so that they can be run backward.
pub(super) trait Differentiate: Send {
    /// Gradients with respect to the operation's three inputs. Both other tensors are `[T, B, N]`, the second
    /// contiguous.
    ///
    /// # Errors
    /// When memory is short or the device fails.
    fn differentiate(
        self,
        inputs: [&Tensor; 3],
        activity: &Tensor,
        activity_grad: &Tensor,
    ) -> Result<[Option<Tensor>; 3]>;
}

/// The operation: it owns what the backward pass needs until that has run.
pub(super) struct Operation<R> {
    /// `[T, B, N]`.
    shape: Shape,
    /// x(t) until Candle takes it, and what was left behind.
    state: Mutex<(Option<CudaSlice<f32>>, Option<R>)>,
}

impl<R> Operation<R> {
    /// Of lifetimes that came to `activity`, of shape `[T, B, N]`.
    pub fn new(shape: Shape, activity: CudaSlice<f32>, record: R) -> Self {
        Self { shape, state: Mutex::new((Some(activity), Some(record))) }
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
        bail!("a lifetime that was lived on the device cannot be taken to the CPU")
    }

    fn cuda_fwd(
        &self,
        first: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
    ) -> Result<(CudaStorage, Shape)> {
        let activity = self.state.lock().unwrap_or_else(PoisonError::into_inner).0.take();
        let Some(activity) = activity else { bail!("this lifetime has been taken into the graph already") };
        Ok((CudaStorage::wrap_cuda_slice(activity, first.device.clone()), self.shape.clone()))
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

/// Values on the device as a tensor outside the graph.
pub(super) fn tensor<T: CudaDType + DeviceRepr>(
    device: &CudaDevice,
    slice: CudaSlice<T>,
    shape: impl Into<Shape>,
) -> Tensor {
    let storage = Storage::Cuda(CudaStorage::wrap_cuda_slice(slice, device.clone()));
    Tensor::from_storage(storage, shape, BackpropOp::none(), false)
}

/// The values of a contiguous float32 tensor on the device.
///
/// # Errors
/// When it is not one.
pub(super) fn view<'a>(
    (storage, layout): &'a (impl std::ops::Deref<Target = Storage>, &Layout),
) -> Result<CudaView<'a, f32>> {
    let (Storage::Cuda(storage), Some((begin, end))) = (&**storage, layout.contiguous_offsets()) else {
        bail!("a lifetime on the device needs contiguous tensors there");
    };
    Ok(storage.as_cuda_slice::<f32>()?.slice(begin..end))
}

/// dL/dw = Σ_t x(t−1)ᵀ δ(t), over all lanes: one product at the end. Both tensors are `[T, B, N]`.
///
/// # Errors
/// When memory is short or the device fails.
pub(super) fn weight_gradient(activity: &Tensor, delta: &Tensor) -> Result<Tensor> {
    let (steps, batch, neurons) = activity.dims3()?;
    let rows = steps.saturating_sub(1) * batch;
    if rows == 0 {
        return Tensor::zeros((neurons, neurons), activity.dtype(), activity.device());
    }
    let before = activity.detach().reshape((steps * batch, neurons))?.narrow(0, 0, rows)?;
    let delta = delta.reshape((steps * batch, neurons))?.narrow(0, batch, rows)?;
    before.t()?.matmul(&delta)
}
