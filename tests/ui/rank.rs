//! The rank meter: singular values against a direct method, what their vectors resemble, and the panel.

use crate::support::windowed;
use crate::ui::exact::singular_values;
use crate::ui::window::small_checkpoint;
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::episode::{Event, EventKind, Intervention, What};
use hebbscope::train::Bundled;
use hebbscope::ui::App;
use hebbscope::ui::panels::rank::words;
use hebbscope::view::Session;
use hebbscope::view::matrices::MatrixKind;
use hebbscope::view::rank::KINDS;
use hebbscope::view::rank::job::{Reading, Value};
use hebbscope::view::rank::resemblance::Label;
use hebbscope::view::rank::steps::sampled;
use hebbscope::view::rank::subspace::{LEADING, Leading, NotFinite, leading};
use rand::SeedableRng as _;
use rand_distr::{Distribution as _, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::sync::Arc;

fn normal(count: usize, seed: u64) -> Vec<f32> {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
    (0..count).map(|_| StandardNormal.sample(&mut generator)).collect()
}

/// Σ σ_k a_k b_kᵀ, with a and b drawn at random.
fn sum_of_products([rows, columns]: [usize; 2], sizes: &[f32]) -> Vec<f32> {
    let mut matrix = vec![0.0; rows * columns];
    for (index, size) in sizes.iter().enumerate() {
        let (a, b) = (normal(rows, 2 * index as u64), normal(columns, 2 * index as u64 + 1));
        for (row, a) in matrix.chunks_exact_mut(columns).zip(a) {
            row.iter_mut().zip(&b).for_each(|(value, b)| *value += size * a * b);
        }
    }
    matrix
}

fn found(matrix: &[f32], shape: [usize; 2], before: Option<&Leading>, most: usize) -> Leading {
    leading(matrix, shape, before, most, &|| true).unwrap().unwrap()
}

#[track_caller]
fn assert_like(found: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, exact) in found.iter().zip(expected) {
        assert!(
            (f64::from(*found) - exact).abs() <= tolerance * exact + 1e-5 * expected[0],
            "{found} for {exact} in {expected:?}"
        );
    }
}

#[test]
fn leading_values_are_those_of_a_direct_decomposition_in_every_shape() {
    for shape in [[1, 1], [1, 30], [3, 64], [64, 5], [40, 40], [120, 75], [30, 200]] {
        let [rows, columns] = shape;
        let matrix = normal(rows * columns, 7);
        let leading = found(&matrix, shape, None, 1000);
        assert_like(&leading.values, &singular_values(&matrix, shape, LEADING), 2e-3);
        let energy: f64 = matrix.iter().map(|value| f64::from(*value).powi(2)).sum();
        assert!((leading.energy - energy).abs() < 1e-9 * energy);
        // The first pair solves what defines it: A v = σ u, both of length one.
        let (u, v) = (&leading.left[0], &leading.right[0]);
        let image: Vec<f32> =
            matrix.chunks_exact(columns).map(|row| row.iter().zip(v).map(|(a, v)| a * v).sum()).collect();
        let off = image.iter().zip(u).map(|(image, u)| (image - leading.values[0] * u).abs()).fold(0.0, f32::max);
        assert!(off < 0.02 * leading.values[0], "{shape:?}: A v is {off} away from σ u");
        for vector in [u, v] {
            let length: f32 = vector.iter().map(|value| value * value).sum();
            assert!((length - 1.0).abs() < 1e-4, "{shape:?}: a vector of length {length}");
        }
    }
}

#[test]
fn a_matrix_of_low_rank_has_no_more_values_than_its_rank_and_the_same_each_time() {
    let shape = [80, 60];
    let matrix = sum_of_products(shape, &[3.0, 2.0, 1.0]);
    let leading = found(&matrix, shape, None, 40);
    assert_like(&leading.values, &singular_values(&matrix, shape, LEADING), 1e-4);
    assert!(leading.values[3..].iter().all(|value| *value < 1e-4 * leading.values[0]), "{:?}", leading.values);
    assert_eq!(leading.values, found(&matrix, shape, None, 40).values);
    let zero = found(&[0.0; 12], [4, 3], None, 40);
    assert_eq!((zero.values, zero.energy), (vec![0.0; 3], 0.0));
}

#[test]
fn what_is_added_is_found_from_where_the_step_before_has_ended() {
    let shape = [90, 70];
    let mut before = found(&vec![0.0; 90 * 70], shape, None, 12);
    for count in 1..=6 {
        let sizes: Vec<f32> = (0..count).map(|index| 1.0 + 0.5 * index as f32).collect();
        let matrix = sum_of_products(shape, &sizes);
        before = found(&matrix, shape, Some(&before), 12);
        assert_like(&before.values, &singular_values(&matrix, shape, LEADING), 1e-3);
    }
}

#[test]
fn what_cannot_be_decomposed_says_how_many_values_are_no_numbers() {
    let mut matrix = normal(12, 1);
    (matrix[3], matrix[7]) = (f32::NAN, f32::INFINITY);
    assert_eq!(leading(&matrix, [4, 3], None, 40, &|| true).unwrap_err(), NotFinite(2));
    let reading = Reading { step: 4, values: Vec::new(), energy: 0.0, non_finite: 2 };
    let sentence = words::sentence(MatrixKind::Trace, &reading, 4);
    assert_eq!(sentence, "2 values of H are NaN or infinite: it has no singular values");
    // Values so large that their products are infinite end too.
    let huge = vec![f32::MAX; 12];
    assert!(leading(&huge, [4, 3], None, 40, &|| true).is_ok());
    assert!(leading(&normal(12, 1), [4, 3], None, 40, &|| false).unwrap().is_none(), "nobody wants it any more");
}

#[test]
fn a_sentence_counts_the_values_that_hold_a_matrix() {
    let value = |size: f32| Value { size, label: None };
    let reading = |sizes: &[f32], energy: f64| Reading {
        step: 9,
        values: sizes.iter().copied().map(value).collect(),
        energy,
        non_finite: 0,
    };
    let said = |reading: Reading, at: usize| words::sentence(MatrixKind::AlphaTrace, &reading, at);
    assert_eq!(said(reading(&[4.0, 3.0, 0.1], 25.01), 9), "2 values hold 99.96\u{2005}% of α·H");
    assert_eq!(said(reading(&[4.0, 3.0, 0.1], 25.01), 11), "2 values hold 99.96\u{2005}% of α·H at step 10");
    assert_eq!(said(reading(&[5.0, 0.0], 25.0), 9), "1 value holds 100.00\u{2005}% of α·H");
    assert_eq!(said(reading(&[3.0, 1.0], 20.0), 9), "2 values hold 50.00\u{2005}% of α·H");
    assert_eq!(said(reading(&[0.0, 0.0], 0.0), 9), "α·H is zero");
    let label = Some(Label { name: "patterns 2 + 4".into(), resemblance: 0.934 });
    assert_eq!(words::value(&Value { size: 213.4, label }), "213 · patterns 2 + 4 (0.93)");
    assert_eq!(words::value(&Value { size: 5.93, label: None }), "5.9");
}

/// The bundled network of patterns with the lifetime of `seed`, at rest at its last step.
fn patterns(seed: u64) -> Session {
    let mut session = Session::new(Arc::new(|| {}));
    session.open_bundled(Bundled::Patterns);
    session.settle();
    if seed != 0 {
        let scene = session.scene().unwrap().of_seed(seed).unwrap();
        let still = session.still().unwrap();
        session.show_still(hebbscope::view::export::Still { scene, ..still });
    }
    session.clock.pause();
    session.clock.seek(usize::MAX);
    session
}

fn reading(session: &mut Session, kind: MatrixKind) -> Arc<Reading> {
    let at = session.clock.at();
    session.ask_ranks(kind);
    session.ranks.settle();
    session.ranks.at(kind, at).unwrap()
}

/// The values of a matrix at the step viewed, by the direct method.
fn exact(session: &mut Session, kind: MatrixKind) -> Vec<f64> {
    let matrix = session.matrix(kind).unwrap().matrix;
    singular_values(matrix.values(), [matrix.rows(), matrix.columns()], LEADING)
}

fn sizes(reading: &Reading) -> Vec<f32> {
    reading.values.iter().map(|value| value.size).collect()
}

#[test]
fn five_values_hold_the_five_patterns_of_the_bundled_network() {
    let mut session = patterns(0);
    session.clock.seek(202);
    let between = reading(&mut session, MatrixKind::Trace);
    assert_eq!(between.step, 202, "where the viewer rests, also between the steps of the line");
    assert!(session.ranks.readings(MatrixKind::Trace).is_some_and(|line| !line.contains_key(&202)));
    session.clock.seek(usize::MAX);
    let reading = reading(&mut session, MatrixKind::Trace);
    let exact = exact(&mut session, MatrixKind::Trace);
    assert_like(&sizes(&reading)[..6], &exact[..6], 1e-4);
    for (found, known) in exact.iter().zip([212.593, 194.795, 150.550, 147.816, 108.339, 5.928]) {
        assert!((found - known).abs() < 0.01, "{exact:?}");
    }
    let sentence = words::sentence(MatrixKind::Trace, &reading, session.clock.at());
    assert_eq!(sentence, "5 values hold 99.97\u{2005}% of H");
    // Every pattern is named, and nothing else is: the sixth value is no memory.
    let names: Vec<_> = reading.values.iter().filter_map(|value| Some(value.label.as_ref()?.name.clone())).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    for pattern in 1..=5 {
        assert!(names.iter().any(|name| name.contains(&pattern.to_string())), "pattern {pattern} of {names:?}");
    }
}

#[test]
fn values_that_nothing_sets_apart_are_those_of_a_direct_decomposition_too() {
    let mut session = patterns(0);
    for kind in [MatrixKind::Weights, MatrixKind::AlphaTrace] {
        let reading = reading(&mut session, kind);
        let exact = exact(&mut session, kind);
        assert_like(&sizes(&reading)[..6], &exact[..6], 5e-3);
    }
}

#[test]
fn a_memory_is_one_value_more() {
    let mut session = patterns(3);
    let events = session.scene().unwrap().tape().events.clone();
    let mut seen = std::collections::BTreeSet::new();
    for event in events.iter().filter(|event| event.index.is_some()).take(5) {
        seen.insert(event.index.unwrap());
        session.clock.seek(event.start + event.steps);
        let reading = reading(&mut session, MatrixKind::Trace);
        assert_eq!(reading.step, session.clock.at(), "the end of an event is looked at");
        assert_eq!(reading.holding(), seen.len(), "after {} patterns: {}", seen.len(), words::values(&reading));
        assert!(reading.share(seen.len()) > 0.999);
    }
    assert_eq!(seen.len(), 5, "the first round shows each pattern once");
}

#[test]
fn all_three_matrices_are_followed_at_every_step_also_where_somebody_intervenes() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::new(Arc::new(|| {}));
    session.open(small_checkpoint(folder.path(), &[("alpha", "per_neuron")]));
    session.settle();
    session.clock.pause();
    session.clock.seek(12);
    session.intervene(What::ScaleAlpha(-3.0));
    session.update();
    session.settle();
    let steps = session.scene().unwrap().tape().steps;
    assert_eq!(session.scene().unwrap().tape().interventions, [Intervention::new(12, What::ScaleAlpha(-3.0))]);
    for kind in KINDS {
        for step in [0, 1, 5, 11, 12, 20, steps - 1] {
            session.clock.seek(step);
            let reading = reading(&mut session, kind);
            assert!(reading.step == step || kind == MatrixKind::Weights);
            let exact = exact(&mut session, kind);
            assert_like(&sizes(&reading)[..6], &exact[..6], 1e-3);
            let held: f64 = exact[..6].iter().map(|value| value * value).sum();
            assert!((reading.share(6) * reading.energy - held).abs() <= 1e-3 * held, "{kind:?} at {step}");
        }
    }
    session.ask_ranks(MatrixKind::Trace);
    assert_eq!(session.ranks.readings(MatrixKind::Trace).unwrap().len(), steps, "a small network at every step");
}

#[test]
fn ends_of_events_are_among_the_steps_of_a_long_lifetime_and_no_more_than_there_is_time_for() {
    let event = |kind, start| Event { kind, start, steps: 10, index: None };
    let events = [event(EventKind::Study, 3), event(EventKind::Blank, 13), event(EventKind::Probe, 190)];
    let steps = sampled(200, &events, 1025 * 1025);
    assert!((96..=100).contains(&steps.len()) && steps.is_sorted(), "{steps:?}");
    assert!([0, 3, 13, 190, 199].iter().all(|step| steps.contains(step)), "{steps:?}");
    assert!(steps.windows(2).all(|pair| pair[1] > pair[0] && pair[1] - pair[0] <= 4), "{steps:?}");
    assert_eq!(sampled(200, &events, 100 * 100), (0..200).collect::<Vec<_>>());
    assert_eq!(sampled(1, &[], 4), [0]);
    let many: Vec<_> = (0..5000).map(|start| event(EventKind::Reward, start)).collect();
    assert!(sampled(6000, &many, 1 << 20).len() <= 100);
    assert_eq!(sampled(6000, &many, 1).len(), 512);
}

#[test]
fn what_an_agent_remembers_is_named_by_events_or_not_at_all() {
    let mut session = Session::new(Arc::new(|| {}));
    session.open_bundled(Bundled::Agent);
    session.settle();
    session.clock.pause();
    let tape = Arc::clone(session.scene().unwrap().tape());
    let names = |kind: EventKind, step: usize| {
        let before = tape.events.iter().filter(move |event| event.kind == kind && event.start < step);
        before.map(|event| format!("{} at step {}", tape.label(event), event.start + 1)).collect::<Vec<_>>()
    };
    let mut common = 0;
    for step in (40..200).step_by(13) {
        session.clock.seek(step);
        let reading = reading(&mut session, MatrixKind::Trace);
        let known = [names(EventKind::Reward, step), names(EventKind::Teleport, step)].concat();
        for label in reading.values.iter().filter_map(|value| value.label.as_ref()) {
            assert!(label.name == "mean activity" || known.contains(&label.name), "{label:?} at step {step}");
            assert!((0.8..=1.0).contains(&label.resemblance), "{label:?}");
        }
        let first = reading.values[0].label.as_ref().map(|label| label.name.as_str());
        common += usize::from(first == Some("mean activity"));
    }
    assert!(common >= 8, "the trace of an agent is mostly what its steps have in common, {common} of 13 times");
}

#[test]
fn what_nobody_looks_at_is_found_no_further() {
    let mut session = patterns(0);
    session.ask_ranks(MatrixKind::Trace);
    session.update();
    assert!(session.ranks.is_busy(), "it was asked for in the frame before");
    session.update();
    assert!(!session.ranks.is_busy(), "no panel has asked since");
    let known = session.ranks.readings(MatrixKind::Trace).map_or(0, hebbscope::view::rank::Readings::len);
    session.ask_ranks(MatrixKind::Trace);
    assert!(session.ranks.progress().is_some_and(|(done, wanted)| done == 0 && wanted + known >= 96), "it goes on");
    // Another lifetime: what was known of the one before is gone.
    session.ranks.settle();
    session.new_episode(false);
    session.settle();
    session.ask_ranks(MatrixKind::Trace);
    assert!(session.ranks.readings(MatrixKind::Trace).is_none());
}

/// The window with the panel in front, after the values have been found.
fn window(session: Session) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session = session;
    app.show_panel("Rank", "Trace");
    let mut harness = windowed(app);
    settled(&mut harness);
    harness
}

fn settled(harness: &mut Harness<'static, App>) {
    for _ in 0..2 {
        harness.step();
        harness.state_mut().session.ranks.settle();
    }
    harness.step();
}

#[test]
fn the_panel_tells_its_values_shows_other_matrices_and_leads_to_a_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::new(Arc::new(|| {}));
    session.open(small_checkpoint(folder.path(), &[]));
    session.settle();
    session.clock.pause();
    session.clock.seek(usize::MAX);
    let last = session.clock.at();
    let mut harness = window(session);
    let heard =
        |harness: &Harness<'static, App>, what: &str| harness.query_all_by_label_contains(what).next().is_some();
    let known = harness.state_mut().session.ranks.at(MatrixKind::Trace, last).unwrap();
    assert_eq!(known.step, last);
    let described = words::describe(MatrixKind::Trace, Some(&known), last, last + 1);
    assert!(described.contains(&words::values(&known)) && described.contains("hold"), "{described}");
    assert!(heard(&harness, &described), "{described}");
    assert!(heard(&harness, &words::sentence(MatrixKind::Trace, &known, last)));

    let place = harness.get_by_label_contains(&described).rect();
    harness.drag_at(place.left_center() + egui::vec2(0.25 * place.width(), 0.0));
    harness.step();
    harness.drop_at(place.left_center() + egui::vec2(0.25 * place.width(), 0.0));
    settled(&mut harness);
    let at = harness.state().session.clock.at();
    assert!((1..last).contains(&at), "a click leads to a step, found {at} of {last}");

    for kind in [MatrixKind::AlphaTrace, MatrixKind::Weights] {
        harness.get_by_label(&format!("singular values of {}, {}", kind.symbol(), kind.words())).click();
        settled(&mut harness);
        let known = harness.state_mut().session.ranks.at(kind, at).unwrap();
        assert!(heard(&harness, &words::describe(kind, Some(&known), at, last + 1)));
    }
}

#[test]
fn a_network_without_traces_has_the_values_of_w_and_says_why_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::new(Arc::new(|| {}));
    session.open(small_checkpoint(folder.path(), &[("network", "non_plastic")]));
    session.settle();
    session.clock.pause();
    let mut harness = window(session);
    assert!(harness.query_all_by_label_contains("This network is not plastic").next().is_some());
    assert!(!harness.state().session.ranks.is_busy());
    harness.get_by_label_contains("singular values of w, ").click();
    settled(&mut harness);
    assert!(harness.query_all_by_label_contains("singular values of w over").next().is_some());
}
