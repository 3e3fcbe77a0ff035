//! Interventions as they are written on the command line: `61:erase`, `61:erase@2`, `40:act=up,up,left`.

use crate::episode::{Intervention, What, intervention};
pub use crate::tasks::notation::written;
use crate::tasks::{self, ActionName};
use crate::train::config::check_seed;

/// The forms of an intervention, after a word or two.
macro_rules! forms {
    ($before:literal, $behind:literal) => {
        concat!(
            $before,
            " STEP:freeze, STEP:erase, STEP:alpha=FACTOR, STEP:transplant=SEED, STEP:act=ACTION[,ACTION…] or \
             STEP:reward=COLUMN,ROW",
            $behind
        )
    };
}

/// How an intervention is written, for the help.
pub const HELP: &str = forms!(
    "Do something before a step, counted from 1, and run on from there; repeatable. One of",
    "; @LAYER behind it says to which plastic layer, counted from 1, if not to the first; the top left open square is 1,1"
);

/// What was written, one intervention for each action of several.
pub type Written = Vec<Intervention>;

/// Reads what was written.
///
/// # Errors
/// With a sentence that says what was expected.
pub fn parse(text: &str) -> Result<Written, String> {
    let forms = forms!("expected", "");
    let (step, what) = text.split_once(':').ok_or(forms)?;
    let step = step.parse::<usize>().ok().and_then(|step| step.checked_sub(1));
    let step = step.ok_or("expected a step from 1 before the colon")?;
    let (what, layer) = match what.split_once('@') {
        None => (what, 0),
        Some((what, layer)) => {
            let number = layer.parse::<usize>().ok().and_then(|layer| layer.checked_sub(1));
            (what, number.ok_or_else(|| format!("expected a plastic layer from 1 behind the @, found {layer}"))?)
        }
    };
    let (name, value) = what.split_once('=').unwrap_or((what, ""));
    let one = |what| Ok(vec![Intervention { layer, ..Intervention::new(step, what) }]);
    match (name, value) {
        ("freeze", "") => one(What::Freeze),
        ("erase", "") => one(What::Erase),
        ("alpha", value) => match value.parse::<f32>() {
            Ok(factor) if factor.is_finite() => one(What::ScaleAlpha(factor)),
            _ => Err(format!("expected α times a finite number, found {value}")),
        },
        ("transplant", value) => match value.parse().map(check_seed) {
            Ok(Ok(seed)) => one(What::Transplant { seed, state: [].into() }),
            _ => Err(format!("expected the seed of another episode, found {value}")),
        },
        ("reward", value) => {
            let square =
                value.split_once(',').and_then(|(column, row)| Some([row.parse().ok()?, column.parse().ok()?]));
            let square = square.ok_or_else(|| format!("expected COLUMN,ROW of a square, found {value}"))?;
            one(What::MoveReward(square))
        }
        ("act", value) => {
            let acts = value.split(',').zip(step..).map(|(name, step)| act(name, step));
            acts.map(|act| act.map(|act| Intervention { layer, ..act })).collect()
        }
        _ => Err(forms.to_owned()),
    }
}

fn act(name: &str, step: usize) -> Result<Intervention, String> {
    // Which task it is shows later: an action of none of them is refused here, one of another task then.
    let known = || tasks::TASKS.iter().map(|task| task.actions());
    let action = known().find_map(|actions| actions.iter().position(|action| action.name == name));
    let action =
        action.ok_or_else(|| format!("expected {}, found {name}", in_words(&known().collect::<Vec<_>>().concat())))?;
    Ok(Intervention::new(step, What::Act(action)))
}

/// "up, right, left or down".
fn in_words(actions: &[ActionName]) -> String {
    let names: Vec<&str> = actions.iter().map(|action| action.name).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "no action".to_owned(),
    }
}

/// All that was written, in the order of the steps.
pub fn in_order(written: &[Written]) -> Vec<Intervention> {
    let mut written = written.concat();
    written.sort_by_key(|done| done.step);
    let mut all = Vec::new();
    written.into_iter().for_each(|done| intervention::add(&mut all, done));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_done() {
        let done = Intervention::new;
        assert_eq!(parse("61:erase").unwrap(), [done(60, What::Erase)]);
        assert_eq!(parse("1:alpha=0.5").unwrap(), [done(0, What::ScaleAlpha(0.5))]);
        assert_eq!(parse("7:reward=5,3").unwrap(), [done(6, What::MoveReward([3, 5]))]);
        assert_eq!(parse("61:erase@2").unwrap(), [Intervention { layer: 1, ..done(60, What::Erase) }]);
        assert_eq!(parse("7:act=up,left").unwrap(), [done(6, What::Act(0)), done(7, What::Act(2))]);
        let transplant = What::Transplant { seed: 12, state: [].into() };
        assert_eq!(parse("9:transplant=12").unwrap(), [done(8, transplant)]);
        let all = in_order(&[parse("9:freeze").unwrap(), parse("7:act=up,left").unwrap()]);
        assert_eq!(all.iter().map(|done| done.step).collect::<Vec<_>>(), [6, 7, 8]);
    }

    #[test]
    fn what_is_done_is_written_as_it_was_read() {
        for text in [
            "61:erase",
            "61:erase@2",
            "1:alpha=0.5",
            "1:alpha=0.5@3",
            "3:freeze",
            "7:reward=5,3",
            "7:act=up,left",
            "9:transplant=12",
        ] {
            assert_eq!(written(&parse(text).unwrap()), text);
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_what_was_expected() {
        for (text, expected) in [
            ("erase", "STEP:freeze"),
            ("0:erase", "a step from 1"),
            ("5:melt", "STEP:freeze"),
            ("5:erase=2", "STEP:freeze"),
            ("5:alpha=inf", "a finite number, found inf"),
            ("5:transplant=18446744073709551615", "the seed of another episode"),
            ("5:transplant=-1", "the seed of another episode, found -1"),
            ("5:reward=3", "COLUMN,ROW of a square, found 3"),
            ("5:erase@0", "a plastic layer from 1 behind the @, found 0"),
            ("5:erase@lstm1", "a plastic layer from 1 behind the @, found lstm1"),
            ("5:act=up,north", "up, right, left or down, found north"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
