//! With CUDA built in: every kernel compiles wherever NVRTC is, and on a device the lifetime is that of the CPU.

use super::learning::learns_as_on_the_cpu;
use crate::workbench::{assert_close, drawn, flat, modulated_networks, recording, slopes};
use candle_core::{Device, Tensor, Var};
use hebbscope::data::{Generator, Stream};
use hebbscope::device::cuda::kernels::{self, ADAM, Kernel, SQUARES};
use hebbscope::device::{self, Choice, Compute};
use hebbscope::plastic::Writing;
use hebbscope::plastic::cuda::kernels::{BACKWARD, FORWARD, MODULATED_BACKWARD, MODULATED_FORWARD};
use hebbscope::plastic::network::{AlphaKind, Drive, Plasticity, Recurrent};
use hebbscope::plastic::{Parameters, Rule, Stepper, live};
use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::path::Path;

/// The device, or `None` (said aloud) where there is none.
fn cuda() -> Option<Compute> {
    match device::open(Choice::Cuda) {
        Ok((compute, _)) => Some(compute),
        Err(reason) => {
            crate::workbench::say(&format!("skipped: {reason}"));
            None
        }
    }
}

#[test]
fn every_kernel_compiles_wherever_the_compiler_is_there() {
    // One variant is what a run compiles, for a device in the middle of the range. All of them together are compiled
    // for the oldest and the newest devices too.
    let variants =
        (0..4).flat_map(|rule| [true, false].map(|in_shared| Kernel { variant: Some((rule, in_shared)), ..FORWARD }));
    let modulated = [0, 1].into_iter().flat_map(|kind| {
        [true, false].map(|in_shared| Kernel { variant: Some((kind, in_shared)), ..MODULATED_FORWARD })
    });
    let kernels: Vec<(Kernel, (i32, i32))> = variants
        .chain(modulated)
        .map(|kernel| (kernel, (9, 0)))
        .chain(
            [FORWARD, MODULATED_FORWARD, ADAM, SQUARES]
                .into_iter()
                .flat_map(|kernel| [(7, 5), (12, 0)].map(|device| (kernel, device))),
        )
        .collect();
    // In a build that loads libraries at first use, one that is missing is a panic.
    if let Err(panic) = catch_unwind(|| kernels::compile(&SQUARES, (9, 0)).map(|_| ())) {
        let words = panic.downcast_ref::<String>().map_or("", String::as_str);
        assert!(words.contains("nvrtc"), "{words}");
        crate::workbench::say("skipped: NVRTC is not installed");
        return;
    }
    for (kernel, capability) in &kernels {
        let ptx = kernels::compile(kernel, *capability).unwrap();
        let back = [(FORWARD, BACKWARD), (MODULATED_FORWARD, MODULATED_BACKWARD)];
        let back = back.into_iter().find(|(forward, _)| forward.name == kernel.name);
        let both = [kernel.name, back.map_or(kernel.name, |(_, backward)| backward.name)];
        assert!(both.iter().all(|name| ptx.contains(&format!(".entry {name}"))), "{kernel:?}");
    }
    let compiled: BTreeSet<&str> = kernels.iter().map(|(kernel, _)| kernel.file).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("shaders");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.ends_with(".cu") || compiled.contains(&*name), "{name} is no kernel's source");
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

/// Activities, gradients by name, dL/d(drive), final traces.
fn lived(network: Recurrent, parameters: &Parameters, drive: &Tensor) -> (Vec<f32>, Vec<Vec<f32>>, Vec<Vec<f32>>) {
    let drive = Var::from_tensor(&drive.to_device(parameters.device()).unwrap()).unwrap();
    let lived = live(network, parameters, drive.as_tensor(), true).unwrap();
    let weights = Generator::new(9, Stream::Training).normal(lived.activity.elem_count(), 1.0);
    let weights = Tensor::from_vec(weights, lived.activity.dims(), parameters.device()).unwrap();
    let gradients = slopes(&(&lived.activity * weights).unwrap().sum_all().unwrap(), parameters);
    let mut found: Vec<Vec<f32>> = gradients.all().into_iter().map(|(_, gradient)| gradient).collect();
    found.push(gradients.by_tensor(drive.as_tensor()));
    (flat(&lived.activity), found, lived.final_traces)
}

/// A lifetime there, lived twice, beside that of the CPU: activities to 1e-4, traces and gradients to `tolerances`. The
/// problem, and what was found there.
fn lived_on_both(
    compute: &Compute,
    network: Recurrent,
    [steps, batch]: [usize; 2],
    tolerances: [f32; 2],
) -> (Parameters, Tensor, Vec<f32>, Vec<Vec<f32>>) {
    let (parameters, drive) = problem(network, steps, batch);
    let what = format!("{network:?} {steps} steps {batch} lanes");
    let (activity, gradients, traces) = lived(network, &parameters, &drive);
    let there = parameters.copy_to(compute).unwrap();
    let (found, found_gradients, found_traces) = lived(network, &there, &drive);
    assert_close(&format!("{what} x"), &found, &activity, 1e-4);
    assert_close(&format!("{what} H"), &found_traces.concat(), &traces.concat(), tolerances[0]);
    for (found, expected) in found_gradients.iter().zip(&gradients) {
        assert_close(&format!("{what} gradient"), found, expected, tolerances[1]);
    }
    let again = lived(network, &there, &drive);
    assert!(again == (found.clone(), found_gradients, found_traces.clone()), "{what}: a second time differs");
    (parameters, drive, found, found_traces)
}

/// One block, one lane over many blocks, and lanes in several launches.
#[test]
fn a_lifetime_on_the_device_is_that_of_the_cpu() {
    let Some(compute) = cuda() else { return };
    let rules = [Some(Rule::Decay), Some(Rule::Oja), Some(Rule::Clip { bound: 0.05 }), None];
    for (neurons, steps, batch) in [(37, 11, 3), (100, 30, 8), (301, 12, 2), (1001, 9, 1), (260, 7, 40)] {
        for rule in rules {
            for (alpha, drive) in
                [(AlphaKind::Free, Drive::Clamp), (AlphaKind::PerNeuron, Drive::Add), (AlphaKind::Yoked, Drive::Add)]
            {
                let network = Recurrent {
                    neurons,
                    drive,
                    plasticity: rule.map(|rule| Plasticity { alpha, writing: Writing::Rule(rule) }),
                };
                // Where a trace grazes its bound, the last bit decides whether a gradient passes the clip.
                let tolerance = if matches!(rule, Some(Rule::Clip { .. })) { 3e-2 } else { 1e-3 };
                lived_on_both(&compute, network, [steps, batch], [1e-4, tolerance]);
            }
        }
    }
}

/// In shared memory and outside it, with frames of every step.
#[test]
fn a_modulated_lifetime_on_the_device_is_that_of_the_cpu_and_the_same_step_by_step() {
    let Some(compute) = cuda() else { return };
    for (neurons, steps, batch) in [(37, 11, 3), (100, 40, 30), (301, 9, 2)] {
        for network in modulated_networks(neurons) {
            // As where a rule clips.
            let (parameters, drive, found, found_traces) =
                lived_on_both(&compute, network, [steps, batch], [1e-3, 3e-2]);
            let (what, there) = (format!("{network:?}"), parameters.copy_to(&compute).unwrap());
            // Fewer steps expected than come: the buffers grow.
            let mut stepper = Stepper::begin(network, &there, batch, 4).unwrap();
            for (step, values) in found.chunks_exact(batch * neurons).enumerate() {
                assert!(stepper.step(&flat(&drive.get(step).unwrap())).unwrap() == values, "{what}: step {step}");
            }
            assert!(stepper.trace(0).unwrap() == found_traces[0], "{what}");
            let mut on_cpu = Stepper::begin(network, &parameters, batch, steps).unwrap();
            for step in 0..steps {
                on_cpu.step(&flat(&drive.get(step).unwrap())).unwrap();
            }
            let last = batch - 1;
            assert_close(
                &format!("{what} M"),
                &stepper.modulator(last).unwrap(),
                &on_cpu.modulator(last).unwrap(),
                1e-4,
            );
            assert_close(
                &format!("{what} E"),
                &stepper.eligibility(last).unwrap(),
                &on_cpu.eligibility(last).unwrap(),
                1e-3,
            );
        }
    }
}

#[test]
fn a_lifetime_lived_step_by_step_on_the_device_is_the_whole_one_and_replays_on_the_host() {
    let Some(compute) = cuda() else { return };
    for neurons in [70, 300] {
        let plasticity = Some(Plasticity { alpha: AlphaKind::Free, writing: Writing::Rule(Rule::Decay) });
        let network = Recurrent { neurons, drive: Drive::Clamp, plasticity };
        let (parameters, drive) = problem(network, 12, 1);
        let parameters = parameters.copy_to(&compute).unwrap();
        let there = drive.to_device(parameters.device()).unwrap();
        let whole = live(network, &parameters, &there, true).unwrap();
        let values = flat(&whole.activity);
        // Fewer steps expected than come: the buffers grow.
        let mut stepper = Stepper::begin(network, &parameters, 1, 4).unwrap();
        for step in 0..12 {
            let activity = stepper.step(&flat(&drive.get(step).unwrap())).unwrap();
            assert!(activity == values[step * neurons..][..neurons], "{neurons} neurons, step {step}");
        }
        let trace = stepper.trace(0).unwrap();
        assert!(trace == whole.final_traces[0]);
        let mut carried = vec![0.0; neurons * neurons];
        recording(&network.layer().unwrap(), &parameters, &values).carry(&mut carried, 0..12);
        assert!(carried == trace, "{neurons} neurons: the trace is not what its activities replay to");
        let stepped = stepper.finish(&parameters, &there).unwrap();
        let gradient = |activity: &Tensor| slopes(&activity.sqr().unwrap().sum_all().unwrap(), &parameters).by("w");
        assert!(gradient(&stepped) == gradient(&whole.activity));
    }
}

#[test]
fn training_on_the_device_learns_as_on_the_cpu_and_goes_on_exactly_after_a_checkpoint() {
    let Some(compute) = cuda() else { return };
    let patterns: &[(&str, &str)] = &[("size", "60"), ("count", "3"), ("rounds", "2"), ("clip_norm", "5")];
    let maze = |network| [("size", "5"), ("steps", "12"), ("batch", "4"), ("neurons", "40"), ("network", network)];
    let (plastic, modulated, retroactive) = (maze("plastic"), maze("modulated"), maze("retroactive"));
    for (task, settings) in [("patterns", patterns), ("maze", &plastic), ("maze", &modulated), ("maze", &retroactive)] {
        learns_as_on_the_cpu(&compute, task, settings, 1e-2);
    }
}
