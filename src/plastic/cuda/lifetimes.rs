//! What lifetimes on the device have in common, whatever writes their traces.

use super::{modulated, record};
use crate::device::cuda::memory::Buffer;
use crate::plastic::lifetime::Driver;
use crate::plastic::lifetime::backend::{Backend, Beginning};
use crate::plastic::lifetime::graph::Activity;
use crate::plastic::network::Recurrent;
use crate::plastic::parameters::Parameters;
use candle_core::cuda_backend::CudaDevice;
use candle_core::{Device, Result, Shape, Tensor, bail};

/// How far a batch of lifetimes has been lived.
pub(crate) struct Progress {
    /// Where.
    pub(super) device: CudaDevice,
    /// N.
    pub(super) neurons: usize,
    /// How many lanes.
    pub(super) batch: usize,
    /// How many steps.
    pub(super) steps: usize,
    /// x(t) of all these steps, `[T, B, N]`, and room behind them.
    pub(super) activity: Buffer<f32>,
}

impl Progress {
    /// Not at all yet. `expected_steps` only tunes memory.
    ///
    /// # Errors
    /// When memory is short.
    pub(super) fn new(device: &CudaDevice, neurons: usize, batch: usize, expected_steps: usize) -> Result<Self> {
        let activity = Buffer::new(device, expected_steps * batch * neurons)?;
        Ok(Self { device: device.clone(), neurons, batch, steps: 0, activity })
    }

    /// Makes room for so many steps in all.
    ///
    /// # Errors
    /// When memory is short.
    pub(super) fn reserve(&mut self, steps: usize) -> Result<()> {
        self.activity.reserve(&self.device, steps * self.batch * self.neurons)
    }

    /// x(t) of every lane at one step, `[B, N]`.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn activity_at(&self, step: usize) -> Result<Vec<f32>> {
        let row = self.batch * self.neurons;
        self.device.clone_dtoh(&self.activity.slice.slice(step * row..(step + 1) * row))
    }

    /// x(t) of all steps, `[T, B, N]`, on the host.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn activity(&self) -> Result<Vec<f32>> {
        self.device.clone_dtoh(&self.activity.slice.slice(..self.steps * self.batch * self.neurons))
    }

    /// What drives one step, `[B, N]` on the host, as `[1, B, N]` on the device.
    ///
    /// # Errors
    /// When memory is short or the device fails.
    pub(super) fn upload(&self, drive: &[f32]) -> Result<Tensor> {
        Tensor::from_slice(drive, (1, self.batch, self.neurons), &Device::Cuda(self.device.clone()))
    }

    /// Takes x(t) of all steps out, to be made part of the graph.
    ///
    /// # Errors
    /// When memory is short.
    pub(super) fn take(&mut self) -> Result<(Shape, Activity)> {
        let shape = Shape::from((self.steps, self.batch, self.neurons));
        let activity = self.activity.take_exactly(&self.device, shape.elem_count())?;
        Ok((shape, Activity::Device(activity)))
    }
}

/// Lives further steps on the device, each driven from the host.
///
/// # Errors
/// When memory is short or the device fails.
pub(super) fn advance_with(
    lifetimes: &mut impl Backend,
    neurons: usize,
    drivers: &mut [&mut dyn Driver],
    steps: usize,
) -> Result<()> {
    let mut drive = vec![0.0; drivers.len() * neurons];
    for _ in 0..steps {
        drivers.iter_mut().zip(drive.chunks_exact_mut(neurons)).for_each(|(driver, drive)| driver.drive(drive));
        let activity = lifetimes.step(&drive)?;
        drivers.iter_mut().zip(activity.chunks_exact(neurons)).for_each(|(driver, activity)| driver.take(activity));
    }
    Ok(())
}

/// Lifetimes on the device that have not begun.
///
/// # Errors
/// When memory is short, the kernels cannot be had, or the lifetimes carry something into their first step.
pub(in crate::plastic) fn begin(
    network: Recurrent,
    parameters: &Parameters,
    beginning: Beginning<'_>,
) -> Result<Box<dyn Backend>> {
    let Beginning { batch, steps, state, .. } = beginning;
    if state.is_some() {
        bail!("a lifetime goes on from a state on the CPU only, expected its parameters there");
    }
    Ok(match network.modulation() {
        Some(modulation) => Box::new(modulated::Record::new(network, modulation, parameters, batch, steps)?),
        None => Box::new(record::Record::new(network, parameters, batch, steps)?),
    })
}

/// What altering lifetimes on the device comes to.
///
/// # Errors
/// Always: no kernel does it.
pub(super) fn alter() -> Result<()> {
    bail!("a lifetime is altered on the CPU only, expected its parameters there")
}
