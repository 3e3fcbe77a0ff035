//! The rows of a benchmark, as text and as JSON.

use serde_json::{Map, Value, json};

/// Width of the first column.
const WHAT: usize = 34;

/// One row.
pub enum Row {
    /// Something that takes time.
    Time(Timing),
    /// Something that is counted.
    Count {
        /// What is counted.
        what: &'static str,
        /// How often.
        value: u32,
    },
}

/// Seconds of something.
pub struct Timing {
    /// What takes that long.
    pub what: &'static str,
    /// The median of several runs.
    pub median: f64,
    /// The fastest run.
    pub fastest: Option<f64>,
    /// The slowest run.
    pub slowest: Option<f64>,
    /// Bytes per second in the median run.
    pub bytes_per_s: Option<f64>,
    /// The same as a share of what a copy moves.
    pub copy_share: Option<f64>,
}

impl Timing {
    /// Something that was measured once, or whose median is all that is known.
    pub fn once(what: &'static str, median: f64) -> Self {
        Self { what, median, fastest: None, slowest: None, bytes_per_s: None, copy_share: None }
    }

    /// Something that was measured in several runs, at least one.
    pub fn of_runs(what: &'static str, mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        let (fastest, slowest) = (seconds.first().copied(), seconds.last().copied());
        Self { fastest, slowest, ..Self::once(what, seconds[seconds.len() / 2]) }
    }

    /// The same, which moves so many bytes where a copy reaches `copy` bytes per second.
    pub fn moving(self, bytes: u64, copy: f64) -> Self {
        let bytes_per_s = bytes as f64 / self.median;
        Self { bytes_per_s: Some(bytes_per_s), copy_share: Some(bytes_per_s / copy), ..self }
    }
}

impl Row {
    /// Keys and values; those that were not measured are absent.
    pub fn json(&self) -> Map<String, Value> {
        let values = match self {
            Self::Count { what, value } => vec![("what", json!(what)), ("count", json!(value))],
            Self::Time(timing) => vec![
                ("what", json!(timing.what)),
                ("median_s", json!(timing.median)),
                ("fastest_s", json!(timing.fastest)),
                ("slowest_s", json!(timing.slowest)),
                ("per_s", json!(1.0 / timing.median)),
                ("bytes_per_s", json!(timing.bytes_per_s)),
                ("copy_share", json!(timing.copy_share)),
            ],
        };
        values.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.to_owned(), value)).collect()
    }
}

/// The rows as a table with a header, numbers aligned.
pub fn text(rows: &[Row]) -> String {
    let moves = rows.iter().any(|row| matches!(row, Row::Time(timing) if timing.bytes_per_s.is_some()));
    let mut lines =
        vec![format!("  {:<WHAT$} {:>10} {:>10} {:>10} {:>8}", "", "median ms", "fastest", "slowest", "per s")];
    if moves {
        lines[0] += &format!(" {:>7} {:>8}", "GB/s", "of copy");
    }
    let number = |value: Option<f64>, scale: f64, width: usize, places: usize| match value {
        Some(value) => format!(" {:>width$.places$}", value * scale),
        None => format!(" {:>width$}", ""),
    };
    for row in rows {
        lines.push(match row {
            Row::Count { what, value } => format!("  {what:<WHAT$} {value:>10}"),
            Row::Time(timing) => {
                let mut line = format!("  {:<WHAT$}", timing.what);
                for seconds in [Some(timing.median), timing.fastest, timing.slowest] {
                    line += &number(seconds, 1e3, 10, 2);
                }
                line += &number(timing.fastest.map(|_| 1.0 / timing.median), 1.0, 8, 2);
                line += &number(timing.bytes_per_s, 1e-9, 7, 1);
                if let Some(share) = timing.copy_share {
                    line += &format!(" {:>7.0}%", share * 100.0);
                }
                line
            }
        });
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_run_whatever_the_order() {
        let timing = Timing::of_runs("a", vec![3.0, 1.0, 9.0]).moving(30, 20.0);
        assert_eq!((timing.median, timing.fastest, timing.slowest), (3.0, Some(1.0), Some(9.0)));
        assert_eq!((timing.bytes_per_s, timing.copy_share), (Some(10.0), Some(0.5)));
    }

    #[test]
    fn what_was_not_measured_is_not_printed() {
        let row = Row::Time(Timing::once("a", 0.5));
        assert_eq!(Value::Object(row.json()), json!({"what": "a", "median_s": 0.5, "per_s": 2.0}));
        let table = text(&[row]);
        assert!(table.contains("500.00") && !table.contains("GB/s"), "{table}");
    }
}
