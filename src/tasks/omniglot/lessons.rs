//! What happens in a lifetime: which characters are shown, and which of them is asked for.

use super::experiment::{Lessons, Plan};
use crate::data::Generator;
use crate::data::characters::Drawn;
use crate::data::characters::jitter::Warp;
use crate::episode::Lesson;
use rand::Rng as _;
use rand::seq::{SliceRandom as _, index};
use rayon::prelude::*;
use std::sync::Arc;

impl Lessons {
    /// A lesson of characters and drawings of its own.
    pub(super) fn lesson(&self, generator: &mut Generator) -> Lesson {
        let (asked, counts) = self.counts(generator);
        let drawn = self.characters.draw(generator, &counts, self.plan.is_turned);
        let drawn = self.augmented(generator, drawn);
        self.arranged(generator, drawn, asked)
    }

    /// A batch of lessons of `pool` characters and a few drawings of each: as different as lessons of their own, and their
    /// drawings go through the convolutions once for all of them.
    pub(super) fn pooled(&self, generator: &mut Generator, pool: usize) -> Vec<Lesson> {
        let pool = pool.min(self.characters.all().len());
        let each = self.plan.pooled_drawings().min(self.characters.fewest_drawings());
        let pool = self.characters.draw(generator, &vec![each; pool], self.plan.is_turned);
        let pool = self.augmented(generator, pool);
        let lesson = |_| {
            let (asked, counts) = self.counts(generator);
            let chosen = index::sample(generator, pool.len(), counts.len());
            let drawn = chosen.into_iter().zip(counts).map(|(character, count)| {
                let some = index::sample(generator, each, count);
                let drawings = some.into_iter().map(|drawing| pool[character].drawings[drawing].clone());
                Drawn { drawings: drawings.collect(), ..pool[character] }
            });
            let drawn = drawn.collect();
            self.arranged(generator, drawn, asked)
        };
        (0..self.plan.batch).map(lesson).collect()
    }

    /// Which class is asked for, and how many drawings of each class that takes.
    fn counts(&self, generator: &mut Generator) -> (usize, Vec<usize>) {
        let asked = generator.random_range(0..self.plan.ways);
        (asked, (0..self.plan.ways).map(|class| self.plan.shots + usize::from(class == asked)).collect())
    }

    /// These drawings in random order, one of class `asked` last.
    fn arranged(&self, generator: &mut Generator, mut drawn: Vec<Drawn>, asked: usize) -> Lesson {
        let query = drawn[asked].drawings.pop().expect("the class that is asked for has a drawing more");
        let characters = drawn.iter().map(|drawn| &self.characters.all()[drawn.character]);
        let (names, alphabets) = characters.map(|known| (known.title(), known.alphabet.clone())).unzip();
        let mut shown: Vec<(usize, Arc<[f32]>)> = drawn
            .into_iter()
            .enumerate()
            .flat_map(|(class, drawn)| drawn.drawings.into_iter().map(move |drawing| (class, drawing)))
            .collect();
        shown.shuffle(generator);
        shown.push((asked, query));
        let (classes, drawings) = shown.into_iter().unzip();
        Lesson { drawings, classes, names, alphabets }
    }

    /// The same characters as others would be that nobody has drawn, by hands that have drawn nothing yet.
    fn augmented(&self, generator: &mut Generator, mut drawn: Vec<Drawn>) -> Vec<Drawn> {
        let Plan { jitter, warp, .. } = self.plan;
        if jitter > 0.0 || warp > 0.0 {
            let mut warped: Vec<(&mut Arc<[f32]>, Warp)> = Vec::new();
            for Drawn { drawings, .. } in &mut drawn {
                let character = Warp::of_character(generator, warp);
                warped.extend(
                    drawings.iter_mut().map(|drawing| (drawing, character.then(Warp::of_hand(generator, jitter)))),
                );
            }
            warped.into_par_iter().for_each(|(drawing, warp)| *drawing = warp.apply(drawing).into());
        }
        drawn
    }
}
