//! Lifetimes on the host, and their place in Candle's graph.

use super::{Expected, Gradients, Record, Weights};
use crate::plastic::graph::{self, Differentiate};
use crate::plastic::network::Network;
use crate::plastic::parameters::Parameters;
use candle_core::{CpuStorage, D, DType, Device, Result, Storage, Tensor, bail};

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
    let activity = record.activity();
    graph::attach(record, activity, [drive, parameters.get("w")?, &plastic], parameters.device())
}

impl Differentiate for Record {
    fn differentiate(
        self,
        [drive, _, plastic]: [&Tensor; 3],
        activity: &Tensor,
        activity_grad: &Tensor,
    ) -> Result<[Option<Tensor>; 3]> {
        let (neurons, device) = (activity.dim(D::Minus1)?, activity.device());
        let gradients = with_values(drive, |drive| {
            with_values(activity_grad, |activity_grad| Ok(self.backward(drive, activity_grad)))
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
        Ok([drive_grad, Some(w_grad), plastic_grad])
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
