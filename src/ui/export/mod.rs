//! What is shown, written to files: the pictures among them, and where all of them are asked for.
//!
//! | file | subject |
//! |---|---|
//! | [`figure`] | the window or a panel as a picture with its caption |
//! | [`drawing`] | a panel as a drawing for print |
//! | [`animation`], [`palette`] | a span of a lifetime as a GIF, and its colours |
//! | [`dialog`] | where exports are asked for |
//! | `paper_figure` | where a figure of the papers is chosen |

pub mod animation;
pub mod dialog;
pub mod drawing;
pub mod figure;
pub mod palette;
mod paper_figure;

pub use dialog::{dialog_ui, export_ui};

use crate::files::FileError;
use crate::train::run_folder;
use crate::ui::figures;
use crate::view::cartridge;
use crate::view::export::{Export, ExportError, Progress, Shown, Written, curves, ledger, network, tensors};
use std::path::Path;

/// Writes one export to `path`, here and now: all of it, or nothing. A file that is there is replaced.
///
/// # Errors
/// When it is cancelled, there is nothing to write, nothing can draw, or the file cannot be written.
pub fn write(export: &Export, shown: &Shown, path: &Path, progress: &Progress) -> Result<Written, ExportError> {
    let found = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    if found.as_deref() != Some(export.ending()) {
        let problem = format!("expected a name that ends in .{}, found another", export.ending());
        return Err(FileError::new(path, problem).into());
    }
    run_folder::check_output(path)?;
    let what = match *export {
        Export::WindowPng { scale } => figure::write(None, scale, shown, path, progress),
        Export::PanelPng { index, scale } => figure::write(Some(index), scale, shown, path, progress),
        Export::PanelVector { index, format, width } => drawing::write(index, format, width, shown, path, progress),
        Export::CurvesCsv => curves::write(&shown.still, path, progress),
        Export::Network => network::write(&shown.still, path, progress),
        Export::Tape => network::write_tape(&shown.still, path, progress),
        Export::Cartridge => cartridge::write(path, shown).map_err(ExportError::from),
        Export::TensorsNpz => tensors::write(&shown.still, path, progress),
        Export::LedgerCsv => ledger::write(&shown.still, path, progress),
        Export::PaperFigure(ref order) => figures::file::make_and_write(order, path, progress),
        Export::LifetimeGif { panel, ref span, frames_per_second, scale } => {
            let timing = animation::Timing { span: span.clone(), frames_per_second };
            animation::write(panel, &timing, scale, shown, path, progress)
        }
    }?;
    Ok(Written { path: path.to_owned(), what })
}
