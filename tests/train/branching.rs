//! Lives that branch off: what comes before an intervention is the same life, what comes after is lived with the same
//! random numbers, and every trace of it is rebuilt bit for bit.

use crate::workbench::{altered_before, bits, drawn, read_tape, specimen, tape_bytes, with_changed_json, with_value};
use hebbscope::data::{Generator, Stream};
use hebbscope::episode::{EventKind, Intervention, Ledger, Reel, Tape, What, intervention};
use hebbscope::plastic::{Alteration, Parameters, Stepper};
use hebbscope::tasks::{self, Purpose};
use hebbscope::train::RunConfig;
use std::sync::Arc;

const NEURONS: usize = 20;
const STEPS: usize = 40;

/// Every way in which a trace is written; the last one has none.
const NETWORKS: [&[(&str, &str)]; 9] = [
    &[("rule", "decay")],
    &[("rule", "oja")],
    &[("rule", "clip"), ("clip", "0.05")],
    &[("alpha", "yoked")],
    &[("alpha", "per_neuron")],
    &[("network", "modulated"), ("clip", "0.05")],
    &[("network", "modulated"), ("fan_out", "scalar")],
    &[("network", "retroactive")],
    &[("network", "non_plastic")],
];

fn config(changes: &[(&str, &str)]) -> RunConfig {
    let mut config = RunConfig::new(tasks::find("maze").unwrap());
    let small = [("size", "5"), ("steps", "40"), ("neurons", "20")];
    for (key, value) in small.iter().chain(changes) {
        config.settings.set_text(key, value).unwrap();
    }
    config
}

/// A network whose weights and traces matter.
fn strong(config: &RunConfig) -> Parameters {
    let network = config.task().experiment(&config.settings, Purpose::Training).unwrap().network();
    drawn(network.shapes(), &mut Generator::new(8, Stream::Initialisation), |_| 0.3, 0.1)
}

fn done(step: usize, what: What) -> Intervention {
    Intervention::new(step, what)
}

fn transplant(seed: u64) -> What {
    What::Transplant { seed, state: [].into() }
}

/// Everything that can be done, some of it twice, at birth, at once and late.
fn many() -> Vec<Intervention> {
    vec![
        done(0, transplant(5)),
        done(7, What::Erase),
        done(11, What::ScaleAlpha(0.5)),
        done(11, transplant(6)),
        done(12, What::Act(1)),
        done(20, What::ScaleAlpha(-1.5)),
        done(30, What::Freeze),
        done(35, transplant(5)),
        done(36, What::Erase),
        done(39, transplant(6)),
    ]
}

#[test]
fn a_branch_in_which_nothing_is_different_is_the_same_life_bit_for_bit() {
    for changes in NETWORKS {
        let config = config(changes);
        let parameters = strong(&config);
        let life = specimen(&config, &parameters).episode(4).unwrap();
        let actions = &life.content.behaviour().unwrap().actions;
        let mut same: Vec<_> = [3, 4, 21].map(|step| done(step, What::Act(actions[step]))).to_vec();
        let reward = life.reward_square(0).unwrap();
        let place = same.partition_point(|done| done.step <= 9);
        if life.content.behaviour().unwrap().walk.as_ref().unwrap().squares[9] != reward {
            same.insert(place, done(9, What::MoveReward(reward)));
        }
        let mut branch = specimen(&config, &parameters).branch(4, same.clone()).unwrap();
        assert_eq!(std::mem::take(&mut branch.interventions), same);
        assert_eq!(branch, life, "{changes:?}");
        assert_eq!(specimen(&config, &parameters).branch(4, Vec::new()).unwrap(), life, "{changes:?}");
    }
}

#[test]
fn what_comes_before_an_intervention_is_the_untouched_life() {
    for changes in &NETWORKS[..8] {
        let config = config(changes);
        let parameters = strong(&config);
        let life = specimen(&config, &parameters).episode(2).unwrap();
        let other = (life.content.behaviour().unwrap().actions[15] + 1) % 4;
        let what = [What::Erase, What::Freeze, What::ScaleAlpha(0.0), transplant(9), What::Act(other)];
        for what in what {
            let branch = specimen(&config, &parameters).branch(2, vec![done(15, what.clone())]).unwrap();
            branch.check().unwrap();
            let [(before, after), (as_before, otherwise)] =
                [&branch, &life].map(|tape| tape.activity.split_at(15 * NEURONS));
            assert!(before == as_before && after != otherwise, "{changes:?} {what:?}");
            let (now, then) = (branch.content.behaviour().unwrap(), life.content.behaviour().unwrap());
            assert!(now.observations[..16 * 16] == then.observations[..16 * 16], "it comes to step 15 as it was");
        }
    }
}

#[test]
fn the_traces_of_a_branch_are_the_kernels_at_every_step() {
    for changes in &NETWORKS[..8] {
        let config = config(changes);
        let parameters = strong(&config);
        let tape = Arc::new(specimen(&config, &parameters).branch(3, many()).unwrap());
        tape.check().unwrap();
        let mut stepper = Stepper::begin(tape.network.recurrent().unwrap(), &parameters, 1, STEPS).unwrap();
        let (mut reel, mut traces) = (Reel::new(Arc::clone(&tape), 0), Vec::new());
        for step in 0..STEPS {
            for alteration in altered_before(&tape, step) {
                stepper.alter(&parameters, &alteration).unwrap();
            }
            traces.push(stepper.trace(0).unwrap());
            assert!(reel.trace_at(step) == traces[step], "{changes:?} step {step}");
            let (written, now) = (reel.written_at(step), traces[step].clone());
            let activity = stepper.step(&tape.drive[step * NEURONS..][..NEURONS]).unwrap();
            assert_eq!(activity, tape.activity_at(step), "{changes:?} step {step}");
            // What the step itself wrote, whatever is done to it next.
            assert!(written == stepper.trace(0).unwrap(), "{changes:?} step {step}");
            assert!(step < 30 || written == now, "{changes:?} step {step}: it is frozen");
            assert!(step != 20 || written != now, "{changes:?}: it was not always");
        }
        traces.push(stepper.trace(0).unwrap());
        assert!(reel.trace_at(STEPS) == traces[STEPS], "{changes:?} at the end");
        let is_empty = |step: usize| traces[step].iter().all(|value| *value == 0.0);
        assert!(!is_empty(0) && !is_empty(6) && is_empty(7) && !is_empty(9) && is_empty(36) && !is_empty(39));
        assert!(traces[30] == traces[34] && traces[36] == traces[38] && traces[39] == traces[40], "frozen");
        for step in [40, 3, 29, 16, 8, 0, 39, 24, 36] {
            assert!(reel.trace_at(step) == traces[step], "{changes:?} jump to {step}");
        }
        for (from, to) in [(0, 0), (3, 17), (19, 4)] {
            let history: Vec<f32> = traces.iter().map(|trace| trace[from * NEURONS + to]).collect();
            assert_eq!(reel.synapse_history(from, to), history, "{changes:?} {from}→{to}");
            for (step, &trace) in history.iter().enumerate() {
                let ledger = Ledger::of_synapse(&tape, 0, from, to, step);
                assert_eq!(ledger.total(), f64::from(trace), "{changes:?} {from}→{to} step {step}");
                assert!(ledger.rounding.abs() < 2e-6, "{changes:?} {from}→{to} step {step}: {}", ledger.rounding);
            }
        }
    }
}

/// x(t) = tanh(input + Σ_i (w + s α H) x_i(t−1)), by hand.
#[test]
fn alpha_counts_as_much_as_it_is_scaled() {
    for changes in &NETWORKS[..8] {
        let config = config(changes);
        let parameters = strong(&config);
        let scales = vec![done(10, What::ScaleAlpha(0.0)), done(20, What::ScaleAlpha(1.7))];
        let tape = Arc::new(specimen(&config, &parameters).branch(3, scales).unwrap());
        let (w, alpha) = (parameters.values("w").unwrap(), parameters.values("alpha").unwrap());
        let (kind, mut reel) = (tape.network.recurrent().unwrap().alpha().unwrap(), Reel::new(Arc::clone(&tape), 0));
        for (step, scale) in [(5, 1.0), (10, 0.0), (19, 0.0), (20, 1.7), (33, 1.7)] {
            assert_eq!(tape.layer(0).unwrap().alpha_scale(step), scale);
            let trace = reel.trace_at(step);
            for (to, found) in tape.activity_at(step).iter().enumerate() {
                let mut sum = tape.drive[step * NEURONS + to];
                for (from, before) in tape.activity_at(step - 1).iter().enumerate() {
                    let plastic = scale * kind.at(&alpha, NEURONS, from, to) * trace[from * NEURONS + to];
                    sum += before * (w[from * NEURONS + to] + plastic);
                }
                assert!((sum.tanh() - found).abs() < 1e-5, "{changes:?} step {step}: {found}, not {}", sum.tanh());
            }
        }
    }
}

#[test]
fn an_agent_that_is_driven_goes_where_it_is_told_and_finds_the_reward_where_it_was_moved() {
    let config = config(&[]);
    let parameters = strong(&config);
    // From the centre of 5 × 5 squares, row 3 column 3, left and up along open squares.
    let mut all = vec![done(0, What::MoveReward([1, 2]))];
    all.extend([2, 2, 0, 0, 1].into_iter().enumerate().map(|(step, action)| done(step, What::Act(action))));
    all.push(done(8, What::MoveReward([5, 5])));
    let tape = specimen(&config, &parameters).branch(1, all).unwrap();
    let behaviour = tape.content.behaviour().unwrap();
    let squares = &behaviour.walk.as_ref().unwrap().squares;
    assert_eq!(squares[..5], [[3, 3], [3, 2], [3, 1], [2, 1], [1, 1]]);
    assert_eq!(behaviour.actions[..5], [2, 2, 0, 0, 1]);
    assert_eq!(behaviour.rewards[4], 10.0);
    assert!(tape.events.iter().any(|event| event.kind == EventKind::Reward && event.start == 4));
    assert_eq!([0, 7, 8, 39].map(|step| tape.reward_square(step).unwrap()), [[1, 2], [1, 2], [5, 5], [5, 5]]);
}

/// To an agent that likes all actions alike, an action is nothing but its random number: having gone another way, or
/// having found the reward elsewhere, it draws the same ones.
#[test]
fn what_follows_has_the_same_random_numbers() {
    let config = config(&[]);
    let mut parameters = strong(&config);
    parameters.insert("policy.weight", &[NEURONS, 4], &[0.0; 4 * NEURONS]).unwrap();
    parameters.insert("policy.bias", &[4], &[0.0; 4]).unwrap();
    let mut parted = 0;
    for seed in 0..20 {
        let life = |interventions| specimen(&config, &parameters).branch(seed, interventions).unwrap();
        let untouched = life(Vec::new());
        let other = (untouched.content.behaviour().unwrap().actions[10] + 1) % 4;
        let changed = life(vec![done(10, What::Act(other)), done(12, What::MoveReward([1, 1]))]);
        let [before, after] = [&untouched, &changed].map(|tape| &tape.content.behaviour().unwrap().actions);
        assert_eq!((after[10], &after[..10], &after[11..]), (other, &before[..10], &before[11..]), "seed {seed}");
        // Where the reward is found at other times, squares are drawn at other times too.
        let found = |tape: &Tape| -> Vec<usize> {
            let found = tape.events.iter().filter(|event| event.kind == EventKind::Reward && event.start > 12);
            found.map(|event| event.start).collect()
        };
        parted += usize::from(!found(&untouched).is_empty() && found(&untouched) != found(&changed));
    }
    assert!(parted > 2, "{parted} lives found the reward at other times");
}

#[test]
fn an_agent_under_whom_the_reward_is_hidden_has_to_come_back() {
    let config = config(&[]);
    let parameters = strong(&config);
    // In the centre of 5 × 5 squares it stands on the reward, bumps into nothing, goes and comes back.
    let mut all = vec![done(0, What::MoveReward([3, 3]))];
    all.extend([2, 1].into_iter().enumerate().map(|(step, action)| done(step, What::Act(action))));
    let tape = specimen(&config, &parameters).branch(1, all).unwrap();
    assert_eq!(tape.content.behaviour().unwrap().rewards[..2], [0.0, 10.0]);
}

#[test]
fn what_is_done_later_takes_the_place_of_what_it_makes_void() {
    let all = |these: &[(usize, What)]| {
        let mut all = Vec::new();
        these.iter().for_each(|(step, what)| intervention::add(&mut all, done(*step, what.clone())));
        all.into_iter().map(|done| (done.step, done.what)).collect::<Vec<_>>()
    };
    assert_eq!(all(&[(5, What::Freeze), (9, What::Freeze)]), [(5, What::Freeze)], "frozen once, frozen for good");
    assert_eq!(all(&[(9, What::Freeze), (5, What::Freeze)]), [(5, What::Freeze)]);
    assert_eq!(all(&[(5, What::Erase), (5, transplant(3))]), [(5, transplant(3))]);
    let driven = [(4, What::Act(0)), (5, What::Act(1)), (6, What::Act(2)), (5, What::Act(3))];
    assert_eq!(all(&driven), [(4, What::Act(0)), (5, What::Act(3))]);
    assert_eq!(all(&[(5, What::ScaleAlpha(0.5)), (5, What::ScaleAlpha(1.0))]), [], "nothing is scaled any more");
    let twice = [(2, What::ScaleAlpha(0.5)), (5, What::ScaleAlpha(1.0))];
    assert_eq!(all(&twice), twice);
    let clamp = |step, value| (step, What::ClampModulator(value));
    assert_eq!(all(&[clamp(5, Some(0.5)), clamp(5, Some(-1.0))]), [clamp(5, Some(-1.0))]);
    assert_eq!(all(&[clamp(5, None)]), [], "nobody holds it");
    assert_eq!(all(&[clamp(5, Some(0.0)), clamp(7, Some(0.0))]), [clamp(5, Some(0.0))], "it is held already");
    let pulse = [clamp(5, Some(1.0)), clamp(8, None)];
    assert_eq!(all(&pulse), pulse);
}

#[test]
fn a_clamped_modulator_is_that_of_a_network_that_makes_it_so_and_is_given_back() {
    for changes in &NETWORKS[5..8] {
        let config = config(changes);
        let parameters = strong(&config);
        // A network whose modulator is this, whatever it does.
        let mut constant = parameters.snapshot().unwrap();
        let value = 0.5f32;
        constant.insert("mod.weight", &[NEURONS, 1], &[0.0; NEURONS]).unwrap();
        constant.insert("mod.bias", &[1], &[value.atanh()]).unwrap();
        let clamp = |step, value| done(step, What::ClampModulator(value));
        let life = specimen(&config, &parameters).episode(3).unwrap();
        let clamped = specimen(&config, &parameters).branch(3, vec![clamp(0, Some(value))]).unwrap();
        let twin = specimen(&config, &constant).episode(3).unwrap();
        let differ = clamped.activity.iter().zip(&*twin.activity).map(|(one, other)| (one - other).abs());
        assert!(differ.fold(0.0, f32::max) < 1e-4, "{changes:?}");
        assert_ne!(clamped.activity, life.activity, "{changes:?}");

        let pulse = vec![clamp(12, Some(-1.0)), clamp(15, None)];
        let tape = Arc::new(specimen(&config, &parameters).branch(3, pulse).unwrap());
        tape.check().unwrap();
        let values = &tape.modulator().unwrap().values;
        assert_eq!(values[..12], life.modulator().unwrap().values[..12], "{changes:?}");
        assert!(values[12..15] == [-1.0; 3] && values[15..].iter().all(|value| value.abs() < 1.0), "{values:?}");
        let mut stepper = Stepper::begin(tape.network.recurrent().unwrap(), &parameters, 1, STEPS).unwrap();
        let mut reel = Reel::new(Arc::clone(&tape), 0);
        for step in 0..STEPS {
            for alteration in altered_before(&tape, step) {
                stepper.alter(&parameters, &alteration).unwrap();
            }
            assert!(reel.trace_at(step) == stepper.trace(0).unwrap(), "{changes:?} step {step}");
            stepper.step(&tape.drive[step * NEURONS..][..NEURONS]).unwrap();
        }
        let read = read_tape(&tape_bytes(&tape, &parameters)).unwrap().0;
        assert_eq!(read, *tape);
        let mut lies = (*tape).clone();
        lies.layers[0].modulator.as_mut().unwrap().values[12] = 0.25;
        assert_eq!(lies.check().unwrap_err(), "the modulator was clamped to -1 at step 13, found 0.25");
    }
    let plain = config(NETWORKS[2]);
    let refused = specimen(&plain, &strong(&plain)).branch(1, vec![done(2, What::ClampModulator(Some(0.0)))]);
    let words = "expected a network that modulates its traces, found one that does not";
    assert!(refused.unwrap_err().to_string().contains(words));
    let modulated = config(NETWORKS[5]);
    let refused = specimen(&modulated, &strong(&modulated)).branch(1, vec![done(2, What::ClampModulator(Some(2.0)))]);
    assert!(refused.unwrap_err().to_string().contains("a modulator from −1 to 1, found 2"));
}

#[test]
fn what_cannot_be_done_is_refused_in_words() {
    let plastic = config(&[]);
    let parameters = strong(&plastic);
    let refused =
        |what: Vec<Intervention>| specimen(&plastic, &parameters).branch(1, what).map(|_| ()).unwrap_err().to_string();
    for (what, words) in [
        (done(40, What::Erase), "before one of 40 steps, found step 41"),
        (done(3, What::Act(4)), "an action from 0 to 3, found 4"),
        (done(3, What::MoveReward([0, 2])), "step 4: expected an open square for the reward, found a wall"),
        (done(3, What::MoveReward([99, 98])), "found a wall on square (98, 99)"),
        (done(3, What::ScaleAlpha(f32::NAN)), "α times a finite number, found NaN"),
        (done(3, What::Transplant { seed: 1, state: vec![0.0; 7].into() }), "a transplant of 400 numbers, found 7"),
    ] {
        let error = refused(vec![what]);
        assert!(error.contains(words), "expected {words:?} in: {error}");
    }
    assert!(refused(vec![done(5, What::Erase), done(2, What::Erase)]).contains("in the order of their steps"));
    assert!(refused(vec![Intervention { layer: 1, ..done(3, What::Act(1)) }]).contains("to no layer, found layer 2"));

    let fixed = config(&[("network", "non_plastic")]);
    let error = specimen(&fixed, &strong(&fixed)).branch(1, vec![done(2, What::Erase)]).unwrap_err();
    assert!(error.to_string().contains("a network with traces, found one without"), "{error}");

    let patterns = RunConfig::new(tasks::find("patterns").unwrap());
    let experiment = patterns.task().experiment(&patterns.settings, Purpose::Testing).unwrap();
    let mut generator = Generator::new(1, Stream::Initialisation);
    let network = Parameters::new(&experiment.specifications(), &mut generator).unwrap();
    for what in [What::Act(1), What::MoveReward([1, 1])] {
        let error = specimen(&patterns, &network).branch(1, vec![done(2, what)]).unwrap_err();
        assert!(error.to_string().contains("the network of an agent, found one that neither sees nor acts"), "{error}");
    }
}

#[test]
fn a_branch_is_read_back_as_it_was_written_and_a_damaged_one_is_refused() {
    let config = config(&[("network", "retroactive")]);
    let parameters = strong(&config);
    let mut all = many();
    all.push(done(39, What::MoveReward([1, 1])));
    let tape = specimen(&config, &parameters).branch(3, all).unwrap();
    let bytes = tape_bytes(&tape, &parameters);
    let (found, layers) = read_tape(&bytes).unwrap();
    assert_eq!(found, tape);
    assert_eq!(bits(&layers), bits(&parameters));
    let json = |change: &dyn Fn(&mut serde_json::Value)| with_changed_json(&bytes, |json| change(json));
    let what = |key: &str, value: serde_json::Value, at: usize| {
        json(&move |json| json["interventions"]["done"][at][key] = value.clone())
    };
    for (changed, words) in [
        (json(&|json| json["interventions"]["version"] = 2.into()), "interventions of version 2, expected version 1"),
        (what("step", 40.into(), 10), "before one of 40 steps, found step 41"),
        (what("step", 38.into(), 10), "in the order of their steps"),
        (what("action", 9.into(), 4), "an action from 0 to 3, found 9"),
        (what("row", 0.into(), 10), "the reward on an open square, found square (1, 0)"),
        (json(&|json| json["interventions"]["done"][4]["action"] = 2.into()), "step 13 was driven to action 2"),
        (what("what", "melt".into(), 1), "the header of a tape"),
        (json(&|json| drop(json.as_object_mut().unwrap().remove("interventions"))), "does not belong"),
        (with_value(&bytes, "tape.transplant.0", 1, f32::NAN), "finite numbers"),
    ] {
        let error = read_tape(&changed).map(|_| ()).unwrap_err();
        assert!(error.contains(words) && !error.contains('\n'), "expected {words:?} in: {error}");
    }
}

#[test]
fn an_altered_lifetime_teaches_nobody() {
    let config = config(&[]);
    let parameters = strong(&config);
    let tape = specimen(&config, &parameters).episode(3).unwrap();
    let mut stepper = Stepper::begin(tape.network.recurrent().unwrap(), &parameters, 1, STEPS).unwrap();
    stepper.alter(&parameters, &Alteration::Freeze).unwrap();
    stepper.step(&tape.drive[..NEURONS]).unwrap();
    let drive = candle_core::Tensor::from_slice(&tape.drive[..NEURONS], (1, 1, NEURONS), parameters.device()).unwrap();
    let activity = stepper.finish(&parameters, &drive).unwrap();
    assert!(!activity.track_op(), "it is part of no graph");
}
