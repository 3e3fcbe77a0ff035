//! Where the steps of a lifetime stand on a line: as far apart as each other, but for spans that would be too narrow to
//! be seen or hit.

use crate::episode::{Event, EventKind};
use std::ops::Range;

/// The least width of a span, in points, as long as that leaves the other steps room: the word "probe" fits.
pub const LEAST: f32 = 38.0;

/// The other steps keep at least this part of the width that they would have.
const KEPT: f64 = 0.5;

/// From steps to places and back: piecewise linear and strictly increasing, from 0 at the beginning of the first step to
/// [`Axis::width`] at the end of the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Step and place of every corner, the first and the last among them.
    corners: Vec<(f64, f64)>,
}

impl Axis {
    /// The axis of `steps` steps, `width` points wide. Probes come out at least [`LEAST`] points wide, and studies too
    /// where there is room; where there is none, probes are as wide as leaves the other steps half of what they had.
    pub fn new(steps: usize, events: &[Event], width: f32) -> Self {
        let (steps, width) = (steps.max(1), f64::from(width.max(1.0)));
        let least = f64::from(LEAST);
        let all = spans(events, steps, |kind| matches!(kind, EventKind::Probe | EventKind::Study));
        let probes = spans(events, steps, |kind| kind == EventKind::Probe);
        let kept = KEPT * width / steps as f64;
        let fits = |spans: &[Range<usize>], least: f64| density(spans, least, steps, width) >= kept;
        if fits(&all, least) {
            return Self::of(&all, least, steps, width);
        }
        let (mut low, mut high) = (0.0, least);
        if fits(&probes, least) {
            low = least;
        }
        // Narrower than wanted, but as wide as can be.
        while high - low > 0.01 {
            let middle = f64::midpoint(low, high);
            if fits(&probes, middle) { low = middle } else { high = middle }
        }
        Self::of(&probes, low, steps, width)
    }

    fn of(spans: &[Range<usize>], least: f64, steps: usize, width: f64) -> Self {
        let density = density(spans, least, steps, width);
        let mut corners = vec![(0.0, 0.0)];
        let (mut step, mut place) = (0, 0.0);
        for span in spans.iter().filter(|span| span.len() as f64 * density < least) {
            place += (span.start - step) as f64 * density;
            corners.push((span.start as f64, place));
            place += least;
            corners.push((span.end as f64, place));
            step = span.end;
        }
        corners.push((steps as f64, width));
        // A span at the very beginning or end has its corner already.
        corners.dedup_by(|next, before| next.0 <= before.0);
        if let Some(last) = corners.last_mut() {
            last.1 = width;
        }
        Self { corners }
    }

    /// How wide it is, in points.
    pub fn width(&self) -> f32 {
        self.corners.last().map_or(0.0, |(_, place)| *place as f32)
    }

    /// The place of the beginning of a step, or of a part of a step after it.
    pub fn place_of(&self, step: f32) -> f32 {
        self.map(f64::from(step), |&(step, _)| step, |&(_, place)| place) as f32
    }

    /// The step at a place; the first or the last one beyond the ends.
    pub fn step_at(&self, place: f32) -> usize {
        let steps = self.corners.last().map_or(1.0, |(step, _)| *step);
        let step = self.map(f64::from(place), |&(_, place)| place, |&(step, _)| step);
        step.clamp(0.0, steps - 1.0) as usize
    }

    /// Whether a step is drawn wider than others.
    pub fn is_widened(&self, step: usize) -> bool {
        let widths = self.corners.windows(2).map(|pair| (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0));
        let narrowest = widths.fold(f64::INFINITY, f64::min);
        let own = f64::from(self.place_of(step as f32 + 1.0) - self.place_of(step as f32));
        own > narrowest * 1.01
    }

    fn map(&self, at: f64, from: impl Fn(&(f64, f64)) -> f64, to: impl Fn(&(f64, f64)) -> f64) -> f64 {
        let last = self.corners.len() - 1;
        let after = self.corners.partition_point(|corner| from(corner) <= at).clamp(1, last);
        let [before, after] = [after - 1, after].map(|corner| &self.corners[corner]);
        let share = (at - from(before)) / (from(after) - from(before));
        to(before) + share * (to(after) - to(before))
    }
}

/// The spans of events that `wanted` picks, none over another.
fn spans(events: &[Event], steps: usize, wanted: impl Fn(EventKind) -> bool) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    for event in events.iter().filter(|event| wanted(event.kind)) {
        let begin = spans.last().map_or(0, |span| span.end).max(event.start);
        let end = event.start.saturating_add(event.steps).min(steps);
        if begin < end {
            spans.push(begin..end);
        }
    }
    spans
}

/// Points for a step outside of spans, where no span is narrower than `least`; zero where nothing is left for them.
fn density(spans: &[Range<usize>], least: f64, steps: usize, width: f64) -> f64 {
    let mut density = width / steps as f64;
    let mut widened = 0;
    // Whatever is widened makes the rest narrower, which may make more of it too narrow.
    loop {
        let narrow = spans.iter().filter(|span| span.len() as f64 * density < least);
        let (count, taken) = narrow.fold((0, 0), |(count, taken), span| (count + 1, taken + span.len()));
        let left = width - count as f64 * least;
        if left <= 0.0 || taken == steps {
            return 0.0;
        }
        if count == widened {
            return density;
        }
        widened = count;
        density = left / (steps - taken) as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: EventKind, start: usize, steps: usize) -> Event {
        Event { kind, start, steps, index: None }
    }

    /// Studies of twenty steps, and a probe of three: the bundled network of images.
    fn images() -> (usize, Vec<Event>) {
        let studies = (0..9).map(|study| event(EventKind::Study, study * 23, 20));
        (210, studies.chain([event(EventKind::Probe, 207, 3)]).collect())
    }

    fn lifetimes() -> Vec<(usize, Vec<Event>)> {
        let moments = |kind, every| (0..200).step_by(every).map(move |step| event(kind, step, 1));
        let mut maze: Vec<Event> = moments(EventKind::Reward, 2).chain(moments(EventKind::Bump, 3)).collect();
        maze.sort_by_key(|event| event.start);
        let crowd = (0..500).map(|probe| event(EventKind::Probe, probe * 20, 3)).collect();
        let first = vec![event(EventKind::Probe, 0, 1), event(EventKind::Study, 1, 2), event(EventKind::Blank, 3, 1)];
        let whole = vec![event(EventKind::Study, 0, 5), event(EventKind::Study, 2, 4), event(EventKind::Probe, 6, 1)];
        let everywhere = (0..60).map(|study| event(EventKind::Study, study, 1)).collect();
        vec![
            images(),
            (200, maze),
            (10_000, crowd),
            (300, first),
            (7, whole),
            (60, everywhere),
            (1, vec![event(EventKind::Probe, 0, 1)]),
            (10_000, vec![event(EventKind::Probe, 9_999, 1)]),
            (205, Vec::new()),
        ]
    }

    #[test]
    fn places_grow_with_the_steps_and_lead_back_to_every_one_of_them() {
        for (steps, events) in lifetimes() {
            for width in [60.0, 511.0, 890.5, 2400.0] {
                let axis = Axis::new(steps, &events, width);
                assert_eq!((axis.place_of(0.0), axis.place_of(steps as f32), axis.width()), (0.0, width, width));
                for step in 0..steps {
                    let [left, middle, right] = [0.0, 0.5, 1.0].map(|part| axis.place_of(step as f32 + part));
                    assert!(left < middle && middle < right, "step {step} of {steps} at {width}: {left} … {right}");
                    assert_eq!(axis.step_at(middle), step, "of {steps} at {width}");
                    let room = right - left;
                    assert_eq!(axis.step_at(left + room * 0.02), step, "of {steps} at {width}");
                    assert_eq!(axis.step_at(right - room * 0.02), step, "of {steps} at {width}");
                    let usual = width / steps as f32;
                    assert!(room > usual * 0.49, "step {step} of {steps} at {width}: {room} of {usual}");
                }
                assert_eq!([-5.0, width + 5.0].map(|place| axis.step_at(place)), [0, steps - 1]);
            }
        }
    }

    #[test]
    fn a_short_probe_is_wide_enough_and_steps_outside_of_spans_are_alike() {
        let (steps, events) = images();
        for width in [511.0, 890.0] {
            let axis = Axis::new(steps, &events, width);
            let wide = axis.place_of(210.0) - axis.place_of(207.0);
            assert!((wide - LEAST).abs() < 1e-3, "{wide} at {width}");
            let widths: Vec<f32> =
                (0..207).map(|step| axis.place_of(step as f32 + 1.0) - axis.place_of(step as f32)).collect();
            assert!(widths.iter().all(|width| (width - widths[0]).abs() < 1e-3), "{widths:?}");
            assert!(axis.is_widened(208) && !axis.is_widened(100));
        }
        // Where it is wide enough anyway, nothing is moved.
        let axis = Axis::new(40, &[event(EventKind::Probe, 30, 10)], 400.0);
        assert!((axis.place_of(17.0) - 170.0).abs() < 1e-3 && !axis.is_widened(35));
        // A crowd of probes shares half of the line and no more.
        let crowd: Vec<Event> = (0..500).map(|probe| event(EventKind::Probe, probe * 20, 3)).collect();
        let axis = Axis::new(10_000, &crowd, 900.0);
        assert!(axis.place_of(9_983.0) - axis.place_of(9_980.0) > 0.6);
    }
}
