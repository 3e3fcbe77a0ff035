//! What a tape keeps of a one-shot lifetime: spans, and the signals of the head.

use super::answer::{Answer, Heard};
use crate::episode::layer::Beginning;
use crate::episode::{Event, EventKind, LayerRecord, Lesson};
use crate::plastic::{Parameters, PlasticLayer};
use crate::tasks::Script;
use candle_core::{Result, Tensor};
use std::sync::Arc;

/// What drove the first lifetime of a batch, what its neurons did, and what wrote its trace.
pub(super) struct Signals {
    /// `[T, N]`.
    pub(super) drive: Vec<f32>,
    /// `[T, N]`.
    pub(super) activity: Arc<[f32]>,
    /// Of the head; none without one.
    pub(super) layers: Vec<LayerRecord>,
}

impl Signals {
    /// Of the first of the lifetimes that came to `answer`, which is that of `script`.
    pub(super) fn of(
        parameters: &Parameters,
        layer: Option<PlasticLayer>,
        script: &Script,
        heard: &Heard,
        answer: &Answer,
    ) -> Result<Self> {
        let features = of_the_first(&heard.features)?;
        let (Some(layer), Some([drive, output])) = (layer, &answer.head) else {
            // Features are all that there is.
            return Ok(Self { drive: vec![0.0; features.len()], activity: features.into(), layers: Vec::new() });
        };
        let activity: Arc<[f32]> = of_the_first(output)?.into();
        let beginning = script.state.as_ref().map(|state| Beginning {
            // Nothing is heard of what was before: features come from the step itself.
            pre: vec![0.0; layer.pre],
            state: state.traces.first().cloned().unwrap_or_default(),
        });
        let (eta, pre, post) = (layer.eta(parameters)?, features.into(), Arc::clone(&activity));
        let record = LayerRecord { layer, eta, pre, post, modulator: None, beginning };
        Ok(Self { drive: of_the_first(drive)?, activity, layers: vec![record] })
    }
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

/// The values of the first lifetime of a batch, `[T, B, …]`.
fn of_the_first(values: &Tensor) -> Result<Vec<f32>> {
    values.narrow(1, 0, 1)?.flatten_all()?.to_vec1()
}
