//! Interventions in a lesson: erased, frozen, scaled, the answer is that of the same network to which the same is done.

use super::one_look::checkpoint;
use super::window::wait_for;
use crate::support::{keep, offscreen, session_of, windowed};
use egui_kittest::kittest::Queryable as _;
use hebbscope::episode::{Intervention, OneShot, Tape, What};
use hebbscope::train::Checkpoint;
use hebbscope::ui::App;
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::picture::Picture;
use hebbscope::view::Session;
use hebbscope::view::numbers::percent;
use std::sync::Arc;

/// The last step of a lesson of five classes, in which the query is shown.
const QUERY: usize = 5;

fn intervene(session: &mut Session, step: usize, what: What) {
    session.clock.seek(step);
    session.intervene(what);
    wait_for(session, "the branch", |session| !session.is_branching());
    assert_eq!(session.notices, []);
}

fn one_shot(tape: &Tape) -> &OneShot {
    tape.content.one_shot().unwrap()
}

fn bits(tape: &Tape) -> Vec<u32> {
    one_shot(tape).answer.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn the_answer_is_that_of_the_branch_and_the_control_stays_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    let network = Checkpoint::read(&path).unwrap();
    let control = network.specimen().episode(0).unwrap();
    for (step, what) in [(QUERY, What::Erase), (0, What::Freeze), (QUERY, What::ScaleAlpha(30.0))] {
        let mut session = session_of(path.clone());
        intervene(&mut session, step, what.clone());
        let expected = network.specimen().branch(0, vec![Intervention::new(step, what.clone())]).unwrap();
        let scene = session.scene().unwrap();
        assert_eq!(**scene.tape(), expected, "{what:?}");
        assert_eq!(**scene.ghost.as_ref().unwrap().tape(), control, "{what:?}");
        assert_ne!(bits(&expected), bits(&control), "{what:?} changes nothing");
    }
}

#[test]
fn frozen_before_the_first_drawing_h_stays_zero_and_erased_before_the_query_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    let is_zero = |session: &mut Session, step: usize| {
        session.clock.seek(step);
        session.trace().unwrap().values().iter().all(|value| *value == 0.0)
    };
    let mut session = session_of(path.clone());
    assert!((1..=QUERY).all(|step| !is_zero(&mut session, step)), "the control writes");
    intervene(&mut session, 0, What::Freeze);
    assert!((0..=QUERY).all(|step| is_zero(&mut session, step)));
    let mut session = session_of(path);
    intervene(&mut session, QUERY, What::Erase);
    assert_eq!([4, QUERY].map(|step| is_zero(&mut session, step)), [false, true]);
}

#[test]
fn without_alpha_the_answer_is_that_without_a_trace_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    let answers = [(0, What::ScaleAlpha(0.0)), (QUERY, What::ScaleAlpha(0.0)), (QUERY, What::Erase), (0, What::Freeze)]
        .map(|(step, what)| {
            let mut session = session_of(path.clone());
            intervene(&mut session, step, what);
            bits(session.scene().unwrap().tape())
        });
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[test]
fn the_panel_tells_both_answers_and_speaks_of_lessons() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session = session_of(path);
    intervene(&mut app.session, QUERY, What::Erase);
    let scene = app.session.scene().unwrap();
    let said = [scene.tape(), scene.ghost.as_ref().unwrap().tape()].map(|tape| {
        let OneShot { lesson, answer } = one_shot(tape);
        let best = (0..5).fold(0, |best, class| if answer[class] > answer[best] { class } else { best });
        let of = |class: usize| format!("class {}, {}", class + 1, percent(f64::from(answer[class])));
        let asked = lesson.classes[QUERY];
        if best == asked {
            format!("right, {}", of(asked))
        } else {
            format!("wrong, {} (right is {})", of(best), of(asked))
        }
    });
    let mut harness = windowed(app);
    harness.state_mut().show_panel("Intervene", "Rank");
    harness.run_steps(3);
    harness.get_by_label(&format!("with intervention: {} · control: {}", said[0], said[1]));
    harness.get_by_label("explain Intervene").click();
    harness.run_steps(3);
    harness.get_by_label_contains("Press End, then Erase");
    assert!(harness.query_by_label_contains("reward").is_none(), "there is none in a lesson");
    // The same in many others, in words of right and wrong.
    crate::support::run_until(&mut harness, "the others", |app| app.session.is_at_rest());
    harness.run_steps(3);
    harness.get_by_label_contains("This episode: ");
    for node in harness.query_all_by_label_contains("open episode seed") {
        let label = egui_kittest::kittest::NodeT::accesskit_node(&node).label().unwrap_or_default();
        assert!(label.contains("the control"), "{label}");
    }
}

#[test]
fn the_panel_is_drawn_with_a_lesson_in_both_themes() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let panel = PANELS.iter().position(|make| make().title() == "Intervene").unwrap();
    for (ways, shots) in [("5", "1"), ("20", "1")] {
        let path = checkpoint(folder.path(), &[("ways", ways), ("shots", shots)]);
        for dark in [true, false] {
            let mut picture = Picture::with(device, dark);
            picture.open(Some(&path));
            let plain = picture.panel(panel, [600.0, 300.0], 1.0).unwrap();
            let last = picture.app.session.scene().unwrap().tape().steps - 1;
            intervene(&mut picture.app.session, last, What::Erase);
            for size in [[600.0, 300.0], [290.0, 300.0]] {
                let drawn = picture.panel(panel, size, 1.0).unwrap();
                assert!(drawn != plain, "nothing is seen of what was done");
                keep(&drawn, &format!("intervene-lesson-{ways}-{dark}-{}", size[0]));
            }
            device = picture.into_offscreen();
        }
    }
}
