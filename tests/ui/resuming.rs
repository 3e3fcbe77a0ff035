//! A saved run goes on in the window, with other hyperparameters of training, and from pictures that have moved.

use crate::support::windowed;
use crate::ui::window::{prepare_small_run, quiet_session, wait_for};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hebbscope::train::run_folder::checkpoint_path;
use hebbscope::train::{Checkpoint, RunConfig, RunFolder, Trainer};
use hebbscope::ui::App;
use hebbscope::view::Session;
use hebbscope::view::training::Phase;
use std::path::Path;
use std::sync::Arc;

/// A run of five iterations in a folder, as it was saved.
fn saved(path: &Path) -> Trainer {
    let mut trainer = Trainer::new(crate::workbench::config(&[])).unwrap();
    let mut run = RunFolder::create(path, trainer.config()).unwrap();
    crate::workbench::advance(&mut trainer, 5);
    run.save(&trainer.checkpoint().unwrap()).unwrap();
    run.write_metrics(trainer.curve(), &[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
    trainer
}

fn opened(path: &Path) -> Session {
    let mut session = quiet_session();
    session.open(path.to_owned());
    session.settle();
    session
}

fn checkpoint(path: &Path) -> Checkpoint {
    Checkpoint::read(&checkpoint_path(path)).unwrap()
}

#[test]
fn a_run_folder_goes_on_in_the_window() {
    let scratch = tempfile::tempdir().unwrap();
    let before = saved(scratch.path());
    let mut session = opened(scratch.path());
    assert!(session.can_resume());
    session.prepare_to_resume();
    let resuming = session.training.resuming.as_mut().unwrap();
    assert_eq!(resuming.steps_text, "10", "the length that was planned");
    for (text, fine) in [("5", false), ("many", false), ("", false), ("12", true)] {
        session.training.resuming.as_mut().unwrap().steps_text = text.into();
        assert_eq!(session.training.is_ready(), fine, "{text}");
    }
    session.training.settings.set_text("lr", "0.002").unwrap();
    session.start_training();
    wait_for(&mut session, "the end", |session| *session.training.phase() == Phase::Finished);
    assert_eq!(session.training.curve().len(), 12);
    assert!(session.training.curve()[..5] == *before.curve(), "the curve begins where the run began");
    assert_eq!(session.training.step_seconds()[..5], [1.0; 5]);
    let after = checkpoint(scratch.path());
    assert_eq!((after.iteration(), after.config.iterations), (12, 12));
    assert_eq!((after.config.changes.len(), after.config.settings.real("lr")), (1, 0.002));
    assert!(session.notices.is_empty(), "{:?}", session.notices);
}

#[test]
fn a_run_that_cannot_go_on_now_can_be_tried_again() {
    let scratch = tempfile::tempdir().unwrap();
    let trainer = saved(scratch.path());
    let mut session = opened(scratch.path());
    let (held, _) = RunFolder::resume(scratch.path()).unwrap();
    session.prepare_to_resume();
    session.start_training();
    wait_for(&mut session, "the refusal", |session| matches!(session.training.phase(), Phase::Failed(_)));
    assert!(session.notices[0].text.contains("another process"), "{:?}", session.notices);
    drop(held);
    session.notices.clear();
    assert!(session.training.resuming.is_some());
    session.start_training();
    wait_for(&mut session, "the end", |session| *session.training.phase() == Phase::Finished);
    assert!(session.training.curve()[..5] == *trainer.curve());
    assert_eq!(checkpoint(scratch.path()).iteration(), 10);
}

#[test]
fn what_makes_the_network_what_it_is_cannot_be_typed() {
    let scratch = tempfile::tempdir().unwrap();
    drop(saved(scratch.path()));
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(scratch.path().to_owned());
    app.session.settle();
    let mut harness = windowed(app);
    harness.get_by_label("Resume this run").click_accesskit();
    harness.run_steps(3);
    harness.get_by_label("Hyperparameters").click_accesskit();
    // The header opens over a few frames.
    harness.run_steps(30);
    let is_disabled = |role, key| harness.get_by_role_and_label(role, key).accesskit_node().is_disabled();
    let (text, list) = (egui::Role::TextInput, egui::Role::ComboBox);
    assert!(is_disabled(text, "pattern size") && is_disabled(list, "plasticity rule"), "they are those of the network");
    assert!(!is_disabled(text, "learning rate") && !is_disabled(text, "batch size"), "they are those of training");
    harness.get_by_label("Resume training");
    harness.get_by_label("Cancel").click_accesskit();
    harness.run_steps(2);
    harness.get_by_label("Train a new network");
    assert!(harness.state().session.training.resuming.is_none());
}

#[test]
fn a_preset_chosen_in_the_window_is_that_of_the_command_line() {
    for name in ["figure-3-plastic", "figure-4-easy"] {
        let (task, preset) = hebbscope::tasks::presets::find(name).unwrap();
        let mut session = quiet_session();
        session.training.set_task(task);
        session.training.apply_preset(preset);
        session.start_training();
        assert_eq!(session.training.config(), Some(&RunConfig::preset(name, None).unwrap()));
    }
    let mut session = quiet_session();
    let (task, preset) = hebbscope::tasks::presets::find("figure-3-plastic").unwrap();
    session.training.set_task(task);
    session.training.apply_preset(preset);
    // Another task has its own length again.
    session.training.set_task(hebbscope::tasks::find("patterns").unwrap());
    session.start_training();
    assert_eq!(session.training.config().unwrap().iterations, 200);
}

/// Who has stopped a run of this window, or wants it longer, need not close the window first.
#[test]
fn a_run_that_this_window_has_ended_goes_on_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = quiet_session();
    prepare_small_run(&mut session, folder.path());
    session.training.iterations_text = "777".into();
    session.training.set_pace(Some(40.0));
    session.start_training();
    wait_for(&mut session, "some iterations", |session| session.training.iteration() > 2);
    assert_eq!(session.training.config().unwrap().iterations, 777);
    assert!(!session.can_resume(), "it goes on already");
    session.training.tell(hebbscope::train::Command::Stop);
    wait_for(&mut session, "the stop", |session| *session.training.phase() == Phase::Stopped);
    let (run, left) = (session.training.folder().unwrap().to_owned(), session.training.iteration());
    assert!(session.can_resume());
    session.prepare_to_resume();
    assert_eq!(session.training.iterations_text, "777", "the field is as it was left");
    let resuming = session.training.resuming.as_mut().unwrap();
    assert_eq!((resuming.folder(), resuming.iteration()), (&*run, left));
    resuming.steps_text = (left + 3).to_string();
    session.training.set_pace(None);
    session.start_training();
    wait_for(&mut session, "the end", |session| *session.training.phase() == Phase::Finished);
    assert_eq!((checkpoint(&run).iteration(), session.training.folder()), (left + 3, Some(&*run)));
    session.prepare_to_resume();
    let longer = session.training.resuming.as_ref().unwrap();
    assert_eq!(longer.steps_text, (2 * (left + 3)).to_string(), "as many again");
    assert!(session.notices.iter().all(|notice| !notice.is_error), "{:?}", session.notices);
}
