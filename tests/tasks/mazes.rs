//! Mazes that training never saw: goals that are withheld.

use crate::workbench::nowhere;
use hebbscope::data::{Generator, Stream};
use hebbscope::tasks::{self, Experiment, Purpose};
use hebbscope::train::{RunConfig, Trainer, evaluate};
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
        (&[][..], "the maze and its 64 goals are those of training; the lives are new"),
        (&[("withhold_goals", "16")][..], "16 goals that training never saw, of 64"),
    ] {
        let checkpoint = Trainer::new(config(changes)).unwrap().checkpoint().unwrap();
        let told = evaluate::evaluate(&checkpoint, 0, 2, |_| {}).unwrap();
        assert_eq!(told.examples.as_deref(), Some(expected));
    }
    assert_eq!(experiment(&config(&[]), Purpose::Training).examples(), None);
    let trained = experiment(&config(&[("withhold_goals", "16")]), Purpose::Training).examples();
    assert_eq!(trained.as_deref(), Some("48 goals of 64, 16 are withheld"));
}
