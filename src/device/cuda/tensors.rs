//! Between the device's memory and Candle's tensors.

use candle_core::cuda_backend::cudarc::driver::{CudaSlice, CudaView, DeviceRepr};
use candle_core::cuda_backend::{CudaDType, CudaDevice};
use candle_core::op::BackpropOp;
use candle_core::{CudaStorage, Layout, Result, Shape, Storage, Tensor, bail};

/// Values on the device as a tensor outside the graph.
pub(crate) fn tensor<T: CudaDType + DeviceRepr>(
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
pub(crate) fn view<'a>(
    (storage, layout): &'a (impl std::ops::Deref<Target = Storage>, &Layout),
) -> Result<CudaView<'a, f32>> {
    let (Storage::Cuda(storage), Some((begin, end))) = (&**storage, layout.contiguous_offsets()) else {
        bail!("a lifetime on the device needs contiguous tensors there");
    };
    Ok(storage.as_cuda_slice::<f32>()?.slice(begin..end))
}
