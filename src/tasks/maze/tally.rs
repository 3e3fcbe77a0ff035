//! What an evaluation of an agent tells: when in a lifetime rewards come, and what others would have got.

use super::baselines;
use super::environment::Rules;
use crate::data::Generator;
use crate::episode::{EventKind, Tape};
use crate::tasks::tally::{Finding, Tally};

/// Into so many parts a lifetime is divided.
const PARTS: usize = 10;

/// Rewards in the lifetimes of an evaluation, beside as many lifetimes of agents that do not learn.
pub struct Rewards {
    rules: Rules,
    generator: Generator,
    /// The step before which somebody does something first.
    since: Option<usize>,
}

impl Rewards {
    /// The other agents' mazes are drawn from `generator`. Somebody first does something before step `since`.
    pub fn new(rules: Rules, generator: Generator, since: Option<usize>) -> Self {
        Self { rules, generator, since }
    }
}

impl Tally for Rewards {
    fn judge(&mut self, tape: &Tape) -> Vec<Finding> {
        let Some(behaviour) = tape.content.behaviour() else { return Vec::new() };
        // A part into which no step falls has no reward.
        let parts = |count: usize| {
            let mut parts = vec![None; count];
            for (step, &reward) in behaviour.rewards.iter().enumerate() {
                *parts[step * count / tape.steps].get_or_insert(0.0) += f64::from(reward);
            }
            parts
        };
        let halves = parts(2);
        let found = tape.events.iter().filter(|event| event.kind == EventKind::Reward);
        let steps: Vec<usize> = found.map(|event| event.start).collect();
        let first = steps.first().map(|&step| (step + 1) as f64);
        let between = match (steps.first(), steps.last()) {
            (Some(first), Some(last)) if steps.len() > 1 => Some((last - first) as f64 / (steps.len() - 1) as f64),
            _ => None,
        };
        let mut findings = vec![
            Finding::number("reward_first_half", "reward in the first half of the episode", halves[0]),
            Finding::number("reward_second_half", "in the second half", halves[1]),
            Finding::list("reward_by_tenth", "reward in each tenth of the episode", parts(PARTS)),
            Finding::share(
                "found_share",
                "part of the episodes in which the reward was found",
                Some(!steps.is_empty()),
            ),
            Finding::number("first_reward_steps", "steps to the first reward, where it was found", first),
            Finding::number("between_rewards_steps", "steps between rewards after it, mean of each episode", between),
        ];
        if let Some(since) = self.since {
            let after: f32 = behaviour.rewards.iter().skip(since).sum();
            let is_known = steps.first().is_some_and(|&step| step < since);
            let is_again = steps.last().is_some_and(|&step| step >= since);
            findings.extend([
                Finding::number("reward_since", "reward from the first intervention on", Some(f64::from(after))),
                Finding::share(
                    "never_again_share",
                    "of the episodes that had found it before: never again",
                    is_known.then_some(!is_again),
                ),
            ]);
        }
        let [random, oracle] = [baselines::random, baselines::oracle].map(|live| live(self.rules, &mut self.generator));
        findings.extend([
            Finding::baseline("random_reward", "reward of an agent that walks at random", Some(random)),
            Finding::baseline("oracle_reward", "reward by shortest ways, knowing the square", Some(oracle)),
        ]);
        findings
    }
}
