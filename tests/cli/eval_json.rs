//! `eval --json` says of every measure of every task how much, how sure, and over how many.

use crate::cli::command_line::Bench;
use crate::tasks::registry::trainer;
use crate::workbench::advance;
use hebbscope::files::Precision;
use hebbscope::tasks::TASKS;
use serde_json::{Map, Value, json};

/// What is no measure.
const ABOUT: [&str; 18] = [
    "task",
    "checkpoint",
    "fingerprint",
    "learned_from",
    "iteration",
    "version",
    "seed",
    "seeds",
    "episodes",
    "examples",
    "world",
    "baselines",
    "done",
    "control",
    "difference",
    "unharmed_tolerance",
    "median_seed",
    "lives",
];

fn measured(bench: &Bench, line: &str) -> Map<String, Value> {
    let printed = bench.done(line);
    assert_eq!(printed.lines().count(), 1);
    serde_json::from_str(&printed).unwrap()
}

/// One value for a number, as many as it has for a list.
fn values(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_else(|| vec![value.clone()])
}

/// The 95 % interval of Wilson (1927).
fn wilson(share: f64, count: f64) -> [f64; 2] {
    let z = 1.959_963_984_540_054_f64;
    let middle = share + z * z / (2.0 * count);
    let reach = z * (share * (1.0 - share) / count + z * z / (4.0 * count * count)).sqrt();
    [middle - reach, middle + reach].map(|end| end / (1.0 + z * z / count))
}

/// Every measure has all of its parts, there is nothing else, and the parts go together. Answers with the measures.
#[track_caller]
fn expect_complete(line: &Map<String, Value>, most: u64) -> Vec<String> {
    let measures: Vec<String> = line.keys().filter(|key| line.contains_key(&format!("{key}_error"))).cloned().collect();
    for key in line.keys().filter(|key| !ABOUT.contains(&key.as_str())) {
        let is_part = |measure: &String| {
            key.strip_prefix(measure.as_str()).is_some_and(|end| ["", "_error", "_interval", "_n"].contains(&end))
        };
        assert!(measures.iter().any(is_part), "{key} is said without its error: {line:?}");
    }
    for key in &measures {
        let part = |end: &str| line.get(&format!("{key}{end}")).map(values);
        let (means, errors, counts) = (part("").unwrap(), part("_error").unwrap(), part("_n").expect("a count"));
        let intervals = part("_interval").unwrap_or_else(|| vec![Value::Null; means.len()]);
        // An interval is a list itself.
        let intervals = if line[key].is_array() || !line.contains_key(&format!("{key}_interval")) {
            intervals
        } else {
            vec![line[&format!("{key}_interval")].clone()]
        };
        assert_eq!([errors.len(), counts.len(), intervals.len()], [means.len(); 3], "{key}: {line:?}");
        for (((mean, error), count), interval) in means.iter().zip(&errors).zip(&counts).zip(&intervals) {
            let n = count.as_u64().unwrap();
            assert!(n <= most && mean.is_null() == (n == 0), "{key}: {line:?}");
            if interval.is_null() {
                assert_eq!(error.is_null(), n < 2, "{key}: {line:?}");
                continue;
            }
            let share = mean.as_f64().unwrap();
            let expected = wilson(share, n as f64);
            let ends = [0, 1].map(|end| interval[end].as_f64().unwrap());
            assert!(ends.iter().zip(expected).all(|(end, value)| (end - value).abs() < 1e-9), "{key}: {line:?}");
            assert_eq!(error.is_null(), n < 2 || share == 0.0 || share == 1.0, "{key}: {line:?}");
        }
    }
    measures
}

#[test]
fn every_measure_of_every_task_has_its_mean_its_error_and_its_n() {
    for task in TASKS {
        let bench = Bench::new();
        let mut trainer = trainer(*task);
        advance(&mut trainer, 2);
        trainer.checkpoint().unwrap().write(&bench.path("network"), Precision::Full).unwrap();
        let line = measured(&bench, "eval network --episodes 6 --seed 2 --json");
        assert_eq!((&line["seed"], &line["episodes"]), (&json!(2), &json!(6)), "{}", task.name());
        let measures = expect_complete(&line, 6);
        let key = task.measure().key;
        assert!(measures.contains(&key.to_owned()) && measures.contains(&"loss".to_owned()), "{measures:?}");
        assert_eq!(line[&format!("{key}_n")], json!(6), "{}", task.name());

        // By its seeds each life is told, and the mean and the error are theirs.
        let line = measured(&bench, "eval network --seeds 3..9 --json");
        assert_eq!((&line["seeds"], &line["episodes"]), (&json!([3, 9]), &json!(6)), "{}", task.name());
        expect_complete(&line, 6);
        let lives: Vec<f64> =
            line["lives"].as_array().unwrap().iter().map(|life| life[key].as_f64().unwrap()).collect();
        let mean = lives.iter().sum::<f64>() / 6.0;
        let spread = lives.iter().map(|life| (life - mean).powi(2)).sum::<f64>();
        let close = |said: &Value, value: f64| (said.as_f64().unwrap() - value).abs() <= 1e-9 * value.abs().max(1.0);
        assert!(close(&line[key], mean), "{}: {mean} in {line:?}", task.name());
        match &line[&format!("{key}_error")] {
            Value::Null => assert!(mean == 0.0 || mean == 1.0),
            error => assert!(close(error, (spread / 5.0 / 6.0).sqrt()), "{}: {line:?}", task.name()),
        }

        let line = measured(&bench, "eval network --seeds 3..9 --do 2:erase --json");
        for part in ["control", "difference"] {
            expect_complete(line[part].as_object().unwrap(), 6);
        }
        assert!(expect_complete(&line, 6).contains(&"unharmed_share".to_owned()));
    }
}

#[test]
fn lists_have_an_error_and_an_n_for_each_of_their_numbers() {
    for (task, key, is_of_shares) in [("maze", "reward_by_tenth", false), ("cue_reward", "accuracy_by_trial", true)] {
        let bench = Bench::new();
        let mut trainer = trainer(hebbscope::tasks::find(task).unwrap());
        advance(&mut trainer, 2);
        trainer.checkpoint().unwrap().write(&bench.path("network"), Precision::Full).unwrap();
        let line = measured(&bench, "eval network --episodes 5 --json");
        assert!(expect_complete(&line, 5).contains(&key.to_owned()), "{line:?}");
        let length = line[key].as_array().unwrap().len();
        assert!(length > 1 && line[&format!("{key}_n")][0] == json!(5), "{line:?}");
        let intervals = line.get(&format!("{key}_interval"));
        assert_eq!(intervals.map(|all| all.as_array().unwrap().len()), is_of_shares.then_some(length), "{line:?}");
    }
}

/// A text that is read as a whole is drawn from no seed, and there is one of it.
#[test]
fn of_a_text_that_is_read_in_one_go_there_is_one() {
    let bench = Bench::new();
    let mut trainer = trainer(hebbscope::tasks::find("language").unwrap());
    advance(&mut trainer, 1);
    trainer.checkpoint().unwrap().write(&bench.path("network"), Precision::Full).unwrap();
    let line = measured(&bench, "eval network --json");
    expect_complete(&line, 1);
    assert_eq!((&line["seed"], &line["episodes"], &line["perplexity_n"]), (&Value::Null, &Value::Null, &json!(1)));
    assert!(line["perplexity"].is_f64() && line["perplexity_error"].is_null(), "{line:?}");
}
