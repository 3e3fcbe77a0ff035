//! Ink on paper: lines of a round pen as grey pixels, each the share of its area that stays white.

use super::{PIXELS, SIDE};

/// White paper.
const WHITE: u8 = 255;

/// Each pixel is the mean of this many points along each side: edges are soft, as in a scan that was scaled down.
const POINTS: usize = 4;

/// Points along each side of the paper; a row of them are bits of one number.
const FINE: usize = SIDE * POINTS;

/// How far the pen moves between two prints of its round tip, in points.
const STEP: f32 = 1.2;

/// Paper to draw on, fine enough for soft edges, with places where ink is, and others where an eraser has been last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    ink: [u128; FINE],
    erased: [u128; FINE],
}

impl Default for Paper {
    fn default() -> Self {
        Self { ink: [0; FINE], erased: [0; FINE] }
    }
}

impl Paper {
    /// Draws a line with a pen of `width`; both in pixels, from the top left corner of the paper. A single point is a
    /// dot.
    pub fn draw(&mut self, line: &[[f32; 2]], width: f32) {
        let Self { ink, erased } = self;
        passed(line, width, |row, points| {
            ink[row] |= points;
            erased[row] &= !points;
        });
    }

    /// Takes away what lies below such a line.
    pub fn erase(&mut self, line: &[[f32; 2]], width: f32) {
        let Self { ink, erased } = self;
        passed(line, width, |row, points| {
            ink[row] &= !points;
            erased[row] |= points;
        });
    }

    /// What is seen: [`PIXELS`] grey bytes, dark ink on white paper, or on the drawing that was there before.
    ///
    /// # Panics
    /// When that one is of another size.
    pub fn seen(&self, before: Option<&[u8]>) -> Vec<u8> {
        const ALL: u32 = (POINTS * POINTS) as u32;
        assert!(before.is_none_or(|before| before.len() == PIXELS), "a drawing of another size");
        let mut grey = Vec::with_capacity(PIXELS);
        for (ink, erased) in self.ink.as_chunks::<POINTS>().0.iter().zip(self.erased.as_chunks::<POINTS>().0) {
            if *ink == [0; POINTS] && before.is_none() {
                grey.resize(grey.len() + SIDE, WHITE);
                continue;
            }
            let (mut ink, mut erased) = (*ink, *erased);
            for _ in 0..SIDE {
                let below = before.map_or(WHITE, |before| before[grey.len()]);
                let count = |rows: &[u128; POINTS]| -> u32 {
                    rows.iter().map(|&row| (row as u32 & ((1 << POINTS) - 1)).count_ones()).sum()
                };
                let (inked, white) = (count(&ink), count(&erased));
                let light = u32::from(WHITE) * white + u32::from(below) * (ALL - inked - white);
                grey.push(light.div_ceil(ALL) as u8);
                ink = ink.map(|row| row >> POINTS);
                erased = erased.map(|row| row >> POINTS);
            }
        }
        grey
    }
}

/// Paper with the ink of lines, given as points in pixels from its top left corner; `width` is that of the pen.
pub(super) fn drawing(lines: &[Vec<[f32; 2]>], width: f32) -> Vec<u8> {
    let mut paper = Paper::default();
    lines.iter().for_each(|line| paper.draw(line, width));
    paper.seen(None)
}

/// Calls `touch` with the points of each row that a round tip of `width` passes over on a line.
fn passed(line: &[[f32; 2]], width: f32, mut touch: impl FnMut(usize, u128)) {
    let radius = width * POINTS as f32 / 2.0;
    let Some((&first, others)) = line.split_first() else { return };
    let mut from = first;
    print(from, radius, &mut touch);
    for &to in others {
        let way = [to[0] - from[0], to[1] - from[1]];
        let length = (way[0] * way[0] + way[1] * way[1]).sqrt();
        let count = (length * POINTS as f32 / STEP).ceil().max(1.0);
        for index in 1..=count as usize {
            let share = index as f32 / count;
            print([from[0] + share * way[0], from[1] + share * way[1]], radius, &mut touch);
        }
        from = to;
    }
}

/// Calls `touch` with the points of each row within `radius` of a place.
fn print(at: [f32; 2], radius: f32, touch: &mut impl FnMut(usize, u128)) {
    // Points are in the middle of their share of a pixel.
    let [x, y] = at.map(|value| value * POINTS as f32 - 0.5);
    for row in after(y - radius)..after(y + radius) {
        let rise = row as f32 - y;
        let half = (radius * radius - rise * rise).max(0.0).sqrt();
        let (left, right) = (after(x - half), after(x + half));
        if right > left {
            touch(row, ((1 << (right - left)) - 1) << left);
        }
    }
}

/// The first point after a place. (Much faster than the standard library's way of rounding.)
fn after(place: f32) -> usize {
    ((place + 1.0).max(0.0) as usize).min(FINE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_broad_as_the_pen_and_has_round_ends() {
        // From pixel to pixel along the middle of row 10, two pixels broad: row 10 is black, a half of rows 9 and 11.
        let drawing = drawing(&[vec![[5.0, 10.5], [20.0, 10.5]]], 2.0);
        for column in 5..20 {
            let greys = [8, 9, 10, 11, 12].map(|row| drawing[row * SIDE + column]);
            assert_eq!(greys, [255, 128, 0, 128, 255], "{column}");
        }
        let ink = |columns: std::ops::Range<usize>| -> f64 {
            let pixels = (9..12).flat_map(|row| columns.clone().map(move |column| row * SIDE + column));
            pixels.map(|pixel| f64::from(255 - drawing[pixel]) / 255.0).sum()
        };
        let ends = [ink(0..5), ink(20..31)];
        let half_disc = std::f64::consts::PI / 2.0;
        assert!(ends.iter().all(|end| (end - half_disc).abs() < 0.15), "{ends:?}");
    }

    #[test]
    fn ink_outside_of_the_paper_is_lost() {
        let drawing = drawing(&[vec![[-5.0, 3.5], [40.0, 3.5]], vec![[12.5, 29.0], [12.5, 90.0]]], 1.0);
        assert!(drawing[3 * SIDE..4 * SIDE].iter().all(|&grey| grey == 0));
        assert_eq!(drawing[30 * SIDE + 12], 0);
        assert_eq!(drawing.iter().filter(|&&grey| grey == 0).count(), SIDE + 2);
    }

    #[test]
    fn an_eraser_takes_away_ink_and_what_was_there_before_and_ink_goes_over_it() {
        let row = |drawing: &[u8], row: usize| drawing[row * SIDE..][..SIDE].to_vec();
        let before: Vec<u8> = (0..PIXELS).map(|pixel| (pixel % 200) as u8).collect();
        let mut paper = Paper::default();
        assert_eq!((paper.seen(None), paper.seen(Some(&before))), (vec![255; PIXELS], before.clone()));
        let line = |row: f32| [[-3.0, row], [34.0, row]];
        paper.draw(&line(4.5), 1.0);
        paper.draw(&line(8.5), 1.0);
        paper.erase(&line(8.5), 1.0);
        paper.erase(&line(12.5), 1.0);
        paper.erase(&line(16.5), 1.0);
        paper.draw(&line(16.5), 1.0);
        let seen = paper.seen(Some(&before));
        for (at, grey) in [(4, 0), (8, 255), (12, 255), (16, 0)] {
            assert_eq!(row(&seen, at), [grey; SIDE], "row {at}");
        }
        for at in [2, 6, 10, 14, 20] {
            assert_eq!(row(&seen, at), row(&before, at), "row {at} is as it was");
        }
        assert_eq!(row(&paper.seen(None), 12), [255; SIDE]);
    }
}
