//! The CUDA kernels, compiled as C++ and run on the host, do what the CPU path does. No device is needed.

use crate::workbench::{CLIP_BOUND, RULES, assert_close, drawn, flat, networks, recording, slopes};
use candle_core::{Device, Tensor, Var};
use hebbscope::data::{Generator, Stream};
use hebbscope::plastic::Writing;
use hebbscope::plastic::cuda::plan::{Division, Limits};
use hebbscope::plastic::network::{AlphaKind, Drive, Plasticity, Recurrent};
use hebbscope::plastic::{Parameters, Rule, live};
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

mod modulated;

/// Threads of an emulated block: two warps, so that there is something to wait for.
const THREADS: usize = 64;

/// What runs the lifetime's and the optimiser's kernels.
const LIFETIME: &str = "lifetime.cpp";

const LIMITS: Limits = Limits { processors: 8, shared_bytes: 1 << 20, memory_bytes: 1 << 30, threads: THREADS };

/// The kernels as a program made of `source`, or `None` (said aloud) where no C++ compiler is.
fn emulator(folder: &Path, source: &str) -> Option<PathBuf> {
    // One fibre per CUDA thread takes ucontext.h, which others than GNU/Linux lack or have given up.
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        crate::workbench::say("skipped: the emulation of the CUDA kernels needs GNU/Linux");
        return None;
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plastic/emulation").join(source);
    let program = folder.join("emulator");
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| "g++".into());
    // Fused multiply-adds would change the traces, which the kernels' own arithmetic forbids on a device.
    let output = Command::new(&compiler)
        .args(["-std=c++17", "-O1", "-w", "-ffp-contract=off", "-o"])
        .args([&program, &source])
        .output();
    match output {
        Ok(output) if output.status.success() => Some(program),
        Ok(output) => panic!("the kernels are not C++: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => {
            crate::workbench::say(&format!("skipped: no C++ compiler ({error})"));
            None
        }
    }
}

/// Bytes of a case.
#[derive(Default)]
struct Case(Vec<u8>);

impl Case {
    fn whole(mut self, values: &[usize]) -> Self {
        self.0.extend(values.iter().flat_map(|&value| i32::try_from(value).unwrap().to_ne_bytes()));
        self
    }

    fn floats(mut self, values: &[f32]) -> Self {
        self.0.extend(values.iter().flat_map(|value| value.to_ne_bytes()));
        self
    }

    /// What the emulator makes of it.
    fn run(self, emulator: &Path) -> Answer {
        let mut input = tempfile::tempfile().unwrap();
        input.write_all(&self.0).unwrap();
        input.rewind().unwrap();
        let output = Command::new(emulator).stdin(input).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the emulator ended with {}: {said}", output.status);
        Answer(output.stdout)
    }
}

struct Answer(Vec<u8>);

impl Answer {
    fn floats(&mut self, count: usize) -> Vec<f32> {
        let rest = self.0.split_off(4 * count);
        let bytes = std::mem::replace(&mut self.0, rest);
        bytes.as_chunks::<4>().0.iter().map(|&four| f32::from_ne_bytes(four)).collect()
    }
}

/// How a case is divided.
#[derive(Clone, Copy, Debug)]
struct Cut {
    blocks: usize,
    in_shared: bool,
    every: i32,
    /// Steps of one launch.
    stride: usize,
    /// Lanes of one launch.
    together: usize,
    wants_drive: bool,
    seed: usize,
}

const WHOLE: Cut = Cut { blocks: 3, in_shared: true, every: 1, stride: 1000, together: 2, wants_drive: true, seed: 1 };

struct Problem {
    network: Recurrent,
    parameters: Parameters,
    /// `[T, B, N]`.
    drive: Tensor,
    /// dL/dx, `[T, B, N]`.
    grad: Vec<f32>,
}

/// What a lifetime came to.
#[derive(Debug, PartialEq)]
struct Result {
    activity: Vec<f32>,
    /// H before the last step, `[B, N, N]` row major.
    traces: Vec<f32>,
    w: Vec<f32>,
    drive: Vec<f32>,
    alpha: Vec<f32>,
    eta: f32,
}

impl Problem {
    /// A third of the drive is zero; in a clamping network every third step clamps all neurons, and so do steps 4
    /// and 5 together.
    fn new(network: Recurrent, steps: usize, batch: usize) -> Self {
        let neurons = network.neurons;
        let mut generator = Generator::new(7, Stream::Training);
        let parameters = drawn(network.shapes(), &mut generator, |_| 0.15, 0.07);
        let mut drive = generator.normal(steps * batch * neurons, 0.7);
        for (index, value) in drive.iter_mut().enumerate() {
            let step = index / (batch * neurons);
            if value.abs() < 0.6
                && !(network.drive == Drive::Clamp && (step.is_multiple_of(3) || [4, 5].contains(&step)))
            {
                *value = 0.0;
            }
        }
        let grad = generator.normal(steps * batch * neurons, 1.0);
        let drive = Tensor::from_vec(drive, (steps, batch, neurons), &Device::Cpu).unwrap();
        Self { network, parameters, drive, grad }
    }

    fn on_the_cpu(&self) -> Result {
        let (steps, batch, neurons) = self.drive.dims3().unwrap();
        let drive = Var::from_tensor(&self.drive).unwrap();
        let activity = live(self.network, &self.parameters, drive.as_tensor(), false).unwrap().activity;
        let grad = Tensor::from_slice(&self.grad, activity.dims(), &Device::Cpu).unwrap();
        let gradients = slopes(&(&activity * grad).unwrap().sum_all().unwrap(), &self.parameters);
        let mut traces = Vec::new();
        if let Some(layer) = self.network.layer() {
            for lane in 0..batch {
                let values = flat(&activity.narrow(1, lane, 1).unwrap());
                let mut trace = vec![0.0; neurons * neurons];
                recording(&layer, &self.parameters, &values).carry(&mut trace, 0..steps - 1);
                traces.extend(trace);
            }
        }
        let is_plastic = self.network.plasticity.is_some();
        Result {
            activity: flat(&activity),
            traces,
            w: gradients.by("w"),
            drive: gradients.by_tensor(drive.as_tensor()),
            alpha: if is_plastic { gradients.by("alpha") } else { Vec::new() },
            eta: if is_plastic { gradients.by("eta")[0] } else { 0.0 },
        }
    }

    fn emulated(&self, emulator: &Path, cut: Cut) -> Result {
        let (steps, batch, neurons) = self.drive.dims3().unwrap();
        let mut division = Division::cut(self.network, batch, steps, LIMITS, cut.blocks, cut.in_shared);
        division.plan.every = cut.every;
        let is_plastic = self.network.plasticity.is_some();
        let shape = [
            division.blocks,
            THREADS,
            steps,
            cut.stride,
            cut.together,
            division.forward.shared,
            division.forward.scratch,
            division.backward.shared,
            division.backward.scratch,
            usize::from(cut.wants_drive),
            division.frames(steps),
            division.span(cut.together),
            division.parts(cut.together),
            cut.seed,
        ];
        let numbers = division.plan.numbers().map(|number| usize::try_from(number).unwrap());
        let alpha = if is_plastic { self.parameters.values("alpha").unwrap() } else { Vec::new() };
        let mut answer = Case::default()
            .whole(&[1])
            .whole(&numbers)
            .whole(&shape)
            .floats(&[CLIP_BOUND])
            .floats(&flat(&self.drive))
            .floats(&self.parameters.values("w").unwrap())
            .floats(&alpha)
            .floats(&[self.network.layer().map_or(0.0, |layer| layer.eta(&self.parameters).unwrap())])
            .floats(&self.grad)
            .run(emulator);
        let (all, matrix) = (steps * batch * neurons, neurons * neurons);
        let activity = answer.floats(all);
        let by_columns = answer.floats(if is_plastic { batch * matrix } else { 0 });
        let traces = (0..by_columns.len())
            .map(|at| by_columns[at / matrix * matrix + at % neurons * neurons + at % matrix / neurons])
            .collect();
        let delta = answer.floats(all);
        let clamps = self.network.drive == Drive::Clamp;
        let drive = match clamps {
            true => answer.floats(if cut.wants_drive { all } else { 0 }),
            false => delta.clone(),
        };
        let mut alpha_sum = Vec::new();
        if let Some(plasticity) = self.network.plasticity {
            let per_lane = if plasticity.alpha == AlphaKind::Free { matrix } else { neurons };
            let lanes = answer.floats(batch * per_lane);
            alpha_sum = vec![0.0; per_lane];
            for lane in lanes.chunks_exact(per_lane) {
                alpha_sum.iter_mut().zip(lane).for_each(|(sum, value)| *sum += value);
            }
            if plasticity.alpha == AlphaKind::Yoked {
                alpha_sum = vec![alpha_sum.iter().sum()];
            }
        }
        let eta = answer.floats(1)[0];
        assert!(answer.0.is_empty(), "the emulator said more than was asked");
        let mut w = vec![0.0f32; matrix];
        for (before, delta) in activity.chunks_exact(neurons).zip(delta[batch * neurons..].chunks_exact(neurons)) {
            for (row, before) in w.chunks_exact_mut(neurons).zip(before) {
                row.iter_mut().zip(delta).for_each(|(sum, delta)| *sum += before * delta);
            }
        }
        Result { activity, traces, w, drive, alpha: alpha_sum, eta }
    }
}

/// More neurons than a warp has threads, and not a whole number of tiles or blocks.
#[test]
fn the_kernels_do_what_the_cpu_path_does_for_every_rule_kind_of_alpha_and_drive() {
    let folder = tempfile::tempdir().unwrap();
    let Some(emulator) = emulator(folder.path(), LIFETIME) else { return };
    for network in networks(37) {
        let problem = Problem::new(network, 11, 2);
        let (found, expected) = (problem.emulated(&emulator, WHOLE), problem.on_the_cpu());
        let what = format!("{network:?}");
        assert_close(&format!("{what} x"), &found.activity, &expected.activity, 1e-5);
        assert_close(&format!("{what} H"), &found.traces, &expected.traces, 1e-5);
        // Where a trace grazes its bound, the last bit decides whether a gradient passes the clip.
        let clips = matches!(network.plasticity, Some(Plasticity { writing: Writing::Rule(Rule::Clip { .. }), .. }));
        let tolerance = if clips { 2e-2 } else { 1e-4 };
        assert_close(&format!("{what} dw"), &found.w, &expected.w, tolerance);
        assert_close(&format!("{what} d(drive)"), &found.drive, &expected.drive, tolerance);
        assert_close(&format!("{what} dalpha"), &found.alpha, &expected.alpha, tolerance);
        assert_close(&format!("{what} deta"), &[found.eta], &[expected.eta], tolerance);
    }
}

/// Traces are replayed on the host from activities alone.
#[test]
fn the_kernels_traces_are_those_that_their_activities_replay_to_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let Some(emulator) = emulator(folder.path(), LIFETIME) else { return };
    for rule in RULES {
        let plasticity = Some(Plasticity { alpha: AlphaKind::Free, writing: Writing::Rule(rule) });
        let problem = Problem::new(Recurrent { neurons: 37, drive: Drive::Clamp, plasticity }, 9, 1);
        let found = problem.emulated(&emulator, WHOLE);
        let mut trace = vec![0.0; 37 * 37];
        let layer = problem.network.layer().unwrap();
        recording(&layer, &problem.parameters, &found.activity).carry(&mut trace, 0..8);
        assert!(trace == found.traces, "{rule:?}");
    }
}

/// Key-frames, steps per launch, lanes per launch, where matrices lie, and the order in which threads run: none of it
/// changes a bit. Neither does leaving dL/d(drive) out, of which the rest knows nothing.
#[test]
fn how_a_lifetime_is_divided_in_time_and_memory_changes_no_bit() {
    let folder = tempfile::tempdir().unwrap();
    let Some(emulator) = emulator(folder.path(), LIFETIME) else { return };
    for rule in [Some(Rule::Decay), Some(Rule::Clip { bound: CLIP_BOUND }), None] {
        for drive in [Drive::Add, Drive::Clamp] {
            let plasticity = rule.map(|rule| Plasticity { alpha: AlphaKind::Free, writing: Writing::Rule(rule) });
            let problem = Problem::new(Recurrent { neurons: 22, drive, plasticity }, 9, 3);
            let whole = problem.emulated(&emulator, WHOLE);
            for cut in [
                Cut { seed: 99, ..WHOLE },
                Cut { every: 4, ..WHOLE },
                Cut { every: 5, stride: 1, ..WHOLE },
                Cut { stride: 1, together: 1, ..WHOLE },
                Cut { in_shared: false, together: 3, ..WHOLE },
            ] {
                assert!(problem.emulated(&emulator, cut) == whole, "{rule:?} {drive:?} {cut:?}");
            }
            let unwanted = problem.emulated(&emulator, Cut { wants_drive: false, ..WHOLE });
            assert!(unwanted.w == whole.w && unwanted.alpha == whole.alpha && unwanted.eta == whole.eta, "{rule:?}");
            // Sums across one block, or many, run in another order.
            for blocks in [1, 6] {
                let other = problem.emulated(&emulator, Cut { blocks, seed: 5, ..WHOLE });
                assert_close(&format!("{rule:?} {drive:?} x"), &other.activity, &whole.activity, 1e-5);
                assert_close(&format!("{rule:?} {drive:?} dw"), &other.w, &whole.w, 2e-2);
            }
        }
    }
}

#[test]
fn the_optimisers_kernels_are_adam_and_the_sum_of_squares() {
    let folder = tempfile::tempdir().unwrap();
    let Some(emulator) = emulator(folder.path(), LIFETIME) else { return };
    let mut generator = Generator::new(3, Stream::Training);
    let [values, gradient, first] = [1.0, 0.5, 0.1].map(|scale| generator.normal(1000, scale));
    let second: Vec<f32> = generator.normal(1000, 0.1).iter().map(|value| value * value).collect();
    let [scale, step, root, beta1, beta2, eps] = [0.5f32, 0.01, 1.2, 0.9, 0.999, 1e-8];
    let mut answer = Case::default()
        .whole(&[2, 1000])
        .floats(&[scale, step, root, beta1, beta2, eps])
        .floats(&values)
        .floats(&gradient)
        .floats(&first)
        .floats(&second)
        .run(&emulator);
    let [new_values, new_first, new_second] = [(); 3].map(|()| answer.floats(1000));
    for index in 0..1000 {
        let gradient = scale * gradient[index];
        let mean = beta1 * first[index] + (1.0 - beta1) * gradient;
        let square = beta2 * second[index] + (1.0 - beta2) * (gradient * gradient);
        assert_eq!(new_first[index], mean);
        assert_eq!(new_second[index], square);
        assert_close(
            "value",
            &[new_values[index]],
            &[values[index] - step * mean / (square.sqrt() * root + eps)],
            1e-6,
        );
    }
    let sum = f64::from_ne_bytes(answer.0.try_into().unwrap());
    let expected: f64 = gradient.iter().map(|&value| f64::from(value).powi(2)).sum();
    assert!((sum - expected).abs() < 1e-9 * expected, "expected {expected}, found {sum}");
}
