//! What is done when the window is told something.

use crate::ui::app::App;
use crate::ui::panels::matrix::lesion::popup_id;
use crate::ui::panels::matrix::{self, Range};
use crate::view::action::{Action, TraceReach};
use crate::view::matrices::{MatrixKind, Window};
use egui::{Context, Popup, Theme, ViewportCommand};

/// The panel in which it is seen what α is worth.
const LESIONED: &str = "Plasticity";

impl App {
    /// Does it. What cannot be done now, see [`Action::obstacle`], changes nothing.
    pub fn perform(&mut self, action: &Action, context: &Context) {
        if action.obstacle(self).is_some() {
            return;
        }
        if self.session.perform(action) {
            if *action == Action::SetDriving(true) {
                self.bring_to_front("Intervene");
            }
            return;
        }
        match action {
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::AskToOpen => self.files.ask_to_open(context),
            Action::AskForRuns => self.files.ask_for_runs(),
            Action::AskForPictures => self.ask_for_pictures(),
            Action::Show(panel) => self.bring_to_front(panel),
            Action::ShowOver(panel, over) => self.show_panel(panel, over),
            Action::Save => self.save(),
            Action::Layout(layout) => self.set_layout(*layout),
            Action::Reach(reach) => self.reach_trace(*reach),
            Action::ResetLayout => self.set_layout(self.layout()),
            Action::ToggleTheme => context.set_theme(match context.theme() {
                Theme::Dark => Theme::Light,
                Theme::Light => Theme::Dark,
            }),
            Action::NextTourStep => self.tours.next(),
            Action::PreviousTourStep => self.tours.back(),
            Action::ShowLesions => {
                self.bring_to_front(LESIONED);
                Popup::open_id(context, popup_id(LESIONED));
            }
            Action::TogglePalette => self.palette.toggle(),
            Action::ToggleShortcuts => self.shows_help = !self.shows_help,
            Action::ToggleParts => self.shows_parts = !self.shows_parts,
            Action::TogglePresentation => self.present(!self.is_presenting(), context),
            Action::EndPresentation => self.present(false, context),
            Action::ToggleFullScreen => {
                let full = context.input(|input| input.viewport().fullscreen.unwrap_or(false));
                context.send_viewport_cmd(ViewportCommand::Fullscreen(!full));
            }
            // Everything else is done to the session.
            _ => {}
        }
    }

    /// Chooses what the colours of H reach in its panel.
    fn reach_trace(&mut self, reach: TraceReach) {
        let range = match reach {
            TraceReach::Usual => Some(Range::default()),
            TraceReach::Step => self.session.trace().and_then(|trace| {
                let everything = Window::whole(trace.rows(), trace.columns());
                Range::visible(&trace, None, &everything)
            }),
        };
        if let Some(range) = range {
            self.dock().choose(&matrix::chosen_range(MatrixKind::Trace, range));
        }
    }

    /// Opens a panel as a tab over the one that makes way for it, or brings it to the front.
    pub(in crate::ui) fn bring_to_front(&mut self, panel: &str) {
        let Some(name) = self.dock().name_of(panel) else { return };
        self.dock().show_own(name);
        let over = match name {
            "Intervene" if self.session.has_agent() => "Agent",
            "Intervene" => "Rank",
            "Probe" => "Recall",
            "Draw" => "One look",
            _ => "Trace",
        };
        let over = if self.is_presenting() { self.presented_over(over) } else { over };
        self.show_panel(name, over);
    }
}
