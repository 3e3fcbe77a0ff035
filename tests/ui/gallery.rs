//! The gallery of lifetimes and the strip of steps: what is shown is what was lived.

use crate::support::{has_picture, keep, offscreen, run_until, windowed};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hebbscope::files::Precision;
use hebbscope::tasks;
use hebbscope::train::{Bundled, Checkpoint, RunConfig, Trainer};
use hebbscope::ui::App;
use hebbscope::ui::panels::gallery::{Gallery, Order, ordered};
use hebbscope::ui::panels::{PANELS, pixels};
use hebbscope::ui::picture::Picture;
use hebbscope::ui::theme::Palette;
use hebbscope::view::layout::{Named, Subject};
use hebbscope::view::numbers::decimals;
use image::RgbaImage;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A small network that remembers pictures, trained for some iterations, as a file.
fn checkpoint(folder: &Path, iterations: usize, changes: &[(&str, &str)]) -> PathBuf {
    let small = [
        ("source", "dead_leaves"),
        ("side", "6"),
        ("show_steps", "5"),
        ("gap_steps", "1"),
        ("lr", "0.003"),
        ("batch", "4"),
    ];
    let mut config = RunConfig::new(tasks::find("images").unwrap());
    for (key, value) in small.iter().chain(changes) {
        config.settings.set_text(key, value).unwrap();
    }
    let mut trainer = Trainer::new(config).unwrap();
    for _ in 0..iterations {
        trainer.step().unwrap();
    }
    let path = folder.join(format!("after-{iterations}.safetensors"));
    trainer.checkpoint().unwrap().write(&path, Precision::Full).unwrap();
    path
}

/// The window with a file opened, at rest.
fn opened(path: &Path) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(path.to_owned());
    app.session.settle();
    app.session.clock.pause();
    windowed(app)
}

fn filled(harness: &mut Harness<'_, App>, count: usize) {
    run_until(harness, "the gallery", |app| {
        app.session.shelf.progress().is_none() && app.session.shelf.lived().len() == count
    });
}

/// The labels of the rows from top to bottom, as far as they are drawn.
fn rows(harness: &Harness<'_, App>) -> Vec<String> {
    let mut rows: Vec<(f32, String)> = harness
        .get_all_by_label_contains("episode seed ")
        .map(|node| (node.rect().top(), node.accesskit_node().label().unwrap_or_default()))
        // The panels beside it name their episode, too.
        .filter(|(_, label)| label.contains(", correlation ") || label.contains(", wrong "))
        .collect();
    rows.sort_by(|one, other| one.0.total_cmp(&other.0));
    rows.into_iter().map(|(_, label)| label).collect()
}

#[test]
fn pictures_bring_the_gallery_into_the_window_and_patterns_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&checkpoint(folder.path(), 2, &[]));
    let expected = Named::Watch.arrangement_for(Subject::Pictures);
    assert!(expected.panels().contains(&"Gallery"));
    assert_eq!(harness.state_mut().dock().arrangement(), Some(expected.clone()));
    filled(&mut harness, 12);
    harness.state_mut().session.open_bundled(Bundled::default());
    harness.state_mut().session.settle();
    harness.run_steps(2);
    assert_eq!(harness.state_mut().dock().arrangement(), Some(Named::Watch.arrangement()));
    // What somebody has arranged stays as it is.
    harness.state_mut().dock().toggle("Learning");
    harness.run_steps(2);
    let arranged = harness.state_mut().dock().arrangement();
    harness.state_mut().session.open(folder.path().join("after-2.safetensors"));
    harness.state_mut().session.settle();
    harness.run_steps(2);
    assert_eq!(harness.state_mut().dock().arrangement(), arranged);
}

#[test]
fn every_row_says_what_evaluation_computes_for_its_seed() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), 30, &[]);
    let mut harness = opened(&path);
    filled(&mut harness, 12);
    let network = Checkpoint::read(&path).unwrap();
    for (seed, lived) in harness.state().session.shelf.lived().iter().enumerate() {
        let tape = network.specimen().episode(seed as u64).unwrap();
        assert_eq!((lived.seed, lived.measure.to_bits()), (seed as u64, tape.measure.to_bits()));
        let recalling = lived.shown.recall().unwrap();
        assert_eq!(recalling.answer, tape.activity_at(tape.steps - 1)[..36]);
        assert_eq!(Some(&recalling.question), tape.content.question());
        assert_eq!(lived.measure_text(), decimals(f64::from(tape.measure), 2));
    }
    let tape = network.specimen().episode(0).unwrap();
    let shown = format!("episode seed 0, correlation {}", decimals(f64::from(tape.measure), 2));
    assert_eq!(rows(&harness)[0], shown);
    // Which pictures these were depends on where the tests run; it is said in any case.
    let examples = harness.state().session.shelf.examples().unwrap().to_owned();
    assert!(examples.contains("CIFAR-10 test batch") || examples.contains("dead leaves"), "{examples}");
    harness.get_by_label_contains(&examples);
}

#[test]
fn the_worst_answers_come_first_when_asked_for_and_the_choice_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&checkpoint(folder.path(), 30, &[]));
    filled(&mut harness, 12);
    harness.get_by_label("worst first").click();
    harness.run_steps(3);
    let lived = harness.state().session.shelf.lived().to_vec();
    let sorted = ordered(&lived, Order::Worst);
    assert!(sorted.is_sorted_by_key(|lived| lived.measure) && sorted.len() == 12, "a small correlation is bad");
    assert!(!lived.is_sorted_by_key(|lived| lived.measure), "nothing was to be sorted");
    let seen = rows(&harness);
    assert!(seen.len() > 2, "{seen:?}");
    for (row, lived) in seen.iter().zip(&sorted) {
        assert!(row.starts_with(&format!("episode seed {},", lived.seed)), "{row}");
    }
    let choices = harness.state_mut().dock().choices();
    assert_eq!(choices["Gallery"]["order"], "worst");
    let mut gallery = Gallery::default();
    for (choice, order) in [(&choices["Gallery"], Order::Worst), (&serde_json::json!({"order": 7}), Order::Worst)] {
        hebbscope::ui::panels::Panel::choose(&mut gallery, choice);
        assert_eq!(gallery.order(), order);
    }
}

#[test]
fn for_patterns_many_wrong_bits_are_bad() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&crate::ui::window::small_checkpoint(folder.path(), &[]));
    harness.state_mut().dock().toggle("Gallery");
    filled(&mut harness, 12);
    let sorted = ordered(harness.state().session.shelf.lived(), Order::Worst);
    assert!(sorted.iter().rev().is_sorted_by_key(|lived| lived.measure));
    assert!(sorted[0].measure > sorted[11].measure && sorted[0].measure_text().ends_with('%'));
    harness.get_by_label(&format!("episode seed 0, wrong {}", harness.state().session.shelf.lived()[0].measure_text()));
}

#[test]
fn a_click_or_a_key_on_a_row_shows_that_lifetime_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), 5, &[]);
    let mut harness = opened(&path);
    filled(&mut harness, 12);
    harness.get_by_label_contains("episode seed 2,").click();
    run_until(&mut harness, "the lifetime", |app| app.session.scene().unwrap().tape().origin.seed == Some(2));
    let session = &harness.state().session;
    let tape = Checkpoint::read(&path).unwrap().specimen().episode(2).unwrap();
    assert_eq!(**session.scene().unwrap().tape(), tape);
    assert_eq!((session.clock.at(), session.clock.is_playing()), (tape.steps - 1, false), "it rests on the answer");
    assert!(!session.following && session.notices.is_empty());
    harness.get_by_label_contains(&format!("timeline, step {} of {}", tape.steps, tape.steps));
    // The network is the same one: nothing is out of date.
    assert!(harness.query_by_label("Run again").is_none());

    harness.get_by_label_contains("episode seed 1,").focus();
    harness.run_steps(1);
    harness.key_press_modifiers(Modifiers::NONE, Key::Enter);
    run_until(&mut harness, "the lifetime", |app| app.session.scene().unwrap().tape().origin.seed == Some(1));
}

#[test]
fn rows_of_another_network_are_marked_can_be_seen_and_lived_again() {
    let folder = tempfile::tempdir().unwrap();
    let [early, late] = [5, 12].map(|iterations| checkpoint(folder.path(), iterations, &[]));
    let mut harness = opened(&early);
    filled(&mut harness, 12);
    assert!(harness.query_by_label("Run again").is_none());
    harness.state_mut().session.open(late);
    harness.state_mut().session.settle();
    harness.state_mut().session.clock.pause();
    harness.run_steps(3);
    harness.get_by_label_contains("by after-5.safetensors, not the network in view");
    assert!(rows(&harness).iter().all(|row| row.ends_with("by another network than the one in view")));
    // A row shows what it says: the lifetime as its own network lived it.
    harness.get_by_label_contains("episode seed 1,").click();
    run_until(&mut harness, "the lifetime", |app| app.session.scene().unwrap().iteration == 5);
    let scene = harness.state().session.scene().unwrap();
    assert_eq!((scene.tape().origin.seed, harness.state().session.curve().len()), (Some(1), 5));
    assert!(harness.query_by_label("Run again").is_none());

    harness.state_mut().session.open(folder.path().join("after-12.safetensors"));
    harness.state_mut().session.settle();
    harness.state_mut().session.clock.pause();
    harness.run_steps(3);
    harness.get_by_label("Run again").click();
    harness.run_steps(2);
    filled(&mut harness, 12);
    assert!(harness.state().session.shelf.lived().iter().all(|lived| lived.by.iteration == 12));
    assert!(harness.query_by_label("Run again").is_none());
}

#[test]
fn more_lifetimes_are_lived_and_living_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&checkpoint(folder.path(), 1, &[]));
    filled(&mut harness, 12);
    harness.get_by_label("12 more").click();
    harness.run_steps(2);
    filled(&mut harness, 24);
    let seeds: Vec<u64> = harness.state().session.shelf.lived().iter().map(|lived| lived.seed).collect();
    assert_eq!(seeds, (0..24).collect::<Vec<_>>());
    // So many that cancelling comes in time.
    harness.state_mut().session.live_side_by_side((24..100_000).collect());
    harness.run_steps(2);
    harness.get_by_label_contains(" of 99976");
    harness.get_by_label("Cancel").click();
    harness.run_steps(2);
    let shelf = &harness.state().session.shelf;
    assert!(shelf.progress().is_none() && shelf.lived().len() >= 24 && shelf.lived().len() < 99_000);
    harness.get_by_label("12 more");
}

#[test]
fn pictures_that_cannot_be_had_are_explained_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&checkpoint(folder.path(), 1, &[]));
    filled(&mut harness, 12);
    // Settings that its weights do not fit.
    let mut still = harness.state().session.still().unwrap();
    still.scene.config.as_mut().unwrap().settings.set_text("side", "5").unwrap();
    harness.state_mut().session.show_still(still);
    harness.get_by_label("12 more").click();
    run_until(&mut harness, "the refusal", |app| app.session.shelf.problem().is_some());
    harness.get_by_label_contains("Not run: episode seed 12 could not be run");
    harness.get_by_label("Try again");
    harness.get_by_label("Copy");
    assert_eq!(harness.state().session.shelf.lived().len(), 12, "what there was stays");
}

#[test]
fn the_strip_shows_the_activities_of_the_tape_and_leads_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), 20, &[]);
    let mut harness = opened(&path);
    let tape = Arc::clone(harness.state().session.scene().unwrap().tape());
    let first = tape.steps - 3;
    for step in first - 3..tape.steps {
        let words = format!("network output at step {}, ", step + 1);
        harness.get_by_label_contains(&words).click();
        harness.run_steps(2);
        let clock = &harness.state().session.clock;
        assert_eq!((clock.at(), clock.is_playing()), (step, false));
    }
    harness.get_by_label(&format!("network output at step {}, step 1 of the probe", first + 1));
    assert!(harness.query_by_label_contains(&format!("network output at step {}, ", first - 3)).is_none());
    // The error tile speaks of correlation, as the task does.
    let tile = harness.get_by_label_contains("signed error at step").accesskit_node().label().unwrap_or_default();
    let value = decimals(f64::from(tape.measure), 2);
    assert!(tile.contains(&format!("correlation {value}, mse ")) && tile.ends_with("on the blanked part"), "{tile}");

    let Some(device) = offscreen() else { return };
    let mut picture = Picture::with(device, true);
    picture.open(Some(&path));
    picture.app.session.clock.seek(0);
    let before = picture.panel(0, [600.0, 420.0], 1.0).unwrap();
    picture.app.session.clock.seek(usize::MAX);
    let drawn = picture.panel(0, [600.0, 420.0], 1.0).unwrap();
    let context = egui::Context::default();
    context.set_theme(egui::Theme::Dark);
    let palette = Palette::of(&context);
    for step in first - 3..tape.steps {
        let cells = pixels::grey(&tape.activity_at(step)[..36], palette);
        assert!(has_picture(&drawn, &cells), "the output of step {step} is not in the panel");
        assert!(
            step < first || !has_picture(&before, &cells),
            "what step {step} is still to bring looks like an answer"
        );
    }
}

#[test]
fn the_gallery_is_drawn_in_both_themes_wide_and_narrow() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), 10, &[]);
    let gallery = PANELS.iter().position(|make| make().name() == "Gallery").unwrap();
    let mut drawn: Vec<RgbaImage> = Vec::new();
    for (dark, theme) in [(true, "dark"), (false, "light")] {
        let mut picture = Picture::with(device, dark);
        picture.open(Some(&path));
        for (size, scale) in [([500.0, 420.0], 1.0), ([220.0, 300.0], 1.0), ([500.0, 420.0], 2.0), ([90.0, 80.0], 1.0)]
        {
            let panel = picture.panel(gallery, size, scale).unwrap();
            assert_eq!([panel.width() as f32, panel.height() as f32], size.map(|side| side * scale));
            assert_eq!(picture.app.session.shelf.lived().len(), 12, "a picture waits for what it shows");
            keep(&panel, &format!("gallery-{theme}-{}-{scale}", size[0]));
            assert!(!drawn.contains(&panel), "{theme} {size:?} looks like another");
            drawn.push(panel);
        }
        device = picture.into_offscreen();
    }
}
