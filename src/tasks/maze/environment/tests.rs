//! The promises of the maze.

use super::*;
use crate::data::Stream;
use std::collections::BTreeSet;

const ALL: Inputs = Inputs::ALL;

const PAPER: Rules = Rules {
    size: 9,
    steps: 200,
    wall_penalty: 0.1,
    reward: 10.0,
    inputs: ALL,
    goals: Goals::All,
    pillars: Pillars::Regular,
};

fn environment(rules: Rules, batch: usize, seed: u64) -> Environment {
    Environment::new(rules, batch, Generator::new(seed, Stream::Episode)).unwrap()
}

fn sees(environment: &Environment) -> Vec<Vec<f32>> {
    let mut observations = vec![f32::NAN; environment.batch() * OBSERVATION];
    environment.observe(&mut observations);
    observations.chunks_exact(OBSERVATION).map(<[f32]>::to_vec).collect()
}

/// One agent on a given square, with the reward elsewhere.
fn placed(square: [usize; 2], reward_square: [usize; 2]) -> Environment {
    let mut environment = environment(PAPER, 1, 0);
    let [square, reward_square] = [square, reward_square].map(|[row, column]| Square { row, column });
    let grid = Grid::regular(9);
    environment.agents[0] = Agent { grid, reward_square, square, last_action: None, last_reward: 0.0 };
    environment
}

#[test]
fn pillars_stand_on_every_other_square_in_both_directions() {
    let drawn: Vec<String> = (0..11)
        .map(|row| {
            let wall = |column| Grid::regular(9).is_wall(Square { row, column });
            (0..11).map(|column| if wall(column) { '#' } else { '.' }).collect()
        })
        .collect();
    let (edge, open, pillars) = ("###########", "#.........#", "#.#.#.#.#.#");
    assert_eq!(drawn, [edge, open, pillars, open, pillars, open, pillars, open, pillars, open, edge]);
    for size in SIZES_THERE_ARE {
        let grid = Grid::new(size).unwrap();
        let even = (size - 1) / 2;
        // Where the centre would be a pillar there is none.
        let pillars = even * even - usize::from(size.div_ceil(2).is_multiple_of(2));
        assert_eq!(grid.open_squares(|_| true).len(), size * size - pillars, "size {size}");
        assert!(!grid.is_wall(grid.centre()), "size {size}");
    }
}

const SIZES_THERE_ARE: [usize; 9] = [5, 7, 9, 11, 13, 15, 17, 19, 21];

#[test]
fn sizes_that_are_even_or_out_of_bounds_are_refused_with_a_sentence() {
    for size in [0, 3, 4, 6, 8, 20, 22, 23, 1001] {
        let generator = Generator::new(0, Stream::Episode);
        let error = Environment::new(Rules { size, ..PAPER }, 1, generator).unwrap_err().to_string();
        assert_eq!(error, format!("setting size expects an odd whole number from 5 to 21, found {size}"));
    }
}

#[test]
fn the_reward_square_is_never_a_pillar_nor_the_centre_and_any_other() {
    for size in [5, 7, 9, 21] {
        let environment = environment(Rules { size, ..PAPER }, 10_000, 3);
        let grid = environment.grid(0);
        let hidden: BTreeSet<Square> = (0..environment.batch()).map(|agent| environment.reward_square(agent)).collect();
        let expected = grid.open_squares(|square| square != grid.centre());
        assert_eq!(hidden.into_iter().collect::<Vec<_>>(), expected, "size {size}");
        assert!((0..environment.batch()).all(|agent| environment.square(agent) == grid.centre()));
    }
}

#[test]
fn actions_lead_up_right_left_and_down() {
    for (action, [row, column]) in Action::ALL.into_iter().zip([[4, 5], [5, 6], [5, 4], [6, 5]]) {
        let mut environment = placed([5, 5], [1, 1]);
        let turns = environment.act(&[action]);
        assert_eq!(turns, [Turn { reward: 0.0, bumped: false, found: false }]);
        assert_eq!(environment.square(0), Square { row, column }, "{action:?}");
    }
}

#[test]
fn walking_into_a_wall_or_a_pillar_costs_a_tenth_and_moves_nobody() {
    for (square, action) in
        [([1, 1], Action::Up), ([5, 9], Action::Right), ([3, 1], Action::Left), ([3, 4], Action::Down)]
    {
        let mut environment = placed(square, [9, 9]);
        let turns = environment.act(&[action]);
        assert_eq!(turns, [Turn { reward: -0.1, bumped: true, found: false }], "{square:?} {action:?}");
        assert_eq!(environment.square(0), Square { row: square[0], column: square[1] });
    }
}

#[test]
fn the_reward_pays_and_leads_to_any_open_square_but_the_reward_itself() {
    let mut reached = BTreeSet::new();
    for seed in 0..3000 {
        let mut environment = placed([5, 4], [5, 5]);
        environment.generator = Generator::new(seed, Stream::Episode);
        let turns = environment.act(&[Action::Right]);
        assert_eq!(turns, [Turn { reward: 10.0, bumped: false, found: true }]);
        assert_eq!(environment.reward_square(0), Square { row: 5, column: 5 }, "the reward stays where it is");
        reached.insert(environment.square(0));
    }
    let expected = Grid::regular(9).open_squares(|square| square != Square { row: 5, column: 5 });
    assert_eq!(reached.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_reward_is_seen_one_step_late_and_for_one_step() {
    let mut environment = placed([5, 4], [5, 5]);
    assert_eq!(sees(&environment)[0][LAST_REWARD], 0.0);
    environment.act(&[Action::Right]);
    assert_eq!(sees(&environment)[0][LAST_REWARD], 10.0);
    environment.agents[0].square = Square { row: 1, column: 1 };
    environment.act(&[Action::Left]);
    assert_eq!(sees(&environment)[0][LAST_REWARD], -0.1);
    environment.act(&[Action::Right]);
    assert_eq!(sees(&environment)[0][LAST_REWARD], 0.0);
}

#[test]
fn an_observation_is_walls_reward_action_time_and_a_one() {
    let places = [WALLS, LAST_REWARD..LAST_REWARD + 1, LAST_ACTION, TIME..TIME + 1, BIAS..BIAS + 1].map(Vec::from_iter);
    assert_eq!(places.concat(), (0..OBSERVATION).collect::<Vec<_>>(), "no place twice, none unused");
    let mut environment = placed([1, 2], [9, 9]);
    let walls = [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    let seen = &sees(&environment)[0];
    assert_eq!(seen[WALLS], walls);
    assert_eq!(seen[WALLS.end..], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0], "no action yet, no time has passed");
    environment.act(&[Action::Down]);
    let seen = &sees(&environment)[0];
    assert_eq!(seen[WALLS], walls, "a bump moves nobody");
    assert_eq!(seen[WALLS.end..], [-0.1, 0.0, 0.0, 0.0, 1.0, 1.0 / 200.0, 1.0]);
}

#[test]
fn a_seed_gives_the_same_walk_again() {
    let mut walked = environment(PAPER, 30, 7);
    let mut again = environment(PAPER, 30, 7);
    let mut actions = Generator::new(1, Stream::Training);
    let mut found = 0;
    let mut walk = |one: &mut Environment, other: &mut Environment| {
        for _ in 0..900 {
            let actions: Vec<Action> = (0..30).map(|_| Action::ALL[actions.random_range(0..4)]).collect();
            let (turns, same) = (one.act(&actions), other.act(&actions));
            assert_eq!(turns, same);
            assert_eq!(sees(one), sees(other));
            found += turns.iter().filter(|turn| turn.found).count();
        }
    };
    walk(&mut walked, &mut again);
    assert!(found > 100, "the agents have found what there is to find: {found}");
}

#[test]
fn an_input_that_is_withheld_is_zero_and_the_others_are_what_they_were() {
    let places = [WALLS, LAST_REWARD..LAST_REWARD + 1, LAST_ACTION, TIME..TIME + 1];
    let withheld = [
        Inputs { walls: false, ..ALL },
        Inputs { reward: false, ..ALL },
        Inputs { action: false, ..ALL },
        Inputs { time: false, ..ALL },
    ];
    // Beside the reward square, so that every input says something after one step to the right.
    let seen = |inputs: Inputs| {
        let mut environment = placed([5, 5], [5, 6]);
        environment.rules.inputs = inputs;
        environment.act(&[Action::Right]);
        sees(&environment).remove(0)
    };
    let all = seen(ALL);
    for (inputs, place) in withheld.into_iter().zip(places) {
        let mut expected = all.clone();
        assert!(expected[place.clone()].iter().any(|&value| value != 0.0), "{inputs:?}: nothing to withhold");
        expected[place].fill(0.0);
        assert_eq!(seen(inputs), expected, "{inputs:?}");
    }
    assert_eq!(ALL, Inputs { walls: true, reward: true, action: true, time: true });
    assert_eq!(Inputs::default(), ALL);
}

#[test]
fn a_bump_costs_and_the_reward_pays_what_the_rules_say() {
    let mut environment = placed([1, 1], [1, 2]);
    (environment.rules.wall_penalty, environment.rules.reward) = (0.5, 3.0);
    assert_eq!(environment.act(&[Action::Up])[0].reward, -0.5);
    assert_eq!(environment.act(&[Action::Right])[0].reward, 3.0);
}

/// Computed by another program from the published algorithms of xoshiro256++ and of uniform whole numbers.
#[test]
fn the_regular_maze_draws_what_it_always_drew() {
    let environment = environment(PAPER, 8, 7);
    let drawn: Vec<[usize; 2]> = (0..8)
        .map(|agent| {
            let Square { row, column } = environment.reward_square(agent);
            [row, column]
        })
        .collect();
    assert_eq!(drawn, [[1, 7], [9, 5], [1, 6], [5, 6], [5, 3], [5, 3], [7, 1], [1, 6]]);
}

#[test]
fn pillars_are_bumped_into_where_they_are_and_rewards_lead_to_open_squares() {
    let mut environment = environment(Rules { pillars: Pillars::Random, ..PAPER }, 30, 5);
    let mut actions = Generator::new(1, Stream::Training);
    let [mut found, mut bumped] = [0; 2];
    for _ in 0..2000 {
        let before: Vec<Square> = (0..30).map(|agent| environment.square(agent)).collect();
        let chosen: Vec<Action> = (0..30).map(|_| Action::ALL[actions.random_range(0..4)]).collect();
        for (agent, turn) in environment.act(&chosen).into_iter().enumerate() {
            let (grid, here) = (environment.grid(agent), environment.square(agent));
            assert!(!grid.is_wall(here) && !grid.is_wall(environment.reward_square(agent)));
            assert_eq!(turn.bumped, grid.is_wall(before[agent].beside(chosen[agent])));
            found += usize::from(turn.found);
            bumped += usize::from(turn.bumped);
        }
    }
    assert!(found > 100 && bumped > 1000, "{found} {bumped}");
    assert!(environment.move_reward(0, Square { row: 0, column: 3 }).is_err());
}
