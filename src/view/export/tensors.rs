//! A network, an episode and H(t) as NPZ: `numpy.load("file.npz")["H"]`.
//!
//! Steps and squares are those that people read: steps count from 1, and a square is (column, row), the top left open
//! square being (1, 1). Rows of arrays count from 0, as everywhere in NumPy: row 0 of `activity` is x of step 1.

use super::arrays::{self, NumpyArray};
use super::{ExportError, Progress, Still};
use crate::episode::{Behaviour, LayerView, Reel, Tape};
use crate::files::FileError;
use crate::plastic::network::RECURRENT;
use crate::tasks::{self, notation::written};
use crate::view::order;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The name of a layer's trace that the step viewed was computed with, `[pre, post]`: "H", "head.H".
pub const TRACE: &str = "H";

/// The name of the trace as that step has left it, before anybody did anything to it.
pub const TRACE_AFTER: &str = "H.after";

/// The names of the eligibility trace before and after the step viewed, `[pre, post]`; only where there is one.
pub const ELIGIBILITY: [&str; 2] = ["E", "E.after"];

/// The name of M(t), `[T]`; only where the network modulates its trace.
pub const MODULATOR: &str = "modulator";

/// The name of M_j(t), `[T, post]`: what M is fanned out to; only where it is.
pub const FANNED_OUT: &str = "modulator.fan_out";

/// The name of x(t), `[T, N]`.
pub const ACTIVITY: &str = "activity";

/// The name of what was fed in, `[T, N]`.
pub const DRIVE: &str = "drive";

/// The name of the number of the step viewed, from 1.
pub const STEP: &str = "step";

/// The name of the words that say where it all comes from.
pub const CAPTION: &str = "caption";

/// The names, first and last steps of the events, from 1, `[events]` each; not written where there are none.
pub const EVENTS: [&str; 3] = ["events", "events.first", "events.last"];

/// The name of what somebody did, in the words of the command line; not written where nothing was.
pub const INTERVENTIONS: &str = "interventions";

/// The numbers of the neurons that connections come from and lead to, `[pre]` and `[post]`, in the order in which the
/// window shows them; not written where that is the order of their numbers.
pub const ORDERS: [&str; 2] = ["order.from", "order.to"];

/// Writes every parameter under its plain name, and what there is of the above; of an agent also what it saw and did,
/// `observations`, `[T, I]`, `probabilities`, `[T, A]`, `actions`, `rewards` and `values`, `[T]`, and in a maze `squares`,
/// `[T+1, 2]`, `reward_square`, `[T, 2]`, and `walls`, `[side, side]`. Answers what it is in words.
///
/// # Errors
/// When it is cancelled or the file cannot be written.
pub fn write(still: &Still, path: &Path, progress: &Progress) -> Result<String, ExportError> {
    let arrays = collected(still).map_err(|error| FileError::new(path, format!("cannot be written: {error}")))?;
    arrays::write(&arrays, path, progress)?;
    let names: Vec<&str> = arrays.keys().map(String::as_str).collect();
    Ok(format!("{} at step {} of {}", names.join(", "), still.at + 1, still.scene.tape().steps))
}

/// Everything that is written, by name: of each plastic layer with a name of its own, also what wrote its trace.
fn collected(still: &Still) -> anyhow::Result<BTreeMap<String, NumpyArray>> {
    let (scene, tape) = (&still.scene, still.scene.tape());
    let wide = [tape.steps, tape.neurons()];
    let parameters = scene.parameters.to_arrays()?.into_iter();
    let mut arrays: BTreeMap<_, _> =
        parameters.map(|(name, array)| (name, NumpyArray::real(&array.shape, array.values))).collect();
    let mut add = |name: &str, array: NumpyArray| drop(arrays.insert(name.to_owned(), array));
    add(ACTIVITY, NumpyArray::real(&wide, tape.activity.to_vec()));
    add(DRIVE, NumpyArray::real(&wide, tape.drive.clone()));
    add(STEP, NumpyArray::whole(&[], [still.at + 1]));
    add(CAPTION, NumpyArray { shape: Vec::new(), ..NumpyArray::words(vec![still.place()]) });
    for index in 0..tape.layers.len() {
        let is_in_view = index == scene.layer_index;
        let mut reel = if is_in_view { scene.reel.clone() } else { Reel::new(Arc::clone(tape), index) };
        for (name, array) in tape.layer(index).map_or_else(Vec::new, |view| of_layer(view, &mut reel, still.at)) {
            add(&name, array);
        }
    }
    if !tape.events.is_empty() {
        let count = [tape.events.len()];
        let [names, first, last] = EVENTS;
        add(names, NumpyArray::words(tape.events.iter().map(|event| tape.label(event)).collect()));
        add(first, NumpyArray::whole(&count, tape.events.iter().map(|event| event.start + 1)));
        add(last, NumpyArray::whole(&count, tape.events.iter().map(|event| event.start + event.steps)));
    }
    if !tape.interventions.is_empty() {
        add(INTERVENTIONS, NumpyArray::words(interventions(tape)));
    }
    if let Some(behaviour) = tape.content.behaviour() {
        of_agent(behaviour, tape).into_iter().for_each(|(name, array)| add(name, array));
    }
    if let Some(order) = order::found(&mut scene.clone(), still.at, still.order()) {
        for (side, name) in ORDERS.into_iter().enumerate() {
            let neurons = order.axis(side).neurons();
            add(name, NumpyArray::whole(&[neurons.len()], neurons.iter().copied()));
        }
    }
    Ok(arrays)
}

/// A plastic layer: its traces before and after a step, and what wrote them in the whole episode.
fn of_layer(view: LayerView<'_>, reel: &mut Reel, at: usize) -> Vec<(String, NumpyArray)> {
    let (layer, recording) = (view.layer(), view.recording());
    let steps = recording.steps();
    let mut arrays = Vec::new();
    for (states, [trace, eligibility]) in
        [(reel.state_at(at).to_vec(), [TRACE, ELIGIBILITY[0]]), (reel.state_after(at), [TRACE_AFTER, ELIGIBILITY[1]])]
    {
        let (h, e) = states.split_at(layer.trace_len());
        arrays.push((trace, NumpyArray::real(&layer.shape(), h.to_vec())));
        if !e.is_empty() {
            arrays.push((eligibility, NumpyArray::real(&layer.shape(), e.to_vec())));
        }
    }
    if let Some(modulator) = recording.modulator {
        arrays.push((MODULATOR, NumpyArray::real(&[steps], modulator.values.to_vec())));
        if modulator.fan_out.is_some() {
            let gains = (0..steps).flat_map(|step| (0..layer.post).map(move |to| (step, to)));
            let gains = gains.map(|(step, to)| recording.gain(step, to)).collect();
            arrays.push((FANNED_OUT, NumpyArray::real(&[steps, layer.post], gains)));
        }
    }
    // Where neurons hear themselves, what wrote the trace is the activity.
    if layer.name != RECURRENT {
        for (signal, width, values) in [("pre", layer.pre, recording.pre), ("post", layer.post, recording.post)] {
            arrays.push((signal, NumpyArray::real(&[steps, width], values.to_vec())));
        }
    }
    arrays.into_iter().map(|(name, array)| (layer.parameter(name), array)).collect()
}

/// What an agent saw, did and got in every step, and where it was.
fn of_agent(behaviour: &Behaviour, tape: &Tape) -> Vec<(&'static str, NumpyArray)> {
    let steps = tape.steps;
    let wide = |values: &[f32]| NumpyArray::real(&[steps, values.len() / steps.max(1)], values.to_vec());
    let places = |places: Vec<[usize; 2]>| {
        let turned = places.iter().flat_map(|&[row, column]| [column, row]);
        NumpyArray::whole(&[places.len(), 2], turned)
    };
    let mut arrays = vec![
        ("observations", wide(&behaviour.observations)),
        ("probabilities", wide(&behaviour.probabilities)),
        ("actions", NumpyArray::whole(&[steps], behaviour.actions.iter().copied())),
        ("rewards", NumpyArray::real(&[steps], behaviour.rewards.clone())),
        ("values", NumpyArray::real(&[steps], behaviour.values.clone())),
    ];
    if let Some(walk) = &behaviour.walk {
        let rewards = (0..steps).filter_map(|step| tape.reward_square(step)).collect();
        arrays.extend([
            ("squares", places(walk.squares.clone())),
            ("reward_square", places(rewards)),
            ("walls", NumpyArray::whole(&[walk.side; 2], walk.walls.iter().map(|wall| usize::from(*wall)))),
        ]);
    }
    arrays
}

/// What somebody did, as it is written on the command line.
fn interventions(tape: &Tape) -> Vec<String> {
    let Ok(task) = tasks::find(&tape.origin.task) else { return Vec::new() };
    tape.interventions.iter().map(|done| written(std::slice::from_ref(done), task)).collect()
}
