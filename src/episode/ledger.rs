//! Who wrote a trace: the contribution of every step to H_ij(t), exact because the rules are linear in H.
//!
//! A step *s* turns H(s) into H(s+1) = k(s) H(s) + η x_i(s−1) x_j(s), where k, the part that is kept, does not depend
//! on H. Unrolled from H(0) = 0, the trace is a sum with one term per step:
//!
//! H(t) = Σ_s η x_i(s−1) x_j(s) · Π_{s<u<t} k(u)
//!
//! | rule | k(u) |
//! |---|---|
//! | decaying Hebb (*Differentiable plasticity*, eq. 2) | 1 − η |
//! | Oja (eq. 3) | 1 − η x_j(u)² |
//! | clipped Hebb (*Backpropamine*) | 1, and what the clip cuts off is an entry of its own |
//!
//! Under simple neuromodulation M_j(s) stands in the place of η, with the clip as above. Retroactive neuromodulation
//! writes M_j(s) E_ij(s): the account names the step at which M turned what was eligible into a trace, not those that
//! had made it so.
//!
//! Where somebody has set the trace, the account begins there, with what was put there; where somebody has frozen it,
//! it ends there.

use super::{Event, Tape};
use std::ops::Range;

/// What one step added to a trace, as far as it is still there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// The step that wrote.
    pub step: usize,
    /// Its part of H_ij(t).
    pub amount: f64,
}

/// The account of one synapse at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// One entry per step before the instant, in order.
    pub written: Vec<Entry>,
    /// What the clip took away, at each step at which it bit; empty for rules without one.
    pub cut: Vec<Entry>,
    /// What somebody put there before a step, as far as it is still there; `None` where all was written since birth.
    pub transplanted: Option<Entry>,
}

/// Who is behind a [`Share`].
#[derive(Clone, Debug, PartialEq)]
pub enum Writer {
    /// The steps of one event, as far as they have passed.
    Event {
        /// Its name.
        label: String,
        /// Its steps before the instant.
        steps: Range<usize>,
    },
    /// A step outside every event.
    Step(usize),
    /// Somebody, before this step.
    Transplant(usize),
    /// The clip, which took away instead of writing.
    Clip {
        /// At how many steps it bit.
        times: usize,
    },
    /// Those of one sign that are not named one by one.
    Rest {
        /// How many events and steps these are.
        count: usize,
        /// Whether they are the positive ones.
        is_up: bool,
    },
}

/// One line of the account.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Who.
    pub writer: Writer,
    /// Its part of H_ij(t), signed; all parts together are H_ij(t).
    pub amount: f64,
    /// Its magnitude among the magnitudes of all writers; all shares together are 1.
    pub share: f64,
}

impl Ledger {
    /// The account of H_ij(`until`) of a plastic layer of a tape, by its number, *i* being `from` and *j* `to`. Empty
    /// for a network without such a layer.
    ///
    /// # Panics
    /// When `until` lies beyond the tape or a neuron is none of the layer.
    pub fn of_synapse(tape: &Tape, layer: usize, from: usize, to: usize, until: usize) -> Self {
        let Some(layer) = tape.layer(layer) else {
            return Self { written: Vec::new(), cut: Vec::new(), transplanted: None };
        };
        let since = layer.last_set(until);
        let begin = since.map_or(0, |(step, _)| step);
        let span = begin..layer.frozen_from().clamp(begin, until);
        let history = layer.synapse_history(from, to);
        let [given, _] = history[begin];
        let mut transplanted =
            since.filter(|(_, is_other)| *is_other).map(|(step, _)| Entry { step, amount: f64::from(given) });
        let (recording, eligibility) = (layer.recording(), |step: usize| history[step][1]);
        let amount = |step| recording.added(step, from, to, eligibility(step));
        let mut written: Vec<Entry> = span.map(|step| Entry { step, amount: amount(step) }).collect();
        if let Some(bound) = layer.layer().plasticity.writing.bound() {
            let added = |step| recording.added_bits(step, from, to, eligibility(step));
            let cut = cut_off(&written, given, bound, added);
            return Self { written, cut, transplanted };
        }
        let mut kept = 1.0;
        for entry in written.iter_mut().rev() {
            entry.amount *= kept;
            kept *= recording.kept(entry.step, to);
        }
        transplanted.iter_mut().for_each(|entry| entry.amount *= kept);
        Self { written, cut: Vec::new(), transplanted }
    }

    /// H_ij(t), the sum of all entries.
    pub fn total(&self) -> f64 {
        self.written.iter().chain(&self.cut).chain(&self.transplanted).map(|entry| entry.amount).sum()
    }

    /// The account by event, the `most` strongest one by one and the others together, those that push H
    /// up apart from those that push it down. Nothing where nothing has been written.
    pub fn shares(&self, events: &[Event], most: usize) -> Vec<Share> {
        let mut groups: Vec<(Writer, f64)> = Vec::new();
        // Events and entries both come in order of their steps, so neighbours are all that can belong together.
        for entry in &self.written {
            let writer = match events.iter().find(|event| event.contains(entry.step)) {
                Some(event) => Writer::Event { label: event.label(), steps: event.start..entry.step + 1 },
                None => Writer::Step(entry.step),
            };
            match (groups.last_mut(), &writer) {
                (
                    Some((Writer::Event { steps: known, .. }, amount)),
                    Writer::Event { steps: Range { start, end }, .. },
                ) if known.start == *start => {
                    known.end = *end;
                    *amount += entry.amount;
                }
                _ => groups.push((writer, entry.amount)),
            }
        }
        groups.extend(self.transplanted.iter().map(|entry| (Writer::Transplant(entry.step), entry.amount)));
        if !self.cut.is_empty() {
            let amount = self.cut.iter().map(|entry| entry.amount).sum();
            groups.push((Writer::Clip { times: self.cut.len() }, amount));
        }
        let magnitude: f64 = groups.iter().map(|(_, amount)| amount.abs()).sum();
        if magnitude == 0.0 {
            return Vec::new();
        }
        groups.retain(|(_, amount)| *amount != 0.0);
        groups.sort_by(|(_, a), (_, b)| b.abs().total_cmp(&a.abs()));
        // The clip is never one of the others: whoever reads the account has to know of it.
        let is_named = |index: usize, writer: &Writer| index < most || matches!(writer, Writer::Clip { .. });
        let mut shares = Vec::new();
        // Apart by sign: together they would cancel, and their share would no longer be that of their amount.
        let mut rest = [true, false].map(|is_up| (Writer::Rest { count: 0, is_up }, 0.0));
        for (index, (writer, amount)) in groups.into_iter().enumerate() {
            if is_named(index, &writer) {
                shares.push((writer, amount));
            } else {
                let (others, sum) = &mut rest[usize::from(amount < 0.0)];
                if let Writer::Rest { count, .. } = others {
                    *count += 1;
                }
                *sum += amount;
            }
        }
        shares.extend(rest.into_iter().filter(|(_, amount)| *amount != 0.0));
        shares.into_iter().map(|(writer, amount)| Share { writer, amount, share: amount.abs() / magnitude }).collect()
    }
}

/// What the clip takes away of a trace that begins as `given`, where each step adds as much as `added` says. Whether it
/// bites is decided by the numbers that the network itself had.
fn cut_off(written: &[Entry], given: f32, bound: f32, added: impl Fn(usize) -> f32) -> Vec<Entry> {
    let (mut trace, mut sum, mut cut) = (given, f64::from(given), Vec::new());
    for entry in written {
        let reached = trace + added(entry.step);
        sum += entry.amount;
        trace = reached.clamp(-bound, bound);
        if reached.abs() > bound {
            cut.push(Entry { step: entry.step, amount: f64::from(trace) - sum });
            sum = f64::from(trace);
        }
    }
    cut
}
