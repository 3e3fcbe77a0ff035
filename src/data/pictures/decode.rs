//! One picture from a file: whole, within bounds of memory, its central square in grey.

use super::budget::Budget;
use super::grey::{luminance, resampled};
use super::jpeg;
use crate::files::{Guarded, reason};
use image::codecs::png::PngDecoder;
use image::{
    DynamicImage, GenericImageView as _, GrayImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits,
    Luma, imageops,
};
use std::io::{BufRead, BufReader, Cursor, Seek};
use std::path::Path;

/// The longest side of a picture, in pixels.
const LONGEST: u32 = 30_000;

/// The most memory that the pixels of one picture may take, in bytes.
const MOST_MEMORY: u64 = 256 << 20;

/// A larger file is no picture that fits.
const MOST_BYTES: u64 = 512 << 20;

/// What all pictures that are decoded at the same time take together, in bytes. One that needs more is decoded alone.
static MEMORY: Budget = Budget::new(512 << 20);

/// A picture that has been read.
pub(in crate::data) struct Decoded {
    /// Grey bytes, as many as whoever made it smaller has left.
    pub(in crate::data) pixels: Vec<u8>,
    /// Whether it is the first frame of several.
    pub(in crate::data) is_animated: bool,
}

/// Why a picture was refused, in a few words.
#[derive(Debug)]
pub(in crate::data) enum Refusal {
    /// The file cannot be opened or read.
    Unread(String),
    /// What is in it is no picture, or not all of one, or too large.
    Undecoded(String),
}

impl Refusal {
    /// The few words.
    pub(in crate::data) fn into_words(self) -> String {
        let (Self::Unread(words) | Self::Undecoded(words)) = self;
        words
    }

    fn of(error: ImageError) -> Self {
        match error {
            ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Self::cut_short(),
            ImageError::IoError(error) => Self::Unread(reason(&error)),
            // Some decoders tell it in words of their own.
            error if error.to_string().to_lowercase().contains("unexpected end of file") => Self::cut_short(),
            error => Self::Undecoded(error.to_string()),
        }
    }

    fn cut_short() -> Self {
        Self::Undecoded("the file ends before the picture does".into())
    }
}

/// Reads a picture: cropped to its central square, resampled to `side` × `side`, grey by luminance.
pub(super) fn picture(path: &Path, side: usize) -> Result<Decoded, Refusal> {
    square_of_file(path, |square| resampled(square, side))
}

/// Reads a picture from a file: its central square, grey by luminance, is given to `scale`, which makes it smaller.
pub(in crate::data) fn square_of_file(
    path: &Path,
    scale: impl FnOnce(GrayImage) -> Vec<u8>,
) -> Result<Decoded, Refusal> {
    let opened = Guarded::open(path, "a picture", MOST_BYTES).map_err(|error| Refusal::Unread(error.problem))?;
    let length = opened.length();
    square(&mut BufReader::new(opened.into_file()), length, LONGEST, scale)
}

/// The same of a file's bytes, where no side of the picture is longer than `longest` pixels.
pub(in crate::data) fn square_of_bytes(
    bytes: &[u8],
    longest: u32,
    scale: impl FnOnce(GrayImage) -> Vec<u8>,
) -> Result<Decoded, Refusal> {
    square(&mut Cursor::new(bytes), bytes.len() as u64, longest, scale)
}

fn square<F: BufRead + Seek>(
    mut file: &mut F,
    length: u64,
    longest: u32,
    scale: impl FnOnce(GrayImage) -> Vec<u8>,
) -> Result<Decoded, Refusal> {
    let unread = |error: std::io::Error| Refusal::Unread(reason(&error));
    let guessed = ImageReader::new(&mut file).with_guessed_format().map_err(unread)?.format();
    let Some(format) = guessed else { return Err(Refusal::Undecoded("not a picture of a known kind".into())) };
    let mut loan = None;
    if format == ImageFormat::Jpeg {
        file.rewind().map_err(unread)?;
        let outline = jpeg::outline(&mut file).map_err(unread)?;
        if !outline.is_whole {
            return Err(Refusal::cut_short());
        }
        let (pixels, shown) = (outline.width * outline.height, if outline.components == 1 { 1 } else { 3 });
        is_small_enough(outline.width, outline.height, pixels * shown)?;
        // The decoder holds the file, and all passes over the picture until the last one is done.
        let passes = if outline.is_progressive { pixels * outline.components * size_of::<i16>() as u64 } else { 0 };
        loan = Some(MEMORY.take(length + passes + needed(outline.width, outline.height, pixels * shown)));
    }
    file.rewind().map_err(unread)?;
    let mut reader = ImageReader::with_format(&mut file, format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(longest);
    limits.max_image_height = Some(longest);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(Refusal::of)?;
    let [width, height] = <[u32; 2]>::from(decoder.dimensions()).map(u64::from);
    is_small_enough(width, height, decoder.total_bytes())?;
    let _loan = loan.unwrap_or_else(|| MEMORY.take(needed(width, height, decoder.total_bytes())));
    // Cameras store how they were held.
    let orientation = decoder.orientation().map_err(Refusal::of)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(Refusal::of)?;
    picture.apply_orientation(orientation);
    let square = grey_square(&picture);
    drop(picture);
    let pixels = scale(square);
    file.rewind().map_err(unread)?;
    Ok(Decoded { pixels, is_animated: is_animated(file, format) })
}

/// Refuses a picture whose pixels take too many bytes.
fn is_small_enough(width: u64, height: u64, bytes: u64) -> Result<(), Refusal> {
    if bytes > MOST_MEMORY {
        return Err(Refusal::Undecoded(format!("{width}×{height} pixels are too many")));
    }
    Ok(())
}

/// The bytes of a picture whose pixels take `bytes`: as they are, turned, and its square in grey.
fn needed(width: u64, height: u64, bytes: u64) -> u64 {
    2 * bytes + width.min(height).pow(2)
}

/// The central square, grey; what is transparent lies on white. Pixel by pixel: a large picture is
/// copied only in grey.
fn grey_square(picture: &DynamicImage) -> GrayImage {
    let (width, height) = picture.dimensions();
    let side = width.min(height);
    let (left, top) = ((width - side) / 2, (height - side) / 2);
    if let DynamicImage::ImageLuma8(grey) = picture {
        return imageops::crop_imm(grey, left, top, side, side).to_image();
    }
    GrayImage::from_fn(side, side, |x, y| {
        let [red, green, blue, opacity] = picture.get_pixel(left + x, top + y).0;
        let (grey, opacity) = (u32::from(luminance(red, green, blue)), u32::from(opacity));
        Luma([((grey * opacity + 255 * (255 - opacity) + 127) / 255) as u8])
    })
}

fn is_animated(file: &mut (impl BufRead + Seek), format: ImageFormat) -> bool {
    match format {
        ImageFormat::Gif => {
            // Counted without decoding: a frame may be as large as it likes.
            let mut options = gif::DecodeOptions::new();
            options.skip_frame_decoding(true);
            let Ok(mut frames) = options.read_info(file) else { return false };
            (0..2).all(|_| frames.next_frame_info().is_ok_and(|frame| frame.is_some()))
        }
        ImageFormat::Png => PngDecoder::new(file).and_then(|png| png.is_apng()).unwrap_or(false),
        _ => false,
    }
}
