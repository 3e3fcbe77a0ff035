//! Memory of the device, and how much of it the blocks of a kernel share.

use candle_core::Result;
use candle_core::cuda_backend::cudarc::driver::{CudaFunction, CudaSlice, DeviceRepr, sys};
use candle_core::cuda_backend::{CudaDevice, WrapErr as _};

/// Memory of the device that can grow; what lies behind what has been written is not initialised.
pub(crate) struct Buffer<T: DeviceRepr> {
    pub slice: CudaSlice<T>,
}

impl<T: DeviceRepr> Buffer<T> {
    /// Room for `count` values.
    pub fn new(device: &CudaDevice, count: usize) -> Result<Self> {
        // SAFETY: the kernels write every value before they read it. The driver gives out no empty memory.
        Ok(Self { slice: unsafe { device.alloc(count.max(1)) }? })
    }

    /// Makes room for `count` values, keeping those that are there.
    pub fn reserve(&mut self, device: &CudaDevice, count: usize) -> Result<()> {
        let held = self.slice.len();
        if count > held {
            let mut grown = Self::new(device, count.max(2 * held))?;
            device.memcpy_dtod(&self.slice, &mut grown.slice.slice_mut(..held))?;
            *self = grown;
        }
        Ok(())
    }

    /// Takes the first `count` values, and nothing behind them, out.
    pub fn take_exactly(&mut self, device: &CudaDevice, count: usize) -> Result<CudaSlice<T>> {
        let taken = std::mem::replace(self, Self::new(device, 0)?).slice;
        if taken.len() == count {
            return Ok(taken);
        }
        let mut exact = Self::new(device, count)?;
        device.memcpy_dtod(&taken.slice(..count), &mut exact.slice)?;
        Ok(exact.slice)
    }
}

/// Allows the blocks of a kernel so much shared memory.
pub(crate) fn allow_shared(device: &CudaDevice, function: &CudaFunction, bytes: usize) -> Result<()> {
    device.cuda_stream().context().bind_to_thread().w()?;
    let attribute = sys::CUfunction_attribute_enum::CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
    function.set_attribute(attribute, i32::try_from(bytes).unwrap_or(i32::MAX)).w()
}
