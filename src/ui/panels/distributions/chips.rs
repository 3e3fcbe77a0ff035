//! The row above the chart: which matrix, along what, and how heights are drawn. What is impossible is dimmed.

use super::ridges::KINDS;
use super::{Along, Distributions, Height, STILL};
use crate::ui::session::Session;
use crate::ui::theme::{self, Palette};
use egui::{Button, Color32, Response, RichText, Role, Stroke, Ui, WidgetInfo, vec2};

/// Between groups of chips.
const GAP: f32 = 8.0;

/// Below this width chips stand closer.
const NARROW: f32 = 360.0;

/// A chip as it is drawn and told.
struct Chip<'a> {
    text: RichText,
    fill: Color32,
    words: &'a str,
    is_chosen: bool,
    obstacle: Option<&'a str>,
}

impl Distributions {
    pub(super) fn chips_ui(&mut self, ui: &mut Ui, session: &Session) {
        let Some(scene) = session.scene() else { return };
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
                let (color, is_chosen) = (choice.color(palette), choice == kind);
                let (fill, ink) = match (is_chosen, palette.dark) {
                    (true, true) => (color, Color32::BLACK),
                    (true, false) => (color, Color32::WHITE),
                    (false, _) => (Color32::TRANSPARENT, color),
                };
                let words = format!("distribution of {}, {}", choice.symbol(), choice.words());
                let obstacle = choice.why_missing(scene);
                let text = theme::strong(choice.symbol()).color(ink);
                if chip(ui, Chip { text, fill, words: &words, is_chosen, obstacle }).clicked() {
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
                if quiet_chip(ui, palette, text, words, along == choice, obstacle).clicked() {
                    self.along = choice;
                }
            }
            ui.add_space(gap);
            for (choice, text, words) in [
                (Height::Count, "count", "height: how many values lie in a bin"),
                (Height::Root, "root", "height: square root of how many values lie in a bin, shows peak and tails"),
                (Height::Log, "log", "height: logarithm of how many values lie in a bin, shows single values"),
            ] {
                if quiet_chip(ui, palette, text, words, self.height == choice, None).clicked() {
                    self.height = choice;
                }
            }
        });
    }
}

fn quiet_chip(
    ui: &mut Ui,
    palette: &Palette,
    text: &str,
    words: &str,
    is_chosen: bool,
    obstacle: Option<&str>,
) -> Response {
    let (ink, fill) = if is_chosen { (palette.curve(), palette.raised) } else { (palette.quiet, Color32::TRANSPARENT) };
    chip(ui, Chip { text: RichText::new(text).small().color(ink), fill, words, is_chosen, obstacle })
}

fn chip(ui: &mut Ui, chip: Chip<'_>) -> Response {
    let Chip { text, fill, words, is_chosen, obstacle } = chip;
    let button = Button::new(text).fill(fill).stroke(Stroke::NONE);
    let response = ui.add_enabled(obstacle.is_none(), button);
    response.widget_info(|| WidgetInfo::selected(Role::Button, obstacle.is_none(), is_chosen, words));
    response.on_hover_text(words).on_disabled_hover_text(obstacle.unwrap_or_default())
}
