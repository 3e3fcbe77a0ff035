//! `hebbscope bench`: how fast it is on this machine, by a command that anyone can run.

use crate::tasks;
use crate::train::{RunConfig, Trainer};
use crate::ui::bench::{self as window, WindowBench};
use anyhow::{Context as _, bail};
use serde_json::{Map, Value};
use std::time::Instant;

/// Iterations that are timed, after one that warms up.
const ITERATIONS: usize = 9;

/// A benchmark: its name, what it measures, and how.
struct Bench {
    name: &'static str,
    about: &'static str,
    run: fn() -> anyhow::Result<Vec<Figure>>,
}

/// One figure: what it is, its value, its unit.
struct Figure {
    what: &'static str,
    value: f64,
    unit: &'static str,
}

const BENCHES: &[Bench] = &[
    Bench { name: "patterns", about: "a training iteration with the paper's settings", run: patterns },
    Bench { name: "window", about: "the CPU work of a frame while a network trains", run: ui_pass },
];

/// Measure how fast this machine trains and draws
#[derive(clap::Args)]
pub struct Arguments {
    /// Which: patterns, window; all of them unless said otherwise
    names: Vec<String>,
    /// One line of JSON each
    #[arg(long)]
    json: bool,
}

/// Runs the sub-command.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let known = || BENCHES.iter().map(|bench| bench.name).collect::<Vec<_>>().join(", ");
    for name in &arguments.names {
        if !BENCHES.iter().any(|bench| bench.name == name) {
            bail!("there is no benchmark {name}, expected one of: {}", known());
        }
    }
    let chosen = BENCHES
        .iter()
        .filter(|bench| arguments.names.is_empty() || arguments.names.iter().any(|name| name == bench.name));
    for bench in chosen {
        let figures = (bench.run)().with_context(|| format!("benchmark {}", bench.name))?;
        if arguments.json {
            let mut line = Map::from_iter([("bench".to_owned(), Value::from(bench.name))]);
            line.extend(
                figures
                    .iter()
                    .map(|figure| (format!("{}_{}", figure.what, figure.unit).replace(' ', "_"), figure.value.into())),
            );
            super::print(&Value::Object(line).to_string())?;
        } else {
            super::print(&format!("{}: {}", bench.name, bench.about))?;
            for Figure { what, value, unit } in figures {
                super::print(&format!("  {what:<34} {value:>10.2} {unit}"))?;
            }
        }
    }
    Ok(())
}

/// Seconds of one training iteration, Adam included: 1001 neurons, 205 steps, one lane.
fn patterns() -> anyhow::Result<Vec<Figure>> {
    let mut trainer = Trainer::new(RunConfig::new(tasks::find("patterns")?))?;
    trainer.step()?;
    let mut seconds = Vec::new();
    for _ in 0..ITERATIONS {
        let begun = Instant::now();
        trainer.step()?;
        seconds.push(begun.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let [first, median, last] = [0, ITERATIONS / 2, ITERATIONS - 1].map(|index| seconds[index]);
    Ok(vec![
        Figure { what: "iteration median", value: median * 1000.0, unit: "ms" },
        Figure { what: "iteration fastest", value: first * 1000.0, unit: "ms" },
        Figure { what: "iteration slowest", value: last * 1000.0, unit: "ms" },
        Figure { what: "rate", value: 1.0 / median, unit: "per s" },
    ])
}

fn ui_pass() -> anyhow::Result<Vec<Figure>> {
    let WindowBench { median, slow, slowest, arrival, first_frame, idle_frames } = window::measure()?;
    let ms = 1000.0;
    Ok(vec![
        Figure { what: "frame median", value: median * ms, unit: "ms" },
        Figure { what: "frame 99 of 100 within", value: slow * ms, unit: "ms" },
        Figure { what: "frame slowest", value: slowest * ms, unit: "ms" },
        Figure { what: "slowest frame a snapshot arrives in", value: arrival * ms, unit: "ms" },
        Figure { what: "start to first frame laid out", value: first_frame * ms, unit: "ms" },
        Figure { what: "frames asked for in 10 s of rest", value: f64::from(idle_frames), unit: "frames" },
    ])
}
