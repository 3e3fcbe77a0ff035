//! One picture of a column: heatmap, range, marks, clicks and arrow keys.

use super::column::{Column, Shown};
use crate::render::{Colormap, Heatmap, HeatmapKey};
use crate::ui::glossary;
use crate::ui::panels::places;
use crate::ui::theme::{self, Palette};
use crate::view::action::Action;
use crate::view::cells;
use crate::view::inspection::Pinned;
use crate::view::numbers::{figures, signed};
use crate::view::viewed::Viewed;
use egui::{Align2, Color32, FontFamily, FontId, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use std::sync::Arc;

/// Height of the line above a picture.
const ABOVE: f32 = 20.0;

/// Height of the colour bar and its numbers below a picture.
const BELOW: f32 = 22.0;

/// What stands above and below a picture.
pub const AROUND: f32 = ABOVE + BELOW;

/// Steps of colour in the bar.
const BAR_STEPS: usize = 48;

/// Draws a picture into `rect`, with `under` marked; answers the pixel under the pointer. A click pins that pixel, and
/// with the focus the arrow keys move the pin.
pub fn picture_ui(
    ui: &Ui,
    rect: Rect,
    session: &mut Viewed<'_>,
    column: &Column,
    shown: &Shown<'_>,
    side: usize,
    under: Option<usize>,
) -> Option<usize> {
    let palette = Palette::of(ui.ctx());
    let square = Rect::from_min_size(rect.min + vec2(0.0, ABOVE), vec2(rect.width(), rect.width()));
    let response = ui.interact(square, ui.scope_id().with(("memories", shown.symbol)), Sense::click());
    heading(ui, rect, shown, palette);

    let pixels_per_point = ui.ctx().pixels_per_point();
    let colormap = Colormap::for_theme(palette.dark);
    let range = shown.range.max(1e-30);
    let heatmap = Heatmap::whole(HeatmapKey::of(response.id), Arc::clone(shown.matrix), range, colormap);
    let grid = heatmap.grid(square, pixels_per_point);
    let at = |pos| heatmap.shown_at(square, pixels_per_point, pos).map(|(row, column)| row * side + column);
    let pointed = response.hover_pos().and_then(at);
    let clicked = response.interact_pointer_pos().filter(|_| response.clicked()).and_then(at);
    heatmap.paint(ui.painter(), square);
    let line = if response.has_focus() { palette.curve() } else { palette.line };
    ui.painter().rect_stroke(square, 0.0, Stroke::new(1.0, line), StrokeKind::Outside);
    if let Some(grid) = grid {
        let painter = ui.painter_at(square.expand(5.0));
        let marks = [(Some(column.neuron), palette.text), (pointed.or(under), palette.mark)];
        for (cell, color) in marks {
            if let Some(cell) = cell {
                places::mark(&painter, grid.rect_of(cell / side, cell % side), color, palette);
            }
        }
    }
    bar(ui, Rect::from_min_size(square.left_bottom(), vec2(rect.width(), BELOW)), shown, colormap, palette);

    let words = description(column, shown, side);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    if let Some(cell) = pointed {
        session.point(Pinned::Neuron(cell));
    }
    if let Some(cell) = clicked.or_else(|| places::moved_by_arrows(ui, &response, column.neuron, side)) {
        session.act(Action::Pin(Pinned::Neuron(cell)));
    }
    if response.clicked() {
        response.request_focus();
    }
    pointed
}

fn heading(ui: &Ui, rect: Rect, shown: &Shown<'_>, palette: &Palette) {
    let strong = FontId::new(13.0, FontFamily::Name(theme::STRONG.into()));
    let symbol = ui.painter().text(rect.min, Align2::LEFT_TOP, shown.symbol, strong, shown.color);
    let response = ui.interact(symbol, ui.scope_id().with(("symbol", shown.symbol)), Sense::hover());
    glossary::tip(response, shown.symbol);
    let font = egui::TextStyle::Small.resolve(ui.style());
    let words = ui.painter().layout_no_wrap(shown.words.to_owned(), font, palette.quiet);
    let corner = pos2(symbol.right() + 6.0, symbol.bottom() - words.size().y - 1.0);
    if corner.x + words.size().x <= rect.right() {
        ui.painter().galley(corner, words, palette.quiet);
    }
}

/// The colours from the least to the largest value, with numbers at the ends.
fn bar(ui: &Ui, rect: Rect, shown: &Shown<'_>, colormap: Colormap, palette: &Palette) {
    let font = egui::TextStyle::Small.resolve(ui.style());
    if let Some(constant) = shown.matrix.constant() {
        let words = format!("{} everywhere", signed(f64::from(constant), 3));
        ui.painter().text(rect.left_top() + vec2(0.0, 5.0), Align2::LEFT_TOP, words, font, palette.quiet);
        return;
    }
    let number = |value: f32| {
        let text = if shown.range < 1e-3 { format!("{value:+.0e}") } else { signed(f64::from(value), 2) };
        ui.painter().layout_no_wrap(text.replace('-', "−"), font.clone(), palette.quiet)
    };
    let (low, high) = (number(-shown.range), number(shown.range));
    let top = rect.top() + 5.0;
    let strip = Rect::from_min_max(
        pos2(rect.left() + low.size().x + 5.0, top + 3.0),
        pos2(rect.right() - high.size().x - 5.0, top + 10.0),
    );
    if strip.width() < 12.0 {
        let words = format!("±{}", figures(f64::from(shown.range), 2));
        ui.painter().text(pos2(rect.left(), top), Align2::LEFT_TOP, words, font, palette.quiet);
        return;
    }
    let ends = [pos2(rect.left(), top), pos2(rect.right() - high.size().x, top)];
    ui.painter().galley(ends[0], low, palette.quiet);
    ui.painter().galley(ends[1], high, palette.quiet);
    let width = strip.width() / BAR_STEPS as f32;
    for step in 0..BAR_STEPS {
        let value = (step as f32 + 0.5) / BAR_STEPS as f32 * 2.0 - 1.0;
        let [red, green, blue] = colormap.lookup(value, 1.0);
        let left = strip.left() + width * step as f32;
        // A little wider than its share, so that no seam shows.
        let part = Rect::from_min_size(pos2(left, strip.top()), vec2(width + 0.6, strip.height()));
        ui.painter().rect_filled(part.intersect(strip), 0.0, Color32::from_rgb(red, green, blue));
    }
}

/// What a screen reader hears.
fn description(column: &Column, shown: &Shown<'_>, side: usize) -> String {
    let of = format!("memories: {} into neuron {}", shown.symbol, column.neuron);
    match shown.matrix.largest() {
        Some((row, at, value)) => {
            format!("{of}, largest {} at {}", signed(f64::from(value), 3), cells::name(row * side + at, side))
        }
        None => format!("{of}, no finite value"),
    }
}
