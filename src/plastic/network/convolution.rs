//! A convolution: a part of a network that sees pictures.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A convolution without padding, and tanh after it: `NAME.weight`, `[outputs, inputs, kernel, kernel]`, and `NAME.bias`,
/// `[outputs]`, as candle-nn's `Conv2d` has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Convolution {
    /// Its name.
    pub name: Cow<'static, str>,
    /// How many channels go in.
    pub inputs: usize,
    /// How many come out.
    pub outputs: usize,
    /// Rows and columns that are seen together.
    pub kernel: usize,
    /// By how many rows and columns what is seen moves on.
    pub stride: usize,
}

impl Convolution {
    /// How many rows and columns come out of a square picture of `side`; `None` where it is smaller than the kernel.
    pub fn side_after(&self, side: usize) -> Option<usize> {
        Some(side.checked_sub(self.kernel)? / self.stride + 1)
    }

    /// How many numbers one number that comes out is the sum of, beside its bias.
    pub fn fan_in(&self) -> usize {
        self.inputs.saturating_mul(self.kernel).saturating_mul(self.kernel)
    }

    /// Names and shapes of its parameters.
    pub(super) fn shapes(&self) -> [(String, Vec<usize>); 2] {
        let Self { name, inputs, outputs, kernel, .. } = self;
        [
            (format!("{name}.weight"), vec![*outputs, *inputs, *kernel, *kernel]),
            (format!("{name}.bias"), vec![*outputs]),
        ]
    }

    /// Checks the numbers of a convolution that comes from a file.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub(super) fn check(&self) -> Result<(), String> {
        let Self { name, inputs, outputs, kernel, stride } = self;
        match [inputs, outputs, kernel, stride].contains(&&0) {
            true => Err(format!(
                "expected channels, a kernel and a stride above zero in {name}, found {inputs} to {outputs} channels, a kernel of {kernel} and a stride of {stride}"
            )),
            false => Ok(()),
        }
    }
}
