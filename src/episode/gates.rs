//! The gates of LSTM cells in a tape: how far each of them stood open at every step (*Backpropamine*, section 4.2).

use crate::files::{Array, FileError, TensorFile};
use crate::plastic::Network;
use crate::plastic::network::Lstm;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// The gates of each cell, in the order in which they are recorded.
pub const GATES: [Gate; 3] = [Gate::Input, Gate::Forget, Gate::Output];

/// A gate of an LSTM cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// i: how much of the candidate the cell takes in.
    Input,
    /// f: how much of what it held it keeps.
    Forget,
    /// o: how much of it is heard outside.
    Output,
}

/// The gates of one layer of LSTM cells.
#[derive(Clone, Debug, PartialEq)]
pub struct GateRecord {
    /// The name of the layer.
    pub name: Cow<'static, str>,
    /// N.
    pub cells: usize,
    /// i, f and o of each cell, `[T, 3, N]`, from 0 (shut) to 1 (open).
    pub values: Arc<[f32]>,
}

impl GateRecord {
    /// One gate of all cells at one step, `[N]`.
    pub fn at(&self, step: usize, gate: Gate) -> &[f32] {
        &self.values[self.place(step, gate)]
    }

    fn place(&self, step: usize, gate: Gate) -> Range<usize> {
        let begin = (step * GATES.len() + gate as usize) * self.cells;
        begin..begin + self.cells
    }

    fn tensor(name: &str) -> String {
        format!("tape.{name}.gates")
    }

    /// As a tensor with its name.
    pub(super) fn to_array(&self, steps: usize) -> (String, Array) {
        (Self::tensor(&self.name), Array::new(&[steps, GATES.len(), self.cells], self.values.to_vec()))
    }

    /// Those of the layers of `network`, where a file that has been read holds them.
    pub(super) fn take_all(file: &mut TensorFile, network: &Network, steps: usize) -> Result<Vec<Self>, FileError> {
        let mut records = Vec::new();
        for Lstm { name, cells, .. } in network.lstms() {
            if file.has(&Self::tensor(name)) {
                let values = file.take(&Self::tensor(name), &[steps, GATES.len(), *cells])?.into();
                records.push(Self { name: name.clone(), cells: *cells, values });
            }
        }
        Ok(records)
    }
}

/// Checks gates that are recorded of a lifetime of `steps`: of all layers of LSTM cells, or of none.
pub(super) fn check(records: &[GateRecord], network: &Network, steps: usize) -> Result<(), String> {
    if !records.is_empty() && !records.iter().map(|record| &record.name).eq(network.lstms().map(|lstm| &lstm.name)) {
        return Err("expected the gates of the network's LSTM cells, found those of others".into());
    }
    for (GateRecord { name, cells, values }, lstm) in records.iter().zip(network.lstms()) {
        let expected = steps.checked_mul(GATES.len() * lstm.cells);
        if *cells != lstm.cells || Some(values.len()) != expected {
            return Err(format!(
                "the gates of {name} have {} values, expected {steps} steps of three for {} cells",
                values.len(),
                lstm.cells
            ));
        }
        if let Some(value) = values.iter().find(|value| !(0.0..=1.0).contains(*value)) {
            return Err(format!("expected gates of {name} between 0 and 1, found {value}"));
        }
    }
    Ok(())
}
