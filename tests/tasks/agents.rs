//! The agents that come with the program do what they were trained for, on lives by which they were neither trained nor
//! chosen.

use crate::workbench::evaluated;
use hebbscope::episode::{EventKind, Tape};
use hebbscope::plastic::Parameters;
use hebbscope::tasks::maze::baselines::distances_to;
use hebbscope::tasks::maze::belief::beliefs;
use hebbscope::tasks::maze::grid::{Action, Square};
use hebbscope::train::Bundled;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

const LIVES: u64 = 60;

#[test]
fn bundled_agents_find_the_reward_and_earn_more_in_the_second_half_of_a_life() {
    for (bundled, file, least) in
        [(Bundled::Agent, "agent.safetensors", 150.0), (Bundled::ModulatedAgent, "modulated-agent.safetensors", 160.0)]
    {
        let checkpoint = bundled.open().unwrap();
        assert_eq!(checkpoint.curve.len() as u64, checkpoint.iteration(), "{file}: it comes with its curve");
        let found = evaluated(&checkpoint, 2, LIVES);
        assert!(found.measure() > least, "{file}: {} a life", found.measure());
        let [first, second] =
            ["reward_first_half", "reward_second_half"].map(|half| found.entry(half).unwrap().mean().unwrap());
        assert!(second > 1.3 * first, "{file}: {first} in the first half of a life, {second} in the second");
        let size = std::fs::metadata(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(file)).unwrap().len();
        assert!(size < 1_000_000, "{file}: {size} bytes");
    }
}

/// When an agent first finds the reward, what it would do elsewhere leads there about as often as ways that are drawn
/// among those that no wall bars; once it has found it three times, its traces know the way from many squares.
#[test]
fn what_a_bundled_agent_would_do_elsewhere_leads_to_the_reward_once_it_has_found_it() {
    for bundled in [Bundled::Agent, Bundled::ModulatedAgent] {
        let checkpoint = bundled.open().unwrap();
        let (mut before, mut after, mut lives) = (0.0, 0.0, 0.0);
        let (mut any_action, mut any_way) = (0.0, 0.0);
        for seed in 0..30 {
            let tape = checkpoint.specimen().episode(seed).unwrap();
            let found = tape.events.iter().filter(|event| event.kind == EventKind::Reward).map(|event| event.start);
            let found: Vec<usize> = found.collect();
            // Three times, so that it is no accident, and not in the very last steps.
            let (Some(&first), Some(&third)) = (found.first(), found.get(2)) else { continue };
            if third + 2 < tape.steps {
                before += share_of_ways(&checkpoint.parameters, &tape, first);
                after += share_of_ways(&checkpoint.parameters, &tape, third + 2);
                let chance = chances(&tape);
                any_action += chance[0];
                any_way += chance[1];
                lives += 1.0;
            }
        }
        let [before, after, any_action, any_way] = [before, after, any_action, any_way].map(|sum| sum / lives);
        // One line of JSON: numbers in documents are compared with it.
        let found = json!({ "before": before, "after": after, "any_action": any_action, "any_way": any_way });
        println!("{}", json!({ format!("{bundled:?}"): found }));
        assert!(lives > 20.0, "{bundled:?}: {lives} lives");
        assert!(after > any_way + 0.2, "{bundled:?}: {after}, where chance is {any_way}");
        assert!((before - any_way).abs() < 0.1, "{bundled:?}: {before}, where chance is {any_way}");
        // Squares are joined by 80 ways, and each leads nearer to the reward in one of its two directions: 80 of the
        // 4 · 64 actions on squares that are not the reward's.
        assert!((any_action - 80.0 / 256.0).abs() < 1e-9, "{bundled:?}: {any_action}");
    }
}

/// The reward square, and how far each open square is from it.
fn distances(tape: &Tape) -> (Square, BTreeMap<Square, usize>) {
    let walk = tape.content.behaviour().unwrap().walk.as_ref().unwrap();
    let [row, column] = walk.reward;
    let reward = Square { row, column };
    (reward, distances_to(reward, |Square { row, column }| walk.is_wall([row, column])))
}

/// On how many of the open squares, from 0 to 1, chance brings an agent nearer to the reward: with an action drawn among
/// all four, and among those that no wall bars.
fn chances(tape: &Tape) -> [f64; 2] {
    let (reward, distances) = distances(tape);
    let mut chances = [0.0; 2];
    for (square, far) in distances.iter().filter(|(square, _)| **square != reward) {
        let next: Vec<_> = Action::ALL.iter().filter_map(|action| distances.get(&square.beside(*action))).collect();
        let nearer = next.iter().filter(|next| **next < far).count() as f64;
        chances[0] += nearer / Action::ALL.len() as f64;
        chances[1] += nearer / next.len() as f64;
    }
    chances.map(|sum| sum / (distances.len() - 1) as f64)
}

/// On how many of the open squares, from 0 to 1, the action that the agent likes best brings it nearer to the reward.
fn share_of_ways(parameters: &Parameters, tape: &Tape, step: usize) -> f64 {
    let layer = tape.layer(0).unwrap();
    let mut state = layer.first_state();
    layer.carry(&mut state, 0..step);
    let trace = &state[..state.len().min(tape.neurons().pow(2))];
    let (reward, distances) = distances(tape);
    let beliefs = beliefs(parameters, tape, step, trace).unwrap();
    let nearer = beliefs.iter().filter(|belief| belief.square != reward).filter(|belief| {
        let next = distances.get(&belief.square.beside(belief.preferred()));
        next.is_some_and(|next| *next < distances[&belief.square])
    });
    nearer.count() as f64 / (beliefs.len() - 1) as f64
}
