//! Grey pictures: from colour to luminance, from bytes to what a network is shown.

use image::GrayImage;
use image::imageops::{FilterType, resize};

/// What a pixel that is exactly as grey as its picture's mean becomes. Zero means "not shown": a neuron that is fed
/// zero runs free (*Differentiable plasticity*, section 4.1), and a grey pixel is shown all the same. A millionth is
/// far below the step of an 8-bit picture (at least 1/255 of the largest magnitude).
const FAINTEST: f32 = 1e-6;

/// The luminance of a colour, 0 to 255 (Rec. 601, as in JPEG).
pub fn luminance(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    ((sum + 500) / 1000) as u8
}

/// A square picture resampled (Lanczos) to `side` × `side`.
pub fn resampled(picture: GrayImage, side: usize) -> Vec<u8> {
    let side = side as u32;
    if picture.dimensions() == (side, side) {
        return picture.into_raw();
    }
    resize(&picture, side, side, FilterType::Lanczos3).into_raw()
}

/// A picture as a network is shown it: mean zero, largest magnitude one, and no value exactly zero
/// (*Differentiable plasticity*, section 4.3). A picture of one grey becomes the faintest grey there is.
pub fn shown(picture: &[u8]) -> Vec<f32> {
    let sum: u64 = picture.iter().map(|&value| u64::from(value)).sum();
    let mean = sum as f64 / picture.len().max(1) as f64;
    let largest = picture.iter().map(|&value| (f64::from(value) - mean).abs()).fold(0.0, f64::max);
    let scale = if largest > 0.0 { 1.0 / largest } else { 0.0 };
    picture
        .iter()
        .map(|&value| {
            let value = ((f64::from(value) - mean) * scale) as f32;
            if value.abs() < FAINTEST { FAINTEST.copysign(value) } else { value }
        })
        .collect()
}
