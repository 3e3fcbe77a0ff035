//! Pictures of every kind that is read.

use super::{apart, survives};
use hebbscope::data::pictures;
use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

fn picture() -> DynamicImage {
    RgbImage::from_fn(20, 16, |x, y| Rgb([(x * 12) as u8, (y * 15) as u8, ((x ^ y) * 9) as u8])).into()
}

fn coded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Reads damaged copies of pictures, `mended` where a check sum would hide what is behind it.
fn read(name: &str, seeds: &[Vec<u8>], default: usize, mended: impl Fn(&mut Vec<u8>)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let read = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        mended(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
        pictures::read(&path, 8).map(drop).map_err(|error| error.to_string())
    };
    for seed in seeds {
        read(seed).unwrap();
    }
    survives(name, seeds, default, read);
}

/// Gives every chunk of a PNG the sum of what it holds.
fn mend_sums(bytes: &mut [u8]) {
    let mut at = 8;
    while let Some(length) = bytes.get(at..at + 4) {
        let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
        let Some(chunk) = bytes.get(at + 4..at + 8 + length) else { return };
        let mut sum = flate2::Crc::new();
        sum.update(chunk);
        let end = at + 8 + length;
        let Some(place) = bytes.get_mut(end..end + 4) else { return };
        place.copy_from_slice(&sum.sum().to_be_bytes());
        at = end + 4;
    }
}

fn pngs() -> Vec<Vec<u8>> {
    let picture = picture();
    let kinds = [picture.clone(), picture.to_luma8().into(), picture.to_luma16().into(), picture.to_rgba8().into()];
    kinds.iter().map(|picture| coded(picture, ImageFormat::Png)).collect()
}

#[test]
fn damaged_pngs() {
    apart("fuzz::pictures::damaged_pngs", || {
        read("picture.png", &pngs(), 500, |_| {});
        read("mended.png", &pngs(), 1000, |bytes| mend_sums(bytes));
    });
}

#[test]
fn damaged_jpegs() {
    let progressive = include_bytes!("../data/progressive.jpg").to_vec();
    let grey = picture().to_luma8().into();
    let seeds = [coded(&picture(), ImageFormat::Jpeg), coded(&grey, ImageFormat::Jpeg), progressive];
    apart("fuzz::pictures::damaged_jpegs", || read("picture.jpg", &seeds, 600, |_| {}));
}

#[test]
fn damaged_gifs() {
    let mut moving = Vec::new();
    let frames = [false, true].map(|is_turned| {
        let picture = if is_turned { picture().fliph() } else { picture() };
        Frame::new(picture.to_rgba8())
    });
    GifEncoder::new(&mut moving).encode_frames(frames).unwrap();
    let seeds = [coded(&picture(), ImageFormat::Gif), moving];
    apart("fuzz::pictures::damaged_gifs", || read("picture.gif", &seeds, 800, |_| {}));
}

#[test]
fn damaged_bitmaps() {
    let seeds = [coded(&picture(), ImageFormat::Bmp), coded(&picture().to_luma8().into(), ImageFormat::Bmp)];
    apart("fuzz::pictures::damaged_bitmaps", || read("picture.bmp", &seeds, 800, |_| {}));
}
