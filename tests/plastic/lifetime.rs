//! The lifetime operation: gradients against finite differences and the slow twin, stepping, batching.

use crate::plastic::twin;
use crate::workbench::{RULES, assert_close, drawn, flat, networks, recording, slopes};
use candle_core::{Device, Tensor};
use hebbscope::data::{Generator, Stream};
use hebbscope::plastic::Writing;
use hebbscope::plastic::network::{AlphaKind, Drive, Plasticity, Recurrent};
use hebbscope::plastic::{Parameters, Rule, Stepper, live};

fn random_parameters(network: Recurrent, scale: f32, seed: u64) -> Parameters {
    drawn(network.shapes(), &mut Generator::new(seed, Stream::Initialisation), |_| scale, 0.07)
}

/// `[T, B, N]`: about a third of the entries non-zero, so that clamping networks have free neurons.
fn random_drive(steps: usize, batch: usize, neurons: usize) -> Tensor {
    let values: Vec<f32> = Generator::new(5, Stream::Training)
        .normal(steps * batch * neurons, 0.7)
        .into_iter()
        .map(|value| if value.abs() < 0.6 { 0.0 } else { value })
        .collect();
    Tensor::from_vec(values, (steps, batch, neurons), &Device::Cpu).unwrap()
}

/// A loss that looks at every step, so that dL/dx of all of them is exercised.
fn loss_of(activity: &Tensor) -> Tensor {
    let weights: Vec<f32> = Generator::new(9, Stream::Training).normal(activity.elem_count(), 1.0);
    let weights = Tensor::from_vec(weights, activity.dims(), &Device::Cpu).unwrap();
    (activity.sqr().unwrap() + (activity * weights).unwrap()).unwrap().sum_all().unwrap()
}

fn largest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |largest, value| largest.max(value.abs()))
}

/// More neurons than a block has rows and than a multiple of the vector width; more steps than several key-frames.
#[test]
fn gradients_agree_with_candles_own_autograd_across_blocks_and_key_frames() {
    for network in networks(83) {
        let parameters = random_parameters(network, 0.15, 1);
        let drive = candle_core::Var::from_tensor(&random_drive(23, 5, 83)).unwrap();
        let ours = live(network, &parameters, drive.as_tensor(), true).unwrap();
        let (activity, trace) = twin::live(network, &parameters, drive.as_tensor()).unwrap();
        let what = format!("{network:?}");
        assert_close(&what, &flat(&ours.activity), &flat(&activity), 1e-4);
        if let Some(trace) = trace {
            assert_close(&what, &ours.final_traces.concat(), &flat(&trace), 1e-4);
        }
        let found = slopes(&loss_of(&ours.activity), &parameters);
        let expected = slopes(&loss_of(&activity), &parameters);
        for (name, _) in parameters.iter() {
            let [found, expected] = [&found, &expected].map(|gradients| gradients.by(name));
            // Where a trace grazes its bound, the last bit decides whether a gradient passes the clip.
            let clips =
                matches!(network.plasticity, Some(Plasticity { writing: Writing::Rule(Rule::Clip { .. }), .. }));
            assert_close(&format!("{what} d{name}"), &found, &expected, if clips { 2e-2 } else { 5e-4 });
        }
        if network.drive == Drive::Add {
            let [found, expected] = [&found, &expected].map(|gradients| gradients.by_tensor(drive.as_tensor()));
            assert_close(&format!("{what} d(drive)"), &found, &expected, 5e-4);
        }
    }
}

#[test]
fn gradients_agree_with_finite_differences_on_a_small_random_network() {
    for network in networks(6) {
        let parameters = random_parameters(network, 0.4, 2);
        let drive = random_drive(7, 2, 6);
        let loss = |parameters: &Parameters| -> f64 {
            let activity = live(network, parameters, &drive, false).unwrap().activity;
            f64::from(loss_of(&activity).to_scalar::<f32>().unwrap())
        };
        let activity = live(network, &parameters, &drive, false).unwrap().activity;
        let gradients = slopes(&loss_of(&activity), &parameters);
        for (name, var) in parameters.iter() {
            let gradient = gradients.by(name);
            let values = parameters.values(name).unwrap();
            let shape = var.dims().to_vec();
            let scale = largest(&gradient).max(0.1);
            for index in (0..values.len()).step_by(5) {
                let step = 4e-3;
                let [above, below] = [step, -step].map(|step| {
                    let mut moved = parameters.snapshot().unwrap();
                    let mut values = values.clone();
                    values[index] += step;
                    moved.insert(name, &shape, &values).unwrap();
                    loss(&moved)
                });
                let expected = ((above - below) / f64::from(2.0 * step)) as f32;
                let error = (gradient[index] - expected).abs() / scale;
                // A clip has a corner, where a finite difference sees half of each side.
                let tolerance = match network.plasticity {
                    Some(Plasticity { writing: Writing::Rule(Rule::Clip { .. }), .. }) => 0.15,
                    _ => 0.01,
                };
                assert!(
                    error < tolerance,
                    "{network:?} d{name}[{index}]: expected {expected}, found {}",
                    gradient[index]
                );
            }
        }
    }
}

#[test]
fn a_lifetime_lived_step_by_step_is_the_whole_one_bit_for_bit() {
    for network in networks(70) {
        let parameters = random_parameters(network, 0.15, 3);
        let drive = random_drive(12, 3, 70);
        let whole = live(network, &parameters, &drive, true).unwrap();
        // Another expectation of the length spaces key-frames differently and must not matter.
        let mut stepper = Stepper::begin(network, &parameters, 3, 100).unwrap();
        for step in 0..12 {
            let activity = stepper.step(&flat(&drive.get(step).unwrap())).unwrap();
            assert_eq!(activity, flat(&whole.activity.get(step).unwrap()), "{network:?} step {step}");
        }
        for lane in 0..3 {
            assert_eq!(stepper.trace(lane).unwrap(), whole.final_traces[lane], "{network:?}");
        }
        let stepped = stepper.finish(&parameters, &drive).unwrap();
        let [stepped, whole] = [stepped, whole.activity].map(|activity| slopes(&loss_of(&activity), &parameters));
        for (name, _) in parameters.iter() {
            let [stepped, whole] = [&stepped, &whole].map(|gradients| gradients.by(name));
            assert_eq!(stepped, whole, "{network:?} d{name}");
        }
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let network = Recurrent {
        neurons: 150,
        drive: Drive::Clamp,
        plasticity: Some(Plasticity { alpha: AlphaKind::Free, writing: Writing::Rule(Rule::Decay) }),
    };
    for batch in [1, 6] {
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let parameters = random_parameters(network, 0.1, 4);
                // With steps that clamp every neuron, and without.
                let (_, shown) = shown_and_silent_drive(batch, 150);
                let drive = Tensor::cat(&[&random_drive(20, batch, 150), &shown], 0).unwrap();
                let activity = live(network, &parameters, &drive, false).unwrap().activity;
                let gradients = slopes(&loss_of(&activity), &parameters);
                gradients.all()
            })
        };
        assert!(run(1) == run(3), "batch {batch}: gradients differ between one thread and three");
    }
}

#[test]
fn traces_replayed_from_activities_are_those_of_the_lifetime_bit_for_bit() {
    for rule in RULES {
        let network = Recurrent {
            neurons: 70,
            drive: Drive::Clamp,
            plasticity: Some(Plasticity { alpha: AlphaKind::Free, writing: Writing::Rule(rule) }),
        };
        let parameters = random_parameters(network, 0.2, 6);
        let drive = random_drive(15, 1, 70);
        let mut stepper = Stepper::begin(network, &parameters, 1, 15).unwrap();
        let values = flat(&live(network, &parameters, &drive, false).unwrap().activity);
        let layer = network.layer().unwrap();
        let activities = recording(&layer, &parameters, &values);
        let mut carried = vec![0.0; 70 * 70];
        for step in 0..15 {
            stepper.step(&flat(&drive.get(step).unwrap())).unwrap();
            activities.carry(&mut carried, step..step + 1);
            assert!(carried == stepper.trace(0).unwrap(), "{rule:?} step {step}");
        }
        let mut at_once = vec![0.0; 70 * 70];
        activities.carry(&mut at_once, 0..15);
        assert!(at_once == carried, "{rule:?}: one jump differs from fifteen steps");
    }
}

/// `[T, B, N]`: runs of steps that clamp every neuron, some longer than the kernels let updates wait, between steps
/// that leave some free.
fn shown_and_silent_drive(batch: usize, neurons: usize) -> (usize, Tensor) {
    let runs = [(5, 3), (40, 1), (1, 2), (70, 4), (2, 1), (3, 0)];
    let mut generator = Generator::new(6, Stream::Training);
    let mut values = Vec::new();
    let mut steps = 0;
    for (shown, silent) in runs {
        for step in 0..shown + silent {
            let row = generator.normal(batch * neurons, 0.7).into_iter().enumerate();
            values.extend(row.map(|(index, value)| match (step < shown, index % 3) {
                (true, _) if value == 0.0 => 0.1,
                (true, _) => value,
                (false, 0) => value,
                (false, _) => 0.0,
            }));
        }
        steps += shown + silent;
    }
    (steps, Tensor::from_vec(values, (steps, batch, neurons), &Device::Cpu).unwrap())
}

#[test]
fn steps_that_clamp_every_neuron_are_spared_and_nothing_changes() {
    let (neurons, batch) = (70, 4);
    for network in networks(neurons).into_iter().filter(|network| network.drive == Drive::Clamp) {
        let parameters = random_parameters(network, 0.1, 3);
        let (steps, drive) = shown_and_silent_drive(batch, neurons);
        // A drive in the graph may be asked for its gradient, so every step is swept.
        let tracked = candle_core::Var::from_tensor(&drive).unwrap();
        let spared = live(network, &parameters, &drive, true).unwrap();
        let full = live(network, &parameters, &tracked, true).unwrap();
        assert!(spared.traffic.forward * 4 < full.traffic.forward, "{:?} {:?}", spared.traffic, full.traffic);
        assert!(spared.traffic.backward * 3 < full.traffic.backward, "{:?} {:?}", spared.traffic, full.traffic);
        assert_eq!(flat(&spared.activity), flat(&full.activity), "{network:?}");
        assert_eq!(spared.final_traces, full.final_traces, "{network:?}");
        assert_eq!(spared.activity.dims(), [steps, batch, neurons]);
        let spared = slopes(&loss_of(&spared.activity), &parameters);
        let full = slopes(&loss_of(&full.activity), &parameters);
        for (name, _) in parameters.iter() {
            let [found, expected] = [&spared, &full].map(|grads| grads.by(name));
            assert_close(&format!("{name} of {network:?}"), &found, &expected, 1e-4);
        }
    }
}

#[test]
fn the_smallest_and_oddest_sizes_agree_with_the_twin() {
    for neurons in [1, 15, 16, 17] {
        for network in networks(neurons) {
            let parameters = random_parameters(network, 0.3, 8);
            for (steps, batch) in [(1, 1), (2, 4), (5, 2)] {
                let drive = random_drive(steps, batch, neurons);
                let ours = live(network, &parameters, &drive, true).unwrap();
                let (activity, _) = twin::live(network, &parameters, &drive).unwrap();
                let what = format!("{network:?}, {steps} steps, {batch} lanes");
                assert_close(&what, &flat(&ours.activity), &flat(&activity), 1e-4);
                let found = slopes(&loss_of(&ours.activity), &parameters);
                let expected = slopes(&loss_of(&activity), &parameters);
                for (name, _) in parameters.iter() {
                    // The twin's graph has no path to a parameter that nothing depends on yet.
                    let Some(expected) = expected.known(name) else { continue };
                    let found = found.by(name);
                    assert_close(&format!("{what} d{name}"), &found, &expected, 1e-3);
                }
            }
        }
    }
}

#[test]
fn more_steps_than_expected_and_many_shows_change_nothing() {
    let (neurons, batch) = (40, 2);
    let network = Recurrent {
        neurons,
        drive: Drive::Clamp,
        plasticity: Some(Plasticity { alpha: AlphaKind::Free, writing: Writing::Rule(Rule::Oja) }),
    };
    let parameters = random_parameters(network, 0.1, 3);
    // So many shows that key-frames become sparse and traces between them are rebuilt.
    let (once, drive) = shown_and_silent_drive(batch, neurons);
    let drive = Tensor::cat(&[&drive, &drive, &drive, &drive, &drive, &drive], 0).unwrap();
    let steps = 6 * once;
    let whole = live(network, &parameters, &drive, true).unwrap();
    let mut stepper = Stepper::begin(network, &parameters, batch, 3).unwrap();
    for step in flat(&drive).chunks_exact(batch * neurons) {
        stepper.step(step).unwrap();
    }
    let traces: Vec<_> = (0..batch).map(|lane| stepper.trace(lane).unwrap()).collect();
    let stepped = stepper.finish(&parameters, &drive).unwrap();
    assert_eq!(stepped.dims(), [steps, batch, neurons]);
    assert_eq!(flat(&whole.activity), flat(&stepped));
    assert_eq!(whole.final_traces, traces);
    let [whole, stepped] = [&whole.activity, &stepped].map(|activity| slopes(&loss_of(activity), &parameters));
    for (name, _) in parameters.iter() {
        let [found, expected] = [&whole, &stepped].map(|grads| grads.by(name));
        assert_close(name, &found, &expected, 2e-4);
    }
}

#[test]
fn a_batch_of_no_lifetimes_is_refused() {
    let network = networks(3)[0];
    let parameters = random_parameters(network, 0.1, 3);
    let drive = Tensor::zeros((4, 0, 3), candle_core::DType::F32, &Device::Cpu).unwrap();
    let refusal = live(network, &parameters, &drive, false).err().unwrap().to_string();
    assert!(refusal.contains("at least one lifetime, found none"), "{refusal}");
    assert!(Stepper::begin(network, &parameters, 0, 4).is_err());
}

#[test]
fn a_lifetime_reuses_the_memory_of_the_one_before_and_is_the_same() {
    for network in networks(40) {
        let parameters = random_parameters(network, 0.2, 4);
        let drive = random_drive(60, 5, 40);
        let run = || {
            let lived = live(network, &parameters, &drive, true).unwrap();
            let grads = slopes(&loss_of(&lived.activity), &parameters);
            (flat(&lived.activity), lived.final_traces, grads.all())
        };
        let first = run();
        assert_eq!(first, run(), "{network:?}");
        assert_eq!(first, run(), "{network:?}");
    }
}

#[test]
fn a_misshapen_parameter_is_refused_with_both_shapes() {
    let network = networks(6)[1];
    let mut parameters = random_parameters(network, 0.1, 1);
    parameters.insert("alpha", &[2, 3], &[0.0; 6]).unwrap();
    let error = live(network, &parameters, &random_drive(2, 1, 6), false).err().unwrap().to_string();
    assert!(error.contains("alpha") && error.contains("[2, 3]") && error.contains("[6, 6]"), "{error}");
}

/// Lessons in two batches teach what they teach together.
#[test]
fn gradients_of_lifetimes_that_are_lived_apart_are_added() {
    for network in networks(20) {
        let parameters = random_parameters(network, 0.2, 7);
        let drive = random_drive(9, 5, 20);
        let lived = |first: usize, count: usize| {
            live(network, &parameters, &drive.narrow(1, first, count).unwrap(), false).unwrap().activity
        };
        let loss = |activity: Tensor| activity.sqr().unwrap().sum_all().unwrap();
        let together = slopes(&loss(lived(0, 5)), &parameters).all();
        let apart = slopes(&(loss(lived(0, 2)) + loss(lived(2, 3))).unwrap(), &parameters).all();
        for ((name, found), (_, expected)) in apart.iter().zip(&together) {
            assert_close(&format!("{network:?} d{name}"), found, expected, 1e-4);
        }
    }
}
