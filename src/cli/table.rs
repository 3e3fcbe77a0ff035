//! Tables of numbers on standard output.

use crate::tasks::Unit;
use crate::tasks::tally::{Mean, with_error};

/// "14 of 178, 7.9 % (4.7 to 12.8 %)": how many, the share, and its 95 % interval.
pub fn share_in_words(share: &Mean) -> String {
    let Some((mean, [low, high])) = share.mean().zip(share.share_interval()) else { return "none".to_owned() };
    let [mean, low, high] = [mean, low, high].map(|part| part * 100.0);
    format!("{} of {}, {mean:.1} % ({low:.1} to {high:.1} %)", share.ones(), share.count())
}

/// "191.0 ± 4.7".
pub fn in_words(mean: &Mean, unit: Unit) -> String {
    let (factor, ending) = if unit == Unit::Fraction { (100.0, " %") } else { (1.0, "") };
    let Some(value) = mean.mean() else { return "none".to_owned() };
    let value = value * factor;
    let Some(error) = mean.error().map(|error| error * factor) else { return format!("{value:.5}{ending}") };
    match with_error(value, error) {
        Some(text) => text + ending,
        None if value == 0.0 => format!("0{ending}, all alike"),
        None => format!("{value:.5}{ending}, all alike"),
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
        assert_eq!(in_words(&[-0.301, 0.3].into_iter().collect(), Unit::Number), "0.00 ± 0.30");
        let mean: Mean = [0.001, 0.003].into_iter().collect();
        assert_eq!(in_words(&mean, Unit::Fraction), "0.20 ± 0.10 %");
        assert_eq!(in_words(&[0.5].into_iter().collect(), Unit::Number), "0.50000");
        assert_eq!(in_words(&[0.0, 0.0].into_iter().collect(), Unit::Fraction), "0 %, all alike");
        // Not 0.5748679637908936 ± 0.
        let same = f64::from(0.574_868_f32);
        assert_eq!(in_words(&[same, same].into_iter().collect(), Unit::Number), "0.57487, all alike");
        let share = |ones: usize, count: usize| {
            share_in_words(&(0..count).map(|place| if place < ones { 1.0 } else { 0.0 }).collect())
        };
        assert_eq!(share(14, 178), "14 of 178, 7.9 % (4.7 to 12.8 %)");
        assert_eq!(share(0, 184), "0 of 184, 0.0 % (0.0 to 2.0 %)");
        assert_eq!(share(0, 0), "none");
        assert_eq!(in_words(&Mean::default(), Unit::Number), "none");
    }
}
