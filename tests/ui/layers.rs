//! Plastic layers of any shape in the window: drawn with square cells, chosen, pinned, inspected, exported.

use crate::support::{keep, npz, offscreen, session_of, windowed};
use crate::workbench::{LAYERED_STEPS, modulations, two_layers};
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::episode::{Content, LayerRecord, Ledger, Reel, Tape, tape_file};
use hebbscope::plastic::network::{Part, Plasticity};
use hebbscope::plastic::{AgentSize, AlphaKind, ModulationKind, Network, Parameters, PlasticLayer, Rule, Writing};
use hebbscope::tasks;
use hebbscope::tasks::maze::belief::beliefs;
use hebbscope::tasks::maze::grid::Square;
use hebbscope::train::{RunConfig, Trainer, open};
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::picture::Picture;
use hebbscope::ui::{App, export};
use hebbscope::view::Session;
use hebbscope::view::export::arrays::NumpyArray;
use hebbscope::view::export::{Export, Progress, Shown};
use hebbscope::view::inspection::Pinned;
use hebbscope::view::layout::Named;
use hebbscope::view::matrices::MatrixKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const RULED: Plasticity = Plasticity { alpha: AlphaKind::Free, writing: Writing::Rule(Rule::Decay) };

fn retroactive() -> Plasticity {
    let mut all = modulations().into_iter();
    let modulation = all.find(|one| one.kind == ModulationKind::Retroactive && one.fan_out).unwrap();
    Plasticity { alpha: AlphaKind::PerNeuron, writing: Writing::Modulated(modulation) }
}

fn written(folder: &Path, plasticity: Plasticity) -> (PathBuf, Arc<Tape>) {
    let (tape, parameters) = two_layers(plasticity, true);
    let path = folder.join("layers.safetensors");
    tape_file::write(&path, &tape, &parameters).unwrap();
    (path, Arc::new(tape))
}

/// A session that looks at the layer of 64 × 5 connections, at rest at step 20.
fn session(path: PathBuf) -> Session {
    let mut session = session_of(path);
    session.clock.seek(20);
    session.look_at_layer(1);
    session.settle();
    assert_eq!(session.clock.at(), 20, "at the same instant");
    session
}

fn opened(path: PathBuf) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session = session(path);
    let mut harness = windowed(app);
    harness.run_steps(3);
    harness
}

#[test]
fn every_matrix_of_a_layer_has_its_shape_and_its_numbers() {
    for plasticity in [RULED, retroactive()] {
        let folder = tempfile::tempdir().unwrap();
        let (path, tape) = written(folder.path(), plasticity);
        let mut session = session(path);
        for (index, shape) in [[3, 64], [64, 5], [3, 64]].into_iter().enumerate() {
            session.look_at_layer(index % 2);
            session.settle();
            assert_eq!(session.scene().unwrap().shape(), shape);
            let kinds = MatrixKind::ALL.into_iter().filter(|kind| !kind.is_gradient() && *kind != MatrixKind::Alpha);
            for kind in kinds {
                let matrix = session.matrix(kind).unwrap().matrix;
                assert_eq!([matrix.rows(), matrix.columns()], shape, "{kind:?}");
            }
            let trace = Reel::new(Arc::clone(&tape), index % 2).trace_at(20).to_vec();
            assert_eq!(session.trace().unwrap().values(), trace);
            let scene = session.scene().unwrap();
            let (w, alpha) = (Arc::clone(&scene.w), Arc::clone(scene.alpha.as_ref().unwrap()));
            let effective = session.matrix(MatrixKind::Effective).unwrap().matrix;
            for (place, found) in effective.values().iter().enumerate() {
                let (from, to) = (place / shape[1], place % shape[1]);
                let alpha = plasticity.alpha.at(alpha.values(), shape[1], from, to);
                assert_eq!(*found, w.values()[place] + alpha * trace[place], "{from} → {to}");
            }
        }
        session.look_at_layer(2);
        session.settle();
        assert_eq!(session.scene().unwrap().layer_index, 0, "there is no third layer");
    }
}

#[test]
fn a_layer_is_drawn_with_square_cells_chosen_in_a_list_and_pinned_by_a_click() {
    let folder = tempfile::tempdir().unwrap();
    let (path, tape) = written(folder.path(), RULED);
    let mut harness = opened(path);
    let picture = harness.get_by_label_contains("H 64×5, largest").rect();
    let [width, height] = [picture.width() / 5.0, picture.height() / 64.0];
    assert!((width - height).abs() < 0.02 * height && height > 2.0, "cells of {width} × {height}");

    let at = |column: f32, row: f32| picture.min + egui::vec2(picture.width() * column, picture.height() * row);
    let pos = at(4.5 / 5.0, 60.5 / 64.0);
    harness.hover_at(pos);
    harness.run_steps(2);
    for pressed in [true, false] {
        let (button, modifiers) = (egui::PointerButton::Primary, egui::Modifiers::NONE);
        harness.event(egui::Event::PointerButton { pos, button, pressed, modifiers });
        harness.run_steps(1);
    }
    harness.run_steps(2);
    let session = &mut harness.state_mut().session;
    assert_eq!(session.pinned(), Some(Pinned::Synapse { from: 60, to: 4 }));
    harness.get_by_label("Pin neuron 4");
    assert_eq!(harness.query_all_by_label("Pin neuron 60").count(), 0, "60 is a neuron of another layer");
    let session = &mut harness.state_mut().session;
    let total = Ledger::of_synapse(&tape, 1, 60, 4, 20).total();
    assert!((total - f64::from(session.trace().unwrap().at(60, 4).unwrap())).abs() < 2e-6);
    // A neuron is one to which connections lead.
    session.pin(Pinned::Neuron(5));
    assert_eq!(session.pinned(), Some(Pinned::Synapse { from: 60, to: 4 }));
    session.pin(Pinned::Neuron(4));
    assert_eq!(session.pinned(), Some(Pinned::Neuron(4)));
    harness.run_steps(2);

    harness.get_by_role_and_label(egui::accesskit::Role::ComboBox, "plastic layer").click();
    harness.run_steps(2);
    harness.get_by_label("features, 3 × 64").click();
    harness.run_steps(1);
    harness.state_mut().session.settle();
    harness.run_steps(3);
    assert_eq!(harness.state().session.scene().unwrap().layer_index, 0);
    assert_eq!(harness.state().session.pinned(), None, "what was pinned belongs to the other layer");
    let picture = harness.get_by_label_contains("H 3×64, largest").rect();
    // Three rows of square cells would be a stripe of 18 points here.
    let square = picture.width() * 3.0 / 64.0;
    assert!(square < 20.0 && (picture.height() - 24.0).abs() < 0.5, "{picture:?}");
}

#[test]
fn every_panel_draws_a_layer_that_is_not_square_in_both_themes_with_everything_pinned() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    for plasticity in [RULED, retroactive()] {
        let (path, _) = written(folder.path(), plasticity);
        for dark in [true, false] {
            let mut picture = Picture::with(device, dark);
            picture.open(Some(&path));
            picture.app.session.clock.seek(20);
            for (layer, pins) in [
                (0, [Pinned::Synapse { from: 2, to: 63 }, Pinned::Neuron(63)]),
                (1, [Pinned::Synapse { from: 63, to: 2 }, Pinned::Neuron(4)]),
            ] {
                picture.app.session.look_at_layer(layer);
                picture.app.session.settle();
                for (index, _) in PANELS.iter().enumerate() {
                    picture.panel(index, [500.0, 400.0], 1.0).unwrap();
                }
                for pin in pins {
                    picture.app.session.pin(pin);
                    assert_eq!(picture.app.session.pinned(), Some(pin));
                    picture.app.set_layout(Named::Inspect);
                    let name = format!("layer-{layer}-{pin}-{}-{dark}", plasticity.writing.title()).replace(':', "-");
                    keep(&picture.window([1280.0, 800.0], 1.0).unwrap(), &name);
                }
            }
            device = picture.into_offscreen();
        }
    }
}

#[test]
fn all_layers_are_exported_as_tensors_with_what_wrote_them() {
    let folder = tempfile::tempdir().unwrap();
    for plasticity in [RULED, retroactive()] {
        let (path, tape) = written(folder.path(), plasticity);
        let session = session(path);
        let still = session.still().unwrap();
        let shown = Shown { still, dark: true, size: [640.0, 420.0], caption: true, look: Named::Watch.into() };
        let out = folder.path().join("layers.npz");
        export::write(&Export::TensorsNpz, &shown, &out, &Progress::new(|_, _| {})).unwrap();
        let found = npz(&out);
        let is_retroactive = plasticity.writing.has_eligibility();
        for (index, record) in tape.layers.iter().enumerate() {
            let (name, [pre, post]) = (&record.layer.name, record.layer.shape());
            let mut reel = Reel::new(Arc::clone(&tape), index);
            let [before, after] = [20, 21].map(|step| reel.state_at(step).to_vec());
            let ((h, e), (h_after, e_after)) = (before.split_at(pre * post), after.split_at(pre * post));
            let mut expected = vec![
                ("H", [pre, post], h),
                ("H.after", [pre, post], h_after),
                ("pre", [LAYERED_STEPS, pre], &record.pre),
                ("post", [LAYERED_STEPS, post], &record.post),
            ];
            let fanned: Vec<f32> = record
                .modulator
                .iter()
                .flat_map(|modulator| {
                    let [weight, bias] = modulator.fan_out.as_ref().unwrap();
                    modulator.values.iter().flat_map(move |m| weight.iter().zip(bias).map(move |(a, b)| a * m + b))
                })
                .collect();
            if is_retroactive {
                assert!(e.iter().any(|value| *value != 0.0) && e != e_after, "{name}: an empty E tests nothing");
                expected.extend([("E", [pre, post], e), ("E.after", [pre, post], e_after)]);
                expected.push(("modulator.fan_out", [LAYERED_STEPS, post], &fanned));
                let values = record.modulator.as_ref().unwrap().values.clone();
                assert_eq!(found[&format!("{name}.modulator")], NumpyArray::real(&[LAYERED_STEPS], values));
            }
            for (which, shape, values) in expected {
                let array = &found[&format!("{name}.{which}")];
                assert_eq!(*array, NumpyArray::real(&shape, values.to_vec()), "{name}.{which}");
            }
            assert_eq!(found.contains_key(&format!("{name}.E")), is_retroactive);
            assert_eq!(found[&format!("{name}.w")].shape, [pre, post]);
        }
    }
}

/// The lifetime of an agent with one more plastic layer, before all parts or behind them.
fn agent_with_head(first: bool) -> (Tape, Parameters) {
    let mut config = RunConfig::new(tasks::find("maze").unwrap());
    for (key, value) in [("size", "5"), ("steps", "30"), ("neurons", "12"), ("batch", "2")] {
        config.settings.set_text(key, value).unwrap();
    }
    let checkpoint = Trainer::new(config).unwrap().checkpoint().unwrap();
    let (mut tape, mut parameters) = (checkpoint.specimen().episode(2).unwrap(), checkpoint.parameters);
    let layer = PlasticLayer { name: "head".into(), pre: 3, post: 2, delay: 0, plasticity: RULED };
    for (name, shape) in layer.shapes() {
        parameters.insert(&name, &shape, &vec![0.1; shape.iter().product()]).unwrap();
    }
    let [pre, post] = [3, 2].map(|width| (0..30 * width).map(|at| (at as f32).sin()).collect());
    let record = LayerRecord { layer: layer.clone(), eta: 0.1, pre, post, modulator: None, beginning: None };
    let mut parts = tape.network.parts().to_vec();
    let place = if first { 0 } else { parts.len() };
    parts.insert(place, Part::Plastic(layer));
    tape.layers.insert(if first { 0 } else { 1 }, record);
    tape.network = Network::new(parts);
    // No task lives such an agent.
    tape.origin.run = None;
    tape.check().unwrap();
    (tape, parameters)
}

#[test]
fn an_agent_with_another_layer_before_or_behind_does_what_it_did() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    for first in [true, false] {
        let (tape, parameters) = agent_with_head(first);
        let own = tape.recurrent_layer().unwrap();
        assert_eq!(own, usize::from(first));
        let path = folder.path().join("agent.safetensors");
        tape_file::write(&path, &tape, &parameters).unwrap();
        let tape = Arc::new(tape);
        let trace = Reel::new(Arc::clone(&tape), own).trace_at(20).to_vec();
        let behaviour = tape.content.behaviour().unwrap();
        let [row, column] = behaviour.walk.as_ref().unwrap().squares[20];
        let all = beliefs(&parameters, &tape, 20, &trace).unwrap();
        let here = all.iter().find(|belief| belief.square == Square { row, column }).unwrap();
        for (found, expected) in here.probabilities.iter().zip(&behaviour.probabilities[80..84]) {
            assert!((found - expected).abs() < 1e-5, "{found}, not {expected}");
        }
        let mut picture = Picture::with(device, true);
        picture.open(Some(&path));
        assert_eq!(picture.app.session.notices, []);
        picture.app.session.clock.seek(20);
        let mut mazes = Vec::new();
        for layer in [0, 1] {
            picture.app.session.look_at_layer(layer);
            picture.app.session.settle();
            assert_eq!(picture.app.session.scene().unwrap().layer_index, layer);
            for (index, make) in PANELS.iter().enumerate() {
                let drawn = picture.panel(index, [500.0, 400.0], 1.0).unwrap();
                if make().title() == "Maze" {
                    mazes.push(drawn);
                }
            }
        }
        assert!(mazes[0] == mazes[1], "what an agent would do follows from its own layer, whichever is in view");
        device = picture.into_offscreen();
    }
}

#[test]
fn an_agent_that_is_none_of_its_task_is_refused_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.safetensors");
    let (whole, parameters) = agent_with_head(false);
    let mut tape = whole.clone();
    tape.origin.task = "patterns".into();
    tape_file::write(&path, &tape, &parameters).unwrap();
    let error = open::open(&path).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("expected no agent in an episode of patterns, found an agent of 16 inputs"), "{error}");

    let mut tape = whole;
    let recurrent = tape.network.recurrent().unwrap();
    tape.network = Network::agent(recurrent, AgentSize { inputs: 3, actions: 2 });
    tape.layers.truncate(1);
    let Content::Agent(behaviour) = &mut tape.content else { panic!("no agent") };
    behaviour.observations.truncate(30 * 3);
    behaviour.probabilities = vec![0.5; 30 * 2];
    behaviour.actions.fill(1);
    let mut smaller = Parameters::default();
    for (name, shape) in tape.network.shapes() {
        smaller.insert(&name, &shape, &vec![0.1; shape.iter().product()]).unwrap();
    }
    tape_file::write(&path, &tape, &smaller).unwrap();
    let error = open::open(&path).map(|_| ()).unwrap_err().to_string();
    let words = "expected an agent of 16 inputs and 4 actions in an episode of maze, found an agent of 3 inputs and 2";
    assert!(error.contains(words) && !error.contains('\n'), "{error}");
}
