//! What an evaluation tells of a passage beside its perplexity.

use crate::episode::Tape;
use crate::tasks::tally::{Finding, Tally};

/// Judges passages.
pub(super) struct Passages;

impl Tally for Passages {
    fn judge(&mut self, tape: &Tape) -> Vec<Finding> {
        let bits = tape.content.reading().map(|reading| reading.perplexity().log2());
        vec![Finding::number("bits_per_word", "bits per word", bits)]
    }
}
