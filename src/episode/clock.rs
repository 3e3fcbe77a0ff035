//! Playback as a state machine: no widgets, no wall clock, only elapsed seconds handed in.

use super::Event;
use std::ops::Range;
use std::time::Duration;

/// Steps per second at 1×.
pub const STEPS_PER_SECOND: f64 = 20.0;

/// The slowest and the fastest playback.
pub const SPEED_RANGE: std::ops::RangeInclusive<f64> = 0.1..=64.0;

/// A looping clock rests this many seconds on the last step: what a lifetime comes to is worth a look.
pub const REST_SECONDS: f64 = 2.0;

/// Where in a lifetime the viewer is, and how it moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    steps: usize,
    at: usize,
    /// The steps' worth of time that has elapsed on this step: below one, or how long the clock rests already.
    fraction: f64,
    playing: bool,
    speed: f64,
    looping: bool,
    /// The part that is played again and again, instead of everything.
    span: Option<Range<usize>>,
    /// See [`Self::horizon`].
    horizon: Option<usize>,
}

impl Clock {
    /// A clock at rest on the first of `steps` steps.
    pub fn new(steps: usize) -> Self {
        Self {
            steps: steps.max(1),
            at: 0,
            fraction: 0.0,
            playing: false,
            speed: 1.0,
            looping: false,
            span: None,
            horizon: None,
        }
    }

    /// The step being viewed, below [`Self::steps`].
    pub fn at(&self) -> usize {
        self.at
    }

    /// The last step that may be shown where a whole lifetime is drawn, as long as what comes later is to be guessed; `None`
    /// where everything may.
    pub fn horizon(&self) -> Option<usize> {
        self.horizon
    }

    /// Shows nothing after this step any more where a whole lifetime is drawn, or everything again.
    pub fn set_horizon(&mut self, last: Option<usize>) {
        self.horizon = last;
    }

    /// The step being viewed, or the last one that may be shown.
    pub fn shown(&self) -> usize {
        self.horizon.map_or(self.at, |last| self.at.min(last))
    }

    /// How many steps the lifetime has.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Whether time is passing.
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Playback speed, 1 being [`STEPS_PER_SECOND`].
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Whether the end leads back to the beginning.
    pub fn is_looping(&self) -> bool {
        self.looping
    }

    /// Turns looping on or off.
    pub fn set_looping(&mut self, looping: bool) {
        self.looping = looping;
        self.leave_rest();
    }

    /// The part that is played again and again, if one has been chosen.
    pub fn span(&self) -> Option<&Range<usize>> {
        self.span.as_ref()
    }

    /// Plays only `span` from now on, again and again, and goes to its beginning when it is elsewhere. `None`, and a
    /// span that is empty or lies beyond the lifetime, play everything.
    pub fn set_span(&mut self, span: Option<Range<usize>>) {
        let span = span.map(|span| span.start..span.end.min(self.steps)).filter(|span| !span.is_empty());
        if let Some(span) = &span {
            self.looping = true;
            if !span.contains(&self.at) {
                self.seek(span.start);
            }
        }
        self.span = span;
        self.leave_rest();
    }

    /// Takes over a lifetime of another length, staying at the same step and in the same span as far as there is one.
    pub fn set_steps(&mut self, steps: usize) {
        self.steps = steps.max(1);
        self.span = self.span.take().map(|span| span.start..span.end.min(self.steps)).filter(|span| !span.is_empty());
        if self.at >= self.steps {
            self.at = self.steps - 1;
            self.fraction = 0.0;
        }
        self.leave_rest();
    }

    /// Starts playing; from the beginning if the end has been reached or the span left.
    pub fn play(&mut self) {
        let (first, last) = self.ends();
        if self.at >= last || self.at < first {
            self.seek(first);
        }
        self.playing = true;
    }

    /// Stops where it is.
    pub fn pause(&mut self) {
        self.playing = false;
        self.fraction = 0.0;
    }

    /// Plays or pauses.
    pub fn toggle(&mut self) {
        if self.playing { self.pause() } else { self.play() }
    }

    /// Goes to `step`, or to the last one when there are fewer. Keeps playing if it was.
    pub fn seek(&mut self, step: usize) {
        self.at = step.min(self.steps - 1);
        self.fraction = 0.0;
    }

    /// Moves by some steps, backwards when negative, and pauses.
    pub fn step(&mut self, by: isize) {
        self.pause();
        self.seek(self.at.saturating_add_signed(by));
    }

    /// Sets the speed, held within [`SPEED_RANGE`]. A rest that has begun ends when it would have.
    pub fn set_speed(&mut self, speed: f64) {
        if speed.is_finite() {
            let speed = speed.clamp(*SPEED_RANGE.start(), *SPEED_RANGE.end());
            if self.is_on_rest() {
                self.fraction *= speed / self.speed;
            }
            self.speed = speed;
        }
    }

    /// Goes to the beginning of the next event after this step; answers whether there was one.
    pub fn next_event(&mut self, events: &[Event]) -> bool {
        self.jump(events.iter().map(|event| event.start).find(|&start| start > self.at))
    }

    /// Goes back to the beginning of this event, or of the one before when already there.
    pub fn previous_event(&mut self, events: &[Event]) -> bool {
        self.jump(events.iter().rev().map(|event| event.start).find(|&start| start < self.at))
    }

    /// Lets `seconds` pass, however many steps that is: where the clock is depends on the time that has passed in all,
    /// not on how it was cut into calls. Answers the steps passed through until the end, for those who want to see each.
    pub fn tick(&mut self, seconds: f64) -> Range<usize> {
        let from = self.at;
        if !self.playing || !seconds.is_finite() || seconds <= 0.0 {
            return from..from;
        }
        let (first, last) = self.ends();
        if self.looping && from > last {
            // The viewer has looked beyond the span.
            self.seek(first);
        }
        // Where the clock would be if the last step were followed by others, as many as it rests for.
        let mut position = self.at as f64 + self.fraction + seconds * STEPS_PER_SECOND * self.speed;
        if self.looping {
            let round = (last - first) as f64 + self.rest_steps();
            let past = position - (last as f64 + self.rest_steps());
            if past >= 0.0 {
                position = first as f64 + if past.is_finite() { past % round } else { 0.0 };
            }
        }
        if position < last as f64 + 1.0 {
            (self.at, self.fraction) = (position as usize, position.fract());
        } else if self.looping {
            (self.at, self.fraction) = (last, position - last as f64);
        } else {
            self.at = last;
            self.pause();
        }
        from..self.at.max(from)
    }

    /// How long until the step changes, while playing.
    pub fn time_to_next(&self) -> Duration {
        let steps = if self.is_on_rest() { self.rest_steps() } else { 1.0 };
        Duration::from_secs_f64(((steps - self.fraction) / (STEPS_PER_SECOND * self.speed)).clamp(0.001, 60.0))
    }

    /// Whether the clock is where it rests before it begins again.
    fn is_on_rest(&self) -> bool {
        self.looping && self.at == self.ends().1
    }

    /// Forgets how long the clock has rested on a step that is no longer the last.
    fn leave_rest(&mut self) {
        if self.fraction >= 1.0 && !self.is_on_rest() {
            self.fraction = 0.0;
        }
    }

    /// [`REST_SECONDS`] in steps at the present speed; at least one.
    fn rest_steps(&self) -> f64 {
        (REST_SECONDS * STEPS_PER_SECOND * self.speed).max(1.0)
    }

    /// The first and the last step that are played.
    fn ends(&self) -> (usize, usize) {
        match &self.span {
            Some(span) => (span.start, span.end - 1),
            None => (0, self.steps - 1),
        }
    }

    fn jump(&mut self, target: Option<usize>) -> bool {
        if let Some(step) = target {
            self.seek(step);
        }
        target.is_some()
    }
}
