//! Any H(t) of a tape, rebuilt bit for bit by replaying the rule.

use super::{LayerView, Tape};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Key-frames are kept every this many steps, or further apart when traces are large.
const KEY_FRAME_STEPS: usize = 8;

/// All key-frames of one reel together stay below this many bytes.
const KEY_FRAME_BYTES: usize = 128 << 20;

/// A plastic layer of a tape being looked at: a trace that follows the playhead, and key-frames of where it has been.
///
/// Moving forward costs one update per step; moving back starts at the key-frame below.
#[derive(Clone)]
pub struct Reel {
    tape: Arc<Tape>,
    /// Which of the plastic layers.
    layer: usize,
    at: usize,
    /// H, then what else is carried from step to step.
    state: Vec<f32>,
    every: usize,
    key_frames: BTreeMap<usize, Arc<[f32]>>,
}

impl Reel {
    /// A reel at the beginning of `tape`, of its plastic layer of this number. One of a network without such a layer has
    /// nothing to show but the tape.
    pub fn new(tape: Arc<Tape>, layer: usize) -> Self {
        let state = tape.layer(layer).map_or_else(Vec::new, |layer| layer.first_state());
        let affordable = (KEY_FRAME_BYTES / size_of_val(&state[..]).max(1)).max(1);
        let every = KEY_FRAME_STEPS.max(tape.steps.div_ceil(affordable));
        Self { state, tape, layer, at: 0, every, key_frames: BTreeMap::new() }
    }

    /// The tape.
    pub fn tape(&self) -> &Arc<Tape> {
        &self.tape
    }

    /// The layer in its lifetime; `None` for a network without such a layer.
    pub fn layer(&self) -> Option<LayerView<'_>> {
        self.tape.layer(self.layer)
    }

    /// H(t), `[pre, post]` row major: the trace that step t was computed with (*Differentiable plasticity*, eq. 1).
    /// H(0) is zero unless somebody set it; `step` may be up to T, the trace that the lifetime left behind. Empty for a
    /// network without traces.
    ///
    /// # Panics
    /// When `step` lies beyond the tape.
    pub fn trace_at(&mut self, step: usize) -> &[f32] {
        let trace = self.trace_len();
        &self.state_at(step)[..trace]
    }

    /// H(t), then E(t) where there is one, as [`Self::trace_at`].
    ///
    /// # Panics
    /// When `step` lies beyond the tape.
    pub fn state_at(&mut self, step: usize) -> &[f32] {
        assert!(step <= self.tape.steps, "step {step} lies beyond a tape of {} steps", self.tape.steps);
        let tape = Arc::clone(&self.tape);
        let Some(layer) = tape.layer(self.layer) else { return &[] };
        if step < self.at || step - self.at > self.every {
            let nearest = self.key_frames.range(..=step).next_back();
            match nearest {
                Some((&key, frame)) if key > self.at || step < self.at => {
                    self.state.copy_from_slice(frame);
                    self.at = key;
                }
                None if step < self.at => {
                    self.state = layer.first_state();
                    self.at = 0;
                }
                Some(_) | None => {}
            }
        }
        while self.at < step {
            let next_key = (self.at / self.every + 1) * self.every;
            let reach = step.min(next_key);
            layer.carry(&mut self.state, self.at..reach);
            self.at = reach;
            if reach == next_key {
                self.key_frames.entry(reach).or_insert_with(|| self.state.as_slice().into());
            }
        }
        &self.state
    }

    fn trace_len(&self) -> usize {
        self.layer().map_or(0, |layer| layer.layer().trace_len())
    }

    /// H as `step` left it, before anybody did anything to it: [`Self::trace_at`] of the next step, but for what was
    /// done before that. Empty for a network without traces.
    ///
    /// # Panics
    /// When `step` lies beyond the tape.
    pub fn written_at(&mut self, step: usize) -> Vec<f32> {
        let mut state = self.state_after(step);
        state.truncate(self.trace_len());
        state
    }

    /// H, then E where there is one, as [`Self::written_at`].
    ///
    /// # Panics
    /// When `step` lies beyond the tape.
    pub fn state_after(&mut self, step: usize) -> Vec<f32> {
        let mut state = self.state_at(step).to_vec();
        if let Some(layer) = self.layer() {
            layer.write(&mut state, step);
        }
        state
    }

    /// H_ij over the lifetime, one value per step from H(0) to H(T); zeros for a network without traces.
    pub fn synapse_history(&self, from: usize, to: usize) -> Vec<f32> {
        match self.layer() {
            Some(layer) => layer.synapse_history(from, to).into_iter().map(|[trace, _]| trace).collect(),
            None => vec![0.0; self.tape.steps + 1],
        }
    }

    /// What every step wrote, H(t+1)_ij − H(t)_ij where nobody did anything to it, and of `synapses` synapses spread
    /// evenly over the network; empty for a network without traces.
    pub fn sampled_changes(&self, synapses: usize) -> Vec<f32> {
        let Some(layer) = self.layer() else { return Vec::new() };
        let columns = layer.layer().post;
        // The golden ratio visits rows and columns evenly, however many there are.
        let total = layer.layer().trace_len() as f64;
        let places = (0..synapses).map(|index| ((index as f64 * 0.618_033_988_749_895).fract() * total) as usize);
        places
            .flat_map(|place| {
                let (from, to) = (place / columns, place % columns);
                let history = layer.synapse_history(from, to);
                let steps = history.into_iter().take(self.tape.steps).enumerate();
                steps.map(|(step, before)| layer.written(from, to, before, step) - before[0]).collect::<Vec<_>>()
            })
            .collect()
    }
}
