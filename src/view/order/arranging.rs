//! How an order of neurons follows from a lifetime.

use super::OrderKind;
use crate::render::{Axis, Matrix, Order, place_of};
use crate::view::scene::Scene;
use std::ops::Range;
use std::sync::Arc;

/// More examples than this would stand for too many stripes to tell them apart.
const MOST_STRIPES: usize = 8;

/// One example along an ordered side: places whose neurons it has positive, and places where it has them negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stripe {
    /// Places next to each other of one sign, and whether that is positive. What stands for no part of an example, as the
    /// bias, is in none.
    pub spans: Vec<(Range<usize>, bool)>,
}

/// The order of the neurons that connections of a layer come from and lead to.
#[derive(Debug)]
pub struct NeuronOrder {
    /// Which order it is.
    pub kind: OrderKind,
    /// Of matrices `[pre, post]`.
    whole: Arc<Order>,
    /// Of vectors `[1, post]`.
    post: Arc<Order>,
    /// The examples along rows and along columns; empty unless neurons stand by them.
    pub stripes: [Vec<Stripe>; 2],
}

impl NeuronOrder {
    /// An order of the neurons that connections come from and lead to.
    pub(super) fn new(kind: OrderKind, [pre, post]: [Axis; 2]) -> Self {
        let post = Arc::new(post);
        Self {
            kind,
            whole: Arc::new(Order::new(Some(Arc::new(pre)), Some(Arc::clone(&post)))),
            post: Arc::new(Order::new(None, Some(post))),
            stripes: [Vec::new(), Vec::new()],
        }
    }

    /// The order for a matrix; `None` for one whose rows and columns are other things.
    pub fn of(&self, matrix: &Matrix) -> Option<&Arc<Order>> {
        [&self.whole, &self.post].into_iter().find(|order| order.fits(matrix.rows(), matrix.columns()))
    }

    /// Whether it is one for layers of this many neurons.
    pub fn is_for(&self, [pre, post]: [usize; 2]) -> bool {
        self.whole.fits(pre, post)
    }

    /// The order of the neurons that connections come from (0) or lead to (1).
    ///
    /// # Panics
    /// When there is no such side.
    pub fn axis(&self, side: usize) -> &Axis {
        self.whole.axis(side).expect("both sides are ordered")
    }

    /// By the examples of the lifetime: as numbers whose digits are the neuron's signs, the first example's first, so
    /// that the first halves the neurons, the second each half, and so on. What stands for no part of an example comes
    /// last. `None` where there are no examples.
    pub fn by_example(scene: &Scene) -> Option<Self> {
        OrderKind::Example.why_not(scene).is_none().then_some(())?;
        let question = scene.tape().content.question()?;
        let is_negative = |neuron: usize| question.study.iter().map(move |example| example[neuron] < 0.0);
        let key = |neuron: usize| (neuron < question.size()).then(|| is_negative(neuron).collect::<Vec<_>>());
        // None comes before Some: what has no signs is put last by hand.
        let axes = scene.shape().map(|count| Axis::sorted_by(count, |neuron| (key(neuron).is_none(), key(neuron))));
        let stripes = if question.study.len() > MOST_STRIPES { &[] } else { &question.study[..] };
        let along = |axis: &Axis| stripes.iter().map(|example| Stripe::of(example, axis)).collect();
        let stripes = [along(&axes[0]), along(&axes[1])];
        Some(Self { stripes, ..Self::new(OrderKind::Example, axes) })
    }

    /// By the activities that come together in a step, the lowest first. Where neurons hear themselves, rows and columns
    /// both stand by x(t).
    pub fn by_activity(scene: &Scene, step: usize) -> Self {
        let tape = scene.tape();
        let [pre, post] = match tape.layers.get(scene.layer_index) {
            Some(record) if !scene.is_among_itself() => {
                let recording = record.recording();
                let pre = (0..record.layer.pre).map(|from| recording.pre_at(step, from)).collect::<Vec<_>>();
                let post = (0..record.layer.post).map(|to| recording.post_at(step, to)).collect();
                [pre, post]
            }
            _ => [tape.activity_at(step).to_vec(), tape.activity_at(step).to_vec()],
        };
        let by = |values: Vec<f32>| Axis::sorted_by(values.len(), |neuron| place_of(values[neuron]));
        Self::new(OrderKind::Activity, [by(pre), by(post)])
    }
}

impl Stripe {
    fn of(example: &[f32], axis: &Axis) -> Self {
        let mut spans: Vec<(Range<usize>, bool)> = Vec::new();
        for (place, neuron) in axis.neurons().iter().enumerate() {
            let Some(value) = example.get(*neuron) else { continue };
            let is_positive = *value >= 0.0;
            match spans.last_mut() {
                Some((span, sign)) if span.end == place && *sign == is_positive => span.end = place + 1,
                _ => spans.push((place..place + 1, is_positive)),
            }
        }
        Self { spans }
    }
}
