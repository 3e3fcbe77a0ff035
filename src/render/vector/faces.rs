//! The outlines of letters, out of the fonts that egui draws them with.

use super::drawing::{Glyph, Step};
use egui::{FontData, FontDefinitions, FontFamily, Pos2, pos2};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider as _};
use std::collections::HashMap;

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
    places: HashMap<(String, u32), usize>,
    glyphs: Vec<Glyph>,
}

impl Faces {
    /// The fonts of a context.
    pub fn new(definitions: FontDefinitions) -> Self {
        Self { definitions, known: HashMap::new(), places: HashMap::new(), glyphs: Vec::new() }
    }

    /// All letters that have been found.
    pub fn into_glyphs(self) -> Vec<Glyph> {
        self.glyphs
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
            let font = self.definitions.font_data.get(*name).and_then(|data| face(data));
            font.and_then(|font| font.charmap().map(drawn)).filter(|id| *id != GlyphId::NOTDEF)
        };
        let (name, id) = names
            .iter()
            .find_map(|name| Some((name, has(&name)?)))
            .or_else(|| Some((names.first()?, GlyphId::NOTDEF)))?;
        let data = self.definitions.font_data.get(name)?;
        let (tweak, place) = (&data.tweak, (name.clone(), id.to_u32()));
        let (scale, lower) = (tweak.scale, [tweak.scale * tweak.y_offset_factor, tweak.y_offset]);
        let glyph = match self.places.get(&place) {
            Some(glyph) => *glyph,
            None => {
                self.glyphs.push(outline(&face(data)?, id, character));
                self.places.insert(place, self.glyphs.len() - 1);
                self.glyphs.len() - 1
            }
        };
        Some(Found { glyph, scale, lower })
    }
}

fn face(data: &FontData) -> Option<FontRef<'_>> {
    FontRef::from_index(data.bytes(), data.index).ok()
}

fn outline(font: &FontRef<'_>, id: GlyphId, character: char) -> Glyph {
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
    Glyph { steps, advance: width.unwrap_or_default() * unit, character }
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
