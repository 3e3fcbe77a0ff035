//! Run folders in real hands: removed, moved and edited while they are trained, on disks that fail and without locks.

use crate::workbench::{PATIENCE, advance, config, trained, trainer};
use cap_std::fs::Dir;
use hebbscope::files::disk::{Disk, ThisDisk};
use hebbscope::files::{Precision, lock};
use hebbscope::train::run_folder::{check_output, checkpoint_path, config_path, metrics_path, tape_path};
use hebbscope::train::worker::Options;
use hebbscope::train::{Checkpoint, Command, Event, RunFolder, Trainer, Worker};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A worker that saves when it is told to, and what it says until then.
fn start(trainer: Trainer, folder: RunFolder) -> Worker {
    Worker::start(trainer, Some(folder), Options { autosave: Duration::from_secs(3600), ages: 0, ..Options::default() })
        .unwrap()
}

/// The next event that is not about progress.
fn news(worker: &Worker) -> Event {
    loop {
        match worker.events().unwrap().recv_timeout(PATIENCE).expect("the worker has something to say") {
            Event::Progress { .. } => {}
            event => return event,
        }
    }
}

/// Trains for ever, saved once.
fn endless(path: &Path, seed: u64) -> Worker {
    let mut config = config(&[]);
    (config.iterations, config.seed) = (1 << 50, seed);
    let trainer = Trainer::new(config).unwrap();
    let folder = RunFolder::create(path, trainer.config()).unwrap();
    let worker = start(trainer, folder);
    assert!(matches!(news(&worker), Event::Saved { iteration: 0, .. }));
    worker
}

fn seed_of(folder: &Path) -> u64 {
    Checkpoint::read(&checkpoint_path(folder)).unwrap().config.seed
}

#[test]
fn who_loses_the_folder_leaves_the_one_in_its_place_alone() {
    let scratch = tempfile::tempdir().unwrap();
    let run = scratch.path().join("run");
    let first = endless(&run, 1);
    fs::remove_dir_all(&run).unwrap();
    let second = endless(&run, 2);
    first.tell(Command::Save);
    let Event::Warning(warning) = news(&first) else { panic!("expected a warning") };
    assert!(warning.contains("gone") && warning.contains("not saved"), "{warning}");
    first.tell(Command::Stop);
    assert!(matches!(news(&first), Event::Failed { kept: None, .. }), "what is lost is no success");
    assert_eq!(seed_of(&run), 2);
    second.tell(Command::Stop);
    assert!(matches!(news(&second), Event::Saved { .. }));
    assert!(matches!(news(&second), Event::Finished { .. }));
    assert_eq!(seed_of(&run), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_is_moved_is_followed() {
    let scratch = tempfile::tempdir().unwrap();
    let [run, elsewhere] = ["run", "elsewhere"].map(|name| scratch.path().join(name));
    let first = endless(&run, 1);
    fs::rename(&run, &elsewhere).unwrap();
    let second = endless(&run, 2);
    first.tell(Command::Save);
    let Event::Warning(warning) = news(&first) else { panic!("expected a warning") };
    assert!(warning.contains("moved") && warning.ends_with("elsewhere"), "the folder and not a file: {warning}");
    let Event::Saved { path, iteration } = news(&first) else { panic!("expected saving") };
    assert_eq!(path, checkpoint_path(&elsewhere.canonicalize().unwrap()));
    assert_eq!((seed_of(&elsewhere), seed_of(&run)), (1, 2));
    assert_eq!(Checkpoint::read(&checkpoint_path(&elsewhere)).unwrap().iteration(), iteration);
    drop((first, second));
    assert_eq!((seed_of(&elsewhere), seed_of(&run)), (1, 2));
}

#[cfg(target_os = "linux")]
#[test]
fn who_removes_the_lock_lets_nobody_in() {
    let scratch = tempfile::tempdir().unwrap();
    let run = scratch.path().join("run");
    let worker = endless(&run, 1);
    fs::remove_file(run.join("run.lock")).unwrap();
    let error = RunFolder::resume(&run).err().expect("one process writes to a folder").to_string();
    assert!(error.contains("another process"), "{error}");
    // The lock is there again after the next save, and whoever looks sees it.
    worker.tell(Command::Save);
    assert!(matches!(news(&worker), Event::Saved { .. }));
    assert!(lock::is_locked(&run, "run.lock"));
    drop(worker);
    assert!(!lock::is_locked(&run, "run.lock") && RunFolder::resume(&run).is_ok());
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_in_place_of_the_lock_stops_no_training() {
    let scratch = tempfile::tempdir().unwrap();
    let run = scratch.path().join("run");
    let worker = endless(&run, 1);
    let lock = run.join("run.lock");
    fs::remove_file(&lock).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&lock).status().unwrap().success());
    worker.tell(Command::Save);
    assert!(matches!(news(&worker), Event::Saved { .. }), "the folder itself is still locked");
    assert!(lock::is_locked(&run, "run.lock"));
    worker.tell(Command::Stop);
    assert!(matches!(news(&worker), Event::Saved { .. }));
    assert!(matches!(news(&worker), Event::Finished { .. }));
}

/// A file system that knows no locks.
struct Lockless;

impl Disk for Lockless {
    fn lock(&self, _file: &File) -> Result<(), TryLockError> {
        // ENOSYS, what mounts in user space answer.
        Err(TryLockError::Error(io::Error::from_raw_os_error(38)))
    }
}

#[test]
fn without_locks_a_run_is_trained_with_a_warning() {
    let scratch = tempfile::tempdir().unwrap();
    let trainer = trainer(&[]);
    let folder = RunFolder::create_on(scratch.path(), trainer.config(), Arc::new(Lockless)).unwrap();
    let worker = start(trainer, folder);
    let Event::Warning(warning) = news(&worker) else { panic!("expected a warning") };
    assert!(warning.contains("cannot be locked") && warning.contains("no other program"), "{warning}");
    assert!(matches!(news(&worker), Event::Saved { iteration: 0, .. }));
    assert!(matches!(news(&worker), Event::Saved { iteration: 10, .. }));
    assert!(matches!(news(&worker), Event::Finished { iteration: 10, .. }));
}

/// A file system on which one step fails, or every step from that one on, as after a crash.
struct Failing {
    /// Steps until then.
    left: AtomicUsize,
    for_good: bool,
    /// Steps that have failed.
    failed: AtomicUsize,
}

impl Failing {
    fn new(step: usize, for_good: bool) -> Arc<Self> {
        Arc::new(Self { left: step.into(), for_good, failed: 0.into() })
    }

    fn step(&self) -> io::Result<()> {
        let before = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        match before {
            Ok(1) => {}
            Err(_) if self.for_good => {}
            _ => return Ok(()),
        }
        self.failed.fetch_add(1, Ordering::Relaxed);
        Err(io::Error::from_raw_os_error(5))
    }
}

impl Disk for Failing {
    fn create(&self, folder: &Dir, name: &Path) -> io::Result<File> {
        self.step()?;
        ThisDisk.create(folder, name)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        self.step().or_else(|error| {
            // A disk that is full has taken the first part.
            ThisDisk.write(file, &bytes[..bytes.len() / 2])?;
            Err(error)
        })?;
        ThisDisk.write(file, bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.step()?;
        ThisDisk.sync(file)
    }

    fn rename(&self, folder: &Dir, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        ThisDisk.rename(folder, from, to)
    }

    fn sync_folder(&self, folder: &Dir) -> io::Result<()> {
        self.step()?;
        ThisDisk.sync_folder(folder)
    }
}

/// Bytes of the checkpoint and lines of the metrics, their times left out.
fn outcome(folder: &Path) -> (Vec<u8>, Vec<String>) {
    let metrics = fs::read_to_string(metrics_path(folder)).unwrap();
    let without_time = |line: &str| line.rsplit_once(',').unwrap().0.to_owned();
    (fs::read(checkpoint_path(folder)).unwrap(), metrics.lines().map(without_time).collect())
}

/// Trains a run to its end on a failing disk, saving after every iteration; `true` where it could begin.
fn train_on(path: &Path, disk: &Arc<Failing>) -> bool {
    let trainer = trainer(&[]);
    let Ok(folder) = RunFolder::create_on(path, trainer.config(), Arc::clone(disk) as Arc<dyn Disk>) else {
        return false;
    };
    let options = Options { autosave: Duration::ZERO, snapshots: false, ..Options::default() };
    let worker = Worker::start(trainer, Some(folder), options).unwrap();
    let _all: Vec<Event> = worker.events().unwrap().iter().collect();
    true
}

/// Resumes a run on a disk that works, or begins it again where it had not begun, and trains it to its end.
fn go_on(path: &Path) {
    let (folder, trainer) = match RunFolder::resume(path) {
        Ok((folder, checkpoint)) => (folder, Trainer::from_checkpoint(checkpoint).unwrap()),
        Err(_) => {
            let trainer = trainer(&[]);
            (RunFolder::create(path, trainer.config()).expect("a run that has not begun can begin"), trainer)
        }
    };
    drop(start(trainer, folder).events().unwrap().iter().collect::<Vec<_>>());
}

#[test]
fn whatever_step_of_a_save_fails_the_run_goes_on_and_loses_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let whole = scratch.path().join("whole");
    let endless = Failing::new(usize::MAX, false);
    assert!(train_on(&whole, &endless));
    let steps = usize::MAX - endless.left.load(Ordering::Relaxed);
    assert!(steps > 100, "a run of ten saves has many steps that may fail: {steps}");
    let expected = outcome(&whole);
    let mut injected = 0;
    // Those of the beginning and the first saves, and some of the later ones.
    for step in (1..=60).chain((61..=steps).step_by(7)) {
        for for_good in [false, true] {
            let path = scratch.path().join(format!("{step}-{for_good}"));
            let disk = Failing::new(step, for_good);
            let began = train_on(&path, &disk);
            injected += disk.failed.load(Ordering::Relaxed);
            assert!(disk.failed.load(Ordering::Relaxed) > 0);
            // Once a checkpoint is there it is always a whole one.
            if checkpoint_path(&path).exists() {
                Checkpoint::read(&checkpoint_path(&path)).unwrap();
            }
            if began && !for_good {
                assert!(checkpoint_path(&path).exists(), "one failure at step {step} keeps no run from being saved");
            }
            go_on(&path);
            assert!(outcome(&path) == expected, "step {step}, for good: {for_good}");
            let names = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            assert!(!names.into_iter().any(|name| name.ends_with(".tmp")), "nothing half made is left at step {step}");
        }
    }
    crate::workbench::say(&format!("{injected} faults injected into {steps} steps of saving, nothing lost"));
}

#[test]
fn a_start_that_was_cut_short_goes_on() {
    let expected = {
        let scratch = tempfile::tempdir().unwrap();
        assert!(train_on(scratch.path(), &Failing::new(usize::MAX, false)));
        outcome(scratch.path())
    };
    // What a crash may leave of a start: this version's, and one that began with metrics.
    for left in [&[][..], &["run.lock"], &["run.lock", "config.toml"], &["config.toml", "metrics.csv"]] {
        let scratch = tempfile::tempdir().unwrap();
        let trainer = trainer(&[]);
        for name in left {
            let text = match *name {
                "config.toml" => trainer.config().to_toml(),
                "metrics.csv" => "iteration,loss,error,eta,grad_norm,seconds\n".into(),
                _ => String::new(),
            };
            fs::write(scratch.path().join(name), text).unwrap();
        }
        let can_resume = RunFolder::resume(scratch.path()).is_ok();
        assert_eq!(can_resume, left.contains(&"config.toml"), "{left:?}");
        go_on(scratch.path());
        assert!(outcome(scratch.path()) == expected, "{left:?}");
    }
    // Numbers without their network are not thrown away.
    let scratch = tempfile::tempdir().unwrap();
    assert!(train_on(scratch.path(), &Failing::new(usize::MAX, false)));
    fs::remove_file(checkpoint_path(scratch.path())).unwrap();
    let error = RunFolder::resume(scratch.path()).err().unwrap().to_string();
    assert!(error.contains("no checkpoint.safetensors") && error.contains("10 iterations"), "{error}");
    assert!(RunFolder::create(scratch.path(), trainer(&[]).config()).is_err());
}

#[test]
fn what_cannot_be_written_keeps_nothing_else_from_being_saved() {
    for (name, path) in [("tape", tape_path as fn(&Path) -> _), ("metrics", metrics_path), ("config", config_path)] {
        let scratch = tempfile::tempdir().unwrap();
        let run = scratch.path().join("run");
        let mut trainer = trainer(&[]);
        let folder = RunFolder::create(&run, trainer.config()).unwrap();
        // A longer run has another configuration to write.
        trainer.set_iterations(12);
        let _removed = fs::remove_file(path(&run));
        fs::create_dir(path(&run)).unwrap();
        let worker = start(trainer, folder);
        let events: Vec<Event> = worker.events().unwrap().iter().collect();
        let warnings = events.iter().filter(|event| matches!(event, Event::Warning(_))).count();
        assert_eq!(warnings, 1, "told once, not at every save: {name}: {events:?}");
        let words = format!("{events:?}");
        assert!(words.contains(path(&run).file_name().unwrap().to_str().unwrap()), "{words}");
        assert!(matches!(events.last(), Some(Event::Finished { iteration: 12, .. })), "{name}: {events:?}");
        assert_eq!(Checkpoint::read(&checkpoint_path(&run)).unwrap().iteration(), 12, "{name}");
        fs::remove_dir(path(&run)).unwrap();
        let (folder, _) = RunFolder::resume(&run).unwrap();
        drop(folder);
        assert_eq!(fs::read_to_string(metrics_path(&run)).unwrap().lines().count(), 13, "{name}");
    }
}

#[test]
fn metrics_that_another_program_has_touched_are_whole_again_after_the_next_save() {
    let scratch = tempfile::tempdir().unwrap();
    let mut trainer = trainer(&[]);
    let mut folder = RunFolder::create(scratch.path(), trainer.config()).unwrap();
    let path = metrics_path(scratch.path());
    let changes: [fn(&str) -> Option<String>; 4] = [
        |_| None,
        |text| Some(text.replace('\n', "\r\n")),
        |text| Some(text.lines().take(2).map(|line| format!("{line}\n")).collect()),
        |_| Some("something else".to_owned()),
    ];
    let mut ages = Vec::new();
    for (round, change) in changes.into_iter().enumerate() {
        advance(&mut trainer, 2);
        ages.extend([round as f64, round as f64 + 0.5]);
        folder.write_metrics(trainer.curve(), &ages[2 * round..]).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 2 * round + 3);
        assert!(text.lines().last().unwrap().ends_with(&format!(",{round}.5")), "{text}");
        match change(&text) {
            Some(text) => fs::write(&path, text).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
    }
    advance(&mut trainer, 1);
    folder.write_metrics(trainer.curve(), &[9.0]).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let told: Vec<&str> = text.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().1).collect();
    assert_eq!(told, ["0", "0.5", "1", "1.5", "2", "2.5", "3", "3.5", "9"]);
}

#[cfg(unix)]
#[test]
fn what_is_saved_again_keeps_its_permissions_and_scraps_are_swept() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = tempfile::tempdir().unwrap();
    assert!(train_on(scratch.path(), &Failing::new(usize::MAX, false)));
    let path = checkpoint_path(scratch.path());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    for name in [".hebbscope-1234-5.tmp", ".hebbscope-AbCdEf.tmp", ".hebbscope-notes", "mine.tmp"] {
        fs::write(scratch.path().join(name), "half").unwrap();
    }
    let (folder, checkpoint) = RunFolder::resume(scratch.path()).unwrap();
    folder.save(&checkpoint).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    let mut left: Vec<_> = fs::read_dir(scratch.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    let known = [".hebbscope-notes", "checkpoint.safetensors", "config.toml", "metrics.csv", "mine.tmp", "run.lock"];
    assert_eq!(left, [&known[..], &["snapshots", "tape.safetensors"]].concat());
}

#[cfg(unix)]
#[test]
fn a_link_is_written_through_and_a_circle_of_links_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    fs::create_dir(at("far")).unwrap();
    std::os::unix::fs::symlink("far/away", at("link")).unwrap();
    std::os::unix::fs::symlink("link", at("link to a link")).unwrap();
    let checkpoint = trained(&[], 1).checkpoint().unwrap();
    // What is not there yet is made where the link leads, and replaced there the next time.
    for _ in 0..2 {
        checkpoint.write(&at("link to a link"), Precision::Full).unwrap();
        assert!(fs::symlink_metadata(at("link")).unwrap().is_symlink());
        assert_eq!(Checkpoint::read(&at("far/away")).unwrap().iteration(), 1);
    }
    std::os::unix::fs::symlink("b", at("a")).unwrap();
    std::os::unix::fs::symlink("a", at("b")).unwrap();
    let error = checkpoint.write(&at("a"), Precision::Full).unwrap_err().to_string();
    assert!(error.contains("circle"), "{error}");
}

#[test]
fn what_is_made_from_a_run_keeps_out_of_its_way() {
    let scratch = tempfile::tempdir().unwrap();
    let run = scratch.path().join("run");
    let worker = endless(&run, 1);
    let refused = |name: &str| check_output(&run.join(name)).map_err(|error| error.to_string());
    assert!(refused("picture.png").unwrap_err().contains("being trained"));
    drop(worker);
    refused("picture.png").unwrap();
    for own in ["checkpoint.safetensors", "tape.safetensors", "metrics.csv", "config.toml", "run.lock"] {
        assert!(refused(own).unwrap_err().contains("one of a run"), "{own}");
    }
    // Nor do links lead into it, and the lock of the folder counts where its file is gone.
    let worker = endless(&scratch.path().join("other"), 2);
    fs::remove_file(scratch.path().join("other/run.lock")).unwrap();
    #[cfg(target_os = "linux")]
    {
        std::os::unix::fs::symlink("other/new.png", scratch.path().join("link")).unwrap();
        let error = check_output(&scratch.path().join("link")).unwrap_err().to_string();
        assert!(error.contains("being trained"), "{error}");
    }
    drop(worker);
    // The plan of several runs is none of the files that are made from them.
    fs::write(scratch.path().join("seeds.toml"), "").unwrap();
    assert!(check_output(&scratch.path().join("seeds.toml")).unwrap_err().to_string().contains("plan of several"));
    // The same names elsewhere are anybody's.
    check_output(&scratch.path().join("metrics.csv")).unwrap();
}
