//! Cards to draw on: what is on them, as strokes, and the lesson that they make. No widget in it.

use crate::episode::Lesson;
use crate::tasks::omniglot::{PIXELS, Paper, SIDE, seen};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Pixels along each side of a card, in which places on it are told.
pub const PAPER: usize = SIDE;

/// Pixels along each side of the drawings of the data set, in which thickness is told there.
pub const DATA_SIDE: f32 = 105.0;

/// What a class is called of which nothing has been drawn.
pub const NOT_TAUGHT: &str = "not taught";

/// White paper.
const WHITE: u8 = 255;

/// What was drawn without lifting the pen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stroke {
    /// Where the pen was, in pixels from the upper left corner.
    pub points: Vec<[f32; 2]>,
    /// How thick it is, in pixels.
    pub width: f32,
    /// Whether it takes ink away.
    pub erases: bool,
}

/// Whose drawings are on cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// The viewer's: drawn, or pictures from files.
    #[default]
    Own,
    /// Those of episodes.
    Episode,
    /// Some are the viewer's, some those of episodes.
    Both,
}

impl Whose {
    /// What a lifetime of them is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Own => "drawings of your own",
            Self::Episode => "drawings of an episode, on cards",
            Self::Both => "drawings of an episode and of your own",
        }
    }
}

/// A card.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// A picture, or a drawing of an episode, below the strokes.
    pub(super) under: Option<Arc<[u8]>>,
    /// Whether it is a drawing of an episode, by one of those who drew the data set.
    pub(super) is_of_episode: bool,
    pub(super) strokes: Vec<Stroke>,
    /// Both together, [`PAPER`]² grey bytes, ink dark.
    pub(super) greys: Arc<[u8]>,
}

impl Card {
    /// White paper.
    pub fn blank() -> Self {
        Self { under: None, is_of_episode: false, strokes: Vec::new(), greys: [WHITE; PIXELS].into() }
    }

    /// A picture, as numbers from zero, ink, to one, paper; `None` where it has another size.
    pub fn of(picture: &[f32]) -> Option<Self> {
        let greys: Arc<[u8]> = picture.iter().map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u8).collect();
        let under = Some(Arc::clone(&greys));
        (greys.len() == PIXELS).then(|| Self { under, is_of_episode: false, strokes: Vec::new(), greys })
    }

    /// A drawing of an episode, as [`Self::of`].
    pub fn of_episode(drawing: &[f32]) -> Option<Self> {
        Some(Self { is_of_episode: true, ..Self::of(drawing)? })
    }

    /// Whether what is on it is a drawing of an episode on which nobody has drawn.
    fn is_anothers(&self) -> bool {
        self.is_of_episode && self.strokes.is_empty()
    }

    /// What was drawn on it.
    pub fn strokes(&self) -> &[Stroke] {
        &self.strokes
    }

    /// What is seen of it, [`PAPER`]² grey bytes, row by row from the top, ink dark.
    pub fn greys(&self) -> &[u8] {
        &self.greys
    }

    /// The same as a network sees it: paper is one, ink is zero.
    pub fn seen(&self) -> Vec<f32> {
        seen(&self.greys)
    }

    /// Whether there is no ink on it.
    pub fn is_blank(&self) -> bool {
        self.greys.iter().all(|grey| *grey == WHITE)
    }

    /// Whether nobody has drawn on the picture that it was given.
    pub fn is_untouched(&self) -> bool {
        self.under.is_some() && self.strokes.is_empty()
    }

    /// Draws a stroke on it.
    pub fn draw(&mut self, stroke: Stroke) {
        self.strokes.push(stroke);
        self.render();
    }

    /// Goes on with the last stroke.
    pub fn go_on(&mut self, points: &[[f32; 2]]) {
        if let Some(stroke) = self.strokes.last_mut() {
            stroke.points.extend_from_slice(points);
            self.render();
        }
    }

    pub(super) fn render(&mut self) {
        let mut paper = Paper::default();
        for Stroke { points, width, erases } in &self.strokes {
            if *erases { paper.erase(points, *width) } else { paper.draw(points, *width) }
        }
        self.greys = paper.seen(self.under.as_deref()).into();
    }
}

/// The cards of a lesson: those with a label, then the query.
#[derive(Clone, Debug, PartialEq)]
pub struct Cards {
    pub(super) all: Vec<Arc<Card>>,
    /// The class of each card with a label.
    pub(super) classes: Vec<usize>,
    /// What the classes are called.
    pub(super) labels: Vec<String>,
    /// The class that the viewer means with the query, where that has been said.
    pub(super) meant: Option<usize>,
}

impl Cards {
    /// White paper for `ways` classes, with so many drawings of each.
    pub fn blank(ways: usize, shots: usize) -> Self {
        let classes: Vec<usize> = (0..ways * shots).map(|card| card / shots.max(1)).collect();
        let blank = Arc::new(Card::blank());
        let all = vec![blank; classes.len() + 1];
        Self { all, classes, labels: (1..=ways).map(|class| class.to_string()).collect(), meant: None }
    }

    /// The drawings of the lesson of an episode in their order; `None` where they have another size.
    pub fn of(lesson: &Lesson) -> Option<Self> {
        let card = |drawing: &Arc<[f32]>| {
            let card = Card::of_episode(drawing)?;
            Some(Arc::new(if card.is_blank() { Card::blank() } else { card }))
        };
        let all = lesson.drawings.iter().map(card).collect::<Option<Vec<_>>>()?;
        let named = lesson.names.iter().enumerate();
        let labels = named.map(|(class, name)| if name == NOT_TAUGHT { (class + 1).to_string() } else { name.clone() });
        let classes = lesson.classes.get(..all.len().checked_sub(1)?)?.to_vec();
        Some(Self { all, classes, labels: labels.collect(), meant: Some(lesson.asked()) })
    }

    /// How many there are, the query among them.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// How many classes there are.
    pub fn ways(&self) -> usize {
        self.labels.len()
    }

    /// Which of them is the query.
    pub fn query(&self) -> usize {
        self.classes.len()
    }

    /// A card.
    ///
    /// # Panics
    /// When there is none of this number.
    pub fn card(&self, card: usize) -> &Card {
        &self.all[card]
    }

    /// The class of a card; `None` for the query.
    pub fn class(&self, card: usize) -> Option<usize> {
        self.classes.get(card).copied()
    }

    /// The first card of a class, on which its label stands.
    pub fn is_first(&self, card: usize) -> bool {
        self.class(card).is_some_and(|class| self.classes.iter().position(|other| *other == class) == Some(card))
    }

    /// What a class is called.
    ///
    /// # Panics
    /// When there is none of this number.
    pub fn label(&self, class: usize) -> &str {
        &self.labels[class]
    }

    /// "house", or "class 3" where nothing was typed.
    pub fn title(&self, class: usize) -> String {
        let label = self.labels[class].trim();
        if label.is_empty() { format!("class {}", class + 1) } else { label.to_owned() }
    }

    /// The class that the viewer means with the query; `None` where that has not been said.
    pub fn meant(&self) -> Option<usize> {
        self.meant
    }

    /// Whether anything has been drawn of a class.
    pub fn is_taught(&self, class: usize) -> bool {
        self.classes.iter().zip(&self.all).any(|(other, card)| *other == class && !card.is_blank())
    }

    /// The classes of which something has been drawn.
    pub fn taught(&self) -> Vec<usize> {
        (0..self.ways()).filter(|class| self.is_taught(*class)).collect()
    }

    /// Whose drawings are on them.
    pub fn whose(&self) -> Whose {
        let drawn = || self.all.iter().filter(|card| !card.is_blank());
        match (drawn().any(|card| card.is_anothers()), drawn().all(|card| card.is_anothers())) {
            (false, _) => Whose::Own,
            (true, true) => Whose::Episode,
            (true, false) => Whose::Both,
        }
    }

    /// Whether there is no ink on any of them.
    pub fn is_blank(&self) -> bool {
        self.all.iter().all(|card| card.is_blank())
    }

    /// Puts a card in the place of another; nothing happens where there is none.
    pub fn put(&mut self, place: usize, card: Card) {
        if let Some(old) = self.all.get_mut(place) {
            *old = Arc::new(card);
        }
    }

    /// The card to be changed; `None` where there is none.
    pub fn card_mut(&mut self, card: usize) -> Option<&mut Card> {
        self.all.get_mut(card).map(Arc::make_mut)
    }

    /// Calls a class something else.
    pub fn call(&mut self, class: usize, label: &str) {
        if let Some(old) = self.labels.get_mut(class) {
            label.clone_into(old);
        }
    }

    /// Means another class with the query, or none that is said.
    pub fn mean(&mut self, class: Option<usize>) {
        self.meant = class.filter(|class| *class < self.ways());
    }

    /// White paper on all of them; the labels stay.
    pub fn clear(&mut self) {
        self.all.fill(Arc::new(Card::blank()));
    }

    /// The lesson that they make: white paper is shown for a class of which nothing has been drawn. Where it has not been
    /// said what the query is, it is the first class.
    pub fn lesson(&self) -> Lesson {
        let name = |class| if self.is_taught(class) { self.title(class) } else { NOT_TAUGHT.to_owned() };
        Lesson {
            drawings: self.all.iter().map(|card| card.seen().into()).collect(),
            classes: self.classes.iter().copied().chain([self.meant.unwrap_or(0)]).collect(),
            names: (0..self.ways()).map(name).collect(),
            alphabets: Vec::new(),
        }
    }
}
