//! The agents that come with the program do what they were trained for, on lives by which they were neither trained nor
//! chosen.

use crate::workbench::evaluated;
use hebbscope::episode::{EventKind, Tape};
use hebbscope::plastic::Parameters;
use hebbscope::tasks::maze::baselines::distances_to;
use hebbscope::tasks::maze::belief::beliefs;
use hebbscope::tasks::maze::grid::Square;
use hebbscope::train::Bundled;
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

/// Before an agent has found the reward, what it would do elsewhere leads there by chance only; once it has, its traces
/// know the way from many squares.
#[test]
fn what_a_bundled_agent_would_do_elsewhere_leads_to_the_reward_once_it_has_found_it() {
    for bundled in [Bundled::Agent, Bundled::ModulatedAgent] {
        let checkpoint = bundled.open().unwrap();
        let (mut before, mut after, mut lives) = (0.0, 0.0, 0.0);
        for seed in 0..30 {
            let tape = checkpoint.specimen().episode(seed).unwrap();
            let found = tape.events.iter().filter(|event| event.kind == EventKind::Reward).map(|event| event.start);
            let found: Vec<usize> = found.collect();
            // Three times, so that it is no accident, and not in the very last steps.
            let (Some(&first), Some(&third)) = (found.first(), found.get(2)) else { continue };
            if third + 2 < tape.steps {
                before += share_of_ways(&checkpoint.parameters, &tape, first);
                after += share_of_ways(&checkpoint.parameters, &tape, third + 2);
                lives += 1.0;
            }
        }
        println!("{bundled:?}: {} and {} over {lives} lives", before / lives, after / lives);
        assert!(lives > 20.0, "{bundled:?}: {lives} lives");
        assert!(after / lives > before / lives + 0.2, "{bundled:?}: {} and {}", before / lives, after / lives);
    }
}

/// On how many of the open squares, from 0 to 1, the action that the agent likes best brings it nearer to the reward.
fn share_of_ways(parameters: &Parameters, tape: &Tape, step: usize) -> f64 {
    let walk = tape.content.behaviour().unwrap().walk.as_ref().unwrap();
    let layer = tape.layer(0).unwrap();
    let mut state = layer.first_state();
    layer.carry(&mut state, 0..step);
    let trace = &state[..state.len().min(tape.neurons().pow(2))];
    let [row, column] = walk.reward;
    let reward = Square { row, column };
    let distances = distances_to(reward, |Square { row, column }| walk.is_wall([row, column]));
    let beliefs = beliefs(parameters, tape, step, trace).unwrap();
    let nearer = beliefs.iter().filter(|belief| belief.square != reward).filter(|belief| {
        let next = distances.get(&belief.square.beside(belief.preferred()));
        next.is_some_and(|next| *next < distances[&belief.square])
    });
    nearer.count() as f64 / (beliefs.len() - 1) as f64
}
