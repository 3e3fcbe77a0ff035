//! Windows of LSTM layers, whose path to the candidate can be plastic (*Backpropamine*, section 4.2).
//!
//! A window is one operation with a backward pass of its own: what the inputs do to the gates is one matrix product over all
//! steps, and so are the gradients by all matrices. Hidden states, cells and traces are carried from window to window
//! without their graph (truncated back-propagation).

use super::cpu;
use super::network::Lstm;
use super::parameters::Parameters;
use candle_core::{Result, Tensor, bail};
use std::borrow::Cow;

/// What is carried from one window to the next; empty at the beginning.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LstmState<'a> {
    /// h, `[B, N]`.
    pub hidden: Vec<f32>,
    /// c, `[B, N]`.
    pub cell: Vec<f32>,
    /// H, then E where there is one, for each lifetime; empty where nothing is plastic.
    pub traces: Vec<Cow<'a, [f32]>>,
}

/// What somebody has done to a layer that lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Altered {
    /// Whether no trace is written any more.
    pub is_frozen: bool,
    /// How many times the trained α counts.
    pub alpha_scale: f32,
    /// What M(t) is, whatever the network makes it; `None` where that is the network's business.
    pub modulator: Option<f32>,
}

impl Default for Altered {
    /// Nothing.
    fn default() -> Self {
        Self { is_frozen: false, alpha_scale: 1.0, modulator: None }
    }
}

impl LstmState<'_> {
    /// The same without anything that lies elsewhere.
    pub fn into_owned(self) -> LstmState<'static> {
        let traces = self.traces.into_iter().map(|trace| Cow::Owned(trace.into_owned())).collect();
        LstmState { hidden: self.hidden, cell: self.cell, traces }
    }

    /// What a first window begins with: nothing, at its full size.
    pub fn zeros(lstm: &Lstm, batch: usize) -> Self {
        let row = || vec![0.0; batch * lstm.cells];
        let size = lstm.layer().map_or(0, |layer| layer.state_len());
        let traces = if size == 0 { Vec::new() } else { vec![Cow::from(vec![0.0; size]); batch] };
        Self { hidden: row(), cell: row(), traces }
    }

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
            let found: Vec<usize> = self.traces.iter().map(|trace| trace.len()).collect();
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
    pub state: LstmState<'static>,
    /// c̃(t), `[T, B, N]`: with h(t−1) it writes the trace.
    pub candidate: Vec<f32>,
    /// What the inputs do to i, f, o and c, `[T, B, 4 N]`.
    pub drive: Vec<f32>,
    /// i, f and o of the first lifetime, `[T, 3, N]`.
    pub gates: Vec<f32>,
    /// M(t), `[T, B]`; empty where the network modulates nothing.
    pub modulator: Vec<f32>,
}

/// Lives a window of inputs `[T, B, I]` that begins with `state`. Gradients by the parameters are
/// [handed over](super::direct). A layer that somebody has `altered` is part of no graph.
///
/// # Errors
/// When a parameter, the inputs or the state do not fit the layer, or the device fails.
pub fn live(
    lstm: &Lstm,
    parameters: &Parameters,
    inputs: &Tensor,
    state: &LstmState<'_>,
    altered: Altered,
) -> Result<LstmOutput> {
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
    let mut lived = cpu::live_lstm(lstm, parameters, inputs, (state, altered))?;
    if altered != Altered::default() {
        lived.hidden = lived.hidden.detach();
    }
    Ok(lived)
}
