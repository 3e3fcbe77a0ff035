//! A against B: both live the same lifetime, and their matrices differ by what they differ.

use super::legible::opened;
use crate::support::{keep, offscreen, run_until, windowed};
use crate::ui::window::{prepare_small_run, quiet_session, wait_for};
use egui::Key;
use egui_kittest::kittest::Queryable as _;
use hebbscope::episode::What;
use hebbscope::train::Bundled;
use hebbscope::ui::App;
use hebbscope::view::Session;
use hebbscope::view::beside::Side;
use hebbscope::view::matrices::MatrixKind;

fn values(session: &mut Session, side: Side) -> Vec<f32> {
    session.matrix_of(MatrixKind::Trace, side).expect("there is one").matrix.values().to_vec()
}

/// The letters, with the network of 10 000 iterations beside that of 14.
fn young_beside_old() -> App {
    let mut app = opened(Bundled::Letters);
    app.session.keep_beside();
    app.session.show_age(14);
    app.session.settle();
    app.session.clock.seek(60);
    app
}

#[test]
fn the_difference_is_that_of_both_traces_in_the_same_lifetime_at_the_same_step() {
    let mut app = young_beside_old();
    let session = &mut app.session;
    assert_eq!((session.scene().unwrap().iteration, session.beside().is_some()), (14, true));
    for step in [3, 60, 87] {
        session.clock.seek(step);
        let [a, b, difference] = Side::ALL.map(|side| values(session, side));
        assert_eq!(a, session.matrix(MatrixKind::Trace).unwrap().matrix.values());
        assert!(a.iter().zip(&b).zip(&difference).all(|((a, b), difference)| a - b == *difference));
        assert!(difference.iter().any(|value| *value != 0.0), "step {step}");
    }
    // What B shows is what the old network shows when it is in view itself.
    session.clock.seek(60);
    let beside = values(session, Side::B);
    session.step_age(100);
    session.settle();
    assert_eq!(values(session, Side::A), beside);
    assert!(values(session, Side::Difference).iter().all(|value| *value == 0.0), "it is beside itself");
}

#[test]
fn it_lives_whatever_comes_into_view_and_what_is_done_there() {
    let mut app = young_beside_old();
    app.session.show_seed(4);
    app.session.settle();
    app.session.clock.seek(50);
    app.session.intervene(What::Erase);
    app.session.update();
    app.session.settle();
    app.session.clock.seek(50);
    assert!(values(&mut app.session, Side::B).iter().all(|value| *value == 0.0), "its trace is erased too");
    app.session.clock.seek(70);
    assert!(values(&mut app.session, Side::B).iter().any(|value| *value != 0.0));
    // Another kind of network has nothing to be compared with.
    app.session.open_bundled(Bundled::Agent);
    app.session.settle();
    assert!(app.session.beside().is_none());
    let said = &app.session.notices.last().expect("something is said").text;
    assert!(said.contains("(B) is put away"), "{said}");
    assert!(app.session.matrix_of(MatrixKind::Trace, Side::A).is_some());
}

#[test]
fn colours_of_both_sides_mean_the_same() {
    let mut app = young_beside_old();
    let span = |session: &mut Session, side| session.matrix_of(MatrixKind::Weights, side).unwrap().span;
    assert_eq!(span(&mut app.session, Side::A), span(&mut app.session, Side::B));
    for side in [Side::A, Side::B] {
        let view = app.session.matrix_of(MatrixKind::Weights, side).unwrap();
        let largest = view.matrix.largest().unwrap().2.abs();
        assert!(view.span.full >= largest, "{side:?} leaves out {largest}");
    }
}

#[test]
fn keys_and_chips_choose_sides_and_the_panel_says_which() {
    let mut harness = windowed(opened(Bundled::Letters));
    assert!(
        harness.query_by_label("show A − B, how much the network in view has more than the one beside it").is_none()
    );
    harness.key_press(Key::B);
    run_until(&mut harness, "the network beside", |app| app.session.beside().is_some());
    harness.key_press(Key::Comma);
    run_until(&mut harness, "a younger network", |app| app.session.scene().unwrap().iteration < 10_000);
    run_until(&mut harness, "rest", |app| app.session.is_at_rest() && !app.session.is_busy());
    let chip = "show A − B, how much the network in view has more than the one beside it";
    harness.get_all_by_label(chip).next().unwrap().click_accesskit();
    harness.run_steps(3);
    harness.get_by_label_contains("A − B of H 26×26");
    harness.get_by_label("put the network beside away").click_accesskit();
    harness.run_steps(3);
    assert!(harness.state().session.beside().is_none());
    assert!(harness.query_by_label_contains("A − B of H 26×26").is_none());
    if let Some(offscreen) = offscreen() {
        let mut picture = hebbscope::ui::picture::Picture::with(offscreen, true);
        picture.app = young_beside_old();
        keep(&picture.window([1280.0, 800.0], 1.0).unwrap(), "beside");
    }
}

#[test]
fn episodes_of_training_are_passed_over_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = quiet_session();
    prepare_small_run(&mut session, folder.path());
    session.training.set_pace(Some(20.0));
    session.start_training();
    let iteration = |session: &Session| session.scene().map_or(0, |scene| scene.iteration);
    wait_for(&mut session, "the first network", |session| iteration(session) > 0);
    session.keep_beside();
    let first = iteration(&session);
    wait_for(&mut session, "others", |session| iteration(session) > first);
    session.settle();
    assert_eq!(session.notices, []);
    assert!(session.beside().is_some() && session.matrix_of(MatrixKind::Trace, Side::B).is_none());
    assert!(session.matrix_of(MatrixKind::Trace, Side::A).is_some());
}
