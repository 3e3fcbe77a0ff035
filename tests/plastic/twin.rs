//! The slow twin: the same network written with Candle's own autograd, one node per operation.
//! It is the judge of the hand-derived backward pass and nothing else.

use candle_core::{Result, Tensor};
use hebbscope::plastic::ModulationKind;
use hebbscope::plastic::Writing;
use hebbscope::plastic::network::{Drive, Recurrent};
use hebbscope::plastic::{Parameters, Rule, State};

/// x(t) for all steps `[T, B, N]` and the final trace `[B, N, N]` (`None` for a non-plastic network).
pub fn live(network: Recurrent, parameters: &Parameters, drive: &Tensor) -> Result<(Tensor, Option<Tensor>)> {
    live_from(network, parameters, drive, &State::default())
}

/// The same, begun with what lifetimes before it left behind; with nothing, where the state is empty.
pub fn live_from(
    network: Recurrent,
    parameters: &Parameters,
    drive: &Tensor,
    state: &State,
) -> Result<(Tensor, Option<Tensor>)> {
    let (steps, batch, neurons) = drive.dims3()?;
    let w = parameters.get("w")?;
    let given = |values: Vec<f32>, shape: &[usize]| match values.is_empty() {
        true => Tensor::zeros(shape, drive.dtype(), drive.device()),
        false => Tensor::from_vec(values, shape, drive.device()),
    };
    let size = neurons * neurons;
    let carried = |part: usize| -> Vec<f32> {
        state.traces.iter().flat_map(|state| state.iter().skip(part * size).take(size)).copied().collect()
    };
    let mut before = given(state.activity.clone(), &[batch, neurons])?;
    let mut trace = given(carried(0), &[batch, neurons, neurons])?;
    let mut eligibility = given(carried(1), &[batch, neurons, neurons])?;
    let mut activities = Vec::new();
    for step in 0..steps {
        let drive = drive.get(step)?;
        let product = match network.alpha() {
            Some(_) => {
                let plastic = trace.broadcast_mul(parameters.get("alpha")?)?;
                before.unsqueeze(1)?.matmul(&plastic.broadcast_add(w)?)?.squeeze(1)?
            }
            None => before.matmul(w)?,
        };
        let activity = match network.drive {
            Drive::Add => (&drive + product)?.tanh()?,
            Drive::Clamp => drive.ne(0f32)?.where_cond(&drive, &product.tanh()?)?,
        };
        if let Some(Writing::Rule(rule)) = network.writing() {
            let eta = parameters.get("eta")?.reshape((1, 1, 1))?;
            let (pre, post) = (before.unsqueeze(2)?, activity.unsqueeze(1)?);
            let together = pre.broadcast_mul(&post)?;
            trace = match rule {
                Rule::Decay => {
                    let keep = (1.0 - &eta)?;
                    (trace.broadcast_mul(&keep)? + together.broadcast_mul(&eta)?)?
                }
                Rule::Oja => {
                    let forgotten = trace.broadcast_mul(&post.sqr()?)?;
                    (&trace + (together - forgotten)?.broadcast_mul(&eta)?)?
                }
                Rule::Clip { bound } => clip(&(&trace + together.broadcast_mul(&eta)?)?, bound)?,
            };
        }
        if let Some(modulation) = network.modulation() {
            let together = before.unsqueeze(2)?.broadcast_mul(&activity.unsqueeze(1)?)?;
            let signal = activity.matmul(parameters.get("mod.weight")?)?.broadcast_add(parameters.get("mod.bias")?)?;
            let mut gain = signal.tanh()?;
            if modulation.fan_out {
                let fanned = gain.broadcast_mul(parameters.get("fanout.weight")?)?;
                gain = fanned.broadcast_add(parameters.get("fanout.bias")?)?;
            }
            let written = if modulation.kind == ModulationKind::Simple { &together } else { &eligibility };
            trace = clip(&(&trace + written.broadcast_mul(&gain.unsqueeze(1)?)?)?, modulation.bound)?;
            if modulation.kind == ModulationKind::Retroactive {
                let eta = parameters.get("eta")?.reshape((1, 1, 1))?;
                eligibility = (eligibility.broadcast_mul(&(1.0 - &eta)?)? + together.broadcast_mul(&eta)?)?;
            }
        }
        activities.push(activity.clone());
        before = activity;
    }
    Ok((Tensor::stack(&activities, 0)?, network.alpha().map(|_| trace)))
}

/// Clipping whose gradient is one inside the bounds and zero outside.
fn clip(values: &Tensor, bound: f32) -> Result<Tensor> {
    let inside = values.abs()?.le(bound)?;
    let edge = (values.detach().sign()? * f64::from(bound))?;
    inside.where_cond(values, &edge)
}
