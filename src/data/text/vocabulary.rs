//! The words that have a number: the most frequent ones of what is learned from.

use super::words::{END, UNKNOWN};
use std::collections::HashMap;

/// Words by number, and numbers by word.
#[derive(Clone, Debug, PartialEq)]
pub struct Vocabulary {
    words: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Vocabulary {
    /// Of so many words at most, [`UNKNOWN`] and [`END`] among them: the most frequent of `text`, among equals the first by
    /// the alphabet.
    pub fn of(text: &[String], most: usize) -> Self {
        let mut counts = HashMap::<&str, usize>::new();
        for word in text.iter().filter(|word| *word != UNKNOWN && *word != END) {
            *counts.entry(word).or_default() += 1;
        }
        let mut order: Vec<(&str, usize)> = counts.into_iter().collect();
        order.sort_by(|(left, many), (right, more)| more.cmp(many).then_with(|| left.cmp(right)));
        let frequent = order.into_iter().map(|(word, _)| word.to_owned());
        let words = [UNKNOWN, END].map(str::to_owned).into_iter().chain(frequent).take(most.max(2)).collect();
        Self::from_words(words)
    }

    fn from_words(words: Vec<String>) -> Self {
        let numbers = words.iter().cloned().zip(0..).collect();
        Self { words, numbers }
    }

    /// From what [`Self::to_text`] makes; files may come from anywhere.
    ///
    /// # Errors
    /// With a sentence that says what is wrong.
    pub fn from_text(text: &str) -> Result<Self, String> {
        let known = Self::from_words(text.split(' ').map(str::to_owned).collect());
        if known.words.get(..2) != Some(&[UNKNOWN.to_owned(), END.to_owned()]) {
            let found = known.words.iter().take(2).cloned().collect::<Vec<_>>().join(" ");
            return Err(format!("expected a vocabulary that begins with {UNKNOWN} {END}, found {found}"));
        }
        if known.numbers.len() < known.words.len() || known.words.iter().any(String::is_empty) {
            return Err("expected a vocabulary of different words, found one of them twice or an empty one".into());
        }
        Ok(known)
    }

    /// Its words in order, with a space between two.
    pub fn to_text(&self) -> String {
        self.words.join(" ")
    }

    /// How many words have a number.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Never: [`UNKNOWN`] and [`END`] have one.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The number of a word; that of [`UNKNOWN`] where it has none.
    pub fn number(&self, word: &str) -> u32 {
        self.numbers.get(word).copied().unwrap_or(0)
    }

    /// The word of this number; [`UNKNOWN`] where there is none.
    pub fn word(&self, number: u32) -> &str {
        self.words.get(number as usize).map_or(UNKNOWN, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(most: usize) -> Vocabulary {
        let text = "the cat and the dog and the <unk> <eos> a cat <eos>";
        Vocabulary::of(&text.split(' ').map(str::to_owned).collect::<Vec<_>>(), most)
    }

    #[test]
    fn the_most_frequent_words_have_a_number() {
        assert_eq!(vocabulary(100).to_text(), "<unk> <eos> the and cat a dog");
        let few = vocabulary(4);
        assert_eq!((few.to_text().as_str(), few.len()), ("<unk> <eos> the and", 4));
        assert_eq!(["and", "cat", "<unk>"].map(|word| few.number(word)), [3, 0, 0]);
        assert_eq!([3, 4].map(|number| few.word(number)), ["and", "<unk>"]);
    }

    #[test]
    fn one_from_a_file_is_the_same_or_refused() {
        let known = vocabulary(100);
        assert_eq!(Vocabulary::from_text(&known.to_text()), Ok(known));
        for (text, problem) in [
            ("", "begins with <unk> <eos>"),
            ("the cat", "found the cat"),
            ("<unk> <eos> the the", "twice"),
            ("<unk> <eos>  the", "empty"),
        ] {
            let error = Vocabulary::from_text(text).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
    }
}
