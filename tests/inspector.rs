//! The inspector: what a pinned synapse or neuron shows, and the account of who wrote a trace.

use hebbscope::data::{Generator, Stream};
use hebbscope::episode::ledger::{Ledger, Writer};
use hebbscope::episode::{Event, EventKind, Reel, Tape};
use hebbscope::plastic::network::Plasticity;
use hebbscope::plastic::{AlphaKind, Rule};
use hebbscope::tasks;
use hebbscope::train::evaluate::live_episode;
use hebbscope::train::{RunConfig, Trainer};
use rand::Rng as _;
use std::sync::Arc;

/// A lifetime of an untrained network of 13 neurons.
fn lived(settings: &[(&str, &str)], seed: u64) -> Tape {
    let mut config = RunConfig::new(tasks::find("patterns").unwrap());
    for (key, value) in [("size", "12"), ("count", "3"), ("show_steps", "4"), ("rounds", "2")].iter().chain(settings) {
        config.settings.set_text(key, value).unwrap();
    }
    let trainer = Trainer::new(config.clone()).unwrap();
    live_episode(&config, &trainer.checkpoint().unwrap().parameters, seed).unwrap()
}

/// The same tape with activities drawn at random, a rule and a large η: what no training would produce either.
fn random_tape(rule: Rule, eta: f32, seed: u64) -> Tape {
    let mut tape = lived(&[], seed);
    let mut generator = Generator::new(seed, Stream::Training);
    for value in &mut tape.activity {
        *value = generator.random_range(-1.0..1.0);
    }
    tape.network.plasticity = Some(Plasticity { rule, alpha: AlphaKind::Free });
    tape.eta = eta;
    tape
}

const RULES: [Rule; 3] = [Rule::Decay, Rule::Oja, Rule::Clip { bound: 0.15 }];

#[test]
fn what_every_step_wrote_adds_up_to_the_trace_at_every_step_under_every_rule() {
    for (rule, seed) in RULES.into_iter().flat_map(|rule| [(rule, 1), (rule, 2)]) {
        for eta in [0.01, 0.3] {
            let tape = random_tape(rule, eta, seed);
            let reel = Reel::new(Arc::new(tape.clone()));
            for (from, to) in [(0, 0), (3, 7), (12, 1), (5, 12)] {
                let history = reel.synapse_history(from, to);
                for (step, &trace) in history.iter().enumerate() {
                    let ledger = Ledger::of_synapse(&tape, from, to, step);
                    assert_eq!(ledger.written.len(), step);
                    let off = (ledger.total() - f64::from(trace)).abs();
                    assert!(off < 2e-6, "{rule:?} η {eta} {from}→{to} step {step}: off by {off}");
                }
            }
        }
    }
}

#[test]
fn the_ledger_of_a_lived_life_agrees_with_its_whole_trace() {
    for rule in ["decay", "oja", "clip"] {
        let tape = Arc::new(lived(&[("rule", rule)], 4));
        let mut reel = Reel::new(Arc::clone(&tape));
        let steps = tape.steps;
        let trace = reel.trace_at(steps).to_vec();
        let neurons = tape.network.neurons;
        assert!(trace.iter().any(|&value| value.abs() > 0.01), "{rule}: an empty trace tests nothing");
        for (index, &value) in trace.iter().enumerate() {
            let total = Ledger::of_synapse(&tape, index / neurons, index % neurons, steps).total();
            assert!((total - f64::from(value)).abs() < 1e-6, "{rule} {index}: {total} against {value}");
        }
    }
}

#[test]
fn the_clip_is_flagged_at_exactly_the_steps_where_it_bites() {
    let (bound, eta) = (0.15_f32, 0.3_f32);
    let tape = random_tape(Rule::Clip { bound }, eta, 5);
    let mut bites = 0;
    for (from, to) in [(0, 1), (2, 3), (7, 7)] {
        let (mut trace, mut expected) = (0.0_f32, Vec::new());
        for step in 0..tape.steps {
            let pre = if step == 0 { 0.0 } else { tape.activity_at(step - 1)[from] };
            let reached = trace + (eta * pre) * tape.activity_at(step)[to];
            if !(-bound..=bound).contains(&reached) {
                expected.push(step);
            }
            trace = reached.clamp(-bound, bound);
        }
        let ledger = Ledger::of_synapse(&tape, from, to, tape.steps);
        assert_eq!(ledger.cut.iter().map(|entry| entry.step).collect::<Vec<_>>(), expected);
        bites += expected.len();
        let shares = ledger.shares(&tape.events, 2);
        let flagged = shares.iter().find_map(|share| match share.writer {
            Writer::Clip { times } => Some(times),
            _ => None,
        });
        assert_eq!(flagged.unwrap_or(0), expected.len(), "the account hides the clip");
    }
    assert!(bites > 0, "a clip that never bites tests nothing");
    for rule in [Rule::Decay, Rule::Oja, Rule::Clip { bound: 1e6 }] {
        assert!(Ledger::of_synapse(&random_tape(rule, eta, 5), 0, 1, 20).cut.is_empty(), "{rule:?} cuts nothing off");
    }
}

#[test]
fn shares_add_up_to_a_hundred_per_cent_and_amounts_to_the_trace() {
    for rule in RULES {
        let tape = random_tape(rule, 0.2, 8);
        for step in 2..tape.steps {
            let ledger = Ledger::of_synapse(&tape, 4, 9, step);
            for most in [1, 4, 1000] {
                let shares = ledger.shares(&tape.events, most);
                let whole: f64 = shares.iter().map(|share| share.share).sum();
                let amount: f64 = shares.iter().map(|share| share.amount).sum();
                assert!((whole - 1.0).abs() < 1e-12, "{rule:?} at {step}: {whole}");
                assert!((amount - ledger.total()).abs() < 1e-12);
                let named = shares.iter().filter(|share| matches!(share.writer, Writer::Event { .. })).count();
                assert!(named <= most);
            }
        }
    }
}

#[test]
fn a_ledger_groups_by_event_and_counts_only_steps_that_have_passed() {
    let mut tape = random_tape(Rule::Decay, 0.1, 3);
    tape.events = vec![
        Event { kind: EventKind::Study, start: 1, steps: 4, index: Some(2) },
        Event { kind: EventKind::Probe, start: 6, steps: 3, index: None },
    ];
    let ledger = Ledger::of_synapse(&tape, 0, 1, 7);
    let mut writers: Vec<_> = ledger.shares(&tape.events, 10).into_iter().map(|share| share.writer).collect();
    writers.sort_by_key(|writer| match writer {
        Writer::Event { steps, .. } => steps.start,
        Writer::Step(step) => *step,
        Writer::Clip { .. } | Writer::Rest { .. } => usize::MAX,
    });
    // Step 0 has no step before it and writes nothing.
    let expected = [
        Writer::Event { label: "study 3".into(), steps: 1..5 },
        Writer::Step(5),
        Writer::Event { label: "probe".into(), steps: 6..7 },
    ];
    assert_eq!(writers, expected);
    assert!(Ledger::of_synapse(&tape, 0, 1, 0).shares(&tape.events, 4).is_empty());
    tape.network.plasticity = None;
    assert!(Ledger::of_synapse(&tape, 0, 1, 7).written.is_empty());
}
