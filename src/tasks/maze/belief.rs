//! What an agent would do elsewhere: a virtual agent on every open square, with the present trace and the present
//! activity of the true one.

use super::environment::{OBSERVATION, WALLS};
use super::grid::{ACTION_NAMES, Action, Square};
use crate::episode::Tape;
use crate::plastic::Parameters;
use crate::plastic::network::effective_weight;
use crate::tasks::agent::Heads;
use candle_core::Result;

/// How many actions there are.
pub const ACTIONS: usize = ACTION_NAMES.len();

/// What the agent would do on a square, and what it would expect of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Belief {
    /// The square.
    pub square: Square,
    /// How likely each action would be.
    pub probabilities: [f32; ACTIONS],
    /// The return that it would foresee.
    pub value: f32,
}

impl Belief {
    /// The likeliest action.
    pub fn preferred(&self) -> Action {
        let likeliest =
            (0..ACTIONS).max_by(|&one, &other| self.probabilities[one].total_cmp(&self.probabilities[other]));
        Action::ALL[likeliest.unwrap_or_default()]
    }
}

/// The beliefs of the agent on `tape` at a step, for every open square: it would see other walls, and know everything
/// else that it knows. `trace` is H(t), `[N, N]` row major, empty for a network without. Empty for a tape without a
/// maze.
///
/// All squares share what the recurrence brings (*Differentiable plasticity*, eq. 1: Σ_i (w_ij + α_ij H_ij(t))
/// x_i(t−1)); only what is seen differs.
///
/// # Errors
/// When a parameter is missing.
pub fn beliefs(parameters: &Parameters, tape: &Tape, step: usize, trace: &[f32]) -> Result<Vec<Belief>> {
    let Some((behaviour, walk)) = tape.content.behaviour().zip(tape.content.walk()) else { return Ok(Vec::new()) };
    let heads = Heads::new(parameters)?;
    let neurons = tape.neurons();
    let recurrent = recurrent(parameters, tape, step, trace)?;
    let mut seen = behaviour.observations[step * OBSERVATION..][..OBSERVATION].to_vec();
    // An agent that has never seen a wall has not been given eyes: it would see none elsewhere either.
    let sees_walls = behaviour.observations.chunks_exact(OBSERVATION).any(|seen| seen[WALLS].contains(&1.0));
    let (mut drive, mut beliefs) = (vec![0.0; neurons], Vec::new());
    for (row, column) in (0..walk.side).flat_map(|row| (0..walk.side).map(move |column| (row, column))) {
        if walk.is_wall([row, column]) {
            continue;
        }
        let square = Square { row, column };
        for (seen, around) in seen[WALLS].iter_mut().zip(square.surroundings()) {
            *seen = if sees_walls && walk.is_wall([around.row, around.column]) { 1.0 } else { 0.0 };
        }
        heads.drive(&seen, &mut drive);
        let activity: Vec<f32> = drive.iter().zip(&recurrent).map(|(drive, sum)| (drive + sum).tanh()).collect();
        let mut probabilities = [0.0; ACTIONS];
        heads.probabilities(&activity, &mut probabilities);
        let value = heads.value(&activity);
        beliefs.push(Belief { square, probabilities, value });
    }
    Ok(beliefs)
}

/// What each neuron hears from all others at a step, `[N]`.
fn recurrent(parameters: &Parameters, tape: &Tape, step: usize, trace: &[f32]) -> Result<Vec<f32>> {
    let neurons = tape.neurons();
    let mut sums = vec![0.0; neurons];
    let Some(before) = tape.activity_before(step) else { return Ok(sums) };
    let w = parameters.values("w")?;
    let plastic = match tape.recurrent_layer().and_then(|layer| tape.layer(layer)) {
        Some(view) if !trace.is_empty() => {
            let (layer, scale) = (view.layer(), view.alpha_scale(step));
            let alpha = parameters.values(&layer.parameter("alpha"))?;
            Some((layer, alpha.iter().map(|alpha| scale * alpha).collect::<Vec<_>>()))
        }
        _ => None,
    };
    for (from, activity) in before.iter().enumerate() {
        for (to, sum) in sums.iter_mut().enumerate() {
            let w = w[from * neurons + to];
            *sum += activity
                * match &plastic {
                    Some((layer, alpha)) => {
                        effective_weight(w, layer.alpha_at(alpha, from, to), trace[from * neurons + to])
                    }
                    None => w,
                };
        }
    }
    Ok(sums)
}
