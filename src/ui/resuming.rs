//! Offers to go on with a saved run.

use super::theme::{self, Palette};
use crate::view::numbers::grouped;
use crate::view::session::Session;
use egui::{Align, Button, Layout, RichText, TextEdit, Ui, vec2};

/// Room for ten figures.
const FIELD_WIDTH: f32 = 100.0;

/// Offers to go on with the run folder in view, and asks for how long.
pub fn resuming_ui(ui: &mut Ui, session: &mut Session) {
    let palette = Palette::of(ui.ctx());
    if session.training.is_active() {
        return;
    }
    let Some(resuming) = &mut session.training.resuming else {
        let can = session.can_resume();
        let hint = "resume the run in this folder, with other hyperparameters of training if need be";
        let wide = vec2(ui.available_width(), 26.0);
        if can && ui.add_sized(wide, Button::new("Resume this run")).on_hover_text(hint).clicked() {
            session.prepare_to_resume();
        }
        return;
    };
    resuming.is_sought = Some(resuming.is_sought.is_none());
    let trained = grouped(resuming.iteration());
    let mut is_cancelled = false;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            is_cancelled = ui.small_button("Cancel").on_hover_text("train a new network instead").clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = theme::strong(format!("{}, trained for {trained} iterations", resuming.name()));
                ui.add(egui::Label::new(title).truncate());
            });
        });
    });
    ui.horizontal(|ui| {
        let label = ui.label(RichText::new("iterations").color(palette.quiet)).on_hover_text("of the whole run");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let field = TextEdit::singleline(&mut resuming.steps_text).id_salt("iterations").desired_width(FIELD_WIDTH);
            ui.add(field.align(egui::Align2::RIGHT_CENTER)).labelled_by(label.id);
        });
    });
    if let Err(problem) = resuming.steps() {
        ui.label(RichText::new(problem).small().color(palette.wrong));
    }
    if is_cancelled {
        session.training.resuming = None;
    }
}

/// Offers to go on with a run that an earlier window has left.
pub fn interrupted_ui(ui: &mut Ui, session: &mut Session) {
    let Some(found) = session.interrupted() else { return };
    let [iteration, planned] = [found.iteration(), found.config().iterations].map(grouped);
    let words = format!("The run {} was left at iteration {iteration} of {planned}.", found.name());
    let folder = found.folder().display().to_string();
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if theme::cross_ui(ui, "do not offer this run again") {
                session.forget_interrupted();
            }
            ui.add_space(6.0);
            let palette = Palette::of(ui.ctx());
            let resume = Button::new(RichText::new("Resume training").color(egui::Color32::WHITE)).fill(palette.accent);
            if ui.add(resume).on_hover_text("exactly from there, with its own settings").clicked() {
                session.resume_interrupted();
            }
            if ui.button("Look at it").on_hover_text("opens its folder; training can go on later").clicked() {
                session.look_at_interrupted();
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(words).truncate()).on_hover_text(folder);
            });
        });
    });
}
