//! From net input to activity.

use super::WIDTH;
use crate::plastic::network::Drive;

/// The activities of one lane at one step: x_j = tanh(drive_j + sum_j), or the drive itself where it clamps.
pub(super) struct Activate<'a> {
    pub drive_kind: Drive,
    /// Padded to the stride.
    pub drive: &'a [f32],
    /// Σ_i x_i(t−1)(w_ij + α_ij H_ij(t)) on entry, x(t) on return; padded.
    pub activity: &'a mut [f32],
}

impl pulp::WithSimd for Activate<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let tiles = self.activity.as_chunks_mut::<WIDTH>().0.iter_mut().zip(self.drive.as_chunks::<WIDTH>().0);
        for (activity, drive) in tiles {
            match self.drive_kind {
                Drive::Add => {
                    for lane in 0..WIDTH {
                        activity[lane] = tanh(drive[lane] + activity[lane]);
                    }
                }
                Drive::Clamp => {
                    for lane in 0..WIDTH {
                        let free = tanh(activity[lane]);
                        activity[lane] = if drive[lane] == 0.0 { free } else { drive[lane] };
                    }
                }
            }
        }
    }
}

/// Beyond this the nearest float to tanh x is ±1.
const SATURATED: f32 = 9.02;

/// tanh with an error of a few units in the last place, without branches so that it vectorises, and
/// without fused operations so that it is the same on every machine. NaN stays NaN.
///
/// tanh x = t / (t + 2) with t = e^2x − 1, which loses nothing near zero: with 2x = k ln 2 + r and
/// |r| ≤ ln 2 / 2, t = (2^k − 1) + 2^k (e^r − 1), the last bracket by its Taylor series.
#[inline(always)]
pub(in crate::plastic) fn tanh(x: f32) -> f32 {
    // Adding 1.5·2²³ rounds to the nearest whole number, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let doubled = 2.0 * x.abs().min(SATURATED);
    let rounded = doubled * std::f32::consts::LOG2_E + ROUND;
    let whole = rounded - ROUND;
    // ln 2 in two parts: the first has few bits, so that its product with a small whole number is exact.
    let rest = doubled - whole * 0.693_359_4 + whole * 2.121_944_4e-4;
    let power = f32::from_bits((rounded.to_bits() << 23).wrapping_add(0x3f80_0000));
    let higher = 1.0 / 24.0 + rest * (1.0 / 120.0 + rest * (1.0 / 720.0 + rest * (1.0 / 5040.0)));
    let grown = rest * (1.0 + rest * (0.5 + rest * (1.0 / 6.0 + rest * higher)));
    let t = (power - 1.0) + power * grown;
    // `min` above would turn NaN into a number.
    if x.is_nan() { x } else { (t / (t + 2.0)).copysign(x) }
}

/// eˣ of x ≤ 0 with an error of a few units in the last place, without branches so that it vectorises; zero where it is
/// too small for a normal number. NaN stays NaN.
///
/// With x = k ln 2 + r and |r| ≤ ln 2 / 2, eˣ = 2^k e^r, the last factor by its Taylor series.
#[inline(always)]
pub(in crate::plastic) fn exp_of_negative(x: f32) -> f32 {
    // Adding 1.5·2²³ rounds to the nearest whole number, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    /// Below this there is no normal number.
    const LEAST: f32 = -87.3;
    let bounded = if x < LEAST { LEAST } else { x };
    let rounded = bounded * std::f32::consts::LOG2_E + ROUND;
    let whole = rounded - ROUND;
    let rest = bounded - whole * 0.693_359_4 + whole * 2.121_944_4e-4;
    let power = f32::from_bits((rounded.to_bits() << 23).wrapping_add(0x3f80_0000));
    let higher = 1.0 / 24.0 + rest * (1.0 / 120.0 + rest * (1.0 / 720.0 + rest * (1.0 / 5040.0)));
    let grown = 1.0 + rest * (1.0 + rest * (0.5 + rest * (1.0 / 6.0 + rest * higher)));
    if x < LEAST { 0.0 } else { power * grown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_within_a_few_units_in_the_last_place_below_zero() {
        let mut worst = 0.0f64;
        for step in 0..200_000 {
            let x = -87.2 * (step as f32 / 200_000.0);
            let expected = f64::from(x).exp();
            worst = worst.max((f64::from(exp_of_negative(x)) - expected).abs() / (f64::from(f32::EPSILON) * expected));
        }
        assert!(worst < 4.0, "exp is off by {worst} units in the last place");
        assert_eq!([0.0, -100.0, f32::NEG_INFINITY].map(exp_of_negative), [1.0, 0.0, 0.0]);
        assert!(exp_of_negative(f32::NAN).is_nan());
    }

    #[test]
    fn tanh_is_within_a_few_units_in_the_last_place_everywhere() {
        let mut worst = 0.0f64;
        for bits in (0..0x4180_0000u32).step_by(977) {
            let x = f32::from_bits(bits);
            let expected = f64::from(x).tanh();
            let unit = f64::from(f32::EPSILON) * expected.max(f64::from(f32::MIN_POSITIVE));
            worst = worst.max((f64::from(tanh(x)) - expected).abs() / unit);
            assert_eq!(tanh(-x).to_bits(), (-tanh(x)).to_bits(), "odd at {x}");
            assert!(tanh(x) <= 1.0);
        }
        assert!(worst < 4.0, "tanh is off by {worst} units in the last place");
    }

    #[test]
    fn tanh_of_the_extremes() {
        assert_eq!(tanh(0.0).to_bits(), 0.0f32.to_bits());
        assert_eq!([tanh(f32::INFINITY), tanh(f32::NEG_INFINITY), tanh(30.0)], [1.0, -1.0, 1.0]);
        assert!(tanh(f32::NAN).is_nan());
    }
}
