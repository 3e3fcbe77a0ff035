//! Drawings of a map apart: those that would hide one another move aside, as little as they must. No widget in it.

use egui::{Pos2, Rect, Vec2};

/// The smallest and the largest side of a drawing, and which share of the map it takes.
const SIDES: [f32; 2] = [3.0, 44.0];
const SHARE: f32 = 0.11;

/// The share of the map that all of them may take with what is between them: half of it can always be filled.
const DENSITY: f32 = 0.35;

/// Between two drawings, and between a drawing and the frame, as a share of a side and at most.
const GAP_SHARE: f32 = 0.25;
const GAP: f32 = 6.0;

/// How much smaller drawings become where there is no place for one of them.
const SMALLER: f32 = 0.85;

/// How far it is from one place that is tried to the next, as a share of what a drawing takes.
const STEP: f32 = 1.0 / 3.0;

/// Drawings that do not overlap.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// The side of every drawing.
    pub side: f32,
    /// Their centres.
    pub centres: Vec<Pos2>,
}

impl Spread {
    /// Drawings in `frame` that belong at `points`, the query last.
    pub fn of(points: &[Pos2], frame: Rect) -> Self {
        let room = (frame.area() * DENSITY / points.len().max(1) as f32).sqrt() / (1.0 + GAP_SHARE);
        let mut side = (frame.width().min(frame.height()) * SHARE).min(room).clamp(SIDES[0], SIDES[1]).floor();
        loop {
            let (centres, is_apart) = placed(points, frame, side);
            if is_apart || side <= SIDES[0] {
                return Self { side, centres };
            }
            side = (side * SMALLER).max(SIDES[0]);
        }
    }

    /// Where a drawing is.
    pub fn rect(&self, index: usize) -> Rect {
        Rect::from_center_size(self.centres[index], Vec2::splat(self.side))
    }

    /// The line from `point`, where a drawing belongs, to the drawing; `None` where it covers that point.
    pub fn leader(&self, index: usize, point: Pos2) -> Option<[Pos2; 2]> {
        let rect = self.rect(index);
        (!rect.contains(point)).then(|| [point, rect.clamp(point)])
    }
}

/// Drawings of one side, one after the other as near to their points as there is room, the query first; whether there was
/// room for all of them.
fn placed(points: &[Pos2], frame: Rect, side: f32) -> (Vec<Pos2>, bool) {
    let gap = (side * GAP_SHARE).min(GAP);
    let apart = side + gap;
    let inner = frame.shrink((side / 2.0 + gap).min(frame.width().min(frame.height()) / 2.0));
    let farthest = frame.width().hypot(frame.height());
    let mut centres = points.to_vec();
    let mut taken: Vec<Pos2> = Vec::with_capacity(points.len());
    let mut is_apart = true;
    for index in (0..points.len()).rev().take(1).chain(0..points.len().saturating_sub(1)) {
        let point = inner.clamp(points[index]);
        let is_free = |place: &Pos2| {
            let mut near = taken.iter().map(|other| *place - *other);
            inner.contains(*place) && near.all(|away| away.x.abs().max(away.y.abs()) >= apart)
        };
        let rings = (0..).map(|ring| ring as f32 * STEP * apart).take_while(|radius| *radius <= farthest);
        let around = |radius: f32| {
            let count = (std::f32::consts::TAU * radius / (STEP * apart)).ceil().max(1.0);
            (0..count as usize)
                .map(move |turn| point + radius * Vec2::angled(std::f32::consts::TAU * turn as f32 / count))
        };
        let free = rings.flat_map(around).find(is_free);
        is_apart &= free.is_some();
        centres[index] = free.unwrap_or(point);
        taken.push(centres[index]);
    }
    (centres, is_apart)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};

    fn overlap(spread: &Spread) -> bool {
        let count = spread.centres.len();
        (0..count).any(|one| (one + 1..count).any(|other| spread.rect(one).intersects(spread.rect(other))))
    }

    #[test]
    fn no_drawing_hides_another_however_near_their_points_are() {
        // Irrational steps, which fill a square evenly.
        let mut place = 0.0_f32;
        let mut along = |step: f32| {
            place = (place + step).fract();
            place
        };
        for [width, height] in [[420.0, 380.0], [160.0, 500.0], [90.0, 70.0]] {
            let frame = Rect::from_min_size(pos2(30.0, 50.0), vec2(width, height));
            for count in [2, 6, 21, 101] {
                for within in [0.0, 0.001, 0.1, 1.0] {
                    for corner in [vec2(0.0, 0.0), vec2(0.5, 0.5), vec2(0.9, 0.1)] {
                        let at = |x: f32, y: f32| frame.min + frame.size() * (corner + vec2(x, y) * within);
                        let points: Vec<Pos2> =
                            (0..count).map(|_| frame.clamp(at(along(0.754_877_7), along(0.569_840_3)))).collect();
                        let spread = Spread::of(&points, frame);
                        assert_eq!(spread.centres.len(), count);
                        assert!(!overlap(&spread), "{count} within {within} in {width}×{height}");
                        assert!((0..count).all(|index| frame.contains_rect(spread.rect(index))));
                    }
                }
            }
        }
    }

    #[test]
    fn drawings_with_room_around_them_stay_where_they_belong_and_others_have_a_line_there() {
        let frame = Rect::from_min_size(Pos2::ZERO, vec2(400.0, 400.0));
        let points = [pos2(60.0, 60.0), pos2(200.0, 330.0), pos2(205.0, 333.0), pos2(330.0, 90.0)];
        let spread = Spread::of(&points, frame);
        for alone in [0, 3] {
            assert!(spread.centres[alone].distance(points[alone]) < 0.1);
            assert_eq!(spread.leader(alone, points[alone]), None);
        }
        // Two at nearly the same place are moved by no more than they need.
        for near in [1, 2] {
            assert!(spread.centres[near].distance(points[near]) < 1.5 * (spread.side + GAP), "{spread:?}");
        }
        let crowded = Spread::of(&[pos2(200.0, 200.0); 20], frame);
        let lines = (0..20).filter_map(|index| crowded.leader(index, pos2(200.0, 200.0)));
        assert!(lines.clone().count() >= 18);
        for [point, end] in lines {
            assert!(point == pos2(200.0, 200.0) && point.distance(end) > 0.0);
        }
    }
}
