//! The window or a panel as a picture with its caption.

use crate::render::Offscreen;
use crate::ui::app::App;
use crate::ui::panels::PANELS;
use crate::ui::picture::Picture;
use crate::view::export::{ExportError, Progress, Shown, Still, file};
use image::{ImageFormat, RgbaImage};
use std::path::Path;

/// A window that no screen shows, set up to draw one still at any of its steps.
pub struct Studio {
    picture: Picture,
    still: Still,
    panel: Option<usize>,
    size: [f32; 2],
    scale: f32,
    caption: bool,
}

impl Studio {
    /// A studio for the whole window, or for one panel by its place in the registry.
    ///
    /// # Errors
    /// When there is nothing that can draw.
    ///
    /// # Panics
    /// When the registry has no such panel.
    pub fn new(panel: Option<usize>, scale: f32, shown: &Shown) -> Result<Self, ExportError> {
        assert!(panel.is_none_or(|index| index < PANELS.len()), "a panel is drawn by its place in the registry");
        let mut picture = Picture::with(Offscreen::new()?, shown.dark);
        set_up(&mut picture.app, shown);
        Ok(Self { picture, still: shown.still.clone(), panel, size: shown.size, scale, caption: shown.caption })
    }

    /// The picture of one step, from zero.
    ///
    /// # Errors
    /// When the picture is too large or the device fails.
    pub fn draw(&mut self, step: usize) -> Result<RgbaImage, ExportError> {
        self.still.at = step;
        self.picture.app.session.clock.seek(step);
        let caption = self.caption.then(|| self.still.caption());
        Ok(self.picture.figure(self.panel, self.size, self.scale, caption.as_deref())?)
    }
}

/// Lets a window show a still as it is to be seen.
pub fn set_up(app: &mut App, shown: &Shown) {
    app.session.show_still(shown.still.clone());
    app.set_layout(shown.look.layout);
    let dock = app.dock();
    dock.arrange(&shown.look.arrangement);
    dock.choose(&shown.look.choices);
    if shown.look.presents {
        app.present_as_it_stands(1.0);
    }
}

/// Writes the picture; answers what it is in words.
///
/// # Errors
/// When it is cancelled, nothing can draw, or the file cannot be written.
pub fn write(
    panel: Option<usize>,
    scale: f32,
    shown: &Shown,
    path: &Path,
    progress: &Progress,
) -> Result<String, ExportError> {
    let mut what = String::new();
    file::write(path, progress, |draft| {
        progress.report(0, 2)?;
        let still = &shown.still;
        let picture = Studio::new(panel, scale, shown)?.draw(still.at)?;
        progress.report(1, 2)?;
        what = format!(
            "{}×{} pixels, step {} of {}",
            picture.width(),
            picture.height(),
            still.at + 1,
            still.scene.tape().steps
        );
        // Nothing is seen through a window; without the fourth channel the file is smaller.
        let opaque = image::DynamicImage::ImageRgba8(picture).into_rgb8();
        opaque.write_to(draft, ImageFormat::Png).map_err(|error| file::not_encoded(path, &error))?;
        progress.report(2, 2)
    })?;
    Ok(what)
}
