//! Which network a file of another program may hold: what somebody is asked for is offered with an answer.

use super::MOST_COMPARED;
use super::names::{Wanted, prefix, wanted};
use crate::files::foreign::ForeignFile;
use crate::plastic::Network;
use crate::tasks::settings::{Field, FieldKind, Settings};
use crate::tasks::{TASKS, Task};
use std::collections::BTreeSet;

/// Settings that say how large a network is.
const SIZES: [&str; 4] = ["neurons", "size", "side", "cells"];

/// So many sizes are tried.
const MOST_SIZES: usize = 16;

/// The task and the settings whose network has most in common with the tensors of `file`: names that are known and shapes
/// that fit. Of a file of very many tensors nothing is guessed.
pub fn guess(file: &ForeignFile) -> (&'static dyn Task, Settings) {
    let first = (TASKS[0], TASKS[0].defaults());
    if file.tensors.len() > MOST_COMPARED {
        return first;
    }
    // The largest first: it is rather the number of neurons than of anything else.
    let sizes: BTreeSet<usize> = file.tensors.values().flat_map(|stored| stored.shape.iter().copied()).collect();
    let sizes: Vec<usize> = sizes.into_iter().rev().filter(|size| *size > 1).take(MOST_SIZES).collect();
    let mut best: Option<(i64, &'static dyn Task, Settings)> = None;
    for &task in TASKS {
        let (score, settings) = best_settings(file, task, &sizes);
        if best.as_ref().is_none_or(|(known, ..)| score > *known) {
            best = Some((score, task, settings));
        }
    }
    best.map_or(first, |(_, task, settings)| (task, settings))
}

/// The settings of a task with which most fits, one setting after the other.
fn best_settings(file: &ForeignFile, task: &'static dyn Task, sizes: &[usize]) -> (i64, Settings) {
    let score_of = |settings: &Settings| task.network(settings).ok().map(|network| score(file, &network));
    let mut best = task.defaults();
    let mut known = score_of(&best).unwrap_or(i64::MIN);
    // What stands earlier may fit better once what stands later is known.
    for _ in 0..2 {
        for field in task.fields() {
            for value in values(field, sizes) {
                let mut settings = best.clone();
                if settings.set_text(field.key, &value).is_ok()
                    && let Some(found) = score_of(&settings)
                    && found > known
                {
                    (known, best) = (found, settings);
                }
            }
        }
    }
    (known, best)
}

/// What is tried of a setting.
fn values(field: &Field, sizes: &[usize]) -> Vec<String> {
    match field.kind {
        FieldKind::Choice { options, .. } if !field.is_of_training => {
            options.iter().map(|option| (*option).to_owned()).collect()
        }
        // Of bits there is one neuron more, of pictures a square of them.
        FieldKind::Whole { .. } if SIZES.contains(&field.key) => {
            let root = |size: usize| (size as f64).sqrt().round() as usize;
            let all = sizes.iter().flat_map(|size| [*size, size - 1, root(*size), root(size - 1)]);
            all.filter(|size| *size > 0).map(|size| size.to_string()).collect()
        }
        _ => Vec::new(),
    }
}

/// How much a network has in common with a file.
fn score(file: &ForeignFile, network: &Network) -> i64 {
    let wanted = wanted(network);
    let before = prefix(&wanted, file.tensors.keys().map(String::as_str));
    let tensor =
        |wanted: &Wanted| wanted.names().find_map(|name| file.tensors.get_key_value(&format!("{before}{name}")));
    let mut used = BTreeSet::new();
    let of_one = |wanted: &Wanted| match tensor(wanted) {
        None => -2,
        Some((name, stored)) => {
            used.insert(name.as_str());
            if wanted.fit(&stored.shape, true).is_some() { 3 } else { 1 }
        }
    };
    let fitting: i64 = wanted.iter().map(of_one).sum();
    fitting - (file.tensors.len() - used.len()) as i64
}
