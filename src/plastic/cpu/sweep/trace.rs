//! Writing traces without multiplying by them.

use super::{Signals, updated, vectors, vectors_mut};
use crate::plastic::cpu::CHUNK_ROWS;
use crate::plastic::rule::Update;
use std::ops::Range;

/// Writes the traces of some rows once: H(t) → H(t+1) for rows as long as `post`.
pub(crate) struct TraceSweep<'a, U> {
    pub update: U,
    /// One pre-synaptic activity x_i(t−1) per row.
    pub pre: &'a [f32],
    /// x(t).
    pub post: &'a [f32],
    /// H before the update.
    pub before: &'a [f32],
    /// H after it.
    pub after: &'a mut [f32],
}

impl<U: Update> pulp::WithSimd for TraceSweep<'_, U> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let stride = self.post.len();
        let rows = self.after.chunks_exact_mut(stride).zip(self.before.chunks_exact(stride));
        for ((after, before), &pre) in rows.zip(self.pre) {
            for ((after, &before), &post) in after.iter_mut().zip(before).zip(self.post) {
                *after = self.update.next(before, pre, post);
            }
        }
    }
}

/// Carries the traces of a block through several updates while they are in registers.
pub(in crate::plastic::cpu) struct CarrySweep<'a, U> {
    pub update: U,
    pub rows: Range<usize>,
    /// Floats of a padded row.
    pub stride: usize,
    /// Those of each lane for the steps a..b: H(a) becomes H(b).
    pub signals: &'a [Signals<'a>],
    /// H(a), `[lane][row][stride]`.
    pub before: &'a [f32],
    /// H(b).
    pub after: &'a mut [f32],
}

impl<U: Update> pulp::WithSimd for CarrySweep<'_, U> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let Self { update, rows, stride, signals, before, after } = self;
        let (count, size) = (stride / S::F32_LANES, rows.len() * stride);
        for (lane, &signals) in signals.iter().enumerate() {
            for first in rows.clone().step_by(CHUNK_ROWS) {
                let begin = lane * size + (first - rows.start) * stride;
                let before = vectors::<S>(&before[begin..][..CHUNK_ROWS * stride]);
                let after = vectors_mut::<S>(&mut after[begin..][..CHUNK_ROWS * stride]);
                for at in 0..count {
                    let mut values = [before[at]; CHUNK_ROWS];
                    for row in 0..CHUNK_ROWS {
                        values[row] = before[row * count + at];
                    }
                    values = updated(simd, update, signals, first, [at, count], values);
                    for row in 0..CHUNK_ROWS {
                        after[row * count + at] = values[row];
                    }
                }
            }
        }
    }
}
