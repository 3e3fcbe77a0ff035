//! Everything the window can be told, in one table: keys, menus, palette and help all read it.
//!
//! | file | subject |
//! |---|---|
//! | here | what each command is called, its keys, and what they do |
//! | `action` | what the window does when it is told to |
//! | `obstacles` | why it cannot be done now |
//! | [`presets`] | several of them at once, for a class |
//! | [`palette`], [`help`] | all commands to choose from, all keys to read |

mod action;
pub mod help;
mod obstacles;
pub mod palette;
pub mod presets;

use super::app::App;
use super::panels::explain;
use crate::train::Bundled;
use crate::view::action::Action;
use crate::view::layout::Named;
use crate::view::matrices::MatrixKind;
use crate::view::order::OrderKind;
use egui::{Context, Event, Key, KeyboardShortcut, Modifiers};
use std::borrow::Cow;

/// One thing the window can be told.
pub struct Command {
    /// What it does, as the palette and the help say it.
    pub title: &'static str,
    /// Its keys, the first one shown.
    pub keys: &'static [KeyboardShortcut],
    /// When its keys work.
    pub reach: Reach,
    /// What it does.
    pub action: Action,
}

/// To what keys yield.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To whatever has the focus.
    Unfocused,
    /// To text that is being typed.
    Untyped,
    /// To nothing.
    Always,
}

impl Command {
    /// Why it cannot be done now, in a few words; `None` where it can.
    pub fn obstacle(&self, app: &App) -> Option<&'static str> {
        self.action.obstacle(app)
    }

    /// Whether it can be done now.
    pub fn is_possible(&self, app: &App) -> bool {
        self.obstacle(app).is_none()
    }

    /// The one that does this; `None` where none has it.
    pub fn of(action: &Action) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.action == *action)
    }
}

const fn key(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL: Modifiers = Modifiers::COMMAND;
const ALT: Modifiers = Modifiers::ALT;

/// A command whose keys yield to what has the focus.
const fn usual(title: &'static str, keys: &'static [KeyboardShortcut], action: Action) -> Command {
    Command { title, keys, reach: Reach::Unfocused, action }
}

/// A command whose keys work always.
const fn always(title: &'static str, keys: &'static [KeyboardShortcut], action: Action) -> Command {
    Command { title, keys, reach: Reach::Always, action }
}

/// A command whose keys yield to text alone, which has such keys of its own.
const fn untyped(title: &'static str, keys: &'static [KeyboardShortcut], action: Action) -> Command {
    Command { title, keys, reach: Reach::Untyped, action }
}

const fn drive(name: &'static str) -> Action {
    Action::Drive(Cow::Borrowed(name))
}

/// Brings a panel to the front.
pub const fn show(panel: &'static str) -> Action {
    Action::Show(Cow::Borrowed(panel))
}

const BY_TRACE: OrderKind = OrderKind::Cluster(MatrixKind::Trace);

const BY_ALPHA: OrderKind = OrderKind::Cluster(MatrixKind::Alpha);

/// Every command. Where keys overlap, the more particular combination stands first.
pub const COMMANDS: &[Command] = &[
    usual("Next event", &[key(CTRL, Key::ArrowRight)], Action::NextEvent),
    usual("Previous event", &[key(CTRL, Key::ArrowLeft)], Action::PreviousEvent),
    usual("Forward 10 steps", &[key(SHIFT, Key::ArrowRight)], Action::Step(10)),
    usual("Back 10 steps", &[key(SHIFT, Key::ArrowLeft)], Action::Step(-10)),
    // A key that drives the agent instead of moving through time.
    usual("Drive the agent up", &[key(NONE, Key::ArrowUp)], drive("up")),
    usual("Drive the agent right", &[key(NONE, Key::ArrowRight)], drive("right")),
    usual("Drive the agent left", &[key(NONE, Key::ArrowLeft)], drive("left")),
    usual("Drive the agent down", &[key(NONE, Key::ArrowDown)], drive("down")),
    usual("Stop driving the agent", &[key(NONE, Key::Escape)], Action::SetDriving(false)),
    usual("Drive the agent with the arrow keys", &[key(NONE, Key::D)], Action::SetDriving(true)),
    usual("Intervene in the episode", &[], show("Intervene")),
    usual("Lesions: which connections matter most", &[], Action::ShowLesions),
    // What a presenter's remote sends.
    usual("Next step of the tour", &[key(NONE, Key::PageDown)], Action::NextTourStep),
    usual("Previous step of the tour", &[key(NONE, Key::PageUp)], Action::PreviousTourStep),
    untyped("Redo", &[key(CTRL.plus(SHIFT), Key::Z), key(CTRL, Key::Y)], Action::Redo),
    untyped("Undo", &[key(CTRL, Key::Z)], Action::Undo),
    usual("Undo all interventions", &[], Action::RetractAll),
    usual("Reapply interventions", &[], Action::Reapply),
    usual("Forward 1 step", &[key(NONE, Key::ArrowRight)], Action::Step(1)),
    usual("Back 1 step", &[key(NONE, Key::ArrowLeft)], Action::Step(-1)),
    usual("Play / pause", &[key(NONE, Key::Space)], Action::TogglePlay),
    usual("Go to the first step", &[key(NONE, Key::Home)], Action::Seek(0)),
    usual("Go to the last step", &[key(NONE, Key::End)], Action::SeekLast),
    usual("Slower", &[key(NONE, Key::OpenBracket)], Action::ScaleSpeed(0.5)),
    usual("Faster", &[key(NONE, Key::CloseBracket)], Action::ScaleSpeed(2.0)),
    usual("Loop this event / the whole episode", &[key(SHIFT, Key::L)], Action::ToggleEventLoop),
    usual("Loop", &[key(NONE, Key::L)], Action::ToggleLoop),
    usual("Younger network", &[key(NONE, Key::Comma)], Action::StepAge(-1)),
    usual("Older network", &[key(NONE, Key::Period)], Action::StepAge(1)),
    usual("Let the network grow", &[key(NONE, Key::G)], Action::ToggleGrowing),
    usual("Keep this network beside, as B", &[key(NONE, Key::B)], Action::KeepBeside),
    usual("Put the network beside away", &[key(SHIFT, Key::B)], Action::DropBeside),
    usual("New episode", &[key(SHIFT, Key::R)], Action::NewEpisode),
    usual("Replay episode", &[key(NONE, Key::R)], Action::ReplayEpisode),
    usual("Pin what is under the pointer", &[key(NONE, Key::P)], Action::PinPointed),
    usual("Pin the synapse with the strongest trace", &[], Action::PinStrongest),
    usual("Clear the pin", &[key(NONE, Key::Escape)], Action::Unpin),
    usual("Order neurons as stored", &[], Action::Order(OrderKind::Stored)),
    usual("Order neurons by pattern", &[], Action::Order(OrderKind::Example)),
    usual("Order neurons by cluster of H", &[], Action::Order(BY_TRACE)),
    usual("Order neurons by cluster of α", &[], Action::Order(BY_ALPHA)),
    usual("Order neurons by activity", &[], Action::Order(OrderKind::Activity)),
    always("Start / pause / resume training", &[key(CTRL, Key::Enter)], Action::ToggleTraining),
    usual("Train one step", &[], Action::TrainOneStep),
    usual("Stop training", &[], Action::StopTraining),
    usual("Follow training", &[], Action::FollowTraining),
    always("Open …", &[key(CTRL, Key::O)], Action::AskToOpen),
    usual("Compare runs …", &[], Action::AskForRuns),
    usual("Stop comparing runs", &[], Action::StopComparing),
    usual("Pictures of your own …", &[], Action::AskForPictures),
    usual("Erase part of the probe", &[], show("Probe")),
    usual("Memories in the synapses", &[], show("Memories")),
    usual("Draw your own", &[], show("Draw")),
    always("Save", &[key(CTRL, Key::S)], Action::Save),
    usual("Share …", &[], Action::Share),
    always("Export …", &[key(CTRL, Key::E)], Action::ToggleExport),
    usual("Open the bundled network: patterns", &[], Action::OpenBundled(Bundled::Patterns)),
    usual("Open the bundled network: natural images", &[], Action::OpenBundled(Bundled::Images)),
    usual("Open the bundled network: an agent in the maze", &[], Action::OpenBundled(Bundled::Agent)),
    usual(
        "Open the bundled network: an agent that modulates its traces",
        &[],
        Action::OpenBundled(Bundled::ModulatedAgent),
    ),
    usual("Open the bundled network: letters", &[], Action::OpenBundled(Bundled::Letters)),
    usual("Open the bundled network: characters at one look", &[], Action::OpenBundled(Bundled::Omniglot)),
    usual("Open the bundled network: cues and rewards", &[], Action::OpenBundled(Bundled::CueReward)),
    usual("Open the bundled network: words of a novel", &[], Action::OpenBundled(Bundled::Language)),
    usual("Neurons and connections", &[], show("Circuit")),
    always("Layout: Watch", &[key(ALT, Key::Num1)], Action::Layout(Named::Watch)),
    always("Layout: Inspect", &[key(ALT, Key::Num2)], Action::Layout(Named::Inspect)),
    always("Layout: Train", &[key(ALT, Key::Num3)], Action::Layout(Named::Train)),
    usual("Reset layout", &[], Action::ResetLayout),
    usual("Toggle theme: light or dark", &[], Action::ToggleTheme),
    always("All commands", &[key(CTRL, Key::P)], Action::TogglePalette),
    usual(
        "Keyboard shortcuts",
        &[key(SHIFT, Key::Questionmark), key(NONE, Key::Questionmark)],
        Action::ToggleShortcuts,
    ),
    always("What is this?", &[key(NONE, Key::F1)], Action::ToggleParts),
    always("Presentation", &[key(NONE, Key::F11)], Action::TogglePresentation),
    usual("End the presentation", &[key(NONE, Key::Escape)], Action::EndPresentation),
    always("Full screen", &[key(SHIFT, Key::F11)], Action::ToggleFullScreen),
];

/// "Ctrl+→": a combination of keys as it stands on them.
pub fn shortcut_text(context: &Context, shortcut: &KeyboardShortcut) -> String {
    let symbol = match shortcut.logical_key {
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::ArrowUp => "↑",
        Key::ArrowDown => "↓",
        key => key.symbol_or_name(),
    };
    // A question mark is typed with Shift on some keyboards and without on others.
    if shortcut.logical_key == Key::Questionmark {
        return symbol.to_owned();
    }
    let name = shortcut.logical_key.name();
    let whole = context.format_shortcut(shortcut);
    whole.strip_suffix(name).map_or_else(|| whole.clone(), |modifiers| format!("{modifiers}{symbol}"))
}

/// Runs the commands whose keys have been pressed, in the order in which they were: a slow frame may have seen several.
/// Keys yield to text and to the focused widget.
pub fn keys(app: &mut App, context: &Context) {
    let focused = context.memory(egui::Memory::focused);
    let busy = context.text_edit_focused() || focused.is_some_and(|id| !super::timeline::leaves_keys(id));
    let pressed: Vec<(Key, Modifiers)> = context.input(|input| {
        let keys = input.events.iter().filter_map(|event| match event {
            Event::Key { key, pressed: true, modifiers, .. } => Some((*key, *modifiers)),
            _ => None,
        });
        keys.collect()
    });
    for (key, modifiers) in pressed {
        // What an explanation says can be tried while it is open; Esc closes it and nothing else.
        let explains = explain::is_open(context) && key != Key::Escape;
        let is_covered = app.is_asking() || (egui::Popup::is_any_open(context) && !explains);
        let works = |reach: Reach| match reach {
            Reach::Always => true,
            Reach::Untyped => !is_covered && !context.text_edit_focused(),
            Reach::Unfocused => !is_covered && !busy,
        };
        // Where a combination stands in the table as it was pressed, it is no other one with a key too many.
        let is_exact =
            |shortcut: &KeyboardShortcut| shortcut.logical_key == key && modifiers.matches_exact(shortcut.modifiers);
        let stands_there = COMMANDS.iter().flat_map(|command| command.keys).any(is_exact);
        let is_meant = |shortcut: &KeyboardShortcut| match stands_there {
            true => is_exact(shortcut),
            false => shortcut.logical_key == key && modifiers.matches_logically(shortcut.modifiers),
        };
        // A key whose command cannot be done now is left to whoever else listens.
        let command = COMMANDS
            .iter()
            .find(|command| works(command.reach) && command.keys.iter().any(is_meant) && command.is_possible(app));
        let Some(command) = command else { continue };
        context.input_mut(|input| {
            let place = input.events.iter().position(|event| {
                matches!(event, Event::Key { key: other, pressed: true, modifiers: held, .. }
                    if (*other, *held) == (key, modifiers))
            });
            place.map(|place| input.events.remove(place))
        });
        app.perform(&command.action, context);
        // Arrows would also move the focus on to the next button.
        context.memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
    }
}
