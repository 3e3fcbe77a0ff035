//! One stroke: a curve through knots, some of which are corners, and the turtle that lays them.

use std::f32::consts::PI;

/// A place: x to the right, y down.
pub(super) type Point = [f32; 2];

/// The longest piece of an arc between two knots, as an angle.
const ARC: f32 = PI / 3.5;

/// A straight way of more than this has a knot in its middle, so that a hand can bend it.
const STRAIGHT: f32 = 0.45;

/// A place that a stroke passes through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Knot {
    pub at: Point,
    /// Whether the direction changes all at once.
    pub is_corner: bool,
}

/// What is drawn without lifting the pen; a single knot is a dot.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stroke {
    pub knots: Vec<Knot>,
}

impl Stroke {
    /// This stroke with every knot elsewhere.
    pub fn moved(&self, to: impl Fn(Point) -> Point) -> Self {
        Self { knots: self.knots.iter().map(|knot| Knot { at: to(knot.at), ..*knot }).collect() }
    }

    /// Whether it is no more than a dot.
    pub fn is_dot(&self) -> bool {
        self.knots.len() == 1
    }

    /// The knot nearest to a share, from zero to one, of the way through the knots.
    pub fn place(&self, share: f32) -> Point {
        self.knots[(share * (self.knots.len() - 1) as f32).round() as usize].at
    }

    /// Points along the curve, at most `step` apart.
    pub fn curve(&self, step: f32) -> Vec<Point> {
        let mut points = vec![self.knots[0].at];
        for span in 1..self.knots.len() {
            let [from, to] = [self.knots[span - 1].at, self.knots[span].at];
            let chord = minus(to, from);
            let length = norm(chord);
            // Where a curve begins or ends, its curvature goes on.
            let [leaving, arriving] = match [self.direction(span - 1), self.direction(span)] {
                [None, None] => [chord; 2],
                [Some(leaving), None] => [times(leaving, length), open_end(chord, times(leaving, length))],
                [None, Some(arriving)] => [open_end(chord, times(arriving, length)), times(arriving, length)],
                [Some(leaving), Some(arriving)] => [times(leaving, length), times(arriving, length)],
            };
            let count = (length / step).ceil().max(1.0);
            for index in 1..=count as usize {
                let t = index as f32 / count;
                let (a, b, c) = (t * t * (3.0 - 2.0 * t), t * (1.0 - t) * (1.0 - t), t * t * (t - 1.0));
                points.push([0, 1].map(|axis| from[axis] + a * chord[axis] + b * leaving[axis] + c * arriving[axis]));
            }
        }
        points
    }

    /// The direction in which the curve passes a knot; `None` at corners and ends. That of the parabola through it and
    /// its neighbours: curves stay fair where knots are not evenly spaced.
    fn direction(&self, knot: usize) -> Option<Point> {
        let Knot { at, is_corner } = self.knots[knot];
        if is_corner || knot == 0 || knot + 1 == self.knots.len() {
            return None;
        }
        let [before, after] = [minus(at, self.knots[knot - 1].at), minus(self.knots[knot + 1].at, at)];
        let [back, ahead] = [norm(before).max(1e-6), norm(after).max(1e-6)];
        Some([0, 1].map(|axis| (before[axis] / back * ahead + after[axis] / ahead * back) / (back + ahead)))
    }
}

/// Half of the curvature that the other end asks for.
fn open_end(chord: Point, other: Point) -> Point {
    [0, 1].map(|axis| 1.5 * chord[axis] - 0.5 * other[axis])
}

/// The corners of the box around some points: the least and the largest coordinates.
pub(super) fn bounds<'a>(points: impl IntoIterator<Item = &'a Point>) -> [Point; 2] {
    points.into_iter().fold([[f32::INFINITY; 2], [f32::NEG_INFINITY; 2]], |[low, high], point| {
        [[0, 1].map(|axis| low[axis].min(point[axis])), [0, 1].map(|axis| high[axis].max(point[axis]))]
    })
}

pub(super) fn minus(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1]]
}

pub(super) fn times(a: Point, factor: f32) -> Point {
    a.map(|value| value * factor)
}

pub(super) fn norm([x, y]: Point) -> f32 {
    (x * x + y * y).sqrt()
}

/// A point turned around the origin; an angle in radians, from right to down.
pub(super) fn rotated([x, y]: Point, angle: f32) -> Point {
    // Of the library, not of the machine: the same bits everywhere.
    let (sine, cosine) = libm::sincosf(angle);
    [cosine * x - sine * y, sine * x + cosine * y]
}

/// Lays the knots of a stroke by moves.
#[derive(Debug)]
pub(super) struct Turtle {
    at: Point,
    heading: f32,
    knots: Vec<Knot>,
}

impl Turtle {
    /// At the origin, about to move to the right.
    pub fn new() -> Self {
        Self { at: [0.0; 2], heading: 0.0, knots: vec![Knot { at: [0.0; 2], is_corner: false }] }
    }

    fn step(&mut self, length: f32) {
        let step = rotated([length, 0.0], self.heading);
        self.at = [self.at[0] + step[0], self.at[1] + step[1]];
        self.knots.push(Knot { at: self.at, is_corner: false });
    }

    /// Straight ahead.
    pub fn forward(mut self, length: f32) -> Self {
        let pieces = if length > STRAIGHT { 2 } else { 1 };
        for _ in 0..pieces {
            self.step(length / pieces as f32);
        }
        self
    }

    /// Around a circle; by an angle that is positive to the right.
    pub fn arc(mut self, radius: f32, sweep: f32) -> Self {
        let pieces = (sweep.abs() / ARC).ceil().max(1.0);
        let piece = sweep / pieces;
        for _ in 0..pieces as usize {
            self.heading += piece / 2.0;
            self.step(2.0 * radius * libm::sinf(piece.abs() / 2.0));
            self.heading += piece / 2.0;
        }
        self
    }

    /// Turn where it stands, which makes a corner.
    pub fn turn(mut self, angle: f32) -> Self {
        self.heading += angle;
        self.knots.last_mut().expect("it began somewhere").is_corner = true;
        self
    }

    /// What was laid.
    pub fn stroke(self) -> Stroke {
        Stroke { knots: self.knots }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arc_stays_at_its_radius() {
        let circle = Turtle::new().arc(2.0, 2.0 * PI).stroke();
        for point in circle.curve(0.05) {
            // To the right of where it began, which is below. Both ends are somewhat straighter than the rest.
            let radius = norm(minus(point, [0.0, 2.0]));
            assert!((radius - 2.0).abs() < if norm(point) < 1.8 { 0.09 } else { 0.03 }, "{point:?}");
        }
    }

    #[test]
    fn curves_pass_through_knots_and_are_sharp_only_at_corners() {
        let moves = |is_corner| {
            let turtle = Turtle::new().forward(0.4);
            if is_corner { turtle.turn(PI / 2.0).forward(0.4) } else { turtle.arc(0.3, PI / 2.0).forward(0.4) }
        };
        for is_corner in [false, true] {
            let stroke = moves(is_corner).stroke();
            let points = stroke.curve(0.01);
            for Knot { at, .. } in &stroke.knots {
                let nearest = points.iter().map(|&point| norm(minus(point, *at))).fold(f32::INFINITY, f32::min);
                assert!(nearest < 1e-6, "{at:?} is left out");
            }
            let cosine = points.windows(3).map(|three| {
                let [a, b] = [minus(three[1], three[0]), minus(three[2], three[1])];
                (a[0] * b[0] + a[1] * b[1]) / (norm(a) * norm(b))
            });
            let sharpest = cosine.fold(1.0, f32::min);
            assert!(if is_corner { sharpest.abs() < 1e-3 } else { sharpest > 0.98 }, "{sharpest}");
            assert!(points.windows(2).all(|two| norm(minus(two[1], two[0])) < 0.02));
        }
    }
}
