//! What is said to those who see the window for the first time: panels explained.

use super::window::{quiet_session, small_checkpoint};
use super::{maze_panel, one_look};
use crate::support::windowed;
use egui::{Key, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hebbscope::train::Bundled;
use hebbscope::ui::App;
use hebbscope::ui::panels::matrix::MatrixPanel;
use hebbscope::ui::panels::{Explanation, PANELS, Panel, explain};
use hebbscope::view::inspection::Pinned;
use hebbscope::view::matrices::MatrixKind;
use hebbscope::view::session::Session;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

/// The window with the file at `path`.
fn opened(path: &Path) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(path.to_owned());
    app.session.settle();
    app.session.clock.pause();
    windowed(app)
}

/// The panels of the registry, and one for each matrix.
fn panels() -> Vec<Box<dyn Panel>> {
    let matrices = MatrixKind::ALL.iter().map(|kind| Box::new(MatrixPanel::showing(*kind)) as Box<dyn Panel>);
    PANELS.iter().map(|make| make()).chain(matrices).collect()
}

#[test]
fn every_panel_explains_itself_in_three_short_sentences_and_something_to_try() {
    let folder = tempfile::tempdir().unwrap();
    let mut sessions: Vec<Session> = vec![quiet_session()];
    let lessons = [&[][..], &[("network", "matching")]].map(|changes| one_look::checkpoint(folder.path(), changes));
    let others = [small_checkpoint(folder.path(), &[]), maze_panel::checkpoint(folder.path())];
    for path in others.into_iter().chain(lessons) {
        let mut session = quiet_session();
        session.open(path);
        session.settle();
        assert!(session.scene().is_some());
        sessions.push(session);
    }
    let mut pictures = quiet_session();
    pictures.open_bundled(Bundled::Images);
    pictures.settle();
    sessions.push(pictures);
    for session in &sessions {
        let mut said = HashSet::new();
        for panel in panels() {
            let Explanation { sentences, try_this } = panel.explain(session);
            for words in sentences.iter().chain([&try_this]) {
                assert!(words.ends_with('.') && !words.contains("  "), "{}: {words}", panel.title());
                assert!((30..=230).contains(&words.chars().count()), "{}: {words}", panel.title());
            }
            // A panel of a matrix says what that matrix says wherever it stands.
            said.insert((panel.title(), sentences[0]));
        }
        let firsts: HashSet<_> = said.iter().map(|(_, first)| first).collect();
        assert_eq!(firsts.len(), said.len(), "two panels say the same: {said:#?}");
    }
}

#[test]
fn an_explanation_opens_beside_the_cross_and_stays_while_it_is_tried() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&small_checkpoint(folder.path(), &[]));
    harness.state_mut().session.pin(Pinned::Neuron(3));
    harness.state_mut().session.clock.seek(9);
    harness.run_steps(2);
    let first = MatrixPanel::showing(MatrixKind::Trace).explain(&harness.state().session).sentences[0];
    assert!(harness.query_by_label(first).is_none());
    harness.get_by_label("explain Trace").click();
    harness.run_steps(3);
    harness.get_by_label(first);
    harness.get_by_label("Try this");
    assert!(explain::is_open(&harness.ctx));
    // Its keys are those of the window.
    harness.key_press(Key::Home);
    harness.run_steps(2);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    assert_eq!(harness.state().session.clock.at(), 1);
    harness.get_by_label(first);
    // Esc closes it, and nothing else.
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.query_by_label(first).is_none() && !explain::is_open(&harness.ctx));
    assert_eq!(harness.state().session.pinned(), Some(Pinned::Neuron(3)));
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert_eq!(harness.state().session.pinned(), None);
    // A click elsewhere closes it as well.
    harness.get_by_label("explain Trace").click();
    harness.run_steps(3);
    harness.get_by_label(first);
    harness.get_by_label("Network in view").click();
    harness.run_steps(3);
    assert!(harness.query_by_label(first).is_none());
}

#[test]
fn the_word_stands_in_the_heading_however_narrow_a_panel_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&small_checkpoint(folder.path(), &[]));
    for width in [1280.0, 900.0, 720.0] {
        harness.set_size(vec2(width, 600.0));
        harness.run_steps(3);
        let mut seen = 0;
        for title in PANELS.iter().map(|make| make().title()) {
            let [close, explain] = ["close", "explain"].map(|what| format!("{what} {title}"));
            // Others are closed, or stand behind a tab.
            let Some(cross) = harness.query_by_label(&close).map(|node| node.rect()) else { continue };
            let word = harness.get_by_label(&explain).rect();
            seen += 1;
            assert!(word.right() <= cross.left() && cross.left() - word.right() < 8.0, "{title} at {width}: {word}");
            assert!(word.height() >= 16.0 && word.width() >= 16.0, "{title} at {width}: {word}");
            let headings = harness.query_all_by_label(title).map(|node| node.rect());
            for heading in headings.filter(|rect| rect.y_range().contains(word.center().y)) {
                assert!(heading.right() <= word.left() || heading.left() > cross.right(), "{title} at {width}");
            }
        }
        assert!(seen >= 3, "{seen} panels at {width}");
    }
}
