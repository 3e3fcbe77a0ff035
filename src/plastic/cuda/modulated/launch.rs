//! Launching the modulated lifetime's kernels: memory and arguments.

use super::plan::{Layout, ModulatedPlan};
use crate::device::cuda::kernels::{self, Kernel};
use crate::device::cuda::memory::{Buffer, allow_shared};
use crate::plastic::cuda::kernels::{MODULATED_BACKWARD, MODULATED_FORWARD};
use crate::plastic::cuda::launch::{self, THREADS};
use crate::plastic::writing::Modulation;
use candle_core::cuda_backend::cudarc::driver::{
    CudaFunction, CudaSlice, CudaView, DeviceRepr, LaunchConfig, PushKernelArg as _,
};
use candle_core::cuda_backend::{CudaDevice, WrapErr as _};
use candle_core::{Result, bail};

// SAFETY: the struct has the fields of its namesake in the kernel, in the same order, and no padding.
unsafe impl DeviceRepr for ModulatedPlan {}

/// The kernels, ready for one network and batch on one device.
pub(super) struct Launcher {
    device: CudaDevice,
    pub layout: Layout,
    bound: f32,
    forward: CudaFunction,
    backward: CudaFunction,
}

/// The parameters on the device, as the kernels read them.
#[derive(Clone, Copy)]
pub(super) struct Weights<'a> {
    /// `[N, N]` by columns.
    pub w: &'a CudaView<'a, f32>,
    /// `[N, N]` by columns.
    pub alpha: &'a CudaView<'a, f32>,
    /// m, a, b, c and η.
    pub mod_parameters: &'a CudaView<'a, f32>,
}

/// What has been lived, as the backward kernel reads it.
pub(super) struct BackwardContext<'a> {
    pub activity: &'a CudaView<'a, f32>,
    pub activity_grad: &'a CudaView<'a, f32>,
    pub modulator: &'a CudaSlice<f32>,
    pub frames: &'a CudaSlice<f32>,
}

/// What the backward kernel makes, with the shapes of its arguments.
pub(super) struct Made {
    pub delta: CudaSlice<f32>,
    pub alpha: CudaSlice<f32>,
    pub mod_parameters: CudaSlice<f32>,
}

impl Launcher {
    pub fn new(
        device: &CudaDevice,
        modulation: Modulation,
        neurons: usize,
        lanes: usize,
        steps: usize,
    ) -> Result<Self> {
        let limits = launch::limits(device)?;
        let layout = Layout::new(modulation, neurons, lanes, steps, limits);
        if !layout.fits(limits) {
            bail!("{neurons} modulated neurons are more than a block of this device has shared memory for");
        }
        let prepare = |kernel: Kernel, floats: usize| {
            let variant = Some((layout.plan.retroactive, layout.plan.in_shared != 0));
            let function = kernels::function(device, &Kernel { variant, ..kernel })?;
            allow_shared(device, &function, floats * size_of::<f32>())?;
            Ok::<_, candle_core::Error>(function)
        };
        let [forward, backward] = layout.shared;
        Ok(Self {
            device: device.clone(),
            layout,
            bound: modulation.bound,
            forward: prepare(MODULATED_FORWARD, forward)?,
            backward: prepare(MODULATED_BACKWARD, backward)?,
        })
    }

    /// Lives `steps` steps from `first_step` on; the buffers have room for them.
    pub fn forward(
        &self,
        (first_step, steps): (usize, usize),
        drive: &CudaView<'_, f32>,
        weights: Weights<'_>,
        [activity, modulator, state, frames]: [&mut CudaSlice<f32>; 4],
    ) -> Result<()> {
        let (first_step, steps) = (first_step as i32, steps as i32);
        let stream = self.device.cuda_stream();
        let mut launch = stream.launch_builder(&self.forward);
        launch.arg(&self.layout.plan).arg(&first_step).arg(&steps).arg(&self.bound);
        launch.arg(drive).arg(weights.w).arg(weights.alpha).arg(weights.mod_parameters);
        launch.arg(activity).arg(modulator).arg(state).arg(frames);
        // SAFETY: the arguments are those of `modulated_forward`, in order, and as large as its comments say.
        unsafe { launch.launch(self.shape(self.layout.shared[0])) }.w()?;
        Ok(())
    }

    /// Runs whole lifetimes of `steps` steps backward.
    pub fn backward(&self, steps: usize, weights: Weights<'_>, lived: &BackwardContext<'_>) -> Result<Made> {
        let Layout { plan, .. } = &self.layout;
        let (neurons, lanes) = (plan.neurons as usize, plan.lanes as usize);
        let room = |count: usize| Ok::<_, candle_core::Error>(Buffer::<f32>::new(&self.device, count)?.slice);
        let mut made = Made {
            delta: room(steps * lanes * neurons)?,
            alpha: room(lanes * neurons * neurons)?,
            mod_parameters: room(lanes * self.layout.mod_parameters())?,
        };
        let (mut span, mut scratch) = (room(self.layout.span())?, room(self.layout.scratch())?);
        let steps = steps as i32;
        let stream = self.device.cuda_stream();
        let mut launch = stream.launch_builder(&self.backward);
        launch.arg(plan).arg(&steps).arg(&self.bound);
        launch.arg(weights.w).arg(weights.alpha).arg(weights.mod_parameters);
        launch.arg(lived.activity).arg(lived.modulator).arg(lived.activity_grad).arg(lived.frames);
        launch.arg(&mut made.delta).arg(&mut made.alpha).arg(&mut made.mod_parameters).arg(&mut span).arg(&mut scratch);
        // SAFETY: the arguments are those of `modulated_backward`, in order, and as large as its comments say.
        unsafe { launch.launch(self.shape(self.layout.shared[1])) }.w()?;
        Ok(made)
    }

    fn shape(&self, shared_floats: usize) -> LaunchConfig {
        LaunchConfig {
            grid_dim: (self.layout.plan.lanes as u32, 1, 1),
            block_dim: (THREADS, 1, 1),
            shared_mem_bytes: (shared_floats * size_of::<f32>()) as u32,
        }
    }
}
