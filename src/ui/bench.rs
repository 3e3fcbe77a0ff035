//! The CPU work of a frame, measured without a display: advance, lay out, tessellate.
//!
//! What is shown is the heaviest the window is meant for: 1001 neurons with H, w and α as live heatmaps at
//! 1280×800, a curve of 100 000 points, playback at full rate, and a second network training meanwhile.
//! Work on the graphics device and the upload of textures are not in it.

use super::app::App;
use crate::train::{Bundled, Command, Point};
use crate::view::scene::{self, Scene};
use crate::view::session::record::RunRecord;
use crate::view::training::Phase;
use anyhow::bail;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Frames that are timed.
const FRAMES: usize = 400;

/// Points of the curve.
const POINTS: usize = 100_000;

/// Seconds of playback between two frames.
const FRAME_SECONDS: f64 = 1.0 / 60.0;

/// What was measured, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct WindowBench {
    /// Half of the frames take less.
    pub median: f64,
    /// All but one frame of a hundred take less.
    pub slow: f64,
    /// The slowest frame.
    pub slowest: f64,
    /// The slowest frame in which a snapshot of training was taken in.
    pub arrival: f64,
    /// From nothing to the first frame of the bundled network.
    pub first_frame: f64,
    /// Frames that a resting window asks for in ten seconds.
    pub idle_frames: u32,
}

/// Measures.
///
/// # Errors
/// When the bundled network cannot be opened or no run can be started.
pub fn measure() -> anyhow::Result<WindowBench> {
    let context = egui::Context::default();
    let begun = Instant::now();
    let mut app = App::new(&context, Arc::new(|| {}));
    app.session.open_bundled(Bundled::default());
    app.session.settle();
    frame(&context, &mut app, 0.0);
    let first_frame = begun.elapsed().as_secs_f64();
    let idle_frames = idle(&context, &mut app);

    let folder = tempfile::tempdir()?;
    app.session.training.runs_folder = folder.path().to_owned();
    let mut seconds = playback(&context, &mut app)?;
    let arrival = arrivals(&context, &mut app)?;
    seconds.sort_by(f64::total_cmp);
    let at = |share: f64| seconds[((seconds.len() - 1) as f64 * share) as usize];
    Ok(WindowBench { median: at(0.5), slow: at(0.99), slowest: at(1.0), arrival, first_frame, idle_frames })
}

/// One frame; answers the seconds of CPU work on this thread and what the window asks for next.
fn frame(context: &egui::Context, app: &mut App, seconds: f64) -> (f64, Duration) {
    let size = egui::vec2(1280.0, 800.0);
    let input = egui::RawInput {
        screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size)),
        predicted_dt: FRAME_SECONDS as f32,
        ..egui::RawInput::default()
    };
    let begun = Instant::now();
    app.advance(context, seconds);
    let output = context.run_ui(input, |ui| app.ui(ui));
    let _meshes = context.tessellate(output.shapes, 1.0);
    let next = output.viewport_output.get(&egui::ViewportId::ROOT).map_or(Duration::MAX, |root| root.repaint_delay);
    (begun.elapsed().as_secs_f64(), next)
}

/// Frames that a paused window asks for in ten seconds, once it has settled.
fn idle(context: &egui::Context, app: &mut App) -> u32 {
    app.session.clock.pause();
    for _ in 0..10 {
        frame(context, app, FRAME_SECONDS);
    }
    let mut left = Duration::from_secs(10);
    let mut frames = 0;
    loop {
        let (_, next) = frame(context, app, 0.0);
        match left.checked_sub(next.max(Duration::from_millis(1))) {
            Some(rest) => left = rest,
            None => return frames,
        }
        frames += 1;
    }
}

/// The frames of a lifetime played at 4× while a network trains.
fn playback(context: &egui::Context, app: &mut App) -> anyhow::Result<Vec<f64>> {
    let mut still = scene::bundled(Bundled::default())?;
    let points = (0..POINTS)
        .map(|index| {
            let noise = ((index * 7919) % 1000) as f32 / 1000.0;
            Point { loss: 1.0 + noise, measure: 0.3 * noise, eta: 0.01, grad_norm: 10.0 * noise }
        })
        .collect();
    still.record = None;
    app.session.show_still(crate::view::export::Still {
        scene: still.scene,
        at: 0,
        record: Arc::new(RunRecord { points, validations: Vec::new() }),
        shelf: crate::view::lifetimes::Shelf::default(),
        intervention_evaluations: crate::view::evaluations::interventions::InterventionEvaluations::default(),
        compared: crate::view::comparison::Compared::default(),
        pinned: None,
        order: None,
        seen: crate::view::export::Seen::default(),
    });
    let mut background = crate::view::training::Training::new(Arc::new(|| {}));
    background.runs_folder = app.session.training.runs_folder.clone();
    background.start();
    let mut notices = Vec::new();
    wait(|| {
        background.update(&mut notices);
        background.iteration() > 0 || !background.is_active()
    });
    app.session.clock.set_looping(true);
    app.session.clock.set_speed(4.0);
    app.session.clock.play();
    for _ in 0..20 {
        frame(context, app, FRAME_SECONDS);
    }
    let seconds = (0..FRAMES).map(|_| frame(context, app, FRAME_SECONDS).0).collect();
    background.update(&mut notices);
    match background.phase() {
        Phase::Failed(reason) => bail!("the run in the background failed: {reason}"),
        _ => background.tell(Command::Stop),
    }
    Ok(seconds)
}

/// The slowest frame in which the window takes in what training has sent, over five arrivals.
fn arrivals(context: &egui::Context, app: &mut App) -> anyhow::Result<f64> {
    app.session.start_training();
    let mut slowest: f64 = 0.0;
    let mut shown = app.session.scene().map(Scene::identity);
    let mut arrived = 0;
    wait(|| {
        let (seconds, _) = frame(context, app, FRAME_SECONDS);
        let now = app.session.scene().map(Scene::identity);
        if now != shown {
            (shown, arrived) = (now, arrived + 1);
            slowest = slowest.max(seconds);
        }
        arrived >= 5 || matches!(app.session.training.phase(), Phase::Failed(_))
    });
    if let Phase::Failed(reason) = app.session.training.phase() {
        bail!("the run in the window failed: {reason}");
    }
    app.session.training.tell(Command::Stop);
    Ok(slowest)
}

/// Waits for other threads, without taking the processor away from them.
fn wait(mut done: impl FnMut() -> bool) {
    while !done() {
        std::thread::sleep(Duration::from_millis(2));
    }
}
