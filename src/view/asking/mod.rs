//! Questions of the viewer's own: another probe, another picture asked for, pictures from files.
//!
//! The lifetime is lived again in the background. Whoever paints may change the question many times meanwhile: what
//! is asked next is always the latest.

mod own;
pub(in crate::view) mod reading;

use super::scene::Changed;
use super::session::Session;
use crate::tasks::Recalled;
use own::Own;
use std::sync::Arc;

pub use own::{is_example, is_text, picture_endings};

/// Where somebody's own question stands.
#[derive(Default)]
pub struct Asking {
    /// What is asked, as last changed; the lifetime in view may be one change behind.
    latest: Option<Recalled>,
    /// What the lifetime was before it was changed.
    base: Option<Arc<Base>>,
    /// Whether the latest question still has to be put.
    is_due: bool,
    /// Pictures of the viewer's own on their way.
    own: Own,
}

/// A lifetime before its question was changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// What was asked.
    pub asked: Recalled,
    /// The seed that it was lived with, or, for the viewer's own pictures, that of the lifetime before.
    pub seed: Option<u64>,
    /// Whether its pictures are the viewer's own.
    pub is_own: bool,
}

impl Asking {
    /// Whether pictures wait for a thread that reads them.
    pub(in crate::view) fn waits_for_thread(&self) -> bool {
        self.own.waits_for_thread()
    }
}

impl Session {
    /// The question of the lifetime in view, with all changes made so far; `None` where there is none to change.
    pub fn question(&self) -> Option<Recalled> {
        let tape = self.scene()?.tape();
        self.asking.latest.clone().or_else(|| Recalled::of(tape))
    }

    /// The question as it was before it was changed.
    pub fn question_before(&self) -> Option<Recalled> {
        self.asking.base.as_ref().map(|base| base.asked.clone()).or_else(|| Recalled::of(self.scene()?.tape()))
    }

    /// Whether a changed question has been put that the lifetime in view does not answer yet.
    pub fn is_asking(&self) -> bool {
        self.asking.is_due || self.is_answering()
    }

    /// Asks something else of the network in view, with the same pictures.
    pub fn ask(&mut self, asked: Recalled) {
        if !self.can_live() || self.question().is_none_or(|now| now == asked) {
            return;
        }
        if self.asking.base.is_none() {
            self.asking.base = self.base();
        }
        (self.asking.latest, self.asking.is_due, self.following) = (Some(asked), true, false);
        self.wake_up();
    }

    /// Takes in pictures that have been read, and puts the question that waits.
    pub(super) fn update_asking(&mut self) {
        self.update_own();
        if self.asking.is_due
            && !self.is_busy()
            && let (Some(asked), Some(base)) = (self.asking.latest.clone(), self.asking.base.clone())
        {
            self.asking.is_due = false;
            let is_edited = asked != base.asked;
            self.live_asked(asked, Changed { base, is_edited });
        }
    }

    /// Another lifetime has come into view, or the question could not be put: changes of the old one are over.
    pub(super) fn forget_question(&mut self) {
        (self.asking.latest, self.asking.base, self.asking.is_due) = (None, None, false);
        self.forget_due_drawings();
    }

    fn base(&self) -> Option<Arc<Base>> {
        let scene = self.scene()?;
        if let Some(changed) = &scene.changed {
            return Some(Arc::clone(&changed.base));
        }
        let (asked, seed) = (Recalled::of(scene.tape())?, scene.tape().origin.seed);
        Some(Arc::new(Base { asked, seed, is_own: false }))
    }
}
