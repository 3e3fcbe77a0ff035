//! The regions of the window. Drawn the same on a screen, in a file and in tests.

use super::commands::{self, Action, help, palette};
use super::dock::Dock;
use super::files::{Files, Wanted};
use super::guide::{self, Part};
use super::theme::{self, Palette};
use super::tours::{self, Tours, strip};
use super::undoing::Undoing;
use super::{controls, export, inspector, status, timeline, window_size};
use crate::train::{Bundled, Command};
use crate::view::asking;
use crate::view::background::Wake;
use crate::view::export::exports::ExportKind;
use crate::view::keeper::Keeper;
use crate::view::layout::{Arrangement, Named, Subject};
use crate::view::notice::Notice;
use crate::view::numbers::grouped;
use crate::view::preferences::Preferences;
use crate::view::session::Session;
use egui::{Align, CentralPanel, Context, Frame, Layout, Margin, MenuBar, Rect, RichText, Ui, UiBuilder};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// How far the closing of the window has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closing {
    /// Nobody wants to close it.
    No,
    /// A run would be lost: is that meant?
    Asking,
    /// Yes.
    Meant,
}

/// The whole window.
pub struct App {
    /// What is looked at and steered.
    pub session: Session,
    /// The command palette.
    pub palette: palette::Palette,
    /// The open dialog.
    pub files: Files,
    /// Whether the overlay with all keys is shown.
    pub shows_help: bool,
    /// Whether the parts of the window are named.
    pub shows_parts: bool,
    /// Where the parts of the window are in this frame.
    parts: Vec<(Part, Rect)>,
    closing: Closing,
    dock: Dock,
    layout: Named,
    /// For what the panels stand as they do.
    subject: Subject,
    /// What can be taken back.
    pub(super) undoing: Undoing,
    /// The tour that is taken.
    pub tours: Tours,
    preferences: Preferences,
    keeper: Option<Keeper>,
    /// Seconds that have passed since the preferences were last looked at.
    unlooked: f64,
}

impl App {
    /// An empty window with the usual preferences, which are not kept; `wake` asks for another frame.
    pub fn new(context: &Context, wake: Wake) -> Self {
        Self::with_preferences(context, wake, None)
    }

    /// An empty window whose preferences are read from `path` and kept there.
    pub fn with_preferences(context: &Context, wake: Wake, path: Option<PathBuf>) -> Self {
        theme::install(context);
        let (preferences, note) = path.as_deref().map(Preferences::read).unwrap_or_default();
        if path.is_some() {
            context.set_theme(if preferences.light { egui::Theme::Light } else { egui::Theme::Dark });
            context.set_zoom_factor(preferences.zoom);
        }
        let mut session = Session::new(wake);
        session.ordering.take_choices(preferences.orders.clone());
        session.notices.extend(note.map(|text| Notice { text, is_error: false }));
        let tour_places = preferences.tours.clone();
        let arrangement = preferences.arrangement.clone().unwrap_or_else(|| preferences.layout.arrangement());
        let mut dock = Dock::new(&arrangement);
        dock.choose(&preferences.panels);
        Self {
            session,
            palette: palette::Palette::default(),
            files: Files::default(),
            shows_help: false,
            shows_parts: false,
            parts: Vec::new(),
            closing: Closing::No,
            dock,
            layout: preferences.layout,
            subject: Subject::ALL
                .into_iter()
                .find(|&subject| arrangement.has_places_of(&preferences.layout.arrangement_for(subject)))
                .unwrap_or_default(),
            undoing: Undoing::default(),
            tours: Tours::left_at(tour_places),
            keeper: path.map(|path| Keeper::new(path, preferences.clone())),
            preferences,
            unlooked: 0.0,
        }
    }

    /// What is remembered from one window to the next.
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// Where the panels stand.
    pub fn dock(&mut self) -> &mut Dock {
        &mut self.dock
    }

    /// Where a part of the window is in this frame; `None` where it is not to be seen.
    pub fn part_rect(&self, part: Part) -> Option<Rect> {
        self.parts.iter().find(|(known, _)| *known == part).map(|(_, rect)| *rect)
    }

    /// Where the panels stand, to be read.
    pub(super) fn dock_ref(&self) -> &Dock {
        &self.dock
    }

    /// Puts the panels where they stood before, under the name of the layout that was chosen then.
    pub(super) fn put_panels(&mut self, layout: Named, arrangement: Option<&Arrangement>) {
        self.layout = layout;
        self.dock.arrange(arrangement.unwrap_or(&Arrangement::Row(Vec::new())));
    }

    /// The named layout that was chosen last.
    pub fn layout(&self) -> Named {
        self.layout
    }

    /// Puts the panels where a named layout has them.
    pub fn set_layout(&mut self, layout: Named) {
        self.layout = layout;
        self.dock.arrange(&layout.arrangement_for(self.subject));
    }

    /// Panels that stand as the layout has them make room for what there is to look at; whatever the user has
    /// arranged stays.
    pub(super) fn make_room(&mut self) {
        let Some(scene) = self.session.scene() else { return };
        let subject = scene.subject();
        if subject == self.subject {
            return;
        }
        let before = std::mem::replace(&mut self.subject, subject);
        let Some(arrangement) = self.dock.arrangement() else { return };
        for standing in [Named::arrangement_for, Named::arrangement_in_training] {
            if arrangement.has_places_of(&standing(self.layout, before)) {
                self.undoing.forget_places();
                return self.dock.arrange(&standing(self.layout, subject));
            }
        }
    }

    /// Whether something in front of the window waits for an answer.
    pub fn is_asking(&self) -> bool {
        let is_read = self.shows_help || self.shows_parts;
        self.palette.is_open() || self.files.is_open() || is_read || self.closing == Closing::Asking
    }

    /// Whether the window must stay open for a question: a run that is not being saved would be lost.
    pub fn ask_before_closing(&mut self) -> bool {
        if self.closing != Closing::Meant && self.session.training.is_unsaved() {
            self.closing = Closing::Asking;
        }
        self.closing == Closing::Asking
    }

    /// Opens a checkpoint, a run folder or a tape, and remembers it once that has gone well.
    pub fn open(&mut self, path: PathBuf) {
        self.session.open(path);
    }

    /// Shows the network what is called like a picture, and opens everything else.
    fn take_files(&mut self, files: Vec<PathBuf>) {
        let (pictures, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|path| asking::is_example(path));
        if !pictures.is_empty() {
            self.session.ask_pictures(&pictures);
        }
        let (texts, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|path| asking::is_text(path));
        if !texts.is_empty() {
            self.session.read_text_files(texts);
        }
        let (guides, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|path| tours::is_tour(path));
        if let Some(path) = guides.first() {
            self.open_tour(path);
        }
        let (runs, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|path| path.is_dir());
        // One run is looked at; several are compared.
        if runs.len() > 1 {
            self.session.compare(runs.clone());
        }
        for path in others.into_iter().chain(runs.into_iter().take(1)) {
            self.open(path);
        }
    }

    /// Asks for pictures to be shown to the network, as many as an episode has.
    pub fn ask_for_pictures(&mut self) {
        let asked = || self.session.question().map(|asked| asked.question.study.len());
        let drawn = || self.session.scene().and_then(|scene| Some(scene.lesson()?.steps()));
        let count = asked().or_else(drawn).unwrap_or(0);
        self.files.ask_for_pictures(count);
    }

    /// Opens a panel as a tab over another one, or brings it to the front.
    pub fn show_panel(&mut self, name: &'static str, over: &'static str) {
        self.dock.show(name, over);
    }

    /// Saves the run in training; without one, asks where a copy of the network being viewed shall go.
    pub fn save(&mut self) {
        if self.session.training.is_unsaved() {
            self.session.warn("This run has no folder to be saved in: the notice at its start says why.");
        } else if self.session.training.is_active() {
            self.session.training.tell(Command::Save);
        } else {
            self.session.exports.kind = ExportKind::Network;
            self.session.exports.is_open = true;
        }
    }

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
    fn look_after_preferences(&mut self, context: &Context) {
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
        self.preferences.zoom = context.zoom_factor();
        self.preferences.layout = self.layout;
        self.preferences.arrangement = self.dock.arrangement();
        self.preferences.panels = self.dock.choices();
        self.preferences.tours = self.tours.places();
        self.preferences.orders.clone_from(self.session.ordering.choices());
        if let Some((size, scale)) = window_size::chosen(context) {
            (self.preferences.size, self.preferences.scale) = (size, Some(scale));
        }
    }

    /// "patterns · bundled network · training seed 0 – hebbscope".
    pub fn title(&self) -> String {
        match self.session.scene() {
            Some(scene) => {
                // The origin of a run in training says it already.
                let config = scene.config.as_ref().filter(|_| scene.origin != self.session.training.title());
                let seed = config.map(|config| format!(" · training seed {}", config.seed)).unwrap_or_default();
                format!("{} · {}{seed} – hebbscope", scene.task.name(), scene.origin)
            }
            None => "hebbscope".to_owned(),
        }
    }

    /// Takes in what other threads have sent and lets `seconds` of playback pass, those since the frame before.
    pub fn advance(&mut self, context: &Context, seconds: f64) {
        // Before anything new comes into view, which has not been seen yet for any time at all.
        self.session.clock.tick(seconds);
        self.unlooked += seconds;
        self.session.update();
        if let Some(path) = self.session.take_opened() {
            self.preferences.remember(&path);
        }
        self.make_room();
        self.go_on_with_tour(context);
        if self.session.clock.is_playing() {
            context.request_repaint_after(self.session.clock.time_to_next());
        } else if self.session.training.is_active() || self.session.pictures_wait_for_thread() {
            // "saved 4 s ago" grows older, and what could not be read is tried again.
            context.request_repaint_after(std::time::Duration::from_secs(1));
        }
    }

    /// Draws the window.
    pub fn ui(&mut self, ui: &mut Ui) {
        let context = ui.ctx().clone();
        commands::keys(self, &context);
        self.take_files(dropped_paths(&context));
        self.session.begin_frame();
        let palette = Palette::of(&context);
        let frame = |x: i8, y: i8| Frame::new().fill(palette.background).inner_margin(Margin::symmetric(x, y));
        let top = egui::Panel::top("top bar").exact_size(34.0).frame(frame(12, 4));
        let top = top.show(ui, |ui| self.top_bar(ui)).response.rect;
        if self.tours.position().is_some() {
            let fill = Frame::new().fill(palette.surface).inner_margin(Margin::symmetric(12, 8));
            egui::Panel::top("tour").frame(fill).show(ui, |ui| strip::strip_ui(ui, &mut self.tours));
        }
        // The last line is drawn last, when every panel has said what is under the pointer.
        let status = egui::Panel::bottom("status line").exact_size(24.0).frame(frame(12, 2));
        let status = status.show(ui, |ui| ui.max_rect());
        let bottom = egui::Panel::bottom("timeline").exact_size(timeline::height(&self.session)).frame(frame(12, 6));
        let bottom = bottom.show(ui, |ui| timeline::timeline_ui(ui, &mut self.session)).response.rect;
        let left = egui::Panel::left("controls").exact_size(226.0).frame(frame(12, 12));
        let left = left.show(ui, |ui| controls::controls_ui(ui, &mut self.session));
        let (left, middle) = (left.response.rect, left.inner);
        let middle = middle.clamp(left.top(), left.bottom());
        self.parts = vec![
            (Part::Menus, top),
            (Part::Network, left.with_max_y(middle)),
            (Part::Training, left.with_min_y(middle)),
            (Part::Timeline, bottom),
            (Part::Status, status.response.rect),
        ];
        if inspector::has_place(context.content_rect().width(), &self.session) {
            let right = egui::Panel::right("inspector").exact_size(inspector::WIDTH).frame(frame(12, 12));
            right.show(ui, |ui| inspector::inspector_ui(ui, &mut self.session));
            let middle = ui.available_rect_before_wrap();
            let right = middle.with_min_x(middle.right()).with_max_x(context.content_rect().right());
            self.parts.push((Part::Inspector, right));
        }
        if std::mem::take(&mut self.session.wants_pictures) {
            self.ask_for_pictures();
        }
        if let Some((name, over)) = self.session.wanted_panel.take() {
            self.show_panel(name, over);
        }
        self.parts.push((Part::Panels, ui.available_rect_before_wrap()));
        CentralPanel::default().frame(frame(6, 6)).show(ui, |ui| self.dock.ui(ui, &mut self.session));
        self.veil(&context);
        ui.scope_builder(UiBuilder::new().max_rect(status.inner), |ui| status::status_ui(ui, &mut self.session));
        self.overlays(&context);
        self.look_for_changes(context.input(|input| input.pointer.any_down()));
        self.look_after_preferences(&context);
    }

    /// Draws one panel alone, by its place in the registry.
    pub fn panel_ui(&mut self, ui: &mut Ui, index: usize) {
        self.dock.panel_ui(ui, index, &mut self.session);
    }

    fn overlays(&mut self, context: &Context) {
        palette::palette_ui(self, context);
        if self.shows_help {
            self.shows_help = help::help_ui(context);
        }
        if self.shows_parts {
            self.shows_parts = guide::guide_ui(context, &self.parts);
        }
        if self.closing == Closing::Asking {
            self.closing_ui(context);
        }
        let chosen = self.files.ui(context, &self.preferences.recent);
        match self.files.wanted() {
            _ if chosen.is_empty() => {}
            Wanted::Network => self.take_files(chosen),
            Wanted::Pictures => self.session.ask_pictures(&chosen),
            Wanted::Runs => self.session.compare(chosen),
            Wanted::Tour => chosen.iter().for_each(|path| self.open_tour(path)),
        }
    }

    fn closing_ui(&mut self, context: &Context) {
        let modal = egui::Modal::new(egui::Id::unique("closing")).frame(theme::modal_frame(context));
        modal.show(context, |ui| {
            let iterations = grouped(self.session.training.iteration());
            ui.label(format!("This run is not being saved. Closing now loses {iterations} iterations of training."));
            ui.add_space(8.0);
            ui.horizontal(|ui| {
                if ui.button("Keep the window open").clicked() {
                    self.closing = Closing::No;
                }
                if ui.button("Close and lose the run").clicked() {
                    self.closing = Closing::Meant;
                    context.send_viewport_cmd(egui::ViewportCommand::Close);
                }
            });
        });
    }

    fn top_bar(&mut self, ui: &mut Ui) {
        let palette = Palette::of(ui.ctx());
        MenuBar::new().ui(ui, |ui| {
            ui.label(theme::strong("hebbscope"));
            ui.menu_button("File", |ui| {
                let files = [Action::AskToOpen, Action::AskForPictures, Action::AskForRuns, Action::StopComparing];
                self.menu(ui, &files);
                self.menu(ui, &[Action::Save]);
                ui.separator();
                self.menu(ui, &Bundled::ALL.map(Action::OpenBundled));
            });
            ui.menu_button("Edit", |ui| {
                self.menu(ui, &[Action::Undo, Action::Redo]);
                ui.separator();
                self.menu(ui, &[Action::RetractAll, Action::Reapply]);
            });
            ui.menu_button("View", |ui| {
                for (title, is_open) in self.dock.panels() {
                    let mut open = is_open;
                    if ui.checkbox(&mut open, title).clicked() {
                        // A column of its own would take room from everything else.
                        match is_open {
                            true => self.dock.toggle(title),
                            false => self.dock.show(title, "Trace"),
                        }
                    }
                }
                ui.separator();
                self.menu(ui, &[Action::ResetLayout, Action::ToggleTheme, Action::ToggleFullScreen]);
            });
            ui.menu_button("Run", |ui| {
                self.menu(ui, &[Action::ToggleTraining, Action::TrainOneStep, Action::StopTraining]);
                ui.separator();
                self.menu(ui, &[Action::NewEpisode, Action::ReplayEpisode, Action::FollowTraining]);
            });
            ui.menu_button("Tours", |ui| self.tours_menu(ui));
            ui.menu_button("Help", |ui| {
                self.menu(ui, &[Action::ToggleParts, Action::ToggleShortcuts, Action::TogglePalette]);
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for layout in Named::ALL.into_iter().rev() {
                    if ui.selectable_label(self.layout == layout, layout.title()).clicked() {
                        self.set_layout(layout);
                    }
                }
                if self.session.exports.is_open {
                    // A picture shows the panels as they stand here.
                    self.session.exports.look = self.dock.look(self.layout);
                }
                export::export_ui(ui, &mut self.session);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    if let Some(scene) = self.session.scene() {
                        let title = format!("{} · {}", scene.task.name(), scene.origin);
                        ui.add(egui::Label::new(RichText::new(title).color(palette.quiet)).truncate());
                    }
                });
            });
        });
    }

    /// Menu entries for commands of the table.
    fn menu(&mut self, ui: &mut Ui, actions: &[Action]) {
        let context = ui.ctx().clone();
        for action in actions {
            let Some(command) = commands::Command::of(action) else { continue };
            let shortcut =
                command.keys.first().map(|shortcut| commands::shortcut_text(&context, shortcut)).unwrap_or_default();
            let button = egui::Button::new(command.title).shortcut_text(shortcut);
            let obstacle = command.obstacle(self);
            let response = ui.add_enabled(obstacle.is_none(), button);
            if response.on_disabled_hover_text(obstacle.unwrap_or_default()).clicked() {
                self.perform(action, &context);
                ui.close();
            }
        }
    }
}

/// Files and folders that were dropped on the window.
fn dropped_paths(context: &Context) -> Vec<PathBuf> {
    context.input(|input| input.raw.dropped_files.iter().map(|file| file.path()).map(Path::to_owned).collect())
}
