//! Any folder of pictures, its sub-folders included.

use super::grey::{luminance, resampled};
use crate::data::{DataError, Generator, Stream};
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::{
    AnimationDecoder as _, DynamicImage, GenericImageView as _, GrayImage, ImageDecoder as _, ImageFormat, ImageReader,
    Limits, Luma,
};
use rand::seq::SliceRandom as _;
use rayon::prelude::*;
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek};
use std::path::{Path, PathBuf};

/// Names that end like this are pictures; some of them may be of a kind that cannot be decoded, and are counted.
pub const ENDINGS: &[&str] =
    &["png", "jpg", "jpeg", "jfif", "gif", "bmp", "webp", "tif", "tiff", "avif", "heic", "tga"];

/// A folder with more pictures is refused.
const MOST: usize = 1_000_000;

/// The longest side of a picture, in pixels.
const LONGEST: u32 = 30_000;

/// The most memory that decoding one picture may take, in bytes.
const MOST_MEMORY: u64 = 256 << 20;

/// The pictures of a folder, and what could not be used as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Folder {
    /// Grey pictures in the order of their names, `side`² bytes each.
    pub pictures: Vec<Vec<u8>>,
    /// How many files could not be decoded.
    pub skipped: usize,
    /// The first of them and why.
    pub first_problem: Option<String>,
    /// How many are animated: of those, the first frame counts.
    pub animated: usize,
    /// How many look exactly like one before them and are left out: one of the two could be tested, the other learned.
    pub duplicates: usize,
}

/// Reads every picture below `folder`: cropped to its central square, resampled to `side` × `side`, grey by luminance.
///
/// # Errors
/// When the folder cannot be read or holds more pictures than fit in memory. A file that cannot be decoded is
/// skipped and counted.
pub fn read(folder: &Path, side: usize) -> Result<Folder, DataError> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    // By their names below the folder, so that the split does not depend on where the folder lies.
    paths.sort();
    let read: Vec<_> = paths.par_iter().map(|path| (path, picture(path, side))).collect();
    let (mut found, mut seen) = (Folder::default(), HashSet::new());
    for (path, picture) in read {
        match picture {
            Ok((pixels, _)) if seen.contains(&pixels) => found.duplicates += 1,
            Ok((pixels, is_animated)) => {
                seen.insert(pixels.clone());
                found.pictures.push(pixels);
                found.animated += usize::from(is_animated);
            }
            Err(reason) => {
                let name = path.strip_prefix(folder).unwrap_or(path);
                found.skipped += 1;
                found.first_problem.get_or_insert_with(|| format!("{}: {reason}", name.display()));
            }
        }
    }
    Ok(found)
}

impl Folder {
    /// The pictures to learn from and those kept for testing, each in an order that follows from `seed`: `share` of
    /// all, but at least `least` on each side where there are that many.
    pub fn split(&self, seed: u64, share: f64, least: usize) -> [Vec<&[u8]>; 2] {
        let mut order: Vec<&[u8]> = self.pictures.iter().map(Vec::as_slice).collect();
        order.shuffle(&mut Generator::new(seed, Stream::Initialisation));
        let kept = ((order.len() as f64 * share).round() as usize).max(least).min(order.len().saturating_sub(least));
        let test = order.split_off(order.len() - kept);
        [order, test]
    }

    /// What was left out or taken in part, as a clause; empty when nothing was.
    pub fn remarks(&self) -> String {
        let mut text = String::new();
        if let Some(problem) = &self.first_problem {
            let files = if self.skipped == 1 { "1 file" } else { &format!("{} files", self.skipped) };
            text += &format!("; {files} could not be decoded (first {problem})");
        }
        match self.duplicates {
            0 => {}
            1 => text += "; 1 file repeats another",
            count => text += &format!("; {count} files repeat others"),
        }
        match self.animated {
            0 => {}
            1 => text += "; of 1 animated picture the first frame counts",
            count => text += &format!("; of {count} animated pictures the first frame counts"),
        }
        text
    }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), DataError> {
    let unreadable = |error: std::io::Error| DataError::unreadable(folder, &error);
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        // Links to folders are not followed: they may lead in a circle.
        if entry.file_type().map_err(unreadable)?.is_dir() {
            folders.push(entry.path());
        } else if is_picture(&entry.path()) {
            paths.push(entry.path());
        }
    }
    if paths.len() > MOST {
        return Err(DataError::new(folder, format!("expected at most {MOST} pictures, found more")));
    }
    folders.iter().try_for_each(|folder| collect(folder, paths))
}

/// The first frame of one picture: cropped, resampled and grey as [`read`] does it, `side`² bytes.
///
/// # Errors
/// With a few words when it cannot be read or decoded.
pub fn read_one(path: &Path, side: usize) -> Result<Vec<u8>, String> {
    if path.is_dir() {
        return Err("expected a picture, found a folder".into());
    }
    picture(path, side).map(|(pixels, _)| pixels)
}

/// Whether the name of a file is that of a picture.
pub fn is_picture(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// One picture in `side`² grey bytes, and whether it is the first frame of several.
fn picture(path: &Path, side: usize) -> Result<(Vec<u8>, bool), String> {
    let words = |error: image::ImageError| error.to_string();
    let open = || File::open(path).map(BufReader::new).map_err(|error| crate::files::reason(&error));
    let mut reader = ImageReader::new(open()?).with_guessed_format().map_err(|error| error.to_string())?;
    let Some(format) = reader.format() else { return Err("not a picture of a known kind".into()) };
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST);
    limits.max_image_height = Some(LONGEST);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(words)?;
    if decoder.total_bytes() > MOST_MEMORY {
        let (width, height) = decoder.dimensions();
        return Err(format!("{width}×{height} pixels are too many"));
    }
    // Cameras store how they were held.
    let orientation = decoder.orientation().map_err(words)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(words)?;
    picture.apply_orientation(orientation);
    Ok((resampled(grey_square(&picture), side), is_animated(open()?, format)))
}

/// The central square, grey; what is transparent lies on white. Pixel by pixel: a large picture is
/// copied only in grey.
fn grey_square(picture: &DynamicImage) -> GrayImage {
    let (width, height) = picture.dimensions();
    let side = width.min(height);
    let (left, top) = ((width - side) / 2, (height - side) / 2);
    GrayImage::from_fn(side, side, |x, y| {
        let [red, green, blue, opacity] = picture.get_pixel(left + x, top + y).0;
        let (grey, opacity) = (u32::from(luminance(red, green, blue)), u32::from(opacity));
        Luma([((grey * opacity + 255 * (255 - opacity) + 127) / 255) as u8])
    })
}

fn is_animated(file: impl BufRead + Seek, format: ImageFormat) -> bool {
    match format {
        ImageFormat::Gif => GifDecoder::new(file).is_ok_and(|gif| gif.into_frames().take(2).flatten().count() > 1),
        ImageFormat::Png => PngDecoder::new(file).and_then(|png| png.is_apng()).unwrap_or(false),
        _ => false,
    }
}
