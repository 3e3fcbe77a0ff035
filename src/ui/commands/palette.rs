//! The command palette: type a few letters, press Enter. What cannot be done now stands last, with the reason.

use super::{COMMANDS, Command, shortcut_text};
use crate::ui::app::App;
use crate::ui::fitting;
use crate::ui::theme::{self, Palette as Colors};
use egui::{Align, Context, Key, Layout, Modal, Modifiers, RichText, ScrollArea, TextEdit};

/// What has been typed and chosen.
#[derive(Default)]
pub struct Palette {
    is_open: bool,
    text: String,
    chosen: usize,
}

impl Palette {
    /// Opens it empty, or closes it.
    pub fn toggle(&mut self) {
        *self = Self { is_open: !self.is_open, ..Self::default() };
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.is_open
    }
}

/// The commands whose titles hold all the words of `text`, in the order of the table.
pub fn matching(text: &str) -> Vec<&'static Command> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    COMMANDS
        .iter()
        .filter(|command| {
            let title = command.title.to_lowercase();
            words.iter().all(|word| title.contains(word))
        })
        .collect()
}

/// The same, what cannot be done now after all that can.
pub fn ranked(app: &App, text: &str) -> Vec<&'static Command> {
    let mut found = matching(text);
    found.sort_by_key(|command| !command.is_possible(app));
    found
}

/// Draws the palette, and runs what was chosen.
pub fn palette_ui(app: &mut App, context: &Context) {
    if !app.palette.is_open {
        return;
    }
    let colors = Colors::of(context);
    let pressed = |key| context.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let (down, up, enter, escape) =
        (pressed(Key::ArrowDown), pressed(Key::ArrowUp), pressed(Key::Enter), pressed(Key::Escape));
    let found = ranked(app, &app.palette.text);
    let last = found.len().saturating_sub(1);
    app.palette.chosen = match (down, up) {
        (true, _) => (app.palette.chosen + 1).min(last),
        (_, true) => app.palette.chosen.saturating_sub(1),
        _ => app.palette.chosen.min(last),
    };
    let mut clicked = None;
    let modal = Modal::new(egui::Id::unique("all commands")).frame(theme::modal_frame(context)).show(context, |ui| {
        ui.set_width(420.0);
        let field = TextEdit::singleline(&mut app.palette.text).hint_text("what to do").desired_width(f32::INFINITY);
        let response = ui.add(field);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "command to look for"));
        response.request_focus();
        ScrollArea::vertical().max_height(320.0).min_scrolled_height(320.0).show(ui, |ui| {
            for (index, command) in found.iter().enumerate() {
                let obstacle = command.obstacle(app);
                ui.horizontal(|ui| {
                    let color = if obstacle.is_none() { colors.text } else { colors.quiet };
                    let chosen = index == app.palette.chosen;
                    let response = ui.selectable_label(chosen, RichText::new(command.title).color(color));
                    if chosen && (down || up) {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() {
                        clicked = Some(index);
                    }
                    // Why it cannot be done is worth more than the keys that would do it.
                    let keys = command.keys.first().map(|shortcut| shortcut_text(context, shortcut));
                    if let Some(beside) = obstacle.map(str::to_owned).or(keys) {
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                            ui.add_space(12.0);
                            fitting::small_ui(ui, &beside, colors.quiet);
                        });
                    }
                });
            }
            if found.is_empty() {
                ui.label(RichText::new("No command has these words.").color(colors.quiet));
            }
        });
    });
    let chosen = clicked.or(enter.then_some(app.palette.chosen)).and_then(|index| found.get(index));
    if let Some(command) = chosen.filter(|command| command.is_possible(app)) {
        app.palette.is_open = false;
        app.perform(&command.action, context);
    } else if escape || modal.should_close() {
        app.palette.is_open = false;
    }
}
