//! What singular vectors resemble: an example of the lifetime, two of them, the activity in a step of an event, or that of
//! all steps on average.
//!
//! A write is η times the outer product of a pre-synaptic signal a and a post-synaptic signal b. So u is compared with a,
//! and v with b: the resemblance is √((cos²(u, a) + cos²(v, b)) / 2), 1 where both are the same but for a factor. Singular
//! vectors of nearly equal values mix what they stand for; with two examples at a time u and v are compared with the
//! plane that both span.

use crate::episode::{Content, EventKind, LayerView, Tape};

/// From this resemblance on something is named, or two examples together.
const LEAST: f32 = 0.8;

/// Another one is named beside the first when the resemblance grows by more than this.
const GAIN: f32 = 0.05;

/// Events beyond this number are not compared.
const MOST_EVENTS: usize = 200;

/// What a pair of singular vectors may resemble.
struct Memory {
    name: String,
    /// The number that it has among others of its kind; an event is named by itself alone.
    number: Option<usize>,
    /// Whether it is what all steps have in common.
    is_common: bool,
    /// The first step whose trace may hold it.
    from: usize,
    /// Of length one, `[pre]`.
    pre: Vec<f32>,
    /// Of length one, `[post]`.
    post: Vec<f32>,
}

/// What the singular vectors of a layer's matrices may resemble, in one lifetime.
pub struct Memories {
    /// "pattern", "picture": what an example is called.
    noun: &'static str,
    all: Vec<Memory>,
}

/// What a pair of singular vectors resembles.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// "pattern 3", "patterns 4 + 2" with the one that it resembles more first, "reward at step 31".
    pub name: String,
    /// How much, from 0 to 1.
    pub resemblance: f32,
}

impl Memories {
    /// Those of a lifetime: its examples where the layer's neurons show them, else its events. An example is called
    /// `noun`.
    pub fn of(tape: &Tape, layer: Option<LayerView<'_>>, noun: &'static str) -> Self {
        let shape = layer.map_or([tape.neurons(); 2], |layer| layer.layer().shape());
        let all = match &tape.content {
            Content::Recall(question) if question.is_shown_by(shape) => examples(tape, &question.study, noun),
            Content::Recall(_) | Content::Nothing | Content::Agent(_) | Content::OneShot(_) | Content::Text(_) => {
                layer.map(|layer| events(tape, layer)).unwrap_or_default()
            }
        };
        Self { noun, all }
    }

    /// What the left singular vector `u`, `[pre]`, and the right one `v`, `[post]`, resemble of what the trace of `step`
    /// may hold; `None` where there is nothing, or where more than two are mixed.
    pub fn label(&self, u: &[f32], v: &[f32], step: usize) -> Option<Label> {
        let known: Vec<&Memory> = self.all.iter().filter(|memory| memory.from <= step).collect();
        let fit = |memory: &Memory| (square(cosine(u, &memory.pre)) + square(cosine(v, &memory.post))) / 2.0;
        let best = known.iter().copied().max_by(|one, other| fit(one).total_cmp(&fit(other)))?;
        // An event is named where it is more than what all steps have in common.
        let common = known.iter().copied().find(|memory| memory.is_common);
        let best = common.filter(|common| fit(common).sqrt() + GAIN >= fit(best).sqrt()).unwrap_or(best);
        let alone = fit(best).sqrt();
        let beside = |other: &Memory| {
            let both = plane(u, &best.pre, &other.pre) + plane(v, &best.post, &other.post);
            (both / 2.0).min(1.0).sqrt()
        };
        let numbered = known.iter().filter(|other| best.number.is_some() && other.number != best.number);
        let second = numbered.max_by(|one, other| beside(one).total_cmp(&beside(other)));
        if let (Some(second), Some(first)) = (second.filter(|other| beside(other) > alone + GAIN), best.number) {
            let (resemblance, other) = (beside(second), second.number.unwrap_or(first));
            let name = format!("{}s {first} + {other}", self.noun);
            return (resemblance >= LEAST).then_some(Label { name, resemblance });
        }
        (alone >= LEAST).then(|| Label { name: best.name.clone(), resemblance: alone })
    }
}

fn examples(tape: &Tape, study: &[Vec<f32>], noun: &str) -> Vec<Memory> {
    let shown = |index: usize| {
        let mut studied = tape.events.iter().filter(|event| event.kind == EventKind::Study);
        studied.find(|event| event.index == Some(index)).map_or(0, |event| event.start)
    };
    let memory = |(index, example): (usize, &Vec<f32>)| {
        // The last neuron is the bias, which is fixed at one.
        let signal = unit([example, &[1.0][..]].concat())?;
        let (number, post) = (index + 1, signal.clone());
        Some(Memory {
            name: format!("{noun} {number}"),
            number: Some(number),
            is_common: false,
            from: shown(index),
            pre: signal,
            post,
        })
    };
    study.iter().enumerate().filter_map(memory).collect()
}

fn events(tape: &Tape, layer: LayerView<'_>) -> Vec<Memory> {
    let (recording, [rows, columns]) = (layer.recording(), layer.layer().shape());
    let tells = |kind| !matches!(kind, EventKind::Blank | EventKind::Bump);
    let memory = |(kind, step): (String, usize)| {
        let before = step.checked_sub(layer.layer().delay)?;
        let pre = unit(recording.pre[before * rows..][..rows].to_vec())?;
        let post = unit(recording.post[step * columns..][..columns].to_vec())?;
        Some(Memory {
            name: format!("{kind} at step {}", step + 1),
            number: None,
            is_common: false,
            from: step + 1,
            pre,
            post,
        })
    };
    let told = tape.events.iter().filter(|event| tells(event.kind));
    let told =
        told.map(|event| (tape.label(event), event.start + event.steps - 1)).take(MOST_EVENTS).filter_map(memory);
    told.chain(mean(recording.pre, recording.post, [rows, columns])).collect()
}

/// What is active throughout.
fn mean(pre: &[f32], post: &[f32], [rows, columns]: [usize; 2]) -> Option<Memory> {
    let sums = |signal: &[f32], width: usize| {
        let mut sums = vec![0.0; width];
        for step in signal.chunks_exact(width) {
            sums.iter_mut().zip(step).for_each(|(sum, value)| *sum += value);
        }
        unit(sums)
    };
    let (pre, post) = (sums(pre, rows)?, sums(post, columns)?);
    Some(Memory { name: "mean activity".to_owned(), number: None, is_common: true, from: 0, pre, post })
}

fn square(value: f32) -> f32 {
    value * value
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// cos² of the angle between `vector` and the plane that two others span; all are of length one.
fn plane(vector: &[f32], one: &[f32], other: &[f32]) -> f32 {
    let [along, across, between] = [cosine(vector, one), cosine(vector, other), cosine(one, other)];
    let open = 1.0 - square(between);
    // Two that are the same span no plane.
    if open < 1e-4 { square(along) } else { square(along) + square(across - between * along) / open }
}

/// `None` for what has no direction.
fn unit(mut vector: Vec<f32>) -> Option<Vec<f32>> {
    let length = cosine(&vector, &vector).sqrt();
    vector.iter_mut().for_each(|value| *value /= length);
    (length.is_finite() && length > 0.0).then_some(vector)
}
