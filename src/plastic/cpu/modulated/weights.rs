//! The parameters of a modulated network, laid out for the sweeps.

use super::lane::{ModulatedGradients, dot};
use super::update::ModulatedUpdate;
use crate::plastic::cpu::activation::tanh;
use crate::plastic::cpu::{Buffer, CHUNK_ROWS, WIDTH};
use crate::plastic::network::AlphaKind;
use crate::plastic::writing::{Modulation, ModulationKind};

/// The parameters of such a network on the host. Rows are padded with zeros, through which nothing flows.
#[derive(Clone, Debug)]
pub(in crate::plastic) struct ModulatedWeights {
    pub modulation: Modulation,
    /// How many neurons the connections come from: rows.
    pub pre: usize,
    /// How many they lead to: columns.
    pub post: usize,
    /// Floats from one row to the next.
    pub stride: usize,
    /// `[rows, stride]`.
    pub w: Buffer,
    /// How many α there are.
    alpha_kind: AlphaKind,
    /// `[rows, stride]` where α is free; otherwise one row for all.
    alpha: Buffer,
    /// Not read by simple modulation.
    pub eta: f32,
    /// `[stride]`.
    pub mod_weight: Buffer,
    pub mod_bias: f32,
    /// a and b of M_j = a_j M + b_j, `[stride]`.
    pub fan: [Buffer; 2],
    /// η of a clipped Hebbian rule, which writes as a modulation does whose M_j is one, with activities that are scaled by
    /// it; `None` where the network modulates its traces.
    pub rate: Option<f32>,
    /// Whether no trace is written any more.
    pub is_frozen: bool,
    /// What M(t) is, whatever the network makes it; `None` where that is the network's business.
    pub clamped: Option<f32>,
}

/// H and E, `[rows, stride]`, or what belongs to each; E is empty under simple modulation.
#[derive(Clone, Debug)]
pub(in crate::plastic) struct Traces {
    pub trace: Buffer,
    pub eligibility: Buffer,
}

impl ModulatedWeights {
    /// `w` is `[pre, post]`, α shaped as its kind says, `mod_weight` and both of `fan` `[post]`; without fan-out, ones
    /// and zeros.
    pub fn new(
        [pre, post]: [usize; 2],
        modulation: Modulation,
        w: &[f32],
        (alpha_kind, alpha): (AlphaKind, &[f32]),
        eta: f32,
        (mod_weight, mod_bias): (&[f32], f32),
        fan: [&[f32]; 2],
    ) -> Self {
        let stride = post.next_multiple_of(WIDTH);
        let padded = |values: &[f32], rows: usize| Buffer::zeros(rows * stride).with_rows(values, post, stride);
        let rows = pre.next_multiple_of(CHUNK_ROWS);
        Self {
            modulation,
            pre,
            post,
            stride,
            w: padded(w, rows),
            alpha_kind,
            alpha: match alpha_kind {
                AlphaKind::Free => padded(alpha, rows),
                AlphaKind::PerNeuron => padded(alpha, 1),
                AlphaKind::Yoked => padded(&vec![alpha[0]; post], 1),
            },
            eta,
            mod_weight: padded(mod_weight, 1),
            mod_bias,
            fan: fan.map(|values| padded(values, 1)),
            rate: None,
            is_frozen: false,
            clamped: None,
        }
    }

    /// How many rows there are, padding included.
    pub fn rows(&self) -> usize {
        self.w.len() / self.stride
    }

    /// How traces are written.
    pub fn writing(&self) -> ModulatedUpdate {
        ModulatedUpdate { bound: self.modulation.bound, eta: self.eta }
    }

    /// Floats from the α of one row to those of the next: none where all rows share one.
    #[inline(always)]
    pub fn alpha_step(&self) -> usize {
        if self.alpha_kind == AlphaKind::Free { self.stride } else { 0 }
    }

    /// α of some rows, the first at the beginning; those of the others follow [`alpha_step`](Self::alpha_step) apart.
    #[inline(always)]
    pub fn alpha_from(&self, row: usize) -> &[f32] {
        &self.alpha[row * self.alpha_step()..]
    }

    /// How many floats are summed up for dL/dα.
    pub fn alpha_len(&self) -> usize {
        self.alpha.len()
    }

    /// From now on α is so many times `trained`, shaped as its kind says.
    pub fn scale_alpha(&mut self, trained: &[f32], factor: f32) {
        let post = self.post;
        // One value for all, or as many as a row has.
        for (row, trained) in self.alpha.chunks_exact_mut(self.stride).zip(trained.chunks(post)) {
            let values = trained.iter().cycle().map(|alpha| factor * alpha);
            row[..post].iter_mut().zip(values).for_each(|(alpha, value)| *alpha = value);
        }
    }

    /// dL/dα in the shape of α, from the sums of padded rows.
    fn alpha_gradient(&self, padded: &[f32]) -> Vec<f32> {
        let rows = self.bare(padded);
        match self.alpha_kind {
            AlphaKind::Free | AlphaKind::PerNeuron => rows,
            AlphaKind::Yoked => vec![rows.iter().map(|&value| f64::from(value)).sum::<f64>() as f32],
        }
    }

    /// The gradient by a parameter other than w, in its shape, of lifetimes that `found` this: added in their order, so that
    /// it does not depend on the number of threads.
    pub fn gradient(&self, found: &[&ModulatedGradients], which: &str) -> Vec<f32> {
        let sum = |of: &dyn Fn(&ModulatedGradients) -> &[f32]| -> Vec<f32> {
            let mut total = of(found[0]).to_vec();
            for part in found[1..].iter().map(|found| of(found)) {
                total.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
            }
            total
        };
        let columns = |mut padded: Vec<f32>| {
            padded.truncate(self.post);
            padded
        };
        match which {
            "alpha" => self.alpha_gradient(&sum(&|one| &one.alpha)),
            "mod.weight" => columns(sum(&|one| &one.mod_weight)),
            "mod.bias" => sum(&|one| std::slice::from_ref(&one.mod_bias)),
            "eta" => sum(&|one| std::slice::from_ref(&one.eta)),
            "fanout.weight" => columns(sum(&|one| &one.fan[0])),
            _ => columns(sum(&|one| &one.fan[1])),
        }
    }

    /// M(t) = tanh(x(t) · m + c), of activities `[stride]`, unless it is clamped.
    pub fn modulator(&self, activity: &[f32]) -> f32 {
        self.clamped.unwrap_or_else(|| tanh(dot(activity, &self.mod_weight) + self.mod_bias))
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
        let eligibility = if self.modulation.kind == ModulationKind::Retroactive { self.w.len() } else { 0 };
        Traces { trace: Buffer::zeros(self.w.len()), eligibility: Buffer::zeros(eligibility) }
    }

    /// Rows without their padding, `[pre, post]` from `[rows, stride]`; empty if they are.
    pub fn bare(&self, padded: &[f32]) -> Vec<f32> {
        let rows = padded.chunks_exact(self.stride).take(self.pre);
        rows.flat_map(|row| &row[..self.post]).copied().collect()
    }
}
