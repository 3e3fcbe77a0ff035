//! Lifetimes on the host, and their place in Candle's graph.

use super::{CapacityHint, Gradients, Record, Weights};
use crate::plastic::alteration::Alteration;
use crate::plastic::direct::Sink;
use crate::plastic::lifetime::backend::{Backend, Beginning};
use crate::plastic::lifetime::graph::{self, Activity, Differentiate};
use crate::plastic::lifetime::{Driver, Traffic};
use crate::plastic::network::Recurrent;
use crate::plastic::parameters::Parameters;
use crate::plastic::product::Matrix;
use crate::plastic::values::with_values;
use crate::plastic::writing::Writing;
use candle_core::{D, Result, Tensor, bail};

/// Lifetimes on the host that have not begun, whose traces a rule writes, or nothing.
///
/// # Errors
/// When a parameter is missing.
pub(super) fn begin(network: Recurrent, parameters: &Parameters, beginning: Beginning<'_>) -> Result<Record> {
    let Beginning { batch, steps, drive, state } = beginning;
    let (shape, workspace) = ([network.neurons, network.neurons], parameters.workspace());
    let weights = with_values(&parameters.host("w")?, |w| match (network.alpha(), network.writing()) {
        (Some(alpha_kind), Some(Writing::Rule(rule))) => {
            let eta = parameters.values("eta")?[0];
            let plasticity = Some((alpha_kind, rule));
            with_values(&parameters.host("alpha")?, |alpha| {
                Ok(Weights::new(shape, plasticity, w, alpha, eta, workspace))
            })
        }
        (None, None) => Ok(Weights::new(shape, None, w, &[], 0.0, workspace)),
        _ => bail!("modulated lifetimes have kernels of their own"),
    })?;
    let (given, expected) = match drive {
        Some(drive) => expectation(network, batch, steps, drive)?,
        // Whether the drive will be part of the graph is not known before the end.
        None => (false, CapacityHint { steps, sweeps: (1..steps).collect() }),
    };
    Ok(Record::new((weights, network.drive), batch, given, &expected, state))
}

/// Whether a drive, `[T, B, N]`, is given for good, and which of its steps then need a sweep.
fn expectation(network: Recurrent, batch: usize, steps: usize, drive: &Tensor) -> Result<(bool, CapacityHint)> {
    // A drive outside the graph is data: what it clamps needs no gradient.
    let given = !drive.track_op();
    let needs_sweep = |drive: &[f32]| !(given && network.drive.clamps_all(drive));
    let values = drive.flatten_all()?.to_vec1::<f32>()?;
    let each_step = values.chunks_exact(batch * network.neurons).enumerate().skip(1);
    let sweeps = each_step.filter(|(_, drive)| needs_sweep(drive)).map(|(step, _)| step).collect();
    Ok((given, CapacityHint { steps, sweeps }))
}

impl Backend for Record {
    fn batch(&self) -> usize {
        Self::batch(self)
    }

    fn steps(&self) -> usize {
        Self::steps(self)
    }

    fn advance(&mut self, drive: &Tensor) -> Result<()> {
        Self::advance(self, &drive.flatten_all()?.to_vec1::<f32>()?);
        Ok(())
    }

    fn step(&mut self, drive: &[f32]) -> Result<Vec<f32>> {
        Self::advance(self, drive);
        Ok(self.activity_at(Self::steps(self) - 1))
    }

    fn advance_with(&mut self, drivers: &mut [&mut dyn Driver], steps: usize) -> Result<()> {
        Self::advance_with(self, steps, drivers);
        Ok(())
    }

    fn alter(&mut self, alteration: &Alteration, alpha: &[f32]) -> Result<()> {
        Self::alter(self, alteration, alpha);
        Ok(())
    }

    fn traces(&self, lifetime: usize) -> Result<[Vec<f32>; 2]> {
        Ok([self.final_trace(lifetime), Vec::new()])
    }

    fn modulator(&self, _lifetime: usize) -> Result<Vec<f32>> {
        Ok(Vec::new())
    }

    fn activity(&self) -> Result<Vec<f32>> {
        Ok(Self::activity(self))
    }

    fn traffic(&self) -> Traffic {
        Self::traffic(self)
    }

    fn finish(self: Box<Self>, parameters: &Parameters, drive: &Tensor) -> Result<Tensor> {
        let activity = Activity::Host(Self::activity(&self));
        graph::attach(*self, (drive.shape().clone(), activity), drive, (parameters, "w"))
    }
}

impl Differentiate for Record {
    fn differentiate(
        self,
        drive: &Tensor,
        activity: &Tensor,
        activity_grad: &Tensor,
        sink: &Sink,
    ) -> Result<Option<Tensor>> {
        let neurons = activity.dim(D::Minus1)?;
        let alpha_kind = self.weights.alpha_kind;
        let gradients = with_values(drive, |drive| {
            with_values(activity_grad, |activity_grad| Ok(self.backward(drive, activity_grad)))
        })?;
        let Gradients { inputs, deltas, drive: drive_grad, alpha, eta } = gradients;

        // dL/dw = Σ_t x(t−1)ᵀ δ(t), over all lanes: one product at the end.
        let [inputs, deltas] = [&inputs, &deltas].map(|rows| Matrix::of_rows(rows, neurons));
        sink.put_product("w", inputs, deltas)?;
        if let Some(kind) = alpha_kind {
            sink.put("alpha", &kind.shape([neurons, neurons]), alpha)?;
            sink.put("eta", &[1], vec![eta])?;
        }
        match drive_grad.is_empty() {
            true => Ok(None),
            false => Ok(Some(Tensor::from_vec(drive_grad, drive.dims(), drive.device())?)),
        }
    }
}
