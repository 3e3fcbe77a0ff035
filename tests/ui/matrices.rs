//! The matrices: what is computed from w, α and H, and the gradients.

use hebbscope::files::Precision;
use hebbscope::plastic::network::AlphaKind;
use hebbscope::render::Matrix;
use hebbscope::tasks;
use hebbscope::train::worker::Options;
use hebbscope::train::{Command, RunConfig, Trainer, Worker};
use hebbscope::view::matrices::{MatrixKind, derived};
use hebbscope::view::order::OrderKind;
use hebbscope::view::scene;
use hebbscope::view::session::Session;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A small run of the patterns task.
fn small_trainer(settings: &[(&str, &str)]) -> Trainer {
    let mut config = RunConfig::new(tasks::find("patterns").unwrap());
    for (key, value) in [("size", "24"), ("count", "3"), ("show_steps", "4"), ("rounds", "2")].iter().chain(settings) {
        config.settings.set_text(key, value).unwrap();
    }
    Trainer::new(config).unwrap()
}

fn small_checkpoint(folder: &Path, settings: &[(&str, &str)]) -> PathBuf {
    let mut trainer = small_trainer(settings);
    for _ in 0..5 {
        trainer.step().unwrap();
    }
    let path = folder.join("small.safetensors");
    trainer.checkpoint().unwrap().write(&path, Precision::Full).unwrap();
    path
}

/// A paused session that looks at a small network, its neurons as stored.
pub fn session(settings: &[(&str, &str)]) -> Session {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::new(Arc::new(|| {}));
    session.open(small_checkpoint(folder.path(), settings));
    session.settle();
    assert!(session.notices.is_empty(), "{:?}", session.notices);
    session.clock.pause();
    // A trace has been written by then.
    let events = &session.scene().unwrap().tape().events;
    let last = events.iter().rfind(|event| event.kind == hebbscope::episode::EventKind::Study).unwrap().start;
    session.clock.seek(last);
    session.order_neurons(OrderKind::Stored);
    session
}

pub fn matrix_of(rows: usize, columns: usize, value: impl Fn(usize, usize) -> f32) -> Matrix {
    let values = (0..rows * columns).map(|index| value(index / columns, index % columns)).collect();
    Matrix::new(rows, columns, values).unwrap()
}

#[test]
fn derived_matrices_are_what_their_symbols_say_for_every_kind_of_alpha_and_at_every_step() {
    for (setting, kind) in
        [("free", AlphaKind::Free), ("per_neuron", AlphaKind::PerNeuron), ("yoked", AlphaKind::Yoked)]
    {
        let mut session = session(&[("alpha", setting)]);
        let steps = session.clock.steps();
        for step in [0, 1, 5, steps / 2, steps - 1, 3] {
            session.clock.seek(step);
            let (w, alpha) = {
                let scene = session.scene().unwrap();
                assert_eq!(scene.tape().network.layers()[0].plasticity.alpha, kind);
                (Arc::clone(&scene.w), Arc::clone(scene.alpha.as_ref().unwrap()))
            };
            let trace = session.trace().unwrap();
            let neurons = trace.rows();
            let alpha_trace = session.matrix(MatrixKind::AlphaTrace).unwrap().matrix;
            let effective = session.matrix(MatrixKind::Effective).unwrap().matrix;
            assert!(step <= 1 || trace.largest().unwrap().2 != 0.0, "an empty trace tests nothing");
            for row in 0..neurons {
                for column in 0..neurons {
                    let place = format!("{setting} α, step {step}, {row} → {column}");
                    let alpha = kind.at(alpha.values(), neurons, row, column);
                    let product = alpha * trace.at(row, column).unwrap();
                    assert_eq!(alpha_trace.at(row, column), Some(product), "α·H, {place}");
                    assert_eq!(effective.at(row, column), Some(w.at(row, column).unwrap() + product), "{place}");
                }
            }
        }
    }
}

#[test]
fn pieces_of_a_large_matrix_meet_at_the_right_places() {
    let neurons = 300;
    let trace = matrix_of(neurons, neurons, |row, column| (row * 7 + column) as f32);
    let per_neuron = matrix_of(1, neurons, |_, column| column as f32);
    let w = matrix_of(neurons, neurons, |row, column| (row + 1000 * column) as f32);
    let product = derived::alpha_trace(AlphaKind::PerNeuron, &per_neuron, &trace);
    let sum = derived::effective(&w, AlphaKind::PerNeuron, &per_neuron, &trace);
    for row in 0..neurons {
        for column in 0..neurons {
            let expected = column as f32 * trace.at(row, column).unwrap();
            assert_eq!(product.at(row, column), Some(expected), "{row} → {column}");
            assert_eq!(sum.at(row, column), Some(w.at(row, column).unwrap() + expected), "{row} → {column}");
        }
    }
}

#[test]
fn changes_of_the_trace_add_up_to_the_trace() {
    for rule in ["decay", "oja", "clip"] {
        let mut session = session(&[("rule", rule)]);
        let steps = session.clock.steps();
        let mut sum = vec![0.0_f64; session.trace().unwrap().values().len()];
        for step in 0..steps {
            session.clock.seek(step);
            let trace = session.trace().unwrap();
            for (sum, trace) in sum.iter().zip(trace.values()) {
                assert!((sum - f64::from(*trace)).abs() < 1e-5, "{rule}, step {step}: {sum} and {trace}");
            }
            let change = session.matrix(MatrixKind::TraceChange).unwrap();
            for (sum, change) in sum.iter_mut().zip(change.matrix.values()) {
                *sum += f64::from(*change);
            }
            assert!(change.matrix.largest().unwrap().2.abs() <= change.span.full, "full leaves something out");
        }
        let last = session.scene().unwrap().last_trace.clone().unwrap();
        assert!(last.largest().unwrap().2.abs() > 1e-3, "an empty trace tests nothing");
        for (sum, last) in sum.iter().zip(last.values()) {
            assert!((sum - f64::from(*last)).abs() < 1e-5, "{rule}, the end: {sum} and {last}");
        }
    }
}

#[test]
fn a_synapse_has_the_history_that_its_traces_show() {
    let mut session = session(&[]);
    let (from, to) = (3, 11);
    let history = session.scene().unwrap().reel.synapse_history(from, to);
    let (last, before) = history.split_last().unwrap();
    assert_eq!(before.len(), session.clock.steps());
    for (step, value) in before.iter().enumerate() {
        session.clock.seek(step);
        assert_eq!(session.trace().unwrap().at(from, to), Some(*value), "step {step}");
    }
    assert_eq!(session.scene().unwrap().last_trace.as_ref().unwrap().at(from, to), Some(*last));
}

#[test]
fn a_matrix_is_the_same_object_until_the_step_or_the_network_changes() {
    let mut session = session(&[]);
    session.clock.seek(7);
    for kind in MatrixKind::ALL.into_iter().filter(|kind| !kind.is_gradient()) {
        session.clock.seek(7);
        let first = session.matrix(kind).unwrap().matrix;
        for other in MatrixKind::ALL {
            session.matrix(other);
        }
        assert!(Arc::ptr_eq(&first, &session.matrix(kind).unwrap().matrix), "{kind:?} was computed again");
        session.clock.seek(8);
        let next = session.matrix(kind).unwrap().matrix;
        assert_eq!(Arc::ptr_eq(&first, &next), !kind.moves(), "{kind:?} at the next step");
        session.new_episode(false);
        session.settle();
        session.clock.pause();
        session.clock.seek(8);
        let other = session.matrix(kind).unwrap().matrix;
        assert!(!Arc::ptr_eq(&next, &other), "{kind:?} of another lifetime");
    }
}

#[test]
fn colours_of_what_moves_mean_the_same_at_every_step() {
    let mut session = session(&[]);
    for kind in MatrixKind::ALL.into_iter().filter(|kind| kind.moves()) {
        session.clock.seek(session.clock.steps() - 1);
        let late = session.matrix(kind).unwrap().span;
        session.clock.seek(2);
        let early = session.matrix(kind).unwrap().span;
        assert_eq!(early.most, late.most, "{kind:?}");
        assert!(early.most > 0.0, "{kind:?}");
    }
}

#[test]
fn a_network_says_which_matrices_it_has_not() {
    let mut plastic = session(&[]);
    let mut rigid = session(&[("network", "non_plastic")]);
    for kind in MatrixKind::ALL {
        for session in [&mut plastic, &mut rigid] {
            let is_there = session.matrix(kind).is_some();
            assert_eq!(kind.why_missing(session.scene().unwrap()).is_none(), is_there, "{kind:?}");
        }
        assert_eq!(plastic.matrix(kind).is_none(), kind.is_gradient(), "{kind:?}");
        assert_eq!(rigid.matrix(kind).is_some(), kind == MatrixKind::Weights, "{kind:?}");
    }
    let why = MatrixKind::WeightGradient.why_missing(plastic.scene().unwrap()).unwrap();
    assert!(why.contains("while a network trains"), "{why}");
}

#[test]
fn a_snapshot_carries_the_gradients_of_its_last_iteration() {
    // The same run twice: once on the worker's thread, once here.
    let mut twin = small_trainer(&[]);
    twin.keep_gradients();
    assert!(twin.last_gradients().is_none());
    let worker = Worker::start(small_trainer(&[]), None, Options::default()).unwrap();
    worker.tell(Command::Pause);
    worker.tell(Command::OneIteration);
    let deadline = Instant::now() + Duration::from_secs(60);
    let snapshot = loop {
        assert!(Instant::now() < deadline, "waited too long for a snapshot");
        match worker.take_latest() {
            Some(snapshot) => break snapshot,
            None => std::thread::yield_now(),
        }
    };
    worker.tell(Command::Stop);
    let before = twin.parameters().values("w").unwrap();
    for _ in 0..snapshot.iteration {
        twin.step().unwrap();
    }
    let gradients = snapshot.gradients.clone().unwrap();
    assert_eq!(gradients, twin.last_gradients().unwrap());
    assert!(gradients["w"].iter().any(|value| *value != 0.0) && gradients["alpha"].iter().any(|value| *value != 0.0));
    if snapshot.iteration == 1 {
        // Adam's first step goes against the sign of the gradient.
        let after = twin.parameters().values("w").unwrap();
        for (index, gradient) in gradients["w"].iter().enumerate().filter(|(_, gradient)| gradient.abs() > 1e-4) {
            assert!((after[index] - before[index]) * gradient < 0.0, "w[{index}]");
        }
    }
    let config = small_trainer(&[]).config().clone();
    let scene = scene::from_snapshot("test".into(), config, snapshot).unwrap().scene;
    let shown = scene.gradients.as_ref().unwrap();
    assert_eq!(shown.w.values(), gradients["w"]);
    assert_eq!(shown.alpha.as_ref().unwrap().values(), gradients["alpha"]);
}

#[test]
fn gradients_are_kept_for_those_only_who_ask() {
    let mut trainer = small_trainer(&[]);
    trainer.step().unwrap();
    assert!(trainer.last_gradients().is_none());
}
