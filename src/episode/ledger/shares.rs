//! The account of a trace by event: who wrote it, and of whose writes the bound has cut something off.

use super::{Entry, Ledger};
use crate::episode::Tape;
use std::ops::Range;

/// Who is behind a [`Share`] or a [`Loss`].
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
    /// Those of one sign that are not named one by one.
    Rest {
        /// How many events and steps these are.
        count: usize,
        /// Whether they are the positive ones.
        is_up: bool,
    },
    /// The network's single precision, step by step.
    Rounding,
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
    /// What the bound has cut off of its writes, signed.
    pub cut: f64,
}

/// What the bound has cut off.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// At how many steps.
    pub times: usize,
    /// Of how many steps that could write.
    pub steps: usize,
    /// The magnitudes of all that it has cut off, together.
    pub amount: f64,
    /// Which part that is of the magnitudes of all that would have been written.
    pub share: f64,
    /// Who lost most.
    pub losses: Vec<Loss>,
}

/// What somebody's writes have lost.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// Who.
    pub writer: Writer,
    /// How much the bound has cut off, signed.
    pub amount: f64,
    /// Its magnitude among the magnitudes of all losses; all shares together are 1.
    pub share: f64,
}

/// What belongs together: an event, or a step by itself.
struct Group {
    writer: Writer,
    amount: f64,
    cut: f64,
}

impl Ledger {
    /// The account by event, the `most` strongest one by one and the others together, those that push H up apart from
    /// those that push it down; at the end what is rounded. Nothing where H holds nothing.
    pub fn shares(&self, tape: &Tape, most: usize) -> Vec<Share> {
        let mut groups = self.groups(tape);
        groups.retain(|group| group.amount != 0.0);
        let mut shares = named(groups, most, |group| group.amount);
        if self.rounding != 0.0 {
            shares.push(Group { writer: Writer::Rounding, amount: self.rounding, cut: 0.0 });
        }
        let magnitude: f64 = shares.iter().map(|group| group.amount.abs()).sum();
        let share = |Group { writer, amount, cut }| Share { writer, amount, share: amount.abs() / magnitude, cut };
        shares.into_iter().map(share).collect()
    }

    /// What the bound has cut off, by event, named as in [`Self::shares`]; `None` where it has never cut anything off.
    pub fn cut_off(&self, tape: &Tape, most: usize) -> Option<Cut> {
        let times = self.written.iter().filter(|entry| entry.cut != 0.0).count();
        let mut groups = self.groups(tape);
        groups.retain(|group| group.cut != 0.0);
        let losses = named(groups, most, |group| group.cut);
        let magnitude: f64 = losses.iter().map(|group| group.cut.abs()).sum();
        let loss = |Group { writer, cut, .. }| Loss { writer, amount: cut, share: cut.abs() / magnitude };
        let losses = losses.into_iter().map(loss).collect();
        let amount: f64 = self.written.iter().map(|entry| entry.cut.abs()).sum();
        let written: f64 = self.written.iter().map(|entry| entry.written.abs()).sum();
        (times > 0).then(|| Cut { times, steps: self.written.len(), amount, share: amount / written, losses })
    }

    /// Transplant, events and steps in their order.
    fn groups(&self, tape: &Tape) -> Vec<Group> {
        let set = |set: &Entry| Group { writer: Writer::Transplant(set.step), amount: set.amount, cut: 0.0 };
        let mut groups: Vec<Group> = self.transplanted.iter().map(set).collect();
        // Events and entries both come in order of their steps, so neighbours are all that can belong together.
        for &Entry { step, amount, cut, .. } in &self.written {
            let writer = match tape.event_at(step) {
                Some(event) => Writer::Event { label: tape.label(event), steps: event.start..step + 1 },
                None => Writer::Step(step),
            };
            match (groups.last_mut(), &writer) {
                (
                    Some(Group { writer: Writer::Event { steps: known, .. }, amount: sum, cut: lost }),
                    Writer::Event { steps: Range { start, end }, .. },
                ) if known.start == *start => {
                    known.end = *end;
                    *sum += amount;
                    *lost += cut;
                }
                _ => groups.push(Group { writer, amount, cut }),
            }
        }
        groups
    }
}

/// The `most` largest by what `value` says, and the others together by its sign: together they would cancel, and their
/// share would no longer be that of their amount.
fn named(mut groups: Vec<Group>, most: usize, value: fn(&Group) -> f64) -> Vec<Group> {
    groups.sort_by(|a, b| value(b).abs().total_cmp(&value(a).abs()));
    let others = groups.split_off(most.min(groups.len()));
    for is_up in [true, false] {
        let alike: Vec<&Group> = others.iter().filter(|group| (value(group) > 0.0) == is_up).collect();
        if !alike.is_empty() {
            groups.push(Group {
                writer: Writer::Rest { count: alike.len(), is_up },
                amount: alike.iter().map(|group| group.amount).sum(),
                cut: alike.iter().map(|group| group.cut).sum(),
            });
        }
    }
    groups
}
