//! A lifetime before it is lived: all that chance decides, and what somebody will do to it.

use super::language::Passage;
use super::maze::Environment;
use super::recall::Recalled;
use super::record;
use crate::data::Generator;
use crate::episode::layer::Beginning;
use crate::episode::{Intervention, LayerRecord, Lesson, Trials, intervention};
use crate::plastic::{Network, Parameters, State, Stepper};
use candle_core::{Error, Result, bail};
use std::ops::Range;
use std::sync::Arc;

/// What chance has decided.
#[derive(Clone, Debug)]
pub enum Episode {
    /// What is shown, in which order, and what is asked.
    Recall(Recalled),
    /// A maze with its hidden reward, and the random numbers of every action.
    Maze {
        /// The maze, whose own random numbers are those of its teleports.
        environment: Environment,
        /// What the agent draws its actions with.
        actions: Generator,
    },
    /// Cues and questions, and the random numbers of every action.
    Trials {
        /// What is shown and asked.
        trials: Trials,
        /// What the agent draws its actions with.
        actions: Generator,
    },
    /// Drawings with their labels, and one to be named.
    OneShot(Lesson),
    /// Words to be read.
    Text(Passage),
}

/// One lifetime before it is lived.
#[derive(Clone, Debug)]
pub struct Script {
    /// What chance has decided.
    pub episode: Episode,
    /// What somebody will do to it, in the order of the steps. Nothing is learned from such a lifetime.
    pub interventions: Vec<Intervention>,
    /// What the network carries into it; `None` where nothing comes before.
    pub state: Option<Arc<State>>,
    /// Whether somebody will look at its tape: what takes time to find and is for the eye alone is on it then.
    pub is_looked_at: bool,
}

impl From<Episode> for Script {
    /// Nobody does anything to it.
    fn from(episode: Episode) -> Self {
        Self { episode, interventions: Vec::new(), state: None, is_looked_at: false }
    }
}

impl Script {
    /// The same lifetime, to which somebody will do `interventions`, in the order of their steps.
    #[must_use]
    pub fn with_interventions(self, interventions: Vec<Intervention>) -> Self {
        Self { interventions, ..self }
    }

    /// Whether it is an episode from its beginning, to which nobody does anything.
    pub fn is_plain(&self) -> bool {
        self.interventions.is_empty() && self.state.is_none()
    }
}

/// What each of `scripts` begins with; none where nothing comes before them.
///
/// # Errors
/// When some begin with a state and others do not.
pub(super) fn states(scripts: &[Script]) -> Result<Vec<&State>> {
    let states: Vec<&State> = scripts.iter().filter_map(|script| script.state.as_deref()).collect();
    match states.len() {
        0 => Ok(states),
        count if count == scripts.len() => Ok(states),
        count => bail!("expected a state for each of {} lifetimes, found {count}", scripts.len()),
    }
}

/// The lifetimes of `scripts` at their beginning.
///
/// # Errors
/// When some begin with a state and others do not, or the parameters or a state do not fit.
pub(super) fn begin(network: &Network, parameters: &Parameters, scripts: &[Script], steps: usize) -> Result<Stepper> {
    let Some(recurrent) = network.recurrent() else { bail!("expected a recurrent network, found one without") };
    let states = states(scripts)?;
    if states.is_empty() {
        return Stepper::begin(recurrent, parameters, scripts.len(), steps);
    }
    let activity = states.iter().flat_map(|state| &state.activity).copied().collect();
    let traces = states.iter().flat_map(|state| &state.traces).cloned().collect();
    Stepper::begin_from(recurrent, parameters, &State { activity, traces }, steps)
}

/// Lives lifetimes of `steps` to which somebody does `interventions`: `advance` lives the steps between them,
/// of which there are some whenever it is called.
///
/// # Errors
/// When an intervention does not fit, or `advance` fails.
pub(super) fn live_through(
    stepper: &mut Stepper,
    parameters: &Parameters,
    interventions: &[Intervention],
    steps: usize,
    mut advance: impl FnMut(&mut Stepper, Range<usize>) -> Result<()>,
) -> Result<()> {
    let mut lived = 0;
    for Intervention { step, what, .. } in interventions {
        if let Some(alteration) = what.alteration() {
            if lived < *step {
                advance(stepper, lived..*step)?;
                lived = *step;
            }
            stepper.alter(parameters, &alteration)?;
        }
    }
    advance(stepper, lived..steps)
}

/// The interventions of scripts that are lived together: somebody does something to one that is lived alone only.
///
/// # Errors
/// When somebody does something to one of several, or it does not fit the network.
pub(super) fn interventions<'a>(scripts: &'a [Script], network: &Network, steps: usize) -> Result<&'a [Intervention]> {
    let [script] = scripts else {
        if scripts.iter().any(|script| !script.interventions.is_empty()) {
            bail!("expected a lifetime that is changed to be lived alone, found {} together", scripts.len());
        }
        return Ok(&[]);
    };
    intervention::check(&script.interventions, network, steps).map_err(Error::Msg)?;
    Ok(&script.interventions)
}

/// What a tape keeps of the recurrent layer of a network, if it is plastic, for the first of the lifetimes: what wrote its
/// trace are the activities themselves.
///
/// # Errors
/// When a parameter is missing or the device fails.
pub(super) fn recurrent_layers(
    network: &Network,
    parameters: &Parameters,
    script: &Script,
    modulator: Vec<f32>,
    activity: &Arc<[f32]>,
) -> Result<Vec<LayerRecord>> {
    let Some(layer) = network.recurrent().and_then(|recurrent| recurrent.layer()) else { return Ok(Vec::new()) };
    let modulator = record::modulator(&layer, parameters, modulator)?;
    let beginning = script.state.as_ref().map(|state| Beginning {
        pre: state.activity.clone(),
        state: state.traces.first().cloned().unwrap_or_default(),
    });
    let [pre, post] = [0, 1].map(|_| Arc::clone(activity));
    Ok(vec![LayerRecord { eta: layer.eta(parameters)?, layer, pre, post, modulator, beginning }])
}
