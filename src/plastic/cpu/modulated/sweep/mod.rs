//! The inner loops: one sweep over the connections of a modulated lane, in vectors by name, compiled once per instruction
//! set. The order of every sum is fixed by the code.

mod backward;
mod forward;

pub(super) use backward::{BackwardSums, BackwardSweep};
pub(super) use forward::{ForwardSweep, WriteSweep};

/// The writing of one step: what stands in the rows of x(t−1) and the columns of x(t).
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    /// M_j(t), padded.
    pub gains: &'a [f32],
    /// x(t−1), padded.
    pub pre: &'a [f32],
    /// x(t), padded.
    pub post: &'a [f32],
}

/// Rows are whole vectors on every machine.
#[inline(always)]
fn vectors<S: pulp::Simd>(values: &[f32]) -> &[S::f32s] {
    S::as_simd_f32s(values).0
}

/// Rows are whole vectors on every machine.
#[inline(always)]
fn vectors_mut<S: pulp::Simd>(values: &mut [f32]) -> &mut [S::f32s] {
    S::as_mut_simd_f32s(values).0
}

#[cfg(test)]
mod tests;
