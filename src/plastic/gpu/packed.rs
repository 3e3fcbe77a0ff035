//! Parameters as the kernels have them, and what the kernels have summed up for each.

use super::plan::Constants;
use crate::plastic::network::{AlphaKind, Recurrent};
use crate::plastic::parameters::Parameters;
use crate::plastic::values::with_values;
use crate::plastic::writing::Writing;
use candle_core::Result;

/// What the kernels see as one: w, α, and under modulation m, a and b. Ones and zeros stand for a fan-out that there is
/// not.
pub(super) fn weights(network: Recurrent, parameters: &Parameters) -> Result<Vec<f32>> {
    let mut weights = with_values(&parameters.host("w")?, |w| Ok(w.to_vec()))?;
    if network.plasticity.is_none() {
        // The kernels read no α, but know where it would be.
        weights.push(0.0);
        return Ok(weights);
    }
    weights.extend(parameters.values("alpha")?);
    if let Some(modulation) = network.modulation() {
        weights.extend(parameters.values("mod.weight")?);
        match modulation.fan_out {
            true => ["fanout.weight", "fanout.bias"].into_iter().try_for_each(|name| -> Result<()> {
                weights.extend(parameters.values(name)?);
                Ok(())
            })?,
            false => {
                weights.extend(vec![1.0; network.neurons]);
                weights.extend(vec![0.0; network.neurons]);
            }
        }
    }
    Ok(weights)
}

/// What every dispatch is told.
pub(super) fn constants(network: Recurrent, parameters: &Parameters) -> Result<Constants> {
    let number = |name: &str| -> Result<f32> { Ok(parameters.values(name)?.first().copied().unwrap_or(0.0)) };
    Ok(Constants {
        eta: if network.writing().is_some_and(Writing::has_eta) { number("eta")? } else { 0.0 },
        bound: network.writing().and_then(Writing::bound).unwrap_or(0.0),
        modulator_bias: if network.modulation().is_some() { number("mod.bias")? } else { 0.0 },
    })
}

/// What the device has summed up.
pub(super) struct Sums {
    /// dL/dα of each connection, `[N, N]`.
    pub alpha: Vec<f32>,
    /// Parts of dL/dη.
    pub eta: Vec<f32>,
    /// dL/dm, dL/da, dL/db, dL/dc of each lane, `[B, 3N + 1]`; empty without modulation.
    pub modulation: Vec<f32>,
}

impl Sums {
    /// The gradient by a parameter other than w, in its shape.
    pub fn gradient(&self, network: Recurrent, name: &str) -> Vec<f32> {
        let neurons = network.neurons;
        let of_lanes = |place: usize| -> f32 {
            let lanes = self.modulation.chunks_exact(3 * neurons + 1);
            lanes.map(|lane| f64::from(lane[place])).sum::<f64>() as f32
        };
        match name {
            "alpha" => self.alpha(network.alpha(), neurons),
            "eta" => vec![self.eta.iter().map(|&part| f64::from(part)).sum::<f64>() as f32],
            "mod.weight" => (0..neurons).map(of_lanes).collect(),
            "fanout.weight" => (neurons..2 * neurons).map(of_lanes).collect(),
            "fanout.bias" => (2 * neurons..3 * neurons).map(of_lanes).collect(),
            _ => vec![of_lanes(3 * neurons)],
        }
    }

    fn alpha(&self, kind: Option<AlphaKind>, neurons: usize) -> Vec<f32> {
        if matches!(kind, Some(AlphaKind::Free)) {
            return self.alpha.clone();
        }
        let mut columns = vec![0.0f64; neurons];
        for row in self.alpha.chunks_exact(neurons) {
            columns.iter_mut().zip(row).for_each(|(sum, &value)| *sum += f64::from(value));
        }
        match kind {
            Some(AlphaKind::PerNeuron) => columns.into_iter().map(|sum| sum as f32).collect(),
            _ => vec![columns.iter().sum::<f64>() as f32],
        }
    }
}
