//! What somebody did to a lifetime while it was lived: an optional part of a tape.
//!
//! An intervention comes before its step: what was there until then is the lifetime as it was, what follows is another
//! one, lived with the same random numbers.

use crate::files::{Array, FileError, TensorFile};
use crate::plastic::{Alteration, Network, PlasticLayer};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The version of this part that this program writes.
const VERSION: u32 = 1;

/// What was done, and before which step.
#[derive(Clone, Debug, PartialEq)]
pub struct Intervention {
    /// The first step that is different.
    pub step: usize,
    /// To which of the network's plastic layers, by its number; nothing in what is done to an agent or its surroundings.
    pub layer: usize,
    /// What was done.
    pub what: What,
}

impl Intervention {
    /// Something done before `step`, to the first plastic layer.
    pub fn new(step: usize, what: What) -> Self {
        Self { step, layer: 0, what }
    }
}

/// What can be done.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The agent takes this action in this step, whatever it would have drawn.
    Act(usize),
    /// The reward square is here from now on, row and column.
    MoveReward([usize; 2]),
    /// This cue is the target from now on, by its number.
    SetTarget(usize),
    /// No trace is written from now on.
    Freeze,
    /// The trace is zero.
    Erase,
    /// α counts so many times from now on.
    ScaleAlpha(f32),
    /// The neuromodulator M(t) is this from now on, before it is fanned out; `None` gives it back to the network.
    ClampModulator(Option<f32>),
    /// The trace is the one that the lifetime of another seed left behind.
    Transplant {
        /// The seed of the other lifetime.
        seed: u64,
        /// Its H and E after its last step; empty until somebody has lived it.
        state: Arc<[f32]>,
    },
}

impl What {
    /// What it does to the plastic part; `None` for what is done to the agent or its surroundings.
    pub fn alteration(&self) -> Option<Alteration> {
        match self {
            Self::Act(_) | Self::MoveReward(_) | Self::SetTarget(_) => None,
            Self::Freeze => Some(Alteration::Freeze),
            Self::Erase => Some(Alteration::Erase),
            Self::ScaleAlpha(factor) => Some(Alteration::ScaleAlpha(*factor)),
            Self::ClampModulator(value) => Some(Alteration::ClampModulator(*value)),
            Self::Transplant { state, .. } => Some(Alteration::Transplant(Arc::clone(state))),
        }
    }
}

/// Adds one more to what is done, which is in the order of the steps. What is driven takes the place of all driving from
/// there on, whatever else is done of what of its kind was done before the same step.
pub fn add(all: &mut Vec<Intervention>, new: Intervention) {
    let Intervention { step, layer, .. } = new;
    let is_alike = |done: &Intervention| {
        done.layer == layer && std::mem::discriminant(&done.what) == std::mem::discriminant(&new.what)
    };
    let sets = |done: &Intervention| done.layer == layer && matches!(done.what, What::Erase | What::Transplant { .. });
    match new.what {
        // Frozen once, frozen for good.
        What::Freeze if frozen_from(all, layer).is_some_and(|frozen| frozen <= step) => return,
        What::Freeze => all.retain(|done| !is_alike(done)),
        What::Act(_) => all.retain(|done| !(is_alike(done) && done.step >= step)),
        // One puts a trace in the place of the other's.
        What::Erase | What::Transplant { .. } => all.retain(|done| !(sets(done) && done.step == step)),
        What::MoveReward(_) | What::SetTarget(_) | What::ScaleAlpha(_) | What::ClampModulator(_) => {
            all.retain(|done| !(is_alike(done) && done.step == step));
        }
    }
    let is_so_already = match new.what {
        What::ScaleAlpha(factor) => factor == alpha_scale(all, layer, step),
        What::ClampModulator(value) => value == clamped_modulator(all, layer, step),
        _ => false,
    };
    if is_so_already {
        return;
    }
    all.insert(all.partition_point(|done| done.step <= step), new);
}

/// How many times the trained α of a layer counts in a step.
pub fn alpha_scale(interventions: &[Intervention], layer: usize, step: usize) -> f32 {
    let scaled = latest(interventions, step, |done| match done.what {
        What::ScaleAlpha(factor) if done.layer == layer => Some(factor),
        _ => None,
    });
    scaled.unwrap_or(1.0)
}

/// What M(t) of a layer is in a step, whatever its network makes it; `None` where that is the network's business.
pub fn clamped_modulator(interventions: &[Intervention], layer: usize, step: usize) -> Option<f32> {
    let clamped = latest(interventions, step, |done| match done.what {
        What::ClampModulator(value) if done.layer == layer => Some(value),
        _ => None,
    });
    clamped.flatten()
}

/// What `of` finds in the last of those up to a step in which it finds something.
pub(super) fn latest<T>(
    interventions: &[Intervention],
    step: usize,
    of: impl FnMut(&Intervention) -> Option<T>,
) -> Option<T> {
    interventions.iter().take_while(|done| done.step <= step).filter_map(of).last()
}

/// The first step that writes no trace of a layer any more; `None` where it has not been frozen.
pub fn frozen_from(interventions: &[Intervention], layer: usize) -> Option<usize> {
    interventions.iter().find(|done| done.layer == layer && done.what == What::Freeze).map(|done| done.step)
}

/// What the JSON of a tape says of its interventions.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Header {
    version: u32,
    done: Vec<Done>,
}

/// One of them; a transplant's numbers are a tensor.
#[derive(Clone, Serialize, Deserialize)]
struct Done {
    step: usize,
    #[serde(default, skip_serializing_if = "is_first")]
    layer: usize,
    #[serde(flatten)]
    what: StoredWhat,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum StoredWhat {
    Act {
        action: usize,
    },
    MoveReward {
        row: usize,
        column: usize,
    },
    SetTarget {
        cue: usize,
    },
    Freeze,
    Erase,
    ScaleAlpha {
        factor: f32,
    },
    ClampModulator {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<f32>,
    },
    Transplant {
        seed: u64,
    },
}

fn is_first(layer: &usize) -> bool {
    *layer == 0
}

/// The name of the tensor of the transplant at this place of the list.
fn tensor_name(index: usize) -> String {
    format!("tape.transplant.{index}")
}

/// Checks that everything fits a lifetime of `steps` of `network`; tapes may come from files.
///
/// # Errors
/// With a sentence that says what does not fit.
pub fn check(interventions: &[Intervention], network: &Network, steps: usize) -> Result<(), String> {
    if !interventions.is_sorted_by_key(|done| done.step) {
        return Err("expected interventions in the order of their steps, found another order".into());
    }
    let (layers, agent) = (network.layers(), network.agent_size());
    for Intervention { step, layer, what } in interventions {
        if *step >= steps {
            return Err(format!(
                "expected an intervention before one of {steps} steps, found step {}",
                step.saturating_add(1)
            ));
        }
        match (what, agent) {
            (What::Act(action), Some(agent)) if *action < agent.actions => {}
            (What::Act(action), Some(agent)) => {
                return Err(format!("expected an action from 0 to {}, found {action}", agent.actions - 1));
            }
            (What::Act(_) | What::MoveReward(_) | What::SetTarget(_), None) => {
                return Err("expected the network of an agent, found one that neither sees nor acts".into());
            }
            _ => {}
        }
        if *layer > 0 && what.alteration().is_none() {
            let found = layer.saturating_add(1);
            return Err(format!("expected what is done to an agent to be done to no layer, found layer {found}"));
        }
        if let Some(alteration) = what.alteration() {
            if *layer > 0 && *layer >= layers.len() {
                return Err(format!(
                    "expected one of {} plastic layers, found number {}",
                    layers.len(),
                    layer.saturating_add(1)
                ));
            }
            alteration.check(layers.get(*layer))?;
        }
    }
    Ok(())
}

/// What the JSON says of them; `None` where nothing was done.
pub(super) fn header(interventions: &[Intervention]) -> Option<Header> {
    let kind = |what: &What| match what {
        What::Act(action) => StoredWhat::Act { action: *action },
        What::MoveReward([row, column]) => StoredWhat::MoveReward { row: *row, column: *column },
        What::SetTarget(cue) => StoredWhat::SetTarget { cue: *cue },
        What::Freeze => StoredWhat::Freeze,
        What::Erase => StoredWhat::Erase,
        What::ScaleAlpha(factor) => StoredWhat::ScaleAlpha { factor: *factor },
        What::ClampModulator(value) => StoredWhat::ClampModulator { value: *value },
        What::Transplant { seed, .. } => StoredWhat::Transplant { seed: *seed },
    };
    let done =
        interventions.iter().map(|done| Done { step: done.step, layer: done.layer, what: kind(&done.what) }).collect();
    (!interventions.is_empty()).then_some(Header { version: VERSION, done })
}

/// The tensors of this part, by name.
pub(super) fn to_arrays(interventions: &[Intervention]) -> impl Iterator<Item = (String, Array)> {
    interventions.iter().enumerate().filter_map(|(index, done)| match &done.what {
        What::Transplant { state, .. } => Some((tensor_name(index), Array::new(&[state.len()], state.to_vec()))),
        _ => None,
    })
}

/// Takes this part of a lifetime of `network` out of a file that has been read.
///
/// # Errors
/// When it is of another version, or a tensor is missing or misshapen.
pub(super) fn take(file: &mut TensorFile, header: Header, network: &Network) -> Result<Vec<Intervention>, FileError> {
    let Header { version, done } = header;
    if version != VERSION {
        return Err(file.refuse(format!("holds interventions of version {version}, expected version {VERSION}")));
    }
    let layers = network.layers();
    let interventions = done.into_iter().enumerate().map(|(index, Done { step, layer, what })| {
        let what = match what {
            StoredWhat::Act { action } => What::Act(action),
            StoredWhat::MoveReward { row, column } => What::MoveReward([row, column]),
            StoredWhat::SetTarget { cue } => What::SetTarget(cue),
            StoredWhat::Freeze => What::Freeze,
            StoredWhat::Erase => What::Erase,
            StoredWhat::ScaleAlpha { factor } => What::ScaleAlpha(factor),
            StoredWhat::ClampModulator { value } => What::ClampModulator(value),
            StoredWhat::Transplant { seed } => {
                let expected = layers.get(layer).map_or(0, PlasticLayer::state_len);
                What::Transplant { seed, state: file.take(&tensor_name(index), &[expected])?.into() }
            }
        };
        Ok(Intervention { step, layer, what })
    });
    interventions.collect()
}
