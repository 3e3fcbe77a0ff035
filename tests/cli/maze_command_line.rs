//! The maze from outside: trained, killed, resumed, evaluated, with one seed and with several.

use crate::cli::command_line::{Bench, expect_iterations, iteration};
use crate::workbench::PATIENCE;
use hebbscope::train::open::{self, Opened};
use hebbscope::train::run_folder::checkpoint_path;
use serde_json::Value;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A maze and an agent that train in no time.
const SMALL: &str = "train maze --set size=5 --set steps=30 --set neurons=16 --set batch=3";

fn checkpoint(bench: &Bench, run: &str) -> Vec<u8> {
    std::fs::read(checkpoint_path(&bench.path(run))).unwrap()
}

#[test]
fn the_maze_is_trained_evaluated_and_recorded() {
    let bench = Bench::new();
    let printed = bench.done(&format!("{SMALL} --steps 3 --out run"));
    assert!(printed.contains("maze: ") && printed.contains("reward"), "{printed}");
    assert!(bench.text("run/metrics.csv").starts_with("iteration,loss,reward,eta,grad_norm,seconds\n"));
    let measured: Value = serde_json::from_str(&bench.done("eval run --episodes 30 --json")).unwrap();
    let numbers = ["reward", "reward_error", "bumps", "found", "found_share", "random_reward", "oracle_reward", "loss"];
    for key in numbers {
        assert!(measured[key].is_f64(), "{key}: {measured}");
    }
    for key in ["first_reward_steps", "between_rewards_steps"] {
        assert!(measured[key].is_f64() || measured[key].is_null(), "{key}: {measured}");
    }
    let tenths: Vec<f64> =
        measured["reward_by_tenth"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
    assert_eq!(tenths.len(), 10);
    assert!((tenths.iter().sum::<f64>() - measured["reward"].as_f64().unwrap()).abs() < 1e-3);
    let table = bench.done("eval run --episodes 30");
    assert!(table.contains("reward_by_tenth 10") && table.contains("oracle_reward (reward by shortest"), "{table}");
    assert!(bench.done("episode run --seed 4 --out tape.safetensors").contains("30 steps"));
    bench.done("share run --out small.safetensors");
    bench.done("eval small.safetensors --episodes 2");
    bench.misused(
        &format!("{SMALL} --set size=8 --out other"),
        &["size", "an odd whole number from 5 to 21", "found 8"],
    );
    bench.misused(&format!("{SMALL} --set size=23 --out other"), &["size", "from 5 to 21", "found 23"]);
    let words = ["steps", "a whole number from 2 to 10000", "found -5"];
    bench.misused("train maze --set steps=-5 --out other", &words);
    bench.misused("train maze --set input_time=no --out other", &["input_time", "given", "withheld", "found no"]);
}

#[test]
fn a_network_lives_in_another_world_where_it_is_asked_to_and_stays_what_it_is() {
    let bench = Bench::new();
    bench.done(&format!("{SMALL} --steps 2 --out run"));
    bench.done("episode run --seed 4 --set pillars=random --set steps=50 --out other.safetensors");
    let Opened::Tape { tape, config: Some(config), .. } = open::open(&bench.path("other.safetensors")).unwrap() else {
        panic!("a tape that says where it comes from")
    };
    assert_eq!(tape.steps, 50);
    let words = "steps 50 (trained with 30), pillars random (trained with regular)";
    assert_eq!(config.differences_in_words().as_deref(), Some(words));
    let measured: Value =
        serde_json::from_str(&bench.done("eval run --episodes 3 --set steps=50 --set pillars=random --json")).unwrap();
    assert_eq!(measured["world"], words);
    assert!(
        measured["examples"].as_str().unwrap().starts_with("pillars drawn anew for every episode, training had one")
    );
    let table = bench.done("eval run --episodes 3 --set withhold_goals=4");
    assert!(
        table.contains("4 of the 20 goals, all of which training had")
            && table.contains("withhold_goals 4 (trained with 0)")
    );
    assert!(!bench.done("eval run --episodes 3").contains("trained with"));
    bench.misused("eval run --set gamma=1", &["setting gamma belongs to", "expected one of: size"]);
    // Whatever is asked of a setting that stays, it is said to stay.
    bench.misused("eval run --set lr=3", &["setting lr belongs to"]);
    bench.misused("render run --set neurons=many --out none.png", &["setting neurons belongs to"]);
    bench.misused("train --resume run --set size=8 --steps 9", &["setting size cannot change once a run has begun"]);
    bench.done("render run --seed 4 --set steps=50 --at 50 --out other.npz");
    bench.misused("render run --seed 4 --at 50 --out none.npz", &["--at", "1 to 30", "found 50"]);
    bench.misused("episode run --seed 4 --set lr=1 --out none", &["setting lr belongs to", "size, steps", "pillars"]);
    bench.misused("render run --set neurons=9 --out none.png", &["setting neurons belongs to", "expected one of"]);
    bench.misused("episode run --seed 4 --set pillars --out none", &["--set expects KEY=VALUE, found pillars"]);
    bench.misused("episode run --seed 4 --set withhold_goals=20 --out none", &["0 to 19", "found 20"]);
}

/// A program that does not outlive its test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Kills a training three times, each time somewhere after another save of every run in `runs`.
fn killed_again_and_again(bench: &Bench, begin: &str, resume: &str, runs: &[&str]) {
    let saved = |run: &&str| if checkpoint_path(&bench.path(run)).exists() { iteration(&bench.path(run)) } else { 0 };
    for line in [begin, resume, resume] {
        let before: Vec<u64> = runs.iter().map(saved).collect();
        let line = format!("{line} --autosave 0");
        let mut child = Killed(bench.command(line.split_whitespace()).stdout(Stdio::null()).spawn().unwrap());
        let deadline = Instant::now() + PATIENCE;
        while runs.iter().zip(&before).any(|(run, before)| saved(run) < before + 3) {
            assert!(
                Instant::now() < deadline && child.0.try_wait().unwrap().is_none(),
                "hebbscope {line} did not save"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn a_run_killed_at_any_time_goes_on_from_its_last_save_bit_for_bit() {
    let bench = Bench::new();
    let agent = format!("{SMALL} --set network=retroactive --seed 5");
    let begin = format!("{agent} --steps 100000000 --out run");
    killed_again_and_again(&bench, &begin, "train --resume run", &["run"]);
    let goal = iteration(&bench.path("run")) + 9;
    bench.done(&format!("train --resume run --steps {goal}"));
    bench.done(&format!("{agent} --steps {goal} --out whole"));
    assert!(checkpoint(&bench, "run") == checkpoint(&bench, "whole"));
    expect_iterations(&bench.text("run/metrics.csv"), goal as usize);
}

#[test]
fn several_runs_killed_at_any_time_go_on_together_bit_for_bit() {
    let bench = Bench::new();
    let begin = format!("{SMALL} --seeds 1..3 --steps 100000000 --out all");
    // With one core the second waits for the first, which does not end.
    let together = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(2);
    let runs = &["all/seed-1", "all/seed-2"][..together];
    killed_again_and_again(&bench, &begin, "train --resume all", runs);
    let goal = 9 + runs.iter().map(|run| iteration(&bench.path(run))).max().unwrap();
    bench.done(&format!("train --resume all --steps {goal}"));
    for seed in [1, 2] {
        bench.done(&format!("{SMALL} --seed {seed} --steps {goal} --out alone-{seed}"));
        assert!(checkpoint(&bench, &format!("all/seed-{seed}")) == checkpoint(&bench, &format!("alone-{seed}")));
        expect_iterations(&bench.text(&format!("all/seed-{seed}/metrics.csv")), goal as usize);
    }
}

/// In the folder of one run lies the checkpoint of another: of another maze, of an agent with other inputs.
#[test]
fn a_checkpoint_of_another_maze_or_of_other_inputs_is_not_resumed_and_both_are_named() {
    let bench = Bench::new();
    bench.done(&format!("{SMALL} --steps 2 --out run"));
    let other = "train maze --set size=7 --set steps=30 --set neurons=16 --set batch=3 --set input_reward=withheld";
    bench.done(&format!("{other} --steps 2 --out other"));
    std::fs::copy(checkpoint_path(&bench.path("other")), checkpoint_path(&bench.path("run"))).unwrap();
    let words = ["size = 5 instead of 7", "input_reward = \"given\" instead of \"withheld\""];
    bench.refused("train --resume run --steps 4", &words);
}

#[test]
fn a_run_whose_settings_somebody_has_changed_is_not_resumed() {
    let bench = Bench::new();
    bench.done(&format!("{SMALL} --steps 2 --out run"));
    let text = bench.text("run/config.toml");
    let change = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        bench.write("run/config.toml", text.replace(from, to));
    };
    change("wall_penalty = 0.1", "wall_penalty = 0.5");
    let began = "expected the settings that the run began with";
    let words = ["config.toml", began, "wall_penalty = 0.5 instead of 0.1"];
    bench.refused("train --resume run --steps 4", &words);
    bench.write("run/config.toml", text.replace("size = 5", "size = 9").replace("seed = 0", "seed = 3"));
    bench.refused("train --resume run --steps 4", &["size = 9 instead of 5, seed = 3 instead of 0"]);
    change("task = \"maze\"", "task = \"chess\"");
    bench.refused("train --resume run --steps 4", &["config.toml", "no task chess"]);
    change("size = 5", "size = ");
    bench.refused("train --resume run --steps 4", &["config.toml", "expected a configuration in TOML"]);
    // A configuration from before there was a choice of inputs.
    let before: Vec<&str> = text.lines().filter(|line| !line.starts_with("input_")).collect();
    assert_eq!(text.lines().count() - before.len(), 4);
    bench.write("run/config.toml", before.join("\n"));
    bench.done("train --resume run --steps 3");
    bench.write("run/config.toml", text.clone());
    // The length of a run is no setting of what is learned, and a configuration that is gone says nothing else.
    change("steps = 2", "steps = 3");
    bench.done("train --resume run --steps 4");
    std::fs::remove_file(bench.path("run/config.toml")).unwrap();
    bench.done("train --resume run --steps 5");
    assert_eq!(bench.text("run/config.toml"), text.replace("steps = 2", "steps = 5"));
}

#[test]
fn several_seeds_are_the_runs_that_each_of_them_makes_alone() {
    let bench = Bench::new();
    let printed = bench.done(&format!("{SMALL} --seeds 3..6 --steps 4 --out all"));
    for seed in 3..6 {
        assert!(printed.contains(&format!("seed-{seed}: done at iteration 4")), "{printed}");
        bench.done(&format!("{SMALL} --seed {seed} --steps 4 --out alone-{seed}"));
        assert!(checkpoint(&bench, &format!("all/seed-{seed}")) == checkpoint(&bench, &format!("alone-{seed}")));
    }
    // All of them go on, whatever state each was left in.
    bench.done("train --resume all/seed-4 --steps 6");
    let printed = bench.done("train --resume all --steps 6");
    assert!(
        printed.contains("seed-4: nothing left to do") && printed.contains("seed-5: done at iteration 6"),
        "{printed}"
    );
    for seed in 3..6 {
        assert_eq!(iteration(&bench.path(&format!("all/seed-{seed}"))), 6);
    }
    bench.refused(&format!("{SMALL} --seeds 5..9 --steps 4 --out all"), &["seed-5", "found a run", "--resume"]);
    std::fs::write(bench.path("all/seed-3/config.toml"), "seed = ").unwrap();
    let output = bench.run("train --resume all --steps 7");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && errors.contains("seed-3") && errors.lines().count() == 1, "{errors}");
    assert_eq!(iteration(&bench.path("all/seed-5")), 7, "the others go on");
    for line in ["--seeds 5", "--seeds 5..5", "--seeds 0..2 --seed 1", "--seeds 0..2 --resume all"] {
        let output = bench.run(&format!("train maze {line}"));
        assert_eq!(output.status.code(), Some(2), "{line}");
    }
}
