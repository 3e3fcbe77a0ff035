//! What the synapses into one pixel hold, as pictures: the images studied appear in the trace while a lifetime plays.
//!
//! | file | subject |
//! |---|---|
//! | [`mod@column`] | w, α, H and α·H of all connections into a neuron, at the instant viewed |
//! | `picture` | one of them: heatmap, range, marks, clicks and arrow keys |

pub mod column;
mod picture;

use super::{Explanation, Panel};
use crate::ui::panels::chips::prints;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::cells;
use crate::view::inspection::{Pinned, most_remembering};
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use column::{Column, Columns};
use egui::{Rect, RichText, Ui, vec2};

/// Between two pictures.
const GAP: f32 = 12.0;

/// The panel's own state.
#[derive(Default)]
pub struct Memories {
    columns: Columns,
    /// The pixel under the pointer, in whichever picture.
    under: Option<usize>,
}

impl Panel for Memories {
    fn title(&self) -> &'static str {
        "Memories"
    }

    fn note(&self, session: &Session) -> String {
        match session.pinned().map(Pinned::neuron) {
            Some(neuron) => format!("into neuron {neuron} · step {}", session.clock.at() + 1),
            None => "connections into one pixel".to_owned(),
        }
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some()
    }

    fn empty(&self) -> &'static str {
        "What the synapses of a network remember appears here, as pictures."
    }

    fn explain(&self, session: &Session) -> Explanation {
        Explanation {
            sentences: [
                "w, α, H and α·H of all connections into one pixel, as pictures: each cell is the connection from the \
                 pixel that lies there.",
                "Warm colours are positive, blue ones negative; w and α were learned in training, H is written \
                 in this episode.",
                "H becomes the sum of the pictures shown, each with the sign and the strength that it has at this \
                 pixel: memories can be seen.",
            ],
            try_this: match session.pinned() {
                Some(_) => "Press Home, then hold →: the pictures that are shown appear in H.",
                None => {
                    "Press “Pin the blanked pixel that remembers most”: what its connections keep appears as \
                         pictures."
                }
            },
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let Some(side) = session.scene().and_then(|scene| cells::side_of(scene.tape())) else {
            return message(ui, "The neurons of this network are no pixels: there is no picture of what they hold.");
        };
        let Some(neuron) = session.pinned().map(Pinned::neuron) else { return nothing_pinned(ui, session) };
        if neuron >= side * side {
            let words = "The bias is pinned. It is fixed at one, whatever comes into it: click a pixel instead.";
            return message(ui, words);
        }
        let Some(column) = self.columns.of(session, neuron) else { return };
        let area = ui.available_rect_before_wrap();
        self.pictures_ui(ui, area, session, &column, side);
        ui.advance_cursor_after_rect(area);
    }
}

impl Memories {
    /// Draws the pictures.
    fn pictures_ui(&mut self, ui: &Ui, area: Rect, session: &mut Viewed<'_>, column: &Column, side: usize) {
        let pictures = column.pictures(Palette::of(ui.ctx()));
        let (across, size) = arranged(area.size(), pictures.len());
        if size < 8.0 {
            return;
        }
        let cell = vec2(size, size + picture::AROUND);
        let rows = pictures.len().div_ceil(across);
        let used = vec2(across as f32 * (size + GAP) - GAP, rows as f32 * (cell.y + GAP) - GAP);
        let corner = area.min + ((area.size() - used) / 2.0).max(vec2(0.0, 0.0)).min(vec2(60.0, 12.0));
        let mut under = None;
        for (index, shown) in pictures.iter().enumerate() {
            let place = vec2((index % across) as f32, (index / across) as f32) * (cell + vec2(GAP, GAP));
            let rect = Rect::from_min_size(corner + place, cell);
            under = under.or(picture::picture_ui(ui, rect, session, column, shown, side, self.under));
        }
        if let Some(cell) = under {
            session.say(column.read_out(cell, side));
        }
        if self.under != under {
            // The pictures before it mark the same pixel.
            self.under = under;
            ui.request_repaint();
        }
    }
}

fn message(ui: &mut Ui, words: &str) {
    let palette = Palette::of(ui.ctx());
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() / 2.0 - 24.0).max(0.0));
        ui.label(RichText::new(words).color(palette.quiet));
    });
}

fn nothing_pinned(ui: &mut Ui, session: &mut Viewed<'_>) {
    message(ui, "Click a pixel of a picture: what its synapses have learned and what they remember appears here.");
    ui.vertical_centered(|ui| {
        if !prints(ui)
            && ui.button("Pin the blanked pixel that remembers most").clicked()
            && let Some(neuron) = session.scene().and_then(most_remembering)
        {
            session.act(Action::Pin(Pinned::Neuron(neuron)));
        }
    });
}

/// How many pictures stand in a row, and how large they are, so that `count` of them are as large as can be.
fn arranged(area: egui::Vec2, count: usize) -> (usize, f32) {
    let size = |across: usize| {
        let rows = count.div_ceil(across) as f32;
        let width = (area.x + GAP) / across as f32 - GAP;
        width.min((area.y + GAP) / rows - GAP - picture::AROUND)
    };
    let across = (1..=count.max(1)).max_by(|one, other| size(*one).total_cmp(&size(*other))).unwrap_or(1);
    (across, size(across).floor())
}
