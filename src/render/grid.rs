//! Where the cells of a matrix lie on the pixels of the screen. The shader computes the same, step for step.

use std::ops::Range;

use egui::{Pos2, Rect, pos2, vec2};

/// Added before rounding a pixel's centre down to a cell, so that a centre on the border of two cells falls to the
/// same one whatever the rounding of the device. In cells.
const TIE: f32 = 0.001;

/// How far beyond a pixel's edge a cell's centre may lie and still be drawn there, so that no cell falls between two
/// pixels by rounding. In cells.
const REACH: f32 = 0.01;

/// A window of matrix cells laid on a rectangle of whole pixels.
///
/// Where a cell is a pixel or larger, each pixel shows the cell under its centre. Where pixels are larger, each shows
/// those cells whose centre it holds, so every cell belongs to a pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellGrid {
    /// Left and top edge, in pixels; whole numbers.
    pub(super) corner_px: [f32; 2],
    /// Width and height, in pixels; whole numbers.
    pub(super) size_px: [f32; 2],
    /// The cell (column, row) that holds the window's corner.
    pub(super) first_cell: [i32; 2],
    /// Where in that cell the corner lies (0 to 1). Kept apart so that zooming into a long matrix loses no digits.
    pub(super) start: [f32; 2],
    /// Cells per pixel, across and down.
    pub(super) cells_per_pixel: [f32; 2],
    /// Columns and rows of the matrix.
    pub(super) cells: [i32; 2],
    pixels_per_point: f32,
}

impl CellGrid {
    /// Lays the `window` `[x0, y0, x1, y1]` (in cells; x counts columns, y rows; it may reach beyond the matrix) of a
    /// matrix on `rect` (in points), whose edges are rounded to whole pixels as egui rounds its own. `None` where
    /// nothing can be drawn: an empty matrix, window or rectangle.
    pub fn new(rect: Rect, window: [f32; 4], rows: usize, columns: usize, pixels_per_point: f32) -> Option<Self> {
        let corner_px = [(rect.min.x * pixels_per_point).round(), (rect.min.y * pixels_per_point).round()];
        let far_px = [(rect.max.x * pixels_per_point).round(), (rect.max.y * pixels_per_point).round()];
        let size_px = [far_px[0] - corner_px[0], far_px[1] - corner_px[1]];
        let [x0, y0, x1, y1] = window;
        let drawable = size_px.iter().all(|size| *size >= 1.0 && size.is_finite())
            && x1 > x0
            && y1 > y0
            && window.iter().all(|edge| edge.is_finite())
            && rows > 0
            && columns > 0;
        drawable.then(|| Self {
            corner_px,
            size_px,
            first_cell: [x0.floor() as i32, y0.floor() as i32],
            start: [x0 - x0.floor(), y0 - y0.floor()],
            cells_per_pixel: [(x1 - x0) / size_px[0], (y1 - y0) / size_px[1]],
            cells: [columns, rows].map(|count| i32::try_from(count).unwrap_or(i32::MAX)),
            pixels_per_point,
        })
    }

    /// The cell (row, column) under the centre of the pixel that holds `pos` (in points); `None` beside the rectangle
    /// or the matrix. Where pixels are larger than cells it is one of [`Self::cells_at`].
    pub fn cell_at(&self, pos: Pos2) -> Option<(usize, usize)> {
        let [x, y] = self.pixel_at(pos)?;
        let column = self.cells_in(0, x, true);
        let row = self.cells_in(1, y, true);
        (!column.is_empty() && !row.is_empty()).then_some((row.start, column.start))
    }

    /// The rows and columns of all cells drawn into the pixel that holds `pos` (in points); `None` if there are none.
    pub fn cells_at(&self, pos: Pos2) -> Option<(Range<usize>, Range<usize>)> {
        let [x, y] = self.pixel_at(pos)?;
        let columns = self.cells_in(0, x, self.cells_per_pixel[0] <= 1.0);
        let rows = self.cells_in(1, y, self.cells_per_pixel[1] <= 1.0);
        (!columns.is_empty() && !rows.is_empty()).then_some((rows, columns))
    }

    /// How many columns (`axis` 0) or rows (1) the matrix has.
    ///
    /// # Panics
    /// When there is no such axis.
    pub fn count(&self, axis: usize) -> usize {
        self.cells[axis] as usize
    }

    /// Whether a pixel covers more than a cell, across or down.
    pub fn is_from_afar(&self) -> bool {
        self.cells_per_pixel.iter().any(|cells| *cells > 1.0)
    }

    /// Width and height in pixels.
    pub(super) fn pixels(&self) -> [usize; 2] {
        self.size_px.map(|side| side as usize)
    }

    /// The rectangle (in points) on which it lies.
    pub(super) fn rect(&self) -> Rect {
        let at = |place: [f32; 2]| pos2(place[0], place[1]) / self.pixels_per_point;
        let [[left, top], [width, height]] = [self.corner_px, self.size_px];
        Rect::from_min_max(at([left, top]), at([left + width, top + height]))
    }

    /// The rows and columns of all cells drawn into a pixel, counted from the corner; empty beside the matrix.
    pub(super) fn cells_of(&self, x: usize, y: usize) -> (Range<usize>, Range<usize>) {
        let columns = self.cells_in(0, x as f32, self.cells_per_pixel[0] <= 1.0);
        (self.cells_in(1, y as f32, self.cells_per_pixel[1] <= 1.0), columns)
    }

    /// The rectangle (in points) that a cell covers, whether or not the window shows it.
    pub fn rect_of(&self, row: usize, column: usize) -> Rect {
        let edge = |axis: usize, cell: f32| {
            let cells = cell - self.first_cell[axis] as f32 - self.start[axis];
            (self.corner_px[axis] + cells / self.cells_per_pixel[axis]) / self.pixels_per_point
        };
        let corner = pos2(edge(0, column as f32), edge(1, row as f32));
        let [across, down] = self.cells_per_pixel;
        Rect::from_min_size(corner, vec2(1.0 / across, 1.0 / down) / self.pixels_per_point)
    }

    /// Which pixel of the rectangle (across, down) holds `pos`.
    fn pixel_at(&self, pos: Pos2) -> Option<[f32; 2]> {
        let x = (pos.x * self.pixels_per_point).floor() - self.corner_px[0];
        let y = (pos.y * self.pixels_per_point).floor() - self.corner_px[1];
        let inside = (0.0..self.size_px[0]).contains(&x) && (0.0..self.size_px[1]).contains(&y);
        inside.then_some([x, y])
    }

    /// The cells along one axis that a pixel shows: only the one under its centre, or all whose centre it holds.
    /// `cells_in` in heatmap.wgsl is this function.
    fn cells_in(&self, axis: usize, pixel: f32, only_centre: bool) -> Range<usize> {
        let (start, per_pixel) = (self.start[axis], self.cells_per_pixel[axis]);
        let (first, end) = if only_centre {
            let cell = (start + (pixel + 0.5) * per_pixel + TIE).floor() as i32;
            (cell, cell.saturating_add(1))
        } else {
            let low = start + pixel * per_pixel;
            let high = start + (pixel + 1.0) * per_pixel;
            ((low - 0.5 - REACH).ceil() as i32, (high - 0.5 + REACH).ceil() as i32)
        };
        let clamp = |cell: i32| cell.saturating_add(self.first_cell[axis]).clamp(0, self.cells[axis]) as usize;
        clamp(first)..clamp(end)
    }
}

/// The cell (row, column) of a heatmap under the pointer: [`CellGrid::cell_at`] for those who ask only once.
pub fn cell_under(
    rect: Rect,
    window: [f32; 4],
    rows: usize,
    columns: usize,
    pixels_per_point: f32,
    pos: Pos2,
) -> Option<(usize, usize)> {
    CellGrid::new(rect, window, rows, columns, pixels_per_point)?.cell_at(pos)
}
