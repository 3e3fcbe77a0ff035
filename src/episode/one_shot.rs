//! One-shot learning in a tape: drawings with a label, one without, and what the network made of it
//! (*Differentiable plasticity*, section 4.4).

use crate::files::{Array, FileError, TensorFile};
use crate::plastic::Network;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The names of tensors in a file.
const DRAWINGS: &str = "tape.drawings";
const ANSWER: &str = "tape.answer";

/// The pixels of a drawing, row by row from the top; paper is one, ink is zero.
pub type Pixels = Arc<[f32]>;

/// What is shown in a lifetime: drawings with their label (the support set), then one without (the query).
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// Drawings in the order in which they are shown, the query last: as many pixels each, square. Lessons of
    /// one batch may have drawings in common, which lie in memory once.
    pub drawings: Vec<Pixels>,
    /// Of which class each of them is, from 0; that of the query is asked for.
    pub classes: Vec<usize>,
    /// What the classes are called.
    pub names: Vec<String>,
    /// The alphabet of each class; none where there are none.
    pub alphabets: Vec<String>,
}

impl Lesson {
    /// Among how many classes the query is to be found.
    pub fn ways(&self) -> usize {
        self.names.len()
    }

    /// T: one step a drawing.
    pub fn steps(&self) -> usize {
        self.drawings.len()
    }

    /// Pixels along each side of a drawing.
    pub fn side(&self) -> usize {
        self.drawings.first().map_or(0, |drawing| drawing.len().isqrt())
    }

    /// The class of the query.
    pub fn asked(&self) -> usize {
        self.classes.last().copied().unwrap_or(0)
    }

    /// The same drawings with the labels of two classes exchanged: all drawings of one are taught as the other, and the
    /// class of the query goes with its character, as names and alphabets do. Nothing changes where there is no such class.
    pub fn with_labels_swapped(&self, one: usize, other: usize) -> Self {
        let mut swapped = self.clone();
        if one.max(other) >= self.ways() {
            return swapped;
        }
        for class in &mut swapped.classes {
            *class = match *class {
                class if class == one => other,
                class if class == other => one,
                class => class,
            };
        }
        swapped.names.swap(one, other);
        if !swapped.alphabets.is_empty() {
            swapped.alphabets.swap(one, other);
        }
        swapped
    }

    /// Whether another class is of the alphabet of the one that is asked for; `None` where there are no alphabets.
    pub fn has_kin(&self) -> Option<bool> {
        let own = self.alphabets.get(self.asked())?;
        Some(self.alphabets.iter().filter(|alphabet| *alphabet == own).count() > 1)
    }

    /// Checks that everything fits; it may be put together by somebody, or come from a file.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self) -> Result<(), String> {
        let (ways, steps) = (self.ways(), self.steps());
        if ways < 2 || steps <= ways {
            return Err(format!(
                "expected at least two classes, a drawing of each and one to name, found {ways} classes and {steps} drawings"
            ));
        }
        if self.classes.len() != steps {
            return Err(format!("expected a class for each of {steps} drawings, found {}", self.classes.len()));
        }
        if let Some(other) = self.classes.iter().find(|class| **class >= ways) {
            return Err(format!("expected one of {ways} classes, found number {}", other.saturating_add(1)));
        }
        let shown = &self.classes[..steps - 1];
        if let Some(missing) = (0..ways).find(|class| !shown.contains(class)) {
            return Err(format!("expected a labelled drawing of every class, found none of number {}", missing + 1));
        }
        if !self.alphabets.is_empty() && self.alphabets.len() != ways {
            return Err(format!("expected an alphabet for each of {ways} classes, found {}", self.alphabets.len()));
        }
        let size = self.drawings.first().map_or(0, |drawing| drawing.len());
        if size == 0 || self.side().pow(2) != size {
            return Err(format!("expected square drawings, found one of {size} pixels"));
        }
        if let Some(other) = self.drawings.iter().find(|drawing| drawing.len() != size) {
            return Err(format!("expected drawings of {size} pixels like the first, found one of {}", other.len()));
        }
        match self.drawings.iter().flat_map(|drawing| drawing.iter()).find(|value| !value.is_finite()) {
            Some(value) => Err(format!("a drawing holds {value}, expected finite numbers")),
            None => Ok(()),
        }
    }
}

/// A lesson and the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct OneShot {
    /// What was shown.
    pub lesson: Lesson,
    /// How likely the query is of each class, as the network answers, `[classes]`.
    pub answer: Vec<f32>,
}

/// What the JSON of a tape says of it.
#[derive(Serialize, Deserialize)]
pub(super) struct Header {
    side: usize,
    classes: Vec<usize>,
    names: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    alphabets: Vec<String>,
}

impl OneShot {
    /// The class that the network finds likeliest, the first of several.
    pub fn answered(&self) -> usize {
        let likelier = |best: usize, class: usize| if self.answer[class] > self.answer[best] { class } else { best };
        (0..self.answer.len()).reduce(likelier).unwrap_or(0)
    }

    /// Whether that is the right one.
    pub fn is_right(&self) -> bool {
        self.answered() == self.lesson.asked()
    }

    /// Checks that it fits a lifetime of `steps` of `network`; tapes may come from files.
    pub(super) fn check(&self, network: &Network, steps: usize) -> Result<(), String> {
        self.lesson.check()?;
        if self.lesson.steps() != steps {
            return Err(format!("expected a drawing for each of {steps} steps, found {}", self.lesson.steps()));
        }
        let ways = self.lesson.ways();
        if self.answer.len() != ways {
            return Err(format!("expected an answer among {ways} classes, found one of {}", self.answer.len()));
        }
        if let Some(layer) = network.layers().last()
            && layer.post != ways
        {
            return Err(format!(
                "expected {} classes, as many as {} has outputs, found {ways}",
                layer.post, layer.name
            ));
        }
        match self.answer.iter().find(|value| !(0.0..=1.0).contains(*value)) {
            Some(value) => Err(format!("expected probabilities, found {value}")),
            None => Ok(()),
        }
    }

    pub(super) fn header(&self) -> Header {
        let Lesson { classes, names, alphabets, .. } = self.lesson.clone();
        Header { side: self.lesson.side(), classes, names, alphabets }
    }

    pub(super) fn to_arrays(&self) -> BTreeMap<String, Array> {
        let (steps, side) = (self.lesson.steps(), self.lesson.side());
        let drawings = Array::new(&[steps, side, side], self.lesson.drawings.concat());
        let answer = Array::new(&[self.answer.len()], self.answer.clone());
        [(DRAWINGS, drawings), (ANSWER, answer)].map(|(name, array)| (name.to_owned(), array)).into()
    }

    /// Takes it out of a file that has been read.
    pub(super) fn take(file: &mut TensorFile, header: Header) -> Result<Self, FileError> {
        let Header { side, classes, names, alphabets } = header;
        let answer = file.take(ANSWER, &[names.len()])?;
        let drawings = file.take(DRAWINGS, &[classes.len(), side, side])?;
        let drawings = drawings.chunks_exact((side * side).max(1)).map(Arc::from).collect();
        Ok(Self { lesson: Lesson { drawings, classes, names, alphabets }, answer })
    }
}
