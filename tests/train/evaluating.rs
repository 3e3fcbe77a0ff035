//! Evaluations: the lives are those that can be opened, what is done is compared with the same lives left alone, and a
//! lesion does to the network what it says.

use crate::workbench::evaluated;
use hebbscope::data::{Generator, Stream};
use hebbscope::episode::{EventKind, Intervention, Tape, What};
use hebbscope::plastic::Parameters;
use hebbscope::train::evaluate::ranking::rank;
use hebbscope::train::evaluate::{Entry, Evaluation, Life, Lives, Protocol, evaluate};
use hebbscope::train::lesion::{self, Lesion, LesionKind};
use hebbscope::train::{Bundled, Checkpoint, RunConfig, Specimen};
use serde_json::Value;
use std::process::{Command, Output};

const LIVES: u64 = 40;

/// Before this step.
const STEP: usize = 80;

fn agent() -> Checkpoint {
    Bundled::Agent.open().unwrap()
}

fn seeds(what: Vec<What>) -> Protocol {
    let interventions = what.into_iter().map(|what| Intervention::new(STEP, what)).collect();
    Protocol { lives: Lives::Seeds(3..3 + LIVES), interventions, lesions: Vec::new() }
}

fn mean(result: &Evaluation, key: &str) -> f64 {
    result.entry(key).unwrap().mean().unwrap()
}

/// Mean and standard error of `values`, in two passes.
fn textbook(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let spread: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (spread / (count - 1.0) / count).sqrt())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_life_of_a_range_of_seeds_is_the_one_that_its_seed_opens() {
    let checkpoint = agent();
    let erase = Intervention::new(STEP, What::Erase);
    let result = evaluate(checkpoint.specimen(), &seeds(vec![What::Erase]), |_| true).unwrap();
    let specimen = checkpoint.specimen();
    let pairs: Vec<[Tape; 2]> = (3..3 + LIVES)
        .map(|seed| [specimen.branch(seed, vec![erase.clone()]).unwrap(), specimen.episode(seed).unwrap()])
        .collect();
    let expected: Vec<(Option<u64>, f64, Option<f64>)> = (3..)
        .zip(&pairs)
        .map(|(seed, [changed, control])| (Some(seed), changed.measure.into(), Some(control.measure.into())))
        .collect();
    let found: Vec<_> = result.lives.iter().map(|life| (life.seed, life.measure, life.control)).collect();
    assert_eq!(found, expected);

    let contrast = result.contrast.as_ref().unwrap();
    let differences: Vec<f64> = expected.iter().map(|(_, changed, control)| changed - control.unwrap()).collect();
    let (expected_mean, expected_error) = textbook(&differences);
    let difference = &contrast.differences[0];
    assert_eq!(difference.key, "reward");
    assert!((difference.mean().unwrap() - expected_mean).abs() < 1e-9);
    assert!((difference.error().unwrap() - expected_error).abs() < 1e-9);
    // A step into a wall costs 0.1 and is no harm; a reward less, which is 10, is.
    assert_eq!(contrast.tolerance, 5.0);
    let unharmed = differences.iter().filter(|difference| **difference >= -5.0).count() as f64 / LIVES as f64;
    assert!((contrast.unharmed.mean().unwrap() - unharmed).abs() < 1e-12);

    // Of the lives that had found it before, those that do not find it again.
    let steps = |tape: &Tape| {
        let found = tape.events.iter().filter(|event| event.kind == EventKind::Reward);
        found.map(|event| event.start).collect::<Vec<_>>()
    };
    let known: Vec<Vec<usize>> = pairs.iter().map(|[changed, _]| steps(changed)).collect();
    let known: Vec<_> = known.iter().filter(|steps| steps.iter().any(|step| *step < STEP)).collect();
    let never = known.iter().filter(|steps| steps.iter().all(|step| *step < STEP)).count();
    assert!((mean(&result, "never_again_share") - never as f64 / known.len() as f64).abs() < 1e-12);
    let since = pairs
        .iter()
        .map(|[changed, _]| f64::from(changed.content.behaviour().unwrap().rewards[STEP..].iter().sum::<f32>()));
    assert!((mean(&result, "reward_since") - textbook(&since.collect::<Vec<_>>()).0).abs() < 1e-4);

    // The typical life stands in the middle of all of them.
    let median = result.median_life().unwrap();
    let median = median.measure - median.control.unwrap();
    let below = differences.iter().filter(|difference| **difference < median).count();
    let above = differences.iter().filter(|difference| **difference > median).count();
    assert!(below as u64 <= LIVES / 2 && above as u64 <= LIVES / 2, "{below} below, {above} above");
}

#[test]
fn a_step_into_a_wall_more_is_no_harm_and_a_reward_less_is() {
    let checkpoint = agent();
    let result = evaluate(checkpoint.specimen(), &seeds(vec![What::Freeze]), |_| true).unwrap();
    let differences: Vec<f64> = result.lives.iter().filter_map(Life::difference).collect();
    let count = |least: f64| differences.iter().filter(|difference| **difference >= least).count() as f64;
    assert!(count(-5.0) > count(0.0), "no life has lost less than a reward: the test would see nothing");
    assert_eq!(result.contrast.unwrap().unharmed.mean(), Some(count(-5.0) / LIVES as f64));
    // What half a reward is says the world in which it is lived; correlations change in some digit with everything.
    let changes = [("reward".to_owned(), "3".to_owned())];
    let poorer = checkpoint.config.altered_for_evaluation(&changes).unwrap();
    let tolerances = [&poorer, &Bundled::Images.open().unwrap().config, &Bundled::Patterns.open().unwrap().config];
    assert_eq!(tolerances.map(RunConfig::tolerance), [1.5, 0.01, 0.0]);
}

#[test]
fn lives_that_are_left_alone_are_those_of_an_evaluation_in_which_nothing_is_done() {
    let checkpoint = agent();
    let plain = evaluated(&checkpoint, 5, 20);
    assert_eq!(plain.contrast, None);
    for protocol in [
        Protocol { interventions: vec![Intervention::new(STEP, What::Freeze)], ..Protocol::new(5, 20) },
        Protocol { lesions: vec!["alpha=zero".parse().unwrap()], ..Protocol::new(5, 20) },
    ] {
        let result = evaluate(checkpoint.specimen(), &protocol, |_| true).unwrap();
        let control = result.contrast.unwrap().control;
        for entry in &plain.entries {
            assert_eq!(control.iter().find(|control| control.key == entry.key), Some(entry));
        }
    }
    // What changes nothing makes no difference.
    let once = Protocol { interventions: vec![Intervention::new(STEP, What::ScaleAlpha(1.0))], ..Protocol::new(5, 20) };
    let contrast = evaluate(checkpoint.specimen(), &once, |_| true).unwrap().contrast.unwrap();
    assert!(contrast.differences.iter().filter_map(Entry::mean).all(|difference| difference == 0.0));
    assert_eq!(contrast.unharmed.mean(), Some(1.0));
}

#[test]
fn every_transplant_comes_from_another_life() {
    let checkpoint = agent();
    let given = |seed| What::Transplant { seed, state: [].into() };
    let result = evaluate(checkpoint.specimen(), &seeds(vec![given(70)]), |_| true).unwrap();
    for (place, life) in (0..).zip(&result.lives) {
        let done = vec![Intervention::new(STEP, given(70 + place))];
        let tape = checkpoint.specimen().branch(life.seed.unwrap(), done).unwrap();
        assert_eq!(f64::from(tape.measure), life.measure, "life {place}");
    }
}

/// What is transplanted is what the network that is evaluated would have left behind, not what the whole one does.
#[test]
fn the_donor_of_a_transplant_lives_with_the_lesioned_network() {
    let checkpoint = agent();
    let given = |seed| What::Transplant { seed, state: [].into() };
    let lesion: Lesion = "w=zero".parse().unwrap();
    let mut lesioned = checkpoint.parameters.copy().unwrap();
    lesion.apply(&mut lesioned, &mut Generator::new(1, Stream::Evaluation)).unwrap();
    let specimen = Specimen { parameters: &lesioned, ..checkpoint.specimen() };
    let protocol = Protocol { lives: Lives::Seeds(3..13), lesions: vec![lesion], ..seeds(vec![given(70)]) };
    let result = evaluate(checkpoint.specimen(), &protocol, |_| true).unwrap();
    for (place, life) in (0..).zip(&result.lives) {
        let done = vec![Intervention::new(STEP, given(70 + place))];
        let tape = specimen.branch(life.seed.unwrap(), done).unwrap();
        assert_eq!(f64::from(tape.measure), life.measure, "life {place}");
    }
}

#[test]
fn an_evaluation_ends_when_it_is_told_to() {
    let mut heard = 0;
    let result = evaluate(agent().specimen(), &Protocol::new(0, 1000), |_| {
        heard += 1;
        heard < 7
    });
    assert_eq!(result.unwrap().lives.len(), 7);
}

#[test]
fn a_lesion_does_to_the_values_what_it_says() {
    let mut whole = Parameters::default();
    whole.insert("alpha", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 9.0]).unwrap();
    let lesioned = |kind| {
        let mut lesioned = whole.copy().unwrap();
        let lesion = Lesion { parameter: "alpha".into(), region: None, kind };
        lesion.apply(&mut lesioned, &mut Generator::new(1, Stream::Evaluation)).unwrap();
        assert_eq!(lesioned.get("alpha").unwrap().dims(), [2, 3]);
        lesioned.values("alpha").unwrap()
    };
    assert_eq!(lesioned(LesionKind::Mean), [4.0; 6]);
    assert_eq!(lesioned(LesionKind::Zero), [0.0; 6]);
    let mut shuffled = lesioned(LesionKind::Shuffle);
    assert_ne!(shuffled, [1.0, 2.0, 3.0, 4.0, 5.0, 9.0]);
    shuffled.sort_by(f32::total_cmp);
    assert_eq!(shuffled, [1.0, 2.0, 3.0, 4.0, 5.0, 9.0]);
    assert_eq!(whole.values("alpha").unwrap(), [1.0, 2.0, 3.0, 4.0, 5.0, 9.0], "the network itself stays whole");
}

#[test]
fn a_lesion_of_some_connections_leaves_the_others() {
    let mut whole = Parameters::default();
    whole.insert("alpha", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 9.0]).unwrap();
    let lesioned = |text: &str| {
        let (mut lesioned, lesion) = (whole.copy().unwrap(), text.parse::<Lesion>().unwrap());
        assert_eq!(lesion.to_string(), text);
        lesion.apply(&mut lesioned, &mut Generator::new(1, Stream::Evaluation)).unwrap();
        lesioned.values("alpha").unwrap()
    };
    assert_eq!(lesioned("alpha[1,]=zero"), [1.0, 2.0, 3.0, 0.0, 0.0, 0.0]);
    assert_eq!(lesioned("alpha[,2]=mean"), [1.0, 2.0, 6.0, 4.0, 5.0, 6.0]);
    assert_eq!(lesioned("alpha[0..2,1..3]=zero"), [1.0, 0.0, 0.0, 4.0, 0.0, 0.0]);
    let shuffled = lesioned("alpha[,0..2]=shuffle");
    assert_eq!([shuffled[2], shuffled[5]], [3.0, 9.0]);
}

/// Two halves are the whole, whichever of them is made anew in every episode.
#[test]
fn lesions_of_one_parameter_follow_each_other() {
    let checkpoint = agent();
    let measured = |texts: &[&str]| {
        let lesions = texts.iter().map(|text| text.parse().unwrap()).collect();
        let protocol = Protocol { lives: Lives::Seeds(3..7), lesions, ..seeds(Vec::new()) };
        evaluate(checkpoint.specimen(), &protocol, |_| true).unwrap().lives
    };
    let whole = measured(&["alpha=zero"]);
    assert_eq!(measured(&["alpha[0..50,]=zero", "alpha[50..100,]=zero"]), whole);
    assert_eq!(measured(&["alpha[0..50,]=shuffle", "alpha=zero"]), whole);
    assert_ne!(measured(&["alpha[50..100,]=zero"]), whole);
}

/// The same numbers as evaluations of one lesion after the other, in turns.
#[test]
fn a_ranking_is_many_evaluations_at_once() {
    let checkpoint = agent();
    let lesions: Vec<Lesion> =
        ["alpha[0..50,]=zero", "alpha[,7]=zero", "w=zero"].map(|text| text.parse().unwrap()).to_vec();
    let mut found = vec![Vec::new(); lesions.len()];
    rank(checkpoint.specimen(), &lesions, 3..7, &mut |place, life| {
        found[place].push(life);
        true
    })
    .unwrap();
    for (lesion, found) in lesions.iter().zip(&found) {
        let protocol = Protocol { lives: Lives::Seeds(3..7), lesions: vec![lesion.clone()], ..seeds(Vec::new()) };
        let alone = evaluate(checkpoint.specimen(), &protocol, |_| true).unwrap();
        assert_eq!(*found, alone.lives, "{lesion}");
    }
    let mut heard = 0;
    let stopped = rank(checkpoint.specimen(), &lesions, 3..7, &mut |_, _| {
        heard += 1;
        heard < 4
    });
    assert!(stopped.is_ok() && heard == 4, "{heard}");
    let lesions = ["alpha[100,]=zero".parse().unwrap()];
    let refused = rank(checkpoint.specimen(), &lesions, 0..1, &mut |_, _| true).unwrap_err().to_string();
    assert_eq!(refused, "alpha[100,]=zero: expected neurons from 0 to 99, found 100");
}

/// What α is good for shows where it is missing: without its traces the agent is lost, and so is one whose α stand in
/// other places; patterns do not care where theirs stand.
#[test]
fn lesions_tell_where_alpha_has_a_structure_and_where_it_has_none() {
    let lesioned = |checkpoint: &Checkpoint, text: &str, episodes| {
        let protocol = Protocol { lesions: vec![text.parse().unwrap()], ..Protocol::new(0, episodes) };
        let result = evaluate(checkpoint.specimen(), &protocol, |_| true).unwrap();
        (result.measure(), result.contrast.unwrap().control[0].mean().unwrap())
    };
    for text in ["alpha=zero", "alpha=shuffle"] {
        let (without, whole) = lesioned(&agent(), text, 50);
        assert!(without < whole / 2.0, "{text}: {without} beside {whole}");
    }
    let patterns = Bundled::Patterns.open().unwrap();
    let (shuffled, whole) = lesioned(&patterns, "alpha=shuffle", 20);
    assert!((shuffled - whole).abs() < 0.005, "{shuffled} beside {whole}");
    let (zero, _) = lesioned(&patterns, "alpha=zero", 5);
    assert!(zero > 0.2, "nothing is recalled: {zero}");
    let known = lesion::parameters(&patterns.network);
    assert_eq!(known, ["alpha", "w"]);
}

#[test]
fn the_command_line_says_what_was_done_and_refuses_what_cannot_be() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/agent.safetensors");
    let eval = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hebbscope"));
        command.args(["eval", file]).args(arguments).output().unwrap()
    };
    let output = eval(&["--seeds", "0..12", "--do", "81:erase", "--lesion", "w=mean", "--json"]);
    let line: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(&output)));
    assert_eq!(line["done"], serde_json::json!(["81:erase", "w=mean"]));
    assert_eq!(line["seeds"], serde_json::json!([0, 12]));
    assert_eq!((&line["episodes"], &line["iteration"]), (&12.into(), &50_000.into()));
    assert_eq!(line["lives"].as_array().unwrap().len(), 12);
    assert_eq!(line["version"], env!("CARGO_PKG_VERSION"));
    for part in [&line, &line["control"], &line["difference"]] {
        for key in ["reward", "reward_first_half", "reward_second_half", "reward_since", "loss"] {
            assert!(part[key].is_number() && part[format!("{key}_error")].is_number(), "{key} in {part}");
        }
    }
    let [changed, control, difference] =
        [&line, &line["control"], &line["difference"]].map(|part| part["reward"].as_f64().unwrap());
    assert!((changed - control - difference).abs() < 1e-9);
    let known = line["never_again_share_n"].as_u64().unwrap();
    assert!((1..12).contains(&known), "some of the lives had not found it by then: {line}");
    assert_eq!((&line["unharmed_tolerance"], &line["unharmed_share_n"]), (&5.0.into(), &12.into()));
    for key in ["found_share", "never_again_share", "unharmed_share"] {
        let share = line[key].as_f64().unwrap();
        let [low, high] = [0, 1].map(|end| line[format!("{key}_interval")][end].as_f64().unwrap());
        assert!(low <= share && share <= high && high - low > 0.1, "{key} in {line}");
        // None or all of twelve is no certainty.
        assert_eq!(line[format!("{key}_error")].is_null(), share == 0.0 || share == 1.0, "{key} in {line}");
    }
    let median = line["median_seed"].as_u64().unwrap();
    assert!((0..12).contains(&median));

    let output = eval(&["--episodes", "4", "--do", "81:erase"]);
    let text = String::from_utf8(output.stdout).unwrap();
    for expected in ["81:erase", "control", "difference", "never_again_share", "unharmed_share", " ± "] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    assert!(!text.contains("donors"), "{text}");
    let output = eval(&["--seeds", "0..12", "--do", "41:transplant=50", "--lesion", "w=mean"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("donors of transplants live with the lesioned network, too"), "{text}");
    // Where an episode lacks a number, a mean and a difference say over how many they are.
    let row = text.lines().find(|line| line.contains("first_reward_steps")).unwrap();
    assert!(row.contains(", n = "), "{row}");
    for (arguments, expected) in [
        (&["--lesion", "beta=zero"][..], "expected one of the parameters alpha, w of this network, found beta"),
        (&["--lesion", "alpha=melt"], "expected PARAMETER=shuffle"),
        (&["--lesion", "alpha[3=zero"], "neurons as 3, 0..13 or nothing for all; found alpha[3=zero"),
        (&["--lesion", "alpha[3,100]=zero"], "alpha[3,100]=zero: expected neurons from 0 to 99, found 100"),
        (&["--do", "300:erase"], "expected an intervention before one of 200 steps, found step 300"),
        // Each maze has pillars of its own, and in the second of these one stands where the reward is to be.
        (
            &["--seeds", "0..20", "--set", "pillars=random", "--do", "3:reward=2,2"],
            "agent.safetensors: episode seed 1: step 3: expected an open square for the reward, found a wall on square (2, 2)",
        ),
        (
            &["--episodes", "20", "--seed", "3", "--set", "pillars=random", "--do", "3:reward=2,2"],
            "of those drawn from seed 3: step 3: expected an open square",
        ),
        (&["--seeds", "5..5"], "A below B"),
        (&["--seeds", "0..5", "--seed", "3"], "cannot be used with"),
    ] {
        let output = eval(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(said(&output).contains(expected), "{arguments:?}: {}", said(&output));
    }
}
