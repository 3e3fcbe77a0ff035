//! The letters of a drawing as fonts of a PDF file: their outlines, and which characters they are.

use super::drawing::{Glyph, Step};
use super::pdf::{outline, packed};
use egui::{Rect, pos2};
use pdf_writer::types::{SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Ref, Str};

/// How many letters a font has at most: each is one byte.
pub const LETTERS_OF_A_FONT: usize = 256;

/// Units of a font size in which letters are drawn.
const UNITS: f32 = 1000.0;

/// Fonts that have been written.
pub struct Fonts {
    /// One for every [`LETTERS_OF_A_FONT`] glyphs, in their order.
    pub references: Vec<Ref>,
}

impl Fonts {
    /// Writes fonts with all letters; `next` hands out numbers of objects.
    pub fn write(pdf: &mut Pdf, glyphs: &[Glyph], next: &mut dyn FnMut() -> Ref) -> Self {
        Self { references: glyphs.chunks(LETTERS_OF_A_FONT).map(|glyphs| write(pdf, glyphs, next)).collect() }
    }
}

fn write(pdf: &mut Pdf, glyphs: &[Glyph], next: &mut dyn FnMut() -> Ref) -> Ref {
    let (font, characters) = (next(), next());
    let info = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"UCS"), supplement: 0 };
    let mut map = UnicodeCmap::<u8>::new(Name(b"Characters"), info);
    let mut whole = Rect::NOTHING;
    let mut drawn = Vec::new();
    for (code, glyph) in glyphs.iter().enumerate() {
        map.pair(code as u8, glyph.character);
        let steps: Vec<Step> =
            glyph.steps.iter().map(|step| step.map(|point| pos2(point.x * UNITS, point.y * UNITS))).collect();
        let points = steps.iter().flat_map(Step::points);
        let bounds = points.fold(Rect::NOTHING, |rect, point| rect.union(Rect::from_min_max(point, point)));
        let bounds = if bounds.is_finite() { bounds } else { Rect::ZERO };
        whole = whole.union(bounds);
        let mut content = Content::new();
        content.start_shape_glyph(glyph.advance * UNITS, bounds.min.x, bounds.min.y, bounds.max.x, bounds.max.y);
        if !steps.is_empty() {
            outline(&mut content, &steps);
            content.fill_nonzero();
        }
        let id = next();
        pdf.stream(id, &packed(&content.finish())).filter(Filter::FlateDecode);
        drawn.push(id);
    }
    let names: Vec<String> = (0..glyphs.len()).map(|code| format!("g{code}")).collect();
    let mut object = pdf.type3_font(font);
    object.bbox(pdf_writer::Rect::new(whole.min.x, whole.min.y, whole.max.x, whole.max.y));
    object.matrix([1.0 / UNITS, 0.0, 0.0, 1.0 / UNITS, 0.0, 0.0]);
    object.char_procs().pairs(names.iter().zip(&drawn).map(|(name, id)| (Name(name.as_bytes()), *id)));
    object.encoding_custom().differences().consecutive(0, names.iter().map(|name| Name(name.as_bytes())));
    object.first_char(0).last_char((glyphs.len() - 1) as u8);
    object.widths(glyphs.iter().map(|glyph| glyph.advance * UNITS));
    object.to_unicode(characters);
    object.finish();
    pdf.cmap(characters, &map.finish());
    font
}
