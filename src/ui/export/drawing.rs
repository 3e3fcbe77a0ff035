//! A panel as a drawing for print, with its caption. No graphics device is needed.

use super::figure;
use crate::files::FileError;
use crate::render::vector::{About, Drawing, Sheet, pdf, svg};
use crate::ui::app::App;
use crate::ui::panels::PANELS;
use crate::ui::picture::Figure;
use crate::view::export::{ExportError, Format, Progress, Shown, Width, file};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

/// Writes the drawing; answers what it is in words.
///
/// # Errors
/// When it is cancelled, the page is too large, or the file cannot be written.
///
/// # Panics
/// When the registry has no such panel.
pub fn write(
    index: usize,
    format: Format,
    width: Option<Width>,
    shown: &Shown,
    path: &Path,
    progress: &Progress,
) -> Result<String, ExportError> {
    let panel = PANELS.get(index).expect("a panel is drawn by its place in the registry")();
    let still = &shown.still;
    let width = width.unwrap_or(Width::of_points(shown.size[0]));
    let mut what = String::new();
    file::write(path, progress, |draft| {
        progress.report(0, 3)?;
        let mut sheet = Sheet::new();
        sheet.context().set_theme(if shown.dark { egui::Theme::Dark } else { egui::Theme::Light });
        let mut app = App::new(sheet.context(), Arc::new(|| {}));
        figure::set_up(&mut app, shown);
        app.session.clock.seek(still.at);
        let caption = shown.caption.then(|| still.caption());
        let figure = Figure { panel: Some(index), size: shown.size, caption: caption.as_deref() };
        let mut drawing = sheet.draw(figure.whole_size(), &mut |ui| figure.ui(ui, &mut app))?;
        progress.report(1, 3)?;
        if !app.session.is_at_rest() {
            // When it was drawn, the panel has begun to look for what it shows: a drawing waits for it.
            app.session.wait_for_panels();
            drawing = sheet.draw(figure.whole_size(), &mut |ui| figure.ui(ui, &mut app))?;
        }
        progress.report(2, 3)?;
        let about = About { title: format!("Hebbscope: {}", panel.title()), description: still.caption() };
        let written = encoded(&drawing, &about, format, width, path)?;
        draft.write_all(&written).map_err(|error| file::refused(path, &error))?;
        let height = drawing.height_for(width.millimetres());
        let steps = still.scene.tape().steps;
        what = format!(
            "{} × {height:.1} mm, step {} of {steps}",
            (width.millimetres() * 10.0).round() / 10.0,
            still.at + 1
        );
        progress.report(3, 3)
    })?;
    Ok(what)
}

/// A drawing in its format, `width` wide on paper, for the file at `path`. What is no PDF is an SVG.
///
/// # Errors
/// When a picture or a font in it cannot be encoded.
pub fn encoded(
    drawing: &Drawing,
    about: &About,
    format: Format,
    width: Width,
    path: &Path,
) -> Result<Vec<u8>, FileError> {
    let written = match format {
        Format::Pdf => pdf::write(drawing, about, width.millimetres()),
        Format::Svg | Format::Png => svg::write(drawing, about, width.millimetres()),
    };
    written.map_err(|error| FileError::new(path, format!("cannot be written: {error}")))
}
