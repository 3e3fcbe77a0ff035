//! Every task of the registry, by one loop: trained, saved, resumed, evaluated, drawn, changed.

use crate::support::offscreen;
use crate::workbench::{LivedAgain, advance, altered_before, bits, evaluated, nowhere, slopes};
use hebbscope::data::{Generator, Stream};
use hebbscope::episode::{Intervention, Reel, Tape, What};
use hebbscope::files::Precision;
use hebbscope::plastic::State;
use hebbscope::tasks::settings::{Field, FieldKind};
use hebbscope::tasks::{self, Episode, Recalled, Script, TASKS, Task};
use hebbscope::train::evaluate::Entry;
use hebbscope::train::{Checkpoint, RunConfig, Trainer};
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::picture::Picture;
use std::path::Path;
use std::sync::Arc;

/// Small numbers for whatever lengths a task has.
const SMALL: [(&str, &str); 14] = [
    ("size", "11"),
    ("side", "4"),
    ("count", "2"),
    ("show_steps", "2"),
    ("rounds", "2"),
    ("batch", "2"),
    ("steps", "30"),
    ("neurons", "12"),
    ("words", "40"),
    ("cells", "9"),
    ("embedding", "8"),
    ("passage", "30"),
    // What needs no files.
    ("source", "dead_leaves"),
    ("source", "invented"),
];

pub fn trainer(task: &'static dyn Task) -> Trainer {
    let mut config = RunConfig::new(task);
    for (key, value) in SMALL {
        let accepts = |field: &Field| match field.kind {
            FieldKind::Choice { options, .. } => field.key == key && options.contains(&value),
            _ => field.key == key,
        };
        if task.fields().iter().any(accepts) {
            config.settings.set_text(key, value).unwrap();
        }
    }
    Trainer::new(config).unwrap()
}

fn reopened(trainer: &Trainer, path: &Path) -> Checkpoint {
    trainer.checkpoint().unwrap().write(path, Precision::Full).unwrap();
    Checkpoint::read(path).unwrap()
}

#[test]
fn every_task_is_trained_saved_resumed_and_evaluated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    for task in TASKS {
        let mut whole = trainer(*task);
        advance(&mut whole, 5);
        let mut resumed = trainer(*task);
        for sitting in [2, 3] {
            advance(&mut resumed, sitting);
            resumed = Trainer::from_checkpoint(reopened(&resumed, &path)).unwrap();
        }
        assert!(bits(resumed.parameters()) == bits(whole.parameters()), "{}", task.name());
        assert_eq!(resumed.curve(), whole.curve(), "{}", task.name());
        let checkpoint = reopened(&whole, &path);
        assert_eq!(checkpoint.network, task.network(&checkpoint.config.settings).unwrap(), "{}", task.name());
        let result = evaluated(&checkpoint, 0, 2);
        assert!(result.measure().is_finite());
        assert!(result.entries.iter().filter_map(Entry::mean).all(f64::is_finite), "{:?}", result.entries);
        let mut keys: Vec<&str> = result.entries.iter().map(|entry| entry.key).collect();
        assert_eq!(keys[0], task.measure().key);
        keys.sort_unstable();
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{keys:?}");
        let tape = checkpoint.specimen().episode(0).unwrap();
        tape.check().unwrap();
        assert_eq!((tape.origin.task.as_str(), tape.origin.iteration, tape.origin.seed), (task.name(), 5, Some(0)));
    }
}

#[test]
fn every_task_is_drawn_by_every_panel() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    for task in TASKS {
        let mut trainer = trainer(*task);
        advance(&mut trainer, 1);
        trainer.checkpoint().unwrap().write(&path, Precision::Full).unwrap();
        let mut picture = Picture::with(device, true);
        picture.open(Some(&path));
        assert_eq!(picture.app.session.notices, [], "{}", task.name());
        picture.app.session.pin_strongest();
        for (index, make) in PANELS.iter().enumerate() {
            let panel = make();
            let drawn = picture.panel(index, [400.0, 300.0], 1.0).unwrap();
            let first = drawn.get_pixel(0, 0);
            assert!(drawn.pixels().any(|pixel| pixel != first), "{} of {}", panel.title(), task.name());
        }
        device = picture.into_offscreen();
    }
}

/// The tasks whose tapes say all that drove their neurons, so that a lifetime can be lived again step by step; those with
/// LSTM cells, whose tapes have gates but not what led to them, are tested in the same way in `language`.
fn lived_again() -> impl Iterator<Item = &'static &'static dyn Task> {
    TASKS.iter().filter(|task| task.network(&task.defaults()).unwrap().lstms().next().is_none())
}

/// The ways to change a trace, before a step in the middle.
fn alterations() -> [What; 4] {
    [What::Erase, What::Freeze, What::ScaleAlpha(-2.0), What::Transplant { seed: 9, state: [].into() }]
}

/// Until `step` it is `life`, bit for bit; afterwards it is another one, and its traces are those of the kernels.
fn assert_branches(task: &str, checkpoint: &Checkpoint, life: &Tape, branch: Tape, step: usize) {
    branch.check().unwrap();
    let what = format!("{task}, {:?}", branch.interventions);
    let parted = step * life.neurons();
    assert!(branch.activity[..parted] == life.activity[..parted], "{what}: it was another life before");
    assert!(branch.activity[parted..] != life.activity[parted..], "{what}: nothing came of it");
    let branch = Arc::new(branch);
    let mut again = LivedAgain::begin(&branch, &checkpoint.parameters, None);
    let mut reel = Reel::new(Arc::clone(&branch), 0);
    for at in 0..branch.steps {
        for alteration in altered_before(&branch, at) {
            again.alter(&checkpoint.parameters, &alteration);
        }
        assert!(reel.trace_at(at) == again.trace(), "{what}: H({at})");
        again.step(&branch, at);
    }
    assert!(reel.trace_at(branch.steps) == again.trace(), "{what}: H at the end");
}

#[test]
fn what_is_done_to_the_trace_changes_a_lifetime_of_every_task_from_there_on() {
    let folder = tempfile::tempdir().unwrap();
    for task in lived_again() {
        let mut trainer = trainer(*task);
        advance(&mut trainer, 1);
        let mut checkpoint = reopened(&trainer, &folder.path().join("checkpoint.safetensors"));
        // Weights and coefficients that matter, unlike those that training begins with.
        let layer = checkpoint.network.layers().remove(0);
        for name in ["w", "alpha"].map(|which| layer.parameter(which)) {
            let shape = checkpoint.parameters.get(&name).unwrap().dims().to_vec();
            let values: Vec<f32> =
                (0..shape.iter().product()).map(|at: usize| (at as f32 * 0.7 + 1.0).sin() * 0.4).collect();
            checkpoint.parameters.insert(&name, &shape, &values).unwrap();
        }
        let specimen = checkpoint.specimen();
        let life = specimen.episode(4).unwrap();
        // Late enough for a trace, early enough for what comes of it; nothing is free where all is shown.
        let step = life.steps / 2;
        for what in alterations() {
            let branch = specimen.branch(4, vec![Intervention::new(step, what)]).unwrap();
            assert_branches(task.name(), &checkpoint, &life, branch, step);
        }
        let untouched = specimen.branch(4, Vec::new()).unwrap();
        assert_eq!(untouched, life, "{}", task.name());
    }
}

/// What one lifetime leaves behind is what another of the same network begins with.
#[test]
fn a_lifetime_of_every_task_begins_with_what_it_is_given() {
    for task in lived_again() {
        let mut trainer = trainer(*task);
        advance(&mut trainer, 1);
        let checkpoint = trainer.checkpoint().unwrap();
        let parameters = &checkpoint.parameters;
        let experiment = checkpoint.config.testing_experiment().unwrap();
        let mut generator = Generator::new(3, Stream::Evaluation);
        let network = experiment.network();
        let layer = network.layers().remove(0);
        let activity = generator.normal(network.neurons(), 0.8).into_iter().map(f32::tanh).collect();
        let state = State { activity, traces: vec![generator.normal(layer.state_len(), 0.1)] };
        let begun = Script { state: Some(Arc::new(state.clone())), ..experiment.draw(&mut generator) };
        let fresh = experiment.draw(&mut generator);
        let outcome = experiment.live(parameters, vec![begun.clone()], nowhere()).unwrap();
        let gradients = slopes(&outcome.loss, parameters);
        assert!(parameters.iter().all(|(name, _)| gradients.known(name).is_some()), "{}", task.name());
        let tape = Arc::new(outcome.tape);
        tape.check().unwrap();
        let mut again = LivedAgain::begin(&tape, parameters, Some(&state));
        let mut reel = Reel::new(Arc::clone(&tape), 0);
        assert_eq!(reel.trace_at(0), state.traces[0], "{}", task.name());
        for step in 0..tape.steps {
            assert!(reel.trace_at(step) == again.trace(), "{}: H({step})", task.name());
            assert_eq!(again.step(&tape, step), tape.activity_at(step), "{} step {step}", task.name());
        }
        let mixed = experiment.live(parameters, vec![begun, fresh], nowhere()).err().unwrap().to_string();
        assert!(mixed.contains("a state for each of 2 lifetimes, found 1"), "{mixed}");
    }
}

/// A question of one's own branches too.
#[test]
fn a_lifetime_that_somebody_has_put_together_can_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    for task in ["patterns", "images"].map(|name| tasks::find(name).unwrap()) {
        let mut trainer = trainer(task);
        advance(&mut trainer, 1);
        let checkpoint = reopened(&trainer, &folder.path().join("checkpoint.safetensors"));
        let specimen = checkpoint.specimen();
        let mut own = Recalled::of(&specimen.episode(1).unwrap()).unwrap();
        own.blank(|element| element < 3);
        let episode = || Episode::Recall(own.clone());
        let life = specimen.scripted(episode().into(), None).unwrap();
        let step = life.steps - 2;
        let branch =
            specimen.scripted_branch(episode(), vec![Intervention::new(step, What::ScaleAlpha(30.0))]).unwrap();
        assert_eq!(branch.content, life.content);
        assert_branches(task.name(), &checkpoint, &life, branch, step);
    }
}

#[test]
fn every_task_says_what_is_better() {
    for task in TASKS {
        let measure = task.measure();
        let better = [0.2, 0.9].into_iter().min_by(|a, b| measure.badness(*a).total_cmp(&measure.badness(*b))).unwrap();
        let expected = if measure.goal == tasks::Goal::Higher { 0.9 } else { 0.2 };
        assert_eq!(better, expected, "{}", task.name());
        assert_eq!(measure.is_fraction(), measure.unit == tasks::Unit::Fraction);
    }
    let goals =
        ["patterns", "images", "maze", "omniglot", "language"].map(|name| tasks::find(name).unwrap().measure().goal);
    let [lower, higher] = [tasks::Goal::Lower, tasks::Goal::Higher];
    assert_eq!(goals, [lower, higher, higher, higher, lower]);
}
