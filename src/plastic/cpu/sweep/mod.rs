//! The inner loops: one sweep over a block of rows.
//!
//! Each sweep is a [`pulp::WithSimd`] job: `pulp` compiles it once per instruction set and picks the
//! best one the machine has at run time. The loops are plain and the compiler vectorises them; every
//! slice is a whole number of [`WIDTH`]-float tiles. The order of every sum is fixed by the code.

mod backward;
mod fixed;
mod forward;
mod trace;

pub(super) use backward::BackwardSweep;
pub(super) use fixed::{FixedBackSweep, FixedSweep};
pub(super) use forward::ForwardSweep;
pub(super) use trace::CarrySweep;
pub(crate) use trace::TraceSweep;

use super::{CHUNK_ROWS, WIDTH, sum_lanes};
use crate::plastic::rule::Update;

/// One vector of a row.
pub(super) type Tile = [f32; WIDTH];

/// What writes the trace of a layer over some steps s, s+1 … t−1, for one lifetime.
#[derive(Clone, Copy)]
pub(in crate::plastic::cpu) struct Signals<'a> {
    /// The pre-synaptic activities of each step, then those that the product of step t is made with: rows of
    /// `pre_stride` floats, one more than there are steps.
    pub pre: &'a [f32],
    /// Floats of a padded row of `pre`.
    pub pre_stride: usize,
    /// The post-synaptic activities of each step, padded.
    pub post: &'a [f32],
}

impl<'a> Signals<'a> {
    /// Those of a layer that hears itself: x(s−1), x(s) … x(t−1), padded.
    pub fn recurrent(history: &'a [f32], stride: usize) -> Self {
        Self { pre: history, pre_stride: stride, post: &history[stride..] }
    }
}

/// Rows are whole vectors on every machine.
#[inline(always)]
pub(in crate::plastic::cpu) fn vectors<S: pulp::Simd>(values: &[f32]) -> &[S::f32s] {
    S::as_simd_f32s(values).0
}

/// Rows are whole vectors on every machine.
#[inline(always)]
pub(in crate::plastic::cpu) fn vectors_mut<S: pulp::Simd>(values: &mut [f32]) -> &mut [S::f32s] {
    S::as_mut_simd_f32s(values).0
}

/// The vectors of a tile, as the first ones of an array: along a row sums run in a fixed number of lanes.
#[inline(always)]
fn of_tile<S: pulp::Simd>(simd: S, tile: &Tile) -> [S::f32s; WIDTH] {
    let mut parts = [simd.splat_f32s(0.0); WIDTH];
    let tile = vectors::<S>(tile);
    parts[..tile.len()].copy_from_slice(tile);
    parts
}

/// The tile of which an array has the vectors first.
#[inline(always)]
fn to_tile<S: pulp::Simd>(parts: &[S::f32s; WIDTH]) -> Tile {
    let mut lanes = [0.0; WIDTH];
    let tile = vectors_mut::<S>(&mut lanes);
    tile.copy_from_slice(&parts[..tile.len()]);
    lanes
}

/// The sum of a row from the sums of its tiles' vectors, of which a tile has the first.
#[inline(always)]
pub(in crate::plastic::cpu) fn sum_of_row<S: pulp::Simd>(parts: &[S::f32s; WIDTH]) -> f32 {
    sum_lanes(to_tile::<S>(parts))
}

/// A vector for each row, full of its value.
#[inline(always)]
fn splat<S: pulp::Simd, const R: usize>(simd: S, values: &[f32]) -> [S::f32s; R] {
    // No closure: one that is not inlined loses the wide instructions.
    let mut vectors = [simd.splat_f32s(0.0); R];
    for (vector, value) in vectors.iter_mut().zip(&values[..R]) {
        *vector = simd.splat_f32s(*value);
    }
    vectors
}

/// The traces of a chunk's rows, of which `first` is the first, at one place after all updates: rows have `count` vectors,
/// and this is that `at` a place of each. They go side by side: each update waits for the one before it.
#[inline(always)]
fn updated<S: pulp::Simd, U: Update>(
    simd: S,
    update: U,
    signals: Signals<'_>,
    first: usize,
    [at, count]: [usize; 2],
    mut traces: [S::f32s; CHUNK_ROWS],
) -> [S::f32s; CHUNK_ROWS] {
    let activity = vectors::<S>(signals.post);
    for step in 0..activity.len() / count {
        let pre: [S::f32s; CHUNK_ROWS] = splat(simd, &signals.pre[step * signals.pre_stride + first..]);
        let post = activity[step * count + at];
        for row in 0..CHUNK_ROWS {
            traces[row] = update.next_of(simd, traces[row], pre[row], post);
        }
    }
    traces
}

/// The first `R` rows of `width` tiles or vectors each.
#[inline(always)]
pub(super) fn rows<T, const R: usize>(values: &[T], width: usize) -> [&[T]; R] {
    let mut rows = [&values[..0]; R];
    for (row, slice) in rows.iter_mut().enumerate() {
        *slice = &values[row * width..][..width];
    }
    rows
}

/// The first `R` rows of a parameter of which each row has its own, or all share the first.
#[inline(always)]
fn own_or_shared_rows<T, const R: usize>(values: &[T], width: usize, own: bool) -> [&[T]; R] {
    if own { rows(values, width) } else { [&values[..width]; R] }
}

#[cfg(test)]
mod tests;
