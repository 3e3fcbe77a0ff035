//! The recurrence of a whole lifetime as one Candle operation.
//!
//! [`live`] runs it at once; a [`Stepper`] runs it step by step when the next input depends on the
//! last output. Either way the activities come back as one tensor that is part of Candle's graph, with
//! one hand-derived backward pass behind it: no node per step, no stored traces, no recursion.

use super::cpu::{Expected, Gradients, Record, Weights};
use super::network::{Drive, Network};
use super::parameters::Parameters;
use candle_core::{CpuStorage, CustomOp3, DType, Device, Layout, Result, Shape, Storage, Tensor, bail};
use std::sync::{Mutex, PoisonError};

/// A lifetime that has been lived.
pub struct Lived {
    /// x(t) for every step and lane, `[T, B, N]`, attached to the graph of the parameters and the drive.
    pub activity: Tensor,
    /// H after the last step, `[N, N]` row major, of each lane; empty unless asked for.
    pub final_traces: Vec<Vec<f32>>,
    /// What the lifetime moves.
    pub traffic: Traffic,
}

/// Bytes of matrices (w, α, H and their gradients) that the sweeps of a lifetime read and write, each matrix counted
/// once per sweep and group of lanes. Zero where no sweeps are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// In the forward pass.
    pub forward: u64,
    /// In the backward pass.
    pub backward: u64,
}

/// Lives whole lifetimes: `drive` is `[T, B, N]`, one lane per lifetime.
///
/// With `keep_traces` the final trace of every lane is returned as well.
///
/// # Errors
/// When a parameter is missing or shapes do not fit the network.
pub fn live(network: Network, parameters: &Parameters, drive: &Tensor, keep_traces: bool) -> Result<Lived> {
    let (steps, batch, neurons) = drive.dims3()?;
    if neurons != network.neurons {
        bail!("the drive has {neurons} neurons, the network {}", network.neurons);
    }
    let values = drive.flatten_all()?.to_vec1::<f32>()?;
    // A drive outside the graph is data: what it clamps needs no gradient.
    let given = !drive.track_op();
    let needs_sweep = |drive: &[f32]| !given || network.drive == Drive::Add || drive.contains(&0.0);
    let each_step = values.chunks_exact((batch * neurons).max(1)).enumerate().skip(1);
    let sweeps = each_step.filter(|(_, drive)| needs_sweep(drive)).map(|(step, _)| step).collect();
    let mut stepper = Stepper::prepare(network, parameters, batch, given, &Expected { steps, sweeps })?;
    stepper.record.advance(&values);
    let final_traces = if keep_traces { (0..batch).map(|lane| stepper.trace(lane)).collect() } else { Vec::new() };
    let traffic = stepper.record.traffic();
    Ok(Lived { activity: stepper.finish(parameters, drive)?, final_traces, traffic })
}

/// A batch of lifetimes lived step by step.
pub struct Stepper {
    network: Network,
    record: Record,
}

impl Stepper {
    /// Begins `batch` lifetimes with zero traces. `expected_steps` only tunes memory: any number may follow.
    ///
    /// # Errors
    /// When a parameter is missing or misshapen.
    pub fn begin(network: Network, parameters: &Parameters, batch: usize, expected_steps: usize) -> Result<Self> {
        // Whether the drive will be part of the graph is not known before the end.
        let expected = Expected { steps: expected_steps, sweeps: (1..expected_steps).collect() };
        Self::prepare(network, parameters, batch, false, &expected)
    }

    fn prepare(
        network: Network,
        parameters: &Parameters,
        batch: usize,
        drive_is_given: bool,
        expected: &Expected,
    ) -> Result<Self> {
        for (name, shape) in network.shapes() {
            let found = parameters.get(name)?.dims();
            if found != shape {
                bail!("parameter {name} has shape {found:?}, the network needs {shape:?}");
            }
        }
        let weights = match network.plasticity {
            Some(_) => with_values(parameters.get("w")?, |w| {
                with_values(parameters.get("alpha")?, |alpha| {
                    Ok(Weights::new(network, w, alpha, parameters.eta(), parameters.workspace()))
                })
            })?,
            None => {
                with_values(parameters.get("w")?, |w| Ok(Weights::new(network, w, &[], 0.0, parameters.workspace())))?
            }
        };
        Ok(Self { network, record: Record::new(weights, batch, drive_is_given, expected) })
    }

    /// One step: `drive` is `[B, N]` row major, and so is the answer x(t).
    ///
    /// # Errors
    /// When `drive` has another size.
    pub fn step(&mut self, drive: &[f32]) -> Result<Vec<f32>> {
        let expected = self.record.batch() * self.network.neurons;
        if drive.len() != expected {
            bail!("a step needs {expected} drive values, found {}", drive.len());
        }
        self.record.advance(drive);
        Ok(self.record.activity_at(self.record.steps() - 1))
    }

    /// H after the last step of one lane, `[N, N]` row major; empty for a non-plastic network.
    pub fn trace(&self, lane: usize) -> Vec<f32> {
        self.record.final_trace(lane)
    }

    /// Ends the lifetimes: x of all steps, `[T, B, N]`, attached to the graph of `parameters` and of
    /// `drive` (`[T, B, N]`, what the steps were driven with).
    ///
    /// # Errors
    /// When `drive` does not have as many steps as were lived.
    pub fn finish(self, parameters: &Parameters, drive: &Tensor) -> Result<Tensor> {
        let expected = [self.record.steps(), self.record.batch(), self.network.neurons];
        if drive.dims() != expected {
            bail!("the drive has shape {:?}, the lifetime was lived with {expected:?}", drive.dims());
        }
        // Candle's custom operations take three tensors: α and η travel as one.
        let plastic = match self.network.plasticity {
            Some(_) => Tensor::cat(&[&parameters.get("alpha")?.flatten_all()?, parameters.get("eta")?], 0)?,
            None => Tensor::zeros(1, DType::F32, &Device::Cpu)?,
        };
        let operation = LifetimeOp { record: Mutex::new(Some(self.record)) };
        drive.contiguous()?.apply_op3(parameters.get("w")?, &plastic, operation)
    }
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
        let (steps, batch, neurons) = activity.dims3()?;
        let device = activity.device();
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
            false => Some(Tensor::from_vec(drive_grad, (steps, batch, neurons), device)?),
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
