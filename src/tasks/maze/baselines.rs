//! What the reward is worth without learning: an agent that walks at random, and one that knows where the reward is.

use super::environment::{Environment, Rules};
use super::grid::{Action, Square};
use crate::data::Generator;
use rand::Rng as _;
use std::collections::{BTreeMap, VecDeque};

/// The reward of one lifetime of an agent that takes every action with the same chance.
pub fn random(rules: Rules, generator: &mut Generator) -> f64 {
    let mut actions = generator.fork();
    lifetime(rules, generator, |_| Action::ALL[actions.random_range(0..Action::ALL.len())])
}

/// The reward of one lifetime of an agent that knows the reward square from the start and takes a shortest way there,
/// again and again.
pub fn oracle(rules: Rules, generator: &mut Generator) -> f64 {
    let mut distances = None;
    lifetime(rules, generator, |environment| {
        let (grid, here) = (environment.grid(0), environment.square(0));
        let distances =
            distances.get_or_insert_with(|| distances_to(environment.reward_square(0), |square| grid.is_wall(square)));
        let ahead = |action: Action| distances.get(&here.beside(action)).copied();
        let nearest = Action::ALL.into_iter().filter_map(|action| Some((ahead(action)?, action)));
        nearest.min_by_key(|&(distance, _)| distance).map_or(Action::Up, |(_, action)| action)
    })
}

fn lifetime(rules: Rules, generator: &mut Generator, mut choose: impl FnMut(&Environment) -> Action) -> f64 {
    let Ok(mut environment) = Environment::new(rules, 1, generator.fork()) else { return 0.0 };
    let rewards = (0..rules.steps).map(|_| {
        let action = choose(&environment);
        environment.act(&[action]).iter().map(|turn| f64::from(turn.reward)).sum::<f64>()
    });
    rewards.sum()
}

/// How many steps it takes from each open square to `target`.
pub fn distances_to(target: Square, is_wall: impl Fn(Square) -> bool) -> BTreeMap<Square, usize> {
    let mut distances = BTreeMap::from([(target, 0)]);
    let mut reached = VecDeque::from([(target, 0)]);
    while let Some((square, distance)) = reached.pop_front() {
        for next in Action::ALL.map(|action| square.beside(action)) {
            if !is_wall(next) && !distances.contains_key(&next) {
                distances.insert(next, distance + 1);
                reached.push_back((next, distance + 1));
            }
        }
    }
    distances
}

#[cfg(test)]
mod tests {
    use super::super::grid::Grid;
    use super::*;
    use crate::data::Stream;
    use crate::tasks::maze::environment::Inputs;
    use crate::tasks::maze::goals::Goals;
    use crate::tasks::maze::grid::Pillars;

    const PAPER: Rules = Rules {
        size: 9,
        steps: 200,
        wall_penalty: 0.1,
        reward: 10.0,
        inputs: Inputs::ALL,
        goals: Goals::All,
        pillars: Pillars::Regular,
    };

    #[test]
    fn shortest_ways_lead_around_pillars() {
        let grid = Grid::new(9).unwrap();
        let distances = distances_to(Square { row: 1, column: 2 }, |square| grid.is_wall(square));
        assert_eq!(distances.len(), grid.open_squares(|_| true).len(), "every open square can be reached");
        assert_eq!(distances[&Square { row: 1, column: 5 }], 3);
        // A pillar stands between them.
        assert_eq!(distances[&Square { row: 3, column: 2 }], 4);
        assert_eq!(distances[&Square { row: 9, column: 9 }], 15);
    }

    #[test]
    fn the_oracle_finds_the_reward_as_often_as_distances_allow_and_never_bumps() {
        for pillars in [Pillars::Regular, Pillars::Random] {
            let mut generator = Generator::new(5, Stream::Evaluation);
            let rewards: Vec<f64> = (0..200).map(|_| oracle(Rules { pillars, ..PAPER }, &mut generator)).collect();
            assert!(rewards.iter().all(|reward| reward % 10.0 == 0.0), "no step into a wall: {rewards:?}");
            let mean = rewards.iter().sum::<f64>() / 200.0;
            // Two random open squares of the maze are about six and a half steps apart.
            assert!((250.0..400.0).contains(&mean), "{mean}");
        }
    }

    #[test]
    fn walking_at_random_finds_little() {
        let mut generator = Generator::new(5, Stream::Evaluation);
        let mean = (0..500).map(|_| random(PAPER, &mut generator)).sum::<f64>() / 500.0;
        assert!((-5.0..20.0).contains(&mean), "{mean}");
    }
}
