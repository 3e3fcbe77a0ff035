//! Lifetimes on the host, and their place in Candle's graph.

use super::{Expected, Gradients, Record, Weights};
use crate::plastic::network::Network;
use crate::plastic::parameters::Parameters;
use candle_core::{CpuStorage, CustomOp3, D, DType, Device, Layout, Result, Shape, Storage, Tensor, bail};
use std::sync::{Mutex, PoisonError};

/// Lifetimes on the host that have not begun.
///
/// # Errors
/// When a parameter is missing.
pub(in crate::plastic) fn begin(
    network: Network,
    parameters: &Parameters,
    batch: usize,
    drive_is_given: bool,
    expected: &Expected,
) -> Result<Record> {
    let (eta, workspace) = (parameters.eta(), parameters.workspace());
    let weights = with_values(&parameters.host("w")?, |w| match network.plasticity {
        Some(_) => with_values(&parameters.host("alpha")?, |alpha| Ok(Weights::new(network, w, alpha, eta, workspace))),
        None => Ok(Weights::new(network, w, &[], 0.0, workspace)),
    })?;
    Ok(Record::new(weights, batch, drive_is_given, expected))
}

/// What was lived on the host, attached to the graph of `parameters` and of `drive`.
///
/// # Errors
/// When Candle refuses.
pub(in crate::plastic) fn attach(
    record: Record,
    network: Network,
    parameters: &Parameters,
    drive: &Tensor,
) -> Result<Tensor> {
    // Candle's custom operations take three tensors: α and η travel as one.
    let plastic = match network.plasticity {
        Some(_) => Tensor::cat(&[&parameters.get("alpha")?.flatten_all()?, parameters.get("eta")?], 0)?,
        None => Tensor::zeros(1, DType::F32, &Device::Cpu)?,
    };
    let operation = LifetimeOp { record: Mutex::new(Some(record)) };
    // Where the parameters are on a device without kernels of ours, Candle carries values and gradients over.
    let [drive, w, plastic] =
        [&drive.contiguous()?, parameters.get("w")?, &plastic].map(|tensor| tensor.to_device(&Device::Cpu));
    drive?.apply_op3(&w?, &plastic?, operation)?.to_device(parameters.device())
}

/// The operation in Candle's graph: it owns the record of a lifetime until the backward pass takes it.
struct LifetimeOp {
    record: Mutex<Option<Record>>,
}

impl CustomOp3 for LifetimeOp {
    fn name(&self) -> &'static str {
        "plastic-lifetime"
    }

    fn cpu_fwd(
        &self,
        _drive: &CpuStorage,
        layout: &Layout,
        _w: &CpuStorage,
        _: &Layout,
        _plastic: &CpuStorage,
        _: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let guard = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(record) = guard.as_ref() else { bail!("this lifetime has been lived and differentiated already") };
        Ok((CpuStorage::F32(record.activity()), layout.shape().clone()))
    }

    fn bwd(
        &self,
        drive: &Tensor,
        _w: &Tensor,
        plastic: &Tensor,
        activity: &Tensor,
        activity_grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let record = self.record.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(record) = record else { bail!("the backward pass of a lifetime can run once only") };
        let (neurons, device) = (activity.dim(D::Minus1)?, activity.device());
        let gradients = with_values(drive, |drive| {
            with_values(&activity_grad.contiguous()?, |activity_grad| Ok(record.backward(drive, activity_grad)))
        })?;
        let Gradients { inputs, deltas, drive: drive_grad, alpha, eta } = gradients;

        // dL/dw = Σ_t x(t−1)ᵀ δ(t), over all lanes: one product at the end.
        let rows = deltas.len() / neurons;
        let w_grad = if rows == 0 {
            Tensor::zeros((neurons, neurons), DType::F32, device)?
        } else {
            let inputs = Tensor::from_vec(inputs, (rows, neurons), device)?;
            inputs.t()?.matmul(&Tensor::from_vec(deltas, (rows, neurons), device)?)?
        };
        let mut plastic_grad = alpha;
        if !plastic_grad.is_empty() {
            plastic_grad.push(eta);
        }
        let plastic_grad = match plastic_grad.len() {
            0 => None,
            _ => Some(Tensor::from_vec(plastic_grad, plastic.dims(), device)?),
        };
        let drive_grad = match drive_grad.is_empty() {
            true => None,
            false => Some(Tensor::from_vec(drive_grad, drive.dims(), device)?),
        };
        Ok((drive_grad, Some(w_grad), plastic_grad))
    }
}

/// Lends the values of a contiguous float32 tensor in main memory, without a copy.
fn with_values<T>(tensor: &Tensor, look: impl FnOnce(&[f32]) -> Result<T>) -> Result<T> {
    let (storage, layout) = tensor.storage_and_layout();
    match (&*storage, layout.contiguous_offsets()) {
        (Storage::Cpu(CpuStorage::F32(values)), Some((begin, end))) => look(&values[begin..end]),
        _ => bail!("a lifetime on the CPU needs contiguous float32 tensors in main memory"),
    }
}
