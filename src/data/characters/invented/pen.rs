//! Ink on paper: lines of a round pen as grey pixels, each the share of its area that stays white.

use super::super::{PIXELS, SIDE};
use super::stroke::{Point, minus, norm};

/// Each pixel is the mean of this many points along each side: edges are soft, as in a scan that was scaled down.
const POINTS: usize = 4;

/// Points along each side of the paper; a row of them are bits of one number.
const FINE: usize = SIDE * POINTS;

/// How far the pen moves between two prints of its round tip, in points.
const STEP: f32 = 1.2;

/// Paper with the ink of lines, given as points in pixels from its top left corner; `width` is that of the pen.
pub(super) fn drawing(lines: &[Vec<Point>], width: f32) -> Vec<u8> {
    let mut rows = [0_u128; FINE];
    let radius = width * POINTS as f32 / 2.0;
    for line in lines {
        let mut from = line[0];
        print(&mut rows, from, radius);
        for &to in &line[1..] {
            let way = minus(to, from);
            let count = (norm(way) * POINTS as f32 / STEP).ceil().max(1.0);
            for index in 1..=count as usize {
                let share = index as f32 / count;
                print(&mut rows, [from[0] + share * way[0], from[1] + share * way[1]], radius);
            }
            from = to;
        }
    }
    let mut grey = Vec::with_capacity(PIXELS);
    for mut fine in rows.as_chunks::<POINTS>().0.iter().copied() {
        if fine == [0; POINTS] {
            grey.resize(grey.len() + SIDE, 255);
            continue;
        }
        for _ in 0..SIDE {
            let ink: u32 = fine.iter().map(|&row| (row as u32 & ((1 << POINTS) - 1)).count_ones()).sum();
            grey.push(255 - (255 * ink / (POINTS * POINTS) as u32) as u8);
            fine = fine.map(|row| row >> POINTS);
        }
    }
    grey
}

/// Blackens the points within `radius` of a place.
fn print(rows: &mut [u128; FINE], at: Point, radius: f32) {
    // Points are in the middle of their share of a pixel.
    let [x, y] = at.map(|value| value * POINTS as f32 - 0.5);
    let (top, bottom) = (after(y - radius), after(y + radius));
    for (row, ink) in rows.iter_mut().enumerate().take(bottom).skip(top) {
        let rise = row as f32 - y;
        let half = (radius * radius - rise * rise).max(0.0).sqrt();
        let (left, right) = (after(x - half), after(x + half));
        if right > left {
            *ink |= ((1 << (right - left)) - 1) << left;
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
}
