//! How long a frame took, as a clock on the wall says. egui's own measure, `stable_dt`, is made for animations: after a
//! wait it counts a frame of the display, however long the wait was.

use std::time::Duration;

/// After this long without a frame nobody has been looking: the machine slept, the window was hidden or the program
/// stopped. Playback itself never waits half as long for its next step.
pub const LONGEST: Duration = Duration::from_secs(5);

/// The time between frames, measured by a clock that is handed in and only goes forward.
#[derive(Debug, Default)]
pub struct FrameTime {
    last: Option<Duration>,
}

impl FrameTime {
    /// A frame begins at `now`, which counts from any fixed instant: the seconds since the frame before. None have
    /// passed before the first frame, nor in an absence longer than [`LONGEST`]: what was playing goes on from where it
    /// was left.
    pub fn begin(&mut self, now: Duration) -> f64 {
        let last = self.last.replace(now).unwrap_or(now);
        let elapsed = now.saturating_sub(last);
        if elapsed > LONGEST { 0.0 } else { elapsed.as_secs_f64() }
    }
}
