//! What a plastic layer's trace was modulated with in a lifetime: an optional part of a tape.

use crate::files::{Array, FileError, TensorFile};
use crate::plastic::PlasticLayer;
use serde::{Deserialize, Serialize};

/// The version of this part that this program writes.
const VERSION: u32 = 1;

/// M(t) of a lifetime of T steps, and how it reached the neurons of a layer (*Backpropamine*): with the layer's signals, all that
/// its trace follows from.
#[derive(Clone, Debug, PartialEq)]
pub struct Modulator {
    /// M(t), `[T]`, before it is fanned out.
    pub values: Vec<f32>,
    /// a and b of M_j(t) = a_j M(t) + b_j, `[post]` each; `None` where M reaches every neuron as it is.
    pub fan_out: Option<[Vec<f32>; 2]>,
}

/// What the JSON of a tape says of its modulator.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Header {
    version: u32,
}

impl Modulator {
    /// Checks that everything fits a lifetime of `steps` of a layer; tapes may come from files.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self, layer: &PlasticLayer, steps: usize) -> Result<(), String> {
        let Some(modulation) = layer.plasticity.writing.modulation() else {
            return Err("expected a network that modulates its traces, found one that does not".into());
        };
        if self.values.len() != steps {
            return Err(format!("the modulator of {steps} steps has {} values", self.values.len()));
        }
        if self.fan_out.is_some() != modulation.fan_out {
            let found = if modulation.fan_out { "none" } else { "one" };
            return Err(format!("the network and its modulator do not agree on a fan-out, found {found}"));
        }
        let fan = self.fan_out.iter().flatten();
        if let Some(part) = fan.clone().find(|part| part.len() != layer.post) {
            return Err(format!("the fan-out reaches {} neurons, the network has {}", part.len(), layer.post));
        }
        match self.values.iter().chain(fan.flatten()).find(|value| !value.is_finite()) {
            Some(value) => Err(format!("the modulator holds {value}, expected finite numbers")),
            None => Ok(()),
        }
    }

    /// The tensors of this part, their names beginning with `prefix`.
    pub(super) fn to_arrays(&self, prefix: &str) -> Vec<(String, Array)> {
        let mut arrays = vec![(format!("{prefix}modulator"), Array::new(&[self.values.len()], self.values.clone()))];
        if let Some([weight, bias]) = &self.fan_out {
            let both = [&weight[..], &bias[..]].concat();
            arrays.push((format!("{prefix}fan_out"), Array::new(&[2, weight.len()], both)));
        }
        arrays
    }

    /// What the JSON says of it.
    pub(super) fn header(&self) -> Header {
        Header { version: VERSION }
    }

    /// Takes this part of a lifetime of `steps` out of a file that has been read; the names of its tensors begin with
    /// `prefix`.
    ///
    /// # Errors
    /// When it is of another version, a tensor is missing or misshapen, or the layer has no modulator.
    pub(super) fn take(
        file: &mut TensorFile,
        prefix: &str,
        Header { version }: Header,
        layer: Option<&PlasticLayer>,
        steps: usize,
    ) -> Result<Self, FileError> {
        if version != VERSION {
            return Err(file.refuse(format!("holds a modulator of version {version}, expected version {VERSION}")));
        }
        let modulated = layer.and_then(|layer| Some((layer, layer.plasticity.writing.modulation()?)));
        let Some((layer, modulation)) = modulated else {
            return Err(
                file.refuse("holds a modulator, expected none with a network that does not modulate its traces")
            );
        };
        let fan_out = match modulation.fan_out {
            true => {
                let mut weight = file.take(&format!("{prefix}fan_out"), &[2, layer.post])?;
                let bias = weight.split_off(layer.post);
                Some([weight, bias])
            }
            false => None,
        };
        Ok(Self { values: file.take(&format!("{prefix}modulator"), &[steps])?, fan_out })
    }
}
