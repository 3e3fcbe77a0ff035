//! An evaluation as a table.

use super::Measured;
use crate::tasks::Unit;
use crate::tasks::tally::Mean;
use crate::train::evaluate::{Entry, Lives, Told};

/// The table, each mean with its standard error.
pub(super) fn table(measured: &Measured<'_>) -> String {
    let Measured { checkpoint, protocol, result, .. } = measured;
    let task = checkpoint.config.task();
    let lives = match &protocol.lives {
        Lives::Drawn { seed, .. } => format!("drawn from seed {seed}"),
        Lives::Seeds(seeds) => format!("seeds {} to {}", seeds.start, seeds.end - 1),
    };
    let mut text =
        format!("{} after {} iterations, {} new episodes ", task.name(), checkpoint.iteration(), result.lives.len());
    text += &format!("({lives}), mean ± standard error:");
    if let Some(learned) = checkpoint.learned_from() {
        text += &format!("\n  learned from {learned}");
    }
    if let Some(examples) = &result.examples {
        text += &format!("\n  {examples}");
    }
    if let Some(differences) = checkpoint.config.differences_in_words() {
        text += &format!("\n  {differences}");
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    match &result.contrast {
        None => {
            rows.extend(result.entries.iter().flat_map(|entry| places(entry).map(|place| row(entry, place, &[entry]))));
        }
        Some(contrast) => {
            rows.push([String::new(), measured.done().join(", "), "control".into(), "difference".into()].into());
            for (entry, control) in result.entries.iter().zip(&contrast.control) {
                let difference = contrast.differences.iter().find(|difference| difference.key == entry.key);
                let Some(difference) = difference else { continue };
                rows.extend(places(entry).map(|place| row(entry, place, &[entry, control, difference])));
            }
            let title = "unharmed_share (part of the episodes that did at least as well as the control)";
            rows.push(vec![title.into(), in_words(&contrast.unharmed, Unit::Fraction)]);
        }
    }
    text += &aligned(&rows);
    if let Some(life) = result.median_life()
        && let Some(seed) = life.seed
    {
        text += &format!("\n  the median of the differences is that of episode seed {seed}");
    }
    text
}

/// The places of a list; one of a number.
fn places(entry: &Entry) -> std::ops::Range<usize> {
    match &entry.told {
        Told::Number(_) => 0..1,
        Told::List(list) => 0..list.len(),
    }
}

/// A row: what it is, and one cell for each of `columns`.
fn row(entry: &Entry, place: usize, columns: &[&Entry]) -> Vec<String> {
    let name = match entry.told {
        Told::Number(_) => format!("{} ({})", entry.key, entry.title),
        Told::List(_) => format!("{} {}", entry.key, place + 1),
    };
    let cell = |entry: &&Entry| match &entry.told {
        Told::Number(mean) => in_words(mean, entry.unit),
        Told::List(list) => list.get(place).map_or_else(String::new, |mean| in_words(mean, entry.unit)),
    };
    std::iter::once(name).chain(columns.iter().map(cell)).collect()
}

/// "191.0 ± 4.7": two figures of the error say how many of the mean mean something.
fn in_words(mean: &Mean, unit: Unit) -> String {
    let (factor, ending) = if unit == Unit::Fraction { (100.0, " %") } else { (1.0, "") };
    let Some(value) = mean.mean() else { return "none".to_owned() };
    let value = value * factor;
    match mean.error().map(|error| error * factor) {
        Some(error) if error > 0.0 => {
            let decimals = (1.0 - error.log10().floor()).clamp(0.0, 9.0) as usize;
            format!("{value:.decimals$} ± {error:.decimals$}{ending}")
        }
        // All are the same, or there is only one.
        Some(_) => format!("{value} ± 0{ending}"),
        None => format!("{value:.5}{ending}"),
    }
}

/// Rows with their columns below each other, numbers at the right.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        format!("\n  {}", cells.collect::<Vec<_>>().join("  "))
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_has_as_many_figures_as_its_error_allows() {
        let mean: Mean = [186.0, 196.0, 191.0].into_iter().collect();
        assert_eq!(in_words(&mean, Unit::Number), "191.0 ± 2.9");
        let mean: Mean = [0.001, 0.003].into_iter().collect();
        assert_eq!(in_words(&mean, Unit::Fraction), "0.20 ± 0.10 %");
        assert_eq!(in_words(&[0.5].into_iter().collect(), Unit::Number), "0.50000");
        assert_eq!(in_words(&[0.0, 0.0].into_iter().collect(), Unit::Fraction), "0 ± 0 %");
        assert_eq!(in_words(&Mean::default(), Unit::Number), "none");
    }
}
