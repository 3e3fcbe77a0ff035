//! Other drawings of characters that were drawn: the same, by other hands.

use super::{Characters, TURNS, turned};
use crate::data::Generator;
use rand::seq::index;
use std::sync::Arc;

impl Characters {
    /// For each of `drawings`, [as a network sees them](super::seen), another one of the same character, turned alike;
    /// none of them is among `drawings`, and no two are the same. `None` for what is no drawing of these characters, and
    /// where a character has no more of them.
    pub fn redrawn(&self, generator: &mut Generator, drawings: &[Arc<[f32]>]) -> Vec<Option<Arc<[f32]>>> {
        let found: Vec<Option<Place>> = drawings.iter().map(|drawing| self.find(drawing)).collect();
        let mut taken: Vec<[usize; 2]> = found.iter().flatten().map(|place| [place.character, place.drawing]).collect();
        let mut other = |place: Place| {
            let all = &self.all()[place.character].drawings;
            let free: Vec<usize> =
                (0..all.len()).filter(|drawing| !taken.contains(&[place.character, *drawing])).collect();
            let chosen = free[index::sample(generator, free.len(), free.len().min(1)).into_iter().next()?];
            taken.push([place.character, chosen]);
            Some(super::seen(&turned(&all[chosen], place.turns)).into())
        };
        found.into_iter().map(|place| other(place?)).collect()
    }

    /// Where a drawing is from.
    fn find(&self, drawing: &[f32]) -> Option<Place> {
        let grey: Vec<u8> = drawing.iter().map(|value| (value * 255.0).round() as u8).collect();
        if grey.len() != super::PIXELS {
            return None;
        }
        // As it was before it was turned by 0, 1, … quarters.
        let before: Vec<Vec<u8>> = (0..TURNS).map(|turns| turned(&grey, TURNS - turns)).collect();
        let each = self.all().iter().enumerate().flat_map(|(character, known)| {
            known.drawings.iter().enumerate().map(move |(at, drawing)| (character, at, drawing))
        });
        each.into_iter().find_map(|(character, at, known)| {
            let turns = before.iter().position(|before| before == known)?;
            Some(Place { character, drawing: at, turns })
        })
    }
}

/// A drawing among all of them, and by how many quarter turns it was turned.
#[derive(Clone, Copy)]
struct Place {
    character: usize,
    drawing: usize,
    turns: usize,
}

#[cfg(test)]
mod tests {
    use super::super::{Character, PIXELS, SIDE, seen};
    use super::*;
    use crate::data::Stream;

    #[test]
    fn others_are_of_the_same_characters_turned_alike_and_never_twice_the_same() {
        // A character has a dot at its own place of the top row, a drawing of it one in its own row.
        let drawing = |character: usize, drawing: usize| {
            let mut grey = vec![255; PIXELS];
            (grey[3 + character], grey[(5 + drawing) * SIDE]) = (0, 0);
            grey
        };
        let character = |at: usize| Character {
            alphabet: String::new(),
            name: at.to_string(),
            drawings: (0..4).map(|hand| drawing(at, hand)).collect(),
        };
        let characters = Characters::new((0..6).map(character).collect());
        let mut generator = Generator::new(2, Stream::Episode);
        let shown = |character, hand, turns| Arc::from(seen(&turned(&drawing(character, hand), turns)));
        let given = [shown(2, 0, 1), shown(4, 3, 0), shown(2, 2, 1), seen(&[255; PIXELS]).into(), shown(5, 1, 3)];
        let mut hands = std::collections::HashSet::new();
        for _ in 0..30 {
            let others = characters.redrawn(&mut generator, &given);
            assert!(others[3].is_none(), "nobody has drawn white paper");
            for (at, character, turns) in [(0, 2, 1), (1, 4, 0), (2, 2, 1), (4, 5, 3)] {
                let other = others[at].as_ref().unwrap();
                let hand = (0..4).find(|&hand| *other == shown(character, hand, turns)).unwrap();
                assert!(!given.contains(other));
                hands.insert((at, hand));
            }
            assert_ne!(others[0], others[2], "two of one character are two drawings");
        }
        assert_eq!(hands.len(), 2 + 3 + 2 + 3, "all that are left come about: {hands:?}");
        let all: Vec<_> = (0..4).map(|hand| shown(1, hand, 0)).collect();
        assert_eq!(characters.redrawn(&mut generator, &all), vec![None; 4], "nothing is left");
    }
}
