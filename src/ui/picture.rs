//! The same window, drawn into a file without a display.

use super::app::App;
use crate::render::{DrawError, NoAdapter, Offscreen};
use image::RgbaImage;
use std::path::Path;
use std::sync::Arc;

/// Why a picture could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// There is nothing that can draw.
    #[error(transparent)]
    NoAdapter(#[from] NoAdapter),
    /// The picture is too large, or the device failed.
    #[error(transparent)]
    Draw(#[from] DrawError),
}

/// A window that no screen shows.
pub struct Picture {
    offscreen: Offscreen,
    /// The window.
    pub app: App,
}

impl Picture {
    /// An empty window in the dark or the light theme.
    ///
    /// # Errors
    /// When there is nothing that can draw.
    pub fn new(dark: bool) -> Result<Self, NoAdapter> {
        Ok(Self::with(Offscreen::new()?, dark))
    }

    /// The same, on a device that has been found already.
    pub fn with(offscreen: Offscreen, dark: bool) -> Self {
        let context = offscreen.context();
        context.set_theme(if dark { egui::Theme::Dark } else { egui::Theme::Light });
        let app = App::new(context, Arc::new(|| {}));
        Self { offscreen, app }
    }

    /// Opens a file, or the bundled network, and waits until it is ready. Time stands still.
    pub fn open(&mut self, path: Option<&Path>) {
        match path {
            Some(path) => self.app.session.open(path.to_owned()),
            None => self.app.session.open_bundled(),
        }
        self.app.session.settle();
        self.app.session.clock.pause();
    }

    /// Gives the device back, for another window.
    pub fn into_offscreen(self) -> Offscreen {
        self.offscreen
    }

    /// The whole window, `size` in points, `scale` pixels per point.
    ///
    /// # Errors
    /// When the picture is too large or the device fails.
    pub fn window(&mut self, size: [f32; 2], scale: f32) -> Result<RgbaImage, DrawError> {
        self.offscreen.draw(size, scale, &mut |ui| self.app.ui(ui))
    }

    /// One panel alone, by its place in the registry.
    ///
    /// # Errors
    /// When the picture is too large or the device fails.
    pub fn panel(&mut self, index: usize, size: [f32; 2], scale: f32) -> Result<RgbaImage, DrawError> {
        self.offscreen.draw(size, scale, &mut |ui| self.app.panel_ui(ui, index))
    }
}
