//! The cards of one kind of lesson, and their changes, to be taken back and made again.

use super::cards::Cards;

/// Changes that can be taken back.
const MOST: usize = 100;

/// What is changed: what follows on the same thing is one change with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Something by itself.
    New,
    /// More of the change before.
    More,
    /// The label of a class, letter by letter.
    Label(usize),
}

/// Cards and their changes.
#[derive(Clone, Debug)]
pub struct Sheet {
    cards: Cards,
    before: Vec<Cards>,
    after: Vec<Cards>,
    last: Option<Change>,
}

impl Sheet {
    /// These cards, which have not been changed.
    pub fn new(cards: Cards) -> Self {
        Self { cards, before: Vec::new(), after: Vec::new(), last: None }
    }

    /// The cards.
    pub fn cards(&self) -> &Cards {
        &self.cards
    }

    /// Changes the cards; answers whether that made a difference.
    pub fn change(&mut self, kind: Change, change: impl FnOnce(&mut Cards)) -> bool {
        let old = self.cards.clone();
        change(&mut self.cards);
        if self.cards == old {
            return false;
        }
        let goes_on = kind == Change::More || (matches!(kind, Change::Label(_)) && self.last == Some(kind));
        if !goes_on || self.before.is_empty() {
            if self.before.len() >= MOST {
                self.before.remove(0);
            }
            self.before.push(old);
        }
        self.after.clear();
        self.last = Some(kind);
        true
    }

    /// Whether something can be taken back, and whether something can be made again.
    pub fn can(&self) -> [bool; 2] {
        [!self.before.is_empty(), !self.after.is_empty()]
    }

    /// Takes the last change back; answers whether there was one.
    pub fn undo(&mut self) -> bool {
        Self::step(&mut self.cards, &mut self.before, &mut self.after, &mut self.last)
    }

    /// Makes the change again that was taken back last; answers whether there was one.
    pub fn redo(&mut self) -> bool {
        Self::step(&mut self.cards, &mut self.after, &mut self.before, &mut self.last)
    }

    fn step(cards: &mut Cards, from: &mut Vec<Cards>, to: &mut Vec<Cards>, last: &mut Option<Change>) -> bool {
        let Some(other) = from.pop() else { return false };
        to.push(std::mem::replace(cards, other));
        *last = None;
        true
    }
}
