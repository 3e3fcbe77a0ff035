//! A run that a window was killed in is offered by the next one, and goes on exactly from there.

use crate::support::{run_until, windowed};
use crate::ui::window::prepare_small_run;
use crate::workbench::{config, trained};
use egui::Context;
use egui_kittest::kittest::Queryable as _;
use hebbscope::train::{RunFolder, Trainer};
use hebbscope::ui::App;
use hebbscope::view::preferences::Preferences;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A run of 40 iterations that was killed after 12 of them.
fn killed(folder: &Path) -> PathBuf {
    let path = folder.join("patterns-seed-0");
    let mut config = config(&[]);
    config.iterations = 40;
    let mut run = RunFolder::create(&path, &config).unwrap();
    let mut trainer = Trainer::new(config).unwrap();
    for _ in 0..12 {
        trainer.step().unwrap();
    }
    run.write_metrics(trainer.curve(), &[1.0]).unwrap();
    run.save(&trainer.checkpoint().unwrap()).unwrap();
    path
}

/// The next window, whose preferences say that this run was in training.
fn next_window(folder: &Path, run: &Path) -> App {
    let path = folder.join("window.toml");
    Preferences { running: Some(run.to_owned()), ..Preferences::default() }.write(&path).unwrap();
    let mut app = App::with_preferences(&Context::default(), Arc::new(|| {}), Some(path));
    app.session.wait_for_panels();
    app
}

fn remembered(app: &mut App, folder: &Path) -> Option<PathBuf> {
    app.keep_preferences(&Context::default());
    Preferences::read(&folder.join("window.toml")).0.running
}

#[test]
fn a_run_that_was_killed_is_offered_and_goes_on_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let run = killed(folder.path());
    let mut harness = windowed(next_window(folder.path(), &run));
    harness.get_by_label_contains("The run patterns-seed-0 was left at iteration 12 of 40.");
    assert_eq!(
        remembered(harness.state_mut(), folder.path()),
        Some(run.clone()),
        "it is offered until somebody answers"
    );
    harness.get_by_label("Resume training").click_accesskit();
    run_until(&mut harness, "the end of the run", |app| app.session.training.iteration() == 40);
    assert_eq!(harness.state().session.training.curve(), trained(&[], 40).curve());
    assert_eq!(harness.state().session.training.folder(), Some(&*run));
    assert!(harness.query_by_label("Resume training").is_none());
    run_until(&mut harness, "the run to be saved", |app| !app.session.training.is_active());
    assert_eq!(remembered(harness.state_mut(), folder.path()), None, "it has come to its end");
}

#[test]
fn it_can_be_looked_at_or_declined() {
    for (button, opens) in [("Look at it", true), ("do not offer this run again", false)] {
        let folder = tempfile::tempdir().unwrap();
        let run = killed(folder.path());
        let mut harness = windowed(next_window(folder.path(), &run));
        harness.get_by_label(button).click_accesskit();
        harness.run_steps(2);
        harness.state_mut().session.settle();
        assert_eq!(harness.state().session.scene().is_some(), opens, "{button}");
        assert!(harness.state().session.interrupted().is_none());
        assert_eq!(remembered(harness.state_mut(), folder.path()), None, "{button}");
    }
}

#[test]
fn what_cannot_go_on_here_is_not_offered() {
    let folder = tempfile::tempdir().unwrap();
    let run = killed(folder.path());
    // Another window trains it.
    let (held, _) = RunFolder::resume(&run).unwrap();
    assert!(next_window(folder.path(), &run).session.interrupted().is_none());
    drop(held);
    assert!(next_window(folder.path(), &run).session.interrupted().is_some());
    std::fs::write(run.join("checkpoint.safetensors"), b"torn").unwrap();
    assert!(next_window(folder.path(), &run).session.interrupted().is_none());
    assert!(next_window(folder.path(), &folder.path().join("gone")).session.interrupted().is_none());
}

#[test]
fn a_window_remembers_the_run_that_it_trains_until_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let preferences = folder.path().join("window.toml");
    let mut app = App::with_preferences(&Context::default(), Arc::new(|| {}), Some(preferences));
    prepare_small_run(&mut app.session, folder.path());
    app.session.training.set_pace(Some(20.0));
    app.session.start_training();
    let mut harness = windowed(app);
    run_until(&mut harness, "the first iterations", |app| app.session.training.iteration() > 2);
    let run = harness.state().session.training.folder().unwrap().to_owned();
    assert_eq!(remembered(harness.state_mut(), folder.path()), Some(run));
    harness.state_mut().session.training.tell(hebbscope::train::Command::Stop);
    run_until(&mut harness, "the run to be stopped", |app| !app.session.training.is_active());
    assert_eq!(remembered(harness.state_mut(), folder.path()), None, "somebody has stopped it");
}
