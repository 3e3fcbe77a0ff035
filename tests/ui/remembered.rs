//! What a window remembers is on the disk while it is open: nothing is lost with one that is killed.

use crate::ui::window::small_checkpoint;
use hebbscope::train::Bundled;
use hebbscope::ui::App;
use hebbscope::view::keeper::{Keeper, REST};
use hebbscope::view::layout::{Named, Subject};
use hebbscope::view::matrices::MatrixKind;
use hebbscope::view::order::OrderKind;
use hebbscope::view::preferences::Preferences;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn opened(context: &egui::Context, path: &Path) -> App {
    App::with_preferences(context, Arc::new(|| {}), Some(path.to_owned()))
}

/// Frames for so many seconds; answers how long the window wants to wait after the last.
fn frames(context: &egui::Context, app: &mut App, seconds: f64) -> Duration {
    let mut wait = Duration::ZERO;
    for _ in 0..(seconds / 0.1).round() as usize {
        let output = context.run_ui(egui::RawInput::default(), |ui| {
            app.advance(ui.ctx(), 0.1);
            app.ui(ui);
        });
        wait = output.viewport_output[&egui::ViewportId::ROOT].repaint_delay;
        let _discarded = context.tessellate(output.shapes, 1.0);
    }
    wait
}

/// Waits until the file says what it is asked for.
fn wait_until(path: &Path, what: &str, says: impl Fn(&Preferences) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !says(&Preferences::read(path).0) {
        assert!(Instant::now() < deadline, "not written: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_changes_is_written_while_the_window_is_open_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings/window.toml");
    let checkpoint = small_checkpoint(folder.path(), &[]);
    let context = egui::Context::default();
    let mut app = opened(&context, &path);
    frames(&context, &mut app, 2.0);
    // The window lives on meanwhile; a slow disk takes one write after the other.
    let written = |app: &mut App, what: &str, says: &dyn Fn(&Preferences) -> bool| {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !says(&Preferences::read(&path).0) {
            assert!(Instant::now() < deadline, "not written: {what}");
            frames(&context, app, 0.1);
            std::thread::sleep(Duration::from_millis(2));
        }
    };
    app.set_layout(Named::Train);
    written(&mut app, "the layout", &|kept| kept.layout == Named::Train && kept.arrangement.is_some());
    context.set_theme(egui::Theme::Light);
    written(&mut app, "the theme", &|kept| kept.light);
    app.session.settle();
    app.session.open_bundled(Bundled::default());
    app.session.settle();
    app.session.order_neurons(OrderKind::Activity);
    written(&mut app, "the order of neurons", &|kept| {
        kept.orders.get(&Subject::Patterns) == Some(&OrderKind::Activity)
    });
    app.session.order_neurons(OrderKind::Cluster(MatrixKind::Alpha));
    let by_alpha = OrderKind::Cluster(MatrixKind::Alpha);
    written(&mut app, "clusters", &|kept| kept.orders.get(&Subject::Patterns) == Some(&by_alpha));
    context.set_zoom_factor(1.3);
    written(&mut app, "the zoom", &|kept| kept.zoom == 1.3);
    app.dock().toggle("Weights");
    let arrangement = app.dock().arrangement();
    written(&mut app, "where panels stand", &|kept| kept.arrangement == arrangement);
    app.open(checkpoint.clone());
    app.session.settle();
    written(&mut app, "the file", &|kept| kept.recent.first() == Some(&checkpoint));
    // Killed: nobody closes it.
    std::mem::forget(app);

    let context = egui::Context::default();
    let mut second = opened(&context, &path);
    frames(&context, &mut second, 0.2);
    assert_eq!(second.layout(), Named::Train);
    assert_eq!(second.dock().arrangement(), arrangement);
    assert_eq!((context.theme(), context.zoom_factor()), (egui::Theme::Light, 1.3));
    assert_eq!(second.preferences().recent, [checkpoint]);
}

#[test]
fn settings_that_rest_ask_for_no_frame() {
    let folder = tempfile::tempdir().unwrap();
    let context = egui::Context::default();
    let mut app = opened(&context, &folder.path().join("window.toml"));
    assert_eq!(frames(&context, &mut app, 3.0), Duration::MAX);
    app.set_layout(Named::Inspect);
    let wait = frames(&context, &mut app, 0.1);
    assert!(wait <= Duration::from_secs_f64(REST), "a change waits {wait:?}");
}

#[test]
fn settings_are_written_once_they_rest_and_sometimes_even_if_they_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("window.toml");
    let mut keeper = Keeper::new(path.clone(), Preferences::default());
    let with_width = |width: f32| Preferences { size: [width, 700.0], ..Preferences::default() };
    assert_eq!(keeper.update(&Preferences::default(), 100.0), None);
    for frame in 0..4 {
        assert!(keeper.update(&with_width(1000.0 + frame as f32), 0.4).is_some());
        assert!(!path.exists(), "a window that is being dragged is not written in every frame");
    }
    assert!(keeper.update(&with_width(1003.0), REST - 0.1).is_some());
    assert_eq!(keeper.update(&with_width(1003.0), 0.2), None);
    wait_until(&path, "what rests", |kept| kept.size[0] == 1003.0);
    for frame in 0..20 {
        keeper.update(&with_width(1100.0 + frame as f32), 0.4);
        std::thread::sleep(Duration::from_millis(10));
    }
    wait_until(&path, "what never rests", |kept| kept.size[0] >= 1100.0);
    keeper.finish(&with_width(1200.0)).unwrap();
    assert_eq!(Preferences::read(&path).0, with_width(1200.0));
    std::fs::remove_file(&path).unwrap();
    keeper.finish(&with_width(1200.0)).unwrap();
    assert!(!path.exists(), "what has not changed is not written again");
}

#[test]
fn a_place_that_cannot_be_written_to_is_complained_about_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let mut keeper = Keeper::new(file.join("window.toml"), Preferences::default());
    let mut complaints = Vec::new();
    for round in 0..3 {
        let now = Preferences { size: [900.0 + round as f32, 700.0], ..Preferences::default() };
        keeper.update(&now, 0.0);
        assert_eq!(keeper.update(&now, REST), None);
        std::thread::sleep(Duration::from_millis(100));
        complaints.extend(keeper.complaint());
    }
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    assert!(complaints[0].contains("window.toml") && complaints[0].contains("not kept"), "{complaints:?}");
    assert!(keeper.finish(&Preferences::default()).is_err());
}

#[test]
fn two_windows_leave_a_whole_file_and_both_lists_of_recent_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("window.toml");
    let threads: Vec<_> = ["one", "two"]
        .into_iter()
        .map(|window| {
            let path = path.clone();
            let thread = std::thread::Builder::new().name(window.to_owned());
            let write = move || {
                for round in 0..50 {
                    let mut mine = Preferences { size: [1000.0 + round as f32, 700.0], ..Preferences::default() };
                    mine.remember(Path::new(&format!("/of/{window}.safetensors")));
                    mine.write_beside_others(&path).unwrap();
                    let (read, note) = Preferences::read(&path);
                    assert_eq!(note, None, "a torn file");
                    assert!(!read.recent.is_empty());
                }
            };
            thread.spawn(write).unwrap()
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    // Whoever comes last has seen what the other left.
    let mut last = Preferences::default();
    last.remember(Path::new("/of/three.safetensors"));
    last.write_beside_others(&path).unwrap();
    let recent = Preferences::read(&path).0.recent;
    for window in ["one", "two", "three"] {
        let file = Path::new("/of").join(format!("{window}.safetensors"));
        assert!(recent.contains(&file), "{file:?} is not in {recent:?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "temporary files were left");
}
