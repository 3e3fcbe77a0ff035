//! Gradients that operations hand over themselves, beside Candle's graph.
//!
//! For every parameter that an operation has a gradient by, Candle makes zeros first and adds the gradient to them. With
//! the parameters of ten thousand words that is a tenth of an iteration; and of those before the network, only the rows of
//! words that have occurred have a gradient at all.

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
    /// Hands over the gradient by the parameter called `name`.
    ///
    /// # Errors
    /// When somebody has done so in the same backward pass: a sum would be needed that no operation of ours asks for.
    pub fn put(&self, name: &str, gradient: Direct) -> Result<()> {
        match self.held().gradients.insert(name.to_owned(), gradient) {
            Some(_) => bail!("the gradient by {name} was handed over twice"),
            None => Ok(()),
        }
    }

    /// All that has been handed over since it was asked last.
    pub fn take(&self) -> BTreeMap<String, Direct> {
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
