//! Figures of one network: recalled pictures, its matrices, its modulator beside the reward.

use crate::render::Colormap;
use crate::ui::panels::curve::frame::{Frame, Grid};
use crate::ui::panels::pixels::{self, Textures, WHOLE};
use crate::ui::theme::Palette;
use crate::view::curves::axis::{Scale, Span};
use crate::view::curves::part::Bounds;
use crate::view::figures::episodes::{Matrices, Modulated, Recalled, Recalls};
use crate::view::numbers::{figures, grouped};
use egui::{Align2, Color32, FontId, Mesh, Rect, Stroke, StrokeKind, TextureOptions, Ui, pos2, vec2};

/// Room above pictures for what they are.
const HEADING: f32 = 18.0;

/// Between two pictures.
const GAP: f32 = 10.0;

/// Room at the right of a row for what it came to.
const RESULT: f32 = 46.0;

/// Draws rows of recalled examples.
pub fn recalls_ui(ui: &Ui, rect: Rect, recalls: &Recalls, palette: &Palette, textures: &mut Textures) {
    let stored = recalls.rows.iter().map(|row| row.study.len()).max().unwrap_or_default();
    let columns = stored + 3;
    let wide = (rect.width() - RESULT - GAP * columns as f32) / columns as f32;
    let high = (rect.height() - HEADING) / recalls.rows.len().max(1) as f32 - GAP;
    let side = wide.min(high).max(8.0);
    let font = FontId::proportional(11.0);
    let x = |column: usize| rect.left() + column as f32 * (side + GAP) + if column >= stored { GAP } else { 0.0 };
    let mut headings: Vec<(usize, String)> =
        (0..stored).map(|index| (index, format!("stored {}", index + 1))).collect();
    let answer = ["shown", "recalled", "target"];
    headings.extend(answer.into_iter().enumerate().map(|(place, words)| (stored + place, words.to_owned())));
    for (column, words) in headings {
        ui.painter().text(pos2(x(column), rect.top()), Align2::LEFT_TOP, words, font.clone(), palette.quiet);
    }
    let symbol = recalls.measure.symbol;
    ui.painter().text(pos2(x(columns), rect.top()), Align2::LEFT_TOP, symbol, font.clone(), palette.quiet);
    for (place, row) in recalls.rows.iter().enumerate() {
        let top = rect.top() + HEADING + place as f32 * (side + GAP);
        let mut picture = |column: usize, name: String, cells: Vec<Color32>| {
            let options = pixels::options(ui.ctx(), side, recalls.side);
            let texture = textures.get(ui.ctx(), &name, cells, recalls.side, options);
            let at = Rect::from_min_size(pos2(x(column), top), vec2(side, side));
            ui.painter().image(texture, at, WHOLE, Color32::WHITE);
            ui.painter().rect_stroke(at, 0.0, Stroke::new(0.5, palette.line), StrokeKind::Outside);
        };
        let Recalled { study, probe, output, target, .. } = row;
        for (index, values) in study.iter().enumerate() {
            picture(index, format!("{place} stored {index}"), pixels::grey(values, palette));
        }
        picture(stored, format!("{place} shown"), pixels::probe(probe, palette));
        picture(stored + 1, format!("{place} recalled"), pixels::grey(output, palette));
        picture(stored + 2, format!("{place} target"), pixels::grey(target, palette));
        let at = pos2(x(columns), top + side / 2.0);
        ui.painter().text(at, Align2::LEFT_CENTER, row.measure_words(), font.clone(), palette.text);
    }
}

/// Draws w and α beside each other, each with its colours below.
pub fn matrices_ui(ui: &Ui, rect: Rect, matrices: &Matrices, palette: &Palette, textures: &mut Textures) {
    let [rows, columns] = matrices.shape;
    let half = (rect.width() - 2.0 * GAP) / 2.0;
    let (above, below) = (HEADING, 34.0);
    let scale = (half / columns as f32).min((rect.height() - above - below) / rows as f32);
    let size = vec2(scale * columns as f32, scale * rows as f32);
    let colormap = Colormap::for_theme(palette.dark);
    let color = |value: f32, range: f32| {
        let [red, green, blue] = colormap.lookup(value, range);
        Color32::from_rgb(red, green, blue)
    };
    for (place, title) in ["w, fixed weights", "α, plasticity coefficients"].into_iter().enumerate() {
        let left = rect.left() + place as f32 * (half + 2.0 * GAP);
        let (values, range) = (&matrices.values[place], matrices.ranges[place]);
        let font = FontId::proportional(12.0);
        ui.painter().text(pos2(left, rect.top()), Align2::LEFT_TOP, title, font, palette.text);
        let cells: Vec<Color32> = values.iter().map(|value| color(*value, range)).collect();
        let options = pixels::options(ui.ctx(), size.x, columns);
        let texture = textures.get(ui.ctx(), title, cells, columns, options);
        let at = Rect::from_min_size(pos2(left, rect.top() + above), size);
        ui.painter().image(texture, at, WHOLE, Color32::WHITE);
        ui.painter().rect_stroke(at, 0.0, Stroke::new(0.5, palette.line), StrokeKind::Outside);
        color_bar_ui(ui, pos2(at.center().x, at.bottom() + 8.0), range, palette, textures, &color);
    }
}

/// The colours from −`range` to `range`, with the numbers at their ends.
fn color_bar_ui(
    ui: &Ui,
    top: egui::Pos2,
    range: f32,
    palette: &Palette,
    textures: &mut Textures,
    color: &dyn Fn(f32, f32) -> Color32,
) {
    const CELLS: usize = 129;
    let cells = (0..CELLS).map(|cell| color(range * (2.0 * cell as f32 / (CELLS - 1) as f32 - 1.0), range)).collect();
    let texture = textures.get(ui.ctx(), "colours", cells, CELLS, TextureOptions::LINEAR);
    let bar = Rect::from_min_size(top - vec2(80.0, 0.0), vec2(160.0, 9.0));
    ui.painter().image(texture, bar, WHOLE, Color32::WHITE);
    let font = FontId::proportional(11.0);
    let number = figures(f64::from(range), 2);
    for (x, anchor, words) in [
        (bar.left() - 6.0, Align2::RIGHT_CENTER, format!("−{number}")),
        (bar.right() + 6.0, Align2::LEFT_CENTER, number.clone()),
    ] {
        ui.painter().text(pos2(x, bar.center().y), anchor, words, font.clone(), palette.quiet);
    }
    ui.painter().text(bar.center_bottom() + vec2(0.0, 2.0), Align2::CENTER_TOP, "0", font, palette.quiet);
}

/// Draws M(t) above the reward of each step.
pub fn modulated_ui(ui: &Ui, rect: Rect, modulated: &Modulated, palette: &Palette) {
    let steps = modulated.modulator.len();
    let middle = rect.top() + rect.height() * 0.5;
    let above = Rect::from_min_max(rect.min, pos2(rect.right(), middle - 4.0));
    let below = Rect::from_min_max(pos2(rect.left(), middle + 4.0), rect.max);
    let x = Span::new(0.5, steps.max(1) as f64 + 0.5);
    let framed = |area: Rect, y: Span, titles: [&str; 2]| {
        let across = Scale::Linear.ticks(x, (area.width() / 90.0) as usize, (1.0, ""));
        let across = across.into_iter().filter(|tick| tick.at >= 1.0 && (tick.at - tick.at.round()).abs() < 1e-6);
        let across = across.map(|mut tick| {
            tick.text = tick.text.map(|_| grouped(tick.at.round() as u64));
            tick
        });
        let up = Scale::Linear.ticks(y, (area.height() / 44.0) as usize, (1.0, ""));
        let grid = Grid::new(ui, palette, [across.collect(), up], titles);
        let frame = Frame { rect: grid.chart_rect(area), bounds: Bounds { x, y } };
        grid.paint(ui, area, &frame, palette);
        frame
    };
    let frame = framed(above, Span::new(-1.05, 1.05), ["step", "modulator M(t)"]);
    let zero = Stroke::new(1.0, palette.quiet);
    ui.painter().hline(frame.rect.x_range(), frame.y(0.0), zero);
    let places: Vec<[f64; 2]> =
        modulated.modulator.iter().enumerate().map(|(step, value)| [step as f64 + 1.0, f64::from(*value)]).collect();
    ui.painter().line(frame.positions(&places), Stroke::new(1.8, palette.modulator));
    let finite = || modulated.rewards.iter().filter(|reward| reward.is_finite()).map(|reward| f64::from(*reward));
    let (least, most) = (finite().fold(0.0, f64::min), finite().fold(0.0, f64::max));
    let frame = framed(below, Span::new(least, most).with_margin(0.08), ["step", "reward"]);
    ui.painter().hline(frame.rect.x_range(), frame.y(0.0), zero);
    // Bars, at least as wide as can be seen.
    let width = (frame.rect.width() / steps.max(1) as f32 * 0.7).max(1.5);
    let mut mesh = Mesh::default();
    for (step, reward) in modulated.rewards.iter().enumerate().filter(|(_, reward)| reward.is_finite()) {
        let (x, y) = (frame.x(step as f64 + 1.0), frame.y(f64::from(*reward)));
        let color = if *reward < 0.0 { palette.wrong } else { palette.trace };
        let ends = [pos2(x - width / 2.0, frame.y(0.0)), pos2(x + width / 2.0, y)];
        mesh.add_colored_rect(Rect::from_two_pos(ends[0], ends[1]), color);
    }
    ui.painter().add(mesh);
}
