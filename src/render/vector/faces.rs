//! The outlines of letters, out of the fonts that egui draws them with.

use super::drawing::{Face, Glyph, Step};
use egui::{FontData, FontDefinitions, FontFamily, Pos2, pos2};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider as _};
use std::collections::HashMap;
use std::sync::Arc;

/// A letter as a font has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// Its place among the glyphs.
    pub glyph: usize,
    /// By how much the font is drawn larger than asked for.
    pub scale: f32,
    /// How far it is drawn lower: parts of the font size, and points.
    pub lower: [f32; 2],
}

/// All fonts, and the letters that have been asked for.
pub struct Faces {
    definitions: FontDefinitions,
    /// By family and character: what was found before.
    known: HashMap<(FontFamily, char), Option<Found>>,
    /// By font and number in it: the place among the glyphs.
    places: HashMap<(usize, u16), usize>,
    glyphs: Vec<Glyph>,
    faces: Vec<Face>,
}

impl Faces {
    /// The fonts of a context.
    pub fn new(definitions: FontDefinitions) -> Self {
        Self { definitions, known: HashMap::new(), places: HashMap::new(), glyphs: Vec::new(), faces: Vec::new() }
    }

    /// All letters that have been found, and the fonts that they are of.
    pub fn into_parts(self) -> (Vec<Glyph>, Vec<Face>) {
        (self.glyphs, self.faces)
    }

    /// The letter of a character in the first font of a family that has it, or the sign of the first font for what it
    /// lacks; `None` for what has no shape.
    pub fn find(&mut self, family: &FontFamily, character: char) -> Option<Found> {
        if character.is_control() {
            return None;
        }
        let key = (family.clone(), character);
        if let Some(found) = self.known.get(&key) {
            return *found;
        }
        let found = self.look_up(family, character);
        self.known.insert(key, found);
        found
    }

    fn look_up(&mut self, family: &FontFamily, character: char) -> Option<Found> {
        let names = self.definitions.families.get(family)?;
        // Blanks of other widths are drawn as a blank.
        let drawn = if character.is_whitespace() { ' ' } else { character };
        let has = |name: &&String| {
            let font = self.definitions.font_data.get(*name).and_then(|data| face_of(data));
            font.and_then(|font| font.charmap().map(drawn)).filter(|id| *id != GlyphId::NOTDEF)
        };
        let (name, id) = names
            .iter()
            .find_map(|name| Some((name, has(&name)?)))
            .or_else(|| Some((names.first()?, GlyphId::NOTDEF)))?;
        let data = self.definitions.font_data.get(name)?;
        let (tweak, id) = (&data.tweak, u16::try_from(id.to_u32()).ok()?);
        let (scale, lower) = (tweak.scale, [tweak.scale * tweak.y_offset_factor, tweak.y_offset]);
        let face = self.faces.iter().position(|face| face.name == *name).unwrap_or_else(|| {
            self.faces.push(Face { name: name.clone(), data: Arc::clone(data) });
            self.faces.len() - 1
        });
        let glyph = match self.places.get(&(face, id)) {
            Some(glyph) => *glyph,
            None => {
                let (steps, advance) = outline(&face_of(data)?, id);
                self.glyphs.push(Glyph { steps, advance, character, face, id });
                self.places.insert((face, id), self.glyphs.len() - 1);
                self.glyphs.len() - 1
            }
        };
        Some(Found { glyph, scale, lower })
    }
}

fn face_of(data: &FontData) -> Option<FontRef<'_>> {
    FontRef::from_index(data.bytes(), data.index).ok()
}

/// An outline in parts of the font size, and how far the next letter stands.
fn outline(font: &FontRef<'_>, id: u16) -> (Vec<Step>, f32) {
    let id = GlyphId::new(u32::from(id));
    let metrics = font.metrics(Size::unscaled(), LocationRef::default());
    let unit = 1.0 / f32::from(metrics.units_per_em.max(1));
    let mut pen = Steps { steps: Vec::new(), at: Pos2::ZERO };
    if let Some(outline) = font.outline_glyphs().get(id) {
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        if outline.draw(settings, &mut pen).is_err() {
            // A damaged letter is a blank.
            pen.steps.clear();
        }
    }
    let steps = pen.steps.into_iter().map(|step| step.map(|point| pos2(point.x * unit, point.y * unit))).collect();
    let width = font.glyph_metrics(Size::unscaled(), LocationRef::default()).advance_width(id);
    (steps, width.unwrap_or_default() * unit)
}

/// Takes an outline down.
struct Steps {
    steps: Vec<Step>,
    at: Pos2,
}

impl OutlinePen for Steps {
    fn move_to(&mut self, x: f32, y: f32) {
        self.at = pos2(x, y);
        self.steps.push(Step::Move(self.at));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.at = pos2(x, y);
        self.steps.push(Step::Line(self.at));
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        let to = pos2(x, y);
        self.steps.push(super::outline::quadratic(self.at, pos2(cx0, cy0), to));
        self.at = to;
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.at = pos2(x, y);
        self.steps.push(Step::Curve(pos2(cx0, cy0), pos2(cx1, cy1), self.at));
    }

    fn close(&mut self) {
        self.steps.push(Step::Close);
    }
}
