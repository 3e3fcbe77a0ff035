//! Rows of numbers with lines above and below, as tables are printed.

use crate::ui::theme::{self, Palette};
use egui::{Align2, FontFamily, FontId, Rect, Stroke, Ui, pos2};

/// Height of a row, where there is room for it.
const ROW: f32 = 26.0;

/// Points between two columns.
const GAP: f32 = 22.0;

/// Draws a table whose first row is its heading; names at the left, numbers at the right of their columns.
pub fn table_ui(ui: &Ui, rect: Rect, cells: &[Vec<String>], palette: &Palette) {
    let painter = ui.painter().with_clip_rect(rect);
    let columns = cells.iter().map(Vec::len).max().unwrap_or_default();
    let lay_out = |size: f32| -> Vec<Vec<_>> {
        let strong = FontId::new(size, FontFamily::Name(theme::STRONG.into()));
        let plain = FontId::proportional(size);
        let row = |(place, row): (usize, &Vec<String>)| {
            let font = if place == 0 { &strong } else { &plain };
            row.iter().map(|cell| painter.layout_no_wrap(cell.clone(), font.clone(), palette.text)).collect()
        };
        cells.iter().enumerate().map(row).collect()
    };
    let widths = |laid: &[Vec<std::sync::Arc<egui::Galley>>]| -> Vec<f32> {
        let width = |column: usize| laid.iter().filter_map(move |row| row.get(column)).map(|cell| cell.size().x);
        (0..columns).map(|column| width(column).fold(0.0, f32::max)).collect()
    };
    let mut laid = lay_out(13.0);
    let mut all = widths(&laid);
    let needed = |all: &[f32]| all.iter().sum::<f32>() + GAP * columns.saturating_sub(1) as f32;
    if needed(&all) > rect.width() {
        // As much smaller as it takes.
        laid = lay_out((13.0 * rect.width() / needed(&all)).max(6.0));
        all = widths(&laid);
    }
    let spare = ((rect.width() - needed(&all)) / columns.saturating_sub(1).max(1) as f32).clamp(0.0, 40.0);
    let width = needed(&all) + spare * columns.saturating_sub(1) as f32;
    let height = ROW.min(rect.height() / cells.len().max(1) as f32);
    let rule = |y: f32, weight: f32| {
        painter.hline(rect.left()..=(rect.left() + width).min(rect.right()), y, Stroke::new(weight, palette.text));
    };
    rule(rect.top() + 1.0, 1.4);
    for (place, row) in laid.into_iter().enumerate() {
        let middle = rect.top() + height * (place as f32 + 0.5) + 2.0;
        let mut left = rect.left();
        for (column, cell) in row.into_iter().enumerate() {
            let (anchor, x) =
                if column == 0 { (Align2::LEFT_CENTER, left) } else { (Align2::RIGHT_CENTER, left + all[column]) };
            let at = anchor.anchor_size(pos2(x, middle), cell.size());
            painter.galley(at.min, cell, palette.text);
            left += all[column] + GAP + spare;
        }
        if place == 0 {
            rule(rect.top() + height + 2.0, 0.8);
        }
    }
    rule(rect.top() + height * cells.len() as f32 + 4.0, 1.4);
}
