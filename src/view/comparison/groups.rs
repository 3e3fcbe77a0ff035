//! Runs that differ in nothing but the seed belong together; what groups differ in names them.

use crate::train::{History, RunConfig};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// Runs of one configuration, each with a seed of its own.
#[derive(Clone, Debug)]
pub struct Group {
    /// What it is called beside the others.
    pub name: String,
    /// The runs, in the order in which they came.
    pub runs: Vec<Arc<History>>,
    /// Its place among the colours and line styles; it keeps it while it is there.
    pub slot: usize,
    /// Whether it is drawn.
    pub is_shown: bool,
}

impl Group {
    /// What all its runs share.
    pub fn config(&self) -> &RunConfig {
        &self.runs[0].config
    }

    /// "alpha = free (n = 5)".
    pub fn title(&self) -> String {
        format!("{} (n = {})", self.name, self.runs.len())
    }
}

/// Whether two runs are the same but for the seed and how long they are trained.
pub fn is_alike(one: &RunConfig, other: &RunConfig) -> bool {
    one.task().name() == other.task().name() && one.settings == other.settings
}

/// Puts each run where it belongs. Groups that were there before keep their place and whether they are drawn.
pub fn grouped(runs: &[Arc<History>], before: &[Group]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for run in runs {
        match groups.iter_mut().find(|group| is_alike(group.config(), &run.config)) {
            Some(group) => group.runs.push(Arc::clone(run)),
            None => {
                let known = before.iter().find(|group| is_alike(group.config(), &run.config));
                let (slot, is_shown) = known.map_or((usize::MAX, true), |group| (group.slot, group.is_shown));
                groups.push(Group { name: String::new(), runs: vec![Arc::clone(run)], slot, is_shown });
            }
        }
    }
    for index in 0..groups.len() {
        if groups[index].slot == usize::MAX {
            let is_taken = |slot: usize| groups.iter().any(|group| group.slot == slot);
            groups[index].slot = (0..groups.len()).find(|&slot| !is_taken(slot)).unwrap_or(index);
        }
    }
    let names: Vec<String> = groups.iter().map(|group| name(group, &groups)).collect();
    for (group, name) in groups.iter_mut().zip(names) {
        group.name = name;
    }
    groups
}

/// The settings in which the groups differ; where they differ in none, the folder.
fn name(group: &Group, groups: &[Group]) -> String {
    let differs = |place: usize, value: &Value| {
        groups.iter().any(|other| other.config().settings.iter().nth(place).is_some_and(|(_, found)| found != value))
    };
    let settings = group.config().settings.iter().enumerate();
    let parts: Vec<String> = settings
        .filter(|(place, (_, value))| differs(*place, value))
        .map(|(_, (field, value))| said(field.key, value))
        .collect();
    if parts.is_empty() { folder_name(&group.runs) } else { parts.join(", ") }
}

/// "alpha = free": a setting by its key, as `--set` takes it.
fn said(key: &str, value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => format!("no {key}"),
        Value::String(text) if text.contains(['/', '\\']) => format!("{key} = {}", last_part(Path::new(text))),
        Value::String(text) => format!("{key} = {text}"),
        value => format!("{key} = {value}").replace('-', "−"),
    }
}

/// The name of the folder that holds the runs; of a single run its own.
fn folder_name(runs: &[Arc<History>]) -> String {
    let parents: Vec<Option<&Path>> = runs.iter().map(|run| run.folder.parent()).collect();
    match (runs, parents[0]) {
        ([_, _, ..], Some(parent)) if parents.iter().all(|other| *other == Some(parent)) && parent != Path::new("") => {
            last_part(parent)
        }
        _ => last_part(&runs[0].folder),
    }
}

fn last_part(path: &Path) -> String {
    let whole = || path.display().to_string();
    path.file_name().map_or_else(whole, |name| name.to_string_lossy().into_owned())
}
