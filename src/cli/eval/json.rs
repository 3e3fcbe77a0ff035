//! An evaluation as one line of JSON.

use super::Measured;
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
    if let Some(learned) = checkpoint.learned_from() {
        put("learned_from", learned.to_json());
    }
    put("iteration", checkpoint.iteration().into());
    put("version", env!("CARGO_PKG_VERSION").into());
    if !measured.is_whole() {
        match &protocol.lives {
            Lives::Drawn { seed, .. } => put("seed", (*seed).into()),
            Lives::Seeds(seeds) => put("seeds", json!([seeds.start, seeds.end])),
        };
        put("episodes", result.lives.len().into());
    }
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
    line.extend(entries(&result.entries, measured.count()));
    if let Some(contrast) = &result.contrast {
        line.insert("control".into(), entries(&contrast.control, result.lives.len()).into());
        line.insert("difference".into(), entries(&contrast.differences, result.lives.len()).into());
        line.extend(entries(std::slice::from_ref(&contrast.unharmed), result.lives.len()));
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

/// Each mean under its key, with its standard error under the same with `_error`; null where there is none. Of shares also
/// the 95 % interval, with `_interval`. With `_n` over how many of the `lives` it is, where that is not all of them, and of
/// every share.
fn entries(entries: &[Entry], lives: usize) -> Map<String, Value> {
    let all = |entry: &Entry| -> Vec<(String, Value)> {
        let (mean, error) = match &entry.means {
            Means::One(_) => (entry.mean().into(), entry.error().into()),
            Means::List(means) => (
                means.iter().map(|mean| Value::from(mean.mean())).collect::<Vec<_>>().into(),
                means.iter().map(|mean| Value::from(mean.error())).collect::<Vec<_>>().into(),
            ),
        };
        let mut all = vec![(entry.key.to_owned(), mean), (format!("{}_error", entry.key), error)];
        if entry.is_share {
            all.push((format!("{}_interval", entry.key), entry.interval().map(|ends| json!(ends)).into()));
        }
        if let Means::One(mean) = &entry.means
            && (entry.is_share || mean.count() != lives as u64)
        {
            all.push((format!("{}_n", entry.key), mean.count().into()));
        }
        all
    };
    entries.iter().flat_map(all).collect()
}
