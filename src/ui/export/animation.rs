//! A span of a lifetime as a GIF: one frame a step, drawn and written one after the other.

use super::figure::Studio;
use super::palette::{COLORS, Census, Palette};
use crate::episode::clock::REST_SECONDS;
use crate::files::FileError;
use crate::view::export::{ExportError, Progress, Shown, file};
use gif::{DisposalMethod, Encoder, Frame, Repeat};
use image::RgbaImage;
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

/// The most frames per second: viewers slow down what is shown for less than two hundredths of a second.
pub const FASTEST: u32 = 50;

/// Frames that are drawn once more beforehand, to learn the colours.
const SAMPLES: usize = 8;

/// The index that leaves a pixel as it was.
const AS_BEFORE: u8 = COLORS as u8;

/// Which steps, and how fast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Steps, from zero.
    pub span: Range<usize>,
    /// Frames per second.
    pub frames_per_second: u32,
}

impl Timing {
    /// Hundredths of a second that the frame with this index is shown. Rounding never adds up: n frames take n / fps.
    /// The last frame rests as playback does: what a lifetime comes to is worth a look.
    fn delay(&self, index: usize) -> u16 {
        let fps = f64::from(self.frames_per_second.clamp(1, FASTEST));
        let time = |index: usize| (index as f64 * 100.0 / fps).round();
        let rest = if index + 1 == self.span.len() { REST_SECONDS * 100.0 } else { 0.0 };
        (time(index + 1) - time(index) + rest) as u16
    }
}

/// Writes the animation; answers what it is in words.
///
/// # Errors
/// When the span lies beyond the lifetime, it is cancelled, nothing can draw, or the file cannot be written.
pub fn write(
    panel: Option<usize>,
    timing: &Timing,
    scale: f32,
    shown: &Shown,
    path: &Path,
    progress: &Progress,
) -> Result<String, ExportError> {
    let steps = shown.still.scene.tape().steps;
    let span = timing.span.clone();
    if span.is_empty() || span.end > steps {
        let problem = format!(
            "expected a span within steps 1 to {steps}, found {} to {}",
            span.start.saturating_add(1),
            span.end
        );
        return Err(FileError::new(path, format!("cannot be written: {problem}")).into());
    }
    let samples = SAMPLES.min(span.len());
    let total = samples + span.len();
    let mut what = String::new();
    file::write(path, progress, |draft| {
        let mut studio = Studio::new(panel, scale, shown)?;
        let mut census = Census::default();
        let mut size = (0, 0);
        for index in 0..samples {
            progress.report(index, total)?;
            // The first, the last, and some between.
            let picture = studio.draw(span.start + index * (span.len() - 1) / (samples - 1).max(1))?;
            size = picture.dimensions();
            census.count(&picture);
        }
        let (width, height) = canvas(size, path)?;
        let mut palette = census.palette();
        // A full table, also when there are few colours: the index "as before" has to lie within it.
        let mut table = palette.bytes().to_vec();
        table.resize(3 * (COLORS + 1), 0);
        let encoder = Encoder::new(&mut *draft, width, height, &table);
        let mut encoder = encoder.map_err(|error| file::not_encoded(path, &error))?;
        encoder.set_repeat(Repeat::Infinite).map_err(|error| file::not_encoded(path, &error))?;
        let mut before = Vec::new();
        for (index, step) in span.clone().enumerate() {
            progress.report(samples + index, total)?;
            let picture = studio.draw(step)?;
            let mut frame = changes(&mut palette, &picture, &mut before);
            frame.delay = timing.delay(index);
            encoder.write_frame(&frame).map_err(|error| file::not_encoded(path, &error))?;
        }
        // The end of the file is written here rather than on drop, where an error would be lost.
        encoder.into_inner().map_err(|error| file::not_encoded(path, &error))?;
        what = format!(
            "{} frames of {width}×{height} pixels, steps {} to {} of {steps}",
            span.len(),
            span.start + 1,
            span.end
        );
        progress.report(total, total)
    })?;
    Ok(what)
}

fn canvas((width, height): (u32, u32), path: &Path) -> Result<(u16, u16), ExportError> {
    match (u16::try_from(width), u16::try_from(height)) {
        (Ok(width), Ok(height)) => Ok((width, height)),
        _ => {
            let problem = format!("a GIF has at most 65535×65535 pixels, found {width}×{height}");
            Err(FileError::new(path, format!("cannot be written: {problem}")).into())
        }
    }
}

/// The smallest frame that turns `before` into `picture`; `before` is then what is seen, as indices. Pixels whose
/// colour has hardly changed stay as they are, and are compared with what is seen: errors do not add up.
fn changes(palette: &mut Palette, picture: &RgbaImage, before: &mut Vec<u8>) -> Frame<'static> {
    let width = picture.width() as usize;
    let mut now = palette.indices(picture);
    let is_first = before.is_empty();
    for (now, &before) in now.iter_mut().zip(&*before) {
        if palette.alike(*now, before) {
            *now = before;
        }
    }
    let differs = |index: usize| is_first || now[index] != before[index];
    let (mut left, mut right, mut top, mut bottom) = (usize::MAX, 0, usize::MAX, 0);
    for index in (0..now.len()).filter(|&index| differs(index)) {
        let (x, y) = (index % width, index / width);
        (left, right) = (left.min(x), right.max(x + 1));
        (top, bottom) = (top.min(y), y + 1);
    }
    if left == usize::MAX {
        // Nothing changed: one pixel that stays as it was still takes its time.
        (left, right, top, bottom) = (0, 1, 0, 1);
    }
    let pixels = (top..bottom).flat_map(|y| y * width + left..y * width + right);
    let buffer: Vec<u8> = pixels.map(|index| if differs(index) { now[index] } else { AS_BEFORE }).collect();
    *before = now;
    let short = |side: usize| u16::try_from(side).unwrap_or(u16::MAX);
    Frame {
        left: short(left),
        top: short(top),
        width: short(right - left),
        height: short(bottom - top),
        transparent: (!is_first).then_some(AS_BEFORE),
        dispose: DisposalMethod::Keep,
        buffer: Cow::Owned(buffer),
        ..Frame::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_keep_the_pace_and_the_last_one_rests() {
        for fps in [1, 7, 15, 24, 30, 50] {
            let timing = Timing { span: 0..210, frames_per_second: fps };
            let all: u64 = (0..210).map(|index| u64::from(timing.delay(index))).sum();
            let expected = 210.0 * 100.0 / f64::from(fps) + REST_SECONDS * 100.0;
            assert!((all as f64 - expected).abs() <= 1.0, "{fps} frames per second took {all}, expected {expected}");
            assert!(timing.delay(0) >= 2);
        }
    }
}
