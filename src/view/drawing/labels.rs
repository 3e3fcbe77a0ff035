//! Labels of the lesson in view, swapped by the viewer and put back. What is on the cards stays as it is.

use crate::view::session::Session;

impl Session {
    /// Why labels cannot be swapped, in a sentence; `None` where they can.
    pub fn why_no_swap(&self) -> Option<&'static str> {
        let why = "This tape holds one episode and no settings for another: open the checkpoint of its network to swap \
                   labels.";
        (!self.can_live()).then_some(why)
    }

    /// Teaches the labels of two classes the other way round: the lifetime of the lesson in view is lived again.
    pub fn swap_labels(&mut self, one: usize, other: usize) {
        let Some(scene) = self.scene().filter(|scene| scene.lesson().is_some()) else { return };
        if self.why_no_swap().is_some() || one == other {
            return;
        }
        let shows_cards = scene.shows_cards();
        let is_said = !shows_cards || self.cards().is_some_and(|cards| cards.meant().is_some());
        self.forget_due_drawings();
        self.live_swapped([one, other], is_said);
    }

    /// Shows the lifetime as it was before labels were swapped.
    pub fn original_labels(&mut self) {
        self.forget_due_drawings();
        self.leave_swapped();
    }
}
