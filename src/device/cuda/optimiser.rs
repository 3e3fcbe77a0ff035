//! Adam and the gradient's norm on the device: per iteration only the norm returns to the host.

use super::kernels::{self, ADAM, SQUARES};
use super::memory::Buffer;
use candle_core::cuda_backend::WrapErr as _;
use candle_core::cuda_backend::cudarc::driver::{CudaSlice, LaunchConfig, PushKernelArg as _};
use candle_core::{CudaStorage, Device, Layout, Result, Storage, Tensor, bail};

const THREADS: u32 = 256;

/// The most blocks of one launch: a few per multiprocessor of the largest devices.
const MOST_BLOCKS: usize = 512;

/// First and second moment of one parameter.
pub(crate) struct Moments {
    first: CudaSlice<f32>,
    second: CudaSlice<f32>,
}

fn blocks(count: usize) -> u32 {
    count.div_ceil(THREADS as usize).clamp(1, MOST_BLOCKS) as u32
}

fn shape(count: usize) -> LaunchConfig {
    LaunchConfig { grid_dim: (blocks(count), 1, 1), block_dim: (THREADS, 1, 1), shared_mem_bytes: 0 }
}

impl Moments {
    /// Takes moments to the device.
    pub fn new(device: &Device, first: &[f32], second: &[f32]) -> Result<Self> {
        let device = device.as_cuda_device()?;
        Ok(Self { first: device.clone_htod(first)?, second: device.clone_htod(second)? })
    }

    /// Moments of `count` values before the first step.
    pub fn zero(device: &Device, count: usize) -> Result<Self> {
        let device = device.as_cuda_device()?;
        Ok(Self { first: device.alloc_zeros(count)?, second: device.alloc_zeros(count)? })
    }

    /// A copy on the host: first, then second moment.
    pub fn to_host(&self, device: &Device) -> Result<[Vec<f32>; 2]> {
        let device = device.as_cuda_device()?;
        Ok([device.clone_dtoh(&self.first)?, device.clone_dtoh(&self.second)?])
    }

    /// Moves `values` by one step along `scale` times `gradient`. `constants` are step, root, β1, β2, ε.
    pub fn step(
        &mut self,
        values: &mut CudaStorage,
        layout: &Layout,
        gradient: &Tensor,
        scale: f32,
        [step, root, beta1, beta2, eps]: [f32; 5],
    ) -> Result<()> {
        let device = values.device.clone();
        let (storage, gradient_layout) = gradient.storage_and_layout();
        let (Storage::Cuda(gradient), Some((begin, end)), Some((first, last))) =
            (&*storage, gradient_layout.contiguous_offsets(), layout.contiguous_offsets())
        else {
            bail!("parameters and their gradients are contiguous float32 tensors of one device");
        };
        let count = last - first;
        if end - begin != count || self.first.len() != count {
            bail!("a gradient of {} values does not fit a parameter of {count}", end - begin);
        }
        let gradient = gradient.as_cuda_slice::<f32>()?.slice(begin..end);
        let mut values = values.as_cuda_slice_mut::<f32>()?.slice_mut(first..last);
        let function = kernels::function(&device, &ADAM)?;
        let stream = device.cuda_stream();
        let total = count as u64;
        let mut launch = stream.launch_builder(&function);
        launch.arg(&mut values).arg(&gradient).arg(&mut self.first).arg(&mut self.second).arg(&total);
        launch.arg(&scale).arg(&step).arg(&root).arg(&beta1).arg(&beta2).arg(&eps);
        // SAFETY: the arguments are those of `adam`, in order; all four arrays hold `count` values.
        unsafe { launch.launch(shape(count)) }.w()?;
        Ok(())
    }
}

/// The sum of the squares of a tensor's values.
pub(crate) fn squared_norm(tensor: &Tensor) -> Result<f64> {
    let (storage, layout) = tensor.storage_and_layout();
    let (Storage::Cuda(storage), Some((begin, end))) = (&*storage, layout.contiguous_offsets()) else {
        bail!("gradients are contiguous float32 tensors");
    };
    let (device, count) = (&storage.device, end - begin);
    let values = storage.as_cuda_slice::<f32>()?.slice(begin..end);
    let mut sums = Buffer::<f64>::new(device, (blocks(count) * (THREADS / 32)) as usize)?;
    let function = kernels::function(device, &SQUARES)?;
    let stream = device.cuda_stream();
    let total = count as u64;
    let mut launch = stream.launch_builder(&function);
    launch.arg(&values).arg(&total).arg(&mut sums.slice);
    // SAFETY: the arguments are those of `squares`, in order, with one sum for every warp of the launch.
    unsafe { launch.launch(shape(count)) }.w()?;
    Ok(device.clone_dtoh(&sums.slice)?.iter().sum())
}
