//! What is done to cards, as data.

use super::cards::{Card, Cards, Stroke};
use super::sheet::Change;
use crate::view::session::Session;
use serde::{Deserialize, Serialize};

/// A pen that has moved by less has not moved, in pixels of the card.
const LEAST: f32 = 0.15;

/// One thing that is done to the cards of the network in view, or with them. Cards and classes are counted from 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardDeed {
    /// Turn to a card.
    Select(usize),
    /// White paper on a card.
    Clear(usize),
    /// White paper on all of them.
    ClearAll,
    /// A stroke on a card.
    Draw(usize, Stroke),
    /// The last stroke on a card goes on through these places.
    GoOn(usize, Vec<[f32; 2]>),
    /// A class is called so.
    Label(usize, String),
    /// The query is meant as this class.
    Mean(Option<usize>),
    /// Take the last change back.
    Undo,
    /// Make the change again that was taken back last.
    Redo,
    /// The drawings of the episode in view on the cards.
    TakeEpisode,
    /// The same characters by other hands.
    Redraw,
    /// Show the network what is on them.
    Show,
    /// Pictures that were dropped on a card and those after it.
    PutDropped(usize),
    /// The labels of two classes taught the other way round, in the lesson in view.
    SwapLabels(usize, usize),
    /// The labels as they were.
    OriginalLabels,
    /// The episode that was in view before.
    BackToEpisode,
}

impl Session {
    /// Does it, where that is possible.
    pub(in crate::view) fn do_to_cards(&mut self, deed: &CardDeed) {
        match deed {
            CardDeed::Select(card) => self.select_card(*card),
            CardDeed::Clear(card) => self.change_cards(Change::New, |cards| cards.put(*card, Card::blank())),
            CardDeed::ClearAll => self.change_cards(Change::New, Cards::clear),
            CardDeed::Draw(card, stroke) => self.change_cards(Change::New, |cards| {
                if let Some(card) = cards.card_mut(*card) {
                    card.draw(stroke.clone());
                }
            }),
            CardDeed::GoOn(card, points) => self.change_cards(Change::More, |cards| {
                if let Some(card) = cards.card_mut(*card) {
                    go_on(card, points);
                }
            }),
            CardDeed::Label(class, text) => self.change_cards(Change::Label(*class), |cards| cards.call(*class, text)),
            CardDeed::Mean(class) => self.change_cards(Change::New, |cards| cards.mean(*class)),
            CardDeed::Undo => self.undo_cards(),
            CardDeed::Redo => self.redo_cards(),
            CardDeed::TakeEpisode => self.cards_from_episode(),
            CardDeed::Redraw => self.redraw_cards(),
            CardDeed::Show => self.live_cards(),
            CardDeed::PutDropped(card) => self.put_dropped_pictures(*card),
            CardDeed::SwapLabels(one, other) => self.swap_labels(*one, *other),
            CardDeed::OriginalLabels => self.original_labels(),
            CardDeed::BackToEpisode => self.back_to_episode(),
        }
    }
}

/// Goes on with the last stroke on a card, through those places that are far enough from each other.
fn go_on(card: &mut Card, points: &[[f32; 2]]) {
    let mut last = card.strokes().last().and_then(|stroke| stroke.points.last().copied());
    let mut new = Vec::new();
    for &point in points {
        let is_far = |last: [f32; 2]| (point[0] - last[0]).hypot(point[1] - last[1]) >= LEAST;
        if last.is_none_or(is_far) {
            new.push(point);
            last = Some(point);
        }
    }
    if !new.is_empty() {
        card.go_on(&new);
    }
}
