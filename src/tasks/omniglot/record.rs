//! What a tape keeps of a one-shot lifetime: spans, and the signals of the head.

use super::answer::{Answer, Heard};
use crate::episode::layer::Beginning;
use crate::episode::{Event, EventKind, LayerRecord, Lesson};
use crate::plastic::{Parameters, PlasticLayer};
use crate::tasks::Script;
use crate::tasks::record::{Signals, of_the_first};
use candle_core::Result;
use std::sync::Arc;

/// Of the first of the lifetimes that came to `answer`, which is that of `script`.
pub(super) fn signals(
    parameters: &Parameters,
    layer: Option<PlasticLayer>,
    script: &Script,
    heard: &Heard,
    answer: &Answer,
) -> Result<Signals> {
    let features = of_the_first(&heard.features)?;
    let (Some(layer), Some([drive, output])) = (layer, &answer.head) else {
        // Features are all that there is.
        return Ok(Signals { drive: vec![0.0; features.len()], activity: features.into(), layers: Vec::new() });
    };
    let activity: Arc<[f32]> = of_the_first(output)?.into();
    let beginning = script.state.as_ref().map(|state| Beginning {
        // Nothing is heard of what was before: features come from the step itself.
        pre: vec![0.0; layer.pre],
        state: state.traces.first().cloned().unwrap_or_default(),
    });
    let (eta, pre, post) = (layer.eta(parameters)?, features.into(), Arc::clone(&activity));
    let record = LayerRecord { layer, eta, pre, post, modulator: None, beginning };
    Ok(Signals { drive: of_the_first(drive)?, activity, layers: vec![record] })
}

/// A step for each drawing: those with a label are studied, the last one asks.
pub(super) fn events(lesson: &Lesson) -> Vec<Event> {
    let last = lesson.steps() - 1;
    let event = |(start, &class): (usize, &usize)| {
        let (kind, index) = if start < last { (EventKind::Study, Some(class)) } else { (EventKind::Probe, None) };
        Event { kind, start, steps: 1, index }
    };
    lesson.classes.iter().enumerate().map(event).collect()
}
