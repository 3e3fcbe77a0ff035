//! The window: every panel of the registry, every state, and what keys do. No display is needed.

use crate::support::{offscreen, windowed};
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::tasks;
use hebbscope::train::{Command, RunConfig, Trainer};
use hebbscope::ui::App;
use hebbscope::ui::panels::{self, PANELS};
use hebbscope::ui::picture::Picture;
use hebbscope::view::layout::Named;
use hebbscope::view::session::Session;
use hebbscope::view::training::Phase;
use image::RgbaImage;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A small network that has been trained for a moment, as a file.
pub fn small_checkpoint(folder: &Path, settings: &[(&str, &str)]) -> PathBuf {
    let mut config = RunConfig::new(tasks::find("patterns").unwrap());
    for (key, value) in [("size", "40"), ("count", "3"), ("show_steps", "4"), ("rounds", "2")].iter().chain(settings) {
        config.settings.set_text(key, value).unwrap();
    }
    let mut trainer = Trainer::new(config).unwrap();
    for _ in 0..5 {
        trainer.step().unwrap();
    }
    let path = folder.join("small.safetensors");
    trainer.checkpoint().unwrap().write(&path, hebbscope::files::Precision::Full).unwrap();
    path
}

fn colors(picture: &RgbaImage) -> usize {
    picture.pixels().map(|pixel| pixel.0).collect::<HashSet<_>>().len()
}

/// A session that wakes nobody.
pub fn quiet_session() -> Session {
    Session::new(Arc::new(|| {}))
}

/// Gets a small network ready for training, of which something happens within milliseconds; its run goes into `folder`.
pub fn prepare_small_run(session: &mut Session, folder: &Path) {
    session.training.runs_folder = folder.to_owned();
    for (key, value) in [("size", "20"), ("count", "2"), ("show_steps", "3"), ("rounds", "1")] {
        session.training.settings.set_text(key, value).unwrap();
    }
}

/// Lets other threads work until `done`, taking in what they send.
pub fn wait_for(session: &mut Session, what: &str, mut done: impl FnMut(&Session) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !done(session) {
        assert!(Instant::now() < deadline, "waited too long for {what}");
        session.update();
        std::thread::yield_now();
    }
}

/// Every panel by its place and title, with small networks that fill it.
pub fn every_panel(folder: &Path) -> Vec<(usize, &'static str, PathBuf)> {
    let checkpoint = small_checkpoint(folder, &[]);
    let agent = crate::ui::maze_panel::checkpoint(folder);
    let lesson = crate::ui::one_look::checkpoint(folder, &[]);
    let text = crate::ui::reading_panel::checkpoint(folder);
    let trials = crate::ui::trials_panel::checkpoint(folder, "modulated");
    let own = |title: &str| match title {
        "Maze" | "Agent" | "Rewards" => vec![&agent],
        "One look" | "Draw" | "Embedding" => vec![&lesson],
        "Words" | "Gates" => vec![&text],
        "Trials" | "Accuracy by trial" => vec![&trials],
        "Intervene" => vec![&agent, &lesson],
        "Gallery" => vec![&checkpoint, &lesson],
        _ => vec![&checkpoint],
    };
    let panels = PANELS.iter().enumerate().map(|(index, make)| (index, make().title()));
    panels.flat_map(|(index, title)| own(title).into_iter().map(move |own| (index, title, own.clone()))).collect()
}

#[test]
fn every_panel_draws_something_in_both_themes_and_says_what_belongs_there_when_empty() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (index, title, checkpoint) in every_panel(folder.path()) {
        let mut drawn = Vec::new();
        for dark in [true, false] {
            let mut picture = Picture::with(device, dark);
            let empty = picture.panel(index, [500.0, 420.0], 1.0).unwrap();
            picture.open(Some(&checkpoint));
            assert!(picture.app.session.notices.is_empty(), "{:?}", picture.app.session.notices);
            let full = picture.panel(index, [500.0, 420.0], 1.0).unwrap();
            assert!(colors(&empty) > 4, "{title}: the empty state shows no words");
            assert!(empty != full, "{title}: the panel looks the same with a network and without");
            drawn.push(full);
            device = picture.into_offscreen();
        }
        assert!(drawn[0] != drawn[1], "{title}: the themes look the same");
    }
}

#[test]
fn the_window_follows_the_playhead_and_its_size_and_scale() {
    let Some(device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut picture = Picture::with(device, true);
    picture.open(Some(&small_checkpoint(folder.path(), &[])));
    picture.app.session.clock.seek(usize::MAX);
    let last = picture.window([1280.0, 800.0], 1.0).unwrap();
    picture.app.session.clock.seek(1);
    let early = picture.window([1280.0, 800.0], 1.0).unwrap();
    assert!(last != early, "the window shows the same at two instants");
    picture.app.session.clock.seek(usize::MAX);
    assert!(last == picture.window([1280.0, 800.0], 1.0).unwrap(), "going back to an instant shows something else");
    for (size, scale) in [([720.0, 520.0], 1.0), ([1280.0, 800.0], 2.0), ([2560.0, 1440.0], 1.0)] {
        let picture = picture.window(size, scale).unwrap();
        assert_eq!([picture.width() as f32, picture.height() as f32], size.map(|side| side * scale));
    }
}

#[test]
fn networks_of_every_kind_can_be_looked_at() {
    let Some(mut device) = offscreen() else { return };
    for settings in [[("alpha", "yoked")], [("alpha", "per_neuron")], [("network", "non_plastic")], [("rule", "clip")]]
    {
        let folder = tempfile::tempdir().unwrap();
        let mut picture = Picture::with(device, true);
        picture.open(Some(&small_checkpoint(folder.path(), &settings)));
        assert!(picture.app.session.notices.is_empty(), "{:?}", picture.app.session.notices);
        picture.window([1000.0, 700.0], 1.0).unwrap();
        assert_eq!(picture.app.session.trace().is_some(), settings[0].1 != "non_plastic");
        device = picture.into_offscreen();
    }
}

#[test]
fn a_file_that_cannot_be_opened_leaves_the_view_as_it_was_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = quiet_session();
    session.open(small_checkpoint(folder.path(), &[]));
    session.settle();
    let neurons = session.scene().unwrap().tape().neurons();
    let broken = folder.path().join("broken.safetensors");
    std::fs::write(&broken, b"not a network").unwrap();
    session.open(broken);
    session.settle();
    assert_eq!(session.scene().unwrap().tape().neurons(), neurons);
    let notice = &session.notices[0];
    assert!(notice.is_error && notice.text.contains("broken.safetensors"), "{notice:?}");
}

#[test]
fn the_same_episode_again_is_the_same_and_a_new_one_is_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = quiet_session();
    session.open(small_checkpoint(folder.path(), &[]));
    session.settle();
    let first = Arc::clone(session.scene().unwrap().tape());
    session.new_episode(true);
    session.settle();
    assert!(*first == **session.scene().unwrap().tape());
    session.new_episode(false);
    session.settle();
    assert!(first.activity != session.scene().unwrap().tape().activity);
}

#[test]
fn an_agent_in_training_plays_each_lifetime_to_its_end_before_the_next_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = quiet_session();
    session.training.runs_folder = folder.path().to_owned();
    session.training.set_task(tasks::find("maze").unwrap());
    for (key, value) in [("size", "5"), ("steps", "60"), ("neurons", "12"), ("batch", "2")] {
        session.training.settings.set_text(key, value).unwrap();
    }
    session.start_training();
    wait_for(&mut session, "the first lifetime", |session| session.scene().is_some());
    assert!(session.clock.is_playing() && session.clock.at() == 0);
    let seconds = 60.0 / (hebbscope::episode::clock::STEPS_PER_SECOND * session.clock.speed());
    assert!((4.0..9.0).contains(&seconds), "a lifetime takes {seconds} s");

    for _ in 0..2 {
        let seen = session.scene().unwrap().iteration;
        session.clock.tick(0.4 * seconds);
        wait_for(&mut session, "training to go on", |session| session.training.iteration() > seen + 20);
        assert_eq!(session.scene().unwrap().iteration, seen, "the lifetime was cut short");
        session.clock.tick(seconds);
        assert_eq!(session.clock.at(), 59);
        wait_for(&mut session, "the next lifetime", |session| session.scene().unwrap().iteration > seen);
        assert!(session.clock.is_playing() && session.clock.at() == 0 && session.following);
    }
    session.clock.set_speed(4.0);
    session.clock.set_looping(true);
    let seen = session.scene().unwrap().iteration;
    session.clock.tick(1.0);
    assert_eq!(session.clock.at(), 59, "a clock that loops rests at the end");
    wait_for(&mut session, "the next lifetime", |session| session.scene().unwrap().iteration > seen);
    assert_eq!((session.clock.at(), session.clock.speed()), (0, 4.0), "the speed that the viewer chose stays");

    session.hold();
    session.clock.seek(usize::MAX);
    let seen = session.scene().unwrap().iteration;
    wait_for(&mut session, "training to go on", |session| session.training.iteration() > seen + 20);
    assert_eq!(session.scene().unwrap().iteration, seen, "a view that is held was taken away");
    session.training.tell(Command::Stop);
    wait_for(&mut session, "the end", |session| session.training.phase() == &Phase::Stopped);
}

#[test]
fn training_in_the_window_is_followed_paused_stepped_and_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = quiet_session();
    session.training.runs_folder = folder.path().to_owned();
    for (key, value) in [("size", "30"), ("count", "2"), ("rounds", "1")] {
        session.training.settings.set_text(key, value).unwrap();
    }
    session.training.seed_text = "7".into();
    session.training.set_pace(Some(20.0));
    session.start_training();
    wait_for(&mut session, "a network in training to be shown", |session| {
        session.scene().is_some_and(|scene| scene.iteration > 0)
    });
    let scene = session.scene().unwrap();
    assert_eq!(scene.tape().neurons(), 31);
    assert_eq!(session.clock.at() + 1, scene.tape().steps, "following keeps the view at the end of the lifetime");
    session.training.tell(Command::Pause);
    wait_for(&mut session, "the pause", |session| session.training.phase() == &Phase::Paused);
    let paused_at = session.training.iteration();
    session.training.tell(Command::OneIteration);
    wait_for(&mut session, "one iteration", |session| {
        session.training.phase() == &Phase::Paused && session.training.iteration() == paused_at + 1
    });
    session.training.tell(Command::Stop);
    wait_for(&mut session, "the stop", |session| session.training.phase() == &Phase::Stopped);
    assert!(session.notices.is_empty(), "{:?}", session.notices);
    let saved = folder.path().join("patterns-seed-7");
    assert_eq!(session.training.folder(), Some(saved.as_path()));
    let checkpoint = hebbscope::train::Checkpoint::read(&saved.join("checkpoint.safetensors")).unwrap();
    assert_eq!(checkpoint.iteration(), paused_at + 1);
}

#[test]
fn a_run_that_cannot_be_saved_says_so_and_trains_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    std::fs::write(&file, b"in the way").unwrap();
    let mut session = quiet_session();
    session.training.runs_folder = file;
    for (key, value) in [("size", "10"), ("count", "1"), ("rounds", "1")] {
        session.training.settings.set_text(key, value).unwrap();
    }
    session.start_training();
    wait_for(&mut session, "the end of the run", |session| session.training.phase() == &Phase::Finished);
    assert_eq!(session.training.iteration(), 200);
    assert!(session.notices[0].text.contains("not being saved"), "{:?}", session.notices);
}

#[test]
fn the_view_stays_with_the_viewer_who_takes_hold_of_it() {
    let mut session = quiet_session();
    let folder = tempfile::tempdir().unwrap();
    session.open(small_checkpoint(folder.path(), &[]));
    session.settle();
    session.training.runs_folder = folder.path().to_owned();
    session.training.settings.set_text("size", "10").unwrap();
    session.start_training();
    session.hold();
    wait_for(&mut session, "the end of the run", |session| session.training.phase() == &Phase::Finished);
    assert_eq!(session.scene().unwrap().tape().neurons(), 41, "the view was taken away");
    session.follow();
    wait_for(&mut session, "the newest network", |session| session.scene().unwrap().iteration == 200);
}

/// A harness around the whole window with the small network open and paused.
fn harness(folder: &Path) -> Harness<'static, App> {
    let context = egui::Context::default();
    let mut app = App::new(&context, Arc::new(|| {}));
    app.session.open(small_checkpoint(folder, &[]));
    app.session.settle();
    app.session.clock.pause();
    app.session.clock.seek(10);
    windowed(app)
}

#[test]
fn keys_move_through_a_lifetime() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(folder.path());
    let steps = harness.state().session.clock.steps();
    let none = egui::Modifiers::NONE;
    for (modifiers, key, expected) in [
        (none, egui::Key::ArrowRight, 11),
        (none, egui::Key::ArrowLeft, 10),
        (egui::Modifiers::SHIFT, egui::Key::ArrowRight, 20),
        (egui::Modifiers::COMMAND, egui::Key::ArrowLeft, 18),
        (egui::Modifiers::COMMAND, egui::Key::ArrowRight, 21),
        (none, egui::Key::Home, 0),
        (none, egui::Key::ArrowLeft, 0),
        (none, egui::Key::End, steps - 1),
    ] {
        harness.key_press_modifiers(modifiers, key);
        harness.run_steps(2);
        assert_eq!(harness.state().session.clock.at(), expected, "after {modifiers:?} {key:?}");
    }
    harness.key_press(egui::Key::OpenBracket);
    harness.run_steps(2);
    assert_eq!(harness.state().session.clock.speed(), 0.5);
    harness.key_press(egui::Key::Space);
    harness.run_steps(2);
    assert!(harness.state().session.clock.is_playing());
    harness.key_press(egui::Key::Space);
    harness.run_steps(2);
    assert!(!harness.state().session.clock.is_playing());
}

#[test]
fn keys_yield_while_text_is_typed_and_a_bad_seed_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(folder.path());
    let field = harness.get_by_label("training seed");
    field.focus();
    harness.run_steps(2);
    harness.get_by_label("training seed").type_text(" ]l");
    harness.key_press(egui::Key::Space);
    harness.key_press(egui::Key::Home);
    harness.run_steps(2);
    let session = &harness.state().session;
    assert_eq!((session.clock.at(), session.clock.is_playing(), session.clock.speed()), (10, false, 1.0));
    assert!(session.training.seed().is_err(), "{}", session.training.seed_text);
    harness.get_by_label_contains("expects a whole number");
    harness.get_by_label("Train a new network").click();
    harness.run_steps(2);
    assert!(!harness.state().session.training.has_run(), "a run was started with a seed that is none");
}

/// The same with the settings unfolded and the field of the size about to be typed in.
fn typing_a_size(folder: &Path) -> Harness<'static, App> {
    let mut harness = harness(folder);
    harness.get_by_label("Hyperparameters").click();
    // The header opens over a few frames.
    harness.run_steps(30);
    harness.get_by_role_and_label(egui::Role::TextInput, "pattern size").focus();
    harness.run_steps(2);
    harness
}

#[test]
fn a_setting_that_is_refused_is_explained_beside_its_field_and_no_run_starts() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = typing_a_size(folder.path());
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    harness.get_by_role_and_label(egui::Role::TextInput, "pattern size").type_text("1");
    harness.run_steps(2);
    harness.get_by_label_contains("expects a whole number from 2 to 4000, found 1");
    assert!(!harness.state().session.training.is_ready());
    harness.get_by_role_and_label(egui::Role::TextInput, "pattern size").type_text("2");
    harness.run_steps(2);
    assert!(harness.state().session.training.is_ready());
    assert_eq!(harness.state().session.training.settings.whole("size"), 12);
    harness.get_by_label("1 changed from the paper");
    // It may lie below the edge of the scrolled column.
    harness.get_by_label("Reset to defaults").click_accesskit();
    harness.run_steps(2);
    assert_eq!(harness.state().session.training.settings.whole("size"), 1000);
}

#[test]
fn a_field_keeps_the_focus_when_a_line_appears_above_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = typing_a_size(folder.path());
    harness.state_mut().session.training.seed_text = "none".into();
    harness.run_steps(2);
    harness.get_by_label_contains("training seed expects a whole number from 0 to ");
    assert!(harness.get_by_role_and_label(egui::Role::TextInput, "pattern size").is_focused());
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    harness.get_by_role_and_label(egui::Role::TextInput, "pattern size").type_text("50");
    harness.run_steps(2);
    assert_eq!(harness.state().session.training.settings.whole("size"), 50);
}

#[test]
fn everything_that_can_be_pressed_has_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(folder.path());
    for name in [
        "play (Space)",
        "back 1 step (←)",
        "forward 1 step (→)",
        "go to the first step (Home)",
        "go to the last step (End)",
        "loop (L)",
        "Train a new network",
        "New episode",
        "Replay episode",
        "close Recall",
    ] {
        harness.get_by_label(name);
    }
    // Canvases speak too.
    harness.get_by_label_contains("timeline, step 11 of");
    harness.get_by_label_contains("H 41×41, largest");
    harness.get_by_label("the cued pattern");
    harness.state_mut().set_layout(Named::Train);
    harness.run_steps(3);
    harness.get_by_label_contains("curve of 5 iterations");
}

#[test]
fn the_window_asks_for_no_frame_while_nothing_moves() {
    let folder = tempfile::tempdir().unwrap();
    let context = egui::Context::default();
    let mut app = App::new(&context, Arc::new(|| {}));
    app.session.open(small_checkpoint(folder.path(), &[]));
    app.session.settle();
    app.session.clock.pause();
    let mut wait = Duration::ZERO;
    for frame in 0..10 {
        let input = egui::RawInput { time: Some(f64::from(frame)), ..egui::RawInput::default() };
        let output = context.run_ui(input, |ui| {
            app.advance(ui.ctx(), 1.0);
            app.ui(ui);
        });
        wait = output.viewport_output[&egui::ViewportId::ROOT].repaint_delay;
        let _discarded = context.tessellate(output.shapes, 1.0);
    }
    assert_eq!(wait, Duration::MAX, "an idle window wants another frame");
    app.session.clock.play();
    let output = context.run_ui(egui::RawInput::default(), |ui| {
        app.advance(ui.ctx(), 0.001);
        app.ui(ui);
    });
    assert!(output.viewport_output[&egui::ViewportId::ROOT].repaint_delay < Duration::from_secs(1));
}

#[test]
fn panels_have_names_of_their_own() {
    let names: HashSet<_> = PANELS.iter().map(|make: &panels::Make| make().title()).collect();
    assert_eq!(names.len(), PANELS.len());
}
