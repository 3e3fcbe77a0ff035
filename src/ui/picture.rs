//! The same window, drawn into a file without a display.

use super::app::App;
use super::inspector::inspector_ui;
use super::theme::Palette;
use crate::render::{DrawError, NoAdapter, Offscreen};
use crate::train::Bundled;
use image::RgbaImage;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

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
            None => self.app.session.open_bundled(Bundled::default()),
        }
        self.app.session.settle();
        self.app.session.clock.pause();
        self.app.make_room();
    }

    /// One frame of the whole window as a screen would show it, `seconds` after the one before. Answers how long it wants
    /// to wait for the next.
    ///
    /// # Errors
    /// When the window is too large or the device fails.
    pub fn frame(&mut self, size: [f32; 2], scale: f32, seconds: f64) -> Result<Duration, DrawError> {
        self.offscreen.frame(size, scale, seconds, &mut |ui| {
            self.app.advance(ui.ctx(), seconds);
            self.app.ui(ui);
        })
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
        self.figure(None, size, scale, None)
    }

    /// One panel alone, by its place in the registry.
    ///
    /// # Errors
    /// When the picture is too large or the device fails.
    pub fn panel(&mut self, index: usize, size: [f32; 2], scale: f32) -> Result<RgbaImage, DrawError> {
        self.figure(Some(index), size, scale, None)
    }

    /// One panel or, without one, the whole window; a caption stands below and makes the picture taller.
    ///
    /// # Errors
    /// When the picture is too large or the device fails.
    pub fn figure(
        &mut self,
        panel: Option<usize>,
        size: [f32; 2],
        scale: f32,
        caption: Option<&str>,
    ) -> Result<RgbaImage, DrawError> {
        let drawn = self.draw(panel, size, scale, caption)?;
        let session = &mut self.app.session;
        if session.is_at_rest() {
            return Ok(drawn);
        }
        // When it was drawn, panels have begun to look for what they show: a picture waits for it.
        session.wait_for_panels();
        self.draw(panel, size, scale, caption)
    }

    fn draw(
        &mut self,
        panel: Option<usize>,
        size: [f32; 2],
        scale: f32,
        caption: Option<&str>,
    ) -> Result<RgbaImage, DrawError> {
        let figure = Figure { panel, size, caption };
        self.offscreen.draw(figure.whole_size(), scale, &mut |ui| figure.ui(ui, &mut self.app))
    }

    /// Whatever `ui` draws, in the theme of the window.
    ///
    /// # Errors
    /// When the picture is too large or the device fails.
    pub fn drawing(
        &mut self,
        size: [f32; 2],
        scale: f32,
        ui: &mut dyn FnMut(&mut egui::Ui),
    ) -> Result<RgbaImage, DrawError> {
        self.offscreen.draw(size, scale, ui)
    }

    /// The inspector alone.
    ///
    /// # Errors
    /// When the picture is too large or the device fails.
    pub fn inspector(&mut self, size: [f32; 2], scale: f32) -> Result<RgbaImage, DrawError> {
        self.offscreen.draw(size, scale, &mut |ui| {
            let fill = Palette::of(ui.ctx()).background;
            let frame = egui::Frame::new().fill(fill).inner_margin(12);
            let inspector = egui::CentralPanel::default().frame(frame);
            inspector.show(ui, |ui| inspector_ui(ui, &mut self.app.viewed()));
        })
    }
}

/// One panel or, without one, the whole window, with or without a caption below.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figure<'a> {
    /// The panel, by its place in the registry.
    pub panel: Option<usize>,
    /// Width and height in points, without the caption.
    pub size: [f32; 2],
    /// What stands below.
    pub caption: Option<&'a str>,
}

impl Figure<'_> {
    /// Width and height in points, with the caption.
    pub fn whole_size(&self) -> [f32; 2] {
        [self.size[0], self.size[1] + self.below()]
    }

    fn below(&self) -> f32 {
        self.caption.map_or(0.0, |caption| caption_height(caption, self.size[0]))
    }

    /// Draws it.
    pub fn ui(&self, ui: &mut egui::Ui, app: &mut App) {
        if let Some(caption) = self.caption {
            caption_ui(ui, caption, self.below());
        }
        match self.panel {
            // A panel alone keeps clear of the caption and of the edges.
            Some(index) if self.caption.is_some() => {
                let margin = egui::Margin { bottom: 0, ..egui::Margin::same(8) };
                egui::Frame::new().inner_margin(margin).show(ui, |ui| app.panel_ui(ui, index));
            }
            Some(index) => app.panel_ui(ui, index),
            None => app.ui(ui),
        }
    }
}

/// Points of a line of a caption.
const CAPTION_LINE: f32 = 16.0;

/// Points left free beside a caption, at each side.
const CAPTION_MARGIN: i8 = 12;

/// Room for a caption in a picture of `width` points: a letter is at most about half as wide as it is high.
fn caption_height(caption: &str, width: f32) -> f32 {
    let room = (width - 2.0 * f32::from(CAPTION_MARGIN)).max(60.0);
    let lines = (caption.chars().count() as f32 * 6.2 / room).ceil().max(1.0);
    lines * CAPTION_LINE + 12.0
}

fn caption_ui(ui: &mut egui::Ui, caption: &str, height: f32) {
    let palette = Palette::of(ui.ctx());
    let margin = egui::Margin::symmetric(CAPTION_MARGIN, 4);
    let frame = egui::Frame::new().fill(palette.background).inner_margin(margin);
    let strip = egui::Panel::bottom("caption").exact_size(height).show_separator_line(false).frame(frame);
    strip.show(ui, |ui| {
        ui.centered_and_justified(|ui| {
            ui.label(egui::RichText::new(caption).size(12.0).color(palette.quiet));
        });
    });
}
