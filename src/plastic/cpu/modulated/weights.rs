//! The parameters of a modulated network, laid out for the sweeps.

use super::writing::Writing;
use crate::plastic::cpu::{Buffer, CHUNK_ROWS, WIDTH};
use crate::plastic::modulated::{Kind, Modulation};

/// The parameters of such a network on the host. Rows are padded with zeros, through which nothing flows.
#[derive(Clone, Debug)]
pub(in crate::plastic) struct ModulatedWeights {
    pub modulation: Modulation,
    pub neurons: usize,
    /// Floats from one row to the next.
    pub stride: usize,
    /// `[rows, stride]`.
    pub w: Buffer,
    /// `[rows, stride]`.
    pub alpha: Buffer,
    /// Not read by simple modulation.
    pub eta: f32,
    /// `[stride]`.
    pub mod_weight: Buffer,
    pub mod_bias: f32,
    /// a and b of M_j = a_j M + b_j, `[stride]`.
    pub fan: [Buffer; 2],
    /// Whether no trace is written any more.
    pub is_frozen: bool,
}

/// H and E, `[rows, stride]`, or what belongs to each; E is empty under simple modulation.
#[derive(Clone, Debug)]
pub(in crate::plastic) struct Traces {
    pub trace: Buffer,
    pub eligibility: Buffer,
}

impl ModulatedWeights {
    /// `w` and `alpha` are `[N, N]`, `mod_weight` and both of `fan` `[N]`; without fan-out, ones and zeros.
    pub fn new(
        modulation: Modulation,
        [w, alpha]: [&[f32]; 2],
        eta: f32,
        (mod_weight, mod_bias): (&[f32], f32),
        fan: [&[f32]; 2],
    ) -> Self {
        let neurons = mod_weight.len();
        let stride = neurons.next_multiple_of(WIDTH);
        let padded = |values: &[f32], rows: usize| {
            let mut padded = Buffer::zeros(rows * stride);
            for (to, from) in padded.chunks_exact_mut(stride).zip(values.chunks_exact(neurons)) {
                to[..neurons].copy_from_slice(from);
            }
            padded
        };
        let rows = neurons.next_multiple_of(CHUNK_ROWS);
        Self {
            modulation,
            neurons,
            stride,
            w: padded(w, rows),
            alpha: padded(alpha, rows),
            eta,
            mod_weight: padded(mod_weight, 1),
            mod_bias,
            fan: fan.map(|values| padded(values, 1)),
            is_frozen: false,
        }
    }

    /// How many rows there are, padding included.
    pub fn rows(&self) -> usize {
        self.w.len() / self.stride
    }

    /// How traces are written.
    pub fn writing(&self) -> Writing {
        Writing { bound: self.modulation.bound, eta: self.eta }
    }

    /// From now on α is so many times `trained`, `[N, N]`.
    pub fn scale_alpha(&mut self, trained: &[f32], factor: f32) {
        for (row, trained) in self.alpha.chunks_exact_mut(self.stride).zip(trained.chunks_exact(self.neurons)) {
            row.iter_mut().zip(trained).for_each(|(alpha, trained)| *alpha = factor * trained);
        }
    }

    /// M_j(t) = a_j M(t) + b_j, `[stride]`.
    pub fn gains(&self, modulator: f32, gains: &mut [f32]) {
        let [weight, bias] = &self.fan;
        for (gain, (weight, bias)) in gains.iter_mut().zip(weight.iter().zip(bias.iter())) {
            *gain = weight * modulator + bias;
        }
    }

    /// Traces of nothing yet.
    pub fn silent(&self) -> Traces {
        let eligibility = if self.modulation.kind == Kind::Retroactive { self.w.len() } else { 0 };
        Traces { trace: Buffer::zeros(self.w.len()), eligibility: Buffer::zeros(eligibility) }
    }

    /// Values without their padding, `[N, N]` from `[rows, stride]`; empty if they are.
    pub fn bare(&self, padded: &[f32]) -> Vec<f32> {
        let rows = padded.chunks_exact(self.stride).take(self.neurons);
        rows.flat_map(|row| &row[..self.neurons]).copied().collect()
    }
}
