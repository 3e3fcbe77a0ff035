//! The kernels of modulated lifetimes, judged in the same way.

use super::{Case, LIMITS, THREADS, emulator};
use crate::workbench::{assert_close, drawn, flat, modulated_networks, modulations, recording, slopes};
use candle_core::{Device, Tensor, Var};
use hebbscope::data::{Generator, Stream};
use hebbscope::plastic::cuda::modulated::plan::Layout;
use hebbscope::plastic::cuda::plan::Limits;
use hebbscope::plastic::replay::{Modulators, Recording};
use hebbscope::plastic::{AlphaKind, Modulation, ModulationKind, Parameters, Recurrent, Stepper};
use std::path::Path;

/// How a case is laid out.
#[derive(Clone, Copy, Debug)]
struct Cut {
    in_shared: bool,
    every: i32,
    /// Steps of one launch.
    stride: usize,
    seed: usize,
}

const WHOLE: Cut = Cut { in_shared: true, every: 1, stride: 1000, seed: 1 };

struct Problem {
    network: Recurrent,
    parameters: Parameters,
    /// `[T, B, N]`.
    drive: Tensor,
    /// dL/dx, `[T, B, N]`.
    grad: Vec<f32>,
}

/// What the lifetimes came to; traces and gradients of matrices row major.
#[derive(Debug, PartialEq)]
struct Found {
    activity: Vec<f32>,
    /// M(t), `[T, B]`.
    modulator: Vec<f32>,
    /// H, and E behind it, before the last step, of each lane.
    states: Vec<Vec<f32>>,
    drive: Vec<f32>,
    alpha: Vec<f32>,
    /// dL/dm, dL/da, dL/db, dL/dc and dL/dη.
    mod_parameters: Vec<f32>,
}

fn transposed(matrix: &[f32]) -> Vec<f32> {
    let neurons = matrix.len().isqrt();
    (0..matrix.len()).map(|cell| matrix[cell % neurons * neurons + cell / neurons]).collect()
}

/// The sum over lanes.
fn summed(lanes: &[f32], each: usize) -> Vec<f32> {
    (0..each).map(|at| lanes[at..].iter().step_by(each).sum()).collect()
}

impl Problem {
    /// A loud modulator, so that many traces reach their bound.
    fn new(network: Recurrent, [steps, batch]: [usize; 2]) -> Self {
        let mut generator = Generator::new(8, Stream::Training);
        let neurons = network.neurons;
        let scale = |name: &str| if ["w", "alpha"].contains(&name) { 0.7 / (neurons as f32).sqrt() } else { 0.6 };
        let parameters = drawn(network.shapes(), &mut generator, scale, 0.2);
        let count = steps * batch * neurons;
        let drive = Tensor::from_vec(generator.normal(count, 0.7), (steps, batch, neurons), &Device::Cpu).unwrap();
        Self { network, parameters, drive, grad: generator.normal(count, 1.0) }
    }

    fn modulation(&self) -> Modulation {
        self.network.modulation().unwrap()
    }

    fn values(&self, name: &str, otherwise: f32) -> Vec<f32> {
        let count = if name == "eta" { 1 } else { self.drive.dims()[2] };
        self.parameters.values(name).unwrap_or_else(|_| vec![otherwise; count])
    }

    /// m, a, b, c and η.
    fn mod_parameters(&self) -> Vec<f32> {
        let named =
            [("mod.weight", 0.0), ("fanout.weight", 1.0), ("fanout.bias", 0.0), ("mod.bias", 0.0), ("eta", 0.0)];
        named.into_iter().flat_map(|(name, otherwise)| self.values(name, otherwise)).collect()
    }

    fn on_the_cpu(&self) -> Found {
        let (steps, batch, _) = self.drive.dims3().unwrap();
        let drive = Var::from_tensor(&self.drive).unwrap();
        let mut lived = Stepper::begin(self.network, &self.parameters, batch, steps).unwrap();
        for step in 0..steps {
            lived.step(&flat(&self.drive.get(step).unwrap())).unwrap();
        }
        let modulator: Vec<f32> = (0..steps)
            .flat_map(|step| (0..batch).map(|lane| lived.modulator(lane).unwrap()[step]).collect::<Vec<_>>())
            .collect();
        let activity = lived.finish(&self.parameters, &drive).unwrap();
        let grad = Tensor::from_slice(&self.grad, activity.dims(), &Device::Cpu).unwrap();
        let gradients = slopes(&(&activity * grad).unwrap().sum_all().unwrap(), &self.parameters);
        let of = |name: &str| match self.parameters.get(name) {
            Ok(_) => gradients.by(name),
            Err(_) => Vec::new(),
        };
        let activity = flat(&activity);
        Found {
            states: self.replayed(&activity, &modulator),
            drive: gradients.by_tensor(&drive),
            alpha: of("alpha"),
            mod_parameters: ["mod.weight", "fanout.weight", "fanout.bias", "mod.bias", "eta"].map(of).concat(),
            activity,
            modulator,
        }
    }

    /// What activities and modulators replay to, up to before the last step.
    fn replayed(&self, activity: &[f32], modulator: &[f32]) -> Vec<Vec<f32>> {
        let (steps, batch, neurons) = self.drive.dims3().unwrap();
        let fan_out = ["fanout.weight", "fanout.bias"].map(|name| self.values(name, 0.0));
        let lane = |lane: usize| {
            let rows = activity.chunks_exact(neurons).skip(lane).step_by(batch);
            let values: Vec<f32> = rows.flatten().copied().collect();
            let modulator: Vec<f32> = modulator.iter().skip(lane).step_by(batch).copied().collect();
            let modulators = Modulators { values: &modulator, fan_out: self.modulation().fan_out.then_some(&fan_out) };
            let layer = self.network.layer().unwrap();
            let recording = Recording { modulator: Some(modulators), ..recording(&layer, &self.parameters, &values) };
            let mut state = vec![0.0; self.network.state_len()];
            recording.carry(&mut state, 0..steps - 1);
            state
        };
        (0..batch).map(lane).collect()
    }

    fn emulated(&self, emulator: &Path, cut: Cut) -> Found {
        let (steps, batch, neurons) = self.drive.dims3().unwrap();
        let mut layout = Layout::with(self.modulation(), neurons, batch, steps, LIMITS, cut.in_shared);
        layout.plan.every = cut.every;
        let shape = [
            THREADS,
            steps,
            cut.stride,
            layout.shared[0],
            layout.shared[1],
            layout.whole_batch(),
            layout.frames(steps),
            layout.span(),
            layout.scratch(),
            cut.seed,
        ];
        let mut answer = Case::default()
            .whole(&layout.plan.numbers().map(|number| usize::try_from(number).unwrap()))
            .whole(&shape)
            .floats(&[self.modulation().bound])
            .floats(&flat(&self.drive))
            .floats(&transposed(&self.values("w", 0.0)))
            .floats(&transposed(&self.values("alpha", 0.0)))
            .floats(&self.mod_parameters())
            .floats(&self.grad)
            .run(emulator);
        let (all, matrix) = (steps * batch * neurons, neurons * neurons);
        let [activity, modulator, states] =
            [all, steps * batch, layout.whole_batch()].map(|count| answer.floats(count));
        let states = states.chunks_exact(layout.kept());
        let states = states.map(|lane| lane.chunks_exact(matrix).flat_map(transposed).collect()).collect();
        let [drive, alpha, mod_parameters] =
            [all, batch * matrix, batch * layout.mod_parameters()].map(|count| answer.floats(count));
        assert!(answer.0.is_empty(), "the emulator said more than was asked");
        let mut mod_parameters = summed(&mod_parameters, layout.mod_parameters());
        // The network has no such parameters.
        if self.modulation().kind == ModulationKind::Simple {
            mod_parameters.truncate(3 * neurons + 1);
        }
        if !self.modulation().fan_out {
            mod_parameters.drain(neurons..3 * neurons);
        }
        Found { activity, modulator, states, drive, alpha: transposed(&summed(&alpha, matrix)), mod_parameters }
    }
}

/// What the kernels know: an α for each connection. Fewer are spread out before, and their gradients gathered after.
fn free(neurons: usize) -> impl Iterator<Item = Recurrent> {
    modulated_networks(neurons).into_iter().filter(|network| network.alpha() == Some(AlphaKind::Free))
}

/// More neurons than a warp has threads and not a whole number of tiles, fewer than a tile, one step, two steps.
#[test]
fn the_modulated_kernels_do_what_the_cpu_path_does_and_their_traces_replay_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let Some(emulator) = emulator(folder.path(), "modulated.cpp") else { return };
    for (neurons, size) in [(37, [13, 3]), (3, [9, 2]), (5, [1, 2]), (5, [2, 1])] {
        for network in free(neurons) {
            let problem = Problem::new(network, size);
            let modulation = problem.modulation();
            let (found, expected) = (problem.emulated(&emulator, WHOLE), problem.on_the_cpu());
            let clipped = expected.states.iter().flatten().filter(|value| value.abs() == modulation.bound).count();
            assert!(neurons < 37 || clipped > 10, "{modulation:?}: {clipped} traces at their bound");
            let close = |what: &str, found: &[f32], expected: &[f32], tolerance: f32| {
                assert_close(&format!("{modulation:?} {size:?} {what}"), found, expected, tolerance);
            };
            close("x", &found.activity, &expected.activity, 1e-5);
            close("M", &found.modulator, &expected.modulator, 1e-5);
            close("H and E", &found.states.concat(), &expected.states.concat(), 1e-5);
            close("d(drive)", &found.drive, &expected.drive, 1e-4);
            close("dalpha", &found.alpha, &expected.alpha, 1e-4);
            close("d(modulator)", &found.mod_parameters, &expected.mod_parameters, 1e-4);
            assert!(found.states == problem.replayed(&found.activity, &found.modulator), "{modulation:?}: other bits");
        }
    }
}

/// Key-frames, steps per launch, where matrices lie, and the order in which threads run: none of it changes a bit.
#[test]
fn how_a_modulated_lifetime_is_laid_out_in_time_and_memory_changes_no_bit() {
    let folder = tempfile::tempdir().unwrap();
    let Some(emulator) = emulator(folder.path(), "modulated.cpp") else { return };
    for network in free(37) {
        let problem = Problem::new(network, [10, 2]);
        let whole = problem.emulated(&emulator, WHOLE);
        for cut in [
            Cut { seed: 99, ..WHOLE },
            Cut { every: 4, ..WHOLE },
            Cut { every: 3, stride: 1, in_shared: false, ..WHOLE },
            Cut { stride: 4, in_shared: false, seed: 3, ..WHOLE },
        ] {
            assert!(problem.emulated(&emulator, cut) == whole, "{network:?} {cut:?}");
        }
    }
}

/// A lane of the maze's hundred neurons has its place in shared memory where a block may have 227 KiB, and without
/// that it lies outside.
#[test]
fn a_modulated_lane_is_in_shared_memory_where_it_fits() {
    let limits = |kib: usize| Limits { processors: 132, shared_bytes: kib << 10, memory_bytes: 1 << 36, threads: 512 };
    for modulation in modulations() {
        for (neurons, kib, fits) in [(100, 227, true), (100, 99, false), (400, 227, false)] {
            let layout = Layout::new(modulation, neurons, 30, 200, limits(kib));
            assert_eq!(layout.plan.in_shared, i32::from(fits), "{modulation:?} {neurons} neurons {kib} KiB");
            assert!(layout.fits(limits(kib)));
            assert_eq!(layout.plan.every, 1);
        }
        // The most neurons that a maze's settings allow; on a smaller device so many do not fit, and are refused.
        assert!(Layout::new(modulation, 4000, 1, 200, limits(227)).fits(limits(227)));
        assert!(!Layout::new(modulation, 4000, 1, 200, limits(99)).fits(limits(99)));
    }
}
