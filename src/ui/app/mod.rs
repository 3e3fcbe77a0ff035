//! The whole window. Drawn the same on a screen, in a file and in tests.
//!
//! | file | subject |
//! |---|---|
//! | here | what it is made of, how files come in, how time passes |
//! | `regions` | its regions, and what stands in front of them |
//! | `remembering` | what it remembers |

mod regions;
mod remembering;

use crate::train::Command;
use crate::ui::commands::palette;
use crate::ui::dock::Dock;
use crate::ui::files::Files;
use crate::ui::guide::Part;
use crate::ui::presentation::Before;
use crate::ui::theme;
use crate::ui::tours::{self, Tour, Tours};
use crate::ui::undoing::Undoing;
use crate::view::action::Action;
use crate::view::asking;
use crate::view::background::Wake;
use crate::view::cartridge::Cartridge;
use crate::view::export::exports::ExportKind;
use crate::view::keeper::Keeper;
use crate::view::layout::{Arrangement, Named, Subject};
use crate::view::notice::Notice;
use crate::view::preferences::Preferences;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Context, Rect, Ui};
use std::collections::VecDeque;
use std::path::PathBuf;

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
    /// Whether the note of what was shared is shown.
    pub shows_notes: bool,
    /// Whether the first tour is offered: at the first start, until it has been taken or declined.
    pub(in crate::ui) invites: bool,
    /// Where the parts of the window are in this frame.
    parts: Vec<(Part, Rect)>,
    closing: Closing,
    dock: Dock,
    layout: Named,
    /// For what the panels stand as they do.
    subject: Subject,
    /// What panels have asked for in this frame.
    pub(in crate::ui) asked: Vec<Action>,
    /// What is still to be done, one after the other.
    pub(in crate::ui) waiting: VecDeque<Action>,
    /// What there was before the presentation, while there is one.
    pub(in crate::ui) presented: Option<Before>,
    /// What can be taken back.
    pub(in crate::ui) undoing: Undoing,
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
        let is_first = path.as_deref().is_some_and(|path| !path.exists());
        let (preferences, note) = path.as_deref().map(Preferences::read).unwrap_or_default();
        if path.is_some() {
            context.set_theme(if preferences.light { egui::Theme::Light } else { egui::Theme::Dark });
            context.set_zoom_factor(preferences.zoom);
        }
        let mut session = Session::new(wake);
        session.ordering.take_choices(preferences.orders.clone());
        session.notices.extend(note.map(|text| Notice { text, is_error: false }));
        if let Some(folder) = &preferences.running {
            session.look_for_interrupted(folder.clone());
        }
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
            shows_notes: false,
            invites: is_first,
            parts: Vec::new(),
            closing: Closing::No,
            dock,
            layout: preferences.layout,
            subject: Subject::ALL
                .into_iter()
                .find(|&subject| arrangement.has_places_of(&preferences.layout.arrangement_for(subject)))
                .unwrap_or_default(),
            asked: Vec::new(),
            waiting: VecDeque::new(),
            presented: None,
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

    /// Says where the parts of the window are in this frame; those that are not among them are not to be seen.
    pub(in crate::ui) fn set_parts(&mut self, parts: Vec<(Part, Rect)>) {
        self.parts = parts;
    }

    /// Where the panels stand, to be read.
    pub(in crate::ui) fn dock_ref(&self) -> &Dock {
        &self.dock
    }

    /// Puts the panels where they stood before, under the name of the layout that was chosen then.
    pub(in crate::ui) fn put_panels(&mut self, layout: Named, arrangement: Option<&Arrangement>) {
        self.layout = layout;
        self.dock.arrange(arrangement.unwrap_or(&Arrangement::Row(Vec::new())));
    }

    /// The named layout that was chosen last.
    pub fn layout(&self) -> Named {
        self.layout
    }

    /// Puts the panels where a named layout has them.
    ///
    /// In a presentation its own panels stay, and the layout is the one that comes back when it ends.
    pub fn set_layout(&mut self, layout: Named) {
        self.layout = layout;
        let subject = self.subject;
        if let Some(before) = &mut self.presented {
            before.put_layout(layout, subject);
            return self.arrange_presentation();
        }
        self.dock.arrange(&layout.arrangement_for(self.subject));
    }

    /// Panels that stand as the layout has them make room for what there is to look at; whatever the user has
    /// arranged stays.
    pub(in crate::ui) fn make_room(&mut self) {
        let Some(scene) = self.session.scene() else { return };
        let subject = scene.subject();
        if subject == self.subject {
            return;
        }
        if self.is_presenting() {
            self.subject = subject;
            self.undoing.forget_places();
            return self.arrange_presentation();
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

    /// For what the panels stand as they do.
    pub(in crate::ui) fn subject(&self) -> Subject {
        self.subject
    }

    /// They stand for this subject: where another one is in view, they make room for it in the next frame.
    pub(in crate::ui) fn stand_for(&mut self, subject: Subject) {
        self.subject = subject;
    }

    /// Draws the panels where they stand.
    pub(in crate::ui) fn panels_ui(&mut self, ui: &mut Ui) {
        self.dock.ui(ui, &mut Viewed::new(&mut self.session, &mut self.asked));
    }

    /// Whether something in front of the window waits for an answer.
    pub fn is_asking(&self) -> bool {
        let is_read = self.shows_help || self.shows_parts || self.session.is_importing();
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

    /// Lets panels stand as in a cartridge, with its note and its tour.
    fn insert(&mut self, cartridge: &Cartridge, context: &Context) {
        // It was shared as the usual window.
        self.present(false, context);
        if let Some(scene) = self.session.scene() {
            self.subject = scene.subject();
        }
        self.layout = cartridge.layout;
        self.dock.arrange(&cartridge.arrangement);
        self.dock.choose(&cartridge.choices);
        self.undoing.forget_places();
        self.session.exports.notes.clone_from(&cartridge.notes);
        self.shows_notes = !cartridge.notes.is_empty();
        match &cartridge.tour {
            Some((text, at)) => match Tour::parse(text) {
                Ok(tour) => self.tours.take_at(tour, *at, self.session.clock.at()),
                Err(error) => self.session.warn(&format!("The tour of this cartridge is left out: {error}.")),
            },
            None => self.tours.leave(),
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
    pub fn show_panel(&mut self, name: &str, over: &str) {
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
        if let Some(cartridge) = self.session.take_cartridge() {
            self.insert(&cartridge, context);
        }
        self.make_room();
        if let Some(wait) = self.session.grow(seconds) {
            context.request_repaint_after(wait);
        }
        self.go_on_with_tour(context);
        self.go_on_with_waiting(context);
        if self.session.clock.is_playing() {
            context.request_repaint_after(self.session.clock.time_to_next());
        } else if self.session.training.is_active() || self.session.pictures_wait_for_thread() {
            // "saved 4 s ago" grows older, and what could not be read is tried again.
            context.request_repaint_after(std::time::Duration::from_secs(1));
        }
    }
}
