//! What the network was shown, what it was asked, what it answers: patterns as tiles.

use super::{Panel, pixels};
use crate::episode::{EventKind, Tape};
use crate::ui::inspector::Pinned;
use crate::ui::numbers::{percent, signed};
use crate::ui::session::Session;
use crate::ui::theme::Palette;
use egui::{
    Color32, ColorImage, Rect, Role, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, WidgetInfo, pos2,
    vec2,
};
use std::collections::HashMap;
use std::sync::Arc;

/// Height of the words below a tile.
const CAPTION: f32 = 20.0;

/// Height of the words above a row.
const HEADING: f32 = 20.0;

/// Between two tiles.
const GAP: f32 = 8.0;

/// The panel's own state: textures of the tiles, and what they show.
#[derive(Default)]
pub struct Recall {
    tiles: HashMap<String, (Vec<Color32>, TextureHandle)>,
}

/// One tile to draw.
struct Tile {
    name: String,
    caption: String,
    cells: Vec<Color32>,
    outline: Option<Color32>,
    words: String,
}

impl Panel for Recall {
    fn title(&self) -> &'static str {
        "Recall"
    }

    fn note(&self, session: &Session) -> String {
        let Some(scene) = session.scene() else { return String::new() };
        let tape = scene.tape();
        let seed = scene.life_name();
        let (measure, value) = (scene.task.measure(), f64::from(tape.measure));
        if measure.is_fraction {
            format!("{seed} · at the end {} wrong", percent(value))
        } else {
            format!("{seed} · at the end {} {}", measure.key, signed(value, 3))
        }
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some_and(|scene| scene.tape().pictures.contains_key("study"))
    }

    fn empty(&self) -> &'static str {
        "What a network has been shown, and what it recalls, appears here."
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Session) {
        let palette = Palette::of(ui.ctx());
        let Some(scene) = session.scene() else { return };
        let tape = scene.tape();
        let step = session.clock.at();
        let Some([study, answer]) = tiles(tape, step, palette) else {
            ui.label("This tape holds no patterns that can be drawn.");
            return;
        };
        let (columns, rows) = grid_of(tape.network.neurons - 1);
        let area = ui.available_rect_before_wrap();
        let aspect = columns as f32 / rows as f32;
        let words = 2.0 * (HEADING + CAPTION);
        let rows_of_tiles = [("Shown", study), ("Asked and answered", answer)].map(|(title, tiles)| {
            let count = tiles.len() as f32;
            let across = (area.width() - GAP * (count - 1.0)) / count;
            // Each row may take half of the height that words leave.
            let width = across.min((area.height() - words) / 2.0 * aspect).max(8.0);
            (title, tiles, vec2(width, width / aspect))
        });
        let used = words + rows_of_tiles.iter().map(|(_, _, size)| size.y).sum::<f32>();
        let spare = ((area.height() - used) / 3.0).clamp(0.0, 24.0);
        let pinned = match session.pinned() {
            Some(Pinned::Neuron(neuron) | Pinned::Synapse { to: neuron, .. }) => Some(neuron),
            None => None,
        };
        let is_square = pixels::side_of(tape).is_some();
        let mut touched = None;
        let mut top = area.top() + spare;
        for (title, tiles, size) in rows_of_tiles {
            let font = egui::TextStyle::Small.resolve(ui.style());
            ui.painter().text(pos2(area.left(), top + 2.0), egui::Align2::LEFT_TOP, title, font, palette.quiet);
            let marked = pinned.filter(|_| is_square);
            let grid = [columns, rows];
            touched = touched.or(self.row(ui, pos2(area.left(), top + HEADING), size, tiles, grid, marked));
            top += HEADING + size.y + CAPTION + spare;
        }
        ui.advance_cursor_after_rect(area);
        if let Some((cell, is_clicked, words)) = touched.filter(|(cell, ..)| is_square && *cell < columns * rows) {
            session.hover = Some(format!("{} {words}", pixels::name(cell, columns)));
            session.point(Pinned::Neuron(cell));
            if is_clicked {
                session.pin(Pinned::Neuron(cell));
            }
        }
    }
}

impl Recall {
    /// Draws tiles side by side, with `marked` cells; answers the cell under the pointer, whether it was clicked, and
    /// what it is a cell of.
    fn row(
        &mut self,
        ui: &mut Ui,
        corner: egui::Pos2,
        size: egui::Vec2,
        tiles: Vec<Tile>,
        grid: [usize; 2],
        marked: Option<usize>,
    ) -> Option<(usize, bool, String)> {
        let mut touched = None;
        let palette = Palette::of(ui.ctx());
        for (index, tile) in tiles.into_iter().enumerate() {
            let rect = Rect::from_min_size(corner + vec2((size.x + GAP) * index as f32, 0.0), size);
            let texture = self.texture(ui, &tile, grid);
            let response = ui.allocate_rect(rect, Sense::CLICK);
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &tile.words));
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture, rect, whole, Color32::WHITE);
            let stroke = tile.outline.map_or(Stroke::new(1.0, palette.line), |color| Stroke::new(2.0, color));
            ui.painter().rect_stroke(rect, 0.0, stroke, StrokeKind::Outside);
            if let Some(cell) = marked {
                pixels::mark(ui.painter(), pixels::cell_rect(rect, grid, cell), palette.curve(), palette);
            }
            if let Some(cell) = response.hover_pos().and_then(|pos| pixels::cell_at(rect, grid, pos)) {
                touched = Some((cell, response.clicked(), format!("of {}", tile.words)));
            }
            let ink = tile.outline.unwrap_or(palette.quiet);
            let caption = elided(ui, tile.caption, ink, rect.width());
            ui.painter().galley(pos2(rect.left(), rect.bottom() + 4.0), caption, ink);
        }
        touched
    }

    /// The texture of a tile, uploaded only when its cells have changed.
    fn texture(&mut self, ui: &Ui, tile: &Tile, [columns, rows]: [usize; 2]) -> egui::TextureId {
        let image = || {
            let mut pixels = tile.cells.clone();
            pixels.resize(columns * rows, Color32::TRANSPARENT);
            ColorImage::new([columns, rows], pixels)
        };
        let known = self.tiles.get_mut(&tile.name);
        match known {
            Some((cells, texture)) => {
                if *cells != tile.cells {
                    texture.set(image(), TextureOptions::NEAREST);
                    cells.clone_from(&tile.cells);
                }
                texture.id()
            }
            None => {
                let texture = ui.ctx().load_texture(&tile.name, image(), TextureOptions::NEAREST);
                let id = texture.id();
                self.tiles.insert(tile.name.clone(), (tile.cells.clone(), texture));
                id
            }
        }
    }
}

/// Columns and rows of a tile of `bits` cells: a square where that comes out even, as pictures do, otherwise as close
/// to 8 : 5 as whole numbers come.
pub fn grid_of(bits: usize) -> (usize, usize) {
    let side = bits.isqrt().max(1);
    if side * side == bits {
        return (side, side);
    }
    let columns = ((bits as f64 * 1.6).sqrt().round() as usize).max(1);
    // A width that divides the bits evenly looks better than the exact proportion.
    let even = (columns..columns * 3 / 2 + 1).chain((1..columns).rev()).find(|&width| bits.is_multiple_of(width));
    let columns = even.filter(|&width| width * 2 >= columns && width <= columns * 2).unwrap_or(columns);
    (columns, bits.div_ceil(columns))
}

/// The study patterns, and probe, output, target, error at one step.
fn tiles(tape: &Tape, step: usize, palette: &Palette) -> Option<[Vec<Tile>; 2]> {
    let study = tape.pictures.get("study")?;
    let (target, probe) = (tape.pictures.get("target")?, tape.pictures.get("probe")?);
    let &[_, bits] = study.shape.as_slice() else { return None };
    if bits == 0 || target.values.len() != bits || probe.values.len() != bits || tape.network.neurons != bits + 1 {
        return None;
    }
    let event = tape.event_at(step);
    let shown = event.filter(|event| event.kind == EventKind::Study).and_then(|event| event.index);
    let probing = event.is_some_and(|event| event.kind == EventKind::Probe);
    let grey = |values: &[f32]| values.iter().map(|&value| ink(value, palette)).collect::<Vec<_>>();
    let study_tiles = study
        .values
        .chunks_exact(bits)
        .enumerate()
        .map(|(index, values)| Tile {
            name: format!("study {index}"),
            caption: if values == target.values {
                format!("{} · asked for", index + 1)
            } else {
                (index + 1).to_string()
            },
            cells: grey(values),
            outline: (shown == Some(index)).then_some(palette.accent),
            words: format!("study pattern {}", index + 1),
        })
        .collect();

    let output = &tape.activity_at(step)[..bits];
    let is_wrong = |index: usize| output[index] * target.values[index] <= 0.0;
    let wrong = (0..bits).filter(|&index| is_wrong(index)).count();
    // Before the probe nothing has been asked, and nothing can be wrong.
    let error_cells =
        (0..bits).map(|index| if probing && is_wrong(index) { palette.wrong } else { palette.raised }).collect();
    let fraction = percent(wrong as f64 / bits as f64);
    let answer = vec![
        Tile {
            name: "probe".into(),
            caption: "probe".into(),
            cells: probe
                .values
                .iter()
                .map(|&value| if value == 0.0 { blank(palette) } else { ink(value, palette) })
                .collect(),
            outline: probing.then_some(palette.mark),
            words: "the probe: part of one pattern, the rest blanked".into(),
        },
        Tile {
            name: "output".into(),
            caption: "x(t), now".into(),
            cells: grey(output),
            outline: probing.then_some(palette.mark),
            words: format!("what the neurons do at step {}", step + 1),
        },
        Tile {
            name: "target".into(),
            caption: "target".into(),
            cells: grey(&target.values),
            outline: None,
            words: "the pattern asked for".into(),
        },
        Tile {
            name: "error".into(),
            caption: if probing { format!("{fraction}, {wrong} wrong") } else { "asked at the probe".into() },
            cells: error_cells,
            outline: None,
            words: format!("{wrong} of {bits} bits have the wrong sign at step {}", step + 1),
        },
    ];
    Some([study_tiles, answer])
}

/// Small text on one line, cut with an ellipsis where it would be wider than `width`.
fn elided(ui: &Ui, text: String, color: Color32, width: f32) -> Arc<egui::Galley> {
    let font = egui::TextStyle::Small.resolve(ui.style());
    let mut job = egui::text::LayoutJob::simple_singleline(text, font, color);
    job.wrap = egui::text::TextWrapping { max_width: width, max_rows: 1, break_anywhere: true, ..Default::default() };
    ui.painter().layout_job(job)
}

/// −1 to +1 as dark to light, the same in both themes.
pub(super) fn ink(value: f32, palette: &Palette) -> Color32 {
    let (low, high) = if palette.dark { (0x1c, 0xe2) } else { (0x24, 0xf4) };
    let share = f32::midpoint(value.clamp(-1.0, 1.0), 1.0);
    Color32::from_gray((low as f32 + (high - low) as f32 * share).round() as u8)
}

/// A cell that was blanked: neither dark nor light.
pub(super) fn blank(palette: &Palette) -> Color32 {
    crate::ui::theme::mix(palette.surface, palette.mark, 0.28)
}
