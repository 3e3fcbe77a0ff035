//! What a lifetime showed and came to, as far as it is kept to stand beside others.

use crate::episode::{Content, OneShot, Question, Tape};
use crate::tasks::Measure;
use crate::view::numbers::{decimals, percent};

/// What one lifetime showed and came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// Examples of which one is recalled.
    Recall(Recalling),
    /// Labelled drawings and a query, whose class is told.
    Lesson(OneShot),
}

/// A question and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Recalling {
    /// What the network was shown and asked.
    pub question: Question,
    /// What it answered, at the last step.
    pub answer: Vec<f32>,
}

/// Which lifetimes can stand in rows of one kind: the kind, how many things are shown, and how large each is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Examples and their elements.
    Recall([usize; 2]),
    /// Classes, drawings and pixels along each side.
    Lesson([usize; 3]),
}

impl Shown {
    /// What is kept of a lifetime; `None` where it has no pictures that could stand side by side.
    pub fn of(tape: &Tape) -> Option<Self> {
        match &tape.content {
            Content::Recall(question) => {
                let answer = tape.activity_at(tape.steps - 1)[..question.size()].to_vec();
                Some(Self::Recall(Recalling { question: question.clone(), answer }))
            }
            Content::OneShot(one_shot) => Some(Self::Lesson(one_shot.clone())),
            Content::Nothing | Content::Agent(_) | Content::Text(_) => None,
        }
    }

    /// Whether anything could be kept of a lifetime.
    pub fn is_in(content: &Content) -> bool {
        matches!(content, Content::Recall(_) | Content::OneShot(_))
    }

    /// A question and its answer; `None` where nothing is recalled.
    pub fn recall(&self) -> Option<&Recalling> {
        match self {
            Self::Recall(recalling) => Some(recalling),
            Self::Lesson(_) => None,
        }
    }

    /// A lesson and its answer; `None` where something else is shown.
    pub fn lesson(&self) -> Option<&OneShot> {
        match self {
            Self::Lesson(one_shot) => Some(one_shot),
            Self::Recall(_) => None,
        }
    }

    /// Beside which others it can stand.
    pub fn form(&self) -> Form {
        match self {
            Self::Recall(Recalling { question, .. }) => Form::Recall([question.study.len(), question.size()]),
            Self::Lesson(OneShot { lesson, .. }) => Form::Lesson([lesson.ways(), lesson.steps(), lesson.side()]),
        }
    }

    /// How bad the answer is, to be compared with others of the same form: larger is worse. Of a lesson it is the
    /// probability that the network kept from the right class: right and wrong alone would leave most of them equal.
    pub(super) fn badness(&self, measure: Measure, value: f32) -> f32 {
        match self {
            Self::Recall(_) => measure.badness(value),
            Self::Lesson(one_shot) => 1.0 - one_shot.answer[one_shot.lesson.asked()],
        }
    }

    /// What it came to: "correlation 0.87", "wrong: answered class 5, 23.2 %, right is class 3, 19.1 %".
    pub(super) fn words(&self, measure: Measure, value: f32) -> String {
        match self {
            Self::Recall(_) => format!("{} {}", measure.word, measure_text(measure, value)),
            Self::Lesson(one_shot) => {
                let likely = |class: usize| percent(f64::from(one_shot.answer[class]));
                let of = |class: usize| format!("class {}, {}", class + 1, likely(class));
                let (asked, answered) = (one_shot.lesson.asked(), one_shot.answered());
                match one_shot.is_right() {
                    true => format!("right: {}", of(asked)),
                    false => format!("wrong: answered {}, right is {}", of(answered), of(asked)),
                }
            }
        }
    }
}

/// A measure as a row shows it: "0.87", or "1.20 %" wrong.
pub(super) fn measure_text(measure: Measure, value: f32) -> String {
    let value = f64::from(value);
    if measure.is_fraction() { percent(value) } else { decimals(value, 2) }
}
