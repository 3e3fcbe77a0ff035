//! A drawing as a PDF file of one page.

use super::drawing::{Drawing, Ink, Mark, Path, Picture, Step, Words};
use super::pdf_fonts::Fonts;
use super::{About, WriteError};
use egui::Rect;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{LineJoinStyle, TextRenderingMode};
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Ref, Str, TextStr};
use std::collections::BTreeSet;
use std::io::Write as _;

/// Points of a millimetre; those of a PDF are 72 to the inch.
pub const POINTS_OF_A_MILLIMETRE: f32 = 72.0 / 25.4;

/// The file, `width` millimetres wide.
///
/// # Errors
/// A font of it cannot be embedded.
pub fn write(drawing: &Drawing, about: &About, width: f32) -> Result<Vec<u8>, WriteError> {
    let page_width = width * POINTS_OF_A_MILLIMETRE;
    let page_height = drawing.height_for(page_width);
    let mut references = References(0);
    let [catalog, pages, page, contents, info] = [(); 5].map(|()| references.next());
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let fonts = Fonts::write(&mut pdf, &drawing.faces, &drawing.glyphs, &mut || references.next())?;
    let mut painter =
        Painter { content: Content::new(), codes: &fonts.codes, alphas: BTreeSet::new(), pictures: Vec::new() };
    let scale = page_width / drawing.size[0];
    painter.content.transform([scale, 0.0, 0.0, -scale, 0.0, page_height]);
    for group in drawing.items.chunk_by(|one, next| one.clip == next.clip) {
        painter.content.save_state();
        if let Some(clip) = group[0].clip {
            painter.content.rect(clip.min.x, clip.min.y, clip.width(), clip.height()).clip_nonzero().end_path();
        }
        for item in group {
            painter.mark(&item.mark);
        }
        painter.content.restore_state();
    }
    let Painter { content, alphas, pictures, .. } = painter;
    let pictures: Vec<Ref> = pictures.iter().map(|picture| embedded(&mut pdf, picture, &mut references)).collect();
    let states: Vec<(u8, Ref)> = alphas.into_iter().map(|alpha| (alpha, references.next())).collect();
    for (alpha, state) in &states {
        let opacity = f32::from(*alpha) / 255.0;
        pdf.ext_graphics(*state).non_stroking_alpha(opacity).stroking_alpha(opacity);
    }
    let mut described = pdf.page(page);
    described.parent(pages).contents(contents).media_box(pdf_writer::Rect::new(0.0, 0.0, page_width, page_height));
    let mut resources = described.resources();
    let mut named = resources.fonts();
    for (place, font) in fonts.references.iter().enumerate() {
        named.pair(Name(font_name(place).as_bytes()), *font);
    }
    named.finish();
    let mut named = resources.x_objects();
    for (place, picture) in pictures.iter().enumerate() {
        named.pair(Name(picture_name(place).as_bytes()), *picture);
    }
    named.finish();
    let mut named = resources.ext_g_states();
    for (alpha, state) in &states {
        named.pair(Name(state_name(*alpha).as_bytes()), *state);
    }
    named.finish();
    resources.finish();
    described.finish();
    pdf.stream(contents, &packed(&content.finish())).filter(Filter::FlateDecode);
    let mut document = pdf.document_info(info);
    document.title(TextStr(&about.title)).creator(TextStr("Hebbscope"));
    if !about.description.is_empty() {
        document.subject(TextStr(&about.description));
    }
    document.finish();
    Ok(pdf.finish())
}

/// Hands out the numbers of objects.
struct References(i32);

impl References {
    fn next(&mut self) -> Ref {
        self.0 += 1;
        Ref::new(self.0)
    }
}

/// What is on the page, and what it needs beside it.
struct Painter<'a> {
    content: Content,
    /// For each letter its font and its number in it.
    codes: &'a [(usize, u16)],
    /// Opacities that are used.
    alphas: BTreeSet<u8>,
    pictures: Vec<&'a Picture>,
}

impl<'a> Painter<'a> {
    fn mark(&mut self, mark: &'a Mark) {
        match mark {
            Mark::Path(path) => self.path(path),
            Mark::Picture(picture) => {
                self.alpha(u8::MAX);
                let Rect { min, max } = picture.rect;
                let name = picture_name(self.pictures.len());
                self.content.save_state();
                self.content.transform([max.x - min.x, 0.0, 0.0, min.y - max.y, min.x, max.y]);
                self.content.x_object(Name(name.as_bytes()));
                self.content.restore_state();
                self.pictures.push(picture);
            }
            Mark::Words(words) => self.words(words),
        }
    }

    fn path(&mut self, path: &Path) {
        // Both would need one opacity where they are painted at once.
        if let Some(ink) = path.fill {
            self.fill(ink);
            outline(&mut self.content, &path.steps);
            self.content.fill_nonzero();
        }
        if let Some(pen) = path.pen {
            self.alpha(pen.ink.alpha);
            let [red, green, blue] = parts(pen.ink);
            let join = if pen.round { LineJoinStyle::RoundJoin } else { LineJoinStyle::MiterJoin };
            self.content.set_stroke_rgb(red, green, blue).set_line_width(pen.width).set_line_join(join);
            outline(&mut self.content, &path.steps);
            self.content.stroke();
        }
    }

    fn words(&mut self, words: &Words) {
        self.content.begin_text().set_text_rendering_mode(TextRenderingMode::Fill);
        let mut font = None;
        for letters in words.letters.chunk_by(|one, next| one.ink == next.ink) {
            self.fill(letters[0].ink);
            for letter in letters {
                let Some(&(place, code)) = self.codes.get(letter.glyph) else { continue };
                if font.replace(place) != Some(place) {
                    self.content.set_font(Name(font_name(place).as_bytes()), 1.0);
                }
                self.content.set_text_matrix(letter.place).show(Str(&code.to_be_bytes()));
            }
        }
        self.content.end_text();
    }

    fn fill(&mut self, ink: Ink) {
        self.alpha(ink.alpha);
        let [red, green, blue] = parts(ink);
        self.content.set_fill_rgb(red, green, blue);
    }

    fn alpha(&mut self, alpha: u8) {
        self.alphas.insert(alpha);
        self.content.set_parameters(Name(state_name(alpha).as_bytes()));
    }
}

/// Puts an outline where it is to be painted.
fn outline(content: &mut Content, steps: &[Step]) {
    for step in steps {
        match *step {
            Step::Move(to) => content.move_to(to.x, to.y),
            Step::Line(to) => content.line_to(to.x, to.y),
            Step::Curve(one, other, to) => content.cubic_to(one.x, one.y, other.x, other.y, to.x, to.y),
            Step::Close => content.close_path(),
        };
    }
}

/// A picture, and beside it how opaque it is, where it is not everywhere.
fn embedded(pdf: &mut Pdf, picture: &Picture, references: &mut References) -> Ref {
    let (id, mask) = (references.next(), references.next());
    let (width, height) = picture.pixels.dimensions();
    let [width, height] = [width, height].map(|side| i32::try_from(side).unwrap_or(i32::MAX));
    let pixels = picture.pixels.pixels();
    let colors: Vec<u8> = pixels.clone().flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]]).collect();
    let alphas: Vec<u8> = pixels.map(|pixel| pixel.0[3]).collect();
    let is_opaque = alphas.iter().all(|alpha| *alpha == u8::MAX);
    let colors = packed(&colors);
    let mut object = pdf.image_xobject(id, &colors);
    object.filter(Filter::FlateDecode);
    object.width(width).height(height).bits_per_component(8).interpolate(!picture.crisp);
    object.color_space().device_rgb();
    if !is_opaque {
        object.s_mask(mask);
    }
    object.finish();
    if !is_opaque {
        let alphas = packed(&alphas);
        let mut object = pdf.image_xobject(mask, &alphas);
        object.filter(Filter::FlateDecode);
        object.width(width).height(height).bits_per_component(8).interpolate(!picture.crisp);
        object.color_space().device_gray();
    }
    id
}

/// Bytes, compressed.
pub(super) fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes every byte")
}

fn parts(ink: Ink) -> [f32; 3] {
    ink.rgb.map(|part| f32::from(part) / 255.0)
}

fn font_name(place: usize) -> String {
    format!("F{place}")
}

fn picture_name(place: usize) -> String {
    format!("P{place}")
}

fn state_name(alpha: u8) -> String {
    format!("A{alpha}")
}
