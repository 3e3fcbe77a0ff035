//! One gate in every cell, step by step: a row for each cell.

use super::chart::follow_pointer;
use super::{color, name, symbol};
use crate::episode::GateRecord;
use crate::episode::gates::{GATES, Gate};
use crate::ui::panels::curve::frame::{Frame, upward};
use crate::ui::panels::pixels::{Key, Textures, WHOLE};
use crate::ui::theme::{Palette, mix};
use crate::view::curves::axis::Span;
use crate::view::curves::part::Bounds;
use crate::view::numbers::{decimals, grouped};
use crate::view::viewed::Viewed;
use egui::{Color32, Rect, Role, Sense, Stroke, TextStyle, TextureOptions, Ui, WidgetInfo};

/// Draws the gate of `which` layer of the scene with that identity into `rect`, right of `left`.
pub(super) fn cells_ui(
    ui: &Ui,
    session: &mut Viewed<'_>,
    textures: &mut Textures,
    (left, rect): (f32, Rect),
    record: &GateRecord,
    (identity, layer, gate): (u64, usize, Gate),
) {
    let palette = Palette::of(ui.ctx());
    let (cells, steps) = (record.cells, record.values.len() / (GATES.len() * record.cells).max(1));
    let at = session.clock.at().min(steps.saturating_sub(1));
    let key = Key { identity, dark: palette.dark, options: TextureOptions::NEAREST };
    let label = format!("gate {layer} {}", name(gate));
    let texture = textures.fixed(ui.ctx(), &label, key, steps, || {
        let strong = color(gate, palette);
        let row = |cell: usize| (0..steps).map(move |step| mix(palette.surface, strong, record.at(step, gate)[cell]));
        (0..cells).flat_map(row).collect()
    });
    let font = TextStyle::Small.resolve(ui.style());
    let title = ui.painter().layout_no_wrap(format!("{} of {cells} cells", symbol(gate)), font, palette.quiet);
    upward(ui.painter(), rect.with_min_x(left), rect.center().y, title, palette);
    ui.painter().image(texture, rect, WHOLE, Color32::WHITE);
    ui.painter().rect_stroke(rect, 0.0, Stroke::new(1.0, palette.line), egui::StrokeKind::Outside);
    let bounds = Bounds { x: Span::new(0.5, steps as f64 + 0.5), y: Span::new(0.0, cells as f64) };
    let frame = Frame { rect, bounds };
    ui.painter().vline(frame.x(at as f64 + 1.0), rect.y_range(), Stroke::new(1.0, palette.mark));
    let response = ui.interact(rect, ui.scope_id().with("gates of cells"), Sense::click_and_drag());
    response.widget_info(|| {
        let open = record.at(at, gate).iter().filter(|value| **value > 0.5).count();
        let words = format!(
            "{} gates of {cells} cells over {steps} steps, {open} more than half open at step {}",
            name(gate),
            grouped(at as u64 + 1)
        );
        WidgetInfo::labeled(Role::Image, true, words)
    });
    let row = response.hover_pos().map_or(0, |pos| {
        let share = ((pos.y - rect.top()) / rect.height()).clamp(0.0, 1.0);
        ((share * cells as f32) as usize).min(cells.saturating_sub(1))
    });
    follow_pointer(session, &response, &frame, steps, |step| {
        let value = decimals(f64::from(record.at(step, gate)[row]), 3);
        format!("step {}: {} gate {} of cell {row} is {value}", grouped(step as u64 + 1), name(gate), symbol(gate))
    });
}
