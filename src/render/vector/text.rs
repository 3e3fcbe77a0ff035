//! Text as the outlines of its letters, where egui has placed them.

use super::drawing::{Drawing, Ink, Letter, Mark, Path, Pen, Words};
use super::faces::Faces;
use super::outline;
use egui::emath::Rot2;
use egui::epaint::TextShape;
use egui::epaint::text::ByteRangeExt as _;
use egui::text::LayoutSection;
use egui::{Color32, CornerRadius, Pos2, Rect, Stroke, pos2, vec2};

/// How far the top of a slanted letter leans over, in parts of its height.
const SLANT: f32 = 0.25;

/// Draws text with its backgrounds and lines.
pub fn draw(drawing: &mut Drawing, faces: &mut Faces, clip: Rect, shape: &TextShape) {
    let covered = shape.visual_bounding_rect();
    if !covered.is_finite() || !clip.intersects(covered) {
        return;
    }
    let seen = |color: Color32| {
        let color = if color == Color32::PLACEHOLDER { shape.fallback_color } else { color };
        Ink::of(color.gamma_multiply(shape.opacity_factor))
    };
    let turn = Rot2::from_angle(shape.angle);
    let at = |point: Pos2| shape.pos + turn * point.to_vec2();
    let mut words = Words { text: String::new(), letters: Vec::new(), rect: covered.expand(1.0) };
    let mut lines = Vec::new();
    let mut reader = Reader::new(shape);
    for row in &shape.galley.rows {
        if !words.text.is_empty() {
            words.text.push(' ');
        }
        for glyph in &row.glyphs {
            let section = reader.next(glyph.chr);
            let Some(format) = section.map(|section| &section.format) else { continue };
            words.text.push(glyph.chr);
            let base = pos2(row.pos.x + glyph.pos.x, row.pos.y + glyph.pos.y);
            let [left, right] = [base.x, base.x + glyph.advance_width];
            let [top, bottom] = [row.min_y(), row.max_y()];
            if let Some(fill) = seen(format.background) {
                let rect = Rect::from_min_max(pos2(left, top), pos2(right, bottom)).expand(format.expand_bg);
                let steps = outline::rectangle(rect, CornerRadius::ZERO).into_iter().map(|step| step.map(at)).collect();
                drawing.add(clip, Mark::Path(Path { steps, fill: Some(fill), pen: None }));
            }
            let mut under = |stroke: Stroke, y: f32| {
                if let Some(ink) = seen(stroke.color).filter(|_| stroke.width > 0.0) {
                    let steps = outline::line(&[at(pos2(left, y)), at(pos2(right, y))], false);
                    let pen = Pen { width: stroke.width, ink, round: false };
                    lines.push(Path { steps, fill: None, pen: Some(pen) });
                }
            };
            under(format.underline, bottom);
            under(shape.underline, bottom);
            under(format.strikethrough, (top + bottom) / 2.0);
            let size = format.font_id.size;
            let Some(found) = faces.find(&format.font_id.family, glyph.chr) else { continue };
            let Some(ink) = seen(shape.override_text_color.unwrap_or(format.color)) else { continue };
            let place = at(base + vec2(0.0, found.lower[0] * size + found.lower[1]));
            let (across, down) = (turn * vec2(size * found.scale, 0.0), turn * vec2(0.0, size * found.scale));
            let lean = if format.italics { across * SLANT } else { vec2(0.0, 0.0) };
            let up = lean - down;
            words.letters.push(Letter {
                glyph: found.glyph,
                place: [across.x, across.y, up.x, up.y, place.x, place.y],
                ink,
            });
        }
    }
    words.text = words.text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !words.text.is_empty() && !words.letters.is_empty() {
        drawing.add(clip, Mark::Words(words));
    }
    for line in lines {
        drawing.add(clip, Mark::Path(line));
    }
}

/// Finds out which part of the text, with its format, the letters belong to, one after the other.
struct Reader<'a> {
    text: &'a str,
    sections: &'a [LayoutSection],
    at: usize,
    section: usize,
}

impl<'a> Reader<'a> {
    fn new(shape: &'a TextShape) -> Self {
        let job = &shape.galley.job;
        Self { text: &job.text, sections: &job.sections, at: 0, section: 0 }
    }

    /// The part that the next letter belongs to. A mark for what was left out belongs to what stands before it.
    fn next(&mut self, character: char) -> Option<&'a LayoutSection> {
        let mut rest = self.text.get(self.at..).unwrap_or_default().chars();
        let mut end = self.at;
        let found = loop {
            match rest.next() {
                // Ends of lines have no letter.
                Some(next) if next != character && matches!(next, '\n' | '\r') => end += next.len_utf8(),
                Some(next) if next == character => break true,
                _ => break false,
            }
        };
        if found {
            while self.sections.get(self.section).is_some_and(|section| section.byte_range.as_usize().end <= end) {
                self.section += 1;
            }
            self.at = end + character.len_utf8();
        }
        self.sections.get(self.section).or(self.sections.last())
    }
}
