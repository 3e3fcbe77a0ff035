//! What the blanked half of a picture is guessed to be without having been shown the picture: the visible half
//! mirrored, and a ridge regression from the visible half that was learned from training pictures.

use super::ridge::{FEWEST, PENALTIES, Ridge};
use super::score::{correlation, mean_squared_error};
use crate::data::pictures::{Pictures, Request, Split};
use crate::data::{Generator, Stream};
use crate::episode::{Question, Tape};
use crate::tasks::tally::{Finding, Tally};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// No regression learns from more pictures; of more, so many are drawn.
const MOST: usize = 10_000;

/// So many pictures are generated for it where they are.
const GENERATED: usize = 4000;

/// Pictures that one thread generates in a row.
const IN_A_ROW: usize = 100;

/// The pixels of the top half: the first so many. Of an odd number of rows the middle one belongs to the bottom half.
pub fn top_half(side: usize) -> usize {
    side / 2 * side
}

/// What needs no memory of the picture that is asked for.
pub struct Baselines {
    side: usize,
    blanks_half: bool,
    /// The regression, or why there is none.
    ridge: Result<Arc<Learned>, String>,
}

/// A regression and what it was learned from.
struct Learned {
    ridge: Ridge,
    from: String,
    /// Tells the pictures from others; `None` where they are generated.
    fingerprint: Option<String>,
}

/// How well a baseline guesses one picture.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Guess {
    /// Correlation with the target on the blanked half.
    correlation: f64,
    /// Mean squared error there.
    squared_error: f64,
}

impl Baselines {
    /// The baselines for pictures of one half of `request`, the regression learned from the other. It is the same in
    /// every evaluation of these pictures, whatever the seed.
    pub fn new(request: &Request) -> Self {
        Self { side: request.side, blanks_half: true, ridge: learned(request) }
    }

    /// For pictures of which no half is blanked: none.
    pub fn of_random_pixels(side: usize) -> Self {
        Self { side, blanks_half: false, ridge: Err("pixels are blanked at random".to_owned()) }
    }

    /// Mirror and regression; `None` where there is none, or another part than a half is blanked.
    fn guess(&self, question: &Question) -> [Option<Guess>; 2] {
        let (target, probe) = (&question.study[question.target], &question.probe);
        let Some(hidden) = hidden_half(probe, self.side).filter(|_| self.blanks_half) else { return [None; 2] };
        let guess = |answer: &[f32]| {
            let truth = &target[hidden.clone()];
            Guess {
                correlation: correlation(answer, truth).into(),
                squared_error: mean_squared_error(answer, truth).into(),
            }
        };
        let filled = self.ridge.as_ref().ok().and_then(|learned| learned.ridge.fill(probe, &hidden).ok());
        [Some(guess(&mirrored(probe, &hidden, self.side))), filled.map(|answer| guess(&answer))]
    }
}

impl Tally for Baselines {
    fn judge(&mut self, tape: &Tape) -> Vec<Finding> {
        let [mirror, ridge] = tape.content.question().map_or([None; 2], |question| self.guess(question));
        let correlation = |guess: Option<Guess>| guess.map(|guess| guess.correlation);
        let squared_error = |guess: Option<Guess>| guess.map(|guess| guess.squared_error);
        let (upside_down, regression) =
            ("for the visible half upside down", "for a ridge regression from the visible half");
        let mse = "its mean squared error";
        vec![
            Finding::baseline("baseline_mirror_correlation", upside_down, correlation(mirror)),
            Finding::baseline("baseline_mirror_mse", mse, squared_error(mirror)),
            Finding::baseline("baseline_ridge_correlation", regression, correlation(ridge)),
            Finding::baseline("baseline_ridge_mse", mse, squared_error(ridge)),
        ]
    }

    fn learned_from(&self) -> Option<Option<&str>> {
        self.ridge.as_ref().ok().map(|learned| learned.fingerprint.as_deref())
    }

    fn note(&self) -> Option<String> {
        Some(match self.ridge.as_deref() {
            Ok(Learned { ridge, from, .. }) => {
                let [least, .., largest] = PENALTIES;
                let (penalty, count) = (ridge.penalty, PENALTIES.len());
                let edge = if ridge.is_at_the_edge() { ", a better one may lie beyond" } else { "" };
                format!(
                    "ridge regression with a penalty of {penalty} times the mean variance of a pixel, of {count} from \
                     {least} to {largest} the best on a held-out tenth{edge}; fitted to {from}"
                )
            }
            Err(reason) if self.blanks_half => format!("no ridge regression: {reason}"),
            Err(reason) => format!("no ridge regression and no mirror: {reason}"),
        })
    }
}

/// The half that is blanked, as pixels; `None` where it is not just one of the halves.
fn hidden_half(probe: &[f32], side: usize) -> Option<Range<usize>> {
    let split = top_half(side);
    let is_blank =
        |half: &Range<usize>| probe.iter().enumerate().all(|(pixel, &value)| (value == 0.0) == half.contains(&pixel));
    [0..split, split..probe.len()].into_iter().find(is_blank)
}

/// The visible half upside down: each hidden row is the visible one that is as far from the border between them, or the
/// farthest that there is.
fn mirrored(probe: &[f32], hidden: &Range<usize>, side: usize) -> Vec<f32> {
    let border = top_half(side) / side;
    let source = |row: usize| (2 * border).saturating_sub(row + 1);
    let rows = hidden.start / side..hidden.end / side;
    rows.flat_map(|row| &probe[source(row) * side..][..side]).copied().collect()
}

/// The regression for pictures of `request`, or why there is none. The last one is kept: many networks are judged on
/// the same pictures.
fn learned(request: &Request) -> Result<Arc<Learned>, String> {
    type Key = (Request, Option<String>);
    static KEPT: Mutex<Option<(Key, Arc<Learned>)>> = Mutex::new(None);
    let pictures = Pictures::open(request, Split::Training).map_err(|error| error.to_string())?;
    let key = (request.clone(), pictures.fingerprint().map(str::to_owned));
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((known, learned)) = &*kept
        && *known == key
    {
        return Ok(Arc::clone(learned));
    }
    let drawn = draw(&pictures);
    let ridge = Ridge::learn(&drawn, top_half(request.side)).map_err(|error| error.to_string())?;
    let ridge = ridge.ok_or_else(|| match drawn.len() {
        count if count < FEWEST => format!("expected at least {FEWEST} training pictures, found {count}"),
        _ => "all training pictures look the same".to_owned(),
    })?;
    let (count, description) = (drawn.len(), pictures.description());
    let from = match pictures.count() {
        Some(all) if all == count => description.to_owned(),
        Some(_) => format!("{count} of {description}"),
        None => format!("{count} pictures ({description})"),
    };
    let fingerprint = pictures.fingerprint().map(str::to_owned);
    let learned = Arc::new(Learned { ridge, from, fingerprint });
    *kept = Some((key, Arc::clone(&learned)));
    Ok(learned)
}

/// Pictures to learn from: all of them, or as many as are enough.
fn draw(pictures: &Pictures) -> Vec<Vec<f32>> {
    let mut generator = Generator::new(0, Stream::Training);
    match pictures.count() {
        Some(count) => pictures.draw(&mut generator, count.min(MOST)),
        None => {
            let generators: Vec<Generator> = (0..GENERATED / IN_A_ROW).map(|_| generator.fork()).collect();
            let drawn =
                generators.into_par_iter().flat_map_iter(|mut generator| pictures.draw(&mut generator, IN_A_ROW));
            drawn.collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::pictures::Source;

    fn dead_leaves(side: usize) -> Request {
        Request { source: Source::DeadLeaves, side, split_seed: 0, test_share: 0.1, least: 3 }
    }

    /// A question about one picture, one half of it blanked.
    fn question(picture: Vec<f32>, hidden: Range<usize>) -> Question {
        let mut probe = picture.clone();
        probe[hidden].fill(0.0);
        Question { study: vec![picture], target: 0, probe }
    }

    #[test]
    fn a_mirror_turns_the_visible_rows_over() {
        let rows = |rows: &[f32]| rows.iter().flat_map(|&row| vec![row; rows.len()]).collect::<Vec<f32>>();
        for (side, top, expected) in [
            (4, true, rows(&[4.0, 3.0, 3.0, 4.0])[..8].to_vec()),
            (4, false, rows(&[2.0, 1.0, 0.0, 0.0])[..8].to_vec()),
            // Of five rows the middle one is in the bottom half, and its last one has no counterpart.
            (5, true, rows(&[4.0, 3.0, 0.0, 0.0, 0.0])[..10].to_vec()),
            (5, false, rows(&[2.0, 1.0, 1.0, 0.0, 0.0])[..15].to_vec()),
        ] {
            let picture = rows(&[1.0, 2.0, 3.0, 4.0, 5.0][..side]);
            let split = top_half(side);
            let hidden = if top { 0..split } else { split..side * side };
            let asked = question(picture, hidden.clone());
            assert_eq!(hidden_half(&asked.probe, side), Some(hidden.clone()));
            assert_eq!(mirrored(&asked.probe, &hidden, side), expected, "{side} rows, top {top}");
        }
        assert_eq!(hidden_half(&[0.0, 1.0, 1.0, 1.0], 2), None, "less than a half");
        assert_eq!(hidden_half(&[0.0, 0.0, 0.0, 1.0], 2), None, "more than a half");
    }

    #[test]
    fn a_regression_sees_more_than_a_mirror_and_neither_sees_what_is_hidden() {
        let baselines = Baselines::new(&dead_leaves(8));
        let note = baselines.note().unwrap();
        assert!(note.ends_with("held-out tenth; fitted to 4000 pictures (dead leaves, generated)"), "{note}");
        assert!(note.contains(", of 7 from 0.0001 to 100 the best "), "{note}");
        assert!(!baselines.ridge.as_ref().unwrap().ridge.is_at_the_edge(), "{note}");
        let unseen = Pictures::open(&dead_leaves(8), Split::Test).unwrap();
        let pictures = unseen.draw(&mut Generator::new(1, Stream::Evaluation), 200);
        let mut means = [0.0; 2];
        for (index, picture) in pictures.into_iter().enumerate() {
            let hidden = if index % 2 == 0 { 0..32 } else { 32..64 };
            let guesses = baselines.guess(&question(picture, hidden)).map(Option::unwrap);
            means.iter_mut().zip(guesses).for_each(|(mean, guess)| *mean += guess.correlation / 200.0);
        }
        assert!(means[0] > 0.0 && means[1] > means[0] + 0.1 && means[1] < 0.9, "{means:?}");
    }
}
