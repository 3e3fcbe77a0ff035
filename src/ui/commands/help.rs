//! The overlay with all keys.

use super::{COMMANDS, shortcut_text};
use crate::ui::theme::{self, Palette};
use egui::{Context, Grid, Key, Modal, Modifiers, RichText};

/// Shows the keys until they are dismissed; answers whether they stay.
pub fn help_ui(context: &Context) -> bool {
    let palette = Palette::of(context);
    let modal = Modal::new(egui::Id::unique("all keys")).frame(theme::modal_frame(context)).show(context, |ui| {
        ui.set_max_width(560.0);
        ui.label(theme::strong("Keyboard shortcuts"));
        ui.add_space(6.0);
        let listed: Vec<_> =
            COMMANDS.iter().filter_map(|command| Some((command.keys.first()?, command.title))).collect();
        Grid::new("keys").num_columns(4).spacing([14.0, 5.0]).show(ui, |ui| {
            for pair in listed.chunks(2) {
                for (shortcut, title) in pair {
                    ui.label(theme::strong(shortcut_text(context, shortcut)).color(palette.curve()));
                    ui.label(*title);
                }
                ui.end_row();
            }
        });
        ui.add_space(6.0);
        ui.label(
            RichText::new(
                "Ctrl with +, − and 0 makes everything larger, smaller and as before. Shortcuts yield while text is typed. \
                 Esc closes this; F1 names the parts of the window.",
            )
                .small()
                .color(palette.quiet),
        );
    });
    !modal.should_close() && !context.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
}
