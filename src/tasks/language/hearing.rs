//! Words through the layers of a network, and what is carried from one window to the next.

use super::plan::EMBEDDING;
use crate::data::Generator;
use crate::plastic::embedding;
use crate::plastic::lstm::{self, Altered, LstmOutput, LstmState};
use crate::plastic::network::Lstm;
use crate::plastic::{Network, Parameters, State};
use candle_core::{Result, Tensor, bail};
use rand::Rng as _;
use std::borrow::Cow;
use std::sync::Arc;

/// What the layers came to in a window.
pub(super) struct Heard {
    /// Of each layer.
    pub(super) layers: Vec<LstmOutput>,
    /// What the soft-max is given, `[T · B, N]`.
    pub(super) features: Tensor,
}

/// What is left out of what goes from layer to layer.
pub(super) struct Dropout<'a> {
    pub(super) part: f32,
    pub(super) generator: &'a mut Generator,
}

/// What lifetimes begin with, layer by layer.
pub(super) struct Before<'a> {
    pub(super) states: Vec<LstmState<'a>>,
    pub(super) altered: Vec<Altered>,
}

impl<'a> Before<'a> {
    /// Nothing.
    pub(super) fn nothing(network: &Network) -> Self {
        let layers = network.lstms().count();
        Self { states: vec![LstmState::default(); layers], altered: vec![Altered::default(); layers] }
    }

    /// What each of some lifetimes carries: see [`carried`].
    pub(super) fn of(network: &Network, states: &[&'a State]) -> Result<Self> {
        if states.is_empty() {
            return Ok(Self::nothing(network));
        }
        let expected: usize = network.lstms().map(|lstm| 2 * lstm.cells).sum();
        let layers = network.layers().len();
        if let Some(State { activity, traces }) =
            states.iter().find(|state| (state.activity.len(), state.traces.len()) != (expected, layers))
        {
            let (found, of) = (activity.len(), traces.len());
            bail!("expected a state of {expected} numbers and {layers} layers of traces, found {found} and {of}");
        }
        let (mut place, mut plastic) = (0, 0);
        let of_layer = |lstm: &Lstm| {
            let cells = lstm.cells;
            let part =
                |from: usize| states.iter().flat_map(|state| &state.activity[from..][..cells]).copied().collect();
            let (hidden, cell) = (part(place), part(place + cells));
            place += 2 * cells;
            let traces = match lstm.plasticity {
                Some(_) => {
                    plastic += 1;
                    states.iter().map(|state| Cow::from(&state.traces[plastic - 1])).collect()
                }
                None => Vec::new(),
            };
            LstmState { hidden, cell, traces }
        };
        let states: Vec<LstmState<'_>> = network.lstms().map(of_layer).collect();
        Ok(Self { altered: vec![Altered::default(); states.len()], states })
    }
}

/// What each lifetime carries out of a window: h and c of each layer, one after another, and the traces of each plastic
/// layer.
pub(super) fn carried(layers: &mut [LstmOutput], batch: usize) -> Vec<Arc<State>> {
    let carried = |lane: usize| {
        let row = |values: &[f32]| {
            let width = values.len() / batch;
            values[lane * width..][..width].to_vec()
        };
        let activity = layers.iter().flat_map(|layer| [row(&layer.state.hidden), row(&layer.state.cell)]);
        let activity = activity.collect::<Vec<_>>().concat();
        let traces = layers.iter_mut().filter_map(|layer| layer.state.traces.get_mut(lane).map(std::mem::take));
        Arc::new(State { activity, traces: traces.map(Cow::into_owned).collect() })
    };
    (0..batch).map(carried).collect()
}

/// `words` of each lifetime, as many of each, through the layers.
///
/// # Errors
/// When a parameter or a state does not fit, or the device fails.
pub(super) fn hear(
    network: &Network,
    parameters: &Parameters,
    words: &[&[u32]],
    before: &Before<'_>,
    mut dropout: Option<Dropout<'_>>,
) -> Result<Heard> {
    let (batch, steps) = (words.len(), words.first().map_or(0, |words| words.len()));
    let by_step: Vec<u32> = (0..steps).flat_map(|step| words.iter().map(move |words| words[step])).collect();
    let mut signal = embedding::vectors(parameters, EMBEDDING, &by_step)?;
    let mut layers = Vec::new();
    for ((lstm, state), altered) in network.lstms().zip(&before.states).zip(&before.altered) {
        let heard = thinned(signal, &mut dropout)?.reshape((steps, batch, lstm.inputs))?;
        let lived = lstm::live(lstm, parameters, &heard, state, *altered)?;
        signal = lived.hidden.reshape((steps * batch, lstm.cells))?;
        layers.push(lived);
    }
    Ok(Heard { layers, features: thinned(signal, &mut dropout)? })
}

/// A signal without a part of its numbers, the others larger by as much (Zaremba et al. 2014).
fn thinned(signal: Tensor, dropout: &mut Option<Dropout<'_>>) -> Result<Tensor> {
    let Some(Dropout { part, generator }) = dropout else { return Ok(signal) };
    let kept = 1.0 / (1.0 - *part);
    let mask = (0..signal.elem_count()).map(|_| if generator.random::<f32>() < *part { 0.0 } else { kept });
    let mask = Tensor::from_vec(mask.collect::<Vec<f32>>(), signal.dims(), signal.device())?;
    signal * mask
}
