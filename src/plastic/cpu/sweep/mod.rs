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

use super::WIDTH;

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

/// a·b + c, fused where the machine can: elsewhere a fused operation would be emulated, fifty times slower.
#[inline(always)]
pub(super) fn multiply_add<S: pulp::Simd>(a: f32, b: f32, c: f32) -> f32 {
    if S::IS_SCALAR { a * b + c } else { a.mul_add(b, c) }
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
fn own_or_shared_rows<const R: usize>(values: &[Tile], tiles: usize, own: bool) -> [&[Tile]; R] {
    if own { rows(values, tiles) } else { [&values[..tiles]; R] }
}

#[cfg(test)]
mod tests;
