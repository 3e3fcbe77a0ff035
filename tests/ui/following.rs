//! A run folder that somebody else writes is followed, never written to, and survived.

use crate::ui::window::{quiet_session, wait_for};
use hebbscope::files::Precision;
use hebbscope::tasks;
use hebbscope::train::run_folder::checkpoint_path;
use hebbscope::train::{RunConfig, RunFolder, Trainer};
use hebbscope::view::Session;
use hebbscope::view::training::Phase;
use std::path::Path;

fn trainer() -> Trainer {
    let mut config = RunConfig::new(tasks::find("patterns").unwrap());
    for (key, value) in [("size", "20"), ("count", "2"), ("show_steps", "3"), ("rounds", "1")] {
        config.settings.set_text(key, value).unwrap();
    }
    Trainer::new(config).unwrap()
}

/// One iteration, saved as a training process saves it.
fn step_and_save(trainer: &mut Trainer, folder: &mut RunFolder) {
    trainer.step().unwrap();
    folder.write_metrics(trainer.curve(), &[1.0]).unwrap();
    let checkpoint = trainer.checkpoint().unwrap();
    folder.save_tape(trainer.last_tape().unwrap(), &checkpoint.parameters).unwrap();
    folder.save(&checkpoint).unwrap();
}

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

fn followed(folder: &Path) -> Session {
    let mut session = quiet_session();
    session.open(folder.to_owned());
    session.settle();
    assert!(session.notices.is_empty(), "{:?}", session.notices);
    session
}

#[test]
fn a_run_folder_is_followed_as_it_grows_and_nothing_is_written_to_it() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    let mut trainer = trainer();
    let mut folder = RunFolder::create(&path, trainer.config()).unwrap();
    step_and_save(&mut trainer, &mut folder);
    let mut session = followed(&path);
    assert_eq!(session.scene().unwrap().iteration, 1);
    assert_eq!(session.watched(), Some(path.as_path()));
    session.clock.pause();
    session.clock.seek(2);
    for iteration in 2..=3 {
        step_and_save(&mut trainer, &mut folder);
        let written = contents(&path);
        wait_for(&mut session, "the newer network", |session| session.scene().unwrap().iteration == iteration);
        assert_eq!(session.curve().len() as u64, iteration);
        let lived = trainer.last_tape().unwrap();
        assert!(session.scene().unwrap().tape() == lived, "the last lifetime of training is not the one in view");
        assert_eq!(session.clock.at(), 2, "the view was moved to another instant");
        assert!(contents(&path) == written, "the folder that was followed has changed");
    }
}

#[test]
fn a_view_that_is_held_is_told_of_newer_networks_and_keeps_its_own() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    let mut trainer = trainer();
    let mut folder = RunFolder::create(&path, trainer.config()).unwrap();
    step_and_save(&mut trainer, &mut folder);
    let mut session = followed(&path);
    session.new_episode(false);
    session.settle();
    let episode = session.scene().unwrap().tape().origin.seed;
    step_and_save(&mut trainer, &mut folder);
    wait_for(&mut session, "word of the newer network", Session::has_newer);
    assert_eq!((session.scene().unwrap().iteration, session.scene().unwrap().tape().origin.seed), (1, episode));
    session.follow();
    assert_eq!(session.scene().unwrap().iteration, 2);

    session.training.runs_folder = parent.path().join("own");
    session.training.settings.set_text("size", "10").unwrap();
    session.start_training();
    assert_eq!(session.watched(), None, "one run is followed at a time");
}

#[test]
fn an_opened_network_shows_its_own_curve_also_after_a_run_in_this_window() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    let mut trainer = trainer();
    let mut folder = RunFolder::create(&path, trainer.config()).unwrap();
    step_and_save(&mut trainer, &mut folder);
    let mut session = quiet_session();
    session.training.runs_folder = parent.path().to_owned();
    session.training.settings.set_text("size", "10").unwrap();
    session.start_training();
    wait_for(&mut session, "the end of the run", |session| session.training.phase() == &Phase::Finished);
    wait_for(&mut session, "its last network", |session| session.scene().is_some_and(|scene| scene.iteration == 200));
    assert_eq!(session.curve().len(), 200);
    session.open(path);
    session.settle();
    assert_eq!(session.curve().len(), 1, "the curve belongs to another network than the one in view");
}

#[test]
fn a_half_written_or_vanished_run_is_said_once_and_taken_up_again() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    let mut trainer = trainer();
    let mut folder = RunFolder::create(&path, trainer.config()).unwrap();
    step_and_save(&mut trainer, &mut folder);
    let whole = std::fs::read(checkpoint_path(&path)).unwrap();
    let mut session = followed(&path);

    std::fs::write(checkpoint_path(&path), &whole[..whole.len() / 2]).unwrap();
    wait_for(&mut session, "the complaint", |session| !session.notices.is_empty());
    assert!(session.notices[0].text.contains("cut short"), "{:?}", session.notices);
    assert_eq!(session.scene().unwrap().iteration, 1, "the view was lost");

    std::fs::remove_file(checkpoint_path(&path)).unwrap();
    trainer.step().unwrap();
    trainer.checkpoint().unwrap().write(&checkpoint_path(&path), Precision::Full).unwrap();
    wait_for(&mut session, "the run to be whole again", |session| session.scene().unwrap().iteration == 2);
    assert!(session.notices.is_empty(), "what has been mended is still complained about: {:?}", session.notices);

    drop(folder);
    std::fs::remove_dir_all(&path).unwrap();
    wait_for(&mut session, "the second complaint", |session| !session.notices.is_empty());
    assert_eq!(session.scene().unwrap().iteration, 2);
}

#[test]
fn a_folder_without_a_run_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = quiet_session();
    session.open(folder.path().to_owned());
    session.settle();
    assert!(session.scene().is_none());
    assert!(session.notices[0].text.contains("without checkpoint.safetensors"), "{:?}", session.notices);
}
