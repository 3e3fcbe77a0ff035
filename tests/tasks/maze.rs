//! The maze: what its tapes say fits together, its gradients are those of the slow twin, and an agent learns.

use crate::plastic::twin;
use crate::workbench::{
    advance, bits, drawn, driven, evaluated, nowhere, read_tape, slopes, specimen, taken_apart, tape_bytes,
    with_changed_json, with_value,
};
use candle_core::{D, Tensor};
use hebbscope::data::{Generator, Stream};
use hebbscope::episode::{Behaviour, Content, Event, EventKind, Ledger, Modulator, Reel, Tape, Walk};
use hebbscope::plastic::{Parameters, Stepper};
use hebbscope::tasks::maze::belief::beliefs;
use hebbscope::tasks::maze::environment::{BIAS, LAST_ACTION, LAST_REWARD, TIME, WALLS};
use hebbscope::tasks::tally::{Mean, Value};
use hebbscope::tasks::{self, Experiment, Outcome, Purpose};
use hebbscope::train::evaluate::Means;
use hebbscope::train::{Checkpoint, RunConfig, Trainer};
use std::sync::Arc;

/// A maze and an agent that train in no time.
const SMALL: [(&str, &str); 5] = [("size", "5"), ("steps", "40"), ("neurons", "20"), ("batch", "4"), ("reward", "7.5")];

fn config(changes: &[(&str, &str)]) -> RunConfig {
    let mut config = RunConfig::new(tasks::find("maze").unwrap());
    for (key, value) in SMALL.iter().chain(changes) {
        config.settings.set_text(key, value).unwrap();
    }
    config
}

fn trainer(changes: &[(&str, &str)]) -> Trainer {
    Trainer::new(config(changes)).unwrap()
}

/// Networks that modulate their traces, in every way.
const MODULATED: [&[(&str, &str)]; 4] = [
    &[("network", "modulated")],
    &[("network", "modulated"), ("fan_out", "scalar"), ("clip", "0.05")],
    &[("network", "retroactive"), ("clip", "0.05")],
    &[("network", "retroactive"), ("fan_out", "scalar")],
];

/// A network whose weights and traces matter, unlike those that training begins with.
fn strong(changes: &[(&str, &str)]) -> Parameters {
    let experiment = config(changes).task().experiment(&config(changes).settings, Purpose::Training).unwrap();
    drawn(experiment.network().shapes(), &mut Generator::new(8, Stream::Initialisation), |_| 0.3, 0.1)
}

fn saved_and_opened(trainer: &Trainer) -> Checkpoint {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    trainer.checkpoint().unwrap().write(&path, hebbscope::files::Precision::Full).unwrap();
    Checkpoint::read(&path).unwrap()
}

/// The lifetime of a seed in which a good deal happens.
fn eventful() -> (Parameters, Tape) {
    let parameters = strong(&[]);
    let tape = (0..200)
        .map(|seed| specimen(&config(&[]), &parameters).episode(seed).unwrap())
        .find(|tape| {
            let count = |kind| tape.events.iter().filter(|event| event.kind == kind).count();
            count(EventKind::Reward) > 1 && count(EventKind::Teleport) > 1 && count(EventKind::Bump) > 1
        })
        .expect("an agent that walks at random finds the reward now and then");
    (parameters, tape)
}

/// A lifetime that is drawn from `generator`.
fn lived(experiment: &dyn Experiment, parameters: &Parameters, generator: &mut Generator) -> Outcome {
    experiment.live(parameters, vec![experiment.draw(generator)], nowhere()).unwrap()
}

fn behaviour_of(tape: &mut Tape) -> &mut Behaviour {
    match &mut tape.content {
        Content::Agent(behaviour) => behaviour,
        other => panic!("no agent in {other:?}"),
    }
}

fn parts(tape: &Tape) -> (&Behaviour, &Walk) {
    let behaviour = tape.content.behaviour().unwrap();
    (behaviour, behaviour.walk.as_ref().unwrap())
}

#[test]
fn a_checkpoint_of_an_agent_that_sees_something_else_is_refused_and_says_what() {
    let trainer = trainer(&[]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.safetensors");
    let mut checkpoint = trainer.checkpoint().unwrap();
    checkpoint.continuation = None;
    checkpoint.parameters = checkpoint.parameters.snapshot().unwrap();
    checkpoint.parameters.insert("input.weight", &[15, 20], &[0.1; 300]).unwrap();
    checkpoint.write(&path, hebbscope::files::Precision::Full).unwrap();
    let error = Checkpoint::read(&path).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("input.weight has shape [15, 20], expected [16, 20]"), "{error}");
}

#[test]
fn a_tape_tells_what_the_agent_saw_did_and_got() {
    let (_, tape) = eventful();
    tape.check().unwrap();
    let (behaviour, walk) = parts(&tape);
    assert_eq!((walk.side, walk.squares[0]), (7, [3, 3]), "a lifetime begins in the centre");
    let inputs = tape.network.agent_size().unwrap().inputs;
    let has = |kind, step| tape.events.iter().any(|event| event.kind == kind && event.start == step);
    for (step, pair) in walk.squares.windows(2).enumerate() {
        let ([row, column], after) = (pair[0], pair[1]);
        let seen = &behaviour.observations[step * inputs..][..inputs];
        for (at, wall) in seen[WALLS].iter().enumerate() {
            let expected = walk.is_wall([row + at / 3 - 1, column + at % 3 - 1]);
            assert_eq!(*wall, f32::from(u8::from(expected)), "step {step}, place {at}");
        }
        let (last_reward, last_action) = match step.checked_sub(1) {
            Some(before) => (behaviour.rewards[before], Some(behaviour.actions[before])),
            None => (0.0, None),
        };
        assert_eq!(seen[LAST_REWARD], last_reward, "a reward is seen one step late");
        let one_hot: Vec<f32> = (0..4).map(|action| f32::from(u8::from(last_action == Some(action)))).collect();
        assert_eq!(seen[LAST_ACTION], one_hot);
        assert_eq!((seen[TIME], seen[BIAS]), (step as f32 / 40.0, 1.0));

        let ahead =
            [[row - 1, column], [row, column + 1], [row, column - 1], [row + 1, column]][behaviour.actions[step]];
        let (bumped, found) = (walk.is_wall(ahead), ahead == walk.reward);
        assert_eq!(
            behaviour.rewards[step],
            if found {
                7.5
            } else if bumped {
                -0.1
            } else {
                0.0
            }
        );
        assert_eq!((has(EventKind::Bump, step), has(EventKind::Reward, step)), (bumped, found));
        assert_eq!(has(EventKind::Teleport, step + 1), found && step + 1 < tape.steps);
        match (bumped, found) {
            (true, _) => assert_eq!(after, [row, column]),
            (_, true) => assert_ne!(after, walk.reward),
            _ => assert_eq!(after, ahead),
        }
    }
    assert!((tape.measure - behaviour.rewards.iter().sum::<f32>()).abs() < 1e-4);
}

#[test]
fn drive_policy_and_value_on_a_tape_are_those_of_the_layers() {
    let (parameters, tape) = eventful();
    let (behaviour, _) = parts(&tape);
    let layer = |input: &[f32], name: &str| -> Vec<f32> {
        let bias = parameters.values(&format!("{name}.bias")).unwrap();
        let weight = parameters.values(&format!("{name}.weight")).unwrap();
        let output = |at: usize| -> f32 {
            let terms = input.iter().zip(weight.chunks_exact(bias.len()));
            bias[at] + terms.map(|(input, weights)| input * weights[at]).sum::<f32>()
        };
        (0..bias.len()).map(output).collect()
    };
    let close = |found: &[f32], expected: &[f32]| {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-4, "{found} instead of {expected}");
        }
    };
    for step in 0..tape.steps {
        close(&tape.drive[step * 20..][..20], &layer(&behaviour.observations[step * 16..][..16], "input"));
        let powers: Vec<f32> = layer(tape.activity_at(step), "policy").iter().map(|value| value.exp()).collect();
        let total: f32 = powers.iter().sum();
        let expected: Vec<f32> = powers.iter().map(|power| power / total).collect();
        close(&behaviour.probabilities[step * 4..][..4], &expected);
        close(&behaviour.values[step..=step], &layer(tape.activity_at(step), "value"));
    }
}

/// The gradients of a lifetime, beside those of the same lifetime written step by step with Candle's own autograd.
#[test]
fn every_gradient_is_that_of_the_slow_twin() {
    for changes in [
        &[("steps", "30")][..],
        &[("rule", "oja"), ("alpha", "per_neuron")],
        &[("rule", "clip"), ("alpha", "yoked"), ("clip", "0.05")],
        &[("network", "non_plastic")],
    ]
    .into_iter()
    .chain(MODULATED)
    {
        let (config, parameters) = (config(changes), strong(changes));
        let experiment = config.task().experiment(&config.settings, Purpose::Training).unwrap();
        let outcome = lived(&*experiment, &parameters, &mut Generator::new(2, Stream::Training));
        let found = slopes(&outcome.loss, &parameters);

        let tape = &outcome.tape;
        let (behaviour, _) = parts(tape);
        let get = |name: &str| parameters.get(name).unwrap();
        let layer = |input: &Tensor, name: &str| {
            let product = input.matmul(get(&format!("{name}.weight"))).unwrap();
            product.broadcast_add(get(&format!("{name}.bias"))).unwrap()
        };
        let device = parameters.device();
        let seen = Tensor::from_slice(&behaviour.observations, (tape.steps, 16), device).unwrap();
        let drive = layer(&seen, "input").unsqueeze(1).unwrap();
        let (activity, _) = twin::live(tape.network.recurrent().unwrap(), &parameters, &drive).unwrap();
        let activity = activity.squeeze(1).unwrap();
        let p = layer(&activity, "policy").exp().unwrap();
        let p = p.broadcast_div(&p.sum_keepdim(D::Minus1).unwrap()).unwrap();
        let value = layer(&activity, "value").squeeze(1).unwrap();
        let mut total = Tensor::zeros((), candle_core::DType::F32, device).unwrap();
        let mut later = 0.0f64;
        for step in (0..tape.steps).rev() {
            later = f64::from(behaviour.rewards[step]) + 0.9 * later;
            let (p, value) = (p.get(step).unwrap(), value.get(step).unwrap());
            let advantage = (later - value).unwrap();
            let chosen = p.get(behaviour.actions[step]).unwrap().log().unwrap();
            let choice = (chosen * advantage.detach()).unwrap();
            let certainty = (p.sqr().unwrap().sum_all().unwrap() * 0.03).unwrap();
            let foresight = (advantage.sqr().unwrap() * 0.1).unwrap();
            total = (((total + certainty).unwrap() - choice).unwrap() + foresight).unwrap();
        }
        let loss = (total / tape.steps as f64).unwrap();
        let scalar = |tensor: &Tensor| tensor.to_scalar::<f32>().unwrap();
        assert!((scalar(&loss) - scalar(&outcome.loss)).abs() < 1e-4 * scalar(&loss).abs().max(1.0), "{changes:?}");
        let expected = slopes(&loss, &parameters);
        for (name, _) in parameters.iter() {
            let [found, expected] = [&found, &expected].map(|gradients| gradients.by(name));
            let scale = expected.iter().fold(1e-4f32, |scale, value| scale.max(value.abs()));
            for (index, (found, expected)) in found.iter().zip(&expected).enumerate() {
                let error = (found - expected).abs() / scale;
                assert!(error < 1e-3, "{changes:?} {name}[{index}]: {found} instead of {expected}");
            }
        }
    }
}

#[test]
fn a_run_is_the_same_for_the_same_seed_whatever_the_number_of_threads() {
    let run = |changes: &[(&str, &str)], threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut config = config(changes);
            config.settings.set_text("batch", "8").unwrap();
            config.seed = seed;
            let mut trainer = Trainer::new(config).unwrap();
            advance(&mut trainer, 4);
            (bits(trainer.parameters()), trainer.curve().to_vec(), trainer.last_tape().unwrap().as_ref().clone())
        })
    };
    for changes in [&[][..]].into_iter().chain(MODULATED) {
        let first = run(changes, 1, 5);
        assert!(first == run(changes, 1, 5) && first == run(changes, 3, 5), "{changes:?}");
        assert!(first != run(changes, 1, 6), "{changes:?}");
    }
}

#[test]
fn a_run_stopped_and_resumed_is_the_run_that_never_stopped() {
    for changes in [&[][..], &[("network", "non_plastic"), ("clip_norm", "0")], MODULATED[0], MODULATED[3]] {
        let mut whole = trainer(changes);
        advance(&mut whole, 7);
        let mut resumed = trainer(changes);
        for sitting in [2, 1, 4] {
            advance(&mut resumed, sitting);
            resumed = Trainer::from_checkpoint(saved_and_opened(&resumed)).unwrap();
        }
        assert_eq!(bits(resumed.parameters()), bits(whole.parameters()), "{changes:?}");
        assert_eq!(resumed.curve(), whole.curve());
    }
}

#[test]
fn the_network_has_the_papers_numbers_and_begins_as_the_peer_does() {
    let trainer = Trainer::new(RunConfig::new(tasks::find("maze").unwrap())).unwrap();
    let parameters = trainer.parameters();
    assert_eq!(parameters.count(), 2 * 100 * 100 + 1 + 16 * 100 + 100 + 100 * 4 + 4 + 100 + 1);
    let within = |name: &str, low: f32, high: f32| {
        let values = parameters.values(name).unwrap();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        assert!(values.iter().all(|value| (low..=high).contains(value)), "{name}");
        // Wide enough for four of the policy's biases.
        assert!((mean - (low + high) / 2.0).abs() < (high - low) / 1.9, "{name}: {mean}");
    };
    within("w", 0.0, 0.001);
    within("alpha", 0.0, 0.001);
    for layer in ["input", "policy", "value"] {
        let bound = if layer == "input" { 0.25 } else { 0.1 };
        within(&format!("{layer}.weight"), -bound, bound);
        within(&format!("{layer}.bias"), -bound, bound);
    }
    assert_eq!(parameters.values("eta").unwrap(), [0.01]);
}

#[test]
fn a_modulator_begins_as_layers_do() {
    for (network, fan_out) in MODULATED.map(|changes| (changes[0].1, !changes.contains(&("fan_out", "scalar")))) {
        let fan = if fan_out { "fan_out" } else { "scalar" };
        let mut config = RunConfig::new(tasks::find("maze").unwrap());
        config.settings.set_text("network", network).unwrap();
        config.settings.set_text("fan_out", fan).unwrap();
        let trainer = Trainer::new(config).unwrap();
        let parameters = trainer.parameters();
        let layers = 16 * 100 + 100 + 100 * 4 + 4 + 100 + 1;
        let (eta, fans) = (usize::from(network == "retroactive"), if fan_out { 200 } else { 0 });
        assert_eq!(parameters.count(), 2 * 100 * 100 + 101 + eta + fans + layers, "{network} {fan}");
        let mut layers = vec![("mod", 0.1)];
        if fan_out {
            layers.push(("fanout", 1.0));
        }
        for (layer, bound) in layers {
            let weight = parameters.values(&format!("{layer}.weight")).unwrap();
            let most = weight.iter().fold(0.0f32, |most, value| most.max(value.abs()));
            assert!((0.9 * bound..=bound).contains(&most), "{layer}: {most}");
            assert!(weight.iter().any(|value| *value < 0.0), "{layer}");
            assert!(parameters.values(&format!("{layer}.bias")).unwrap().iter().all(|value| value.abs() <= bound));
        }
        let layer = trainer.config().task().network(&trainer.config().settings).unwrap().layers().remove(0);
        assert_eq!(layer.eta(parameters).unwrap(), 0.01 * eta as f32);
    }
}

#[test]
fn settings_without_a_fan_out_or_inputs_are_those_of_before() {
    let mut map = config(&[]).settings.to_map();
    for key in ["fan_out", "input_walls", "input_reward", "input_action", "input_time"] {
        map.remove(key).unwrap();
    }
    let mut settings = RunConfig::new(tasks::find("maze").unwrap()).settings;
    settings.set_all(&map).unwrap();
    assert_eq!(settings.to_map(), config(&[]).settings.to_map());
    let network = config(&[]).task().network(&settings).unwrap();
    assert!(
        network.recurrent().unwrap().modulation().is_none()
            && !serde_json::to_string(&network).unwrap().contains("modulation")
    );
}

#[test]
fn the_trace_of_a_modulated_tape_is_the_kernels_at_every_step() {
    for changes in MODULATED {
        let parameters = strong(changes);
        let tape = Arc::new(specimen(&config(changes), &parameters).episode(3).unwrap());
        tape.check().unwrap();
        let mut stepper = Stepper::begin(tape.network.recurrent().unwrap(), &parameters, 1, tape.steps).unwrap();
        let (mut reel, mut traces) = (Reel::new(Arc::clone(&tape), 0), vec![vec![0.0; 400]]);
        for step in 0..tape.steps {
            assert!(reel.trace_at(step) == traces[step], "{changes:?} step {step}");
            let activity = stepper.step(&tape.drive[step * 20..][..20]).unwrap();
            assert_eq!(activity, tape.activity_at(step));
            traces.push(stepper.trace(0).unwrap());
        }
        assert_eq!(stepper.modulator(0).unwrap(), tape.layers[0].modulator.as_ref().unwrap().values);
        assert!(traces[40].iter().any(|value| value.abs() > 0.04), "{changes:?}: an empty trace tests nothing");
        // From key-frames, forwards and backwards.
        for step in [40, 3, 29, 16, 8, 0, 39, 24] {
            assert!(reel.trace_at(step) == traces[step], "{changes:?} jump to {step}");
        }
        for (from, to) in [(0, 0), (3, 17), (19, 4)] {
            let history: Vec<f32> = traces.iter().map(|trace| trace[from * 20 + to]).collect();
            assert_eq!(reel.synapse_history(from, to), history);
            for (step, &trace) in history.iter().enumerate() {
                let ledger = Ledger::of_synapse(&tape, 0, from, to, step);
                assert_eq!(ledger.written.len(), step);
                assert_eq!(ledger.total(), f64::from(trace), "{changes:?} {from}→{to} step {step}");
                assert_eq!(ledger.rounding, 0.0, "{changes:?} {from}→{to} step {step}");
            }
        }
        assert_eq!(reel.sampled_changes(5).len(), 5 * tape.steps);
        // A tape alone suffices, also one that was written and read.
        let (read, layers) = read_tape(&tape_bytes(&tape, &parameters)).unwrap();
        assert_eq!(read, *tape);
        assert_eq!(bits(&layers), bits(&parameters));
        assert!(Reel::new(Arc::new(read), 0).trace_at(40) == traces[40]);
    }
}

#[test]
fn a_modulator_that_cannot_be_is_refused_with_a_sentence() {
    let parameters = strong(MODULATED[2]);
    let tape = specimen(&config(MODULATED[2]), &parameters).episode(3).unwrap();
    let bytes = tape_bytes(&tape, &parameters);
    let json = |change: &dyn Fn(&mut serde_json::Value)| with_changed_json(&bytes, |json| change(json));
    for (changed, words) in [
        (json(&|json| json["modulator"]["version"] = 2.into()), "modulator of version 2, expected version 1"),
        (
            json(&|json| drop(json.as_object_mut().unwrap().remove("modulator"))),
            "expected what modulated the traces of this episode, found nothing",
        ),
        (
            json(&|json| drop(json["network"].as_object_mut().unwrap().remove("modulation"))),
            "expected none with a network that does not modulate",
        ),
        (json(&|json| json["network"]["modulation"]["fan_out"] = false.into()), "tensor fanout.bias does not belong"),
        (json(&|json| json["network"]["modulation"]["kind"] = "simple".into()), "eta does not belong"),
        (json(&|json| json["network"]["modulation"]["kind"] = "other".into()), "header of a tape"),
        (json(&|json| json["network"]["modulation"]["bound"] = 0.0.into()), "a bound of the trace above zero, found 0"),
        (json(&|json| json["network"]["drive"] = "clamp".into()), "driven inside the tanh"),
        (
            json(&|json| json["network"]["plasticity"] = serde_json::json!({ "rule": "decay", "alpha": "free" })),
            "expected a modulated network without another rule",
        ),
        (with_value(&bytes, "tape.modulator", 1, f32::NAN), "expected finite numbers"),
        (with_value(&bytes, "tape.fan_out", 1, f32::INFINITY), "expected finite numbers"),
    ] {
        let error = read_tape(&changed).map(|_| ()).unwrap_err();
        assert!(error.contains(words) && !error.contains('\n'), "expected {words:?} in: {error}");
    }
    let broken = |change: &dyn Fn(&mut Tape)| {
        let mut tape = tape.clone();
        change(&mut tape);
        tape.check().unwrap_err()
    };
    let part = |tape: &mut Tape| tape.layers[0].modulator.clone().unwrap();
    for (error, words) in [
        (
            broken(&|tape| tape.layers[0].modulator.as_mut().unwrap().values.truncate(39)),
            "modulator of 40 steps has 39 values",
        ),
        (
            broken(&|tape| tape.layers[0].modulator.as_mut().unwrap().fan_out = None),
            "do not agree on a fan-out, found none",
        ),
        (
            broken(&|tape| tape.layers[0].modulator.as_mut().unwrap().fan_out.as_mut().unwrap()[1].truncate(3)),
            "reaches 3 neurons, the network has 20",
        ),
        (
            broken(&|tape| tape.layers[0].modulator = Some(Modulator { values: vec![f32::NAN; 40], ..part(tape) })),
            "the modulator holds NaN",
        ),
    ] {
        assert!(error.contains(words), "expected {words:?} in: {error}");
    }
}

#[test]
fn an_agent_learns_to_come_back() {
    let mut trainer = trainer(&[("lr", "0.003"), ("batch", "16"), ("reward", "10")]);
    advance(&mut trainer, 400);
    let mean = |points: &[hebbscope::train::Point]| points.iter().map(|point| point.measure).sum::<f32>() / 50.0;
    let (before, after) = (mean(&trainer.curve()[..50]), mean(&trainer.curve()[350..]));
    assert!(after > 1.5 * before && after > before + 5.0, "reward {before} at first, {after} at last");
}

#[test]
fn drivers_are_heard_in_turn_and_their_lifetimes_are_those_of_single_steps() {
    /// Drives with what it was told last.
    struct Echo {
        last: Vec<f32>,
        heard: Vec<f32>,
        drove: Vec<f32>,
    }
    impl hebbscope::plastic::lifetime::Driver for Echo {
        fn drive(&mut self, drive: &mut [f32]) {
            drive.copy_from_slice(&self.last);
            self.drove.extend_from_slice(drive);
        }
        fn take(&mut self, activity: &[f32]) {
            self.last = activity.iter().rev().map(|value| 1.3 * value + 0.1).collect();
            self.heard.extend_from_slice(activity);
        }
    }
    let (batch, neurons, steps) = (7, 20, 12);
    let network = config(&[]).task().network(&config(&[]).settings).unwrap().recurrent().unwrap();
    let parameters = strong(&[]);
    let echo =
        |lane: usize| Echo { last: vec![lane as f32 * 0.1 - 0.3; neurons], heard: Vec::new(), drove: Vec::new() };
    let fresh = || -> Vec<Echo> { (0..batch).map(echo).collect() };
    let mut drivers = fresh();
    let lived = driven(network, &parameters, &mut drivers, steps).unwrap();
    let mut stepper = Stepper::begin(network, &parameters, batch, steps).unwrap();
    for step in 0..steps {
        let of = |values: fn(&Echo) -> &Vec<f32>| -> Vec<f32> {
            drivers.iter().flat_map(|driver| &values(driver)[step * neurons..][..neurons]).copied().collect()
        };
        assert_eq!(stepper.step(&of(|driver| &driver.drove)).unwrap(), of(|driver| &driver.heard), "step {step}");
    }
    for lane in 0..batch {
        assert_eq!(lived.trace(lane).unwrap(), stepper.trace(lane).unwrap());
    }
    assert!(driven(network, &parameters, &mut drivers[..0], steps).is_err());
    // The drive as it comes from a layer, all rows below each other, makes the same activities in that shape.
    let device = parameters.device();
    let [rows, three] = [vec![steps * batch, neurons], vec![steps, batch, neurons]].map(|shape| {
        let drive = Tensor::ones(shape.as_slice(), candle_core::DType::F32, device).unwrap();
        let lived = driven(network, &parameters, &mut fresh(), steps).unwrap();
        let activity = lived.finish(&parameters, &drive).unwrap();
        assert_eq!(activity.dims(), shape);
        activity.flatten_all().unwrap().to_vec1::<f32>().unwrap()
    });
    assert_eq!(rows, three);
    let short = Tensor::ones((steps * batch - 1, neurons), candle_core::DType::F32, device).unwrap();
    let lived = driven(network, &parameters, &mut drivers, steps).unwrap();
    assert!(lived.finish(&parameters, &short).unwrap_err().to_string().contains("[83, 20]"));
}

#[test]
fn a_tape_is_read_back_as_it_was_written() {
    let (parameters, tape) = eventful();
    let (found, layers) = read_tape(&tape_bytes(&tape, &parameters)).unwrap();
    assert_eq!(found, tape);
    assert_eq!(bits(&layers), bits(&parameters));
}

#[test]
fn a_behaviour_that_cannot_be_is_refused_with_a_sentence() {
    let (parameters, tape) = eventful();
    let bytes = tape_bytes(&tape, &parameters);
    let json = |change: &dyn Fn(&mut serde_json::Value)| with_changed_json(&bytes, |json| change(json));
    for (changed, words) in [
        (json(&|json| json["behaviour"]["version"] = 2.into()), "behaviour of version 2, expected version 1"),
        (json(&|json| json["behaviour"]["side"] = 9.into()), "tensor tape.walls has shape [7, 7], expected [9, 9]"),
        (json(&|json| drop(json.as_object_mut().unwrap().remove("behaviour"))), "tape.actions does not belong"),
        (json(&|json| json["network"]["layers"]["inputs"] = 15.into()), "input.weight has shape [16, 20]"),
        (json(&|json| json["network"]["layers"]["actions"] = 0.into()), "policy.weight has shape [20, 4]"),
        (json(&|json| drop(json["network"].as_object_mut().unwrap().remove("layers"))), "neither sees nor acts"),
        (with_value(&bytes, "tape.actions", 3, 4.0), "expected actions 0 to 3, found 4"),
        (with_value(&bytes, "tape.actions", 3, 1.5), "tape.actions holds 1.5 at position 3, expected whole numbers"),
        (with_value(&bytes, "tape.squares", 0, -1.0), "tape.squares holds -1 at position 0"),
        (with_value(&bytes, "tape.squares", 0, 9999.0), "expected open squares"),
        (with_value(&bytes, "tape.reward_square", 0, 0.0), "expected open squares"),
        (with_value(&bytes, "tape.probabilities", 0, 2.0), "probabilities that sum to one"),
        (with_value(&bytes, "tape.probabilities", 0, -0.5), "probabilities that sum to one"),
        (with_value(&bytes, "tape.rewards", 1, f32::NAN), "expected finite numbers"),
    ] {
        let error = read_tape(&changed).map(|_| ()).unwrap_err();
        assert!(error.contains(words) && !error.contains('\n'), "expected {words:?} in: {error}");
    }
}

#[test]
fn what_does_not_fit_the_network_is_refused_before_it_is_written() {
    let (_, tape) = eventful();
    let broken = |change: &dyn Fn(&mut Behaviour)| {
        let mut tape = tape.clone();
        change(behaviour_of(&mut tape));
        tape.check().unwrap_err()
    };
    for (error, words) in [
        (broken(&|part| part.actions.truncate(39)), "actions of 40 steps are 39 values"),
        (broken(&|part| part.observations.push(0.0)), "observations of 40 steps are 641 values"),
        (broken(&|part| part.walk.as_mut().unwrap().side = usize::MAX), "squares"),
        (broken(&|part| part.walk.as_mut().unwrap().squares.truncate(40)), "41 places, found 49 and 40"),
    ] {
        assert!(error.contains(words), "expected {words:?} in: {error}");
    }
}

#[test]
fn tapes_of_networks_that_do_not_act_are_as_they_were() {
    let trainer = crate::workbench::trained(&[], 1);
    let tape = trainer.last_tape().unwrap();
    let (header, _) = taken_apart(&tape_bytes(tape, trainer.parameters()));
    let json = header["__metadata__"]["hebbscope"].as_str().unwrap();
    assert!(!json.contains("behaviour") && !json.contains("layers"), "{json}");
}

/// Two lives of forty steps: in one the reward comes in the 8th, the 20th and the 40th step, in the other never.
#[test]
fn an_evaluation_counts_steps_and_tenths_as_they_were() {
    let config = config(&[]);
    let experiment = config.task().experiment(&config.settings, Purpose::Testing).unwrap();
    let (_, tape) = eventful();
    let life = |found: &[usize]| {
        let mut tape = tape.clone();
        let rewards = &mut behaviour_of(&mut tape).rewards;
        rewards.fill(0.0);
        rewards[20] = -0.5;
        found.iter().for_each(|&step| rewards[step] = 7.5);
        let event = |kind, start| Event { kind, start, steps: 1, index: None };
        tape.events = found.iter().map(|&step| event(EventKind::Reward, step)).collect();
        tape.events.push(event(EventKind::Bump, 20));
        tape
    };
    // Somebody does something before step 20.
    let mut tally = experiment.tally(Generator::new(0, Stream::Episode), Some(20)).unwrap();
    let mut told = |found: &[usize]| {
        let findings = tally.judge(&life(found));
        move |key: &str| findings.iter().find(|finding| finding.key == key).unwrap().value.clone()
    };
    let number = |number: f64| Value::Number(Some(number));
    let found = told(&[7, 19, 39]);
    let tenths = vec![0.0, 7.5, 0.0, 0.0, 7.5, -0.5, 0.0, 0.0, 0.0, 7.5];
    assert_eq!(found("reward_by_tenth"), Value::List(tenths.into_iter().map(Some).collect()));
    assert_eq!([found("reward_first_half"), found("reward_second_half")], [number(15.0), number(7.0)]);
    assert_eq!([found("first_reward_steps"), found("between_rewards_steps")], [number(8.0), number(16.0)]);
    assert_eq!(found("found_share"), number(1.0));
    assert_eq!([found("reward_since"), found("never_again_share")], [number(7.0), number(0.0)]);
    // What is not found any more had to be found before.
    assert_eq!(told(&[7, 19])("never_again_share"), number(1.0));
    assert_eq!(told(&[20])("never_again_share"), Value::Number(None));
    let never = told(&[]);
    assert_eq!(
        [never("first_reward_steps"), never("between_rewards_steps")],
        [Value::Number(None), Value::Number(None)]
    );
    assert_eq!(never("found_share"), number(0.0));
}

/// Of two steps the first tenth and the sixth have one each. The others have no reward, and not one of zero.
#[test]
fn tenths_of_an_episode_without_a_step_have_no_reward() {
    let result = evaluated(&trainer(&[("steps", "2")]).checkpoint().unwrap(), 0, 3);
    let Means::List(tenths) = &result.entry("reward_by_tenth").unwrap().means else { panic!("ten numbers") };
    let counts: Vec<u64> = tenths.iter().map(Mean::count).collect();
    assert_eq!(counts, [3, 0, 0, 0, 0, 3, 0, 0, 0, 0]);
}

#[test]
fn an_evaluation_counts_the_bumps_of_the_tapes() {
    let (config, parameters) = (config(&[]), strong(&[]));
    let experiment = config.task().experiment(&config.settings, Purpose::Testing).unwrap();
    let checkpoint = Checkpoint { parameters: parameters.snapshot().unwrap(), ..trainer(&[]).checkpoint().unwrap() };
    let result = evaluated(&checkpoint, 3, 20);
    let mut generator = Generator::new(3, Stream::Evaluation);
    let tapes = (0..20).map(|_| lived(&*experiment, &parameters, &mut generator).tape);
    let count = |tape: &Tape, kind| tape.events.iter().filter(|event| event.kind == kind).count();
    let (bumps, found): (Vec<_>, Vec<_>) =
        tapes.map(|tape| (count(&tape, EventKind::Bump), count(&tape, EventKind::Reward))).unzip();
    let mean = |counts: &[usize]| counts.iter().sum::<usize>() as f64 / 20.0;
    let detail = |key: &str| result.entry(key).unwrap().mean().unwrap();
    assert!((detail("bumps") - mean(&bumps)).abs() < 1e-4);
    assert!((detail("found") - mean(&found)).abs() < 1e-4);
    assert!(mean(&bumps) > 0.0);
}

/// The largest mazes have agents too.
#[test]
fn agents_live_in_mazes_of_every_size() {
    for size in ["11", "15", "21"] {
        let mut trainer = trainer(&[("size", size), ("steps", "20")]);
        assert!(trainer.step().unwrap().loss.is_finite(), "{size}");
        let tape = trainer.checkpoint().unwrap().specimen().episode(1).unwrap();
        let walk = parts(&tape).1;
        let middle = size.parse::<usize>().unwrap().div_ceil(2);
        assert_eq!((walk.side, walk.squares[0]), (size.parse::<usize>().unwrap() + 2, [middle, middle]));
    }
}

/// What is withheld from an agent reaches neither its tape nor what it would do elsewhere.
#[test]
fn an_agent_from_which_the_walls_are_withheld_believes_the_same_everywhere() {
    let changes = [("input_walls", "withheld"), ("input_time", "withheld")];
    let parameters = strong(&[]);
    let tape = specimen(&config(&changes), &parameters).episode(3).unwrap();
    let seen = &parts(&tape).0.observations;
    assert!(seen.chunks_exact(16).all(|seen| seen[WALLS].iter().all(|wall| *wall == 0.0) && seen[TIME] == 0.0));
    let layer = tape.layer(0).unwrap();
    let mut trace = layer.first_state();
    layer.carry(&mut trace, 0..30);
    let found = beliefs(&parameters, &tape, 30, &trace).unwrap();
    assert!(found.iter().all(|belief| belief.probabilities == found[0].probabilities));
    let sighted = specimen(&config(&[]), &parameters).episode(3).unwrap();
    let found = beliefs(&parameters, &sighted, 30, &trace).unwrap();
    assert!(found.iter().any(|belief| belief.probabilities != found[0].probabilities));
}

#[test]
fn evaluation_tells_when_rewards_come_beside_chance_and_the_oracle() {
    let mut trainer = trainer(&[]);
    advance(&mut trainer, 1);
    let result = evaluated(&trainer.checkpoint().unwrap(), 0, 50);
    assert_eq!(result, evaluated(&trainer.checkpoint().unwrap(), 0, 50));
    let number = |key: &str| result.entry(key).unwrap().mean().unwrap();
    let error = |key: &str| result.entry(key).unwrap().error().unwrap();
    let Means::List(tenths) = &result.entry("reward_by_tenth").unwrap().means else { panic!("ten numbers") };
    assert_eq!(tenths.len(), 10);
    assert!((tenths.iter().map(|tenth| tenth.mean().unwrap()).sum::<f64>() - result.measure()).abs() < 1e-3);
    assert!((number("reward_first_half") + number("reward_second_half") - result.measure()).abs() < 1e-3);
    assert!(result.entries[0].error().unwrap() > 0.0 && (0.0..=1.0).contains(&number("found_share")));
    assert!((1.0..=40.0).contains(&number("first_reward_steps")));
    assert!(number("between_rewards_steps") >= 1.0);
    assert!(number("oracle_reward") > 3.0 * number("random_reward"));
    // An agent that has learned nothing is no better than chance.
    let apart = (result.measure() - number("random_reward")).abs();
    assert!(apart < 5.0 * (error("reward") + error("random_reward")), "{apart}");
}
