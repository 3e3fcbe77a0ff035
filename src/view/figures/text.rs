//! A figure's numbers as text: Markdown for people, CSV for programs.

use super::chart::Chart;
use super::episodes::{Modulated, OfNetwork, Recalls};
use super::table::{Results, Row};
use super::{Drawing, Made};
use crate::tasks::Unit;
use crate::train::statistics::{FEWEST, Summary};
use crate::view::export::curves::{band_cells, quoted};
use crate::view::numbers::shortest;

/// Rows of cells, the first of them the heading.
pub type Cells = Vec<Vec<String>>;

impl Results {
    /// The table for people; the paper's column only where the paper has numbers.
    pub fn cells(&self) -> Cells {
        let has_paper = self.rows.iter().any(|row| !row.paper.is_empty());
        let mut heading = vec!["network".to_owned(), "n".to_owned()];
        heading.push(self.title.clone());
        heading.push("median (quartiles)".into());
        heading.extend(has_paper.then(|| "paper".to_owned()));
        let row = |row: &Row| {
            let mut cells = vec![row.name.clone(), row.values.len().to_string(), self.mean_words(row)];
            cells.push(self.summary_words(row));
            cells.extend(has_paper.then(|| row.paper.to_owned()));
            cells
        };
        std::iter::once(heading).chain(self.rows.iter().map(row)).collect()
    }

    /// "98.50 ± 0.57".
    fn mean_words(&self, row: &Row) -> String {
        let Some((mean, half)) = row.mean() else { return "none".to_owned() };
        let largest = mean.abs().max(half.unwrap_or(0.0));
        match half {
            Some(half) => format!("{} ± {}", self.number(mean, largest), self.number(half, largest)),
            None => self.number(mean, largest),
        }
    }

    /// "99.0 (98.0 to 99.0)"; of too few there is a median alone.
    fn summary_words(&self, row: &Row) -> String {
        let Some(Summary { count, low, median, high }) = row.summary() else { return "none".to_owned() };
        let largest = low.abs().max(high.abs());
        let [low, median, high] = [low, median, high].map(|value| self.number(value, largest));
        if count < FEWEST { median } else { format!("{median} ({low} to {high})") }
    }

    /// A number with as many decimals as one of the size of `largest` is told with.
    fn number(&self, value: f64, largest: f64) -> String {
        let text = match self.unit {
            Unit::Fraction => format!("{:.2}", 100.0 * value),
            Unit::Number if largest < 10.0 => format!("{value:.4}"),
            Unit::Number => format!("{value:.2}"),
        };
        text.replace('-', "−")
    }

    /// One line a group for programs, in full precision, with the test in which it stands first.
    fn csv(&self) -> Cells {
        let names = ["group", "n", "mean", "half_width_95", "median", "q25", "q75", "paper", "seeds", "values"];
        let tested = ["against", "p", "u", "method"];
        let heading = names.into_iter().chain(tested).map(str::to_owned).collect();
        let test = |row: &Row| {
            let contrast = self.tests.iter().find(|contrast| contrast.names[0] == row.name);
            let found = contrast.and_then(|contrast| Some((contrast.names[1].clone(), contrast.test.found?)));
            let cells = found
                .map(|(other, found)| [other, shortest(found.p), shortest(found.u), found.method.name().to_owned()]);
            cells.unwrap_or_default()
        };
        let row = |row: &Row| {
            let (mean, half) = row.mean().unwrap_or((f64::NAN, None));
            let summary = row.summary();
            let of =
                |value: fn(&Summary) -> f64| summary.as_ref().map(|found| shortest(value(found))).unwrap_or_default();
            let list = |parts: Vec<String>| parts.join(" ");
            let mut cells = vec![
                row.name.clone(),
                row.values.len().to_string(),
                if mean.is_nan() { String::new() } else { shortest(mean) },
                half.map(shortest).unwrap_or_default(),
                of(|found| found.median),
                of(|found| found.low),
                of(|found| found.high),
                row.paper.to_owned(),
                list(row.seeds.iter().map(u64::to_string).collect()),
                list(row.values.iter().map(|value| shortest(*value)).collect()),
            ];
            cells.extend(test(row));
            cells
        };
        std::iter::once(heading).chain(self.rows.iter().map(row)).collect()
    }
}

/// Cells as CSV.
fn csv(cells: &[Vec<String>]) -> String {
    let line = |row: &Vec<String>| row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\n";
    cells.iter().map(line).collect()
}

/// Cells as a table of Markdown.
fn markdown(cells: &[Vec<String>]) -> String {
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut text = String::new();
    for (place, row) in cells.iter().enumerate() {
        text += &line(row);
        if place == 0 {
            let rule = |column: usize| if column == 0 { "---" } else { "---:" };
            text += &format!("|{}|\n", (0..row.len()).map(rule).collect::<Vec<_>>().join("|"));
        }
    }
    text
}

impl Chart {
    /// Median, quartiles and n of each group at every iteration; as in the CSV of the window.
    fn csv(&self) -> String {
        let mut heading = vec!["iteration".to_owned()];
        let name = self.number.name(self.measure).replace(' ', "_");
        for band in &self.bands {
            let column = |kind: &str| format!("{}:{name}_mean{}_{kind}", band.name, self.smoothing);
            heading.extend(["median", "q25", "q75", "n"].map(column));
        }
        let mut text = csv(&[heading]);
        for index in 0..self.length() {
            text += &(index + 1).to_string();
            for cell in self.bands.iter().flat_map(|band| band_cells(band, index)) {
                text.push(',');
                text += &cell;
            }
            text.push('\n');
        }
        text
    }
}

impl Recalls {
    fn csv(&self) -> Cells {
        let heading = vec!["seed".to_owned(), self.measure.key.to_owned()];
        let rows = self.rows.iter().map(|row| vec![row.seed.to_string(), row.measure.to_string()]);
        std::iter::once(heading).chain(rows).collect()
    }
}

impl Modulated {
    fn csv(&self) -> Cells {
        let heading = ["step", "modulator", "reward"].map(str::to_owned).to_vec();
        let steps = self.modulator.iter().zip(&self.rewards).enumerate();
        let rows = steps
            .map(|(step, (modulator, reward))| vec![(step + 1).to_string(), modulator.to_string(), reward.to_string()]);
        std::iter::once(heading).chain(rows).collect()
    }
}

impl Made {
    /// Its numbers for programs; `None` where it is a picture alone.
    pub fn to_csv(&self) -> Option<String> {
        match &self.drawing {
            Drawing::Chart(chart) => Some(chart.csv()),
            Drawing::Table(results) => Some(csv(&results.csv())),
            Drawing::OfNetwork(OfNetwork::Recalls(recalls)) => Some(csv(&recalls.csv())),
            Drawing::OfNetwork(OfNetwork::Modulated(modulated)) => Some(csv(&modulated.csv())),
            Drawing::OfNetwork(OfNetwork::Matrices(_)) => None,
        }
    }

    /// What it comes to for people: heading, table and caption; `None` where it is a picture alone.
    pub fn to_markdown(&self) -> Option<String> {
        let table = match &self.drawing {
            Drawing::Chart(Chart { results, .. }) | Drawing::Table(results) => results.cells(),
            Drawing::OfNetwork(OfNetwork::Recalls(recalls)) => recalls.csv(),
            Drawing::OfNetwork(OfNetwork::Modulated(modulated)) => modulated.csv(),
            Drawing::OfNetwork(OfNetwork::Matrices(_)) => return None,
        };
        let title = self.figure.title;
        let window = match &self.drawing {
            Drawing::Chart(chart) => format!(
                "\nMeans of iterations {} to {}; ±: 95 % interval over runs (Student).\n",
                chart.window.start(),
                chart.window.end()
            ),
            Drawing::Table(_) | Drawing::OfNetwork(_) => String::new(),
        };
        let caption: String = self.caption.iter().map(|words| format!("- {words}\n")).collect();
        Some(format!("**{title}**\n\n{}{window}\n{caption}", markdown(&table)))
    }
}
