//! Kernels of our own: compiled for the device at hand when they are first needed.

use candle_core::cuda_backend::cudarc::driver::CudaFunction;
use candle_core::cuda_backend::cudarc::nvrtc::{CompileOptions, compile_ptx_with_opts};
use candle_core::cuda_backend::{CudaDevice, WrapErr as _};
use candle_core::{Error, Result};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// One kernel of one source.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    /// The source's name.
    pub file: &'static str,
    /// The source.
    pub source: &'static str,
    /// The kernel in it.
    pub name: &'static str,
    /// Which variant of the lifetime: the number of the rule, or whether modulation is retroactive, and whether matrices
    /// are in shared memory.
    pub variant: Option<(i32, bool)>,
}

/// A step of Adam.
pub const ADAM: Kernel =
    Kernel { file: "adam.cu", source: include_str!("../../../shaders/adam.cu"), name: "adam", variant: None };

/// Sums of squares.
pub const SQUARES: Kernel =
    Kernel { file: "norm.cu", source: include_str!("../../../shaders/norm.cu"), name: "squares", variant: None };

impl Kernel {
    /// What the compiler is told beside the source.
    fn definitions(&self) -> Vec<String> {
        self.variant.map_or_else(Vec::new, |(variant, in_shared)| {
            vec![format!("-DONLY_VARIANT={variant}"), format!("-DONLY_SHARED={in_shared}")]
        })
    }
}

/// Compiles a kernel's source to PTX for devices of compute capability `major.minor`.
///
/// # Errors
/// With the compiler's words.
///
/// # Panics
/// Where NVRTC is not installed and libraries are loaded at first use.
pub fn compile(kernel: &Kernel, (major, minor): (i32, i32)) -> Result<String> {
    let mut options = vec![format!("--gpu-architecture=compute_{major}{minor}"), "--std=c++17".to_owned()];
    options.extend(kernel.definitions());
    let options = CompileOptions { name: Some(kernel.file.to_owned()), options, ..CompileOptions::default() };
    let compiled = compile_ptx_with_opts(kernel.source, options);
    compiled.map(|ptx| ptx.to_src()).map_err(|error| Error::Msg(format!("{} was not compiled: {error:?}", kernel.file)))
}

/// The kernel on a device, compiled the first time.
pub(crate) fn function(device: &CudaDevice, kernel: &Kernel) -> Result<CudaFunction> {
    type Key = (usize, &'static str, Option<(i32, bool)>);
    static LOADED: Mutex<Option<HashMap<Key, CudaFunction>>> = Mutex::new(None);
    let stream = device.cuda_stream();
    let context = stream.context();
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let loaded = loaded.get_or_insert_default();
    let key = (context.ordinal(), kernel.name, kernel.variant);
    if let Some(function) = loaded.get(&key) {
        return Ok(function.clone());
    }
    let ptx = compile(kernel, context.compute_capability().w()?)?;
    // One module per variant holds both directions.
    let module = format!("hebbscope {} {:?}", kernel.file, kernel.variant);
    let function = device.get_or_load_custom_func(kernel.name, &module, &ptx)?.into_cuda_function();
    loaded.insert(key, function.clone());
    Ok(function)
}
