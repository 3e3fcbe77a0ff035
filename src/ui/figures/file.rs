//! A figure as a file: a drawing for print, a picture, or its numbers.

use super::{Look, about, outlines, picture, usual_size};
use crate::files::FileError;
use crate::ui::export::drawing::encoded;
use crate::view::export::{ExportError, FigureOrder, Format, Progress, Width, file};
use crate::view::figures::{Cancelled, FileKind, Made, Options, find, make};
use image::ImageFormat;
use std::io::Write as _;
use std::path::Path;

/// Pixels per point of a picture.
pub const SCALE: f32 = 2.0;

/// How a figure is drawn unless somebody says otherwise: on paper.
pub fn usual_look(made: &Made) -> Look {
    Look { size: usual_size(made), scale: SCALE, dark: false }
}

/// Makes what was ordered of the runs that there are, and writes it to `path`; answers what it is in words.
///
/// # Errors
/// When it is cancelled, there is no run of it, or it cannot be drawn or written.
pub fn make_and_write(order: &FigureOrder, path: &Path, progress: &Progress) -> Result<String, ExportError> {
    let refused = |error: anyhow::Error| match error.is::<Cancelled>() {
        true => ExportError::Cancelled,
        false => ExportError::Figure(error),
    };
    let figure = find(order.name).map_err(|error| refused(error.into()))?;
    let options = Options { folders: order.folders.clone(), ..Options::default() };
    // What is drawn and written in the end is one part more.
    let each = &mut |done: usize, all: usize| progress.report(done, all + 1).is_ok();
    let made = make(figure, &options, each).map_err(refused)?;
    let what = write(&made, order.kind, &usual_look(&made), order.width, path, progress)?;
    let mut words = vec![in_words(&made, &what)];
    words.extend(made.missing_in_words());
    words.extend(made.passed_over.first().map(|first| match made.passed_over.len() {
        1 => format!("passed over: {first}"),
        count => format!("passed over: {first}, and {} more", count - 1),
    }));
    // It is written: whoever cancels now is too late.
    let _heard = progress.report(1, 1);
    Ok(words.join("; "))
}

/// What a file is, and the groups in it with their numbers of runs.
pub fn in_words(made: &Made, what: &str) -> String {
    match made.groups_in_words() {
        groups if groups.is_empty() => what.to_owned(),
        groups => format!("{what}, {groups}"),
    }
}

/// Writes a figure; answers what the file is in words. A drawing is as wide on paper as `width` says, otherwise as its
/// points are at 96 to the inch.
///
/// # Errors
/// When it is cancelled, the figure is a picture and numbers are asked for, nothing can draw, or the file cannot be written.
pub fn write(
    made: &Made,
    kind: FileKind,
    look: &Look,
    width: Option<Width>,
    path: &Path,
    progress: &Progress,
) -> Result<String, ExportError> {
    match kind {
        FileKind::Csv => write_text(made, made.to_csv(), path, progress),
        FileKind::Markdown => write_text(made, made.to_markdown(), path, progress),
        FileKind::Png => write_picture(made, look, path, progress),
        FileKind::Svg => write_drawing(made, look, Format::Svg, width, path, progress),
        FileKind::Pdf => write_drawing(made, look, Format::Pdf, width, path, progress),
    }
}

fn write_text(made: &Made, text: Option<String>, path: &Path, progress: &Progress) -> Result<String, ExportError> {
    let Some(text) = text else {
        let problem = format!(
            "cannot be written: {} is a picture and has no table of numbers, expected a name that ends in .png, .svg or .pdf",
            made.figure.name
        );
        return Err(FileError::new(path, problem).into());
    };
    file::write(path, progress, |draft| draft.write_all(text.as_bytes()).map_err(|error| file::refused(path, &error)))?;
    Ok(format!("{} lines", text.lines().count()))
}

fn write_drawing(
    made: &Made,
    look: &Look,
    format: Format,
    width: Option<Width>,
    path: &Path,
    progress: &Progress,
) -> Result<String, ExportError> {
    let width = width.unwrap_or(Width::of_points(look.size[0]));
    let drawing = outlines(made, look)?;
    let bytes = encoded(&drawing, &about(made), format, width, path)?;
    file::write(path, progress, |draft| draft.write_all(&bytes).map_err(|error| file::refused(path, &error)))?;
    let millimetres = width.millimetres();
    Ok(format!("{:.1} × {:.1} mm", millimetres, drawing.height_for(millimetres)))
}

fn write_picture(made: &Made, look: &Look, path: &Path, progress: &Progress) -> Result<String, ExportError> {
    let mut what = String::new();
    file::write(path, progress, |draft| {
        let picture = picture(made, look)?;
        what = format!("{}×{} pixels", picture.width(), picture.height());
        // Nothing is seen through a page.
        let opaque = image::DynamicImage::ImageRgba8(picture).into_rgb8();
        opaque.write_to(draft, ImageFormat::Png).map_err(|error| file::not_encoded(path, &error))
    })?;
    Ok(what)
}
