//! What is shown and asked in a lifetime, drawn by chance or put together by somebody: another probe, or pictures of their
//! own.

use crate::episode::{EventKind, Question, Tape};
use serde::{Deserialize, Serialize};

/// A question with the order in which its examples are studied: with a network, all that a lifetime depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recalled {
    /// What is shown and asked.
    pub question: Question,
    /// Which example is shown when, through all rounds.
    pub order: Vec<usize>,
}

impl Recalled {
    /// The question that the lifetime on `tape` answers; `None` when it is not of this kind.
    pub fn of(tape: &Tape) -> Option<Self> {
        let question = tape.content.question()?.clone();
        let shown = tape.events.iter().filter(|event| event.kind == EventKind::Study);
        let order = shown.map(|event| event.index).collect::<Option<Vec<_>>>()?;
        Some(Self { question, order })
    }

    /// The elements that are asked for.
    pub fn blanked(&self) -> impl Iterator<Item = usize> + '_ {
        self.question.probe.iter().enumerate().filter(|(_, value)| **value == 0.0).map(|(element, _)| element)
    }

    /// Asks for the elements that `is_blank` names, and shows all others.
    pub fn blank(&mut self, is_blank: impl Fn(usize) -> bool) {
        let Question { study, target, probe } = &mut self.question;
        let Some(example) = study.get(*target) else { return };
        for (element, (shown, value)) in probe.iter_mut().zip(example).enumerate() {
            *shown = if is_blank(element) { 0.0 } else { *value };
        }
    }

    /// Asks for another example, with the same elements blanked.
    pub fn ask_for(&mut self, target: usize) {
        if target < self.question.study.len() {
            let blanked: Vec<bool> = self.question.probe.iter().map(|value| *value == 0.0).collect();
            self.question.target = target;
            self.blank(|element| blanked.get(element).copied().unwrap_or(true));
        }
    }

    /// The same order and the same blank elements with other examples; `None` when they do not fit.
    #[must_use]
    pub fn with_examples(&self, study: Vec<Vec<f32>>) -> Option<Self> {
        let size = self.question.probe.len();
        if study.len() != self.question.study.len() || study.iter().any(|example| example.len() != size) {
            return None;
        }
        let mut asked = self.clone();
        asked.question.study = study;
        asked.ask_for(asked.question.target);
        Some(asked)
    }

    /// Checks that it fits lifetimes of `count` examples of `size` elements, each shown `rounds` times.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self, count: usize, size: usize, rounds: usize) -> Result<(), String> {
        let Question { study, target, probe } = &self.question;
        if study.len() != count {
            return Err(format!("expected {count} examples, found {}", study.len()));
        }
        let sizes = study.iter().chain([probe]).map(Vec::len);
        if let Some(found) = sizes.into_iter().find(|found| *found != size) {
            return Err(format!("expected examples of {size} elements, found {found}"));
        }
        if study.iter().chain([probe]).flatten().any(|value| !value.is_finite()) {
            return Err("expected finite numbers, found NaN or infinity".into());
        }
        if *target >= count || self.order.iter().any(|index| *index >= count) {
            return Err(format!("expected examples 1 to {count}, found one beyond"));
        }
        if self.order.len() != count * rounds {
            return Err(format!("expected {} showings, found {}", count * rounds, self.order.len()));
        }
        Ok(())
    }
}
