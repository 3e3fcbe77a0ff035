//! Asking for a file: a path field that always works, and the system's dialog where there is one.

use super::asking::picture_endings;
use super::theme::{self, Palette};
use egui::{Context, Key, Modal, Modifiers, RichText, TextEdit};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// What files are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// Something to look at.
    #[default]
    Network,
    /// Pictures to be remembered, several at once.
    Pictures,
    /// Run folders to be compared, several at once.
    Runs,
}

impl Wanted {
    /// The question, and what stands in the empty field.
    fn words(self) -> [&'static str; 2] {
        match self {
            Self::Network => ["Open a checkpoint, a run folder or a tape", "path"],
            Self::Pictures => {
                ["Show the network pictures of your own", "a folder, or paths with a semicolon between them"]
            }
            Self::Runs => [
                "Compare runs: run folders, or a folder that holds run folders",
                "a folder, or several with a semicolon between them",
            ],
        }
    }

    /// What stands on the button that takes the path as it is typed.
    fn verb(self) -> &'static str {
        match self {
            Self::Network => "Open",
            Self::Pictures => "Show",
            Self::Runs => "Compare",
        }
    }

    /// What the system's dialog can be asked for: files, and folders.
    fn chooses(self) -> [Option<&'static str>; 2] {
        match self {
            Self::Network => [Some("Choose a file …"), Some("Choose a folder …")],
            Self::Pictures => [Some("Choose files …"), None],
            Self::Runs => [None, Some("Choose folders …")],
        }
    }
}

/// The open dialog of the window.
#[derive(Default)]
pub struct Files {
    is_open: bool,
    wanted: Wanted,
    path: String,
    dialog: Option<Receiver<Option<Vec<PathBuf>>>>,
    note: Option<&'static str>,
    /// How many pictures a lifetime shows.
    count: usize,
}

impl Files {
    /// Opens the dialog.
    pub fn ask_to_open(&mut self, _context: &Context) {
        self.ask_for(Wanted::Network);
    }

    /// Opens the dialog for pictures to be remembered, `count` in a lifetime.
    pub fn ask_for_pictures(&mut self, count: usize) {
        self.count = count;
        self.ask_for(Wanted::Pictures);
    }

    /// Opens the dialog for runs to be compared.
    pub fn ask_for_runs(&mut self) {
        self.ask_for(Wanted::Runs);
    }

    fn ask_for(&mut self, wanted: Wanted) {
        if self.wanted != wanted {
            self.path.clear();
        }
        (self.is_open, self.wanted, self.note) = (true, wanted, None);
    }

    /// What is asked for, or was asked for last.
    pub fn wanted(&self) -> Wanted {
        self.wanted
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Draws it; answers the paths once some have been chosen.
    pub fn ui(&mut self, context: &Context, recent: &[PathBuf]) -> Vec<PathBuf> {
        if let Some(paths) = self.chosen_in_dialog() {
            self.is_open = false;
            return paths;
        }
        if !self.is_open {
            return Vec::new();
        }
        let wanted = self.wanted;
        let [question, hint] = wanted.words();
        let palette = Palette::of(context);
        let enter = context.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        let escape = context.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        let mut chosen = Vec::new();
        let modal =
            Modal::new(egui::Id::unique("open a file")).frame(theme::modal_frame(context)).show(context, |ui| {
                ui.set_width(460.0);
                let label = ui.label(question);
                let field = TextEdit::singleline(&mut self.path).hint_text(hint).desired_width(f32::INFINITY);
                let response = ui.add(field).labelled_by(label.id);
                if self.dialog.is_none() {
                    response.request_focus();
                }
                ui.horizontal(|ui| {
                    let ready = !self.path.trim().is_empty();
                    let verb = egui::Button::new(wanted.verb());
                    if ui.add_enabled(ready, verb).clicked() || (enter && ready) {
                        let typed = self.path.trim();
                        let is_one = wanted == Wanted::Network;
                        let paths: Vec<&str> = if is_one { vec![typed] } else { typed.split(';').collect() };
                        let paths = paths.into_iter().map(str::trim).filter(|path| !path.is_empty());
                        chosen.extend(paths.map(PathBuf::from));
                    }
                    for (words, for_folder) in wanted.chooses().into_iter().zip([false, true]) {
                        let Some(words) = words else { continue };
                        if ui.add_enabled(self.dialog.is_none(), egui::Button::new(words)).clicked() {
                            self.ask_system(ui.ctx(), for_folder);
                        }
                    }
                });
                if let Some(note) = self.note {
                    ui.label(RichText::new(note).small().color(palette.quiet));
                }
                if wanted == Wanted::Pictures {
                    let count = self.count;
                    let hint = format!(
                        "A lifetime shows {count}. They are cropped to squares and made grey. They can be dropped on \
                         the window, too."
                    );
                    ui.label(RichText::new(hint).small().color(palette.quiet));
                } else if wanted == Wanted::Runs {
                    let hint = "Runs that differ in nothing but the seed are drawn as their median and quartiles.";
                    ui.label(RichText::new(hint).small().color(palette.quiet));
                } else if !recent.is_empty() {
                    ui.add_space(8.0);
                    ui.label(RichText::new("Recent").color(palette.quiet));
                    for path in recent {
                        let text = RichText::new(path.display().to_string()).small();
                        if ui.add(egui::Button::new(text).frame(false).truncate()).clicked() {
                            chosen.push(path.clone());
                        }
                    }
                }
            });
        if !chosen.is_empty() || escape || modal.should_close() {
            self.is_open = false;
        }
        chosen
    }

    /// Asks the system on a thread of its own: its dialog may take as long as it likes.
    fn ask_system(&mut self, context: &Context, for_folder: bool) {
        let (sender, receiver) = channel();
        let context = context.clone();
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(move || context.request_repaint());
        let wanted = self.wanted;
        let spawned = std::thread::Builder::new().name("hebbscope-dialog".into()).spawn(move || {
            let dialog = rfd::FileDialog::new();
            let path = match wanted {
                Wanted::Network if for_folder => dialog.pick_folder().map(|path| vec![path]),
                Wanted::Network => dialog.add_filter("Hebbscope", &["safetensors"]).pick_file().map(|path| vec![path]),
                Wanted::Runs => dialog.pick_folders(),
                Wanted::Pictures => dialog.add_filter("Pictures", &picture_endings()).pick_files(),
            };
            // A window that has been closed no longer wants the answer.
            let _delivered = sender.send(path);
            wake();
        });
        match spawned {
            Ok(_) => self.dialog = Some(receiver),
            Err(_) => self.note = Some("The system gives no thread for its dialog: type the path."),
        }
    }

    fn chosen_in_dialog(&mut self) -> Option<Vec<PathBuf>> {
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
