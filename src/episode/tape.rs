//! What is recorded of one lifetime.
//!
//! A tape keeps inputs and signals only. Traces are a function of them, so none is stored:
//! [`super::Reel`] rebuilds H(t) when somebody looks. A lifetime of 1001 neurons and 205 steps is
//! then 1.6 MB in memory and on disk, instead of 0.8 GB.

use super::{Content, GateRecord, Intervention, LayerRecord, Modulator, What, content, gates, intervention, tape_file};
use crate::plastic::Network;
use crate::plastic::network::RECURRENT;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// What happens during a span of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Something is shown to be remembered.
    Study,
    /// Nothing is shown.
    Blank,
    /// Part of something is shown, and the rest is asked for.
    Probe,
    /// The action of this step brings the reward.
    Reward,
    /// The agent finds itself elsewhere, without having walked there.
    Teleport,
    /// The action of this step leads into a wall.
    Bump,
    /// A sentence of a text.
    Sentence,
    /// A cue is shown.
    Cue,
    /// The action of this step is the answer to a question.
    Go,
}

impl EventKind {
    /// The word for it, but in a lesson, see [`Tape::label`].
    fn title(self) -> &'static str {
        match self {
            Self::Study => "study",
            Self::Blank => "blank",
            Self::Probe => "probe",
            Self::Reward => "reward",
            Self::Teleport => "teleport",
            Self::Bump => "bump",
            Self::Sentence => "sentence",
            Self::Cue => "cue",
            Self::Go => "answer",
        }
    }
}

/// A named span of a lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What happens.
    pub kind: EventKind,
    /// The first step of the span.
    pub start: usize,
    /// How many steps it lasts; at least one.
    pub steps: usize,
    /// Which of several (for study: the example's index, from 0).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
}

impl Event {
    /// Whether the span covers `step`.
    pub fn contains(&self, step: usize) -> bool {
        (self.start..self.start + self.steps).contains(&step)
    }
}

/// Where a lifetime comes from: given when its tape is made.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The task's name in the registry.
    pub task: String,
    /// Training iterations the network had behind it.
    pub iteration: u64,
    /// The seed of the episode, where it was asked for by seed.
    pub seed: Option<u64>,
    /// The configuration of the network's run, as a checkpoint has it, so that another lifetime can be lived; `None` where
    /// nobody has put it down. What it means is not this room's business.
    pub run: Option<Arc<Value>>,
}

/// One recorded lifetime of one network.
#[derive(Clone, Debug, PartialEq)]
pub struct Tape {
    /// Where it comes from.
    pub origin: Origin,
    /// The network that lived it.
    pub network: Network,
    /// T.
    pub steps: usize,
    /// What drove the neurons, `[T, N]`.
    pub drive: Vec<f32>,
    /// x(t), `[T, N]`.
    pub activity: Arc<[f32]>,
    /// Its plastic layers with the signals that wrote their traces, in the order of the network's.
    pub layers: Vec<LayerRecord>,
    /// The gates of its LSTM cells, in the order of the network's layers; none where there are no such cells, or where it
    /// comes from an older file.
    pub gates: Vec<GateRecord>,
    /// Spans in order of their start.
    pub events: Vec<Event>,
    /// What the task shows beside the network.
    pub content: Content,
    /// What somebody did to it while it was lived, in the order of the steps.
    pub interventions: Vec<Intervention>,
    /// The loss of this lifetime.
    pub loss: f32,
    /// The task's measure of this lifetime (for patterns: the fraction of wrong bits).
    pub measure: f32,
}

impl Tape {
    /// N, how many neurons a step's activities are of.
    pub fn neurons(&self) -> usize {
        self.network.neurons()
    }

    /// x(t) of all neurons at one step.
    pub fn activity_at(&self, step: usize) -> &[f32] {
        let neurons = self.neurons();
        &self.activity[step * neurons..][..neurons]
    }

    /// What modulates the first of its traces that is modulated; `None` where none is.
    pub fn modulator(&self) -> Option<&Modulator> {
        self.layers.iter().find_map(|record| record.modulator.as_ref())
    }

    /// What its last plastic layer hears at one step; without one, the activities. Where convolutions come before, these are
    /// the features of what is shown.
    pub fn features_at(&self, step: usize) -> &[f32] {
        let signal = self.layers.last().map_or(&self.activity, |layer| &layer.pre);
        let width = signal.len() / self.steps.max(1);
        &signal[step * width..][..width]
    }

    /// What an event is called: "study 3", "probe", kind and number counted from one; of a lesson "class 3", which is
    /// taught, and "query".
    pub fn label(&self, event: &Event) -> String {
        let is_lesson = self.content.one_shot().is_some();
        let word = match event.kind {
            EventKind::Study if is_lesson => "class",
            EventKind::Probe if is_lesson => "query",
            kind => kind.title(),
        };
        match event.index {
            Some(index) => format!("{word} {}", index.saturating_add(1)),
            None => word.to_owned(),
        }
    }

    /// The event that covers `step`.
    pub fn event_at(&self, step: usize) -> Option<&Event> {
        self.events.iter().find(|event| event.contains(step))
    }

    /// Checks that sizes and spans fit together; tapes may come from files.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self) -> Result<(), String> {
        self.network.check()?;
        let Some(expected) = self.steps.checked_mul(self.neurons()) else {
            return Err(format!("expected an episode that fits into memory, found {} steps", self.steps));
        };
        if self.steps == 0 {
            return Err("expected an episode of at least one step, found none".into());
        }
        for (name, values) in [("drive", &self.drive[..]), ("activity", &self.activity[..])] {
            if values.len() != expected {
                return Err(format!(
                    "the {name} of {} steps has {} values, expected {expected}",
                    self.steps,
                    values.len()
                ));
            }
        }
        for event in &self.events {
            let end = event.start.checked_add(event.steps);
            if event.steps == 0 || end.is_none_or(|end| end > self.steps) {
                return Err(format!(
                    "event {} spans steps {} to {}, expected a span within {} steps",
                    self.label(event),
                    event.start.saturating_add(1),
                    event.start.saturating_add(event.steps),
                    self.steps
                ));
            }
        }
        if !self.events.is_sorted_by_key(|event| event.start) {
            return Err("expected events in the order of their start, found another order".into());
        }
        self.content.check(&self.network, self.steps)?;
        intervention::check(&self.interventions, &self.network, self.steps)?;
        self.check_deeds()?;
        if !self.layers.iter().map(|record| &record.layer).eq(&self.network.layers()) {
            return Err("expected the signals of the network's plastic layers, found those of others".into());
        }
        self.layers.iter().try_for_each(|record| record.check(self.steps))?;
        gates::check(&self.gates, &self.network, self.steps)?;
        for LayerRecord { layer, pre, post, .. } in &self.layers {
            if content::is_taken(&tape_file::prefix(layer)) {
                return Err(format!("expected a layer with another name, found one called {}", layer.name));
            }
            let is_activity = |signal: &Arc<[f32]>| Arc::ptr_eq(signal, &self.activity) || *signal == self.activity;
            if layer.name == RECURRENT && !(is_activity(pre) && is_activity(post)) {
                return Err("expected recurrent neurons that hear their activities, found other signals".into());
            }
        }
        for (name, value) in [("loss", self.loss), ("measure", self.measure)] {
            if !value.is_finite() {
                return Err(format!("the {name} of the episode is {value}, expected a finite number"));
            }
        }
        Ok(())
    }

    /// Checks that what was done to an agent is what it did.
    fn check_deeds(&self) -> Result<(), String> {
        for Intervention { step, layer, what } in &self.interventions {
            let taken = self.content.behaviour().and_then(|behaviour| behaviour.actions.get(*step));
            if let (What::Act(action), Some(taken)) = (what, taken)
                && action != taken
            {
                return Err(format!("step {} was driven to action {action}, but the agent took {taken}", step + 1));
            }
            if let What::ClampModulator(_) = what
                && let Some(clamped) = intervention::clamped_modulator(&self.interventions, *layer, *step)
                && let Some(record) = self.layers.get(*layer)
                && let Some(found) = record.modulator.as_ref().and_then(|known| known.values.get(*step))
                && clamped != *found
            {
                return Err(format!("the modulator was clamped to {clamped} at step {}, found {found}", step + 1));
            }
            if let What::SetTarget(cue) = what {
                let cues = self.content.behaviour().and_then(|behaviour| behaviour.trials.as_ref());
                let count = cues.map_or(0, |trials| trials.cues.len());
                if *cue >= count {
                    let found = cue.saturating_add(1);
                    return Err(format!("expected one of {count} cues as the target, found number {found}"));
                }
            }
            if let What::MoveReward([row, column]) = *what
                && self.content.walk().is_none_or(|walk| walk.is_wall([row, column]))
            {
                return Err(format!("expected the reward on an open square, found square ({column}, {row})"));
            }
        }
        Ok(())
    }
}
