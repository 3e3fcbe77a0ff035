//! Adam (Kingma & Ba 2015) with moments that can be saved, and gradient clipping by global norm.
//!
//! Candle's optimiser hides its moments, and a run that is resumed exactly needs them.

use crate::plastic::Parameters;
use crate::tasks::Optimiser;
use candle_core::{CpuStorage, InplaceOp1, Layout, Result, bail};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Values per parallel piece of an update.
const PIECE: usize = 1 << 15;

/// First and second moment of one parameter, flat.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    /// Running mean of the gradient.
    pub first: Vec<f32>,
    /// Running mean of its square.
    pub second: Vec<f32>,
}

/// The optimiser's state.
#[derive(Clone, Debug)]
pub struct Adam {
    /// The constants.
    pub settings: Optimiser,
    /// How many steps have been taken.
    pub steps: u64,
    /// Moments by the parameter's name.
    pub moments: BTreeMap<String, Moments>,
}

impl Adam {
    /// An optimiser that has taken no step.
    pub fn new(settings: Optimiser) -> Self {
        Self { settings, steps: 0, moments: BTreeMap::new() }
    }

    /// One step: p ← p − lr · m̂ / (√v̂ + eps), in place. `gradients` are flat, by parameter name.
    ///
    /// # Errors
    /// When a gradient is missing or has another size than its parameter.
    pub fn step(&mut self, parameters: &mut Parameters, gradients: &BTreeMap<String, Vec<f32>>) -> Result<()> {
        for (name, var) in parameters.iter() {
            match gradients.get(name) {
                Some(gradient) if gradient.len() == var.elem_count() => {}
                Some(gradient) => {
                    bail!("the gradient of {name} has {} values, expected {}", gradient.len(), var.elem_count())
                }
                None => bail!("there is no gradient of {name}"),
            }
        }
        self.steps += 1;
        let Optimiser { lr, beta1, beta2, eps, .. } = self.settings;
        let exponent = i32::try_from(self.steps).unwrap_or(i32::MAX);
        let first_bias = 1.0 - beta1.powi(exponent);
        let second_bias = 1.0 - beta2.powi(exponent);
        let constants = Constants {
            step: (lr / first_bias) as f32,
            root: (1.0 / second_bias.sqrt()) as f32,
            beta1: beta1 as f32,
            beta2: beta2 as f32,
            eps: eps as f32,
        };
        for (name, var) in parameters.iter() {
            let gradient = &gradients[name];
            let moments = self
                .moments
                .entry(name.to_owned())
                .or_insert_with(|| Moments { first: vec![0.0; gradient.len()], second: vec![0.0; gradient.len()] });
            var.as_tensor().inplace_op1(&AdamStep { constants, gradient, moments: Mutex::new(moments) })?;
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct Constants {
    step: f32,
    root: f32,
    beta1: f32,
    beta2: f32,
    eps: f32,
}

/// One parameter's update as a Candle in-place operation: every value is read and written once.
struct AdamStep<'a> {
    constants: Constants,
    gradient: &'a [f32],
    moments: Mutex<&'a mut Moments>,
}

impl InplaceOp1 for AdamStep<'_> {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let (CpuStorage::F32(values), Some((begin, end))) = (storage, layout.contiguous_offsets()) else {
            bail!("parameters are contiguous float32 tensors");
        };
        let mut moments = self.moments.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Moments { first, second } = &mut **moments;
        let Constants { step, root, beta1, beta2, eps } = self.constants;
        values[begin..end]
            .par_chunks_mut(PIECE)
            .zip(self.gradient.par_chunks(PIECE))
            .zip(first.par_chunks_mut(PIECE).zip(second.par_chunks_mut(PIECE)))
            .for_each(|((values, gradient), (first, second))| {
                for (((value, &gradient), first), second) in values.iter_mut().zip(gradient).zip(first).zip(second) {
                    *first = beta1 * *first + (1.0 - beta1) * gradient;
                    *second = beta2 * *second + (1.0 - beta2) * (gradient * gradient);
                    *value -= step * *first / (second.sqrt() * root + eps);
                }
            });
        Ok(())
    }
}

/// The L2 norm of all gradients together. Summed in a fixed order.
pub fn global_norm(gradients: &BTreeMap<String, Vec<f32>>) -> f64 {
    let squares = |values: &Vec<f32>| -> f64 {
        let pieces: Vec<f64> = values
            .par_chunks(PIECE)
            .map(|piece| piece.iter().map(|&value| f64::from(value) * f64::from(value)).sum())
            .collect();
        pieces.iter().sum()
    };
    gradients.values().map(squares).sum::<f64>().sqrt()
}

/// Scales all gradients so that their global norm is at most `limit`; returns the norm before.
pub fn clip_by_global_norm(gradients: &mut BTreeMap<String, Vec<f32>>, limit: f64) -> f64 {
    let norm = global_norm(gradients);
    if norm > limit {
        let scale = (limit / (norm + 1e-6)) as f32;
        for value in gradients.values_mut().flatten() {
            *value *= scale;
        }
    }
    norm
}
