//! The numbers of tensors on the CPU, lent without a copy.

use candle_core::{CpuStorage, Layout, Result, Storage, Tensor, bail};

/// Lends the values of a contiguous float32 tensor in main memory.
pub(super) fn with_values<T>(tensor: &Tensor, look: impl FnOnce(&[f32]) -> Result<T>) -> Result<T> {
    let (storage, layout) = tensor.storage_and_layout();
    look(values_at(&storage, layout)?)
}

/// The same of what a tensor has lent already.
pub(super) fn values_at<'a>(storage: &'a Storage, layout: &Layout) -> Result<&'a [f32]> {
    match storage {
        Storage::Cpu(storage) => values_of(storage, layout),
        _ => bail!("a lifetime on the CPU needs contiguous float32 tensors in main memory"),
    }
}

/// The same of what an operation is given.
pub(super) fn values_of<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(values), Some((begin, end))) => Ok(&values[begin..end]),
        _ => bail!("a lifetime on the CPU needs contiguous float32 tensors in main memory"),
    }
}
