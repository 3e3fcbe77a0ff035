//! A run folder keeps the network at every age: the same networks that trained, whatever comes between.

use crate::workbench::{advance, bits, config, trained};
use hebbscope::files::Precision;
use hebbscope::plastic::Parameters;
use hebbscope::train::ages::{self, Source};
use hebbscope::train::run_folder::checkpoint_path;
use hebbscope::train::worker::Options;
use hebbscope::train::{Bundled, Checkpoint, Event, RunConfig, RunFolder, Trainer, Worker};
use std::path::Path;

fn of_length(iterations: u64) -> RunConfig {
    let mut config = config(&[]);
    config.iterations = iterations;
    config
}

/// Trains to the end of the run.
fn train(trainer: Trainer, folder: RunFolder, ages: usize) {
    let worker = Worker::start(trainer, Some(folder), Options { ages, ..Options::default() }).unwrap();
    let ended = worker.events().unwrap().iter().find(|event| match event {
        Event::Warning(warning) => panic!("{warning}"),
        event => matches!(event, Event::Finished { .. } | Event::Failed { .. }),
    });
    assert!(matches!(ended, Some(Event::Finished { .. })), "{ended:?}");
}

fn begin(path: &Path, iterations: u64, ages: usize) {
    let trainer = Trainer::new(of_length(iterations)).unwrap();
    let folder = RunFolder::create(path, trainer.config()).unwrap();
    train(trainer, folder, ages);
}

/// The numbers of a network as its snapshot keeps them.
fn halved(parameters: &Parameters, of: &Trainer) -> Vec<(String, Vec<u32>)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.safetensors");
    let checkpoint = Checkpoint { parameters: parameters.clone(), continuation: None, ..of.checkpoint().unwrap() };
    checkpoint.write(&path, Precision::HalfMatrices).unwrap();
    bits(&Checkpoint::read(&path).unwrap().parameters)
}

#[test]
fn every_snapshot_is_the_network_of_its_age() {
    let folder = tempfile::tempdir().unwrap();
    begin(folder.path(), 20, 8);
    let source = Source::Run(folder.path().to_owned());
    let expected: Vec<u64> = ages::ages(8, 20).into_iter().collect();
    assert_eq!(source.ages(), expected);
    assert!(expected.len() > 5);
    let mut trainer = trained(&[], 0);
    for age in expected {
        let missing = age - trainer.iteration();
        advance(&mut trainer, missing as usize);
        let read = source.read(age, trainer.config()).unwrap();
        assert_eq!(bits(&read.parameters), halved(trainer.parameters(), &trainer), "age {age}");
        assert_eq!((read.iteration(), read.continuation.is_none()), (age, true));
    }
}

#[test]
fn a_run_that_was_stopped_has_the_same_snapshots_as_one_that_was_not() {
    let [whole, stopped] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    begin(whole.path(), 30, 12);
    // Stopped after 11 iterations, with a snapshot of what a crash has undone, which is not of this run any more.
    let mut trainer = Trainer::new(of_length(30)).unwrap();
    let mut folder = RunFolder::create(stopped.path(), trainer.config()).unwrap();
    for age in 0..=14 {
        if ages::ages(12, 30).contains(&age) {
            folder.save_age(&trainer.snapshot().unwrap()).unwrap();
        }
        if age == 11 {
            folder.save(&trainer.checkpoint().unwrap()).unwrap();
        }
        advance(&mut trainer, 1);
        folder.write_metrics(trainer.curve(), &[1.0]).unwrap();
    }
    std::fs::write(stopped.path().join("snapshots/00000014.safetensors"), b"of another way").unwrap();
    drop(folder);
    let (folder, checkpoint) = RunFolder::resume(stopped.path()).unwrap();
    assert!(Source::Run(stopped.path().to_owned()).ages().iter().all(|age| *age <= 11), "undone ages are kept");
    train(Trainer::from_checkpoint(checkpoint).unwrap(), folder, 12);
    let [whole, stopped] = [whole, stopped].map(|folder| {
        let source = Source::Run(folder.path().to_owned());
        let files = source
            .ages()
            .into_iter()
            .map(|age| std::fs::read(folder.path().join(format!("snapshots/{age:08}.safetensors"))).unwrap());
        (source.ages(), files.collect::<Vec<_>>())
    });
    assert!(whole == stopped, "{:?} and {:?}", whole.0, stopped.0);
}

#[test]
fn none_are_kept_where_none_are_wanted_and_the_run_is_the_same() {
    let [with, without] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    begin(with.path(), 10, 40);
    begin(without.path(), 10, 0);
    assert!(!without.path().join("snapshots").exists());
    let [with, without] = [with, without].map(|folder| std::fs::read(checkpoint_path(folder.path())).unwrap());
    assert!(with == without, "to be looked at has changed the run");
}

#[test]
fn where_they_cannot_be_kept_training_goes_on_and_says_so_once() {
    let folder = tempfile::tempdir().unwrap();
    let trainer = Trainer::new(of_length(12)).unwrap();
    let run = RunFolder::create(folder.path(), trainer.config()).unwrap();
    std::fs::write(folder.path().join("snapshots"), b"somebody's notes").unwrap();
    let worker = Worker::start(trainer, Some(run), Options::default()).unwrap();
    let mut warnings = Vec::new();
    for event in worker.events().unwrap() {
        match event {
            Event::Warning(warning) => warnings.push(warning),
            Event::Failed { reason, .. } => panic!("{reason}"),
            Event::Finished { iteration, .. } => {
                assert_eq!(iteration, 12);
                break;
            }
            _ => {}
        }
    }
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("snapshots") && warnings[0].contains("training goes on"), "{warnings:?}");
    assert_eq!(std::fs::read(folder.path().join("snapshots")).unwrap(), b"somebody's notes");
}

#[test]
fn a_snapshot_of_another_run_or_age_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    begin(folder.path(), 6, 4);
    let source = Source::Run(folder.path().to_owned());
    let file = |age: u64| folder.path().join(format!("snapshots/{age:08}.safetensors"));
    std::fs::copy(file(6), file(3)).unwrap();
    let said = source.read(3, &of_length(6)).unwrap_err().to_string();
    assert!(said.contains("00000003.safetensors: expected a network of 3 iterations, found one of 6"), "{said}");
    let mut other = of_length(6);
    other.seed = 7;
    let said = source.read(6, &other).unwrap_err().to_string();
    assert!(said.contains("expected a network of patterns with training seed 7, found one of"), "{said}");
    std::fs::write(file(6), b"torn").unwrap();
    assert!(source.read(6, &of_length(6)).unwrap_err().to_string().contains("00000006.safetensors"));
    std::fs::remove_file(file(6)).unwrap();
    assert!(source.read(6, &of_length(6)).is_err());
    assert_eq!(Source::Run("nowhere".into()).ages(), Vec::<u64>::new());
}

#[test]
fn the_bundled_snapshots_are_those_of_the_bundled_network() {
    let source = Source::Bundled(Bundled::Letters);
    let checkpoint = Bundled::Letters.open().unwrap();
    let ages = source.ages();
    assert!(ages.len() > 20 && ages.first() == Some(&0) && ages.last() == Some(&checkpoint.iteration()), "{ages:?}");
    for age in &ages {
        source.read(*age, &checkpoint.config).unwrap();
    }
    let last = source.read(checkpoint.iteration(), &checkpoint.config).unwrap();
    assert_eq!(bits(&last.parameters), bits(&checkpoint.parameters), "both are kept in 16 bits");
    assert_eq!(Source::Bundled(Bundled::Patterns).ages(), Vec::<u64>::new());
}
