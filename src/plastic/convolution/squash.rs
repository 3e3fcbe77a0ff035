//! Bias and tanh over rows of outputs, and their gradients.

use crate::plastic::cpu::tanh;
use rayon::prelude::*;

/// Rows that one thread takes at a time. Sums over all rows are made of the sums of such pieces, in order: they do not
/// depend on the number of threads.
const ROWS: usize = 256;

/// Replaces `sums`, rows as long as `bias`, by tanh(sums + bias).
pub(super) fn squash(sums: &mut [f32], bias: &[f32]) {
    sums.par_chunks_mut(ROWS * bias.len()).for_each(|piece| pulp::Arch::new().dispatch(Squash { piece, bias }));
}

/// Replaces `slopes`, of the loss by tanh(sums + bias), which is `squashed`, by those of the sums; returns those of the
/// bias.
pub(super) fn unsquash(slopes: &mut [f32], squashed: &[f32], outputs: usize) -> Vec<f32> {
    let pieces = slopes.par_chunks_mut(ROWS * outputs).zip(squashed.par_chunks(ROWS * outputs));
    let sums: Vec<Vec<f32>> = pieces
        .map(|(slopes, squashed)| {
            let mut sums = vec![0.0; outputs];
            pulp::Arch::new().dispatch(Unsquash { slopes, squashed, sums: &mut sums });
            sums
        })
        .collect();
    sums.into_iter().fold(vec![0.0; outputs], |mut total, sums| {
        total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
        total
    })
}

struct Squash<'a> {
    piece: &'a mut [f32],
    bias: &'a [f32],
}

impl pulp::WithSimd for Squash<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for row in self.piece.chunks_exact_mut(self.bias.len()) {
            row.iter_mut().zip(self.bias).for_each(|(sum, bias)| *sum = tanh(*sum + bias));
        }
    }
}

struct Unsquash<'a> {
    slopes: &'a mut [f32],
    squashed: &'a [f32],
    sums: &'a mut [f32],
}

impl pulp::WithSimd for Unsquash<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let outputs = self.sums.len();
        for (slopes, squashed) in self.slopes.chunks_exact_mut(outputs).zip(self.squashed.chunks_exact(outputs)) {
            for ((slope, &squashed), sum) in slopes.iter_mut().zip(squashed).zip(&mut *self.sums) {
                *slope *= 1.0 - squashed * squashed;
                *sum += *slope;
            }
        }
    }
}
