//! Random binary patterns and blanked copies of them (*Differentiable plasticity*, section 4.1).

use super::Generator;
use rand::{Rng as _, seq::SliceRandom as _};

/// A pattern of `size` elements, each −1 or +1 with equal chance.
pub fn binary_pattern(generator: &mut Generator, size: usize) -> Vec<f32> {
    (0..size).map(|_| if generator.random::<bool>() { 1.0 } else { -1.0 }).collect()
}

/// A pattern of `size` elements with as many +1 as −1 in random order; one of them more often where `size` is odd.
pub fn balanced_pattern(generator: &mut Generator, size: usize) -> Vec<f32> {
    let odd = size % 2 == 1 && generator.random::<bool>();
    let mut pattern: Vec<f32> = (0..size).map(|at| if at < size / 2 + usize::from(odd) { 1.0 } else { -1.0 }).collect();
    pattern.shuffle(generator);
    pattern
}

/// A copy of `pattern` with a randomly chosen `fraction` of its elements (rounded to a whole number) set to zero.
pub fn blanked(generator: &mut Generator, pattern: &[f32], fraction: f64) -> Vec<f32> {
    let blank = (pattern.len() as f64 * fraction).round() as usize;
    let mut order: Vec<usize> = (0..pattern.len()).collect();
    order.shuffle(generator);
    let mut probe = pattern.to_vec();
    for &element in order.iter().take(blank) {
        probe[element] = 0.0;
    }
    probe
}
