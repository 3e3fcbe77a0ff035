//! What part of a curve is seen: all of it while it grows, or what the viewer has chosen. No widget is in it.

use super::axis::Span;

/// The shortest part of the values that can be seen, as a share of the whole.
const CLOSEST: f64 = 1e-6;

/// The longest part of an axis, as a multiple of the whole.
const FARTHEST: f64 = 3.0;

/// The part of both axes that is seen, in the axes' own units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Iterations.
    pub x: Span,
    /// Values.
    pub y: Span,
}

/// What part of a curve is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum View {
    /// Everything, also what is still to come.
    #[default]
    Following,
    /// What the viewer has chosen. New numbers do not move it.
    Held {
        /// Iterations.
        x: Span,
        /// Values; `None` until the next frame chooses those of the iterations in view.
        y: Option<Span>,
    },
}

impl View {
    /// Whether new numbers move it.
    pub fn is_following(&self) -> bool {
        *self == Self::Following
    }

    /// Sees everything again.
    pub fn follow(&mut self) {
        *self = Self::Following;
    }

    /// The values mean something else now: iterations stay in view, values are chosen anew.
    pub fn values_changed(&mut self) {
        if let Self::Held { y, .. } = self {
            *y = None;
        }
    }

    /// What is seen now. `all` are the iterations there are, `values` those of a span of iterations.
    pub fn bounds(&mut self, all: Span, values: impl FnOnce(Span) -> Span) -> Bounds {
        match self {
            Self::Following => Bounds { x: all, y: values(all) },
            Self::Held { x, y } => Bounds { x: *x, y: *y.get_or_insert_with(|| values(*x)) },
        }
    }

    /// Keeps what is given.
    pub fn hold(&mut self, bounds: Bounds) {
        if bounds.x.length() > 0.0 && bounds.y.length() > 0.0 {
            *self = Self::Held { x: bounds.x, y: Some(bounds.y) };
        }
    }

    /// Moves what is seen by a share of its size, to later iterations and larger values.
    pub fn pan(&mut self, seen: Bounds, all: Bounds, by: [f64; 2]) {
        let moved = |span: Span, whole: Span, share: f64| {
            let by = share * span.length();
            // Something of the curve stays in view.
            let by = by.clamp((whole.from - span.at(0.9)).min(0.0), (whole.to - span.at(0.1)).max(0.0));
            Span::new(span.from + by, span.to + by)
        };
        self.hold(Bounds { x: moved(seen.x, all.x, by[0]), y: moved(seen.y, all.y, by[1]) });
    }

    /// Comes closer by a factor along each axis, farther below one; the place at the shares `at` stays where it is.
    /// Of the axis of iterations at least `shortest` stays in view.
    pub fn zoom(&mut self, seen: Bounds, all: Bounds, shortest: f64, factor: [f64; 2], at: [f64; 2]) {
        let zoomed = |span: Span, whole: Span, shortest: f64, factor: f64, share: f64| {
            let longest = (FARTHEST * whole.length()).max(span.length());
            let shortest = shortest.min(span.length());
            let length = (span.length() / factor).clamp(shortest, longest);
            let fixed = span.at(share);
            Span::new(fixed - share * length, fixed + (1.0 - share) * length)
        };
        self.hold(Bounds {
            x: zoomed(seen.x, all.x, shortest, factor[0], at[0]),
            y: zoomed(seen.y, all.y, CLOSEST * all.y.length(), factor[1], at[1]),
        });
    }
}

/// The last iteration that is in view while a run of `planned` iterations has `done` some: it moves in steps, so that
/// a growing curve stands still most of the time.
pub fn last_in_view(done: u64, planned: u64) -> u64 {
    if done >= planned {
        return done;
    }
    let mut step = 10;
    loop {
        for end in [step, 2 * step, 5 * step] {
            if end >= done {
                return end.min(planned);
            }
        }
        step *= 10;
    }
}
