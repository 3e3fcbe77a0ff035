//! Texts that are not drawn from those of the task: the viewer's own, and what a network writes itself.

use super::experiment::{Language, Passage};
use super::hearing::{Before, hear};
use super::plan::OUTPUT;
use crate::data::text::words;
use crate::data::{DataError, Generator, Stream};
use crate::episode::Reading;
use crate::plastic::Parameters;
use candle_core::{Result, bail};
use rand::Rng as _;
use serde::{Deserialize, Serialize};

/// No text of the viewer's own is longer, in words: what is expected after each of them is kept.
pub const LONGEST: usize = 1000;

/// No continuation is longer, in words.
pub const LONGEST_CONTINUATION: usize = 400;

/// How a network goes on with a text.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Continuation {
    /// So many words are written.
    pub words: usize,
    /// What logits are divided by before a word is drawn: at zero the likeliest word follows, at one each with the
    /// probability that the network gives it.
    pub temperature: f32,
    /// What decides among the words.
    pub seed: u64,
}

/// A text of the viewer's own, ready to be read.
#[derive(Clone, Debug)]
pub struct OwnText {
    /// Its beginning, or all of it.
    pub passage: Passage,
    /// How many words it has, the ends of sentences among them.
    pub found: usize,
}

/// What can be done with a network that reads text, beside reading passages of its own examples.
pub trait ReadsText {
    /// Plain text as words that the network knows; no more than [`LONGEST`] of them.
    ///
    /// # Errors
    /// When there are fewer than two words, or none that it knows.
    fn own_text(&self, text: &str) -> std::result::Result<OwnText, DataError>;

    /// What was read, to be read once more.
    fn again(&self, reading: &Reading) -> Passage;

    /// The first `given` words of what was read, and what the network writes after them.
    ///
    /// # Errors
    /// When there is no first word, more is asked for than [`LONGEST_CONTINUATION`], or the device fails.
    fn continued(
        &self,
        parameters: &Parameters,
        reading: &Reading,
        given: usize,
        how: &Continuation,
    ) -> Result<Passage>;
}

impl ReadsText for Language {
    fn own_text(&self, text: &str) -> std::result::Result<OwnText, DataError> {
        let problem = |problem: String| DataError::of("your text", problem);
        let all = words::of_plain(text);
        let found = all.len();
        if found < 2 {
            return Err(problem(format!(
                "expected at least two words, found {}",
                if found == 0 { "none" } else { "one" }
            )));
        }
        let numbers: Vec<u32> = all.iter().take(LONGEST).map(|word| self.vocabulary().number(word)).collect();
        if numbers.iter().all(|number| *number <= 1) {
            let words = all.iter().filter(|word| *word != words::END).count();
            return Err(problem(format!("expected words that the network knows, found none among {words}")));
        }
        Ok(OwnText { passage: Passage { words: numbers, dropout: None, given: None }, found })
    }

    fn again(&self, reading: &Reading) -> Passage {
        let words = reading.words.iter().map(|word| self.vocabulary().number(word)).collect();
        Passage { words, dropout: None, given: reading.given }
    }

    fn continued(
        &self,
        parameters: &Parameters,
        reading: &Reading,
        given: usize,
        how: &Continuation,
    ) -> Result<Passage> {
        let Continuation { words: more, temperature, seed } = *how;
        if !((1..=LONGEST_CONTINUATION).contains(&more) && temperature >= 0.0 && temperature.is_finite()) {
            bail!(
                "expected 1 to {LONGEST_CONTINUATION} words at a temperature of zero or more, found {more} at {temperature}"
            );
        }
        let mut words = self.again(reading).words;
        words.truncate(given);
        if words.is_empty() {
            bail!("expected a word to go on from, found none");
        }
        let mut generator = Generator::new(seed, Stream::Episode);
        let [weight, bias] = ["weight", "bias"].map(|which| parameters.get(&format!("{OUTPUT}.{which}")));
        let (weight, bias) = (weight?.detach(), bias?.detach());
        let mut before = Before::nothing(self.layers());
        let mut from = 0;
        for _ in 0..more {
            let heard = hear(self.layers(), parameters, &[&words[from..]], &before, None)?;
            from = words.len();
            before.states = heard.layers.into_iter().map(|layer| layer.state).collect();
            let last = heard.features.detach().narrow(0, heard.features.dim(0)? - 1, 1)?;
            let logits = last.matmul(&weight)?.broadcast_add(&bias)?.flatten_all()?.to_vec1()?;
            words.push(drawn(&logits, temperature, &mut generator));
        }
        Ok(Passage { words, dropout: None, given: Some(given) })
    }
}

/// A word by its logit. The unknown word, the first of them, is none that anybody could read.
fn drawn(logits: &[f32], temperature: f32, generator: &mut Generator) -> u32 {
    let words = || logits.iter().zip(0u32..).skip(1);
    let (greatest, likeliest) =
        words().fold((f32::NEG_INFINITY, 1), |best, (logit, word)| if *logit > best.0 { (*logit, word) } else { best });
    if temperature == 0.0 {
        return likeliest;
    }
    let weight = |logit: f32| f64::from((logit - greatest) / temperature).exp();
    let total: f64 = words().map(|(logit, _)| weight(*logit)).sum();
    let mut left = generator.random::<f64>() * total;
    for (logit, word) in words() {
        left -= weight(*logit);
        if left < 0.0 {
            return word;
        }
    }
    // What rounding has left over, and what is not finite.
    likeliest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_drawn_as_often_as_they_are_likely() {
        let mut generator = Generator::new(1, Stream::Episode);
        // The unknown word would be likeliest of all.
        let logits = [9.0, 0.0, 2.0f32.ln(), 5.0f32.ln()];
        let mut counts = [0; 4];
        for _ in 0..8000 {
            counts[drawn(&logits, 1.0, &mut generator) as usize] += 1;
        }
        assert_eq!(counts[0], 0);
        for (count, expected) in counts[1..].iter().zip([1000, 2000, 5000]) {
            assert!(i32::abs(count - expected) < 150, "{counts:?}");
        }
        // The colder, the more often the likeliest: at a half each is as likely as its square says.
        let mut colder = [0; 4];
        for _ in 0..6000 {
            colder[drawn(&logits, 0.5, &mut generator) as usize] += 1;
        }
        for (count, expected) in colder[1..].iter().zip([200, 800, 5000]) {
            assert!(i32::abs(count - expected) < 130, "{colder:?}");
        }
        assert!((0..50).all(|_| drawn(&logits, 0.0, &mut generator) == 3), "the likeliest");
        assert_eq!(drawn(&[0.0, f32::NAN, f32::NAN], 1.0, &mut generator), 1, "nothing is known of any");
    }
}
