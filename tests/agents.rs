//! The agents that come with the program do what they were trained for, on lives that nobody has seen.

use hebbscope::tasks::tally::Told;
use hebbscope::train::{Bundled, evaluate};
use std::path::Path;

const LIVES: u64 = 60;

#[test]
fn bundled_agents_find_the_reward_and_earn_more_in_the_second_half_of_a_life() {
    for (bundled, file, least) in
        [(Bundled::Agent, "agent.safetensors", 150.0), (Bundled::ModulatedAgent, "modulated-agent.safetensors", 160.0)]
    {
        let checkpoint = bundled.open().unwrap();
        assert_eq!(checkpoint.curve.len() as u64, checkpoint.iteration(), "{file}: it comes with its curve");
        let found = evaluate::evaluate(&checkpoint, 1, LIVES, |_| {}).unwrap();
        assert!(found.measure > least, "{file}: {} a life", found.measure);
        let tenths = found.report.iter().find(|entry| entry.key == "reward_by_tenth").unwrap();
        let Told::List(tenths) = &tenths.value else { panic!("{tenths:?}") };
        let [first, second] = [&tenths[..5], &tenths[5..]].map(|half| half.iter().sum::<f64>());
        assert!(second > 1.3 * first, "{file}: {first} in the first half of a life, {second} in the second");
        let size = std::fs::metadata(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(file)).unwrap().len();
        assert!(size < 1_000_000, "{file}: {size} bytes");
    }
}
