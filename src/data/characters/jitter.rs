//! Drawings moved, turned, stretched and slanted a little: hands that have drawn nothing yet.

use super::SIDE;
use crate::data::Generator;
use rand::Rng as _;

/// The most that each of these is, at a jitter of one: pixels of a shift, radians of a turn, and parts of one by which a
/// drawing becomes larger or smaller, and slants.
const SHIFT: f32 = 3.0;
const TURN: f32 = 0.25;
const STRETCH: f32 = 0.2;
const SLANT: f32 = 0.2;

/// A drawing as a network sees it (paper is one), moved, turned, stretched and slanted by chance, each by at most `amount`
/// of what it can be. Paper comes in from outside.
pub fn jittered(drawing: &[f32], generator: &mut Generator, amount: f32) -> Vec<f32> {
    let mut within = |most: f32| most * amount * (2.0 * generator.random::<f32>() - 1.0);
    let (shift, turn, slant) = ([within(SHIFT), within(SHIFT)], within(TURN), within(SLANT));
    let stretch = [1.0 + within(STRETCH), 1.0 + within(STRETCH)];
    let (sin, cos) = (libm::sinf(turn), libm::cosf(turn));
    // From a place of the result to where its ink comes from.
    let across = [cos * stretch[0], (slant - sin) * stretch[0]];
    let down = [sin * stretch[1], cos * stretch[1]];
    let middle = (SIDE - 1) as f32 / 2.0;
    let mut found = Vec::with_capacity(drawing.len());
    for row in 0..SIDE {
        for column in 0..SIDE {
            let (x, y) = (column as f32 - middle, row as f32 - middle);
            let from =
                [across[0] * x + across[1] * y + middle + shift[0], down[0] * x + down[1] * y + middle + shift[1]];
            found.push(between(drawing, from));
        }
    }
    found
}

/// The grey between four pixels around a place, column and row.
fn between(drawing: &[f32], [x, y]: [f32; 2]) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let (right_share, lower_share) = (x - left, y - top);
    let pixel = |column: f32, row: f32| {
        let is_inside = |place: f32| (0.0..SIDE as f32).contains(&place);
        match is_inside(column) && is_inside(row) {
            true => drawing[row as usize * SIDE + column as usize],
            false => 1.0,
        }
    };
    let upper = (1.0 - right_share) * pixel(left, top) + right_share * pixel(left + 1.0, top);
    let lower = (1.0 - right_share) * pixel(left, top + 1.0) + right_share * pixel(left + 1.0, top + 1.0);
    (1.0 - lower_share) * upper + lower_share * lower
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Stream;

    /// A stroke off the middle.
    fn drawing() -> Vec<f32> {
        (0..SIDE * SIDE)
            .map(|at| if (8..12).contains(&(at % SIDE)) && at / SIDE > 5 && at / SIDE < 22 { 0.0 } else { 1.0 })
            .collect()
    }

    /// Where the middle of all ink is, and how much there is.
    fn ink(drawing: &[f32]) -> ([f32; 2], f32) {
        let total: f32 = drawing.iter().map(|grey| 1.0 - grey).sum();
        let moment = |place: fn(usize) -> usize| {
            drawing.iter().enumerate().map(|(at, grey)| (1.0 - grey) * place(at) as f32).sum::<f32>() / total
        };
        ([moment(|at| at % SIDE), moment(|at| at / SIDE)], total)
    }

    #[test]
    fn without_jitter_a_drawing_stays_what_it_is() {
        let mut generator = Generator::new(1, Stream::Training);
        assert_eq!(jittered(&drawing(), &mut generator, 0.0), drawing());
    }

    #[test]
    fn jitter_moves_and_changes_a_drawing_within_bounds() {
        let mut generator = Generator::new(2, Stream::Training);
        let (middle, total) = ink(&drawing());
        let (mut farthest, mut totals) = (0.0f32, Vec::new());
        for _ in 0..200 {
            let other = jittered(&drawing(), &mut generator, 1.0);
            assert!(other.iter().all(|grey| (0.0..=1.0).contains(grey)));
            let (place, ink) = ink(&other);
            let distance = (0..2).map(|axis| (place[axis] - middle[axis]).powi(2)).sum::<f32>().sqrt();
            farthest = farthest.max(distance);
            totals.push(ink / total);
        }
        // A shift of three pixels each way, and what the rest moves a stroke that is six pixels from the middle.
        assert!((3.0..9.0).contains(&farthest), "{farthest}");
        let [least, most] = [f32::min, f32::max].map(|choose| totals.iter().copied().reduce(choose).unwrap());
        assert!(least > 0.5 && least < 0.85 && most > 1.2 && most < 1.8, "ink from {least} to {most}");
    }
}
