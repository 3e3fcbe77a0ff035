//! The field for a text of the viewer's own.

use super::Words;
use crate::tasks::language::LONGEST;
use crate::ui::session::Session;
use crate::ui::theme::Palette;
use egui::{Button, Key, Modifiers, RichText, ScrollArea, TextEdit, Ui};

/// Room for the buttons below the field.
const BUTTONS: f32 = 34.0;

impl Words {
    /// Asks for a text, in place of the one in view.
    pub(super) fn entry_ui(&mut self, ui: &mut Ui, session: &mut Session) {
        let Some(mut text) = self.entry.take() else { return };
        let room = (ui.available_height() - BUTTONS).max(40.0);
        let id = ui.scope_id().with("your text");
        let is_new = ui.ctx().memory(egui::Memory::focused) != Some(id);
        ScrollArea::vertical().max_height(room).auto_shrink([false, false]).show(ui, |ui| {
            let hint = "Type or paste a text in the language that the network has learned; a .txt file can be dropped on \
                        the window.";
            let field = TextEdit::multiline(&mut text).id(id).hint_text(hint).desired_width(f32::INFINITY);
            let response = ui.add_sized([ui.available_width(), room - 4.0], field);
            if is_new && text.is_empty() {
                response.request_focus();
            }
        });
        let (mut reads, mut cancels) = (false, ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)));
        reads |= ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Enter));
        ui.horizontal(|ui| {
            let has_words = !text.trim().is_empty();
            let read = ui.add_enabled(has_words, Button::new("Read"));
            reads |= read.on_hover_text("let the network read it (Ctrl+Enter)").clicked();
            cancels |= ui.button("Cancel").clicked();
            let note = format!("at most {LONGEST} words are read");
            ui.label(RichText::new(note).small().color(Palette::of(ui.ctx()).quiet));
            reads &= has_words;
        });
        if reads {
            session.read_text(text);
        } else if !cancels {
            self.entry = Some(text);
        }
    }
}
