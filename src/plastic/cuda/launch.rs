//! Launching the lifetime's kernels: memory, arguments, and how many lanes go at once.

use super::kernels::{BACKWARD, FORWARD};
use super::plan::{Division, Limits, Need, Plan, WARP};
use crate::device::cuda::kernels::{self, Kernel};
use crate::device::cuda::memory::{Buffer, allow_shared};
use crate::plastic::network::Recurrent;
use crate::plastic::writing::Writing;
use candle_core::cuda_backend::cudarc::driver::{
    CudaFunction, CudaSlice, CudaView, DeviceRepr, LaunchConfig, PushKernelArg as _, sys,
};
use candle_core::cuda_backend::{CudaDevice, WrapErr as _};
use candle_core::{Result, bail};

/// Threads of a block; the kernels are compiled for no more.
pub(super) const THREADS: u32 = 512;

// SAFETY: the struct has the fields of its namesake in the kernel, in the same order, and no padding.
unsafe impl DeviceRepr for Plan {}

/// What the device offers.
pub(super) fn limits(device: &CudaDevice) -> Result<Limits> {
    use sys::CUdevice_attribute as Attribute;
    let stream = device.cuda_stream();
    let context = stream.context();
    let number = |attribute| context.attribute(attribute).w().map(|value| value.max(0) as usize);
    Ok(Limits {
        processors: number(Attribute::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)?,
        shared_bytes: number(Attribute::CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN)?,
        memory_bytes: context.total_mem().w()?,
        threads: THREADS as usize,
    })
}

/// The lifetime's kernels, ready for one network and batch on one device.
pub(super) struct Launcher {
    device: CudaDevice,
    pub division: Division,
    bound: f32,
    forward: Prepared,
    backward: Prepared,
}

/// One kernel, and how many lanes of it are resident at once.
struct Prepared {
    function: CudaFunction,
    need: Need,
    together: usize,
    is_cooperative: bool,
}

/// Everything on the device that the backward kernel reads.
pub(super) struct BackwardContext<'a> {
    pub drive: &'a CudaView<'a, f32>,
    pub w: &'a CudaView<'a, f32>,
    pub alpha: &'a CudaView<'a, f32>,
    pub eta: &'a CudaView<'a, f32>,
    pub activity: &'a CudaView<'a, f32>,
    pub activity_grad: &'a CudaView<'a, f32>,
    pub frames: &'a CudaSlice<f32>,
    pub clamped: &'a CudaSlice<i32>,
}

/// What the backward kernel makes. The last dimensions of `alpha` are those of the kernel's `alpha_grad`.
pub(super) struct Made {
    pub delta: CudaSlice<f32>,
    pub drive: CudaSlice<f32>,
    pub alpha: CudaSlice<f32>,
    pub eta: CudaSlice<f64>,
}

impl Launcher {
    pub fn new(device: &CudaDevice, network: Recurrent, lanes: usize, steps: usize) -> Result<Self> {
        let limits = limits(device)?;
        let division = Division::new(network, lanes, steps, limits);
        let bound = network.writing().and_then(Writing::bound).unwrap_or(0.0);
        let prepare = |kernel, need| Prepared::new(device, kernel, need, &division, limits);
        let (forward, backward) = (prepare(FORWARD, division.forward)?, prepare(BACKWARD, division.backward)?);
        Ok(Self { device: device.clone(), division, bound, forward, backward })
    }

    /// Lives `steps` steps from `first_step` on; the buffers have room for them.
    pub fn forward(
        &self,
        first_step: usize,
        steps: usize,
        [drive, w, alpha, eta]: [&CudaView<'_, f32>; 4],
        [activity, trace, frames]: [&mut CudaSlice<f32>; 3],
        clamped: &mut CudaSlice<i32>,
    ) -> Result<()> {
        let (first_step, steps) = (first_step as i32, steps as i32);
        for (first_lane, lanes) in self.waves(&self.forward) {
            let mut scratch = self.scratch(&self.forward, lanes)?;
            let mut arrivals = self.device.alloc_zeros::<u32>(lanes)?;
            let first_lane = first_lane as i32;
            let stream = self.device.cuda_stream();
            let mut launch = stream.launch_builder(&self.forward.function);
            launch.arg(&self.division.plan).arg(&first_lane).arg(&first_step).arg(&steps).arg(&self.bound);
            launch.arg(drive).arg(w).arg(alpha).arg(eta).arg(&mut *activity).arg(&mut *trace).arg(&mut *frames);
            launch.arg(&mut *clamped).arg(&mut scratch.slice).arg(&mut arrivals);
            let shape = self.shape(&self.forward, lanes);
            // SAFETY: the arguments are those of `lifetime_forward`, in order, and as large as its comments say.
            unsafe {
                match self.forward.is_cooperative {
                    true => launch.launch_cooperative(shape),
                    false => launch.launch(shape),
                }
            }
            .w()?;
        }
        Ok(())
    }

    /// Runs whole lifetimes of `steps` steps backward.
    pub fn backward(&self, steps: usize, wants_drive: bool, lived: &BackwardContext<'_>) -> Result<Made> {
        let plan = &self.division.plan;
        let (neurons, batch) = (plan.neurons as usize, plan.lanes as usize);
        let all = steps * batch * neurons;
        let alpha = if plan.alpha_row != 0 { batch * neurons * neurons } else { batch * neurons };
        let room = |count| Ok::<_, candle_core::Error>(Buffer::<f32>::new(&self.device, count)?.slice);
        let parts_of_eta = batch * self.division.blocks * (THREADS as usize / WARP);
        let mut made = Made {
            delta: room(all)?,
            drive: room(if plan.clamps != 0 && wants_drive { all } else { 0 })?,
            alpha: room(if plan.rule == 3 { 0 } else { alpha })?,
            eta: Buffer::<f64>::new(&self.device, parts_of_eta)?.slice,
        };
        let (steps, wants_drive) = (steps as i32, i32::from(wants_drive));
        for (first_lane, lanes) in self.waves(&self.backward) {
            let mut scratch = self.scratch(&self.backward, lanes)?;
            let mut span = Buffer::<f32>::new(&self.device, self.division.span(lanes))?;
            let mut parts = Buffer::<f32>::new(&self.device, self.division.parts(lanes))?;
            let mut arrivals = self.device.alloc_zeros::<u32>(lanes)?;
            let first_lane = first_lane as i32;
            let stream = self.device.cuda_stream();
            let mut launch = stream.launch_builder(&self.backward.function);
            launch.arg(plan).arg(&first_lane).arg(&steps).arg(&wants_drive).arg(&self.bound);
            launch.arg(lived.drive).arg(lived.w).arg(lived.alpha).arg(lived.eta);
            launch.arg(lived.activity).arg(lived.activity_grad).arg(lived.frames).arg(lived.clamped);
            launch.arg(&mut made.delta).arg(&mut made.drive).arg(&mut made.alpha).arg(&mut made.eta);
            launch.arg(&mut span.slice).arg(&mut parts.slice).arg(&mut scratch.slice).arg(&mut arrivals);
            let shape = self.shape(&self.backward, lanes);
            // SAFETY: the arguments are those of `lifetime_backward`, in order, and as large as its comments say.
            unsafe {
                match self.backward.is_cooperative {
                    true => launch.launch_cooperative(shape),
                    false => launch.launch(shape),
                }
            }
            .w()?;
        }
        Ok(made)
    }

    /// First lane and number of lanes of each launch.
    fn waves(&self, kernel: &Prepared) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (batch, together) = (self.division.plan.lanes as usize, kernel.together);
        (0..batch).step_by(together).map(move |first| (first, together.min(batch - first)))
    }

    fn scratch(&self, kernel: &Prepared, lanes: usize) -> Result<Buffer<f32>> {
        Buffer::new(&self.device, kernel.need.scratch * self.division.blocks * lanes)
    }

    fn shape(&self, kernel: &Prepared, lanes: usize) -> LaunchConfig {
        LaunchConfig {
            grid_dim: (self.division.blocks as u32, lanes as u32, 1),
            block_dim: (THREADS, 1, 1),
            shared_mem_bytes: kernel.need.shared_bytes() as u32,
        }
    }
}

impl Prepared {
    fn new(device: &CudaDevice, kernel: Kernel, need: Need, division: &Division, limits: Limits) -> Result<Self> {
        let variant = Some((division.plan.rule, division.plan.in_shared != 0));
        let function = kernels::function(device, &Kernel { variant, ..kernel })?;
        allow_shared(device, &function, need.shared_bytes())?;
        // Blocks of one lane wait for each other, so all of them must be there at once.
        let is_cooperative = division.blocks > 1;
        let mut together = division.plan.lanes as usize;
        if is_cooperative {
            let resident = function.occupancy_max_active_blocks_per_multiprocessor(THREADS, need.shared_bytes(), None);
            let resident = resident.w()? as usize * limits.processors;
            if resident < division.blocks {
                let blocks = division.blocks;
                bail!("the device holds {resident} blocks of {} at once, a lifetime needs {blocks}", kernel.name);
            }
            together = together.min(resident / division.blocks);
        }
        // The grid's second dimension ends there.
        Ok(Self { function, need, together: together.clamp(1, 65_535), is_cooperative })
    }
}
