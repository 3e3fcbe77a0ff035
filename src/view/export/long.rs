//! The numbers of runs as CSV in the long format: a line a number, as programs for statistics and plots like to read them.

use super::curves::quoted;
use super::{ExportError, Progress, file};
use crate::files::FileError;
use crate::train::History;
use std::io::Write as _;
use std::path::Path;

/// The columns. `run` is the folder, `measure` is loss, the task's measure, eta or grad_norm, as in `metrics.csv`.
pub const COLUMNS: &str = "run,seed,iteration,measure,value";

/// Iterations between two looks at whether somebody has said stop.
const ITERATIONS: usize = 1000;

/// Writes what every iteration of every run has come to; answers what it is in words. Each number has the shortest digits
/// that read back as the same single-precision number.
///
/// # Errors
/// When no run has a curve, it is cancelled, or the file cannot be written.
pub fn write(runs: &[&History], path: &Path, progress: &Progress) -> Result<String, ExportError> {
    let all: usize = runs.iter().map(|run| run.points.len()).sum();
    if all == 0 {
        let problem = "expected runs with the curves of their training, found none";
        return Err(FileError::new(path, format!("is not written: {problem}")).into());
    }
    let refused = |error: std::io::Error| file::refused(path, &error);
    file::write(path, progress, |draft| {
        writeln!(draft, "{COLUMNS}").map_err(refused)?;
        let mut done = 0;
        for run in runs {
            let (name, seed) = (quoted(&run.folder.display().to_string()), run.config.seed);
            let measure = run.config.task().measure().key;
            for (index, point) in run.points.iter().enumerate() {
                if done % ITERATIONS == 0 {
                    progress.report(done, all)?;
                }
                done += 1;
                let numbers = [
                    ("loss", point.loss),
                    (measure, point.measure),
                    ("eta", point.eta),
                    ("grad_norm", point.grad_norm),
                ];
                for (measure, value) in numbers {
                    writeln!(draft, "{name},{seed},{},{measure},{value}", index + 1).map_err(refused)?;
                }
            }
        }
        progress.report(all, all)
    })?;
    let of = if runs.len() == 1 { "1 run".to_owned() } else { format!("{} runs", runs.len()) };
    Ok(format!("{} numbers of {of}", 4 * all))
}
