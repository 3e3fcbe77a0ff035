//! The ledger of a connection as CSV: what every step has put into its trace, in full precision.

use super::{ExportError, Progress, Still, file};
use crate::episode::Ledger;
use crate::episode::ledger::Entry;
use crate::files::FileError;
use crate::view::inspection::Pinned;
use crate::view::numbers::shortest;
use std::io::Write as _;
use std::path::Path;

/// The columns. `remaining` is (`written` − `cut`) · `kept`, what is still there of it at the step viewed; its sum is the
/// H that this step was computed with. Steps count from 1.
pub const COLUMNS: &str = "step,event,written,cut,kept,remaining,H_after";

/// Writes the account of the connection that is pinned, at the step viewed; answers what it is in words.
///
/// A line is a step before the step viewed that could write, in order: those since the trace was last set, until it was
/// frozen. What somebody has put there has a line of its own before the step it was put before, called `transplant`. A
/// last line, `rounding`, is what the network's single precision makes of it; it is not there where nothing is rounded.
///
/// # Errors
/// When no connection of a plastic layer is pinned, it is cancelled, or the file cannot be written.
pub fn write(still: &Still, path: &Path, progress: &Progress) -> Result<String, ExportError> {
    let refuse = |problem: &str| FileError::new(path, format!("cannot be written: {problem}"));
    let Some(Pinned::Synapse { from, to }) = still.pinned else {
        return Err(refuse("expected a pinned connection whose ledger it is, found none").into());
    };
    let (tape, layer) = (still.scene.tape(), still.scene.layer_index);
    let Some(view) = tape.layer(layer) else {
        return Err(refuse("expected a plastic network, found one without traces").into());
    };
    let [rows, columns] = view.layer().shape();
    if from >= rows || to >= columns {
        return Err(refuse(&format!("expected a connection of the {rows} × {columns}, found {from} → {to}")).into());
    }
    let ledger = Ledger::of_synapse(tape, layer, from, to, still.at);
    let mut lines = vec![COLUMNS.to_owned()];
    lines.extend(ledger.transplanted.iter().map(|entry| line(entry, "transplant")));
    lines.extend(ledger.written.iter().map(|entry| {
        let event = tape.event_at(entry.step).map(|event| tape.label(event));
        line(entry, &event.unwrap_or_default())
    }));
    if ledger.rounding != 0.0 {
        lines.push(format!(",rounding,,,,{},", ledger.rounding));
    }
    file::write(path, progress, |draft| {
        for line in &lines {
            writeln!(draft, "{line}").map_err(|error| file::refused(path, &error))?;
        }
        progress.report(1, 1)
    })?;
    let cut = ledger.written.iter().filter(|entry| entry.cut != 0.0).count();
    Ok(format!(
        "the ledger of {from} → {to} at step {} of {}: {} lines, {cut} writes cut off, H {}",
        still.at + 1,
        tape.steps,
        lines.len() - 1,
        shortest(ledger.total())
    ))
}

fn line(entry: &Entry, event: &str) -> String {
    let Entry { step, written, cut, kept, amount, after } = *entry;
    // The digits of double precision, also of numbers that have fewer: read as such, they add up to H.
    let numbers = [written, cut, kept, amount, f64::from(after)].map(|number| number.to_string());
    format!("{},{event},{}", step + 1, numbers.join(","))
}
