//! The figures of the papers: which runs belong to one, and what is said where some are missing or damaged.

use crate::workbench::config_of;
use hebbscope::cli;
use hebbscope::tasks;
use hebbscope::train::{Point, RunConfig, RunFolder};
use hebbscope::view::figures::gather::{Choice, count};
use hebbscope::view::figures::{Drawing, FIGURES, Figure, Form, Made, Options, Wanted, find, gather, make, search};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A run folder as training leaves it, with these losses and twice as large measures.
pub fn write_run(folder: &Path, config: &RunConfig, seed: u64, losses: &[f32]) -> PathBuf {
    let mut config = config.clone();
    config.seed = seed;
    let path = folder.to_owned();
    let mut run = RunFolder::create(&path, &config).unwrap();
    let point = |loss: &f32| Point { loss: *loss, measure: 2.0 * loss, eta: 0.01, grad_norm: 1.0 };
    let curve: Vec<Point> = losses.iter().map(point).collect();
    let ages: Vec<f64> = (1..=curve.len()).map(|age| age as f64).collect();
    run.write_metrics(&curve, &ages).unwrap();
    path
}

/// The paper's run of a group.
pub fn papers(figure: &Figure, wanted: &Wanted) -> RunConfig {
    wanted.config(figure.task()).unwrap()
}

pub fn options(folder: &Path) -> Options {
    Options { folders: vec![folder.to_owned()], ..Options::default() }
}

pub fn made(name: &str, options: &Options) -> Made {
    make(find(name).unwrap(), options, &mut |_, _| true).unwrap()
}

fn refusal(name: &str, options: &Options) -> String {
    format!("{:#}", make(find(name).unwrap(), options, &mut |_, _| true).unwrap_err())
}

/// Seven runs of a maze as in the first paper, in folders as its recipe has them.
fn maze(folder: &Path) {
    let figure = find("dp-6").unwrap();
    for (place, wanted) in figure.groups.iter().enumerate() {
        for seed in 0..[4u64, 3][place] {
            let path = folder.join("deep").join(wanted.folder()).join(format!("seed-{seed}"));
            write_run(&path, &papers(figure, wanted), seed, &[seed as f32; 150]);
        }
    }
}

#[test]
fn every_figure_has_a_name_of_its_own_and_every_run_of_the_paper_belongs_to_one_group() {
    let names: BTreeSet<&str> = FIGURES.iter().map(|figure| figure.name).collect();
    assert_eq!(names.len(), FIGURES.len());
    let expected = "bp-1 bp-2 bp-3 bp-4 bp-table-1 dp-2 dp-3 dp-4a dp-4b dp-5 dp-6 dp-table-1";
    assert_eq!(names.into_iter().collect::<Vec<_>>().join(" "), expected);
    for figure in FIGURES {
        assert!(tasks::find(figure.task).is_ok(), "{}", figure.name);
        let folders: BTreeSet<String> = figure.groups.iter().map(Wanted::folder).collect();
        assert_eq!(folders.len(), figure.groups.len(), "{}: two groups would share a folder", figure.name);
        for (place, wanted) in figure.groups.iter().enumerate() {
            let config = papers(figure, wanted);
            let held: Vec<usize> =
                (0..figure.groups.len()).filter(|other| figure.groups[*other].holds(&config)).collect();
            assert_eq!(held, [place], "{}: {}", figure.name, wanted.name);
        }
        let places = match figure.form {
            Form::Curves { tests, .. } | Form::Table { tests } => tests.concat(),
            Form::Recalls | Form::Matrices | Form::Modulator => Vec::new(),
        };
        assert!(places.into_iter().all(|place| place < figure.groups.len()), "{}", figure.name);
    }
    let error = find("dp-9").unwrap_err().to_string();
    assert!(error.starts_with("there is no figure dp-9, expected one of: dp-2, dp-3"), "{error}");
}

#[test]
fn recipes_are_commands_of_the_program_with_the_settings_of_the_papers() {
    for figure in FIGURES {
        let recipe = figure.recipe();
        assert_eq!(recipe.len(), figure.groups.len());
        for (command, wanted) in recipe.iter().zip(figure.groups) {
            let words: Vec<&str> = command.split_whitespace().collect();
            assert_eq!(cli::check(&words[1..]), Ok(()), "{command}");
            let planned = cli::planned_run(words.iter().copied()).unwrap();
            let paper = papers(figure, wanted);
            assert_eq!(planned.settings, paper.settings, "{command}");
            assert_eq!((planned.iterations, planned.task().name()), (paper.iterations, figure.task), "{command}");
        }
    }
    // Section by section, from the papers and their published code.
    for (name, group, iterations, seeds, settings) in [
        ("dp-2", 0, 200, "--seeds 0..10", "size=1000 count=5 show_steps=10 gap_steps=3 rounds=3 lr=0.001 rule=decay"),
        ("dp-3", 0, 2000, "--seeds 0..10", "size=50 count=2 show_steps=3 gap_steps=1 hidden=0 gain=20 lr=0.0003"),
        ("dp-3", 1, 500_000, "--seeds 0..10", "size=50 hidden=1950 gain=100 lr=0.00003 network=lstm"),
        ("dp-3", 2, 500_000, "--seeds 0..10", "size=50 hidden=2000 gain=20 lr=0.00003 network=non_plastic"),
        ("dp-4a", 0, 100_000, "--seed 0", "source=cifar side=32 count=3 show_steps=20 rounds=3 lr=0.0001 alpha=free"),
        ("dp-5", 1, 100_000, "--seeds 0..10", "source=cifar side=32 alpha=yoked rule=decay probe_steps=3"),
        ("dp-table-1", 0, 1_000_000, "--seeds 0..10", "rule=oja alpha=yoked lr=0.0003 batch=1 ways=5 shots=1"),
        ("dp-6", 0, 100_000, "--seeds 0..15", "steps=250 size=9 wall_penalty=0.1 reward=10 network=plastic"),
        ("dp-6", 1, 100_000, "--seeds 0..15", "steps=250 network=non_plastic gamma=0.9 batch=30"),
        ("bp-1", 1, 200_000, "--seeds 0..10", "cues=4 bits=20 steps=120 network=retroactive clip=1 fan_out=scalar"),
        ("bp-2", 0, 200_000, "--seeds 0..10", "size=11 wall_penalty=0 fan_out=scalar clip=1 network=modulated"),
        ("bp-3", 0, 200_000, "--seed 0", "cue_kind=random network=retroactive"),
        ("bp-4", 2, 200_000, "--seeds 0..10", "cue_kind=one_hot bits=4 network=plastic rule=clip"),
        ("bp-table-1", 3, 13 * 1495, "--seeds 0..16", "network=retroactive cells=200 embedding=200 layers=2 clip=2"),
    ] {
        let figure = find(name).unwrap();
        let command = &figure.recipe()[group];
        let planned = cli::planned_run(command.split_whitespace()).unwrap();
        assert_eq!(planned.iterations, iterations, "{command}");
        assert!(command.contains(seeds), "{command}");
        let found = planned.settings.to_map();
        for setting in settings.split_whitespace() {
            let (key, value) = setting.split_once('=').unwrap();
            let is = match &found[key] {
                Value::String(text) => text == value,
                number => number.as_f64() == value.parse().ok(),
            };
            assert!(is, "{command}: {key} is {} instead of {value}", found[key]);
        }
    }
}

#[test]
fn runs_are_found_some_levels_deep_and_counted_for_each_figure() {
    let folder = tempfile::tempdir().unwrap();
    maze(folder.path());
    let buried = folder.path().join("1/2/3/4/5/run");
    write_run(&buried, &papers(find("dp-2").unwrap(), &find("dp-2").unwrap().groups[0]), 0, &[1.0]);
    let found = search(&[folder.path().to_owned(), folder.path().to_owned()]);
    assert_eq!((found.runs.len(), &found.passed_over[..]), (7, &[][..]), "each once, and none from further down");
    for figure in FIGURES {
        let expected: Vec<[u64; 2]> = match figure.name {
            "dp-6" => vec![[4, 4], [3, 3]],
            // The same networks in another maze.
            "bp-2" => vec![[0, 0], [0, 0], [4, 0], [3, 0]],
            _ => vec![[0, 0]; figure.groups.len()],
        };
        let counts = count(figure, &found).unwrap().into_iter().map(|count| [count.all, count.papers]);
        assert_eq!(counts.collect::<Vec<_>>(), expected, "{}", figure.name);
    }
    assert_eq!(search(&[buried]).runs.len(), 1, "a run folder itself");
    let nowhere = search(&[folder.path().join("nowhere")]);
    assert!(nowhere.passed_over[0].contains("nowhere: expected a folder with runs, found nothing there"));
}

#[test]
fn runs_with_the_papers_settings_come_first_and_others_only_where_there_are_none() {
    let folder = tempfile::tempdir().unwrap();
    maze(folder.path());
    let figure = find("dp-6").unwrap();
    let other = |name: &str, changes: &[(&str, &str)], seeds: u64| {
        for seed in 0..seeds {
            let config = config_of("maze", [&[], changes]);
            write_run(&folder.path().join(format!("{name}-{seed}")), &config, seed, &[9.0; 150]);
        }
    };
    other("short", &[("network", "plastic")], 6);
    other("short-non", &[("network", "non_plastic")], 2);
    other("small", &[("network", "plastic"), ("neurons", "20")], 9);

    let groups = |made: &Made| made.groups_in_words();
    let all = made("dp-6", &options(folder.path()));
    assert_eq!(groups(&all), "plastic n = 4, non-plastic n = 3");
    assert_eq!(all.missing.as_deref(), Some("11 of 15 runs of plastic, 12 of 15 runs of non-plastic"));
    assert!(all.caption.iter().any(|words| words == "Left out for other settings: 17 runs."), "{:?}", all.caption);
    assert!(!all.caption.iter().any(|words| words.contains("not the paper's")), "{:?}", all.caption);

    // Without them: the settings that most of the networks have in common.
    std::fs::remove_dir_all(folder.path().join("deep")).unwrap();
    let others = made("dp-6", &options(folder.path()));
    assert_eq!(groups(&others), "plastic n = 6, non-plastic n = 2");
    let unlike = "Settings that are not the paper's: steps = 200 instead of 250.";
    assert!(others.caption.iter().any(|words| words == unlike), "{:?}", others.caption);
    assert_eq!(others.missing.as_deref(), Some("all 15 runs of plastic, all 15 runs of non-plastic"));

    let with = |key: &str, value: &str| Choice { with: vec![(key.into(), value.into())], ..Choice::default() };
    let small = made("dp-6", &Options { choice: with("neurons", "20"), ..options(folder.path()) });
    assert_eq!(groups(&small), "plastic n = 9");
    let choice = Choice { is_all: true, ..Choice::default() };
    let every = made("dp-6", &Options { choice, ..options(folder.path()) });
    assert_eq!(
        groups(&every),
        "plastic, steps = 200 n = 6, plastic, steps = 200, neurons = 20 n = 9, non-plastic, steps = 200 n = 2"
    );
    let found = search(&[folder.path().to_owned()]);
    let error = gather(figure, &found, &with("neurons", "many")).unwrap_err().to_string();
    assert!(error.contains("neurons") && error.contains("many"), "{error}");
    let error = gather(figure, &found, &with("colour", "red")).unwrap_err().to_string();
    assert!(error.contains("colour"), "{error}");
}

#[test]
fn with_all_runs_only_those_that_learned_from_the_same_examples_are_tested_against_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let figure = find("dp-5").unwrap();
    let [free, yoked] = [0, 1].map(|place| papers(figure, &figure.groups[place]));
    let learned = |name: &str, config: &RunConfig, examples: &str| {
        let mut config = config.clone();
        config.fingerprint = Some(examples.into());
        for seed in 0..3 {
            write_run(&folder.path().join(format!("{name}-{seed}")), &config, seed, &[seed as f32 + 1.0; 20]);
        }
    };
    let all = || {
        let choice = Choice { is_all: true, ..Choice::default() };
        let made = made("dp-5", &Options { choice, ..options(folder.path()) });
        let Drawing::Chart(chart) = &made.drawing else { panic!("expected curves") };
        let tests: Vec<[String; 2]> = chart.results.tests.iter().map(|test| test.names.clone()).collect();
        (made.groups_in_words(), tests, made.missing_in_words().unwrap(), made.caption.join("\n"))
    };
    learned("free", &free, "aa");
    learned("yoked", &yoked, "aa");
    let (groups, tests, missing, caption) = all();
    assert_eq!(groups, "free α n = 3, yoked α n = 3");
    assert_eq!(tests, [["free α", "yoked α"]]);
    assert!(missing.contains("7 of 10 runs of free α"), "the paper's runs are the paper's: {missing}");
    assert!(!caption.contains("not the paper's"), "{caption}");
    learned("other", &free, "bb");
    let (groups, tests, _, _) = all();
    assert_eq!(groups, "free α, examples aa n = 3, free α, examples bb n = 3, yoked α, examples aa n = 3");
    assert_eq!(tests, [["free α, examples aa", "yoked α, examples aa"]]);
}

#[test]
fn what_the_papers_networks_differ_in_keeps_none_of_them_apart() {
    // Small networks of figure 3: hidden, gain and lr are others for each of them.
    let folder = tempfile::tempdir().unwrap();
    let small = [("size", "6"), ("count", "2"), ("show_steps", "3"), ("rounds", "1")];
    for (name, changes) in [
        ("plastic", &[("input", "add"), ("gain", "20")][..]),
        ("lstm", &[("network", "lstm"), ("hidden", "4"), ("gain", "100"), ("lr", "0.002")]),
        ("neither", &[("network", "non_plastic"), ("input", "add"), ("hidden", "5")]),
    ] {
        write_run(&folder.path().join(name), &config_of("patterns", [&small, changes]), 0, &[0.5; 20]);
    }
    assert_eq!(made("dp-3", &options(folder.path())).groups_in_words(), "plastic n = 1, LSTM n = 1, non-plastic n = 1");
}

#[test]
fn damaged_runs_are_passed_over_with_a_sentence_each() {
    let folder = tempfile::tempdir().unwrap();
    maze(folder.path());
    let run = |name: &str| folder.path().join("deep").join(name);
    std::fs::write(run("plastic/seed-0/config.toml"), "task = \"chess\"").unwrap();
    std::fs::write(run("plastic/seed-1/metrics.csv"), "time,loss\n1,2\n").unwrap();
    std::fs::write(run("non-plastic/seed-0/metrics.csv"), [0xff, 0x00, 0x12]).unwrap();
    let figure = find("dp-6").unwrap();
    let plastic = papers(figure, &figure.groups[0]);
    write_run(&run("plastic/empty"), &plastic, 9, &[]);
    // A copy that has not come so far.
    write_run(&run("plastic/again"), &plastic, 2, &[5.0; 10]);
    let made = made("dp-6", &options(folder.path()));
    assert_eq!(made.groups_in_words(), "plastic n = 2, non-plastic n = 2");
    for words in [
        "seed-0/config.toml: there is no task chess",
        "seed-1/metrics.csv: expected the columns iteration,loss,reward,eta,grad_norm,seconds, found time,loss",
        "non-plastic/seed-0/metrics.csv: expected the columns",
        "plastic/empty: expected a run that has begun, found one without an iteration",
        "plastic/again: expected another training seed than",
    ] {
        let told = made.passed_over.iter().filter(|told| told.contains(words));
        assert_eq!(told.count(), 1, "{words}: {:#?}", made.passed_over);
    }
    assert!(made.passed_over.len() == 5 && made.passed_over.iter().all(|told| told.lines().count() == 1));
}

#[test]
fn where_there_is_no_run_one_sentence_says_which_are_expected() {
    let folder = tempfile::tempdir().unwrap();
    let none = refusal("dp-6", &options(folder.path()));
    let expected = "dp-6: expected a run of task maze with network=plastic or network=non_plastic, found none among the 0 run folders in";
    assert!(none.starts_with(expected) && none.lines().count() == 1, "{none}");
    assert!(none.ends_with("hebbscope figure dp-6 --recipe prints the commands that make them"), "{none}");
    maze(folder.path());
    let other = refusal("bp-1", &options(folder.path()));
    assert!(other.contains("found none among the 7 run folders"), "{other}");
    // All that there are may turn out to be damaged.
    for name in ["plastic", "non-plastic"] {
        for seed in 0..4 {
            let path = folder.path().join(format!("deep/{name}/seed-{seed}/metrics.csv"));
            if path.exists() {
                std::fs::write(path, "no table\n").unwrap();
            }
        }
    }
    let damaged = refusal("dp-6", &options(folder.path()));
    assert!(damaged.contains("and 6 more were passed over") && damaged.lines().count() == 1, "{damaged}");
}

#[test]
fn one_run_of_one_group_is_a_figure() {
    let folder = tempfile::tempdir().unwrap();
    let figure = find("bp-1").unwrap();
    write_run(&folder.path().join("run"), &papers(figure, &figure.groups[1]), 3, &[1.0, 2.0]);
    let made = made("bp-1", &options(folder.path()));
    assert_eq!(made.groups_in_words(), "retroactive neuromodulation n = 1");
    let missing = made.missing_in_words().unwrap();
    assert_eq!(
        missing,
        "missing of the paper's runs: all 10 runs of simple neuromodulation, 9 of 10 runs of retroactive neuromodulation, \
         all 10 runs of plastic, all 10 runs of non-plastic; hebbscope figure bp-1 --recipe prints the commands"
    );
}
