//! The map of the embedding: which plane it is, where drawings lie on it, and what the pointer finds there.

use crate::support::{run_until, session_of, windowed};
use crate::ui::one_look::checkpoint;
use egui::{Pos2, Rect, Vec2};
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::episode::{Tape, tape_file};
use hebbscope::train::Checkpoint;
use hebbscope::ui::App;
use hebbscope::ui::panels::embedding::map::{Map, framed};
use hebbscope::ui::panels::embedding::spread::Spread;
use hebbscope::view::evaluations::embeddings::{Embedding, of_episode};
use hebbscope::view::evaluations::principal::Principal;
use hebbscope::view::numbers::percent;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Points that differ along two directions of five dimensions, three times as much along the first.
fn points() -> Vec<Vec<f32>> {
    let first = [0.5, 0.5, -0.5, 0.5, 0.0];
    let second = [0.5, -0.5, 0.5, 0.5, 0.0];
    let along = [(-3.0, 1.0), (3.0, 1.0), (-3.0, -1.0), (3.0, -1.0), (0.0, 0.0)];
    let point = |(one, other): (f32, f32)| {
        (0..5).map(|axis| 7.0 + axis as f32 + one * first[axis] + other * second[axis]).collect()
    };
    along.into_iter().map(point).collect()
}

#[test]
fn a_plane_is_that_of_the_two_directions_in_which_points_differ_most() {
    let points = points();
    let points: Vec<&[f32]> = points.iter().map(|point| &point[..]).collect();
    let plane = Principal::of(&points).unwrap();
    assert!((plane.shares[0] - 0.9).abs() < 1e-5 && (plane.shares[1] - 0.1).abs() < 1e-5, "{:?}", plane.shares);
    // Of a direction and its opposite, the one whose largest part is positive is taken; all parts here are as large.
    let places: Vec<[f32; 2]> = points.iter().map(|point| plane.place(point)).collect();
    let [right, up] = [places[1][0].signum(), places[0][1].signum()];
    for (place, expected) in places.iter().zip([[-3.0, 1.0], [3.0, 1.0], [-3.0, -1.0], [3.0, -1.0], [0.0, 0.0]]) {
        let found = [place[0] * right, place[1] * up];
        assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-4), "{places:?}");
    }
    let mirrored: Vec<Vec<f32>> = points.iter().rev().map(|point| point.to_vec()).collect();
    let mirrored = Principal::of(&mirrored.iter().map(|point| &point[..]).collect::<Vec<_>>()).unwrap();
    for point in &points {
        let [one, other] = [plane.place(point), mirrored.place(point)];
        assert!(one.iter().zip(other).all(|(one, other)| (one - other).abs() < 1e-4), "{one:?}, {other:?}");
    }
}

#[test]
fn points_without_a_plane_have_none() {
    let same = [1.0f32, 2.0, 3.0];
    assert_eq!(Principal::of(&[]), None);
    assert_eq!(Principal::of(&[&same, &[0.0, 0.0, 0.0]]), None, "two points have a line");
    assert_eq!(Principal::of(&[&same, &same, &same, &same]), None);
    assert_eq!(Principal::of(&[&same, &[0.0, f32::NAN, 0.0], &[0.0, 0.0, 1.0]]), None);
    assert_eq!(Principal::of(&[&same, &[0.0, 0.0], &[0.0, 0.0, 1.0]]), None, "points of different lengths");
}

fn opened(path: PathBuf) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session = session_of(path);
    let mut harness = windowed(app);
    harness.state_mut().show_panel("Embedding", "Trace");
    run_until(&mut harness, "the drawings of many episodes", |app| !app.session.embeddings.is_busy());
    harness
}

fn tape(harness: &Harness<'_, App>) -> Arc<Tape> {
    Arc::clone(harness.state().session.scene().unwrap().tape())
}

fn area(harness: &Harness<'_, App>) -> Rect {
    harness.get_by_label_contains("embedding of").rect()
}

fn seek(harness: &mut Harness<'_, App>, step: usize) {
    harness.state_mut().session.clock.seek(step);
    harness.run_steps(2);
}

/// The cosine between the features of each labelled drawing and those of the query.
fn likenesses(tape: &Tape) -> Vec<f64> {
    let drawings = of_episode(tape);
    let (query, labelled) = drawings.split_last().unwrap();
    let dot = |one: &[f32], other: &[f32]| -> f64 {
        one.iter().zip(other).map(|(one, other)| f64::from(*one) * f64::from(*other)).sum()
    };
    let cosine =
        |one: &[f32]| dot(one, &query.features) / (dot(one, one) * dot(&query.features, &query.features)).sqrt();
    labelled.iter().map(|drawing| cosine(&drawing.features)).collect()
}

/// Points at the labelled drawing of `map` that has the most room around it, and hears what it is; answers which it is and
/// where.
fn names_what_is_below(harness: &mut Harness<'_, App>, tape: &Tape, map: &Map) -> (usize, Pos2) {
    let (frame, _) = framed(area(harness));
    let points: Vec<Pos2> = map.own.iter().map(|point| map.at(frame, point.place)).collect();
    let room = |index: &usize| {
        let apart = |other: usize| points[*index].distance(points[other]);
        (0..6).filter(|other| other != index).map(apart).fold(f32::INFINITY, f32::min)
    };
    let alone = (0..5).max_by(|one, other| room(one).total_cmp(&room(other))).unwrap();
    let spread = Spread::of(&points, frame);
    let pos = spread.centres[alone];
    assert!(frame.shrink(4.0).contains(pos), "{pos:?} lies in {frame:?}");
    harness.hover_at(pos);
    harness.run_steps(2);
    let words = harness.state().session.hover.clone().unwrap();
    let one_shot = tape.content.one_shot().unwrap();
    let class = one_shot.lesson.classes[alone];
    let expected = format!(
        "class {}, {}: cosine to the query {:.2}, answered with {}",
        class + 1,
        one_shot.lesson.names[class],
        likenesses(tape)[alone],
        percent(f64::from(one_shot.answer[class])),
    );
    assert!(words.starts_with(&expected), "{words}, not {expected}");
    (alone, pos)
}

#[test]
fn the_map_shows_what_has_been_shown_among_drawings_of_other_episodes_and_names_what_is_most_like_the_query() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    let network = Checkpoint::read(&path).unwrap();
    let mut harness = opened(path);
    // Fifty episodes of six drawings.
    let others = harness.get_by_label("embedding of 1 of 6 drawings among 300 of other episodes");
    assert!(others.rect().width() > 100.0);
    harness.get_by_label_contains("300 unseen drawings");
    seek(&mut harness, 2);
    harness.get_by_label("embedding of 3 of 6 drawings among 300 of other episodes");
    seek(&mut harness, 5);
    let tape = tape(&harness);
    let lesson = &tape.content.one_shot().unwrap().lesson;
    let likenesses = likenesses(&tape);
    let best = (0..5).max_by(|one, other| likenesses[*one].total_cmp(&likenesses[*other])).unwrap();
    let class = lesson.classes[best];
    harness.get_by_label_contains(&format!("most like the query is class {}, {}", class + 1, lesson.names[class]));

    // Below the pointer: what lies there, its likeness and its probability. The plane is that of the drawings of the first
    // fifty episodes, then that of this one alone.
    let drawings: Vec<_> = (0..50).flat_map(|seed| of_episode(&network.specimen().episode(seed).unwrap())).collect();
    let plane = Principal::of(&drawings.iter().map(|drawing| &drawing.features[..]).collect::<Vec<_>>()).unwrap();
    let many = Arc::new(Embedding { drawings, plane, iteration: network.iteration() });
    let (many, own) = (Map::of(&tape, Some(many)).unwrap(), Map::of(&tape, None).unwrap());
    names_what_is_below(&mut harness, &tape, &many);
    harness.get_by_label("this episode").click();
    harness.run_steps(2);
    harness.get_by_label_contains("embedding of 6 of 6 drawings; most like");
    let (alone, pos) = names_what_is_below(&mut harness, &tape, &own);

    // A click goes to its step.
    harness.drag_at(pos);
    harness.drop_at(pos);
    harness.run_steps(2);
    assert_eq!(harness.state().session.clock.at(), alone);
}

#[test]
fn drawings_of_other_episodes_are_named_below_the_pointer() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    let network = Checkpoint::read(&path).unwrap();
    let mut harness = opened(path);
    let (frame, _) = framed(area(&harness));
    let mut found = Vec::new();
    for row in 1..10 {
        for column in 1..10 {
            let pos = frame.min + frame.size() * Vec2::new(column as f32, row as f32) / 10.0;
            harness.hover_at(pos);
            harness.run_steps(1);
            found.extend(harness.state().session.hover.clone().filter(|words| words.ends_with("in another episode")));
        }
    }
    assert!(!found.is_empty(), "no drawing is below any of 81 places");
    let episodes = (0..50).map(|seed| network.specimen().episode(seed).unwrap());
    let names: BTreeSet<String> = episodes.flat_map(|tape| of_episode(&tape)).map(|drawing| drawing.name).collect();
    for words in &found {
        assert!(names.contains(words.trim_end_matches(", in another episode")), "{words}");
    }
}

#[test]
fn a_tape_alone_has_the_plane_of_its_own_drawings() {
    let folder = tempfile::tempdir().unwrap();
    let session = session_of(checkpoint(folder.path(), &[]));
    let scene = session.scene().unwrap();
    let path = folder.path().join("alone.safetensors");
    let mut tape = Tape::clone(scene.tape());
    tape.origin.run = None;
    tape_file::write(&path, &tape, &scene.parameters).unwrap();
    let harness = opened(path);
    assert!(!harness.state().session.can_live());
    harness.get_by_label("embedding of 1 of 6 drawings");
}

#[test]
fn networks_without_a_plastic_layer_have_a_map_and_other_networks_none() {
    let folder = tempfile::tempdir().unwrap();
    let harness = opened(checkpoint(folder.path(), &[("network", "prototypical")]));
    harness.get_by_label("embedding of 1 of 6 drawings among 300 of other episodes");
    let patterns = crate::ui::window::small_checkpoint(folder.path(), &[]);
    let harness = opened(patterns);
    harness.get_by_label("A map of drawings as a one-shot network sees them belongs here.");
}
