//! All connections into or out of a neuron as pictures, arranged as the patterns are: one cell, one neuron.

use super::room;
use crate::render::{CellGrid, Colormap, Heatmap, HeatmapKey, Matrix};
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::inspection::Pinned;
use crate::view::inspection::facts::{Fan, Side};
use crate::view::numbers::{figures, signed};
use crate::view::scene::Scene;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Align2, Color32, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};
use std::sync::Arc;

/// Between two pictures.
const GAP: f32 = 8.0;

/// Height of the words below a picture.
const CAPTION: f32 = 16.0;

/// A picture is not higher than this.
const MOST_HEIGHT: f32 = 72.0;

/// Where the page is too long for the window it is as low as this.
const LEAST_HEIGHT: f32 = 40.0;

/// One of the pictures.
struct Picture<'a> {
    symbol: &'a str,
    color: Color32,
    matrix: &'a Arc<Matrix>,
    range: f32,
}

/// What the connections are shown as, for the heading above them.
pub fn note(session: &Session) -> &'static str {
    if session.scene().is_some_and(Scene::has_pixels) { "as a picture" } else { "one cell per neuron" }
}

/// Draws w, α and α·H (`product`) of a fan; `marked` is the neuron at the other end of the pinned synapse.
pub fn fan_ui(ui: &mut Ui, session: &mut Viewed<'_>, fan: &Fan, product: Option<&Arc<Matrix>>, marked: Option<usize>) {
    let palette = Palette::of(ui.ctx());
    let largest = |matrix: &Matrix| matrix.largest().map_or(0.0, |(_, _, value)| value.abs());
    let mut pictures = vec![Picture { symbol: "w", color: palette.w, matrix: &fan.w, range: largest(&fan.w) }];
    if let (Some(alpha), Some(product)) = (&fan.alpha, product) {
        pictures.push(Picture { symbol: "α", color: palette.alpha, matrix: alpha, range: largest(alpha) });
        pictures.push(Picture { symbol: "α·H", color: palette.quiet, matrix: product, range: fan.product_range });
    }
    let aspect = fan.w.columns() as f32 / fan.w.rows() as f32;
    let across = (ui.available_width() - 2.0 * GAP) / 3.0;
    let usual = (across / aspect).clamp(4.0, MOST_HEIGHT);
    let height = room::height(ui, usual, usual.min(LEAST_HEIGHT));
    let size = vec2(across.min(height * aspect), height);
    ui.add_space(1.0);
    let (block, _) = ui.allocate_exact_size(vec2(ui.available_width(), size.y + CAPTION), Sense::hover());
    for (index, picture) in pictures.iter().enumerate() {
        // Columns stay where they are when pictures give way: the words below need the width.
        let corner = block.min + vec2((across + GAP) * index as f32, 0.0);
        let rect = Rect::from_min_size(corner, size);
        let response = ui.interact(rect, ui.scope_id().with((fan.side, picture.symbol)), Sense::click());
        picture_ui(ui, session, fan, picture, &response, marked);
        let font = egui::TextStyle::Small.resolve(ui.style());
        let below = rect.left_bottom() + vec2(0.0, 4.0);
        let symbol = ui.painter().text(below, Align2::LEFT_TOP, picture.symbol, font.clone(), picture.color);
        let range = match picture.matrix.constant() {
            Some(constant) => signed(f64::from(constant), 2),
            // Zeros behind the point would not fit below the picture.
            None if picture.range < 1e-3 => format!("±{:.0e}", picture.range).replace('-', "−"),
            None => format!("±{}", figures(f64::from(picture.range), 2)),
        };
        ui.painter().text(symbol.right_top() + vec2(5.0, 0.0), Align2::LEFT_TOP, range, font, palette.quiet);
    }
}

fn picture_ui(
    ui: &Ui,
    session: &mut Viewed<'_>,
    fan: &Fan,
    picture: &Picture<'_>,
    response: &Response,
    marked: Option<usize>,
) {
    let palette = Palette::of(ui.ctx());
    let rect = response.rect;
    let pixels_per_point = ui.ctx().pixels_per_point();
    let colormap = Colormap::for_theme(palette.dark);
    let heatmap =
        Heatmap::whole(HeatmapKey::of(response.id), Arc::clone(picture.matrix), picture.range.max(1e-30), colormap);
    let grid = heatmap.grid(rect, pixels_per_point);
    let columns = picture.matrix.columns();
    let cell_of = |grid: &CellGrid, cell: usize| grid.rect_of(cell / columns, cell % columns);
    let under = response
        .hover_pos()
        .and_then(|pos| heatmap.shown_at(rect, pixels_per_point, pos))
        .map(|(row, column)| row * columns + column)
        .filter(|&cell| cell < fan.cells);
    heatmap.paint(ui.painter(), rect);
    if let Some(grid) = grid {
        // What is left of the last row stands for no neuron.
        if fan.cells < picture.matrix.rows() * columns {
            let left = Rect::from_min_max(cell_of(&grid, fan.cells).min, rect.max);
            ui.painter().rect_filled(left, 0.0, palette.background);
        }
        for (cell, color) in [(marked, palette.text), (under, palette.mark)] {
            if let Some(cell) = cell.filter(|&cell| cell < fan.cells) {
                let cell = cell_of(&grid, cell);
                let frame = Rect::from_center_size(cell.center(), cell.size().max(Vec2::splat(6.0)));
                ui.painter().rect_stroke(frame, 0.0, Stroke::new(1.2, color), StrokeKind::Inside);
            }
        }
    }
    ui.painter().rect_stroke(rect, 0.0, Stroke::new(1.0, palette.line), StrokeKind::Outside);
    let words = describe(fan, picture, session.scene().is_some_and(Scene::has_pixels));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    if let Some(cell) = under {
        let (from, to) = fan.side.connection(fan.neuron, cell);
        let value = f64::from(picture.matrix.values()[cell]);
        session.say(format!("{} {from} → {to} = {}", picture.symbol, signed(value, 5)));
        session.point(Pinned::Synapse { from, to });
        if response.clicked() {
            session.act(Action::Pin(Pinned::Synapse { from, to }));
        }
    }
}

/// What a screen reader hears.
fn describe(fan: &Fan, picture: &Picture<'_>, are_pixels: bool) -> String {
    let side = match fan.side {
        Side::Into => "into",
        Side::OutOf => "out of",
    };
    let of =
        format!("{} {side} neuron {}{}", picture.symbol, fan.neuron, if are_pixels { " as a picture" } else { "" });
    match picture.matrix.largest() {
        Some((row, column, value)) => {
            let other = row * picture.matrix.columns() + column;
            let (from, to) = fan.side.connection(fan.neuron, other);
            format!("{of}, largest {} at {from} → {to}", signed(f64::from(value), 3))
        }
        None => format!("{of}, no finite value"),
    }
}
