//! w and α laid out for the sweeps: rows padded to the vector width.

use super::{BLOCK_ROWS, WIDTH};
use crate::plastic::network::{AlphaKind, Network};
use std::ops::Range;

/// The parameters of one lifetime in the layout of the kernels. Padding columns are zero, so that
/// nothing flows through them.
pub(crate) struct Weights {
    pub network: Network,
    pub eta: f32,
    /// Floats from one row to the next.
    pub stride: usize,
    w: Vec<f32>,
    alpha: Vec<f32>,
    alpha_is_per_row: bool,
}

impl Weights {
    /// `w` is `[N, N]` row major; `alpha` as [`AlphaKind::shape`] says, empty for a non-plastic network.
    pub fn new(network: Network, w: &[f32], alpha: &[f32], eta: f32) -> Self {
        let neurons = network.neurons;
        let stride = neurons.next_multiple_of(WIDTH);
        let kind = network.plasticity.map(|plasticity| plasticity.alpha);
        let alpha = match kind {
            Some(AlphaKind::Free) => pad_rows(alpha, neurons, stride),
            Some(AlphaKind::PerNeuron) => pad_rows(alpha, neurons, stride),
            Some(AlphaKind::Yoked) => pad_rows(&vec![alpha[0]; neurons], neurons, stride),
            None => vec![0.0; stride],
        };
        Self {
            network,
            eta,
            stride,
            w: pad_rows(w, neurons, stride),
            alpha,
            alpha_is_per_row: kind == Some(AlphaKind::Free),
        }
    }

    /// The blocks of rows, in order.
    pub fn blocks(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let neurons = self.network.neurons;
        (0..neurons).step_by(BLOCK_ROWS).map(move |first| first..(first + BLOCK_ROWS).min(neurons))
    }

    /// Row *i* of w, padded.
    #[inline(always)]
    pub fn w_row(&self, row: usize) -> &[f32] {
        &self.w[row * self.stride..][..self.stride]
    }

    /// Row *i* of α, padded; one shared row unless α is free.
    #[inline(always)]
    pub fn alpha_row(&self, row: usize) -> &[f32] {
        let row = if self.alpha_is_per_row { row } else { 0 };
        &self.alpha[row * self.stride..][..self.stride]
    }

    /// How many rows of dα a block of `rows` accumulates.
    pub fn alpha_rows(&self, rows: usize) -> usize {
        if self.alpha_is_per_row { rows } else { 1 }
    }
}

/// `[rows, columns]` row major to rows of `stride`, the rest zero.
pub(super) fn pad_rows(values: &[f32], columns: usize, stride: usize) -> Vec<f32> {
    let mut padded = vec![0.0; values.len() / columns * stride];
    for (to, from) in padded.chunks_exact_mut(stride).zip(values.chunks_exact(columns)) {
        to[..columns].copy_from_slice(from);
    }
    padded
}
