//! A plastic layer in a lifetime: the signals that wrote its trace, and how that goes on from step to step, by what was
//! written and by what somebody did to it.

use super::intervention::{self, What};
use super::{Modulator, Tape};
use crate::plastic::network::RECURRENT;
use crate::plastic::replay::{Modulators, Recording};
use crate::plastic::{Alteration, PlasticLayer};
use std::ops::Range;
use std::sync::Arc;

/// What is recorded of one plastic layer. Traces are a function of it, so none is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerRecord {
    /// The layer.
    pub layer: PlasticLayer,
    /// Its η at the time; zero where none is trained.
    pub eta: f32,
    /// The pre-synaptic signal, `[T, pre]`, not yet delayed.
    pub pre: Arc<[f32]>,
    /// The post-synaptic signal, `[T, post]`. Where neurons hear themselves both are the network's activities, in one
    /// place of memory.
    pub post: Arc<[f32]>,
    /// What modulated its trace; `None` where a rule alone writes it.
    pub modulator: Option<Modulator>,
    /// What the lifetime began with; `None` where nothing came before it.
    pub beginning: Option<Beginning>,
}

/// What a layer carried into a lifetime.
#[derive(Clone, Debug, PartialEq)]
pub struct Beginning {
    /// The pre-synaptic activities before the first step, `[pre]`.
    pub pre: Vec<f32>,
    /// H, `[pre, post]`, then E where there is one.
    pub state: Vec<f32>,
}

impl LayerRecord {
    /// Checks that everything fits a lifetime of `steps`; tapes may come from files.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self, steps: usize) -> Result<(), String> {
        let PlasticLayer { name, pre, post, plasticity, .. } = &self.layer;
        for (signal, values, width) in [("pre", &self.pre, pre), ("post", &self.post, post)] {
            if Some(values.len()) != steps.checked_mul(*width) {
                return Err(format!(
                    "the {signal}-synaptic signal of {name} has {} values, expected {steps} steps of {width}",
                    values.len()
                ));
            }
        }
        if !self.eta.is_finite() {
            return Err(format!("the eta of the episode is {}, expected a finite number", self.eta));
        }
        if let Some(Beginning { pre: before, state }) = &self.beginning {
            if self.layer.delay > 1 {
                return Err(format!(
                    "expected an episode that begins with one step of {name}, not {}",
                    self.layer.delay
                ));
            }
            let (expected, found) = ([*pre, self.layer.state_len()], [before.len(), state.len()]);
            if found != expected {
                return Err(format!(
                    "expected an episode of {name} to begin with {expected:?} numbers, found {found:?}"
                ));
            }
            if let Some(value) = before.iter().chain(state).find(|value| !value.is_finite()) {
                return Err(format!("the episode begins with {value}, expected finite numbers"));
            }
        }
        match &self.modulator {
            Some(modulator) => modulator.check(&self.layer, steps),
            None if plasticity.writing.modulation().is_some() => {
                Err("expected what modulated the traces of this episode, found nothing".into())
            }
            None => Ok(()),
        }
    }

    /// What its trace is rebuilt from.
    pub fn recording(&self) -> Recording<'_> {
        let modulator = self
            .modulator
            .as_ref()
            .map(|modulator| Modulators { values: &modulator.values, fan_out: modulator.fan_out.as_ref() });
        let before = self.beginning.as_ref().map_or(&[][..], |beginning| &beginning.pre);
        Recording { layer: &self.layer, eta: self.eta, before, pre: &self.pre, post: &self.post, modulator }
    }
}

/// One plastic layer of a tape.
#[derive(Clone, Copy)]
pub struct LayerView<'a> {
    tape: &'a Tape,
    index: usize,
    record: &'a LayerRecord,
}

impl Tape {
    /// Its plastic layer of this number; `None` when there is none.
    pub fn layer(&self, index: usize) -> Option<LayerView<'_>> {
        Some(LayerView { tape: self, index, record: self.layers.get(index)? })
    }

    /// The number of the layer of neurons that hear themselves; `None` where they are not plastic.
    pub fn recurrent_layer(&self) -> Option<usize> {
        self.layers.iter().position(|record| record.layer.name == RECURRENT)
    }

    /// What neurons that hear each other bring into a step: x of the step before, `[N]`, or what the lifetime began with;
    /// `None` where nothing came before.
    pub fn activity_before(&self, step: usize) -> Option<&[f32]> {
        match step.checked_sub(1) {
            Some(before) => Some(self.activity_at(before)),
            None => Some(&self.layers[self.recurrent_layer()?].beginning.as_ref()?.pre),
        }
    }

    /// Row and column of the reward square in a step; `None` for a task without one.
    pub fn reward_square(&self, step: usize) -> Option<[usize; 2]> {
        let walk = self.content.walk()?;
        let moved = intervention::latest(&self.interventions, step, |done| match done.what {
            What::MoveReward(square) => Some(square),
            _ => None,
        });
        Some(moved.unwrap_or(walk.reward))
    }

    /// Which cue is the target in a step; `None` for a task without cues.
    pub fn target_cue(&self, step: usize) -> Option<usize> {
        let trials = self.content.behaviour()?.trials.as_ref()?;
        let set = intervention::latest(&self.interventions, step, |done| match done.what {
            What::SetTarget(cue) => Some(cue),
            _ => None,
        });
        Some(set.unwrap_or(trials.target))
    }
}

impl<'a> LayerView<'a> {
    /// The layer.
    pub fn layer(&self) -> &'a PlasticLayer {
        &self.record.layer
    }

    /// Its η at the time; zero where none is trained.
    pub fn eta(&self) -> f32 {
        self.record.eta
    }

    /// What its trace is rebuilt from.
    pub fn recording(&self) -> Recording<'a> {
        self.record.recording()
    }

    /// What was done to it, and before which step.
    fn alterations(&self) -> impl Iterator<Item = (usize, Alteration)> + use<'a> {
        let index = self.index;
        let own = self.tape.interventions.iter().filter(move |done| done.layer == index);
        own.filter_map(|done| Some((done.step, done.what.alteration()?)))
    }

    /// The first step that writes no trace any more; T where none has been frozen.
    pub fn frozen_from(&self) -> usize {
        intervention::frozen_from(&self.tape.interventions, self.index).unwrap_or(self.tape.steps)
    }

    /// How many times the trained α counts in a step.
    pub fn alpha_scale(&self, step: usize) -> f32 {
        intervention::alpha_scale(&self.tape.interventions, self.index, step)
    }

    /// What M(t) is held at in a step; `None` where that is the network's business.
    pub fn clamped_modulator(&self, step: usize) -> Option<f32> {
        intervention::clamped_modulator(&self.tape.interventions, self.index, step)
    }

    /// Where the trace that the product of `step` is made with was last set, by somebody or by what the lifetime began
    /// with: the step, and whether it was set to another trace; erased, it is zero. `None` where it has grown from nothing.
    pub fn last_set(&self, step: usize) -> Option<(usize, bool)> {
        let set = intervention::latest(&self.tape.interventions, step, |done| match done.what {
            _ if done.layer != self.index => None,
            What::Erase => Some((done.step, false)),
            What::Transplant { .. } => Some((done.step, true)),
            _ => None,
        });
        set.or_else(|| self.record.beginning.as_ref().map(|_| (0, true)))
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
        let given = self.record.beginning.as_ref().map(|beginning| beginning.state.clone());
        let mut state = given.unwrap_or_else(|| vec![0.0; self.layer().state_len()]);
        self.alterations().take_while(|(at, _)| *at == 0).for_each(|(_, alteration)| alteration.apply(&mut state));
        state
    }

    /// Carries `state` from what step `span.start` was made with to what step `span.end` was made with, bit for bit.
    ///
    /// # Panics
    /// When `state` has another size or the span reaches beyond the tape.
    pub fn carry(&self, state: &mut [f32], span: Range<usize>) {
        for (part, alteration) in self.parts(span) {
            self.recording().carry(state, self.writing(part));
            alteration.iter().for_each(|alteration| alteration.apply(state));
        }
    }

    /// Carries `state` from what `step` was made with to what it left behind, before anybody did anything to that.
    ///
    /// # Panics
    /// When `state` has another size or the step lies beyond the tape.
    pub fn write(&self, state: &mut [f32], step: usize) {
        self.recording().carry(state, self.writing(step..step + 1));
    }

    /// H of one synapse as `step` left it, before anybody did anything to it; `state` is its H and E before.
    ///
    /// # Panics
    /// When the layer has no such synapse or the step lies beyond the tape.
    pub fn written(&self, from: usize, to: usize, state: [f32; 2], step: usize) -> f32 {
        let written = self.recording().synapse(from, to, state, self.writing(step..step + 1));
        written.last().copied().unwrap_or(state)[0]
    }

    /// H and E of one synapse, one pair per step from H(0) to H(T), bit for bit what the lifetime had; E is zero where
    /// there is none.
    ///
    /// # Panics
    /// When the layer has no such synapse.
    pub fn synapse_history(&self, from: usize, to: usize) -> Vec<[f32; 2]> {
        let [rows, columns] = self.layer().shape();
        assert!(from < rows && to < columns, "the layer has no synapse {from} → {to}");
        let set = |state: &mut [f32; 2], alteration: Alteration| {
            alteration.apply_to_one(state, from * columns + to, rows * columns);
        };
        let given = |place: usize| self.record.beginning.as_ref()?.state.get(place).copied();
        let place = from * columns + to;
        let mut state = [place, rows * columns + place].map(|place| given(place).unwrap_or(0.0));
        self.alterations().take_while(|(at, _)| *at == 0).for_each(|(_, alteration)| set(&mut state, alteration));
        let mut history = vec![state];
        for (part, alteration) in self.parts(0..self.tape.steps) {
            let end = part.end;
            history.extend(self.recording().synapse(from, to, state, self.writing(part)));
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
}
