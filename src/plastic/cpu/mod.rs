//! The lifetime on the CPU: forward and backward sweeps over blocks of rows.
//!
//! One step is one sweep: while a row of H is in registers it is brought up to date with the last
//! step's activities and multiplied by this step's, so each connection is read once. Rows are dealt
//! out in blocks of a fixed size. Threads take blocks (large networks) or whole lanes (large batches),
//! and partial sums are always added in block and lane order: the result does not depend on how many
//! threads there are, nor on how wide the machine's vectors are, because every sum along a row
//! runs in [`WIDTH`] fixed lanes.

mod backward;
mod forward;
mod sweep;
mod weights;

pub(super) use forward::Record;
pub(super) use sweep::TraceSweep;
pub(super) use weights::Weights;

/// Rows are padded to a multiple of this many floats, and sums along a row run in this many lanes.
pub(super) const WIDTH: usize = 16;

/// Rows of one block: small enough that blocks share out evenly, large enough to amortise a hand-over.
const BLOCK_ROWS: usize = 64;

/// From this many lanes on, threads are kept busy by lanes alone and blocks run in turn.
const LANES_FILL_THREADS: usize = 4;

/// Adds the fixed lanes of a row sum, always in the same tree order.
#[inline(always)]
fn sum_lanes(lanes: [f32; WIDTH]) -> f32 {
    let mut sums = lanes;
    let mut width = WIDTH / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    sums[0]
}
