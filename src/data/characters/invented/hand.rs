//! Hands: how somebody draws a character.

use super::super::SIDE;
use super::stroke::{Knot, Point, Stroke, bounds, minus, norm, rotated};
use super::style::normal;
use crate::data::Generator;

/// Distance of the points that a hand passes through, in pixels.
const STEP: f32 = 0.5;

/// Over what distance along a stroke a hand forgets where it has gone astray, in pixels.
const MEMORY: f32 = 9.0;

/// The same for its trembling.
const TREMBLING_MEMORY: f32 = 1.6;

/// No more than so much of a side is cut off at a corner, in pixels.
const MOST_ROUNDING: f32 = 2.2;

/// The middle of the pen stays so far from the edge, in pixels: the outermost pixels stay white.
const MARGIN: f32 = 1.9;

/// Somebody who draws. Angles are in radians, lengths in pixels.
#[derive(Debug)]
pub(super) struct Hand {
    /// The logarithm of how large they draw.
    size: f32,
    /// The logarithm of how wide they draw for the height.
    aspect: f32,
    slant: f32,
    turn: f32,
    /// Where on the paper.
    place: Point,
    /// How far knots are from where they should be.
    jitter: f32,
    /// How much the size, the turn and the place of each stroke vary.
    looseness: f32,
    trembling: f32,
    /// How much of a corner is cut off.
    rounding: f32,
    /// How broad their lines are.
    pen: f32,
}

impl Hand {
    /// Somebody by chance.
    pub fn new(generator: &mut Generator) -> Self {
        let care = libm::expf(0.35 * normal(generator));
        Self {
            size: 0.1 * normal(generator),
            aspect: 0.07 * normal(generator),
            slant: 0.09 * normal(generator),
            turn: 0.035 * normal(generator),
            place: [0; 2].map(|_| 0.9 * normal(generator)),
            jitter: 0.75 * care,
            looseness: care,
            trembling: 0.1 * care,
            rounding: (0.2 * normal(generator)).clamp(0.0, 0.4),
            pen: 1.47 * libm::expf(0.04 * normal(generator)),
        }
    }

    /// How broad their lines are, in pixels.
    pub fn pen(&self) -> f32 {
        self.pen
    }

    /// Lines on the paper, as points in pixels from its top left corner.
    pub fn draw(&self, generator: &mut Generator, prototype: &[Stroke]) -> Vec<Vec<Point>> {
        let size = libm::expf(self.size + 0.06 * normal(generator));
        let aspect = libm::expf((self.aspect + 0.07 * normal(generator)) / 2.0);
        let slant = self.slant + 0.05 * normal(generator);
        let turn = self.turn + 0.04 * normal(generator);
        let mut lines: Vec<Vec<Point>> = prototype
            .iter()
            .map(|stroke| {
                let stroke = self.stroke(generator, stroke);
                let stroke = stroke.moved(|[x, y]| rotated([size * aspect * (x - slant * y), size / aspect * y], turn));
                let curve = if stroke.is_dot() { scribble(generator, stroke.knots[0].at) } else { stroke.curve(STEP) };
                self.trembled(generator, curve)
            })
            .collect();
        let place = self.place.map(|place| place + 1.25 * normal(generator));
        onto_paper(&mut lines, place);
        lines
    }

    /// A stroke as it is meant to be: with some knots astray and corners cut.
    fn stroke(&self, generator: &mut Generator, stroke: &Stroke) -> Stroke {
        let points: Vec<Point> = stroke.knots.iter().map(|knot| knot.at).collect();
        let [low, high] = bounds(&points);
        let centre = [0, 1].map(|axis| (low[axis] + high[axis]) / 2.0);
        let turn = 0.07 * self.looseness * normal(generator);
        let size = libm::expf(0.08 * self.looseness * normal(generator));
        let shift = [0; 2].map(|_| 0.55 * self.looseness * normal(generator));
        let mut astray = [0; 2].map(|_| normal(generator));
        let mut previous = None;
        let mut knots = Vec::new();
        for knot in &stroke.knots {
            if let Some(previous) = previous {
                astray = wandered(generator, astray, norm(minus(knot.at, previous)) / MEMORY);
            }
            previous = Some(knot.at);
            let own = rotated(minus(knot.at, centre), turn);
            let at = [0, 1].map(|axis| centre[axis] + size * own[axis] + shift[axis] + self.jitter * astray[axis]);
            knots.push(Knot { at, ..*knot });
        }
        Stroke { knots: self.rounded(&knots) }
    }

    /// Each corner becomes two knots that are no corners.
    fn rounded(&self, knots: &[Knot]) -> Vec<Knot> {
        if self.rounding < 0.05 {
            return knots.to_vec();
        }
        let mut rounded = Vec::new();
        for (index, knot) in knots.iter().enumerate() {
            if knot.is_corner && index > 0 && index + 1 < knots.len() {
                for other in [knots[index - 1].at, knots[index + 1].at] {
                    let way = minus(other, knot.at);
                    let share = self.rounding.min(MOST_ROUNDING / norm(way).max(1e-3));
                    let at = [0, 1].map(|axis| knot.at[axis] + share * way[axis]);
                    rounded.push(Knot { at, is_corner: false });
                }
            } else {
                rounded.push(*knot);
            }
        }
        rounded
    }

    fn trembled(&self, generator: &mut Generator, curve: Vec<Point>) -> Vec<Point> {
        let mut astray = [0; 2].map(|_| normal(generator));
        curve
            .into_iter()
            .map(|point| {
                astray = wandered(generator, astray, STEP / TREMBLING_MEMORY);
                [0, 1].map(|axis| point[axis] + self.trembling * astray[axis])
            })
            .collect()
    }
}

/// Errors a little later: what is left of them, and new ones, of the same size altogether.
fn wandered(generator: &mut Generator, errors: Point, distance: f32) -> Point {
    let kept = (1.0 - distance).max(0.0);
    let fresh = (1.0 - kept * kept).sqrt();
    errors.map(|error| kept * error + fresh * normal(generator))
}

/// What is seen of a dot that somebody makes: mostly a touch, now and then some rounds on the spot.
fn scribble(generator: &mut Generator, at: Point) -> Vec<Point> {
    let size = (0.3 * libm::expf(0.6 * normal(generator))).min(1.2);
    let points = if size > 0.6 { 10 } else { 3 };
    (0..points).map(|_| [0, 1].map(|axis| at[axis] + size * normal(generator).clamp(-1.0, 1.0))).collect()
}

/// Puts lines around a place (from the centre of the paper), but where they would leave the paper.
fn onto_paper(lines: &mut [Vec<Point>], place: Point) {
    let [low, high] = bounds(lines.iter().flatten());
    let room = SIDE as f32 - 2.0 * MARGIN;
    // Too large a drawing is drawn smaller.
    let scale = minus(high, low).iter().fold(1.0_f32, |scale, side| scale.min(room / side));
    let shift = [0, 1].map(|axis| {
        let half = (scale * (high[axis] - low[axis])).min(room) / 2.0;
        let middle = SIDE as f32 / 2.0 + place[axis].clamp(half - room / 2.0, room / 2.0 - half);
        middle - scale * (low[axis] + high[axis]) / 2.0
    });
    for point in lines.iter_mut().flatten() {
        *point = [0, 1].map(|axis| scale * point[axis] + shift[axis]);
    }
}
