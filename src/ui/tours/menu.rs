//! Which tour is taken: those of the program in a menu, any other from a file.

use super::{Tours, read};
use crate::ui::app::App;
use crate::ui::commands::presets::PRESETS;
use egui::{RichText, Ui};
use std::path::Path;

impl App {
    /// Takes a tour that is written in a file.
    pub fn open_tour(&mut self, path: &Path) {
        match read(path) {
            Ok(tour) => self.take_tour(tour),
            Err(error) => self.session.warn(&format!("The tour is not opened: {error}.")),
        }
    }

    /// The tours that come with the program, and how far each has been taken.
    pub(in crate::ui) fn tours_menu(&mut self, ui: &mut Ui) {
        let places = self.tours.places();
        for tour in Tours::bundled() {
            let at = places.get(&tour.title).copied().filter(|at| *at > 0);
            let far = at.map(|at| format!("{} of {}", at + 1, tour.steps.len())).unwrap_or_default();
            if ui.add(egui::Button::new(&tour.title).shortcut_text(far)).clicked() {
                self.take_tour(tour.clone());
                ui.close();
            }
        }
        ui.separator();
        ui.label(RichText::new("to try at once").small().weak());
        for preset in PRESETS {
            if ui.button(preset.title).on_hover_text(preset.note).clicked() {
                self.begin_preset(preset);
                ui.close();
            }
        }
        ui.separator();
        let hint = "docs/tours.md says how one is written; drop its file on the window, or open it from here";
        if ui.button("Open a tour …").on_hover_text(hint).clicked() {
            self.files.ask_for_tour();
            ui.close();
        }
    }
}
