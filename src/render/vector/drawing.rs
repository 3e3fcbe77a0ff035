//! What a drawing is made of, in points with y downwards; both formats are written from it.

use egui::{Color32, FontData, Pos2, Rect};
use image::RgbaImage;
use std::fmt;
use std::sync::Arc;

/// A colour that is laid on what lies below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ink {
    /// Red, green, blue in gamma space, not multiplied with the opacity.
    pub rgb: [u8; 3],
    /// Opacity, 1 to 255.
    pub alpha: u8,
}

impl Ink {
    /// The ink of a colour of egui, which has its opacity multiplied in; `None` for one that is not seen.
    pub fn of(color: Color32) -> Option<Self> {
        let [red, green, blue, alpha] = color.to_array();
        let plain = |part: u8| (f32::from(part) * 255.0 / f32::from(alpha)).round().min(255.0) as u8;
        (alpha > 0).then(|| Self { rgb: [red, green, blue].map(plain), alpha })
    }
}

/// A step of an outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Begins at a point.
    Move(Pos2),
    /// A straight line to a point.
    Line(Pos2),
    /// A cubic Bézier curve: two control points and its end.
    Curve(Pos2, Pos2, Pos2),
    /// Back to where this part began.
    Close,
}

impl Step {
    /// The points it names.
    pub(super) fn points(&self) -> impl Iterator<Item = Pos2> {
        let points = match *self {
            Self::Move(to) | Self::Line(to) => [Some(to), None, None],
            Self::Curve(one, other, to) => [Some(one), Some(other), Some(to)],
            Self::Close => [None; 3],
        };
        points.into_iter().flatten()
    }

    /// The same step with all its points moved.
    pub(super) fn map(self, to: impl Fn(Pos2) -> Pos2) -> Self {
        match self {
            Self::Move(point) => Self::Move(to(point)),
            Self::Line(point) => Self::Line(to(point)),
            Self::Curve(one, other, end) => Self::Curve(to(one), to(other), to(end)),
            Self::Close => Self::Close,
        }
    }
}

/// A line along an outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pen {
    /// Width in points.
    pub width: f32,
    /// Its colour.
    pub ink: Ink,
    /// Whether its corners are round, as those of a curve, or sharp, as those of a box.
    pub round: bool,
}

/// An outline, filled, stroked or both; the stroke lies above.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Its steps.
    pub steps: Vec<Step>,
    /// What it is filled with.
    pub fill: Option<Ink>,
    /// What it is stroked with.
    pub pen: Option<Pen>,
}

/// A picture in a rectangle.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Its pixels, not multiplied with their opacity.
    pub pixels: RgbaImage,
    /// What it fills.
    pub rect: Rect,
    /// Whether its pixels keep their edges where they are enlarged.
    pub crisp: bool,
}

/// The outline of a letter.
#[derive(Clone, Debug, PartialEq)]
pub struct Glyph {
    /// Its outline, in parts of the font size, y upwards from the base line.
    pub steps: Vec<Step>,
    /// How far the next letter stands, in parts of the font size.
    pub advance: f32,
    /// The character for which it stands.
    pub character: char,
    /// Its font, by its place in [`Drawing::faces`].
    pub face: usize,
    /// Its number in that font.
    pub id: u16,
}

/// A font.
#[derive(Clone)]
pub struct Face {
    /// The name under which egui knows it.
    pub name: String,
    /// Its file.
    pub data: Arc<FontData>,
}

impl fmt::Debug for Face {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Face({})", self.name)
    }
}

/// A letter in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Letter {
    /// Its place in [`Drawing::glyphs`].
    pub glyph: usize,
    /// From the glyph's coordinates to points of the drawing: `x' = a x + c y + e`, `y' = b x + d y + f`.
    pub place: [f32; 6],
    /// Its colour.
    pub ink: Ink,
}

impl Letter {
    /// Where a point of the glyph lies.
    pub fn at(&self, point: Pos2) -> Pos2 {
        let [a, b, c, d, e, f] = self.place;
        Pos2::new(a * point.x + c * point.y + e, b * point.x + d * point.y + f)
    }
}

/// Text as it is seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// What it says; lines are kept apart by spaces.
    pub text: String,
    /// Its letters, blanks included.
    pub letters: Vec<Letter>,
    /// What it covers.
    pub rect: Rect,
}

/// Something that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// An outline.
    Path(Path),
    /// A picture.
    Picture(Picture),
    /// Text.
    Words(Words),
}

impl Mark {
    /// What it covers; for an outline with a point that is none, no place either.
    pub fn bounds(&self) -> Rect {
        match self {
            Self::Path(path) if !path.steps.iter().flat_map(Step::points).all(Pos2::is_finite) => Rect::NAN,
            Self::Path(path) => {
                let points = path.steps.iter().flat_map(Step::points);
                let rect = points.fold(Rect::NOTHING, |rect, point| rect.union(Rect::from_min_max(point, point)));
                rect.expand(path.pen.map_or(0.0, |pen| pen.width / 2.0))
            }
            Self::Picture(picture) => picture.rect,
            Self::Words(words) => words.rect,
        }
    }
}

/// A mark and the rectangle outside which nothing of it is seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// `None` where nothing of it is hidden.
    pub clip: Option<Rect>,
    /// What is drawn.
    pub mark: Mark,
}

/// A drawing on one page.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// Width and height in points.
    pub size: [f32; 2],
    /// What is drawn, from the lowest to the highest.
    pub items: Vec<Item>,
    /// The letters that are used.
    pub glyphs: Vec<Glyph>,
    /// The fonts that they are of.
    pub faces: Vec<Face>,
}

impl Drawing {
    /// An empty page.
    pub(super) fn new(size: [f32; 2]) -> Self {
        Self { size, items: Vec::new(), glyphs: Vec::new(), faces: Vec::new() }
    }

    /// Adds a mark of which only what is within `clip` is seen. What is not seen at all, or is no place, is left out.
    pub(super) fn add(&mut self, clip: Rect, mark: Mark) {
        let page = Rect::from_min_size(Pos2::ZERO, self.size.into());
        let (clip, bounds) = (clip.intersect(page), mark.bounds());
        let is_place = [bounds.min.x, bounds.min.y, bounds.max.x, bounds.max.y].iter().all(|edge| edge.is_finite());
        if !is_place || !clip.is_positive() || !clip.intersects(bounds) {
            return;
        }
        let clip = (!clip.contains_rect(bounds)).then_some(clip);
        // Grids and dashes are many lines of one kind.
        if let (Some(Item { clip: before, mark: Mark::Path(last) }), Mark::Path(path)) = (self.items.last_mut(), &mark)
            && *before == clip
            && last.pen == path.pen
            && path.pen.is_some_and(|pen| pen.ink.alpha == u8::MAX)
            && last.fill.is_none()
            && path.fill.is_none()
        {
            last.steps.extend_from_slice(&path.steps);
        } else {
            self.items.push(Item { clip, mark });
        }
    }

    /// Height of a page of this width, in the same unit.
    pub fn height_for(&self, width: f32) -> f32 {
        width * self.size[1] / self.size[0]
    }
}
