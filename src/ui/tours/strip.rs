//! What a tour says and asks, above the panels.

use super::{Position, Question, Tours};
use crate::ui::theme::{self, Palette};
use egui::{Align, Button, Label, Layout, RichText, Ui};

/// Size of what is to be read by many at once.
const TEXT: f32 = 15.0;

/// The same where letters are large already.
const SHORT_TEXT: f32 = 12.0;

/// Draws what somebody says about what was shared; answers whether it stays.
pub fn note_ui(ui: &mut Ui, note: &str) -> bool {
    let mut stays = true;
    ui.horizontal_top(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            stays = !theme::cross_ui(ui, "hide the note");
            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                ui.add(Label::new(RichText::new(note).size(TEXT)).wrap());
            });
        });
    });
    stays
}

/// Draws it, and goes where it is told.
///
/// In little room, `is_short`, what has been said makes way for what is said now.
pub fn strip_ui(ui: &mut Ui, tours: &mut Tours, is_short: bool) {
    let Some(position) = tours.position() else { return };
    let palette = Palette::of(ui.ctx());
    let count = position.tour.steps.len();
    ui.horizontal(|ui| {
        ui.label(theme::strong(&position.tour.title));
        ui.label(RichText::new(format!("{} of {count}", position.at + 1)).small().color(palette.quiet));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if theme::cross_ui(ui, "leave the tour") {
                tours.leave();
            }
            ui.add_space(6.0);
            let is_last = position.at + 1 == count;
            let is_free = !position.is_asked();
            let next = Button::new(RichText::new(if is_last { "Done" } else { "Next" }).color(egui::Color32::WHITE));
            let next = ui.add_enabled(is_free, next.fill(palette.accent));
            if next.on_disabled_hover_text("choose an answer first").clicked() {
                if is_last { tours.finish() } else { tours.next() }
            }
            if ui.add_enabled(position.at > 0, Button::new("Back")).clicked() {
                tours.back();
            }
            let hint = "makes everything as it belongs to this step again, whatever has been done meanwhile";
            if ui.button("Set up again").on_hover_text(hint).clicked() {
                tours.set_up();
            }
        });
    });
    let size = if is_short { SHORT_TEXT } else { TEXT };
    if !is_short || position.answer.is_none() {
        ui.add(Label::new(RichText::new(&position.step().text).size(size)).wrap());
    }
    if let Some(question) = &position.step().question {
        question_ui(ui, tours, &position, question, size);
    }
}

fn question_ui(ui: &mut Ui, tours: &mut Tours, position: &Position, question: &Question, size: f32) {
    let palette = Palette::of(ui.ctx());
    ui.horizontal_wrapped(|ui| {
        ui.label(theme::strong(&question.text));
        for (place, answer) in question.answers.iter().enumerate() {
            let Some(chosen) = position.answer else {
                if ui.button(answer).clicked() {
                    tours.answer(place);
                }
                continue;
            };
            let (sign, color) = match (place == question.right, place == chosen) {
                (true, _) => ("✓ ", palette.trace),
                (false, true) => ("✗ ", palette.wrong),
                (false, false) => ("", palette.quiet),
            };
            ui.add(Label::new(RichText::new(format!("{sign}{answer}")).color(color)).extend());
            ui.add_space(6.0);
        }
    });
    if position.answer.is_some() {
        ui.add(Label::new(RichText::new(&question.reveal).size(size)).wrap());
    }
}
