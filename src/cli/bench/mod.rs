//! `hebbscope bench`: how fast it is on this machine, by a command that anyone can run.

mod memory;
mod soak;
mod table;

use super::usage::misused;
use crate::device::{Choice, Compute};
use crate::plastic::bench::{self, Size, Timed, copy_bandwidth, recurrence};
use crate::plastic::lifetime::Traffic;
use crate::plastic::{AlphaKind, Modulation, ModulationKind, Plasticity, Writing};
use crate::train::config::ConfigText;
use crate::train::{RunConfig, Trainer};
use crate::ui::bench::{self as window, WindowBench};
use anyhow::Context as _;
use serde_json::{Map, Value, json};
use std::time::Instant;
use table::{Row, Timing};

/// Runs that are timed, after one that warms up.
const RUNS: usize = 9;

/// A benchmark: its name, what it measures, and how.
struct Bench {
    name: &'static str,
    about: &'static str,
    goes: Goes,
    run: fn(&Compute) -> anyhow::Result<Vec<Row>>,
}

/// Whether a benchmark goes where `--device` says.
#[derive(Clone, Copy, PartialEq)]
enum Goes {
    /// It stays on the CPU.
    Nowhere,
    /// It goes where Candle does, and not to graphics processors in general, which have no kernels for it.
    WithoutKernels,
    /// It goes wherever that is.
    Anywhere,
}

const BENCHES: &[Bench] = &[
    Bench {
        name: "patterns",
        about: "a training iteration, Adam included: 1001 neurons, 205 steps, 1 episode; the paper's settings",
        goes: Goes::Anywhere,
        run: |compute| training(compute, "patterns", &[]),
    },
    Bench {
        name: "images",
        about: "the same with the sizes of natural images: 1025 neurons, 227 steps, 1 episode",
        goes: Goes::Anywhere,
        run: |compute| {
            let sizes = [("size", 1024), ("count", 3), ("show_steps", 20), ("probe_steps", 20)];
            training(compute, "patterns", &sizes.map(|(key, size)| (key, size.into())))
        },
    },
    Bench {
        name: "maze",
        about: "a training iteration, maze, policy, value and Adam included: 100 neurons, 200 steps, 30 episodes",
        goes: Goes::Anywhere,
        run: |compute| training(compute, "maze", &[]),
    },
    Bench {
        name: "modulated",
        about: "the same for an agent that modulates its own traces",
        goes: Goes::Anywhere,
        run: |compute| training(compute, "maze", &[("network", "modulated".into())]),
    },
    Bench {
        name: "cue",
        about: "cue-reward, everything included: 200 neurons that modulate their traces, 120 steps, 30 episodes",
        goes: Goes::Anywhere,
        run: |compute| training(compute, "cue_reward", &[("network", "modulated".into())]),
    },
    Bench {
        name: "omniglot",
        about: "a training iteration, convolutions and Adam included: 64 features, 5 classes once each, 16 episodes",
        goes: Goes::WithoutKernels,
        run: |compute| training(compute, "omniglot", &own_drawings(16)),
    },
    Bench {
        name: "omniglot-one",
        about: "the same, 1 episode",
        goes: Goes::WithoutKernels,
        run: |compute| training(compute, "omniglot", &own_drawings(1)),
    },
    Bench {
        name: "language",
        about: "a training iteration, words, soft-max and descent included: 10 000 words, 2 modulated layers of 200 LSTM \
                cells, 20 steps, 20 texts",
        goes: Goes::WithoutKernels,
        run: |compute| training(compute, "language", &reading("simple")),
    },
    Bench {
        name: "language-plastic",
        about: "the same, clipped Hebb without a modulator",
        goes: Goes::WithoutKernels,
        run: |compute| training(compute, "language", &reading("plastic")),
    },
    Bench {
        name: "language-lstm",
        about: "the same without traces",
        goes: Goes::WithoutKernels,
        run: |compute| training(compute, "language", &reading("lstm")),
    },
    Bench {
        name: "layers",
        about: "the two modulated layers of it alone",
        goes: Goes::WithoutKernels,
        run: |compute| {
            let kind = ModulationKind::Simple;
            let writing = Writing::Modulated(Modulation { kind, fan_out: true, bound: 2.0 });
            layers(compute, Some(Plasticity { alpha: AlphaKind::Free, writing }))
        },
    },
    Bench {
        name: "large",
        about: "the recurrence alone, no neuron ever clamped: 1001 neurons, 205 steps, 1 episode",
        goes: Goes::Anywhere,
        run: |compute| kernels(compute, Size { neurons: 1001, steps: 205, batch: 1 }),
    },
    Bench {
        name: "small",
        about: "the same with the sizes of the maze: 100 neurons, 200 steps, 30 episodes",
        goes: Goes::Anywhere,
        run: |compute| kernels(compute, Size { neurons: 100, steps: 200, batch: 30 }),
    },
    Bench {
        name: "window",
        about: "the CPU work of a frame while a network trains on the CPU",
        goes: Goes::Nowhere,
        run: |_| ui_pass(),
    },
];

impl Bench {
    /// What it is computed on where `compute` was asked for.
    fn computed_on(&self, compute: &Compute) -> Compute {
        match (self.goes, compute.kind) {
            (Goes::Nowhere, _) | (Goes::WithoutKernels, Choice::Gpu) => Compute::cpu(),
            (Goes::WithoutKernels | Goes::Anywhere, _) => compute.clone(),
        }
    }
}

/// Measure how fast this machine trains and draws
#[derive(clap::Args)]
pub struct Arguments {
    /// Which: patterns, images, maze, modulated, cue, omniglot, omniglot-one, language, language-plastic,
    /// language-lstm, layers, large, small, window; all of these unless said otherwise. By itself: soak, the window for minutes
    names: Vec<String>,
    /// One line of JSON for every row
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    soak: soak::Options,
    #[command(flatten)]
    device: super::DeviceArgument,
}

/// Runs the sub-command.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.names.iter().any(|name| name == soak::NAME) {
        if arguments.names.len() > 1 {
            misused!("soak expects to be alone, found {}", arguments.names.join(" "));
        }
        return soak::run(&arguments.soak, arguments.json);
    }
    if let Some(option) = arguments.soak.given() {
        misused!("--{option} belongs to soak, found it without");
    }
    let known = || BENCHES.iter().map(|bench| bench.name).collect::<Vec<_>>().join(", ");
    for name in &arguments.names {
        if !BENCHES.iter().any(|bench| bench.name == name) {
            misused!("there is no benchmark {name}, expected one of: {}, soak", known());
        }
    }
    let compute = arguments.device.open()?;
    if !arguments.json {
        super::print(&format!("on {}\n", compute.title()))?;
    }
    let chosen = BENCHES
        .iter()
        .filter(|bench| arguments.names.is_empty() || arguments.names.iter().any(|name| name == bench.name));
    for bench in chosen {
        memory::forget_peak();
        let computed_on = bench.computed_on(&compute);
        let rows = (bench.run)(&computed_on).with_context(|| format!("benchmark {}", bench.name))?;
        let peak = memory::peak();
        if arguments.json {
            for row in &rows {
                let mut line = Map::from_iter([("bench".to_owned(), bench.name.into())]);
                line.extend(row.json());
                line.insert("peak_bytes".to_owned(), json!(peak));
                line.insert("device".to_owned(), computed_on.title().into());
                line.insert("threads".to_owned(), json!(rayon::current_num_threads()));
                super::print(&Value::Object(line).to_string())?;
            }
        } else {
            super::print(&format!("{}: {}", bench.name, bench.about))?;
            if bench.goes != Goes::Nowhere && computed_on.kind != compute.kind {
                super::print(&format!("  on {}: there are no kernels for it elsewhere", computed_on.title()))?;
            }
            super::print(&table::text(&rows))?;
            match peak {
                Some(peak) => super::print(&format!("  peak memory {} MiB\n", peak >> 20))?,
                None => super::print("  peak memory is not measured on this system\n")?,
            }
        }
    }
    Ok(())
}

/// Lessons of made-up characters, each with drawings of its own that are left as they are, as PyTorch has them.
fn own_drawings(batch: usize) -> [(&'static str, Value); 4] {
    [("source", "invented".into()), ("batch", batch.into()), ("pool", 0.into()), ("jitter", 0.into())]
}

/// As many cells as PyTorch has.
fn reading(network: &'static str) -> [(&'static str, Value); 2] {
    [("network", network.into()), ("sizes", "equal_cells".into())]
}

/// Seconds of the layers of a language model.
fn layers(compute: &Compute, plasticity: Option<Plasticity>) -> anyhow::Result<Vec<Row>> {
    Ok(passes(bench::windows(compute, plasticity, Size { neurons: 200, steps: 20, batch: 20 }, RUNS)?).into())
}

/// Seconds of forward passes, backward passes, and both.
fn passes(timed: Timed) -> [Row; 3] {
    let both = timed.both();
    [("forward", timed.forward), ("backward", timed.backward), ("forward and backward", both)]
        .map(|(what, seconds)| Row::Time(Timing::of_runs(what, seconds)))
}

/// Seconds of one training iteration of a task, Adam included.
fn training(compute: &Compute, task: &str, settings: &[(&str, Value)]) -> anyhow::Result<Vec<Row>> {
    let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    let text = ConfigText { task: Some(task.to_owned()), settings, ..ConfigText::default() };
    let mut trainer = Trainer::new(RunConfig::from_text(&text, None)?)?;
    trainer.move_to(compute)?;
    trainer.step()?;
    let mut seconds = Vec::new();
    for _ in 0..RUNS {
        let begun = Instant::now();
        trainer.step()?;
        seconds.push(begun.elapsed().as_secs_f64());
    }
    Ok(vec![Row::Time(Timing::of_runs("iteration", seconds))])
}

/// Seconds and bytes of the lifetime operation, beside what copying as many bytes at once would reach.
fn kernels(compute: &Compute, size: Size) -> anyhow::Result<Vec<Row>> {
    let timed = recurrence(compute, size, RUNS)?;
    let both = timed.both();
    let [mut forward, mut backward] = [("forward", timed.forward), ("backward", timed.backward)]
        .map(|(what, seconds)| Timing::of_runs(what, seconds));
    // On a graphics processor the matrices stay where they are computed with: no traffic is counted.
    if timed.traffic != Traffic::default() {
        let matrix = (size.neurons * size.neurons * size_of::<f32>()) as u64;
        // A forward sweep touches w, α and H, a backward sweep their gradients as well.
        let lanes = size.batch as u64;
        forward = forward.moving(timed.traffic.forward, copy_bandwidth(matrix * (2 + lanes), RUNS));
        backward = backward.moving(timed.traffic.backward, copy_bandwidth(matrix * (3 + 2 * lanes), RUNS));
    }
    Ok(vec![Row::Time(forward), Row::Time(backward), Row::Time(Timing::of_runs("forward and backward", both))])
}

fn ui_pass() -> anyhow::Result<Vec<Row>> {
    let WindowBench { median, slow, slowest, arrival, first_frame, idle_frames } = window::measure()?;
    Ok(vec![
        Row::Time(Timing { slowest: Some(slowest), ..Timing::once("frame", median) }),
        Row::Time(Timing::once("frame, 99 of 100 within", slow)),
        Row::Time(Timing::once("slowest frame with a snapshot", arrival)),
        Row::Time(Timing::once("start to first frame laid out", first_frame)),
        Row::Count { what: "frames asked for in 10 s of rest", value: idle_frames },
    ])
}
