//! One character before anybody has drawn it: strokes that are joined, crossed, set beside each other or doubled.

use super::stroke::{Point, Stroke, bounds, minus, norm};
use super::style::{Style, normal};
use crate::data::Generator;
use rand::Rng as _;

/// A stroke is tried in this many places; the best is taken.
const PLACES: usize = 5;

/// No character has more strokes.
const MOST: usize = 5;

/// Distance of points along curves, where curves are compared.
const STEP: f32 = 0.07;

/// Curves nearer than this look like one.
const NEAR: f32 = 0.13;

/// A square holds one stroke of its side for so many pixels of the side.
const SPACIOUS: f32 = 3.2;

/// Nothing is written larger because it has many strokes, in pixels.
const LARGEST: f32 = 22.0;

/// A dot stands at least so far from what is drawn.
const GAP: f32 = 0.22;

/// The strokes of a character that may be kin to `earlier` ones of its alphabet. It is around the origin and about one
/// across.
pub(super) fn prototype(generator: &mut Generator, style: &Style, earlier: &[Vec<Stroke>]) -> Vec<Stroke> {
    let mut count = style.count(generator);
    let mut placed = Placed::default();
    if !earlier.is_empty() && generator.random::<f32>() < style.kinship {
        let mut kin = earlier[generator.random_range(0..earlier.len())].clone();
        let is_more = kin.len() == 1 || (kin.len() < MOST && generator.random::<f32>() < 0.5);
        if !is_more {
            kin.remove(generator.random_range(0..kin.len()));
        }
        count = kin.len() + usize::from(is_more || generator.random::<f32>() < 0.7);
        kin.into_iter().for_each(|stroke| placed.add(stroke));
    } else if generator.random::<f32>() < style.common {
        placed.add(style.common_stroke().clone());
    } else {
        let first = style.stroke(generator);
        // A dot says little by itself.
        placed.add(if first.is_dot() { style.stroke(generator) } else { first });
    }
    while placed.strokes.len() < count {
        let tries = (0..PLACES).map(|_| {
            let stroke = next(generator, style, &placed);
            (placed.fault(&stroke), stroke)
        });
        let best = tries.min_by(|(a, _), (b, _)| a.total_cmp(b)).expect("there are places");
        placed.add(best.1);
    }
    placed.strokes
}

/// The same strokes in pixels, as somebody writes them whose hand is like all others; around the origin.
pub(super) fn sized(generator: &mut Generator, style: &Style, strokes: &[Stroke]) -> Vec<Stroke> {
    let points: Vec<Point> = strokes.iter().flat_map(|stroke| stroke.curve(STEP)).collect();
    let [low, high] = bounds(&points);
    let centre = [0, 1].map(|axis| (low[axis] + high[axis]) / 2.0);
    let sides = minus(high, low);
    let natural = sides[0].max(sides[1]);
    let one = style.size * libm::expf(0.1 * normal(generator));
    // What is small beside the others is written smaller than they are, but not by as much; a dot has no size.
    let size = one * natural.sqrt().clamp(0.6, 1.2);
    let scale = if natural > 0.0 { (size / natural).max(legible(strokes, natural)) } else { size };
    let stretch = if sides[0] < sides[1] { style.aspect } else { 1.0 };
    let to = |at: Point| [stretch * scale * (at[0] - centre[0]), scale * (at[1] - centre[1])];
    strokes.iter().map(|stroke| stroke.moved(to)).collect()
}

/// The scale at which the ink of strokes, `across` of which is the larger side, leaves paper between them.
fn legible(strokes: &[Stroke], across: f32) -> f32 {
    let length: f32 = strokes.iter().map(|stroke| STEP * (stroke.curve(STEP).len() - 1) as f32).sum();
    (SPACIOUS * length / (across * across)).min(LARGEST / across)
}

/// Strokes that are in their places.
#[derive(Default)]
struct Placed {
    strokes: Vec<Stroke>,
    /// Along all of them.
    points: Vec<Point>,
}

impl Placed {
    fn add(&mut self, stroke: Stroke) {
        self.points.extend(stroke.curve(STEP));
        self.strokes.push(stroke);
    }

    /// How badly a stroke would stand: what it adds to the extent, and where it runs along others and hides.
    fn fault(&self, stroke: &Stroke) -> f32 {
        let points = stroke.curve(STEP);
        let near = points.iter().filter(|&&point| self.points.iter().any(|&other| norm(minus(point, other)) < NEAR));
        // Where strokes meet they are near.
        let hidden = (near.count() as f32 - 4.0).max(0.0) * STEP;
        let [low, high] = bounds(self.points.iter().chain(&points));
        // Lines of writing make letters high rather than wide.
        let extent = (1.15 * (high[0] - low[0])).max(high[1] - low[1]);
        3.0 * hidden + (extent - 1.1).max(0.0)
    }
}

/// One more stroke in a place by chance.
fn next(generator: &mut Generator, style: &Style, placed: &Placed) -> Stroke {
    let other = &placed.strokes[generator.random_range(0..placed.strokes.len())];
    if !other.is_dot() && generator.random::<f32>() < style.symmetry {
        return twin(generator, other);
    }
    let stroke = style.stroke(generator);
    let [low, high] = bounds(&placed.points);
    if stroke.is_dot() {
        return dot(generator, &stroke, placed);
    }
    // What has many turns cannot be small, or the pen fills it.
    let length = STEP * (stroke.curve(STEP).len() - 1) as f32;
    let scale = generator.random_range(0.35_f32..1.0).max(0.2 * length).min(1.0);
    let stroke = stroke.moved(|at| at.map(|value| scale * value));
    let [least, most] = bounds(&stroke.curve(STEP));
    let shift = if generator.random::<f32>() < style.touching {
        let shares: [f32; 4] = [0.0, 0.5, 1.0, generator.random()];
        let target = other.place(shares[generator.random_range(0..4)]);
        // Mostly by an end, sometimes by the middle, which makes crosses.
        let own = stroke.place([0.0, 0.0, 1.0, 1.0, 0.5][generator.random_range(0..5)]);
        minus(target, own)
    } else {
        // Beside, below or above.
        let (axis, gap) = (generator.random_range(0..2), generator.random_range(0.12..0.25));
        let mut shift = [0, 1].map(|axis| (low[axis] + high[axis]) / 2.0 + 0.15 * normal(generator));
        shift[axis] = if generator.random() { high[axis] + gap - least[axis] } else { low[axis] - gap - most[axis] };
        shift
    };
    stroke.moved(|at| [at[0] + shift[0], at[1] + shift[1]])
}

/// The mirror image of a stroke, or the same once more, beside it or above or below.
fn twin(generator: &mut Generator, stroke: &Stroke) -> Stroke {
    let axis = usize::from(generator.random::<f32>() < 0.35);
    let [low, high] = bounds(&stroke.curve(STEP));
    let gap = if generator.random() { 0.0 } else { generator.random_range(0.15..0.3) };
    let is_mirrored = generator.random::<f32>() < 0.6;
    // Thin ones are set apart, or they would hide each other.
    let shift = (high[axis] - low[axis] + gap).max(0.2);
    stroke.moved(|mut at| {
        at[axis] = if is_mirrored { 2.0 * high[axis] - at[axis] + gap } else { at[axis] + shift };
        at
    })
}

/// A dot in a free place around or inside of what is drawn.
fn dot(generator: &mut Generator, stroke: &Stroke, placed: &Placed) -> Stroke {
    let [low, high] = bounds(&placed.points);
    let mut best = ([0.0; 2], f32::NEG_INFINITY);
    for _ in 0..12 {
        let at = [0, 1].map(|axis| generator.random_range(low[axis] - 0.3..high[axis] + 0.3));
        let free = placed.points.iter().map(|&point| norm(minus(point, at))).fold(f32::INFINITY, f32::min);
        // As near as may be, but not nearer.
        let fault = (free - GAP).abs();
        if -fault > best.1 {
            best = (at, -fault);
        }
    }
    stroke.moved(|_| best.0)
}
