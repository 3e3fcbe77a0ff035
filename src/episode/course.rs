//! How the trace of a tape goes on from step to step: by what the network wrote, and by what somebody did to it.

use super::Tape;
use super::intervention::{self, What};
use crate::plastic::Alteration;
use std::ops::Range;

impl Tape {
    /// What was done to the plastic part, and before which step.
    fn alterations(&self) -> impl Iterator<Item = (usize, Alteration)> {
        self.interventions.iter().filter_map(|done| Some((done.step, done.what.alteration()?)))
    }

    /// What was done before this step.
    pub fn done_before(&self, step: usize) -> impl Iterator<Item = &What> {
        self.interventions.iter().filter(move |done| done.step == step).map(|done| &done.what)
    }

    /// The first step that writes no trace any more; T where none has been frozen.
    pub fn frozen_from(&self) -> usize {
        intervention::frozen_from(&self.interventions).unwrap_or(self.steps)
    }

    /// How many times the trained α counts in a step.
    pub fn alpha_scale(&self, step: usize) -> f32 {
        intervention::alpha_scale(&self.interventions, step)
    }

    /// Where the trace that the product of `step` is made with was last set by somebody: the step, and whether it was
    /// set to another trace; erased, it is zero. `None` where it has grown since birth.
    pub fn last_set(&self, step: usize) -> Option<(usize, bool)> {
        intervention::latest(&self.interventions, step, |done| match done.what {
            What::Erase => Some((done.step, false)),
            What::Transplant { .. } => Some((done.step, true)),
            _ => None,
        })
    }

    /// The parts of `span` that the network itself goes through, each with what somebody did at its end.
    fn parts(&self, span: Range<usize>) -> Vec<(Range<usize>, Option<Alteration>)> {
        let (mut parts, mut from) = (Vec::new(), span.start);
        for (at, alteration) in self.alterations().filter(|(at, _)| (span.start + 1..=span.end).contains(at)) {
            parts.push((from..at, Some(alteration)));
            from = at;
        }
        parts.push((from..span.end, None));
        parts
    }

    /// Those of its steps that write.
    fn writing(&self, span: Range<usize>) -> Range<usize> {
        span.start.min(self.frozen_from())..span.end.min(self.frozen_from())
    }

    /// What is carried from step to step as the lifetime begins: H, then E where there is one.
    pub fn first_state(&self) -> Vec<f32> {
        let mut state = vec![0.0; self.network.state_len()];
        self.alterations().take_while(|(at, _)| *at == 0).for_each(|(_, alteration)| alteration.apply(&mut state));
        state
    }

    /// Carries `state` from what step `span.start` was made with to what step `span.end` was made with, bit for bit.
    ///
    /// # Panics
    /// When `state` has another size or the span reaches beyond the tape.
    pub fn carry(&self, state: &mut [f32], span: Range<usize>) {
        let Some(recording) = self.recording() else { return };
        for (part, alteration) in self.parts(span) {
            recording.carry(state, self.writing(part));
            alteration.iter().for_each(|alteration| alteration.apply(state));
        }
    }

    /// Carries `state` from what `step` was made with to what it left behind, before anybody did anything to that.
    ///
    /// # Panics
    /// When `state` has another size or the step lies beyond the tape.
    pub fn write(&self, state: &mut [f32], step: usize) {
        if let Some(recording) = self.recording() {
            recording.carry(state, self.writing(step..step + 1));
        }
    }

    /// H of one synapse as `step` left it, before anybody did anything to it; `state` is its H and E before.
    ///
    /// # Panics
    /// When the network has no such synapse or the step lies beyond the tape.
    pub fn written(&self, from: usize, to: usize, state: [f32; 2], step: usize) -> f32 {
        let written =
            self.recording().map(|recording| recording.synapse(from, to, state, self.writing(step..step + 1)));
        written.and_then(|states| states.last().copied()).unwrap_or(state)[0]
    }

    /// H and E of one synapse, one pair per step from H(0) to H(T), bit for bit what the lifetime had; E is zero where
    /// there is none. Zeros for a network without traces.
    ///
    /// # Panics
    /// When the network has no such synapse.
    pub fn synapse_history(&self, from: usize, to: usize) -> Vec<[f32; 2]> {
        let Some(recording) = self.recording() else { return vec![[0.0; 2]; self.steps + 1] };
        let neurons = self.network.neurons;
        assert!(from < neurons && to < neurons, "the network has no synapse {from} → {to}");
        let set = |state: &mut [f32; 2], alteration: Alteration| {
            alteration.apply_to_one(state, from * neurons + to, neurons * neurons);
        };
        let mut state = [0.0; 2];
        self.alterations().take_while(|(at, _)| *at == 0).for_each(|(_, alteration)| set(&mut state, alteration));
        let mut history = vec![state];
        for (part, alteration) in self.parts(0..self.steps) {
            let end = part.end;
            history.extend(recording.synapse(from, to, state, self.writing(part)));
            state = history[history.len() - 1];
            // Frozen, it stays as it is.
            history.resize(end + 1, state);
            // What somebody did is seen from the step on that was made with it.
            if let Some(alteration) = alteration {
                set(&mut state, alteration);
                history[end] = state;
            }
        }
        history
    }

    /// Row and column of the reward square in a step; `None` for a task without one.
    pub fn reward_square(&self, step: usize) -> Option<[usize; 2]> {
        let walk = self.behaviour.as_ref()?.walk.as_ref()?;
        let moved = intervention::latest(&self.interventions, step, |done| match done.what {
            What::MoveReward(square) => Some(square),
            _ => None,
        });
        Some(moved.unwrap_or(walk.reward))
    }
}
