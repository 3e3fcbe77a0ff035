//! The second axis of time: the same lifetime lived by the network at every age.

use crate::support::{offscreen, run_until, windowed};
use crate::ui::window::{prepare_small_run, quiet_session, wait_for};
use crate::workbench::{bits, config};
use egui::Key;
use egui_kittest::kittest::Queryable as _;
use hebbscope::train::ages::Source;
use hebbscope::train::worker::Options;
use hebbscope::train::{Bundled, Event, RunFolder, Trainer, Worker};
use hebbscope::ui::App;
use hebbscope::view::Session;
use hebbscope::view::matrices::{MatrixKind, Span};
use std::path::Path;
use std::sync::Arc;

/// A run of so many iterations with snapshots in `folder`.
fn run_in(folder: &Path, iterations: u64) {
    let mut config = config(&[]);
    config.iterations = iterations;
    let trainer = Trainer::new(config).unwrap();
    let run = RunFolder::create(folder, trainer.config()).unwrap();
    let worker = Worker::start(trainer, Some(run), Options { ages: 10, ..Options::default() }).unwrap();
    assert!(worker.events().unwrap().iter().any(|event| matches!(event, Event::Finished { .. })));
}

fn opened(path: &Path) -> Session {
    let mut session = quiet_session();
    session.open(path.to_owned());
    session.settle();
    session.clock.pause();
    session
}

#[test]
fn the_network_of_another_age_lives_the_same_lifetime_and_the_way_back_is_exact() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), 30);
    let source = Source::Run(folder.path().to_owned());
    for path in [folder.path().to_owned(), folder.path().join("checkpoint.safetensors")] {
        let mut session = opened(&path);
        session.show_seed(5);
        session.settle();
        session.clock.pause();
        session.clock.seek(9);
        let scene = session.scene().unwrap().clone();
        assert_eq!(session.ages(), source.ages());
        let younger = source.ages()[3];
        session.show_age(younger);
        session.settle();
        let young = session.scene().unwrap();
        let kept = source.read(younger, scene.config.as_ref().unwrap()).unwrap();
        assert_eq!(bits(&young.parameters), bits(&kept.parameters));
        assert_eq!((young.iteration, young.seed(), session.clock.at()), (younger, Some(5), 9));
        assert_eq!(young.tape().drive, scene.tape().drive, "it is another lifetime");
        assert_ne!(young.tape().activity, scene.tape().activity, "it is the same network");
        assert_eq!(session.curve().len(), 30, "the curve is that of the whole run");
        session.step_age(100);
        session.settle();
        let back = session.scene().unwrap();
        assert_eq!(bits(&back.parameters), bits(&scene.parameters), "the way back leads to 16 bits");
        assert_eq!(back.tape().activity, scene.tape().activity);
    }
}

#[test]
fn a_colour_means_the_same_at_every_age() {
    let mut session = quiet_session();
    session.open_bundled(Bundled::Letters);
    session.settle();
    session.clock.pause();
    session.clock.seek(30);
    let kinds = [MatrixKind::Trace, MatrixKind::AlphaTrace, MatrixKind::Weights, MatrixKind::TraceChange];
    let at_first = kinds.map(|kind| session.matrix(kind).unwrap());
    let ages = session.ages();
    for age in [ages[0], ages[ages.len() / 2]] {
        session.show_age(age);
        session.settle();
        assert_eq!(session.scene().unwrap().iteration, age);
        for (kind, before) in kinds.into_iter().zip(&at_first) {
            let now = session.matrix(kind).unwrap();
            assert_eq!(now.span.most, before.span.most, "{kind:?} at {age}");
            let largest = now.matrix.largest().unwrap().2.abs();
            assert!(now.span.full >= before.span.full.max(largest), "{kind:?} at {age} leaves something out");
            assert_ne!(now.matrix.values(), before.matrix.values(), "{kind:?} at {age} is of the same network");
            // A picture of it has the same colours.
            let mut pictured = quiet_session();
            pictured.show_still(session.still().unwrap());
            assert_eq!(pictured.matrix(kind).unwrap().span, now.span, "{kind:?} at {age} in a picture");
        }
    }
    session.open_bundled(Bundled::Patterns);
    session.settle();
    session.clock.pause();
    let other = session.matrix(MatrixKind::Weights).unwrap();
    assert_eq!(other.span, Span::of(&other.matrix), "another network is measured by its own");
}

#[test]
fn what_is_done_to_a_lifetime_is_done_at_every_age_and_can_be_taken_back() {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open_bundled(Bundled::Letters);
    app.session.settle();
    app.session.clock.pause();
    app.session.clock.seek(30);
    let mut harness = windowed(app);
    let erase = hebbscope::episode::What::Erase;
    harness.state_mut().session.intervene(erase);
    run_until(&mut harness, "the branch", |app| app.session.scene().unwrap().ghost.is_some() && !app.session.is_busy());
    let name = harness.state().session.scene().unwrap().life_name();
    harness.state_mut().session.show_age(40);
    run_until(&mut harness, "the younger network", |app| app.session.scene().unwrap().iteration < 100);
    let scene = harness.state().session.scene().unwrap();
    assert_eq!(scene.life_name(), name, "own letters are still asked");
    assert_eq!(scene.tape().interventions.len(), 1);
    assert!(scene.ghost.is_some());
    run_until(&mut harness, "rest", |app| !app.session.is_busy());
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    run_until(&mut harness, "the change taken back", |app| {
        app.session.interventions().is_empty() && !app.session.is_busy()
    });
    assert!(harness.state().session.scene().unwrap().iteration < 100, "the age is no change that is taken back");
}

#[test]
fn the_scrubber_the_keys_and_the_curve_lead_to_ages() {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open_bundled(Bundled::Letters);
    app.session.settle();
    app.session.clock.pause();
    let ages = app.session.ages();
    assert!(ages.len() > 20 && ages[0] == 0 && ages.last() == Some(&10_000), "{ages:?}");
    let mut harness = windowed(app);
    let age = |app: &App| app.session.scene().unwrap().iteration;
    let track = harness.get_by_label_contains("age of the network").rect();
    let at = |share: f32| egui::pos2(track.left() + share * track.width(), track.center().y);
    for (share, expected) in [(0.02, 0), (0.98, 10_000)] {
        harness.drag_at(at(0.5));
        harness.hover_at(at(share));
        harness.step();
        harness.drop_at(at(share));
        run_until(&mut harness, "the age at that place", |app| age(app) == expected);
    }
    harness.key_press(Key::Comma);
    run_until(&mut harness, "a younger network", |app| age(app) == ages[ages.len() - 2]);
    harness.key_press(Key::Period);
    run_until(&mut harness, "the oldest network", |app| age(app) == 10_000);
    harness.state_mut().show_panel("Learning", "Trace");
    harness.run_steps(3);
    let chart = harness.get_by_label_contains("curve of ").rect();
    harness.hover_at(chart.center());
    harness.step();
    harness.drag_at(chart.center());
    harness.step();
    harness.drop_at(chart.center());
    run_until(&mut harness, "the age on the curve", |app| (4000..6500).contains(&age(app)));
}

#[test]
fn a_network_that_is_let_grow_passes_all_ages_and_stays_at_the_last() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), 30);
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(folder.path().to_owned());
    app.session.settle();
    let ages = app.session.ages();
    app.session.toggle_growing();
    let mut seen = vec![];
    let context = egui::Context::default();
    for _ in 0..60 {
        app.advance(&context, 0.35);
        app.session.settle();
        let age = app.session.scene().unwrap().iteration;
        if seen.last() != Some(&age) {
            seen.push(age);
        }
    }
    assert_eq!(seen, ages);
    assert!(!app.session.is_growing());
}

#[test]
fn a_damaged_snapshot_is_told_of_and_the_view_keeps_what_it_had() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), 30);
    let mut session = opened(folder.path());
    let age = session.ages()[2];
    std::fs::write(folder.path().join(format!("snapshots/{age:08}.safetensors")), b"torn").unwrap();
    session.show_age(age);
    session.settle();
    let said = &session.notices.last().expect("something is said").text;
    assert!(said.contains(&format!("{age:08}.safetensors")), "{said}");
    assert_eq!((session.scene().unwrap().iteration, session.shown_age()), (30, Some(30)));
    session.step_age(-1);
    session.settle();
    assert!(session.scene().unwrap().iteration < 30);
}

#[test]
fn a_run_in_training_can_be_seen_at_the_ages_that_lie_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = quiet_session();
    prepare_small_run(&mut session, folder.path());
    session.start_training();
    wait_for(&mut session, "some ages", |session| session.ages().len() > 4 && !session.is_busy());
    session.show_age(0);
    wait_for(&mut session, "the network before training", |session| {
        session.scene().is_some_and(|scene| scene.iteration == 0)
    });
    assert!(!session.following);
    session.follow();
    wait_for(&mut session, "the newest network", |session| session.scene().unwrap().iteration > 4);
}

#[test]
fn networks_without_snapshots_have_no_second_axis() {
    let mut session = quiet_session();
    session.open_bundled(Bundled::Agent);
    session.settle();
    assert!(!session.has_ages());
    session.show_age(3);
    session.toggle_growing();
    session.settle();
    assert!(!session.is_growing());
    if let Some(offscreen) = offscreen() {
        let mut picture = hebbscope::ui::picture::Picture::with(offscreen, true);
        picture.app.session.open_bundled(Bundled::Letters);
        picture.app.session.settle();
        picture.app.session.clock.pause();
        let drawn = picture.window([1280.0, 800.0], 1.0).unwrap();
        crate::support::keep(&drawn, "growth");
    }
}
