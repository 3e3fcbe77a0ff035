//! What lifetimes on the device can be asked, whatever writes their traces.

use super::{modulated, record};
use crate::device::cuda::memory::Buffer;
use crate::plastic::graph::Activity;
use crate::plastic::network::Network;
use crate::plastic::parameters::Parameters;
use candle_core::cuda_backend::CudaDevice;
use candle_core::{Device, Error, Result, Shape, Tensor};

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

/// A batch of lifetimes on the device.
pub(crate) trait Lifetimes: Send {
    /// How far they have been lived.
    fn progress(&self) -> &Progress;

    /// Lives further steps; `drive` is `[steps, B, N]` on this device.
    ///
    /// # Errors
    /// When memory is short or the device fails.
    fn advance(&mut self, drive: &Tensor) -> Result<()>;

    /// H and E after the last step of one lane, `[N, N]` row major; empty where the network has none.
    ///
    /// # Errors
    /// When the device fails.
    ///
    /// # Panics
    /// When there is no such lane.
    fn traces(&self, lane: usize) -> Result<[Vec<f32>; 2]>;

    /// M(t) of one lane, `[T]`; empty for a network that does not modulate its traces.
    ///
    /// # Errors
    /// When the device fails.
    ///
    /// # Panics
    /// When there is no such lane.
    fn modulator(&self, lane: usize) -> Result<Vec<f32>>;

    /// Ends the lifetimes: x of all steps, `[T, B, N]`, attached to the graph of `parameters` and of `drive`.
    ///
    /// # Errors
    /// When Candle refuses.
    fn finish(self: Box<Self>, parameters: &Parameters, drive: &Tensor) -> Result<Tensor>;

    /// How many lanes.
    fn batch(&self) -> usize {
        self.progress().batch
    }

    /// How many steps have been lived.
    fn steps(&self) -> usize {
        self.progress().steps
    }

    /// One step; `drive` is `[B, N]` on the host, and so is the answer x(t).
    ///
    /// # Errors
    /// As [`Self::advance`].
    fn step(&mut self, drive: &[f32]) -> Result<Vec<f32>> {
        let Progress { device, neurons, batch, .. } = self.progress();
        let drive = Tensor::from_slice(drive, (1, *batch, *neurons), &Device::Cuda(device.clone()))?;
        self.advance(&drive)?;
        self.progress().activity_at(self.steps() - 1)
    }
}

/// Lifetimes of `batch` lanes that have not begun. `expected_steps` only tunes memory.
///
/// # Errors
/// When memory is short or the kernels cannot be had.
pub(crate) fn begin(
    network: Network,
    parameters: &Parameters,
    batch: usize,
    expected_steps: usize,
) -> Result<Box<dyn Lifetimes>> {
    network.check().map_err(Error::Msg)?;
    Ok(match network.modulation() {
        Some(modulation) => Box::new(modulated::Record::new(network, modulation, parameters, batch, expected_steps)?),
        None => Box::new(record::Record::new(network, parameters, batch, expected_steps)?),
    })
}
