//! A comparison as one line of JSON.

use super::groups::{self, Criterion, Group, RunResult, pairs};
use super::{Comparison, Lived};
use crate::train::statistics::{FEWEST, Test};
use serde_json::{Map, Value, json};

/// The line.
pub(super) fn line(comparison: &Comparison<'_>) -> String {
    let Comparison { arguments, task, window, groups } = comparison;
    let pair = |pair: [&Group; 2]| {
        let mut object = Map::from_iter([("groups".to_owned(), json!(pair.map(|group| &group.name)))]);
        let test = |criterion| told(&groups::test(pair, criterion));
        object.extend(Criterion::ALL.map(|criterion| (criterion.key().to_owned(), test(criterion))));
        Value::Object(object)
    };
    let line = json!({
        "task": task.name(),
        "measure": task.measure().key,
        "version": env!("CARGO_PKG_VERSION"),
        "seed": arguments.seed,
        "episodes": match comparison.lived() {
            Lived::Episodes(episodes) => Some(episodes),
            Lived::All | Lived::Nothing => None,
        },
        "iterations": window.as_ref().map(|window| [window.start(), window.end()]),
        "groups": groups.iter().map(group).collect::<Vec<_>>(),
        "pairs": pairs(groups).map(pair).collect::<Vec<_>>(),
    });
    line.to_string()
}

fn group(group: &Group) -> Value {
    let mut object = Map::from_iter([("name".to_owned(), group.name.clone().into())]);
    object.extend(Criterion::ALL.map(|criterion| {
        let summary = group.summary(criterion);
        let value = summary.map(|summary| {
            let [low, high] = [summary.low, summary.high].map(|end| (summary.count >= FEWEST).then_some(end));
            json!({ "n": summary.count, "q25": low, "median": summary.median, "q75": high })
        });
        (criterion.key().to_owned(), value.into())
    }));
    object.insert("runs".into(), group.runs.iter().map(run).collect::<Vec<_>>().into());
    Value::Object(object)
}

fn run(run: &RunResult) -> Value {
    json!({
        "run": run.place.display().to_string(),
        "seed": run.seed,
        "iteration": run.iteration,
        "fingerprint": run.fingerprint,
        "examples": run.examples,
        "world": run.world,
        "new_episodes": run.new_episodes.mean(),
        "new_episodes_error": run.new_episodes.error(),
        "training": run.training,
    })
}

/// Without p where there are too few runs for one.
fn told(test: &Test) -> Value {
    match test.found {
        Some(found) => json!({ "p": found.p, "u": found.u, "n": test.counts, "by": found.method.name() }),
        None => json!({ "p": null, "u": null, "n": test.counts, "by": null }),
    }
}
