//! The task images: it learns, it is the same after a stop, and it never changes its pictures without a word.

use crate::workbench::{advance, bits};
use hebbscope::episode::EventKind;
use hebbscope::plastic::tensor_file::Precision;
use hebbscope::tasks::{self, TASKS};
use hebbscope::train::{Checkpoint, RunConfig, Trainer, evaluate};
use image::{GrayImage, Luma};
use std::path::Path;

/// A run on small pictures of the generator.
fn config(changes: &[(&str, &str)]) -> RunConfig {
    let small = [("source", "dead_leaves"), ("side", "8"), ("show_steps", "4"), ("rounds", "2"), ("gap_steps", "1")];
    let mut config = RunConfig::new(tasks::find("images").unwrap());
    for (key, value) in small.iter().chain(changes) {
        config.settings.set_text(key, value).unwrap();
    }
    config
}

fn trained(changes: &[(&str, &str)], iterations: usize) -> Trainer {
    let mut trainer = Trainer::new(config(changes)).unwrap();
    advance(&mut trainer, iterations);
    trainer
}

fn reopened(trainer: &Trainer) -> Checkpoint {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    trainer.checkpoint().unwrap().write(&path, Precision::Full).unwrap();
    Checkpoint::read(&path).unwrap()
}

/// `count` pictures that differ.
fn pictures(folder: &Path, count: u8) {
    for number in 0..count {
        let picture = GrayImage::from_fn(16, 16, |x, y| Luma([(x * 16 + y) as u8 ^ (number * 7)]));
        picture.save(folder.join(format!("{number:03}.png"))).unwrap();
    }
}

#[test]
fn the_defaults_are_the_papers() {
    let config = RunConfig::new(tasks::find("images").unwrap());
    let network = config.task().network(&config.settings).unwrap();
    let numbers: usize = network.shapes().iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
    // Section 4.3 counts w and α; η is one more.
    assert_eq!((network.neurons, numbers), (1025, 2_101_250 + 1));
    for (key, value) in [("count", 3), ("rounds", 3), ("show_steps", 20), ("gap_steps", 3), ("probe_steps", 3)] {
        assert_eq!(config.settings.whole(key), value, "{key}");
    }
    assert_eq!((config.settings.real("lr"), config.settings.choice("alpha")), (1e-4, "free"));
}

#[test]
fn a_lifetime_shows_all_pictures_and_blanks_one_half() {
    let mut halves = [false; 2];
    let checkpoint = trained(&[], 0).checkpoint().unwrap();
    for seed in 0..20 {
        let tape = evaluate::episode(&checkpoint, seed).unwrap();
        tape.check().unwrap();
        assert_eq!((tape.steps, tape.network.neurons), (2 * 3 * (4 + 1) + 3, 65));
        let (target, probe) = (&tape.pictures["target"].values, &tape.pictures["probe"].values);
        let blanked: Vec<bool> = probe.iter().map(|&value| value == 0.0).collect();
        let top = blanked[0];
        halves[usize::from(top)] = true;
        for pixel in 0..64 {
            assert_eq!(blanked[pixel], (pixel < 32) == top, "seed {seed}, pixel {pixel}");
            assert!(blanked[pixel] || probe[pixel] == target[pixel]);
        }
        for event in &tape.events {
            for step in event.start..event.start + event.steps {
                let shown = &tape.drive[step * 65..][..65];
                assert_eq!(shown[64], 1.0, "the bias");
                match (event.kind, event.index) {
                    (EventKind::Study, Some(index)) => {
                        assert_eq!(shown[..64], tape.pictures["study"].values[index * 64..][..64]);
                        assert!(shown.iter().all(|&value| value != 0.0), "every pixel is shown");
                    }
                    (EventKind::Probe, None) => assert_eq!(shown[..64], probe[..]),
                    (kind, _) => assert!(kind == EventKind::Blank && shown[..64].iter().all(|&value| value == 0.0)),
                }
            }
        }
    }
    assert_eq!(halves, [true, true], "the top half and the bottom half");
}

#[test]
fn random_pixels_can_be_blanked_instead() {
    let checkpoint = trained(&[("blank", "random"), ("blank_fraction", "0.25")], 0).checkpoint().unwrap();
    let tape = evaluate::episode(&checkpoint, 1).unwrap();
    let blanked: Vec<usize> = (0..64).filter(|&pixel| tape.pictures["probe"].values[pixel] == 0.0).collect();
    assert_eq!(blanked.len(), 16);
    assert!(blanked.first() < Some(&16) && blanked.last() > Some(&47), "all over the picture: {blanked:?}");
}

#[test]
fn a_network_learns_to_fill_in_what_it_has_seen_once() {
    let changes = [("lr", "0.003"), ("batch", "4"), ("side", "6"), ("show_steps", "5"), ("rounds", "3")];
    let correlation = |iterations: usize| {
        let checkpoint = trained(&changes, iterations).checkpoint().unwrap();
        evaluate::evaluate(&checkpoint, 0, 100, |_| {}).unwrap()
    };
    let (new, learned) = (correlation(0), correlation(300));
    assert!(new.measure.abs() < 0.2, "a new network knows nothing: {}", new.measure);
    assert!(learned.measure > 0.6, "{}", learned.measure);
    let detail = |key: &str| learned.details.iter().find(|(measure, _)| measure.key == key).unwrap().1;
    assert!(detail("mse") < detail("baseline_mean_mse"), "{:?}", learned.details);
    assert!(learned.measure > detail("baseline_other_study_correlation"), "it knows which picture");
    assert!(detail("baseline_best_study_correlation") > 0.99, "a perfect memory finds the picture");
    assert_eq!(learned.examples.as_deref(), Some("dead leaves, generated"));
}

#[test]
fn a_run_stopped_and_resumed_is_the_run_that_never_stopped() {
    let folder = tempfile::tempdir().unwrap();
    pictures(folder.path(), 12);
    let path = folder.path().to_str().unwrap();
    for source in [&[("source", "dead_leaves")][..], &[("source", "folder"), ("path", path)]] {
        let mut resumed = Trainer::from_checkpoint(reopened(&trained(source, 2))).unwrap();
        advance(&mut resumed, 3);
        assert!(bits(resumed.parameters()) == bits(trained(source, 5).parameters()), "{source:?}");
    }
}

#[test]
fn a_run_says_where_its_pictures_come_from_and_keeps_to_it() {
    let folder = tempfile::tempdir().unwrap();
    pictures(folder.path(), 30);
    let trainer = trained(&[("source", "auto"), ("path", folder.path().to_str().unwrap())], 1);
    assert_eq!(trainer.config().settings.choice("source"), "folder");
    assert!(trainer.examples().unwrap().contains("27 to learn from, 3 kept for testing"), "{:?}", trainer.examples());
    let checkpoint = reopened(&trainer);
    assert!(evaluate::evaluate(&checkpoint, 0, 1, |_| {}).unwrap().examples.unwrap().contains("3 kept for testing"));

    // Another place with other pictures stands for a folder that has changed since: what was read stays in memory.
    let other = tempfile::tempdir().unwrap();
    pictures(other.path(), 31);
    let mut changed = checkpoint.clone();
    changed.config.settings.set_text("path", other.path().to_str().unwrap()).unwrap();
    let error = Trainer::from_checkpoint(changed.clone()).err().unwrap().to_string();
    assert!(error.contains("expected the ones that this run began with"), "{error}");
    let error = evaluate::evaluate(&changed, 0, 1, |_| {}).unwrap_err().to_string();
    assert!(error.contains("expected the ones that this run began with"), "{error}");

    // Gone: it does not go on, but it can be looked at, on pictures that it says.
    let mut gone = checkpoint;
    gone.config.settings.set_text("path", other.path().join("gone").to_str().unwrap()).unwrap();
    let error = Trainer::from_checkpoint(gone.clone()).err().unwrap().to_string();
    assert!(error.contains("gone: cannot be read"), "{error}");
    let seen = evaluate::evaluate(&gone, 0, 1, |_| {}).unwrap().examples.unwrap();
    assert!(seen.contains("dead leaves") || seen.contains("CIFAR-10 test batch"), "{seen}");
}

#[test]
fn every_task_lives_saves_and_is_evaluated() {
    // Small numbers for whatever lengths a task has.
    let small = [("size", "12"), ("side", "4"), ("count", "2"), ("show_steps", "2"), ("rounds", "1"), ("batch", "2")];
    for task in TASKS {
        let mut config = RunConfig::new(*task);
        for (key, value) in small {
            let _has_it = config.settings.set_text(key, value);
        }
        let mut trainer = Trainer::new(config).unwrap();
        advance(&mut trainer, 2);
        let checkpoint = reopened(&trainer);
        assert_eq!(checkpoint.network, task.network(&checkpoint.config.settings).unwrap(), "{}", task.name());
        let result = evaluate::evaluate(&checkpoint, 0, 2, |_| {}).unwrap();
        assert!(result.measure.is_finite() && result.details.iter().all(|(_, value)| value.is_finite()));
        let keys: Vec<&str> = result.details.iter().map(|(measure, _)| measure.key).collect();
        assert!(!keys.contains(&task.measure().key), "{keys:?}");
        evaluate::episode(&checkpoint, 0).unwrap().check().unwrap();
    }
}
