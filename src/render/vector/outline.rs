//! Outlines of simple figures, and of curves with more points than are seen.

use super::drawing::Step;
use egui::emath::Rot2;
use egui::{CornerRadius, Pos2, Rect, Vec2, pos2, vec2};

/// How far the control points of a quarter of a circle stand from its ends, in radii.
const QUARTER: f32 = 0.552_285;

/// A curve of at most this many points is drawn with all of them.
const MANY_POINTS: usize = 4000;

/// Columns of a point in which a curve of many points keeps its first, lowest, highest and last one.
const COLUMNS_PER_POINT: f32 = 8.0;

/// A line through points.
pub fn line(points: &[Pos2], closed: bool) -> Vec<Step> {
    let mut steps: Vec<Step> = points.iter().map(|&point| Step::Line(point)).collect();
    if let Some(first) = steps.first_mut() {
        *first = Step::Move(points[0]);
        if closed {
            steps.push(Step::Close);
        }
    }
    steps
}

/// A rectangle; corners are rounded where it has a radius.
pub fn rectangle(rect: Rect, radius: CornerRadius) -> Vec<Step> {
    let most = rect.width().min(rect.height()) / 2.0;
    let [nw, ne, se, sw] = [radius.nw, radius.ne, radius.se, radius.sw].map(|radius| f32::from(radius).min(most));
    if nw + ne + se + sw == 0.0 {
        return line(&[rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom()], true);
    }
    let corners = [
        (rect.left_top(), nw, vec2(0.0, 1.0), vec2(1.0, 0.0)),
        (rect.right_top(), ne, vec2(-1.0, 0.0), vec2(0.0, 1.0)),
        (rect.right_bottom(), se, vec2(0.0, -1.0), vec2(-1.0, 0.0)),
        (rect.left_bottom(), sw, vec2(1.0, 0.0), vec2(0.0, -1.0)),
    ];
    let mut steps = Vec::new();
    for (corner, radius, from, to) in corners {
        let begin = corner + from * radius;
        steps.push(if steps.is_empty() { Step::Move(begin) } else { Step::Line(begin) });
        if radius > 0.0 {
            let reach = radius * (1.0 - QUARTER);
            steps.push(Step::Curve(corner + from * reach, corner + to * reach, corner + to * radius));
        }
    }
    steps.push(Step::Close);
    steps
}

/// An ellipse, turned clockwise about its middle.
pub fn ellipse(center: Pos2, radius: Vec2, angle: f32) -> Vec<Step> {
    let turn = Rot2::from_angle(angle);
    let at = |x: f32, y: f32| center + turn * vec2(x * radius.x, y * radius.y);
    let quarter = |[ax, ay]: [f32; 2], [bx, by]: [f32; 2]| {
        let control = |from: [f32; 2], to: [f32; 2]| at(from[0] + QUARTER * to[0], from[1] + QUARTER * to[1]);
        Step::Curve(control([ax, ay], [bx, by]), control([bx, by], [ax, ay]), at(bx, by))
    };
    let (right, down, left, up) = ([1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]);
    vec![
        Step::Move(at(1.0, 0.0)),
        quarter(right, down),
        quarter(down, left),
        quarter(left, up),
        quarter(up, right),
        Step::Close,
    ]
}

/// A quadratic Bézier curve as a cubic one.
pub fn quadratic(from: Pos2, control: Pos2, to: Pos2) -> Step {
    Step::Curve(from + (control - from) * (2.0 / 3.0), to + (control - to) * (2.0 / 3.0), to)
}

/// The same points, or, of very many, those that make the same picture: of all that follow one another within an eighth
/// of a point across, the first, the lowest, the highest and the last. No extreme is lost.
pub fn thinned(points: &[Pos2]) -> Vec<Pos2> {
    if points.len() <= MANY_POINTS {
        return points.to_vec();
    }
    let column = |point: &Pos2| (point.x * COLUMNS_PER_POINT).floor();
    let mut kept = Vec::new();
    for group in points.chunk_by(|one, next| column(one) == column(next)) {
        let place = |better: fn(f32, f32) -> bool| {
            let of = |best: usize, at: usize| if better(group[at].y, group[best].y) { at } else { best };
            (0..group.len()).fold(0, of)
        };
        let mut places = [0, place(|y, best| y < best), place(|y, best| y > best), group.len() - 1];
        places.sort_unstable();
        kept.extend(
            places
                .iter()
                .enumerate()
                .filter(|(at, place)| *at == 0 || places[at - 1] != **place)
                .map(|(_, &place)| group[place]),
        );
    }
    kept
}

/// The outline of a band: along its upper edge and back along the lower one.
pub fn band(points: &[egui::epaint::BandPoint], angle: f32) -> Vec<Step> {
    let turn = Rot2::from_angle(angle);
    let upper = points.iter().map(|point| pos2(point.x, point.y.min));
    let lower = points.iter().rev().map(|point| pos2(point.x, point.y.max));
    let corners: Vec<Pos2> = upper.chain(lower).map(|corner| (turn * corner.to_vec2()).to_pos2()).collect();
    line(&corners, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_every_extreme_and_leaves_short_curves_alone() {
        let wave = |count: usize| -> Vec<Pos2> {
            let height = |at: usize| if at == count / 3 { 500.0 } else { (at as f32 * 0.7).sin() };
            (0..count).map(|at| pos2(at as f32 * 100.0 / count as f32, height(at))).collect()
        };
        let short = wave(MANY_POINTS);
        assert_eq!(thinned(&short), short);
        let long = wave(200_000);
        let thin = thinned(&long);
        assert!(thin.len() <= 4 * 801, "{} points are left", thin.len());
        assert_eq!((thin.first(), thin.last()), (long.first(), long.last()));
        let extremes = |points: &[Pos2], column: f32| {
            let of = points.iter().filter(|point| (point.x * COLUMNS_PER_POINT).floor() == column).map(|point| point.y);
            of.fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], y| [low.min(y), high.max(y)])
        };
        for column in 0..800 {
            assert_eq!(extremes(&thin, column as f32), extremes(&long, column as f32), "column {column}");
        }
    }

    #[test]
    fn a_circle_is_round() {
        let steps = ellipse(pos2(3.0, 4.0), vec2(10.0, 10.0), 0.0);
        let mut from = pos2(13.0, 4.0);
        for step in &steps {
            if let Step::Curve(one, other, to) = *step {
                for part in 0..=10 {
                    let t = part as f32 / 10.0;
                    let u = 1.0 - t;
                    let weights = [u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t];
                    let sum = |of: fn(Pos2) -> f32| {
                        weights
                            .iter()
                            .zip([from, one, other, to])
                            .map(|(weight, point)| weight * of(point))
                            .sum::<f32>()
                    };
                    let radius = pos2(sum(|point| point.x), sum(|point| point.y)).distance(pos2(3.0, 4.0));
                    assert!((radius - 10.0).abs() < 0.01, "{radius}");
                }
                from = to;
            }
        }
        assert_eq!(steps.len(), 6);
    }
}
