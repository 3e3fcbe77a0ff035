//! Characters of many alphabets, each drawn by many hands (*Differentiable plasticity*, section 4.4): what is kept for
//! testing is never among what is learned from.
//!
//! | file | subject |
//! |---|---|
//! | here | characters in memory, drawing some of them by chance |
//! | `source` | where they come from; what was read stays in memory |
//! | `split` | which are kept for testing, by their names alone |
//! | [`omniglot`] | the official archives, and the bundled test characters |
//! | [`invented`] | made-up scripts, which need no files |
//! | [`jitter`] | drawings changed a little by chance |
//! | `folder` | any folder of folders of pictures |
//! | `gather` | from single drawings to characters, and what is left out |
//! | `drawing` | one picture of any size, made small, dark on white |
//! | `pen` | ink on paper |
//! | `others` | other drawings of characters that were drawn |

mod drawing;
mod folder;
mod gather;
pub mod invented;
pub mod jitter;
pub mod omniglot;
mod others;
mod pen;
mod source;
mod split;

pub use drawing::read;
pub use pen::Paper;
pub use source::{Request, Source};

use super::{Generator, Provenance};
use rand::Rng as _;
use rand::seq::index;
use std::path::PathBuf;
use std::sync::Arc;

/// Pixels along each side of a drawing.
pub const SIDE: usize = 31;

/// Pixels of a drawing.
pub const PIXELS: usize = SIDE * SIDE;

/// What is counted where it is put on record what a network has learned from.
const UNIT: &str = "characters";

/// How many quarter turns there are.
const TURNS: usize = 4;

/// One character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Character {
    /// The alphabet that it belongs to.
    pub alphabet: String,
    /// What it is called there.
    pub name: String,
    /// Its drawings, [`PIXELS`] grey bytes each, row by row from the top: dark ink on white paper, which is 255.
    pub drawings: Vec<Vec<u8>>,
}

/// Characters to draw from.
#[derive(Clone, Debug)]
pub struct Characters {
    known: Arc<Vec<Character>>,
    description: String,
    fingerprint: Option<String>,
    provenance: Option<Provenance>,
}

/// What was read from files, or the half of it that is wanted.
struct Half {
    /// Where.
    place: PathBuf,
    characters: Vec<Character>,
    description: String,
    fingerprint: Option<String>,
    provenance: Option<Provenance>,
}

/// A character that was drawn by chance, with some of its drawings, all turned alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// Which of the [characters](Characters::all).
    pub character: usize,
    /// By how many quarter turns, counterclockwise.
    pub turns: usize,
    /// Different drawings of it [as a network sees them](seen).
    pub drawings: Vec<Arc<[f32]>>,
}

impl Character {
    /// "Old Latin, character 7": its alphabet and its name, where it has them, with spaces where file names have none.
    pub fn title(&self) -> String {
        let title = match self.alphabet.is_empty() {
            true => self.name.clone(),
            false => format!("{}, {}", self.alphabet, self.name),
        };
        title.replace('_', " ")
    }
}

impl Characters {
    /// These characters.
    pub fn new(characters: Vec<Character>) -> Self {
        let description = format!("{} {UNIT}", characters.len());
        Self { known: Arc::new(characters), description, fingerprint: None, provenance: None }
    }

    /// What they are, in a few words.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Tells these characters, and which of them are kept for testing, from others; `None` where they are generated,
    /// and for the test characters of Omniglot.
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// What is put on record of them with a network that learns from them; `None` where they are generated or kept for
    /// testing.
    pub fn provenance(&self) -> Option<&Provenance> {
        self.provenance.as_ref()
    }

    /// All of them.
    pub fn all(&self) -> &[Character] {
        &self.known
    }

    /// How many drawings there are of every character at least.
    pub fn fewest_drawings(&self) -> usize {
        self.known.iter().map(|character| character.drawings.len()).min().unwrap_or(0)
    }

    /// As many different characters as `drawings` has entries, in random order, with so many different drawings of
    /// each; each is turned by any number of quarter turns if `is_turned`.
    ///
    /// # Panics
    /// When there are fewer characters, or fewer drawings of one.
    pub fn draw(&self, generator: &mut Generator, drawings: &[usize], is_turned: bool) -> Vec<Drawn> {
        let chosen = index::sample(generator, self.known.len(), drawings.len());
        let drawn = chosen.into_iter().zip(drawings).map(|(character, &count)| {
            let turns = if is_turned { generator.random_range(0..TURNS) } else { 0 };
            let all = &self.known[character].drawings;
            let some = index::sample(generator, all.len(), count);
            let drawings = some.into_iter().map(|drawing| seen(&turned(&all[drawing], turns)).into()).collect();
            Drawn { character, turns, drawings }
        });
        drawn.collect()
    }
}

/// A drawing as a network sees it: paper is one, ink is zero.
pub fn seen(drawing: &[u8]) -> Vec<f32> {
    drawing.iter().map(|&grey| f32::from(grey) / 255.0).collect()
}

/// A drawing turned counterclockwise by quarter turns.
pub fn turned(drawing: &[u8], turns: usize) -> Vec<u8> {
    (0..turns % TURNS).fold(drawing.to_vec(), |drawing, _| {
        let turned = (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| [column, SIDE - 1 - row]));
        turned.map(|[row, column]| drawing[row * SIDE + column]).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Stream;

    /// A dot in the top left corner and a stroke below it.
    fn drawing() -> Vec<u8> {
        let mut drawing = vec![255; PIXELS];
        drawing[0] = 0;
        drawing[3 * SIDE] = 50;
        drawing
    }

    #[test]
    fn a_quarter_turn_takes_the_top_left_corner_to_the_bottom_left() {
        let once = turned(&drawing(), 1);
        assert_eq!((once[(SIDE - 1) * SIDE], once[(SIDE - 1) * SIDE + 3]), (0, 50));
        let twice = turned(&drawing(), 2);
        assert_eq!((twice[PIXELS - 1], twice[PIXELS - 1 - 3 * SIDE]), (0, 50));
        assert_eq!(turned(&turned(&drawing(), 3), 1), drawing());
    }

    #[test]
    fn drawn_characters_are_different_ones_with_different_drawings() {
        let character = |at: u8| Character {
            alphabet: "letters".into(),
            name: at.to_string(),
            drawings: (0..4).map(|drawing| vec![10 * at + drawing; PIXELS]).collect(),
        };
        let characters = Characters::new((0..7).map(character).collect());
        let mut generator = Generator::new(3, Stream::Training);
        let mut turns = [0; TURNS];
        for _ in 0..50 {
            let drawn = characters.draw(&mut generator, &[2, 1, 1, 1, 1], true);
            let mut which: Vec<usize> = drawn.iter().map(|drawn| drawn.character).collect();
            for Drawn { character, drawings, .. } in &drawn {
                let grey = |drawing: &[f32]| (drawing[0] * 255.0).round() as usize;
                assert!(drawings.iter().all(|drawing| grey(drawing) / 10 == *character));
            }
            assert_ne!(drawn[0].drawings[0], drawn[0].drawings[1], "two looks at one character are two drawings");
            drawn.iter().for_each(|drawn| turns[drawn.turns] += 1);
            which.sort_unstable();
            which.dedup();
            assert_eq!(which.len(), 5);
        }
        assert!(turns.iter().all(|&times| times > 30), "all turns are drawn: {turns:?}");
        assert!(characters.draw(&mut generator, &[1; 5], false).iter().all(|drawn| drawn.turns == 0));
    }
}
