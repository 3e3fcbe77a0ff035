//! Shapes of egui as marks of a drawing.

use super::drawing::{Drawing, Ink, Mark, Path, Pen, Picture, Step};
use super::faces::Faces;
use super::sheet::Textures;
use super::{mesh, outline, text};
use crate::render::Heatmap;
use crate::render::heatmap_cells;
use egui::epaint::{CircleShape, ColorMode, EllipseShape, PathShape, PathStroke, RectShape};
use egui::{Color32, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2};

/// Turns shapes into marks.
pub struct Drawer<'a> {
    /// What has been drawn.
    pub drawing: Drawing,
    /// Where letters come from.
    pub faces: Faces,
    /// Where pictures come from.
    pub textures: &'a Textures,
    /// Pixels of a point for which the shapes were made.
    pub pixels_per_point: f32,
}

impl Drawer<'_> {
    /// Draws a shape of which only what is within `clip` is seen.
    pub fn shape(&mut self, clip: Rect, shape: &Shape) {
        match shape {
            Shape::Noop => {}
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| self.shape(clip, shape)),
            Shape::Circle(circle) => self.circle(clip, circle),
            Shape::Ellipse(ellipse) => self.ellipse(clip, ellipse),
            Shape::LineSegment { points, stroke } => self.path(clip, outline::line(points, false), None, pen(*stroke)),
            Shape::Path(path) => self.polygon(clip, path),
            Shape::Band(band) => {
                let steps = outline::band(&band.points, band.angle);
                self.path(clip, steps, Ink::of(band.fill), pen(band.stroke));
            }
            Shape::Rect(rect) => self.rectangle(clip, rect),
            Shape::Text(shape) => text::draw(&mut self.drawing, &mut self.faces, clip, shape),
            Shape::Mesh(mesh) => mesh::draw(&mut self.drawing, self.textures, clip, mesh),
            Shape::QuadraticBezier(curve) => {
                let [from, control, to] = curve.points;
                let steps = ended(from, outline::quadratic(from, control, to), curve.closed);
                self.path(clip, steps, Ink::of(curve.fill), path_pen(&curve.stroke));
            }
            Shape::CubicBezier(curve) => {
                let [from, one, other, to] = curve.points;
                let steps = ended(from, Step::Curve(one, other, to), curve.closed);
                self.path(clip, steps, Ink::of(curve.fill), path_pen(&curve.stroke));
            }
            Shape::Callback(callback) => {
                // What else the device would draw, a drawing cannot know.
                if let Some(heatmap) = callback.callback.downcast_ref::<Heatmap>() {
                    self.heatmap(clip, callback.rect, heatmap);
                }
            }
        }
    }

    fn path(&mut self, clip: Rect, steps: Vec<Step>, fill: Option<Ink>, pen: Option<Pen>) {
        if steps.len() > 1 && (fill.is_some() || pen.is_some()) {
            self.drawing.add(clip, Mark::Path(Path { steps, fill, pen }));
        }
    }

    fn circle(&mut self, clip: Rect, circle: &CircleShape) {
        if circle.radius > 0.0 {
            self.round(clip, (circle.center, Vec2::splat(circle.radius), 0.0), circle.fill, circle.stroke);
        }
    }

    fn ellipse(&mut self, clip: Rect, ellipse: &EllipseShape) {
        if ellipse.radius.min_elem() > 0.0 {
            self.round(clip, (ellipse.center, ellipse.radius, ellipse.angle), ellipse.fill, ellipse.stroke);
        }
    }

    /// An ellipse of a middle, two radii and an angle. On the screen its stroke lies around it, not on its edge.
    fn round(&mut self, clip: Rect, (middle, radius, angle): (Pos2, Vec2, f32), fill: Color32, stroke: Stroke) {
        self.path(clip, outline::ellipse(middle, radius, angle), Ink::of(fill), None);
        let around = radius + Vec2::splat(stroke.width / 2.0);
        self.path(clip, outline::ellipse(middle, around, angle), None, pen(stroke));
    }

    fn polygon(&mut self, clip: Rect, path: &PathShape) {
        let points = outline::thinned(&path.points);
        let fill = Ink::of(path.fill).filter(|_| path.closed);
        match &path.stroke.color {
            ColorMode::UV(color) if !path.stroke.is_empty() => {
                self.path(clip, outline::line(&points, path.closed), fill, None);
                let bounds = Rect::from_points(&points);
                for ends in points.windows(2) {
                    let ink = Ink::of(color(bounds, ends[0].lerp(ends[1], 0.5)));
                    let pen = ink.map(|ink| Pen { width: path.stroke.width, ink, round: true });
                    self.path(clip, outline::line(ends, false), None, pen);
                }
            }
            _ => self.path(clip, outline::line(&points, path.closed), fill, path_pen(&path.stroke)),
        }
    }

    fn rectangle(&mut self, clip: Rect, shape: &RectShape) {
        // A blurred box is the shadow of something, which print does without.
        if shape.blur_width > 0.0 || !shape.rect.is_positive() {
            return;
        }
        if let Some(brush) = &shape.brush {
            mesh::picture(
                &mut self.drawing,
                self.textures,
                clip,
                brush.fill_texture_id,
                shape.rect,
                brush.uv,
                shape.fill,
            );
        } else {
            let steps = turned(outline::rectangle(shape.rect, shape.corner_radius), shape.rect.center(), shape.angle);
            self.path(clip, steps, Ink::of(shape.fill), None);
        }
        if let Some(pen) = pen(shape.stroke) {
            let outwards = match shape.stroke_kind {
                StrokeKind::Inside => -pen.width / 2.0,
                StrokeKind::Middle => 0.0,
                StrokeKind::Outside => pen.width / 2.0,
            };
            let steps = outline::rectangle(shape.rect.expand(outwards), shape.corner_radius);
            let steps = turned(steps, shape.rect.center(), shape.angle);
            self.path(clip, steps, None, Some(Pen { round: false, ..pen }));
        }
    }

    fn heatmap(&mut self, clip: Rect, rect: Rect, heatmap: &Heatmap) {
        if let Some((pixels, covered)) = heatmap_cells::picture(heatmap, rect, self.pixels_per_point) {
            let picture = Picture { pixels, rect: covered, crisp: true };
            self.drawing.add(clip.intersect(rect), Mark::Picture(picture));
        }
    }
}

fn pen(stroke: Stroke) -> Option<Pen> {
    let ink = Ink::of(stroke.color)?;
    (stroke.width > 0.0).then_some(Pen { width: stroke.width, ink, round: true })
}

fn path_pen(stroke: &PathStroke) -> Option<Pen> {
    match stroke.color {
        ColorMode::Solid(color) => pen(Stroke::new(stroke.width, color)),
        ColorMode::UV(ref color) => {
            let color: Color32 = color(Rect::ZERO, Pos2::ZERO);
            pen(Stroke::new(stroke.width, color))
        }
    }
}

fn ended(from: Pos2, step: Step, closed: bool) -> Vec<Step> {
    let mut steps = vec![Step::Move(from), step];
    if closed {
        steps.push(Step::Close);
    }
    steps
}

/// An outline turned clockwise about a point.
fn turned(steps: Vec<Step>, about: Pos2, angle: f32) -> Vec<Step> {
    if angle == 0.0 {
        return steps;
    }
    let turn = egui::emath::Rot2::from_angle(angle);
    steps.into_iter().map(|step| step.map(|point| about + turn * (point - about))).collect()
}
