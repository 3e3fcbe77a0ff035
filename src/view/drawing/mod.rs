//! Drawings of the viewer's own: cards to draw on, to teach a one-shot network with and to ask it.
//!
//! The lifetime is lived again in the background with every change. Whoever draws may change much meanwhile: what is
//! lived next is always the latest.
//!
//! | file | subject |
//! |---|---|
//! | here | the cards of the network in view, and the lifetime of what is on them |
//! | [`cards`] | what is on cards, and the lesson that they make |
//! | [`deed`] | what is done to cards, as data |
//! | [`sheet`] | changes, taken back and made again |
//! | `labels` | labels of the lesson in view, swapped and put back |
//! | `pictures` | pictures from files on cards |
//! | [`written`] | cards as a cartridge keeps them |

pub mod cards;
pub mod deed;
mod labels;
mod pictures;
pub mod sheet;
pub mod written;

use super::background::Errand;
use super::scene::Scene;
use super::session::Session;
use super::session::failures::Attempt;
use crate::episode::Pixels;
use crate::train::Specimen;
use cards::{Card, Cards};
use pictures::Pictures;
use sheet::{Change, Sheet};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Where drawings of the viewer's own stand.
#[derive(Default)]
pub struct Drawing {
    /// By classes and cards.
    sheets: BTreeMap<[usize; 2], Sheet>,
    /// Whether what is on the cards still has to be lived.
    is_due: bool,
    /// The card that was drawn on last.
    selected: usize,
    pictures: Pictures,
    hands: Option<Hands>,
    /// How often other hands were asked for.
    asked_for_hands: u64,
}

/// Other drawings of the same characters being looked for.
struct Hands {
    /// The cards that they are for.
    cards: Cards,
    result: Errand<anyhow::Result<Vec<Option<Pixels>>>>,
}

impl Session {
    /// The cards for the network in view; `None` where it is shown no drawings.
    pub fn cards(&mut self) -> Option<Cards> {
        self.sheet().map(|sheet| sheet.cards().clone())
    }

    /// The cards for the network in view, where something has been done with them.
    pub(super) fn cards_made(&self) -> Option<&Cards> {
        let lesson = self.scene()?.lesson()?;
        self.drawing.sheets.get(&[lesson.ways(), lesson.steps()]).map(Sheet::cards)
    }

    /// Puts these in place of the cards for such lessons. What was on those can be taken back.
    pub(super) fn put_cards(&mut self, cards: Cards) {
        match self.drawing.sheets.entry([cards.ways(), cards.count()]) {
            Entry::Vacant(place) => drop(place.insert(Sheet::new(cards))),
            Entry::Occupied(mut sheet) => drop(sheet.get_mut().change(Change::New, |old| *old = cards)),
        }
    }

    /// Whether a change of the cards can be taken back, and whether one can be made again.
    pub fn cards_can(&mut self) -> [bool; 2] {
        self.sheet().map_or([false; 2], |sheet| sheet.can())
    }

    /// The same of cards whose lifetime is in view, without making any: a change of others is not what was seen last.
    pub fn cards_could(&self) -> [bool; 2] {
        let lesson = self.scene().and_then(Scene::lesson).filter(|_| self.can_live() && self.shows_cards());
        let sheet = lesson.and_then(|lesson| self.drawing.sheets.get(&[lesson.ways(), lesson.steps()]));
        sheet.map_or([false; 2], Sheet::can)
    }

    /// Whether the lifetime in view is that of the cards, as they are or were a moment ago.
    pub fn shows_cards(&self) -> bool {
        self.drawing.is_due || self.is_answering() || self.scene().is_some_and(Scene::shows_cards)
    }

    /// Whether something is on the cards that the lifetime in view does not show yet.
    pub fn is_drawing_due(&self) -> bool {
        self.drawing.is_due || self.is_answering()
    }

    /// The card that was drawn on last.
    pub fn selected_card(&self) -> usize {
        self.drawing.selected
    }

    /// Turns to a card.
    pub fn select_card(&mut self, card: usize) {
        self.drawing.selected = card;
    }

    /// Changes the cards; what is on them is lived as soon as possible.
    pub fn change_cards(&mut self, kind: Change, change: impl FnOnce(&mut Cards)) {
        if self.can_live() && self.sheet().is_some_and(|sheet| sheet.change(kind, change)) {
            self.live_cards();
        }
    }

    /// Takes back the last change of the cards.
    pub fn undo_cards(&mut self) {
        if self.can_live() && self.sheet().is_some_and(Sheet::undo) {
            self.live_cards();
        }
    }

    /// Makes the change of the cards again that was taken back last.
    pub fn redo_cards(&mut self) {
        if self.can_live() && self.sheet().is_some_and(Sheet::redo) {
            self.live_cards();
        }
    }

    /// Lives what is on the cards as soon as possible.
    pub fn live_cards(&mut self) {
        (self.drawing.is_due, self.following) = (true, false);
        self.wake_up();
    }

    /// Puts the drawings of the episode in view on the cards, or of the one that was in view before them.
    pub fn cards_from_episode(&mut self) {
        let Some(scene) = self.scene() else { return };
        let tape = scene.replaced.as_ref().filter(|_| scene.shows_cards()).unwrap_or_else(|| scene.tape());
        let lesson = tape.content.one_shot().map(|one_shot| one_shot.lesson.clone());
        if let Some(cards) = lesson.as_ref().and_then(Cards::of).filter(|_| self.can_live()) {
            self.change_cards(Change::New, |old| *old = cards);
            // Also where the cards had these drawings already.
            self.live_cards();
        }
    }

    /// Shows the episode again that was in view before what is on the cards; they stay as they are.
    pub fn back_to_episode(&mut self) {
        self.drawing.is_due = false;
        self.leave_own();
    }

    /// Whether other drawings of the same characters may be there for some cards.
    pub fn can_redraw(&mut self) -> bool {
        let is_looking = self.drawing.hands.is_some();
        self.can_live() && !is_looking && self.cards().is_some_and(|cards| has_untouched(&cards))
    }

    /// Puts other drawings of the same characters on the cards that show drawings of an episode: the same, by other hands.
    pub fn redraw_cards(&mut self) {
        if !self.can_redraw() {
            return;
        }
        let (Some(cards), Some(scene)) = (self.cards(), self.scene().cloned()) else { return };
        self.drawing.asked_for_hands += 1;
        let (lesson, seed, wake) = (cards.lesson(), self.drawing.asked_for_hands, self.waker());
        let found = Errand::start("hebbscope-hands", &wake, move |_| match &scene.config {
            Some(config) => {
                Specimen { config, parameters: &scene.parameters, iteration: scene.iteration }.redrawn(&lesson, seed)
            }
            None => Ok(Vec::new()),
        });
        match found {
            Ok(result) => self.drawing.hands = Some(Hands { cards, result }),
            Err(problem) => self.warn(&format!("No other drawings were found: {problem}.")),
        }
    }

    /// Takes in pictures and other drawings that have come, and lives what waits.
    pub(super) fn update_drawing(&mut self) {
        self.update_card_pictures();
        self.update_hands();
        if self.drawing.is_due && !self.is_busy() {
            self.drawing.is_due = false;
            if let Some(cards) = self.cards() {
                self.live_lesson(cards.lesson(), cards.meant().is_some(), cards.whose());
            }
        }
    }

    /// Another lifetime has come into view: the cards stay, and are not lived before they are changed again.
    pub(super) fn forget_due_drawings(&mut self) {
        self.drawing.is_due = false;
    }

    fn update_hands(&mut self) {
        let Some(hands) = &self.drawing.hands else { return };
        let Some(found) = hands.result.answer() else { return };
        let found = found.unwrap_or_else(|_| Err(anyhow::anyhow!("an internal error")));
        let Some(Hands { cards, .. }) = self.drawing.hands.take() else { return };
        // Whoever has changed the cards meanwhile keeps what is on them.
        if self.cards().is_none_or(|now| now != cards) {
            return;
        }
        let found = match found {
            Ok(found) => found,
            Err(problem) => {
                return self.failed(Attempt::Pictures, format!("No other drawings were found: {problem:#}."));
            }
        };
        let others: Vec<(usize, Card)> = found
            .into_iter()
            .enumerate()
            .filter(|(card, _)| cards.card(*card).is_untouched())
            .filter_map(|(card, drawing)| Some((card, Card::of_episode(&drawing?)?)))
            .collect();
        if others.is_empty() {
            let text = "No other drawings were found: none on the cards is of the characters kept for testing.";
            return self.failed(Attempt::Pictures, text.to_owned());
        }
        self.succeeded(Attempt::Pictures);
        self.change_cards(Change::New, |cards| others.into_iter().for_each(|(place, card)| cards.put(place, card)));
    }

    /// The cards for the network in view. Where its lifetime shows drawings of the viewer's own already, these are on them.
    fn sheet(&mut self) -> Option<&mut Sheet> {
        let scene = self.scene()?;
        let lesson = scene.lesson()?;
        let key = [lesson.ways(), lesson.steps()];
        let own = scene.shows_cards().then(|| Cards::of(lesson)).flatten();
        let shots = (lesson.steps() - 1) / lesson.ways().max(1);
        let sheets = &mut self.drawing.sheets;
        Some(sheets.entry(key).or_insert_with(|| Sheet::new(own.unwrap_or_else(|| Cards::blank(key[0], shots)))))
    }
}

fn has_untouched(cards: &Cards) -> bool {
    (0..cards.count()).any(|card| cards.card(card).is_untouched())
}
