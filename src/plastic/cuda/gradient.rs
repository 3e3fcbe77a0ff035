//! What both kinds of lifetimes leave to one product at the end.

use candle_core::{Result, Tensor};

/// dL/dw = Σ_t x(t−1)ᵀ δ(t), over all lanes: one product at the end. Both tensors are `[T, B, N]`.
///
/// # Errors
/// When memory is short or the device fails.
pub(super) fn weight_gradient(activity: &Tensor, delta: &Tensor) -> Result<Tensor> {
    let (steps, batch, neurons) = activity.dims3()?;
    let rows = steps.saturating_sub(1) * batch;
    if rows == 0 {
        return Tensor::zeros((neurons, neurons), activity.dtype(), activity.device());
    }
    let before = activity.detach().reshape((steps * batch, neurons))?.narrow(0, 0, rows)?;
    let delta = delta.reshape((steps * batch, neurons))?.narrow(0, batch, rows)?;
    before.t()?.matmul(&delta)
}
