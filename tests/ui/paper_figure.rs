//! *Export › Paper figure*: a figure of the papers from runs, made in the window.

use crate::support::{run_until, windowed};
use crate::ui::window::small_checkpoint;
use crate::view::figures::{papers, write_run};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hebbscope::ui::App;
use hebbscope::view::export::exports::ExportKind;
use hebbscope::view::export::{Export, FigureOrder};
use hebbscope::view::figures::{FileKind, find};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// Five runs of a maze as in the first paper.
fn runs(folder: &Path) {
    let figure = find("dp-6").unwrap();
    for (wanted, seeds) in figure.groups.iter().zip([3, 2]) {
        for seed in 0..seeds {
            let losses: Vec<f32> = (0..120).map(|at| at as f32 / (10.0 + seed as f32)).collect();
            write_run(
                &folder.join(wanted.folder()).join(format!("seed-{seed}")),
                &papers(figure, wanted),
                seed,
                &losses,
            );
        }
    }
}

/// The dialog with this kind of export, before a folder with runs.
fn dialog(folder: &Path) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(small_checkpoint(folder, &[]));
    app.session.settle();
    app.session.clock.pause();
    app.session.training.runs_folder = folder.join("runs");
    let mut harness = windowed(app);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::E);
    harness.run_steps(3);
    harness.get_by_label("Paper figure").click();
    run_until(&mut harness, "the runs", |app| app.session.exports.paper.found().is_some());
    harness
}

fn command(harness: &Harness<'_, App>) -> String {
    let nodes = harness.get_all_by_label_contains("hebbscope figure dp-6 --runs");
    nodes.map(|node| node.accesskit_node().value().or(node.accesskit_node().label()).unwrap()).next().unwrap()
}

#[test]
fn a_figure_is_written_by_the_window_as_by_the_command_that_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    runs(&folder.path().join("runs"));
    let mut harness = dialog(folder.path());
    // The first figure of which there are runs.
    assert_eq!(harness.state().session.exports.paper.figure().name, "dp-6");
    harness.get_by_label_contains("5 run folders in");
    harness
        .get_by_label_contains("missing of the paper's runs: 12 of 15 runs of plastic, 13 of 15 runs of non-plastic.");
    for (kind, wide) in [(FileKind::Svg, true), (FileKind::Csv, false), (FileKind::Pdf, true)] {
        harness.get_by_label(kind.title()).click();
        harness.run_steps(2);
        assert_eq!(harness.query_by_label("width in millimetres").is_some(), wide, "{kind:?}");
        let path = folder.path().join(format!("window.{}", kind.ending()));
        harness.state_mut().session.exports.path_text = path.display().to_string();
        harness.run_steps(2);
        let line = command(&harness);
        assert_eq!(line.contains(" --width 180mm"), wide, "{line}");
        harness.get_by_label("Write file").click();
        harness.run_steps(3);
        run_until(&mut harness, "the file", |app| app.session.exports.job().is_none());
        let told = harness.state().session.exports.last().unwrap().unwrap().to_owned();
        assert!(told.contains("plastic n = 3, non-plastic n = 2; missing of the paper's runs: 12 of 15"), "{told}");
        let written = std::fs::read(&path).unwrap();
        // The same line, typed.
        let other = folder.path().join(format!("typed.{}", kind.ending()));
        let words: Vec<String> = line.replace("window.", "typed.").split(' ').skip(1).map(str::to_owned).collect();
        let output = Command::new(env!("CARGO_BIN_EXE_hebbscope")).args(&words).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(std::fs::read(&other).unwrap() == written, "{kind:?}: the command writes another file");
    }
    assert!(harness.state().session.notices.is_empty());
}

#[test]
fn where_runs_are_missing_one_sentence_says_so_and_nothing_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    runs(&folder.path().join("runs"));
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let mut harness = dialog(folder.path());
    let place = |name: &str| hebbscope::view::figures::FIGURES.iter().position(|figure| figure.name == name).unwrap();
    harness.state_mut().session.exports.choose_figure(place("bp-1"));
    harness.run_steps(2);
    let sentence = "bp-1: expected a run of task cue_reward";
    assert!(harness.state().session.exports.paper.obstacle().unwrap().starts_with(sentence));
    harness.get_by_label_contains(sentence);
    harness.get_by_label("Write file").click();
    harness.run_steps(2);
    assert!(harness.state().session.exports.job().is_none());
    // A figure of one network needs none: it shows the one that comes with the program. A picture alone has no numbers.
    harness.state_mut().session.exports.choose_figure(place("dp-4b"));
    harness.run_steps(2);
    assert_eq!(harness.state().session.exports.paper.obstacle(), None);
    harness.get_by_label("CSV").click();
    harness.run_steps(2);
    assert_eq!(harness.state().session.exports.paper.kind(), FileKind::Svg);
    // Another folder is looked through as soon as it is chosen.
    let empty = folder.path().join("empty");
    harness.state_mut().session.exports.choose_figure(place("dp-6"));
    harness.state_mut().session.exports.paper.type_folders(std::slice::from_ref(&empty));
    harness.run_steps(1);
    run_until(&mut harness, "the runs", |app| app.session.exports.paper.found().is_some());
    harness.get_by_label(&format!("0 run folders in {}", empty.display()));
    let exports = &harness.state().session.exports;
    assert!(exports.paper.obstacle().unwrap().starts_with("dp-6: expected a run of task maze"));
    let Export::PaperFigure(FigureOrder { name, folders, .. }) = exports.choice(1) else { panic!("a figure") };
    assert_eq!((name, folders), ("dp-6", vec![empty]));
    assert_eq!(exports.kind, ExportKind::Figure);
}

#[test]
fn folders_are_chosen_in_the_dialog_of_the_window_and_esc_closes_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    runs(&folder.path().join("elsewhere"));
    std::fs::create_dir(folder.path().join("runs")).unwrap();
    let mut harness = dialog(folder.path());
    assert_eq!(harness.state().session.exports.paper.place(), 0);
    harness.get_by_label("Choose …").click();
    harness.run_steps(3);
    assert!(harness.state().files.is_open());
    harness.key_press(egui::Key::Escape);
    harness.run_steps(3);
    assert!(!harness.state().files.is_open() && harness.state().session.exports.is_open);
    harness.get_by_label("Choose …").click();
    harness.run_steps(3);
    let path = folder.path().join("elsewhere");
    harness.get_by_label("Look for the runs of a figure in folders, and below them").type_text(path.to_str().unwrap());
    harness.run_steps(2);
    harness.get_by_label("Look").click();
    harness.run_steps(3);
    assert_eq!(harness.state().session.exports.paper.folders(), [path]);
    run_until(&mut harness, "the runs", |app| app.session.exports.paper.found().is_some());
    assert_eq!(harness.state().session.exports.paper.figure().name, "dp-6");
}
