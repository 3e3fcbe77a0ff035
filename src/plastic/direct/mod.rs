//! Gradients that operations hand over themselves, beside Candle's graph.
//!
//! For every parameter that an operation has a gradient by, Candle makes zeros first and adds the gradient to them: with
//! two thousand neurons, or the parameters of ten thousand words, a tenth of an iteration and more. An operation has three
//! tensors there at most, so that further ones would have to be copied together; and of the parameters of words, only the
//! rows of those that have occurred have a gradient at all. What is a sum of a few outer products need not be written down.
//!
//! | file | subject |
//! |---|---|
//! | here | the gradient by one parameter, and all those of a loss |
//! | `store` | where operations hand them over |
//! | `rows` | gradients by some rows |
//! | `outer` | gradients that are sums of a few outer products |

mod outer;
mod rows;
mod store;

pub use outer::Outer;
pub use rows::Rows;
pub(super) use store::{Sink, Store};

use super::parameters::Parameters;
use candle_core::backprop::GradStore;
use candle_core::{Device, Result, Tensor, bail};
use std::collections::BTreeMap;

/// The gradient by one parameter.
#[derive(Clone, Debug)]
pub enum Direct {
    /// By all of it, in its shape.
    Whole(Tensor),
    /// By some of its rows; that by all others is zero.
    Rows(Rows),
    /// By all of a matrix in main memory, as outer products.
    Outer(Outer),
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
            Self::Outer(outer) => Tensor::from_vec(outer.whole(), shape, device),
        }
    }

    /// The sum with another one by the same parameter.
    ///
    /// # Errors
    /// When the device fails, or one of them is by some rows only: nothing of ours asks for that.
    fn plus(self, other: Self) -> Result<Self> {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => Ok(Self::Whole((one + other)?)),
            (Self::Whole(whole), Self::Outer(outer)) | (Self::Outer(outer), Self::Whole(whole)) => {
                let outer = Tensor::from_vec(outer.whole(), whole.dims(), whole.device())?;
                Ok(Self::Whole((whole + outer)?))
            }
            (Self::Outer(one), Self::Outer(other)) => Ok(Self::Outer(one.and(other))),
            (Self::Rows(_), _) | (_, Self::Rows(_)) => {
                bail!("gradients by some rows of a parameter are not added to others")
            }
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
