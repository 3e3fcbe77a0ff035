//! The figures of single networks: pictures recalled, matrices, the modulator beside the reward.

use super::figures::{made, options, write_run};
use super::figures_statistics::train;
use crate::workbench::config_of;
use hebbscope::train::Bundled;
use hebbscope::view::figures::episodes::OfNetwork;
use hebbscope::view::figures::{Drawing, Made, Options};
use std::path::Path;

fn of_network(made: &Made) -> &OfNetwork {
    match &made.drawing {
        Drawing::OfNetwork(of_network) => of_network,
        other => panic!("expected something of one network, found {other:?}"),
    }
}

const SMALL: [(&str, &str); 6] =
    [("source", "dead_leaves"), ("side", "6"), ("count", "2"), ("rounds", "1"), ("show_steps", "2"), ("lr", "0.003")];

#[test]
fn pictures_are_those_of_new_episodes_of_the_best_run() {
    let folder = tempfile::tempdir().unwrap();
    let config = config_of("images", [&SMALL, &[]]);
    let checkpoint = train(&folder.path().join("good"), &config, 1, 3);
    // Another run whose correlations are worse by its table, and one that is better and has no network.
    write_run(&folder.path().join("bad"), &checkpoint.config, 2, &[-1.0; 9]);
    write_run(&folder.path().join("gone"), &checkpoint.config, 3, &[5.0; 9]);
    let made = made("dp-4a", &Options { episodes: Some(3), seed: 5, ..options(folder.path()) });
    let OfNetwork::Recalls(recalls) = of_network(&made) else { panic!("expected pictures") };
    assert_eq!((recalls.rows.len(), recalls.side), (3, 6));
    for (row, seed) in recalls.rows.iter().zip(5..) {
        let tape = checkpoint.specimen().episode(seed).unwrap();
        let question = tape.content.question().unwrap();
        assert_eq!((row.seed, row.measure), (seed, tape.measure));
        assert_eq!((&row.study, &row.probe, &row.target[..]), (&question.study, &question.probe, question.asked()));
        assert_eq!(row.output, tape.activity_at(tape.steps - 1)[..36]);
    }
    let told = "good, training seed 1, trained for 3 iterations, the best of 3 runs by the end of their curves.";
    assert!(made.caption[0].starts_with("free α: ") && made.caption[0].ends_with(told), "{:?}", made.caption);
    assert!(made.passed_over.iter().any(|told| told.contains("gone")), "{:?}", made.passed_over);
    assert_eq!(made.to_csv().unwrap().lines().count(), 4);
}

#[test]
fn matrices_are_those_of_the_network_and_the_bundled_one_stands_in() {
    let empty = tempfile::tempdir().unwrap();
    let made = made("dp-4b", &options(empty.path()));
    let OfNetwork::Matrices(matrices) = of_network(&made) else { panic!("expected matrices") };
    let network = Bundled::Images.open().unwrap();
    assert_eq!(matrices.shape, [1025, 1025]);
    assert_eq!(matrices.values[0], network.parameters.values("w").unwrap());
    assert_eq!(matrices.values[1], network.parameters.values("alpha").unwrap());
    for (values, range) in matrices.values.iter().zip(matrices.ranges) {
        let beyond = values.iter().filter(|value| value.abs() > range).count() as f64 / values.len() as f64;
        assert!((0.0005..0.0015).contains(&beyond), "{beyond} of the values lie beyond the colours");
    }
    assert!(made.caption[0].starts_with("No run with a network was found: this is the bundled image network"));
    assert_eq!(made.missing.as_deref(), Some("the run of free α"));
    assert!(made.to_csv().is_none() && made.to_markdown().is_none());
}

#[test]
fn the_modulator_and_the_reward_are_those_of_the_episode() {
    let folder = tempfile::tempdir().unwrap();
    let small = [("neurons", "8"), ("steps", "30"), ("bits", "6"), ("batch", "2"), ("network", "retroactive")];
    let checkpoint = train(&folder.path().join("run"), &config_of("cue_reward", [&small, &[]]), 0, 2);
    let made = made("bp-3", &Options { seed: 9, ..options(folder.path()) });
    let OfNetwork::Modulated(modulated) = of_network(&made) else { panic!("expected a modulator") };
    let tape = checkpoint.specimen().episode(9).unwrap();
    assert_eq!(modulated.modulator, tape.modulator().unwrap().values);
    assert_eq!(modulated.rewards, tape.content.behaviour().unwrap().rewards);
    assert!(!modulated.is_fanned_out && modulated.modulator.len() == 30);
    let csv = made.to_csv().unwrap();
    let third = format!("3,{},{}", modulated.modulator[2], modulated.rewards[2]);
    assert_eq!(csv.lines().nth(3), Some(third.as_str()));
}

#[test]
fn without_a_run_the_bundled_agent_shows_its_modulator() {
    let made = made("bp-3", &options(Path::new("nowhere")));
    let OfNetwork::Modulated(modulated) = of_network(&made) else { panic!("expected a modulator") };
    let tape = Bundled::CueReward.open().unwrap().specimen().episode(0).unwrap();
    assert_eq!(modulated.modulator, tape.modulator().unwrap().values);
    assert!(!modulated.is_fanned_out && made.caption[0].contains("this is the bundled cue-reward agent, trained for"));
}

#[test]
fn a_run_folder_is_read_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let small = [("neurons", "8"), ("steps", "30"), ("network", "retroactive")];
    let path = folder.path().join("run");
    write_run(&path, &config_of("cue_reward", [&small, &[]]), 0, &[1.0; 4]);
    let before: Vec<_> = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(made("bp-1", &options(folder.path())).groups_in_words(), "retroactive neuromodulation n = 1");
    let after: Vec<_> = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(before, after);
}
