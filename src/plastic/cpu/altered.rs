//! Lanes that somebody alters between two steps.

use super::forward::{Block, Record};
use super::schedule::Sweep;
use super::sweep::{CarrySweep, Signals};
use crate::plastic::alteration::Alteration;
use crate::plastic::rule::with_update;

impl Record {
    /// Alters all lanes before the next step. `alpha` is the trained α, shaped as its kind says. The lifetime has no
    /// backward pass any more.
    pub fn alter(&mut self, alteration: &Alteration, alpha: &[f32]) {
        self.write_out();
        match alteration {
            // A trace is carried by (1 − η) H or H plus something times η.
            Alteration::Freeze => self.weights.eta = 0.0,
            Alteration::ScaleAlpha(factor) => self.weights.scale_alpha(alpha, *factor),
            // A rule writes these traces: nothing modulates them.
            Alteration::ClampModulator(_) => {}
            Alteration::Erase => self.blocks().for_each(|block| block.trace.fill(0.0)),
            Alteration::Transplant(state) => {
                let (neurons, stride) = (self.weights.post, self.weights.stride);
                for block in self.blocks() {
                    for lane in block.trace.chunks_exact_mut(block.rows.len() * stride) {
                        let given = state.chunks_exact(neurons).skip(block.rows.start);
                        for (row, given) in lane.chunks_exact_mut(stride).zip(given) {
                            row[..neurons].copy_from_slice(given);
                        }
                    }
                }
            }
        }
    }

    fn blocks(&mut self) -> impl Iterator<Item = &mut Block> {
        self.groups.iter_mut().flat_map(|group| &mut group.blocks)
    }

    /// Does the updates that wait for the next sweep.
    fn write_out(&mut self) {
        let (from, step) = (self.schedule.waiting_from(), self.steps());
        let Some(rule) = self.weights.rule.filter(|_| from < step) else { return };
        let stride = self.weights.stride;
        let range = Sweep { from, step }.history(from, stride);
        for group in &mut self.groups {
            let signals: Vec<Signals<'_>> =
                group.activity.iter().map(|lane| Signals::recurrent(&lane[range.clone()], stride)).collect();
            for block in &mut group.blocks {
                let before = block.trace.clone();
                with_update!(rule, self.weights.eta, update => pulp::Arch::new().dispatch(CarrySweep {
                    update,
                    rows: block.rows.clone(),
                    stride,
                    signals: &signals,
                    before: &before,
                    after: &mut block.trace,
                }));
            }
        }
        self.schedule.push(step);
    }
}
