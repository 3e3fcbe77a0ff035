//! `docs/read_checkpoint.py`: what the documents say of files is enough to live an episode with NumPy alone.

use super::command_line::Bench;
use crate::workbench::say;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The steps of an episode, and what the script says of it: its exit code and its differences.
fn compared(bench: &Bench, network: &str, [seed, other]: [u64; 2]) -> (Option<i32>, Value) {
    let recorded = bench.done(&format!("episode {network} --seed {seed} --out tape.safetensors"));
    let steps = recorded.split_once(": ").unwrap().1.split_once(" steps").unwrap().0;
    bench.done(&format!("episode {network} --seed {other} --out other.safetensors"));
    bench.done(&format!("render other.safetensors --at {steps} --out tensors.npz"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/read_checkpoint.py");
    let mut python = Command::new("python3");
    python.arg(script).arg(network).args(["tape.safetensors", "tensors.npz"]).current_dir(bench.path(""));
    let output = python.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let said = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{network}: {error}: {errors}"));
    (output.status.code(), said)
}

#[test]
fn sixty_lines_are_enough() {
    let script = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/read_checkpoint.py")).unwrap();
    // What is said between quotes beside the code is none of it.
    let parts = script.split("\"\"\"").step_by(2);
    let lines = parts.flat_map(str::lines).filter(|line| !line.trim().is_empty()).count();
    assert!((40..=60).contains(&lines), "{lines} lines");
}

#[test]
fn numpy_alone_lives_what_the_program_lives() {
    let has_numpy = Command::new("python3").args(["-c", "import numpy"]).output().is_ok_and(|run| run.status.success());
    if !has_numpy {
        return say("skipped: docs/read_checkpoint.py needs python3 with NumPy");
    }
    let bench = Bench::new();
    let asset = |name: &str| format!("{}/assets/{name}.safetensors", env!("CARGO_MANIFEST_DIR"));
    let recurrent = ["patterns", "letters", "images", "agent", "modulated-agent", "cue-reward", "language"];
    let mut networks: Vec<String> = recurrent.map(asset).to_vec();
    for (name, settings) in [
        ("retroactive", "maze --set network=retroactive --set fan_out=scalar --set alpha=per_neuron --set size=5"),
        ("oja", "patterns --set size=20 --set rule=oja"),
        ("clip", "patterns --set size=20 --set rule=clip --set clip=0.02 --set alpha=yoked"),
    ] {
        bench.done(&format!("train {settings} --steps 2 --out {name}"));
        networks.push(format!("{name}/checkpoint.safetensors"));
    }
    for network in &networks {
        let (code, said) = compared(&bench, network, [7, 7]);
        assert_eq!(code, Some(0), "{network}: {said}");
        let differences = said.as_object().unwrap();
        let has = |key: &str| differences.contains_key(key);
        let expected = match (has("value"), has("log_likelihood")) {
            (true, _) => 3,
            // The traces of two layers.
            (_, true) => 4,
            _ => 2,
        };
        assert_eq!(differences.len(), expected, "{network}: {said}");
        assert!(differences.values().all(|difference| difference.as_f64().unwrap() < 1e-4), "{network}: {said}");
    }
    // The trace of another episode is another one.
    let (code, said) = compared(&bench, &networks[3], [7, 8]);
    assert!(code == Some(1) && said["H"].as_f64().unwrap() > 0.1, "{said}");
}
