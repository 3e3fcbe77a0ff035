//! What an evaluation of one-shot lifetimes tells beside the share of right answers.

use crate::episode::{OneShot, Tape};
use crate::tasks::tally::{Finding, Tally};

/// Judges answers among `ways` classes.
pub(super) struct Answers {
    pub(super) ways: usize,
}

impl Tally for Answers {
    fn judge(&mut self, tape: &Tape) -> Vec<Finding> {
        let one_shot = tape.content.one_shot();
        let right_where = |has_kin: bool| {
            let one_shot = one_shot.filter(|one_shot| one_shot.lesson.has_kin() == Some(has_kin))?;
            Some(one_shot.is_right())
        };
        let probability = |one_shot: &OneShot| f64::from(one_shot.answer[one_shot.lesson.asked()]);
        vec![
            Finding::share(
                "accuracy_same_alphabet",
                "right where another class is of the same alphabet",
                right_where(true),
            ),
            Finding::share("accuracy_other_alphabets", "right where none is", right_where(false)),
            Finding::number("probability", "probability of the right class", one_shot.map(probability)),
            Finding::baseline("chance", "right by chance", Some(1.0 / self.ways as f64)),
        ]
    }
}
