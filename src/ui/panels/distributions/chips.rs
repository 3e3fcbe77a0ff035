//! The row above the chart: which matrix, along what, and how heights are drawn. What is impossible is dimmed.

use super::ridges::KINDS;
use super::{Along, Distributions, Height, STILL};
use crate::ui::panels::chips::{bare_chip, chip, matrix_chip, prints};
use crate::ui::theme::Palette;
use crate::view::session::Session;
use egui::{Role, Ui, WidgetInfo, vec2};

/// Between groups of chips.
const GAP: f32 = 8.0;

/// Below this width chips stand closer.
const NARROW: f32 = 360.0;

impl Distributions {
    pub(super) fn chips_ui(&mut self, ui: &mut Ui, session: &Session) {
        let Some(scene) = session.scene().filter(|_| !prints(ui)) else { return };
        let palette = Palette::of(ui.ctx());
        let (kind, along) = self.shown(scene);
        let is_narrow = ui.available_width() < NARROW;
        let gap = if is_narrow { 3.0 } else { GAP };
        ui.horizontal_wrapped(|ui| {
            let spacing = ui.spacing_mut();
            spacing.item_spacing = vec2(2.0, 4.0);
            spacing.button_padding = vec2(if is_narrow { 5.0 } else { 7.0 }, 2.0);
            spacing.interact_size = vec2(20.0, 20.0);
            for choice in KINDS {
                let (is_chosen, obstacle) = (choice == kind, choice.why_missing(scene));
                let words = format!("distribution of {}, {}", choice.symbol(), choice.words());
                let response = ui.add_enabled(obstacle.is_none(), matrix_chip(choice, is_chosen, false, palette));
                response.widget_info(|| WidgetInfo::selected(Role::Button, obstacle.is_none(), is_chosen, &words));
                if response.on_hover_text(&words).on_disabled_hover_text(obstacle.unwrap_or_default()).clicked() {
                    self.kind = choice;
                    if !choice.moves() {
                        self.along = Along::Training;
                    }
                }
            }
            ui.add_space(gap);
            let is_still = (!kind.moves()).then_some(STILL);
            for (choice, text, words, obstacle) in [
                (Along::Training, "training", "ridges over the iterations of training", None),
                (Along::Episode, "episode", "ridges along the steps of the episode in view", is_still),
            ] {
                let response = bare_chip(ui, palette, text, words, along == choice, obstacle);
                if response.on_hover_text(words).clicked() {
                    self.along = choice;
                }
            }
            ui.add_space(gap);
            for (choice, text, words) in [
                (Height::Count, "count", "height: how many values lie in a bin"),
                (Height::Root, "root", "height: square root of how many values lie in a bin, shows peak and tails"),
                (Height::Log, "log", "height: logarithm of how many values lie in a bin, shows single values"),
            ] {
                if chip(ui, palette, text, words, self.height == choice).clicked() {
                    self.height = choice;
                }
            }
        });
    }
}
