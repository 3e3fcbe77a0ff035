//! Which cue an agent takes for the target: what it would answer if that cue alone were shown and it were asked.

use super::YES;
use crate::episode::Reel;
use crate::plastic::{Alteration, Parameters, State, Stepper};
use crate::tasks::agent::Heads;
use candle_core::Result;

/// A trial of one cue: the blank with which the trial of the step began, the cue, the question.
pub const STEPS: usize = 3;

/// How likely the agent would be to say yes to each cue alone, with the trace that `step` is made with and with what it
/// had in mind when the trial of that step began, before any of its cues: what the trace has learned, not what has just
/// been shown. Everything goes on as in a trial of the lifetime, and what was done to the network counts. Empty for a tape
/// without trials.
///
/// # Errors
/// When a parameter is missing, or the lifetimes cannot be lived from there on.
///
/// # Panics
/// When the step lies beyond the tape.
pub fn beliefs(parameters: &Parameters, reel: &mut Reel, step: usize) -> Result<Vec<f32>> {
    let tape = reel.tape().clone();
    let Some(behaviour) = tape.content.behaviour() else { return Ok(Vec::new()) };
    let (Some(trials), Some(network)) = (&behaviour.trials, tape.network.recurrent()) else { return Ok(Vec::new()) };
    let (count, bits) = (trials.cues.len(), trials.bits());
    let start = trials.trial_start(step);
    let traces = match network.layer() {
        Some(_) => vec![reel.state_at(step).to_vec(); count],
        None => Vec::new(),
    };
    let silence = vec![0.0; tape.neurons()];
    let activity = tape.activity_before(start).unwrap_or(&silence).repeat(count);
    let mut stepper = Stepper::begin_from(network, parameters, &State { activity, traces }, STEPS)?;
    if let Some(layer) = tape.recurrent_layer().and_then(|index| tape.layer(index)) {
        let scale = layer.alpha_scale(step);
        let in_force = [
            (scale != 1.0).then_some(Alteration::ScaleAlpha(scale)),
            (layer.frozen_from() <= step).then_some(Alteration::Freeze),
            layer.clamped_modulator(step).map(|value| Alteration::ClampModulator(Some(value))),
        ];
        in_force.iter().flatten().try_for_each(|alteration| stepper.alter(parameters, alteration))?;
    }
    let heads = Heads::new(parameters)?;
    let blank = &behaviour.observations[start * heads.inputs()..][..heads.inputs()];
    let neurons = tape.neurons();
    let mut activity = Vec::new();
    for moment in 0..STEPS {
        let mut drive = vec![0.0; count * neurons];
        for (cue, drive) in trials.cues.iter().zip(drive.chunks_exact_mut(neurons)) {
            let mut seen = blank.to_vec();
            // One part of the lifetime after the other, as ever.
            seen[bits + 2] += moment as f32 / tape.steps as f32;
            match moment {
                0 => {}
                1 => seen[..bits].copy_from_slice(cue),
                _ => seen[bits] = 1.0,
            }
            heads.drive(&seen, drive);
        }
        activity = stepper.step(&drive)?;
    }
    let mut probabilities = vec![0.0; heads.actions()];
    let says_yes = activity.chunks_exact(neurons).map(|activity| {
        heads.probabilities(activity, &mut probabilities);
        probabilities[YES]
    });
    Ok(says_yes.collect())
}
