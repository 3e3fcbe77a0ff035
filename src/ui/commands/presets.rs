//! What a class asks for again and again, at once: several commands, one after the other, each as soon as it can be done.

use crate::train::Bundled;
use crate::ui::app::App;
use crate::ui::tours::Tour;
use crate::view::action::{Action, Deed};
use crate::view::layout::Named;
use egui::Context;
use std::borrow::Cow;

/// Several commands under one title.
pub struct Preset {
    /// The words in the menu.
    pub title: &'static str,
    /// What there will be to see, above the panels.
    pub note: &'static str,
    /// The commands.
    pub actions: &'static [Action],
}

/// Before this step, counted from 0, a reward that has been found many times is hidden elsewhere.
const MOVED_AT: usize = 100;

/// The first step, counted from 0, at which letters are to be recalled.
const ASKED_AT: usize = 78;

/// All of them.
pub const PRESETS: &[Preset] = &[
    Preset {
        title: "Letters to recall",
        note: "Two letters are studied, then one of them is recalled from its upper rows. Draw others on the cards of Circuit.",
        actions: &[Action::OpenBundled(Bundled::Letters), Action::Layout(Named::Watch), Action::Play],
    },
    Preset {
        title: "Five letters",
        note: "The network was trained with two patterns at a time; here it studies five letters, and recalls one from its \
               upper three rows. Of letters that look more alike it mixes some up: draw others on the cards of Circuit.",
        actions: &[Action::OpenLetters(Cow::Borrowed("ATLKG")), Action::Layout(Named::Watch), Action::Play],
    },
    Preset {
        title: "Erase the memory",
        note: "Just before the letter is asked for, the trace H of all connections was set to zero: nothing of it is recalled. \
               Ctrl+Z takes that back.",
        actions: &[
            Action::OpenBundled(Bundled::Letters),
            Action::Layout(Named::Watch),
            Action::Seek(ASKED_AT),
            Action::Intervene(Deed::Erase),
            Action::SeekLast,
        ],
    },
    Preset {
        title: "Three photos of mine …",
        note: "The network stores three pictures of yours and fills in the half of one of them.",
        actions: &[Action::OpenBundled(Bundled::Images), Action::Layout(Named::Watch), Action::AskForPictures],
    },
    Preset {
        title: "Move the reward",
        note: "The agent had found the reward many times. Before step 101 it is hidden at the upper left: the filled star, \
               the hollow one is where it was. Press Space: does it look there?",
        actions: &[
            Action::OpenBundled(Bundled::ModulatedAgent),
            Action::Layout(Named::Watch),
            Action::ShowSeed(6),
            Action::Seek(MOVED_AT),
            Action::Intervene(Deed::MoveReward([1, 1])),
            Action::Pause,
        ],
    },
];

impl App {
    /// Begins with a preset; it is done bit by bit, as soon as nothing else is on its way.
    pub fn begin_preset(&mut self, preset: &Preset) {
        self.tours.leave();
        // Whoever has found these needs no invitation.
        self.invites = false;
        preset.note.clone_into(&mut self.session.exports.notes);
        self.shows_notes = true;
        self.waiting = preset.actions.iter().cloned().collect();
    }

    /// Takes a tour from where it was left; what a preset has said is about something else.
    pub fn take_tour(&mut self, tour: Tour) {
        if PRESETS.iter().any(|preset| preset.note == self.session.exports.notes) {
            self.session.exports.notes.clear();
            self.shows_notes = false;
        }
        self.invites = false;
        self.tours.take(tour);
    }

    /// Does what waits to be done, as far as nothing else is on its way.
    pub(in crate::ui) fn go_on_with_waiting(&mut self, context: &Context) {
        while !self.is_preparing()
            && let Some(action) = self.waiting.pop_front()
        {
            self.set_up(&action, context);
        }
    }

    /// Does what belongs to a preset or a tour.
    pub(in crate::ui) fn set_up(&mut self, action: &Action, context: &Context) {
        // Done once more, it would spoil what is set up here.
        self.session.forget_left_interventions();
        self.perform(action, context);
    }

    /// Whether a preset is not done to its end yet.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether something is on its way that what is done next shall find in view.
    pub(in crate::ui) fn is_preparing(&self) -> bool {
        let session = &self.session;
        session.is_busy() || session.is_branching() || session.is_asking()
    }
}
