//! Modulated lifetimes: the same whoever drives them and on however many threads, and refusals in words.

use crate::workbench::modulations;
use candle_core::{Device, Tensor, Var};
use hebbscope::data::{Generator, Stream};
use hebbscope::plastic::Parameters;
use hebbscope::plastic::lifetime::Driver;
use hebbscope::plastic::modulated::{Modulated, Modulation};

const NEURONS: usize = 19;

fn parameters(modulation: Modulation) -> Parameters {
    let mut generator = Generator::new(4, Stream::Initialisation);
    let mut parameters = Parameters::default();
    for (name, shape) in modulation.shapes(NEURONS) {
        let count = shape.iter().product();
        // Weights that keep the network from chaos, in which no slope is worth anything, and a loud modulator.
        let scale = if ["w", "alpha"].contains(&name) { 0.15 } else { 0.8 };
        let values = if name == "eta" { vec![0.2] } else { generator.normal(count, scale) };
        parameters.insert(name, &shape, &values).unwrap();
    }
    parameters
}

fn drive(steps: usize, batch: usize) -> Tensor {
    let values = Generator::new(9, Stream::Episode).normal(steps * batch * NEURONS, 0.7);
    Tensor::from_vec(values, (steps, batch, NEURONS), &Device::Cpu).unwrap()
}

fn flat(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

#[test]
fn results_do_not_depend_on_the_number_of_threads_and_gradients_flow_into_the_drive() {
    for modulation in modulations() {
        let parameters = parameters(modulation);
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let drive = Var::from_tensor(&drive(23, 5)).unwrap();
                let lived = Modulated::live(modulation, &parameters, &drive).unwrap();
                let activity = lived.finish(&parameters, &drive).unwrap();
                let gradients = activity.sqr().unwrap().sum_all().unwrap().backward().unwrap();
                let mut found = vec![flat(&activity), flat(gradients.get(&drive).unwrap())];
                found.extend(parameters.iter().map(|(_, var)| flat(gradients.get(var).unwrap())));
                found
            })
        };
        let first = run(1);
        assert!(first.iter().all(|values| values.iter().any(|value| *value != 0.0)), "{modulation:?}");
        assert!(first == run(1) && first == run(3), "{modulation:?}");
    }
}

/// A trace under the clip, long enough for many key-frames: the slope of the loss along the gradient is its length.
#[test]
fn the_loss_changes_along_the_gradient_as_the_gradient_says() {
    for modulation in modulations() {
        let loss = |parameters: &Parameters| {
            let drive = drive(60, 2);
            let lived = Modulated::live(modulation, parameters, &drive).unwrap();
            let activity = lived.finish(parameters, &drive).unwrap();
            activity.narrow(0, 40, 20).unwrap().sqr().unwrap().mean_all().unwrap()
        };
        let here = parameters(modulation);
        let lived = Modulated::live(modulation, &here, &drive(60, 2)).unwrap();
        let cut = lived.trace(0).iter().filter(|value| value.abs() == modulation.bound).count();
        assert!((1..NEURONS * NEURONS).contains(&cut), "{modulation:?}: {cut} traces at the bound");
        let gradients = loss(&here).backward().unwrap();
        let gradient = |name: &str| flat(gradients.get(here.get(name).unwrap()).unwrap());
        for (name, shape) in modulation.shapes(NEURONS) {
            let gradient = gradient(name);
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
            assert!((slope - length).abs() < 0.05 * length + 1e-4, "{modulation:?} {name}: {slope}, not {length}");
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
    for modulation in modulations() {
        let parameters = parameters(modulation);
        let echo = || Echo { last: vec![0.3; NEURONS], drove: Vec::new(), heard: Vec::new() };
        let mut drivers = [echo()];
        let lived = Modulated::live_with(modulation, &parameters, &mut drivers, 17).unwrap();
        let drive = Tensor::from_slice(&drivers[0].drove, (17, 1, NEURONS), &Device::Cpu).unwrap();
        let again = Modulated::live(modulation, &parameters, &drive).unwrap();
        assert_eq!(lived.trace(0), again.trace(0));
        assert_eq!(lived.eligibility(0), again.eligibility(0));
        assert_eq!(lived.modulator(0), again.modulator(0));
        assert!(lived.trace(0).iter().all(|value| value.abs() <= modulation.bound));
        assert_eq!(flat(&lived.finish(&parameters, &drive).unwrap()), drivers[0].heard);
    }
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let modulation = modulations()[3];
    let parameters = parameters(modulation);
    let refused = |modulation: Modulation, parameters: &Parameters, drive: &Tensor| {
        Modulated::live(modulation, parameters, drive).err().unwrap().to_string()
    };
    let mut misshapen = parameters.snapshot().unwrap();
    misshapen.insert("mod.weight", &[NEURONS], &[0.0; NEURONS]).unwrap();
    let error = refused(modulation, &misshapen, &drive(2, 1));
    assert!(error.contains("mod.weight has shape [19]") && error.contains("[19, 1]"), "{error}");
    let error = refused(Modulation { bound: f32::NAN, ..modulation }, &parameters, &drive(2, 1));
    assert!(error.contains("a bound of the trace above zero, found NaN"), "{error}");
    let other = Tensor::zeros((2, 1, NEURONS + 1), candle_core::DType::F32, &Device::Cpu).unwrap();
    assert!(refused(modulation, &parameters, &other).contains("20 neurons"), "another number of neurons");
    let none = Modulated::live_with(modulation, &parameters, &mut [] as &mut [Echo], 3).err().unwrap().to_string();
    assert!(none.contains("at least one lifetime"), "{none}");

    let lived = Modulated::live(modulation, &parameters, &drive(3, 1)).unwrap();
    let error = lived.finish(&parameters, &drive(4, 1)).unwrap_err().to_string();
    assert!(error.contains("[4, 1, 19]") && error.contains("[3, 1, 19]"), "{error}");
    let drive = drive(3, 1);
    let lived = Modulated::live(modulation, &parameters, &drive).unwrap();
    let loss = lived.finish(&parameters, &drive).unwrap().sum_all().unwrap();
    loss.backward().unwrap();
    assert!(loss.backward().unwrap_err().to_string().contains("once only"));
}
