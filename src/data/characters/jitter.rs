//! Drawings moved, turned, stretched and slanted: hands that have drawn nothing yet, and characters that nobody has.

use super::SIDE;
use crate::data::Generator;
use rand::Rng as _;

/// The most that each of these is: pixels of a shift, radians of a turn, and parts of one by which a drawing becomes larger
/// or smaller, and slants.
struct Most {
    shift: f32,
    turn: f32,
    stretch: f32,
    slant: f32,
}

/// Between two hands.
const HAND: Most = Most { shift: 3.0, turn: 0.25, stretch: 0.2, slant: 0.2 };

/// Between a character and another one.
const CHARACTER: Most = Most { shift: 0.0, turn: 0.8, stretch: 0.3, slant: 0.5 };

/// From a place of the result, counted from the middle, to where its ink comes from: two rows of an affine map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warp([[f32; 3]; 2]);

impl Warp {
    /// The same drawing.
    pub const NONE: Self = Self([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);

    /// What another hand makes of a drawing, by at most `amount` of what that can be.
    pub fn of_hand(generator: &mut Generator, amount: f32) -> Self {
        Self::drawn(generator, amount, &HAND)
    }

    /// What makes another character of one, by at most `amount` of what that can be.
    pub fn of_character(generator: &mut Generator, amount: f32) -> Self {
        Self::drawn(generator, amount, &CHARACTER)
    }

    fn drawn(generator: &mut Generator, amount: f32, most: &Most) -> Self {
        let mut within = |most: f32| most * amount * (2.0 * generator.random::<f32>() - 1.0);
        let (shift, turn) = ([within(most.shift), within(most.shift)], within(most.turn));
        let (slant, stretch) = (within(most.slant), [1.0 + within(most.stretch), 1.0 + within(most.stretch)]);
        let (sin, cos) = (libm::sinf(turn), libm::cosf(turn));
        Self([[cos * stretch[0], (slant - sin) * stretch[0], shift[0]], [sin * stretch[1], cos * stretch[1], shift[1]]])
    }

    /// First this one, then another.
    #[must_use]
    pub fn then(self, Self(later): Self) -> Self {
        // Ink comes from where the later one has it from, and there from where this one has it.
        Self(self.0.map(|[across, down, shift]| {
            let along = |column: usize| across * later[0][column] + down * later[1][column];
            [along(0), along(1), along(2) + shift]
        }))
    }

    /// A drawing as a network sees it (paper is one), warped. Paper comes in from outside.
    pub fn apply(self, drawing: &[f32]) -> Vec<f32> {
        if self == Self::NONE {
            return drawing.to_vec();
        }
        let middle = (SIDE - 1) as f32 / 2.0;
        let mut found = Vec::with_capacity(drawing.len());
        for row in 0..SIDE {
            for column in 0..SIDE {
                let (x, y) = (column as f32 - middle, row as f32 - middle);
                found
                    .push(between(drawing, self.0.map(|[across, down, shift]| across * x + down * y + middle + shift)));
            }
        }
        found
    }
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
        for warp in [Warp::of_hand(&mut generator, 0.0), Warp::of_character(&mut generator, 0.0), Warp::NONE] {
            assert_eq!(warp.apply(&drawing()), drawing());
        }
    }

    #[test]
    fn jitter_moves_and_changes_a_drawing_within_bounds() {
        let mut generator = Generator::new(2, Stream::Training);
        let (middle, total) = ink(&drawing());
        let (mut farthest, mut totals) = (0.0f32, Vec::new());
        for _ in 0..200 {
            let other = Warp::of_hand(&mut generator, 1.0).apply(&drawing());
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

    #[test]
    fn one_warp_after_another_is_both_at_once() {
        let mut generator = Generator::new(3, Stream::Training);
        for _ in 0..20 {
            let character = Warp::of_character(&mut generator, 1.0);
            // Whole pixels lose nothing on the way.
            let moved = Warp([[1.0, 0.0, 2.0], [0.0, 1.0, -3.0]]);
            let (once, twice) = (character.then(moved).apply(&drawing()), moved.apply(&character.apply(&drawing())));
            for row in 4..SIDE - 4 {
                for column in 4..SIDE - 4 {
                    let [once, twice] = [&once, &twice].map(|drawing| drawing[row * SIDE + column]);
                    assert!((once - twice).abs() < 1e-4, "({column}, {row}): {once}, not {twice}");
                }
            }
        }
        let turned = Warp::of_character(&mut generator, 1.0);
        assert_eq!((turned.then(Warp::NONE), Warp::NONE.then(turned)), (turned, turned));
    }
}
