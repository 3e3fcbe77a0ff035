//! One drawing: any picture becomes [`SIDE`] × [`SIDE`] grey bytes, dark ink on white paper.
//!
//! Drawings are made smaller by the mean over the area of each pixel, in whole numbers: the same bytes on every
//! machine. A stroke thinner than a pixel becomes paler and stays whole, and paper beside it stays white, which it does
//! not where a filter rings.

use super::{PIXELS, SIDE};
use crate::data::DataError;
use crate::data::pictures::decode::{self, Refusal};
use image::GrayImage;
use std::path::Path;

/// White paper.
const PAPER: u8 = 255;

/// Paper that is darker than this has light ink on it.
const DARK: u8 = 128;

/// One picture of any size as a drawing, [`PIXELS`] grey bytes: its central square, turned to dark on white where its
/// border is dark.
///
/// # Errors
/// When the file cannot be read or decoded, or is too large.
pub fn read(file: &Path) -> Result<Vec<u8>, DataError> {
    let read = decode::square_of_file(file, |square| drawing(&square)).map_err(Refusal::into_words);
    read.map(|picture| picture.pixels).map_err(|reason| DataError::new(file, reason))
}

/// A square picture as a drawing.
pub(super) fn drawing(square: &GrayImage) -> Vec<u8> {
    let side = square.width() as usize;
    if side == 0 {
        return vec![PAPER; PIXELS];
    }
    let mut drawing = smaller(square.as_raw(), side);
    if is_inverted(square.as_raw(), side) {
        drawing.iter_mut().for_each(|grey| *grey = PAPER - *grey);
    }
    drawing
}

/// Whether the median of the pixels along the border is dark.
fn is_inverted(pixels: &[u8], side: usize) -> bool {
    let ends = [0, side - 1];
    let along = |line: usize| (0..side).flat_map(move |at| [line * side + at, at * side + line]);
    let border = ends.into_iter().flat_map(along).map(|pixel| pixels[pixel]);
    let (dark, count) = border.fold((0, 0), |(dark, count), grey| (dark + usize::from(grey < DARK), count + 1));
    2 * dark > count
}

/// The mean of what lies below each pixel of [`SIDE`] × [`SIDE`], of `side`² pixels.
fn smaller(pixels: &[u8], side: usize) -> Vec<u8> {
    // Along a side, lengths count in parts of which a pixel before has SIDE and one after has `side`.
    let below: Vec<Vec<(usize, u64)>> = (0..SIDE)
        .map(|after| {
            let (from, to) = (after * side, (after + 1) * side);
            let shared = |before: usize| (to.min((before + 1) * SIDE) - from.max(before * SIDE)) as u64;
            (from / SIDE..to.div_ceil(SIDE)).map(|before| (before, shared(before))).collect()
        })
        .collect();
    let rows = pixels.chunks_exact(side).map(|row| {
        let sums = below.iter().map(|weights| weights.iter().map(|&(at, weight)| weight * u64::from(row[at])).sum());
        sums.collect::<Vec<u64>>()
    });
    let rows: Vec<Vec<u64>> = rows.collect();
    let area = (side * side) as u64;
    let columns_of = |weights: &'_ Vec<(usize, u64)>| {
        let mut sums = [0; SIDE];
        for &(row, weight) in weights {
            sums.iter_mut().zip(&rows[row]).for_each(|(sum, value)| *sum += weight * value);
        }
        sums.map(|sum| ((sum + area / 2) / area) as u8)
    };
    below.iter().flat_map(columns_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// The mean over the area of one pixel, by the definition.
    fn mean(picture: &GrayImage, row: usize, column: usize) -> f64 {
        let side = picture.width() as usize;
        let shared = |after: usize, before: usize| {
            let scale = side as f64 / SIDE as f64;
            let (from, to) = (after as f64 * scale, (after + 1) as f64 * scale);
            (to.min(before as f64 + 1.0) - from.max(before as f64)).max(0.0) / scale
        };
        let grey = |y: usize, x: usize| f64::from(picture.get_pixel(x as u32, y as u32).0[0]);
        let pixels = (0..side).flat_map(|y| (0..side).map(move |x| (y, x)));
        pixels.map(|(y, x)| shared(row, y) * shared(column, x) * grey(y, x)).sum()
    }

    #[test]
    fn each_pixel_is_the_mean_of_what_lies_below_it() {
        for side in [1, 7, 30, 31, 32, 62, 105, 200] {
            // Bright at its border.
            let noise = |x: u32, y: u32| (x * 197 + y * 89 + x * y * 31) % 251;
            let is_border = |at: u32| at == 0 || at + 1 == side;
            let grey = |x, y| if is_border(x) || is_border(y) { 200 } else { noise(x, y) as u8 };
            let picture = GrayImage::from_fn(side, side, |x, y| Luma([grey(x, y)]));
            let drawing = drawing(&picture);
            assert_eq!(drawing.len(), PIXELS);
            for (at, &grey) in drawing.iter().enumerate() {
                let expected = mean(&picture, at / SIDE, at % SIDE);
                assert!((f64::from(grey) - expected).abs() < 0.501, "{side}: {grey} instead of {expected}");
            }
        }
    }

    #[test]
    fn a_stroke_of_one_pixel_stays_whole_and_paper_stays_white() {
        let picture = GrayImage::from_fn(105, 105, |x, y| Luma([if x == 41 && y > 9 { 0 } else { 255 }]));
        let drawing = drawing(&picture);
        for (at, &grey) in drawing.iter().enumerate().skip(3 * SIDE) {
            // 105 / 31 pixels lie side by side below one: a black one among them leaves 1 - 31 / 105 of the light.
            let expected = if at % SIDE == 41 * SIDE / 105 { 180 } else { 255 };
            assert_eq!(grey, expected, "row {}, column {}", at / SIDE, at % SIDE);
        }
    }

    #[test]
    fn light_ink_on_dark_paper_is_turned_around() {
        let ink = |x: u32, y: u32| (10..20).contains(&x) && (4..50).contains(&y);
        let [dark, light] = [[0, 255], [255, 0]].map(|[ink_grey, paper]| {
            drawing(&GrayImage::from_fn(62, 62, |x, y| Luma([if ink(x, y) { ink_grey } else { paper }])))
        });
        assert!(dark == light && dark[0] == 255 && dark[10 * SIDE + 7] == 0);
        // Ink may reach the border.
        let at_border = drawing(&GrayImage::from_fn(62, 62, |x, _| Luma([if x < 20 { 0 } else { 255 }])));
        assert_eq!((at_border[0], at_border[SIDE - 1]), (0, 255));
    }
}
