//! What the characters of one alphabet have in common.

use super::shapes::{self, FREQUENCIES, KINDS};
use super::stroke::Stroke;
use crate::data::Generator;
use rand::Rng as _;
use rand_distr::{Distribution as _, StandardNormal};
use std::f32::consts::{FRAC_PI_2, FRAC_PI_4, TAU};
use std::ops::RangeInclusive;

/// How many strokes an alphabet has to choose from again and again.
const VOCABULARY: RangeInclusive<usize> = 4..=12;

/// How the characters of an alphabet are made.
#[derive(Debug)]
pub(super) struct Style {
    /// How likely each kind of shape is; sums to one.
    kinds: [f32; KINDS],
    /// How likely a piece is to be round where it could be straight.
    pub roundness: f32,
    /// How likely the end of a stroke is to have a serif.
    serifs: f32,
    /// How likely a direction is to be along a side of the paper.
    uprightness: f32,
    /// Whether directions between the sides are diagonals, or any.
    has_diagonals: bool,
    /// Whether shapes are wide rather than high.
    pub is_wide: bool,
    /// How many strokes a character has in the mean, beyond the first.
    strokes: f32,
    /// How likely a stroke is one that others have, too.
    recurrence: f32,
    /// How likely a character begins with the stroke that all of the alphabet share, such as a line above.
    pub common: f32,
    /// How likely a stroke touches another one.
    pub touching: f32,
    /// How likely a stroke is the double or the mirror image of another one.
    pub symmetry: f32,
    /// The usual larger side of a character, in pixels.
    pub size: f32,
    /// The width of a character for its height, where it could be either.
    pub aspect: f32,
    /// How likely a character is an earlier one with another stroke, or one more or less.
    pub kinship: f32,
    vocabulary: Vec<Stroke>,
}

impl Style {
    /// A style by chance.
    pub fn new(generator: &mut Generator) -> Self {
        let weights: [f32; KINDS] = FREQUENCIES.map(|frequency| frequency * libm::expf(0.9 * normal(generator)));
        let sum: f32 = weights.iter().sum();
        // Most alphabets are mostly round or mostly straight.
        let roundness = smooth_step(generator.random());
        let mut style = Self {
            kinds: weights.map(|weight| weight / sum),
            roundness: 0.05 + 0.93 * roundness,
            serifs: if generator.random::<f32>() < 0.35 { generator.random_range(0.2..0.6) } else { 0.04 },
            uprightness: generator.random_range(0.4..0.98),
            has_diagonals: generator.random(),
            is_wide: generator.random::<f32>() < 0.2,
            strokes: generator.random_range(0.4..2.5),
            recurrence: generator.random_range(0.25..0.75),
            common: if generator.random::<f32>() < 0.25 { generator.random_range(0.5..1.0) } else { 0.0 },
            touching: generator.random_range(0.6..0.97),
            symmetry: if generator.random::<f32>() < 0.5 { generator.random_range(0.05..0.4) } else { 0.05 },
            size: (16.8 + 2.6 * normal(generator)).clamp(10.0, 21.5),
            aspect: libm::expf(0.12 * normal(generator)),
            kinship: generator.random_range(0.0..0.5),
            vocabulary: Vec::new(),
        };
        let count = generator.random_range(VOCABULARY);
        style.vocabulary = (0..count).map(|_| shapes::stroke(generator, &style)).collect();
        style
    }

    /// A kind of shape.
    pub fn kind(&self, generator: &mut Generator) -> usize {
        let mut left: f32 = generator.random();
        let kinds = self.kinds.iter().take_while(|&&weight| {
            left -= weight;
            left >= 0.0
        });
        kinds.count().min(KINDS - 1)
    }

    /// A stroke of the vocabulary, or a new one.
    pub fn stroke(&self, generator: &mut Generator) -> Stroke {
        if generator.random::<f32>() < self.recurrence {
            self.vocabulary[generator.random_range(0..self.vocabulary.len())].clone()
        } else {
            shapes::stroke(generator, self)
        }
    }

    /// The stroke that characters of the alphabet share.
    pub fn common_stroke(&self) -> &Stroke {
        &self.vocabulary[0]
    }

    /// How many strokes a character has.
    pub fn count(&self, generator: &mut Generator) -> usize {
        let more = (self.strokes + 0.8 * normal(generator)).round();
        1 + more.clamp(0.0, 4.0) as usize
    }

    /// Whether a stroke ends in a serif.
    pub fn has_serif(&self, generator: &mut Generator) -> bool {
        generator.random::<f32>() < self.serifs
    }

    /// A direction that a stroke begins in.
    pub fn angle(&self, generator: &mut Generator) -> f32 {
        let quarter = FRAC_PI_2 * generator.random_range(0..4) as f32;
        if generator.random::<f32>() < self.uprightness {
            quarter + 0.04 * normal(generator)
        } else if self.has_diagonals {
            quarter + FRAC_PI_4 + 0.1 * normal(generator)
        } else {
            TAU * generator.random::<f32>()
        }
    }

    /// By how much the direction changes at a corner; always positive.
    pub fn bend(&self, generator: &mut Generator) -> f32 {
        let square = generator.random::<f32>() < self.uprightness;
        let degrees: f32 = if square { 90.0 } else { generator.random_range(45.0..150.0) };
        degrees.to_radians()
    }
}

/// A draw from N(0, 1).
pub(super) fn normal(generator: &mut Generator) -> f32 {
    StandardNormal.sample(generator)
}

/// Draws zero and one towards themselves.
fn smooth_step(share: f32) -> f32 {
    share * share * (3.0 - 2.0 * share)
}
