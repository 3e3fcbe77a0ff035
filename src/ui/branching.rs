//! Lives that branch off: the viewer does something to a lifetime, and it is lived again from there with the same
//! random numbers. What it would have been stays beside it.
//!
//! The lifetime is lived again in the background. Whoever drives may do much meanwhile: what is lived next is always
//! the latest.

use super::layout::Subject;
use super::session::Session;
use crate::episode::{Intervention, What};
use crate::tasks::maze::grid::Action;
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
}

impl Session {
    /// Why nothing can be done to the lifetime in view, in a sentence; `None` where something can.
    pub fn why_no_branch(&self) -> Option<&'static str> {
        let Some(scene) = self.scene() else { return Some("There is no lifetime in view.") };
        if scene.subject() != Subject::Agent {
            Some("Only the life of an agent can be changed: open or train a network of the task maze.")
        } else if !self.can_live() {
            Some("A tape holds one lifetime: open the checkpoint of its network to change it.")
        } else if !self.can_repeat() {
            Some("A lifetime of training cannot be lived again: press Shift+R for another one.")
        } else {
            None
        }
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
        self.branching.drives && self.why_no_branch().is_none()
    }

    /// Lets the arrow keys drive the agent, or move through time again.
    pub fn set_driving(&mut self, drives: bool) {
        self.branching.drives = drives;
        if drives {
            self.clock.pause();
            self.hold();
        }
    }

    /// The agent takes this action in the step being viewed, and the view goes on to what comes of it.
    pub fn drive(&mut self, action: Action) {
        self.intervene(What::Act(action as usize));
        self.clock.step(1);
    }

    /// Does something before the step being viewed. What is driven replaces all driving from there on; whatever else is
    /// done replaces what of its kind was done before the same step.
    pub fn intervene(&mut self, what: What) {
        let step = self.clock.at();
        let mut all = self.interventions().to_vec();
        let is_alike = |other: &What| std::mem::discriminant(other) == std::mem::discriminant(&what);
        match what {
            What::Act(_) => all.retain(|done| !(is_alike(&done.what) && done.step >= step)),
            // Frozen once, frozen for good.
            What::Freeze => all.retain(|done| !is_alike(&done.what)),
            // One puts a trace in the place of the other's.
            What::Erase | What::Transplant { .. } => {
                all.retain(|done| !(done.step == step && matches!(done.what, What::Erase | What::Transplant { .. })));
            }
            What::MoveReward(_) | What::ScaleAlpha(_) => {
                all.retain(|done| !(is_alike(&done.what) && done.step == step));
            }
        }
        let place = all.partition_point(|done| done.step <= step);
        all.insert(place, Intervention { step, what });
        self.branch(all);
    }

    /// Takes some of the interventions back, by their places in the list.
    pub fn retract(&mut self, places: Range<usize>) {
        let mut all = self.interventions().to_vec();
        if places.end <= all.len() {
            all.drain(places);
            self.branch(all);
        }
    }

    /// Takes all of them back.
    pub fn retract_all(&mut self) {
        self.branch(Vec::new());
    }

    fn branch(&mut self, all: Vec<Intervention>) {
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

    /// Another lifetime has come into view, or the branch could not be lived: what was done is over.
    pub(super) fn forget_branch(&mut self) {
        (self.branching.latest, self.branching.is_due) = (None, false);
    }

    /// The branch that was asked for has come into view: nothing waits, unless more has been done meanwhile.
    pub(super) fn settle_branch(&mut self) {
        if !self.branching.is_due {
            self.branching.latest = None;
        }
    }
}
