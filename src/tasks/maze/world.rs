//! The maze as an agent's world: what it sees and gets, and what is remembered of its way.

use super::environment::{BIAS, Environment, OBSERVATION, Rules, Turn};
use super::examples;
use super::grid::{Action, Square};
use super::tally::Rewards;
use crate::data::Generator;
use crate::episode::{Event, EventKind, Walk, What};
use crate::tasks::agent::{Surroundings, World};
use crate::tasks::tally::Tally;
use crate::tasks::{Episode, Goal, Measure};
use candle_core::{Error, Result};

const DETAILS: [Measure; 2] = [
    Measure::number("found", "how often the reward was reached", Goal::Higher),
    Measure::number("bumps", "steps into a wall", Goal::Lower),
];

/// Mazes of some rules.
pub struct Mazes {
    rules: Rules,
    /// Those of training; `None` where this is training itself.
    trained: Option<Rules>,
}

impl Mazes {
    /// Mazes of `rules`, which have been [checked](Rules::check), to train agents in or,
    /// where they were trained in those of `trained`, to test them.
    pub fn new(rules: Rules, trained: Option<Rules>) -> Self {
        Self { rules, trained }
    }
}

impl Surroundings for Mazes {
    type World = Maze;

    fn inputs(&self) -> usize {
        OBSERVATION
    }

    fn constant_input(&self) -> Option<usize> {
        Some(BIAS)
    }

    fn details(&self) -> &'static [Measure] {
        &DETAILS
    }

    fn examples(&self) -> Option<String> {
        examples::words(&self.rules, self.trained.as_ref())
    }

    fn draw(&self, generator: &mut Generator) -> Episode {
        let environment = Environment::new(self.rules, 1, generator.fork()).expect("the rules have been checked");
        Episode::Maze { environment, actions: generator.fork() }
    }

    fn enter(&self, episode: Episode, is_recorded: bool) -> Result<(Maze, Generator)> {
        match episode {
            Episode::Maze { environment, actions } if environment.rules() == self.rules && environment.batch() == 1 => {
                Ok((Maze::new(environment, is_recorded), actions))
            }
            Episode::Maze { environment, .. } => {
                Err(Error::Msg(format!("expected a maze of {:?}, found one of {:?}", self.rules, environment.rules())))
            }
            Episode::Recall(_) | Episode::Trials { .. } | Episode::OneShot(_) | Episode::Text(_) => {
                Err(Error::Msg("expected an episode in a maze, found another".into()))
            }
        }
    }

    fn tally(&self, generator: Generator, since: Option<usize>) -> Option<Box<dyn Tally>> {
        Some(Box::new(Rewards::new(self.rules, generator, since)))
    }
}

/// The maze of one agent, and its way through it.
pub struct Maze {
    environment: Environment,
    turns: Vec<Turn>,
    /// Where it was before each action and after the last; empty unless recorded.
    squares: Vec<[usize; 2]>,
    /// Where the reward was at first.
    first_reward: [usize; 2],
    is_recorded: bool,
}

impl Maze {
    fn new(environment: Environment, is_recorded: bool) -> Self {
        Self {
            squares: vec![place(environment.square(0))],
            first_reward: place(environment.reward_square(0)),
            turns: Vec::with_capacity(environment.rules().steps),
            environment,
            is_recorded,
        }
    }

    fn count(&self, of: impl Fn(&Turn) -> bool) -> f32 {
        self.turns.iter().filter(|turn| of(turn)).count() as f32
    }
}

impl World for Maze {
    fn observe(&self, seen: &mut [f32]) {
        self.environment.observe(seen);
    }

    fn act(&mut self, action: usize) -> f32 {
        // Interventions have been checked, and the policy has as many outputs as there are actions.
        let action = Action::ALL[action];
        self.turns.extend(self.environment.act(&[action]));
        if self.is_recorded {
            self.squares.push(place(self.environment.square(0)));
        }
        self.turns.last().map_or(0.0, |turn| turn.reward)
    }

    fn suffer(&mut self, what: &What) -> std::result::Result<(), String> {
        match *what {
            What::MoveReward([row, column]) => self.environment.move_reward(0, Square { row, column }),
            What::SetTarget(_) => Err("expected something that can be done in a maze, found another target cue".into()),
            _ => Ok(()),
        }
    }

    fn events(&self) -> Vec<Event> {
        let steps = self.turns.len();
        let mut events = Vec::new();
        for (start, turn) in self.turns.iter().enumerate() {
            let mut note = |kind, start| events.push(Event { kind, start, steps: 1, index: None });
            if turn.bumped {
                note(EventKind::Bump, start);
            }
            if turn.found {
                note(EventKind::Reward, start);
                if start + 1 < steps {
                    // The first step elsewhere.
                    note(EventKind::Teleport, start + 1);
                }
            }
        }
        events.sort_by_key(|event| event.start);
        events
    }

    fn details(&self) -> Vec<f32> {
        vec![self.count(|turn| turn.found), self.count(|turn| turn.bumped)]
    }

    fn walk(&self) -> Option<Walk> {
        let grid = self.environment.grid(0);
        let side = grid.side();
        let walls = (0..side * side).map(|at| grid.is_wall(Square { row: at / side, column: at % side })).collect();
        Some(Walk { side, walls, reward: self.first_reward, squares: self.squares.clone() })
    }
}

fn place(square: Square) -> [usize; 2] {
    [square.row, square.column]
}
