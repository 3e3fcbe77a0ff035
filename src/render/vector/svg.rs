//! A drawing as an SVG file. Text is the outlines of its letters, in a group that says what it reads.

use super::drawing::{Drawing, Ink, Item, Letter, Mark, Path, Picture, Step, Words};
use super::{About, WriteError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use egui::{Pos2, Rect};
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _, ImageError};
use std::fmt::Write as _;
use svg::Document;
use svg::node::element::{
    ClipPath, Definitions, Description, Element, Group, Image, Path as Outline, Rectangle, Title,
};

/// The side of the smallest box whose edges need not be smoothed, in points.
const NARROWEST_BOX: f32 = 2.0;

/// The file, `width` millimetres wide.
///
/// # Errors
/// A picture in it cannot be encoded.
pub fn write(drawing: &Drawing, about: &About, width: f32) -> Result<Vec<u8>, WriteError> {
    let [across, down] = drawing.size;
    let mut document = Document::new()
        .set("width", format!("{}mm", number(width)))
        .set("height", format!("{}mm", number(drawing.height_for(width))))
        .set("xmlns:xlink", "http://www.w3.org/1999/xlink")
        .set("viewBox", format!("0 0 {} {}", number(across), number(down)))
        .add(Title::new(plain(&about.title)));
    if !about.description.is_empty() {
        document = document.add(Description::new().add(svg::node::Text::new(plain(&about.description))));
    }
    let mut clips: Vec<Rect> = Vec::new();
    let mut body: Vec<Element> = Vec::new();
    for group in drawing.items.chunk_by(|one, next| one.clip == next.clip) {
        let elements = group.iter().map(|Item { mark, .. }| element(drawing, mark)).collect::<Result<Vec<_>, _>>()?;
        match group[0].clip {
            None => body.extend(elements),
            Some(clip) => {
                let place = clips.iter().position(|known| *known == clip).unwrap_or_else(|| {
                    clips.push(clip);
                    clips.len() - 1
                });
                let group = Group::new().set("clip-path", format!("url(#clip-{place})"));
                body.push(elements.into_iter().fold(group, Group::add).into());
            }
        }
    }
    if !clips.is_empty() {
        let defined = clips.iter().enumerate().fold(Definitions::new(), |defined, (place, clip)| {
            let rectangle = placed(Rectangle::new(), *clip);
            defined.add(ClipPath::new().set("id", format!("clip-{place}")).add(rectangle))
        });
        document = document.add(defined);
    }
    let document = body.into_iter().fold(document, Document::add);
    let mut file = Vec::new();
    svg::write(&mut file, &document).map_err(ImageError::IoError)?;
    Ok(file)
}

fn element(drawing: &Drawing, mark: &Mark) -> Result<Element, ImageError> {
    Ok(match mark {
        Mark::Path(path) => outline(path).into(),
        Mark::Picture(picture) => embedded(picture)?.into(),
        Mark::Words(words) => text(drawing, words).into(),
    })
}

fn outline(path: &Path) -> Outline {
    let mut element = filled(Outline::new().set("d", steps(path.steps.iter().copied())), path.fill);
    if path.pen.is_none() && is_box(&path.steps) {
        // Boxes side by side would let a shade of the background through where their edges are smoothed.
        element = element.set("shape-rendering", "crispEdges");
    }
    if let Some(pen) = path.pen {
        element = element.set("stroke", color(pen.ink)).set("stroke-width", number(pen.width));
        if pen.ink.alpha < u8::MAX {
            element = element.set("stroke-opacity", opacity(pen.ink));
        }
        if pen.round {
            element = element.set("stroke-linejoin", "round");
        }
    }
    element
}

/// Whether an outline is an upright box, not so narrow that it would be lost without smoothed edges.
fn is_box(steps: &[Step]) -> bool {
    let [Step::Move(one), Step::Line(two), Step::Line(three), Step::Line(four), Step::Close] = *steps else {
        return false;
    };
    let bounds = Rect::from_two_pos(one, three);
    let is_upright = [two, four].map(|corner| {
        [bounds.left(), bounds.right()].contains(&corner.x) && [bounds.top(), bounds.bottom()].contains(&corner.y)
    });
    is_upright == [true; 2] && bounds.width().min(bounds.height()) >= NARROWEST_BOX
}

fn filled(element: Outline, fill: Option<Ink>) -> Outline {
    match fill {
        None => element.set("fill", "none"),
        Some(ink) if ink.alpha == u8::MAX => element.set("fill", color(ink)),
        Some(ink) => element.set("fill", color(ink)).set("fill-opacity", opacity(ink)),
    }
}

fn text(drawing: &Drawing, words: &Words) -> Group {
    let group = Group::new().set("role", "img").set("aria-label", plain(&words.text));
    words.letters.chunk_by(|one, next| one.ink == next.ink).fold(group, |group, letters| {
        let outlines = letters.iter().flat_map(|letter| letter_steps(drawing, letter));
        group.add(filled(Outline::new().set("d", steps(outlines)), Some(letters[0].ink)))
    })
}

fn letter_steps<'a>(drawing: &'a Drawing, letter: &'a Letter) -> impl Iterator<Item = Step> + 'a {
    let glyph = drawing.glyphs.get(letter.glyph);
    glyph.into_iter().flat_map(|glyph| &glyph.steps).map(|step| step.map(|point| letter.at(point)))
}

fn embedded(picture: &Picture) -> Result<Image, ImageError> {
    let (width, height) = picture.pixels.dimensions();
    let is_opaque = picture.pixels.pixels().all(|pixel| pixel.0[3] == u8::MAX);
    let mut file = Vec::new();
    if is_opaque {
        let pixels: Vec<u8> = picture.pixels.pixels().flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]]).collect();
        PngEncoder::new(&mut file).write_image(&pixels, width, height, ExtendedColorType::Rgb8)?;
    } else {
        PngEncoder::new(&mut file).write_image(picture.pixels.as_raw(), width, height, ExtendedColorType::Rgba8)?;
    }
    // The name that SVG 1.1 has for it, which all readers know: Inkscape up to 1.2 passes over a mere `href`.
    let mut element = placed(Image::new(), picture.rect)
        .set("preserveAspectRatio", "none")
        .set("xlink:href", format!("data:image/png;base64,{}", STANDARD.encode(&file)));
    if picture.crisp {
        // The word of older readers first: they pass over what they do not know.
        element = element.set("style", "image-rendering:optimizeSpeed;image-rendering:pixelated");
    }
    Ok(element)
}

fn placed<E: svg::Node>(mut element: E, rect: Rect) -> E {
    for (name, value) in [("x", rect.min.x), ("y", rect.min.y), ("width", rect.width()), ("height", rect.height())] {
        element.assign(name, number(value));
    }
    element
}

/// Steps as the attribute `d`.
fn steps(steps: impl Iterator<Item = Step>) -> String {
    let mut data = String::new();
    let mut put = |letter: char, points: &[Pos2]| {
        data.push(letter);
        for (at, point) in points.iter().enumerate() {
            let gap = if at > 0 { " " } else { "" };
            // Writing to a string does not fail.
            let _written = write!(data, "{gap}{} {}", number(point.x), number(point.y));
        }
    };
    for step in steps {
        match step {
            Step::Move(to) => put('M', &[to]),
            Step::Line(to) => put('L', &[to]),
            Step::Curve(one, other, to) => put('C', &[one, other, to]),
            Step::Close => put('Z', &[]),
        }
    }
    data
}

fn color(ink: Ink) -> String {
    let [red, green, blue] = ink.rgb;
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn opacity(ink: Ink) -> String {
    let text = format!("{:.3}", f32::from(ink.alpha) / 255.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A number to a hundredth.
pub(super) fn number(value: f32) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text without what no XML may hold.
fn plain(text: &str) -> String {
    let kept = |letter: &char| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}');
    text.chars().filter(kept).collect()
}
