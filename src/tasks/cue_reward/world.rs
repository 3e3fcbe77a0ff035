//! Trials as an agent's world: what it sees and gets.
//!
//! | places | what |
//! |---|---|
//! | 0 to bits | the cue, where one is shown |
//! | bits | one where an answer is asked for |
//! | bits + 1 | one |
//! | bits + 2 | the part of the lifetime that lies behind |
//! | bits + 3 | what the last action brought |
//! | bits + 4 | nothing, as in the paper |
//! | bits + 5, bits + 6 | the last action, one-hot; zeros in the first step |

use super::rules::Rules;
use super::tally::Answers;
use super::{NO, YES};
use crate::data::Generator;
use crate::episode::{Event, EventKind, Shown, Trials, What};
use crate::tasks::agent::{Surroundings, World};
use crate::tasks::tally::Tally;
use crate::tasks::{Episode, Goal, Measure};
use candle_core::{Error, Result};

const DETAILS: [Measure; 2] = [
    Measure::number("right", "right answers in an episode", Goal::Higher),
    Measure::number("wrong", "wrong answers in an episode", Goal::Lower),
];

/// Lifetimes of some rules.
pub(super) struct Questions {
    rules: Rules,
}

impl Questions {
    pub(super) fn new(rules: Rules) -> Self {
        Self { rules }
    }
}

impl Surroundings for Questions {
    type World = Asked;

    fn inputs(&self) -> usize {
        self.rules.inputs()
    }

    fn constant_input(&self) -> Option<usize> {
        Some(self.rules.bits + 1)
    }

    fn details(&self) -> &'static [Measure] {
        &DETAILS
    }

    fn draw(&self, generator: &mut Generator) -> Episode {
        let trials = self.rules.draw(&mut generator.fork());
        Episode::Trials { trials, actions: generator.fork() }
    }

    fn enter(&self, episode: Episode, _is_recorded: bool) -> Result<(Asked, Generator)> {
        let Rules { cues, bits, steps, .. } = self.rules;
        match episode {
            Episode::Trials { trials, actions } => {
                trials.check(steps).map_err(Error::Msg)?;
                if (trials.cues.len(), trials.bits()) != (cues, bits) {
                    let found = (trials.cues.len(), trials.bits());
                    return Err(Error::Msg(format!(
                        "expected {cues} cues of {bits} bits, found {} of {}",
                        found.0, found.1
                    )));
                }
                let target = trials.target;
                Ok((Asked { trials, target, last: None, rewards: Vec::with_capacity(steps) }, actions))
            }
            Episode::Recall(_) | Episode::Maze { .. } | Episode::OneShot(_) | Episode::Text(_) => {
                Err(Error::Msg("expected an episode of trials, found another".into()))
            }
        }
    }

    fn tally(&self, _generator: Generator, since: Option<usize>) -> Option<Box<dyn Tally>> {
        Some(Box::new(Answers { trials: self.rules.most_trials(), since }))
    }
}

/// The trials of one agent.
pub(super) struct Asked {
    trials: Trials,
    /// Which cue is the target by now.
    target: usize,
    last: Option<usize>,
    rewards: Vec<f32>,
}

impl Asked {
    fn count(&self, of: impl Fn(f32) -> bool) -> f32 {
        self.rewards.iter().filter(|reward| of(**reward)).count() as f32
    }
}

impl World for Asked {
    fn observe(&self, seen: &mut [f32]) {
        let (step, bits) = (self.rewards.len(), self.trials.bits());
        seen.fill(0.0);
        match self.trials.shown[step] {
            Shown::Blank => {}
            Shown::Cue(cue) => seen[..bits].copy_from_slice(&self.trials.cues[cue]),
            Shown::Go => seen[bits] = 1.0,
        }
        seen[bits + 1] = 1.0;
        seen[bits + 2] = step as f32 / self.trials.shown.len() as f32;
        seen[bits + 3] = self.rewards.last().copied().unwrap_or(0.0);
        if let Some(action) = self.last {
            seen[bits + 5 + action] = 1.0;
        }
    }

    fn act(&mut self, action: usize) -> f32 {
        let step = self.rewards.len();
        let reward = match self.trials.shown[step] {
            Shown::Go if action == if self.trials.is_yes_right(step, self.target) { YES } else { NO } => 1.0,
            Shown::Go => -1.0,
            Shown::Blank | Shown::Cue(_) => 0.0,
        };
        self.last = Some(action);
        self.rewards.push(reward);
        reward
    }

    fn suffer(&mut self, what: &What) -> std::result::Result<(), String> {
        let count = self.trials.cues.len();
        match what {
            What::MoveReward(_) => {
                Err("expected something that can be done where cues are shown, found a reward that is \
                                        to be moved to another square"
                    .into())
            }
            What::SetTarget(cue) if *cue >= count => {
                Err(format!("expected one of {count} cues as the target, found number {}", cue.saturating_add(1)))
            }
            What::SetTarget(cue) => {
                self.target = *cue;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        for (start, shown) in self.trials.shown.iter().enumerate().take(self.rewards.len()) {
            let (kind, index) = match shown {
                Shown::Blank => continue,
                Shown::Cue(cue) => (EventKind::Cue, Some(*cue)),
                Shown::Go => (EventKind::Go, None),
            };
            events.push(Event { kind, start, steps: 1, index });
            if self.rewards[start] > 0.0 {
                events.push(Event { kind: EventKind::Reward, start, steps: 1, index: None });
            }
        }
        events
    }

    fn details(&self) -> Vec<f32> {
        vec![self.count(|reward| reward > 0.0), self.count(|reward| reward < 0.0)]
    }

    fn trials(&self) -> Option<Trials> {
        Some(self.trials.clone())
    }
}
