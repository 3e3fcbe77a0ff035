//! The order of neurons: what it shows, and that every neuron keeps its name.

use crate::support::viewing;
use crate::ui::matrices::session as stored_session;
use egui::{Event, Modifiers, PointerButton, Pos2, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hebbscope::episode::EventKind;
use hebbscope::train::Bundled;
use hebbscope::ui::panels::matrix::MatrixPanel;
use hebbscope::ui::panels::{self, Panel as _};
use hebbscope::ui::theme;
use hebbscope::view::inspection::Pinned;
use hebbscope::view::matrices::MatrixKind;
use hebbscope::view::order::OrderKind;
use hebbscope::view::scene;
use hebbscope::view::session::Session;
use std::sync::Arc;

/// A small network whose neurons stand by its three patterns.
fn session() -> Session {
    let mut session = stored_session(&[]);
    session.order_neurons(OrderKind::Example);
    session
}

#[test]
fn five_patterns_ordered_by_their_bits_make_the_trace_constant_in_32_blocks_a_side() {
    let mut scene = scene::bundled(Bundled::default()).unwrap().scene;
    assert_eq!(OrderKind::usual(&scene), OrderKind::Example, "it is the default for patterns");
    let order = Arc::clone(scene.by_example.as_ref().unwrap());
    let question = scene.tape().content.question().unwrap().clone();
    let places = order.axis(0).neurons().to_vec();
    let code = |neuron: usize| -> Vec<bool> { question.study.iter().map(|pattern| pattern[neuron] < 0.0).collect() };
    // The bias stands for no bit.
    assert_eq!(places.last(), Some(&question.size()));
    let codes: Vec<Vec<bool>> = places[..question.size()].iter().map(|neuron| code(*neuron)).collect();
    assert!(codes.is_sorted(), "as numbers in the dual system");
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (place, neuron) in places[..question.size()].iter().enumerate() {
        match groups.last_mut() {
            Some(group) if codes[place] == code(group[0]) => group.push(*neuron),
            _ => groups.push(vec![*neuron]),
        }
    }
    assert_eq!(groups.len(), 32);

    // The trace that the patterns have written, before anything is asked.
    let probe = scene.tape().events.iter().find(|event| event.kind == EventKind::Probe).unwrap().start;
    let last_study = scene.tape().events.iter().rfind(|event| event.kind == EventKind::Study).unwrap();
    let end = (last_study.start + last_study.steps).min(probe);
    let trace = scene.reel.trace_at(end).to_vec();
    let neurons = question.size() + 1;
    let at = |from: usize, to: usize| f64::from(trace[from * neurons + to]);
    let (mut within, mut total) = (0.0, 0.0);
    for rows in &groups {
        for columns in &groups {
            let values: Vec<f64> = rows.iter().flat_map(|from| columns.iter().map(|to| at(*from, *to))).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            within += values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
            total += values.iter().map(|value| value * value).sum::<f64>();
        }
    }
    let left = (within / total).sqrt();
    // Between two patterns neurons are not quite at ±1; that is what is left.
    assert!(left < 0.025, "{:.3} % of the trace is not constant within its blocks", 100.0 * left);
    // By their numbers neurons make blocks of nothing: the test can fail.
    let stored: f64 = (0..question.size() - 1).map(|from| (at(from, 0) - at(from + 1, 0)).abs()).sum();
    let ordered: f64 = places[..question.size()].windows(2).map(|pair| (at(pair[0], 0) - at(pair[1], 0)).abs()).sum();
    assert!(ordered < 0.2 * stored, "{ordered} beside {stored}");
}

struct One {
    session: Session,
    panel: MatrixPanel,
}

fn harness(session: Session, kind: MatrixKind) -> Harness<'static, One> {
    let state = One { session, panel: MatrixPanel::showing(kind) };
    let mut is_set_up = false;
    let mut harness = Harness::builder().with_size([520.0, 460.0]).with_step_dt(1.0 / 60.0).build_ui_state(
        move |ui, state: &mut One| {
            if !std::mem::replace(&mut is_set_up, true) {
                theme::install(ui.ctx());
                return ui.ctx().request_repaint();
            }
            state.session.hover = None;
            viewing(&mut state.session, |session| panels::framed(ui, &mut state.panel, session));
        },
        state,
    );
    harness.run_steps(3);
    harness
}

fn place_in(rect: Rect, neurons: usize, [row, column]: [usize; 2]) -> Pos2 {
    let cell = rect.width() / neurons as f32;
    rect.min + egui::vec2((column as f32 + 0.5) * cell, (row as f32 + 0.5) * cell)
}

/// All words that were painted.
fn painted(harness: &Harness<'_, One>) -> Vec<String> {
    fn collect(shape: &egui::Shape, words: &mut Vec<String>) {
        match shape {
            egui::Shape::Text(text) => words.push(text.galley.text().to_owned()),
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, words)),
            _ => {}
        }
    }
    let mut words = Vec::new();
    harness.output().shapes.iter().for_each(|clipped| collect(&clipped.shape, &mut words));
    words
}

#[test]
fn wherever_a_neuron_stands_hover_pin_numbers_and_screen_reader_call_it_by_its_name() {
    for kind in [OrderKind::Example, OrderKind::Activity, OrderKind::Cluster(MatrixKind::Trace)] {
        let mut session = session();
        session.order_neurons(kind);
        let _sought = session.neurons();
        session.ordering.settle();
        let order = session.neurons().unwrap();
        assert_eq!(order.kind, kind);
        let matrix = session.matrix(MatrixKind::Trace).unwrap().matrix;
        let mut harness = harness(session, MatrixKind::Trace);
        let image = harness.get_by_label_contains("H 25×25, largest");
        let rect = image.rect();
        let words = image.accesskit_node().label().unwrap();
        let (row, column, _) = matrix.largest().unwrap();
        assert!(words.contains(&format!("at {row} → {column}, neurons by ")), "{words}");
        let (from, to) = (order.axis(0).neuron(7), order.axis(1).neuron(18));
        assert_ne!((from, to), (7, 18), "{kind:?} leaves these where they are: choose others");
        let pos = place_in(rect, 25, [7, 18]);
        harness.event(Event::PointerMoved(pos));
        harness.run_steps(2);
        let hover = harness.state().session.hover.clone().unwrap();
        assert!(hover.starts_with(&format!("{from} → {to}   w ")), "{kind:?}: {hover}");
        let [first, last] = [0, 24].map(|place| order.axis(0).neuron(place).to_string());
        let words = painted(&harness);
        for expected in [first, last, from.to_string(), to.to_string()] {
            assert!(words.contains(&expected), "{kind:?}: no {expected} along the edges: {words:?}");
        }
        for pressed in [true, false] {
            let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
            harness.event(Event::PointerButton { pos, button, pressed, modifiers });
        }
        harness.run_steps(2);
        assert_eq!(harness.state().session.pinned(), Some(Pinned::Synapse { from, to }), "{kind:?}");
    }
}

#[test]
fn by_activity_neurons_stand_by_what_they_do_at_the_step_in_view() {
    let mut session = session();
    session.order_neurons(OrderKind::Activity);
    let mut orders = Vec::new();
    for step in [3, session.clock.steps() - 1] {
        session.clock.seek(step);
        let order = session.neurons().unwrap();
        let activity = session.scene().unwrap().tape().activity_at(step);
        let in_order: Vec<f32> = order.axis(1).neurons().iter().map(|neuron| activity[*neuron]).collect();
        assert!(in_order.is_sorted(), "{in_order:?}");
        orders.push(order.axis(1).neurons().to_vec());
    }
    assert_ne!(orders[0], orders[1], "it changes from step to step");
}

#[test]
fn an_order_that_a_network_cannot_have_says_why_and_is_not_chosen() {
    let mut session = stored_session(&[("network", "non_plastic")]);
    session.order_neurons(OrderKind::Cluster(MatrixKind::Trace));
    let scene = session.scene().unwrap();
    assert_eq!(session.ordering.kind(scene), OrderKind::Stored);
    assert!(OrderKind::Cluster(MatrixKind::Trace).why_not(scene).unwrap().contains("not plastic"));
    assert_eq!(OrderKind::Cluster(MatrixKind::Weights).why_not(scene), None);
    session.order_neurons(OrderKind::Cluster(MatrixKind::Weights));
    let _sought = session.neurons();
    session.ordering.settle();
    assert!(session.neurons().is_some());

    session.open_bundled(Bundled::Agent);
    session.settle();
    let scene = session.scene().unwrap();
    assert_eq!(session.ordering.kind(scene), OrderKind::Stored, "an agent has no patterns");
    assert!(OrderKind::Example.why_not(scene).is_some());
    assert!(session.neurons().is_none());
}

#[test]
fn what_is_chosen_for_patterns_leaves_pictures_as_they_are_and_a_new_episode_orders_anew() {
    let mut session = session();
    let first = session.neurons().unwrap();
    session.new_episode(false);
    session.settle();
    let second = session.neurons().unwrap();
    assert_ne!(first.axis(0).neurons(), second.axis(0).neurons(), "other patterns, another order");
    session.open_bundled(Bundled::Images);
    session.settle();
    assert!(session.neurons().is_none(), "pixels stand as in the picture");
}

#[test]
fn every_matrix_follows_the_choice_in_the_menu_and_the_stripes_say_why() {
    let mut session = session();
    session.order_neurons(OrderKind::Stored);
    let mut harness = harness(session, MatrixKind::Trace);
    harness.get_by_label("order of neurons: as stored").click();
    harness.run_steps(3);
    harness.get_by_label_contains("by pattern   neurons by their bit").click();
    harness.run_steps(3);
    let scene_order = harness.state_mut().session.neurons().unwrap();
    assert_eq!(scene_order.kind, OrderKind::Example);
    // Three patterns: the first halves the neurons, the last changes most often.
    let spans: Vec<usize> = scene_order.stripes[0].iter().map(|stripe| stripe.spans.len()).collect();
    assert_eq!(spans.len(), 3);
    assert_eq!(spans[0], 2);
    assert!(spans[0] < spans[1] && spans[1] <= spans[2], "{spans:?}");
    let weights = harness.state_mut().session.matrix(MatrixKind::Weights).unwrap().matrix;
    assert!(scene_order.of(&weights).is_some());
    assert!(harness.state().panel.note(&harness.state().session).contains("rows: from"), "all of it is in view");
}
