//! An evaluation as one line of JSON.

use super::Measured;
use crate::tasks::tally::Mean;
use crate::train::evaluate::{Entry, Life, Lives, Means};
use crate::train::open::checkpoint_file;
use serde_json::{Map, Value, json};

/// The line.
pub(super) fn line(measured: &Measured<'_>) -> String {
    let Measured { arguments, checkpoint, fingerprint, protocol, result } = measured;
    let mut line = Map::new();
    let mut put = |key: &str, value: Value| line.insert(key.to_owned(), value);
    let file = checkpoint_file(&arguments.checkpoint);
    put("task", checkpoint.config.task().name().into());
    put("checkpoint", file.display().to_string().into());
    put("fingerprint", fingerprint.as_str().into());
    if let Some(imported) = &checkpoint.config.imported {
        put("imported", json!({"file": imported.file, "format": imported.format}));
    }
    if let Some(learned) = checkpoint.learned_from() {
        put("learned_from", learned.to_json());
    }
    put("iteration", checkpoint.iteration().into());
    put("version", env!("CARGO_PKG_VERSION").into());
    // Nothing is drawn where all of a text is read in one go.
    let is_drawn = !measured.is_whole();
    match &protocol.lives {
        Lives::Drawn { seed, .. } => put("seed", is_drawn.then_some(*seed).into()),
        Lives::Seeds(seeds) => put("seeds", json!([seeds.start, seeds.end])),
    };
    put("episodes", is_drawn.then_some(result.lives.len()).into());
    if let Some(examples) = &result.examples {
        put("examples", examples.as_str().into());
    }
    if let Some(differences) = checkpoint.config.differences_in_words() {
        put("world", differences.into());
    }
    if let Some(baselines) = &result.baselines {
        put("baselines", baselines.as_str().into());
    }
    let done = measured.done();
    if !done.is_empty() {
        put("done", done.into());
    }
    line.extend(entries(&result.entries));
    if let Some(contrast) = &result.contrast {
        line.insert("control".into(), entries(&contrast.control).into());
        line.insert("difference".into(), entries(&contrast.differences).into());
        line.extend(entries(std::slice::from_ref(&contrast.unharmed)));
        line.insert("unharmed_tolerance".into(), contrast.tolerance.into());
        if let Some(seed) = result.median_life().and_then(|life| life.seed) {
            line.insert("median_seed".into(), seed.into());
        }
    }
    let key = checkpoint.config.task().measure().key;
    let life = |life: &Life| {
        life.seed.map(|seed| {
            let mut object = Map::new();
            object.insert("seed".into(), seed.into());
            object.insert(key.into(), life.measure.into());
            if let Some(control) = life.control {
                object.insert(format!("control_{key}"), control.into());
            }
            Value::Object(object)
        })
    };
    let lives: Vec<Value> = result.lives.iter().filter_map(life).collect();
    if !lives.is_empty() {
        line.insert("lives".into(), lives.into());
    }
    Value::Object(line).to_string()
}

/// Each mean under its key; under the same with `_error` its standard error, null where there is none, with `_n` over how many
/// lifetimes it is, and of shares with `_interval` the 95 % interval. Of a list each is a list as long.
fn entries(entries: &[Entry]) -> Map<String, Value> {
    let all = |entry: &Entry| -> Vec<(String, Value)> {
        let each = |value: &dyn Fn(&Mean) -> Value| match &entry.means {
            Means::One(mean) => value(mean),
            Means::List(means) => means.iter().map(value).collect::<Vec<_>>().into(),
        };
        let key = entry.key;
        let mut all = vec![
            (key.to_owned(), each(&|mean| mean.mean().into())),
            (format!("{key}_error"), each(&|mean| entry.error_of(mean).into())),
        ];
        if entry.is_share {
            all.push((format!("{key}_interval"), each(&|mean| entry.interval_of(mean).map(|ends| json!(ends)).into())));
        }
        all.push((format!("{key}_n"), each(&|mean| mean.count().into())));
        all
    };
    entries.iter().flat_map(all).collect()
}
