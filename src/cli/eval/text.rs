//! An evaluation as a table.

use super::Measured;
use crate::cli::table::{aligned, in_words, share_in_words};
use crate::episode::{Intervention, What};
use crate::train::evaluate::{Entry, Lives, Means};

/// The table, each mean with its standard error.
pub(super) fn table(measured: &Measured<'_>) -> String {
    let Measured { checkpoint, protocol, result, .. } = measured;
    let task = checkpoint.config.task();
    let lives = match &protocol.lives {
        Lives::Drawn { seed, .. } => format!("drawn from seed {seed}"),
        Lives::Seeds(seeds) => format!("seeds {} to {}", seeds.start, seeds.end - 1),
    };
    let mut text = format!("{} after {} iterations, ", task.name(), checkpoint.iteration());
    text += &match measured.is_whole() {
        true => "all of what it is tested with, in one go:".to_owned(),
        false => {
            let count = result.lives.len();
            format!("{count} new episodes ({lives}), mean ± standard error; of shares the 95 % interval:")
        }
    };
    if let Some(imported) = &checkpoint.config.imported {
        text += &format!("\n  imported from {imported}");
    }
    if let Some(learned) = checkpoint.learned_from() {
        text += &format!("\n  learned from {learned}");
    }
    // Beside a control there is no place for what others come to.
    let baselines = result.baselines.as_ref().filter(|_| result.contrast.is_none());
    for told in [result.examples.as_ref(), baselines].into_iter().flatten() {
        text += &format!("\n  {told}");
    }
    if let Some(differences) = checkpoint.config.differences_in_words() {
        text += &format!("\n  {differences}");
    }
    let count = measured.count() as u64;
    let mut rows: Vec<Vec<String>> = Vec::new();
    match &result.contrast {
        None => {
            let row = |entry, place| row(entry, place, &[entry], count);
            rows.extend(result.entries.iter().flat_map(|entry| places(entry).map(move |place| row(entry, place))));
        }
        Some(contrast) => {
            rows.push([String::new(), measured.done().join(", "), "control".into(), "difference".into()].into());
            for (entry, control) in result.entries.iter().zip(&contrast.control) {
                let difference = contrast.differences.iter().find(|difference| difference.key == entry.key);
                let Some(difference) = difference else { continue };
                rows.extend(places(entry).map(|place| row(entry, place, &[entry, control, difference], count)));
            }
            let worse = match contrast.tolerance {
                0.0 => String::new(),
                tolerance => format!(", or worse by no more than {tolerance}"),
            };
            let title = format!("unharmed_share (part of the episodes that did as well as the control{worse})");
            rows.push(vec![title, cell(&contrast.unharmed, 0, count)]);
        }
    }
    text += &aligned(&rows);
    let is_transplant = |done: &Intervention| matches!(done.what, What::Transplant { .. });
    if !protocol.lesions.is_empty() && protocol.interventions.iter().any(is_transplant) {
        text += "\n  donors of transplants live with the lesioned network, too";
    }
    if let Some(life) = result.median_life()
        && let Some(seed) = life.seed
    {
        text += &format!("\n  the median of the differences is that of episode seed {seed}");
    }
    text
}

/// The places of a list; one of a number.
fn places(entry: &Entry) -> std::ops::Range<usize> {
    match &entry.means {
        Means::One(_) => 0..1,
        Means::List(list) => 0..list.len(),
    }
}

/// A row: what it is, and one cell for each of `columns`.
fn row(entry: &Entry, place: usize, columns: &[&Entry], episodes: u64) -> Vec<String> {
    let name = match entry.means {
        Means::One(_) => format!("{} ({})", entry.key, entry.title),
        Means::List(_) => format!("{} {}", entry.key, place + 1),
    };
    std::iter::once(name).chain(columns.iter().map(|entry| cell(entry, place, episodes))).collect()
}

/// A mean, and over how many it is where that is not all `episodes`.
fn cell(entry: &Entry, place: usize, episodes: u64) -> String {
    let mean = match &entry.means {
        Means::One(mean) if entry.is_share => return share_in_words(mean),
        Means::One(mean) => Some(mean),
        Means::List(list) => list.get(place),
    };
    match mean {
        None => String::new(),
        Some(mean) if mean.count() == episodes || mean.count() == 0 => in_words(mean, entry.unit),
        Some(mean) => format!("{}, n = {}", in_words(mean, entry.unit), mean.count()),
    }
}
