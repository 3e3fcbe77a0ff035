//! The last line: what is under the pointer, and how training stands to what is being viewed.

use super::glossary;
use super::theme::Palette;
use crate::view::action::Action;
use crate::view::numbers::grouped;
use crate::view::session::Session;
use crate::view::training::Phase;
use crate::view::viewed::Viewed;
use egui::{Align, Layout, RichText, Ui};

/// Draws the last line.
pub fn status_ui(ui: &mut Ui, session: &mut Viewed<'_>) {
    let palette = Palette::of(ui.ctx());
    ui.horizontal_centered(|ui| {
        let hover = session.hover.clone().unwrap_or_else(|| {
            "point at anything to read its numbers; the menu Tours shows what there is to see".to_owned()
        });
        let color = if session.hover.is_some() { palette.text } else { palette.quiet };
        let training = training_words(session);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if (session.training.has_run() || session.has_newer()) && !session.following {
                // Another network than the one in training is not behind it.
                let own = session.scene().filter(|scene| scene.origin == session.training.title());
                let behind = own.map_or(0, |scene| session.training.iteration().saturating_sub(scene.iteration));
                let hint = "keep the view on the newest checkpoint";
                let text = if session.has_newer() {
                    "Newer checkpoint · load".to_owned()
                } else if behind == 0 {
                    "Follow training".to_owned()
                } else {
                    format!("Follow training · {} behind", grouped(behind))
                };
                if ui.small_button(text).on_hover_text(hint).clicked() {
                    session.act(Action::FollowTraining);
                }
            }
            glossary::tip(ui.label(RichText::new(training).small().color(palette.quiet)), "viewing");
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(hover).small().color(color)).truncate());
            });
        });
    });
}

/// "viewing 1 200 · training at 1 540".
pub fn training_words(session: &Session) -> String {
    let viewing = session.scene().map(|scene| format!("viewing {}", grouped(scene.iteration)));
    let training = match session.training.phase() {
        Phase::Idle => None,
        Phase::Starting => Some("training starts".to_owned()),
        Phase::Running => Some(format!("training at {}", grouped(session.training.iteration()))),
        Phase::Paused => Some(format!("training paused at {}", grouped(session.training.iteration()))),
        Phase::Finished => Some(format!("training complete at {}", grouped(session.training.iteration()))),
        Phase::Stopped => Some(format!("training stopped at {}", grouped(session.training.iteration()))),
        Phase::Failed(_) => Some(format!("training failed at {}", grouped(session.training.iteration()))),
    };
    let watched = session.watched().map(|folder| format!("following {} (read only)", folder.display()));
    viewing.into_iter().chain(training).chain(watched).collect::<Vec<_>>().join(" · ")
}
