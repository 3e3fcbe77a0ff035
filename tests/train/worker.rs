//! The training thread: what it is told, what it tells, and how it ends.

use crate::plastic::gpu::gpu;
use crate::workbench::{Disturbed, PATIENCE, bits, config, trained, wait_for, within_patience};
use hebbscope::device::{self, Compute};
use hebbscope::train::run_folder::checkpoint_path;
use hebbscope::train::worker::Options;
use hebbscope::train::{Checkpoint, Command, Event, Point, RunConfig, RunFolder, Snapshot, Trainer, Worker};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

/// More iterations than any test waits for.
const ENDLESS: u64 = 1 << 50;

fn of_length(iterations: u64) -> RunConfig {
    let mut config = config(&[]);
    config.iterations = iterations;
    config
}

fn start(config: RunConfig, folder: Option<&Path>) -> Worker {
    // A folder that vanishes shall not vanish in the middle of a snapshot.
    start_trainer(Trainer::new(config).unwrap(), folder, Options { ages: 0, ..Options::default() })
}

fn start_trainer(trainer: Trainer, folder: Option<&Path>, options: Options) -> Worker {
    let folder = folder.map(|path| RunFolder::create(path, trainer.config()).unwrap());
    Worker::start(trainer, folder, options).unwrap()
}

fn next(worker: &Worker) -> Event {
    worker.events().unwrap().recv_timeout(PATIENCE).expect("the worker has something to say")
}

/// The next event that is not about progress; the points that came before it are added to `points`.
fn next_news(worker: &Worker, points: &mut Vec<Point>) -> Event {
    loop {
        match next(worker) {
            Event::Progress { first, points: more, .. } => {
                assert_eq!(first, points.len() as u64 + 1, "every iteration is told once, in order");
                points.extend(more);
            }
            event => return event,
        }
    }
}

/// Waits until at least one iteration has been done.
fn wait_for_progress(worker: &Worker) {
    while !matches!(next(worker), Event::Progress { .. }) {}
}

fn iteration(folder: &Path) -> u64 {
    Checkpoint::read(&checkpoint_path(folder)).unwrap().iteration()
}

#[test]
fn a_run_tells_its_progress_saves_and_finishes() {
    let folder = tempfile::tempdir().unwrap();
    let worker = start(of_length(10), Some(folder.path()));
    let path = checkpoint_path(folder.path());
    let mut points = Vec::new();
    assert_eq!(next_news(&worker, &mut points), Event::Saved { path: path.clone(), iteration: 0 });
    assert_eq!(next_news(&worker, &mut points), Event::Saved { path, iteration: 10 });
    assert_eq!(next_news(&worker, &mut points), Event::Finished { iteration: 10, stopped: false });
    assert_eq!(points, trained(&[], 10).curve());
    wait_for("the end of the thread", || (!worker.is_alive()).then_some(()));
    assert!(!worker.tell(Command::Pause), "nobody is there to hear");
    assert_eq!(iteration(folder.path()), 10);
}

#[test]
fn every_iteration_is_told_once_even_if_nobody_listens_for_a_long_time() {
    for news in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        // Saving after every iteration makes more news than the channel holds.
        let autosave = if news { Duration::ZERO } else { Duration::from_secs(3600) };
        let options = Options { autosave, ..Options::default() };
        let worker = start_trainer(Trainer::new(of_length(300)).unwrap(), Some(folder.path()), options);
        wait_for("the last state", || worker.take_latest().filter(|snapshot| snapshot.iteration == 300));
        let (mut points, mut saved) = (Vec::new(), Vec::new());
        loop {
            match next_news(&worker, &mut points) {
                Event::Saved { iteration, .. } => {
                    assert_eq!(points.len() as u64, iteration, "numbers come before the news that follow them");
                    saved.push(iteration);
                }
                event => {
                    assert_eq!(event, Event::Finished { iteration: 300, stopped: false });
                    break;
                }
            }
        }
        assert_eq!(points, trained(&[], 300).curve());
        assert!(saved.is_sorted() && saved.last() == Some(&300));
        assert_eq!(saved.len(), if news { 302 } else { 2 });
    }
}

#[test]
fn a_slow_listener_hears_numbers_and_news_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let lived = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&lived);
    let trainer = Disturbed::trainer(of_length(2000), move |iteration, _| counter.store(iteration, Ordering::Relaxed));
    let worker = start_trainer(trainer, Some(folder.path()), Options::default());
    let mut points: Vec<Point> = Vec::new();
    let mut heard = 0;
    loop {
        // A few iterations pass between two events, and now and then there are news among the numbers.
        let target = (lived.load(Ordering::Relaxed) + 3).min(2000);
        wait_for("the next iteration", || (lived.load(Ordering::Relaxed) >= target).then_some(()));
        if heard % 5 == 0 {
            worker.tell(Command::Save);
        }
        heard += 1;
        match next(&worker) {
            Event::Progress { first, points: more, .. } => {
                assert_eq!(first, points.len() as u64 + 1, "every iteration is told once, in order");
                points.extend(more);
            }
            Event::Saved { iteration, .. } => assert_eq!(iteration, points.len() as u64),
            event => {
                assert_eq!(event, Event::Finished { iteration: 2000, stopped: false });
                break;
            }
        }
    }
    assert_eq!(points, trained(&[], 2000).curve());
}

#[test]
fn training_goes_on_while_nobody_listens() {
    let worker = start(of_length(2000), None);
    // No event is taken, yet the end is reached.
    wait_for("the last state", || worker.take_latest().filter(|snapshot| snapshot.iteration == 2000));
    let events: Vec<Event> = worker.events().unwrap().iter().collect();
    assert!(events.len() < 200, "numbers are gathered while they wait: {} events", events.len());
}

#[test]
fn a_paused_run_stands_still_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let worker = start(of_length(ENDLESS), Some(folder.path()));
    let mut points = Vec::new();
    next_news(&worker, &mut points);
    worker.tell(Command::Pause);
    let path = checkpoint_path(folder.path());
    let Event::Saved { iteration: at, .. } = next_news(&worker, &mut points) else { panic!("a pause saves") };
    assert_eq!(next_news(&worker, &mut points), Event::Paused { iteration: at });
    assert_eq!((points.len() as u64, iteration(folder.path())), (at, at));
    // Pausing twice is pausing once, and saving does not wake it.
    for _ in 0..5 {
        worker.tell(Command::Pause);
        worker.tell(Command::Save);
        assert_eq!(next(&worker), Event::Saved { path: path.clone(), iteration: at });
    }
    worker.tell(Command::Resume);
    wait_for("progress", || (next_points(&worker, &mut points) > at).then_some(()));
    worker.tell(Command::Stop);
    next_news(&worker, &mut points);
    let end = points.len() as u64;
    assert_eq!(next_news(&worker, &mut points), Event::Finished { iteration: end, stopped: true });
    assert_eq!(iteration(folder.path()), end);
    assert_eq!(points, trained(&[], points.len()).curve(), "pausing changes no number");
}

/// Takes one event, which must be about progress, and answers how many iterations are known of.
fn next_points(worker: &Worker, points: &mut Vec<Point>) -> u64 {
    let Event::Progress { points: more, .. } = next(worker) else { panic!("expected progress") };
    points.extend(more);
    points.len() as u64
}

#[test]
fn one_iteration_is_one_iteration() {
    let worker = start(of_length(ENDLESS), None);
    let mut points = Vec::new();
    worker.tell(Command::Pause);
    let Event::Paused { iteration: at } = next_news(&worker, &mut points) else { panic!("expected a pause") };
    for step in 1..=5 {
        worker.tell(Command::OneIteration);
        assert_eq!(next_news(&worker, &mut points), Event::Paused { iteration: at + step });
        assert_eq!(points.len() as u64, at + step);
        let snapshot = worker.take_latest().expect("who steps wants to see");
        assert_eq!(snapshot.iteration, at + step);
    }
    // From full speed, it is the last one before a pause.
    worker.tell(Command::Resume);
    next_points(&worker, &mut points);
    worker.tell(Command::OneIteration);
    assert!(matches!(next_news(&worker, &mut points), Event::Paused { .. }));
    worker.tell(Command::Save);
    worker.tell(Command::Stop);
    let end = points.len() as u64;
    assert_eq!(next_news(&worker, &mut points), Event::Finished { iteration: end, stopped: true });
}

#[test]
fn a_run_keeps_the_pace_it_is_given() {
    // Slower than once in a minute; even slower paces are paces, not full speed.
    for pace in [0.01, 1e-3, 1e-300, 0.0, -1.0] {
        let folder = tempfile::tempdir().unwrap();
        let worker = start(of_length(200), Some(folder.path()));
        let mut points = Vec::new();
        next_news(&worker, &mut points);
        for command in [Command::Pause, Command::Pace(Some(pace)), Command::Resume] {
            worker.tell(command);
        }
        let Event::Saved { iteration: at, .. } = next_news(&worker, &mut points) else { panic!("a pause saves") };
        if at == 200 {
            continue;
        }
        assert_eq!(next_news(&worker, &mut points), Event::Paused { iteration: at });
        // At full speed, dozens of iterations would fit between these questions.
        for _ in 0..50 {
            worker.tell(Command::Save);
            let Event::Saved { iteration, .. } = next_news(&worker, &mut points) else { panic!("expected saving") };
            assert_eq!(iteration, at, "a pace of {pace}");
        }
        worker.tell(Command::Pace(None));
        next_news(&worker, &mut points);
        assert_eq!(next_news(&worker, &mut points), Event::Finished { iteration: 200, stopped: false });
        assert_eq!(points, trained(&[], 200).curve(), "the pace changes no number");
    }
}

#[test]
fn paces_without_meaning_do_no_harm() {
    for pace in [f64::NAN, f64::INFINITY, f64::MAX] {
        let worker = start(of_length(20), None);
        worker.tell(Command::Pace(Some(pace)));
        worker.tell(Command::Pace(None));
        assert_eq!(next_news(&worker, &mut Vec::new()), Event::Finished { iteration: 20, stopped: false });
    }
}

/// States in which a worker can be left.
fn leave_in_every_state(leave: fn(Worker)) {
    type Prepare = fn(&Worker);
    let states: [(&str, Prepare); 6] = [
        ("just started", |_| {}),
        ("training", wait_for_progress),
        ("paused", |worker| {
            worker.tell(Command::Pause);
            while !matches!(next(worker), Event::Paused { .. }) {}
        }),
        ("waiting for its pace", |worker| {
            wait_for_progress(worker);
            worker.tell(Command::Pace(Some(0.01)));
            worker.tell(Command::Save);
            // The first save was that of the beginning.
            while !matches!(next(worker), Event::Saved { iteration: 1.., .. }) {}
        }),
        ("unheard", |worker| {
            wait_for("a later state", || worker.take_latest().filter(|snapshot| snapshot.iteration > 200));
        }),
        ("finished", |worker| {
            worker.tell(Command::Stop);
            while !matches!(next(worker), Event::Finished { .. }) {}
        }),
    ];
    for (state, prepare) in states {
        let folder = tempfile::tempdir().unwrap();
        let worker = start(of_length(ENDLESS), Some(folder.path()));
        prepare(&worker);
        within_patience(&format!("leaving a worker that is {state}"), move || leave(worker));
        // Whoever comes next finds everything saved and the folder free.
        let (_, checkpoint) = RunFolder::resume(folder.path()).unwrap();
        let iteration = checkpoint.iteration();
        assert!(state == "just started" || state == "paused" || state == "finished" || iteration > 0, "{state}");
        let metrics = std::fs::read_to_string(folder.path().join("metrics.csv")).unwrap();
        assert_eq!(metrics.lines().count() as u64, iteration + 1, "{state}");
        assert!(bits(&checkpoint.parameters) == bits(trained(&[], iteration as usize).parameters()), "{state}");
    }
}

#[test]
fn dropping_the_worker_stops_and_saves_in_every_state() {
    leave_in_every_state(drop);
}

#[test]
fn dropping_only_the_receiver_stops_and_saves_in_every_state() {
    leave_in_every_state(|mut worker| {
        worker.disconnect();
        assert!(worker.events().is_none() && !worker.is_alive());
        assert!(!worker.tell(Command::Resume), "nobody is there to hear");
        // Once is enough.
        worker.disconnect();
    });
}

#[test]
fn a_panic_inside_becomes_an_event_and_the_last_checkpoint_is_kept() {
    let panics: [(fn(), &str); 2] = [
        (|| panic!("the cat stepped on the keyboard"), "the cat stepped on the keyboard"),
        (|| std::panic::panic_any(3), "no reason given"),
    ];
    for (panic, words) in panics {
        let folder = tempfile::tempdir().unwrap();
        let trainer = Disturbed::trainer(of_length(10), move |iteration, _| {
            if iteration == 7 {
                panic();
            }
        });
        let options = Options { autosave: Duration::ZERO, ..Options::default() };
        let worker = start_trainer(trainer, Some(folder.path()), options);
        let mut points = Vec::new();
        let failed = loop {
            match next_news(&worker, &mut points) {
                Event::Saved { .. } => {}
                event => break event,
            }
        };
        let Event::Failed { reason, iteration: at, kept, before: None } = failed else { panic!("{failed:?}") };
        assert!(reason.contains(words), "{reason}");
        assert_eq!((at, points.len(), kept), (6, 6, Some(checkpoint_path(folder.path()))));
        assert_eq!(iteration(folder.path()), 6);
        wait_for("the end of the thread", || (!worker.is_alive()).then_some(()));
        assert!(RunFolder::resume(folder.path()).is_ok(), "the folder is free again");
    }
}

/// A device of its own is lost between the lifetimes of an iteration and their way back.
#[test]
fn a_graphics_processor_that_is_lost_ends_the_run_with_its_last_checkpoint_and_the_cpu_goes_on() {
    if gpu().is_none() {
        return;
    }
    let own = Arc::new(device::gpu::open_own().unwrap());
    let compute = Compute::of_gpu(Arc::clone(&own));
    let folder = tempfile::tempdir().unwrap();
    let mut trainer = Disturbed::trainer(of_length(10), move |iteration, _| {
        if iteration == 7 {
            own.destroy();
        }
    });
    trainer.move_to(&compute).unwrap();
    let worker =
        start_trainer(trainer, Some(folder.path()), Options { autosave: Duration::ZERO, ..Options::default() });
    let mut points = Vec::new();
    let failed = loop {
        match next_news(&worker, &mut points) {
            Event::Saved { .. } => {}
            event => break event,
        }
    };
    let Event::Failed { reason, iteration: at, kept, .. } = failed else { panic!("{failed:?}") };
    assert!(reason.contains("iteration 7") && reason.contains("the graphics processor was lost"), "{reason}");
    assert!(!reason.contains('\n'), "{reason}");
    assert_eq!((at, points.len(), kept), (6, 6, Some(checkpoint_path(folder.path()))));
    wait_for("the end of the thread", || (!worker.is_alive()).then_some(()));
    let (_folder, checkpoint) = RunFolder::resume(folder.path()).unwrap();
    let mut trainer = Trainer::from_checkpoint(checkpoint).unwrap();
    assert_eq!(trainer.iteration(), 6);
    trainer.step().unwrap();
    // Whoever asks now is given another device.
    assert!(!device::gpu::open().unwrap().is_lost());
}

#[test]
fn a_panic_without_a_folder_keeps_nothing_and_says_so() {
    let trainer = Disturbed::trainer(of_length(10), |_, _| panic!("gone"));
    let worker = start_trainer(trainer, None, Options::default());
    let event = next(&worker);
    assert!(matches!(&event, Event::Failed { iteration: 0, kept: None, .. }), "{event:?}");
}

#[test]
fn the_slot_holds_only_the_newest_state() {
    let worker = start(of_length(50), None);
    while !matches!(next(&worker), Event::Finished { .. }) {}
    let snapshot = worker.take_latest().unwrap();
    assert_eq!(snapshot.iteration, 50);
    assert!(bits(&snapshot.parameters) == bits(trained(&[], 50).parameters()));
    assert!(worker.take_latest().is_none(), "what was taken is gone");
}

#[test]
fn a_state_is_complete_and_does_not_change_while_training_goes_on() {
    let worker = start(of_length(ENDLESS), None);
    let newer = |than: u64| -> Snapshot {
        wait_for("a newer state", || worker.take_latest().filter(|snapshot| snapshot.iteration > than))
    };
    let first = newer(0);
    let before = (bits(&first.parameters), (*first.tape).clone());
    let later = newer(first.iteration);
    assert!(before == (bits(&first.parameters), (*first.tape).clone()), "a state is a copy");
    assert!(bits(&later.parameters) != bits(&first.parameters));
    for snapshot in [&first, &later] {
        let reference = trained(&[], snapshot.iteration as usize);
        assert!(bits(&snapshot.parameters) == bits(reference.parameters()), "parameters of one and the same moment");
        // The reference run was to be shorter.
        let mut tape = (**reference.last_tape().unwrap()).clone();
        tape.origin.run = snapshot.tape.origin.run.clone();
        assert!(*snapshot.tape == tape, "with the tape of the lifetime before it");
        assert_eq!(snapshot.tape.origin.iteration + 1, snapshot.iteration);
        snapshot.tape.check().unwrap();
    }
}

#[test]
fn nobody_who_does_not_look_pays_for_states() {
    let options = Options { snapshots: false, ..Options::default() };
    let worker = start_trainer(Trainer::new(of_length(20)).unwrap(), None, options);
    while !matches!(next(&worker), Event::Finished { .. }) {}
    assert!(worker.take_latest().is_none());
}

#[test]
fn a_sleeper_is_woken_for_every_event() {
    let (bell, rings): (SyncSender<()>, Receiver<()>) = sync_channel(1024);
    let options = Options {
        snapshots: false,
        notify: Box::new(move || {
            let _heard = bell.send(());
        }),
        ..Options::default()
    };
    let worker = start_trainer(Trainer::new(of_length(200)).unwrap(), None, options);
    let events = worker.events().unwrap().iter().count();
    assert_eq!(rings.iter().count(), events);
}

#[test]
fn a_folder_that_disappears_is_a_warning_and_training_goes_on() {
    let scratch = tempfile::tempdir().unwrap();
    let run = scratch.path().join("run");
    let worker = start(of_length(ENDLESS), Some(&run));
    let mut points = Vec::new();
    next_news(&worker, &mut points);
    std::fs::remove_dir_all(&run).unwrap();
    worker.tell(Command::Save);
    let Event::Warning(warning) = next_news(&worker, &mut points) else { panic!("expected a warning") };
    assert!(warning.contains("not saved, training goes on"), "{warning}");
    assert!(warning.contains(&run.display().to_string()) && warning.contains("cannot be written"), "{warning}");
    let at = points.len() as u64;
    wait_for("progress", || (next_points(&worker, &mut points) > at).then_some(()));

    // A file in its place is no better, and not worth another word.
    std::fs::write(&run, "mine").unwrap();
    worker.tell(Command::Save);
    assert_eq!(std::fs::read_to_string(&run).unwrap(), "mine");

    // A folder that somebody has made there since is somebody's, and stays as it is.
    std::fs::remove_file(&run).unwrap();
    std::fs::create_dir(&run).unwrap();
    worker.tell(Command::Stop);
    let event = next_news(&worker, &mut points);
    let Event::Failed { reason, kept: None, .. } = event else { panic!("expected a failure, got {event:?}") };
    assert!(reason.contains("not saved") && reason.contains("gone"), "{reason}");
    assert_eq!(std::fs::read_dir(&run).unwrap().count(), 0);
}

#[test]
fn a_run_whose_end_cannot_be_saved_has_not_finished() {
    let scratch = tempfile::tempdir().unwrap();
    let run = scratch.path().join("run");
    let worker = start(of_length(ENDLESS), Some(&run));
    let mut points = Vec::new();
    next_news(&worker, &mut points);
    std::fs::remove_dir_all(&run).unwrap();
    worker.tell(Command::Stop);
    let event = next_news(&worker, &mut points);
    let Event::Failed { reason, iteration, kept, .. } = event else { panic!("expected a failure, got {event:?}") };
    assert!(reason.contains("not saved") && reason.contains("cannot be written"), "{reason}");
    assert_eq!((iteration, kept), (points.len() as u64, None), "what has disappeared was not kept");
}
