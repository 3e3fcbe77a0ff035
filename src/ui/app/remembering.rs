//! What the window remembers, and when that is written.

use super::App;
use crate::ui::presentation::Before;
use crate::ui::window_size;
use crate::view::notice::Notice;
use egui::Context;
use std::io::Write as _;
use std::path::{Path, PathBuf};

impl App {
    /// Keeps the preferences, as far as there is a place for them. Call when the window closes.
    pub fn keep_preferences(&mut self, context: &Context) {
        if self.keeper.is_none() {
            return;
        }
        self.take_preferences(context);
        let problem = self.keeper.as_mut().and_then(|keeper| keeper.finish(&self.preferences).err());
        if let Some(error) = problem {
            // The window is closing: there is nowhere left to show this but the terminal, if there is one.
            let _said = writeln!(std::io::stderr(), "hebbscope: the window's settings were not saved: {error}");
        }
    }

    /// Writes preferences that have changed, once they have been at rest for a moment.
    pub(super) fn look_after_preferences(&mut self, context: &Context) {
        if self.keeper.is_none() {
            return;
        }
        self.take_preferences(context);
        let seconds = std::mem::take(&mut self.unlooked);
        let Some(keeper) = &mut self.keeper else { return };
        if let Some(wait) = keeper.update(&self.preferences, seconds) {
            context.request_repaint_after(wait);
        }
        if let Some(complaint) = keeper.complaint() {
            self.session.notices.push(Notice { text: complaint, is_error: false });
        }
    }

    /// What there is to remember at this moment.
    fn take_preferences(&mut self, context: &Context) {
        self.preferences.light = context.theme() == egui::Theme::Light;
        // A presentation passes by.
        let before = self.presented.as_ref();
        self.preferences.zoom = before.map_or_else(|| context.zoom_factor(), Before::zoom);
        self.preferences.layout = before.map_or(self.layout, |before| before.layout);
        self.preferences.arrangement = match before {
            Some(before) => before.arrangement().cloned(),
            None => self.dock.arrangement(),
        };
        self.preferences.panels = self.dock.choices();
        self.preferences.tours = self.tours.places();
        self.preferences.orders.clone_from(self.session.ordering.choices());
        self.preferences.running = self.unfinished_run();
        if let Some((size, scale)) = window_size::chosen(context) {
            (self.preferences.size, self.preferences.scale) = (size, Some(scale));
        }
    }

    /// The folder of the run that is to be offered when there is no window any more that trains it.
    fn unfinished_run(&self) -> Option<PathBuf> {
        let training = &self.session.training;
        let absolute = |folder: &Path| std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        match training.has_run() {
            true => training.folder().filter(|_| training.is_active()).map(absolute),
            false => self.preferences.running.clone().filter(|_| self.session.may_be_interrupted()),
        }
    }
}
