//! Modulated lifetimes: the same whoever drives them and on however many threads, and refusals in words.

use crate::plastic::twin;
use crate::workbench::{drawn, driven, flat, modulated_networks, slopes};
use candle_core::{Device, Tensor, Var};
use hebbscope::data::{Generator, Stream};
use hebbscope::plastic::lifetime::Driver;
use hebbscope::plastic::{AlphaKind, Modulation, Parameters, Plasticity, Recurrent, Stepper, Writing, live};

const NEURONS: usize = 19;

fn parameters(network: Recurrent) -> Parameters {
    // Weights that keep the network from chaos, in which no slope is worth anything, and a loud modulator.
    let scale = |name: &str| if ["w", "alpha"].contains(&name) { 0.15 } else { 0.8 };
    drawn(network.shapes(), &mut Generator::new(4, Stream::Initialisation), scale, 0.2)
}

fn drive(steps: usize, batch: usize) -> Tensor {
    let values = Generator::new(9, Stream::Episode).normal(steps * batch * NEURONS, 0.7);
    Tensor::from_vec(values, (steps, batch, NEURONS), &Device::Cpu).unwrap()
}

#[test]
fn results_do_not_depend_on_the_number_of_threads_and_gradients_flow_into_the_drive() {
    for network in modulated_networks(NEURONS) {
        let parameters = parameters(network);
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let drive = Var::from_tensor(&drive(23, 5)).unwrap();
                let activity = live(network, &parameters, &drive, false).unwrap().activity;
                let gradients = slopes(&activity.sqr().unwrap().sum_all().unwrap(), &parameters);
                let mut found = vec![flat(&activity), gradients.by_tensor(&drive)];
                found.extend(gradients.all().into_iter().map(|(_, gradient)| gradient));
                found
            })
        };
        let first = run(1);
        assert!(first.iter().all(|values| values.iter().any(|value| *value != 0.0)), "{network:?}");
        assert!(first == run(1) && first == run(3), "{network:?}");
    }
}

/// A trace under the clip, long enough for many key-frames: the slope of the loss along the gradient is its length.
#[test]
fn the_loss_changes_along_the_gradient_as_the_gradient_says() {
    // Where neurons share an α their traces reach the bound together, and no step is small enough for the corners: the
    // slow twin judges those.
    for network in modulated_networks(NEURONS).into_iter().filter(|network| network.alpha() == Some(AlphaKind::Free)) {
        let loss = |parameters: &Parameters| {
            let activity = live(network, parameters, &drive(60, 2), false).unwrap().activity;
            activity.narrow(0, 40, 20).unwrap().sqr().unwrap().mean_all().unwrap()
        };
        let here = parameters(network);
        let trace = live(network, &here, &drive(60, 2), true).unwrap().final_traces.swap_remove(0);
        let bound = network.modulation().unwrap().bound;
        let cut = trace.iter().filter(|value| value.abs() == bound).count();
        assert!((1..NEURONS * NEURONS).contains(&cut), "{network:?}: {cut} traces at the bound");
        let gradients = slopes(&loss(&here), &here);
        for (name, shape) in network.shapes() {
            let gradient = gradients.by(name);
            let length = gradient.iter().map(|value| value * value).sum::<f32>().sqrt();
            let moved = |by: f32| {
                let mut there = here.snapshot().unwrap();
                let values = here.values(name).unwrap();
                let values: Vec<f32> =
                    values.iter().zip(&gradient).map(|(value, gradient)| value + by * gradient / length).collect();
                there.insert(name, &shape, &values).unwrap();
                loss(&there).to_scalar::<f32>().unwrap()
            };
            let slope = (moved(1e-3) - moved(-1e-3)) / 2e-3;
            // The clip has corners, and float32 its grain.
            assert!((slope - length).abs() < 0.05 * length + 1e-4, "{network:?} {name}: {slope}, not {length}");
        }
    }
}

/// Drives with what it was told last.
struct Echo {
    last: Vec<f32>,
    drove: Vec<f32>,
    heard: Vec<f32>,
}

impl Driver for Echo {
    fn drive(&mut self, drive: &mut [f32]) {
        drive.copy_from_slice(&self.last);
        self.drove.extend_from_slice(drive);
    }

    fn take(&mut self, activity: &[f32]) {
        self.last = activity.iter().rev().map(|value| 1.2 * value + 0.1).collect();
        self.heard.extend_from_slice(activity);
    }
}

#[test]
fn a_driven_lifetime_is_the_lifetime_of_what_drove_it() {
    for network in modulated_networks(NEURONS) {
        let parameters = parameters(network);
        let mut drivers = [Echo { last: vec![0.3; NEURONS], drove: Vec::new(), heard: Vec::new() }];
        let lived = driven(network, &parameters, &mut drivers, 17).unwrap();
        let mut again = Stepper::begin(network, &parameters, 1, 17).unwrap();
        for drive in drivers[0].drove.chunks_exact(NEURONS) {
            again.step(drive).unwrap();
        }
        assert_eq!(lived.trace(0).unwrap(), again.trace(0).unwrap());
        assert_eq!(lived.eligibility(0).unwrap(), again.eligibility(0).unwrap());
        assert_eq!(lived.modulator(0).unwrap(), again.modulator(0).unwrap());
        let bound = network.modulation().unwrap().bound;
        assert!(lived.trace(0).unwrap().iter().all(|value| value.abs() <= bound));
        let drive = Tensor::from_slice(&drivers[0].drove, (17, 1, NEURONS), &Device::Cpu).unwrap();
        assert_eq!(flat(&lived.finish(&parameters, &drive).unwrap()), drivers[0].heard);
        assert_eq!(flat(&live(network, &parameters, &drive, false).unwrap().activity), drivers[0].heard);
    }
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let network = *modulated_networks(NEURONS).last().unwrap();
    let Some(Plasticity { alpha: AlphaKind::Yoked, writing: Writing::Modulated(modulation) }) = network.plasticity
    else {
        panic!("{network:?}")
    };
    let parameters = parameters(network);
    let refused = |network: Recurrent, parameters: &Parameters, drive: &Tensor| {
        live(network, parameters, drive, false).err().unwrap().to_string()
    };
    let mut misshapen = parameters.snapshot().unwrap();
    misshapen.insert("mod.weight", &[NEURONS], &[0.0; NEURONS]).unwrap();
    let error = refused(network, &misshapen, &drive(2, 1));
    assert!(error.contains("mod.weight has shape [19]") && error.contains("[19, 1]"), "{error}");
    let mut misshapen = parameters.snapshot().unwrap();
    misshapen.insert("alpha", &[2], &[0.0; 2]).unwrap();
    let error = refused(network, &misshapen, &drive(2, 1));
    assert!(error.contains("alpha has shape [2]") && error.contains("[1]"), "{error}");
    let writing = Writing::Modulated(Modulation { bound: f32::NAN, ..modulation });
    let unbounded = Recurrent { plasticity: Some(Plasticity { alpha: AlphaKind::Yoked, writing }), ..network };
    let error = refused(unbounded, &parameters, &drive(2, 1));
    assert!(error.contains("a bound of the trace above zero, found NaN"), "{error}");
    let other = Tensor::zeros((2, 1, NEURONS + 1), candle_core::DType::F32, &Device::Cpu).unwrap();
    assert!(refused(network, &parameters, &other).contains("20 neurons"), "another number of neurons");
    let none = driven(network, &parameters, &mut [] as &mut [Echo], 3).err().unwrap().to_string();
    assert!(none.contains("at least one lifetime"), "{none}");

    let lived = || {
        let mut stepper = Stepper::begin(network, &parameters, 1, 3).unwrap();
        flat(&drive(3, 1)).chunks_exact(NEURONS).for_each(|drive| drop(stepper.step(drive).unwrap()));
        stepper
    };
    let error = lived().finish(&parameters, &drive(4, 1)).unwrap_err().to_string();
    assert!(error.contains("[4, 1, 19]") && error.contains("[3, 1, 19]"), "{error}");
    let loss = lived().finish(&parameters, &drive(3, 1)).unwrap().sum_all().unwrap();
    loss.backward().unwrap();
    assert!(loss.backward().unwrap_err().to_string().contains("once only"));
}

#[test]
fn gradients_are_those_of_the_slow_twin() {
    for network in modulated_networks(NEURONS) {
        let (parameters, drive) = (parameters(network), drive(40, 2));
        let gradients = |activity: Tensor| {
            slopes(&activity.narrow(0, 20, 20).unwrap().sqr().unwrap().mean_all().unwrap(), &parameters).all()
        };
        let found = gradients(live(network, &parameters, &drive, false).unwrap().activity);
        let expected = gradients(twin::live(network, &parameters, &drive).unwrap().0);
        for ((name, found), (_, expected)) in found.iter().zip(&expected) {
            let scale = expected.iter().fold(1e-3f32, |scale, value| scale.max(value.abs()));
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-3 * scale, "{network:?} {name}: {found}, not {expected}");
            }
        }
    }
}
