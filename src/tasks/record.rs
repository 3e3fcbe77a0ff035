//! What tapes of several tasks keep in the same way: the first lifetime of a batch.

use crate::episode::{GateRecord, LayerRecord, Modulator};
use crate::plastic::lstm::LstmOutput;
use crate::plastic::network::Lstm;
use crate::plastic::{Parameters, PlasticLayer};
use candle_core::{Result, Tensor};
use std::sync::Arc;

/// What drove the neurons of a lifetime, what they did, and what wrote their traces.
pub(super) struct Signals {
    /// `[T, N]`.
    pub(super) drive: Vec<f32>,
    /// `[T, N]`.
    pub(super) activity: Arc<[f32]>,
    /// Of each plastic layer; none without one.
    pub(super) layers: Vec<LayerRecord>,
}

/// The values of the first lifetime of a batch, `[T, B, …]`.
///
/// # Errors
/// When the device fails.
pub(super) fn of_the_first(values: &Tensor) -> Result<Vec<f32>> {
    values.narrow(1, 0, 1)?.flatten_all()?.to_vec1()
}

/// The gates of a layer of LSTM cells, taken out of what it came to.
pub(super) fn gates(lstm: &Lstm, lived: &mut LstmOutput) -> GateRecord {
    let values = std::mem::take(&mut lived.gates).into();
    GateRecord { name: lstm.name.clone(), cells: lstm.cells, values }
}

/// What modulated the trace of a layer: M(t), `[T]`, and how it reached the neurons; `None` where a rule alone writes it.
///
/// # Errors
/// When a parameter is missing.
pub(super) fn modulator(layer: &PlasticLayer, parameters: &Parameters, values: Vec<f32>) -> Result<Option<Modulator>> {
    let Some(modulation) = layer.plasticity.writing.modulation() else { return Ok(None) };
    let of = |which: &str| parameters.values(&layer.parameter(which));
    let fan_out = match modulation.fan_out {
        true => Some([of("fanout.weight")?, of("fanout.bias")?]),
        false => None,
    };
    Ok(Some(Modulator { values, fan_out }))
}
