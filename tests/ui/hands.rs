//! Whatever hands do to the window, in whatever order: nothing ends it, and it comes to rest.

use super::legible::opened;
use crate::support::windowed;
use crate::workbench::say;
use egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, TouchPhase, pos2, vec2};
use egui_kittest::Harness;
use hebbscope::train::Bundled;
use hebbscope::ui::App;
use hebbscope::ui::commands::COMMANDS;
use hebbscope::ui::commands::presets::PRESETS;
use hebbscope::view::action::Action;
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Things that are done in one window.
const DEEDS: usize = 150;

/// Keys that no command has alone, too.
const KEYS: [Key; 14] = [
    Key::Tab,
    Key::Enter,
    Key::Escape,
    Key::Backspace,
    Key::Delete,
    Key::ArrowDown,
    Key::ArrowUp,
    Key::Space,
    Key::Num0,
    Key::Num9,
    Key::A,
    Key::E,
    Key::Minus,
    Key::F5,
];

/// What asks the system for files, or is there to leave some behind.
fn leaves_the_window(action: &Action) -> bool {
    matches!(action, Action::AskToOpen | Action::AskForRuns | Action::AskForPictures | Action::Save | Action::Share)
}

/// Hands that no intention leads.
struct Hands {
    random: Xoshiro256PlusPlus,
    size: [f32; 2],
}

impl Hands {
    fn place(&mut self) -> Pos2 {
        pos2(self.random.random_range(0.0..self.size[0]), self.random.random_range(0.0..self.size[1]))
    }

    fn modifiers(&mut self) -> Modifiers {
        let all = [Modifiers::NONE, Modifiers::NONE, Modifiers::SHIFT, Modifiers::COMMAND, Modifiers::ALT];
        all[self.random.random_range(0..all.len())]
    }

    fn button(&mut self, harness: &Harness<'_, App>, pos: Pos2, pressed: bool) {
        let modifiers = self.modifiers();
        harness.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers });
    }

    fn click(&mut self, harness: &mut Harness<'_, App>, pos: Pos2) {
        harness.hover_at(pos);
        self.button(harness, pos, true);
        self.button(harness, pos, false);
    }

    fn drag(&mut self, harness: &mut Harness<'_, App>) {
        let [from, to] = [self.place(), self.place()];
        harness.hover_at(from);
        self.button(harness, from, true);
        harness.run_steps(1);
        for part in 1..=3 {
            harness.hover_at(from.lerp(to, part as f32 / 3.0));
            harness.run_steps(1);
        }
        self.button(harness, to, false);
    }

    fn scroll(&mut self, harness: &Harness<'_, App>) {
        harness.hover_at(self.place());
        let delta = vec2(0.0, self.random.random_range(-80.0..80.0));
        let (unit, source) = (MouseWheelUnit::Point, MouseWheelSource::Unknown);
        let (phase, modifiers) = (TouchPhase::Move, self.modifiers());
        harness.event(Event::MouseWheel { unit, delta, phase, modifiers, source });
    }

    fn command(&mut self) -> Action {
        let possible: Vec<&Action> =
            COMMANDS.iter().map(|command| &command.action).filter(|action| !leaves_the_window(action)).collect();
        possible[self.random.random_range(0..possible.len())].clone()
    }

    /// One thing; what it was.
    fn act(&mut self, harness: &mut Harness<'_, App>) -> String {
        match self.random.random_range(0..100) {
            0..34 => {
                let action = self.command();
                let context = harness.ctx.clone();
                harness.state_mut().perform(&action, &context);
                format!("{action:?}")
            }
            34..60 => {
                let pos = self.place();
                self.click(harness, pos);
                format!("click at {pos:?}")
            }
            60..70 => {
                self.drag(harness);
                "drag".into()
            }
            70..78 => {
                self.scroll(harness);
                "scroll".into()
            }
            78..88 => {
                let key = KEYS[self.random.random_range(0..KEYS.len())];
                let modifiers = self.modifiers();
                harness.key_press_modifiers(modifiers, key);
                format!("{modifiers:?} {key:?}")
            }
            88..91 => {
                harness.event(Event::Text(["7", "-", "α", "1e9", "x"][self.random.random_range(0..5)].into()));
                "text".into()
            }
            91..94 => {
                self.size = [self.random.random_range(320.0..1900.0), self.random.random_range(240.0..1100.0)];
                harness.set_size(self.size.into());
                format!("size {:?}", self.size)
            }
            94..97 => {
                let seconds = self.random.random_range(0.0..2.0);
                let context = harness.ctx.clone();
                harness.state_mut().advance(&context, seconds);
                format!("{seconds} s go by")
            }
            97 => {
                let network = Bundled::ALL[self.random.random_range(0..Bundled::ALL.len())];
                harness.state_mut().session.open_bundled(network);
                format!("open {network:?}")
            }
            98 => {
                let preset = &PRESETS[self.random.random_range(0..PRESETS.len())];
                harness.state_mut().begin_preset(preset);
                preset.title.into()
            }
            _ => {
                harness.state_mut().session.settle();
                "wait".into()
            }
        }
    }
}

/// What hands without any intention do to a window, from a seed.
fn play(seed: u64, folder: &std::path::Path) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let network = Bundled::ALL[random.random_range(0..Bundled::ALL.len())];
    let mut app = opened(network);
    app.session.training.runs_folder = folder.join("runs");
    let mut harness = windowed(app);
    let mut hands = Hands { random, size: [1280.0, 800.0] };
    for deed in 0..DEEDS {
        let what = hands.act(&mut harness);
        if std::env::var_os("HEBBSCOPE_HANDS").is_some() {
            say(&format!("{seed}.{deed}: {what}"));
        }
        harness.run_steps(1);
        let app = harness.state_mut();
        // The system's dialog, and files where nobody expects them, are not for hands without intention.
        if app.files.is_open() || app.session.exports.is_open {
            harness.key_press(Key::Escape);
            harness.run_steps(2);
        }
        let session = &harness.state().session;
        assert!(session.clock.at() < session.clock.steps().max(1), "{seed}.{deed}: {what}: beyond the last step");
    }
    let context = harness.ctx.clone();
    harness.state_mut().perform(&Action::StopTraining, &context);
    harness.state_mut().session.settle();
    harness.run_steps(5);
}

#[test]
fn hands_without_intention_do_the_window_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let seeds = std::env::var("HEBBSCOPE_HANDS").ok().and_then(|count| count.parse().ok()).unwrap_or(8);
    for seed in 0..seeds {
        play(seed, folder.path());
    }
}
