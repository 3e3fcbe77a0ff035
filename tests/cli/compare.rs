//! `hebbscope compare`: groups of runs on the same new episodes and in training.

use super::command_line::Bench;
use hebbscope::data::DATA_VARIABLE;
use serde_json::Value;

const SMALL: &str =
    "--set source=dead_leaves --set side=4 --set count=2 --set rounds=1 --set show_steps=2 --set lr=0.003";

/// Runs the program without data sets, which must succeed.
#[track_caller]
fn done(bench: &Bench, line: &str) -> String {
    let output = bench.command(line.split_whitespace()).env_remove(DATA_VARIABLE).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "hebbscope {line}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn json(bench: &Bench, line: &str) -> Value {
    serde_json::from_str(&done(bench, line)).unwrap()
}

/// Three runs with free α in `free`, three with one α in `yoked`, which go on for less long.
fn trained() -> Bench {
    let bench = Bench::new();
    done(&bench, &format!("train images {SMALL} --seeds 1..4 --steps 120 --out free"));
    done(&bench, &format!("train images {SMALL} --set alpha=yoked --seeds 1..4 --steps 110 --out yoked"));
    bench
}

/// The two-sided p of three values against three others, all of them different: every choice of three of them, one after
/// the other.
fn by_hand(one: &[f64], other: &[f64]) -> f64 {
    let all = [one, other].concat();
    let larger = |chosen: &dyn Fn(usize) -> bool| {
        let pairs = (0..6).flat_map(|first| (0..6).map(move |second| (first, second)));
        pairs.filter(|&(first, second)| chosen(first) && !chosen(second) && all[first] > all[second]).count() as i32
    };
    let found = (2 * larger(&|place| place < 3) - 9).abs();
    let choices: Vec<u32> = (0..64u32).filter(|choice| choice.count_ones() == 3).collect();
    let extreme = choices.iter().filter(|choice| (2 * larger(&|place| *choice >> place & 1 == 1) - 9).abs() >= found);
    extreme.count() as f64 / choices.len() as f64
}

#[test]
fn every_run_lives_the_same_episodes_and_groups_are_tested_by_their_ranks() {
    let bench = trained();
    let found = json(&bench, "compare free yoked --episodes 7 --seed 3 --json");
    let header = ["task", "measure", "seed", "episodes"].map(|key| found[key].clone());
    assert_eq!(header, [Value::from("images"), "correlation".into(), 3.into(), 7.into()]);
    assert_eq!(found["iterations"], serde_json::json!([11, 110]), "the last hundred that all runs have");

    let groups = found["groups"].as_array().unwrap();
    assert_eq!(groups.iter().map(|group| group["name"].clone()).collect::<Vec<_>>(), ["alpha = free", "alpha = yoked"]);
    for key in ["new_episodes", "training"] {
        let numbers = |group: &Value| -> Vec<f64> {
            group["runs"].as_array().unwrap().iter().map(|run| run[key].as_f64().unwrap()).collect()
        };
        for group in groups {
            let mut sorted = numbers(group);
            sorted.sort_by(f64::total_cmp);
            let expected = [sorted[0].midpoint(sorted[1]), sorted[1], sorted[1].midpoint(sorted[2])];
            let said = ["q25", "median", "q75"].map(|name| group[key][name].as_f64().unwrap());
            assert!(said.iter().zip(expected).all(|(said, value)| (said - value).abs() < 1e-12), "{said:?}");
            assert_eq!(group[key]["n"], 3);
        }
        let test = &found["pairs"][0][key];
        let p = by_hand(&numbers(&groups[0]), &numbers(&groups[1]));
        assert!((test["p"].as_f64().unwrap() - p).abs() < 1e-12, "{p}: {test}");
        assert_eq!((&test["n"], &test["by"]), (&serde_json::json!([3, 3]), &"exact".into()));
    }
    for run in groups.iter().flat_map(|group| group["runs"].as_array().unwrap()) {
        let folder = run["run"].as_str().unwrap();
        let alone = json(&bench, &format!("eval {folder} --episodes 7 --seed 3 --json"));
        assert_eq!(run["new_episodes"], alone["correlation"], "{folder}");
        assert_eq!(run["new_episodes_error"], alone["correlation_error"], "{folder}");
        assert_eq!(run["fingerprint"], alone["fingerprint"], "{folder}");
        let metrics = bench.text(&format!("{folder}/metrics.csv"));
        let cells =
            metrics.lines().skip(11).take(100).map(|line| line.split(',').nth(2).unwrap().parse::<f64>().unwrap());
        let mean = cells.sum::<f64>() / 100.0;
        assert!((run["training"].as_f64().unwrap() - mean).abs() < 1e-6, "{folder}: {mean}");
    }

    let other = json(&bench, "compare free --episodes 2 --set count=3 --json");
    assert_eq!(other["groups"][0]["runs"][2]["world"], "count 3 (trained with 2)");
    let text = done(&bench, "compare free yoked --episodes 7 --seed 3 --at 20");
    for words in [
        "images: correlation (correlation with the target on the blanked part), higher is better",
        "training: mean of iterations 1 to 20",
        "dead leaves, generated",
        "(seed 3)",
        "n = 3",
        "alpha = free against alpha = yoked",
        "p = ",
        "(exact)",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn checkpoints_stand_for_runs_and_a_copy_counts_once() {
    let bench = trained();
    done(&bench, "share free/seed-1 --out one.safetensors");
    let found = json(&bench, "compare one.safetensors yoked --episodes 2 --json");
    let counts = |found: &Value| -> Vec<u64> {
        let groups = found["groups"].as_array().unwrap().iter();
        groups.map(|group| group["training"]["n"].as_u64().unwrap()).collect()
    };
    assert_eq!(counts(&found), [1, 3]);
    assert_eq!(found["groups"][0]["runs"][0]["run"], "one.safetensors");
    // One run has neither quartiles nor a rank that says anything.
    for key in ["new_episodes", "training"] {
        let (alone, test) = (&found["groups"][0][key], &found["pairs"][0][key]);
        assert!(alone["median"].is_f64() && alone["q25"].is_null() && alone["q75"].is_null(), "{alone}");
        assert_eq!(*test, serde_json::json!({ "p": null, "u": null, "n": [1, 3], "by": null }));
    }
    let text = done(&bench, "compare one.safetensors yoked --episodes 2");
    assert!(text.contains(", n = 1\n") || text.contains(", n = 1  "), "{text}");
    assert_eq!(text.matches("too few: n = 1 and 3, expected at least 3 of each").count(), 2, "{text}");
    assert!(!text.contains("p = "), "{text}");
    let line = "compare one.safetensors free --episodes 2 --json";
    assert_eq!(counts(&json(&bench, line)), [3], "a copy of one of them");
    let output = bench.command(line.split_whitespace()).env_remove(DATA_VARIABLE).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("passed over: "), "{told}");
    assert!(told.contains(" is the same run as ") && told.contains("one.safetensors"), "{told}");
}

#[test]
fn what_cannot_be_compared_is_refused_in_one_sentence() {
    let bench = trained();
    done(&bench, "train patterns --set size=20 --set count=2 --steps 2 --out patterns");
    std::fs::create_dir(bench.path("empty")).unwrap();
    for (line, words) in [
        ("free patterns", "patterns: expected a run of task images like the others, found one of patterns"),
        ("free yoked --at 111", "expected a run of at least 111 iterations, found one of 110"),
        ("free empty", "empty: expected a run folder or a folder of run folders, found a folder without runs"),
        ("free nowhere", "nowhere: expected a run folder or a folder of run folders, found nothing there"),
        ("free/seed-1/config.toml", "config.toml: "),
        ("free --set side=8", "side"),
    ] {
        let output = bench.command(format!("compare {line}").split_whitespace()).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        let code = if line.contains("--set") { 2 } else { 1 };
        assert_eq!((output.status.code(), errors.lines().count()), (Some(code), 1), "{line}: {errors}");
        assert!(errors.contains(words), "{words}: {errors}");
        assert!(output.stdout.is_empty());
    }
    for line in ["compare", "compare free --episodes 0", "compare free --at 0"] {
        assert_eq!(bench.run(line).status.code(), Some(2), "{line}");
    }
}
