//! Finding the device, without the panics that a missing library would be.

use super::kernels;
use crate::device::first_line;
use candle_core::Device;
use candle_core::cuda_backend::WrapErr as _;
use candle_core::cuda_backend::cudarc::driver::sys;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The names of the driver's library.
const DRIVER: &str = if cfg!(windows) { "nvcuda.dll" } else { "libcuda.so.1" };

/// Opens the first CUDA device: Candle's handle, its name, its memory in bytes.
///
/// # Errors
/// With the rest of a sentence that says what is missing.
pub fn open() -> Result<(Device, String, u64), String> {
    // SAFETY: the driver's library is the one that CUDA itself loads; its initialisers are what they are.
    let driver = unsafe { libloading::Library::new(DRIVER) };
    if driver.is_err() {
        return Err(format!("the NVIDIA driver ({DRIVER}) is not installed"));
    }
    // Where libraries are loaded at first use, one that is missing is a panic.
    let attempt = quietly(|| -> candle_core::Result<(Device, String, u64)> {
        // One stream for all threads, so that what one of them writes is in order for another.
        let device = Device::new_cuda_with_stream(0)?;
        let cuda = device.as_cuda_device()?;
        tune(cuda)?;
        let stream = cuda.cuda_stream();
        let context = stream.context();
        let (name, memory) = (context.name().w()?, context.total_mem().w()? as u64);
        // What training needs first shows here whether NVRTC is there.
        kernels::function(cuda, &kernels::SQUARES)?;
        Ok((device, name, memory))
    });
    match attempt {
        Ok(Ok(opened)) => Ok(opened),
        Ok(Err(error)) => Err(driver_words(&first_line(&error)).to_owned()),
        Err(panic) => Err(panic),
    }
}

/// What the driver said, out of `DriverError(CUDA_ERROR_NO_DEVICE, "no CUDA-capable device is detected")`.
fn driver_words(line: &str) -> &str {
    let quoted = line.strip_prefix("DriverError(").and_then(|rest| rest.split('"').nth(1));
    quoted.filter(|words| !words.is_empty()).unwrap_or(line)
}

/// Runs `work`; a panic comes back as its first line and prints nothing.
pub(super) fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // The hook is the process's: a panic elsewhere in this moment would go unreported, and only that.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = catch_unwind(AssertUnwindSafe(work));
    std::panic::set_hook(hook);
    outcome.map_err(|panic| {
        let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
        let words = words.or_else(|| panic.downcast_ref::<String>().cloned());
        words.map_or_else(|| "CUDA stopped without a reason".to_owned(), |words| first_line(&words))
    })
}

/// Two settings that matter where operations are many and small.
fn tune(device: &candle_core::CudaDevice) -> candle_core::Result<()> {
    // SAFETY: all work of this program goes to the device's one stream, in whose order it is done.
    unsafe { device.disable_event_tracking() };
    let stream = device.cuda_stream();
    // SAFETY: plain calls of the driver with places of the types that it documents.
    unsafe {
        let mut pool = std::mem::zeroed();
        sys::cuDeviceGetDefaultMemPool(&mut pool, stream.context().cu_device()).result().w()?;
        // Memory that is given back stays with the program; it is asked for again in the next iteration.
        let mut keep = u64::MAX;
        let threshold = sys::CUmemPool_attribute_enum::CU_MEMPOOL_ATTR_RELEASE_THRESHOLD;
        sys::cuMemPoolSetAttribute(pool, threshold, std::ptr::from_mut(&mut keep).cast()).result().w()?;
    }
    Ok(())
}
