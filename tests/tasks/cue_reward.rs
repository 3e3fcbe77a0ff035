//! Cue-reward: how trials are timed, what an agent sees of them, and that nothing tells it the answer but its reward.

use crate::workbench::{advance, config_of};
use hebbscope::data::{Generator, Stream};
use hebbscope::episode::{EventKind, Intervention, Reel, Shown, Trials, What, tape_file};
use hebbscope::files::TensorFile;
use hebbscope::tasks::cue_reward::{NO, YES, belief::beliefs, rules::Rules};
use hebbscope::tasks::{self, Episode, Purpose};
use hebbscope::train::evaluate::{self, Entry, Means, Protocol};
use hebbscope::train::{Bundled, RunConfig, Trainer};
use std::collections::BTreeSet;
use std::sync::Arc;

fn rules(changes: &[(&str, &str)]) -> Rules {
    Rules::new(&config_of("cue_reward", [changes, &[]]).settings).unwrap()
}

fn drawn(changes: &[(&str, &str)], count: usize) -> Vec<Trials> {
    let (rules, mut generator) = (rules(changes), Generator::new(3, Stream::Episode));
    (0..count).map(|_| rules.draw(&mut generator)).collect()
}

/// A network that is small and lives short lives.
fn small(changes: &[(&str, &str)]) -> RunConfig {
    let small = [("neurons", "12"), ("steps", "40"), ("bits", "6"), ("batch", "4")];
    config_of("cue_reward", [&small, changes])
}

#[test]
fn the_defaults_are_those_of_the_paper() {
    let rules = rules(&[]);
    assert_eq!((rules.cues, rules.bits, rules.shown, rules.most_blanks, rules.steps), (4, 20, 2, 3, 120));
    assert_eq!((rules.inputs(), rules.are_fixed), (27, false));
    let config = config_of("cue_reward", [&[], &[]]);
    let network = config.task().network(&config.settings).unwrap();
    assert_eq!(network.recurrent().unwrap().neurons, 200);
    let experiment = config.task().experiment(&config.settings, Purpose::Training).unwrap();
    let optimiser = experiment.optimiser();
    assert_eq!((optimiser.lr, optimiser.eps, optimiser.clip_norm, experiment.batch()), (1e-4, 1e-6, Some(2.0), 30));
    let easy = RunConfig::preset("figure-4-easy", Some("cue_reward")).unwrap();
    let easy = Rules::new(&easy.settings).unwrap();
    assert_eq!((easy.bits, easy.are_fixed), (4, true));
}

#[test]
fn trials_follow_each_other_as_the_paper_times_them() {
    let (mut lengths, mut yes, mut goes) = (Vec::new(), 0, 0);
    let mut targets = [0; 4];
    for trials in drawn(&[], 400) {
        trials.check(120).unwrap();
        targets[trials.target] += 1;
        let different: BTreeSet<String> = trials.cues.iter().map(|cue| format!("{cue:?}")).collect();
        assert_eq!(different.len(), 4, "no cue comes twice");
        assert!(trials.cues.iter().flatten().all(|value| value.abs() == 1.0));
        let mut begin = 0;
        for go in trials.goes() {
            let trial = &trials.shown[begin..go];
            assert_eq!(trial[0], Shown::Blank, "a blank step first");
            let cues = trials.cues_before(go);
            assert_eq!(cues.len(), 2);
            assert_ne!(cues[0], cues[1], "once each");
            let blanks = trial.len() - 1 - cues.len();
            assert!(blanks <= 3);
            if go + 1 < 120 {
                assert_eq!(trials.shown[go + 1], Shown::Blank, "a blank step in which the reward is seen");
                lengths.push(go + 2 - begin);
            }
            assert_eq!(trials.is_yes_right(go, trials.target), cues.contains(&trials.target));
            yes += usize::from(trials.is_yes_right(go, trials.target));
            goes += 1;
            begin = go + 2;
        }
    }
    assert!(lengths.iter().all(|length| (5..=8).contains(length)));
    let mean = lengths.iter().sum::<usize>() as f64 / lengths.len() as f64;
    assert!((mean - 6.5).abs() < 0.05, "{mean} steps in a trial");
    let share = f64::from(yes as u32) / f64::from(goes as u32);
    assert!((share - 0.5).abs() < 0.02, "{share} of the right answers are yes");
    assert!(targets.iter().all(|count| (70..130).contains(count)), "{targets:?}");
}

#[test]
fn easy_cues_are_the_same_in_every_lifetime_and_the_target_is_not() {
    let all = drawn(&[("cue_kind", "one_hot"), ("bits", "4")], 50);
    assert!(all.iter().all(|trials| trials.cues == all[0].cues));
    assert_eq!(all[0].cues[1], [0.0, 1.0, 0.0, 0.0]);
    assert_eq!(all.iter().map(|trials| trials.target).collect::<BTreeSet<_>>().len(), 4);
}

/// What the agent sees at every step follows from what is shown and what it has done and got: where targets differ, it
/// sees nothing else before its first reward.
#[test]
fn nothing_an_agent_sees_tells_the_answer_but_its_last_reward() {
    let trainer = Trainer::new(small(&[("network", "retroactive")])).unwrap();
    let checkpoint = trainer.checkpoint().unwrap();
    let tape = checkpoint.specimen().episode(5).unwrap();
    tape.check().unwrap();
    let behaviour = tape.content.behaviour().unwrap();
    let trials = behaviour.trials.as_ref().unwrap();
    let inputs = 6 + 7;
    assert_eq!(tape.network.agent_size().unwrap().inputs, inputs);
    for step in 0..40 {
        let seen = &behaviour.observations[step * inputs..][..inputs];
        let cue = match trials.shown[step] {
            Shown::Cue(cue) => trials.cues[cue].clone(),
            Shown::Blank | Shown::Go => vec![0.0; 6],
        };
        assert_eq!(seen[..6], cue);
        let go = trials.shown[step] == Shown::Go;
        let before = step.checked_sub(1);
        let last = |action| f32::from(u8::from(before.is_some_and(|before| behaviour.actions[before] == action)));
        let reward = before.map_or(0.0, |before| behaviour.rewards[before]);
        let rest = [f32::from(u8::from(go)), 1.0, step as f32 / 40.0, reward, 0.0, last(NO), last(YES)];
        assert_eq!(seen[6..], rest, "step {step}");
        let right = if trials.is_yes_right(step, trials.target) { YES } else { NO };
        let expected = match (go, behaviour.actions[step] == right) {
            (false, _) => 0.0,
            (true, true) => 1.0,
            (true, false) => -1.0,
        };
        assert_eq!(behaviour.rewards[step], expected, "step {step}");
    }
    // The same lifetime with another target is the same until the first answer has been rewarded.
    let script = |target: Option<usize>| {
        let experiment = checkpoint.config.testing_experiment().unwrap();
        let mut script = experiment.draw(&mut Generator::new(5, Stream::Episode));
        let Episode::Trials { trials, .. } = &mut script.episode else { panic!("no trials") };
        trials.target = target.unwrap_or(trials.target);
        script
    };
    assert_eq!(checkpoint.specimen().scripted(script(None), Some(5)).unwrap(), tape);
    let first = trials.goes().next().unwrap();
    for target in 0..4 {
        let other = checkpoint.specimen().scripted(script(Some(target)), None).unwrap();
        let other = other.content.behaviour().unwrap();
        let end = (first + 1) * inputs;
        assert_eq!(other.observations[..end], behaviour.observations[..end], "target {target}");
    }
}

#[test]
fn a_tape_of_trials_is_written_read_and_refused_where_it_does_not_fit() {
    let checkpoint = Trainer::new(small(&[])).unwrap().checkpoint().unwrap();
    let tape = checkpoint.specimen().episode(1).unwrap();
    let count = |kind| tape.events.iter().filter(|event| event.kind == kind).count();
    let trials = tape.content.behaviour().unwrap().trials.as_ref().unwrap();
    assert_eq!(count(EventKind::Go), trials.goes().count());
    let right = tape.content.behaviour().unwrap().rewards.iter().filter(|reward| **reward > 0.0).count();
    assert_eq!(count(EventKind::Reward), right);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tape.safetensors");
    tape_file::write(&path, &tape, &checkpoint.parameters).unwrap();
    let (again, _) = tape_file::read(TensorFile::read(&path).unwrap()).unwrap();
    assert_eq!(again, tape);
    let mut broken = trials.clone();
    broken.target = 9;
    assert_eq!(broken.check(40).unwrap_err(), "expected one of 4 cues as the target, found number 10");
    let mut broken = trials.clone();
    broken.cues = vec![vec![1.0]; 65];
    assert_eq!(broken.check(40).unwrap_err(), "expected at most 64 cues, found 65");
    let moved = vec![Intervention::new(4, What::MoveReward([1, 1]))];
    let refused = format!("{:#}", checkpoint.specimen().branch(1, moved).unwrap_err());
    assert!(refused.contains("step 5: expected something that can be done where cues are shown"), "{refused}");
    let mut broken = trials.clone();
    broken.shown[3] = Shown::Cue(4);
    assert_eq!(broken.check(40).unwrap_err(), "expected one of 4 cues, found number 5");

    for (changes, problem) in [
        ([("shown", "4"), ("cues", "4")], "setting shown expects fewer than the 4 cues of an episode, found 4"),
        ([("bits", "1"), ("cues", "3")], "setting bits expects enough of them for 3 different cues, found 1"),
        (
            [("cue_kind", "one_hot"), ("bits", "3")],
            "setting bits expects at least 4, one for each one-hot cue, found 3",
        ),
    ] {
        let config = config_of("cue_reward", [&changes, &[]]);
        assert_eq!(config.task().network(&config.settings).unwrap_err().to_string(), problem);
    }
}

#[test]
fn an_evaluation_tells_right_answers_trial_by_trial() {
    let mut trainer = Trainer::new(small(&[("network", "modulated")])).unwrap();
    advance(&mut trainer, 2);
    let checkpoint = trainer.checkpoint().unwrap();
    let protocol = Protocol::new(0, 30);
    let (mut right, mut all, mut first, mut answers) = (0.0, 0.0, 0.0, 0);
    let found = evaluate::evaluate(checkpoint.specimen(), &protocol, |_| true).unwrap();
    let experiment = checkpoint.config.testing_experiment().unwrap();
    let mut drawn = Generator::new(0, Stream::Evaluation);
    for _ in 0..30 {
        let script = experiment.draw(&mut drawn);
        let tape = checkpoint.specimen().scripted(script, None).unwrap();
        let behaviour = tape.content.behaviour().unwrap();
        let goes: Vec<usize> = behaviour.trials.as_ref().unwrap().goes().collect();
        let is_right: Vec<f64> = goes.iter().map(|go| f64::from(u8::from(behaviour.rewards[*go] > 0.0))).collect();
        right += is_right.iter().sum::<f64>() / goes.len() as f64;
        all += f64::from(behaviour.rewards.iter().sum::<f32>());
        first += is_right[0];
        answers += goes.len() as u64;
    }
    let mean = |key: &str| found.entry(key).unwrap().mean().unwrap();
    assert!((mean("accuracy") - right / 30.0).abs() < 1e-9);
    assert!((found.measure() - all / 30.0).abs() < 1e-6);
    let Means::List(by_trial) = &found.entry("accuracy_by_trial").unwrap().means else { panic!("no list") };
    assert!((by_trial[0].mean().unwrap() - first / 30.0).abs() < 1e-9, "{by_trial:?}");
    let counted: u64 = by_trial.iter().map(tasks::tally::Mean::count).sum();
    assert_eq!(counted, answers, "every answer belongs to a trial that is told of");
    let yes = mean("always_yes");
    assert!((0.3..0.7).contains(&yes), "{yes}");
    // Somebody erases the trace in the middle of every lifetime.
    let erased = Protocol { interventions: vec![Intervention::new(20, What::Erase)], ..Protocol::new(0, 5) };
    let erased = evaluate::evaluate(checkpoint.specimen(), &erased, |_| true).unwrap();
    assert!(erased.entry("accuracy_since").unwrap().mean().is_some());
    assert!(tasks::find("cue_reward").unwrap().actions().iter().map(|action| action.name).eq(["no", "yes"]));
}

#[test]
fn another_cue_becomes_the_target_and_the_agent_has_to_find_out() {
    let checkpoint = Trainer::new(small(&[("network", "modulated")])).unwrap().checkpoint().unwrap();
    let life = checkpoint.specimen().episode(2).unwrap();
    let trials = life.content.behaviour().unwrap().trials.clone().unwrap();
    let other = (trials.target + 1) % 4;
    let swap = |step, cue| Intervention::new(step, What::SetTarget(cue));
    let tape = checkpoint.specimen().branch(2, vec![swap(17, other), swap(30, trials.target)]).unwrap();
    tape.check().unwrap();
    let [before, after] = [&life, &tape].map(|tape| tape.content.behaviour().unwrap());
    assert_eq!(after.rewards[..17], before.rewards[..17]);
    for go in trials.goes() {
        let target = if (17..30).contains(&go) { other } else { trials.target };
        assert_eq!(tape.target_cue(go), Some(target));
        let is_right = (after.actions[go] == YES) == trials.is_yes_right(go, target);
        assert_eq!(after.rewards[go] > 0.0, is_right, "step {go}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tape.safetensors");
    tape_file::write(&path, &tape, &checkpoint.parameters).unwrap();
    assert_eq!(tape_file::read(TensorFile::read(&path).unwrap()).unwrap().0, tape);
    let refused = |cue| format!("{:#}", checkpoint.specimen().branch(2, vec![swap(3, cue)]).unwrap_err());
    assert!(refused(4).contains("step 4: expected one of 4 cues as the target, found number 5"), "{}", refused(4));
    let mut lies = tape.clone();
    lies.interventions[0].what = What::SetTarget(9);
    assert_eq!(lies.check().unwrap_err(), "expected one of 4 cues as the target, found number 10");
    let maze = config_of("maze", [&[("neurons", "6"), ("steps", "20"), ("batch", "2")], &[]]);
    let maze = Trainer::new(maze).unwrap().checkpoint().unwrap();
    let refused = format!("{:#}", maze.specimen().branch(1, vec![swap(3, 0)]).unwrap_err());
    assert!(refused.contains("expected something that can be done in a maze, found another target cue"), "{refused}");
}

/// Where a trial is a blank, one cue and a question, what is believed of that cue is what the agent goes on to answer.
#[test]
fn what_is_believed_of_a_cue_is_what_is_answered_to_it() {
    for (network, rule) in [
        ("retroactive", "clip"),
        ("modulated", "clip"),
        ("plastic", "clip"),
        ("plastic", "decay"),
        ("non_plastic", "clip"),
    ] {
        let trials = [("network", network), ("rule", rule), ("shown", "1"), ("blanks", "0")];
        let mut checkpoint = Trainer::new(small(&trials)).unwrap().checkpoint().unwrap();
        let parameters = &mut checkpoint.parameters;
        let louder = |name: &str, values: Vec<f32>| {
            let scale = if matches!(name, "w" | "alpha") { 20.0 } else { 3.0 };
            values.into_iter().map(|value| scale * value).collect::<Vec<f32>>()
        };
        for (name, shape) in checkpoint.network.shapes() {
            let mut values = parameters.values(&name).unwrap();
            if name != "eta" {
                values = louder(&name, values);
            }
            if name == "input.weight" {
                // What it did in the last step, which is drawn, is no part of what it believes.
                let neurons = shape[1];
                values[11 * neurons..].fill(0.0);
            }
            parameters.insert(&name, &shape, &values).unwrap();
        }
        let life = checkpoint.specimen().episode(4).unwrap();
        let changed = vec![Intervention::new(12, What::ScaleAlpha(2.0)), Intervention::new(24, What::Freeze)];
        let tapes = match network {
            "non_plastic" => vec![life],
            "plastic" => vec![life, checkpoint.specimen().branch(4, changed).unwrap()],
            _ => {
                let mut clamped = changed;
                clamped.push(Intervention::new(16, What::ClampModulator(Some(0.9))));
                clamped.sort_by_key(|done| done.step);
                vec![life, checkpoint.specimen().branch(4, clamped).unwrap()]
            }
        };
        for tape in tapes {
            let behaviour = tape.content.behaviour().unwrap().clone();
            let trials = behaviour.trials.clone().unwrap();
            let mut reel = Reel::new(Arc::new(tape), 0);
            let mut seen = BTreeSet::new();
            for go in trials.goes() {
                let cue = trials.cues_before(go)[0];
                let start = trials.trial_start(go);
                assert_eq!((go - start, trials.trial_start(start)), (2, start));
                let believed = beliefs(&checkpoint.parameters, &mut reel, start).unwrap();
                let answered = behaviour.probabilities[2 * go + YES];
                assert!((believed[cue] - answered).abs() < 1e-4, "{network} {rule} {go}: {believed:?} {answered}");
                seen.insert((answered * 100.0) as u32);
            }
            assert!(seen.len() > 3, "{network} {rule}: always the same answer {seen:?}");
        }
    }
    let maze = config_of("maze", [&[("neurons", "6"), ("steps", "20"), ("batch", "2")], &[]]);
    let maze = Trainer::new(maze).unwrap().checkpoint().unwrap();
    let mut reel = Reel::new(Arc::new(maze.specimen().episode(0).unwrap()), 0);
    assert!(beliefs(&maze.parameters, &mut reel, 3).unwrap().is_empty(), "a maze has no cues");
}

/// Its first answers are guesses and its later ones are right; with its modulator held at zero no trace is written, and it
/// goes on guessing.
#[test]
fn the_bundled_agent_learns_its_target_within_an_episode_and_only_by_its_modulator() {
    let checkpoint = Bundled::CueReward.open().unwrap();
    assert_eq!(checkpoint.curve.len() as u64, checkpoint.iteration(), "it comes with its curve");
    let held = vec![Intervention::new(0, What::ClampModulator(Some(0.0)))];
    let protocol = Protocol { interventions: held, ..Protocol::new(2, 60) };
    let found = evaluate::evaluate(checkpoint.specimen(), &protocol, |_| true).unwrap();
    let left_alone = found.contrast.as_ref().unwrap();
    let of = |entries: &[Entry], key: &str| entries.iter().find(|entry| entry.key == key).unwrap().clone();
    let control = of(&left_alone.control, "accuracy_after_third").mean().unwrap();
    assert!(control > 0.95, "{control} of the trials after the third");
    let Means::List(by_trial) = of(&left_alone.control, "accuracy_by_trial").means else { panic!("no list") };
    let first = by_trial[0].mean().unwrap();
    assert!((0.3..0.7).contains(&first), "{first} of the first trials, of which nothing can be known");
    let without = of(&found.entries, "accuracy_after_third").mean().unwrap();
    assert!(without < 0.65, "{without} with the modulator at zero");
    let size = std::fs::metadata(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/cue-reward.safetensors")).unwrap().len();
    assert!(size < 1_000_000, "{size} bytes");
}
