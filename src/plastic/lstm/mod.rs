//! Windows of LSTM layers, whose path to the candidate can be plastic (*Backpropamine*, section 4.2).
//!
//! What the inputs do to the gates is one matrix product of Candle's over all steps; how the cells hear themselves is one
//! operation with a backward pass of its own. Hidden states, cells and traces are carried from window to window without
//! their graph (truncated back-propagation).

use super::cpu;
use super::network::Lstm;
use super::network::lstm::{CANDIDATE, GATES};
use super::parameters::Parameters;
use candle_core::{Result, Tensor, bail};

/// What is carried from one window to the next; empty at the beginning.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LstmState {
    /// h, `[B, N]`.
    pub hidden: Vec<f32>,
    /// c, `[B, N]`.
    pub cell: Vec<f32>,
    /// H, then E where there is one, for each lifetime; empty where nothing is plastic.
    pub traces: Vec<Vec<f32>>,
}

impl LstmState {
    /// Checks it against a layer and a batch.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self, lstm: &Lstm, batch: usize) -> std::result::Result<(), String> {
        if *self == Self::default() {
            return Ok(());
        }
        let expected = batch * lstm.cells;
        for (what, found) in [("hidden states", self.hidden.len()), ("cells", self.cell.len())] {
            if found != expected {
                return Err(format!("expected {expected} {what} of {batch} lifetimes, found {found}"));
            }
        }
        let size = lstm.layer().map_or(0, |layer| layer.state_len());
        let lifetimes = if size == 0 { 0 } else { batch };
        if self.traces.len() != lifetimes || self.traces.iter().any(|trace| trace.len() != size) {
            let found: Vec<usize> = self.traces.iter().map(Vec::len).collect();
            return Err(format!("expected the traces of {lifetimes} lifetimes of {size} numbers, found {found:?}"));
        }
        Ok(())
    }
}

/// What a window came to.
pub struct LstmOutput {
    /// h(t), `[T, B, N]`, part of the graph.
    pub hidden: Tensor,
    /// What the next window begins with.
    pub state: LstmState,
    /// c̃(t), `[T, B, N]`: with h(t−1) it writes the trace.
    pub candidate: Vec<f32>,
    /// M(t), `[T, B]`; empty where the network modulates nothing.
    pub modulator: Vec<f32>,
}

/// Lives a window of inputs `[T, B, I]` that begins with `state`.
///
/// # Errors
/// When a parameter, the inputs or the state do not fit the layer, or the device fails.
pub fn live(lstm: &Lstm, parameters: &Parameters, inputs: &Tensor, state: &LstmState) -> Result<LstmOutput> {
    lstm.check().map_err(candle_core::Error::Msg)?;
    for (name, shape) in lstm.shapes() {
        let found = parameters.get(&name)?.dims();
        if found != shape {
            bail!("parameter {name} has shape {found:?}, the network needs {shape:?}");
        }
    }
    let (steps, batch, width) = inputs.dims3()?;
    if width != lstm.inputs || steps == 0 || batch == 0 {
        bail!("expected inputs [T, B, {}], found {:?}", lstm.inputs, inputs.dims());
    }
    state.check(lstm, batch).map_err(candle_core::Error::Msg)?;
    let of = |name: String| parameters.get(&lstm.parameter(&name));
    let letters = || GATES.into_iter().chain([CANDIDATE]);
    let side_by_side = |tensors: Vec<&Tensor>, dim: usize| Tensor::cat(&tensors, dim);
    let weights = letters().map(|letter| of(format!("x2{letter}.weight"))).collect::<Result<Vec<_>>>()?;
    let biases = letters().map(|letter| of(format!("{letter}.bias"))).collect::<Result<Vec<_>>>()?;
    let rows = inputs.reshape((steps * batch, width))?;
    let drive = rows.matmul(&side_by_side(weights, 1)?)?.broadcast_add(&side_by_side(biases, 0)?)?;
    let drive = drive.reshape((steps, batch, 4 * lstm.cells))?;
    let fixed = GATES.into_iter().chain(lstm.plasticity.is_none().then_some(CANDIDATE));
    let fixed = fixed.map(|letter| of(format!("h2{letter}.weight"))).collect::<Result<Vec<_>>>()?;
    let packed = match lstm.layer() {
        Some(layer) => {
            let parts = layer.shapes().into_iter().map(|(name, _)| parameters.get(&name)?.flatten_all());
            Tensor::cat(&parts.collect::<Result<Vec<_>>>()?, 0)?
        }
        None => Tensor::zeros(1, inputs.dtype(), inputs.device())?,
    };
    cpu::live_lstm(lstm, parameters, [&drive, &side_by_side(fixed, 1)?, &packed], state)
}
