//! Neurons that are pixels: where they lie in a picture of them, how they are named and marked.

use crate::ui::theme::Palette;
use egui::{Color32, EventFilter, Key, Modifiers, Painter, Pos2, Rect, Response, Stroke, StrokeKind, Ui, Vec2, vec2};

/// The cell of a picture of `columns` × `rows` cells under a point of `rect`.
pub fn cell_at(rect: Rect, [columns, rows]: [usize; 2], pos: Pos2) -> Option<usize> {
    if !rect.contains(pos) || columns == 0 || rows == 0 {
        return None;
    }
    let at = (pos - rect.min) / rect.size() * vec2(columns as f32, rows as f32);
    Some((at.y as usize).min(rows - 1) * columns + (at.x as usize).min(columns - 1))
}

/// Where a cell lies.
pub fn cell_rect(rect: Rect, [columns, rows]: [usize; 2], cell: usize) -> Rect {
    let size = rect.size() / vec2(columns.max(1) as f32, rows.max(1) as f32);
    let place = vec2((cell % columns.max(1)) as f32, (cell / columns.max(1)) as f32);
    Rect::from_min_size(rect.min + size * place, size)
}

/// A frame around a cell, in a light and a dark line: one of them shows on any colour.
pub fn mark(painter: &Painter, cell: Rect, color: Color32, palette: &Palette) {
    let frame = Rect::from_center_size(cell.center(), cell.size().max(Vec2::splat(5.0)));
    painter.rect_stroke(frame, 0.0, Stroke::new(3.0, palette.background), StrokeKind::Outside);
    painter.rect_stroke(frame, 0.0, Stroke::new(1.5, color), StrokeKind::Outside);
}

/// Where the arrow keys of this frame lead from `cell` in a picture of `side` × `side` cells that has the focus; `None`
/// where nobody pressed any, or without the focus.
pub fn moved_by_arrows(ui: &Ui, response: &Response, cell: usize, side: usize) -> Option<usize> {
    if !response.has_focus() || side == 0 {
        return None;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    // Several presses may fall into one slow frame.
    let presses = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
    let [left, right, up, down] = [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown].map(presses);
    let moved = |place: usize, back: usize, on: usize| (place + on).saturating_sub(back).min(side - 1);
    (left + right + up + down > 0).then(|| moved(cell / side, up, down) * side + moved(cell % side, left, right))
}
