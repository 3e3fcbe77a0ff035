//! Plain gradient descent, and what a penalty on large parameters adds to a gradient.

use super::adam::{DeviceGradients, with_host_values};
use crate::plastic::Parameters;
use crate::plastic::direct::{Direct, Rows};
use candle_core::{CpuStorage, InplaceOp1, Layout, Result, Tensor, Var, bail};
use rayon::prelude::*;

/// Values per parallel piece of an update.
const PIECE: usize = 1 << 15;

/// p ← p − `rate` · g for every parameter, in place.
///
/// # Errors
/// When the device fails.
pub(super) fn step(parameters: &Parameters, gradients: &DeviceGradients, rate: f32) -> Result<()> {
    for (name, var) in parameters.iter() {
        let is_here = parameters.device().is_cpu();
        match &gradients[name] {
            Direct::Whole(gradient) if is_here => {
                var.as_tensor().inplace_op1(&Descent { rate, gradient: &gradient.contiguous()? })?;
            }
            Direct::Rows(rows) if is_here => var.as_tensor().inplace_op1(&DescentOfRows { rate, rows })?,
            gradient => descend(var, &gradient.whole(var.dims(), var.device())?, rate)?,
        }
    }
    Ok(())
}

/// One parameter's update by Candle's operations.
fn descend(var: &Var, gradient: &Tensor, rate: f32) -> Result<()> {
    var.set(&(var.as_tensor().detach() - (gradient * f64::from(rate))?)?)
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

/// One parameter's update: every value is read and written once.
struct Descent<'a> {
    rate: f32,
    /// Contiguous, in main memory.
    gradient: &'a Tensor,
}

impl InplaceOp1 for Descent<'_> {
    fn name(&self) -> &'static str {
        "gradient-descent"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let (CpuStorage::F32(values), Some((begin, end))) = (storage, layout.contiguous_offsets()) else {
            bail!("parameters are contiguous float32 tensors");
        };
        with_host_values(self.gradient, |gradient| {
            let pieces = values[begin..end].par_chunks_mut(PIECE).zip(gradient.par_chunks(PIECE));
            pieces.for_each(|(values, gradient)| {
                values.iter_mut().zip(gradient).for_each(|(value, gradient)| *value -= self.rate * gradient);
            });
        })
    }
}

/// The update of some rows of a parameter.
struct DescentOfRows<'a> {
    rate: f32,
    rows: &'a Rows,
}

impl InplaceOp1 for DescentOfRows<'_> {
    fn name(&self) -> &'static str {
        "gradient-descent-of-rows"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let (CpuStorage::F32(values), Some((begin, end))) = (storage, layout.contiguous_offsets()) else {
            bail!("parameters are contiguous float32 tensors");
        };
        let width = layout.dims().last().copied().unwrap_or(1).max(1);
        let values = &mut values[begin..end];
        for (row, gradient) in self.rows.rows.iter().zip(self.rows.values.chunks(width)) {
            let row = &mut values[*row as usize * width..][..width];
            row.iter_mut().zip(gradient).for_each(|(value, gradient)| *value -= self.rate * gradient);
        }
        Ok(())
    }
}
