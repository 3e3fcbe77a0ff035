//! Letters of 5 × 5 pixels: patterns that people know, for networks that remember patterns of 25 bits.

use crate::files::one_line;
use std::collections::BTreeSet;

/// Pixels along each side of a letter.
pub const SIDE: usize = 5;

/// The letters in the order in which they are shown: any two or three that follow each other differ in many pixels.
pub const LETTERS: [(char, &str); 26] = [
    ('A', ".###. #...# ##### #...# #...#"),
    ('T', "##### ..#.. ..#.. ..#.. ..#.."),
    ('X', "#...# .#.#. ..#.. .#.#. #...#"),
    ('L', "#.... #.... #.... #.... #####"),
    ('O', ".###. #...# #...# #...# .###."),
    ('K', "#...# #..#. ###.. #..#. #...#"),
    ('S', ".#### #.... .###. ....# ####."),
    ('H', "#...# #...# ##### #...# #...#"),
    ('I', ".###. ..#.. ..#.. ..#.. .###."),
    ('M', "#...# ##.## #.#.# #...# #...#"),
    ('E', "##### #.... ####. #.... #####"),
    ('Y', "#...# .#.#. ..#.. ..#.. ..#.."),
    ('D', "####. #...# #...# #...# ####."),
    ('Z', "##### ...#. ..#.. .#... #####"),
    ('N', "#...# ##..# #.#.# #..## #...#"),
    ('C', ".#### #.... #.... #.... .####"),
    ('V', "#...# #...# #...# .#.#. ..#.."),
    ('F', "##### #.... ####. #.... #...."),
    ('U', "#...# #...# #...# #...# .###."),
    ('J', "..### ...#. ...#. #..#. .##.."),
    ('P', "####. #...# ####. #.... #...."),
    ('W', "#...# #...# #.#.# ##.## #...#"),
    ('G', ".#### #.... #..## #...# .###."),
    ('R', "####. #...# ####. #..#. #...#"),
    ('Q', ".###. #...# #.#.# #..#. .##.#"),
    ('B', "####. #...# ####. #...# ####."),
];

/// A letter as a pattern of [`SIDE`] × [`SIDE`] elements, row by row, +1 where there is ink and −1 elsewhere; `None` for
/// what is no letter from A to Z, in either case.
pub fn pattern(letter: char) -> Option<Vec<f32>> {
    let (_, drawn) = LETTERS.iter().find(|(name, _)| *name == letter.to_ascii_uppercase())?;
    Some(drawn.chars().filter(|ink| *ink != ' ').map(|ink| if ink == '#' { 1.0 } else { -1.0 }).collect())
}

/// The letter that a pattern is, to the bit; `None` for every other pattern.
pub fn name(values: &[f32]) -> Option<char> {
    LETTERS.iter().map(|(letter, _)| *letter).find(|letter| pattern(*letter).as_deref() == Some(values))
}

/// `count` different letters in the order of [`LETTERS`] from the one at `first` on, beginning again after the last;
/// `None` where there are not so many.
pub fn some(first: usize, count: usize) -> Option<Vec<Vec<f32>>> {
    let names = LETTERS.iter().cycle().skip(first % LETTERS.len()).take(count);
    (count <= LETTERS.len()).then(|| names.filter_map(|(letter, _)| pattern(*letter)).collect())
}

/// Letters by their names, each once and in this order.
///
/// # Errors
/// With a sentence that says what was expected and what was found.
pub fn all_of(names: &str) -> Result<Vec<Vec<f32>>, String> {
    let different: BTreeSet<char> = names.chars().map(|name| name.to_ascii_uppercase()).collect();
    let count = names.chars().count();
    let patterns: Option<Vec<_>> = names.chars().map(pattern).collect();
    let refusal =
        || format!("expected 1 to {} different letters from A to Z, found {}", LETTERS.len(), one_line(names));
    patterns.filter(|_| count > 0 && different.len() == count).ok_or_else(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_is_there_once_and_differs_from_all_others() {
        let names: BTreeSet<char> = LETTERS.iter().map(|(letter, _)| *letter).collect();
        assert!(names.into_iter().eq('A'..='Z'));
        for (letter, _) in LETTERS {
            let drawn = pattern(letter).unwrap();
            assert_eq!(drawn.len(), SIDE * SIDE, "{letter}");
            assert_eq!(pattern(letter.to_ascii_lowercase()), Some(drawn.clone()));
            assert_eq!(name(&drawn), Some(letter));
        }
        assert_eq!((pattern('3'), name(&[1.0; 25]), some(0, 27)), (None, None, None));
        assert_eq!(all_of("aTl").unwrap(), [pattern('A').unwrap(), pattern('T').unwrap(), pattern('L').unwrap()]);
        for wrong in ["", "ABa", "A B", "A1"] {
            let refusal = all_of(wrong).unwrap_err();
            assert_eq!(refusal, format!("expected 1 to 26 different letters from A to Z, found {wrong}"));
        }
        assert_eq!(some(25, 2).unwrap(), [pattern('B').unwrap(), pattern('A').unwrap()]);
        let apart = |one: &[f32], other: &[f32]| one.iter().zip(other).filter(|(one, other)| one != other).count();
        for first in 0..LETTERS.len() {
            let pair = some(first, 2).unwrap();
            assert!(apart(&pair[0], &pair[1]) >= 6, "{first}: {}", apart(&pair[0], &pair[1]));
        }
    }
}
