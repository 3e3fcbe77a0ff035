//! Everything the window can be told, in one table: keys, menus, palette and help all read it.

pub mod help;
mod obstacles;
pub mod palette;

use super::app::App;
use super::layout::Named;
use super::matrices::MatrixKind;
use super::order::OrderKind;
use super::panels::explain;
use super::training::Phase;
use crate::train::{Bundled, Command as Order};
use egui::{Context, Event, Key, KeyboardShortcut, Modifiers};

/// One thing the window can be told.
pub struct Command {
    /// What it does, as the palette and the help say it.
    pub title: &'static str,
    /// Its keys, the first one shown.
    pub keys: &'static [KeyboardShortcut],
    /// Whether its keys also work while a field or a button has the focus.
    pub always: bool,
    /// Why it cannot be done now, in a few words; `None` where it can.
    pub obstacle: fn(&App) -> Option<&'static str>,
    /// Does it.
    pub run: fn(&mut App, &Context),
}

impl Command {
    /// Whether it can be done now.
    pub fn is_possible(&self, app: &App) -> bool {
        (self.obstacle)(app).is_none()
    }
}

const fn key(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL: Modifiers = Modifiers::COMMAND;
const ALT: Modifiers = Modifiers::ALT;

/// A command that moves through the lifetime: whoever gives it takes hold of the view.
macro_rules! playback {
    ($title:literal, $keys:expr, $clock:ident => $move:expr) => {
        Command {
            title: $title,
            keys: $keys,
            always: false,
            obstacle: obstacles::no_episode,
            run: |app, _| {
                app.session.hold();
                let $clock = &mut app.session.clock;
                $move;
            },
        }
    };
}

/// A command that changes how the lifetime is played, not where the viewer is in it.
macro_rules! tempo {
    ($title:literal, $keys:expr, $clock:ident => $change:expr) => {
        Command {
            title: $title,
            keys: $keys,
            always: false,
            obstacle: obstacles::no_episode,
            run: |app, _| {
                let $clock = &mut app.session.clock;
                $change;
            },
        }
    };
}

/// A command that puts panels where a named layout says.
macro_rules! layout {
    ($title:literal, $key:expr, $named:expr) => {
        Command {
            title: $title,
            keys: &[key(ALT, $key)],
            always: true,
            obstacle: obstacles::none,
            run: |app, _| app.set_layout($named),
        }
    };
}

/// A command that puts neurons in another order, in all matrices.
macro_rules! order {
    ($title:literal, $kind:expr, $obstacle:expr) => {
        Command {
            title: $title,
            keys: &[],
            always: false,
            obstacle: $obstacle,
            run: |app, _| app.session.order_neurons($kind),
        }
    };
}

/// A key that drives the agent instead of moving through time.
macro_rules! drive {
    ($title:literal, $key:expr, $action:expr) => {
        Command {
            title: $title,
            keys: &[key(NONE, $key)],
            always: false,
            obstacle: obstacles::not_driving,
            run: |app, _| app.session.drive_by_name($action),
        }
    };
}

const BY_TRACE: OrderKind = OrderKind::Cluster(MatrixKind::Trace);

const BY_ALPHA: OrderKind = OrderKind::Cluster(MatrixKind::Alpha);

/// Every command. Where keys overlap, the more particular combination stands first.
pub const COMMANDS: &[Command] = &[
    Command {
        title: "Next event",
        keys: &[key(CTRL, Key::ArrowRight)],
        always: false,
        obstacle: obstacles::no_episode,
        run: |app, _| app.session.jump_event(true),
    },
    Command {
        title: "Previous event",
        keys: &[key(CTRL, Key::ArrowLeft)],
        always: false,
        obstacle: obstacles::no_episode,
        run: |app, _| app.session.jump_event(false),
    },
    playback!("Forward 10 steps", &[key(SHIFT, Key::ArrowRight)], clock => clock.step(10)),
    playback!("Back 10 steps", &[key(SHIFT, Key::ArrowLeft)], clock => clock.step(-10)),
    drive!("Drive the agent up", Key::ArrowUp, "up"),
    drive!("Drive the agent right", Key::ArrowRight, "right"),
    drive!("Drive the agent left", Key::ArrowLeft, "left"),
    drive!("Drive the agent down", Key::ArrowDown, "down"),
    Command {
        title: "Stop driving the agent",
        keys: &[key(NONE, Key::Escape)],
        always: false,
        obstacle: obstacles::not_driving,
        run: |app, _| app.session.set_driving(false),
    },
    Command {
        title: "Drive the agent with the arrow keys",
        keys: &[key(NONE, Key::D)],
        always: false,
        obstacle: obstacles::cannot_drive,
        run: |app, _| {
            app.session.set_driving(true);
            app.show_panel("Intervene", "Agent");
        },
    },
    Command {
        title: "Intervene in the episode",
        keys: &[],
        always: false,
        obstacle: |app| app.session.why_no_branch(),
        run: |app, _| app.show_panel("Intervene", if app.session.has_agent() { "Agent" } else { "Rank" }),
    },
    Command {
        title: "Undo all interventions",
        keys: &[],
        always: false,
        obstacle: obstacles::no_interventions,
        run: |app, _| app.session.retract_all(),
    },
    Command {
        title: "Reapply interventions",
        keys: &[],
        always: false,
        obstacle: obstacles::nothing_to_reapply,
        run: |app, _| app.session.intervene_again(),
    },
    playback!("Forward 1 step", &[key(NONE, Key::ArrowRight)], clock => clock.step(1)),
    playback!("Back 1 step", &[key(NONE, Key::ArrowLeft)], clock => clock.step(-1)),
    playback!("Play / pause", &[key(NONE, Key::Space)], clock => clock.toggle()),
    playback!("Go to the first step", &[key(NONE, Key::Home)], clock => clock.seek(0)),
    playback!("Go to the last step", &[key(NONE, Key::End)], clock => clock.seek(usize::MAX)),
    tempo!("Slower", &[key(NONE, Key::OpenBracket)], clock => clock.set_speed(clock.speed() / 2.0)),
    tempo!("Faster", &[key(NONE, Key::CloseBracket)], clock => clock.set_speed(clock.speed() * 2.0)),
    Command {
        title: "Loop this event / the whole episode",
        keys: &[key(SHIFT, Key::L)],
        always: false,
        obstacle: obstacles::no_episode,
        run: |app, _| app.session.loop_event(),
    },
    tempo!("Loop", &[key(NONE, Key::L)], clock => clock.set_looping(!clock.is_looping())),
    Command {
        title: "New episode",
        keys: &[key(SHIFT, Key::R)],
        always: false,
        obstacle: obstacles::no_settings,
        run: |app, _| app.session.new_episode(false),
    },
    Command {
        title: "Replay episode",
        keys: &[key(NONE, Key::R)],
        always: false,
        obstacle: obstacles::no_seed,
        run: |app, _| app.session.new_episode(true),
    },
    Command {
        title: "Pin what is under the pointer",
        keys: &[key(NONE, Key::P)],
        always: false,
        obstacle: obstacles::nothing_pointed_at,
        run: |app, _| app.session.pin_pointed(),
    },
    Command {
        title: "Pin the synapse with the strongest trace",
        keys: &[],
        always: false,
        obstacle: obstacles::no_episode,
        run: |app, _| app.session.pin_strongest(),
    },
    Command {
        title: "Clear the pin",
        keys: &[key(NONE, Key::Escape)],
        always: false,
        obstacle: obstacles::nothing_pinned,
        run: |app, _| app.session.unpin(),
    },
    order!("Order neurons as stored", OrderKind::Stored, obstacles::no_episode),
    order!("Order neurons by pattern", OrderKind::Example, |app| obstacles::order(app, OrderKind::Example)),
    order!("Order neurons by cluster of H", BY_TRACE, |app| obstacles::order(app, BY_TRACE)),
    order!("Order neurons by cluster of α", BY_ALPHA, |app| obstacles::order(app, BY_ALPHA)),
    order!("Order neurons by activity", OrderKind::Activity, obstacles::no_episode),
    Command {
        title: "Start / pause / resume training",
        keys: &[key(CTRL, Key::Enter)],
        always: true,
        obstacle: obstacles::starting,
        run: |app, _| match app.session.training.phase() {
            Phase::Running => app.session.training.tell(Order::Pause),
            Phase::Paused => app.session.training.tell(Order::Resume),
            Phase::Starting => {}
            Phase::Idle | Phase::Finished | Phase::Stopped | Phase::Failed(_) => app.session.start_training(),
        },
    },
    Command {
        title: "Train one step",
        keys: &[],
        always: false,
        obstacle: obstacles::not_paused,
        run: |app, _| {
            app.session.training.tell(Order::OneIteration);
            app.session.follow();
        },
    },
    Command {
        title: "Stop training",
        keys: &[],
        always: false,
        obstacle: obstacles::not_training,
        run: |app, _| app.session.training.tell(Order::Stop),
    },
    Command {
        title: "Follow training",
        keys: &[],
        always: false,
        obstacle: obstacles::nothing_to_follow,
        run: |app, _| app.session.follow(),
    },
    Command {
        title: "Open …",
        keys: &[key(CTRL, Key::O)],
        always: true,
        obstacle: obstacles::none,
        run: |app, context| app.files.ask_to_open(context),
    },
    Command {
        title: "Compare runs …",
        keys: &[],
        always: false,
        obstacle: obstacles::none,
        run: |app, _| app.files.ask_for_runs(),
    },
    Command {
        title: "Stop comparing runs",
        keys: &[],
        always: false,
        obstacle: obstacles::nothing_compared,
        run: |app, _| app.session.comparison.clear(),
    },
    Command {
        title: "Pictures of your own …",
        keys: &[],
        always: false,
        obstacle: obstacles::takes_no_pictures,
        run: |app, _| app.ask_for_pictures(),
    },
    Command {
        title: "Erase part of the probe",
        keys: &[],
        always: false,
        obstacle: obstacles::no_pictures,
        run: |app, _| app.show_panel("Probe", "Recall"),
    },
    Command {
        title: "Memories in the synapses",
        keys: &[],
        always: false,
        obstacle: obstacles::no_pictures,
        run: |app, _| app.show_panel("Memories", "Trace"),
    },
    Command {
        title: "Draw your own",
        keys: &[],
        always: false,
        obstacle: obstacles::no_lesson,
        run: |app, _| app.show_panel("Draw", "One look"),
    },
    Command {
        title: "Save",
        keys: &[key(CTRL, Key::S)],
        always: true,
        obstacle: obstacles::no_episode,
        run: |app, _| app.save(),
    },
    Command {
        title: "Export …",
        keys: &[key(CTRL, Key::E)],
        always: true,
        obstacle: obstacles::no_episode,
        run: |app, _| app.session.exports.toggle(),
    },
    Command {
        title: "Open the bundled network: patterns",
        keys: &[],
        always: false,
        obstacle: obstacles::none,
        run: |app, _| app.session.open_bundled(Bundled::Patterns),
    },
    Command {
        title: "Open the bundled network: natural images",
        keys: &[],
        always: false,
        obstacle: obstacles::none,
        run: |app, _| app.session.open_bundled(Bundled::Images),
    },
    Command {
        title: "Open the bundled network: an agent in the maze",
        keys: &[],
        always: false,
        obstacle: obstacles::none,
        run: |app, _| app.session.open_bundled(Bundled::Agent),
    },
    Command {
        title: "Open the bundled network: an agent that modulates its traces",
        keys: &[],
        always: false,
        obstacle: obstacles::none,
        run: |app, _| app.session.open_bundled(Bundled::ModulatedAgent),
    },
    Command {
        title: "Open the bundled network: letters",
        keys: &[],
        always: false,
        obstacle: obstacles::none,
        run: |app, _| app.session.open_bundled(Bundled::Letters),
    },
    Command {
        title: "Open the bundled network: characters at one look",
        keys: &[],
        always: false,
        obstacle: obstacles::none,
        run: |app, _| app.session.open_bundled(Bundled::Omniglot),
    },
    Command {
        title: "Neurons and connections",
        keys: &[],
        always: false,
        obstacle: obstacles::no_episode,
        run: |app, _| app.show_panel("Circuit", "Trace"),
    },
    layout!("Layout: Watch", Key::Num1, Named::Watch),
    layout!("Layout: Inspect", Key::Num2, Named::Inspect),
    layout!("Layout: Train", Key::Num3, Named::Train),
    Command {
        title: "Reset layout",
        keys: &[],
        always: false,
        obstacle: obstacles::none,
        run: |app, _| app.set_layout(app.layout()),
    },
    Command {
        title: "Toggle theme",
        keys: &[],
        always: false,
        obstacle: obstacles::none,
        run: |_, context| {
            let next = match context.theme() {
                egui::Theme::Dark => egui::Theme::Light,
                egui::Theme::Light => egui::Theme::Dark,
            };
            context.set_theme(next);
        },
    },
    Command {
        title: "All commands",
        keys: &[key(CTRL, Key::P)],
        always: true,
        obstacle: obstacles::none,
        run: |app, _| app.palette.toggle(),
    },
    Command {
        title: "Keyboard shortcuts",
        keys: &[key(SHIFT, Key::Questionmark), key(NONE, Key::Questionmark)],
        always: false,
        obstacle: obstacles::none,
        run: |app, _| app.shows_help = !app.shows_help,
    },
    Command {
        title: "What is this?",
        keys: &[key(NONE, Key::F1)],
        always: true,
        obstacle: obstacles::none,
        run: |app, _| app.shows_parts = !app.shows_parts,
    },
    Command {
        title: "Full screen",
        keys: &[key(NONE, Key::F11)],
        always: true,
        obstacle: obstacles::none,
        run: |_, context| {
            let full = context.input(|input| input.viewport().fullscreen.unwrap_or(false));
            context.send_viewport_cmd(egui::ViewportCommand::Fullscreen(!full));
        },
    },
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
    let busy = context.text_edit_focused() || focused.is_some_and(|id| id != super::timeline::strip_id());
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
        let yields = busy || app.is_asking() || (egui::Popup::is_any_open(context) && !explains);
        let is_meant = |shortcut: &KeyboardShortcut| {
            shortcut.logical_key == key && modifiers.matches_logically(shortcut.modifiers)
        };
        // A key whose command cannot be done now is left to whoever else listens.
        let command = COMMANDS.iter().find(|command| {
            (command.always || !yields) && command.keys.iter().any(is_meant) && command.is_possible(app)
        });
        let Some(command) = command else { continue };
        context.input_mut(|input| {
            let place = input.events.iter().position(|event| {
                matches!(event, Event::Key { key: other, pressed: true, modifiers: held, .. }
                    if (*other, *held) == (key, modifiers))
            });
            place.map(|place| input.events.remove(place))
        });
        (command.run)(app, context);
        // Arrows would also move the focus on to the next button.
        context.memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
    }
}
