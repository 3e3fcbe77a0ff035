//! What the synapses into one pixel hold, as pictures: the images studied appear in the trace while a lifetime plays.
//!
//! | file | subject |
//! |---|---|
//! | [`mod@column`] | w, α, H and α·H of all connections into a neuron, at the instant viewed |
//! | `picture` | one of them: heatmap, range, marks, clicks and arrow keys |

pub mod column;
mod picture;

use super::{Explanation, Panel, places};
use crate::ui::inspector::Pinned;
use crate::ui::session::Session;
use crate::ui::theme::Palette;
use column::{Column, Columns};
use egui::{Rect, RichText, ScrollArea, Ui, UiBuilder, vec2};
use serde_json::{Value, json};

/// Between two pictures.
const GAP: f32 = 12.0;

/// Height of the line that opens the explanation.
const EXPLAIN: f32 = 28.0;

/// What is seen in w and α; section 4.3 and figure 4b of the paper.
const EXPLANATION: [&str; 4] = [
    "w, the fixed part, knows what all natural images have in common: neighbours are nearly equally bright. Most of \
     what is seen here is still the random grain that training began with. Clearly above it are only the nearest \
     pixels across the half-way row, where what is shown borders on what is blank: click a pixel of the two rows in \
     the middle. In the whole matrix neighbours are the diagonal lines.",
    "α says where the trace counts. The probe lacks the upper or the lower half, and the other half has to recall \
     it: α grows between the halves, two blocks beside the diagonal, the more so the nearer to the half-way row. \
     Within a half it stays around zero, but for the grain.",
    "H is written in this episode. Into this pixel it becomes the sum of the images studied, each with the sign and \
     the strength that it has at this pixel: a bright pixel stores an image as it is, a dark one its negative.",
    "α·H is what of this takes part in the answer. A network with one α for all connections remembers too, but \
     completes less well: the structure is of use (figure 5).",
];

/// The panel's own state.
#[derive(Default)]
pub struct Memories {
    columns: Columns,
    explains: bool,
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
                "Red is positive, blue negative; w and α were learned in training, H is written in this episode.",
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

    fn choices(&self) -> Value {
        json!({ "explains": self.explains })
    }

    fn choose(&mut self, choices: &Value) {
        self.explains = choices["explains"].as_bool().unwrap_or(self.explains);
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Session) {
        let Some(side) = session.scene().and_then(|scene| places::side_of(scene.tape())) else {
            return message(ui, "The neurons of this network are no pixels: there is no picture of what they hold.");
        };
        let Some(neuron) = session.pinned().map(Pinned::neuron) else { return nothing_pinned(ui, session) };
        if neuron >= side * side {
            let words = "The bias is pinned. It is fixed at one, whatever comes into it: click a pixel instead.";
            return message(ui, words);
        }
        let Some(column) = self.columns.of(session, neuron) else { return };
        let area = ui.available_rect_before_wrap();
        let below = if self.explains { (area.height() * 0.4).clamp(EXPLAIN, 220.0) } else { EXPLAIN };
        let used = self.pictures_ui(ui, area.with_max_y(area.max.y - below), session, &column, side);
        let rest = area.with_min_y(if self.explains { used } else { area.max.y - below });
        ui.scope_builder(UiBuilder::new().max_rect(rest), |ui| self.explanation_ui(ui));
        ui.advance_cursor_after_rect(area);
    }
}

impl Memories {
    /// Draws the pictures, and answers where they end.
    fn pictures_ui(&mut self, ui: &Ui, area: Rect, session: &mut Session, column: &Column, side: usize) -> f32 {
        let pictures = column.pictures(Palette::of(ui.ctx()));
        let (across, size) = arranged(area.size(), pictures.len());
        if size < 8.0 {
            return area.top();
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
            session.hover = Some(column.read_out(cell, side));
        }
        if self.under != under {
            // The pictures before it mark the same pixel.
            self.under = under;
            ui.request_repaint();
        }
        (corner.y + used.y + GAP).min(area.bottom())
    }

    fn explanation_ui(&mut self, ui: &mut Ui) {
        let palette = Palette::of(ui.ctx());
        let words = if self.explains { "What is seen here: hide" } else { "What is seen here: explain" };
        let button = egui::Button::new(RichText::new(words).small().color(palette.quiet)).frame(false);
        if ui.add(button).clicked() {
            self.explains = !self.explains;
        }
        if self.explains {
            ScrollArea::vertical().auto_shrink([false, false]).id_salt("explanation").show(ui, |ui| {
                for paragraph in EXPLANATION {
                    ui.add(egui::Label::new(RichText::new(paragraph).color(palette.text)).wrap());
                }
            });
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

fn nothing_pinned(ui: &mut Ui, session: &mut Session) {
    message(ui, "Click a pixel of a picture: what its synapses have learned and what they remember appears here.");
    ui.vertical_centered(|ui| {
        if ui.button("Pin the blanked pixel that remembers most").clicked()
            && let Some(neuron) = session.scene().and_then(column::most_remembering)
        {
            session.pin(Pinned::Neuron(neuron));
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
