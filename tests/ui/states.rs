//! The window in all its states: every layout, loading, stale, and walked through by keys alone.

use crate::support::{offscreen, windowed};
use crate::ui::window::{small_checkpoint, wait_for};
use egui::{Key, Modifiers};
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::train::Bundled;
use hebbscope::ui::App;
use hebbscope::ui::picture::Picture;
use hebbscope::view::inspection::Pinned;
use hebbscope::view::layout::Named;
use hebbscope::view::training::Phase;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[test]
fn every_layout_is_drawn_in_both_themes_and_at_twice_the_scale() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = small_checkpoint(folder.path(), &[]);
    let mut drawn = Vec::new();
    for dark in [true, false] {
        let mut picture = Picture::with(device, dark);
        picture.open(Some(&checkpoint));
        for layout in Named::ALL {
            picture.app.set_layout(layout);
            drawn.push(picture.window([1280.0, 800.0], 1.0).unwrap());
            let fine = picture.window([900.0, 600.0], 2.0).unwrap();
            assert_eq!((fine.width(), fine.height()), (1800, 1200));
        }
        device = picture.into_offscreen();
    }
    for (index, one) in drawn.iter().enumerate() {
        assert!(drawn[..index].iter().all(|other| other != one), "two layouts or themes look the same");
    }
}

/// The whole window, empty, with runs going to `folder`.
fn harness(folder: &Path) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.training.runs_folder = folder.to_owned();
    for (key, value) in [("size", "16"), ("count", "2"), ("rounds", "1")] {
        app.session.training.settings.set_text(key, value).unwrap();
    }
    windowed(app)
}

fn press(harness: &mut Harness<'_, App>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

fn run_until(harness: &mut Harness<'_, App>, what: &str, done: impl Fn(&App) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !done(harness.state()) {
        assert!(Instant::now() < deadline, "waited too long for {what}");
        harness.run_steps(1);
    }
}

/// Runs a command of the palette by typing its words.
fn command(harness: &mut Harness<'_, App>, words: &str) {
    press(harness, Modifiers::COMMAND, Key::P);
    harness.get_by_label("command to look for").type_text(words);
    harness.run_steps(2);
    press(harness, Modifiers::NONE, Key::Enter);
}

#[test]
fn what_is_being_opened_is_said_and_what_was_there_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(folder.path());
    harness.state_mut().session.open(small_checkpoint(folder.path(), &[]));
    let loading = harness.state().session.loading().unwrap().to_owned();
    assert!(loading.contains("opening") && loading.contains("small.safetensors"), "{loading}");
    run_until(&mut harness, "the file", |app| app.session.scene().is_some());
    harness.state_mut().session.open_bundled(Bundled::default());
    assert_eq!(harness.state().session.loading(), Some("opening the bundled network"));
    assert_eq!(harness.state().session.scene().unwrap().tape().neurons(), 41, "the old content was taken away");
}

#[test]
fn a_view_that_lags_behind_training_says_by_how_much() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(folder.path());
    harness.state_mut().session.open(small_checkpoint(folder.path(), &[]));
    run_until(&mut harness, "the file", |app| app.session.scene().is_some());
    harness.state_mut().session.training.set_pace(Some(50.0));
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    run_until(&mut harness, "a network in training", |app| app.session.scene().unwrap().origin.contains("current run"));
    press(&mut harness, Modifiers::NONE, Key::Home);
    let viewing = harness.state().session.scene().unwrap().iteration;
    harness.state_mut().session.training.set_pace(None);
    run_until(&mut harness, "the end of the run", |app| app.session.training.phase() == &Phase::Finished);
    harness.run_steps(2);
    harness.get_by_label(&format!("Follow training · {} behind", 200 - viewing)).click();
    run_until(&mut harness, "the newest network", |app| app.session.scene().unwrap().iteration == 200);
}

#[test]
fn keys_alone_open_play_step_back_pin_export_train_and_stop() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = small_checkpoint(folder.path(), &[]);
    let mut harness = harness(folder.path());
    press(&mut harness, Modifiers::COMMAND, Key::O);
    harness.get_by_label("Open a checkpoint, a run folder or a tape").type_text(checkpoint.to_str().unwrap());
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    run_until(&mut harness, "the file", |app| app.session.scene().is_some());
    assert!(harness.state().session.clock.is_playing(), "what has been opened plays");
    press(&mut harness, Modifiers::NONE, Key::Space);
    assert!(!harness.state().session.clock.is_playing());
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    let at = harness.state().session.clock.at();
    press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(harness.state().session.clock.at(), at - 1);

    command(&mut harness, "strongest");
    assert!(matches!(harness.state().session.pinned(), Some(Pinned::Synapse { .. })));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(harness.state().session.pinned(), None);

    press(&mut harness, Modifiers::COMMAND, Key::E);
    harness.get_by_label("file");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!harness.state().session.exports.is_open);

    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    run_until(&mut harness, "an iteration", |app| app.session.training.iteration() > 0);
    command(&mut harness, "stop training");
    run_until(&mut harness, "the stop", |app| matches!(app.session.training.phase(), Phase::Stopped | Phase::Finished));
}

#[test]
fn a_second_window_on_a_run_says_that_it_only_reads() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = crate::ui::window::quiet_session();
    first.training.runs_folder = folder.path().to_owned();
    first.training.settings.set_text("size", "16").unwrap();
    first.start_training();
    wait_for(&mut first, "the first network", |session| session.scene().is_some());
    let run = folder.path().join("patterns-seed-0");
    let mut second = harness(folder.path());
    second.state_mut().open(run.clone());
    run_until(&mut second, "the run", |app| app.session.scene().is_some());
    second.run_steps(2);
    second.get_by_label_contains("(read only)");
    assert_eq!(second.state().preferences().recent, [std::path::absolute(run).unwrap()]);
}

#[test]
fn a_run_that_breaks_says_where_and_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(folder.path());
    // Oja's rule with a rate that gradient descent drives far out of bounds.
    for (key, value) in [("rule", "oja"), ("lr", "1"), ("show_steps", "200"), ("count", "2"), ("rounds", "3")] {
        harness.state_mut().session.training.settings.set_text(key, value).unwrap();
    }
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    run_until(&mut harness, "the failure", |app| matches!(app.session.training.phase(), Phase::Failed(_)));
    harness.run_steps(2);
    let notice = harness.state().session.notices[0].text.clone();
    assert!(notice.contains("training stopped at iteration") && notice.contains("became"), "{notice}");
    assert!(notice.contains("The last good checkpoint is"), "{notice}");
    let kept = folder.path().join("patterns-seed-0/checkpoint.safetensors");
    assert!(hebbscope::train::Checkpoint::read(&kept).is_ok());
    harness.get_by_label("Dismiss").click();
    harness.run_steps(2);
    assert!(harness.state().session.notices.is_empty());
    harness.get_by_label_contains("Training failed:");
}
