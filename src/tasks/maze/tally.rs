//! What an evaluation of an agent tells: when in a lifetime rewards come, and what others would have got.

use super::baselines;
use super::environment::Rules;
use crate::data::Generator;
use crate::episode::{EventKind, Tape};
use crate::tasks::tally::{Entry, Mean, Tally, Told};

/// Into so many parts a lifetime is divided.
const PARTS: usize = 10;

/// Rewards over the lifetimes of an evaluation, beside as many lifetimes of agents that do not learn.
pub struct Rewards {
    rules: Rules,
    generator: Generator,
    reward: Mean,
    by_part: [Mean; PARTS],
    first: Mean,
    /// One for each lifetime in which the reward was found, zero for the others.
    found: Mean,
    between: Mean,
    random: Mean,
    oracle: Mean,
}

impl Rewards {
    /// None yet. The other agents' mazes are drawn from `generator`.
    pub fn new(rules: Rules, generator: Generator) -> Self {
        let none = Mean::default();
        let [reward, first, found, between, random, oracle] = [none; 6];
        Self { rules, generator, reward, by_part: [none; PARTS], first, found, between, random, oracle }
    }
}

impl Tally for Rewards {
    fn add(&mut self, tape: &Tape) {
        let Some(behaviour) = tape.content.behaviour() else { return };
        let mut parts = [0.0; PARTS];
        for (step, &reward) in behaviour.rewards.iter().enumerate() {
            parts[step * PARTS / tape.steps] += f64::from(reward);
        }
        self.reward.add(parts.iter().sum());
        for (mean, part) in self.by_part.iter_mut().zip(parts) {
            mean.add(part);
        }
        let found = tape.events.iter().filter(|event| event.kind == EventKind::Reward);
        let steps: Vec<usize> = found.map(|event| event.start + 1).collect();
        if let Some(&first) = steps.first() {
            self.first.add(first as f64);
        }
        self.found.add(if steps.is_empty() { 0.0 } else { 1.0 });
        for pair in steps.windows(2) {
            self.between.add((pair[1] - pair[0]) as f64);
        }
        self.random.add(baselines::random(self.rules, &mut self.generator));
        self.oracle.add(baselines::oracle(self.rules, &mut self.generator));
    }

    fn report(&self) -> Vec<Entry> {
        let number = |key, title, value| Entry { key, title, value: Told::Number(value) };
        let by_part = self.by_part.iter().map(|mean| mean.mean().unwrap_or(0.0)).collect();
        let parts =
            Entry { key: "reward_by_tenth", title: "reward in each tenth of the episode", value: Told::List(by_part) };
        vec![
            number("reward_error", "standard error of the reward", self.reward.error()),
            parts,
            number("found_share", "part of the episodes in which the reward was found", self.found.mean()),
            number("first_reward_steps", "steps to the first reward, where it was found", self.first.mean()),
            number("between_rewards_steps", "steps between rewards after it", self.between.mean()),
            number("random_reward", "reward of an agent that walks at random", self.random.mean()),
            number("random_reward_error", "its standard error", self.random.error()),
            number("oracle_reward", "reward by shortest ways, knowing the square", self.oracle.mean()),
            number("oracle_reward_error", "its standard error", self.oracle.error()),
        ]
    }
}
