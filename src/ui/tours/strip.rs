//! What a tour says and asks, above the panels.

use super::{Position, Question, Tours};
use crate::ui::theme::{self, Palette};
use egui::{Align, Button, Label, Layout, RichText, ScrollArea, Ui};

/// Size of what is to be read by many at once.
const TEXT: f32 = 15.0;

/// The same where letters are large already.
const SHORT_TEXT: f32 = 12.0;

/// Room for "Set up again".
const AGAIN: f32 = 96.0;

fn text_size(is_short: bool) -> f32 {
    if is_short { SHORT_TEXT } else { TEXT }
}

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invitation {
    /// Somebody takes the first tour.
    Taken,
    /// Somebody looks around alone.
    Declined,
}

/// Invites whoever opens the window for the first time to the first tour; answers what became of it.
pub fn invitation_ui(ui: &mut Ui) -> Option<Invitation> {
    let mut became = None;
    let palette = Palette::of(ui.ctx());
    ui.horizontal(|ui| {
        ui.label(RichText::new("What is all this?").size(TEXT));
        let tour =
            Button::new(RichText::new(&Tours::bundled()[0].title).color(egui::Color32::WHITE)).fill(palette.accent);
        if ui.add(tour).on_hover_text("Tours has this one and others").clicked() {
            became = Some(Invitation::Taken);
        }
        ui.label(RichText::new("a tour of a few minutes").color(palette.quiet));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if theme::cross_ui(ui, "look around alone; the tours are in Tours") {
                became = Some(Invitation::Declined);
            }
        });
    });
    became
}

/// Draws what somebody says about what was shared, smaller in little room; answers whether it stays.
pub fn note_ui(ui: &mut Ui, note: &str, is_short: bool) -> bool {
    let mut stays = true;
    ui.horizontal_top(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            stays = !theme::cross_ui(ui, "hide the note");
            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                ui.add(Label::new(RichText::new(note).size(text_size(is_short))).wrap());
            });
        });
    });
    stays
}

/// Draws it above the panels, and goes where it is told.
///
/// In little room, `is_short`, what has been said makes way for what is said now.
pub fn strip_ui(ui: &mut Ui, tours: &mut Tours, is_short: bool) {
    let Some(position) = tours.position() else { return };
    ui.horizontal(|ui| {
        ui.label(theme::strong(&position.tour.title));
        place_ui(ui, &position);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| buttons_ui(ui, tours, &position));
    });
    words_ui(ui, tours, &position, is_short);
}

/// Draws it beside a panel: what is said and asked below each other, and to be scrolled where it is long.
pub fn beside_ui(ui: &mut Ui, tours: &mut Tours) {
    let Some(position) = tours.position() else { return };
    ui.horizontal(|ui| {
        place_ui(ui, &position);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| buttons_ui(ui, tours, &position));
    });
    // Always there where something is below: an answer that nobody sees cannot be chosen.
    theme::slim_scroll_bar(ui);
    let page = ScrollArea::vertical().auto_shrink([false, false]).id_salt((position.at, position.answer));
    page.show(ui, |ui| {
        ui.add(Label::new(theme::strong(&position.tour.title)).wrap());
        words_ui(ui, tours, &position, true);
    });
}

/// "3 of 6".
fn place_ui(ui: &mut Ui, position: &Position) {
    let place = format!("{} of {}", position.at + 1, position.tour.steps.len());
    ui.label(RichText::new(place).small().color(Palette::of(ui.ctx()).quiet));
}

/// From right to left: leave, next, back, once more.
fn buttons_ui(ui: &mut Ui, tours: &mut Tours, position: &Position) {
    let palette = Palette::of(ui.ctx());
    if theme::cross_ui(ui, "leave the tour") {
        tours.leave();
    }
    ui.add_space(6.0);
    let is_last = position.at + 1 == position.tour.steps.len();
    let is_free = !position.is_asked();
    let next = Button::new(RichText::new(if is_last { "Done" } else { "Next" }).color(egui::Color32::WHITE));
    let next = ui.add_enabled(is_free, next.fill(palette.accent));
    if next.on_hover_text("Page Down").on_disabled_hover_text("choose an answer first").clicked() {
        if is_last { tours.finish() } else { tours.next() }
    }
    if ui.add_enabled(position.at > 0, Button::new("Back")).on_hover_text("Page Up").clicked() {
        tours.back();
    }
    // What has keys of its own, or can be done by going back and on, gives way.
    if ui.available_width() < AGAIN {
        return;
    }
    let hint = "makes everything as it belongs to this step again, whatever has been done meanwhile";
    if ui.button("Set up again").on_hover_text(hint).clicked() {
        tours.set_up();
    }
}

/// What is said and asked.
fn words_ui(ui: &mut Ui, tours: &mut Tours, position: &Position, is_short: bool) {
    let size = text_size(is_short);
    if !is_short || position.answer.is_none() {
        ui.add(Label::new(RichText::new(&position.step().text).size(size)).wrap());
    }
    if let Some(question) = &position.step().question {
        question_ui(ui, tours, position, question, size);
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
