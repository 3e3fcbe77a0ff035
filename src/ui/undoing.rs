//! What the viewer has changed, to be taken back and made again: what is asked of the lifetime in view, what is done to it,
//! and where panels stand.
//!
//! Nobody has to say that something changes: what there is to see is looked at whenever the pointer is up and nothing is on
//! its way, and a difference is one change. A stroke or the drag of a slider is one therefore.

use super::app::App;
use crate::episode::Intervention;
use crate::plastic::Parameters;
use crate::tasks::Recalled;
use crate::view::layout::{Arrangement, Named};
use crate::view::session::Session;
use std::sync::{Arc, Weak};

/// Changes that can be taken back.
const MOST: usize = 100;

/// A lifetime as the viewer has changed it.
#[derive(Clone)]
struct Life {
    /// The network; gone where it has left the view.
    network: Weak<Parameters>,
    /// Which of its lifetimes, before anything was changed.
    seed: Option<u64>,
    is_own: bool,
    asked: Option<Recalled>,
    interventions: Vec<Intervention>,
}

impl Life {
    fn of(session: &Session) -> Option<Self> {
        let scene = session.scene()?;
        Some(Self {
            network: Arc::downgrade(session.grown_network()?),
            seed: scene.seed(),
            is_own: scene.replaced.is_some(),
            asked: session.question(),
            interventions: session.interventions().to_vec(),
        })
    }

    /// Whether both are the same lifetime, whatever was done to it.
    fn is_as(&self, other: &Self) -> bool {
        self.network.ptr_eq(&other.network) && (self.seed, self.is_own) == (other.seed, other.is_own)
    }

    fn is_changed_from(&self, other: &Self) -> bool {
        self.asked != other.asked || self.interventions != other.interventions
    }
}

/// Where panels stand.
#[derive(Clone, PartialEq)]
struct Places {
    arrangement: Option<Arrangement>,
    layout: Named,
}

impl Places {
    /// Whether more is different than which tabs are in front.
    fn is_changed_from(&self, other: &Self) -> bool {
        let shape = |places: &Self| places.arrangement.as_ref().map(Arrangement::with_first_tabs);
        shape(self) != shape(other)
    }
}

/// What something was before it was changed.
#[derive(Clone)]
enum Change {
    Life(Life),
    Places(Places),
}

/// What has been changed, and what there was to see the last time.
#[derive(Default)]
pub struct Undoing {
    life: Option<Life>,
    places: Option<Places>,
    /// Where panels were in the last frame, if they had been moved.
    moved: Option<Places>,
    before: Vec<Change>,
    after: Vec<Change>,
    /// What is to be done to the lifetime in view once what is asked of it has been answered.
    wanted: Option<Life>,
}

impl Undoing {
    /// Whether something can be taken back, and whether something can be made again.
    pub fn can(&self) -> [bool; 2] {
        [!self.before.is_empty(), !self.after.is_empty()]
    }

    /// Where panels stand has followed from something else: there is nothing to take back.
    pub(super) fn forget_places(&mut self) {
        self.adopt_places();
        // What stood beside another kind of network has no place beside this one.
        for changes in [&mut self.before, &mut self.after] {
            changes.retain(|change| !matches!(change, Change::Places(_)));
        }
    }

    /// They may stand a little otherwise once they have been drawn: that is no change.
    fn adopt_places(&mut self) {
        (self.places, self.moved) = (None, None);
    }

    fn take_life(&mut self, now: Option<Life>) {
        match (&self.life, &now) {
            (Some(before), Some(now)) if before.is_as(now) => {
                if now.is_changed_from(before) {
                    self.note(Change::Life(before.clone()));
                }
            }
            (_, now) => {
                // What was done to another lifetime cannot be taken back in this one.
                for changes in [&mut self.before, &mut self.after] {
                    changes.retain(|change| !matches!(change, Change::Life(_)));
                }
                // What had been done to this one before it was looked at first can: by a preset, a tour, whoever shared it.
                if let Some(now) = now.as_ref().filter(|now| !now.interventions.is_empty()) {
                    self.note(Change::Life(Life { interventions: Vec::new(), ..now.clone() }));
                }
            }
        }
        self.life = now;
    }

    /// Panels that have been moved stand a little otherwise again once they have been drawn: unless it `is_sure`, a change
    /// is one that is there in two frames.
    fn take_places(&mut self, now: Places, is_sure: bool) {
        let is_changed = self.places.as_ref().is_some_and(|before| now.is_changed_from(before));
        if is_changed && !is_sure && self.moved.as_ref().is_none_or(|moved| now.is_changed_from(moved)) {
            self.moved = Some(now);
            return;
        }
        self.moved = None;
        if let Some(before) = self.places.replace(now).filter(|_| is_changed) {
            self.note(Change::Places(before));
        }
    }

    fn note(&mut self, change: Change) {
        self.before.push(change);
        self.before.drain(..self.before.len().saturating_sub(MOST));
        self.after.clear();
    }
}

impl App {
    fn places(&self) -> Places {
        Places { arrangement: self.dock_ref().arrangement(), layout: self.layout() }
    }

    /// Looks at what has changed since the last call. Call in every frame.
    pub(super) fn look_for_changes(&mut self, pointer_is_down: bool) {
        if pointer_is_down || self.is_preparing() {
            return;
        }
        if let Some(wanted) = self.undoing.wanted.take()
            && Life::of(&self.session).is_some_and(|now| now.is_as(&wanted))
        {
            self.session.branch(wanted.interventions);
            self.undoing.life = Life::of(&self.session);
            return;
        }
        self.look(false);
    }

    fn look(&mut self, is_sure: bool) {
        let (life, places) = (Life::of(&self.session), self.places());
        self.undoing.take_life(life);
        self.undoing.take_places(places, is_sure);
    }

    /// Takes the last change back; that of the cards first, where drawings are made on them.
    pub fn undo(&mut self) {
        if self.session.cards_could()[0] {
            return self.session.undo_cards();
        }
        self.look(true);
        if let Some(change) = self.undoing.before.pop() {
            let now = self.go_to(change);
            self.undoing.after.extend(now);
        }
    }

    /// Makes the change again that was taken back last.
    pub fn redo(&mut self) {
        if self.session.cards_could()[1] {
            return self.session.redo_cards();
        }
        if let Some(change) = self.undoing.after.pop() {
            let now = self.go_to(change);
            self.undoing.before.extend(now);
        }
    }

    /// Makes it as it was, and answers what it is now.
    fn go_to(&mut self, change: Change) -> Option<Change> {
        match change {
            Change::Places(places) => {
                let now = self.places();
                self.put_panels(places.layout, places.arrangement.as_ref());
                self.undoing.adopt_places();
                Some(Change::Places(now))
            }
            Change::Life(life) => {
                let now = Life::of(&self.session)?;
                let is_asked_else = life.asked != now.asked;
                if let Some(asked) = life.asked.clone().filter(|_| is_asked_else) {
                    self.session.ask(asked);
                    self.undoing.wanted = Some(life.clone());
                } else {
                    self.session.branch(life.interventions.clone());
                }
                self.undoing.life = Some(life);
                Some(Change::Life(now))
            }
        }
    }
}
