//! Stored patterns and their recall: examples as tiles, and the network output step by step.

mod strip;
mod tiles;

use super::pixels::{self, Textures, WHOLE};
use super::places;
use super::{Explanation, Panel};
use crate::ui::fitting;
use crate::ui::inspector::Pinned;
use crate::ui::numbers::{decimals, percent};
use crate::ui::session::Session;
use crate::ui::theme::Palette;
use egui::{Color32, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};
use std::sync::Arc;
use tiles::Tile;

pub use super::pixels::grid_of;

/// Height of the words below a tile.
const CAPTION: f32 = 20.0;

/// Height of the words above a row.
const HEADING: f32 = 20.0;

/// Between two tiles.
const GAP: f32 = 8.0;

/// Between what was shown and what was asked, where they stand in one row.
const WIDE_GAP: f32 = 20.0;

/// The panel's own state: what has been uploaded.
#[derive(Default)]
pub struct Recall {
    textures: Textures,
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
        if measure.is_fraction() {
            format!("{seed} · at the end {} {}", percent(value), measure.word)
        } else {
            format!("{seed} · at the end {} {}", measure.word, decimals(value, 2))
        }
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some_and(|scene| scene.tape().content.question().is_some())
    }

    fn empty(&self) -> &'static str {
        "The stored patterns and what a network recalls of them appear here."
    }

    fn explain(&self, session: &Session) -> Explanation {
        let are_pictures = session.scene().is_some_and(|scene| scene.task.examples_are_pictures());
        if are_pictures {
            return Explanation {
                sentences: [
                    "The pictures that the network is shown in this episode, then the probe, the network output, the \
                     target and the error at this step.",
                    "Every pixel is a neuron; the frame marks what is shown now, the line below a picture the one that \
                     is cued, and amber in the probe is blanked.",
                    "Where the output comes to look like the target, the network recalls what it saw once, in this \
                     episode.",
                ],
                try_this: "Click a pixel of any picture: Memories shows what the connections into it have learned and \
                           what they keep.",
            };
        }
        Explanation {
            sentences: [
                "The patterns that the network is shown in this episode, then the probe, the network output, the \
                 target and the error at this step.",
                "Every square is a neuron, light for +1 and dark for −1; the frame marks what is shown now, the line \
                 below a pattern the one that is cued, and amber in the probe is blanked.",
                "Where the error is empty, the network has filled in from memory what the probe does not say.",
            ],
            try_this: "Press End, then ← a few times: the error tile says how the answer builds up over the probe.",
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Session) {
        let palette = Palette::of(ui.ctx());
        let Some(scene) = session.scene() else { return };
        let tape = Arc::clone(scene.tape());
        let Some([study, answer]) = tiles::tiles(scene, session.clock.at(), palette) else {
            ui.label("This tape holds no examples that can be drawn.");
            return;
        };
        let grid = grid_of(tape.neurons() - 1);
        let aspect = grid.0 as f32 / grid.1 as f32;
        let area = ui.available_rect_before_wrap();
        let strip = strip::Strip::of(&tape, session.clock.at(), area.size(), aspect);
        let room = area.with_max_y(area.bottom() - strip.as_ref().map_or(0.0, strip::Strip::height));
        let place = Place::of(room, [study.len(), answer.len()], aspect);
        let font = egui::TextStyle::Small.resolve(ui.style());
        let is_square = places::side_of(&tape).is_some();
        let marked = session.pinned().map(Pinned::neuron).filter(|&neuron| is_square && neuron + 1 < tape.neurons());
        let stored = stored_title(scene.task.examples_are_pictures());
        let mut touched = None;
        for (row, (title, tiles)) in [(stored, study), ("Recall", answer)].into_iter().enumerate() {
            let (corner, size) = place.rows[row];
            ui.painter().text(corner, egui::Align2::LEFT_TOP, title, font.clone(), palette.quiet);
            let corner = corner + vec2(0.0, HEADING);
            touched = touched.or(self.row(ui, corner, size, tiles, grid, marked));
        }
        if let Some(strip) = strip {
            let used = place.bottom.min(room.bottom());
            strip.ui(ui, pos2(area.left(), used), session, &mut self.textures);
        }
        ui.advance_cursor_after_rect(area);
        if let Some((cell, is_clicked, words)) = touched.filter(|_| is_square) {
            session.hover = Some(format!("{} {words}", places::name(cell, grid.0)));
            session.point(Pinned::Neuron(cell));
            if is_clicked {
                session.pin(Pinned::Neuron(cell));
                session.wanted_panel = Some(("Memories", "Trace"));
            }
        }
    }
}

/// What the examples of a lifetime are called together.
pub(super) fn stored_title(are_pictures: bool) -> &'static str {
    if are_pictures { "Stored pictures" } else { "Stored patterns" }
}

/// Where the two rows stand, and how large their tiles are.
struct Place {
    rows: [(Pos2, Vec2); 2],
    bottom: f32,
}

impl Place {
    /// In one row or in two, whichever makes the larger tiles.
    fn of(room: Rect, counts: [usize; 2], aspect: f32) -> Self {
        let words = HEADING + CAPTION;
        let [shown, asked] = counts.map(|count| count.max(1) as f32);
        let gaps = |count: f32| GAP * (count - 1.0);
        let in_one = (room.width() - WIDE_GAP - gaps(shown) - gaps(asked)) / (shown + asked);
        let in_one = in_one.min((room.height() - words) * aspect).max(8.0);
        // Each of two rows may take half of the height that words leave.
        let half = (room.height() - 2.0 * words) / 2.0 * aspect;
        let in_two = [shown, asked].map(|count| ((room.width() - gaps(count)) / count).min(half).max(8.0));
        let size = |width: f32| vec2(width, width / aspect);
        if in_one >= in_two[1] {
            let spare = ((room.height() - words - size(in_one).y) / 2.0).clamp(0.0, 12.0);
            let corner = pos2(room.left(), room.top() + spare);
            let beside = corner + vec2(shown * in_one + gaps(shown) + WIDE_GAP, 0.0);
            let bottom = corner.y + words + size(in_one).y + spare;
            return Self { rows: [corner, beside].map(|corner| (corner, size(in_one))), bottom };
        }
        let [first, second] = in_two.map(size);
        let spare = ((room.height() - 2.0 * words - first.y - second.y) / 3.0).clamp(0.0, 24.0);
        let top = room.top() + spare;
        let below = top + words + first.y + spare;
        let rows = [(pos2(room.left(), top), first), (pos2(room.left(), below), second)];
        Self { rows, bottom: below + words + second.y + spare }
    }
}

impl Recall {
    /// Draws tiles side by side, with a `marked` cell; answers the cell under the pointer, whether it was clicked, and
    /// what it is a cell of.
    fn row(
        &mut self,
        ui: &mut Ui,
        corner: Pos2,
        size: Vec2,
        tiles: Vec<Tile>,
        grid: (usize, usize),
        marked: Option<usize>,
    ) -> Option<(usize, bool, String)> {
        let mut touched = None;
        let palette = Palette::of(ui.ctx());
        for (index, tile) in tiles.into_iter().enumerate() {
            let rect = Rect::from_min_size(corner + vec2((size.x + GAP) * index as f32, 0.0), size);
            let options = pixels::options(ui.ctx(), size.x, grid.0);
            let texture = self.textures.get(ui.ctx(), &tile.name, tile.cells, grid.0, options);
            let response = ui.allocate_rect(rect, Sense::CLICK);
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &tile.words));
            ui.painter().image(texture, rect, WHOLE, Color32::WHITE);
            let stroke = tile.outline.map_or(Stroke::new(1.0, palette.line), |color| Stroke::new(2.0, color));
            ui.painter().rect_stroke(rect, 0.0, stroke, StrokeKind::Outside);
            if let Some(cell) = marked {
                places::mark(ui.painter(), places::cell_rect(rect, grid.into(), cell), palette.curve(), palette);
            }
            if let Some(cell) = response.hover_pos().and_then(|pos| places::cell_at(rect, grid.into(), pos)) {
                touched = Some((cell, response.clicked(), format!("of {}", tile.words)));
            }
            let ink = tile.outline.unwrap_or(palette.quiet);
            let [long, short] = tile.captions;
            let caption = caption(ui, [long, short], ink, rect.width());
            ui.painter().galley(pos2(rect.left(), rect.bottom() + 4.0), caption, ink);
            if tile.is_asked {
                pixels::mark_asked(ui, rect, palette);
            }
        }
        touched
    }
}

/// Small text on one line: in full, or else the short form, or as many of its words as fit.
pub(super) fn caption(ui: &Ui, [long, short]: [String; 2], color: Color32, width: f32) -> Arc<egui::Galley> {
    let font = egui::TextStyle::Small.resolve(ui.style());
    let text = match fitting::fitted(ui, &long, &font, width) {
        (text, true) => text,
        _ => fitting::fitted(ui, &short, &font, width).0,
    };
    ui.painter().layout_no_wrap(text, font, color)
}
