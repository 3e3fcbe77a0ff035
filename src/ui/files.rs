//! Asking for a file: a path field that always works, and the system's dialog where there is one.

use super::theme::{self, Palette};
use egui::{Context, Key, Modal, Modifiers, RichText, TextEdit};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// The open dialog of the window.
#[derive(Default)]
pub struct Files {
    is_open: bool,
    path: String,
    dialog: Option<Receiver<Option<PathBuf>>>,
    note: Option<&'static str>,
}

impl Files {
    /// Opens the dialog.
    pub fn ask_to_open(&mut self, _context: &Context) {
        (self.is_open, self.note) = (true, None);
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Draws it; answers the path once one has been chosen.
    pub fn ui(&mut self, context: &Context, recent: &[PathBuf]) -> Option<PathBuf> {
        if let Some(path) = self.chosen_in_dialog() {
            self.is_open = false;
            return Some(path);
        }
        if !self.is_open {
            return None;
        }
        let palette = Palette::of(context);
        let enter = context.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        let escape = context.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        let mut chosen = None;
        let modal =
            Modal::new(egui::Id::unique("open a file")).frame(theme::modal_frame(context)).show(context, |ui| {
                ui.set_width(460.0);
                let label = ui.label("Open a checkpoint, a run folder or a tape");
                let field = TextEdit::singleline(&mut self.path).hint_text("path").desired_width(f32::INFINITY);
                let response = ui.add(field).labelled_by(label.id);
                if self.dialog.is_none() {
                    response.request_focus();
                }
                ui.horizontal(|ui| {
                    let ready = !self.path.trim().is_empty();
                    let open = ui.add_enabled(ready, egui::Button::new("Open")).clicked() || (enter && ready);
                    if open {
                        chosen = Some(PathBuf::from(self.path.trim()));
                    }
                    let waiting = self.dialog.is_some();
                    if ui.add_enabled(!waiting, egui::Button::new("Choose a file …")).clicked() {
                        self.ask_system(ui.ctx(), false);
                    }
                    if ui.add_enabled(!waiting, egui::Button::new("Choose a folder …")).clicked() {
                        self.ask_system(ui.ctx(), true);
                    }
                });
                if let Some(note) = self.note {
                    ui.label(RichText::new(note).small().color(palette.quiet));
                }
                if !recent.is_empty() {
                    ui.add_space(8.0);
                    ui.label(RichText::new("Recent").color(palette.quiet));
                    for path in recent {
                        let text = RichText::new(path.display().to_string()).small();
                        if ui.add(egui::Button::new(text).frame(false).truncate()).clicked() {
                            chosen = Some(path.clone());
                        }
                    }
                }
            });
        if chosen.is_some() || escape || modal.should_close() {
            self.is_open = false;
        }
        chosen
    }

    /// Asks the system on a thread of its own: its dialog may take as long as it likes.
    fn ask_system(&mut self, context: &Context, for_folder: bool) {
        let (sender, receiver) = channel();
        let context = context.clone();
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(move || context.request_repaint());
        let spawned = std::thread::Builder::new().name("hebbscope-dialog".into()).spawn(move || {
            let dialog = rfd::FileDialog::new().add_filter("Hebbscope", &["safetensors"]);
            let path = if for_folder { rfd::FileDialog::new().pick_folder() } else { dialog.pick_file() };
            // A window that has been closed no longer wants the answer.
            let _delivered = sender.send(path);
            wake();
        });
        match spawned {
            Ok(_) => self.dialog = Some(receiver),
            Err(_) => self.note = Some("The system gives no thread for its dialog: type the path."),
        }
    }

    fn chosen_in_dialog(&mut self) -> Option<PathBuf> {
        let answer = match self.dialog.as_ref()?.try_recv() {
            Ok(answer) => answer,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => None,
        };
        self.dialog = None;
        if answer.is_none() {
            self.note = Some("Nothing was chosen, or this system has no dialog. The path can be typed.");
        }
        answer
    }
}
