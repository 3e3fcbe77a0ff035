//! Medians, quartiles and tests of the figures, beside numbers that were worked out elsewhere.

use super::figures::{made, options, papers, write_run};
use crate::workbench::{advance, config_of, evaluated};
use hebbscope::train::run_folder::checkpoint_path;
use hebbscope::train::statistics::Method;
use hebbscope::train::{Checkpoint, RunConfig, RunFolder, Trainer};
use hebbscope::view::curves::axis::Scale;
use hebbscope::view::curves::number::Number;
use hebbscope::view::figures::chart::Chart;
use hebbscope::view::figures::table::{Contrast, Results};
use hebbscope::view::figures::{Drawing, FIGURES, Form, Made, Options, find};
use std::path::Path;

fn chart(made: &Made) -> &Chart {
    match &made.drawing {
        Drawing::Chart(chart) => chart,
        other => panic!("expected curves, found {other:?}"),
    }
}

fn table(made: &Made) -> &Results {
    match &made.drawing {
        Drawing::Table(results) => results,
        other => panic!("expected a table, found {other:?}"),
    }
}

/// Quartiles between neighbours of the sorted values, as numpy has them.
fn quartiles(values: &[f64]) -> [f64; 3] {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| {
        let (whole, rest) = ((sorted.len() - 1) * quarter / 4, ((sorted.len() - 1) * quarter % 4) as f64 / 4.0);
        sorted[whole] * (1.0 - rest) + sorted.get(whole + 1).unwrap_or(&0.0) * rest
    })
}

#[test]
fn every_figure_of_curves_has_the_median_and_the_quartiles_of_its_runs() {
    for figure in FIGURES {
        let Form::Curves { number, smoothing, scales, tests, .. } = figure.form else { continue };
        let folder = tempfile::tempdir().unwrap();
        let level = |place: usize, seed: u64| (10 * place) as f32 + [1.0, 2.0, 4.0, 8.0, 5.5][seed as usize];
        // Each run its own level throughout: the mean of any iterations is that level.
        for (place, wanted) in figure.groups.iter().enumerate() {
            for seed in 0..5 {
                let path = folder.path().join(format!("{}-{seed}", wanted.folder()));
                write_run(&path, &papers(figure, wanted), seed, &vec![level(place, seed); 130 + 5 * seed as usize]);
            }
        }
        let made = made(figure.name, &options(folder.path()));
        let chart = chart(&made);
        assert_eq!((chart.number, chart.smoothing, chart.scales), (number, smoothing, scales), "{}", figure.name);
        assert_eq!(chart.window, 31..=130, "the last hundred that all runs have");
        let factor = if number == Number::Loss { 1.0 } else { 2.0 };
        for (place, band) in chart.bands.iter().enumerate() {
            assert_eq!((band.name.as_str(), band.runs), (figure.groups[place].name, 5));
            let values: Vec<f64> = (0..5).map(|seed| factor * f64::from(level(place, seed))).collect();
            let expected = quartiles(&values);
            let drawn = &band.quartiles;
            let found = [&drawn.low, &drawn.median, &drawn.high].map(|line| f64::from(line.values()[100]));
            assert_eq!(found, expected, "{}: {}", figure.name, band.name);
            assert_eq!(drawn.counts[100], 5);
            assert_eq!((drawn.counts[131], drawn.counts[149]), (4, 1), "of those that got so far");
            assert_eq!(chart.results.rows[place].values, values);
            let summary = chart.results.rows[place].summary().unwrap();
            assert_eq!([summary.low, summary.median, summary.high], expected);
        }
        // Groups lie apart, ten levels each: of the 252 ways to deal out ten ranks two are as clear.
        assert_eq!(chart.results.tests.len(), tests.len(), "{}", figure.name);
        for test in &chart.results.tests {
            let found = test.test.found.unwrap();
            assert!(
                (found.p - 2.0 / 252.0).abs() < 1e-12 && found.u == 0.0 && found.method == Method::Exact,
                "{test:?}"
            );
            assert!(made.caption.contains(&format!("{}.", test.words())), "{:?}", made.caption);
        }
        let titles = &chart.titles;
        assert!(titles[0].starts_with("episode") || titles[0].starts_with("iteration"), "{titles:?}");
        assert_eq!(titles[1].contains("mean of"), smoothing > 1, "the axis says what is smoothed: {titles:?}");
    }
}

#[test]
fn a_test_between_groups_has_the_published_p() {
    // The example in the documentation of scipy.stats.mannwhitneyu: U1 = 17, p = 0.1111 exactly.
    for (males, females, u, p, method) in [
        (
            &[19.0, 22.0, 16.0, 29.0, 24.0][..],
            &[20.0, 11.0, 17.0, 12.0][..],
            17.0,
            0.111_111_111_111_111_1,
            Method::Exact,
        ),
        // Mann & Whitney 1947, table 1: five and five, U ≤ 2 has probability 0.016, U ≤ 4 has 0.048.
        (&[1.0, 2.0, 3.0, 6.0, 7.0], &[4.0, 5.0, 8.0, 9.0, 10.0], 4.0, 2.0 * 12.0 / 252.0, Method::Exact),
        (&[1.0, 2.0, 3.0, 4.0, 7.0], &[5.0, 6.0, 8.0, 9.0, 10.0], 2.0, 2.0 * 4.0 / 252.0, Method::Exact),
        // Ranks 1, 3, 3, 3, 5.5, 5.5, 7, 8; σ² = 16/12 · (9 − 30/56), continuity 0.5.
        (&[1.0, 2.0, 2.0, 3.0], &[2.0, 3.0, 4.0, 5.0], 2.5, 0.136_658_247_738_147_53, Method::Normal),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let figure = find("dp-5").unwrap();
        for (wanted, losses) in figure.groups.iter().zip([males, females]) {
            for (seed, loss) in losses.iter().enumerate() {
                let path = folder.path().join(format!("{}-{seed}", wanted.folder()));
                write_run(&path, &papers(figure, wanted), seed as u64, &[*loss; 5]);
            }
        }
        let made = made("dp-5", &options(folder.path()));
        let [Contrast { test, .. }] = &chart(&made).results.tests[..] else { panic!("one test") };
        let found = test.found.unwrap();
        assert_eq!((found.u, found.method, test.counts), (u, method, [males.len(), females.len()]));
        assert!((found.p - p).abs() < 1e-9, "{} instead of {p}", found.p);
        let words = format!("free α against yoked α: p = {} ({}; U = {u}, n = ", found.p_in_words(), method.name());
        assert!(made.caption.iter().any(|told| told.starts_with(&words)), "{words}: {:?}", made.caption);
    }
}

#[test]
fn two_runs_are_too_few_for_a_test_and_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let figure = find("dp-6").unwrap();
    for (place, wanted) in figure.groups.iter().enumerate() {
        for seed in 0..[3, 2][place] {
            let path = folder.path().join(format!("{}-{seed}", wanted.folder()));
            write_run(&path, &papers(figure, wanted), seed, &[1.0, 3.0]);
        }
    }
    let made = made("dp-6", &Options { smoothing: Some(2), scales: Some([Scale::Log; 2]), ..options(folder.path()) });
    let chart = chart(&made);
    assert_eq!((chart.smoothing, chart.scales), (2, [Scale::Log; 2]));
    assert_eq!(chart.bands[0].quartiles.median.values(), [2.0, 4.0], "means of 2, and of 2 and 6");
    assert!(chart.bands[0].has_quartiles() && !chart.bands[1].has_quartiles());
    let words = "plastic against non-plastic: too few for a test (n = 3 and 2, expected 3 of each).";
    assert!(made.caption.iter().any(|told| told == words), "{:?}", made.caption);
    let text = made.to_markdown().unwrap();
    assert!(text.contains("| plastic | 3 | 4.0000 ± 0.0000 | 4.0000 (4.0000 to 4.0000) |"), "{text}");
    assert!(text.contains("| non-plastic | 2 | 4.0000 ± 0.0000 | 4.0000 |"), "{text}");
    let csv = made.to_csv().unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("iteration,plastic:reward_mean2_median,plastic:reward_mean2_q25,"), "{csv}");
    assert!(lines[1].starts_with("1,2,2,2,3,2,") && lines[2].starts_with("2,4,4,4,3,4,"), "{csv}");
    assert_eq!(lines.len(), 3);
}

/// A run of a small network, trained for some iterations, with its checkpoint.
pub fn train(folder: &Path, config: &RunConfig, seed: u64, iterations: usize) -> Checkpoint {
    let mut config = config.clone();
    config.seed = seed;
    let mut trainer = Trainer::new(config).unwrap();
    let mut run = RunFolder::create(folder, trainer.config()).unwrap();
    advance(&mut trainer, iterations);
    run.write_metrics(trainer.curve(), &vec![1.0; iterations]).unwrap();
    let checkpoint = trainer.checkpoint().unwrap();
    run.save(&checkpoint).unwrap();
    Checkpoint::read(&checkpoint_path(folder)).unwrap()
}

#[test]
fn a_table_has_what_each_run_comes_to_in_the_same_new_episodes() {
    let folder = tempfile::tempdir().unwrap();
    let small = [("source", "invented"), ("batch", "2"), ("pool", "0")];
    let mut expected = Vec::new();
    for network in ["plastic", "matching"] {
        let config = config_of("omniglot", [&small, &[("network", network)]]);
        let values = (0..3u64).map(|seed| {
            let path = folder.path().join(format!("{network}-{seed}"));
            evaluated(&train(&path, &config, seed, 2), 7, 20).measure()
        });
        expected.push(values.collect::<Vec<f64>>());
    }
    let mut heard = Vec::new();
    let figure = find("dp-table-1").unwrap();
    let options = Options { episodes: Some(20), seed: 7, ..options(folder.path()) };
    let made = hebbscope::view::figures::make(figure, &options, &mut |done, all| {
        heard.push((done, all));
        true
    })
    .unwrap();
    // Each run is told again while it lives its episodes.
    heard.dedup();
    assert_eq!(heard, (0..6).map(|done| (done, 6)).collect::<Vec<_>>());
    let results = table(&made);
    assert_eq!(results.rows.iter().map(|row| row.values.clone()).collect::<Vec<_>>(), expected);
    assert_eq!((results.rows[0].paper, results.rows[1].paper), ("98.5 ± 0.57 %", "98.1 %"));
    assert_eq!(results.tests.len(), 1, "prototypical networks are missing");
    // Mean and interval by hand: Student's 97.5 % quantile of two degrees of freedom is 4.303.
    let values = &expected[0];
    let mean = values.iter().sum::<f64>() / 3.0;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 2.0;
    let half = 4.303 * (variance / 3.0).sqrt();
    let (found, interval) = results.rows[0].mean().unwrap();
    assert!((found - mean).abs() < 1e-12 && (interval.unwrap() - half).abs() < 1e-9, "{interval:?}");
    let text = made.to_markdown().unwrap();
    assert!(text.contains(&format!("| plastic (DP) | 3 | {:.2} ± {:.2} |", 100.0 * mean, 100.0 * half)), "{text}");
    let csv = made.to_csv().unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines.len() == 3 && lines.iter().all(|line| line.split(',').count() == 14), "{csv}");
    let list = values.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
    assert!(lines[1].contains(&format!(",0 1 2,{list},")), "{csv}");
    assert!(made.missing.unwrap().starts_with("all 10 runs of plastic (DP)"), "not the paper's settings");
}

#[test]
fn perplexities_are_those_of_all_of_the_test_text() {
    let folder = tempfile::tempdir().unwrap();
    let text = "the cat sat on the mat and the dog sat on the log\na dog and a cat sat\n".repeat(12);
    for name in ["train.txt", "valid.txt", "test.txt"] {
        std::fs::write(folder.path().join(name), &text).unwrap();
    }
    let small = [("cells", "5"), ("embedding", "4"), ("batch", "2"), ("steps", "6"), ("source", "path")];
    let path = folder.path().to_str().unwrap();
    let mut expected = Vec::new();
    for network in ["lstm", "simple"] {
        let config = config_of("language", [&small, &[("network", network), ("path", path)]]);
        let checkpoint = train(&folder.path().join("runs").join(network), &config, 4, 3);
        let whole = hebbscope::train::evaluate::whole(checkpoint.specimen(), &mut |_| true).unwrap().unwrap();
        expected.push(whole.measure());
    }
    let made = made("bp-table-1", &options(&folder.path().join("runs")));
    let results = table(&made);
    assert_eq!(results.rows.iter().map(|row| row.values[0]).collect::<Vec<_>>(), expected);
    assert_eq!(made.groups_in_words(), "LSTM n = 1, simple neuromodulation n = 1");
    assert!(made.caption[0].contains("all of its test text"), "{:?}", made.caption);
    let unlike = made.caption.iter().find(|words| words.starts_with("Settings that are not the paper's")).unwrap();
    assert!(unlike.contains("cells = 5 instead of 200"), "{unlike}");
    assert!(!unlike.contains("source") && !unlike.contains("words ="), "where a text lies is no setting: {unlike}");
}
