//! The window for a long time: it plays off screen while a network trains, and somebody watches memory and frames.

use super::frame_time::FrameTime;
use super::picture::Picture;
use crate::train::Command;
use crate::view::training::{Phase, Training};
use anyhow::bail;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest wait between two frames.
const LONGEST_WAIT: Duration = Duration::from_millis(250);

/// Seconds of playback in a frame where frames are counted.
const FRAME_SECONDS: f64 = 1.0 / 20.0;

/// How long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Length {
    /// On the wall, drawn as a screen would.
    Minutes(f64),
    /// So many frames, one after the other, each a step of playback.
    Frames(u64),
}

/// What happens meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// A lifetime plays, and another network trains.
    PlayingAndTraining,
    /// A lifetime plays.
    Playing,
    /// Nothing changes, and every frame is drawn all the same.
    Nothing,
}

/// The frames since the last report.
#[derive(Clone, Debug, Default)]
pub struct Stretch {
    /// Since the beginning.
    pub elapsed: Duration,
    /// Since the beginning.
    pub frames: u64,
    /// What each took, in seconds: laid out, uploaded and drawn.
    pub seconds: Vec<f64>,
    /// Iterations that the network in the background has trained.
    pub iterations: u64,
}

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Soak {
    /// How long.
    pub length: Length,
    /// What happens meanwhile.
    pub doing: Doing,
    /// Width and height of the window, in points.
    pub size: [f32; 2],
}

/// Plays, and hands over what there is to say about `reports` times. Stops early where `report` says no.
///
/// # Errors
/// When nothing can draw, no run can be started, or the device fails.
pub fn soak(soak: Soak, reports: u32, report: &mut dyn FnMut(Stretch) -> bool) -> anyhow::Result<()> {
    let doing = soak.doing;
    let mut picture = Picture::new(true)?;
    picture.open(None);
    let folder = tempfile::tempdir()?;
    let mut background = Training::new(Arc::new(|| {}));
    background.runs_folder = folder.path().to_owned();
    if doing == Doing::PlayingAndTraining {
        background.start();
    }
    let clock = &mut picture.app.session.clock;
    clock.seek(0);
    if doing != Doing::Nothing {
        clock.set_looping(true);
        clock.play();
    }
    let done = watch(&mut picture, &mut background, soak, reports, report);
    background.tell(Command::Stop);
    done
}

/// Draws frame after frame. The network that trains is another than the one in view, as in a second window.
fn watch(
    picture: &mut Picture,
    background: &mut Training,
    soak: Soak,
    reports: u32,
    report: &mut dyn FnMut(Stretch) -> bool,
) -> anyhow::Result<()> {
    let (begun, mut frame_time, mut told) = (Instant::now(), FrameTime::default(), 0);
    let (mut stretch, mut notices, mut trained) = (Stretch::default(), Vec::new(), 0);
    loop {
        let elapsed = begun.elapsed();
        let seconds = match soak.length {
            Length::Minutes(_) => frame_time.begin(elapsed),
            Length::Frames(_) => FRAME_SECONDS,
        };
        let before = Instant::now();
        let wait = picture.frame(soak.size, 1.0, seconds)?;
        stretch.seconds.push(before.elapsed().as_secs_f64());
        background.update(&mut notices);
        match background.phase() {
            Phase::Failed(reason) => bail!("the run in the background failed: {reason}"),
            // A run is over before the time is: the next one.
            Phase::Finished => {
                trained += background.iteration();
                background.start();
            }
            _ => {}
        }
        (stretch.elapsed, stretch.iterations) = (begun.elapsed(), trained + background.iteration());
        stretch.frames += 1;
        let share = match soak.length {
            Length::Minutes(minutes) => stretch.elapsed.as_secs_f64() / (60.0 * minutes),
            Length::Frames(frames) => stretch.frames as f64 / frames as f64,
        };
        if share * f64::from(reports) >= f64::from(told + 1) || share >= 1.0 {
            told = (share * f64::from(reports)) as u32;
            let next = Stretch { frames: stretch.frames, ..Stretch::default() };
            if !report(std::mem::replace(&mut stretch, next)) || share >= 1.0 {
                return Ok(());
            }
        }
        if matches!(soak.length, Length::Minutes(_)) {
            std::thread::sleep(wait.min(LONGEST_WAIT));
        }
    }
}
