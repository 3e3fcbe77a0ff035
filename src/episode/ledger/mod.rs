//! Who wrote a trace: what every step has put into H_ij(t), as far as it is still there.
//!
//! A step *s* turns H(s) into H(s+1). Where nothing bounds H, every rule is linear in it, H(s+1) = k(s) H(s) +
//! η x_i(s−1) x_j(s), with a part k that is kept and does not depend on H. Unrolled from H(0) = 0, the trace is a sum
//! with one term per step:
//!
//! H(t) = Σ_s η x_i(s−1) x_j(s) · Π_{s<u<t} k(u)
//!
//! | rule | k(u) |
//! |---|---|
//! | decaying Hebb (*Differentiable plasticity*, eq. 2) | 1 − η |
//! | Oja (eq. 3) | 1 − η x_j(u)² |
//!
//! The terms are in double precision; what the network's single precision has rounded away is named apart.
//!
//! A bounded H keeps what it has (clipped Hebb and neuromodulation, *Backpropamine*): a step's part is
//! H(s+1) − H(s), what H has really changed by, and what the bound has cut off of its write is named apart. A step whose
//! write is cut off wholly has no part in H. Differences of neighbouring single-precision numbers are exact in double
//! precision, so these parts are H to the bit.
//!
//! Under simple neuromodulation M_j(s) stands in the place of η. Retroactive neuromodulation writes M_j(s) E_ij(s): the
//! account names the step at which M turned what was eligible into a trace, not those that had made it so.
//!
//! Where somebody has set the trace, the account begins there, with what was put there; where somebody has frozen it,
//! it ends there.
//!
//! [`shares`] says the same by event.

pub mod shares;

pub use shares::{Cut, Loss, Share, Writer};

use super::{LayerView, Tape};

/// What one step, or somebody before it, has put into a trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// The step.
    pub step: usize,
    /// What it would have added with no bound in its way.
    pub written: f64,
    /// How much of that the bound has cut off; zero where H stayed within it.
    pub cut: f64,
    /// Which part of what it added later steps have kept.
    pub kept: f64,
    /// Its part of H_ij(t), (written − cut) · kept.
    pub amount: f64,
    /// H_ij as the step has left it.
    pub after: f32,
}

/// The account of one synapse at one instant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// What somebody put there before a step; `None` where all was written since birth.
    pub transplanted: Option<Entry>,
    /// One entry per step before the instant that could write, in order.
    pub written: Vec<Entry>,
    /// What H_ij(t) is more than the sum of those, because the network's numbers are rounded in every step. Zero where
    /// the parts are differences of H.
    pub rounding: f64,
}

impl Ledger {
    /// The account of H_ij(`until`) of a plastic layer of a tape, by its number, *i* being `from` and *j* `to`. Empty
    /// for a network without such a layer.
    ///
    /// # Panics
    /// When `until` lies beyond the tape or a neuron is none of the layer.
    pub fn of_synapse(tape: &Tape, layer: usize, from: usize, to: usize, until: usize) -> Self {
        let Some(layer) = tape.layer(layer) else { return Self::default() };
        let since = layer.last_set(until);
        let begin = since.map_or(0, |(step, _)| step);
        let steps = begin..layer.frozen_from().clamp(begin, until);
        let history = layer.synapse_history(from, to);
        let [given, _] = history[begin];
        let value = f64::from(given);
        let transplanted = since.filter(|(_, is_other)| *is_other).map(|(step, _)| Entry {
            step,
            written: value,
            cut: 0.0,
            kept: 1.0,
            amount: value,
            after: given,
        });
        let written = steps.map(|step| entry(layer, from, to, step, &history)).collect();
        let mut ledger = Self { transplanted, written, rounding: 0.0 };
        if layer.layer().plasticity.writing.bound().is_none() {
            let mut kept = 1.0;
            for entry in ledger.written.iter_mut().rev() {
                (entry.kept, entry.amount) = (kept, entry.written * kept);
                kept *= layer.recording().kept(entry.step, to);
            }
            if let Some(entry) = &mut ledger.transplanted {
                (entry.kept, entry.amount) = (kept, entry.written * kept);
            }
        }
        ledger.rounding = f64::from(history[until][0]) - ledger.total();
        ledger
    }

    /// What was put there, then every step.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.transplanted.iter().chain(&self.written)
    }

    /// H_ij(t): all parts added in their order, rounding last.
    pub fn total(&self) -> f64 {
        self.entries().map(|entry| entry.amount).sum::<f64>() + self.rounding
    }
}

/// What a step has added to a synapse with this history of H and E, none of it decayed.
fn entry(layer: LayerView<'_>, from: usize, to: usize, step: usize, history: &[[f32; 2]]) -> Entry {
    let ([before, eligibility], [after, _]) = (history[step], history[step + 1]);
    let recording = layer.recording();
    match layer.layer().plasticity.writing.bound() {
        None => {
            let written = recording.added(step, from, to, eligibility);
            Entry { step, written, cut: 0.0, kept: 1.0, amount: written, after }
        }
        Some(bound) => {
            // Whether the bound bites is decided by the numbers that the network itself had.
            let reached = before + recording.added_bits(step, from, to, eligibility);
            let cut = if reached.abs() > bound { f64::from(reached) - f64::from(after) } else { 0.0 };
            let amount = f64::from(after) - f64::from(before);
            Entry { step, written: amount + cut, cut, kept: 1.0, amount, after }
        }
    }
}
