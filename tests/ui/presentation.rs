//! The window for a lecture hall: what is seen is read from the last row, and everything is as it was afterwards.

use super::legible::{cut, opened, overlaps, words_in};
use super::words::written;
use crate::support::{keep, offscreen, windowed};
use egui::{Context, Key, Modifiers, Pos2, Shape, Vec2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hebbscope::train::Bundled;
use hebbscope::ui::presentation::{LEAST_LETTERS, pixels_per_point};
use hebbscope::ui::tours::{Place, Tours};
use hebbscope::ui::{App, theme};
use hebbscope::view::layout::{Arrangement, Named, Subject};
use std::sync::Arc;

/// What projectors have, in pixels.
const PROJECTORS: [Vec2; 2] = [vec2(1920.0, 1080.0), vec2(1024.0, 768.0)];

/// A network on a projector of so many pixels.
fn presented(network: Bundled, pixels: Vec2) -> Harness<'static, App> {
    let mut harness = windowed(opened(network));
    harness.set_size(pixels);
    harness.key_press(Key::F11);
    harness.run_steps(6);
    harness
}

#[test]
fn every_word_is_large_enough_whole_and_alone() {
    for network in Bundled::ALL {
        for pixels in PROJECTORS {
            let context = Context::default();
            theme::install(&context);
            let mut app = opened(network);
            app.present(true, &context);
            let scale = pixels_per_point(pixels);
            let words = words_in(&context, &mut app, pixels / scale, scale, |ui, app| app.ui(ui));
            let case = format!("{network:?} at {pixels:?}");
            assert!((context.pixels_per_point() - scale).abs() < 1e-3, "{case}: {}", context.pixels_per_point());
            assert!(words.len() > 6, "{case}: {} words", words.len());
            let small = |word: &&super::legible::Words| word.letters * scale < LEAST_LETTERS - 0.01;
            let small: Vec<_> = words.iter().filter(small).map(|word| (&word.text, word.letters * scale)).collect();
            assert!(small.is_empty(), "{case}: {small:?}");
            assert_eq!(overlaps(&words), Vec::<String>::new(), "{case}");
            assert_eq!(cut(&words), Vec::<String>::new(), "{case}");
        }
    }
}

#[test]
fn the_event_is_told_in_words_and_the_keys_of_time_work() {
    let mut harness = windowed(opened(Bundled::Patterns));
    harness.key_press(Key::F11);
    harness.run_steps(3);
    assert!(harness.state().is_presenting());
    harness.key_press(Key::Home);
    harness.run_steps(2);
    let study = harness.state().session.scene().unwrap().tape().events[0];
    let label = harness.state().session.scene().unwrap().tape().label(&study);
    harness.get_by_label(&format!("{label} · step 1 of 205"));
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    harness.get_by_label(&format!("{label} · step 2 of 205"));
    assert!(harness.query_by_label("Train a new network").is_none(), "the left side is still there");
}

#[test]
fn every_tour_keeps_two_panels_and_has_in_front_what_it_speaks_of() {
    take_every_tour(
        vec2(1920.0, 1080.0),
        75.0,
        |arrangement| matches!(arrangement, Arrangement::Row(parts) if parts.len() == 2),
    );
}

#[test]
fn on_a_small_projector_every_tour_stands_beside_what_it_speaks_of() {
    for pixels in [vec2(1280.0, 800.0), vec2(1024.0, 768.0)] {
        // More than half of the window is the panel's.
        let least = 0.5 * pixels.y / pixels_per_point(pixels);
        take_every_tour(
            pixels,
            least,
            |arrangement| matches!(arrangement, Arrangement::Tabs(_, panels) if panels.len() > 1),
        );
    }
}

/// Takes every tour on a projector: the panels always stand as they should, and those that a step speaks of are at least so
/// high, in points.
fn take_every_tour(pixels: Vec2, least: f32, stands: impl Fn(&Arrangement) -> bool) {
    let scale = pixels_per_point(pixels);
    for tour in Tours::bundled() {
        let context = Context::default();
        theme::install(&context);
        let mut app = App::new(&context, Arc::new(|| {}));
        app.present(true, &context);
        app.tours.take(tour.clone());
        for (at, step) in tour.steps.iter().enumerate() {
            for is_answered in [false, true] {
                for _ in 0..40 {
                    let _words = words_in(&context, &mut app, pixels / scale, scale, |ui, app| app.ui(ui));
                    app.session.settle();
                    if !app.tours.is_busy() && !app.session.is_busy() && !app.session.is_branching() {
                        break;
                    }
                }
                let _words = words_in(&context, &mut app, pixels / scale, scale, |ui, app| app.ui(ui));
                let case = format!("{}: step {at}, answered {is_answered}", tour.title);
                let arrangement = app.dock().arrangement().unwrap();
                assert!(stands(&arrangement), "{case}: {arrangement:?}");
                let is_seen = |place: &Place, app: &mut App| match place {
                    Place::Panel(name) => app.dock().rect_of(name).is_some_and(|rect| rect.height() > least),
                    Place::Part(_) => true,
                };
                let hidden: Vec<&Place> = step.highlight.iter().filter(|place| !is_seen(place, &mut app)).collect();
                assert!(hidden.is_empty(), "{case}: {hidden:?}");
                // What is asked is seen somewhere, once it is answered.
                let shows = step.cover.iter().any(|place| is_seen(place, &mut app));
                assert!(shows || step.cover.is_empty() || step.question.is_none(), "{case}");
                match &step.question {
                    Some(question) if !is_answered => app.tours.answer(question.right),
                    _ => break,
                }
            }
            app.tours.next();
        }
    }
}

#[test]
fn a_layout_that_is_chosen_meanwhile_is_there_when_it_ends() {
    let mut app = opened(Bundled::Patterns);
    let context = Context::default();
    app.present(true, &context);
    let presented = app.dock().arrangement();
    app.set_layout(Named::Inspect);
    assert_eq!(app.dock().arrangement(), presented, "its own two panels stay");
    app.present(false, &context);
    assert_eq!(app.layout(), Named::Inspect);
    assert_eq!(app.dock().arrangement(), Some(Named::Inspect.arrangement_for(Subject::Patterns)));
}

#[test]
fn everything_stands_as_before_when_it_ends() {
    let context = Context::default();
    theme::install(&context);
    let mut app = opened(Bundled::Patterns);
    app.set_layout(Named::Inspect);
    app.dock().toggle("Gallery");
    let before = app.dock().arrangement();
    for end in [Key::F11, Key::Escape] {
        let mut harness = windowed(std::mem::replace(&mut app, App::new(&context, Arc::new(|| {}))));
        let zoom = harness.ctx.zoom_factor();
        harness.key_press(Key::F11);
        harness.run_steps(4);
        assert_ne!(harness.state_mut().dock().arrangement(), before);
        assert_ne!(harness.ctx.zoom_factor(), zoom);
        harness.key_press(end);
        harness.run_steps(4);
        assert!(!harness.state().is_presenting());
        assert_eq!((harness.state_mut().dock().arrangement(), harness.ctx.zoom_factor()), (before.clone(), zoom));
        assert_eq!(harness.state().layout(), Named::Inspect);
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.run_steps(2);
        assert_eq!(harness.state_mut().dock().arrangement(), before, "a presentation is no change to be taken back");
        app = std::mem::replace(harness.state_mut(), App::new(&context, Arc::new(|| {})));
    }
}

#[test]
fn a_presentation_is_not_what_the_window_remembers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("window.toml");
    let context = Context::default();
    let mut app = App::with_preferences(&context, Arc::new(|| {}), Some(path.clone()));
    app.set_layout(Named::Train);
    let arrangement = app.dock().arrangement();
    app.present(true, &context);
    context.set_zoom_factor(2.0);
    app.keep_preferences(&context);
    let (kept, note) = hebbscope::view::preferences::Preferences::read(&path);
    assert_eq!((kept.zoom, kept.layout, kept.arrangement, note), (1.0, Named::Train, arrangement, None));
}

#[test]
fn another_network_brings_its_own_two_panels() {
    let mut app = opened(Bundled::Patterns);
    let context = Context::default();
    app.present(true, &context);
    let panels = |app: &mut App| app.dock().arrangement().unwrap().panels().iter().map(ToString::to_string).collect();
    let first: Vec<String> = panels(&mut app);
    assert_eq!(first, ["Recall", "Trace"]);
    app.session.open_bundled(Bundled::Agent);
    app.session.settle();
    app.advance(&context, 0.0);
    let second: Vec<String> = panels(&mut app);
    assert_eq!(second, ["Maze", "Trace"]);
    app.present(false, &context);
    app.advance(&context, 0.0);
    let third: Vec<String> = panels(&mut app);
    assert!(third.contains(&"Rewards".to_owned()), "the usual window makes room for the agent: {third:?}");
}

#[test]
fn it_looks_right_in_both_themes_and_a_picture_of_it_is_the_same_window() {
    let Some(mut offscreen) = offscreen() else { return };
    for network in Bundled::ALL {
        for (dark, pixels) in [(true, PROJECTORS[0]), (false, PROJECTORS[1])] {
            let scale = pixels_per_point(pixels);
            let mut picture = hebbscope::ui::picture::Picture::with(offscreen, dark);
            picture.app = opened(network);
            let context = Context::default();
            picture.app.present(true, &context);
            let drawn = picture.window((pixels / scale).into(), scale).unwrap();
            assert_eq!([drawn.width(), drawn.height()], [pixels.x as u32, pixels.y as u32]);
            keep(&drawn, &format!("presentation-{network:?}-{}", if dark { "dark" } else { "light" }));
            offscreen = picture.into_offscreen();
        }
    }
}

/// Before the window changed its size the pointer was somewhere else in it.
#[test]
fn the_ring_waits_until_the_pointer_moves() {
    let mut harness = windowed(opened(Bundled::Letters));
    let rings = |harness: &Harness<'_, App>| -> Vec<Pos2> {
        let circles = harness.output().shapes.iter().filter_map(|clipped| match &clipped.shape {
            Shape::Circle(circle) if circle.radius == 13.0 => Some(circle.center),
            _ => None,
        });
        circles.collect()
    };
    harness.hover_at(pos2(700.0, 300.0));
    harness.run_steps(2);
    harness.key_press(Key::F11);
    harness.run_steps(3);
    assert!(rings(&harness).is_empty(), "{:?}", rings(&harness));
    harness.hover_at(pos2(320.0, 200.0));
    harness.run_steps(2);
    assert_eq!(rings(&harness), [pos2(320.0, 200.0); 2]);
}

/// What is below can be seen to be there: the handle stands out from the bar, in both themes.
#[test]
fn the_handle_of_a_scroll_bar_is_told_from_its_bar() {
    let context = Context::default();
    theme::install(&context);
    for theme in [egui::Theme::Dark, egui::Theme::Light] {
        context.set_theme(theme);
        let mut bars = Vec::new();
        // Fonts and colours count from the next frame on.
        for _ in 0..3 {
            let output = context.run_ui(egui::RawInput::default(), |ui| {
                theme::slim_scroll_bar(ui);
                egui::ScrollArea::vertical().max_height(100.0).show(ui, |ui| ui.allocate_space(vec2(50.0, 400.0)));
            });
            let filled = output.shapes.iter().filter_map(|clipped| match &clipped.shape {
                Shape::Rect(rect) if rect.rect.width() < 7.0 && rect.rect.height() > 20.0 => Some(rect.fill),
                _ => None,
            });
            bars = filled.collect();
            let _discarded = context.tessellate(output.shapes, 1.0);
        }
        let [bar, handle] = bars[..] else { panic!("{theme:?}: {bars:?}") };
        let apart = bar.g().abs_diff(handle.g());
        assert!(apart > 60, "{theme:?}: a handle {handle:?} on {bar:?}");
    }
}

/// However small the projector, of the maze it is the board that is seen.
#[test]
fn a_board_has_most_of_its_panel_on_the_smallest_projector() {
    for pixels in [vec2(1024.0, 768.0), vec2(900.0, 600.0)] {
        let mut harness = presented(Bundled::Agent, pixels);
        let board = harness.get_by_label_contains("maze of 9 × 9 squares").rect();
        let panel = harness.state_mut().dock().rect_of("Maze").unwrap();
        assert!(board.height() >= 0.5 * panel.height(), "{board:?} of {panel:?} at {pixels:?}");
        // What is drawn on it can still be chosen.
        harness.get_by_label("shows").click();
        harness.run_steps(3);
        harness.get_by_label("only what is observed");
    }
}

#[test]
fn the_age_of_a_network_stands_beside_its_line_and_not_on_it() {
    for pixels in [vec2(1280.0, 800.0), vec2(1024.0, 768.0)] {
        let harness = presented(Bundled::Letters, pixels);
        let line = harness.get_by_label_contains("age of the network, iteration").rect();
        // Signs are drawn one by one.
        let beside = |rect: &egui::Rect| line.y_range().contains(rect.center().y) && rect.left() < line.center().x;
        let signs: Vec<_> = written(&harness).into_iter().filter(|(_, rect)| beside(rect)).collect();
        assert!(signs.len() > 5, "{signs:?}");
        assert!(signs.iter().all(|(_, rect)| rect.right() <= line.left() + 5.0), "{signs:?} at {line:?}");
    }
}
