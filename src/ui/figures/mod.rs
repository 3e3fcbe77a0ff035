//! The figures of the papers, drawn: ordinary painting of a user interface, so that whatever writes one to a file writes these.
//!
//! | file | subject |
//! |---|---|
//! | here | the page: heading, what is drawn, caption |
//! | [`chart`] | curves with their legend |
//! | [`table`] | rows of numbers |
//! | [`episodes`] | pictures, matrices, the modulator |
//! | [`file`](mod@file) | a figure as a file of each kind |

pub mod chart;
pub mod episodes;
pub mod file;
pub mod table;

use crate::render::vector::{About, Drawing as Outlines, Sheet};
use crate::render::{DrawError, Offscreen};
use crate::ui::panels::pixels::Textures;
use crate::ui::picture::Picture;
use crate::ui::theme::{self, Palette};
use crate::view::export::ExportError;
use crate::view::figures::episodes::OfNetwork;
use crate::view::figures::{Drawing, Made};
use egui::text::LayoutJob;
use egui::{FontId, Rect, Ui, pos2, vec2};
use image::RgbaImage;

/// Points left free at each side.
const MARGIN: f32 = 16.0;

/// Points between heading, drawing and caption.
const BETWEEN: f32 = 10.0;

/// About the height of a line of the caption, in points.
const CAPTION_LINE: f32 = 14.0;

/// How a figure is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Width and height in points.
    pub size: [f32; 2],
    /// Pixels per point.
    pub scale: f32,
    /// Whether on a dark background.
    pub dark: bool,
}

/// The size in points unless another is asked for.
pub fn usual_size(made: &Made) -> [f32; 2] {
    match &made.drawing {
        Drawing::Chart(_) => [760.0, 620.0],
        Drawing::Table(results) => [760.0, 240.0 + 26.0 * results.rows.len() as f32],
        Drawing::OfNetwork(OfNetwork::Recalls(recalls)) => [760.0, 140.0 + 124.0 * recalls.rows.len() as f32],
        Drawing::OfNetwork(OfNetwork::Matrices(_)) => [860.0, 560.0],
        Drawing::OfNetwork(OfNetwork::Modulated(_)) => [760.0, 460.0],
    }
}

/// The figure as a picture.
///
/// # Errors
/// When nothing can draw, or the picture is too large.
pub fn picture(made: &Made, look: &Look) -> Result<RgbaImage, ExportError> {
    let mut picture = Picture::with(Offscreen::new()?, look.dark);
    let mut textures = Textures::default();
    Ok(picture.drawing(look.size, look.scale, &mut |ui| figure_ui(ui, made, &mut textures))?)
}

/// The figure as a drawing for print. No graphics device is needed.
///
/// # Errors
/// When the page is too large.
pub fn outlines(made: &Made, look: &Look) -> Result<Outlines, DrawError> {
    let mut sheet = Sheet::new();
    theme::install(sheet.context());
    sheet.context().set_theme(if look.dark { egui::Theme::Dark } else { egui::Theme::Light });
    let mut textures = Textures::default();
    sheet.draw(look.size, &mut |ui| figure_ui(ui, made, &mut textures))
}

/// What its file says of it.
pub fn about(made: &Made) -> About {
    About { title: format!("Hebbscope: {}", made.figure.title), description: made.caption.join(" ") }
}

/// Draws a figure into all there is.
pub fn figure_ui(ui: &mut Ui, made: &Made, textures: &mut Textures) {
    let palette = Palette::of(ui.ctx());
    let page = ui.max_rect();
    ui.painter().rect_filled(page, 0.0, palette.surface);
    let inner = page.shrink(MARGIN);
    let strong = FontId::new(14.0, egui::FontFamily::Name(theme::STRONG.into()));
    let title = ui.painter().layout(made.figure.title.to_owned(), strong, palette.text, inner.width());
    let small = FontId::proportional(11.0);
    let missing = made.missing_in_words().map(|missing| first_up(&missing) + ".");
    let words: Vec<&str> = made.caption.iter().chain(&missing).map(String::as_str).collect();
    let words = words.join("\n");
    let mut caption = LayoutJob::simple(words, small, palette.quiet, inner.width());
    // What is drawn has more than half of the page; numbers in full are in the other files.
    caption.wrap.max_rows = ((inner.height() * 0.4 / CAPTION_LINE) as usize).max(1);
    let caption = ui.painter().layout_job(caption);
    let top = inner.top() + title.size().y + BETWEEN;
    // However small the page, something of what is drawn is on it.
    let bottom = (inner.bottom() - caption.size().y - BETWEEN).max(top + 40.0);
    ui.painter().galley(inner.min, title, palette.text);
    ui.painter().galley(pos2(inner.left(), bottom + BETWEEN), caption, palette.quiet);
    let rect = Rect::from_min_max(pos2(inner.left(), top), pos2(inner.right(), bottom));
    match &made.drawing {
        Drawing::Chart(chart) => chart::chart_ui(ui, rect, chart, palette),
        Drawing::Table(results) => table::table_ui(ui, rect, &results.cells(), palette),
        Drawing::OfNetwork(OfNetwork::Recalls(recalls)) => {
            episodes::recalls_ui(ui, rect, recalls, palette, textures);
        }
        Drawing::OfNetwork(OfNetwork::Matrices(matrices)) => {
            episodes::matrices_ui(ui, rect, matrices, palette, textures);
        }
        Drawing::OfNetwork(OfNetwork::Modulated(modulated)) => {
            episodes::modulated_ui(ui, rect, modulated, palette);
        }
    }
    ui.allocate_space(vec2(page.width(), page.height()));
}

/// A sentence begins with a capital letter.
fn first_up(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
