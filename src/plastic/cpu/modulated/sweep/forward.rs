//! Writing traces, and multiplying by them.

use super::{Written, vectors, vectors_mut};
use crate::plastic::cpu::modulated::weights::{ModulatedWeights, Traces};
use crate::plastic::modulated::Kind;
use std::ops::Range;

/// So many rows at most are swept from panel to panel.
const ROWS: usize = 16;

/// So many vectors of a row at most are side by side in a panel.
const WIDEST: usize = 4;

/// H(t), E(t) → H(t+1), E(t+1).
pub(in crate::plastic::cpu::modulated) struct WriteSweep<'a> {
    pub weights: &'a ModulatedWeights,
    pub written: Written<'a>,
    /// Where H(t) and E(t) are, if not in `after`.
    pub before: Option<&'a Traces>,
    pub after: &'a mut Traces,
}

impl pulp::WithSimd for WriteSweep<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let Self { weights, written, before, after } = self;
        let (writing, stride) = (weights.writing(), weights.stride);
        let gains = vectors::<S>(written.gains);
        let posts = &vectors::<S>(written.post)[..gains.len()];
        for (row, &pre) in written.pre.iter().enumerate().take(weights.rows()) {
            let (pre, part) = (simd.splat_f32s(pre), row * stride..(row + 1) * stride);
            let trace = &mut after.trace[part.clone()];
            if let Some(before) = before {
                trace.copy_from_slice(&before.trace[part.clone()]);
            }
            let trace = &mut vectors_mut::<S>(trace)[..gains.len()];
            if weights.modulation.kind == Kind::Simple {
                for at in 0..gains.len() {
                    trace[at] = writing.simple(simd, trace[at], gains[at], simd.mul_f32s(pre, posts[at]));
                }
                continue;
            }
            let eligibility = &mut after.eligibility[part.clone()];
            if let Some(before) = before {
                eligibility.copy_from_slice(&before.eligibility[part]);
            }
            let eligibility = &mut vectors_mut::<S>(eligibility)[..gains.len()];
            for at in 0..gains.len() {
                let together = simd.mul_f32s(pre, posts[at]);
                (trace[at], eligibility[at]) =
                    writing.retroactive(simd, trace[at], eligibility[at], gains[at], together);
            }
        }
    }
}

/// H(t), E(t) → H(t+1), E(t+1) and Σ_i x_i(t) (w_ij + α_ij H_ij(t+1)).
pub(in crate::plastic::cpu::modulated) struct ForwardSweep<'a> {
    pub weights: &'a ModulatedWeights,
    pub written: Written<'a>,
    pub traces: &'a mut Traces,
    /// Padded; overwritten.
    pub sums: &'a mut [f32],
    /// Whether `traces` are H(t+1) and E(t+1) already.
    pub is_written: bool,
}

impl pulp::WithSimd for ForwardSweep<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        match (self.weights.modulation.kind, self.is_written) {
            (_, true) => self.sweep::<S, false, false>(simd),
            (Kind::Simple, false) => self.sweep::<S, false, true>(simd),
            (Kind::Retroactive, false) => self.sweep::<S, true, true>(simd),
        }
    }
}

impl ForwardSweep<'_> {
    #[inline(always)]
    fn sweep<S: pulp::Simd, const RETROACTIVE: bool, const WRITE: bool>(mut self, simd: S) {
        self.sums.fill(0.0);
        let (count, stride) = (self.weights.rows(), self.weights.stride);
        for first in (0..count).step_by(ROWS) {
            let rows = first..count.min(first + ROWS);
            for column in (0..stride).step_by(WIDEST * S::F32_LANES) {
                match (stride - column) / S::F32_LANES {
                    1 => self.panel::<S, RETROACTIVE, WRITE, 1>(simd, rows.clone(), column),
                    2 => self.panel::<S, RETROACTIVE, WRITE, 2>(simd, rows.clone(), column),
                    3 => self.panel::<S, RETROACTIVE, WRITE, 3>(simd, rows.clone(), column),
                    _ => self.panel::<S, RETROACTIVE, WRITE, WIDEST>(simd, rows.clone(), column),
                }
            }
        }
    }

    /// A few vectors of a row side by side, in a few rows one below the other: what the columns share and sum up stays
    /// in registers from row to row.
    #[inline(always)]
    fn panel<S: pulp::Simd, const RETROACTIVE: bool, const WRITE: bool, const T: usize>(
        &mut self,
        simd: S,
        rows: Range<usize>,
        column: usize,
    ) {
        let Self { weights, written, traces, sums, is_written: _ } = self;
        let (writing, stride) = (weights.writing(), weights.stride);
        let gains: [S::f32s; T] = *panel::<S, T>(written.gains, column);
        let posts: [S::f32s; T] = *panel::<S, T>(written.post, column);
        let sums = panel_mut::<S, T>(sums, column);
        let mut totals = *sums;
        for row in rows {
            let (pre, input) = (simd.splat_f32s(written.pre[row]), simd.splat_f32s(written.post[row]));
            let at = row * stride + column;
            let (w, alpha) = (panel::<S, T>(&weights.w, at), panel::<S, T>(&weights.alpha, at));
            let trace = panel_mut::<S, T>(&mut traces.trace, at);
            // Simple modulation has no eligibility: what stands here then is not read.
            let mut none = posts;
            let eligibility = if RETROACTIVE { panel_mut::<S, T>(&mut traces.eligibility, at) } else { &mut none };
            for place in 0..T {
                let mut value = trace[place];
                if WRITE {
                    let together = simd.mul_f32s(pre, posts[place]);
                    if RETROACTIVE {
                        (value, eligibility[place]) =
                            writing.retroactive(simd, value, eligibility[place], gains[place], together);
                    } else {
                        value = writing.simple(simd, value, gains[place], together);
                    }
                    trace[place] = value;
                }
                let effective = simd.mul_add_e_f32s(alpha[place], value, w[place]);
                totals[place] = simd.mul_add_e_f32s(input, effective, totals[place]);
            }
        }
        *sums = totals;
    }
}

/// `T` vectors from a place on.
#[inline(always)]
fn panel<S: pulp::Simd, const T: usize>(values: &[f32], place: usize) -> &[S::f32s; T] {
    vectors::<S>(&values[place..]).first_chunk().expect("panels end with their row")
}

/// `T` vectors from a place on.
#[inline(always)]
fn panel_mut<S: pulp::Simd, const T: usize>(values: &mut [f32], place: usize) -> &mut [S::f32s; T] {
    vectors_mut::<S>(&mut values[place..]).first_chunk_mut().expect("panels end with their row")
}
