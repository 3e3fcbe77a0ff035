//! Mazes that training never saw: goals that are withheld, other pillars, other settings in tests than in training.

use crate::workbench::{evaluated, nowhere, specimen};
use hebbscope::data::{Generator, Stream};
use hebbscope::episode::EventKind;
use hebbscope::tasks::maze::grid::{Action, Square};
use hebbscope::tasks::settings::FieldKind;
use hebbscope::tasks::{self, Experiment, Purpose};
use hebbscope::train::{RunConfig, Trainer};
use std::collections::BTreeSet;

/// An agent that does in no time what it does.
const SMALL: [(&str, &str); 4] = [("steps", "4"), ("neurons", "4"), ("batch", "2"), ("size", "9")];

fn config(changes: &[(&str, &str)]) -> RunConfig {
    let mut config = RunConfig::new(tasks::find("maze").unwrap());
    for (key, value) in SMALL.iter().chain(changes) {
        config.settings.set_text(key, value).unwrap();
    }
    config
}

fn experiment(config: &RunConfig, purpose: Purpose) -> Box<dyn Experiment> {
    config.task().experiment(&config.settings, purpose).unwrap()
}

/// Where the rewards of some lifetimes are.
fn rewards(config: &RunConfig, purpose: Purpose, seed: u64) -> BTreeSet<[usize; 2]> {
    let (experiment, mut generator) = (experiment(config, purpose), Generator::new(seed, Stream::Episode));
    let parameters = Trainer::new(config.clone()).unwrap().parameters().snapshot().unwrap();
    let lived = (0..1000).map(|_| {
        let script = experiment.draw(&mut generator);
        experiment.live(&parameters, vec![script], nowhere()).unwrap().tape.content.walk().unwrap().reward
    });
    lived.collect()
}

#[test]
fn goals_that_are_withheld_are_those_of_tests_and_of_no_training_whatever_the_seed() {
    let withheld = config(&[("withhold_goals", "16")]);
    let seen = rewards(&withheld, Purpose::Training, 1);
    let unseen = rewards(&withheld, Purpose::Testing, 1);
    assert_eq!((seen.len(), unseen.len()), (48, 16));
    assert!(seen.is_disjoint(&unseen));
    let mut again = withheld.clone();
    again.seed = 5;
    assert_eq!(rewards(&again, Purpose::Testing, 9), unseen);
    let all = config(&[]);
    assert_eq!(rewards(&all, Purpose::Training, 1), &seen | &unseen);
    assert_eq!(rewards(&all, Purpose::Testing, 1), &seen | &unseen);
}

#[test]
fn more_goals_than_there_are_cannot_be_withheld() {
    for (size, most) in [("5", 19), ("9", 63), ("21", 339)] {
        let refused = |count: usize| {
            let config = config(&[("size", size), ("withhold_goals", &count.to_string())]);
            config.task().network(&config.settings).map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(refused(most), Ok(()));
        if most < 339 {
            let words = format!(
                "setting withhold_goals expects a whole number from 0 to {most} in a maze of this size, found {}",
                most + 1
            );
            assert_eq!(refused(most + 1), Err(words));
        }
    }
}

#[test]
fn an_evaluation_says_what_its_lives_have_in_common_with_those_of_training() {
    for (changes, expected) in [
        (&[][..], "the maze and its 64 goals are those of training; the episodes are new"),
        (
            &[("withhold_goals", "16")][..],
            "the maze is that of training; 16 of the 64 goals, none of which training had",
        ),
    ] {
        let checkpoint = Trainer::new(config(changes)).unwrap().checkpoint().unwrap();
        let told = evaluated(&checkpoint, 0, 2);
        assert_eq!(told.examples.as_deref(), Some(expected));
    }
    assert_eq!(experiment(&config(&[]), Purpose::Training).examples(), None);
    let trained = experiment(&config(&[("withhold_goals", "16")]), Purpose::Training).examples();
    assert_eq!(trained.as_deref(), Some("48 goals of 64, 16 are withheld"));
}

/// Walls of some lifetimes, with where agents begin and where the reward is.
fn walks(config: &RunConfig, purpose: Purpose, count: usize) -> Vec<hebbscope::episode::Walk> {
    let (experiment, mut generator) = (experiment(config, purpose), Generator::new(2, Stream::Episode));
    let parameters = Trainer::new(config.clone()).unwrap().parameters().snapshot().unwrap();
    let lived = (0..count).map(|_| {
        let tape = experiment.live(&parameters, vec![experiment.draw(&mut generator)], nowhere()).unwrap().tape;
        tape.check().unwrap();
        tape.content.walk().unwrap().clone()
    });
    lived.collect()
}

#[test]
fn every_life_has_random_pillars_of_its_own_and_goals_everywhere() {
    let random = config(&[("pillars", "random")]);
    let all = walks(&random, Purpose::Training, 1000);
    let regular = walks(&config(&[]), Purpose::Training, 2);
    assert_eq!(regular[0].walls, regular[1].walls);
    let count = |walls: &[bool]| walls.iter().filter(|wall| **wall).count();
    assert!(all.iter().all(|walk| count(&walk.walls) == count(&regular[0].walls) && walk.squares[0] == [5, 5]));
    let distinct: BTreeSet<&Vec<bool>> = all.iter().map(|walk| &walk.walls).collect();
    assert_eq!(distinct.len(), all.len(), "no maze twice");
    let goals: BTreeSet<[usize; 2]> = all.iter().map(|walk| walk.reward).collect();
    assert_eq!(goals.len(), 80, "every square but the centre");
    // Withheld goals are the same squares as in the regular maze.
    let withheld = |pillars| config(&[("pillars", pillars), ("withhold_goals", "8")]);
    let [unseen, same] = ["random", "regular"].map(|pillars| rewards(&withheld(pillars), Purpose::Testing, 1));
    assert_eq!((unseen.len(), &unseen), (8, &same));
    let seen = rewards(&withheld("random"), Purpose::Training, 1);
    assert!(seen.len() == 72 && seen.is_disjoint(&unseen));
}

/// All that an agent sees of the walls is of its own maze, and it stands on none of them.
#[test]
fn lives_together_see_each_their_own_pillars() {
    let config = config(&[("pillars", "random"), ("steps", "60"), ("batch", "8")]);
    let experiment = experiment(&config, Purpose::Training);
    let parameters = Trainer::new(config.clone()).unwrap().parameters().snapshot().unwrap();
    let mut generator = Generator::new(3, Stream::Training);
    for _ in 0..20 {
        let scripts: Vec<_> = (0..8).map(|_| experiment.draw(&mut generator)).collect();
        let alone = experiment.live(&parameters, vec![scripts[0].clone()], nowhere()).unwrap().tape;
        let tape = experiment.live(&parameters, scripts, nowhere()).unwrap().tape;
        let behaviour = tape.content.behaviour().unwrap();
        let walk = tape.content.walk().unwrap();
        assert_eq!(alone.content.walk().unwrap().walls, walk.walls);
        for (step, &[row, column]) in walk.squares[..tape.steps].iter().enumerate() {
            for (at, &wall) in behaviour.observations[step * 16..][..9].iter().enumerate() {
                assert_eq!(wall == 1.0, walk.is_wall([row + at / 3 - 1, column + at % 3 - 1]), "step {step}");
            }
        }
        let bumps = tape.events.iter().filter(|event| event.kind == EventKind::Bump);
        assert!(bumps.clone().count() > 0);
        for bump in bumps {
            let here = walk.squares[bump.start];
            assert_eq!(walk.squares[bump.start + 1], here, "nobody moved");
            let ahead = Action::ALL[behaviour.actions[bump.start]];
            let Square { row, column } = Square { row: here[0], column: here[1] }.beside(ahead);
            assert!(walk.is_wall([row, column]));
        }
    }
}

#[test]
fn a_network_is_tested_in_another_world_which_is_told_and_kept() {
    let trained = config(&[]);
    let set = |pairs: &[(&str, &str)]| {
        let pairs: Vec<_> = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        trained.altered_for_evaluation(&pairs)
    };
    assert_eq!(set(&[]).unwrap(), trained);
    assert_eq!(set(&[("steps", "4")]).unwrap(), trained, "nothing has changed");
    assert_eq!(trained.differences_in_words(), None);
    for (changes, words, examples) in [
        (
            &[("pillars", "random")][..],
            "pillars random (trained with regular)",
            "pillars drawn anew for every episode, training had one maze; 80 goals, 16 of which training never had",
        ),
        (
            &[("withhold_goals", "16"), ("steps", "7")],
            "steps 7 (trained with 4), withhold_goals 16 (trained with 0)",
            "the maze is that of training; 16 of the 64 goals, all of which training had",
        ),
        (
            &[("size", "11")],
            "size 11 (trained with 9)",
            "mazes of 11 × 11 squares, those of training had 9 × 9; 96 goals",
        ),
    ] {
        let altered = set(changes).unwrap();
        assert_eq!(altered.differences_in_words().as_deref(), Some(words));
        assert_eq!(altered.testing_experiment().unwrap().examples().as_deref(), Some(examples));
        // A tape keeps both.
        let parameters = Trainer::new(trained.clone()).unwrap().parameters().snapshot().unwrap();
        let tape = specimen(&altered, &parameters).episode(3).unwrap();
        let steps = changes.iter().find(|change| change.0 == "steps").map_or(4, |_| 7);
        assert_eq!(tape.steps, steps);
        assert_eq!(RunConfig::of_tape(&tape).unwrap().unwrap(), altered);
        // A run goes on as it began.
        let mut resumed = altered;
        resumed.training_experiment().unwrap();
        assert_eq!(resumed, trained);
    }
    for key in ["neurons", "network", "lr", "gamma", "batch"] {
        let value = if key == "network" { "modulated" } else { "0.5" };
        let value = if ["neurons", "batch"].contains(&key) { "7" } else { value };
        let error = set(&[(key, value)]).unwrap_err().to_string();
        let words =
            format!("setting {key} belongs to the network or to its training and stays in a test, expected one");
        assert!(error.starts_with(&words), "{error}");
    }
    assert!(set(&[("withhold_goals", "64")]).unwrap_err().to_string().contains("0 to 63"));
    assert!(set(&[("hair", "long")]).unwrap_err().to_string().contains("no setting hair"));
}

/// The default says nothing of it in files, and draws what it drew.
#[test]
fn settings_of_the_world_leave_the_network_and_the_files_of_a_run_alone() {
    for task in tasks::TASKS {
        let config = RunConfig::new(*task);
        assert!(!config.to_toml().contains("trained_with"));
        let network = task.network(&config.settings).unwrap();
        assert!(!task.world().is_empty(), "{}", task.name());
        for key in task.world() {
            let (field, now) = config.settings.iter().find(|(field, _)| field.key == *key).unwrap();
            assert!(!field.is_of_training, "{key}");
            let value = match field.kind {
                // Not all cues are shown in a trial; mazes are of odd size.
                FieldKind::Whole { .. } if *key == "shown" => (now.as_i64().unwrap() + 1).to_string(),
                FieldKind::Whole { .. } => (now.as_i64().unwrap() + 2).to_string(),
                FieldKind::Real { .. } => "0.25".to_owned(),
                FieldKind::Choice { options, .. } => options[1].to_owned(),
                FieldKind::Path => continue,
            };
            let altered = config.altered_for_evaluation(&[((*key).to_owned(), value)]).unwrap();
            assert_eq!(task.network(&altered.settings).unwrap(), network, "{key}");
            let text = toml::from_str(&altered.to_toml()).unwrap();
            assert_eq!(RunConfig::from_text(&text, None).unwrap(), altered, "{key}");
        }
    }
}
