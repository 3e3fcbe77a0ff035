//! What the two signals of the layer in view are: activities of recurrent neurons, or features and the probabilities of
//! classes.

use crate::plastic::Drive;
use crate::view::scene::Scene;

/// How a post-synaptic neuron comes to its activity, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neuron {
    /// tanh of what comes from the step before, driven in this way.
    Recurrent(Drive),
    /// A soft-max of what comes from the features of the same step, and the label.
    SoftMax,
    /// Not known.
    Other,
}

impl Neuron {
    /// That of the layer in view.
    pub fn of(scene: &Scene) -> Self {
        match scene.recurrence() {
            Some(recurrent) => Self::Recurrent(recurrent.drive),
            None if is_soft_max(scene) => Self::SoftMax,
            None => Self::Other,
        }
    }

    /// The symbols of the pre- and the post-synaptic signal.
    pub fn symbols(self) -> [&'static str; 2] {
        match self {
            Self::SoftMax => ["φ", "y"],
            Self::Recurrent(_) | Self::Other => ["x", "x"],
        }
    }
}

/// Whether the layer in view names the class of a drawing.
pub fn is_soft_max(scene: &Scene) -> bool {
    let (tape, Some(view)) = (scene.tape(), scene.layer()) else { return false };
    tape.content.one_shot().is_some() && view.layer().delay == 0 && scene.layer_index + 1 == tape.layers.len()
}

/// "class 3, NAME", of a neuron that stands for a class.
pub fn class_name(scene: &Scene, neuron: usize) -> Option<String> {
    let lesson = &scene.tape().content.one_shot().filter(|_| is_soft_max(scene))?.lesson;
    Some(format!("class {}, {}", neuron + 1, lesson.names.get(neuron)?))
}

/// What the label of a step says of the class of a neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// Whether it is this class or another one, in words.
    Named(&'static str),
    /// Nothing: the class is asked for.
    Asked,
}

impl Label {
    /// That of a step; `None` where there are no labels.
    pub fn of(scene: &Scene, step: usize, neuron: usize) -> Option<Self> {
        let lesson = &scene.tape().content.one_shot().filter(|_| is_soft_max(scene))?.lesson;
        Some(match lesson.classes.get(..lesson.steps() - 1)?.get(step) {
            None => Self::Asked,
            Some(class) if *class == neuron => Self::Named("this class"),
            Some(_) => Self::Named("another class"),
        })
    }
}
