//! How far a run is, on one line of a terminal that is rewritten, or now and then as a line of its own.

use super::WINDOW;
use crate::cli::output::say;
use crate::tasks::Measure;
use crate::train::{Point, RunConfig};
use crate::view::numbers::duration;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

/// The line that tells how far the run is.
pub(super) struct Progress {
    planned: u64,
    pub(super) measure: Measure,
    has_eta: bool,
    recent: Vec<Point>,
    done: u64,
    since: Option<(Instant, u64)>,
    printed: Option<Instant>,
    live: bool,
}

impl Progress {
    pub(super) fn new(config: &RunConfig, curve: &[Point]) -> Self {
        let measure = config.task().measure();
        Self {
            planned: config.iterations,
            measure,
            has_eta: config.has_eta(),
            recent: curve.to_vec(),
            done: curve.len() as u64,
            since: None,
            printed: None,
            live: std::io::stdout().is_terminal(),
        }
    }

    pub(super) fn add(&mut self, points: &[Point]) {
        self.recent.extend_from_slice(points);
        let excess = self.recent.len().saturating_sub(WINDOW);
        self.recent.drain(..excess);
        self.done += points.len() as u64;
        // The rate leaves the first iteration out: it pays for warming up.
        self.since.get_or_insert((Instant::now(), self.done));
        let pause = if self.live { Duration::from_millis(200) } else { Duration::from_secs(5) };
        if self.printed.is_none_or(|printed| printed.elapsed() >= pause) {
            self.print();
        }
    }

    pub(super) fn print(&mut self) {
        self.printed = Some(Instant::now());
        let line = self.line();
        if self.live { say(&format!("\r{}\x1b[K", cut(&line, terminal_width()))) } else { say(&format!("{line}\n")) }
    }

    /// How far it is, and means of the last iterations, where there are any.
    fn line(&self) -> String {
        let rate =
            self.since.map_or(0.0, |(since, done)| (self.done - done) as f64 / since.elapsed().as_secs_f64().max(1e-9));
        let left = if rate > 0.0 {
            format!("{rate:.2}/s, {} left", duration(((self.planned.saturating_sub(self.done)) as f64 / rate) as u64))
        } else {
            "measuring speed".to_owned()
        };
        let Some(last) = self.recent.last() else { return format!("{:>7}/{}  {left}", self.done, self.planned) };
        let mean = |value: fn(&Point) -> f32| {
            self.recent.iter().map(|point| f64::from(value(point))).sum::<f64>() / self.recent.len() as f64
        };
        let measure = mean(|point| point.measure);
        let measure =
            if self.measure.is_fraction() { format!("{:.2} %", measure * 100.0) } else { format!("{measure:.4}") };
        let eta = if self.has_eta { format!("η {:.5}  ", last.eta) } else { String::new() };
        format!(
            "{:>7}/{}  {} {measure:>8}  loss {:>10.4}  {eta}{left}",
            self.done,
            self.planned,
            self.measure.key,
            mean(|point| point.loss),
        )
    }

    pub(super) fn note(&self, text: &str) {
        if self.live {
            say("\n");
        }
        if !text.is_empty() {
            say(&format!("{text}\n"));
        }
    }
}

/// Columns of the terminal; eighty where it does not tell.
fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0))
}

/// The beginning of `line` that fits in `columns`, one left free so that no terminal wraps.
fn cut(line: &str, columns: usize) -> String {
    line.chars().take(columns.saturating_sub(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks;

    #[test]
    fn before_the_first_iteration_no_mean_is_told() {
        let config = RunConfig::new(tasks::find("omniglot").expect("it is in the registry"));
        let mut progress = Progress::new(&config, &[]);
        assert_eq!(progress.line(), "      0/40000  measuring speed");
        progress.recent.push(Point { loss: 0.5, measure: 0.25, eta: 0.01, grad_norm: 1.0 });
        assert_eq!(progress.line(), "      0/40000  accuracy  25.00 %  loss     0.5000  η 0.01000  measuring speed");
    }
}
