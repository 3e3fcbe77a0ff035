//! Gradients that operations hand over themselves, beside Candle's graph.
//!
//! For every parameter that an operation has a gradient by, Candle makes zeros first and adds the gradient to them: with
//! two thousand neurons, or the parameters of ten thousand words, a tenth of an iteration and more. An operation has three
//! tensors there at most, so that further ones would have to be copied together; and of the parameters of words, only the
//! rows of those that have occurred have a gradient at all.

use super::parameters::Parameters;
use candle_core::backprop::GradStore;
use candle_core::{Device, Result, Tensor, bail};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The gradient by one parameter.
#[derive(Clone, Debug)]
pub enum Direct {
    /// By all of it, in its shape.
    Whole(Tensor),
    /// By some of its rows; that by all others is zero.
    Rows(Rows),
}

impl From<Tensor> for Direct {
    fn from(gradient: Tensor) -> Self {
        Self::Whole(gradient)
    }
}

impl Direct {
    /// It as a whole gradient of a parameter of this shape.
    ///
    /// # Errors
    /// When the device has no room for it.
    pub fn whole(&self, shape: &[usize], device: &Device) -> Result<Tensor> {
        match self {
            Self::Whole(gradient) => Ok(gradient.clone()),
            Self::Rows(rows) => rows.whole(shape, device),
        }
    }

    /// The sum with another one by the same parameter.
    ///
    /// # Errors
    /// When the device fails, or one of them is by some rows only: nothing of ours asks for that.
    fn plus(self, other: Self) -> Result<Self> {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => Ok(Self::Whole((one + other)?)),
            _ => bail!("gradients by some rows of a parameter are not added to others"),
        }
    }
}

/// All that is known of the slopes of a loss: what Candle's graph has, and what operations have handed over.
#[derive(Debug)]
pub struct Slopes {
    graph: GradStore,
    beside: BTreeMap<String, Direct>,
}

impl Slopes {
    /// Those of `loss`, which has come from `parameters`.
    ///
    /// # Errors
    /// When the backward pass fails, or has run already.
    pub fn of(loss: &Tensor, parameters: &Parameters) -> Result<Self> {
        // What a pass that failed has left behind is of another loss.
        drop(parameters.direct().take());
        let graph = loss.backward()?;
        Ok(Self { graph, beside: parameters.direct().take() })
    }

    /// The gradient by the parameter called `name`, whose tensor is `parameter`; `None` where the loss does not depend on
    /// it.
    ///
    /// # Errors
    /// When the device fails.
    pub fn by(&self, name: &str, parameter: &Tensor) -> Result<Option<Direct>> {
        let graph = self.by_tensor(parameter).cloned().map(Direct::Whole);
        match (graph, self.beside.get(name).cloned()) {
            (Some(graph), Some(beside)) => graph.plus(beside).map(Some),
            (graph, beside) => Ok(graph.or(beside)),
        }
    }

    /// The gradient by a tensor that is no parameter.
    pub fn by_tensor(&self, tensor: &Tensor) -> Option<&Tensor> {
        self.graph.get(tensor)
    }
}

/// The gradient by some rows of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// Which, each once, in ascending order.
    pub rows: Vec<u32>,
    /// Of each row, one after another.
    pub values: Vec<f32>,
}

impl Rows {
    /// Sums up `values`, one row for each of `rows`, of which some may be the same.
    pub fn summed(rows: &[u32], values: &[f32]) -> Self {
        let width = values.len() / rows.len().max(1);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|place| rows[*place]);
        let mut sums = Self { rows: Vec::new(), values: Vec::new() };
        for place in order {
            let values = &values[place * width..][..width];
            if sums.rows.last() == Some(&rows[place]) {
                let start = sums.values.len() - width;
                sums.values[start..].iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            } else {
                sums.rows.push(rows[place]);
                sums.values.extend_from_slice(values);
            }
        }
        sums
    }

    /// The same as a whole gradient of this shape.
    ///
    /// # Errors
    /// When the device has no room for it.
    pub fn whole(&self, shape: &[usize], device: &Device) -> Result<Tensor> {
        let width = self.values.len() / self.rows.len().max(1);
        let mut values = vec![0.0; shape.iter().product()];
        for (row, own) in self.rows.iter().zip(self.values.chunks(width.max(1))) {
            values[*row as usize * width..][..width].copy_from_slice(own);
        }
        Tensor::from_vec(values, shape, device)
    }
}

/// Where gradients are handed over.
#[derive(Clone, Debug, Default)]
pub(super) struct Store(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    gradients: BTreeMap<String, Direct>,
    /// Memory that an operation has done with, for the next one of its kind: to fill it with zeros takes as long as to
    /// compute with it.
    spare: Option<Vec<f32>>,
}

impl Store {
    /// Hands over the gradient by the parameter called `name`. Of a parameter that several operations have used it is the
    /// sum of what they hand over.
    ///
    /// # Errors
    /// When the device fails, or some rows of a parameter are handed over twice: nothing of ours does that.
    pub fn put(&self, name: &str, gradient: Direct) -> Result<()> {
        let mut held = self.held();
        let sum = match held.gradients.remove(name) {
            Some(before) => before.plus(gradient)?,
            None => gradient,
        };
        held.gradients.insert(name.to_owned(), sum);
        Ok(())
    }

    /// All that has been handed over since it was asked last.
    fn take(&self) -> BTreeMap<String, Direct> {
        std::mem::take(&mut self.held().gradients)
    }

    /// Memory for so many numbers that was laid by, whatever they are; `None` where none of this size was.
    pub fn spare(&self, count: usize) -> Option<Vec<f32>> {
        let mut held = self.held();
        held.spare.take_if(|spare| spare.len() == count)
    }

    /// Lays memory by for the next operation of the same kind.
    pub fn lay_by(&self, spare: Vec<f32>) {
        self.held().spare = Some(spare);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where an operation hands over gradients that it has on the host.
#[derive(Clone, Debug)]
pub(super) struct Sink {
    pub store: Store,
    /// Where the parameters are.
    pub device: Device,
}

impl Sink {
    /// Hands over the gradient by the parameter called `name`, in its shape.
    ///
    /// # Errors
    /// As [`Store::put`], and when `values` do not fill the shape.
    pub fn put(&self, name: &str, shape: &[usize], values: Vec<f32>) -> Result<()> {
        self.store.put(name, Direct::Whole(Tensor::from_vec(values, shape, &self.device)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_occur_twice_are_summed_and_all_others_are_zero() {
        let rows = Rows::summed(&[4, 1, 4], &[1.0, 2.0, 3.0, 4.0, 10.0, 20.0]);
        assert_eq!(rows, Rows { rows: vec![1, 4], values: vec![3.0, 4.0, 11.0, 22.0] });
        let whole: Vec<Vec<f32>> = rows.whole(&[5, 2], &Device::Cpu).unwrap().to_vec2().unwrap();
        assert_eq!(whole, [[0.0; 2], [3.0, 4.0], [0.0; 2], [0.0; 2], [11.0, 22.0]]);
    }
}
