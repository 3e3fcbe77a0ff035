//! Files of other programs, and networks that were imported, in the window.

use crate::foreign::{Named, npz, safetensors, torch};
use crate::support::{run_until, windowed};
use crate::workbench::config;
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::plastic::Parameters;
use hebbscope::train::{Checkpoint, Trainer, import};
use hebbscope::ui::App;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zip::CompressionMethod::Stored;

/// A network that has never been trained, and its tensors.
fn network() -> (Parameters, Vec<Named>) {
    let parameters = Trainer::new(config(&[])).unwrap().parameters().snapshot().unwrap();
    let tensors: Vec<Named> =
        parameters.iter().map(|(name, var)| Named::new(name, var.dims(), parameters.values(name).unwrap())).collect();
    (parameters, tensors)
}

/// The same, of which one tensor has another name.
fn renamed(tensors: &[Named]) -> Vec<Named> {
    let mut renamed = tensors.to_vec();
    renamed.iter_mut().filter(|tensor| tensor.name == "alpha").for_each(|tensor| tensor.name = "Alphas".into());
    renamed
}

fn written(folder: &Path, name: &str, bytes: Vec<u8>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// A window in which a file has been opened.
fn opened(path: &Path) -> App {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(path.to_owned());
    app.session.settle();
    app.session.settle_importing();
    app
}

fn is_ready(app: &mut App) -> bool {
    app.session.settle_importing();
    app.session.importing().is_some_and(|importing| importing.is_ready())
}

#[test]
fn a_file_of_another_program_is_asked_about_and_opens_as_a_network_that_is_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let (parameters, tensors) = network();
    for (name, bytes) in [
        ("net.pt", torch(&tensors, &[])),
        ("net.dat", torch(&tensors, &["state_dict"])),
        ("net.npz", npz(&tensors, Stored)),
        ("net.safetensors", safetensors(&tensors)),
    ] {
        let path = written(folder.path(), name, bytes);
        let mut app = opened(&path);
        assert_eq!(app.session.notices, [], "{name}: a question is no failure");
        assert!(app.session.scene().is_none() && app.is_asking(), "{name}");
        // What it may be is offered: 20 bits and the bias are 21 neurons.
        let importing = app.session.importing().unwrap();
        assert_eq!(importing.task().name(), "patterns", "{name}");
        assert_eq!(importing.settings.whole("size"), 20, "{name}");
        assert_eq!(importing.comparison().unwrap().fitting.len(), tensors.len(), "{name}");
        assert!(is_ready(&mut app), "{name}");
        app.session.open_imported();
        app.session.settle();
        assert_eq!(app.session.notices, [], "{name}");
        assert!(app.session.importing().is_none(), "{name}");
        let scene = app.session.scene().unwrap();
        assert_eq!(scene.fingerprint(), parameters.fingerprint().unwrap(), "{name}");
        assert_eq!(scene.origin, name);
        let harness = windowed(app);
        assert_eq!(harness.query_all_by_label_contains(&format!("{name} (")).count(), 1, "imported from");
        // What it has learned from nobody knows.
        assert_eq!(harness.query_all_by_label("learned from").count(), 0);
    }
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 4, "nothing is written");
}

/// Presses what is called so.
fn press(harness: &mut Harness<'_, App>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

#[test]
fn the_window_shows_the_table_of_the_command_and_takes_names() {
    let folder = tempfile::tempdir().unwrap();
    let (parameters, tensors) = network();
    let mut tensors = renamed(&tensors);
    tensors.push(Named::new("extra", &[2, 3], vec![0.0; 6]));
    let path = written(folder.path(), "net.pt", torch(&tensors, &[]));
    let mut app = opened(&path);
    // The table is the one of the command: cell by cell.
    let comparison = app.session.importing().unwrap().comparison().unwrap().clone();
    let (rows, more) = import::rows(comparison.misfits.iter().chain(&comparison.left_out));
    let cells = |cells: [&str; 4]| cells.map(str::to_owned);
    let expected = [
        cells(["alpha", "[21, 21]", "nothing", "Alphas"]),
        cells(["–", "–", "Alphas [21, 21]", "alpha"]),
        cells(["–", "–", "extra [2, 3]", "–"]),
    ];
    assert_eq!((rows.as_slice(), more), (expected.as_slice(), 0));
    let mut harness = windowed(app);
    for label in ["Import net.pt", "Missing or of another shape", "No place in this network: left out", "extra [2, 3]"]
    {
        harness.get_by_label(label);
    }
    harness.get_by_label_contains("1 of the ");
    press(&mut harness, "Open");
    assert!(harness.state().session.is_importing(), "it cannot be opened yet");
    // What is not accepted is told.
    harness.state_mut().session.importing().unwrap().renamed_text = "alpha".into();
    run_until(&mut harness, "a sentence", |app| app.session.is_at_rest());
    harness.get_by_label_contains("expects OURS=THEIRS, found alpha");
    // The nearest name is taken by a click.
    harness.state_mut().session.importing().unwrap().renamed_text = String::new();
    run_until(&mut harness, "the table", |app| app.session.is_at_rest());
    press(&mut harness, "Alphas");
    assert_eq!(harness.state_mut().session.importing().unwrap().renamed_text, "alpha=Alphas");
    run_until(&mut harness, "the comparison", |app| app.session.is_at_rest());
    harness.get_by_label(&format!("All {} parameters of this network are there.", tensors.len() - 1));
    harness.key_press(egui::Key::Enter);
    harness.run_steps(3);
    run_until(&mut harness, "the network", |app| app.session.scene().is_some());
    let app = harness.state();
    assert_eq!(app.session.scene().unwrap().fingerprint(), parameters.fingerprint().unwrap());
    assert!(!app.session.is_importing() && app.session.notices.is_empty());
}

#[test]
fn it_is_written_as_a_checkpoint_where_somebody_says_and_replaces_nothing_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let (parameters, tensors) = network();
    let path = written(folder.path(), "net.safetensors", safetensors(&tensors));
    let original = std::fs::read(&path).unwrap();
    let mut app = opened(&path);
    assert!(is_ready(&mut app));
    for (text, words) in [
        (path.display().to_string(), "expected another name, found that of the file that is opened"),
        (folder.path().join("made.pt").display().to_string(), "expected a name that ends in .safetensors"),
    ] {
        app.session.importing().unwrap().out_text = text;
        app.session.write_imported();
        let problem = app.session.importing().unwrap().problem().unwrap();
        assert!(problem.contains(words), "{problem}");
    }
    // What cannot be written is told where it was asked for.
    app.session.importing().unwrap().out_text = folder.path().join("nowhere/made.safetensors").display().to_string();
    app.session.write_imported();
    app.session.settle();
    // It stays said in the frames that follow.
    app.session.update();
    app.session.settle_importing();
    app.session.update();
    let problem = app.session.importing().unwrap().problem().unwrap();
    assert!(problem.contains("nowhere/made.safetensors: cannot be written"), "{problem}");
    let made = written(folder.path(), "made.safetensors", b"something else".to_vec());
    app.session.importing().unwrap().out_text = made.display().to_string();
    app.session.importing().unwrap().iteration = 70;
    assert!(is_ready(&mut app));
    app.session.write_imported();
    assert_eq!(app.session.importing().unwrap().in_the_way.as_ref(), Some(&made));
    assert_eq!(std::fs::read(&made).unwrap(), b"something else");
    app.session.write_imported();
    app.session.settle();
    assert!(app.session.importing().is_none(), "{:?}", app.session.notices);
    let found = Checkpoint::read(&made).unwrap();
    assert_eq!((found.iteration(), found.config.imported.as_ref().unwrap().file.as_str()), (70, "net.safetensors"));
    assert_eq!(found.fingerprint().unwrap(), parameters.fingerprint().unwrap());
    assert_eq!(app.session.take_opened(), Some(made));
    assert_eq!(std::fs::read(&path).unwrap(), original);
}

#[test]
fn what_is_damaged_is_one_sentence_and_asks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (_, tensors) = network();
    let whole = torch(&tensors, &[]);
    let mut nan = tensors.clone();
    nan[0].values[0] = f32::NAN;
    for (name, bytes, words) in [
        ("cut.pt", whole[..whole.len() / 2].to_vec(), "cut.pt: expected"),
        ("empty.pth", Vec::new(), "empty.pth: expected what torch.save"),
        ("alone.pkl", b"\x80\x04\x95\x05\x00\x00\x00\x00\x00}\x94.".to_vec(), "a Python pickle by itself"),
        ("notes.npz", b"Not a network at all.".to_vec(), "found a file of another kind"),
        ("other.safetensors", b"Not a network at all.".to_vec(), "other.safetensors: expected a .safetensors file"),
    ] {
        let mut app = opened(&written(folder.path(), name, bytes));
        let told: Vec<&str> = app.session.notices.iter().map(|notice| &*notice.text).collect();
        assert!(told.len() == 1 && told[0].contains(words) && told[0].lines().count() == 1, "{name}: {told:?}");
        assert!(app.session.importing().is_none(), "{name}");
    }
    // A number that is none is told in the question.
    let mut app = opened(&written(folder.path(), "nan.pt", torch(&nan, &[])));
    let problem = app.session.importing().unwrap().problem().unwrap();
    assert!(problem.contains("holds NaN at position 0") && !is_ready(&mut app), "{problem}");
    // Esc leaves it alone.
    let mut harness = windowed(app);
    harness.key_press(egui::Key::Escape);
    harness.run_steps(3);
    assert!(!harness.state().session.is_importing() && !harness.state().is_asking());
}
