//! Stored patterns and their recall: examples as tiles, which of them the network output resembles, and that output step
//! by step.

mod place;
mod strip;
mod tiles;

use super::pixels::{self, Textures, WHOLE};
use super::{Explanation, Panel, places};
use crate::episode::Question;
use crate::ui::fitting;
use crate::ui::theme::{Palette, STRONG};
use crate::view::action::Action;
use crate::view::cells;
use crate::view::inspection::Pinned;
use crate::view::numbers::{decimals, percent};
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Color32, FontFamily, FontId, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use place::Place;
use std::sync::Arc;
use tiles::Tile;

pub use crate::view::cells::grid_of;

/// Height of the words below a tile, and of the bar above them that says how much the output resembles a stored one.
const CAPTION: f32 = 22.0;
const MATCH: f32 = 4.0;

/// Height of the words above a row, among which a number is large.
const HEADING: f32 = 22.0;

/// Size of that number.
const LARGE: f32 = 18.0;

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
                    "Every pixel is a neuron; the frame marks what is shown now, the bar below a stored picture how much \
                     the output resembles it, and amber in the probe is blanked.",
                    "Where the bar of the cued picture is long and the others are short, the network recalls what it saw \
                     in this episode.",
                ],
                try_this: "Click a pixel of any picture: Memories shows what the connections into it have learned and \
                           what they keep.",
            };
        }
        Explanation {
            sentences: [
                "The patterns that the network is shown in this episode, then the probe, the network output, the \
                 target and the error at this step.",
                "Every square is a neuron, light for +1 and dark for −1; the frame marks what is shown now, the bar \
                 below a stored pattern how much the output resembles it, and amber in the probe is blanked.",
                "Where the bar of the cued pattern is full, the others and the error empty, the network has filled in from \
                 memory what the probe does not say.",
            ],
            try_this: "Press End, then ← a few times: the bar below the cued pattern says how the answer builds up over the probe.",
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let palette = Palette::of(ui.ctx());
        let Some(scene) = session.scene() else { return };
        let tape = Arc::clone(scene.tape());
        let Some([study, answer]) = tiles::tiles(scene, session.clock.at(), palette) else {
            ui.label("This tape holds no examples that can be drawn.");
            return;
        };
        let grid = grid_of(tape.content.question().map_or(0, Question::size));
        let aspect = grid.0 as f32 / grid.1 as f32;
        let area = ui.available_rect_before_wrap();
        let strip = strip::Strip::of(&tape, session.clock.at(), area.size(), aspect);
        let counts = [study.len(), answer.len()];
        let beside = |strip: &strip::Strip| {
            let room = area.with_max_y(area.bottom() - strip.height());
            (room, Place::of(room, counts, aspect))
        };
        // What is recalled comes before how it came about.
        let strip = strip.filter(|strip| beside(strip).1.tiles[1][0].height() >= strip.picture.y);
        let (room, place) = strip.as_ref().map_or_else(|| (area, Place::of(area, counts, aspect)), beside);
        let Place { headings, tiles: [first, second], bottom } = place;
        let result = tiles::result(scene, session.clock.at());
        let is_square = cells::side_of(&tape).is_some();
        let marked = session.pinned().map(Pinned::neuron).filter(|&neuron| is_square && neuron + 1 < tape.neurons());
        let stored = stored_title(scene.task.examples_are_pictures());
        let titles = [
            [format!("{stored} · bars: correlation with the network output"), stored.to_owned()],
            [tiles::recall_title(scene), "Recall".to_owned()],
        ];
        for (index, title) in titles.into_iter().enumerate() {
            let (corner, width) = headings[index];
            // A large number has its place at the right.
            let left = if index == 1 { width - result_ui(ui, corner, width, &result) } else { width };
            let words = caption(ui, title, palette.quiet, left);
            ui.painter().galley(corner + vec2(0.0, HEADING - 17.0), words, palette.quiet);
        }
        arrow(ui, second[0], second[1]);
        let touched = self.row(ui, &first, study, grid, marked);
        let touched = touched.or(self.row(ui, &second, answer, grid, marked));
        if let Some(strip) = strip {
            let used = bottom.min(room.bottom());
            strip.ui(ui, pos2(area.left(), used), session, &mut self.textures);
        }
        ui.advance_cursor_after_rect(area);
        if let Some((cell, is_clicked, words)) = touched.filter(|_| is_square) {
            session.say(format!("{} {words}", cells::name(cell, grid.0)));
            session.point(Pinned::Neuron(cell));
            if is_clicked {
                session.act(Action::Pin(Pinned::Neuron(cell)));
                session.act(Action::ShowOver("Memories".into(), "Trace".into()));
            }
        }
    }
}

/// What the examples of a lifetime are called together.
pub(super) fn stored_title(are_pictures: bool) -> &'static str {
    if are_pictures { "Stored pictures" } else { "Stored patterns" }
}

impl Recall {
    /// Draws tiles at their places, with a `marked` cell; answers the cell under the pointer, whether it was clicked, and
    /// what it is a cell of.
    fn row(
        &mut self,
        ui: &mut Ui,
        rects: &[Rect],
        tiles: Vec<Tile>,
        grid: (usize, usize),
        marked: Option<usize>,
    ) -> Option<(usize, bool, String)> {
        let mut touched = None;
        let palette = Palette::of(ui.ctx());
        for (tile, &rect) in tiles.into_iter().zip(rects) {
            let options = pixels::options(ui.ctx(), rect.width(), grid.0);
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
            let asked = tile.is_asked.then_some(palette.mark);
            let ink = tile.outline.or(asked).unwrap_or(palette.quiet);
            let [long, short] = tile.captions;
            let caption = caption(ui, [long, short], ink, rect.width());
            ui.painter().galley(pos2(rect.left(), rect.bottom() + 6.0), caption, ink);
            if let Some(likeness) = tile.likeness {
                let track = Rect::from_min_size(rect.left_bottom() + vec2(0.0, 2.0), vec2(rect.width(), MATCH));
                ui.painter().rect_filled(track, 2.0, palette.raised);
                let filled = track.with_max_x(track.left() + track.width() * likeness.clamp(0.0, 1.0));
                ui.painter().rect_filled(filled, 2.0, if tile.is_asked { palette.mark } else { palette.quiet });
            }
        }
        touched
    }
}

/// How good the answer is, large at the right of a heading; the width that it takes.
fn result_ui(ui: &Ui, corner: Pos2, width: f32, [number, long, short]: &[String; 3]) -> f32 {
    let palette = Palette::of(ui.ctx());
    let painter = ui.painter();
    let strong = FontId::new(LARGE, FontFamily::Name(STRONG.into()));
    let number = painter.layout_no_wrap(number.clone(), strong, palette.mark);
    let small = egui::TextStyle::Small.resolve(ui.style());
    let laid_out = |words: &str| painter.layout_no_wrap(words.to_owned(), small.clone(), palette.quiet);
    let needed = |words: &egui::Galley| number.size().x + 5.0 + words.size().x;
    // The word "Recall" keeps its place.
    let fits = |words: &egui::Galley| needed(words) + 50.0 <= width || number.is_empty();
    let words = Some(laid_out(long)).filter(|words| fits(words)).unwrap_or_else(|| laid_out(short));
    let has_words = fits(&words);
    let taken = if has_words { needed(&words) } else { number.size().x };
    let left = corner.x + width - taken;
    let middle = corner.y + HEADING / 2.0 - 1.0;
    if has_words {
        let beside = pos2(left + number.size().x + 5.0, middle + 3.0 - words.size().y / 2.0);
        painter.galley(beside, words, palette.quiet);
    }
    painter.galley(pos2(left, middle - number.size().y / 2.0), number, palette.mark);
    taken + GAP
}

/// From the probe to the output beside it.
fn arrow(ui: &Ui, from: Rect, to: Rect) {
    if to.top() > from.top() {
        return;
    }
    let middle = pos2(f32::midpoint(from.right(), to.left()), from.center().y);
    let corners = [vec2(-2.5, -4.0), vec2(-2.5, 4.0), vec2(3.0, 0.0)].map(|corner| middle + corner).to_vec();
    let color = Palette::of(ui.ctx()).quiet;
    ui.painter().add(egui::Shape::convex_polygon(corners, color, Stroke::NONE));
}

/// Small text on one line: in full, or else the short form, its first word, or the first letters of that.
pub(super) fn caption(ui: &Ui, [long, short]: [String; 2], color: Color32, width: f32) -> Arc<egui::Galley> {
    let font = egui::TextStyle::Small.resolve(ui.style());
    let word = short.split([' ', ':']).next().unwrap_or_default();
    let fits = |text: &&str| fitting::fitted(ui, text, &font, width).1;
    let text = match [&*long, &*short].into_iter().find(fits) {
        Some(text) => text.to_owned(),
        None => fitting::shortened(ui, word, &font, width).0,
    };
    ui.painter().layout_no_wrap(text, font, color)
}
