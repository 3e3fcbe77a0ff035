//! What the last iteration of a run left to the next one, where lifetimes go on: `carried.activity` and, of each plastic
//! layer, `carried.LAYER.trace`, a row for each lifetime.

use crate::files::{Array, FileError, TensorFile};
use crate::plastic::{Network, State};
use std::sync::Arc;

/// The name of the activities.
const ACTIVITY: &str = "carried.activity";

/// The name of a layer's traces.
fn trace(layer: &str) -> String {
    format!("carried.{layer}.trace")
}

/// What each lifetime of a batch carries, as tensors; none where none does.
pub(super) fn to_arrays(carried: &[Arc<State>], network: &Network) -> Vec<(String, Array)> {
    let Some(first) = carried.first() else { return Vec::new() };
    let rows = |values: Vec<f32>| Array::new(&[carried.len(), values.len() / carried.len()], values);
    let activity = carried.iter().flat_map(|state| state.activity.iter().copied()).collect();
    let mut arrays = vec![(ACTIVITY.to_owned(), rows(activity))];
    for (index, layer) in network.layers().iter().enumerate().take(first.traces.len()) {
        let traces = carried.iter().filter_map(|state| state.traces.get(index)).flatten().copied().collect();
        arrays.push((trace(&layer.name), rows(traces)));
    }
    arrays
}

/// The same for `lifetimes` of them, out of a file that has been read.
///
/// # Errors
/// When a tensor is missing or misshapen.
pub(super) fn take(file: &mut TensorFile, network: &Network, lifetimes: usize) -> Result<Vec<Arc<State>>, FileError> {
    if lifetimes == 0 {
        return Ok(Vec::new());
    }
    let width: usize = network.lstms().map(|lstm| 2 * lstm.cells).sum();
    let activity = file.take(ACTIVITY, &[lifetimes, width])?;
    let mut states: Vec<State> = activity
        .chunks(width.max(1))
        .map(|activity| State { activity: activity.to_vec(), traces: Vec::new() })
        .collect();
    for layer in network.layers() {
        let size = layer.state_len();
        let traces = file.take(&trace(&layer.name), &[lifetimes, size])?;
        for (state, trace) in states.iter_mut().zip(traces.chunks(size.max(1))) {
            state.traces.push(trace.to_vec());
        }
    }
    Ok(states.into_iter().map(Arc::new).collect())
}
