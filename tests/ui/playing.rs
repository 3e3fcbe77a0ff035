//! Playback in the window goes by the clock on the wall, whatever frames do.

use crate::ui::window::small_checkpoint;
use hebbscope::episode::clock::{REST_SECONDS, STEPS_PER_SECOND};
use hebbscope::episode::{EventKind, Tape};
use hebbscope::train::Bundled;
use hebbscope::ui::App;
use hebbscope::ui::frame_time::{FrameTime, LONGEST};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Frames of a display, of a slow machine, and worse.
const FRAMES: [f64; 5] = [1.0 / 60.0, 0.3, 2.0, 1.0 / 144.0, 0.11];

/// The window on a network that has just been opened, at 1×.
fn opened(folder: &Path) -> App {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.open(small_checkpoint(folder, &[("rounds", "20")]));
    app.session.settle();
    assert!(app.session.notices.is_empty(), "{:?}", app.session.notices);
    app.session.clock.set_speed(1.0);
    app
}

/// One frame at `now`, without an event of any kind; answers how long the window wants to wait for the next.
fn frame(context: &egui::Context, app: &mut App, frame_time: &mut FrameTime, now: f64) -> Duration {
    let input = egui::RawInput { time: Some(now), ..egui::RawInput::default() };
    let seconds = frame_time.begin(Duration::from_secs_f64(now));
    let output = context.run_ui(input, |ui| {
        app.advance(ui.ctx(), seconds);
        app.ui(ui);
    });
    let _discarded = context.tessellate(output.shapes, 1.0);
    output.viewport_output[&egui::ViewportId::ROOT].repaint_delay
}

/// The step of a lifetime that has been played from its beginning for so long.
fn step_after(tape: &Tape, seconds: f64) -> usize {
    let last = tape.steps as f64 - 1.0;
    let position = seconds * STEPS_PER_SECOND;
    ((position % (last + REST_SECONDS * STEPS_PER_SECOND)).min(last)) as usize
}

fn tape(app: &App) -> Arc<Tape> {
    Arc::clone(app.session.scene().unwrap().tape())
}

#[test]
fn what_is_opened_plays_from_the_first_thing_to_be_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let app = opened(folder.path());
    let first = tape(&app).events.iter().find(|event| event.kind == EventKind::Study).unwrap().start;
    assert_eq!((app.session.clock.at(), app.session.clock.is_playing()), (first, true));
}

#[test]
fn the_first_recall_is_seen_within_ten_seconds_and_an_agent_can_be_followed() {
    for (network, seconds) in [(Bundled::Patterns, 6.0), (Bundled::Images, 6.0), (Bundled::Letters, 6.0)] {
        let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
        app.session.open_bundled(network);
        app.session.settle();
        let clock = &app.session.clock;
        let probe = tape(&app).events.iter().find(|event| event.kind == EventKind::Probe).unwrap().start;
        let until = (probe - clock.at()) as f64 / (STEPS_PER_SECOND * clock.speed());
        assert!((2.0..seconds).contains(&until), "{network:?} is asked after {until} s");
    }
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open_bundled(Bundled::Omniglot);
    app.session.settle();
    let a_drawing = 1.0 / (STEPS_PER_SECOND * app.session.clock.speed());
    assert!((0.3..0.6).contains(&a_drawing), "a drawing is seen for {a_drawing} s");
    for network in [Bundled::Agent, Bundled::ModulatedAgent] {
        let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
        app.session.open_bundled(network);
        app.session.settle();
        assert_eq!(app.session.clock.speed(), 1.0);
    }
}

#[test]
fn frames_of_any_length_show_the_step_that_the_clock_on_the_wall_says() {
    let folder = tempfile::tempdir().unwrap();
    let (context, mut app, mut frame_time) = (egui::Context::default(), opened(folder.path()), FrameTime::default());
    let tape = tape(&app);
    let begun = 1000.0;
    frame(&context, &mut app, &mut frame_time, begun);
    assert_eq!(app.session.clock.at(), 0, "a first frame passes no time");
    let mut now = begun;
    let mut seen = std::collections::HashSet::new();
    for index in 0..120 {
        now += FRAMES[index * index % FRAMES.len()];
        frame(&context, &mut app, &mut frame_time, now);
        let expected = [-1e-6, 1e-6].map(|error| step_after(&tape, now - begun + error));
        let at = app.session.clock.at();
        assert!(expected.contains(&at), "step {at}, not {expected:?}, after {} s", now - begun);
        seen.insert(at);
    }
    assert!(seen.len() > 40, "{} steps", seen.len());
}

#[test]
fn a_window_that_nobody_touches_wakes_up_for_every_step_and_at_the_end_of_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let (context, mut app, mut frame_time) = (egui::Context::default(), opened(folder.path()), FrameTime::default());
    let tape = tape(&app);
    let begun = 50.0;
    // A fast machine, and one that draws three frames a second.
    for slowest in [0.0, 0.33] {
        let mut now = begun + 100.0 * slowest;
        app.session.clock.seek(0);
        let mut delay = frame(&context, &mut app, &mut frame_time, now);
        // Settled: what egui asks for at the start has been drawn.
        for _ in 0..8 {
            delay = frame(&context, &mut app, &mut frame_time, now);
        }
        app.session.clock.seek(0);
        let (played_from, mut frames) = (now, 0);
        while now < played_from + 15.0 {
            assert!(delay <= Duration::from_secs_f64(REST_SECONDS), "the next frame would be in {delay:?}");
            now += delay.as_secs_f64().max(slowest).max(0.002);
            delay = frame(&context, &mut app, &mut frame_time, now);
            frames += 1;
            let at = app.session.clock.at();
            let expected = [-0.01, 0.01].map(|error| step_after(&tape, now - played_from + error));
            assert!(expected.contains(&at), "step {at}, not {expected:?}, after {} s", now - played_from);
        }
        assert!(frames < 3 * (15.0 * STEPS_PER_SECOND) as usize, "{frames} frames, far more than steps");
    }
}

#[test]
fn a_machine_that_has_slept_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (context, mut app, mut frame_time) = (egui::Context::default(), opened(folder.path()), FrameTime::default());
    frame(&context, &mut app, &mut frame_time, 10.0);
    frame(&context, &mut app, &mut frame_time, 10.26);
    assert_eq!(app.session.clock.at(), 5);
    for absence in [LONGEST.as_secs_f64() + 0.1, 3600.0 * 9.0, 1e9] {
        frame(&context, &mut app, &mut frame_time, 10.26 + absence);
        assert_eq!((app.session.clock.at(), app.session.clock.is_playing()), (5, true));
        // A clock that goes backwards, as none should, moves nothing either.
        frame(&context, &mut app, &mut frame_time, 10.26);
        assert_eq!(app.session.clock.at(), 5);
    }
}

#[test]
fn what_has_just_come_into_view_has_not_been_played_by_the_time_it_took_to_come() {
    let folder = tempfile::tempdir().unwrap();
    let (context, mut app, mut frame_time) = (egui::Context::default(), opened(folder.path()), FrameTime::default());
    frame(&context, &mut app, &mut frame_time, 10.0);
    app.session.new_episode(false);
    let mut now = 10.0;
    while app.session.loading().is_some() {
        std::thread::sleep(Duration::from_millis(2));
        now += 1.9;
        frame(&context, &mut app, &mut frame_time, now);
    }
    assert_eq!((app.session.clock.at(), app.session.clock.is_playing()), (0, true));
}
