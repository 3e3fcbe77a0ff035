//! The networks that figure 3 of *Differentiable plasticity* compares.

use crate::workbench::{advance, gradients_are_slopes};
use hebbscope::data::patterns::balanced_pattern;
use hebbscope::data::{Generator, Stream};
use hebbscope::episode::{Intervention, What};
use hebbscope::plastic::Drive;
use hebbscope::tasks::{self, Purpose, TASKS};
use hebbscope::train::{Point, RunConfig, Trainer};

fn preset(name: &str, changes: &[(&str, &str)]) -> RunConfig {
    let mut config = RunConfig::preset(name, None).unwrap();
    for (key, value) in changes {
        config.settings.set_text(key, value).unwrap();
    }
    config
}

#[test]
fn every_preset_is_of_its_task_and_known_by_its_name() {
    for task in TASKS {
        for known in task.presets() {
            let (found, _) = tasks::presets::find(known.name).unwrap();
            assert_eq!(found.name(), task.name());
            let config = RunConfig::preset(known.name, Some(task.name())).unwrap();
            assert_eq!(config.iterations, known.iterations);
            assert!(known.settings.iter().any(|(key, _)| config.settings.value(key) != task.defaults().value(key)));
        }
    }
    let of = |name| {
        let settings = RunConfig::preset(name, None).unwrap().settings;
        (settings.whole("size"), settings.whole("steps"), settings.real("wall_penalty"), settings.real("clip"))
    };
    assert_eq!((of("maze-250"), of("maze-13")), ((9, 250, 0.1, 2.0), (11, 200, 0.0, 1.0)));
    let refused = |name, task| RunConfig::preset(name, task).unwrap_err().to_string();
    assert_eq!(
        refused("figure-4", None),
        "there is no preset figure-4, expected one of: figure-3-plastic, figure-3-lstm, figure-3-non-plastic, maze-250, \
         maze-13, figure-4-easy"
    );
    let other = refused("figure-3-lstm", Some("maze"));
    assert!(other.contains("expects one of task maze, found figure-3-lstm, which is of task patterns"), "{other}");
}

#[test]
fn the_networks_have_the_sizes_of_section_4_2() {
    let network = |name: &str| {
        let config = preset(name, &[]);
        config.task().network(&config.settings).unwrap()
    };
    let plastic = network("figure-3-plastic").recurrent().unwrap();
    assert_eq!((plastic.neurons, plastic.drive, plastic.plasticity.is_some()), (51, Drive::Add, true));
    let fixed = network("figure-3-non-plastic").recurrent().unwrap();
    assert_eq!((fixed.neurons, fixed.drive, fixed.plasticity.is_some()), (2051, Drive::Add, false));
    let lstm = network("figure-3-lstm");
    let cells = lstm.lstms().next().unwrap();
    assert_eq!((cells.cells, cells.inputs, lstm.layers().len()), (2000, 50, 0));

    // Eleven steps: two patterns of three with one of silence behind each, and three of the probe.
    let experiment = preset("figure-3-plastic", &[]).testing_experiment().unwrap();
    let mut generator = Generator::new(1, Stream::Episode);
    let trainer = Trainer::new(preset("figure-3-plastic", &[])).unwrap();
    let tape = trainer.checkpoint().unwrap().specimen().episode(1).unwrap();
    assert_eq!((tape.steps, experiment.batch()), (11, 1));
    let question = tape.content.question().unwrap();
    for pattern in &question.study {
        assert_eq!(pattern.iter().sum::<f32>(), 0.0, "as many +1 as −1");
    }
    assert_eq!(question.probe.iter().filter(|value| **value == 0.0).count(), 25);
    // What is shown is added, times twenty, the bias as well.
    let shown = &tape.drive[..51];
    assert!(shown[..50].iter().all(|value| value.abs() == 20.0) && shown[50] == 20.0);
    assert!(tape.activity_at(0)[..50].iter().zip(shown).all(|(x, shown)| *x == shown.signum()), "tanh(±20)");
    let odd = balanced_pattern(&mut generator, 7);
    assert_eq!(odd.iter().sum::<f32>().abs(), 1.0);
}

#[test]
fn hidden_neurons_and_cells_are_shown_nothing_and_asked_nothing() {
    for (name, network) in [("figure-3-non-plastic", "non_plastic"), ("figure-3-plastic", "plastic")] {
        let config = preset(name, &[("size", "8"), ("hidden", "5"), ("network", network)]);
        let tape = Trainer::new(config).unwrap().checkpoint().unwrap().specimen().episode(3).unwrap();
        tape.check().unwrap();
        assert_eq!(tape.neurons(), 8 + 1 + 5);
        for step in 0..tape.steps {
            assert!(tape.drive[step * 14 + 9..][..5].iter().all(|value| *value == 0.0), "step {step}");
        }
    }
    let config = preset("figure-3-lstm", &[("size", "8"), ("hidden", "5")]);
    let trainer = Trainer::new(config.clone()).unwrap();
    let checkpoint = trainer.checkpoint().unwrap();
    let tape = checkpoint.specimen().episode(3).unwrap();
    tape.check().unwrap();
    assert_eq!((tape.neurons(), tape.layers.len(), tape.drive.len()), (13, 0, 13 * tape.steps));
    // What drove the candidates is what the inputs did: shown nothing, all of them hear the same biases.
    let silent: Vec<&[f32]> = [3, 7].into_iter().map(|step| &tape.drive[step * 13..][..13]).collect();
    assert_eq!(silent[0], silent[1]);
    assert_ne!(silent[0], &tape.drive[..13]);
    // The loss is that of the first eight cells at the last step.
    let question = tape.content.question().unwrap();
    let squares = tape.activity_at(tape.steps - 1).iter().zip(question.asked()).map(|(h, target)| (h - target).powi(2));
    assert!((squares.sum::<f32>() - tape.loss).abs() < 1e-4);
    let erased = vec![Intervention { step: 2, layer: 0, what: What::Erase }];
    let refused = checkpoint.specimen().branch(3, erased).unwrap_err();
    assert!(format!("{refused:#}").contains("expected a network with traces, found one without"), "{refused:#}");
}

#[test]
fn the_gradients_of_lstm_cells_that_recall_are_the_slopes_of_their_loss() {
    let config = preset("figure-3-lstm", &[("size", "6"), ("hidden", "3"), ("gain", "2"), ("batch", "3")]);
    let experiment = config.task().experiment(&config.settings, Purpose::Training).unwrap();
    let trainer = Trainer::new(config).unwrap();
    let scripts = experiment.draw_batch(&mut Generator::new(4, Stream::Training));
    gradients_are_slopes(&*experiment, &trainer.parameters().snapshot().unwrap(), &scripts);
}

/// Wrong bits in the last 250 of 2000 episodes; the same network written for PyTorch came to 5.0 and 5.2 % with 51 neurons
/// (two seeds) and 1.0 % with 200 more.
#[test]
fn plastic_neurons_learn_within_two_thousand_episodes() {
    for (hidden, [least, most]) in [("0", [0.035, 0.065]), ("200", [0.0, 0.02])] {
        let mut trainer = Trainer::new(preset("figure-3-plastic", &[("hidden", hidden)])).unwrap();
        advance(&mut trainer, 2000);
        let last: Vec<f32> = trainer.curve()[1750..].iter().map(|point: &Point| point.measure).collect();
        let mean = last.iter().sum::<f32>() / last.len() as f32;
        assert!(mean > least && mean < most, "{hidden} hidden neurons: {mean} of all bits have the wrong sign");
    }
}
