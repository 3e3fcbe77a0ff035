//! Lives that branch off: the viewer does something to a lifetime, and it is lived again from there with the same
//! random numbers. What it would have been stays beside it.
//!
//! The lifetime is lived again in the background. Whoever drives may do much meanwhile: what is lived next is always
//! the latest.

use super::scene::Scene;
use super::session::Session;
use crate::episode::{Intervention, What, intervention};
use std::ops::Range;

/// Where the viewer's interventions stand.
#[derive(Default)]
pub struct Branching {
    /// All of them, as last changed; the lifetime in view may be behind. `None` while nothing waits.
    latest: Option<Vec<Intervention>>,
    /// Whether the latest still have to be lived.
    is_due: bool,
    /// Whether the arrow keys drive the agent.
    drives: bool,
    /// What was done to the last life that was changed, before it was left or taken back.
    left: Vec<Intervention>,
    /// The size of the layer to which that was done.
    left_of: [usize; 2],
}

impl Session {
    /// Why nothing can be done to the lifetime in view, in a sentence; `None` where something can.
    pub fn why_no_branch(&self) -> Option<&'static str> {
        let Some(scene) = self.scene() else { return Some("There is no episode in view.") };
        if scene.layer().is_none() && !self.has_agent() {
            Some("This network has no trace and is no agent: there is nothing to intervene in.")
        } else if !self.can_live() {
            Some(
                "This tape holds one episode and no settings for another: open the checkpoint of its network to intervene.",
            )
        } else if !self.can_repeat() {
            Some("A training episode cannot be replayed: press Shift+R for a new one.")
        } else {
            None
        }
    }

    /// Whether the lifetime in view is that of an agent, which can be driven.
    pub fn has_agent(&self) -> bool {
        self.scene().is_some_and(|scene| scene.tape().content.behaviour().is_some())
    }

    /// Whether that agent is in a place with a reward square.
    pub fn is_in_maze(&self) -> bool {
        self.scene().is_some_and(|scene| scene.tape().content.walk().is_some())
    }

    /// What the viewer has done to the lifetime, in the order of its steps.
    pub fn interventions(&self) -> &[Intervention] {
        let lived = || self.scene().map_or(&[][..], |scene| &scene.tape().interventions);
        self.branching.latest.as_deref().unwrap_or_else(lived)
    }

    /// Whether something has been done that the lifetime in view does not show yet.
    pub fn is_branching(&self) -> bool {
        self.branching.is_due || self.is_living_branch()
    }

    /// Whether the arrow keys drive the agent.
    pub fn is_driving(&self) -> bool {
        self.branching.drives && self.can_drive()
    }

    /// Whether there is an agent that can be driven.
    pub fn can_drive(&self) -> bool {
        self.has_agent() && self.why_no_branch().is_none()
    }

    /// Lets the arrow keys drive the agent, or move through time again.
    pub fn set_driving(&mut self, drives: bool) {
        self.branching.drives = drives;
        if drives {
            self.clock.pause();
            self.hold();
        }
    }

    /// The agent takes this action, by its number, in the step being viewed, and the view goes on to what comes of it.
    pub fn drive(&mut self, action: usize) {
        self.intervene(What::Act(action));
        self.clock.step(1);
    }

    /// The agent takes the action of this name, see [`Self::drive`]; nothing happens where it has none.
    pub fn drive_by_name(&mut self, name: &str) {
        let Some(scene) = self.scene() else { return };
        if let Some(action) = scene.task.actions().iter().position(|action| action.name == name) {
            self.drive(action);
        }
    }

    /// Does something before the step being viewed, see [`intervention::add`].
    pub fn intervene(&mut self, what: What) {
        let mut all = self.interventions().to_vec();
        // What is done to a trace is done to that of the layer in view.
        let layer = match what.alteration() {
            Some(_) => self.scene().map_or(0, |scene| scene.layer_index),
            None => 0,
        };
        intervention::add(&mut all, Intervention { step: self.clock.at(), layer, what });
        self.branch(all);
    }

    /// Takes some of the interventions back, by their places in the list.
    pub fn retract(&mut self, places: Range<usize>) {
        let mut all = self.interventions().to_vec();
        if all.get(places.clone()).is_some() {
            all.drain(places);
            self.branch(all);
        }
    }

    /// Takes all of them back.
    pub fn retract_all(&mut self) {
        self.leave_branch();
        self.branch(Vec::new());
    }

    /// What was done to the last life that was changed and has been left or taken back; empty where there is none that
    /// could be done again, as to a network of another size.
    pub fn left_interventions(&self) -> &[Intervention] {
        let is_alike = self.scene().is_some_and(|scene| scene.shape() == self.branching.left_of);
        let can = is_alike && self.interventions().is_empty() && self.why_no_branch().is_none();
        if can { &self.branching.left } else { &[] }
    }

    /// Does all of that again, to the life in view.
    pub fn intervene_again(&mut self) {
        self.branch(self.left_interventions().to_vec());
    }

    /// Forgets what was done to the life before: what comes next has nothing to do with it.
    pub fn forget_left_interventions(&mut self) {
        self.branching.left.clear();
    }

    fn leave_branch(&mut self) {
        if self.interventions().is_empty() {
            return;
        }
        let mut left = self.interventions().to_vec();
        for done in &mut left {
            // The next life may be another network's: whose trace is transplanted is lived again then.
            if let What::Transplant { state, .. } = &mut done.what {
                *state = [].into();
            }
        }
        self.branching.left = left;
        self.branching.left_of = self.scene().map_or([0; 2], Scene::shape);
    }

    /// Makes what is done to the lifetime this, whatever it was.
    pub fn branch(&mut self, all: Vec<Intervention>) {
        if self.why_no_branch().is_some() || self.interventions() == all {
            return;
        }
        (self.branching.latest, self.branching.is_due) = (Some(all), true);
        self.clock.pause();
        self.hold();
        self.wake_up();
    }

    /// Lives the branch that waits.
    pub(super) fn update_branching(&mut self) {
        if !self.branching.is_due || self.is_busy() {
            return;
        }
        self.branching.is_due = false;
        if let Some(latest) = self.branching.latest.clone() {
            self.live_branch(latest);
        }
    }

    /// Another lifetime comes into view, or the branch could not be lived: what was done is over.
    pub(super) fn forget_branch(&mut self) {
        self.leave_branch();
        (self.branching.latest, self.branching.is_due, self.branching.drives) = (None, false, false);
    }

    /// What was being made ready in the place of a branch came to nothing: the branch still waits.
    pub(super) fn branch_again(&mut self) {
        self.branching.is_due = self.branching.latest.is_some();
    }

    /// The branch that was asked for has come into view: nothing waits, unless more has been done meanwhile.
    pub(super) fn settle_branch(&mut self) {
        if !self.branching.is_due {
            self.branching.latest = None;
        }
    }
}
