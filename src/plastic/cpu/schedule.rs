//! Which steps need a sweep, and where key-frames of the trace are kept.

use std::ops::Range;

/// So many updates may wait for a sweep: their intermediate traces have to fit the first-level cache.
pub(super) const MOST_WAITING: usize = 32;

/// From a stored trace so many updates are done again in registers before another one is stored:
/// arithmetic that costs less than reading and writing a matrix.
pub(super) const AGAIN: usize = 3;

/// Up to so many key-frames are kept as they come; longer lifetimes keep about √T of them and rebuild
/// what lies between when the backward pass gets there.
const MOST_FRAMES: usize = 24;

/// One sweep: the updates of the steps `from..step`, then the product of step `step`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sweep {
    /// The step of the sweep before, or the first.
    pub from: usize,
    /// The step whose product is made.
    pub step: usize,
}

impl Sweep {
    /// Where x(first−1) … x(step−1) lie in activities that begin with the silent row x(−1).
    pub fn history(self, first: usize, stride: usize) -> Range<usize> {
        first * stride..(self.step + 1) * stride
    }
}

/// The sweeps of a lifetime so far.
#[derive(Debug)]
pub(super) struct Schedule {
    sweeps: Vec<Sweep>,
    /// The sweeps before which the trace was kept, ascending; the first sweep's trace always is.
    frames: Vec<usize>,
    /// After so many updates a key-frame is due.
    every: usize,
}

impl Schedule {
    /// For a lifetime in which about these steps will need a sweep.
    pub fn new(expected: &[usize]) -> Self {
        let planned = |every| Self { sweeps: Vec::new(), frames: Vec::new(), every };
        let mut rehearsal = planned(AGAIN);
        for &step in expected {
            rehearsal.push(step);
        }
        if rehearsal.frames() <= MOST_FRAMES {
            return planned(AGAIN);
        }
        let steps = expected.last().map_or(0, |last| last + 1);
        planned((AGAIN as f64 * steps as f64).sqrt() as usize)
    }

    /// All sweeps, in order.
    pub fn sweeps(&self) -> &[Sweep] {
        &self.sweeps
    }

    /// The first step whose update has not been done.
    pub fn waiting_from(&self) -> usize {
        self.sweeps.last().map_or(0, |sweep| sweep.step)
    }

    /// Plans the sweep of `step`; returns it and whether the trace before it is to be kept.
    pub fn push(&mut self, step: usize) -> (Sweep, bool) {
        let sweep = Sweep { from: self.waiting_from(), step };
        let keep = self.frames.last().is_none_or(|&frame| sweep.from - self.sweeps[frame].from >= self.every);
        if keep {
            self.frames.push(self.sweeps.len());
        }
        self.sweeps.push(sweep);
        (sweep, keep)
    }

    /// The sweeps that begin at key-frame `frame` and end before the next one.
    pub fn span(&self, frame: usize) -> Range<usize> {
        self.frames[frame]..self.frames.get(frame + 1).copied().unwrap_or(self.sweeps.len())
    }

    /// How many key-frames there are.
    pub fn frames(&self) -> usize {
        self.frames.len()
    }

    /// The sweeps within `span` whose trace is stored while the span is worked through backwards, the first one
    /// included.
    pub fn stored(&self, span: Range<usize>) -> Vec<usize> {
        let mut stored = vec![span.start];
        let mut last = self.sweeps[span.start].from;
        for index in span {
            if self.sweeps[index].from - last >= AGAIN {
                stored.push(index);
                last = self.sweeps[index].from;
            }
        }
        stored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lifetime(steps: impl IntoIterator<Item = usize>) -> Schedule {
        let steps: Vec<usize> = steps.into_iter().collect();
        let mut schedule = Schedule::new(&steps);
        for step in steps {
            schedule.push(step);
        }
        schedule
    }

    #[test]
    fn every_update_belongs_to_exactly_one_sweep() {
        let schedule = lifetime([10, 11, 12, 23, 24, 25]);
        let covered: Vec<usize> = schedule.sweeps().iter().flat_map(|sweep| sweep.from..sweep.step).collect();
        assert_eq!(covered, (0..25).collect::<Vec<_>>());
    }

    #[test]
    fn spans_of_key_frames_cover_all_sweeps_in_order() {
        for schedule in [lifetime([10, 11, 12, 23, 24, 25]), lifetime(1..200), lifetime([5])] {
            let spans: Vec<usize> = (0..schedule.frames()).flat_map(|frame| schedule.span(frame)).collect();
            assert_eq!(spans, (0..schedule.sweeps().len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_more_than_a_few_updates_are_done_again() {
        let schedule = lifetime(1..200);
        assert!(schedule.frames() < 20, "{} key-frames", schedule.frames());
        for frame in 0..schedule.frames() {
            let stored = schedule.stored(schedule.span(frame));
            for index in schedule.span(frame) {
                let base = stored.iter().rev().find(|&&stored| stored <= index).expect("the first one is stored");
                assert!(schedule.sweeps()[index].from - schedule.sweeps()[*base].from < AGAIN);
            }
        }
    }

    #[test]
    fn a_lifetime_of_long_shows_keeps_a_frame_after_each() {
        // Ten shown, three silent: the sweep after a show does eleven updates, the two that follow one each.
        let schedule = lifetime((0..15).flat_map(|show| (1..4).map(move |gap| show * 13 + 9 + gap)));
        let starts: Vec<usize> = (0..schedule.frames()).map(|frame| schedule.span(frame).start).collect();
        assert_eq!(starts[..4], [0, 1, 4, 7]);
    }
}
