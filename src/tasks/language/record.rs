//! What a tape keeps of a window of text: the first lifetime of its batch.

use super::hearing::Heard;
use crate::data::text::Vocabulary;
use crate::data::text::words::END;
use crate::episode::layer::Beginning;
use crate::episode::reading::Expected;
use crate::episode::{Event, EventKind, LayerRecord};
use crate::plastic::lstm::LstmState;
use crate::plastic::{Network, Parameters};
use crate::tasks::record::{self, Signals, of_the_first};
use candle_core::{D, Result, Tensor};
use candle_nn::ops::softmax;
use std::sync::Arc;

/// So many of the likeliest words are kept of each step.
const LIKELIEST: usize = 5;

/// Of the first of the lifetimes that began with `before` and came to `heard`: the drive is that of the candidates of
/// the last layer, the activity its h.
pub(super) fn signals(
    network: &Network,
    parameters: &Parameters,
    before: &[LstmState<'_>],
    heard: &Heard,
    batch: usize,
) -> Result<Signals> {
    let (mut drive, mut activity, mut layers) = (Vec::new(), Arc::default(), Vec::new());
    for ((lstm, state), lived) in network.lstms().zip(before).zip(&heard.layers) {
        let cells = lstm.cells;
        activity = Arc::from(of_the_first(&lived.hidden)?);
        let driven = lived.drive.chunks_exact(batch * 4 * cells).flat_map(|step| &step[3 * cells..][..cells]);
        drive = driven.copied().collect();
        let Some(layer) = lstm.layer() else { continue };
        let candidates = lived.candidate.chunks_exact(batch * cells).flat_map(|step| &step[..cells]);
        let post: Arc<[f32]> = candidates.copied().collect();
        let modulator = lived.modulator.iter().step_by(batch).copied().collect();
        let modulator = record::modulator(&layer, parameters, modulator)?;
        let beginning = (!state.hidden.is_empty()).then(|| Beginning {
            pre: state.hidden[..cells].to_vec(),
            state: state.traces.first().map(|trace| trace.to_vec()).unwrap_or_default(),
        });
        let (eta, pre) = (layer.eta(parameters)?, Arc::clone(&activity));
        layers.push(LayerRecord { layer, eta, pre, post, modulator, beginning });
    }
    Ok(Signals { drive, activity, layers })
}

/// The sentences of some words that are read one a step.
pub(super) fn sentences(words: &[String]) -> Vec<Event> {
    let (mut events, mut start) = (Vec::new(), 0);
    for (step, word) in words.iter().enumerate() {
        if word == END || step + 1 == words.len() {
            events.push(Event { kind: EventKind::Sentence, start, steps: step + 1 - start, index: Some(events.len()) });
            start = step + 1;
        }
    }
    events
}

/// The likeliest next words by features `[T, N]`, the likeliest first.
pub(super) fn likeliest(
    features: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    vocabulary: &Vocabulary,
) -> Result<Vec<Vec<Expected>>> {
    let probabilities = softmax(&features.matmul(weight)?.broadcast_add(bias)?, D::Minus1)?;
    let rows: Vec<Vec<f32>> = probabilities.to_vec2()?;
    let best = |row: Vec<f32>| {
        let mut order: Vec<usize> = (0..row.len()).collect();
        let count = LIKELIEST.min(row.len());
        let by_probability = |left: &usize, right: &usize| row[*right].total_cmp(&row[*left]).then(left.cmp(right));
        if count < row.len() {
            order.select_nth_unstable_by(count, by_probability);
        }
        order.truncate(count);
        order.sort_by(by_probability);
        let expected = |number: usize| Expected {
            word: vocabulary.word(number as u32).to_owned(),
            probability: row[number].clamp(0.0, 1.0),
        };
        order.into_iter().map(expected).collect()
    };
    Ok(rows.into_iter().map(best).collect())
}
