//! Rows of what is recalled: what was shown, probe, output, target, error, and how good the answer is.

use super::row::{BETWEEN, Layout, SMALLEST_WORDS, texture_name};
use crate::ui::panels::pixels::{self, Key, Textures, WHOLE};
use crate::ui::panels::recall::stored_title;
use crate::ui::theme::Palette;
use crate::view::cells::grid_of;
use crate::view::lifetimes::{GalleryLifetime, Recalling};
use egui::{Align2, Color32, FontId, Rect, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

/// Width of the measure at the right, as a number and as a part.
const MEASURE: [f32; 2] = [38.0, 52.0];

/// Between two pictures, and between what was shown and what was asked.
const GAPS: [f32; 2] = [4.0, 12.0];

/// Width of a picture.
const WIDTH: [f32; 2] = [18.0, 96.0];

/// What stands after the pictures that were shown.
const ANSWERS: [&str; 4] = ["probe", "output", "target", "error"];

/// Where the parts of a row stand; the same for all rows.
pub(super) struct Recalls {
    shown: usize,
    /// Width of the seeds.
    seed: f32,
    stored: String,
    measure: f32,
    measured: String,
    picture: Vec2,
    font: FontId,
}

impl Recalls {
    /// The layout of rows like `lived`, in which `recalling` was recalled, in `width` points with `seed` for the seeds.
    pub fn of(ui: &Ui, lived: &GalleryLifetime, recalling: &Recalling, width: f32, seed: f32) -> Self {
        let shown = recalling.question.study.len();
        let (columns, rows) = grid_of(recalling.question.size());
        let measures = lived.measures();
        let measure = MEASURE[usize::from(measures.is_fraction())];
        let [gap, wide] = GAPS;
        let gaps = gap * (shown + ANSWERS.len()) as f32 + wide;
        let [least, most] = WIDTH;
        let across = ((width - seed - measure - gaps) / (shown + ANSWERS.len()) as f32).clamp(least, most).floor();
        let picture = vec2(across, (across * rows as f32 / columns as f32).max(4.0));
        let measured = measures.symbol.to_owned();
        let stored = stored_title(lived.by.config.task().examples_are_pictures()).to_lowercase();
        Self { shown, seed, stored, measure, measured, picture, font: egui::TextStyle::Small.resolve(ui.style()) }
    }

    /// Where a picture begins, counted from the left of the row.
    fn x(&self, index: usize) -> f32 {
        let [gap, wide] = GAPS;
        let after_shown = if index >= self.shown { wide } else { 0.0 };
        self.seed + index as f32 * (self.picture.x + gap) + after_shown
    }
}

impl Layout for Recalls {
    fn height(&self) -> f32 {
        self.picture.y + BETWEEN
    }

    fn width(&self) -> f32 {
        self.x(self.shown + ANSWERS.len()) + self.measure
    }

    /// Where pictures are narrower than the words above them, those are written smaller.
    fn headings(&self, ui: &Ui, rect: Rect) {
        let palette = Palette::of(ui.ctx());
        let painter = ui.painter_at(rect.expand(2.0));
        let lay_out = |text: &str, font: FontId| painter.layout_no_wrap(text.to_owned(), font, palette.quiet);
        let across = self.picture.x + GAPS[0] - 2.0;
        let widest = ANSWERS.map(|title| lay_out(title, self.font.clone()).size().x).into_iter().fold(1.0, f32::max);
        let size = (self.font.size * (across / widest).min(1.0)).max(SMALLEST_WORDS);
        let font = FontId { size, ..self.font.clone() };
        let place = |x: f32, align: Align2, text: &str, room: f32| {
            let galley = lay_out(text, font.clone());
            if galley.size().x <= room {
                let corner = align.anchor_size(pos2(rect.left() + x, rect.center().y), galley.size()).min;
                painter.galley(corner, galley, palette.quiet);
            }
        };
        place(self.x(0), Align2::LEFT_CENTER, &self.stored, self.picture.x * self.shown as f32);
        for (index, title) in ANSWERS.into_iter().enumerate() {
            place(self.x(self.shown + index), Align2::LEFT_CENTER, title, across + 1.0);
        }
        place(self.width() - 4.0, Align2::RIGHT_CENTER, &self.measured, self.measure);
    }

    fn content_ui(&self, ui: &Ui, row: Rect, lived: &GalleryLifetime, is_own: bool, textures: &mut Textures) {
        let palette = Palette::of(ui.ctx());
        let Some(recalling) = lived.shown.recall() else { return };
        let ink = if is_own { palette.text } else { palette.quiet };
        let end = pos2(row.left() + self.width() - 4.0, row.center().y);
        ui.painter().text(end, Align2::RIGHT_CENTER, lived.measure_text(), self.font.clone(), ink);
        let (columns, rows) = grid_of(recalling.question.size());
        let options = pixels::options(ui.ctx(), self.picture.x, columns);
        let count = self.shown + ANSWERS.len();
        let key = Key { identity: lived.identity, dark: palette.dark, options };
        let cells = || cells(lived, recalling, columns * rows, palette);
        let texture = textures.fixed(ui.ctx(), &texture_name(lived), key, columns, cells);
        // What has been overtaken recedes.
        let tint = if is_own { Color32::WHITE } else { Color32::from_white_alpha(110) };
        for index in 0..count {
            let corner = pos2(row.left() + self.x(index), row.top() + BETWEEN / 2.0);
            let rect = Rect::from_min_size(corner, self.picture);
            let (top, height) = (index as f32 / count as f32, 1.0 / count as f32);
            // Half a cell is left out at the seams, so that no neighbour shines through.
            let seam = if options == egui::TextureOptions::LINEAR { 0.5 / (count * rows) as f32 } else { 0.0 };
            let part = WHOLE.with_min_y(top + seam).with_max_y(top + height - seam);
            ui.painter().image(texture, rect, part, tint);
            let stroke = match index.checked_sub(self.shown) {
                Some(1) => Stroke::new(1.5, if is_own { palette.mark } else { palette.line }),
                _ => Stroke::new(1.0, palette.line),
            };
            ui.painter().rect_stroke(rect, 0.0, stroke, StrokeKind::Outside);
            if index == recalling.question.target {
                pixels::mark_asked(ui, rect, palette);
            }
        }
    }
}

/// All pictures of a row one below the other, each filled up to `size` cells: one texture a row.
fn cells(lived: &GalleryLifetime, recalling: &Recalling, size: usize, palette: &Palette) -> Vec<Color32> {
    let Recalling { question, answer } = recalling;
    let target = question.asked();
    let error = match lived.by.config.task().examples_are_pictures() {
        true => pixels::signed_error(answer, target, palette),
        false => pixels::wrong_signs(answer, target, palette),
    };
    let shown = question.study.iter().map(|example| pixels::grey(example, palette));
    let answers =
        [pixels::probe(&question.probe, palette), pixels::grey(answer, palette), pixels::grey(target, palette), error];
    let filled = |mut picture: Vec<Color32>| {
        picture.resize(size, Color32::TRANSPARENT);
        picture
    };
    shown.chain(answers).flat_map(filled).collect()
}
