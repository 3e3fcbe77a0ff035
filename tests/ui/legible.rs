//! Words are legible in small windows: none over another, none cut in half, as far as nothing scrolls.

use crate::support::{keep, offscreen, viewing};
use crate::ui::maze_panel::checkpoint_of;
use crate::ui::one_look;
use egui::{Context, RawInput, Rect, Shape, Vec2, vec2};
use hebbscope::train::Bundled;
use hebbscope::ui::guide::Part;
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::picture::Picture;
use hebbscope::ui::{App, inspector, theme};
use hebbscope::view::inspection::Pinned;
use hebbscope::view::layout::Named;
use std::path::Path;
use std::sync::Arc;

/// Words on the screen.
pub(super) struct Words {
    pub text: String,
    /// What they take.
    rect: Rect,
    /// What is seen of them.
    seen: Rect,
    /// The size of their smallest letters, in points.
    pub letters: f32,
}

fn collect(shape: &Shape, clip: Rect, words: &mut Vec<Words>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, clip, words)),
        Shape::Text(text) if !text.galley.text().trim().is_empty() => {
            let rect = text.visual_bounding_rect();
            let seen = rect.intersect(clip);
            if seen.is_positive() && text.opacity_factor > 0.0 {
                let sizes = text.galley.job.sections.iter().map(|section| section.format.font_id.size);
                let letters = sizes.fold(f32::INFINITY, f32::min);
                words.push(Words { text: text.galley.text().to_owned(), rect, seen, letters });
            }
        }
        _ => {}
    }
}

/// The words of a user interface of `size`, once it has settled.
fn words_of(app: &mut App, size: Vec2, ui: impl Fn(&mut egui::Ui, &mut App)) -> Vec<Words> {
    let context = Context::default();
    theme::install(&context);
    words_in(&context, app, size, 1.0, ui)
}

/// The same in a context, with so many pixels per point.
pub(super) fn words_in(
    context: &Context,
    app: &mut App,
    size: Vec2,
    scale: f32,
    ui: impl Fn(&mut egui::Ui, &mut App),
) -> Vec<Words> {
    let mut words = Vec::new();
    for frame in 0..6 {
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, size)),
            time: Some(f64::from(frame)),
            ..RawInput::default()
        };
        input.viewports.entry(input.viewport_id).or_default().native_pixels_per_point = Some(scale);
        let output = context.run_ui(input, |root| {
            app.advance(root.ctx(), 0.0);
            ui(root, app);
        });
        words.clear();
        for shape in &output.shapes {
            collect(&shape.shape, shape.clip_rect, &mut words);
        }
        let _discarded = context.tessellate(output.shapes, 1.0);
    }
    words
}

/// Pairs of words that lie over each other.
pub(super) fn overlaps(words: &[Words]) -> Vec<String> {
    let mut found = Vec::new();
    for (index, one) in words.iter().enumerate() {
        for other in &words[..index] {
            let both = one.seen.intersect(other.seen);
            if both.width() > 1.5 && both.height() > 2.5 {
                found.push(format!("{:?} over {:?} at {:?}", one.text, other.text, both));
            }
        }
    }
    found
}

/// Words of which more than a line's blank edge is not seen.
pub(super) fn cut(words: &[Words]) -> Vec<String> {
    let is_cut = |words: &&Words| {
        words.rect.height() - words.seen.height() > 2.5 || words.rect.width() - words.seen.width() > 2.5
    };
    words.iter().filter(is_cut).map(|words| format!("{:?}, {:?} of {:?}", words.text, words.seen, words.rect)).collect()
}

pub(super) fn opened(network: Bundled) -> App {
    settled(|app| app.session.open_bundled(network))
}

fn settled(open: impl FnOnce(&mut App)) -> App {
    let mut app = App::new(&Context::default(), Arc::new(|| {}));
    open(&mut app);
    app.session.settle();
    app.session.clock.pause();
    app.session.clock.seek(usize::MAX);
    // Panels stand as this network wants them.
    app.advance(&Context::default(), 0.0);
    app
}

const NETWORKS: [Bundled; 8] = Bundled::ALL;

#[test]
fn no_words_lie_over_others_in_any_layout_of_small_windows() {
    for network in NETWORKS {
        let mut app = opened(network);
        for layout in Named::ALL {
            app.set_layout(layout);
            for size in [vec2(900.0, 600.0), vec2(1100.0, 700.0), vec2(1280.0, 800.0)] {
                let words = words_of(&mut app, size, |ui, app| app.ui(ui));
                assert!(words.len() > 40, "{network:?} {layout:?}: {} words", words.len());
                assert_eq!(overlaps(&words), Vec::<String>::new(), "{network:?} {layout:?} {size:?}");
            }
        }
    }
}

#[test]
fn no_words_lie_over_others_in_a_lesson_of_any_size() {
    let folder = tempfile::tempdir().unwrap();
    let [panel, gallery] = ["One look", "Gallery"].map(|title| PANELS.iter().position(|make| make().title() == title));
    let (panel, gallery) = (panel.unwrap(), gallery.unwrap());
    for changes in [&[][..], &[("ways", "2")], &[("ways", "20"), ("shots", "5")], &[("network", "matching")]] {
        let path = one_look::checkpoint(folder.path(), changes);
        let mut app = settled(|app| app.session.open(path));
        for layout in Named::ALL {
            app.set_layout(layout);
            for size in [vec2(900.0, 600.0), vec2(1280.0, 800.0)] {
                // A small window has little room beside what is pinned.
                let pins = [Pinned::Synapse { from: 5, to: 1 }, Pinned::Neuron(1)];
                for pin in [None].into_iter().chain(pins.map(Some).into_iter().filter(|_| size.x > 1000.0)) {
                    app.session.unpin();
                    pin.into_iter().for_each(|pin| app.session.pin(pin));
                    let words = words_of(&mut app, size, |ui, app| app.ui(ui));
                    assert_eq!(overlaps(&words), Vec::<String>::new(), "{changes:?} {layout:?} {size:?} {pin:?}");
                }
            }
        }
        // What stands in the tile at the left of a small window, and narrower and wider ones.
        for size in [vec2(355.0, 440.0), vec2(300.0, 200.0), vec2(800.0, 500.0)] {
            words_of(&mut app, size, |ui, app| app.panel_ui(ui, gallery));
            app.session.shelf.settle();
            let words = words_of(&mut app, size, |ui, app| app.panel_ui(ui, gallery));
            for heading in ["query", "answer"] {
                assert!(words.iter().any(|words| words.text == heading), "{changes:?} {size:?}: no {heading}");
            }
            assert_eq!(overlaps(&words), Vec::<String>::new(), "the gallery: {changes:?} {size:?}");
        }
        for size in [vec2(800.0, 600.0), vec2(800.0, 300.0), vec2(300.0, 420.0), vec2(354.0, 240.0)] {
            let words = words_of(&mut app, size, |ui, app| app.panel_ui(ui, panel));
            assert_eq!(overlaps(&words), Vec::<String>::new(), "{changes:?} {size:?}");
            // So many classes are scrolled in a small panel.
            if !changes.contains(&("ways", "20")) {
                assert_eq!(cut(&words), Vec::<String>::new(), "{changes:?} {size:?}");
            }
        }
    }
}

#[test]
fn the_panels_that_do_not_scroll_show_their_words_whole_at_the_sizes_of_a_small_window() {
    let panel = |title: &str| PANELS.iter().position(|make| make().title() == title).unwrap();
    for (network, title, sizes) in [
        (Bundled::Patterns, "Learning", &[[315.0, 230.0], [354.0, 124.0], [354.0, 90.0], [600.0, 300.0]][..]),
        (Bundled::Images, "Learning", &[[354.0, 124.0], [406.0, 468.0]]),
        (Bundled::Agent, "Learning", &[[367.0, 130.0], [260.0, 130.0]]),
        (Bundled::Agent, "Agent", &[[289.0, 182.0], [289.0, 240.0], [420.0, 400.0]]),
        (Bundled::ModulatedAgent, "Agent", &[[289.0, 182.0], [289.0, 300.0]]),
        (Bundled::Patterns, "Trace", &[[341.0, 305.0], [167.0, 158.0], [250.0, 230.0]]),
        (
            Bundled::Letters,
            "Circuit",
            &[[354.0, 240.0], [354.0, 180.0], [320.0, 300.0], [300.0, 420.0], [480.0, 200.0], [700.0, 560.0]],
        ),
        (Bundled::Agent, "Circuit", &[[354.0, 240.0], [300.0, 420.0]]),
        (Bundled::Images, "Probe", &[[354.0, 156.0], [480.0, 200.0], [340.0, 330.0]]),
        (Bundled::Patterns, "Distributions", &[[354.0, 156.0], [300.0, 240.0], [250.0, 130.0], [600.0, 400.0]]),
    ] {
        let mut app = opened(network);
        for &size in sizes {
            let words = words_of(&mut app, size.into(), |ui, app| app.panel_ui(ui, panel(title)));
            assert!(words.len() > 2, "{title} {size:?}: {} words", words.len());
            assert_eq!(cut(&words), Vec::<String>::new(), "{title} {size:?}");
            assert_eq!(overlaps(&words), Vec::<String>::new(), "{title} {size:?}");
        }
        if title == "Agent" {
            let words = words_of(&mut app, sizes[0].into(), |ui, app| app.panel_ui(ui, panel(title)));
            for action in ["up", "right", "left", "down"] {
                assert!(words.iter().any(|words| words.text == action), "no bar of {action}");
            }
        }
    }
}

#[test]
fn the_choice_of_the_range_is_never_covered_by_the_chips() {
    let trace = PANELS.iter().position(|make| make().title() == "Trace").unwrap();
    let mut app = opened(Bundled::Patterns);
    for width in (84..700).step_by(9) {
        let words = words_of(&mut app, vec2(width as f32, 260.0), |ui, app| app.panel_ui(ui, trace));
        let has = |text: &str| words.iter().any(|words| words.text == text);
        assert!(width < 160 || has("99.5 %"), "{width} points wide");
        // What does not fit is left out: the order first, then the range.
        assert!(width < 220 || has("by pattern"), "{width} points wide");
        assert_eq!(overlaps(&words), Vec::<String>::new(), "{width} points wide");
    }
}

#[test]
fn every_picture_of_the_gallery_has_its_heading() {
    let gallery = PANELS.iter().position(|make| make().title() == "Gallery").unwrap();
    for (network, widths) in [(Bundled::Patterns, [420.0, 640.0]), (Bundled::Images, [330.0, 354.0])] {
        let mut app = opened(network);
        // A panel lives its lifetimes once it is drawn.
        words_of(&mut app, vec2(354.0, 160.0), |ui, app| app.panel_ui(ui, gallery));
        app.session.shelf.settle();
        for width in widths {
            let words = words_of(&mut app, vec2(width, 200.0), |ui, app| app.panel_ui(ui, gallery));
            let stored = if network == Bundled::Images { "stored pictures" } else { "stored patterns" };
            for heading in ["seed", stored, "probe", "output", "target", "error"] {
                // In a wide panel it is the episode seed.
                let is_there = words.iter().any(|words| words.text.trim_start_matches("episode ") == heading);
                assert!(is_there, "{network:?} {width}: no heading {heading}");
            }
            assert_eq!(overlaps(&words), Vec::<String>::new(), "{network:?} {width}");
        }
    }
}

#[test]
fn the_inspector_shows_its_last_rows_in_a_usual_window() {
    for (network, pins) in [
        (Bundled::Patterns, [Pinned::Synapse { from: 5, to: 17 }, Pinned::Neuron(5)]),
        (Bundled::Images, [Pinned::Synapse { from: 5, to: 17 }, Pinned::Neuron(500)]),
        (Bundled::Agent, [Pinned::Synapse { from: 5, to: 17 }, Pinned::Neuron(5)]),
        (Bundled::ModulatedAgent, [Pinned::Synapse { from: 5, to: 17 }, Pinned::Neuron(5)]),
    ] {
        let mut app = opened(network);
        for pin in pins {
            app.session.pin(pin);
            // What a window of 1280×800 leaves for it.
            let words = words_of(&mut app, vec2(inspector::WIDTH, 680.0), |ui, app| {
                let frame = egui::Frame::new().inner_margin(12);
                frame.show(ui, |ui| viewing(&mut app.session, |session| inspector::inspector_ui(ui, session)));
            });
            assert_eq!(cut(&words), Vec::<String>::new(), "{network:?} {pin}");
            assert_eq!(overlaps(&words), Vec::<String>::new(), "{network:?} {pin}");
        }
    }
}

#[test]
fn the_names_of_the_parts_of_the_window_are_seen_whole() {
    let mut app = opened(Bundled::Patterns);
    for size in [vec2(720.0, 520.0), vec2(900.0, 600.0), vec2(1280.0, 800.0)] {
        app.shows_parts = true;
        let words = words_of(&mut app, size, |ui, app| app.ui(ui));
        let parts = [Part::Menus, Part::Network, Part::Training, Part::Panels, Part::Timeline, Part::Status];
        let named: Vec<Words> = words.into_iter().filter(|words| words.text.contains(' ')).collect();
        let is_name = |words: &Words| parts.iter().any(|part| words.text.ends_with(part.words()));
        let named: Vec<Words> = named.into_iter().filter(is_name).collect();
        assert_eq!(named.len(), parts.len(), "{size:?}");
        assert_eq!(cut(&named), Vec::<String>::new(), "{size:?}");
        assert_eq!(overlaps(&named), Vec::<String>::new(), "{size:?}");
    }
}

/// Pictures to look at: small windows and fine ones, in both themes.
#[test]
fn small_and_fine_windows_are_drawn_in_both_themes() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let agent = checkpoint_of(folder.path(), &[]);
    for dark in [true, false] {
        let mut picture = Picture::with(device, dark);
        picture.open(Some(Path::new(&agent)));
        for (size, scale) in [([900.0, 600.0], 1.0), ([900.0, 600.0], 2.0)] {
            let drawn = picture.window(size, scale).unwrap();
            assert_eq!([drawn.width(), drawn.height()], size.map(|side| (side * scale) as u32));
            keep(&drawn, &format!("small-window-{dark}-{scale}"));
        }
        device = picture.into_offscreen();
    }
}
