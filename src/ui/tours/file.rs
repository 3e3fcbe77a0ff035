//! Tours as text files: what is said, shown, done and asked, step by step. `docs/tours.md` describes the format.

use crate::files::one_line;
use crate::ui::guide::Part;
use crate::ui::panels;
use crate::view::action::Action;
use serde::Deserialize;
use std::ops::Range;
use toml::Spanned;

/// The version of the format that this program reads.
const FORMAT: u32 = 1;

/// Longer tours nobody takes, and longer texts nobody reads.
const MOST_STEPS: usize = 100;
const MOST_LETTERS: usize = 600;
const MOST_ANSWERS: usize = 6;

/// A tour through the window.
#[derive(Clone, Debug, PartialEq)]
pub struct Tour {
    /// What it is called.
    pub title: String,
    /// Its steps; at least one.
    pub steps: Vec<Step>,
    /// As it was written.
    pub text: String,
}

/// One step of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What is said.
    pub text: String,
    /// What is framed.
    pub highlight: Option<Place>,
    /// What is hidden until the question is answered; all the step long where none is asked.
    pub cover: Vec<Place>,
    /// Whether what comes after the step of the episode in view is hidden as long, where all of it is drawn.
    pub cover_later: bool,
    /// What is done when the step begins.
    pub actions: Vec<Action>,
    /// What is asked, if anything.
    pub question: Option<Question>,
}

impl Step {
    /// What is done for it: when it begins and, where its answer `is_seen`, what is done then.
    pub fn all_actions(&self, is_seen: bool) -> impl Iterator<Item = Action> + '_ {
        let revealed = self.question.iter().filter(move |_| is_seen).flat_map(|question| &question.actions);
        self.actions.iter().chain(revealed).cloned()
    }
}

/// A question with answers to choose from: predict, then see.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The question.
    pub text: String,
    /// From two on.
    pub answers: Vec<String>,
    /// The place of the right one.
    pub right: usize,
    /// What is said once one has been chosen.
    pub reveal: String,
    /// What is done then.
    pub actions: Vec<Action>,
}

/// Something in the window that can be framed or hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A panel, by its name.
    Panel(&'static str),
    /// A part of the window.
    Part(Part),
}

/// Why a tour cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct TourError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTour {
    format: Spanned<u32>,
    title: Spanned<String>,
    #[serde(default, rename = "step")]
    steps: Vec<WrittenStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    text: Spanned<String>,
    highlight: Option<Spanned<String>>,
    #[serde(default)]
    cover: Vec<Spanned<String>>,
    #[serde(default)]
    cover_later: bool,
    #[serde(default, rename = "do")]
    actions: Vec<Spanned<Action>>,
    ask: Option<WrittenQuestion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenQuestion {
    question: Spanned<String>,
    answers: Spanned<Vec<String>>,
    right: Spanned<usize>,
    reveal: Spanned<String>,
    #[serde(default, rename = "do")]
    actions: Vec<Spanned<Action>>,
}

impl Tour {
    /// Reads a tour from its text.
    ///
    /// # Errors
    /// With the line, and what is wrong there.
    pub fn parse(text: &str) -> Result<Self, TourError> {
        let checked = Checked { text };
        let written: WrittenTour = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            checked.wrong(at, one_line(error.message()))
        })?;
        if *written.format.get_ref() != FORMAT {
            let problem = format!("expected format {FORMAT}, found {}", written.format.get_ref());
            return Err(checked.wrong(written.format.span().start, problem));
        }
        let title = checked.words(&written.title)?;
        if written.steps.is_empty() || written.steps.len() > MOST_STEPS {
            let problem = format!("expected 1 to {MOST_STEPS} steps, found {}", written.steps.len());
            return Err(checked.wrong(written.title.span().end, problem));
        }
        let steps = written.steps.into_iter().map(|step| checked.step(step)).collect::<Result<_, _>>()?;
        Ok(Self { title, steps, text: text.to_owned() })
    }

    /// The last step up to `step` that opens a network: what comes before it does not matter to what is seen.
    pub fn beginning(&self, step: usize) -> usize {
        let is_network = |action: &Action| matches!(action, Action::OpenBundled(_) | Action::OpenLetters(_));
        let opens = |at: &usize| self.steps[*at].actions.iter().any(is_network);
        (0..=step).rev().find(opens).unwrap_or(0)
    }
}

/// A text whose parts are looked at.
struct Checked<'a> {
    text: &'a str,
}

impl Checked<'_> {
    fn wrong(&self, at: usize, problem: String) -> TourError {
        let before = self.text.as_bytes().iter().take(at);
        TourError { line: 1 + before.filter(|byte| **byte == b'\n').count(), problem }
    }

    fn refuse<T>(&self, span: Range<usize>, problem: String) -> Result<T, TourError> {
        Err(self.wrong(span.start, problem))
    }

    /// Some words, but not too many.
    fn words(&self, written: &Spanned<String>) -> Result<String, TourError> {
        let words = written.get_ref().split_whitespace().collect::<Vec<_>>().join(" ");
        match words.chars().count() {
            1..=MOST_LETTERS => Ok(words),
            found => self.refuse(written.span(), format!("expected 1 to {MOST_LETTERS} letters, found {found}")),
        }
    }

    /// Actions that a tour may do: they look and try, and nothing is opened, written, trained or asked for.
    fn actions(&self, written: Vec<Spanned<Action>>) -> Result<Vec<Action>, TourError> {
        for action in &written {
            if !action.get_ref().only_looks() {
                return self.refuse(action.span(), "a tour looks and tries, and does nothing else".into());
            }
            action.get_ref().check(&panels::names()).or_else(|problem| self.refuse(action.span(), problem))?;
        }
        Ok(written.into_iter().map(Spanned::into_inner).collect())
    }

    fn place(&self, written: &Spanned<String>) -> Result<Place, TourError> {
        let name = written.get_ref();
        let (panels, parts) = (panels::names(), Part::ALL.map(Part::name));
        let panel = || panels.iter().find(|known| *known == name).map(|known| Place::Panel(known));
        let part = || Part::ALL.into_iter().find(|part| part.name() == name).map(Place::Part);
        match panel().or_else(part) {
            Some(place) => Ok(place),
            None => {
                let known = [&panels[..], &parts].concat().join(", ");
                self.refuse(written.span(), format!("there is no panel {}, expected one of: {known}", one_line(name)))
            }
        }
    }

    fn step(&self, written: WrittenStep) -> Result<Step, TourError> {
        let cover: Vec<Place> = written.cover.iter().map(|place| self.place(place)).collect::<Result<_, _>>()?;
        Ok(Step {
            text: self.words(&written.text)?,
            highlight: written.highlight.as_ref().map(|place| self.place(place)).transpose()?,
            cover,
            cover_later: written.cover_later,
            actions: self.actions(written.actions)?,
            question: written.ask.map(|asked| self.question(asked)).transpose()?,
        })
    }

    fn question(&self, written: WrittenQuestion) -> Result<Question, TourError> {
        let answers = written.answers.get_ref();
        if !(2..=MOST_ANSWERS).contains(&answers.len()) || answers.iter().any(|answer| answer.trim().is_empty()) {
            let problem = format!("expected 2 to {MOST_ANSWERS} answers of some words, found {}", answers.len());
            return self.refuse(written.answers.span(), problem);
        }
        let right = *written.right.get_ref();
        if !(1..=answers.len()).contains(&right) {
            let problem = format!("expected the number of the right answer, 1 to {}, found {right}", answers.len());
            return self.refuse(written.right.span(), problem);
        }
        Ok(Question {
            text: self.words(&written.question)?,
            right: right - 1,
            reveal: self.words(&written.reveal)?,
            actions: self.actions(written.actions)?,
            answers: written.answers.into_inner(),
        })
    }
}
