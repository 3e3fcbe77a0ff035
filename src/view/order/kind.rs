//! Which orders of neurons there are.

use crate::view::layout::Subject;
use crate::view::matrices::MatrixKind;
use crate::view::scene::Scene;
use serde::{Deserialize, Serialize};

/// In which order neurons stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// By their numbers.
    Stored,
    /// By their signs in the examples that were stored in the episode in view: neurons that agree in all of them stand
    /// side by side.
    Example,
    /// By the leading singular vectors of a matrix: neurons whose connections are alike stand side by side. Of a trace
    /// and what follows from it, that is as the episode leaves it behind.
    Cluster(MatrixKind),
    /// By their activity at the step in view, the lowest first.
    Activity,
}

impl OrderKind {
    /// What is chosen until somebody chooses.
    pub fn usual(scene: &Scene) -> Self {
        match scene.subject() {
            Subject::Patterns | Subject::Circuit if Self::Example.why_not(scene).is_none() => Self::Example,
            // The order of pixels is that of the pictures themselves.
            Subject::Patterns
            | Subject::Circuit
            | Subject::Pictures
            | Subject::Agent
            | Subject::OneShot
            | Subject::Text
            | Subject::Trials => Self::Stored,
        }
    }

    /// A few words for a button: "by pattern".
    pub fn title(self, scene: &Scene) -> &'static str {
        match self {
            Self::Stored => "as stored",
            Self::Example if scene.task.examples_are_pictures() => "by picture",
            Self::Example => "by pattern",
            Self::Cluster(_) => "by cluster",
            Self::Activity => "by activity",
        }
    }

    /// What it is, in one line: for menus, headings of files, screen readers.
    pub fn words(self, scene: &Scene) -> String {
        match self {
            Self::Stored => "neurons by number".to_owned(),
            Self::Example if scene.task.examples_are_pictures() => "neurons by their sign in each picture".to_owned(),
            Self::Example => "neurons by their bit in each pattern".to_owned(),
            Self::Cluster(kind) => format!("neurons by cluster of {}", kind.symbol()),
            Self::Activity => "neurons by activity at this step".to_owned(),
        }
    }

    /// Why neurons cannot stand so in `scene`; `None` where they can.
    pub fn why_not(self, scene: &Scene) -> Option<&'static str> {
        match self {
            Self::Stored | Self::Activity => None,
            Self::Example => match scene.tape().content.question() {
                None => Some("In this episode no patterns are stored."),
                Some(question) if !question.is_shown_by(scene.shape()) => {
                    Some("The neurons of this layer do not stand for parts of what is stored.")
                }
                Some(_) => None,
            },
            Self::Cluster(kind) => kind.why_missing(scene).or_else(|| {
                let is_vector = kind.is_alpha() && scene.alpha.as_ref().is_some_and(|alpha| alpha.rows() == 1);
                is_vector.then_some("α is not a matrix in this network.")
            }),
        }
    }
}
