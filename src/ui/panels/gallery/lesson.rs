//! Rows of lessons: the labelled drawings by their classes, the query, the class that was answered, right or wrong.

use super::row::{BETWEEN, Layout, WIDE, texture_name};
use crate::episode::{Lesson, OneShot};
use crate::ui::panels::one_look::{chip, class_color};
use crate::ui::panels::pixels::{self, Key, Textures};
use crate::ui::theme::Palette;
use crate::view::lifetimes::GalleryLifetime;
use crate::view::numbers::percent;
use egui::{
    Align2, Color32, FontId, Painter, Pos2, Rect, Stroke, StrokeKind, TextStyle, TextureId, Ui, Vec2, pos2, vec2,
};

/// The smallest side of a drawing, and the largest of one drawing a class, and of several.
const LEAST: f32 = 6.0;
const MOST: [f32; 2] = [44.0, 26.0];

/// Classes stand in several lines where drawings would be smaller than this in one.
const LEGIBLE: f32 = 18.0;

/// The sides of a query, and how much of a row it takes in between.
const QUERY: [f32; 2] = [24.0, 44.0];
const QUERY_SHARE: f32 = 0.13;

/// A row is about as high as this at most.
const HIGHEST: f32 = 176.0;

/// Between two classes, and between two drawings of one.
const GAP: f32 = 4.0;
const BETWEEN_SHOTS: f32 = 1.0;

/// Between labelled drawings, query and answer.
const APART: f32 = 10.0;

/// The number of a class below its drawings, and its colour where that is too narrow for a number.
const NUMBER: f32 = 11.0;
const LEAST_NUMBER: f32 = 9.6;
const STRIPE: f32 = 3.0;

/// Above the number of a class.
const ABOVE_NUMBER: f32 = 2.0;

/// Width of the answer, and in a wide panel; height of its lines.
const ANSWER: f32 = 62.0;
const WIDE_ANSWER: f32 = 116.0;
const LINE: f32 = 14.0;

/// Before the class in the line of an answer in a wide panel.
const WORD: f32 = 48.0;

/// Where the parts of a row stand; the same for all rows.
pub(super) struct Lessons {
    /// Width of the seeds.
    seed: f32,
    classes: Classes,
    query: f32,
    answer: f32,
    font: FontId,
}

/// Where the labelled drawings stand.
#[derive(Clone, Copy)]
struct Classes {
    /// Classes in a line, and lines of them.
    across: usize,
    lines: usize,
    /// Drawings of a class beside each other, and below each other.
    shots: [usize; 2],
    side: f32,
}

impl Classes {
    /// So many classes of `shots` drawings in a room so wide: as low as they can be and still be legible.
    fn of(room: f32, ways: usize, shots: usize) -> Self {
        let all =
            || (1..=ways).flat_map(|lines| [[1, shots], [shots, 1]].map(|shots| Self::at(room, ways, lines, shots)));
        let legible = all().filter(|classes| classes.side >= LEGIBLE);
        let lowest = legible.min_by(|one, other| one.height().total_cmp(&other.height()));
        let largest = || all().min_by(|one, other| other.side.total_cmp(&one.side));
        lowest.or_else(largest).unwrap_or(Self { across: 1, lines: 1, shots: [1, 1], side: LEAST })
    }

    /// As large as they can be in so many lines.
    fn at(room: f32, ways: usize, lines: usize, shots: [usize; 2]) -> Self {
        let across = ways.div_ceil(lines);
        let lines = ways.div_ceil(across);
        let wide = (room + GAP) / across as f32 - GAP;
        let high = HIGHEST / lines as f32 - NUMBER - ABOVE_NUMBER - GAP;
        let [wide, high] = [(wide, shots[0]), (high, shots[1])]
            .map(|(room, shots)| (room + BETWEEN_SHOTS) / shots as f32 - BETWEEN_SHOTS);
        let most = MOST[usize::from(shots != [1, 1])];
        Self { across, lines, shots, side: wide.min(high).clamp(LEAST, most).floor() }
    }

    /// Height of the number of a class; `None` where there is only its colour.
    fn number(&self) -> Option<f32> {
        Some((self.side / 1.35).min(NUMBER)).filter(|height| *height >= LEAST_NUMBER)
    }

    /// What stands below the drawings of a class.
    fn below(&self) -> f32 {
        self.number().map_or(STRIPE, |number| number + ABOVE_NUMBER)
    }

    /// From one class to the next, and from one line to the next.
    fn step(&self) -> Vec2 {
        let [width, height] = self.shots.map(|shots| shots as f32 * (self.side + BETWEEN_SHOTS) - BETWEEN_SHOTS);
        vec2(width, height + self.below()) + Vec2::splat(GAP)
    }

    fn width(&self) -> f32 {
        self.across as f32 * self.step().x - GAP
    }

    fn height(&self) -> f32 {
        self.lines as f32 * self.step().y - GAP
    }

    /// Where a drawing of a class stands, counted from the upper left corner.
    fn drawing(&self, class: usize, shot: usize) -> Rect {
        let [column, line] = [class % self.across, class / self.across].map(|place| place as f32);
        let [right, down] = [shot % self.shots[0], shot / self.shots[0]].map(|place| place as f32);
        let corner = vec2(column, line) * self.step() + vec2(right, down) * (self.side + BETWEEN_SHOTS);
        Rect::from_min_size(corner.to_pos2(), Vec2::splat(self.side))
    }
}

impl Lessons {
    /// The layout of rows of lessons like this one in `width` points, with `seed` for the seeds.
    pub fn of(ui: &Ui, lesson: &Lesson, width: f32, seed: f32) -> Self {
        let ways = lesson.ways();
        let shots = (0..ways).map(|class| drawings_of(lesson, class).count()).max().unwrap_or(1).max(1);
        let answer = if width < WIDE { ANSWER } else { WIDE_ANSWER };
        let query = (width * QUERY_SHARE).clamp(QUERY[0], QUERY[1]).floor();
        let room = width - seed - 2.0 * APART - query - answer;
        let classes = Classes::of(room, ways, shots);
        Self { seed, classes, query, answer, font: TextStyle::Small.resolve(ui.style()) }
    }

    /// Where the query and the answer begin, counted from the left of the row.
    fn beside(&self) -> [f32; 2] {
        let query = self.seed + self.classes.width() + APART;
        [query, query + self.query + APART]
    }

    /// Where a drawing of a class stands.
    fn drawing(&self, row: Rect, class: usize, shot: usize) -> Rect {
        let corner = vec2(row.left() + self.seed, row.center().y - self.classes.height() / 2.0);
        self.classes.drawing(class, shot).translate(corner)
    }

    fn query(&self, row: Rect) -> Rect {
        let left = row.left() + self.beside()[0];
        Rect::from_min_size(pos2(left, self.middle(row) - self.query / 2.0), vec2(self.query, self.query))
    }

    fn class_ui(&self, painter: &Painter, row: Rect, one_shot: &OneShot, class: usize, atlas: &Atlas) {
        let (lesson, palette) = (&one_shot.lesson, atlas.palette);
        let mut all = Rect::NOTHING;
        for (shot, step) in drawings_of(lesson, class).enumerate() {
            let rect = self.drawing(row, class, shot);
            atlas.paint(painter, rect, step);
            all = all.union(rect);
        }
        let stroke = match (class == lesson.asked(), class == one_shot.answered()) {
            (true, _) => Stroke::new(1.5, palette.mark),
            (false, true) => Stroke::new(1.5, palette.wrong),
            (false, false) => Stroke::new(1.0, palette.line),
        };
        painter.rect_stroke(all, 0.0, stroke, StrokeKind::Outside);
        let ways = lesson.ways();
        match self.classes.number() {
            Some(height) => {
                let left = all.center().x - height * 1.35 / 2.0;
                chip(painter, pos2(left, all.bottom() + ABOVE_NUMBER), height, class, ways, palette);
            }
            None => {
                let stripe = all.with_min_y(all.bottom() + 1.0).with_max_y(all.bottom() + 1.0 + STRIPE - 1.0);
                painter.rect_filled(stripe, 0.0, class_color(class, ways, palette));
            }
        }
    }

    /// What was answered, and what would have been right.
    fn answer_ui(&self, painter: &Painter, row: Rect, one_shot: &OneShot, palette: &Palette, is_own: bool) {
        let is_wide = self.answer > ANSWER;
        let (asked, answered) = (one_shot.lesson.asked(), one_shot.answered());
        let ink = |own: Color32| if is_own { own } else { palette.quiet };
        // A word, or a class and how likely it is.
        let lines: &[(&str, Option<usize>, Color32)] = match (one_shot.is_right(), is_wide) {
            (true, true) => &[("right", Some(answered), palette.text)],
            (true, false) => &[("right", None, palette.text), ("", Some(answered), palette.text)],
            (false, true) => &[("wrong", Some(answered), palette.wrong), ("right is", Some(asked), palette.mark)],
            (false, false) => {
                &[("wrong", None, palette.wrong), ("", Some(answered), palette.wrong), ("", Some(asked), palette.mark)]
            }
        };
        let left = row.left() + self.beside()[1];
        let mut middle = self.middle(row) - LINE * (lines.len() - 1) as f32 / 2.0;
        for (word, class, color) in lines {
            painter.text(pos2(left, middle), Align2::LEFT_CENTER, word, self.font.clone(), ink(*color));
            if let Some(class) = *class {
                let left = left + if is_wide { WORD } else { 0.0 };
                let corner = pos2(left, middle - NUMBER / 2.0);
                let right = chip(painter, corner, NUMBER, class, one_shot.lesson.ways(), palette) + 4.0;
                let likely = percent(f64::from(one_shot.answer[class]));
                painter.text(pos2(right, middle), Align2::LEFT_CENTER, likely, self.font.clone(), ink(*color));
            }
            middle += LINE;
        }
    }
}

impl Layout for Lessons {
    fn height(&self) -> f32 {
        let lines = if self.answer > ANSWER { 2.0 } else { 3.0 };
        // What stands beside the middle of the drawings has as much room below it as they have.
        self.classes.height().max(self.query.max(lines * LINE) + self.classes.below()) + BETWEEN
    }

    fn width(&self) -> f32 {
        self.beside()[1] + self.answer
    }

    /// The middle of the drawings, the numbers below them left out.
    fn middle(&self, row: Rect) -> f32 {
        row.center().y - self.classes.below() / 2.0
    }

    fn headings(&self, ui: &Ui, rect: Rect) {
        let palette = Palette::of(ui.ctx());
        let painter = ui.painter_at(rect.expand(2.0));
        let [query, answer] = self.beside();
        let places = [
            (self.seed, query - APART, &["labelled drawings", "drawings", "labelled"][..]),
            (query, answer - 4.0, &["query"]),
            (answer, self.width(), &["answer"]),
        ];
        for (left, right, words) in places {
            let mut galleys =
                words.iter().map(|words| painter.layout_no_wrap((*words).to_owned(), self.font.clone(), palette.quiet));
            if let Some(galley) = galleys.find(|galley| galley.size().x <= right - left) {
                let corner = pos2(rect.left() + left, rect.center().y - galley.size().y / 2.0);
                painter.galley(corner, galley, palette.quiet);
            }
        }
    }

    fn content_ui(&self, ui: &Ui, row: Rect, lived: &GalleryLifetime, is_own: bool, textures: &mut Textures) {
        let Some(one_shot) = lived.shown.lesson() else { return };
        let (lesson, palette) = (&one_shot.lesson, Palette::of(ui.ctx()));
        let options = pixels::options(ui.ctx(), self.classes.side, lesson.side());
        let key = Key { identity: lived.identity, dark: palette.dark, options };
        let atlas = Atlas::of(ui, lesson, &texture_name(lived), key, textures);
        let mut painter = ui.painter().clone();
        if !is_own {
            // What has been overtaken recedes.
            painter.multiply_opacity(0.45);
        }
        for class in 0..lesson.ways() {
            self.class_ui(&painter, row, one_shot, class, &atlas);
        }
        let query = self.query(row);
        atlas.paint(&painter, query, lesson.steps() - 1);
        painter.rect_stroke(query, 0.0, Stroke::new(1.5, palette.mark), StrokeKind::Outside);
        self.answer_ui(ui.painter(), row, one_shot, palette, is_own);
    }

    fn under(&self, row: Rect, lived: &GalleryLifetime, pointer: Pos2) -> Option<String> {
        let lesson = &lived.shown.lesson()?.lesson;
        if self.query(row).contains(pointer) {
            return Some(format!("query, another drawing of {}", lesson.names[lesson.asked()]));
        }
        let is_under = |class: &usize| {
            let mut drawings = drawings_of(lesson, *class).enumerate();
            drawings.any(|(shot, _)| self.drawing(row, *class, shot).contains(pointer))
        };
        let class = (0..lesson.ways()).find(is_under)?;
        Some(format!("class {}, {}", class + 1, lesson.names[class]))
    }
}

/// In which steps drawings of a class are shown.
fn drawings_of(lesson: &Lesson, class: usize) -> impl Iterator<Item = usize> {
    let shown = lesson.steps().saturating_sub(1);
    (0..shown).filter(move |step| lesson.classes[*step] == class)
}

/// All drawings of a lesson in one texture, as many beside each other as one below the other.
struct Atlas {
    texture: TextureId,
    across: usize,
    down: usize,
    /// Half a cell, as a part of a drawing, where it would shine through from a neighbour.
    seam: f32,
    palette: &'static Palette,
}

impl Atlas {
    fn of(ui: &Ui, lesson: &Lesson, name: &str, key: Key, textures: &mut Textures) -> Self {
        let (count, side, palette) = (lesson.steps(), lesson.side(), Palette::of(ui.ctx()));
        let across = (1..=count).find(|across| across * across >= count).unwrap_or(1);
        let down = count.div_ceil(across);
        let cells = || {
            let width = across * side;
            let mut cells = vec![Color32::TRANSPARENT; width * down * side];
            for (step, drawing) in lesson.drawings.iter().enumerate() {
                for (row, values) in drawing.chunks_exact(side).enumerate() {
                    let from = (step / across * side + row) * width + step % across * side;
                    let colors = pixels::drawing(values, palette);
                    cells[from..][..side].iter_mut().zip(colors).for_each(|(cell, color)| *cell = color);
                }
            }
            cells
        };
        let texture = textures.fixed(ui.ctx(), name, key, across * side, cells);
        let seam = if key.options == egui::TextureOptions::LINEAR { 0.5 / side as f32 } else { 0.0 };
        Self { texture, across, down, seam, palette }
    }

    /// Draws the drawing of a step.
    fn paint(&self, painter: &Painter, rect: Rect, step: usize) {
        let tile = vec2(1.0 / self.across as f32, 1.0 / self.down as f32);
        let [column, row] = [step % self.across, step / self.across].map(|place| place as f32);
        let part = Rect::from_min_size(pos2(column * tile.x, row * tile.y), tile);
        let part = part.shrink2(tile * self.seam);
        painter.image(self.texture, rect, part, Color32::WHITE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_stands_beside_the_middle_of_the_drawings() {
        let row = |lessons: &Lessons| Rect::from_min_size(pos2(20.0, 300.0), vec2(600.0, lessons.height()));
        for (room, ways, shots) in [(260.0, 5, 1), (120.0, 5, 1), (400.0, 3, 2), (300.0, 20, 1), (90.0, 20, 5)] {
            for (query, answer) in [(24.0, ANSWER), (44.0, WIDE_ANSWER)] {
                let classes = Classes::of(room, ways, shots);
                let lessons = Lessons { seed: 30.0, classes, query, answer, font: FontId::default() };
                let row = row(&lessons);
                let drawings = (0..ways).flat_map(|class| (0..shots).map(move |shot| (class, shot)));
                let all = drawings.map(|(class, shot)| lessons.drawing(row, class, shot));
                let all = all.fold(Rect::NOTHING, Rect::union);
                let query = lessons.query(row);
                assert!((query.center().y - all.center().y).abs() < 0.01, "{ways} × {shots} in {room}: {query} {all}");
                assert!(row.y_range().contains(query.top()) && row.y_range().contains(query.bottom()));
                assert!(all.bottom() + lessons.classes.below() <= row.bottom() && all.top() >= row.top());
            }
        }
    }
}
