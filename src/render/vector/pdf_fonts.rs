//! The fonts of a drawing in a PDF file: of each the letters that are used, and which characters they are.

use super::WriteError;
use super::drawing::{Face, Glyph};
use super::pdf::packed;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish as _, Name, Pdf, Ref, Str};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::types::Tag;
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider as _};
use subsetter::{GlyphRemapper, subset};

/// Units of a font size in which a PDF measures letters.
const UNITS: f32 = 1000.0;

const CHARACTERS: SystemInfo<'_> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"UCS"), supplement: 0 };

const LETTERS: SystemInfo<'_> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Fonts that have been written.
pub struct Fonts {
    /// One for each face of the drawing of which a letter is used.
    pub references: Vec<Ref>,
    /// For each glyph of the drawing its font, by its place, and its number in it.
    pub codes: Vec<(usize, u16)>,
}

impl Fonts {
    /// Writes the fonts; `next` hands out numbers of objects.
    ///
    /// # Errors
    /// A font is damaged.
    pub fn write(
        pdf: &mut Pdf,
        faces: &[Face],
        glyphs: &[Glyph],
        next: &mut dyn FnMut() -> Ref,
    ) -> Result<Self, WriteError> {
        let mut fonts = Self { references: Vec::new(), codes: vec![(0, 0); glyphs.len()] };
        for (place, face) in faces.iter().enumerate() {
            let used: Vec<usize> = (0..glyphs.len()).filter(|glyph| glyphs[*glyph].face == place).collect();
            if used.is_empty() {
                continue;
            }
            let mut numbers = GlyphRemapper::new();
            for glyph in &used {
                fonts.codes[*glyph] = (fonts.references.len(), numbers.remap(glyphs[*glyph].id));
            }
            let letters: Vec<(u16, &Glyph)> =
                used.iter().map(|glyph| (fonts.codes[*glyph].1, &glyphs[*glyph])).collect();
            fonts.references.push(write(pdf, face, &numbers, &letters, next)?);
        }
        Ok(fonts)
    }
}

fn write(
    pdf: &mut Pdf,
    face: &Face,
    numbers: &GlyphRemapper,
    letters: &[(u16, &Glyph)],
    next: &mut dyn FnMut() -> Ref,
) -> Result<Ref, WriteError> {
    let [font, descendant, descriptor, file, characters] = [(); 5].map(|()| next());
    let damaged = |problem: &dyn std::fmt::Display| WriteError::Font(face.name.clone(), problem.to_string());
    let (bytes, index) = (face.data.bytes(), face.data.index);
    let whole = FontRef::from_index(bytes, index).map_err(|error| damaged(&error))?;
    let part = subset(bytes, index, numbers).map_err(|error| damaged(&error))?;
    let part_font = FontRef::new(&part).map_err(|error| damaged(&error))?;
    // Of a font with cubic outlines a PDF wants the outlines alone.
    let cubic = part_font.table_data(Tag::new(b"CFF ")).map(|table| table.as_bytes().to_vec());
    let is_cubic = cubic.is_some();
    let name = base_name(&whole, face, letters);
    let name = Name(name.as_bytes());
    let mut object = pdf.type0_font(font);
    object.base_font(name).encoding_predefined(Name(b"Identity-H")).descendant_font(descendant).to_unicode(characters);
    object.finish();

    let mut object = pdf.cid_font(descendant);
    object.subtype(if is_cubic { CidFontType::Type0 } else { CidFontType::Type2 });
    object.base_font(name).system_info(LETTERS).font_descriptor(descriptor).default_width(0.0);
    if !is_cubic {
        object.cid_to_gid_map_predefined(Name(b"Identity"));
    }
    let mut widths = object.widths();
    for (number, glyph) in letters {
        widths.consecutive(*number, [glyph.advance * UNITS]);
    }
    widths.finish();
    object.finish();

    let metrics = whole.metrics(Size::unscaled(), LocationRef::default());
    let scale = UNITS / f32::from(metrics.units_per_em.max(1));
    let bounds = metrics.bounds.unwrap_or_default();
    let [left, low, right, high] = [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(|edge| edge * scale);
    let mut object = pdf.font_descriptor(descriptor);
    object.name(name).flags(FontFlags::SYMBOLIC).bbox(pdf_writer::Rect::new(left, low, right, high));
    object.italic_angle(0.0).ascent(metrics.ascent * scale).descent(metrics.descent * scale);
    object.cap_height(metrics.cap_height.unwrap_or(metrics.ascent) * scale).stem_v(80.0);
    if is_cubic {
        object.font_file3(file);
    } else {
        object.font_file2(file);
    }
    object.finish();

    let bytes = packed(&cubic.unwrap_or(part));
    let mut stream = pdf.stream(file, &bytes);
    stream.filter(Filter::FlateDecode);
    if is_cubic {
        stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
    }
    stream.finish();

    let mut map = UnicodeCmap::<u16>::new(Name(b"Characters"), CHARACTERS);
    for (number, glyph) in letters {
        map.pair(*number, glyph.character);
    }
    pdf.cmap(characters, &map.finish());
    Ok(font)
}

/// The font's own name behind six letters that say which part of it this is.
fn base_name(font: &FontRef<'_>, face: &Face, letters: &[(u16, &Glyph)]) -> String {
    let own = font.localized_strings(StringId::POSTSCRIPT_NAME).english_or_first();
    let own: String = own.map_or_else(|| face.name.clone(), |own| own.chars().collect());
    let own: String = own.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    // Fowler, Noll and Vo's hash of the letters' numbers.
    let mixed = letters.iter().flat_map(|(_, glyph)| glyph.id.to_be_bytes());
    let mut mixed =
        mixed.fold(0xcbf2_9ce4_8422_2325_u64, |mixed, byte| (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let tag: String = (0..6)
        .map(|_| {
            let letter = char::from(b'A' + (mixed % 26) as u8);
            mixed /= 26;
            letter
        })
        .collect();
    format!("{tag}+{own}")
}
