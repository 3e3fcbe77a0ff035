//! The lifetime on a graphics processor, beside the CPU's. A software adapter runs every kernel for real.

use super::learning::learns_as_on_the_cpu;
use crate::support::adapter_is_required;
use crate::workbench::{RULES, assert_close, drawn, flat, modulated_networks, networks, recording, say, slopes};
use candle_core::{Device, Tensor, Var};
use hebbscope::data::{Generator, Stream};
use hebbscope::device::{self, Choice, Compute};
use hebbscope::plastic::network::{AlphaKind, Drive, Plasticity, Recurrent};
use hebbscope::plastic::replay::{Modulators, Recording};
use hebbscope::plastic::{Alteration, Modulation, Parameters, Rule, Stepper, Writing, live};

/// The device, or `None` (said aloud) where there is none; with `HEBBSCOPE_REQUIRE_ADAPTER=1` that is a failure.
pub fn gpu() -> Option<Compute> {
    match device::open(Choice::Gpu) {
        Ok((compute, _)) => Some(compute),
        Err(reason) => {
            assert!(!adapter_is_required(), "HEBBSCOPE_REQUIRE_ADAPTER=1, but {reason}");
            say(&format!("skipped: {reason}"));
            None
        }
    }
}

fn problem(network: Recurrent, steps: usize, batch: usize) -> (Parameters, Tensor) {
    let mut generator = Generator::new(11, Stream::Training);
    let scale = |name: &str| match name.starts_with("mod.") || name.starts_with("fanout.") {
        true => 0.6,
        false => 0.5 / (network.neurons as f32).sqrt(),
    };
    let parameters = drawn(network.shapes(), &mut generator, scale, 0.05);
    let drive: Vec<f32> = generator
        .normal(steps * batch * network.neurons, 0.7)
        .into_iter()
        .map(|value| if value.abs() < 0.6 { 0.0 } else { value })
        .collect();
    (parameters, Tensor::from_vec(drive, (steps, batch, network.neurons), &Device::Cpu).unwrap())
}

/// A loss that looks at every step.
fn loss_of(activity: &Tensor) -> Tensor {
    let weights = Generator::new(9, Stream::Training).normal(activity.elem_count(), 1.0);
    let weights = Tensor::from_vec(weights, activity.dims(), &Device::Cpu).unwrap();
    (activity.sqr().unwrap() + (activity * weights).unwrap()).unwrap().sum_all().unwrap()
}

/// Activities; gradients by name, the drive's last; final traces.
struct Lived {
    activity: Vec<f32>,
    gradients: Vec<(String, Vec<f32>)>,
    traces: Vec<f32>,
}

fn lived(network: Recurrent, parameters: &Parameters, drive: &Tensor) -> Lived {
    let drive = Var::from_tensor(drive).unwrap();
    let lived = live(network, parameters, drive.as_tensor(), true).unwrap();
    let found = slopes(&loss_of(&lived.activity), parameters);
    let mut gradients = found.all();
    gradients.push(("drive".to_owned(), found.by_tensor(drive.as_tensor())));
    Lived { activity: flat(&lived.activity), gradients, traces: lived.final_traces.concat() }
}

/// A lifetime there, lived twice, beside that of the CPU.
fn check(compute: &Compute, network: Recurrent, [steps, batch]: [usize; 2]) {
    let (parameters, drive) = problem(network, steps, batch);
    let what = format!("{network:?} {steps} steps {batch} lanes");
    let here = lived(network, &parameters, &drive);
    let there = parameters.copy_to(compute).unwrap();
    let found = lived(network, &there, &drive);
    assert_close(&format!("{what} x"), &found.activity, &here.activity, 1e-5);
    assert_close(&format!("{what} H"), &found.traces, &here.traces, 1e-5);
    // Where a trace grazes its bound, the last bit decides whether a gradient passes the clip.
    let clips = network.writing().and_then(Writing::bound).is_some();
    for ((name, found), (_, expected)) in found.gradients.iter().zip(&here.gradients) {
        assert_close(&format!("{what} d{name}"), found, expected, if clips { 2e-2 } else { 2e-4 });
    }
    let again = lived(network, &there, &drive);
    let is_same = again.activity == found.activity && again.gradients == found.gradients;
    assert!(is_same && again.traces == found.traces, "{what}: a second time differs");
}

/// One workgroup a lane and many, ragged sizes, one step, several key-frames.
#[test]
fn a_ruled_lifetime_on_the_graphics_processor_is_that_of_the_cpu() {
    let Some(compute) = gpu() else { return };
    for (neurons, sizes) in [(1, [5, 2]), (3, [1, 2]), (51, [23, 3]), (101, [11, 2]), (200, [10, 2])] {
        for network in networks(neurons) {
            check(&compute, network, sizes);
        }
    }
    let plasticity = Some(Plasticity { alpha: AlphaKind::Free, writing: Writing::Rule(Rule::Oja) });
    check(&compute, Recurrent { neurons: 301, drive: Drive::Clamp, plasticity }, [30, 1]);
    // More dispatches than go over in one piece, and a workgroup's steps in more than one dispatch.
    check(&compute, Recurrent { neurons: 130, drive: Drive::Add, plasticity }, [80, 1]);
    check(&compute, Recurrent { neurons: 128, drive: Drive::Add, plasticity }, [17, 256]);
}

#[test]
fn a_modulated_lifetime_on_the_graphics_processor_is_that_of_the_cpu() {
    let Some(compute) = gpu() else { return };
    for (neurons, sizes) in [(1, [4, 2]), (17, [23, 3]), (101, [9, 2])] {
        for network in modulated_networks(neurons) {
            check(&compute, network, sizes);
        }
    }
}

#[test]
fn gradients_on_the_graphics_processor_are_finite_differences() {
    let Some(compute) = gpu() else { return };
    // Bounds that no trace reaches: a clip has corners, across which no difference is a slope. What a clip hands back is
    // compared with the CPU above.
    let unclipped = |network: Recurrent| {
        let bound = 5.0;
        let writing = |writing| match writing {
            Writing::Rule(Rule::Clip { .. }) => Writing::Rule(Rule::Clip { bound }),
            Writing::Rule(rule) => Writing::Rule(rule),
            Writing::Modulated(modulation) => Writing::Modulated(Modulation { bound, ..modulation }),
        };
        let plasticity = |plastic: Plasticity| Plasticity { writing: writing(plastic.writing), ..plastic };
        Recurrent { plasticity: network.plasticity.map(plasticity), ..network }
    };
    for network in networks(6).into_iter().chain(modulated_networks(6)).map(unclipped) {
        let (parameters, drive) = problem(network, 7, 2);
        let parameters = parameters.copy_to(&compute).unwrap();
        let loss = |parameters: &Parameters| {
            let activity = live(network, parameters, &drive, false).unwrap().activity;
            loss_of(&activity)
        };
        let gradients = slopes(&loss(&parameters), &parameters);
        for (name, var) in parameters.iter() {
            // Along the gradient, where the difference is largest.
            let gradient = gradients.by(name);
            let length = gradient.iter().map(|value| value * value).sum::<f32>().sqrt();
            let values = parameters.values(name).unwrap();
            let moved = |by: f32| -> f64 {
                let mut moved = parameters.copy().unwrap();
                let values: Vec<f32> =
                    values.iter().zip(&gradient).map(|(value, slope)| value + by * slope / length).collect();
                moved.insert(name, var.dims(), &values).unwrap();
                f64::from(loss(&moved).to_scalar::<f32>().unwrap())
            };
            let step = 4e-3;
            let slope = ((moved(step) - moved(-step)) / f64::from(2.0 * step)) as f32;
            assert!(
                (slope - length).abs() < 0.01 * length + 1e-2,
                "{network:?} d{name}: expected {slope}, found {length}"
            );
        }
    }
}

/// Bit for bit: the same kernels, whole or step by step, and buffers that have to grow.
#[test]
fn a_lifetime_lived_step_by_step_on_the_graphics_processor_is_the_whole_one() {
    let Some(compute) = gpu() else { return };
    let modulated = modulated_networks(20).into_iter().step_by(5);
    let ruled = [20, 150].into_iter().flat_map(|neurons| networks(neurons).into_iter().step_by(4));
    for network in ruled.chain(modulated) {
        let (parameters, drive) = problem(network, 12, 2);
        let parameters = parameters.copy_to(&compute).unwrap();
        let whole = live(network, &parameters, &drive, true).unwrap();
        let values = flat(&whole.activity);
        let mut stepper = Stepper::begin(network, &parameters, 2, 12).unwrap();
        let mut growing = Stepper::begin(network, &parameters, 2, 3).unwrap();
        for step in 0..12 {
            let drive = flat(&drive.get(step).unwrap());
            let activity = stepper.step(&drive).unwrap();
            assert!(activity == values[step * 2 * network.neurons..][..2 * network.neurons], "{network:?} {step}");
            assert!(growing.step(&drive).unwrap() == activity, "{network:?} {step}");
        }
        for lane in 0..2 {
            let trace = stepper.trace(lane).unwrap();
            assert!(trace == whole.final_traces[lane] && trace == growing.trace(lane).unwrap(), "{network:?}");
        }
        let gradients = |activity: &Tensor| slopes(&loss_of(activity), &parameters).all();
        let expected = gradients(&whole.activity);
        assert!(gradients(&stepper.finish(&parameters, &drive).unwrap()) == expected, "{network:?}");
        // Other key-frames: the same traces rebuilt from elsewhere, so the same numbers.
        let grown = gradients(&growing.finish(&parameters, &drive).unwrap());
        for ((name, found), (_, expected)) in grown.iter().zip(&expected) {
            assert_close(&format!("{network:?} d{name}"), found, expected, 1e-4);
        }
    }
}

/// What the window shows of a lifetime that was lived there.
#[test]
fn traces_replayed_on_the_host_are_within_1e_5_of_those_on_the_graphics_processor() {
    let Some(compute) = gpu() else { return };
    let ruled = RULES.into_iter().flat_map(|rule| {
        let plasticity = Some(Plasticity { alpha: AlphaKind::Free, writing: Writing::Rule(rule) });
        [70, 140].map(|neurons| Recurrent { neurons, drive: Drive::Clamp, plasticity })
    });
    let fanned = modulated_networks(40).into_iter().step_by(3);
    for network in ruled.chain(fanned) {
        let (neurons, steps) = (network.neurons, 40);
        let (parameters, drive) = problem(network, steps, 1);
        let there = parameters.copy_to(&compute).unwrap();
        let layer = network.layer().unwrap();
        let mut stepper = Stepper::begin(network, &there, 1, steps).unwrap();
        stepper.advance(&drive).unwrap();
        let modulator = stepper.modulator(0).unwrap();
        let (trace, eligibility) = (stepper.trace(0).unwrap(), stepper.eligibility(0).unwrap());
        let values = flat(&stepper.finish(&there, &drive).unwrap());
        let fan_out = network
            .modulation()
            .filter(|modulation| modulation.fan_out)
            .map(|_| ["fanout.weight", "fanout.bias"].map(|name| parameters.values(name).unwrap()));
        let modulators = Modulators { values: &modulator, fan_out: fan_out.as_ref() };
        let recording = Recording {
            modulator: network.modulation().map(|_| modulators),
            ..recording(&layer, &parameters, &values)
        };
        let mut replayed = vec![0.0; layer.state_len()];
        recording.carry(&mut replayed, 0..steps);
        let own = [trace, eligibility].concat();
        assert_eq!(own.len(), replayed.len());
        let worst = own.iter().zip(&replayed).fold(0.0f32, |worst, (a, b)| worst.max((a - b).abs()));
        assert!(worst <= 1e-5, "{network:?}: {worst} apart after {steps} steps of {neurons} neurons");
        assert!(own.iter().any(|value| value.abs() > 1e-3), "{network:?}: nothing was written");
    }
}

#[test]
fn what_the_graphics_processor_cannot_do_is_refused_or_done_on_the_cpu() {
    let Some(compute) = gpu() else { return };
    let network = networks(9)[1];
    let (parameters, drive) = problem(network, 6, 2);
    let there = parameters.copy_to(&compute).unwrap();
    let mut stepper = Stepper::begin(network, &there, 2, 6).unwrap();
    let refusal = stepper.alter(&there, &Alteration::Erase).unwrap_err().to_string();
    assert!(refusal.contains("altered on the CPU only"), "{refusal}");
    // What goes on from a state is lived on the CPU: the same bits.
    let mut first = Stepper::begin(network, &parameters, 2, 6).unwrap();
    first.advance(&drive).unwrap();
    let state = first.state().unwrap();
    let [here, there] = [&parameters, &there].map(|parameters| {
        let mut stepper = Stepper::begin_from(network, parameters, &state, 6).unwrap();
        stepper.advance(&drive).unwrap();
        flat(&stepper.finish(parameters, &drive).unwrap())
    });
    assert_eq!(here, there);
    // A network that no device takes in one piece.
    let huge = Recurrent { neurons: 1 << 17, drive: Drive::Add, plasticity: None };
    let limits = compute.gpu().unwrap().limits();
    let refusal = hebbscope::plastic::gpu::plan::Division::new(huge, 1, 3, limits).unwrap_err();
    assert!(refusal.contains("131072 neurons are too many"), "{refusal}");
}

#[test]
fn training_on_the_graphics_processor_learns_as_on_the_cpu_and_goes_on_exactly_after_a_checkpoint() {
    let Some(compute) = gpu() else { return };
    let patterns: &[(&str, &str)] = &[("size", "60"), ("count", "3"), ("rounds", "2"), ("clip_norm", "5")];
    let large: &[(&str, &str)] = &[("size", "150"), ("count", "2"), ("rounds", "1")];
    let maze = |network| [("size", "5"), ("steps", "12"), ("batch", "4"), ("neurons", "40"), ("network", network)];
    let (plastic, modulated, retroactive) = (maze("plastic"), maze("modulated"), maze("retroactive"));
    let runs: [(&str, &[(&str, &str)]); 5] =
        [("patterns", patterns), ("patterns", large), ("maze", &plastic), ("maze", &modulated), ("maze", &retroactive)];
    for (task, settings) in runs {
        learns_as_on_the_cpu(&compute, task, settings, 1e-3);
    }
}
