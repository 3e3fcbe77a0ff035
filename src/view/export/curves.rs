//! The numbers of a run as CSV: one line an iteration, raw and smoothed, in full precision; beside them those of the
//! groups of runs that it is compared with.

use super::{ExportError, Progress, Still, file};
use crate::files::FileError;
use crate::train::Point;
use crate::view::curves::SMOOTHING;
use crate::view::curves::bands::Band;
use crate::view::curves::number::Number;
use crate::view::curves::smoothing::TrailingMean;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

/// Lines between two looks at whether somebody has said stop.
const LINES: usize = 1000;

/// The numbers that have columns, in their order.
const NUMBERS: [Number; 4] = [Number::Loss, Number::Measure, Number::Eta, Number::GradNorm];

/// Writes the curve; answers what it is in words.
///
/// The smoothed column of a number is called `<name>_mean<window>`: the same trailing mean as on the screen. Where there were
/// epochs, `validation_<measure>` has what the network came to after each, in the row of its last iteration. A group
/// has its median, its quartiles and the number of runs that got so far, `<group>:<name>_mean<window>_median`,
/// `_q25`, `_q75` and `_n`.
///
/// # Errors
/// When there is no curve, it is cancelled, or the file cannot be written.
pub fn write(still: &Still, path: &Path, progress: &Progress) -> Result<String, ExportError> {
    let curve = &still.record.points[..];
    let groups = still.compared.groups();
    if curve.is_empty() && groups.is_empty() {
        let problem = "expected a network with the curve of its training, found one without (tapes have none, nor have files from which another \
                       program has left it out)";
        return Err(FileError::new(path, format!("is not written: {problem}")).into());
    }
    let names = ["loss", still.scene.task.measure().key, "eta", "grad_norm"];
    let values: [fn(&Point) -> f32; 4] =
        [|point| point.loss, |point| point.measure, |point| point.eta, |point| point.grad_norm];
    let smoothed = values.map(|value| smooth(curve, value));
    let mut header = vec!["iteration".to_owned()];
    header.extend(names.map(str::to_owned));
    header.extend(names.map(|name| format!("{name}_mean{SMOOTHING}")));
    let validations: BTreeMap<u64, f32> =
        still.record.validations.iter().map(|known| (known.iteration, known.value)).collect();
    if !validations.is_empty() {
        header.push(format!("validation_{}", still.scene.task.measure().key));
    }
    let mut bands = Vec::new();
    for group in groups {
        let names = ["loss", group.config().task().measure().key, "eta", "grad_norm"];
        for (number, name) in NUMBERS.into_iter().zip(names) {
            bands.push(Band::of(group, number, SMOOTHING));
            let column = |kind: &str| quoted(&format!("{}:{name}_mean{SMOOTHING}_{kind}", group.name));
            header.extend(["median", "q25", "q75", "n"].map(column));
        }
    }
    let length = bands.iter().map(|band| band.quartiles.counts.len()).fold(curve.len(), usize::max);
    file::write(path, progress, |draft| {
        let refused = |error: std::io::Error| file::refused(path, &error);
        writeln!(draft, "{}", header.join(",")).map_err(refused)?;
        for index in 0..length {
            if index % LINES == 0 {
                progress.report(index, length)?;
            }
            // The shortest digits that read back as the same number, in single precision or, of smoothed ones, in double;
            // nothing where a run did not get so far.
            let point = curve.get(index);
            let mut cells = vec![(index + 1).to_string()];
            cells.extend(values.map(|value| point.map(|point| value(point).to_string()).unwrap_or_default()));
            cells.extend(smoothed.iter().map(|means| means.get(index).map(f64::to_string).unwrap_or_default()));
            if !validations.is_empty() {
                cells.push(validations.get(&(index as u64 + 1)).map(f32::to_string).unwrap_or_default());
            }
            cells.extend(bands.iter().flat_map(|band| band_cells(band, index)));
            writeln!(draft, "{}", cells.join(",")).map_err(refused)?;
        }
        progress.report(length, length)
    })?;
    let beside = match groups.len() {
        0 => String::new(),
        1 => ", beside 1 group of runs".to_owned(),
        count => format!(", beside {count} groups of runs"),
    };
    Ok(format!("{length} iterations, raw and smoothed{beside}"))
}

/// Median, quartiles and count at one iteration; nothing where no run has got so far.
pub(in crate::view) fn band_cells(band: &Band, index: usize) -> [String; 4] {
    let quartiles = &band.quartiles;
    let Some(count) = quartiles.counts.get(index) else { return Default::default() };
    let value = |values: &[f32]| values[index].to_string();
    let [median, low, high] = [&quartiles.median, &quartiles.low, &quartiles.high].map(|line| value(line.values()));
    [median, low, high, count.to_string()]
}

/// A cell of CSV: names of groups may hold commas.
pub(in crate::view) fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// The trailing mean of one number, by the definition that the panel uses.
fn smooth(curve: &[Point], value: fn(&Point) -> f32) -> Vec<f64> {
    let mut mean = TrailingMean::new(SMOOTHING);
    curve.iter().map(|point| mean.push(f64::from(value(point)))).collect()
}
