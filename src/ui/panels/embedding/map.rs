//! What is on the plane: the drawings of the episode in view, and those of others. No widget in it.

use crate::episode::{OneShot, Tape};
use crate::view::evaluations::embeddings::{Embedded, Embedding, of_episode};
use crate::view::evaluations::principal::Principal;
use egui::{Pos2, Rect, vec2};
use std::sync::Arc;

/// Room for words along an edge, and below which height or width there is none.
const EDGE: f32 = 15.0;
const LEAST_WITH_WORDS: f32 = 110.0;

/// Room around the outermost points, as a share of what they span.
const MARGIN: f32 = 0.09;

/// Drawings on their plane.
pub struct Map {
    /// Drawings of the episode in the order in which they are shown, the query last.
    pub own: Vec<Point>,
    /// Where drawings of other episodes lie.
    pub others: Vec<[f32; 2]>,
    /// What the others are.
    known: Option<Arc<Embedding>>,
    /// The middle, and how far it reaches to each side of it.
    middle: [f32; 2],
    reach: f32,
    /// Which share of the variance each direction holds.
    pub shares: [f64; 2],
    /// How likely each class is, as the network answers.
    pub answer: Vec<f32>,
}

/// A drawing of the episode.
pub struct Point {
    /// What it is.
    pub drawing: Embedded,
    /// Its class, from 0.
    pub class: usize,
    /// Where it lies on the plane.
    pub place: [f32; 2],
    /// The cosine of the angle between its features and those of the query.
    pub likeness: f32,
}

impl Map {
    /// Of a lifetime, on the plane of other drawings or, without them, on its own; `None` where there is no plane.
    pub fn of(tape: &Tape, known: Option<Arc<Embedding>>) -> Option<Self> {
        let OneShot { lesson, answer } = tape.content.one_shot()?;
        let drawings = of_episode(tape);
        let plane = match &known {
            Some(known) => known.plane.clone(),
            None => Principal::of(&drawings.iter().map(|drawing| &drawing.features[..]).collect::<Vec<_>>())?,
        };
        let query = drawings.last()?.features.clone();
        let point = |(drawing, &class): (Embedded, &usize)| Point {
            place: plane.place(&drawing.features),
            likeness: cosine(&drawing.features, &query),
            drawing,
            class,
        };
        let own: Vec<Point> = drawings.into_iter().zip(&lesson.classes).map(point).collect();
        let others: Vec<[f32; 2]> =
            known.iter().flat_map(|known| &known.drawings).map(|other| plane.place(&other.features)).collect();
        let places = || own.iter().map(|point| point.place).chain(others.iter().copied());
        let ends = [0, 1].map(|axis| {
            let along = || places().map(|place| place[axis]);
            [along().fold(f32::INFINITY, f32::min), along().fold(f32::NEG_INFINITY, f32::max)]
        });
        let reach = ends.map(|[low, high]| (high - low) / 2.0).into_iter().fold(f32::MIN_POSITIVE, f32::max);
        let (middle, reach) = (ends.map(|[low, high]| f32::midpoint(low, high)), reach * (1.0 + 2.0 * MARGIN));
        let is_finite = middle.iter().chain([&reach]).all(|value| value.is_finite());
        is_finite.then(|| Self { own, others, known, middle, reach, shares: plane.shares, answer: answer.clone() })
    }

    /// Where a place of the plane lies in a frame: as large as all of it can be, and as wide as high.
    pub fn at(&self, frame: Rect, [x, y]: [f32; 2]) -> Pos2 {
        let scale = frame.width().min(frame.height()) / 2.0 / self.reach;
        frame.center() + vec2(x - self.middle[0], self.middle[1] - y) * scale
    }

    /// The drawing at a place of [`Self::others`].
    pub fn other(&self, index: usize) -> Option<&Embedded> {
        self.known.as_ref()?.drawings.get(index)
    }

    /// How likely the query is of the class of a point.
    pub fn probability(&self, point: &Point) -> f32 {
        self.answer.get(point.class).copied().unwrap_or_default()
    }
}

/// The frame of a map that takes all of `area`, and how wide the edges with words are at its left and below it.
pub fn framed(area: Rect) -> (Rect, f32) {
    let edge = if area.width().min(area.height()) >= LEAST_WITH_WORDS { EDGE } else { 0.0 };
    (Rect::from_min_max(area.min + vec2(edge, 1.0), area.max - vec2(1.0, edge)), edge)
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    let dot = |one: &[f32], other: &[f32]| -> f32 { one.iter().zip(other).map(|(one, other)| one * other).sum() };
    let lengths = (dot(one, one) * dot(other, other)).sqrt();
    if lengths > 0.0 { dot(one, other) / lengths } else { 0.0 }
}
