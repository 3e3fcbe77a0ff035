//! Training: the same numbers every time, also across a stop; networks that learn; NaN that is caught.

use crate::workbench::{Disturbed, advance, bits, config, drawn, evaluated, taken_apart, trained, trainer};
use candle_core::{DType, Device, Tensor};
use hebbscope::data::{Generator, Stream};
use hebbscope::files::Precision;
use hebbscope::plastic::direct::{Direct, Slopes};
use hebbscope::plastic::{Drive, Recurrent, live};
use hebbscope::tasks::Optimiser;
use hebbscope::tasks::optimiser::Method;
use hebbscope::train::adam::Adam;
use hebbscope::train::gradients::{clip_scale, global_norm, to_host};
use hebbscope::train::run_folder::checkpoint_path;
use hebbscope::train::{Checkpoint, Event, Point, RunFolder, Trainer, Worker, worker};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Saves a trainer to a file and takes up training from what the file says.
fn saved_and_opened(trainer: &Trainer) -> Trainer {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    trainer.checkpoint().unwrap().write(&path, Precision::Full).unwrap();
    Trainer::from_checkpoint(Checkpoint::read(&path).unwrap()).unwrap()
}

/// The file that a trainer would save.
fn file_of(trainer: &Trainer) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    trainer.checkpoint().unwrap().write(&path, Precision::Full).unwrap();
    std::fs::read(path).unwrap()
}

fn curve_bits(curve: &[Point]) -> Vec<[u32; 4]> {
    curve.iter().map(|point| [point.loss, point.measure, point.eta, point.grad_norm].map(f32::to_bits)).collect()
}

#[track_caller]
fn expect_same(one: &Trainer, other: &Trainer) {
    assert_eq!(curve_bits(one.curve()), curve_bits(other.curve()), "the curves differ");
    assert!(bits(one.parameters()) == bits(other.parameters()), "the parameters differ");
    assert!(file_of(one) == file_of(other), "the checkpoints differ");
}

#[test]
fn the_same_seed_gives_the_same_curve_bit_for_bit() {
    for changes in [&[][..], &[("batch", "5")], &[("rule", "oja"), ("alpha", "yoked")]] {
        expect_same(&trained(changes, 12), &trained(changes, 12));
    }
}

#[test]
fn another_seed_gives_another_curve() {
    let mut other = config(&[]);
    other.seed = 1;
    let mut other = Trainer::new(other).unwrap();
    advance(&mut other, 5);
    let first = trained(&[], 5);
    for (one, other) in first.curve().iter().zip(other.curve()) {
        assert_ne!(one.loss, other.loss);
    }
}

#[test]
fn the_number_of_threads_does_not_change_a_bit() {
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let many = rayon::ThreadPoolBuilder::new().num_threads(5).build().unwrap();
    for batch in ["1", "6"] {
        // More than one block of rows.
        let changes = [("size", "150"), ("batch", batch)];
        expect_same(&alone.install(|| trained(&changes, 2)), &many.install(|| trained(&changes, 2)));
    }
}

#[test]
fn saving_and_opening_leaves_the_next_step_as_it_was() {
    for changes in [&[][..], &[("batch", "3"), ("rule", "clip"), ("clip_norm", "1")], &[("network", "non_plastic")]] {
        let mut whole = trained(changes, 4);
        let mut opened = saved_and_opened(&whole);
        expect_same(&whole, &opened);
        assert_eq!(whole.step().unwrap(), opened.step().unwrap());
        expect_same(&whole, &opened);
    }
}

#[test]
fn a_run_can_be_saved_before_its_first_step() {
    let mut opened = saved_and_opened(&trainer(&[]));
    advance(&mut opened, 3);
    expect_same(&trained(&[], 3), &opened);
}

#[test]
fn a_run_stopped_and_resumed_is_the_run_that_never_stopped() {
    let mut resumed = trainer(&[("batch", "2")]);
    for sitting in [1, 4, 2, 5] {
        advance(&mut resumed, sitting);
        resumed = saved_and_opened(&resumed);
    }
    expect_same(&trained(&[("batch", "2")], 12), &resumed);
}

#[test]
fn going_on_from_a_shared_checkpoint_can_be_stopped_and_resumed_too() {
    let mut shared = trained(&[], 6).checkpoint().unwrap();
    shared.continuation = None;
    let start = || Trainer::from_checkpoint(shared.clone()).unwrap();
    let mut whole = start();
    advance(&mut whole, 5);
    assert_eq!(whole.iteration(), 11);
    for stop in [0, 1, 3] {
        let mut resumed = start();
        advance(&mut resumed, stop);
        let mut resumed = saved_and_opened(&resumed);
        advance(&mut resumed, 5 - stop);
        expect_same(&whole, &resumed);
    }
}

#[test]
fn training_on_from_a_checkpoint_leaves_the_checkpoint_alone() {
    let checkpoint = trained(&[], 2).checkpoint().unwrap();
    let before = bits(&checkpoint.parameters);
    let mut trainer = Trainer::from_checkpoint(checkpoint.clone()).unwrap();
    advance(&mut trainer, 1);
    assert!(bits(trainer.parameters()) != before);
    assert!(bits(&checkpoint.parameters) == before);
}

/// A small network of 41 neurons that has lived 1600 lifetimes.
fn learner(network: &str) -> Trainer {
    let changes = [("size", "40"), ("show_steps", "4"), ("probe_steps", "4"), ("lr", "0.003"), ("batch", "4")];
    trained(&[&changes[..], &[("network", network)]].concat(), 400)
}

fn mean_error(curve: &[Point]) -> f32 {
    curve.iter().map(|point| point.measure).sum::<f32>() / curve.len() as f32
}

#[test]
fn a_plastic_network_learns_to_remember_and_one_without_traces_cannot() {
    let (plastic, fixed) = (learner("plastic"), learner("non_plastic"));
    let (first, last) = (mean_error(&plastic.curve()[..5]), mean_error(&plastic.curve()[380..]));
    assert!(first > 0.15, "a new network knows nothing: {first}");
    assert!(last < 0.03 && last < first / 5.0, "from {first} to {last}");
    let without = mean_error(&fixed.curve()[380..]);
    // Half of the bits are given, of the others half are right by chance.
    assert!((0.15..0.35).contains(&without), "nothing to remember with, yet an error of {without}");

    // The same on lifetimes that neither has lived in training.
    let error = |trainer: &Trainer| evaluated(&trainer.checkpoint().unwrap(), 7, 200).measure();
    assert!(error(&plastic) < 0.05, "{}", error(&plastic));
    assert!(error(&fixed) > 0.15, "{}", error(&fixed));
}

#[test]
fn every_network_and_every_batch_trains() {
    for rule in ["decay", "oja", "clip"] {
        for alpha in ["free", "per_neuron", "yoked"] {
            for batch in ["1", "3", "5"] {
                let trainer = trained(&[("rule", rule), ("alpha", alpha), ("batch", batch)], 4);
                let before = trained(&[("rule", rule), ("alpha", alpha), ("batch", batch)], 0);
                for ((name, after), (_, before)) in bits(trainer.parameters()).iter().zip(bits(before.parameters())) {
                    assert!(*after != before, "{name} was not trained with {rule}, {alpha}, batch {batch}");
                }
                assert!(trainer.curve().iter().all(|point| point.loss.is_finite() && point.grad_norm > 0.0));
                assert_eq!(trainer.parameters().first_non_finite(), None);
                assert!((0.0..=1.0).contains(&trainer.curve()[3].measure));
            }
        }
    }
    let fixed = trained(&[("network", "non_plastic"), ("batch", "2")], 4);
    assert_eq!(fixed.parameters().iter().map(|(name, _)| name).collect::<Vec<_>>(), ["w"]);
    assert!(fixed.curve().iter().all(|point| point.loss.is_finite() && point.eta == 0.0));
}

#[test]
fn the_loss_of_a_batch_is_the_mean_of_its_lifetimes() {
    // Without learning, three batches of one are one batch of three.
    let one = trained(&[("lr", "0"), ("batch", "1")], 3);
    let three = trained(&[("lr", "0"), ("batch", "3")], 1);
    for (value, name) in [(|point: &Point| point.loss, "loss"), (|point: &Point| point.measure, "error")]
        as [(fn(&Point) -> f32, &str); 2]
    {
        let mean = one.curve().iter().map(value).sum::<f32>() / 3.0;
        let batch = value(&three.curve()[0]);
        assert!((mean - batch).abs() < 1e-4 * mean.abs().max(1e-3), "{name}: {mean} one by one, {batch} together");
    }
}

#[test]
fn the_learning_rate_changes_when_it_is_said_to_and_not_before() {
    let lasting = |iterations| trained(&[], iterations);
    let falling = |iterations| trained(&[("lr_every", "3"), ("lr_factor", "0.01")], iterations);
    assert!(bits(lasting(3).parameters()) == bits(falling(3).parameters()), "it changed too early");
    let start = lasting(3).parameters().values("w").unwrap();
    let step = |trainer: Trainer| -> Vec<f32> {
        let after = trainer.parameters().values("w").unwrap();
        start.iter().zip(&after).map(|(before, after)| after - before).collect()
    };
    for (whole, small) in step(lasting(4)).iter().zip(step(falling(4))) {
        assert!((whole * 0.01 - small).abs() <= 1e-7, "{whole} at first, {small} after");
    }
    let optimiser = Optimiser { lr: 1.0, lr_every: 3, lr_factor: 0.5, ..Default::default() };
    let rates: Vec<f64> = (1..=7).map(|step| optimiser.lr_at(step)).collect();
    assert_eq!(rates, [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25]);
}

#[test]
fn clipping_limits_the_gradient_and_keeps_its_direction() {
    let tensor = |values: &[f32]| Direct::from(Tensor::from_slice(values, values.len(), &Device::Cpu).unwrap());
    let gradients = BTreeMap::from([("w".to_owned(), tensor(&[3.0, 0.0, -6.0])), ("eta".to_owned(), tensor(&[2.0]))]);
    let norm = global_norm(&gradients).unwrap();
    assert!((norm - 7.0).abs() < 1e-9);
    let clipped = to_host(&gradients, clip_scale(norm, Some(3.5))).unwrap();
    let clipped_norm = clipped.values().flatten().map(|value| value * value).sum::<f32>().sqrt();
    assert!((clipped_norm - 3.5).abs() < 1e-5);
    let whole = to_host(&gradients, 1.0).unwrap();
    for (before, after) in whole.values().flatten().zip(clipped.values().flatten()) {
        assert!((before / 2.0 - after).abs() < 1e-6);
    }
    assert_eq!(clip_scale(norm, Some(8.0)), 1.0, "a gradient within the limit stays as it is");
    assert_eq!(clip_scale(norm, None), 1.0);
}

#[test]
fn a_clipped_run_reports_the_norm_that_it_had() {
    let (free, clipped) = (trained(&[], 1), trained(&[("clip_norm", "1e-9")], 1));
    assert_eq!(free.curve()[0], Point { eta: free.curve()[0].eta, ..clipped.curve()[0] });
    assert!(clipped.curve()[0].grad_norm > 0.1, "{}", clipped.curve()[0].grad_norm);
    // Adam divides by its own moments, so only its eps feels a gradient that has become tiny.
    let start = trainer(&[]);
    let moved = |trainer: &Trainer| -> f32 {
        let (before, after) = (start.parameters().values("w").unwrap(), trainer.parameters().values("w").unwrap());
        before.iter().zip(&after).map(|(before, after)| (before - after).abs()).sum()
    };
    assert!(moved(&clipped) < 0.1 * moved(&free), "{} clipped, {} free", moved(&clipped), moved(&free));
    assert!(moved(&clipped) > 0.0);
}

#[test]
fn a_gradient_that_does_not_fit_is_refused_before_anything_moves() {
    let mut parameters = trainer(&[]).parameters().snapshot().unwrap();
    let before = bits(&parameters);
    let ones = |count: usize| Direct::from(Tensor::ones(count, DType::F32, &Device::Cpu).unwrap());
    let mut gradients: BTreeMap<String, Direct> =
        parameters.iter().map(|(name, var)| (name.to_owned(), ones(var.elem_count()))).collect();
    let mut adam = Adam::new(Optimiser::default());
    gradients.insert("w".into(), ones(3));
    let error = adam.step(&mut parameters, &gradients, 1.0).unwrap_err().to_string();
    assert!(error.contains("gradient of w") && error.contains("3 values, expected 441"), "{error}");
    gradients.remove("w");
    let error = adam.step(&mut parameters, &gradients, 1.0).unwrap_err().to_string();
    assert!(error.contains("no gradient of w"), "{error}");
    assert_eq!((bits(&parameters), adam.steps), (before, 0));
}

/// Of a large matrix and a short lifetime the gradient is never written down; what is done with it is the same.
#[test]
fn outer_products_are_descended_as_their_sum_is() {
    let neurons = 750;
    let network = Recurrent { neurons, drive: Drive::Add, plasticity: None };
    let start = drawn(network.shapes(), &mut Generator::new(1, Stream::Initialisation), |_| 0.05, 0.0);
    let drive = Generator::new(2, Stream::Training).normal(5 * 2 * neurons, 0.7);
    let drive = Tensor::from_vec(drive, (5, 2, neurons), &Device::Cpu).unwrap();
    for method in [Method::Adam, Method::Descent] {
        let optimiser = Optimiser { method, lr: 0.01, ..Optimiser::default() };
        let [mut one, mut other] = [start.copy().unwrap(), start.copy().unwrap()];
        let [mut of_one, mut of_other] = [optimiser, optimiser].map(Adam::new);
        for _ in 0..3 {
            let loss = live(network, &one, &drive, false).unwrap().activity.sqr().unwrap().mean_all().unwrap();
            let parameter = one.get("w").unwrap();
            let outer = Slopes::of(&loss, &one).unwrap().by("w", parameter).unwrap().unwrap();
            assert!(matches!(&outer, Direct::Outer(outer) if outer.rows() == neurons), "it is written down");
            let whole = Direct::Whole(outer.whole(parameter.dims(), &Device::Cpu).unwrap());
            let [outer, whole] = [outer, whole].map(|gradient| BTreeMap::from([("w".to_owned(), gradient)]));
            let [found, expected] = [&outer, &whole].map(|gradients| global_norm(gradients).unwrap());
            assert!((found - expected).abs() < 1e-6 * expected, "norm {found}, not {expected}");
            assert_eq!(to_host(&outer, 0.5).unwrap(), to_host(&whole, 0.5).unwrap());
            of_one.step(&mut one, &outer, 0.5).unwrap();
            of_other.step(&mut other, &whole, 0.5).unwrap();
            assert!(bits(&one) == bits(&other), "{method:?}");
        }
        assert!(bits(&one) != bits(&start), "{method:?}: nothing has moved");
    }
}

/// What happens to the loss of a lifetime.
type Disturbance = fn(&mut hebbscope::tasks::Outcome);

#[test]
fn nan_stops_training_and_says_where_it_began() {
    let cases: [(Disturbance, &str); 4] = [
        (|outcome| outcome.loss = (&outcome.loss * f64::NAN).unwrap(), "the loss became NaN"),
        (|outcome| outcome.loss = (&outcome.loss * f64::INFINITY).unwrap(), "the loss became inf"),
        (
            |outcome| {
                outcome.loss = (&outcome.loss * f64::NAN).unwrap();
                let mut activity = outcome.tape.activity.to_vec();
                activity[21 * 7 + 4] = f32::NAN;
                outcome.tape.activity = activity.into();
            },
            "the activity of neuron 4 at step 8 of the episode became NaN",
        ),
        // The loss itself is zero, but its slope is not a number: d√x at x = 0.
        (
            |outcome| {
                let zero = (&outcome.loss - outcome.loss.detach()).unwrap();
                outcome.loss = zero.sqrt().unwrap();
            },
            "the gradient of",
        ),
    ];
    for (disturbance, words) in cases {
        let mut trainer = Disturbed::trainer(config(&[]), move |iteration, outcome| {
            if iteration == 4 {
                disturbance(outcome);
            }
        });
        advance(&mut trainer, 3);
        let before = file_of(&trainer);
        let error = trainer.step().unwrap_err().to_string();
        assert!(error.contains("iteration 4") && error.contains(words), "expected {words:?} in: {error}");
        assert_eq!(trainer.iteration(), 3);
        // A lifetime drawn in vain stays drawn; every tensor is as it was.
        assert!(taken_apart(&file_of(&trainer)).1 == taken_apart(&before).1, "after an error the network is as it was");
    }
}

#[test]
fn a_parameter_that_is_not_a_number_is_named() {
    let mut checkpoint = trained(&[], 2).checkpoint().unwrap();
    let mut values = checkpoint.parameters.values("alpha").unwrap();
    values[17] = f32::NAN;
    checkpoint.parameters.insert("alpha", &[21, 21], &values).unwrap();
    let error = Trainer::from_checkpoint(checkpoint).unwrap().step().unwrap_err().to_string();
    assert!(error.contains("iteration 3") && error.contains("parameter alpha at position 17 became NaN"), "{error}");
}

/// A gradient can be finite while its square, which Adam keeps, is not.
#[test]
fn an_exploding_gradient_stops_training_before_it_spoils_the_optimiser() {
    for (factor, clip_norm) in [(1e25, "0"), (1e37, "0"), (1e38, "1")] {
        let mut trainer = Disturbed::trainer(config(&[("clip_norm", clip_norm)]), move |iteration, outcome| {
            if iteration == 3 {
                let grown =
                    (outcome.loss.detach() + (&outcome.loss - outcome.loss.detach()).unwrap() * factor).unwrap();
                outcome.loss = grown;
            }
        });
        advance(&mut trainer, 2);
        let Err(error) = trainer.step() else {
            // What could be clipped may go on, as long as it can be saved and opened.
            saved_and_opened(&trainer);
            continue;
        };
        let error = error.to_string();
        assert!(error.contains("iteration 3") && error.contains("gradient"), "{error}");
        saved_and_opened(&trainer);
    }
}

/// Runs a worker until it ends, saving after every iteration.
fn run_to_the_end(trainer: Trainer, folder: &Path) -> Vec<Event> {
    let folder = RunFolder::create(folder, trainer.config()).unwrap();
    let options = worker::Options { autosave: Duration::ZERO, ..worker::Options::default() };
    let worker = Worker::start(trainer, Some(folder), options).unwrap();
    worker.events().unwrap().iter().collect()
}

#[test]
fn nan_keeps_the_last_good_checkpoint() {
    let scratch = tempfile::tempdir().unwrap();
    let trainer = Disturbed::trainer(config(&[]), |iteration, outcome| {
        if iteration == 6 {
            outcome.loss = (&outcome.loss * f64::NAN).unwrap();
        }
    });
    let events = run_to_the_end(trainer, scratch.path());
    let Some(Event::Failed { reason, iteration, kept, before: _ }) = events.last() else { panic!("{events:?}") };
    assert!(reason.contains("iteration 6") && reason.contains("the loss became NaN"), "{reason}");
    assert_eq!((*iteration, kept.as_deref()), (5, Some(checkpoint_path(scratch.path()).as_path())));

    // It is from before, and whoever takes it up again has lost nothing.
    let (_, checkpoint) = RunFolder::resume(scratch.path()).unwrap();
    let mut resumed = Trainer::from_checkpoint(checkpoint).unwrap();
    assert_eq!(resumed.iteration(), 5);
    expect_same(&resumed, &trained(&[], 5));
    advance(&mut resumed, 5);
    expect_same(&resumed, &trained(&[], 10));
    let metrics = std::fs::read_to_string(scratch.path().join("metrics.csv")).unwrap();
    assert_eq!(metrics.lines().count(), 6);
}

#[test]
fn a_last_step_that_cannot_be_kept_does_not_spoil_the_checkpoint_before_it() {
    let scratch = tempfile::tempdir().unwrap();
    let mut config = config(&[]);
    config.iterations = 4;
    // A measure that is not a number ends up in the curve and would make the file unreadable.
    let trainer = Disturbed::trainer(config, |iteration, outcome| {
        if iteration == 4 {
            outcome.measure = f32::NAN;
        }
    });
    let events = run_to_the_end(trainer, scratch.path());
    let Some(Event::Failed { reason, kept: Some(kept), .. }) = events.last() else { panic!("{events:?}") };
    assert!(reason.contains("NaN"), "{reason}");
    assert_eq!(Checkpoint::read(kept).unwrap().iteration(), 3);
}
