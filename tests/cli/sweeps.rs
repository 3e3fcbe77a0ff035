//! Sweeps: combinations of settings as commands and as runs, on this machine and on others.

use crate::cli::command_line::{Bench, iteration, small};
use crate::workbench::{PATIENCE, say};
use hebbscope::cli::planned_run;
use hebbscope::train::run_folder::checkpoint_path;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The lines that the program prints for a sweep, and nothing else.
#[track_caller]
fn list(bench: &Bench, line: &str) -> Vec<String> {
    bench.done(&format!("train patterns {} {line} --list", small())).lines().map(str::to_owned).collect()
}

/// The words of a line as a shell reads them.
#[cfg(unix)]
fn words(line: &str) -> Vec<String> {
    let script = format!("printf '%s\\n' {line}");
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(output.status.success(), "{line}: {output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn option<'a>(words: &'a [String], name: &str) -> Option<&'a str> {
    words.iter().position(|word| word == name).map(|place| words[place + 1].as_str())
}

/// What of a run does not depend on the time that it took: its files, the seconds in its metrics left out.
fn files(run: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for folder in [run.to_owned(), run.join("snapshots")] {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(run).unwrap().to_owned();
            if !path.is_file() || name == Path::new("run.lock") {
                continue;
            }
            let bytes = match name == Path::new("metrics.csv") {
                true => std::fs::read_to_string(&path)
                    .unwrap()
                    .lines()
                    .map(|line| line.rsplit_once(',').unwrap().0.to_owned() + "\n")
                    .collect::<String>()
                    .into_bytes(),
                false => std::fs::read(&path).unwrap(),
            };
            all.push((name, bytes));
        }
    }
    all.sort();
    assert!(all.len() > 4, "{}: {} files", run.display(), all.len());
    all
}

#[track_caller]
fn expect_alike(one: &Path, other: &Path) {
    let [ours, theirs] = [files(one), files(other)];
    let names = |all: &[(PathBuf, Vec<u8>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&ours), names(&theirs), "{} and {}", one.display(), other.display());
    for ((name, ours), (_, theirs)) in ours.iter().zip(&theirs) {
        assert!(ours == theirs, "{} of {} and {} differ", name.display(), one.display(), other.display());
    }
}

#[cfg(unix)]
#[test]
fn the_lines_of_a_sweep_are_commands_that_the_program_takes() {
    let bench = Bench::new();
    let lines = list(&bench, "--grid alpha=free,yoked --grid rule=decay,oja --seeds 3..5 --steps 7 --resume-or-start");
    assert_eq!(lines.len(), 8);
    let mut folders = Vec::new();
    for line in &lines {
        let words = words(line);
        assert_eq!(words[0], env!("CARGO_BIN_EXE_hebbscope"));
        let config = planned_run(words.iter().map(String::as_str)).unwrap();
        let [alpha, rule] = ["alpha", "rule"].map(|key| config.settings.choice(key).to_owned());
        assert_eq!((config.iterations, config.settings.whole("size")), (7, 20), "{line}");
        let expected = format!("runs/sweep/alpha={alpha},rule={rule},seed={}", config.seed);
        assert_eq!(option(&words, "--out"), Some(expected.as_str()), "{line}");
        assert!(words.contains(&"--resume-or-start".to_owned()), "{line}");
        folders.push(expected);
    }
    folders.sort();
    folders.dedup();
    assert_eq!(folders.len(), 8, "each has a folder of its own");
    assert_eq!(folders[0], "runs/sweep/alpha=free,rule=decay,seed=3");
    // Only seeds, and only settings.
    let of = |line: &str| list(&bench, line).iter().map(|line| words(line).join(" ")).collect::<Vec<_>>();
    assert!(of("--seeds 0..2 --out x").iter().zip(0..).all(|(line, seed)| line.ends_with(&format!("x/seed-{seed}"))));
    let of_settings = of("--grid clip_norm=0.1,1e-3 --seed 9 --autosave 3 --snapshots 2 --device cpu --out x");
    for (line, norm) in of_settings.iter().zip(["0.1", "1e-3"]) {
        let expected =
            format!("--set clip_norm={norm} --seed 9 --autosave 3 --snapshots 2 --device cpu --out x/clip_norm={norm}");
        assert!(line.ends_with(&expected), "{line}");
    }
    assert!(bench.everything().is_empty(), "nothing is run");
}

#[cfg(unix)]
#[test]
fn a_shell_reads_the_words_that_were_meant() {
    let bench = Bench::new();
    bench.write("it's my $HOME.toml", "task = \"images\"\nsteps = 3\n");
    let arguments = [
        "train",
        "--config",
        "it's my $HOME.toml",
        "--grid",
        "path=my photos,../other `photos`",
        "--out",
        "a sweep;of mine",
        "--list",
    ];
    let output = bench.command(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let all: Vec<Vec<String>> = lines.lines().map(words).collect();
    assert_eq!(all.len(), 2);
    for (words, [path, name]) in
        all.iter().zip([["my photos", "my-photos"], ["../other `photos`", "..-other--photos-"]])
    {
        assert_eq!(option(words, "--config"), Some("it's my $HOME.toml"));
        assert_eq!(option(words, "--set"), Some(format!("path={path}").as_str()));
        assert_eq!(option(words, "--out"), Some(format!("a sweep;of mine/path={name}").as_str()));
    }
    // What cannot stand in a line is refused, and not written in two.
    let output =
        bench.command(["train", "patterns", "--seeds", "0..2", "--out", "two\nlines", "--list"]).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
}

#[test]
fn a_sweep_that_is_wrong_is_told_in_one_sentence_and_nothing_begins() {
    let bench = Bench::new();
    for (line, words) in [
        ("--grid alpha", &["--grid expects KEY=A,B,…", "found alpha"][..]),
        ("--grid sise=3,4", &["no setting sise", "expected one of"]),
        ("--grid alpha=free,square", &["alpha", "one of free", "found square"]),
        ("--grid lr=0.1,", &["lr", "a number from 0 to 1"]),
        ("--grid alpha=free --grid alpha=yoked", &["--grid alpha", "every setting once", "another --grid"]),
        ("--grid alpha=free,yoked --set alpha=free", &["--grid alpha", "every setting once", "--set"]),
        ("--grid alpha=free,yoked,free", &["--grid alpha", "every value once", "found free again"]),
        ("--grid lr=0.1,0.10", &["--grid lr", "every value once", "found 0.10 again"]),
        ("--grid alpha=free,yoked,per_neuron --seeds 0..1000 --grid count=2,3", &["at most 5000 runs", "found 6000"]),
        ("--grid alpha=free,yoked --seed 9007199254740992", &["seed", "9007199254740991"]),
    ] {
        for how in ["--list", "--out sweep", "--out sweep --resume-or-start"] {
            bench.misused(&format!("train patterns {line} {how}"), words);
        }
    }
    // What does not go together shows before anything begins, too.
    bench.misused("train maze --grid size=5,7 --grid withhold_goals=2,20 --out sweep", &["withhold_goals", "found 20"]);
    bench.misused("train omniglot --grid ways=5,20 --set pool=10 --list", &["pool", "at least the 20 classes"]);
    bench.misused("train chess --grid size=5,7 --list", &["no task chess"]);
    bench.misused("train patterns --list", &["--list expects --grid or --seeds"]);
    bench.misused("train patterns --resume-or-start", &["--resume-or-start expects --out DIR"]);
    for line in ["--resume run --grid alpha=free", "--resume run --list", "--resume run --resume-or-start"] {
        assert_eq!(bench.run(&format!("train {line}")).status.code(), Some(2), "{line}");
    }
    assert!(bench.everything().is_empty());
}

#[test]
fn a_grid_is_run_on_this_machine_and_goes_on_by_either_command() {
    let bench = Bench::new();
    let sweep = format!("train patterns {} --grid rule=decay,oja --seeds 0..2 --steps 4 --out all", small());
    let printed = bench.done(&sweep);
    let alone = |rule: &str, seed: u64, steps: u64| {
        let out = format!("alone-{rule}-{seed}-{steps}");
        bench.done(&format!("train patterns {} --set rule={rule} --seed {seed} --steps {steps} --out {out}", small()));
        bench.path(&out)
    };
    let each = || ["decay", "oja"].into_iter().flat_map(|rule| [0, 1].map(|seed| (rule, seed)));
    for (rule, seed) in each() {
        let name = format!("rule={rule},seed={seed}");
        assert!(printed.contains(&format!("{name}: done at iteration 4")), "{printed}");
        expect_alike(&bench.path("all").join(name), &alone(rule, seed, 4));
    }
    bench.refused(&sweep, &["rule=decay,seed=0", "found a run", "--resume"]);
    // What is missing is made by both.
    std::fs::remove_dir_all(bench.path("all/rule=oja,seed=1")).unwrap();
    let printed = bench.done("train --resume all --steps 6");
    assert_eq!(printed.matches("done at iteration 6").count(), 4, "{printed}");
    std::fs::remove_dir_all(bench.path("all/rule=decay,seed=1")).unwrap();
    let printed = bench.done(&format!("{sweep} --resume-or-start --steps 6").replace("--steps 4", ""));
    assert!(printed.contains("rule=decay,seed=1: done at iteration 6"), "{printed}");
    assert_eq!(printed.matches("nothing left to do, 6 of 6 iterations are done").count(), 3, "{printed}");
    for (rule, seed) in each() {
        // Snapshots lie where a run of the length that it began with has them.
        let [one, other] = [bench.path(&format!("all/rule={rule},seed={seed}")), alone(rule, seed, 6)];
        assert!(std::fs::read(checkpoint_path(&one)).unwrap() == std::fs::read(checkpoint_path(&other)).unwrap());
    }
    // A plan that names a folder elsewhere is not followed.
    let plan = bench.text("all/seeds.toml").replace("rule=oja,seed=*", "../../elsewhere");
    bench.write("all/seeds.toml", plan);
    std::fs::remove_dir_all(bench.path("all/rule=oja,seed=1")).unwrap();
    let output = bench.run("train --resume all --steps 6");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && errors.contains("found ../../elsewhere"), "{errors}");
}

#[test]
fn one_command_begins_a_run_goes_on_with_it_and_says_when_it_is_done() {
    let bench = Bench::new();
    let line = |steps: u64| format!("train patterns {} --seed 5 --steps {steps} --out run --resume-or-start", small());
    bench.done(&line(3));
    assert!(bench.done(&line(8)).contains("iterations 4 to 8"));
    bench.done(&line(8).replace("--out run --resume-or-start", "--out whole"));
    let bytes = |run: &str| std::fs::read(checkpoint_path(&bench.path(run))).unwrap();
    assert!(bytes("run") == bytes("whole"));
    let before = bench.everything();
    let printed = bench.done(&line(8));
    assert_eq!(printed, "run: nothing left to do, 8 of 8 iterations are done\n");
    assert_eq!(bench.done(&line(2)), "run: nothing left to do, 8 of 2 iterations are done\n");
    assert!(bench.everything() == before && bytes("run") == bytes("whole"));
    // What was changed on the way is no other run.
    bench.done("train --resume run --steps 9 --set lr=0.02");
    assert!(bench.done(&line(9)).contains("nothing left to do"));
    // Another run is, by whatever it differs first.
    for (other, words) in [
        (line(9).replace("--seed 5", "--seed 6"), ["training seed 6", "training seed 5"]),
        (format!("{} --set count=3 --set rule=oja", line(9)), ["count = 3", "count = 2"]),
        (format!("{} --set lr=0.5", line(9)), ["lr = 0.5", "lr = 0.01"]),
        ("train maze --steps 9 --out run --resume-or-start".to_owned(), ["task maze", "task patterns"]),
    ] {
        let [asked, found] = words;
        bench.refused(&other, &[&format!("run: expected a run with {asked}, found one with {found};")]);
    }
    // A start that came no further than its configuration, and one that came to nothing.
    std::fs::create_dir(bench.path("begun")).unwrap();
    std::fs::copy(bench.path("whole/config.toml"), bench.path("begun/config.toml")).unwrap();
    std::fs::create_dir(bench.path("empty")).unwrap();
    for run in ["begun", "empty"] {
        bench.done(&line(8).replace("--out run", &format!("--out {run}")));
        assert!(bytes(run) == bytes("whole"), "{run}");
    }
}

/// Starts every line, as many at once as there are; what each says and its exit code where it is known.
trait Queue {
    fn start(bench: &Bench, lines: &[String]) -> Self;
    /// The process of the line of this number.
    fn process(&mut self, bench: &Bench, index: usize, folder: &str) -> Option<u32>;
    /// Waits for all; the exit codes, `None` of one that was killed.
    fn codes(self) -> Vec<Option<i32>>;
}

/// This test itself.
struct Own(Vec<Child>);

impl Queue for Own {
    fn start(bench: &Bench, lines: &[String]) -> Self {
        let child = |line: &String| {
            let mut command = Command::new("sh");
            command.args(["-c", &format!("exec {line}")]).current_dir(bench.path("")).stdout(Stdio::null());
            command.env("RAYON_NUM_THREADS", "1").spawn().unwrap()
        };
        Self(lines.iter().map(child).collect())
    }

    fn process(&mut self, _: &Bench, index: usize, _: &str) -> Option<u32> {
        let child = &mut self.0[index];
        child.try_wait().unwrap().is_none().then(|| child.id())
    }

    fn codes(self) -> Vec<Option<i32>> {
        self.0.into_iter().map(|mut child| child.wait().unwrap().code()).collect()
    }
}

/// GNU parallel.
struct Parallel {
    child: Child,
    log: PathBuf,
}

impl Queue for Parallel {
    fn start(bench: &Bench, lines: &[String]) -> Self {
        bench.write("sweep.txt", lines.join("\n") + "\n");
        let log = bench.path("sweep.log");
        let _none = std::fs::remove_file(&log);
        let mut command = Command::new("parallel");
        command.args(["--will-cite", "--jobs", "8", "--joblog"]).arg(&log).current_dir(bench.path(""));
        command.env("RAYON_NUM_THREADS", "1").stdout(Stdio::null()).stderr(Stdio::null());
        Self { child: command.stdin(std::fs::File::open(bench.path("sweep.txt")).unwrap()).spawn().unwrap(), log }
    }

    /// Found among all processes of this machine by the folder that it runs in and the one that it is told to write to.
    fn process(&mut self, bench: &Bench, _: usize, folder: &str) -> Option<u32> {
        process_of(bench, folder)
    }

    fn codes(mut self) -> Vec<Option<i32>> {
        self.child.wait().unwrap();
        let log = std::fs::read_to_string(self.log).unwrap();
        let mut rows: Vec<Vec<&str>> = log.lines().skip(1).map(|line| line.split('\t').collect()).collect();
        rows.sort_by_key(|row| row[0].parse::<usize>().unwrap());
        // Columns 7 and 8 are the exit code and the signal.
        rows.iter().map(|row| if row[7] == "0" { row[6].parse().ok() } else { None }).collect()
    }
}

/// The program that runs in the folder of `bench` and writes to `folder`; `None` where there is none, or none can be seen.
fn process_of(bench: &Bench, folder: &str) -> Option<u32> {
    let here = bench.path("").canonicalize().unwrap();
    let is_it = |process: &Path| {
        let Ok(command) = std::fs::read(process.join("cmdline")) else { return false };
        let words: Vec<&[u8]> = command.split(|byte| *byte == 0).collect();
        words[0] == env!("CARGO_BIN_EXE_hebbscope").as_bytes()
            && words.contains(&folder.as_bytes())
            && std::fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd == here)
    };
    let processes = std::fs::read_dir("/proc").ok()?.flatten().map(|entry| entry.path());
    processes.filter(|path| is_it(path)).find_map(|path| path.file_name()?.to_str()?.parse().ok())
}

fn send(signal: &str, process: u32) {
    let sent = Command::new("kill").args([signal, &process.to_string()]).status().unwrap();
    assert!(sent.success(), "kill {signal} {process}");
}

/// Waits until the run in `folder` has been saved after some iterations.
#[track_caller]
fn wait_for_saves(bench: &Bench, folder: &str) {
    let deadline = Instant::now() + PATIENCE;
    let path = bench.path(folder);
    while !checkpoint_path(&path).exists() || iteration(&path) < 3 {
        assert!(Instant::now() < deadline, "{folder} was not saved");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Eight runs, of which half are ended in their midst, and the same lines once more.
fn swept<Q: Queue>(name: &str) {
    let bench = Bench::new();
    let grid = "--grid alpha=free,yoked --grid rule=decay,oja --seeds 0..2 --steps 200";
    let lines = list(&bench, &format!("{grid} --autosave 0 --out sweep --resume-or-start"));
    let folders: Vec<String> = lines.iter().map(|line| option(&words(line), "--out").unwrap().to_owned()).collect();
    let mut queue = Q::start(&bench, &lines);
    for index in [1, 3, 4, 6] {
        wait_for_saves(&bench, &folders[index]);
        let process = queue.process(&bench, index, &folders[index]).unwrap_or_else(|| panic!("{name}: it has ended"));
        send(if index < 4 { "-KILL" } else { "-TERM" }, process);
    }
    let codes = queue.codes();
    let expected: Vec<Option<i32>> = (0..8)
        .map(|index| match index {
            1 | 3 => None,
            4 | 6 => Some(75),
            _ => Some(0),
        })
        .collect();
    assert_eq!(codes, expected, "{name}: killed, stopped, and done");
    for (index, folder) in folders.iter().enumerate() {
        let done = iteration(&bench.path(folder));
        assert_eq!(done == 200, ![1, 3, 4, 6].contains(&index), "{name}: {folder} is at {done}");
    }
    assert_eq!(Q::start(&bench, &lines).codes(), [Some(0); 8], "{name}: the same lines once more");
    bench.done(&format!("train patterns {} {grid} --out whole", small()));
    for folder in &folders {
        expect_alike(&bench.path(folder), &bench.path(&folder.replace("sweep", "whole")));
    }
}

#[cfg(unix)]
#[test]
fn a_sweep_of_which_half_is_killed_ends_as_if_it_had_not_been() {
    swept::<Own>("processes of the test's own");
}

#[cfg(target_os = "linux")]
#[test]
fn a_sweep_through_gnu_parallel_of_which_half_is_killed_ends_as_if_it_had_not_been() {
    let version = Command::new("parallel").arg("--version").output();
    if !version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("GNU parallel")) {
        say("skipped: GNU parallel is not installed");
        return;
    }
    swept::<Parallel>("GNU parallel");
}

/// The script of docs/cluster.md, with a stand-in for SLURM that starts a step and notes what is to be queued again.
#[cfg(target_os = "linux")]
#[test]
fn the_script_for_slurm_runs_its_line_and_is_queued_again_where_it_was_stopped() {
    let bench = Bench::new();
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cluster.md")).unwrap();
    let script = text.split("```").find(|block| block.contains("#SBATCH --array")).expect("the page has a script");
    let script = script.strip_prefix("bash\n").unwrap();
    assert!(script.starts_with("#!/bin/bash\n") && script.contains("--signal=TERM@60"), "{script}");
    bench.write("sweep.sh", script);
    for (name, text) in [("srun", "exec \"$@\""), ("scontrol", "echo \"$@\" >> queued")] {
        let path = bench.path(name);
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&path, executable).unwrap();
    }
    let lines = list(&bench, "--grid rule=decay,oja --steps 200 --autosave 0 --resume-or-start");
    bench.write("sweep.txt", lines.join("\n") + "\n");
    let path = format!("{}:{}", bench.path("").display(), std::env::var("PATH").unwrap());
    let job = || {
        let mut command = Command::new("bash");
        command.arg("sweep.sh").current_dir(bench.path("")).env("PATH", &path).stdin(Stdio::null());
        command.env("SLURM_ARRAY_JOB_ID", "71").env("SLURM_ARRAY_TASK_ID", "2").stdout(Stdio::piped());
        command.spawn().unwrap()
    };
    let output = |job: Child| -> Output { job.wait_with_output().unwrap() };
    let first = job();
    wait_for_saves(&bench, "runs/sweep/rule=oja");
    send("-TERM", process_of(&bench, "runs/sweep/rule=oja").unwrap());
    assert_eq!(output(first).status.code(), Some(75));
    assert_eq!(bench.text("queued"), "requeue 71_2\n");
    assert!(iteration(&bench.path("runs/sweep/rule=oja")) < 200);
    assert_eq!(output(job()).status.code(), Some(0));
    assert_eq!(iteration(&bench.path("runs/sweep/rule=oja")), 200);
    let third = output(job());
    assert!(
        third.status.success() && String::from_utf8_lossy(&third.stdout).contains("nothing left to do"),
        "{third:?}"
    );
    assert_eq!(bench.text("queued"), "requeue 71_2\n", "what is done is not queued again");
    assert!(!bench.path("runs/sweep/rule=decay").exists(), "a line by itself");
}

#[cfg(unix)]
#[test]
fn a_reader_of_lines_that_has_had_enough_ends_the_program_quietly() {
    let bench = Bench::new();
    let many = "--grid alpha=free,yoked,per_neuron --seeds 0..1000";
    let line = format!("{} train patterns {many} --list | head -1", env!("CARGO_BIN_EXE_hebbscope"));
    let output = Command::new("bash")
        .args(["-c", &format!("set -o pipefail; {line}")])
        .current_dir(bench.path(""))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!((output.status.code(), output.stderr.len(), said.lines().count()), (Some(0), 0, 1), "{said}");
}
