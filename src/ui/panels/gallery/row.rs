//! One lifetime as a row: its seed, what was shown, probe, output, target, error, and how good the answer is.

use super::measure_text;
use crate::ui::lifetimes::GalleryLifetime;
use crate::ui::panels::pixels::{self, Key, Textures, WHOLE, grid_of};
use crate::ui::panels::recall::stored_title;
use crate::ui::session::Session;
use crate::ui::theme::{Palette, mix};
use egui::{Align2, Color32, FontId, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

/// Room for the scroll bar at the right.
pub(super) const SCROLL_BAR: f32 = 12.0;

/// Width of the seed at the left, and in a wide panel.
const SEED: f32 = 34.0;
const WIDE_SEED: f32 = 84.0;

/// A panel as wide as this is a wide one.
const WIDE: f32 = 560.0;

/// Width of the measure at the right, as a number and as a part.
const MEASURE: [f32; 2] = [38.0, 52.0];

/// Between two pictures, and between what was shown and what was asked.
const GAPS: [f32; 2] = [4.0, 12.0];

/// Between two rows, half of it above and half below.
const BETWEEN: f32 = 6.0;

/// Width of a picture.
const WIDTH: [f32; 2] = [18.0, 96.0];

/// Words above the pictures are no smaller than this, in points.
const SMALLEST_WORDS: f32 = 7.5;

/// What stands after the pictures that were shown.
const ANSWERS: [&str; 4] = ["probe", "output", "target", "error"];

/// The name of the texture that holds a row.
pub(super) fn texture_name(lived: &GalleryLifetime) -> String {
    format!("lifetime {}", lived.seed)
}

/// Where the parts of a row stand; the same for all rows.
pub(super) struct Frame {
    shown: usize,
    /// Width of the seeds.
    seed: f32,
    stored: String,
    measure: f32,
    measured: String,
    picture: Vec2,
    font: FontId,
}

impl Frame {
    /// The frame of rows like `lived` in `width` points.
    pub fn of(ui: &Ui, lived: &GalleryLifetime, width: f32) -> Self {
        let shown = lived.question.study.len();
        let (columns, rows) = grid_of(lived.question.size());
        let measures = lived.measures();
        let measure = MEASURE[usize::from(measures.is_fraction())];
        let [gap, wide] = GAPS;
        let gaps = gap * (shown + ANSWERS.len()) as f32 + wide;
        let [least, most] = WIDTH;
        let seed = if width < WIDE { SEED } else { WIDE_SEED };
        let across = ((width - seed - measure - gaps) / (shown + ANSWERS.len()) as f32).clamp(least, most).floor();
        let picture = vec2(across, (across * rows as f32 / columns as f32).max(4.0));
        let measured = measures.symbol.to_owned();
        let stored = stored_title(lived.by.config.task().examples_are_pictures()).to_lowercase();
        Self { shown, seed, stored, measure, measured, picture, font: egui::TextStyle::Small.resolve(ui.style()) }
    }

    pub fn height(&self) -> f32 {
        self.picture.y + BETWEEN
    }

    fn width(&self) -> f32 {
        self.x(self.shown + ANSWERS.len()) + self.measure
    }

    /// Where a picture begins, counted from the left of the row.
    fn x(&self, index: usize) -> f32 {
        let [gap, wide] = GAPS;
        let after_shown = if index >= self.shown { wide } else { 0.0 };
        self.seed + index as f32 * (self.picture.x + gap) + after_shown
    }

    /// What the columns are. Where pictures are narrower than the words above them, those are written smaller.
    pub fn headings(&self, ui: &mut Ui) {
        let palette = Palette::of(ui.ctx());
        let (_, rect) = ui.allocate_space(vec2(ui.available_width().min(self.width()), 13.0));
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
        let seed = if self.seed > SEED { "episode seed" } else { "seed" };
        place(4.0, Align2::LEFT_CENTER, seed, self.seed - 4.0);
        place(self.x(0), Align2::LEFT_CENTER, &self.stored, self.picture.x * self.shown as f32);
        for (index, title) in ANSWERS.into_iter().enumerate() {
            place(self.x(self.shown + index), Align2::LEFT_CENTER, title, across + 1.0);
        }
        place(self.width() - 4.0, Align2::RIGHT_CENTER, &self.measured, self.measure);
    }

    /// Draws a row; answers whether it was chosen.
    pub fn row(&self, ui: &mut Ui, lived: &GalleryLifetime, session: &mut Session, textures: &mut Textures) -> bool {
        let palette = Palette::of(ui.ctx());
        let (_, rect) = ui.allocate_space(vec2(self.width(), self.height()));
        // Named by its seed: it keeps the focus when rows are scrolled or sorted.
        let response = ui.interact(rect, ui.scope_id().with(("lifetime", lived.seed)), Sense::click());
        let is_own = session.scene().is_some_and(|scene| lived.by.is_of(scene));
        let is_seen = is_own && session.scene().is_some_and(|scene| scene.tape().origin.seed == Some(lived.seed));
        let measure = measure_text(lived);
        let what = lived.measures().word;
        let stale = if is_own { "" } else { ", by another network than the one in view" };
        let words = format!("episode seed {}, {what} {measure}{stale}", lived.seed);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_seen, &words));
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        if is_seen {
            ui.painter().rect_filled(rect, 3.0, mix(palette.surface, palette.accent, 0.32));
        } else if response.hovered() {
            ui.painter().rect_filled(rect, 3.0, palette.raised);
        }
        let ink = if is_own { palette.text } else { palette.quiet };
        let middle = rect.center().y;
        let text = |x, align, text: String| ui.painter().text(pos2(x, middle), align, text, self.font.clone(), ink);
        text(rect.left() + 4.0, Align2::LEFT_CENTER, lived.seed.to_string());
        text(rect.left() + self.width() - 4.0, Align2::RIGHT_CENTER, measure);
        self.pictures(ui, rect, lived, is_own, textures);
        if response.has_focus() {
            ui.painter().rect_stroke(rect, 3.0, Stroke::new(1.0, palette.accent), StrokeKind::Inside);
        }
        if response.hovered() {
            session.hover = Some(format!("{words}   (a click shows it in the whole window)"));
        }
        response.clicked()
    }

    fn pictures(&self, ui: &Ui, row: Rect, lived: &GalleryLifetime, is_own: bool, textures: &mut Textures) {
        let palette = Palette::of(ui.ctx());
        let (columns, rows) = grid_of(lived.question.size());
        let options = pixels::options(ui.ctx(), self.picture.x, columns);
        let count = self.shown + ANSWERS.len();
        let key = Key { identity: lived.identity, dark: palette.dark, options };
        let cells = || cells(lived, columns * rows, palette);
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
            if index == lived.question.target {
                pixels::mark_asked(ui, rect, palette);
            }
        }
    }
}

/// All pictures of a row one below the other, each filled up to `size` cells: one texture a row.
fn cells(lived: &GalleryLifetime, size: usize, palette: &Palette) -> Vec<Color32> {
    let question = &lived.question;
    let target = question.asked();
    let error = match lived.by.config.task().examples_are_pictures() {
        true => pixels::signed_error(&lived.answer, target, palette),
        false => pixels::wrong_signs(&lived.answer, target, palette),
    };
    let shown = question.study.iter().map(|example| pixels::grey(example, palette));
    let answers = [
        pixels::probe(&question.probe, palette),
        pixels::grey(&lived.answer, palette),
        pixels::grey(target, palette),
        error,
    ];
    let filled = |mut picture: Vec<Color32>| {
        picture.resize(size, Color32::TRANSPARENT);
        picture
    };
    shown.chain(answers).flat_map(filled).collect()
}
