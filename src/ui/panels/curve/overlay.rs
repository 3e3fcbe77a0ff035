//! The groups of a comparison on the chart: bands between the quartiles, and lines that differ in more than their hue.

use super::frame::Frame;
use crate::ui::theme::{self, Palette};
use crate::view::curves::axis::{Scale, Span};
use crate::view::curves::bands::Band;
use crate::view::curves::outline::{band, outline};
use crate::view::curves::part::Bounds;
use crate::view::curves::pyramid::Pyramid;
use egui::{Color32, Mesh, Painter, Pos2, Shape, Stroke, pos2};

/// Width of a median.
const WIDTH: f32 = 1.8;

/// How a line is broken: points that are drawn, and points that are left out.
const DASHES: [Option<[f32; 2]>; 3] = [None, Some([10.0, 5.0]), Some([3.0, 3.5])];

/// The colour of the group in a slot. The run in view keeps the colour of its own.
pub fn color(palette: &Palette, slot: usize) -> Color32 {
    let colors = [palette.alpha, palette.trace, palette.modulator, palette.text];
    colors[slot % colors.len()]
}

/// How the line of the group in a slot is broken.
pub fn dashes(slot: usize) -> Option<[f32; 2]> {
    DASHES[slot % DASHES.len()]
}

/// Paints the bands, which lie below all lines.
pub fn paint_bands(painter: &Painter, frame: &Frame, scales: [Scale; 2], palette: &Palette, groups: &[Band]) {
    let columns = columns(painter, frame.rect.width());
    for group in groups.iter().filter(|group| group.has_quartiles()) {
        let quartiles = &group.quartiles;
        let color = color(palette, group.slot);
        let fill = color.gamma_multiply(if palette.dark { 0.2 } else { 0.16 });
        let edge = Stroke::new(0.8, color.gamma_multiply(0.45));
        for piece in band([&quartiles.low, &quartiles.high], quartiles.reached, frame.bounds, scales, columns) {
            let at = |x: f64, y: f64| pos2(frame.x(x), frame.y(y));
            let mut mesh = Mesh::default();
            for (index, [x, low, high]) in piece.iter().enumerate() {
                mesh.colored_vertex(at(*x, *low), fill);
                mesh.colored_vertex(at(*x, *high), fill);
                if index > 0 {
                    let corner = 2 * index as u32;
                    mesh.add_triangle(corner - 2, corner - 1, corner);
                    mesh.add_triangle(corner - 1, corner, corner + 1);
                }
            }
            painter.add(mesh);
            painter.line(piece.iter().map(|[x, low, _]| at(*x, *low)).collect(), edge);
            painter.line(piece.iter().map(|[x, _, high]| at(*x, *high)).collect(), edge);
        }
    }
}

/// Paints the medians, thin where fewer runs go on than the band needs, and the lines of groups without one.
pub fn paint_lines(painter: &Painter, frame: &Frame, scales: [Scale; 2], palette: &Palette, groups: &[Band]) {
    for group in groups {
        let color = color(palette, group.slot);
        let line = |sequence: &Pyramid, x: Span, stroke: Stroke| {
            let columns = columns(painter, frame.rect.width() * (x.length() / frame.bounds.x.length()) as f32);
            let bounds = Bounds { x, ..frame.bounds };
            for line in outline(sequence, bounds, scales, columns).lines {
                paint_line(painter, &frame.positions(&line), frame.rect.left(), stroke, dashes(group.slot));
            }
        };
        let whole = frame.bounds.x;
        for run in &group.each {
            line(run, whole, Stroke::new(WIDTH, color));
        }
        if !group.has_quartiles() {
            continue;
        }
        let quartiles = &group.quartiles;
        let end = scales[0].place(quartiles.reached as f64).unwrap_or(whole.from).clamp(whole.from, whole.to);
        if end > whole.from {
            line(&quartiles.median, Span::new(whole.from, end), Stroke::new(WIDTH, color));
        }
        if end < whole.to && quartiles.reached < quartiles.median.len() {
            let faint = theme::mix(palette.surface, color, 0.7);
            line(&quartiles.median, Span::new(end, whole.to), Stroke::new(1.0, faint));
        }
    }
}

/// Paints a line in dashes. They are counted by how far it is to the right, so that a rough line has as few as a smooth
/// one; between them it goes on thin, for a spike there to be seen.
pub fn paint_line(painter: &Painter, line: &[Pos2], left: f32, stroke: Stroke, dashes: Option<[f32; 2]>) {
    let Some([on, off]) = dashes else {
        painter.line(line.to_vec(), stroke);
        return;
    };
    let between = Stroke::new(0.5 * stroke.width, stroke.color.gamma_multiply(0.5));
    painter.line(line.to_vec(), between);
    let period = on + off;
    let (mut dash, mut shapes): (Vec<Pos2>, Vec<Shape>) = (Vec::new(), Vec::new());
    let mut finish = |dash: &mut Vec<Pos2>| {
        if dash.len() > 1 {
            shapes.push(Shape::line(std::mem::take(dash), stroke));
        }
        dash.clear();
    };
    for ends in line.windows(2) {
        let [from, to] = [ends[0], ends[1]];
        // Where this piece crosses the ends of dashes.
        let first = ((from.x - left) / period).floor() as i64;
        let last = ((to.x - left) / period).floor() as i64;
        for index in first..=last {
            let start = left + index as f32 * period;
            let (begin, end) = (start.max(from.x), (start + on).min(to.x));
            if begin > end {
                finish(&mut dash);
                continue;
            }
            let at = |x: f32| {
                let share = if to.x > from.x { (x - from.x) / (to.x - from.x) } else { 0.0 };
                from + (to - from) * share
            };
            if dash.is_empty() {
                dash.push(at(begin));
            }
            let is_whole = end >= to.x;
            dash.push(if is_whole { to } else { at(end) });
            if !is_whole {
                finish(&mut dash);
            }
        }
    }
    finish(&mut dash);
    painter.extend(shapes);
}

fn columns(painter: &Painter, width: f32) -> usize {
    (width * painter.pixels_per_point()).max(1.0) as usize
}
