//! Where operations hand gradients over.

use super::{Direct, Outer};
use crate::plastic::product::{Matrix, Workers, multiply};
use candle_core::{Device, Result, Tensor};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where gradients are handed over.
#[derive(Clone, Debug, Default)]
pub(in crate::plastic) struct Store(Arc<Mutex<Held>>);

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
    pub(super) fn take(&self) -> BTreeMap<String, Direct> {
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
pub(in crate::plastic) struct Sink {
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

    /// Hands over the gradient by a matrix, Σ_r left_rᵀ right_r over as many rows as both have.
    ///
    /// # Errors
    /// As [`Store::put`].
    pub fn put_product(&self, name: &str, left: Matrix<'_>, right: Matrix<'_>) -> Result<()> {
        let size = [left.columns(), right.columns()];
        if self.device.is_cpu() && Outer::is_worth(left.rows(), size) {
            return self.store.put(name, Direct::Outer(Outer::new(left, right)));
        }
        let mut product = vec![0.0; size[0] * size[1]];
        multiply(left.transposed(), right, &mut product, Workers::All);
        self.put(name, &size, product)
    }
}
