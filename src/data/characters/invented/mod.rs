//! Characters of scripts that nobody has ever written: what there is to learn from without a download.
//!
//! An alphabet has a style, a character a prototype made of strokes, and the
//! same twenty people, say, draw all characters of an alphabet, each with a hand of their own. What comes
//! out is meant to be like Omniglot (Lake, Salakhutdinov & Tenenbaum, *Human-level concept learning through
//! probabilistic program induction*, 2015) in all that a network can learn from it; no stroke is copied from there.
//!
//! | file | subject |
//! |---|---|
//! | here | alphabets, the order of draws |
//! | `style` | what characters of one alphabet have in common |
//! | `shapes` | the shapes of strokes |
//! | `stroke` | curves through knots |
//! | `prototype` | strokes in their places |
//! | `hand` | how somebody draws a character |

mod hand;
mod prototype;
mod shapes;
mod stroke;
mod style;

use super::{Character, PIXELS, SIDE, pen};
use crate::data::{Generator, Stream};
use hand::Hand;
use rand::Rng as _;
use rayon::prelude::*;
use std::ops::RangeInclusive;
use stroke::Stroke;
use style::Style;

/// How many characters an alphabet has.
const LETTERS: RangeInclusive<usize> = 15..=45;

/// How often another character is tried in place of one that looks like an earlier one of its alphabet.
const TRIES: usize = 12;

/// The cosine between two characters, seen blurred, above which they look alike.
const ALIKE: f32 = 0.93;

/// `count` characters, in invented alphabets of about 15 to 45, with so many drawings of each. Drawing *k* is by the
/// same hand in all characters of an alphabet. Everything follows from `seed`, whatever the number of threads; fewer
/// characters or drawings are the first of more.
pub fn characters(seed: u64, count: usize, drawings: usize) -> Vec<Character> {
    let mut generator = Generator::new(seed, Stream::Training);
    let mut alphabets = Vec::new();
    let mut left = count;
    while left > 0 {
        let letters = generator.random_range(LETTERS).min(left);
        alphabets.push((letters, generator.fork()));
        left -= letters;
    }
    let alphabets = alphabets.into_par_iter().enumerate();
    alphabets.flat_map_iter(|(index, (letters, generator))| alphabet(generator, index, letters, drawings)).collect()
}

fn alphabet(mut generator: Generator, index: usize, letters: usize, drawings: usize) -> Vec<Character> {
    let style = Style::new(&mut generator.fork());
    let mut people = generator.fork();
    let hands: Vec<Hand> = (0..drawings).map(|_| Hand::new(&mut people)).collect();
    let (mut known, mut looks) = (Vec::new(), Vec::new());
    let characters = (0..letters).map(|letter| {
        let mut generator = generator.fork();
        let sized = new_prototype(&mut generator, &style, &mut known, &mut looks);
        let draw = |hand: &Hand| pen::drawing(&hand.draw(&mut generator, &sized), hand.pen());
        Character {
            alphabet: format!("invented {}", index + 1),
            name: format!("character {}", letter + 1),
            drawings: hands.iter().map(draw).collect(),
        }
    });
    characters.collect()
}

/// A prototype, in pixels, that does not look like those before it; the least alike if none such is found.
fn new_prototype(
    generator: &mut Generator,
    style: &Style,
    known: &mut Vec<Vec<Stroke>>,
    looks: &mut Vec<Vec<f32>>,
) -> Vec<Stroke> {
    let mut least = f32::INFINITY;
    let mut best = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TRIES {
        let strokes = prototype::prototype(generator, style, known);
        let sized = prototype::sized(generator, style, &strokes);
        let look = look(&sized);
        let likeness = looks.iter().map(|other| cosine(&look, other)).fold(0.0, f32::max);
        if likeness < least {
            (least, best) = (likeness, (strokes, sized, look));
        }
        if least < ALIKE {
            break;
        }
    }
    let (strokes, sized, look) = best;
    known.push(strokes);
    looks.push(look);
    sized
}

/// A character as it looks from afar: ink drawn by a broad pen, in the middle of the paper.
fn look(prototype: &[Stroke]) -> Vec<f32> {
    let middle = SIDE as f32 / 2.0;
    let lines: Vec<_> =
        prototype.iter().map(|stroke| stroke.moved(|at| at.map(|value| value + middle)).curve(1.0)).collect();
    pen::drawing(&lines, 4.0).iter().map(|&grey| f32::from(255 - grey)).collect()
}

/// The cosine of the angle between two pictures.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| (0..PIXELS).map(|pixel| a[pixel] * b[pixel]).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(1e-6)
}
