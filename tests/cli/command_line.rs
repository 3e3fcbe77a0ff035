//! The program from outside: exit codes, the one sentence on standard error, and what is left on the disk.

use crate::workbench::{self, SMALL};
use hebbscope::device;
use hebbscope::files::Precision;
use hebbscope::train::{Checkpoint, RunFolder, run_folder::checkpoint_path};
use serde_json::Value;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A scratch folder in which the program runs.
pub struct Bench(TempDir);

impl Bench {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hebbscope"));
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null());
        command
    }

    /// Runs the program with the words of `line`.
    pub fn run(&self, line: &str) -> Output {
        self.command(line.split_whitespace()).output().unwrap()
    }

    /// Runs the program, which must succeed, and returns what it printed.
    #[track_caller]
    pub fn done(&self, line: &str) -> String {
        let output = self.run(line);
        let errors = String::from_utf8(output.stderr).unwrap();
        // A program that was built for a device says so where it finds none.
        let errors: String = errors.lines().filter(|line| !line.contains("computing on the CPU: no ")).collect();
        assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""), "hebbscope {line}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Trains the small network: `hebbscope train patterns`, its settings, and `line`.
    #[track_caller]
    fn train(&self, line: &str) -> String {
        self.done(&format!("train patterns {} {line}", small()))
    }

    /// Runs the program, which must refuse: exit code 1, one sentence with all of `words`, and nothing
    /// in the folder that was not there before.
    #[track_caller]
    pub fn refused(&self, line: &str, words: &[&str]) {
        let before = self.everything();
        let output = self.run(line);
        expect_refusal(&output, words);
        assert_eq!(self.everything(), before, "hebbscope {line} left something behind");
    }

    /// Runs the program, which must say that it is used wrongly: as [`Self::refused`], with exit code 2.
    #[track_caller]
    pub fn misused(&self, line: &str, words: &[&str]) {
        let before = self.everything();
        expect_misuse(&self.run(line), words);
        assert_eq!(self.everything(), before, "hebbscope {line} left something behind");
    }

    /// Every file and folder below, with its length.
    pub fn everything(&self) -> Vec<(PathBuf, u64)> {
        let (mut found, mut folders) = (Vec::new(), vec![self.0.path().to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let facts = entry.metadata().unwrap();
                if facts.is_dir() {
                    folders.push(entry.path());
                }
                found.push((entry.path(), if facts.is_dir() { 0 } else { facts.len() }));
            }
        }
        found.sort();
        found
    }
}

pub fn small() -> String {
    SMALL.map(|(key, value)| format!("--set {key}={value}")).join(" ")
}

#[track_caller]
fn expect_refusal(output: &Output, words: &[&str]) {
    expect_sentence(output, 1, words);
}

#[track_caller]
fn expect_misuse(output: &Output, words: &[&str]) {
    expect_sentence(output, 2, words);
}

#[track_caller]
fn expect_sentence(output: &Output, code: i32, words: &[&str]) {
    let errors = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{errors}");
    assert!(errors.starts_with("hebbscope: ") && errors.ends_with('\n'), "{errors}");
    assert_eq!(errors.lines().count(), 1, "one sentence: {errors}");
    assert!(!errors.contains("panicked"), "{errors}");
    for word in words {
        assert!(errors.contains(word), "expected {word:?} in: {errors}");
    }
}

/// How far the run in a folder has come.
pub fn iteration(run: &Path) -> u64 {
    Checkpoint::read(&checkpoint_path(run)).unwrap().iteration()
}

/// Checks that the metrics of a run have a line for every iteration, once and in order.
#[track_caller]
pub fn expect_iterations(metrics: &str, iterations: usize) {
    let numbers = metrics.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap());
    assert_eq!(numbers.collect::<Vec<usize>>(), (1..=iterations).collect::<Vec<_>>());
}

/// Checks that the metrics of a run have a header and one line per iteration.
#[track_caller]
fn expect_metrics(text: &str, iterations: usize) {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("iteration,loss,error,eta,grad_norm,seconds"));
    let rows: Vec<Vec<f64>> = lines.map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect();
    expect_iterations(text, iterations);
    assert!(rows.iter().all(|row| row.len() == 6 && (0.0..=1.0).contains(&row[2])), "{text}");
    assert!(rows.is_sorted_by(|before, after| before[5] <= after[5]), "a run only grows older: {text}");
}

#[test]
fn wrong_usage_has_exit_code_2_and_says_how_to_use_it() {
    let bench = Bench::new();
    for line in [
        "train patterns --steps many",
        "train patterns --steps -1",
        "train patterns --nonsense",
        "train patterns --device abacus",
        "train --resume here --out there",
        "eval",
        "eval checkpoint --episodes 0",
        "episode checkpoint --seed 1",
        "episode checkpoint --out tape",
        "share checkpoint",
    ] {
        let output = bench.run(line);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "hebbscope {line}: {errors}");
        assert!(errors.contains("--help") && !errors.contains("panicked"), "{errors}");
    }
    assert!(bench.everything().is_empty());
}

/// What is wrong only with the arguments together is told like what is wrong with one of them.
#[test]
fn wrong_usage_says_how_the_command_is_used_and_not_the_whole_program() {
    let bench = Bench::new();
    let said = |line: &str| String::from_utf8(bench.run(line).stderr).unwrap();
    let together = said("render --pin 3 --out ledger.csv");
    let alone = said("render --pin x --out ledger.csv");
    assert!(together.starts_with("error: --pin expects a connection like 17:3 with .csv, found neuron 3\n\nUsage: "));
    for errors in [together, alone] {
        assert!(!errors.contains("<COMMAND>") && !errors.contains("\n\n\n"), "{errors}");
        assert!(errors.contains("--help"), "{errors}");
    }
    assert!(said("render --fps 3 --out window.png").contains("Usage: hebbscope render "));
}

#[test]
fn help_and_version_are_printed() {
    let bench = Bench::new();
    for word in ["train", "eval", "episode", "share"] {
        assert!(bench.done("--help").contains(word));
        assert!(bench.done(&format!("{word} --help")).contains("Usage"));
    }
    assert!(bench.done("--version").contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn unknown_tasks_and_settings_are_refused_with_what_there_is() {
    let bench = Bench::new();
    bench.misused("train chess --out run", &["task chess", "expected one of", "patterns"]);
    bench.misused("train --out run", &["no task", "expected one of", "patterns"]);
    bench.misused("train patterns --set sise=20 --out run", &["setting sise", "expected one of", "size, count"]);
    bench.misused("train patterns --set size=1 --out run", &["size", "a whole number from 2 to 4000", "found 1"]);
    bench.misused("train patterns --set size=9.5 --out run", &["size", "a whole number from 2 to 4000", "found 9.5"]);
    bench.misused("train patterns --set size=many --out run", &["size", "a whole number", "found many"]);
    bench.misused("train patterns --set lr=2 --out run", &["lr", "a number from 0 to 1", "found 2"]);
    bench.misused("train patterns --set lr=NaN --out run", &["lr", "a number from 0 to 1", "found NaN"]);
    bench.misused("train patterns --set rule=hebb --out run", &["rule", "one of decay, oja, clip", "found hebb"]);
    bench.misused("train patterns --set lr= --out run", &["lr", "a number from 0 to 1", "found"]);
    bench.misused("train patterns --set lr --out run", &["--set", "KEY=VALUE", "found lr"]);
    bench.misused("train patterns --set =1 --out run", &["no setting", "expected one of"]);
    bench.misused("train patterns --seed 9007199254740992 --out run", &["seed", "9007199254740991", "found"]);
    bench.misused("train patterns --steps 18446744073709551615 --out run", &["steps", "9007199254740991", "found"]);
}

/// What shows only beside a network or a file, or with the options together, is wrong usage all the same; a file that is not
/// there is not.
#[test]
fn wrong_usage_has_exit_code_2_in_every_sub_command() {
    let bench = Bench::new();
    bench.train("--steps 2 --out run");
    let notes = "x".repeat(10_000);
    for (line, words) in [
        ("train --preset nothing", &["no preset nothing", "figure-4-easy"][..]),
        ("train patterns --preset figure-4-easy", &["preset", "which is of task cue_reward"]),
        ("train --resume run --steps 4 --set nonsense=1", &["no setting nonsense"]),
        ("eval run --set nonsense=1", &["no setting nonsense"]),
        ("eval run --set size=9", &["setting size belongs to the network"]),
        ("eval run --set count", &["--set expects KEY=VALUE"]),
        ("eval run --set count=none", &["count", "a whole number", "found none"]),
        ("eval run --lesion beta=zero", &["--lesion beta=zero", "alpha, w"]),
        ("eval run --do 1:act=up", &["--do", "the network of an agent"]),
        ("eval run --seed 9007199254740992", &["seed", "9007199254740991"]),
        ("compare run --set nonsense=1", &["no setting nonsense"]),
        ("compare run --seed 9007199254740992", &["seed", "9007199254740991"]),
        ("episode run --seed 1 --set nonsense=1 --out tape", &["no setting nonsense"]),
        ("episode run --seed 1 --do 1:erase@7 --out tape", &["--do", "7"]),
        ("render run --set nonsense=1 --out a.npz", &["no setting nonsense"]),
        ("render run --seed 9007199254740992 --out a.npz", &["seed", "9007199254740991"]),
        ("render run --at 999 --out a.npz", &["--at expects a step from 1 to 19, found 999"]),
        ("render run --pin 99:3 --out a.csv", &["--pin expects neurons from 0 to 20"]),
        ("render run --age 77 --out a.npz", &["--age expects one of 0, ", "found 77"]),
        ("render run --span 1..999 --out a.gif", &["--span expects steps from 1 to 19"]),
        ("share run --at 3 --out small", &["--at belongs to --view"]),
        ("share run --view --set nonsense=1 --out small", &["no setting nonsense"]),
        (&format!("share run --view --notes {notes} --out small"), &["--notes expects at most"]),
        ("bench small nothing", &["no benchmark nothing"]),
        ("bench small --minutes 3", &["--minutes belongs to soak"]),
    ] {
        bench.misused(line, words);
    }
    for line in ["eval none", "share none --out x", "render none --out a.npz", "train --config none", "compare none"] {
        bench.refused(line, &["none"]);
    }
}

/// What is not built in says how to build it; what is built in and does not work says what is missing.
#[test]
fn a_device_that_cannot_be_had_is_refused_and_auto_goes_on_without_it() {
    let bench = Bench::new();
    for (device, is_built) in [("cuda", cfg!(feature = "cuda")), ("metal", cfg!(feature = "metal"))] {
        let named = format!("--device {device}");
        if !is_built {
            let how = format!("cargo build --release --features {device}");
            bench.refused(&format!("train patterns {named} --out run"), &[&named, "this build has no", &how]);
            bench.refused(&format!("eval nothing {named}"), &[&named, &how]);
            bench.refused(&format!("episode nothing --seed 1 --out tape {named}"), &[&named, &how]);
        } else if device::open(device.parse().unwrap()).is_err() {
            bench.refused(&format!("train patterns {named} --out run"), &[&named, "no", "device"]);
        }
    }
    for device in ["auto", "cpu"] {
        let output = bench.run(&format!("train patterns {} --steps 1 --device {device} --out {device}", small()));
        assert!(output.status.success(), "{output:?}");
        let computed_on_the_cpu = String::from_utf8_lossy(&output.stdout).contains("on CPU");
        assert!(computed_on_the_cpu || device == "auto", "{output:?}");
        // Nothing to complain about where nothing else was built in.
        let said = String::from_utf8_lossy(&output.stderr).contains("computing on the CPU: no ");
        let settled = device == "auto" && computed_on_the_cpu && cfg!(any(feature = "cuda", feature = "metal"));
        assert_eq!(said, settled, "{output:?}");
    }
}

#[test]
fn every_setting_refuses_what_lies_beyond_its_bounds() {
    let bench = Bench::new();
    for (field, _) in workbench::config(&[]).settings.iter() {
        let line = format!("train patterns --set {}=-1 --out run", field.key);
        bench.misused(&line, &[field.key, &field.kind.expected(), "found -1"]);
    }
}

#[test]
fn bad_configurations_are_refused_with_file_and_line() {
    let bench = Bench::new();
    let line = "train --config run.toml --out run";
    bench.refused(line, &["run.toml", "cannot be read", "no such file"]);
    for (text, words) in [
        ("task = \"patterns\"\nsteps = = 3\n", ["TOML", "line 2"]),
        ("task = \"patterns\"\n\nstepz = 3\n", ["line 3", "stepz"]),
        ("task = \"patterns\"\nsteps = \"three\"\n", ["line 2", "three"]),
        ("task = \"patterns\"\nseed = -1\n", ["line 2", "-1"]),
        ("task = \"patterns\"\n[settings]\nsise = 3\n", ["no setting sise", "size"]),
        ("task = \"patterns\"\n[settings]\nsize = 1\n", ["size", "found 1"]),
        ("task = \"patterns\"\n[settings]\nlr = nan\n", ["lr", "a number from 0 to 1"]),
        ("task = \"patterns\"\n[settings]\nrule = [\"oja\"]\n", ["rule", "one of decay"]),
        ("task = \"chess\"\n", ["task chess", "patterns"]),
        ("seed = 3\n", ["no task", "patterns"]),
        ("\0\u{1}", ["TOML", "line 1"]),
    ] {
        bench.write("run.toml", text);
        bench.refused(line, &[&["run.toml"], &words[..]].concat());
    }
    bench.write("run.toml", b"\xff\xfe");
    bench.refused(line, &["run.toml", "expected a configuration in TOML", "no UTF-8"]);
    bench.refused("train --config . --out run", &["expected a configuration in TOML, found a folder"]);
    // What the command line says itself is not blamed on the file.
    bench.write("run.toml", "task = \"patterns\"\n");
    let output = bench.run("train --config run.toml --set size=1 --out run");
    expect_misuse(&output, &["size"]);
    assert!(!String::from_utf8(output.stderr).unwrap().contains("run.toml"));
}

#[test]
fn output_that_cannot_be_written_is_refused() {
    let bench = Bench::new();
    bench.write("file", "mine");
    bench.refused("train patterns --out file", &["file", "expected a folder"]);
    bench.refused("train patterns --out file/below/run", &["file/below/run", "cannot be written"]);
    bench.train("--steps 1 --out run");
    let checkpoint = "run/checkpoint.safetensors";
    for (line, words) in [
        (format!("episode {checkpoint} --seed 1 --out file/tape"), ["file/tape", "cannot be written"]),
        (format!("episode {checkpoint} --seed 1 --out missing/tape"), ["missing/tape", "cannot be written"]),
        (format!("episode {checkpoint} --seed 1 --out run"), ["run", "found a folder"]),
        (format!("share {checkpoint} --out file/small"), ["file/small", "cannot be written"]),
        (format!("share {checkpoint} --out run"), ["run", "found a folder"]),
        (format!("share {checkpoint} --out small.png"), ["small.png", "ends in .safetensors, found .png"]),
        (format!("episode {checkpoint} --seed 1 --out tape.npz"), ["tape.npz", "ends in .safetensors, found .npz"]),
    ] {
        bench.refused(&line, &words);
    }
    bench.misused(&format!("episode {checkpoint} --seed 9007199254740992 --out tape"), &["seed", "found"]);
    assert_eq!(bench.text("file"), "mine");
}

#[test]
fn a_checkpoint_is_never_replaced_by_what_is_made_from_it() {
    let bench = Bench::new();
    bench.train("--steps 1 --out run");
    let before = std::fs::read(bench.path("run/checkpoint.safetensors")).unwrap();
    for line in ["share", "episode --seed 1"] {
        let line = format!("{line} run/checkpoint.safetensors --out run/../run/checkpoint.safetensors");
        bench.refused(&line, &["checkpoint.safetensors", "expected another file"]);
    }
    assert_eq!(std::fs::read(bench.path("run/checkpoint.safetensors")).unwrap(), before);
}

#[test]
fn a_folder_that_holds_a_run_is_not_overwritten() {
    let bench = Bench::new();
    bench.train("--steps 2 --out run");
    let before = std::fs::read(bench.path("run/checkpoint.safetensors")).unwrap();
    bench.refused(&format!("train patterns {} --seed 9 --out run", small()), &["run", "found a run", "--resume"]);
    assert_eq!(std::fs::read(bench.path("run/checkpoint.safetensors")).unwrap(), before);
}

#[test]
fn a_run_folder_in_use_is_refused() {
    let bench = Bench::new();
    let held = RunFolder::create(&bench.path("run"), &workbench::config(&[])).unwrap();
    bench.write("run/kept", "");
    std::fs::remove_file(bench.path("run/config.toml")).unwrap();
    bench.refused("train patterns --out run", &["run", "expected a free run folder", "another process"]);
    let checkpoint = workbench::trained(&[], 1).checkpoint().unwrap();
    held.save(&checkpoint).unwrap();
    bench.refused("train --resume run", &["run", "expected a free run folder", "another process"]);
    drop(held);
    bench.done("train --resume run --steps 2");
    assert_eq!(iteration(&bench.path("run")), 2);
}

#[test]
fn only_a_run_can_be_resumed() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("empty")).unwrap();
    bench.write("file", "mine");
    bench.refused("train --resume missing", &["missing", "expected the folder of a run", "no folder"]);
    bench.refused("train --resume file", &["file", "expected the folder of a run"]);
    bench.refused("train --resume empty", &["empty", "expected the folder of a run", "checkpoint.safetensors"]);
    bench.train("--steps 2 --out run");
    bench.refused("train maze --resume run", &["run", "expected a run of task maze", "found one of patterns"]);
    bench.misused("train chess --resume run", &["no task chess", "expected one of"]);
    bench.refused("train --resume run", &["run", "expected a run with iterations left", "2 done and 2 asked for"]);
    bench.refused(
        "train --resume run --steps 1",
        &["run", "expected a run with iterations left", "2 done and 1 asked for"],
    );
    bench.misused("train --resume run --steps 18446744073709551615", &["steps", "9007199254740991"]);

    bench.done("share run/checkpoint.safetensors --out small.safetensors");
    std::fs::create_dir(bench.path("shared")).unwrap();
    std::fs::rename(bench.path("small.safetensors"), bench.path("shared/checkpoint.safetensors")).unwrap();
    expect_refusal(
        &bench.run("train --resume shared --steps 9"),
        &["shared", "cannot be resumed", "optimiser moments"],
    );
    std::fs::write(bench.path("shared/checkpoint.safetensors"), "{}").unwrap();
    expect_refusal(&bench.run("train --resume shared --steps 9"), &["shared", "expected a .safetensors file"]);
}

#[test]
fn bad_files_are_refused_by_every_sub_command() {
    let bench = Bench::new();
    bench.train("--steps 1 --out run");
    bench.done("episode run/checkpoint.safetensors --seed 1 --out tape.safetensors");
    std::fs::create_dir(bench.path("folder")).unwrap();
    bench.write("empty", "");
    bench.write("pickle", b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.");
    let whole = std::fs::read(bench.path("run/checkpoint.safetensors")).unwrap();
    bench.write("short", &whole[..whole.len() / 2]);
    for (file, word) in [
        ("missing", "no such file"),
        ("folder", "without checkpoint.safetensors"),
        ("empty", "empty"),
        ("pickle", "found a Python pickle"),
        ("short", "cut short"),
        ("tape.safetensors", "found a tape"),
    ] {
        bench.refused(&format!("eval {file}"), &[file, word]);
        bench.refused(&format!("eval {file} --json"), &[file, word]);
        bench.refused(&format!("episode {file} --seed 1 --out out"), &[file, word]);
        bench.refused(&format!("share {file} --out out"), &[file, word]);
    }
}

#[test]
fn a_name_with_a_line_break_still_makes_one_sentence() {
    let bench = Bench::new();
    expect_refusal(&bench.command(["eval", "two\nlines"]).output().unwrap(), &["cannot be read"]);
    expect_misuse(&bench.command(["train", "two\nlines"]).output().unwrap(), &["expected one of"]);
    let output = bench.command(["train", "patterns", "--set", "rule=two\nlines"]).output().unwrap();
    expect_misuse(&output, &["expects one of"]);
}

#[test]
fn a_network_is_trained_evaluated_recorded_and_shared() {
    let bench = Bench::new();
    let printed = bench.train("--steps 120 --set batch=4 --out run");
    assert!(printed.contains("120/120") && printed.contains("saved in run"), "{printed}");
    for name in ["checkpoint.safetensors", "metrics.csv", "config.toml"] {
        assert!(bench.path("run").join(name).is_file(), "{name}");
    }
    expect_metrics(&bench.text("run/metrics.csv"), 120);

    let evaluate = |file: &str| -> Value {
        let line = bench.done(&format!("eval {file} --episodes 100 --seed 5 --json"));
        assert_eq!(line.lines().count(), 1);
        serde_json::from_str(&line).unwrap()
    };
    let measured = evaluate("run/checkpoint.safetensors");
    let keys: Vec<_> = measured.as_object().unwrap().keys().map(String::as_str).collect();
    let of_what = ["task", "checkpoint", "fingerprint", "learned_from", "iteration", "version", "seed", "episodes"];
    assert_eq!(keys, [&of_what[..], &["error", "error_error", "error_n", "loss", "loss_error", "loss_n"]].concat());
    assert_eq!((&measured["task"], &measured["episodes"]), (&"patterns".into(), &100.into()));
    assert_eq!((&measured["seed"], &measured["iteration"]), (&5.into(), &120.into()));
    assert_eq!(measured["checkpoint"], "run/checkpoint.safetensors");
    let error = measured["error"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&error) && measured["loss"].as_f64().unwrap() > 0.0, "{measured}");
    assert_eq!(evaluate("run/checkpoint.safetensors"), measured, "the same seed asks the same questions");
    let in_words = bench.done("eval run/checkpoint.safetensors --episodes 100 --seed 5");
    assert!(in_words.contains(&format!("{:.2} ± ", error * 100.0)), "{in_words}");

    let printed = bench.done("episode run/checkpoint.safetensors --seed 3 --out tape.safetensors");
    assert!(printed.contains("tape.safetensors: 19 steps"), "{printed}");
    let file = hebbscope::files::TensorFile::read(&bench.path("tape.safetensors")).unwrap();
    let (tape, _) = hebbscope::episode::tape_file::read(file).unwrap();
    assert_eq!((tape.origin.seed, tape.origin.iteration), (Some(3), 120));

    bench.done("share run/checkpoint.safetensors --out small.safetensors");
    let length = |name: &str| std::fs::metadata(bench.path(name)).unwrap().len();
    assert!(3 * length("small.safetensors") < length("run/checkpoint.safetensors"));
    let small = evaluate("small.safetensors")["error"].as_f64().unwrap();
    assert!((small - error).abs() < 0.01, "{small} with 16 bits, {error} with 32");
    assert_eq!(Checkpoint::read(&bench.path("small.safetensors")).unwrap().iteration(), 120);
}

#[test]
fn steps_are_the_length_of_the_whole_run() {
    let bench = Bench::new();
    bench.train("--steps 4 --seed 2 --out run");
    bench.done("train --resume run --steps 7");
    assert_eq!(iteration(&bench.path("run")), 7);
    expect_metrics(&bench.text("run/metrics.csv"), 7);
    assert!(bench.text("run/config.toml").contains("steps = 7"));
    // What was done in two sittings is what one sitting would have done.
    bench.train("--steps 7 --seed 2 --out whole");
    let bytes = |run: &str| std::fs::read(checkpoint_path(&bench.path(run))).unwrap();
    assert!(bytes("run") == bytes("whole"), "a resumed run ends in the same file");
    let without_age = |run: &str| -> Vec<String> {
        let text = bench.text(&format!("{run}/metrics.csv"));
        text.lines().map(|line| line.rsplit_once(',').unwrap().0.to_owned()).collect()
    };
    assert_eq!(without_age("run"), without_age("whole"));
}

#[test]
fn the_configuration_of_a_run_makes_the_same_run() {
    let bench = Bench::new();
    bench.train("--seed 3 --set rule=oja --set alpha=per_neuron --set batch=2 --set clip_norm=5 --steps 5 --out first");
    bench.done("train --config first/config.toml --out second");
    let bytes = |run: &str| std::fs::read(checkpoint_path(&bench.path(run))).unwrap();
    assert!(bytes("first") == bytes("second"));
    assert_eq!(bench.text("first/config.toml"), bench.text("second/config.toml"));
    // The command line has the last word.
    bench.done("train --config first/config.toml --seed 4 --set rule=decay --steps 6 --out third");
    let third = Checkpoint::read(&checkpoint_path(&bench.path("third"))).unwrap().config;
    assert_eq!((third.seed, third.iterations, third.settings.choice("rule")), (4, 6, "decay"));
    assert_eq!(third.settings.choice("alpha"), "per_neuron");
}

#[test]
fn without_out_every_run_has_a_folder_of_its_own() {
    let bench = Bench::new();
    for _ in 0..3 {
        bench.train("--steps 1 --seed 8");
    }
    for name in ["patterns-seed-8", "patterns-seed-8-2", "patterns-seed-8-3"] {
        assert_eq!(iteration(&bench.path("runs").join(name)), 1, "{name}");
    }
}

#[test]
fn a_crash_between_metrics_and_checkpoint_leaves_no_gap_and_no_line_twice() {
    let bench = Bench::new();
    bench.train("--steps 12 --out run");
    let whole = bench.text("run/metrics.csv");
    let damaged = [
        // Lines that the checkpoint does not know of, the last one cut short so that it reads as an old number.
        format!("{whole}13,1.0,0.5,0.01,1.0,9.0\n1"),
        // Lines that never reached the disk.
        whole.lines().take(5).map(|line| format!("{line}\n")).collect(),
        // A line cut short in its middle.
        whole[..whole.len() - 20].to_owned(),
        String::new(),
    ];
    for (index, text) in damaged.iter().enumerate() {
        bench.write("run/metrics.csv", text);
        bench.done(&format!("train --resume run --steps {}", 14 + index));
        expect_metrics(&bench.text("run/metrics.csv"), 14 + index);
    }
    std::fs::remove_file(bench.path("run/metrics.csv")).unwrap();
    bench.done("train --resume run --steps 20");
    expect_metrics(&bench.text("run/metrics.csv"), 20);
}

#[test]
fn a_reader_that_goes_away_stops_neither_training_nor_manners() {
    let bench = Bench::new();
    let line = format!("train patterns {} --steps 30 --out run", small());
    for line in [line.as_str(), "eval run/checkpoint.safetensors", "eval run/checkpoint.safetensors --json"] {
        let mut child =
            bench.command(line.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(!errors.contains("panicked") && errors.lines().count() <= 1, "hebbscope {line}: {errors}");
        assert!([Some(0), Some(1)].contains(&output.status.code()), "hebbscope {line}: {}", output.status);
    }
    assert_eq!(iteration(&bench.path("run")), 30);
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_printed_is_a_failure() {
    let bench = Bench::new();
    bench.train("--steps 1 --out run");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let line = ["eval", "run/checkpoint.safetensors", "--json"];
    let output = bench.command(line).stdout(full).stderr(Stdio::piped()).output().unwrap();
    expect_refusal(&output, &["standard output", "cannot be written"]);
}

/// Runs the program under a limit on the size of files, which stands for a disk that is full.
#[cfg(unix)]
fn on_a_full_disk(bench: &Bench, line: &str) -> Output {
    let script = format!("trap '' XFSZ; ulimit -f 8; exec \"$0\" {line}");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_hebbscope")]).current_dir(bench.0.path());
    command.output().unwrap()
}

#[cfg(unix)]
#[test]
fn a_full_disk_costs_no_run_and_leaves_no_scraps() {
    let bench = Bench::new();
    bench.train("--steps 3 --out run");
    let checkpoint = std::fs::read(bench.path("run/checkpoint.safetensors")).unwrap();
    // Snapshots of a network so small find room.
    let names = |bench: &Bench| {
        let all = bench.everything().into_iter().map(|(path, _)| path);
        all.filter(|path| !path.to_string_lossy().contains("snapshots")).collect::<Vec<_>>()
    };
    let before = names(&bench);

    let output = on_a_full_disk(&bench, "train --resume run --steps 6");
    expect_refusal(&output, &["not saved", "run/checkpoint.safetensors", "cannot be written", "too large"]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("warning") && printed.contains("6/6"), "training goes on until the end: {printed}");
    assert_eq!(std::fs::read(bench.path("run/checkpoint.safetensors")).unwrap(), checkpoint);
    let output = on_a_full_disk(&bench, "episode run/checkpoint.safetensors --seed 1 --out new");
    expect_refusal(&output, &["new", "cannot be written", "too large"]);
    assert_eq!(names(&bench), before, "nothing is left behind");
    // With room again, the run goes on from its last good checkpoint as if nothing had happened.
    bench.done("train --resume run --steps 6");
    bench.train("--steps 6 --out whole");
    let bytes = |run: &str| std::fs::read(checkpoint_path(&bench.path(run))).unwrap();
    assert!(bytes("run") == bytes("whole"));
    expect_metrics(&bench.text("run/metrics.csv"), 6);
}

#[cfg(unix)]
#[test]
fn ctrl_c_saves_everything() {
    let bench = Bench::new();
    for signal in ["-INT", "-TERM"] {
        let run = format!("run{signal}");
        let line = format!("train patterns {} --steps 100000000 --out {run}", small());
        let mut child =
            bench.command(line.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The second line is the first about progress: training has begun.
        let mut printed = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(printed.nth(1).unwrap().unwrap().contains("/100000000"));
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let rest: Vec<String> = printed.map(Result::unwrap).collect();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.len()), (Some(75), 0));

        let reached = iteration(&bench.path(&run));
        assert!(reached >= 1);
        assert!(rest.last().unwrap().contains(&format!("stopped at iteration {reached}, saved in {run}")), "{rest:?}");
        expect_metrics(&bench.text(&format!("{run}/metrics.csv")), reached as usize);
        bench.done(&format!("train --resume {run} --steps {}", reached + 2));
        assert_eq!(iteration(&bench.path(&run)), reached + 2);
    }
}

#[test]
fn a_checkpoint_made_elsewhere_opens_here() {
    let bench = Bench::new();
    let checkpoint = workbench::trained(&[("network", "non_plastic")], 2).checkpoint().unwrap();
    checkpoint.write(&bench.path("plain.safetensors"), Precision::Full).unwrap();
    assert!(bench.done("eval plain.safetensors --episodes 3").contains("after 2 iterations, 3 new episodes"));
    bench.done("episode plain.safetensors --seed 0 --out tape.safetensors");
}

#[test]
fn the_help_of_training_names_every_task() {
    let help = Bench::new().done("train --help");
    for task in hebbscope::tasks::TASKS {
        assert!(help.contains(task.name()), "{} is not in: {help}", task.name());
    }
}

#[test]
fn a_benchmark_prints_numbers_that_other_programs_can_read() {
    let bench = Bench::new();
    bench.misused(
        "bench nothing",
        &[
            "no benchmark nothing",
            "patterns, images, maze, modulated, cue, omniglot, omniglot-one, language",
            "large, small, window",
        ],
    );
    let printed = bench.done("bench small --json --device cpu");
    let lines: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let whats: Vec<&str> = lines.iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert_eq!(whats, ["forward", "backward", "forward and backward"]);
    for line in &lines {
        assert_eq!(line["bench"], "small");
        let [fastest, median, slowest] =
            ["fastest_s", "median_s", "slowest_s"].map(|which| line[which].as_f64().unwrap());
        assert!(0.0 < fastest && fastest <= median && median <= slowest, "{line}");
        assert!((line["per_s"].as_f64().unwrap() * median - 1.0).abs() < 1e-9, "{line}");
        assert!(line["threads"].as_u64().unwrap() >= 1);
        assert!(line["device"].as_str().unwrap().starts_with("CPU"), "{line}");
    }
    for line in &lines[..2] {
        // 200 steps of 30 lanes of 100² connections, each of which is read and written at least once.
        let bytes = line["bytes_per_s"].as_f64().unwrap() * line["median_s"].as_f64().unwrap();
        assert!(bytes > 199.0 * 30.0 * 1e4 * 8.0, "{line}");
        assert!(line["copy_share"].as_f64().unwrap() > 0.0, "{line}");
    }
    for name in ["maze", "modulated"] {
        let printed = bench.done(&format!("bench {name} --json --device cpu"));
        let line: Value = serde_json::from_str(printed.trim()).unwrap();
        assert!(line["bench"] == name && line["median_s"].as_f64().unwrap() > 0.0, "{printed}");
        assert!(line["what"].as_str().unwrap().contains("iteration"), "{printed}");
    }
    let table = bench.done("bench small");
    assert!(table.contains("median ms") && table.contains("of copy") && table.contains("peak memory"), "{table}");
}

#[test]
fn a_run_is_the_same_whatever_the_number_of_threads() {
    let bench = Bench::new();
    let checkpoints = ["1", "3"].map(|threads| {
        let line = format!("train patterns --set size=150 --set count=2 --steps 3 --out with-{threads}");
        let output = bench.command(line.split_whitespace()).env("RAYON_NUM_THREADS", threads).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        bench.done(&format!("eval with-{threads} --episodes 3 --json"))
            + &bench.done(&format!("render with-{threads} --out {threads}.csv"))
    });
    let curves = ["1.csv", "3.csv"].map(|file| std::fs::read(bench.path(file)).unwrap());
    assert_eq!(curves[0], curves[1]);
    assert_eq!(
        checkpoints[0].replace("with-1", "").replace("1.csv", ""),
        checkpoints[1].replace("with-3", "").replace("3.csv", "")
    );
}

#[test]
fn settings_that_ask_for_too_much_together_are_refused_before_anything_is_made() {
    let bench = Bench::new();
    for line in ["--set size=4000 --set batch=256", "--set rounds=100 --set count=100 --set show_steps=1000"] {
        bench.refused(&format!("train patterns --out run {line}"), &["memory", "on this machine"]);
    }
    bench.misused("train patterns --out run --steps 0", &["steps", "from 1 to"]);
}

#[test]
fn a_run_folder_serves_wherever_a_checkpoint_does() {
    let bench = Bench::new();
    bench.train("--steps 2 --out run");
    let of_folder = bench.done("eval run --episodes 2 --json");
    assert_eq!(of_folder, bench.done("eval run/checkpoint.safetensors --episodes 2 --json"));
    bench.done("episode run --seed 3 --out tape.safetensors");
    bench.done("share run --out small.safetensors");
    bench.refused("share run --out run/checkpoint.safetensors", &["expected another file", "the checkpoint itself"]);
    bench.refused("eval .", &["expected a run folder", "without checkpoint.safetensors"]);
}
