//! Plain gradient descent, and what a penalty on large parameters adds to a gradient.

use super::gradients::{DeviceGradients, PIECE, with_host_values};
use crate::plastic::Parameters;
use crate::plastic::direct::{Direct, Rows};
use candle_core::{CpuStorage, InplaceOp1, Layout, Result, Var, bail};
use rayon::prelude::*;

/// p ← p − `rate` · g for every parameter, in place.
///
/// # Errors
/// When the device fails.
pub(super) fn step(parameters: &Parameters, gradients: &DeviceGradients, rate: f32) -> Result<()> {
    for (name, var) in parameters.iter() {
        let gradient = &gradients[name];
        if parameters.device().is_cpu() {
            var.as_tensor().inplace_op1(&Descent { rate, gradient })?;
        } else {
            let gradient = gradient.whole(var.dims(), var.device())?;
            var.set(&(var.as_tensor().detach() - (gradient * f64::from(rate))?)?)?;
        }
    }
    Ok(())
}

/// `scale` times the gradients, and `l2` times the parameters added to them.
///
/// # Errors
/// When the device fails.
pub(super) fn penalised(
    parameters: &Parameters,
    gradients: &DeviceGradients,
    scale: f32,
    l2: f64,
) -> Result<DeviceGradients> {
    let penalised = |(name, var): (&str, &Var)| {
        let gradient = gradients[name].whole(var.dims(), var.device())?;
        let gradient = ((gradient * f64::from(scale))? + (var.as_tensor().detach() * l2)?)?;
        Ok((name.to_owned(), Direct::Whole(gradient)))
    };
    parameters.iter().map(penalised).collect()
}

/// One parameter's update: every value that has a gradient is read and written once.
struct Descent<'a> {
    rate: f32,
    /// In main memory.
    gradient: &'a Direct,
}

impl InplaceOp1 for Descent<'_> {
    fn name(&self) -> &'static str {
        "gradient-descent"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let (CpuStorage::F32(values), Some((begin, end))) = (storage, layout.contiguous_offsets()) else {
            bail!("parameters are contiguous float32 tensors");
        };
        let values = &mut values[begin..end];
        let descend = |values: &mut [f32], gradient: &[f32]| {
            values.iter_mut().zip(gradient).for_each(|(value, gradient)| *value -= self.rate * gradient);
        };
        match self.gradient {
            Direct::Whole(gradient) => with_host_values(gradient, |gradient| {
                let pieces = values.par_chunks_mut(PIECE).zip(gradient.par_chunks(PIECE));
                pieces.for_each(|(values, gradient)| descend(values, gradient));
            }),
            Direct::Rows(Rows { rows, values: gradients }) => {
                let width = layout.dims().last().copied().unwrap_or(1).max(1);
                for (row, gradient) in rows.iter().zip(gradients.chunks(width)) {
                    descend(&mut values[*row as usize * width..][..width], gradient);
                }
                Ok(())
            }
            Direct::Outer(outer) => {
                let mut gradient = vec![0.0; outer.columns()];
                for (row, values) in values.chunks_exact_mut(outer.columns()).enumerate() {
                    outer.row(row, &mut gradient);
                    descend(values, &gradient);
                }
                Ok(())
            }
        }
    }
}
