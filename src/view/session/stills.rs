//! What is shown at one moment, taken away and shown elsewhere.

use super::Session;
use crate::episode::Clock;
use crate::view::export::{Seen, Still};
use std::sync::Arc;

impl Session {
    /// What is shown at this moment, for pictures and files made elsewhere; `None` while there is nothing.
    pub fn still(&self) -> Option<Still> {
        let scene = self.scene.clone()?;
        Some(Still {
            scene,
            at: self.clock.at(),
            record: Arc::new(self.record()),
            shelf: self.shelf.clone(),
            intervention_evaluations: self.intervention_evaluations.clone(),
            compared: self.comparison.compared().clone(),
            pinned: self.pinned(),
            order: self.scene.as_ref().map(|scene| self.ordering.kind(scene)),
            seen: Seen {
                ages: self.ages(),
                yardstick: self.growth.yardstick(),
                bundled: self.growth.bundled(),
                windows: self.windows.clone(),
                speed: self.clock.speed(),
                looping: self.clock.is_looping(),
                cards: self.cards_made().cloned(),
            },
        })
    }

    /// Shows a still, at rest.
    pub fn show_still(&mut self, still: Still) {
        self.clock = Clock::new(still.scene.tape().steps);
        self.clock.seek(still.at);
        self.record = (*still.record).clone();
        self.training.suggest_task(still.scene.task);
        self.growth.show_still(still.seen.ages, still.seen.yardstick);
        self.windows = still.seen.windows;
        self.clock.set_speed(still.seen.speed);
        self.clock.set_looping(still.seen.looping);
        if let Some(kind) = still.order {
            self.ordering.choose(&still.scene, kind);
        }
        self.scene = Some(still.scene);
        if let Some(cards) = still.seen.cards {
            self.put_cards(cards);
        }
        self.shelf = still.shelf;
        self.intervention_evaluations = still.intervention_evaluations;
        self.comparison.show(still.compared);
        self.unpin();
        if let Some(pinned) = still.pinned {
            self.pin(pinned);
        }
    }
}
