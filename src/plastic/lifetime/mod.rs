//! The recurrence of a whole lifetime as one Candle operation.
//!
//! [`live`] runs it at once; a [`Stepper`] runs it step by step when the next input depends on the
//! last output. Either way the activities come back as one tensor that is part of Candle's graph, with
//! one hand-derived backward pass behind it: no node per step, no stored traces, no recursion.
//!
//! | file | subject |
//! |---|---|
//! | [`stepper`] | a batch of lifetimes, lived at once, step by step, or from a given state on |
//! | `backend` | what whoever lives them can be asked: the CPU, any graphics processor, CUDA |
//! | `graph` | their place in Candle's graph |

pub(super) mod backend;
pub(super) mod graph;
pub mod stepper;

pub use backend::{Driver, State, Traffic};
pub use stepper::Stepper;

use super::network::Recurrent;
use super::parameters::Parameters;
use candle_core::{Result, Tensor, bail};

/// What lifetimes come to.
pub struct LifetimeOutput {
    /// x(t) for every step and lifetime, `[T, B, N]`, attached to the graph of the parameters and the drive.
    pub activity: Tensor,
    /// H after the last step, `[N, N]` row major, of each lifetime; empty unless asked for.
    pub final_traces: Vec<Vec<f32>>,
    /// What the lifetimes move.
    pub traffic: Traffic,
}

/// Lives whole lifetimes: `drive` is `[T, B, N]`.
///
/// With `keep_traces` the final trace of every lifetime is returned as well.
///
/// # Errors
/// When a parameter is missing, shapes do not fit the network, or the device fails.
pub fn live(network: Recurrent, parameters: &Parameters, drive: &Tensor, keep_traces: bool) -> Result<LifetimeOutput> {
    let (_, batch, neurons) = drive.dims3()?;
    if neurons != network.neurons {
        bail!("the drive has {neurons} neurons, the network {}", network.neurons);
    }
    let stepper = Stepper::live(network, parameters, drive)?;
    let kept = if keep_traces { 0..batch } else { 0..0 };
    let final_traces = kept.map(|lifetime| stepper.trace(lifetime)).collect::<Result<_>>()?;
    let traffic = stepper.traffic();
    Ok(LifetimeOutput { activity: stepper.finish(parameters, drive)?, final_traces, traffic })
}
