//! What is typed and pasted is what people mean, messages go when they are out of date, and names of files are plain.

use crate::support::windowed;
use crate::ui::window::{quiet_session, small_checkpoint, wait_for};
use egui::{Key, Modifiers, Role};
use egui_kittest::{Harness, kittest::NodeT as _, kittest::Queryable as _};
use hebbscope::tasks;
use hebbscope::ui::{App, export};
use hebbscope::view::export::Exports;
use hebbscope::view::export::exports::{Drawing, ExportKind, Naming};
use hebbscope::view::inspection::Pinned;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const QUESTION: &str = "Open a checkpoint, a run folder or a tape";

fn press(harness: &mut Harness<'_, App>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

fn typed(harness: &Harness<'_, App>, field: &str) -> String {
    harness.get_by_role_and_label(Role::TextInput, field).accesskit_node().value().unwrap_or_default()
}

/// Asks for a file and types its path.
fn type_path(harness: &mut Harness<'_, App>, path: &str) {
    press(harness, Modifiers::COMMAND, Key::O);
    harness.event(egui::Event::Text(path.into()));
    harness.run_steps(2);
}

fn empty_window() -> Harness<'static, App> {
    windowed(App::new(&egui::Context::default(), Arc::new(|| {})))
}

#[test]
fn typing_replaces_the_path_that_was_typed_the_last_time() {
    let mut harness = empty_window();
    type_path(&mut harness, "/first");
    assert_eq!(typed(&harness, QUESTION), "/first");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press(&mut harness, Modifiers::COMMAND, Key::O);
    assert_eq!(typed(&harness, QUESTION), "/first", "it may serve again");
    harness.event(egui::Event::Text("/se".into()));
    harness.run_steps(1);
    harness.event(egui::Event::Text("cond".into()));
    harness.run_steps(2);
    assert_eq!(typed(&harness, QUESTION), "/second");
}

#[test]
fn a_path_opens_as_people_paste_it() {
    let folder = tempfile::tempdir().unwrap();
    let spaced = folder.path().join("my runs");
    std::fs::create_dir(&spaced).unwrap();
    let checkpoint = small_checkpoint(&spaced, &[]);
    let plain = checkpoint.to_str().unwrap();
    for pasted in [
        format!("\"{plain}\""),
        format!("  '{plain}' "),
        format!("file://{}", plain.replace(' ', "%20")),
        plain.replace(' ', "\\ "),
    ] {
        let mut harness = empty_window();
        type_path(&mut harness, &pasted);
        press(&mut harness, Modifiers::NONE, Key::Enter);
        harness.state_mut().session.settle();
        let session = &harness.state().session;
        assert!(session.notices.is_empty() && session.scene().is_some(), "{pasted}: {:?}", session.notices);
    }
}

#[test]
fn a_setting_that_is_a_path_is_cleaned_and_keeps_blanks_while_it_is_typed() {
    let mut settings = tasks::find("images").unwrap().defaults();
    let home = std::env::home_dir().unwrap();
    for (text, path) in [
        ("~/pictures", home.join("pictures")),
        ("\"/x/my pictures\"\n", PathBuf::from("/x/my pictures")),
        ("file:///x/my%20pictures", PathBuf::from("/x/my pictures")),
    ] {
        settings.set_text("path", text).unwrap();
        assert_eq!(settings.path("path"), Some(path), "{text}");
    }
    settings.set_text("path", "  ").unwrap();
    assert_eq!(settings.path("path"), None);

    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.training.set_task(tasks::find("images").unwrap());
    let mut harness = windowed(app);
    harness.get_by_label("Hyperparameters").click();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::TextInput, "picture path").scroll_to_me();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::TextInput, "picture path").click();
    harness.run_steps(3);
    for letter in "/x/my pictures ".chars() {
        harness.event(egui::Event::Text(letter.to_string()));
        harness.run_steps(1);
    }
    assert_eq!(typed(&harness, "picture path"), "/x/my pictures ", "what is being typed is left alone");
    let path = |harness: &Harness<'_, App>| harness.state().session.training.settings.path("path");
    assert_eq!(path(&harness), Some(PathBuf::from("/x/my pictures")));
    harness.key_press(Key::Tab);
    harness.run_steps(3);
    assert_eq!(typed(&harness, "picture path"), "/x/my pictures");
}

#[test]
fn a_message_goes_when_the_same_thing_goes_well() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = small_checkpoint(folder.path(), &[]);
    let mut session = quiet_session();
    let open = |session: &mut hebbscope::view::Session, path: &Path| {
        session.open(path.to_owned());
        session.settle();
    };
    session.warn("something else");
    open(&mut session, &folder.path().join("nothing"));
    open(&mut session, &folder.path().join("nothing"));
    let texts = |session: &hebbscope::view::Session| {
        session.notices.iter().map(|notice| notice.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(texts(&session).len(), 2, "the same is said once: {:?}", texts(&session));
    open(&mut session, &checkpoint);
    assert_eq!(texts(&session), ["something else"]);

    // A file that cannot be written, and then can.
    let export = |session: &mut hebbscope::view::Session, path: PathBuf| {
        session.exports.kind = ExportKind::Curves;
        session.exports.path_text = path.display().to_string();
        let still = session.still().unwrap();
        let drawing = Drawing { dark: true, size: [640.0, 420.0], panel: "Recall", write: export::write };
        session.exports.start(still, drawing);
        wait_for(session, "the export", |session| session.exports.job().is_none());
    };
    export(&mut session, folder.path().join("no such folder/curve.csv"));
    assert_eq!(texts(&session).len(), 2);
    export(&mut session, folder.path().join("curve.csv"));
    assert!(session.notices.iter().filter(|notice| notice.is_error).count() == 1, "{:?}", texts(&session));

    // A name that says it is a picture.
    export(&mut session, folder.path().join("curve.png"));
    let said = session.exports.last().unwrap().unwrap_err();
    assert!(said.contains("curve.png") && said.contains("ends in .csv, found .png"), "{said}");
    assert!(!folder.path().join("curve.png").exists());
}

#[test]
fn a_run_that_cannot_be_compared_is_no_longer_said_to_fail_once_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = quiet_session();
    first.training.runs_folder = folder.path().to_owned();
    first.training.settings.set_text("size", "16").unwrap();
    first.start_training();
    wait_for(&mut first, "the first network", |session| session.scene().is_some());
    first.training.tell(hebbscope::train::Command::Stop);
    wait_for(&mut first, "the end", |session| !session.training.is_active());

    let mut session = quiet_session();
    session.compare(vec![folder.path().join("nothing")]);
    session.settle();
    assert_eq!(session.notices.len(), 1, "{:?}", session.notices);
    session.compare(vec![folder.path().join("patterns-seed-0")]);
    session.settle();
    let deadline = Instant::now() + Duration::from_secs(20);
    while !session.notices.is_empty() {
        assert!(Instant::now() < deadline, "{:?}", session.notices);
        session.update();
    }
    assert_eq!(session.comparison.compared().groups().len(), 1);
}

#[test]
fn the_strongest_synapse_is_not_the_bias_upon_itself() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = quiet_session();
    session.open(small_checkpoint(folder.path(), &[]));
    session.settle();
    session.clock.pause();
    let bias = 40;
    for step in [3, 10, usize::MAX] {
        session.clock.seek(step);
        let trace = session.trace().unwrap();
        let own = trace.at(bias, bias).unwrap().abs();
        session.pin_strongest();
        let Some(Pinned::Synapse { from, to }) = session.pinned() else { panic!("nothing is pinned") };
        assert_ne!((from, to), (bias, bias), "the bias upon itself, {own}");
        let found = trace.at(from, to).unwrap().abs();
        let is_strongest =
            trace.values().iter().enumerate().all(|(index, value)| value.abs() <= found || index == bias * 41 + bias);
        assert!(is_strongest, "{from} → {to}, {found}, at step {step}");
    }
}

#[test]
fn names_of_files_follow_the_kind_and_say_nothing_twice() {
    let mut exports = Exports::new(Arc::new(|| {}));
    let name = |exports: &mut Exports, origin: &str, kind| {
        exports.kind = kind;
        exports.offered_name(&Naming { task: "patterns", origin, at: 0, steps: 9, pinned: None, panel: "Recall" })
    };
    assert_eq!(name(&mut exports, "bundled network", ExportKind::Network), "patterns-bundled-network.safetensors");
    assert_eq!(name(&mut exports, "patterns.safetensors", ExportKind::Curves), "patterns-curves.csv");
    assert_eq!(name(&mut exports, "lr-0.05 (2)", ExportKind::Tape), "patterns-lr-0.05-2-tape.safetensors");

    exports.kind = ExportKind::Window;
    for (kind, text) in [
        (ExportKind::Curves, "/x/my.run.csv"),
        (ExportKind::Tape, "/x/my.run.safetensors"),
        (ExportKind::Network, "/x/my.run.safetensors"),
        (ExportKind::Lifetime, "/x/my.run.gif"),
        (ExportKind::Tensors, "/x/my.run.npz"),
        (ExportKind::Panel, "/x/my.run.png"),
    ] {
        if exports.path_text.is_empty() {
            exports.path_text = "/x/my.run.png".into();
        }
        exports.choose(kind);
        assert_eq!((exports.kind, exports.path_text.as_str()), (kind, text));
    }
    // An ending of somebody's own stays, and so does a name without one.
    for text in ["/x/notes.txt", "/x.png/y", ""] {
        exports.path_text = text.into();
        exports.choose(ExportKind::Curves);
        exports.choose(ExportKind::Panel);
        assert_eq!(exports.path_text, text);
    }
}

#[test]
fn the_folder_that_a_file_goes_to_is_shown_from_the_root() {
    let mut exports = Exports::new(Arc::new(|| {}));
    let here = std::env::current_dir().unwrap();
    assert_eq!(exports.folder(), here);
    for (text, folder) in [
        ("curve.csv", here.clone()),
        ("figures/curve.csv", here.join("figures")),
        ("/x/curve.csv", PathBuf::from("/x")),
        ("~/curve.csv", std::env::home_dir().unwrap()),
    ] {
        exports.path_text = text.into();
        assert_eq!(exports.folder(), folder, "{text}");
    }
    let folder = tempfile::tempdir().unwrap();
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(small_checkpoint(folder.path(), &[]));
    app.session.settle();
    let mut harness = windowed(app);
    press(&mut harness, Modifiers::COMMAND, Key::E);
    harness.get_by_label("folder");
    // The end of a long path, where its beginning has no room.
    let whole = here.display().to_string();
    let end: String = whole.chars().skip(whole.chars().count().saturating_sub(40)).collect();
    harness.get_by_label_contains(&end);
}

#[test]
fn a_path_that_leads_nowhere_stays_to_be_mended() {
    let mut harness = empty_window();
    type_path(&mut harness, "/no/such thing");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.get_by_label_contains("no file or folder of this name: /no/such thing");
    assert_eq!(typed(&harness, QUESTION), "/no/such thing");
    harness.event(egui::Event::Text("s".into()));
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("no file or folder of this name").is_none(), "it is being mended");
}

#[test]
fn numbers_that_are_none_are_told_and_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(small_checkpoint(folder.path(), &[]));
    app.session.settle();
    let mut harness = windowed(app);
    harness.get_by_role_and_label(Role::SpinButton, "episode seed").click();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::SpinButton, "episode seed").type_text("soon");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let session = &mut harness.state_mut().session;
    assert_eq!(session.scene().unwrap().seed(), Some(0));
    let said = &session.notices.last().expect("something is said").text;
    assert!(said.starts_with("Episode seeds are whole numbers from 0 to") && said.contains("soon"), "{said}");

    // Whoever points at the button hears why no run can be started.
    for (text, word) in [("many", "found “many”"), ("0", "from 1 to"), ("-3", "found “-3”")] {
        session.training.iterations_text = text.into();
        let why = session.training.why_not_ready().expect("no run can be started");
        assert!(why.contains("iterations expects a whole number") && why.contains(word), "{why}");
        session.start_training();
        assert!(!session.training.has_run(), "{text}");
    }
    session.training.iterations_text = "30".into();
    assert_eq!(session.training.why_not_ready(), None);
}
