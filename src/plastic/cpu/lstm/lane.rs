//! One lifetime of an LSTM layer, forward.

use super::weights::LstmWeights;
use crate::plastic::cpu::Buffer;
use crate::plastic::cpu::activation::tanh;
use crate::plastic::cpu::modulated::{History, Signals};

/// What happens in one lifetime, padded rows of cells.
pub(super) struct LstmLane {
    /// h(−1), h(0) …, `[T + 1, stride]`.
    pub hidden: Buffer,
    /// c(−1), c(0) …, `[T + 1, stride]`.
    pub cell: Buffer,
    /// i, f and o, `[T, 3, stride]`.
    pub gates: Buffer,
    /// c̃, `[T, stride]`.
    pub candidate: Buffer,
    /// M, `[T]`; empty where the network modulates nothing.
    pub modulator: Vec<f32>,
    /// What the path to the candidate carries.
    pub history: Option<History>,
    steps: usize,
}

/// What a lifetime begins with, `[N]` and `[N, N]`.
pub(super) struct Past<'a> {
    pub hidden: &'a [f32],
    pub cell: &'a [f32],
    pub traces: [&'a [f32]; 2],
}

impl LstmLane {
    /// A lifetime that has not begun. `steps` only tunes memory.
    pub fn new(weights: &LstmWeights, steps: usize, past: Option<&Past<'_>>) -> Self {
        let LstmWeights { cells, stride, .. } = *weights;
        let row = |given: Option<&[f32]>| {
            let mut rows = Buffer::with_capacity((steps + 1) * stride);
            rows.grow(stride);
            rows[..given.map_or(0, <[f32]>::len).min(cells)].copy_from_slice(given.unwrap_or_default());
            rows
        };
        let history = weights.plastic.as_ref().map(|plastic| {
            let mut history = History::new(plastic, steps, past.is_some());
            if let Some(Past { traces, .. }) = past {
                history.transplant(plastic, *traces);
            }
            history
        });
        Self {
            hidden: row(past.map(|past| past.hidden)),
            cell: row(past.map(|past| past.cell)),
            gates: Buffer::with_capacity(steps * 3 * stride),
            candidate: Buffer::with_capacity(steps * stride),
            modulator: Vec::new(),
            history,
            steps: 0,
        }
    }

    /// How many steps it has had.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// h of the last step, padded.
    pub fn last(&self, stride: usize) -> &[f32] {
        &self.hidden[self.steps * stride..][..stride]
    }

    /// What writes the trace: h(t−1) and c̃(t).
    pub fn signals(&self) -> Signals<'_> {
        Signals { pre: &self.hidden, post: &self.candidate, modulator: &self.modulator }
    }

    /// One step. `sums` is what h(t−1) comes to through fixed matrices, `[parts, stride]`; `drive` what the inputs do to
    /// i, f, o and c, `[4, N]`.
    pub fn step(&mut self, weights: &LstmWeights, sums: &[f32], drive: &[f32], candidate_sums: &mut [f32]) {
        let LstmWeights { cells, stride, .. } = *weights;
        let step = self.steps;
        match (&weights.plastic, &mut self.history) {
            (Some(plastic), Some(history)) => {
                let signals = Signals { pre: &self.hidden, post: &self.candidate, modulator: &self.modulator };
                candidate_sums.fill(0.0);
                history.product(plastic, signals, step, candidate_sums);
            }
            _ => candidate_sums.copy_from_slice(&sums[3 * stride..][..stride]),
        }
        self.cell.grow(stride);
        self.hidden.grow(stride);
        let (before, cell) = self.cell[step * stride..].split_at_mut(stride);
        let hidden = &mut self.hidden[(step + 1) * stride..];
        pulp::Arch::new().dispatch(Cells {
            sums: [&sums[..3 * stride], candidate_sums],
            drive,
            gates: self.gates.grow(3 * stride),
            candidate: &mut self.candidate.grow(stride)[..cells],
            before: &before[..cells],
            cell: &mut cell[..cells],
            hidden: &mut hidden[..cells],
        });
        if let Some(plastic) = weights.plastic.as_ref().filter(|plastic| plastic.rate.is_none()) {
            self.modulator.push(plastic.modulator(hidden));
        }
        self.steps += 1;
    }
}

/// What cells do in one step, given what they hear.
struct Cells<'a> {
    /// Of i, f and o, `[3, stride]`, and of the candidate, `[stride]`.
    sums: [&'a [f32]; 2],
    /// `[4, N]`.
    drive: &'a [f32],
    /// `[3, stride]`.
    gates: &'a mut [f32],
    /// This and what follows: `[N]`.
    candidate: &'a mut [f32],
    before: &'a [f32],
    cell: &'a mut [f32],
    hidden: &'a mut [f32],
}

impl pulp::WithSimd for Cells<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { sums: [sums, candidate_sums], drive, gates, candidate, before, cell, hidden } = self;
        let (cells, stride) = (cell.len(), gates.len() / 3);
        for (gate, row) in gates.chunks_exact_mut(stride).enumerate() {
            let heard = sums[gate * stride..][..cells].iter().zip(&drive[gate * cells..][..cells]);
            row.iter_mut().zip(heard).for_each(|(gate, (sum, drive))| *gate = sigmoid(sum + drive));
        }
        let heard = candidate_sums[..cells].iter().zip(&drive[3 * cells..][..cells]);
        candidate.iter_mut().zip(heard).for_each(|(value, (sum, drive))| *value = tanh(sum + drive));
        let [input, forget, output] = [0, 1, 2].map(|gate| &gates[gate * stride..][..cells]);
        let (candidate, before, hidden) = (&candidate[..cells], &before[..cells], &mut hidden[..cells]);
        for at in 0..cells {
            cell[at] = forget[at] * before[at] + input[at] * candidate[at];
            hidden[at] = output[at] * tanh(cell[at]);
        }
    }
}

/// 1 / (1 + e⁻ˣ).
#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    0.5 + 0.5 * tanh(0.5 * x)
}
