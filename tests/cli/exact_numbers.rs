//! Numbers in CSV: what is read back is what was written, bit for bit, and there is no shorter way to write it.

use crate::cli::command_line::{Bench, small};
use crate::workbench::{self, trained};
use hebbscope::train::run_folder::checkpoint_path;
use hebbscope::train::trainer::{Point, Validation};
use hebbscope::train::{Checkpoint, History, RunFolder};
use hebbscope::view::comparison::Compared;
use hebbscope::view::curves::bands::Band;
use hebbscope::view::curves::number::Number;
use hebbscope::view::curves::smoothing::TrailingMean;
use std::collections::BTreeMap;
use std::path::Path;

/// How many digits of a number mean something.
fn digits(cell: &str) -> usize {
    let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len().max(1)
}

/// A cell holds this number of single precision, in the fewest digits.
#[track_caller]
fn expect_single(cell: &str, value: f32) {
    assert_eq!(cell.parse::<f32>().unwrap().to_bits(), value.to_bits(), "{cell}");
    // Read in double precision and rounded once it is the same.
    assert_eq!((cell.parse::<f64>().unwrap() as f32).to_bits(), value.to_bits(), "{cell}");
    if value.is_finite() && digits(cell) > 1 {
        let shorter = format!("{value:.*e}", digits(cell) - 2);
        assert_ne!(shorter.parse::<f32>().unwrap().to_bits(), value.to_bits(), "{cell} is longer than {shorter}");
    }
}

/// The same of double precision.
#[track_caller]
fn expect_double(cell: &str, value: f64) {
    assert_eq!(cell.parse::<f64>().unwrap().to_bits(), value.to_bits(), "{cell}");
    if digits(cell) > 1 {
        let shorter = format!("{value:.*e}", digits(cell) - 2);
        assert_ne!(shorter.parse::<f64>().unwrap().to_bits(), value.to_bits(), "{cell} is longer than {shorter}");
    }
}

/// Head and rows of a table without quotes.
fn table(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut rows = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let head = rows.next().unwrap();
    let rows: Vec<Vec<String>> = rows.collect();
    assert!(rows.iter().all(|row| row.len() == head.len()), "{text}");
    (head, rows)
}

fn numbers(point: &Point) -> [f32; 4] {
    [point.loss, point.measure, point.eta, point.grad_norm]
}

/// Numbers of every size, those at the edges of what there is among them.
fn extreme() -> Vec<Point> {
    let edges = [0.0, -0.0, 1.0, 0.1, f32::MIN_POSITIVE, f32::MAX, f32::EPSILON, 1e-45, 16_777_217.0, 1.0 / 3.0];
    // A generator of bits that has nothing to do with the program's.
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        Some(f32::from_bits((state >> 16) as u32)).filter(|value| value.is_finite()).unwrap_or(0.25)
    };
    let edges = edges.map(|edge| Point { loss: edge, measure: -edge, eta: edge / 7.0, grad_norm: edge * 0.7 });
    let random = (0..2000).map(|_| Point { loss: next(), measure: next(), eta: next(), grad_norm: next() });
    edges.into_iter().chain(random).collect()
}

#[test]
fn every_number_of_a_run_folder_reads_back_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let config = workbench::config(&[]);
    let (points, ages): (Vec<Point>, Vec<f64>) =
        extreme().into_iter().enumerate().map(|(index, point)| (point, index as f64 * std::f64::consts::PI)).unzip();
    let validations: Vec<Validation> =
        points.iter().zip(1..).map(|(point, iteration)| Validation { iteration, value: point.loss }).collect();
    let mut held = RunFolder::create(&run, &config).unwrap();
    held.write_metrics(&points, &ages).unwrap();
    held.write_validations(&config, &validations).unwrap();
    drop(held);
    let (head, rows) = table(&std::fs::read_to_string(run.join("metrics.csv")).unwrap());
    assert_eq!((head.len(), rows.len()), (6, points.len()));
    for ((row, point), age) in rows.iter().zip(&points).zip(&ages) {
        row[1..5].iter().zip(numbers(point)).for_each(|(cell, value)| expect_single(cell, value));
        expect_double(&row[5], *age);
    }
    let (_, rows) = table(&std::fs::read_to_string(run.join("validation.csv")).unwrap());
    assert_eq!(rows.len(), validations.len());
    rows.iter().zip(&validations).for_each(|(row, known)| expect_single(&row[2], known.value));
    // So does the program itself.
    let read = History::read(&run).unwrap();
    let bits = |points: &[Point]| points.iter().map(|point| numbers(point).map(f32::to_bits)).collect::<Vec<_>>();
    assert!(bits(&read.points) == bits(&points));
}

#[test]
fn what_training_writes_and_resuming_writes_again_is_the_same_text() {
    let bench = Bench::new();
    bench.done(&format!("train patterns {} --steps 30 --out run", small()));
    let text = bench.text("run/metrics.csv");
    let curve = Checkpoint::read(&checkpoint_path(&bench.path("run"))).unwrap().curve;
    let (_, rows) = table(&text);
    assert_eq!(rows.len(), 30);
    for (row, point) in rows.iter().zip(&curve) {
        row[1..5].iter().zip(numbers(point)).for_each(|(cell, value)| expect_single(cell, value));
        assert!(row[5].split('.').nth(1).is_none_or(|places| places.len() <= 6), "a microsecond is enough: {}", row[5]);
    }
    bench.done("train --resume run --steps 33");
    assert!(bench.text("run/metrics.csv").starts_with(&text));
}

/// The curves of one run beside a group of three, as `render --out curves.csv` writes them.
#[test]
fn every_number_of_exported_curves_reads_back_bit_for_bit() {
    let bench = Bench::new();
    bench.done(&format!("train patterns {} --seeds 1..4 --steps 45 --out runs", small()));
    trained(&[], 40).checkpoint().unwrap().write(&bench.path("one"), hebbscope::files::Precision::Full).unwrap();
    bench.done("render one --compare runs --out curves.csv");
    let (head, rows) = table(&bench.text("curves.csv"));
    let column = |name: &str| head.iter().position(|cell| cell == name).unwrap_or_else(|| panic!("{name} in {head:?}"));
    let curve = Checkpoint::read(&bench.path("one")).unwrap().curve;
    let compared = Compared::read(&[bench.path("runs")]).unwrap();
    let group = &compared.groups()[0];
    let kinds = [Number::Loss, Number::Measure, Number::Eta, Number::GradNorm];
    let mut count = 0;
    for (place, (name, number)) in ["loss", "error", "eta", "grad_norm"].into_iter().zip(kinds).enumerate() {
        let mut mean = TrailingMean::new(20);
        let (raw, smoothed) = (column(name), column(&format!("{name}_mean20")));
        for (row, point) in rows.iter().zip(&curve) {
            let value = numbers(point)[place];
            expect_single(&row[raw], value);
            expect_double(&row[smoothed], mean.push(f64::from(value)));
        }
        let band = Band::of(group, number, 20).quartiles;
        let lines = [("median", &band.median), ("q25", &band.low), ("q75", &band.high)];
        for (kind, line) in lines {
            let column = column(&format!("{}:{name}_mean20_{kind}", group.name));
            for (row, value) in rows.iter().zip(line.values()) {
                expect_single(&row[column], *value);
                count += 1;
            }
        }
    }
    assert_eq!((rows.len(), count), (45, 4 * 3 * 45));
}

/// A line a number, from runs of which nothing is there but their numbers.
#[test]
fn curves_in_the_long_format_are_a_line_for_each_number_of_each_run() {
    let bench = Bench::new();
    bench.done(&format!("train patterns {} --grid rule=decay,oja --seeds 1..3 --steps 5 --out runs", small()));
    let names = ["rule=decay,seed=1", "rule=decay,seed=2", "rule=oja,seed=1", "rule=oja,seed=2"];
    for name in names {
        std::fs::create_dir_all(bench.path("copied").join(name)).unwrap();
        for file in ["config.toml", "metrics.csv"] {
            bench.write(&format!("copied/{name}/{file}"), bench.text(&format!("runs/{name}/{file}")));
        }
    }
    let printed = bench.done("render --compare copied --out curves.csv --long");
    assert_eq!(printed, "curves.csv: 80 numbers of 4 runs\n");
    let text = bench.text("curves.csv");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("run,seed,iteration,measure,value"));
    let mut found: BTreeMap<(String, usize, String), String> = BTreeMap::new();
    for line in lines {
        // The names have commas, and stand in quotes.
        let (name, rest) = line.strip_prefix('"').unwrap().split_once("\",").unwrap();
        let [seed, iteration, measure, value] = rest.split(',').collect::<Vec<_>>().try_into().unwrap();
        assert!(name.ends_with(&format!("seed={seed}")), "{line}");
        let key = (name.to_owned(), iteration.parse().unwrap(), measure.to_owned());
        assert!(found.insert(key, value.to_owned()).is_none(), "{line} is there twice");
    }
    assert_eq!(found.len(), 80);
    for name in names {
        let curve = Checkpoint::read(&checkpoint_path(&bench.path("runs").join(name))).unwrap().curve;
        for (point, iteration) in curve.iter().zip(1..) {
            for (measure, value) in ["loss", "error", "eta", "grad_norm"].into_iter().zip(numbers(point)) {
                let run = Path::new("copied").join(name).display().to_string();
                expect_single(&found[&(run, iteration, measure.to_owned())], value);
            }
        }
    }
    // A run by itself, and a checkpoint, in its own words.
    bench.done("render runs/rule=oja,seed=1 --out one.csv --long");
    assert_eq!(bench.text("one.csv").lines().count(), 21);
    for (line, words) in [
        ("render --out none.csv --long", "--long expects runs, as FILE or with --compare, found none"),
        ("render --compare copied --out none.png --long", "--long belongs to .csv, found it with .png"),
        ("render runs --pin 1:2 --out none.csv --long", "cannot be used with"),
    ] {
        let output = bench.run(line);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && errors.contains(words), "{line}: {errors}");
    }
    bench.refused("render --compare nowhere --out none.csv --long", &["found nothing there"]);
}

/// Without checkpoints groups are compared by how they were trained, and nobody pretends to have lived anything.
#[test]
fn runs_of_which_only_the_numbers_are_there_are_compared_by_their_training() {
    let bench = Bench::new();
    bench.done(&format!("train patterns {} --grid rule=decay,oja --seeds 1..4 --steps 6 --out runs", small()));
    let json = |line: &str| -> serde_json::Value { serde_json::from_str(&bench.done(line)).unwrap() };
    let whole = json("compare runs --episodes 3 --json");
    for rule in ["decay", "oja"] {
        for seed in 1..4 {
            std::fs::remove_file(checkpoint_path(&bench.path(&format!("runs/rule={rule},seed={seed}")))).unwrap();
        }
    }
    let bare = json("compare runs --episodes 3 --json");
    assert!(bare["episodes"].is_null() && whole["episodes"] == 3, "{bare}");
    for (bare, whole) in bare["groups"].as_array().unwrap().iter().zip(whole["groups"].as_array().unwrap()) {
        assert_eq!((&bare["training"], &bare["name"]), (&whole["training"], &whole["name"]));
        assert!(bare["new_episodes"].is_null() && bare["runs"][0]["fingerprint"].is_null(), "{bare}");
        assert_eq!(bare["runs"][0]["iteration"], 6);
    }
    assert_eq!(bare["pairs"][0]["training"], whole["pairs"][0]["training"]);
    let text = bench.done("compare runs");
    assert!(text.contains("new episodes: none, for no run has its checkpoint") && text.contains("p = "), "{text}");
}
