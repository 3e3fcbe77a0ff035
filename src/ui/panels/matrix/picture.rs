//! The heatmap itself: zoom, pan, the numbers along its edges and in its cells.

use super::stripes;
use crate::render::{CellGrid, Colormap, Heatmap, HeatmapKey, Matrix, Order, Reduction};
use crate::ui::inspector;
use crate::ui::theme::{self, Palette};
use crate::view::action::Action;
use crate::view::matrices::Window;
use crate::view::numbers::figures;
use crate::view::viewed::Viewed;
use egui::{Align2, Color32, CursorIcon, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};
use std::ops::Range;
use std::sync::Arc;

/// Room for row numbers at the left of the picture, and for column numbers above it.
const MARGIN: Vec2 = vec2(30.0, 15.0);

/// Below this size there are no numbers along the edges.
const LEAST_FOR_NUMBERS: Vec2 = vec2(110.0, 70.0);

/// Cells larger than this have their value written in them.
const LEAST_FOR_VALUES: f32 = 36.0;

/// Points of scrolling that bring a matrix closer by the factor e.
const SCROLL_PER_E: f32 = 220.0;

/// The matrix as it was drawn in this frame.
pub struct Drawn {
    /// Where it lies.
    pub rect: Rect,
    /// What the pointer does with it.
    pub response: Response,
    /// The cell (row, column) under the pointer.
    pub under: Option<(usize, usize)>,
    /// What is seen of it, in places of the picture.
    pub window: Window,
    /// The order in which its neurons stand; `None` as stored.
    pub order: Option<Arc<Order>>,
}

/// How the values of a matrix become colours.
#[derive(Clone, Copy, Debug)]
pub struct Coloring {
    /// The colours span `-reach..=reach`.
    pub reach: f32,
    /// What a pixel shows that covers several cells.
    pub reduction: Reduction,
}

/// Draws a matrix into `area` and lets the pointer zoom, move and click it.
pub fn picture_ui(ui: &Ui, area: Rect, matrix: &Arc<Matrix>, coloring: Coloring, session: &mut Viewed<'_>) -> Drawn {
    let palette = Palette::of(ui.ctx());
    let Coloring { reach, reduction } = coloring;
    let neurons = session.neurons();
    let order = neurons.as_ref().and_then(|neurons| neurons.of(matrix)).cloned();
    let has_numbers = area.width() >= LEAST_FOR_NUMBERS.x && area.height() >= LEAST_FOR_NUMBERS.y;
    let stripes = neurons.filter(|_| has_numbers && order.is_some() && matrix.rows() > 1);
    let stripes_margin = stripes.as_ref().map_or(0.0, |neurons| stripes::width(neurons, area.size()));
    let margin = if has_numbers { MARGIN + Vec2::splat(stripes_margin) } else { Vec2::ZERO };
    let rect = fit(area, margin, matrix);
    let response = ui.interact(rect, ui.scope_id().with("matrix"), Sense::click_and_drag());
    let (rows, columns) = (matrix.rows(), matrix.columns());
    let shown = session.windows.of(rows, columns);
    let window = steered(ui, &response, rect, shown, rows, columns);
    if window != shown {
        session.act(Action::LookAt([rows, columns], window));
    }

    let colormap = Colormap::for_theme(palette.dark);
    let key = HeatmapKey::of(response.id);
    let (matrix_drawn, order_drawn) = (Arc::clone(matrix), order.clone());
    let edges = window.edges();
    let heatmap =
        Heatmap { key, matrix: matrix_drawn, order: order_drawn, reduction, window: edges, range: reach, colormap };
    let pixels_per_point = ui.ctx().pixels_per_point();
    let cell_at = |pos: Option<Pos2>| pos.and_then(|pos| heatmap.shown_at(rect, pixels_per_point, pos));
    let under = cell_at(response.hover_pos());
    let clicked = cell_at(response.interact_pointer_pos().filter(|_| response.clicked()));
    let grid = heatmap.grid(rect, pixels_per_point);
    let frame = ui.ctx().cumulative_frame_nr();
    if let Some(cell) = under {
        session.point_at_cell(frame, [rows, columns], cell);
    }
    if let Some((row, column)) = clicked.or(under) {
        inspector::point_at(ui, &response, session, matrix, row, column);
    }
    let marked = session.windows.pointed_at(frame, rows, columns);
    heatmap.clone().paint(ui.painter(), rect);
    ui.painter().rect_stroke(rect, 0.0, Stroke::new(1.0, palette.line), StrokeKind::Outside);
    inspector::mark_pinned(ui, session, matrix, order.as_deref(), grid, rect);
    if let Some(grid) = grid {
        let marked = marked.map(|cell| order.as_ref().map_or(cell, |order| order.place(cell)));
        values_ui(ui, rect, &heatmap, &window, &grid);
        if has_numbers {
            let numbered = Numbered { rect, window: &window, grid: &grid, order: order.as_deref(), stripes_margin };
            numbers_ui(ui, &numbered, marked, palette);
        }
        if let Some(neurons) = stripes.filter(|_| stripes_margin > 0.0) {
            stripes::stripes_ui(ui, &neurons, rect, stripes_margin, &grid);
        }
        if let Some((row, column)) = marked {
            let cell = grid.rect_of(row, column);
            let grown = Rect::from_center_size(cell.center(), cell.size().max(Vec2::splat(5.0)));
            let painter = ui.painter_at(rect.expand(3.0));
            painter.rect_stroke(grown, 0.0, Stroke::new(1.5, palette.mark), StrokeKind::Outside);
        }
    }
    Drawn { rect, response, under, window, order }
}

/// Where the pointer has brought the window in this frame.
fn steered(ui: &Ui, response: &Response, rect: Rect, window: Window, rows: usize, columns: usize) -> Window {
    let mut window = window;
    if response.double_clicked() {
        return Window::whole(rows, columns);
    }
    let cells_per_point = |window: &Window| vec2(window.extent()[0] / rect.width(), window.extent()[1] / rect.height());
    if let Some(pos) = response.hover_pos() {
        // What is used here must not scroll the panels as well.
        let (scroll, pinch) =
            ui.input_mut(|input| (std::mem::take(&mut input.smooth_scroll_delta), input.zoom_delta()));
        let factor = pinch * (scroll.y / SCROLL_PER_E).exp();
        if factor != 1.0 {
            window = window.zoomed(factor, ((pos - rect.min) / rect.size()).into());
        }
        window = window.moved([-scroll.x * cells_per_point(&window).x, 0.0]);
    }
    if response.dragged() {
        let cells = -response.drag_delta() * cells_per_point(&window);
        window = window.moved(cells.into());
        if !window.is_whole() {
            ui.set_cursor_icon(CursorIcon::Grabbing);
        }
    }
    window
}

/// A matrix thinner than this, in points, and than this part of its length has cells longer across than along it, so many
/// times at most.
const BROAD: f32 = 24.0;
const THIN: f32 = 0.25;
const MOST_STRETCHED: f32 = 4.0;

/// The largest rectangle in `area` in which cells are square; vectors become a broad band instead, and what is very thin
/// becomes broader.
fn fit(area: Rect, margin: Vec2, matrix: &Matrix) -> Rect {
    let room = (area.size() - margin).max(Vec2::splat(1.0));
    let (rows, columns) = (matrix.rows() as f32, matrix.columns() as f32);
    let size = if rows == columns {
        Vec2::splat(room.min_elem())
    } else if rows > 1.0 && columns > 1.0 {
        let square = vec2(columns, rows) * (room.x / columns).min(room.y / rows);
        let broad = (square * MOST_STRETCHED).min(Vec2::splat((square.max_elem() * THIN).min(BROAD))).min(room);
        square.max(broad)
    } else {
        vec2(room.x, (room.x * rows / columns).clamp(room.y.min(40.0), room.y))
    };
    let spare = room - size;
    Rect::from_min_size(pos2(area.left() + margin.x + spare.x / 2.0, area.top() + margin.y), size)
}

/// What numbers stand along.
struct Numbered<'a> {
    rect: Rect,
    window: &'a Window,
    grid: &'a CellGrid,
    order: Option<&'a Order>,
    /// What stands between them and the picture.
    stripes_margin: f32,
}

/// Between two numbers along an edge.
const BETWEEN_NUMBERS: f32 = 3.0;

/// The numbers of the neurons that stand along the edges; those at the place under the pointer stand out.
fn numbers_ui(ui: &Ui, numbered: &Numbered<'_>, under: Option<(usize, usize)>, palette: &Palette) {
    let &Numbered { rect, window, grid, order, stripes_margin } = numbered;
    let [rows, columns] = window.cells();
    let font = theme::letters(ui.ctx(), 10.0);
    let painter = ui.painter();
    for (axis, cells, least) in [(0, columns, 46.0), (1, rows, 30.0)] {
        if grid.count(axis) < 2 {
            // A vector's one row is not a neuron: it stands for all.
            continue;
        }
        let pitch = rect.size()[axis] / window.extent()[axis];
        let every = nice_step(least / pitch);
        let marked = under.map(|(row, column)| [column, row][axis]);
        let middle = |place: usize| grid.rect_of(place, place).center()[axis];
        // Rows are the second axis of the picture and the first of the matrix.
        let ordered = order.and_then(|order| order.axis(1 - axis));
        let neuron = |place: usize| ordered.map_or(place, |axis| axis.neuron(place));
        let number = |cell: usize, color: Color32, reached: &mut f32| {
            // Half of the first or the last cell in view may lie outside.
            let at = middle(cell).clamp(rect.min[axis], rect.max[axis]);
            let (pos, align) = match axis {
                0 => (pos2(at, rect.top() - 3.0 - stripes_margin), Align2::CENTER_BOTTOM),
                _ => (pos2(rect.left() - 5.0 - stripes_margin, at), Align2::RIGHT_CENTER),
            };
            let galley = painter.layout_no_wrap(neuron(cell).to_string(), font.clone(), color);
            let mut place = align.anchor_size(pos, galley.size());
            if axis == 0 {
                // A long number at the right end stays above the picture.
                place = place.translate(vec2((rect.right() - place.right()).min(0.0), 0.0));
            }
            // In a matrix of a few thin columns the last number would touch the first.
            if place.min[axis] >= *reached {
                *reached = place.max[axis] + BETWEEN_NUMBERS;
                painter.galley(place.min, galley, color);
            }
        };
        let apart = (least * 0.75 / pitch).ceil() as usize;
        let mut reached = f32::NEG_INFINITY;
        for cell in ticks(&cells, every, apart) {
            let is_covered = marked.is_some_and(|marked| (middle(marked) - middle(cell)).abs() < least * 0.6);
            if !is_covered {
                number(cell, palette.quiet, &mut reached);
            }
        }
        if let Some(marked) = marked {
            // Those beside it have made way.
            number(marked, palette.mark, &mut { f32::NEG_INFINITY });
        }
    }
}

/// Which of `cells` have a number: the first and the last, and of the multiples of `every` those that are at least
/// `apart` cells away from both.
pub fn ticks(cells: &Range<usize>, every: usize, apart: usize) -> Vec<usize> {
    let (Some(first), Some(last)) = (cells.clone().next(), cells.clone().next_back()) else { return Vec::new() };
    let multiples = (first.div_ceil(every) * every..last).step_by(every);
    let between = multiples.filter(|cell| *cell > first && cell - first >= apart && last - cell >= apart);
    let end = (last > first).then_some(last);
    std::iter::once(first).chain(between).chain(end).collect()
}

/// The smallest of 1, 2, 5, 10, 20, 50, … that is not below `least`.
fn nice_step(least: f32) -> usize {
    let mut unit = 1;
    loop {
        for factor in [1, 2, 5] {
            if (unit * factor) as f32 >= least {
                return unit * factor;
            }
        }
        unit *= 10;
    }
}

/// The values in the cells, where they fit.
fn values_ui(ui: &Ui, rect: Rect, heatmap: &Heatmap, window: &Window, grid: &CellGrid) {
    let cell = grid.rect_of(0, 0).size();
    if cell.x <= LEAST_FOR_VALUES || cell.y < 14.0 {
        return;
    }
    let (size, count) = match cell.x {
        width if width > 60.0 => (11.0, 3),
        width if width > 43.0 => (9.5, 3),
        _ => (9.5, 2),
    };
    let written = |value: f32| in_cell(value, heatmap.range, count);
    let painter = ui.painter_at(rect);
    let [rows, columns] = window.cells();
    for row in rows {
        for column in columns.clone() {
            let cell = heatmap.order().map_or((row, column), |order| order.cell((row, column)));
            let Some(value) = heatmap.matrix.at(cell.0, cell.1) else { continue };
            let [red, green, blue] = heatmap.colormap.lookup(value, heatmap.range).map(f32::from);
            let is_bright = 0.299 * red + 0.587 * green + 0.114 * blue > 128.0;
            let ink = if is_bright { Color32::from_black_alpha(200) } else { Color32::from_white_alpha(200) };
            let centre = grid.rect_of(row, column).center();
            let font = theme::letters(ui.ctx(), size);
            painter.text(centre, Align2::CENTER_CENTER, written(value), font, ink);
        }
    }
}

/// A value as it is written in a cell: all cells with the same number of decimals, as many as show `count` figures of
/// the strongest colour.
fn in_cell(value: f32, reach: f32, count: usize) -> String {
    let magnitude = if reach > 0.0 { reach.log10().floor() as i32 } else { 0 };
    match usize::try_from(count as i32 - 1 - magnitude) {
        Ok(decimals) if decimals <= 5 && value.is_finite() && value.abs() < 1e5 => {
            let text = format!("{value:.decimals$}");
            // Only zero itself is written "0"; what rounds to zero keeps its decimals, and has no sign.
            let rounds_to_zero = text.trim_matches(['-', '0', '.']).is_empty();
            match value {
                0.0 => "0".to_owned(),
                _ if rounds_to_zero => text.replace('-', ""),
                _ => text.replace('-', "−"),
            }
        }
        _ => figures(f64::from(value), count),
    }
}
