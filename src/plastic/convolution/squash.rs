//! Bias and tanh over rows of outputs, and their gradients.

use crate::plastic::cpu::tanh;

/// Replaces `sums`, rows as long as `bias`, by tanh(sums + bias).
pub(super) fn squash(sums: &mut [f32], bias: &[f32]) {
    pulp::Arch::new().dispatch(Squash { sums, bias });
}

/// Replaces `slopes`, of the loss by tanh(sums + bias), which is `squashed`, by those of the sums, and adds those of the
/// bias to `bias_slopes`.
pub(super) fn unsquash(slopes: &mut [f32], squashed: &[f32], bias_slopes: &mut [f32]) {
    pulp::Arch::new().dispatch(Unsquash { slopes, squashed, bias_slopes });
}

struct Squash<'a> {
    sums: &'a mut [f32],
    bias: &'a [f32],
}

impl pulp::WithSimd for Squash<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for row in self.sums.chunks_exact_mut(self.bias.len()) {
            row.iter_mut().zip(self.bias).for_each(|(sum, bias)| *sum = tanh(*sum + bias));
        }
    }
}

struct Unsquash<'a> {
    slopes: &'a mut [f32],
    squashed: &'a [f32],
    bias_slopes: &'a mut [f32],
}

impl pulp::WithSimd for Unsquash<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let outputs = self.bias_slopes.len();
        for (slopes, squashed) in self.slopes.chunks_exact_mut(outputs).zip(self.squashed.chunks_exact(outputs)) {
            for ((slope, &squashed), sum) in slopes.iter_mut().zip(squashed).zip(&mut *self.bias_slopes) {
                *slope *= 1.0 - squashed * squashed;
                *sum += *slope;
            }
        }
    }
}
