//! The lifetime on the CPU: forward and backward sweeps over blocks of rows.
//!
//! Bytes are what a lifetime costs, so each connection is touched as rarely as the equations allow:
//!
//! - **One sweep does a product and the updates before it.** While a row of H is in registers it is
//!   brought up to date and multiplied.
//! - **A step in which every neuron is clamped needs no sweep.** Its activities are given, so its update
//!   waits and is carried out in registers by the next sweep that has a product to make ([`Schedule`]).
//! - **Lanes share weights.** Up to [`GROUP_LANES`] lifetimes of a batch go through a few rows of w and α
//!   one after the other, while these rows and their gradients are in the first-level cache.
//! - **What a lifetime is swept in begins with a cache line** ([`Buffer`]), so that no vector lies across two.
//!
//! Rows are dealt out in blocks of a fixed size and lanes in groups of a fixed size. Threads take
//! groups, blocks or both, and partial sums are always added in block and lane order: the result does
//! not depend on how many threads there are, nor on how wide the machine's vectors are, because every
//! sum along a row runs in [`WIDTH`] fixed lanes. (dL/dw is a matrix product of Candle's, in its own
//! fixed order.) Products are fused with their sums where the machine can do that, so machines without
//! fused multiply-add may differ in the last bits of sums. A trace is written without it: the same
//! activities give the same trace, bit for bit, on every machine.

mod activation;
mod altered;
mod backward;
mod block_gradients;
mod buffer;
mod driven;
mod forward;
mod lstm;
mod modulated;
mod operation;
mod rows;
mod schedule;
mod sweep;
mod weights;
mod workspace;

use super::lifetime::backend::{Backend, Beginning};
use super::network::Recurrent;
use super::parameters::Parameters;
pub(super) use activation::{exp_of_negative, tanh};
use backward::Gradients;
use buffer::Buffer;
use candle_core::Result;
use forward::{CapacityHint, Record};
pub(super) use lstm::live as live_lstm;
pub(super) use modulated::ModulatedUpdate;
pub(super) use sweep::TraceSweep;
use weights::Weights;
pub(super) use workspace::Workspace;

/// Lifetimes on the host that have not begun.
///
/// # Errors
/// When a parameter is missing.
pub(super) fn begin(network: Recurrent, parameters: &Parameters, beginning: Beginning<'_>) -> Result<Box<dyn Backend>> {
    Ok(match network.modulation() {
        Some(_) => Box::new(modulated::begin(network, parameters, beginning)?),
        None => Box::new(operation::begin(network, parameters, beginning)?),
    })
}

/// Rows are padded to a multiple of this many floats, and sums along a row run in this many lanes.
pub(super) const WIDTH: usize = 16;

/// Rows of one block: small enough that blocks share out evenly, large enough to amortise a hand-over.
const BLOCK_ROWS: usize = 64;

/// The number of rows is padded to a multiple of this: so many are swept side by side.
const CHUNK_ROWS: usize = 4;

/// So many lanes of a batch share a sweep over the weights.
const GROUP_LANES: usize = 3;

/// Adds the fixed lanes of a row sum, always in the same tree order.
#[inline(always)]
fn sum_lanes(lanes: [f32; WIDTH]) -> f32 {
    let (mut eight, mut four) = ([0.0; 8], [0.0; 4]);
    for lane in 0..8 {
        eight[lane] = lanes[lane] + lanes[lane + 8];
    }
    for lane in 0..4 {
        four[lane] = eight[lane] + eight[lane + 4];
    }
    (four[0] + four[2]) + (four[1] + four[3])
}
