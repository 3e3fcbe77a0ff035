//! The lifetime on any graphics processor, in WGSL: ruled, modulated and non-plastic, forward and backward.
//!
//! A lifetime goes to the device as one list of dispatches and nothing returns before somebody asks. A small network is
//! lived by one workgroup a lane, many steps a dispatch; in a large one, and in one that modulates its traces, each step
//! is a dispatch in which a workgroup has some columns. Traces are kept every √T steps, and those between them are
//! rebuilt span by span on the way back. Parameters are Candle's, in main memory: they go over when lifetimes begin, and
//! their gradients come back, folded to their sizes. What is beside lifetimes stays on the CPU.
//!
//! | file | subject |
//! |---|---|
//! | [`kernels`] | the entry points of `shaders/lifetime.wgsl` |
//! | [`plan`] | how a batch is divided; plain numbers |
//! | `record` | a batch of lifetimes, forward |
//! | `gradient` | the same backward |
//! | `packed` | parameters as the kernels and Candle's graph have them |

mod gradient;
pub mod kernels;
mod packed;
pub mod plan;
mod record;

use super::lifetime::backend::{Backend, Beginning};
use super::network::Recurrent;
use super::parameters::Parameters;
use crate::device::gpu::Gpu;
use candle_core::Result;
use std::sync::Arc;

/// Lifetimes on a graphics processor that have not begun.
///
/// # Errors
/// When the network is too large for the device, or memory is short there.
pub(super) fn begin(
    gpu: &Arc<Gpu>,
    network: Recurrent,
    parameters: &Parameters,
    beginning: Beginning<'_>,
) -> Result<Box<dyn Backend>> {
    Ok(Box::new(record::Record::new(gpu, network, parameters, beginning.batch, beginning.steps)?))
}
