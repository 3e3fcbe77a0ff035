//! A heatmap as pixels without a device: one for each cell, or those of the window where it shows what cells come to.

use super::heatmap::{Heatmap, Reduction};
use super::{CellGrid, Matrix, Order};
use egui::Rect;
use image::RgbaImage;
use rayon::prelude::*;
use std::ops::Range;

/// The most pixels of a picture. A matrix of more cells is drawn as the window shows it, from afar.
const MOST_PIXELS: usize = 4 << 20;

/// The picture of what a heatmap shows in `rect` (in points), and what the picture covers, which may reach beyond it;
/// `None` where it shows nothing.
///
/// Cells are pixels, exactly, unless there are too many of them, or a mean or root mean square is asked for and a cell
/// is smaller than a point: then a pixel is what the window shows at that place.
pub fn picture(heatmap: &Heatmap, rect: Rect, pixels_per_point: f32) -> Option<(RgbaImage, Rect)> {
    let fine = heatmap.grid(rect, pixels_per_point)?;
    let [x0, y0, x1, y1] = heatmap.window;
    let seen = |from: f32, to: f32, count: usize| -> Range<usize> {
        from.floor().max(0.0) as usize..(to.ceil().max(0.0) as usize).min(count)
    };
    let (rows, columns) = (seen(y0, y1, heatmap.matrix.rows()), seen(x0, x1, heatmap.matrix.columns()));
    if rows.is_empty() || columns.is_empty() {
        return None;
    }
    let coarse = heatmap.grid(rect, 1.0)?;
    let is_reduced = heatmap.reduction != Reduction::Strongest && coarse.is_from_afar();
    if !is_reduced && rows.len().saturating_mul(columns.len()) <= MOST_PIXELS {
        let covered = fine.rect_of(rows.start, columns.start).union(fine.rect_of(rows.end - 1, columns.end - 1));
        return Some((whole_cells(heatmap, rows, columns)?, covered));
    }
    let [width, height] = fine.pixels();
    let grid = if is_reduced || width * height > MOST_PIXELS { coarse } else { fine };
    Some((from_afar(heatmap, &grid)?, grid.rect()))
}

/// A pixel for each of these places.
fn whole_cells(heatmap: &Heatmap, rows: Range<usize>, columns: Range<usize>) -> Option<RgbaImage> {
    let (order, matrix) = (heatmap.order(), &heatmap.matrix);
    let pixels = rows.clone().into_par_iter().flat_map_iter(|row| {
        columns.clone().flat_map(move |column| {
            let cell = order.map_or((row, column), |order| order.cell((row, column)));
            let [red, green, blue] = heatmap.colormap.lookup(value(matrix, cell), heatmap.range);
            [red, green, blue, u8::MAX]
        })
    });
    RgbaImage::from_raw(columns.len() as u32, rows.len() as u32, pixels.collect())
}

/// What the device would draw: nothing beside the matrix.
fn from_afar(heatmap: &Heatmap, grid: &CellGrid) -> Option<RgbaImage> {
    let [width, height] = grid.pixels();
    let order = heatmap.order().map(std::sync::Arc::as_ref);
    let pixels = (0..height).into_par_iter().flat_map_iter(|y| {
        (0..width).flat_map(move |x| {
            let (rows, columns) = grid.cells_of(x, y);
            if rows.is_empty() || columns.is_empty() {
                return [0; 4];
            }
            let value = reduced(&heatmap.matrix, order, heatmap.reduction, rows, columns);
            // A clipped value has the colour of the map's end, as on the device.
            let range = heatmap.range;
            let value = if value.is_finite() && grid.is_from_afar() { value.clamp(-range, range) } else { value };
            let [red, green, blue] = heatmap.colormap.lookup(value, range);
            [red, green, blue, u8::MAX]
        })
    });
    RgbaImage::from_raw(width as u32, height as u32, pixels.collect())
}

fn value(matrix: &Matrix, (row, column): (usize, usize)) -> f32 {
    matrix.values()[row * matrix.columns() + column]
}

/// What the cells at these places come to, as `reduced` in heatmap.wgsl.
fn reduced(
    matrix: &Matrix,
    order: Option<&Order>,
    reduction: Reduction,
    rows: Range<usize>,
    columns: Range<usize>,
) -> f32 {
    let (mut best, mut sum, mut squares, mut count) = (0.0_f32, 0.0, 0.0, 0.0);
    for place in rows.flat_map(|row| columns.clone().map(move |column| (row, column))) {
        let value = value(matrix, order.map_or(place, |order| order.cell(place)));
        if value.abs().to_bits() > best.abs().to_bits() {
            best = value;
        }
        sum += value;
        squares += value * value;
        count += 1.0;
    }
    match reduction {
        _ if count <= 1.0 || !best.is_finite() => best,
        Reduction::Strongest => best,
        Reduction::Mean => sum / count,
        Reduction::RootMeanSquare => (squares / count).sqrt(),
    }
}
