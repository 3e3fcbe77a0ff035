//! What a run has come to so far, read from its folder: the configuration and the numbers of every iteration.

use super::config::{ConfigError, ConfigText, RunConfig};
use super::run_folder::{config_path, metrics_header, metrics_path};
use super::trainer::Point;
use crate::files::{FileError, one_line, reason};
use std::path::{Path, PathBuf};

/// A run as its folder tells it, trained to the end or not.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// The folder.
    pub folder: PathBuf,
    /// What the run is.
    pub config: RunConfig,
    /// The numbers; index 0 is iteration 1.
    pub points: Vec<Point>,
    /// Seconds that each iteration took.
    pub step_seconds: Vec<f32>,
}

impl History {
    /// Reads the run in `folder`. A last line that is still being written is left for the next time.
    ///
    /// # Errors
    /// When the configuration or the metrics are missing, damaged, or do not belong together.
    pub fn read(folder: &Path) -> Result<Self, FileError> {
        let config = read_config(&config_path(folder))?;
        let path = metrics_path(folder);
        let bytes = std::fs::read(&path)
            .map_err(|error| FileError::new(&path, format!("cannot be read: {}", reason(&error))))?;
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
        let (header, expected) = (lines.next().unwrap_or_default(), metrics_header(&config));
        if header != expected.trim_end() {
            let problem = format!("expected the columns {}, found {}", expected.trim_end(), one_line(header));
            return Err(FileError::new(&path, problem));
        }
        let mut history = Self { folder: folder.to_owned(), config, points: Vec::new(), step_seconds: Vec::new() };
        let mut age_before = 0.0;
        for (index, line) in lines.enumerate() {
            let Some((point, age)) = parse(line, index + 1) else {
                let problem = format!("expected the six numbers of iteration {}, found {}", index + 1, one_line(line));
                return Err(FileError::new(&path, problem));
            };
            history.points.push(point);
            history.step_seconds.push((age - age_before) as f32);
            age_before = age;
        }
        Ok(history)
    }

    /// Whether `points` are those of this run, as far as both are known.
    pub fn is_of(&self, points: &[Point]) -> bool {
        let Some(last) = self.points.len().min(points.len()).checked_sub(1) else { return false };
        let bits = |point: &Point| [point.loss, point.measure, point.eta, point.grad_norm].map(f32::to_bits);
        [0, last / 2, last].into_iter().all(|place| bits(&self.points[place]) == bits(&points[place]))
    }
}

/// The iteration's number, its point, and the seconds of training after it.
fn parse(line: &str, iteration: usize) -> Option<(Point, f64)> {
    let mut cells = line.split(',');
    let is_next = cells.next()?.parse() == Ok(iteration);
    let mut number = || cells.next()?.parse::<f32>().ok();
    let point = Point { loss: number()?, measure: number()?, eta: number()?, grad_norm: number()? };
    let age = cells.next()?.parse().ok()?;
    (is_next && cells.next().is_none()).then_some((point, age))
}

fn read_config(path: &Path) -> Result<RunConfig, FileError> {
    let read = ConfigText::read(path).and_then(|text| RunConfig::from_text(&text, None));
    read.map_err(|error| {
        let problem = match error {
            ConfigError::File { problem, .. } => problem,
            error => error.to_string(),
        };
        FileError::new(path, problem)
    })
}
