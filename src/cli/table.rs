//! Tables of numbers on standard output.

use crate::tasks::Unit;
use crate::tasks::tally::{Mean, decimals};

/// "191.0 ± 4.7".
pub fn in_words(mean: &Mean, unit: Unit) -> String {
    let (factor, ending) = if unit == Unit::Fraction { (100.0, " %") } else { (1.0, "") };
    let Some(value) = mean.mean() else { return "none".to_owned() };
    let value = value * factor;
    let Some(error) = mean.error().map(|error| error * factor) else { return format!("{value:.5}{ending}") };
    match decimals(error) {
        Some(decimals) => format!("{value:.decimals$} ± {error:.decimals$}{ending}"),
        // All are the same.
        None => format!("{value} ± 0{ending}"),
    }
}

/// Rows with their columns below each other, numbers at the right. A row of one cell is a heading, however long.
pub fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let tabular = || rows.iter().filter(|row| row.len() > 1);
    let width = |column: usize| tabular().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let line = |row: &Vec<String>| {
        if let [heading] = &row[..] {
            return format!("\n  {heading}");
        }
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
