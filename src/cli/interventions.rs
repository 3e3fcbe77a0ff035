//! Interventions as they are written on the command line: `61:erase`, `61:erase@2`, `40:act=up,up,left`.

use super::usage::WrongUsage;
use crate::episode::{Intervention, What, intervention};
use crate::plastic::Network;
use crate::plastic::alteration::MODULATOR_RANGE;
pub use crate::tasks::notation::written;
use crate::tasks::{ActionName, TASKS, Task};
use crate::train::config::check_seed;

/// The forms of an intervention, after a word or two.
macro_rules! forms {
    ($before:literal, $behind:literal) => {
        concat!(
            $before,
            " STEP:freeze, STEP:erase, STEP:alpha=FACTOR, STEP:modulator=VALUE, STEP:modulator=free, \
             STEP:transplant=SEED, STEP:act=ACTION[,ACTION…], STEP:reward=COLUMN,ROW or \
             STEP:target=CUE",
            $behind
        )
    };
}

/// How an intervention is written, for the help.
pub const HELP: &str = forms!(
    "Do something before a step, counted from 1, and run on from there; repeatable. One of",
    "; @LAYER behind it says to which plastic layer, counted from 1, if not to the first; the top left open square is 1,1"
);

/// What was written, before it is known of which task.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    step: usize,
    layer: usize,
    done: Done,
}

#[derive(Clone, Debug, PartialEq)]
enum Done {
    One(What),
    /// Actions that are driven one after the other, by their names.
    Acts(Vec<String>),
}

impl Written {
    /// What is done in an episode of `task`, one intervention for each action.
    ///
    /// # Errors
    /// With a sentence where the task has no such action.
    pub fn of(&self, task: &dyn Task) -> Result<Vec<Intervention>, String> {
        let Self { step, layer, done } = self;
        let one = |step: usize, what| Intervention { step, layer: *layer, what };
        match done {
            Done::One(what) => Ok(vec![one(*step, what.clone())]),
            Done::Acts(names) => {
                names.iter().zip(*step..).map(|(name, step)| Ok(one(step, What::Act(action(name, task)?)))).collect()
            }
        }
    }
}

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
    let one = |what| Ok(Written { step, layer, done: Done::One(what) });
    match (name, value) {
        ("freeze", "") => one(What::Freeze),
        ("erase", "") => one(What::Erase),
        ("alpha", value) => match value.parse::<f32>() {
            Ok(factor) if factor.is_finite() => one(What::ScaleAlpha(factor)),
            _ => Err(format!("expected α times a finite number, found {value}")),
        },
        ("modulator", "free") => one(What::ClampModulator(None)),
        ("modulator", value) => match value.parse() {
            Ok(value) if MODULATOR_RANGE.contains(&value) => one(What::ClampModulator(Some(value))),
            _ => Err(format!("expected a modulator from −1 to 1, or free, found {value}")),
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
        ("target", value) => {
            let cue = value.parse::<usize>().ok().and_then(|cue| cue.checked_sub(1));
            one(What::SetTarget(cue.ok_or_else(|| format!("expected a cue from 1 as the target, found {value}"))?))
        }
        ("act", value) => {
            let names: Vec<String> = value.split(',').map(str::to_owned).collect();
            // Which task it is shows later: an action of none of them is refused here.
            let known: Vec<ActionName> = TASKS.iter().flat_map(|task| task.actions()).copied().collect();
            match names.iter().find(|name| !known.iter().any(|action| action.name == *name)) {
                Some(unknown) => Err(format!("expected {}, found {unknown}", in_words(&known))),
                None => Ok(Written { step, layer, done: Done::Acts(names) }),
            }
        }
        _ => Err(forms.to_owned()),
    }
}

/// The number of an action of `task`.
fn action(name: &str, task: &dyn Task) -> Result<usize, String> {
    let all = task.actions();
    let place = all.iter().position(|action| action.name == name);
    place.ok_or_else(|| match all.is_empty() {
        true => format!("expected the network of an agent, found one of {}, which has no action {name}", task.name()),
        false => format!("expected {} in an episode of {}, found {name}", in_words(all), task.name()),
    })
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

/// All that was written, in the order of the steps, done in an episode of `task` that `network` lives.
///
/// # Errors
/// As [`Written::of`], and when nothing of that kind can be done to such a network; how many steps the episode has is not
/// known yet.
pub fn in_order(all: &[Written], task: &dyn Task, network: &Network) -> Result<Vec<Intervention>, WrongUsage> {
    let refuse = |problem: String| WrongUsage::new(format!("--do: {problem}"));
    let mut done = Vec::new();
    for written in all {
        done.extend(written.of(task).map_err(refuse)?);
    }
    done.sort_by_key(|done| done.step);
    let mut in_order = Vec::new();
    done.into_iter().for_each(|done| intervention::add(&mut in_order, done));
    // What is transplanted is not lived yet.
    let is_known = |done: &&Intervention| !matches!(done.what, What::Transplant { .. });
    let known: Vec<Intervention> = in_order.iter().filter(is_known).cloned().collect();
    intervention::check(&known, network, usize::MAX).map_err(refuse)?;
    Ok(in_order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks;

    fn maze() -> &'static dyn Task {
        tasks::find("maze").expect("it is in the registry")
    }

    fn read(text: &str) -> Vec<Intervention> {
        parse(text).expect("a form that there is").of(maze()).expect("of this task")
    }

    #[test]
    fn what_is_written_is_what_is_done() {
        let done = Intervention::new;
        assert_eq!(read("61:erase"), [done(60, What::Erase)]);
        assert_eq!(read("1:alpha=0.5"), [done(0, What::ScaleAlpha(0.5))]);
        assert_eq!(read("7:reward=5,3"), [done(6, What::MoveReward([3, 5]))]);
        assert_eq!(read("4:modulator=-0.25"), [done(3, What::ClampModulator(Some(-0.25)))]);
        assert_eq!(read("61:erase@2"), [Intervention { layer: 1, ..done(60, What::Erase) }]);
        assert_eq!(read("7:act=up,left"), [done(6, What::Act(0)), done(7, What::Act(2))]);
        let transplant = What::Transplant { seed: 12, state: [].into() };
        assert_eq!(read("9:transplant=12"), [done(8, transplant)]);
        let network = maze().network(&maze().defaults()).unwrap();
        let all = in_order(&["9:freeze", "7:act=up,left"].map(|text| parse(text).unwrap()), maze(), &network).unwrap();
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
            "12:target=4",
            "3:modulator=0.5",
            "3:modulator=free@2",
        ] {
            assert_eq!(written(&read(text), maze()), text);
        }
    }

    #[test]
    fn actions_are_those_of_the_task() {
        let cues = tasks::find("cue_reward").unwrap();
        let yes = parse("10:act=yes,no").unwrap();
        assert_eq!(yes.of(cues).unwrap(), [Intervention::new(9, What::Act(1)), Intervention::new(10, What::Act(0))]);
        assert_eq!(written(&yes.of(cues).unwrap(), cues), "10:act=yes,no");
        let refused = |text: &str, task| parse(text).unwrap().of(tasks::find(task).unwrap()).unwrap_err();
        let words = "expected up, right, left or down in an episode of maze, found yes";
        assert_eq!(refused("10:act=yes", "maze"), words);
        assert_eq!(refused("10:act=up", "cue_reward"), "expected no or yes in an episode of cue_reward, found up");
        let words = "expected the network of an agent, found one of patterns, which has no action up";
        assert_eq!(refused("10:act=up", "patterns"), words);
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
            ("5:modulator=1.5", "a modulator from −1 to 1, or free, found 1.5"),
            ("5:modulator=NaN", "a modulator from −1 to 1, or free, found NaN"),
            ("5:target=0", "a cue from 1 as the target, found 0"),
            ("5:transplant=-1", "the seed of another episode, found -1"),
            ("5:reward=3", "COLUMN,ROW of a square, found 3"),
            ("5:erase@0", "a plastic layer from 1 behind the @, found 0"),
            ("5:erase@lstm1", "a plastic layer from 1 behind the @, found lstm1"),
            ("5:act=up,north", "up, right, left, down, no or yes, found north"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
