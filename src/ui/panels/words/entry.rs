//! The field for a text of the viewer's own.

use super::Words;
use crate::tasks::language::LONGEST;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::viewed::Viewed;
use egui::{Button, Key, Modifiers, RichText, ScrollArea, TextEdit, Ui};

/// Room for the buttons below the field.
const BUTTONS: f32 = 34.0;

impl Words {
    /// Asks for a text, in place of the one in view. What was typed stays until something else is typed.
    pub(super) fn entry_ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let room = (ui.available_height() - BUTTONS).max(40.0);
        let id = ui.scope_id().with("your text");
        let opens = std::mem::take(&mut self.opens);
        let mut has_focus = false;
        ScrollArea::vertical().max_height(room).auto_shrink([false, false]).show(ui, |ui| {
            let hint = "Type or paste a text in the language that the network has learned; a .txt file can be dropped on \
                        the window.";
            let field = TextEdit::multiline(&mut self.entry).id(id).hint_text(hint).desired_width(f32::INFINITY);
            let response = ui.add_sized([ui.available_width(), room - 4.0], field);
            if opens {
                response.request_focus();
            }
            has_focus = response.has_focus() || response.lost_focus();
        });
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        let mut cancels = has_focus && pressed(Modifiers::NONE, Key::Escape);
        let mut reads = has_focus && pressed(Modifiers::COMMAND, Key::Enter);
        let has_words = !self.entry.trim().is_empty();
        ui.horizontal(|ui| {
            let read = ui.add_enabled(has_words, Button::new("Read"));
            reads |= read.on_hover_text("let the network read it (Ctrl+Enter)").clicked();
            cancels |= ui.button("Cancel").clicked();
            let note = format!("at most {LONGEST} words are read");
            ui.label(RichText::new(note).small().color(Palette::of(ui.ctx()).quiet));
        });
        if reads && has_words {
            session.act(Action::ReadText(self.entry.clone()));
        }
        self.enters = !(cancels || (reads && has_words));
    }
}
