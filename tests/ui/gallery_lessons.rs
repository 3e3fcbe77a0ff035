//! Lessons side by side: every row says what the network answers in the lesson of its seed, and leads to it.

use super::one_look::checkpoint;
use super::window::small_checkpoint;
use crate::support::{keep, offscreen, run_until, windowed};
use egui::{Color32, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hebbscope::episode::{OneShot, Tape};
use hebbscope::files::Precision;
use hebbscope::train::Checkpoint;
use hebbscope::ui::App;
use hebbscope::ui::panels::gallery::{Order, ordered};
use hebbscope::ui::panels::{PANELS, pixels};
use hebbscope::ui::picture::Picture;
use hebbscope::ui::theme::Palette;
use hebbscope::view::layout::{Named, Subject};
use hebbscope::view::lifetimes::AT_A_TIME;
use hebbscope::view::numbers::percent;
use image::RgbaImage;
use std::path::PathBuf;
use std::sync::Arc;

/// The window with a network opened, at rest, and the gallery in front, filled.
fn opened(path: PathBuf) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(path);
    app.session.settle();
    app.session.clock.pause();
    let mut harness = windowed(app);
    harness.state_mut().show_panel("Gallery", "One look");
    harness.run_steps(3);
    filled(&mut harness);
    harness
}

fn filled(harness: &mut Harness<'_, App>) {
    run_until(harness, "the gallery", |app| {
        app.session.shelf.progress().is_none() && app.session.shelf.lived().len() == AT_A_TIME
    });
    harness.run_steps(2);
}

fn one_shot(tape: &Tape) -> &OneShot {
    tape.content.one_shot().unwrap()
}

/// What is said of an answer, written once more.
fn words(OneShot { lesson, answer }: &OneShot) -> String {
    let mut best = 0;
    for class in 1..answer.len() {
        if answer[class] > answer[best] {
            best = class;
        }
    }
    let of = |class: usize| format!("class {}, {}", class + 1, percent(f64::from(answer[class])));
    match lesson.classes[lesson.classes.len() - 1] {
        asked if asked == best => format!("right: {}", of(asked)),
        asked => format!("wrong: answered {}, right is {}", of(best), of(asked)),
    }
}

/// The labels of the rows from top to bottom, as far as they are drawn.
fn rows(harness: &Harness<'_, App>) -> Vec<String> {
    let found = harness.get_all_by_label_contains("episode seed ");
    let labelled = found.map(|node| (node.rect().top(), node.accesskit_node().label().unwrap_or_default()));
    let mut rows: Vec<(f32, String)> =
        labelled.filter(|(_, label)| label.contains(", right: ") || label.contains(", wrong: ")).collect();
    rows.sort_by(|one, other| one.0.total_cmp(&other.0));
    rows.into_iter().map(|(_, label)| label).collect()
}

#[test]
fn it_stands_behind_one_look_and_every_row_says_what_the_network_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    for layout in [Named::Watch, Named::Train] {
        assert!(layout.arrangement_for(Subject::OneShot).panels().contains(&"Gallery"), "{layout:?}");
    }
    let harness = opened(path.clone());
    let network = Checkpoint::read(&path).unwrap();
    let lived = harness.state().session.shelf.lived();
    let mut said = Vec::new();
    for (seed, lived) in (0..).zip(lived) {
        let tape = network.specimen().episode(seed).unwrap();
        assert_eq!((lived.seed, lived.shown.lesson()), (seed, Some(one_shot(&tape))));
        said.push(format!("episode seed {seed}, {}", words(one_shot(&tape))));
    }
    assert!(said.iter().any(|words| words.contains("wrong: ")), "{said:?}");
    let seen = rows(&harness);
    assert!(seen.len() > 4, "{seen:?}");
    assert_eq!(seen[..], said[..seen.len()]);
    let examples = harness.state().session.shelf.examples().unwrap().to_owned();
    harness.get_by_label_contains(&format!("unseen: {examples}"));
}

#[test]
fn those_whose_right_class_was_found_least_likely_come_first_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(checkpoint(folder.path(), &[]));
    harness.get_by_label("worst first").click();
    harness.run_steps(3);
    let likely: Vec<(u64, f32)> = ordered(harness.state().session.shelf.lived(), Order::Worst)
        .iter()
        .map(|lived| {
            let OneShot { lesson, answer } = lived.shown.lesson().unwrap();
            (lived.seed, answer[*lesson.classes.last().unwrap()])
        })
        .collect();
    assert!(likely.is_sorted_by(|one, other| one.1 <= other.1), "{likely:?}");
    assert!(!likely.is_sorted_by_key(|(seed, _)| *seed), "nothing was to be sorted: {likely:?}");
    for (row, (seed, _)) in rows(&harness).iter().zip(&likely) {
        assert!(row.starts_with(&format!("episode seed {seed},")), "{row}");
    }
}

#[test]
fn a_click_or_a_key_shows_that_lesson_with_the_same_answer_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    let mut harness = opened(path.clone());
    let network = Checkpoint::read(&path).unwrap();
    for seed in [2, 1] {
        if seed == 2 {
            harness.get_by_label_contains("episode seed 2,").click();
        } else {
            harness.get_by_label_contains("episode seed 1,").focus();
            harness.run_steps(1);
            harness.key_press_modifiers(Modifiers::NONE, Key::Enter);
        }
        run_until(&mut harness, "the episode", |app| app.session.scene().unwrap().tape().origin.seed == Some(seed));
        let session = &harness.state().session;
        let tape = network.specimen().episode(seed).unwrap();
        assert_eq!(**session.scene().unwrap().tape(), tape);
        let bits = |one_shot: &OneShot| one_shot.answer.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        let lived = session.shelf.lived()[seed as usize].shown.lesson().unwrap();
        assert_eq!(bits(lived), bits(one_shot(&tape)));
        assert_eq!((session.clock.at(), session.clock.is_playing()), (5, false), "it rests on the answer");
    }
}

#[test]
fn rows_of_another_network_recede_and_those_of_another_task_make_way() {
    let folder = tempfile::tempdir().unwrap();
    let early = checkpoint(folder.path(), &[]);
    let mut network = Checkpoint::read(&early).unwrap();
    network.config.iterations += 1;
    let late = folder.path().join("late.safetensors");
    network.write(&late, Precision::Full).unwrap();
    let name = early.file_name().unwrap().to_string_lossy().into_owned();
    let mut harness = opened(early);
    assert!(harness.query_by_label("Run again").is_none());
    let open = |harness: &mut Harness<'_, App>, path: PathBuf| {
        harness.state_mut().session.open(path);
        harness.state_mut().session.settle();
        harness.state_mut().session.clock.pause();
        // Panels stand as this network wants them.
        harness.run_steps(2);
        harness.state_mut().show_panel("Gallery", "One look");
        harness.run_steps(3);
    };
    open(&mut harness, late);
    harness.get_by_label_contains(&format!("by {name}, not the network in view"));
    assert!(rows(&harness).iter().all(|row| row.ends_with("by another network than the one in view")));
    harness.get_by_label("Run again").click();
    harness.run_steps(2);
    filled(&mut harness);
    assert!(harness.query_by_label("Run again").is_none());
    // What is recalled cannot stand beside what is told apart.
    for path in [small_checkpoint(folder.path(), &[]), checkpoint(folder.path(), &[("ways", "3")])] {
        open(&mut harness, path);
        run_until(&mut harness, "the gallery of another task", |app| {
            let scene = app.session.scene().unwrap();
            app.session.shelf.progress().is_none()
                && app.session.shelf.lived().iter().all(|lived| lived.by.is_of(scene))
        });
        assert_eq!(harness.state().session.shelf.lived().len(), AT_A_TIME);
    }
    // Lessons of five classes are not laid out as those of three.
    open(&mut harness, checkpoint(folder.path(), &[]));
    harness.get_by_label("12 more").click();
    harness.run_steps(2);
    filled(&mut harness);
    let lived = harness.state().session.shelf.lived();
    assert!(lived.iter().all(|lived| lived.shown.lesson().unwrap().lesson.ways() == 5));
}

/// Whether a drawing is drawn somewhere with hard edges, on a side of 44 points in a picture of twice the scale.
fn has_drawing(drawn: &RgbaImage, cells: &[Color32]) -> bool {
    const SIDE: u32 = 88;
    let cells_a_side = cells.len().isqrt();
    let is_alike = |left: u32, top: u32, index: usize| {
        let at = |cell: usize| ((cell as f32 + 0.5) * SIDE as f32 / cells_a_side as f32) as u32;
        let found = drawn.get_pixel(left + at(index % cells_a_side), top + at(index / cells_a_side)).0;
        // A graphics processor may round otherwise.
        found.iter().zip(cells[index].to_array()).all(|(found, expected)| found.abs_diff(expected) <= 1)
    };
    // Ink first: most of every drawing is paper.
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by_key(|index| cells[*index].r());
    assert!(cells[order[0]].r() < 100, "a drawing without ink");
    let (right, bottom) = (drawn.width() - SIDE, drawn.height() - SIDE);
    (0..bottom).any(|top| (0..right).any(|left| order.iter().all(|index| is_alike(left, top, *index))))
}

#[test]
fn lessons_of_every_size_are_drawn_with_their_drawings_in_both_themes() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let gallery = PANELS.iter().position(|make| make().name() == "Gallery").unwrap();
    for (ways, shots) in [("5", "1"), ("2", "1"), ("2", "5"), ("20", "1"), ("20", "5")] {
        let path = checkpoint(folder.path(), &[("ways", ways), ("shots", shots)]);
        for (dark, theme) in [(true, egui::Theme::Dark), (false, egui::Theme::Light)] {
            let mut picture = Picture::with(device, dark);
            picture.open(Some(&path));
            for (size, scale) in [([355.0, 420.0], 1.0), ([800.0, 500.0], 1.0), ([355.0, 420.0], 2.0)] {
                let panel = picture.panel(gallery, size, scale).unwrap();
                assert_eq!(picture.app.session.shelf.lived().len(), AT_A_TIME, "a picture waits for what it shows");
                keep(&panel, &format!("gallery-{ways}-{shots}-{dark}-{}-{scale}", size[0]));
            }
            // Where a drawing is drawn pixel by pixel, it is the one that was shown, with its ink.
            let context = egui::Context::default();
            context.set_theme(theme);
            let palette = Palette::of(&context);
            if shots == "1" && ways != "20" {
                let drawn = picture.panel(gallery, [800.0, 200.0], 2.0).unwrap();
                let lesson = picture.app.session.shelf.lived()[0].shown.lesson().unwrap().lesson.clone();
                for drawing in &lesson.drawings {
                    let cells: Vec<_> = drawing.iter().map(|value| pixels::ink(2.0 * value - 1.0, palette)).collect();
                    assert!(has_drawing(&drawn, &cells), "a drawing of seed 0 is not in its row");
                }
            }
            picture.app.set_layout(Named::Watch);
            picture.app.show_panel("Gallery", "One look");
            keep(&picture.window([900.0, 600.0], 1.0).unwrap(), &format!("gallery-window-{ways}-{shots}-{dark}"));
            device = picture.into_offscreen();
        }
    }
}
