//! What lifetimes on the device can be asked, whatever writes their traces.

use super::{modulated, record};
use crate::plastic::network::Network;
use crate::plastic::parameters::Parameters;
use candle_core::cuda_backend::CudaDevice;
use candle_core::cuda_backend::cudarc::driver::CudaSlice;
use candle_core::{Device, Error, Result, Tensor};

/// A batch of lifetimes on the device.
pub(crate) trait Lifetimes: Send {
    /// Where they are lived.
    fn device(&self) -> &CudaDevice;

    /// N.
    fn neurons(&self) -> usize;

    /// How many lanes.
    fn batch(&self) -> usize;

    /// How many steps have been lived.
    fn steps(&self) -> usize;

    /// x(t) of all steps that have been lived, `[T, B, N]`, and room behind them.
    fn activity(&self) -> &CudaSlice<f32>;

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

    /// One step; `drive` is `[B, N]` on the host, and so is the answer x(t).
    ///
    /// # Errors
    /// As [`Self::advance`].
    fn step(&mut self, drive: &[f32]) -> Result<Vec<f32>> {
        let shape = (1, self.batch(), self.neurons());
        let drive = Tensor::from_slice(drive, shape, &Device::Cuda(self.device().clone()))?;
        self.advance(&drive)?;
        self.activity_at(self.steps() - 1)
    }

    /// x(t) of every lane at one step, `[B, N]`.
    ///
    /// # Errors
    /// When the device fails.
    fn activity_at(&self, step: usize) -> Result<Vec<f32>> {
        let row = self.batch() * self.neurons();
        self.device().clone_dtoh(&self.activity().slice(step * row..(step + 1) * row))
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
    Ok(match network.modulation {
        Some(modulation) => {
            modulation.check().map_err(Error::Msg)?;
            Box::new(modulated::Record::new(modulation, parameters, batch, expected_steps)?)
        }
        None => Box::new(record::Record::new(network, parameters, batch, expected_steps)?),
    })
}
