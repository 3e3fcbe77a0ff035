//! Cards as a cartridge keeps them: what was drawn as strokes, pictures as base64, and all of it read with suspicion.

use super::cards::{Card, Cards, PAPER, Stroke};
use anyhow::{Context as _, anyhow, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The most points of the strokes on one card: many times those of a careful drawing.
const MOST_POINTS: usize = 20_000;

/// The most letters of a label.
const MOST_LETTERS: usize = 200;

/// Cards, as they stand in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WrittenCards {
    cards: Vec<WrittenCard>,
    /// The class of each card with a label.
    classes: Vec<usize>,
    labels: Vec<String>,
    /// The class that the viewer means with the query.
    #[serde(default)]
    meant: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct WrittenCard {
    /// What lies below the strokes, [`PAPER`]² grey bytes in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    under: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_of_episode: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    strokes: Vec<Stroke>,
}

impl From<&Cards> for WrittenCards {
    fn from(cards: &Cards) -> Self {
        let label = |label: &String| label.chars().take(MOST_LETTERS).collect();
        Self {
            cards: cards.all.iter().map(|card| WrittenCard::of(card)).collect(),
            classes: cards.classes.clone(),
            labels: cards.labels.iter().map(label).collect(),
            meant: cards.meant,
        }
    }
}

impl WrittenCards {
    /// The cards for lessons of `ways` classes and `steps` drawings.
    ///
    /// # Errors
    /// When they are others, or something on one of them cannot be.
    pub fn read(&self, ways: usize, steps: usize) -> anyhow::Result<Cards> {
        let [cards, classes, labels] = [self.cards.len(), self.classes.len() + 1, self.labels.len()];
        ensure!(
            [cards, classes, labels] == [steps, steps, ways],
            "expected {steps} cards of {ways} classes, found {cards} cards, {classes} classes of them and {labels} labels"
        );
        let wrong = self.classes.iter().chain(&self.meant).find(|class| **class >= ways);
        ensure!(wrong.is_none(), "a card has class {}, expected one of {ways}", wrong.map_or(0, |class| class + 1));
        let longest = self.labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
        ensure!(longest <= MOST_LETTERS, "a label has {longest} letters, expected at most {MOST_LETTERS}");
        let read = |(number, card): (usize, &WrittenCard)| {
            card.read().map(Arc::new).with_context(|| format!("card {}", number + 1))
        };
        Ok(Cards {
            all: self.cards.iter().enumerate().map(read).collect::<anyhow::Result<_>>()?,
            classes: self.classes.clone(),
            labels: self.labels.clone(),
            meant: self.meant,
        })
    }
}

impl WrittenCard {
    /// A card; one with strokes that would not be read again is kept as the picture that is seen of it.
    fn of(card: &Card) -> Self {
        let (under, is_of_episode) = (card.under.as_ref().map(|greys| STANDARD.encode(greys)), card.is_of_episode);
        let written = Self { under, is_of_episode, strokes: card.strokes.clone() };
        match written.check() {
            Ok(()) => written,
            Err(_) => Self { under: Some(STANDARD.encode(&card.greys)), is_of_episode: false, strokes: Vec::new() },
        }
    }

    /// Refuses strokes that nobody draws.
    fn check(&self) -> anyhow::Result<()> {
        let points: usize = self.strokes.iter().map(|stroke| stroke.points.len()).sum();
        ensure!(points <= MOST_POINTS, "expected strokes of at most {MOST_POINTS} points, found {points}");
        let side = PAPER as f32;
        let is_place = |place: &f32| (-side..=2.0 * side).contains(place);
        let wrong = self.strokes.iter().flat_map(|stroke| stroke.points.as_flattened()).find(|place| !is_place(place));
        ensure!(wrong.is_none(), "expected strokes on the card, found one at {}", wrong.copied().unwrap_or_default());
        let wrong = self.strokes.iter().map(|stroke| stroke.width).find(|width| !(0.0..=side).contains(width));
        ensure!(wrong.is_none(), "expected strokes of 0 to {side} pixels, found one of {}", wrong.unwrap_or_default());
        Ok(())
    }

    fn read(&self) -> anyhow::Result<Card> {
        let greys = |text: &String| -> anyhow::Result<Arc<[u8]>> {
            let greys =
                STANDARD.decode(text).map_err(|error| anyhow!("expected a picture in base64, found {error}"))?;
            let (found, expected) = (greys.len(), PAPER * PAPER);
            ensure!(found == expected, "expected a picture of {expected} pixels, found {found}");
            Ok(greys.into())
        };
        self.check()?;
        let under = self.under.as_ref().map(greys).transpose()?;
        let (is_of_episode, strokes) = (self.is_of_episode, self.strokes.clone());
        let mut card = Card { under, is_of_episode, strokes, ..Card::blank() };
        card.render();
        Ok(card)
    }
}
