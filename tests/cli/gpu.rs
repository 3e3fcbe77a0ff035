//! `--device gpu` from outside.

use super::command_line::Bench;
use crate::plastic::gpu::gpu;
use crate::workbench::SMALL;
use serde_json::{Map, Value};

#[test]
fn a_run_on_the_graphics_processor_names_it_and_goes_on_on_the_cpu() {
    let Some(compute) = gpu() else { return };
    let bench = Bench::new();
    let settings: String = SMALL.iter().map(|(key, value)| format!(" --set {key}={value}")).collect();
    let printed = bench.done(&format!("train patterns{settings} --steps 3 --device gpu --out run"));
    assert!(printed.contains(&format!("on {}, in run", compute.title())), "{printed}");
    let printed = bench.done("train --resume run --steps 5 --device cpu");
    assert!(printed.contains("iterations 4 to 5, on CPU"), "{printed}");
    let [there, here] = ["gpu", "cpu"].map(|device| {
        let printed = bench.done(&format!("eval run --episodes 3 --json --device {device}"));
        let line: Map<String, Value> = serde_json::from_str(&printed).unwrap();
        line.values().filter_map(Value::as_f64).collect::<Vec<f64>>()
    });
    assert!(there.len() == here.len() && there.len() > 2, "{there:?}, on the CPU {here:?}");
    for (found, expected) in there.iter().zip(&here) {
        assert!((found - expected).abs() <= 1e-3 * expected.abs().max(1e-3), "{there:?}, on the CPU {here:?}");
    }
}

#[test]
fn what_has_no_kernels_there_is_computed_on_the_cpu_and_that_is_said() {
    let Some(_) = gpu() else { return };
    let bench = Bench::new();
    let output = bench.run("train omniglot --set source=invented --set batch=1 --steps 1 --device gpu --out run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("no kernels for a network without a recurrent layer"), "{said}");
    let printed = bench.done("bench layers --json --device gpu");
    for line in printed.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["device"].as_str().unwrap().starts_with("CPU"), "{line}");
    }
}
