//! On which device the next run trains. What there is, is found out on a thread of its own: opening one takes time.

use super::background::{Errand, Wake};
use super::notice::Notice;
use crate::device::{self, Choice, Compute};
use crate::train::{Trainer, measured};

/// Devices by kind, each with its title or the reason why it cannot be had.
pub type Survey = Vec<(Choice, Result<String, String>)>;

/// What the machine has, and what was chosen.
pub struct Devices {
    /// What the next run is to compute on.
    pub choice: Choice,
    state: State,
    wake: Wake,
}

enum State {
    NotAsked,
    Asked(Errand<Survey>),
    Known(Survey),
}

impl Devices {
    /// Nothing is known yet, and nothing is asked until somebody looks.
    pub fn new(wake: Wake) -> Self {
        Self { choice: Choice::Auto, state: State::NotAsked, wake }
    }

    /// Whether somebody has asked what there is and is not told yet.
    pub fn is_looking(&self) -> bool {
        matches!(self.state, State::Asked(_))
    }

    /// Waits until it is known, where somebody has asked; for pictures and tests, never for a frame.
    pub fn settle(&mut self) {
        if let State::Asked(survey) = &self.state {
            self.state = State::Known(survey.wait_for_answer().unwrap_or_default());
        }
    }

    /// What there is, once it is known; asks the first time.
    pub fn request(&mut self) -> Option<&Survey> {
        match &self.state {
            State::NotAsked => {
                if let Ok(survey) = Errand::start("hebbscope-devices", &self.wake, |_| device::survey()) {
                    self.state = State::Asked(survey);
                }
            }
            State::Asked(survey) => {
                if let Some(found) = survey.answer() {
                    self.state = State::Known(found.unwrap_or_default());
                }
            }
            State::Known(_) => {}
        }
        match &self.state {
            State::Known(found) => Some(found),
            State::NotAsked | State::Asked(_) => None,
        }
    }
}

/// What a run is trained on, see [`measured::settle`]; what is worth knowing about that goes to `notices`.
pub(super) fn settled(choice: Choice, compute: Compute, trainer: &mut Trainer, notices: &mut Vec<Notice>) -> Compute {
    let settled = measured::settle(choice, compute, trainer);
    let why = settled.without_kernels.map(|why| format!("Training: {why}"));
    let told = settled.found.into_iter().chain(why);
    notices.extend(told.map(|text| Notice { text: format!("{text}."), is_error: false }));
    settled.compute
}
