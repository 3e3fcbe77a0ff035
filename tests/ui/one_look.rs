//! A lesson of drawings that are seen once: what the panel shows is what the tape holds, and when.

use super::window::wait_for;
use crate::support::{keep, offscreen, session_of, windowed};
use crate::workbench::checkpoint_file;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hebbscope::episode::{Content, Reel, Tape, What, tape_file};
use hebbscope::tasks;
use hebbscope::train::{Checkpoint, RunConfig, Snapshot, Trainer};
use hebbscope::ui::App;
use hebbscope::ui::panels::one_look::seen::Seen;
use hebbscope::ui::panels::{PANELS, one_look};
use hebbscope::ui::picture::Picture;
use hebbscope::view::inspection::Pinned;
use hebbscope::view::layout::{Named, Subject};
use hebbscope::view::matrices::MatrixKind;
use hebbscope::view::numbers::{figures, percent};
use hebbscope::view::{Session, scene};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A network that has hardly been trained, as a file.
pub fn checkpoint(folder: &Path, changes: &[(&str, &str)]) -> PathBuf {
    checkpoint_file(folder, "omniglot", 1, [&[("source", "invented"), ("batch", "1")], changes])
}

fn opened(path: PathBuf) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session = session_of(path);
    let mut harness = windowed(app);
    harness.run_steps(3);
    harness
}

fn tape(session: &Session) -> Arc<Tape> {
    Arc::clone(session.scene().unwrap().tape())
}

#[test]
fn features_columns_of_h_and_probabilities_are_those_of_the_tape_and_come_when_they_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    for (ways, shots) in [("5", "1"), ("3", "2")] {
        let mut session = session_of(checkpoint(folder.path(), &[("ways", ways), ("shots", shots)]));
        let tape = tape(&session);
        let lesson = &tape.content.one_shot().unwrap().lesson;
        let last = lesson.steps() - 1;
        for step in 0..=last {
            session.clock.seek(step);
            let trace = session.trace().unwrap();
            let seen = Seen::of(&tape, step, Some(&trace)).unwrap();
            assert_eq!((seen.is_asked(), seen.labelled.len()), (step == last, last));
            let lived = Reel::new(Arc::clone(&tape), 0).trace_at(step).to_vec();
            let at = |step: usize| &tape.layers[0].pre[step * 64..][..64];
            for (index, class) in seen.classes.iter().enumerate() {
                let shown: Vec<usize> = (0..last).filter(|at| *at <= step && lesson.classes[*at] == index).collect();
                assert_eq!(class.shown, shown.len());
                let expected: Vec<f32> = match shown[..] {
                    [] => Vec::new(),
                    [one] => at(one).to_vec(),
                    [one, other] => at(one).iter().zip(at(other)).map(|(one, other)| (one + other) / 2.0).collect(),
                    _ => panic!("{shots} drawings a class"),
                };
                assert_eq!(class.features, expected, "class {index} at {step}");
                let column: Vec<f32> = (0..64).map(|row| lived[row * lesson.ways() + index]).collect();
                assert_eq!(class.trace.as_ref().unwrap(), &column, "H of class {index} at {step}");
                // Its column is written by the step that shows it, and seen from the next on.
                let was_written = (0..step).any(|before| before < last && lesson.classes[before] == index);
                assert_eq!(column.iter().any(|value| *value != 0.0), was_written, "class {index} at {step}");
                let answer = tape.content.one_shot().unwrap().answer[index];
                assert_eq!(class.probability, (step == last).then_some(answer));
                assert_eq!(class.is_right, step == last && lesson.asked() == index);
            }
            assert_eq!(seen.query, if step == last { at(last).to_vec() } else { Vec::new() });
        }
    }
}

/// What a matrix panel says of H is what this panel says: which H it is, and what its colours reach.
#[test]
fn h_has_one_range_and_one_name_here_and_in_the_matrix_at_every_step() {
    let mut harness = opened(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/omniglot.safetensors")));
    let tape = tape(&harness.state().session);
    let last = tape.steps - 1;
    let mut reel = Reel::new(Arc::clone(&tape), 0);
    let mut largest = |step: usize| reel.trace_at(step).iter().fold(0.0, |most: f32, value| most.max(value.abs()));
    let seen = (0..=last).map(&mut largest).fold(0.0, f32::max);
    let left_behind = largest(tape.steps);
    for range in ["most", "full"] {
        let ranges = json!({ "ranges": vec![range; MatrixKind::ALL.len()] });
        harness.state_mut().dock().choose(&[("Trace".to_owned(), ranges)].into());
        let mut reached = BTreeSet::new();
        for step in 0..=last {
            harness.state_mut().session.clock.seek(step);
            harness.run_steps(2);
            let span = harness.state_mut().session.matrix(MatrixKind::Trace).unwrap().span;
            assert_eq!(span.full, seen, "what the query writes ({left_behind}) is never read");
            let reach = figures(f64::from(if range == "full" { span.full } else { span.most }), 3);
            let which =
                if step == last { "H before the query".into() } else { format!("H before drawing {}", step + 1) };
            harness.get_by_label_contains(&format!(", {which} (±{reach}), probability"));
            harness.get_by_label_contains(&format!("step {} · {which} · ", step + 1));
            reached.insert(reach);
        }
        assert_eq!(reached.len(), 1, "a colour means the same at every step: {reached:?}");
    }
}

#[test]
fn the_timeline_calls_the_steps_of_a_lesson_what_the_panels_call_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(checkpoint(folder.path(), &[]));
    let tape = tape(&harness.state().session);
    let lesson = &tape.content.one_shot().unwrap().lesson;
    let strip = harness.get_by_label_contains("timeline, step").rect();
    let last = tape.steps - 1;
    for step in 0..=last {
        let word = if step == last { "query".to_owned() } else { format!("class {}", lesson.classes[step] + 1) };
        harness.hover_at(strip.lerp_inside(egui::vec2((step as f32 + 0.5) / tape.steps as f32, 0.5)));
        harness.run_steps(2);
        let told = harness.state().session.hover.clone().unwrap();
        assert!(told.starts_with(&format!("step {}: {word}   (", step + 1)), "{told}");
    }
}

#[test]
fn cards_are_blank_until_they_are_shown_and_their_names_follow_the_clock() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(checkpoint(folder.path(), &[]));
    let expected = Named::Watch.arrangement_for(Subject::OneShot);
    assert_eq!(harness.state_mut().dock().arrangement(), Some(expected));
    let tape = tape(&harness.state().session);
    let one_shot = tape.content.one_shot().unwrap();
    let lesson = &one_shot.lesson;
    let title = |step: usize| {
        let class = lesson.classes[step];
        format!("class {}, {}", class + 1, lesson.names[class])
    };
    for step in [0, 3, 5] {
        harness.state_mut().session.clock.seek(step);
        harness.run_steps(2);
        for card in 0..5 {
            let now = if card == step { ", on show" } else { "" };
            let words = match card <= step {
                true => format!("drawing {}: {}{now}", card + 1, title(card)),
                false => format!("drawing {}, not yet shown", card + 1),
            };
            harness.get_by_label(&words);
        }
        harness.get_by_label(if step == 5 { "the query, on show" } else { "the query, not yet shown" });
    }
    // At the query every class has its probability.
    for (class, probability) in one_shot.answer.iter().enumerate() {
        let verdict = match (class == lesson.asked(), class == one_shot.answered()) {
            (true, true) => ", right, answered",
            (true, false) => ", right",
            (false, true) => ", answered",
            (false, false) => "",
        };
        let title = format!("class {}, {}", class + 1, lesson.names[class]);
        harness.get_by_label(&format!("{title}: shown once, {}{verdict}", percent(f64::from(*probability))));
    }
    // A click on a card goes to its step.
    harness.get_by_label_contains("drawing 2: ").click();
    harness.run_steps(2);
    assert_eq!(harness.state().session.clock.at(), 1);
}

#[test]
fn a_wrong_answer_says_that_it_is_wrong_and_a_right_one_that_it_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let network = Checkpoint::read(&checkpoint(folder.path(), &[])).unwrap();
    for is_right in [true, false] {
        let mut tape = network.specimen().episode(3).unwrap();
        let Content::OneShot(one_shot) = &mut tape.content else { panic!("no lesson") };
        let asked = one_shot.lesson.asked();
        let answered = if is_right { asked } else { (asked + 2) % 5 };
        one_shot.answer = (0..5).map(|class| if class == answered { 0.6 } else { 0.1 }).collect();
        let names = one_shot.lesson.names.clone();
        let path = folder.path().join(format!("{is_right}.safetensors"));
        tape_file::write(&path, &tape, &network.parameters).unwrap();
        let mut harness = opened(path);
        harness.state_mut().session.clock.seek(5);
        harness.run_steps(2);
        let title = |class: usize| format!("class {}, {}", class + 1, names[class]);
        let words = match is_right {
            true => format!("right: {}, {}", title(asked), percent(0.6_f32.into())),
            false => format!(
                "wrong: answered {}, {} · right is {}, {}",
                title(answered),
                percent(0.6_f32.into()),
                title(asked),
                percent(0.1_f32.into())
            ),
        };
        harness.get_by_label(&words);
    }
}

#[test]
fn networks_without_a_trace_show_their_features_and_say_so_in_every_panel() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    for rival in ["matching", "prototypical"] {
        let path = checkpoint(folder.path(), &[("network", rival)]);
        let mut session = session_of(path.clone());
        session.clock.seek(usize::MAX);
        assert!(session.trace().is_none());
        let tape = tape(&session);
        let seen = Seen::of(&tape, 5, None).unwrap();
        assert!(!seen.has_trace() && seen.is_asked());
        assert_eq!(seen.query, tape.activity_at(5));
        assert_eq!(seen.query.len(), 64);
        let harness = opened(path.clone());
        harness.get_by_label_contains("this network has no H");
        assert!(harness.query_all_by_label_contains("it answers by comparing features").next().is_some());
        let mut picture = Picture::with(device, true);
        picture.open(Some(&path));
        for panel in 0..PANELS.len() {
            picture.panel(panel, [500.0, 420.0], 1.0).unwrap();
        }
        assert!(picture.app.session.notices.is_empty(), "{:?}", picture.app.session.notices);
        device = picture.into_offscreen();
    }
}

#[test]
fn a_network_without_a_trace_is_seen_in_training_too() {
    let mut config = RunConfig::new(tasks::find("omniglot").unwrap());
    for (key, value) in [("source", "invented"), ("batch", "1"), ("network", "matching")] {
        config.settings.set_text(key, value).unwrap();
    }
    let mut trainer = Trainer::new(config.clone()).unwrap();
    trainer.keep_gradients();
    trainer.step().unwrap();
    let snapshot = Snapshot {
        iteration: 1,
        parameters: trainer.parameters().clone(),
        tape: Arc::clone(trainer.last_tape().unwrap()),
        gradients: trainer.last_gradients(),
    };
    assert!(snapshot.gradients.is_some());
    let scene = scene::from_snapshot("test".into(), config, snapshot).unwrap().scene;
    assert_eq!((scene.subject(), scene.shape()), (Subject::OneShot, [0; 2]));
    assert!(scene.gradients.is_none());
    for kind in MatrixKind::ALL {
        assert!(kind.why_missing(&scene).is_some(), "{kind:?}");
    }
}

#[test]
fn the_inspector_speaks_of_features_and_classes_of_the_same_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(checkpoint(folder.path(), &[]));
    let tape = tape(&harness.state().session);
    let lesson = &tape.content.one_shot().unwrap().lesson;
    let class = lesson.classes[0];
    for (step, words) in [(0, "the label names this class"), (1, "the label names another class")] {
        harness.state_mut().session.pin(Pinned::Synapse { from: 7, to: class });
        harness.state_mut().session.clock.seek(step);
        harness.run_steps(3);
        harness.get_by_label_contains("yj = soft-max(Σ (w + αH) φi + label)");
        harness.get_by_label_contains("H ← H + η yj (φi − yj H)");
        harness.get_by_label_contains(words);
        harness.get_by_label_contains(&format!("feature 7 → class {}", class + 1));
    }
    // One step has written by now, and it is named.
    harness.get_by_label_contains(&format!("class {}, step 1 wrote", class + 1));
    harness.state_mut().session.clock.seek(5);
    harness.run_steps(3);
    harness.get_by_label_contains("= soft-max(… + ");
    harness.state_mut().session.pin(Pinned::Neuron(class));
    for (step, label) in [(0, "this class"), (1, "another class"), (5, "none: the query")] {
        harness.state_mut().session.clock.seek(step);
        harness.run_steps(3);
        harness.get_by_label(&format!("y at step {}", step + 1));
        harness.get_by_label(label);
    }
}

#[test]
fn lessons_of_every_size_are_drawn_in_every_layout_and_both_themes() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (ways, shots) in [("5", "1"), ("2", "1"), ("20", "5")] {
        let path = checkpoint(folder.path(), &[("ways", ways), ("shots", shots)]);
        for dark in [true, false] {
            let mut picture = Picture::with(device, dark);
            picture.open(Some(&path));
            assert_eq!(picture.app.session.scene().unwrap().subject(), Subject::OneShot);
            picture.app.session.clock.seek(usize::MAX);
            let panel = PANELS.iter().position(|make| make().title() == "One look").unwrap();
            let last = picture.panel(panel, [500.0, 420.0], 1.0).unwrap();
            picture.app.session.clock.seek(0);
            let first = picture.panel(panel, [500.0, 420.0], 1.0).unwrap();
            assert!(first != last, "nothing appears");
            for layout in Named::ALL {
                picture.app.session.clock.seek(usize::MAX);
                picture.app.set_layout(layout);
                for size in [[900.0, 600.0], [1280.0, 800.0]] {
                    let drawn = picture.window(size, 1.0).unwrap();
                    keep(&drawn, &format!("one-look-{ways}-{shots}-{layout:?}-{dark}-{}", size[0]));
                }
            }
            device = picture.into_offscreen();
        }
    }
}

#[test]
fn erased_before_the_query_nothing_is_left_of_any_class_and_the_answer_is_that_of_the_weights_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session_of(checkpoint(folder.path(), &[]));
    session.clock.seek(5);
    session.intervene(What::Erase);
    wait_for(&mut session, "the branch", |session| session.scene().is_some_and(|scene| scene.ghost.is_some()));
    session.clock.seek(5);
    let trace = session.trace().unwrap();
    let tape = tape(&session);
    let seen = Seen::of(&tape, 5, Some(&trace)).unwrap();
    let network = session.scene().unwrap();
    let logits: Vec<f64> = (0..5)
        .map(|class| {
            let of = |(row, value): (usize, &f32)| f64::from(*value) * f64::from(network.w.at(row, class).unwrap());
            seen.query.iter().enumerate().map(of).sum()
        })
        .collect();
    let sum: f64 = logits.iter().map(|logit| logit.exp()).sum();
    for (class, logit) in seen.classes.iter().zip(logits) {
        assert!(class.trace.as_ref().unwrap().iter().all(|value| *value == 0.0));
        let (found, expected) = (f64::from(class.probability.unwrap()), logit.exp() / sum);
        assert!((found - expected).abs() < 1e-5, "{found}, of w alone {expected}");
    }
}

#[test]
fn the_panel_is_empty_for_other_lifetimes() {
    let session = Session::new(Arc::new(|| {}));
    assert!(!hebbscope::ui::panels::Panel::has_content(&one_look::OneLook::default(), &session));
}
