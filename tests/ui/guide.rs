//! *What is this?*: the parts of the window, named where they are.

use super::window::small_checkpoint;
use crate::support::windowed;
use egui::{Key, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hebbscope::ui::App;
use hebbscope::ui::guide::Part;
use hebbscope::view::inspection::Pinned;
use std::path::Path;
use std::sync::Arc;

const PARTS: [Part; 7] =
    [Part::Menus, Part::Network, Part::Training, Part::Panels, Part::Inspector, Part::Timeline, Part::Status];

fn opened(path: &Path) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(path.to_owned());
    app.session.settle();
    app.session.clock.pause();
    windowed(app)
}

/// Where a part is named.
fn place(harness: &Harness<'static, App>, part: Part) -> Option<Rect> {
    harness.query_by_label(&format!("{}: {}", part.name(), part.words())).map(|node| node.rect())
}

#[test]
fn every_part_is_named_at_its_place_and_esc_takes_the_names_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&small_checkpoint(folder.path(), &[]));
    for (size, pinned) in [
        (vec2(1280.0, 800.0), None),
        (vec2(900.0, 600.0), Some(Pinned::Neuron(3))),
        (vec2(900.0, 600.0), None),
        (vec2(720.0, 520.0), None),
    ] {
        match pinned {
            Some(pinned) => harness.state_mut().session.pin(pinned),
            None => harness.state_mut().session.unpin(),
        }
        harness.set_size(size);
        harness.run_steps(3);
        let inside = [
            (Part::Menus, "Export"),
            (Part::Network, "Replay episode"),
            (Part::Training, "Training"),
            (Part::Panels, "Recall"),
            (Part::Timeline, "go to the first step (Home)"),
            (Part::Status, "viewing 5"),
        ];
        let inside = inside.map(|(part, label)| (part, harness.get_by_label(label).rect()));
        let pin_title = pinned.map(|_| harness.get_by_label("Neuron 3").rect());
        harness.key_press(Key::F1);
        harness.run_steps(4);
        let all: Vec<(Part, Rect)> =
            PARTS.into_iter().filter_map(|part| Some((part, place(&harness, part)?))).collect();
        let has_inspector = size.x > 1000.0 || pinned.is_some();
        assert_eq!(all.len(), if has_inspector { 7 } else { 6 }, "{size}: {all:?}");
        let rect_of = |part: Part| all.iter().find(|(other, _)| *other == part).unwrap().1;
        for (part, rect) in inside {
            assert!(rect_of(part).contains(rect.center()), "{size}: {part:?} is not where {rect} is");
        }
        if let Some(rect) = pin_title {
            assert!(rect_of(Part::Inspector).contains_rect(rect));
        }
        // They cover the window, and none lies over another.
        let window = all.iter().fold(Rect::NOTHING, |sum, (_, rect)| sum.union(*rect));
        // The harness leaves a margin around what it draws.
        assert!(window.width() >= size.x - 20.0 && window.height() >= size.y - 20.0, "{size}: {window}");
        let area: f32 = all.iter().map(|(_, rect)| rect.area()).sum();
        assert!((0.99..=1.001).contains(&(area / window.area())), "{size}: {all:?}");
        for (index, (part, rect)) in all.iter().enumerate() {
            for (other, beside) in &all[..index] {
                let both = rect.intersect(*beside);
                assert!(both.width() < 1.0 || both.height() < 1.0, "{size}: {part:?} over {other:?}");
            }
        }
        // Keys do not go through to what lies below.
        harness.key_press(Key::Space);
        harness.run_steps(2);
        assert!(!harness.state().session.clock.is_playing(), "keys go through the names");
        harness.key_press(Key::Escape);
        harness.run_steps(3);
        assert!(PARTS.iter().all(|part| place(&harness, *part).is_none()), "{size}");
        assert_eq!(harness.state().session.pinned(), pinned, "Esc did more than to take the names away");
    }
}

#[test]
fn the_names_come_from_the_help_menu_and_go_with_a_click() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&small_checkpoint(folder.path(), &[]));
    harness.get_by_label("Help").click();
    harness.run_steps(3);
    harness.get_by_label_contains("What is this?").click();
    harness.run_steps(4);
    let timeline = place(&harness, Part::Timeline).unwrap();
    let at = harness.state().session.clock.at();
    harness.hover_at(timeline.center());
    for pressed in [true, false] {
        harness.event(egui::Event::PointerButton {
            pos: timeline.center(),
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        });
    }
    harness.run_steps(3);
    assert!(place(&harness, Part::Timeline).is_none());
    assert_eq!(harness.state().session.clock.at(), at, "the click went through");
}
