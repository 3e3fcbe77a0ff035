//! Layouts, commands and what is remembered.

use crate::support::windowed;
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::train::Bundled;
use hebbscope::ui::App;
use hebbscope::ui::commands::{COMMANDS, Command, palette, shortcut_text, show};
use hebbscope::ui::dock::Dock;
use hebbscope::ui::panels::PANELS;
use hebbscope::view::action::Action;
use hebbscope::view::layout::{Arrangement, Choices, Named};
use hebbscope::view::preferences::Preferences;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn titles() -> Vec<&'static str> {
    PANELS.iter().map(|make| make().title()).collect()
}

fn exists(title: &str) -> bool {
    titles().contains(&title)
}

#[test]
fn every_named_layout_names_panels_that_exist_each_of_them_once() {
    for layout in Named::ALL {
        let arrangement = layout.arrangement();
        let panels = arrangement.panels();
        assert!(panels.iter().all(|title| exists(title)), "{layout:?}: {panels:?}");
        assert_eq!(panels.iter().collect::<HashSet<_>>().len(), panels.len(), "{layout:?} shows a panel twice");
        assert_eq!(arrangement.repaired(exists), Some(arrangement.clone()), "{layout:?} needs repair");
    }
}

#[test]
fn an_arrangement_survives_the_tiles_and_back() {
    for layout in Named::ALL {
        let dock = Dock::new(&layout.arrangement());
        let found = dock.arrangement().unwrap();
        assert_eq!(found.panels(), layout.arrangement().panels());
    }
    let tabs = Arrangement::Tabs(1, titles().iter().map(|title| Arrangement::Panel((*title).to_owned())).collect());
    assert_eq!(Dock::new(&tabs).arrangement(), Some(tabs));
}

#[test]
fn a_panel_can_be_closed_and_opened_again() {
    let mut dock = Dock::new(&Named::Watch.arrangement());
    let title = titles()[0];
    dock.toggle(title);
    assert!(dock.panels().contains(&(title, false)));
    assert!(!dock.arrangement().unwrap().panels().contains(&title));
    dock.toggle(title);
    assert!(dock.panels().contains(&(title, true)));
    for (title, is_open) in dock.panels() {
        if is_open {
            dock.toggle(title);
        }
    }
    assert_eq!(dock.arrangement(), None, "all panels were closed");
    dock.toggle(title);
    assert_eq!(dock.arrangement().unwrap().panels(), [title]);
}

#[test]
fn a_damaged_arrangement_keeps_what_makes_sense() {
    let panel = |title: &str| Arrangement::Panel(title.to_owned());
    let [first, second] = [titles()[0], titles()[1]];
    let damaged = Arrangement::Row(vec![
        hebbscope::view::layout::arrangement::Share { share: f32::NAN, part: panel(first) },
        hebbscope::view::layout::arrangement::Share { share: -4.0, part: panel("no such panel") },
        hebbscope::view::layout::arrangement::Share {
            share: 1e30,
            part: Arrangement::Tabs(99, vec![panel(first), panel(second)]),
        },
    ]);
    let repaired = damaged.repaired(exists).unwrap();
    assert_eq!(repaired.panels(), [first, second]);
    Dock::new(&damaged);
    assert_eq!(Arrangement::Column(vec![]).repaired(exists), None);
    let mut deep = panel(first);
    for _ in 0..1000 {
        deep = Arrangement::Tabs(0, vec![deep]);
    }
    assert_eq!(deep.repaired(exists), None);
}

#[test]
fn preferences_come_back_as_they_were_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("below").join("window.toml");
    let mut preferences =
        Preferences { light: true, size: [900.0, 700.0], layout: Named::Inspect, ..Preferences::default() };
    preferences.arrangement = Some(Named::Train.arrangement());
    preferences.remember(Path::new("/somewhere/a.safetensors"));
    preferences.remember(Path::new("/somewhere/b.safetensors"));
    preferences.remember(Path::new("/somewhere/a.safetensors"));
    (preferences.zoom, preferences.scale) = (1.1, Some(1.3));
    preferences.write(&path).unwrap();
    assert_eq!(Preferences::read(&path), (preferences.clone(), None));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("zoom = 1.1\n") && text.contains("scale = 1.3\n") && !text.contains("00000"), "{text}");
    assert_eq!(preferences.recent, ["/somewhere/a.safetensors", "/somewhere/b.safetensors"].map(PathBuf::from));
}

#[test]
fn hostile_preferences_are_ignored_with_a_note() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("window.toml");
    assert_eq!(Preferences::read(&path), (Preferences::default(), None), "a first start needs no note");
    let nested = format!("arrangement = {}{}", "{tabs=[0,[".repeat(5000), "]]}".repeat(5000));
    for text in ["size = [", "layout = \"nowhere\"", "light = 7", "\0\0\0", "arrangement = 5", &nested] {
        std::fs::write(&path, text).unwrap();
        let (preferences, note) = Preferences::read(&path);
        assert_eq!(preferences, Preferences::default());
        assert!(note.unwrap().contains("window.toml"));
    }
    std::fs::write(&path, "size = [nan, -3.0]\nlight = true").unwrap();
    let (preferences, _) = Preferences::read(&path);
    assert_eq!(preferences.size, Preferences::default().size);
    std::fs::write(&path, vec![b' '; 2 << 20]).unwrap();
    assert!(Preferences::read(&path).1.is_some(), "a huge file is no settings file");
    assert!(Preferences::read(folder.path()).1.is_some(), "a folder is no settings file");
    let context = egui::Context::default();
    let app = App::with_preferences(&context, Arc::new(|| {}), Some(path));
    assert!(app.session.notices[0].text.contains("ignored"), "{:?}", app.session.notices);
}

#[test]
fn commands_have_names_and_keys_of_their_own() {
    let context = egui::Context::default();
    let mut names = HashSet::new();
    let mut keys = HashSet::new();
    for command in COMMANDS {
        assert!(names.insert(command.title), "{} stands twice", command.title);
        // Whoever drives an agent has borrowed the keys of time.
        let borrows =
            ["up", "right", "left", "down"].iter().any(|way| command.title == format!("Drive the agent {way}"))
                || command.title == "Stop driving the agent";
        // So has whoever stands before a class.
        let borrows = (borrows, command.title == "End the presentation");
        for shortcut in command.keys {
            let is_new = keys.insert((borrows, format!("{shortcut:?}")));
            assert!(is_new, "{}: its keys belong to another command", command.title);
            let text = shortcut_text(&context, shortcut);
            assert!(!text.contains("Bracket") && !text.contains("Arrow"), "{text}");
        }
    }
    for expected in ["Space", "[", "]", "Ctrl+P", "Ctrl+→", "Alt+1", "?", "F11"] {
        let found =
            COMMANDS.iter().flat_map(|command| command.keys).any(|keys| shortcut_text(&context, keys) == expected);
        assert!(found, "no command has the key {expected}");
    }
}

#[test]
fn commands_are_data_that_is_written_down_and_read_again() {
    let mut seen = HashSet::new();
    for command in COMMANDS {
        let text = serde_json::to_string(&command.action).unwrap();
        assert_eq!(serde_json::from_str::<Action>(&text).unwrap(), command.action, "{text}");
        assert!(seen.insert(text), "{}: two commands do the same", command.title);
        assert_eq!(Command::of(&command.action).unwrap().title, command.title);
    }
    let written = |action: Action| serde_json::to_string(&action).unwrap();
    assert_eq!(written(Action::NextEvent), r#""next_event""#);
    assert_eq!(written(Action::Step(-10)), r#"{"step":-10}"#);
    assert_eq!(written(Action::OpenBundled(Bundled::ModulatedAgent)), r#"{"open_bundled":"modulated_agent"}"#);
    // What nobody has on the menu can be done as well, and what cannot be done changes nothing.
    let mut harness = harness();
    let context = harness.ctx.clone();
    let before = harness.state_mut().dock().arrangement();
    for action in [Action::Seek(7), Action::Show("No such panel".into()), show("Probe"), Action::Drive("up".into())] {
        harness.state_mut().perform(&action, &context);
        assert_eq!(harness.state_mut().dock().arrangement(), before, "{action:?}");
    }
    harness.state_mut().perform(&Action::Layout(Named::Train), &context);
    assert_eq!(harness.state().layout(), Named::Train);
}

#[test]
fn the_palette_finds_commands_by_words_in_any_order() {
    let found: Vec<_> = palette::matching("training stop").iter().map(|command| command.title).collect();
    assert_eq!(found, ["Stop training"]);
    assert_eq!(palette::matching("").len(), COMMANDS.len());
    assert!(palette::matching("no such thing").is_empty());
}

fn harness() -> Harness<'static, App> {
    let app = App::new(&egui::Context::default(), Arc::new(|| {}));
    windowed(app)
}

#[test]
fn layouts_and_commands_are_reached_by_keys_alone() {
    let mut harness = harness();
    harness.key_press_modifiers(egui::Modifiers::ALT, egui::Key::Num3);
    harness.run_steps(2);
    assert_eq!(harness.state().layout(), Named::Train);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::P);
    harness.run_steps(2);
    harness.get_by_label("command to look for").type_text("inspect");
    harness.run_steps(2);
    harness.key_press(egui::Key::Enter);
    harness.run_steps(2);
    assert_eq!(harness.state().layout(), Named::Inspect);
    assert!(!harness.state().is_asking());
    harness.key_press(egui::Key::Questionmark);
    harness.run_steps(2);
    harness.get_by_label("Play / pause");
    harness.key_press(egui::Key::Escape);
    harness.run_steps(2);
    assert!(!harness.state().is_asking());
}

#[test]
fn an_empty_window_says_what_belongs_where() {
    let harness = harness();
    for words in ["The steps of an episode", "The singular values of", "The stored patterns"] {
        harness.get_by_label_contains(words);
    }
}

#[test]
fn what_is_chosen_in_panels_is_kept_and_nonsense_is_passed_over() {
    let choices = |text: &str| -> Choices { serde_json::from_str(text).unwrap() };
    let mut dock = Dock::new(&Named::Watch.arrangement());
    dock.choose(&choices(
        r#"{"Trace": {"kind": "alpha_trace", "ranges": ["full", {"set": 0.5}]},
            "Learning": {"number": "loss", "smoothing": 5, "log_x": false, "log_y": true}, "Nothing": {"kind": 1}}"#,
    ));
    let told = dock.choices();
    assert_eq!(told["Trace"]["kind"], "alpha_trace");
    assert_eq!(told["Trace"]["ranges"][0], "full");
    assert_eq!(told["Trace"]["ranges"][1]["set"], 0.5);
    assert_eq!((&told["Learning"]["number"], &told["Learning"]["log_y"]), (&"loss".into(), &true.into()));
    assert!(!told.contains_key("Nothing"));
    dock.choose(&choices(r#"{"Trace": {"kind": 7, "ranges": [{"set": -1.0}, "sideways", 5]}, "Learning": [1]}"#));
    assert_eq!(dock.choices()["Trace"], told["Trace"], "nonsense was taken");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("window.toml");
    Preferences { panels: told.clone(), ..Preferences::default() }.write(&path).unwrap();
    let (kept, note) = Preferences::read(&path);
    assert_eq!((kept.panels, note), (told, None));
}
