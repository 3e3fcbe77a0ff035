//! Connections as curved lines: their ways, their widths, what of them is under the pointer.

use super::network::Shown;
use super::wires::Wire;
use crate::render::Colormap;
use crate::ui::theme::Palette;
use crate::view::inspection::Pinned;
use crate::view::matrices::MatrixKind;
use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};

/// Pieces of a line that is drawn fully, and of a faint one.
const PIECES: [usize; 2] = [14, 6];

/// How far a line bends to its left, in parts of its length.
const BEND: f32 = 0.3;

/// The widest line, in parts of what is between two neurons, and in points.
const WIDEST: (f32, [f32; 2]) = (0.065, [1.2, 6.5]);

/// The nearest line within so many points is meant.
const NEAR: f32 = 5.0;

/// Where on its way a pulse stands while nothing moves: past the middle, nearer to where it leads.
pub const RESTING: f32 = 0.66;

/// Where everything stands in one frame.
pub struct Ground {
    /// The middles of the neurons.
    pub places: Vec<Pos2>,
    /// How large a neuron is.
    pub radius: f32,
    /// How far apart the nearest neurons are.
    apart: f32,
    /// What loops point away from; without it they point upwards.
    pub middle: Option<Pos2>,
}

impl Ground {
    /// Neurons in `area`.
    pub fn of(shown: &Shown, area: Rect) -> Self {
        let (places, apart) = shown.places(area);
        Self { places, radius: (apart * 0.2).clamp(3.0, 17.0), apart, middle: shown.middle(area) }
    }

    /// The way of a connection between two places of the list, in so many pieces, from the edge of one neuron to that of
    /// the other.
    pub fn way(&self, from: usize, to: usize, pieces: usize) -> Vec<Pos2> {
        let (begin, end) = (self.places[from], self.places[to]);
        if from == to {
            return self.ring(begin, pieces.max(8));
        }
        let along = end - begin;
        let bent = begin + along / 2.0 + vec2(along.y, -along.x) * BEND;
        let at = |t: f32| {
            let [a, b] = [begin + (bent - begin) * t, bent + (end - bent) * t];
            a + (b - a) * t
        };
        // Neither the neuron where it begins nor that where it ends is crossed.
        let hidden = ((self.radius + 2.0) / along.length().max(1.0)).min(0.4);
        (0..=pieces).map(|piece| at(hidden + (1.0 - 2.0 * hidden) * piece as f32 / pieces as f32)).collect()
    }

    /// A connection of a neuron with itself.
    fn ring(&self, neuron: Pos2, pieces: usize) -> Vec<Pos2> {
        let outwards = self.middle.map_or(vec2(0.0, -1.0), |middle| {
            // The name of the neuron stands straight outwards.
            Vec2::angled((neuron - middle).angle() - 0.9)
        });
        let size = self.radius * 0.62;
        let centre = neuron + outwards * (self.radius + size * 0.7);
        // Open towards the neuron.
        let first = (-outwards).angle() + 0.75;
        let angle = |piece: usize| first + (std::f32::consts::TAU - 1.5) * piece as f32 / pieces as f32;
        (0..=pieces).map(|piece| centre + Vec2::angled(angle(piece)) * size).collect()
    }

    /// The neuron under a point, by its place in the list.
    pub fn neuron_at(&self, pos: Pos2) -> Option<usize> {
        let near = self.places.iter().enumerate().map(|(index, place)| (index, place.distance(pos)));
        near.filter(|(_, apart)| *apart <= self.radius + 3.0).min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(at, _)| at)
    }

    fn width(&self, share: f32) -> f32 {
        let (part, [least, most]) = WIDEST;
        (0.35 + share * (self.apart * part).clamp(least, most)).max(0.35)
    }
}

/// A connection as it is drawn.
pub struct Line {
    /// Its numbers.
    pub wire: Wire,
    /// Places of its ends in the list of neurons.
    pub ends: [usize; 2],
    /// What its width shows.
    pub value: f32,
    /// How much of the widest line it is, 0 to 1.
    pub share: f32,
    /// How large its pulse is, −1 to 1.
    pub pulse: f32,
    /// Whether it stands out: one of the strongest, or one of what is looked at.
    pub is_full: bool,
    /// Whether what is looked at is elsewhere.
    pub is_dim: bool,
    /// Its way.
    pub way: Vec<Pos2>,
}

/// The lines of `wires`, those that stand out last. `looked_at` is what the pointer is on, and what is pinned.
pub fn lines(
    wires: &[Wire],
    shown: &Shown,
    ground: &Ground,
    (kind, reach): (MatrixKind, f32),
    reach_of_changes: f32,
    strongest: usize,
    looked_at: &[Pinned],
) -> Vec<Line> {
    let count = shown.neurons.len();
    let share = |value: f32, reach: f32| {
        if reach > 0.0 && value.is_finite() { (value / reach).clamp(-1.0, 1.0) } else { 0.0 }
    };
    let is_meant = |wire: &Wire| looked_at.iter().any(|pinned| is_of(wire, *pinned));
    let mut lines: Vec<Line> = wires
        .iter()
        .enumerate()
        .filter_map(|(index, wire)| {
            let value = wire.value(kind)?;
            Some(Line {
                wire: *wire,
                ends: [index / count, index % count],
                value,
                share: share(value, reach).abs(),
                pulse: share(wire.change(), reach_of_changes),
                is_full: is_meant(wire),
                is_dim: false,
                way: Vec::new(),
            })
        })
        .collect();
    lines.sort_by(|one, other| one.value.abs().total_cmp(&other.value.abs()));
    for line in lines.iter_mut().rev().take(strongest) {
        line.is_dim = !looked_at.is_empty() && !line.is_full;
        line.is_full |= line.value != 0.0 && looked_at.is_empty();
    }
    lines.sort_by_key(|line| (line.is_full, line.is_dim));
    for line in &mut lines {
        let pieces = PIECES[usize::from(!line.is_full && !line.is_dim)];
        line.way = ground.way(line.ends[0], line.ends[1], pieces);
    }
    lines
}

/// Whether a connection is the one that is pinned, or begins or ends in the neuron that is.
fn is_of(wire: &Wire, pinned: Pinned) -> bool {
    match pinned {
        Pinned::Synapse { from, to } => (wire.from, wire.to) == (from, to),
        Pinned::Neuron(neuron) => wire.from == neuron || wire.to == neuron,
    }
}

/// Draws them: sign by colour and by dashes, magnitude by width, and what this step writes as a pulse at the part
/// `phase` of each way.
pub fn draw(painter: &Painter, lines: &[Line], ground: &Ground, phase: f32, palette: &Palette) {
    let mut shapes = Vec::with_capacity(2 * lines.len());
    for line in lines {
        let ink = sign_color(line.value, palette);
        if !line.is_full && !line.is_dim {
            // All others are there, and hardly seen.
            if line.share > 0.0 {
                let stroke = Stroke::new(0.6, ink.gamma_multiply(0.06 + 0.1 * line.share));
                shapes.push(Shape::line(line.way.clone(), stroke));
            }
            continue;
        }
        let strength = if line.is_dim { 0.16 } else { 0.35 + 0.65 * line.share };
        let stroke = Stroke::new(ground.width(line.share), ink.gamma_multiply(strength));
        if line.value < 0.0 && line.is_full {
            let dash = (2.5 * stroke.width).clamp(4.0, 9.0);
            Shape::dashed_line_many(&line.way, stroke, dash, dash * 0.7, &mut shapes);
        } else {
            shapes.push(Shape::line(line.way.clone(), stroke));
        }
        if line.is_full {
            shapes.extend(arrow(&line.way, stroke));
        }
    }
    let is_pulsing = |line: &&Line| line.pulse.abs() > 0.01 && !line.is_dim;
    for line in lines.iter().filter(is_pulsing) {
        let size = line.pulse.abs().sqrt() * if line.is_full { (ground.radius * 0.3).clamp(1.6, 4.2) } else { 1.1 };
        let (at, color) = (along(&line.way, phase), palette.trace);
        match (line.is_full, line.pulse > 0.0) {
            // H grows: a full pulse; it shrinks: a hollow one.
            (true, true) => shapes.push(Shape::circle_filled(at, size, color)),
            (true, false) => {
                shapes.push(Shape::circle_filled(at, size, palette.surface));
                shapes.push(Shape::circle_stroke(at, size, Stroke::new(1.2, color)));
            }
            (false, _) => {
                let dot = Rect::from_center_size(at, Vec2::splat(2.0 * size));
                shapes.push(Shape::rect_filled(dot, 0.0, color.gamma_multiply(0.35)));
            }
        }
    }
    painter.extend(shapes);
}

/// The colour of a sign: the ends of the map that matrices are drawn with.
pub fn sign_color(value: f32, palette: &Palette) -> Color32 {
    let table = Colormap::for_theme(palette.dark).table();
    let [red, green, blue] = table[if value < 0.0 { 24 } else { table.len() - 25 }];
    Color32::from_rgb(red, green, blue)
}

/// The head of an arrow where a way ends.
fn arrow(way: &[Pos2], stroke: Stroke) -> Option<Shape> {
    let [.., before, end] = *way else { return None };
    let (forwards, size) = ((end - before).normalized(), 2.6 + stroke.width);
    let aside = vec2(-forwards.y, forwards.x) * size * 0.55;
    let back = end - forwards * size;
    Some(Shape::convex_polygon(vec![end + forwards * 1.0, back + aside, back - aside], stroke.color, Stroke::NONE))
}

/// The place at a part of a way, 0 to 1.
fn along(way: &[Pos2], part: f32) -> Pos2 {
    let Some(last) = way.len().checked_sub(1) else { return pos2(0.0, 0.0) };
    let at = part.clamp(0.0, 1.0) * last as f32;
    let (index, rest) = ((at as usize).min(last), at.fract());
    let next = way[(index + 1).min(last)];
    way[index] + (next - way[index]) * rest
}

/// The line under a point among those that can be told apart: the nearest, of those that stand out first.
pub fn line_at(lines: &[Line], pos: Pos2) -> Option<&Line> {
    let near = lines.iter().filter(|line| line.is_full || line.is_dim).map(|line| (line, distance(&line.way, pos)));
    let near = near.filter(|(_, apart)| *apart <= NEAR);
    // Where two are as near, the one that is drawn over the other is meant.
    near.min_by(|(one, a), (other, b)| {
        (one.is_dim, a).partial_cmp(&(other.is_dim, b)).unwrap_or(std::cmp::Ordering::Equal)
    })
    .map(|(line, _)| line)
}

fn distance(way: &[Pos2], pos: Pos2) -> f32 {
    let pieces = way.windows(2).map(|piece| {
        let (along, to) = (piece[1] - piece[0], pos - piece[0]);
        let part = (to.dot(along) / along.length_sq().max(1e-6)).clamp(0.0, 1.0);
        (to - along * part).length()
    });
    pieces.fold(f32::INFINITY, f32::min)
}
