//! The left side: what is being looked at, and training.
//!
//! | file | subject |
//! |---|---|
//! | here | the column, its notices and its lines |
//! | `network` | the network in view and the episode in view |
//! | `training` | the next run: what it is to be, how it goes |

mod network;
mod training;

use super::glossary;
use super::theme::{self, Palette};
use crate::view::session::Session;
use egui::{Align, Layout, RichText, ScrollArea, Ui, vec2};
use network::network_ui;
use training::training_ui;

/// Height of a line of name and value.
const ROW_HEIGHT: f32 = 18.0;

/// Draws the left side. Answers where training begins, below the network in view.
pub fn controls_ui(ui: &mut Ui, session: &mut Session) -> f32 {
    theme::slim_scroll_bar(ui);
    let shown = ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        notices_ui(ui, session);
        ui.spacing_mut().item_spacing.y = 4.0;
        network_ui(ui, session);
        ui.add_space(14.0);
        let begin = ui.cursor().top() - 8.0;
        training_ui(ui, session);
        begin
    });
    shown.inner
}

/// What the numbers of training that waver are averaged over.
const MEAN: &str = ", mean of 20";

/// A name at the left, its value at the right; both say what the name means.
fn row(ui: &mut Ui, name: &str, value: &str) {
    let palette = Palette::of(ui.ctx());
    let size = vec2(ui.available_width(), ROW_HEIGHT);
    let term = name.strip_suffix(MEAN).unwrap_or(name);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        glossary::tip(ui.label(RichText::new(name).color(palette.quiet)), term);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            // A rule has an entry of its own.
            let term = glossary::of(value).map_or(term, |entry| entry.term);
            glossary::tip(ui.add(egui::Label::new(value).truncate()), term);
        });
    });
}

fn notices_ui(ui: &mut Ui, session: &mut Session) {
    let palette = Palette::of(ui.ctx());
    let mut read = None;
    for (index, notice) in session.notices.iter().enumerate() {
        let color = if notice.is_error { palette.wrong } else { palette.line };
        let frame = egui::Frame::new()
            .stroke(egui::Stroke::new(1.0, color))
            .fill(palette.surface)
            .corner_radius(5)
            .inner_margin(8);
        frame.show(ui, |ui| {
            ui.label(&notice.text);
            ui.horizontal(|ui| {
                if ui.small_button("Dismiss").clicked() {
                    read = Some(index);
                }
                if ui.small_button("Copy").clicked() {
                    ui.ctx().copy_text(notice.text.clone());
                }
            });
        });
        ui.add_space(4.0);
    }
    if let Some(index) = read {
        session.notices.remove(index);
    }
}
