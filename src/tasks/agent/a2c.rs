//! Advantage actor-critic (A2C): the loss of agents that choose and foresee (*Differentiable plasticity*, section 4.5).
//!
//! For each lifetime, with p the policy, v the foreseen return, r the reward of the action chosen, and
//! R_t = r_t + γ R_{t+1}, R_T = 0:
//!
//! loss = 1/T Σ_t ( c_p Σ_a p_t(a)² − log p_t(a_t) (R_t − v_t) + c_v (R_t − v_t)² )
//!
//! No gradient flows through R_t − v_t in the middle term. The first term keeps the policy from becoming certain.

use candle_core::{D, Result, Tensor, bail};

/// The constants of the loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constants {
    /// γ: what a reward one step away is worth.
    pub gamma: f64,
    /// c_p: the price of a certain policy.
    pub penalty: f64,
    /// c_v: the weight of the error of the foreseen return.
    pub value_weight: f64,
}

/// What a batch of agents did and got; all are `[T, B]`, row major.
#[derive(Clone, Debug, Default)]
pub struct Trajectory {
    /// The number of each action.
    pub actions: Vec<usize>,
    /// What it brought.
    pub rewards: Vec<f32>,
}

/// R_t = r_t + γ R_{t+1} of each lifetime, `[T, B]` like the rewards.
pub fn returns(rewards: &[f32], batch: usize, gamma: f64) -> Vec<f32> {
    let mut later = vec![0.0; batch];
    let mut returns = vec![0.0; rewards.len()];
    for (returns, rewards) in returns.chunks_exact_mut(batch).zip(rewards.chunks_exact(batch)).rev() {
        for ((total, &reward), later) in returns.iter_mut().zip(rewards).zip(&mut later) {
            *later = f64::from(reward) + gamma * *later;
            *total = *later as f32;
        }
    }
    returns
}

/// The loss of each lifetime, `[B]`. `logits` is `[T, B, A]`, log p up to a constant; `values` is `[T, B]`.
///
/// # Errors
/// When shapes do not fit together, or an action is none of those there are.
pub fn losses(logits: &Tensor, values: &Tensor, trajectory: &Trajectory, constants: Constants) -> Result<Tensor> {
    let (steps, batch, count) = logits.dims3()?;
    let Trajectory { actions, rewards } = trajectory;
    if values.dims() != [steps, batch] || actions.len() != steps * batch || rewards.len() != steps * batch {
        bail!(
            "expected values, actions and rewards of {steps} steps and {batch} lifetimes, found {:?}, {} and {}",
            values.dims(),
            actions.len(),
            rewards.len()
        );
    }
    let Constants { gamma, penalty, value_weight } = constants;
    let mut chosen = vec![0.0f32; steps * batch * count];
    for (row, &action) in chosen.chunks_exact_mut(count).zip(actions) {
        match row.get_mut(action) {
            Some(place) => *place = 1.0,
            None => bail!("expected actions 0 to {}, found {action}", count - 1),
        }
    }
    let device = logits.device();
    let chosen = Tensor::from_vec(chosen, (steps, batch, count), device)?;
    let returns = Tensor::from_vec(returns(rewards, batch, gamma), (steps, batch), device)?;

    // log p, without large exponents.
    let shifted = logits.broadcast_sub(&logits.max_keepdim(D::Minus1)?.detach())?;
    let log_p = shifted.broadcast_sub(&shifted.exp()?.sum_keepdim(D::Minus1)?.log()?)?;
    let certainty = (log_p.exp()?.sqr()?.sum(D::Minus1)? * penalty)?;
    let advantage = (returns - values)?;
    let choice = ((log_p * chosen)?.sum(D::Minus1)? * advantage.detach())?;
    let foresight = (advantage.sqr()? * value_weight)?;
    ((certainty - choice)? + foresight)?.sum(0)? / steps as f64
}
