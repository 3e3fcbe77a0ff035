//! A network, its activities and H(t) as NPZ: `numpy.load("file.npz")["H"]`.
//!
//! The layout is numpy's own: a zip archive, not compressed, of one `.npy` (version 1.0) per array.

use super::{ExportError, Progress, Still, file};
use crate::episode::Reel;
use crate::files::{Array, FileError};
use crate::plastic::network::RECURRENT;
use crate::ui::order;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The name of a layer's trace at the step viewed, `[pre, post]`: "H", "head.H".
pub const TRACE: &str = "H";

/// The name of x(t), `[T, N]`.
pub const ACTIVITY: &str = "activity";

/// The name of what was fed in, `[T, N]`.
pub const DRIVE: &str = "drive";

/// The numbers of the neurons that connections come from and lead to, `[pre]` and `[post]`, in the order in which the
/// window shows them; not written where that is the order of their numbers.
pub const ORDERS: [&str; 2] = ["order.from", "order.to"];

/// Header and values of a `.npy` begin at multiples of this many bytes.
const ALIGNMENT: usize = 64;

/// Writes every parameter under its plain name, [`TRACE`], [`ACTIVITY`], [`DRIVE`] and [`ORDERS`]; answers what it is in words.
///
/// # Errors
/// When it is cancelled or the file cannot be written.
pub fn write(still: &Still, path: &Path, progress: &Progress) -> Result<String, ExportError> {
    let arrays = arrays(still).map_err(|error| FileError::new(path, format!("cannot be written: {error}")))?;
    file::write(path, progress, |draft| {
        let mut archive = ZipWriter::new(draft);
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (index, (name, array)) in arrays.iter().enumerate() {
            progress.report(index, arrays.len())?;
            let large = array.values.len() >= (u32::MAX / 8) as usize;
            let started = archive.start_file(format!("{name}.npy"), options.large_file(large));
            started.map_err(|error| file::not_encoded(path, &error))?;
            write_npy(&mut archive, array).map_err(|error| file::refused(path, &error))?;
        }
        archive.finish().map_err(|error| file::not_encoded(path, &error))?;
        progress.report(arrays.len(), arrays.len())
    })?;
    let names: Vec<&str> = arrays.keys().map(String::as_str).collect();
    Ok(format!("{} at step {} of {}", names.join(", "), still.at + 1, still.scene.tape().steps))
}

/// Everything that is written, by name: of each plastic layer with a name of its own, also what wrote its trace.
fn arrays(still: &Still) -> anyhow::Result<BTreeMap<String, Array>> {
    let tape = still.scene.tape();
    let neurons = tape.neurons();
    let mut arrays = still.scene.parameters.to_arrays()?;
    for (name, values) in [(ACTIVITY, &tape.activity[..]), (DRIVE, &tape.drive)] {
        arrays.insert(name.to_owned(), Array::new(&[tape.steps, neurons], values.to_vec()));
    }
    for (index, record) in tape.layers.iter().enumerate() {
        let layer = &record.layer;
        let is_in_view = index == still.scene.layer_index;
        let mut reel = if is_in_view { still.scene.reel.clone() } else { Reel::new(Arc::clone(tape), index) };
        arrays.insert(layer.parameter(TRACE), Array::new(&layer.shape(), reel.trace_at(still.at).to_vec()));
        // Where neurons hear themselves, what wrote the trace is the activity.
        if layer.name != RECURRENT {
            for (signal, width, values) in [("pre", layer.pre, &record.pre), ("post", layer.post, &record.post)] {
                arrays.insert(layer.parameter(signal), Array::new(&[tape.steps, width], values.to_vec()));
            }
        }
    }
    if let Some(order) = order::found(&mut still.scene.clone(), still.at, still.order()) {
        for (side, name) in ORDERS.into_iter().enumerate() {
            let numbers: Vec<f32> = order.axis(side).neurons().iter().map(|neuron| *neuron as f32).collect();
            arrays.insert(name.to_owned(), Array::new(&[numbers.len()], numbers));
        }
    }
    Ok(arrays)
}

/// One array of little-endian float32, row major.
fn write_npy(out: &mut impl Write, array: &Array) -> std::io::Result<()> {
    let shape: String = array.shape.iter().map(|side| format!("{side},")).collect();
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}");
    let before = b"\x93NUMPY\x01\x00".len() + size_of::<u16>();
    let end = (before + header.len() + 1).next_multiple_of(ALIGNMENT);
    header.push_str(&" ".repeat(end - before - header.len() - 1));
    header.push('\n');
    let length = u16::try_from(header.len()).map_err(std::io::Error::other)?;
    out.write_all(b"\x93NUMPY\x01\x00")?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(header.as_bytes())?;
    let values: Vec<[u8; 4]> = array.values.iter().map(|value| value.to_le_bytes()).collect();
    out.write_all(values.as_flattened())
}
