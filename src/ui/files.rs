//! Asking for a file: a path field that always works, and the system's dialog where there is one.

use super::theme::{self, Palette};
use super::tours;
use crate::files::{typed_path, typed_paths};
use crate::view::asking::picture_endings;
use crate::view::background::{Errand, Wake};
use egui::text::CCursorRange;
use egui::text_edit::TextEditState;
use egui::{Context, Key, Modal, Modifiers, RichText, TextEdit};
use std::path::PathBuf;
use std::sync::Arc;

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
    /// Folders with runs for the figures of the papers, several at once.
    FigureRuns,
    /// A tour to be taken.
    Tour,
}

impl Wanted {
    /// The question, and what stands in the empty field.
    fn words(self) -> [&'static str; 2] {
        match self {
            Self::Network => ["Open a checkpoint, a run folder or a tape", "path"],
            Self::Pictures => {
                ["Show the network pictures of your own", "a folder, or paths with a semicolon between them"]
            }
            Self::Tour => ["Open a tour", "path"],
            Self::FigureRuns => [
                "Look for the runs of a figure in folders, and below them",
                "a folder, or several with a semicolon between them",
            ],
            Self::Runs => [
                "Compare runs: run folders, or a folder that holds run folders",
                "a folder, or several with a semicolon between them",
            ],
        }
    }

    /// What stands on the button that takes the path as it is typed.
    fn verb(self) -> &'static str {
        match self {
            Self::Network | Self::Tour => "Open",
            Self::Pictures => "Show",
            Self::Runs => "Compare",
            Self::FigureRuns => "Look",
        }
    }

    /// What the system's dialog can be asked for: files, and folders.
    fn chooses(self) -> [Option<&'static str>; 2] {
        match self {
            Self::Network => [Some("Choose a file …"), Some("Choose a folder …")],
            Self::Tour => [Some("Choose a file …"), None],
            Self::Pictures => [Some("Choose files …"), None],
            Self::Runs | Self::FigureRuns => [None, Some("Choose folders …")],
        }
    }
}

/// The open dialog of the window.
#[derive(Default)]
pub struct Files {
    is_open: bool,
    wanted: Wanted,
    path: String,
    /// Whether the path is still to be selected, so that typing replaces it.
    selects: bool,
    dialog: Option<Errand<Option<Vec<PathBuf>>>>,
    note: Option<&'static str>,
    /// Why what was typed cannot be opened.
    problem: Option<String>,
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

    /// Opens the dialog for folders with runs for the figures of the papers.
    pub fn ask_for_runs_of_figures(&mut self) {
        self.ask_for(Wanted::FigureRuns);
    }

    /// Opens the dialog for a tour.
    pub fn ask_for_tour(&mut self) {
        self.ask_for(Wanted::Tour);
    }

    fn ask_for(&mut self, wanted: Wanted) {
        if self.wanted != wanted {
            self.path.clear();
        }
        (self.is_open, self.wanted, self.selects) = (true, wanted, true);
        (self.note, self.problem) = (None, None);
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
                let id = ui.scope_id().with("path");
                let field = TextEdit::singleline(&mut self.path).id(id).hint_text(hint).desired_width(f32::INFINITY);
                let response = ui.add(field).labelled_by(label.id);
                if self.dialog.is_none() {
                    response.request_focus();
                }
                // What was typed the last time may serve again, and goes as soon as something is typed.
                if self.selects && response.has_focus() {
                    self.selects = false;
                    select_all(ui.ctx(), id, &self.path);
                }
                if response.changed() {
                    self.problem = None;
                }
                ui.horizontal(|ui| {
                    let ready = !self.path.trim().is_empty();
                    let verb = egui::Button::new(wanted.verb());
                    if ui.add_enabled(ready, verb).clicked() || (enter && ready) {
                        match wanted {
                            Wanted::Network | Wanted::Tour => chosen.push(typed_path(&self.path)),
                            Wanted::Pictures | Wanted::Runs | Wanted::FigureRuns => {
                                chosen.extend(typed_paths(&self.path));
                            }
                        }
                        // What was typed stays to be mended.
                        if let Some(missing) = chosen.iter().find(|path| !path.exists()) {
                            let missing = missing.display();
                            self.problem = Some(format!("There is no file or folder of this name: {missing}"));
                            chosen.clear();
                        }
                    }
                    for (words, for_folder) in wanted.chooses().into_iter().zip([false, true]) {
                        let Some(words) = words else { continue };
                        if ui.add_enabled(self.dialog.is_none(), egui::Button::new(words)).clicked() {
                            self.ask_system(ui.ctx(), for_folder);
                        }
                    }
                });
                if let Some(problem) = &self.problem {
                    ui.label(RichText::new(problem).small().color(palette.wrong));
                }
                if let Some(note) = self.note {
                    ui.label(RichText::new(note).small().color(palette.quiet));
                }
                if wanted == Wanted::Pictures {
                    let count = self.count;
                    let hint = format!(
                        "An episode shows {count}. They are cropped to squares and made grey. They can be dropped on \
                         the window, too."
                    );
                    ui.label(RichText::new(hint).small().color(palette.quiet));
                } else if wanted == Wanted::Runs {
                    let hint =
                        "Runs that differ in nothing but the training seed are drawn as their median and quartiles.";
                    ui.label(RichText::new(hint).small().color(palette.quiet));
                } else if wanted == Wanted::FigureRuns {
                    let hint = "Runs are looked for four levels deep.";
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
        let context = context.clone();
        let wake: Wake = Arc::new(move || context.request_repaint());
        let wanted = self.wanted;
        let asked = Errand::start("hebbscope-dialog", &wake, move |_| {
            let dialog = rfd::FileDialog::new();
            match wanted {
                Wanted::Network if for_folder => dialog.pick_folder().map(|path| vec![path]),
                Wanted::Network => dialog.add_filter("Hebbscope", &["safetensors"]).pick_file().map(|path| vec![path]),
                Wanted::Tour => dialog.add_filter("Tour", &[tours::ENDING]).pick_file().map(|path| vec![path]),
                Wanted::Runs | Wanted::FigureRuns => dialog.pick_folders(),
                Wanted::Pictures => dialog.add_filter("Pictures", &picture_endings()).pick_files(),
            }
        });
        match asked {
            Ok(dialog) => self.dialog = Some(dialog),
            Err(_) => self.note = Some("The system gives no thread for its dialog: type the path."),
        }
    }

    fn chosen_in_dialog(&mut self) -> Option<Vec<PathBuf>> {
        let answer = self.dialog.as_ref()?.answer()?.unwrap_or_default();
        self.dialog = None;
        if answer.is_none() {
            self.note = Some("Nothing was chosen, or this system has no dialog. The path can be typed.");
        }
        answer
    }
}

/// Selects everything in a text field that has the focus.
fn select_all(context: &Context, id: egui::Id, text: &str) {
    let mut state = TextEditState::load(context, id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::select_all_str(text)));
    state.store(context, id);
    context.request_repaint();
}
