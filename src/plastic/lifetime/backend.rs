//! What whoever lives lifetimes can be asked: a backend is an implementation of [`Backend`] and a line in [`begin`].

use crate::plastic::alteration::Alteration;
use crate::plastic::cpu;
#[cfg(feature = "cuda")]
use crate::plastic::cuda;
use crate::plastic::gpu;
use crate::plastic::network::Recurrent;
use crate::plastic::parameters::Parameters;
use candle_core::{Result, Tensor};

/// Drives one lifetime of a batch whose next input depends on what it has just done.
///
/// In each step [`Self::drive`] comes first, then [`Self::take`]. Lifetimes are driven on several threads, and not in
/// step with each other.
pub trait Driver: Send {
    /// Writes what drives the neurons in this step, `[N]`.
    fn drive(&mut self, drive: &mut [f32]);
    /// Is told the activities of this step, x(t), `[N]`.
    fn take(&mut self, activity: &[f32]);
}

/// Bytes of matrices (w, α, H and their gradients) that the sweeps of a lifetime read and write, each matrix counted
/// once per sweep and group of lifetimes. Zero where no sweeps are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// In the forward pass.
    pub forward: u64,
    /// In the backward pass.
    pub backward: u64,
}

/// What a batch of lifetimes carries from one step to the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// x of the step before, `[B, N]`.
    pub activity: Vec<f32>,
    /// What each lifetime carries beside it, see [`Recurrent::state_len`]: H, then E where there is one; empty for a
    /// network without traces.
    pub traces: Vec<Vec<f32>>,
}

/// What is known of a batch of lifetimes before it is lived.
#[derive(Clone, Copy)]
pub(in crate::plastic) struct Beginning<'a> {
    /// How many lifetimes.
    pub batch: usize,
    /// About how many steps will come. It only tunes memory: any number may follow.
    pub steps: usize,
    /// What will drive all of these steps, `[T, B, N]`, where that is known.
    pub drive: Option<&'a Tensor>,
    /// What they carry into their first step; `None` where nothing comes before it.
    pub state: Option<&'a State>,
}

/// A batch of lifetimes in the making.
pub(in crate::plastic) trait Backend: Send {
    /// How many lifetimes.
    fn batch(&self) -> usize;

    /// How many steps have been lived.
    fn steps(&self) -> usize;

    /// Lives further steps; `drive` is `[steps, B, N]` where the parameters are.
    ///
    /// # Errors
    /// When memory is short or the device fails.
    fn advance(&mut self, drive: &Tensor) -> Result<()>;

    /// One step; `drive` is `[B, N]` on the host, and so is the answer x(t).
    ///
    /// # Errors
    /// As [`Self::advance`].
    fn step(&mut self, drive: &[f32]) -> Result<Vec<f32>>;

    /// Lives further steps, each lifetime driven by its own of `drivers`.
    ///
    /// # Errors
    /// As [`Self::advance`].
    fn advance_with(&mut self, drivers: &mut [&mut dyn Driver], steps: usize) -> Result<()>;

    /// Alters all lifetimes before their next step. `alpha` is the trained α, shaped as its kind says. They have no
    /// backward pass any more.
    ///
    /// # Errors
    /// Where lifetimes cannot be altered.
    fn alter(&mut self, alteration: &Alteration, alpha: &[f32]) -> Result<()>;

    /// H and E after the last step of one lifetime, `[N, N]` row major; empty where the network has none.
    ///
    /// # Errors
    /// When the device fails.
    ///
    /// # Panics
    /// When there is no such lifetime.
    fn traces(&self, lifetime: usize) -> Result<[Vec<f32>; 2]>;

    /// M(t) of one lifetime, `[T]`; empty for a network that does not modulate its traces.
    ///
    /// # Errors
    /// When the device fails.
    ///
    /// # Panics
    /// When there is no such lifetime.
    fn modulator(&self, lifetime: usize) -> Result<Vec<f32>>;

    /// x of all steps, `[T, B, N]`, row major.
    ///
    /// # Errors
    /// When the device fails.
    fn activity(&self) -> Result<Vec<f32>>;

    /// What the lifetimes move.
    fn traffic(&self) -> Traffic {
        Traffic::default()
    }

    /// Ends the lifetimes: x of all steps in the shape of `drive`, `[T, B, N]` or `[T·B, N]`, attached to the graph of
    /// `parameters` and of `drive`, what they were driven with.
    ///
    /// # Errors
    /// When Candle refuses.
    fn finish(self: Box<Self>, parameters: &Parameters, drive: &Tensor) -> Result<Tensor>;
}

/// Lifetimes that have not begun: on the parameters' device where there are kernels for it, otherwise on the host. Those
/// that carry something into their first step begin on the host where the tensors are there.
///
/// # Errors
/// When a parameter is missing, memory is short, or the kernels cannot be had.
pub(in crate::plastic) fn begin(
    network: Recurrent,
    parameters: &Parameters,
    beginning: Beginning<'_>,
) -> Result<Box<dyn Backend>> {
    #[cfg(feature = "cuda")]
    if parameters.device().is_cuda() {
        return cuda::begin(network, parameters, beginning);
    }
    if let Some(gpu) = parameters.gpu()
        && beginning.state.is_none()
    {
        return gpu::begin(gpu, network, parameters, beginning);
    }
    cpu::begin(network, parameters, beginning)
}
