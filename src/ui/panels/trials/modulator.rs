//! The modulator beside the trials (*Backpropamine*, figure 3).

use super::raster::NAMES;
use crate::episode::Modulator;
use crate::ui::theme::{self, Palette, mix};
use egui::{Align2, FontId, Rect, Shape, Stroke, Ui, pos2};

/// M(t) from −1 to 1, that of the steps that have passed stronger, and that of the control behind it.
pub(super) fn modulator_ui(
    ui: &Ui,
    rect: Rect,
    modulator: &Modulator,
    control: Option<&Modulator>,
    at: usize,
    palette: &Palette,
) {
    let painter = ui.painter();
    let count = modulator.values.len();
    let middle = rect.center().y;
    painter.hline(rect.x_range(), middle, Stroke::new(1.0, palette.line));
    let font = FontId::proportional(12.0);
    painter.text(pos2(rect.left() - NAMES, middle), Align2::LEFT_CENTER, "M", font, palette.modulator);
    let small = theme::letters(ui.ctx(), 10.0);
    for (words, y) in [("1", rect.top() + 5.0), ("−1", rect.bottom() - 5.0)] {
        painter.text(pos2(rect.left() - 4.0, y), Align2::RIGHT_CENTER, words, small.clone(), palette.quiet);
    }
    let place = |values: &[f32], step: usize| {
        let x = rect.left() + rect.width() * (step as f32 + 0.5) / count as f32;
        pos2(x, middle - values[step].clamp(-1.0, 1.0) * (rect.height() / 2.0 - 2.0))
    };
    if let Some(control) = control.filter(|control| control.values.len() == count) {
        let line = (0..count).map(|step| place(&control.values, step)).collect();
        painter.add(Shape::line(line, Stroke::new(1.0, mix(palette.surface, palette.quiet, 0.7))));
    }
    let line = |steps: std::ops::Range<usize>| steps.map(|step| place(&modulator.values, step)).collect();
    let faint = Stroke::new(1.0, mix(palette.surface, palette.modulator, 0.4));
    painter.add(Shape::line(line(at.min(count)..count), faint));
    painter.add(Shape::line(line(0..(at + 1).min(count)), Stroke::new(1.8, palette.modulator)));
}
