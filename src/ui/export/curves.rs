//! The numbers of a run as CSV: one line an iteration, raw and smoothed, in full precision.

use super::{ExportError, Progress, Still, file};
use crate::plastic::tensor_file::FileError;
use crate::train::Point;
use crate::ui::panels::curve::{SMOOTHING, smoothing::TrailingMean};
use std::io::Write as _;
use std::path::Path;

/// Lines between two looks at whether somebody has said stop.
const LINES: usize = 1000;

/// A column: its name, and its number in a point.
type Column<'a> = (&'a str, fn(&Point) -> f32);

/// Writes the curve; answers what it is in words.
///
/// The smoothed column of a number is called `<name>_mean<window>`: the same trailing mean as on the screen.
///
/// # Errors
/// When there is no curve, it is cancelled, or the file cannot be written.
pub fn write(still: &Still, path: &Path, progress: &Progress) -> Result<String, ExportError> {
    let curve = &still.curve[..];
    if curve.is_empty() {
        let problem = "expected a network with the curve of its training, found one without (a tape holds none)";
        return Err(FileError::new(path, format!("cannot be written: {problem}")).into());
    }
    let columns: [Column<'_>; 4] = [
        ("loss", |point| point.loss),
        (still.scene.task.measure().key, |point| point.measure),
        ("eta", |point| point.eta),
        ("grad_norm", |point| point.grad_norm),
    ];
    let smoothed = columns.map(|(_, value)| smooth(curve, value));
    file::write(path, progress, |draft| {
        let refused = |error: std::io::Error| file::refused(path, &error);
        let raw = columns.map(|(name, _)| name.to_owned());
        let means = columns.map(|(name, _)| format!("{name}_mean{SMOOTHING}"));
        writeln!(draft, "iteration,{},{}", raw.join(","), means.join(",")).map_err(refused)?;
        for (index, point) in curve.iter().enumerate() {
            if index % LINES == 0 {
                progress.report(index, curve.len())?;
            }
            // The shortest digits that read back as the same number.
            let raw = columns.map(|(_, value)| value(point).to_string());
            let means = smoothed.each_ref().map(|means| means[index].to_string());
            writeln!(draft, "{},{},{}", index + 1, raw.join(","), means.join(",")).map_err(refused)?;
        }
        progress.report(curve.len(), curve.len())
    })?;
    Ok(format!("{} iterations, raw and smoothed", curve.len()))
}

/// The trailing mean of one number, by the definition that the panel uses.
fn smooth(curve: &[Point], value: fn(&Point) -> f32) -> Vec<f64> {
    let mut mean = TrailingMean::new(SMOOTHING);
    curve.iter().map(|point| mean.push(f64::from(value(point)))).collect()
}
