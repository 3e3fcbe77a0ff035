//! The inner loops: one sweep over the connections of a modulated lane, in vectors by name, compiled once per instruction
//! set. The order of every sum is fixed by the code.

mod backward;
mod forward;

use crate::plastic::cpu::modulated::weights::ModulatedWeights;
use crate::plastic::cpu::sweep::{vectors, vectors_mut};
use crate::plastic::cpu::{CHUNK_ROWS, sweep};

pub(super) use backward::{BackwardSums, BackwardSweep};
pub(super) use forward::{ForwardSweep, WriteSweep};

/// The writing of one step: what stands in the rows of x(t−1) and the columns of x(t).
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    /// M_j(t), padded.
    pub gains: &'a [f32],
    /// The pre-synaptic activities that are written: x(t−1), padded.
    pub pre: &'a [f32],
    /// The post-synaptic ones: x(t), padded.
    pub post: &'a [f32],
    /// The pre-synaptic activities of the product that follows: where neurons hear themselves x(t), padded.
    pub input: &'a [f32],
    /// What x(t−1) is multiplied by: M_j(t) x_j(t) under simple modulation, η x_j(t) otherwise; padded.
    pub lifted: &'a [f32],
}

/// The rows of a chunk, each of `count` vectors: so many are swept side by side, and what their columns share is read
/// and summed up once for all of them.
#[inline(always)]
fn rows<S: pulp::Simd>(values: &[f32], count: usize) -> [&[S::f32s]; CHUNK_ROWS] {
    sweep::rows(vectors::<S>(values), count)
}

/// The α of a chunk's rows, its first row being `row`: each row's own, or the one that all share.
#[inline(always)]
fn alpha_rows<S: pulp::Simd>(weights: &ModulatedWeights, row: usize, count: usize) -> [&[S::f32s]; CHUNK_ROWS] {
    let values = vectors::<S>(weights.alpha_from(row));
    if weights.alpha_step() == 0 { [&values[..count]; CHUNK_ROWS] } else { sweep::rows(values, count) }
}

/// The rows of a chunk, each of `count` vectors.
#[inline(always)]
fn rows_mut<S: pulp::Simd>(values: &mut [f32], count: usize) -> [&mut [S::f32s]; CHUNK_ROWS] {
    let (first, rest) = vectors_mut::<S>(values).split_at_mut(count);
    let (second, rest) = rest.split_at_mut(count);
    let (third, fourth) = rest.split_at_mut(count);
    [first, second, third, &mut fourth[..count]]
}

/// A vector for each row of a chunk, full of its value.
#[inline(always)]
fn splat<S: pulp::Simd>(simd: S, values: &[f32; CHUNK_ROWS]) -> [S::f32s; CHUNK_ROWS] {
    // No closure: one that is not inlined loses the wide instructions.
    let [first, second, third, fourth] = *values;
    [simd.splat_f32s(first), simd.splat_f32s(second), simd.splat_f32s(third), simd.splat_f32s(fourth)]
}

#[cfg(test)]
mod tests;
