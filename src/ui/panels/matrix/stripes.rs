//! The examples by which neurons are ordered, as stripes along the edges of a matrix: where a stripe is light, the
//! example has its neurons positive. So it is seen why a block of the matrix is one colour.

use crate::render::CellGrid;
use crate::ui::panels::pixels::ink;
use crate::ui::theme::{self, Palette};
use crate::view::order::{NeuronOrder, Stripe};
use egui::{Align2, Rangef, Rect, Sense, Ui, Vec2, pos2, vec2};

/// Width of a stripe, and where there is room for their numbers.
const STRIPES: [f32; 2] = [4.0, 9.0];

/// More stripes than this have no numbers.
const MOST_NUMBERED: usize = 5;

/// In a smaller area stripes have no numbers.
const LEAST_NUMBERED: f32 = 300.0;

/// Between the stripes and the picture.
const GAP: f32 = 3.0;

/// A picture in a smaller area has no stripes.
const LEAST_AREA: f32 = 190.0;

/// What stripes take at the left of a picture in `area`, and above it.
pub fn width(neurons: &NeuronOrder, area: Vec2) -> f32 {
    match neurons.stripes[0].len().max(neurons.stripes[1].len()) {
        0 => 0.0,
        _ if area.min_elem() < LEAST_AREA => 0.0,
        count => {
            let is_numbered = count <= MOST_NUMBERED && area.min_elem() >= LEAST_NUMBERED;
            count as f32 * STRIPES[usize::from(is_numbered)] + GAP
        }
    }
}

/// Draws them in `width` points beside the picture `rect`, whose places `grid` knows.
pub fn stripes_ui(ui: &Ui, neurons: &NeuronOrder, rect: Rect, width: f32, grid: &CellGrid) {
    let palette = Palette::of(ui.ctx());
    let count = neurons.stripes[0].len().max(neurons.stripes[1].len());
    let pitch = (width - GAP) / count.max(1) as f32;
    for (side, stripes) in neurons.stripes.iter().enumerate() {
        // Rows stand along y, columns along x.
        let axis = 1 - side;
        let depth = stripes.len() as f32 * pitch;
        let corner = match axis {
            0 => rect.left_top() - vec2(0.0, GAP + depth),
            _ => rect.left_top() - vec2(GAP + depth, 0.0),
        };
        let size = if axis == 0 { vec2(rect.width(), depth) } else { vec2(depth, rect.height()) };
        let block = Rect::from_min_size(corner, size);
        let painter = ui.painter_at(block);
        for (index, stripe) in stripes.iter().enumerate() {
            let start = block.min[1 - axis] + index as f32 * pitch;
            let across = Rangef::new(start, start + pitch - 0.5);
            if axis == 0 && pitch >= STRIPES[1] {
                // In the corner, which is empty; those at the left are the same.
                let place = pos2(block.left() - GAP - 1.0, across.center());
                let number = (index + 1).to_string();
                ui.painter().text(place, Align2::RIGHT_CENTER, number, theme::letters(ui.ctx(), 9.0), palette.quiet);
            }
            for (span, is_positive) in &stripe.spans {
                let edge = |place: usize| grid.rect_of(place, place).min[axis];
                let along = Rangef::new(edge(span.start), edge(span.end)).intersection(if axis == 0 {
                    rect.x_range()
                } else {
                    rect.y_range()
                });
                if along.min < along.max {
                    let [x, y] = if axis == 0 { [along, across] } else { [across, along] };
                    painter.rect_filled(Rect::from_x_y_ranges(x, y), 0.0, ink(sign(*is_positive), palette));
                }
            }
        }
        let response = ui.interact(block, ui.scope_id().with(("stripes", side)), Sense::hover());
        if let Some(pos) = response.hover_pos() {
            let index = ((pos - block.min)[1 - axis] / pitch) as usize;
            response.on_hover_text(words(stripes, index));
        }
    }
}

fn sign(is_positive: bool) -> f32 {
    if is_positive { 1.0 } else { -1.0 }
}

/// What a stripe is, in words.
pub fn words(stripes: &[Stripe], index: usize) -> String {
    let number = (index + 1).min(stripes.len());
    let of = stripes.len();
    format!("stored {number} of {of}: light where it is positive. Neurons are sorted by these stripes")
}
