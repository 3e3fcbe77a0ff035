//! Playback: the clock as a state machine, and traces rebuilt bit for bit.

use crate::workbench::{config, trained};
use candle_core::{Device, Tensor};
use hebbscope::episode::clock::{REST_SECONDS, SPEED_RANGE, STEPS_PER_SECOND};
use hebbscope::episode::{Clock, Event, EventKind, Reel, Tape, tape_file};
use hebbscope::files::TensorFile;
use hebbscope::plastic::live;
use rand::{Rng as _, SeedableRng as _};
use std::sync::Arc;

/// One step at 1×.
const STEP: f64 = 1.0 / STEPS_PER_SECOND;

fn playing(steps: usize) -> Clock {
    let mut clock = Clock::new(steps);
    clock.play();
    clock
}

#[test]
fn a_new_clock_rests_at_the_beginning() {
    let mut clock = Clock::new(10);
    assert_eq!((clock.at(), clock.steps(), clock.is_playing(), clock.speed()), (0, 10, false, 1.0));
    assert_eq!(clock.tick(100.0), 0..0);
    assert_eq!(clock.at(), 0, "time does not pass while paused");
}

#[test]
fn playing_passes_through_every_step_whatever_the_frame_rate() {
    for frame in [STEP / 7.0, STEP, STEP * 2.5] {
        let mut clock = playing(1000);
        let mut next = 0;
        let mut elapsed = 0.0;
        while elapsed < 20.0 {
            let passed = clock.tick(frame);
            assert_eq!(passed.start, next, "no step is left out");
            assert_eq!(passed.end, clock.at());
            next = passed.end;
            elapsed += frame;
        }
        let expected = elapsed * STEPS_PER_SECOND;
        assert!((clock.at() as f64 - expected).abs() <= 1.0, "{} after {elapsed} seconds", clock.at());
    }
}

#[test]
fn the_end_stops_the_clock_and_playing_again_starts_over() {
    let mut clock = playing(10);
    assert_eq!(clock.tick(100.0 * STEP), 0..9);
    assert_eq!((clock.at(), clock.is_playing()), (9, false));
    clock.play();
    assert_eq!((clock.at(), clock.is_playing()), (0, true));
    clock.toggle();
    assert!(!clock.is_playing());
    clock.toggle();
    assert!(clock.is_playing());
}

#[test]
fn a_looping_clock_rests_at_the_end_and_goes_round() {
    for speed in [0.5, 1.0, 8.0] {
        let mut clock = playing(10);
        clock.set_looping(true);
        clock.set_speed(speed);
        assert!(clock.is_looping());
        assert!((clock.time_to_next().as_secs_f64() - STEP / speed).abs() < 1e-6);
        clock.tick(9.0 * STEP / speed);
        assert_eq!(clock.at(), 9);
        assert!((clock.time_to_next().as_secs_f64() - REST_SECONDS).abs() < 1e-6, "the rest is as long at any speed");
        for _ in 0..3 {
            clock.tick(REST_SECONDS * 0.3);
            assert_eq!((clock.at(), clock.is_playing()), (9, true), "what a lifetime comes to is worth a look");
        }
        clock.tick(REST_SECONDS * 0.1 + 0.5 * STEP / speed);
        assert_eq!((clock.at(), clock.is_playing()), (0, true));
        clock.tick(1_000_003.0 * STEP);
        assert!(clock.at() < 10 && clock.is_playing());
    }
}

/// Where a lifetime that loops is after so many steps' worth of time, a round being its steps and the rest.
fn expected(steps: usize, rest: f64, position: f64) -> usize {
    let last = steps as f64 - 1.0;
    ((position % (last + rest)).min(last)) as usize
}

#[test]
fn where_the_clock_is_depends_on_the_time_that_has_passed_and_not_on_the_frames() {
    let frames = [1.0 / 60.0, 0.3, 2.0, 1.0 / 144.0, 0.05, 4.9, 0.7];
    for (steps, speed) in [(205, 1.0), (205, 0.1), (7, 1.0), (7, 64.0), (400, 3.0)] {
        let mut clock = playing(steps);
        clock.set_looping(true);
        clock.set_speed(speed);
        let pace = STEPS_PER_SECOND * speed;
        let mut elapsed = 0.0;
        for frame in (0..400).map(|index| frames[index * index % frames.len()]) {
            clock.tick(frame);
            elapsed += frame;
            // Rounding may tell a step from the next only where the clock stands on the border between them.
            let around = [-1e-6, 1e-6].map(|error| expected(steps, REST_SECONDS * pace, elapsed * pace + error));
            assert!(around.contains(&clock.at()), "{} and {around:?} after {elapsed} s at {speed}×", clock.at());
        }
    }
}

#[test]
fn the_rest_at_the_end_is_as_long_however_long_frames_are_and_whatever_the_speed_becomes() {
    for frame in [1.0 / 60.0, 0.3, 1.1] {
        let mut clock = playing(100);
        clock.set_looping(true);
        clock.tick(99.0 * STEP + 1e-9);
        let mut rested = 0.0;
        while clock.at() == 99 {
            clock.tick(frame);
            rested += frame;
        }
        assert!((REST_SECONDS - 1e-6..REST_SECONDS + frame).contains(&rested), "{rested} s in frames of {frame} s");
    }
    let mut clock = playing(3);
    clock.set_looping(true);
    clock.set_speed(64.0);
    clock.tick(2.0 * STEP / 64.0 + REST_SECONDS / 2.0);
    clock.set_speed(0.5);
    assert!((clock.time_to_next().as_secs_f64() - REST_SECONDS / 2.0).abs() < 1e-6);
    clock.set_span(Some(0..3));
    clock.set_span(None);
    clock.set_steps(100);
    assert_eq!(clock.at(), 2);
    clock.tick(STEP);
    assert_eq!(clock.at(), 2, "the time of a rest does not count for a step that is no longer the last");
}

#[test]
fn stepping_goes_both_ways_pauses_and_stays_inside() {
    let mut clock = playing(10);
    clock.step(1);
    assert_eq!((clock.at(), clock.is_playing()), (1, false));
    clock.step(5);
    clock.step(-2);
    assert_eq!(clock.at(), 4);
    clock.step(-100);
    assert_eq!(clock.at(), 0);
    clock.step(isize::MAX);
    assert_eq!(clock.at(), 9);
    clock.step(isize::MIN);
    assert_eq!(clock.at(), 0);
}

#[test]
fn seeking_goes_there_and_keeps_playing() {
    let mut clock = playing(10);
    clock.tick(STEP * 0.9);
    clock.seek(4);
    assert_eq!((clock.at(), clock.is_playing()), (4, true));
    clock.tick(STEP * 0.9);
    assert_eq!(clock.at(), 4, "a step that was sought is seen in full");
    clock.seek(usize::MAX);
    assert_eq!(clock.at(), 9);
}

#[test]
fn the_speed_has_limits() {
    let mut clock = playing(1000);
    clock.set_speed(4.0);
    clock.tick(10.0 * STEP);
    assert_eq!((clock.speed(), clock.at()), (4.0, 40));
    clock.set_speed(1e9);
    assert_eq!(clock.speed(), *SPEED_RANGE.end());
    clock.set_speed(-3.0);
    assert_eq!(clock.speed(), *SPEED_RANGE.start());
    for nonsense in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        clock.set_speed(nonsense);
        assert_eq!(clock.speed(), *SPEED_RANGE.start());
    }
    clock.tick(10.0 * STEP);
    assert_eq!(clock.at(), 41, "ten times slower");
}

#[test]
fn absurd_times_do_no_harm() {
    let mut clock = playing(10);
    for seconds in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0] {
        assert_eq!(clock.tick(seconds), 0..0);
    }
    clock.tick(f64::MAX);
    assert!(clock.at() < 10);
    let mut clock = playing(10);
    clock.set_looping(true);
    clock.seek(5);
    clock.tick(f64::MAX);
    assert!(clock.at() < 10);
    let mut clock = playing(0);
    clock.tick(1.0);
    clock.step(-1);
    assert_eq!((clock.steps(), clock.at()), (1, 0));
}

#[test]
fn another_length_keeps_the_step_where_there_is_one() {
    let mut clock = Clock::new(10);
    clock.seek(7);
    clock.set_steps(20);
    assert_eq!((clock.at(), clock.steps()), (7, 20));
    clock.set_steps(5);
    assert_eq!(clock.at(), 4);
    clock.set_steps(0);
    assert_eq!((clock.at(), clock.steps()), (0, 1));
}

#[test]
fn events_are_jumped_to_in_both_directions() {
    let event = |kind, start, steps| Event { kind, start, steps, index: None };
    let events = [event(EventKind::Study, 0, 3), event(EventKind::Blank, 3, 2), event(EventKind::Probe, 5, 4)];
    let mut clock = Clock::new(9);
    let mut visited = vec![clock.at()];
    while clock.next_event(&events) {
        visited.push(clock.at());
    }
    assert_eq!(visited, [0, 3, 5]);
    clock.seek(7);
    let mut visited = Vec::new();
    while clock.previous_event(&events) {
        visited.push(clock.at());
    }
    assert_eq!(visited, [5, 3, 0], "first to the beginning of the event, then to the one before");
    assert!(!clock.next_event(&[]) && !clock.previous_event(&[]));
    assert_eq!(clock.at(), 0);
}

/// A lifetime that a trained network has lived, with the trace that it left behind.
fn lived(changes: &[(&str, &str)]) -> (Arc<Tape>, Vec<f32>) {
    let checkpoint = trained(changes, 5).checkpoint().unwrap();
    let tape = checkpoint.specimen().episode(11).unwrap();
    let drive = Tensor::from_slice(&tape.drive, (tape.steps, 1, tape.neurons()), &Device::Cpu).unwrap();
    let lived = live(tape.network.recurrent().unwrap(), &checkpoint.parameters, &drive, true).unwrap();
    let activity: Vec<f32> = lived.activity.flatten_all().unwrap().to_vec1().unwrap();
    assert_eq!(same_bits(&activity, &tape.activity), Ok(()));
    (Arc::new(tape), lived.final_traces.concat())
}

fn same_bits(one: &[f32], other: &[f32]) -> Result<(), String> {
    if one.len() != other.len() {
        return Err(format!("{} values and {} values", one.len(), other.len()));
    }
    match one.iter().zip(other).position(|(one, other)| one.to_bits() != other.to_bits()) {
        Some(index) => Err(format!("{} and {} at {index}", one[index], other[index])),
        None => Ok(()),
    }
}

/// H(0) to H(T), one step after another.
fn straight(tape: &Tape) -> Vec<Vec<f32>> {
    let neurons = tape.neurons();
    let activities = tape.layers[0].recording();
    let mut trace = vec![0.0; neurons * neurons];
    let mut all = vec![trace.clone()];
    for step in 0..tape.steps {
        activities.carry(&mut trace, step..step + 1);
        all.push(trace.clone());
    }
    all
}

const LIVES: [&[(&str, &str)]; 3] = [
    &[("size", "70"), ("show_steps", "9")],
    &[("rule", "oja"), ("show_steps", "9")],
    &[("rule", "clip"), ("clip", "0.02"), ("show_steps", "9")],
];

#[test]
fn any_trace_in_any_order_is_the_trace_that_was_lived() {
    for changes in LIVES {
        let (tape, last) = lived(changes);
        let expected = straight(&tape);
        assert_eq!(same_bits(&expected[tape.steps], &last), Ok(()), "the replay ends where the lifetime ended");
        assert!(last.iter().any(|&value| value != 0.0) && expected[0].iter().all(|&value| value == 0.0));
        let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(3);
        for _ in 0..5 {
            let mut reel = Reel::new(Arc::clone(&tape), 0);
            for _ in 0..100 {
                let step = random.random_range(0..=tape.steps);
                assert_eq!(same_bits(reel.trace_at(step), &expected[step]), Ok(()), "H({step})");
            }
        }
        // Backwards and forwards, as the keys do it.
        let mut reel = Reel::new(Arc::clone(&tape), 0);
        for step in (0..=tape.steps).rev().chain(0..=tape.steps) {
            assert_eq!(same_bits(reel.trace_at(step), &expected[step]), Ok(()), "H({step})");
        }
    }
}

#[test]
fn the_history_of_a_synapse_is_what_its_traces_say() {
    for changes in LIVES {
        let (tape, _) = lived(changes);
        let (expected, neurons) = (straight(&tape), tape.neurons());
        let reel = Reel::new(Arc::clone(&tape), 0);
        for (from, to) in [(0, 1), (1, 0), (3, 3), (neurons - 1, 2), (5, neurons - 1), (neurons - 1, neurons - 1)] {
            let history: Vec<f32> = expected.iter().map(|trace| trace[from * neurons + to]).collect();
            assert_eq!(same_bits(&reel.synapse_history(from, to), &history), Ok(()), "from {from} to {to}");
        }
    }
}

#[test]
fn a_network_without_traces_has_none_to_show() {
    let checkpoint = trained(&[("network", "non_plastic")], 1).checkpoint().unwrap();
    let tape = Arc::new(checkpoint.specimen().episode(1).unwrap());
    let mut reel = Reel::new(Arc::clone(&tape), 0);
    assert!(reel.trace_at(0).is_empty() && reel.trace_at(tape.steps).is_empty());
    assert_eq!(reel.synapse_history(1, 2), vec![0.0; tape.steps + 1]);
}

#[test]
fn a_tape_survives_its_file_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tape.safetensors");
    for changes in [&[][..], &[("network", "non_plastic")], &[("rule", "clip"), ("clip", "0.1"), ("alpha", "yoked")]] {
        let checkpoint = trained(changes, 2).checkpoint().unwrap();
        let tape = checkpoint.specimen().episode(5).unwrap();
        tape_file::write(&path, &tape, &checkpoint.parameters).unwrap();
        let (read, parameters) = tape_file::read(TensorFile::read(&path).unwrap()).unwrap();
        assert_eq!(read, tape);
        assert_eq!(same_bits(&read.activity, &tape.activity), Ok(()));
        assert_eq!(crate::workbench::bits(&parameters), crate::workbench::bits(&checkpoint.parameters));
    }
}

#[test]
fn the_same_seed_asks_for_the_same_episode() {
    let checkpoint = trained(&[], 2).checkpoint().unwrap();
    let episode = |seed| checkpoint.specimen().episode(seed).unwrap();
    assert_eq!(episode(4), episode(4));
    assert_ne!(episode(4).drive, episode(5).drive);
}

#[test]
fn the_events_of_a_tape_cover_it_in_order() {
    let tape = trained(&[], 1).last_tape().cloned().unwrap();
    assert_eq!(tape.check(), Ok(()));
    let covered: Vec<_> = (0..tape.steps).map(|step| tape.event_at(step).unwrap().kind).collect();
    let (study, blank, probe) = (EventKind::Study, EventKind::Blank, EventKind::Probe);
    let round = [study, study, study, blank];
    assert_eq!(covered, [&round.repeat(4)[..], &[probe, probe, probe]].concat());
    let labels: Vec<_> = tape.events.iter().map(|event| tape.label(event)).collect();
    assert_eq!(labels.iter().filter(|label| *label == "study 1").count(), 2);
    assert_eq!(labels.last().unwrap(), "probe");
    let question = tape.content.question().unwrap();
    assert_eq!(question.study.len(), 2);
    assert!(question.study.iter().all(|example| example.len() == config(&[]).settings.whole("size")));
}

#[test]
fn a_span_is_played_again_and_again_until_it_is_given_up() {
    let mut clock = Clock::new(20);
    clock.set_span(Some(5..9));
    assert_eq!((clock.at(), clock.is_looping()), (5, true));
    clock.play();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..2000 {
        clock.tick(0.02);
        seen.insert(clock.at());
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [5, 6, 7, 8]);
    assert!(clock.is_playing());
    clock.pause();
    clock.seek(15);
    assert_eq!(clock.at(), 15, "the viewer may look beyond the span");
    clock.play();
    assert_eq!(clock.at(), 5, "playing takes place within it");
    clock.set_steps(7);
    assert_eq!(clock.span(), Some(&(5..7)));
    clock.set_steps(4);
    assert_eq!(clock.span(), None, "a span beyond the lifetime is none");
    clock.set_span(Some(2..2));
    assert_eq!(clock.span(), None);
    clock.set_span(Some(1..400));
    assert_eq!(clock.span(), Some(&(1..4)));
}
