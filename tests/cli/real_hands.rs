//! The program in real hands: pipes where files belong, files that ask for more than there is, starts that were cut short,
//! readers that have gone.

use super::command_line::{Bench, iteration};
use crate::workbench::{SMALL, config};
use hebbscope::train::run_folder::checkpoint_path;
use hebbscope::train::{Checkpoint, RunFolder, Trainer};
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

/// Longer than any refusal takes.
const SOON: Duration = Duration::from_secs(20);

fn small() -> String {
    SMALL.map(|(key, value)| format!("--set {key}={value}")).join(" ")
}

/// What the program comes to that must not hang.
#[track_caller]
fn soon(bench: &Bench, line: &str) -> Output {
    let mut child =
        bench.command(line.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > SOON {
            child.kill().unwrap();
            panic!("hebbscope {line} hangs");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap()
}

/// Refused soon, in one sentence with all of `words`.
#[track_caller]
fn refused_soon(bench: &Bench, line: &str, words: &[&str]) {
    let output = soon(bench, line);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), errors.lines().count()), (Some(1), 1), "hebbscope {line}: {errors}");
    for word in words {
        assert!(errors.contains(word), "hebbscope {line}: expected {word:?} in: {errors}");
    }
}

#[cfg(unix)]
fn fifo(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_where_files_belong_are_refused_at_once() {
    let bench = Bench::new();
    bench.done(&format!("train patterns {} --steps 5 --snapshots 0 --out whole", small()));
    for name in ["config.toml", "metrics.csv", "run.lock", "checkpoint.safetensors"] {
        for (kind, word) in [("pipe", "a pipe"), ("device", "a device")] {
            let run = format!("{kind}-{name}");
            std::fs::create_dir(bench.path(&run)).unwrap();
            for entry in std::fs::read_dir(bench.path("whole")).unwrap() {
                let entry = entry.unwrap();
                std::fs::copy(entry.path(), bench.path(&run).join(entry.file_name())).unwrap();
            }
            let at = bench.path(&run).join(name);
            std::fs::remove_file(&at).unwrap();
            match kind {
                "pipe" => fifo(&at),
                _ => std::os::unix::fs::symlink("/dev/zero", &at).unwrap(),
            }
            // What a link out of the folder leads to is nothing that the lock is taken of.
            let word = if name == "run.lock" && kind == "device" { "run" } else { word };
            refused_soon(&bench, &format!("train --resume {run} --steps 9"), &[word]);
            if name == "config.toml" || name == "metrics.csv" {
                let output = soon(&bench, &format!("render --compare {run} --out compared.png"));
                let errors = String::from_utf8(output.stderr).unwrap();
                assert!(!errors.contains("panicked"), "{errors}");
            }
        }
    }
    fifo(&bench.path("p"));
    refused_soon(&bench, "train --config p", &["p", "expected a configuration in TOML, found a pipe"]);
    refused_soon(&bench, "train --config /dev/zero", &["found a device"]);
    refused_soon(&bench, "eval p", &["expected a .safetensors file, found a pipe"]);
}

#[test]
fn files_that_ask_for_more_than_there_is_are_refused_before_it_is_taken() {
    let bench = Bench::new();
    // A valid checkpoint whose lifetimes have 20 million steps.
    let mut config = config(&[("size", "130"), ("network", "non_plastic")]);
    let checkpoint = Trainer::new(config.clone()).unwrap().checkpoint().unwrap();
    for (key, value) in [("count", "100"), ("rounds", "100"), ("show_steps", "1000"), ("gap_steps", "1000")] {
        config.settings.set_text(key, value).unwrap();
    }
    let asking = Checkpoint { config, continuation: None, ..checkpoint };
    asking.write(&bench.path("asking"), hebbscope::files::Precision::Full).unwrap();
    for line in ["eval asking --episodes 1", "episode asking --seed 1 --out tape", "render asking --out a.png"] {
        bench.refused(line, &["GB of memory", "on this machine"]);
    }
    // A file of 20 GB that holds nothing, with a header that says so and with one that does not.
    for (name, size) in [("honest", 20_000_000_000u64), ("lying", 8)] {
        let file = std::fs::File::create(bench.path(name)).unwrap();
        let header = format!(r#"{{"w":{{"dtype":"F32","shape":[{}],"data_offsets":[0,{size}]}}}}"#, size / 4);
        std::io::Write::write_all(&mut &file, &(header.len() as u64).to_le_bytes()).unwrap();
        std::io::Write::write_all(&mut &file, header.as_bytes()).unwrap();
        file.set_len(8 + header.len() as u64 + 20_000_000_000).unwrap();
    }
    refused_soon(&bench, "eval honest", &["expected at most", "memory, found 20000000"]);
    refused_soon(&bench, "eval lying", &["cut short or padded"]);
    let sparse = std::fs::File::create(bench.path("sparse.toml")).unwrap();
    sparse.set_len(20_000_000_000).unwrap();
    refused_soon(&bench, "train --config sparse.toml", &["expected a configuration in TOML of at most 1048576 bytes"]);
}

#[cfg(unix)]
#[test]
fn a_start_that_is_killed_anywhere_can_be_resumed() {
    let bench = Bench::new();
    bench.done(&format!("train patterns {} --steps 4 --out whole", small()));
    for wait in [0, 2, 5, 8, 12, 16, 20, 30, 50] {
        let run = format!("run-{wait}");
        let line = format!("train patterns {} --steps 4 --out {run}", small());
        let mut child =
            bench.command(line.split_whitespace()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
        let resumed = bench.run(&format!("train --resume {run}"));
        if !resumed.status.success() {
            // It was over, or there was nothing yet: then the same command begins it.
            let errors = String::from_utf8(resumed.stderr).unwrap();
            if !errors.contains("iterations left") {
                bench.done(&line);
            }
        }
        assert_eq!(iteration(&bench.path(&run)), 4, "killed after {wait} ms");
        let bytes = |run: &str| std::fs::read(checkpoint_path(&bench.path(run))).unwrap();
        assert!(bytes(&run) == bytes("whole"), "killed after {wait} ms");
    }
}

#[test]
fn seeds_whose_start_was_cut_short_are_all_trained() {
    let bench = Bench::new();
    let line = format!("train patterns {} --seeds 3..7 --steps 2", small());
    bench.done(&format!("{line} --out whole"));
    // What a kill leaves while folders are made: the plan, some runs, one of them half made.
    bench.done(&format!("{line} --out many"));
    for gone in ["seed-4", "seed-6"] {
        std::fs::remove_dir_all(bench.path("many").join(gone)).unwrap();
    }
    let half = bench.path("many").join("seed-5");
    for name in ["checkpoint.safetensors", "metrics.csv", "tape.safetensors"] {
        std::fs::remove_file(half.join(name)).unwrap();
    }
    bench.done("train --resume many");
    for seed in 3..7 {
        let bytes =
            |parent: &str| std::fs::read(checkpoint_path(&bench.path(parent).join(format!("seed-{seed}")))).unwrap();
        assert!(bytes("many") == bytes("whole"), "seed {seed}");
    }
    // Only the plan is there: everything is still to be made.
    std::fs::create_dir(bench.path("planned")).unwrap();
    std::fs::copy(bench.path("many/seeds.toml"), bench.path("planned/seeds.toml")).unwrap();
    bench.done("train --resume planned");
    assert_eq!(iteration(&bench.path("planned/seed-6")), 2);
    // A second command for other seeds beside them, and a plan that is damaged.
    bench.done(&format!("train patterns {} --seeds 7..8 --steps 2 --out many", small()));
    std::fs::remove_dir_all(bench.path("many/seed-3")).unwrap();
    bench.done("train --resume many --steps 3 --set lr=0.01");
    assert_eq!([3, 7].map(|seed| iteration(&bench.path(&format!("many/seed-{seed}")))), [3, 3]);
    bench.write("many/seeds.toml", "plan = 3");
    refused_soon(&bench, "train --resume many", &["seeds.toml", "expected the plan of several runs"]);
}

#[test]
fn the_latest_plan_for_a_seed_counts() {
    let bench = Bench::new();
    let line = |more: &str| format!("train patterns {} --steps 2 --out s {more}", small());
    bench.done(&line("--seeds 0..4"));
    for seed in [0, 1] {
        std::fs::remove_dir_all(bench.path(&format!("s/seed-{seed}"))).unwrap();
    }
    bench.done(&line("--seeds 0..2 --set lr=0.02"));
    std::fs::remove_dir_all(bench.path("s/seed-1")).unwrap();
    bench.done("train --resume s");
    let lr = |seed| {
        let path = checkpoint_path(&bench.path(&format!("s/seed-{seed}")));
        Checkpoint::read(&path).unwrap().config.settings.real("lr")
    };
    assert_eq!([0, 1, 2].map(lr), [0.02, 0.02, 0.01]);
}

#[test]
fn commands_for_other_seeds_in_the_same_folder_lose_no_plan() {
    let bench = Bench::new();
    let commands: Vec<_> = [0, 3, 6, 9]
        .map(|first| format!("train patterns {} --steps 1 --out s --seeds {first}..{}", small(), first + 3))
        .iter()
        .map(|line| bench.command(line.split_whitespace()).stdout(Stdio::null()).spawn().unwrap())
        .collect();
    for mut command in commands {
        assert!(command.wait().unwrap().success());
    }
    let plan = bench.text("s/seeds.toml");
    for seeds in ["0..3", "3..6", "6..9", "9..12"] {
        assert!(plan.contains(&format!("\"{seeds}\"")), "{plan}");
    }
}

#[test]
fn seeds_of_pictures_that_have_moved_are_made_where_they_are_now_and_hold_up_no_other() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("first")).unwrap();
    for index in 0..12u8 {
        let picture = image::GrayImage::from_fn(4, 4, |x, y| image::Luma([index * 16 + (x + y * y) as u8]));
        picture.save(bench.path(&format!("first/{index}.png"))).unwrap();
    }
    bench.done("train images --set path=first --set side=4 --set count=2 --steps 2 --seeds 0..2 --out s");
    std::fs::rename(bench.path("first"), bench.path("moved")).unwrap();
    std::fs::remove_dir_all(bench.path("s/seed-1")).unwrap();
    // Without the new place, what can be done is done and the rest is told.
    let output = bench.run("train --resume s --steps 3");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("seed-1"));
    bench.done("train --resume s --steps 4 --set path=moved");
    assert_eq!([0, 1].map(|seed| iteration(&bench.path(&format!("s/seed-{seed}")))), [4, 4]);
}

#[test]
fn seeds_are_not_made_inside_a_run() {
    let bench = Bench::new();
    bench.done(&format!("train patterns {} --steps 1 --out run", small()));
    bench.refused(
        &format!("train patterns {} --steps 1 --seeds 0..2 --out run", small()),
        &["expected a folder for several runs, found a run"],
    );
}

#[test]
fn paths_on_the_command_line_are_read_as_people_paste_them() {
    let bench = Bench::new();
    bench.done(&format!("train patterns {} --steps 1 --out run", small()));
    let address = format!("file://{}", bench.path("run").display());
    for path in ["'run'", "\"run\"", &address] {
        bench.done(&format!("eval {path} --episodes 1"));
    }
    let mut command = bench.command(["train", "patterns", "--out=~/run", "--steps", "1", "--set", "size=20"]);
    let home = bench.path("home");
    std::fs::create_dir(&home).unwrap();
    assert!(command.env("HOME", &home).stdout(Stdio::null()).status().unwrap().success());
    assert!(home.join("run/checkpoint.safetensors").exists() && !bench.path("~").exists());
}

#[test]
fn settings_of_training_change_when_a_run_is_resumed_and_others_do_not() {
    let bench = Bench::new();
    bench.done(&format!("train patterns {} --steps 2 --out run", small()));
    bench.done("train --resume run --steps 4 --set lr=0.05 --set batch=2");
    let checkpoint = Checkpoint::read(&checkpoint_path(&bench.path("run"))).unwrap();
    assert_eq!((checkpoint.iteration(), checkpoint.config.settings.real("lr")), (4, 0.05));
    bench.misused("train --resume run --steps 6 --set size=50", &["size", "cannot change", "lr, "]);
    bench.misused("train --resume run --steps 6 --set lr=much", &["lr", "expects a number", "much"]);
    bench.misused("train --resume run --steps 6 --set lr", &["--set expects KEY=VALUE"]);
    bench.done("train --resume run --steps 6");
    assert!(bench.text("run/config.toml").contains("lr = 0.05"));
}

#[test]
fn a_text_that_reads_like_a_number_is_told_as_a_text() {
    let bench = Bench::new();
    for (value, found) in [
        ("\"40\"", "found the text \"40\""),
        ("true", "found the truth value true"),
        ("[40]", "found a list"),
        ("4.5", "found 4.5"),
        ("\"forty\"", "found forty"),
    ] {
        bench.write("run.toml", format!("task = \"patterns\"\n[settings]\nsize = {value}\n"));
        bench.refused("train --config run.toml --out run", &["size", "a whole number from 2 to 4000", found]);
    }
}

#[test]
fn a_run_of_which_only_the_numbers_are_there_can_be_compared() {
    let bench = Bench::new();
    bench.done(&format!("train patterns {} --seeds 1..3 --steps 5 --out runs", small()));
    for (seed, end) in [(1, "\n"), (2, "\r\n")] {
        std::fs::create_dir_all(bench.path(&format!("copied/{seed}"))).unwrap();
        for name in ["config.toml", "metrics.csv"] {
            // A spreadsheet has had one of them in its hands.
            let text = bench.text(&format!("runs/seed-{seed}/{name}")).replace('\n', end);
            let mark = if seed == 2 { "\u{feff}" } else { "" };
            bench.write(&format!("copied/{seed}/{name}"), format!("{mark}{text}"));
        }
    }
    bench.done("render --compare copied --out curves.csv");
    let table = bench.text("curves.csv");
    let column = table.lines().next().unwrap().split(',').position(|name| name.ends_with("error_mean20_n")).unwrap();
    let counts: Vec<&str> = table.lines().skip(1).map(|line| line.split(',').nth(column).unwrap()).collect();
    assert_eq!(counts, ["2"; 5], "both are read whole: {table}");
}

#[test]
fn whoever_stops_reading_ends_the_program_quietly() {
    let bench = Bench::new();
    bench.done(&format!("train patterns {} --steps 2 --out run", small()));
    for line in [
        "eval run",
        "eval run --json",
        "compare run --episodes 2",
        "compare run --episodes 2 --json",
        "render run --out c.csv",
        "render run --out l.csv --long",
        "train patterns --seeds 0..900 --list",
        "share run --out s",
        "episode run --seed 1 --out t",
        "--help",
        "--version",
    ] {
        let mut child =
            bench.command(line.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""), "hebbscope {line}");
    }
    // Nor does it matter when nobody hears of a failure.
    let mut child = bench.command(["eval", "nothing"]).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_one_sentence() {
    let bench = Bench::new();
    bench.done(&format!("train patterns {} --steps 2 --out run", small()));
    let onto_full = |line: &str| {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = bench.command(line.split_whitespace()).stdout(full).stderr(Stdio::piped()).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.contains("standard output: cannot be written"), "hebbscope {line}: {errors}");
        assert_eq!(errors.lines().count(), 1, "hebbscope {line}: {errors}");
        output.status.code()
    };
    for line in ["eval run", "--help", "--version", "train --help"] {
        assert_eq!(onto_full(line), Some(1), "hebbscope {line}");
    }
    // Training outlives its terminal.
    assert_eq!(onto_full("train --resume run --steps 4"), Some(0));
    assert_eq!(iteration(&bench.path("run")), 4);
}

#[cfg(target_os = "linux")]
#[test]
fn where_there_are_no_threads_one_sentence_says_so() {
    let bench = Bench::new();
    bench.done(&format!("train patterns {} --steps 2 --out run", small()));
    for line in ["eval run", "train --resume run --steps 4"] {
        // No thread has room for a stack of a hundred terabytes.
        let mut command = bench.command(line.split_whitespace());
        let output = command.env("RUST_MIN_STACK", (1u64 << 47).to_string()).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), errors.lines().count()), (Some(1), 1), "hebbscope {line}: {errors}");
        assert!(errors.contains("thread") && !errors.contains("panicked"), "hebbscope {line}: {errors}");
    }
}

#[test]
fn nothing_is_written_over_a_run_or_into_one_being_trained() {
    let bench = Bench::new();
    bench.done(&format!("train patterns {} --steps 2 --out run", small()));
    bench.done(&format!("train patterns {} --steps 2 --out other", small()));
    bench.refused("render run --out other/metrics.csv", &["metrics.csv", "one of a run"]);
    bench.refused("share run --out other/checkpoint.safetensors", &["one of a run"]);
    bench.refused("episode run --seed 1 --out other/tape.safetensors", &["one of a run"]);
    let config = config(&[]);
    let held = RunFolder::create(&bench.path("held"), &config).unwrap();
    held.save(&Trainer::new(config).unwrap().checkpoint().unwrap()).unwrap();
    bench.refused("share run --out held/small.safetensors", &["being trained"]);
    drop(held);
    bench.done("share run --out held/small.safetensors");
}
