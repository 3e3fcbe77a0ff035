//! Tours: the window shows what it is for, step by step, asks what will come before it is seen, and can be left and taken
//! up again at any moment.
//!
//! | file | subject |
//! |---|---|
//! | here | where somebody is in a tour, and what still has to be done for it |
//! | [`mod@file`] | tours as text |
//! | `menu` | which tour is taken |
//! | [`strip`] | what is said and asked, drawn above the panels |
//! | `veil` | frames around what is spoken of, and covers over what is to be guessed |

pub mod file;
mod menu;
pub mod strip;
mod veil;

pub use file::{Place, Question, Step, Tour, TourError};

use super::app::App;
use crate::files::{FileError, read_text};
use crate::view::action::Action;
use egui::Context;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// How a tour's file ends.
pub const ENDING: &str = "toml";

/// A larger file is no tour.
const MAX_BYTES: u64 = 1 << 20;

/// The tours that come with the program: their texts.
pub const BUNDLED: [&str; 5] = [
    include_str!("../../../assets/tours/how-a-synapse-stores-a-pattern.toml"),
    include_str!("../../../assets/tours/why-alpha-has-blocks.toml"),
    include_str!("../../../assets/tours/the-second-time-is-faster.toml"),
    include_str!("../../../assets/tours/one-look-is-enough.toml"),
    include_str!("../../../assets/tours/who-decides-when-to-learn.toml"),
];

/// The tour that is being taken, and where others were left.
#[derive(Default)]
pub struct Tours {
    taken: Option<Taken>,
    left: BTreeMap<String, usize>,
}

/// A tour that is being taken.
struct Taken {
    tour: Arc<Tour>,
    at: usize,
    /// What was chosen in each step, by its place.
    answers: Vec<Option<usize>>,
    /// What still has to be done, one after the other, each when nothing else is on its way.
    waiting: VecDeque<Action>,
    /// Whether the step has just begun: what it speaks of is not in front yet.
    begins: bool,
    /// The step of the episode in view when everything had been set up.
    seen: usize,
}

/// What there is to see of a tour.
#[derive(Clone)]
pub struct Position {
    /// The tour.
    pub tour: Arc<Tour>,
    /// Which step.
    pub at: usize,
    /// What was chosen, by its place; `None` as long as nothing was.
    pub answer: Option<usize>,
}

impl Position {
    /// The step.
    pub fn step(&self) -> &Step {
        &self.tour.steps[self.at]
    }

    /// Whether what is covered is hidden: until the question is answered, or as long as the step where none is asked.
    pub fn covers(&self) -> bool {
        self.is_asked() || self.step().question.is_none()
    }

    /// What is framed: what the step speaks of, and once its question is answered what has just been uncovered.
    pub fn spoken_of(&self) -> Option<Place> {
        let step = self.step();
        let uncovered = step.cover.first().copied().filter(|_| self.answer.is_some());
        uncovered.or(step.highlight)
    }

    /// Whether a question waits for an answer.
    pub fn is_asked(&self) -> bool {
        self.step().question.is_some() && self.answer.is_none()
    }
}

impl Tours {
    /// The tours that come with the program, read once.
    pub fn bundled() -> &'static [Tour] {
        static READ: LazyLock<Vec<Tour>> =
            LazyLock::new(|| BUNDLED.into_iter().filter_map(|text| Tour::parse(text).ok()).collect());
        &READ
    }

    /// Takes a tour, from where it was left.
    pub fn take(&mut self, tour: Tour) {
        self.leave();
        let at = self.left.get(&tour.title).copied().filter(|at| *at < tour.steps.len()).unwrap_or(0);
        let answers = vec![None; tour.steps.len()];
        self.taken = Some(Taken { tour: Arc::new(tour), at, answers, waiting: VecDeque::new(), begins: true, seen: 0 });
        self.set_up();
    }

    /// Takes a tour in which somebody is at a step, where everything has been set up for it; `seen` is the step of the
    /// episode in view.
    pub fn take_at(&mut self, tour: Tour, at: usize, seen: usize) {
        self.leave();
        let at = at.min(tour.steps.len() - 1);
        let answers = vec![None; tour.steps.len()];
        self.taken = Some(Taken { tour: Arc::new(tour), at, answers, waiting: VecDeque::new(), begins: false, seen });
    }

    /// The text of the tour that is taken, and which of its steps.
    pub fn told(&self) -> Option<(String, usize)> {
        self.taken.as_ref().map(|taken| (taken.tour.text.clone(), taken.at))
    }

    /// Leaves the tour; where it was is kept.
    pub fn leave(&mut self) {
        if let Some(taken) = self.taken.take() {
            self.left.insert(taken.tour.title.clone(), taken.at);
        }
    }

    /// Ends the tour: it begins again the next time.
    pub fn finish(&mut self) {
        if let Some(taken) = self.taken.take() {
            self.left.remove(&taken.tour.title);
        }
    }

    /// Where somebody is; `None` while no tour is taken.
    pub fn position(&self) -> Option<Position> {
        let taken = self.taken.as_ref()?;
        Some(Position { tour: Arc::clone(&taken.tour), at: taken.at, answer: taken.answers[taken.at] })
    }

    /// Whether something still has to be done for the step.
    pub fn is_busy(&self) -> bool {
        self.taken.as_ref().is_some_and(|taken| !taken.waiting.is_empty())
    }

    /// On to the next step.
    pub fn next(&mut self) {
        if let Some(taken) = &mut self.taken
            && taken.at + 1 < taken.tour.steps.len()
        {
            taken.at += 1;
            taken.begins = true;
            // An answer that was given before is there to be seen.
            let is_seen = taken.answers[taken.at].is_some();
            taken.waiting.extend(taken.tour.steps[taken.at].all_actions(is_seen));
        }
    }

    /// Brings in front once more what the step speaks of: the panels stand otherwise.
    pub(super) fn speak_again(&mut self) {
        if let Some(taken) = &mut self.taken {
            taken.begins = true;
        }
    }

    /// Back to the step before.
    pub fn back(&mut self) {
        if let Some(taken) = &mut self.taken
            && taken.at > 0
        {
            taken.at -= 1;
            self.set_up();
        }
    }

    /// Makes everything as it is in this step, whatever has been done meanwhile: from where a network was opened last.
    pub fn set_up(&mut self) {
        let Some(taken) = &mut self.taken else { return };
        let Taken { tour, at, answers, waiting, begins, .. } = taken;
        *begins = true;
        waiting.clear();
        for (place, step) in tour.steps.iter().enumerate().take(*at + 1).skip(tour.beginning(*at)) {
            waiting.extend(step.all_actions(place < *at || answers[place].is_some()));
        }
    }

    /// Chooses an answer; the first one counts.
    pub fn answer(&mut self, answer: usize) {
        let Some(taken) = &mut self.taken else { return };
        let Some(question) = &taken.tour.steps[taken.at].question else { return };
        if answer < question.answers.len() && taken.answers[taken.at].is_none() {
            taken.answers[taken.at] = Some(answer);
            taken.waiting.extend(question.actions.iter().cloned());
        }
    }

    /// Where tours were left, by their titles.
    pub fn places(&self) -> BTreeMap<String, usize> {
        let mut places = self.left.clone();
        places.extend(self.taken.as_ref().map(|taken| (taken.tour.title.clone(), taken.at)));
        places
    }

    /// None is taken; in an earlier window they were left at these places.
    pub fn left_at(left: BTreeMap<String, usize>) -> Self {
        Self { taken: None, left }
    }
}

/// Whether `file` is called like a tour.
pub fn is_tour(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(ENDING)) && !file.is_dir()
}

/// Reads a tour from a file.
///
/// # Errors
/// With the file, the line, and what is wrong there.
pub fn read(path: &Path) -> Result<Tour, FileError> {
    let text = read_text(path, "a tour", MAX_BYTES)?;
    Tour::parse(&text).map_err(|error| FileError::new(path, error.to_string()))
}

impl App {
    /// Does what a tour has to do, as far as nothing else is on its way.
    pub(super) fn go_on_with_tour(&mut self, context: &Context) {
        loop {
            if self.is_preparing() {
                return;
            }
            let Some(taken) = &mut self.tours.taken else { return };
            let Some(action) = taken.waiting.pop_front() else { break };
            self.set_up(&action, context);
        }
        if let Some(taken) = &mut self.tours.taken
            && std::mem::take(&mut taken.begins)
        {
            let step = taken.tour.steps[taken.at].clone();
            taken.seen = self.session.clock.at();
            self.bring_spoken_of(&step);
        }
    }

    /// The last step of the episode that may be seen where a tour hides what comes later.
    pub(in crate::ui) fn horizon(&self) -> Option<usize> {
        let (taken, position) = (self.tours.taken.as_ref()?, self.tours.position()?);
        let hides = position.covers() && position.step().cover_later;
        // Until everything has been set up nothing is.
        hides.then_some(if taken.begins || !taken.waiting.is_empty() { 0 } else { taken.seen })
    }

    /// Brings in front what a step speaks of, once: whatever is clicked afterwards stays.
    ///
    /// What is covered comes forward in a presentation only, where two panels are all there is to see; one that is not
    /// among them need not be covered.
    fn bring_spoken_of(&mut self, step: &Step) {
        let arrangement = self.dock().arrangement();
        let is_there =
            |name: &str| arrangement.as_ref().is_some_and(|arrangement| arrangement.panels().contains(&name));
        let covered = step.cover.iter().filter(|_| self.is_presenting()).rev();
        let covered: Vec<Place> =
            covered.filter(|place| matches!(place, Place::Panel(name) if is_there(name))).copied().collect();
        for place in covered.into_iter().chain(step.highlight) {
            if let Place::Panel(name) = place {
                self.bring_to_front(name);
            }
        }
    }
}
