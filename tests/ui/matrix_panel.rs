//! The matrix panel: zoom, range, colour bar, read-out, and how everything looks.

use crate::support::{offscreen, viewing};
use crate::ui::matrices::{matrix_of, session};
use egui::{Event, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::render::Matrix;
use hebbscope::train::Command;
use hebbscope::ui::panels::matrix::histogram::{Histogram, SAMPLES};
use hebbscope::ui::panels::matrix::range::{Range, count_clipped};
use hebbscope::ui::panels::matrix::{MatrixPanel, words};
use hebbscope::ui::panels::{self, Panel};
use hebbscope::ui::theme;
use hebbscope::view::inspection::Pinned;
use hebbscope::view::matrices::{LinkedWindows, MatrixKind, Window};
use hebbscope::view::session::Session;
use image::RgbaImage;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A session that looks at a network in training, with its gradients.
fn training_session() -> Session {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::new(Arc::new(|| {}));
    session.training.runs_folder = folder.path().to_owned();
    for (key, value) in [("size", "24"), ("count", "2"), ("rounds", "1")] {
        session.training.settings.set_text(key, value).unwrap();
    }
    session.start_training();
    session.training.tell(Command::Pause);
    let deadline = Instant::now() + Duration::from_secs(60);
    while session.scene().is_none() {
        assert!(Instant::now() < deadline, "waited too long for a network in training");
        session.training.tell(Command::OneIteration);
        session.update();
        std::thread::yield_now();
    }
    session.training.tell(Command::Stop);
    session
}

/// The cell coordinates at a point of the picture.
fn under(window: &Window, at: [f32; 2]) -> [f32; 2] {
    let [x0, y0, x1, y1] = window.edges();
    [x0 + at[0] * (x1 - x0), y0 + at[1] * (y1 - y0)]
}

#[test]
fn zooming_keeps_what_is_under_the_pointer_in_its_place() {
    let mut window = Window::whole(1001, 1001);
    for (step, at) in [[0.3, 0.8], [0.5, 0.5], [0.01, 0.99], [0.77, 0.2]].into_iter().cycle().take(40).enumerate() {
        let before = under(&window, at);
        window = window.zoomed(1.17, at);
        let after = under(&window, at);
        let tolerance = 2e-3;
        let is_kept = (0..2).all(|axis| (before[axis] - after[axis]).abs() < tolerance);
        assert!(is_kept, "zoom {step} at {at:?} moved {before:?} to {after:?}");
    }
    assert!(window.extent()[0] <= 5.0, "{window:?}");
}

#[test]
fn a_window_never_leaves_its_matrix_and_comes_back_to_the_whole() {
    for (rows, columns) in [(1001, 1001), (40, 40), (1, 300), (1, 1), (3, 3), (50, 20)] {
        let whole = Window::whole(rows, columns);
        assert_eq!(whole.edges(), [0.0, 0.0, columns as f32, rows as f32]);
        let mut window = whole;
        for step in 0..300_u16 {
            let turn = f32::from(step);
            let at = [(turn * 0.37).fract(), (turn * 0.73).fract()];
            window = window.zoomed(if step % 7 < 4 { 1.4 } else { 0.6 }, at);
            window = window.moved([(turn * 1.7).sin() * 90.0, (turn * 2.3).cos() * 90.0]);
            let [x0, y0, x1, y1] = window.edges();
            let inside = x0 >= 0.0 && y0 >= 0.0 && x1 <= columns as f32 && y1 <= rows as f32 && x1 > x0 && y1 > y0;
            assert!(inside, "{rows}×{columns}, step {step}: {:?}", window.edges());
            let [seen_rows, seen_columns] = window.cells();
            assert!(!seen_rows.is_empty() && seen_rows.end <= rows, "{seen_rows:?}");
            assert!(!seen_columns.is_empty() && seen_columns.end <= columns, "{seen_columns:?}");
        }
        window = window.zoomed(1e-6, [0.4, 0.4]);
        assert_eq!(window, whole);
        for odd in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(window.zoomed(odd, [0.5, 0.5]), window, "zoom by {odd}");
        }
    }
}

#[test]
fn panels_of_the_same_size_share_a_window_and_others_do_not() {
    let mut windows = LinkedWindows::default();
    let near = Window::whole(40, 40).zoomed(3.0, [0.5, 0.5]);
    windows.set(40, 40, near);
    assert_eq!(windows.of(40, 40), near);
    assert!(windows.of(1, 40).is_whole() && windows.of(41, 41).is_whole());
    windows.set(40, 40, Window::whole(40, 40));
    assert_eq!(windows, LinkedWindows::default());
}

#[test]
fn a_histogram_counts_every_finite_value_once() {
    let values = vec![-1.0, -0.99, -0.3, 0.0, 0.0, 0.01, 0.5, 1.0, 1.01, -7.0, f32::NAN, f32::INFINITY];
    let matrix = Matrix::new(3, 4, values).unwrap();
    let histogram = Histogram::of(&matrix, 1.0, 5);
    assert_eq!((histogram.counts.as_slice(), histogram.beyond), ([2, 1, 3, 1, 1].as_slice(), 2));
    assert!(histogram.is_of(&matrix, 1.0, 5) && !histogram.is_of(&matrix, 2.0, 5));
    assert_eq!(count_clipped(&matrix, 1.0), 2);
    assert_eq!(count_clipped(&matrix, 0.4), 6);
}

#[test]
fn a_sampled_histogram_leaves_no_column_and_no_row_out() {
    // Each column has its own bin: a sample that keeps step with the columns would see a few only.
    for side in [512, 1001] {
        let matrix = matrix_of(side, side, |_, column| (column as f32 + 0.5) / side as f32 * 2.0 - 1.0);
        let histogram = Histogram::of(&matrix, 1.0, 64);
        assert_eq!(histogram, Histogram::of(&matrix, 1.0, 64));
        let counted: u32 = histogram.counts.iter().sum();
        assert!(counted as usize <= SAMPLES && counted as usize > SAMPLES / 2, "{counted}");
        let even = counted as f32 / 64.0;
        let is_even = histogram.counts.iter().all(|count| (*count as f32) > even * 0.8 && (*count as f32) < even * 1.2);
        assert!(is_even, "{:?}", histogram.counts);
    }
}

#[test]
fn a_typed_range_is_a_positive_number_or_is_refused() {
    for (text, expected) in [("0.25", 0.25), (" ±0,5 ", 0.5), ("+2e-3", 0.002), ("2e−3", 0.002), ("7", 7.0)] {
        assert_eq!(Range::typed(text), Ok(Range::Set(expected)), "{text}");
    }
    for text in ["", "0", "-1", "−0.2", "NaN", "inf", "1e99", "a lot", "1 2"] {
        let problem = Range::typed(text).unwrap_err();
        assert!(problem.contains("positive number") && problem.contains(text.trim()), "{problem}");
    }
}

#[test]
fn a_range_is_of_most_of_all_or_of_what_is_visible() {
    let matrix = matrix_of(20, 20, |row, column| if (row, column) == (2, 3) { -9.0 } else { 0.001 * row as f32 });
    let span = hebbscope::view::matrices::Span::of(&matrix);
    assert_eq!(Range::Most.reach(span), 0.001 * 19.0);
    assert_eq!(Range::Full.reach(span), 9.0);
    let whole = Window::whole(20, 20);
    assert_eq!(Range::visible(&matrix, None, &whole), Some(Range::Visible(9.0)));
    let below = whole.zoomed(4.0, [0.5, 0.5]);
    let Some(Range::Visible(seen)) = Range::visible(&matrix, None, &below) else { panic!("nothing is visible") };
    assert!((0.011..0.014).contains(&seen), "{seen}");
    let zeros = matrix_of(20, 20, |_, _| 0.0);
    assert_eq!(Range::visible(&zeros, None, &whole), None);
    // Nearly all are zero: then the few that are not are spanned.
    let sparse = matrix_of(30, 30, |row, column| if row + column == 0 { 0.3 } else { 0.0 });
    assert_eq!(Range::Most.reach(hebbscope::view::matrices::Span::of(&sparse)), 0.3);
}

#[test]
fn what_must_not_be_overlooked_is_said() {
    assert_eq!(words::warning(&matrix_of(3, 3, |_, _| 0.1)).unwrap(), "constant, +0.100 everywhere");
    let damaged = matrix_of(4, 4, |row, column| match row {
        0 => f32::NAN,
        1 => f32::INFINITY,
        _ => column as f32,
    });
    assert_eq!(words::warning(&damaged).unwrap(), "8 values are NaN or infinite");
    assert_eq!(words::warning(&matrix_of(3, 3, |row, _| row as f32)), None);
    assert_eq!(words::clipped_words(5, 1000).unwrap(), "0.5\u{2005}% clipped");
    assert_eq!(words::clipped_words(3, 1_000_000).unwrap(), "3 clipped");
    assert_eq!(words::clipped_words(0, 10), None);
}

#[test]
fn the_pointer_reads_all_numbers_of_a_synapse_whatever_is_shown() {
    let mut session = session(&[("alpha", "per_neuron")]);
    session.clock.seek(9);
    for kind in MatrixKind::ALL.into_iter().filter(|kind| !kind.is_gradient() && *kind != MatrixKind::Alpha) {
        let matrix = session.matrix(kind).unwrap().matrix;
        let text = viewing(&mut session, |session| words::read_out(session, kind, &matrix, 3, 5));
        assert!(text.starts_with("3 → 5   w "), "{kind:?}: {text}");
        for symbol in ["   α ", "   H ", "   α·H ", "   w + α·H "] {
            assert!(text.contains(symbol), "{kind:?} without {symbol}: {text}");
        }
        assert_eq!(text.contains("   ΔH "), kind == MatrixKind::TraceChange, "{text}");
    }
    let alpha = session.matrix(MatrixKind::Alpha).unwrap().matrix;
    let text = viewing(&mut session, |session| words::read_out(session, MatrixKind::Alpha, &alpha, 0, 5));
    assert!(text.starts_with("α all → 5 = "), "{text}");
}

/// Two matrix panels side by side over one session.
struct Two {
    session: Session,
    panels: [MatrixPanel; 2],
}

fn harness(session: Session) -> Harness<'static, Two> {
    let kinds = [MatrixKind::Trace, MatrixKind::Weights];
    let state = Two { session, panels: kinds.map(MatrixPanel::showing) };
    let mut is_set_up = false;
    let mut harness = Harness::builder().with_size([900.0, 460.0]).with_step_dt(1.0 / 60.0).build_ui_state(
        move |ui, state: &mut Two| {
            if !std::mem::replace(&mut is_set_up, true) {
                theme::install(ui.ctx());
                return ui.ctx().request_repaint();
            }
            state.session.hover = None;
            let area = ui.max_rect();
            let (left, right) = area.split_left_right_at_fraction(0.5);
            for (index, (panel, rect)) in state.panels.iter_mut().zip([left, right]).enumerate() {
                let builder = egui::UiBuilder::new().max_rect(rect.shrink(4.0)).id_salt(index);
                ui.scope_builder(builder, |ui| {
                    viewing(&mut state.session, |session| panels::framed(ui, panel, session));
                });
            }
        },
        state,
    );
    harness.run_steps(3);
    harness
}

fn picture_rect(harness: &Harness<'_, Two>, label: &str) -> egui::Rect {
    harness.get_by_label_contains(label).rect()
}

fn move_to(harness: &mut Harness<'_, Two>, pos: Pos2) {
    harness.event(Event::PointerMoved(pos));
    harness.run_steps(2);
}

#[test]
fn the_wheel_zooms_both_panels_a_drag_moves_them_and_a_double_click_shows_everything_again() {
    let mut harness = harness(session(&[]));
    let rect = picture_rect(&harness, "H 25×25, largest");
    let pos = rect.min + rect.size() * 0.25;
    move_to(&mut harness, pos);
    harness.event(Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, 240.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
    harness.run_steps(30);
    let zoomed = harness.state().session.windows.of(25, 25);
    assert!(zoomed.extent()[0] < 15.0, "{zoomed:?}");
    let at = under(&zoomed, [0.25, 0.25]);
    assert!((at[0] - 6.25).abs() < 0.3 && (at[1] - 6.25).abs() < 0.3, "{at:?}");
    // The other panel looks at the same cells.
    let other = picture_rect(&harness, "w 25×25, largest");
    move_to(&mut harness, other.min + other.size() * 0.25);
    let hover = harness.state().session.hover.clone().unwrap();
    assert!(hover.starts_with("6 → 6   w "), "{hover}");

    let press = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    harness.event(press(other.center(), true));
    harness.run_steps(1);
    move_to(&mut harness, other.center() - egui::vec2(40.0, 0.0));
    harness.event(press(other.center() - egui::vec2(40.0, 0.0), false));
    harness.run_steps(2);
    let moved = harness.state().session.windows.of(25, 25);
    let expected = 40.0 * zoomed.extent()[0] / other.width();
    assert!((moved.edges()[0] - zoomed.edges()[0] - expected).abs() < 0.2, "{zoomed:?} to {moved:?}");
    assert_eq!(harness.state().session.pinned(), None, "a drag is no click");

    for _ in 0..2 {
        harness.event(press(pos, true));
        harness.event(press(pos, false));
        harness.run_steps(1);
    }
    assert!(harness.state().session.windows.of(25, 25).is_whole());
}

#[test]
fn the_cell_under_the_pointer_is_read_while_time_passes_and_marked_in_every_panel() {
    let mut harness = harness(session(&[]));
    harness.state_mut().session.clock.seek(20);
    let rect = picture_rect(&harness, "w 25×25, largest");
    move_to(&mut harness, pos2(rect.left() + rect.width() * 3.5 / 25.0, rect.top() + rect.height() * 8.5 / 25.0));
    let first = harness.state().session.hover.clone().unwrap();
    harness.state_mut().session.clock.seek(21);
    harness.run_steps(1);
    let second = harness.state().session.hover.clone().unwrap();
    assert!(
        first.starts_with("8 → 3   w ") && second.starts_with("8 → 3   w ") && first != second,
        "{first}, {second}"
    );
    let pointed = |harness: &Harness<'_, Two>, size| {
        let frame = harness.ctx.cumulative_frame_nr();
        harness.state().session.windows.pointed_at(frame, size, size)
    };
    assert_eq!((pointed(&harness, 25), pointed(&harness, 40)), (Some((8, 3)), None));
    move_to(&mut harness, pos2(5.0, 5.0));
    harness.run_steps(2);
    assert_eq!(pointed(&harness, 25), None);
    assert_eq!(harness.state().session.hover, None);
}

#[test]
fn a_click_names_its_cell_and_keys_choose_the_range_of_the_panel_under_the_pointer() {
    let mut harness = harness(session(&[]));
    let rect = picture_rect(&harness, "w 25×25, largest");
    let pos = pos2(rect.left() + rect.width() * 3.5 / 25.0, rect.top() + rect.height() * 8.5 / 25.0);
    move_to(&mut harness, pos);
    for pressed in [true, false] {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        harness.event(Event::PointerButton { pos, button, pressed, modifiers });
    }
    harness.run_steps(2);
    assert_eq!(harness.state().session.pinned(), Some(Pinned::Synapse { from: 8, to: 3 }));
    harness.key_press(egui::Key::C);
    harness.run_steps(2);
    let [trace, weights] = &harness.state().panels;
    let largest = harness.state().session.scene().unwrap().w.largest().unwrap().2.abs();
    assert_eq!((trace.range(), weights.range()), (Range::Most, Range::Visible(largest)));
    harness.key_press(egui::Key::S);
    harness.run_steps(2);
    assert_eq!(harness.state().panels[1].range(), Range::Most);
}

#[test]
fn a_limit_is_typed_into_the_colour_bar_and_a_wrong_one_is_explained() {
    let mut harness = harness(session(&[]));
    harness.get_all_by_label("upper limit of the colours, type another").next().unwrap().click();
    harness.run_steps(3);
    let field = |harness: &Harness<'_, Two>| harness.get_by_label("limit ±").rect();
    assert!(field(&harness).is_positive());
    harness.key_press_modifiers(Modifiers::COMMAND, egui::Key::A);
    harness.event(Event::Text("nothing".into()));
    harness.run_steps(2);
    harness.key_press(egui::Key::Enter);
    harness.run_steps(3);
    harness.get_by_label_contains("expected a positive number, found nothing");
    assert_eq!(harness.state().panels[0].range(), Range::Most);
    harness.key_press_modifiers(Modifiers::COMMAND, egui::Key::A);
    harness.event(Event::Text("0.125".into()));
    harness.run_steps(2);
    harness.key_press(egui::Key::Enter);
    harness.run_steps(3);
    assert_eq!(harness.state().panels[0].range(), Range::Set(0.125));
    assert_eq!(harness.state().panels[1].range(), Range::Most);
}

#[test]
fn a_handle_of_the_colour_bar_drags_the_range_on_both_sides() {
    let mut harness = harness(session(&[]));
    let upper = harness.get_all_by_label("upper limit of the colours, drag to change it").next().unwrap().rect();
    let lower = harness.get_all_by_label("lower limit of the colours, drag to change it").next().unwrap().rect();
    let before = harness.state_mut().session.matrix(MatrixKind::Trace).unwrap().span.most;
    let half = (upper.center().x - lower.center().x) / 2.0;
    let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
    let pos = lower.center();
    move_to(&mut harness, pos);
    harness.event(Event::PointerButton { pos, button, pressed: true, modifiers });
    harness.run_steps(1);
    let pos = pos + egui::vec2(half / 2.0, 0.0);
    move_to(&mut harness, pos);
    harness.run_steps(2);
    harness.event(Event::PointerButton { pos, button, pressed: false, modifiers });
    harness.run_steps(2);
    let Range::Set(after) = harness.state().panels[0].range() else { panic!("the range was not set") };
    assert!((after / before - 0.5).abs() < 0.02, "{before} to {after}");
}

fn colors(picture: &RgbaImage) -> usize {
    picture.pixels().map(|pixel| pixel.0).collect::<HashSet<_>>().len()
}

/// Keeps a picture to be looked at where the environment variable HEBBSCOPE_PICTURES names a folder.
fn keep(picture: &RgbaImage, name: &str) {
    if let Some(folder) = std::env::var_os("HEBBSCOPE_PICTURES") {
        picture.save(Path::new(&folder).join(format!("{name}.png"))).unwrap();
    }
}

#[test]
fn every_kind_is_drawn_in_both_themes_from_afar_and_near() {
    let Some(mut device) = offscreen() else { return };
    let mut session = training_session();
    session.clock.seek(session.clock.steps() - 2);
    for kind in MatrixKind::ALL {
        let mut drawn = Vec::new();
        for (theme, name) in [(egui::Theme::Dark, "dark"), (egui::Theme::Light, "light")] {
            device.context().set_theme(theme);
            theme::install(device.context());
            for (zoom, distance) in [(1.0, "afar"), (3.0, "near")] {
                let mut panel = MatrixPanel::showing(kind);
                session.windows.set(25, 25, Window::whole(25, 25).zoomed(zoom, [0.3, 0.6]));
                let mut ui =
                    |ui: &mut egui::Ui| viewing(&mut session, |session| panels::framed(ui, &mut panel, session));
                let picture = device.draw([500.0, 520.0], 1.0, &mut ui).unwrap();
                assert!(colors(&picture) > 40, "{kind:?} {name} {distance}: {} colours", colors(&picture));
                assert!(!drawn.contains(&picture), "{kind:?} {name} {distance} looks like another");
                keep(&picture, &format!("{}-{name}-{distance}", kind.title().replace(' ', "-")));
                drawn.push(picture);
            }
        }
    }
}

#[test]
fn small_panels_vectors_and_constants_are_drawn_too() {
    let Some(mut device) = offscreen() else { return };
    for (setting, kind) in [
        ("free", MatrixKind::Alpha),
        ("per_neuron", MatrixKind::Alpha),
        ("yoked", MatrixKind::Alpha),
        ("yoked", MatrixKind::AlphaTrace),
        ("free", MatrixKind::WeightGradient),
    ] {
        let mut session = session(&[("alpha", setting)]);
        session.clock.seek(12);
        for (size, scale) in
            [([230.0, 270.0], 1.0), ([120.0, 100.0], 1.5), ([620.0, 300.0], 1.0), ([300.0, 300.0], 2.0)]
        {
            theme::install(device.context());
            let mut panel = MatrixPanel::showing(kind);
            let mut ui = |ui: &mut egui::Ui| viewing(&mut session, |session| panels::framed(ui, &mut panel, session));
            let picture = device.draw(size, scale, &mut ui).unwrap();
            assert!(colors(&picture) > 4, "{setting} {kind:?} {size:?}: {} colours", colors(&picture));
            keep(&picture, &format!("small-{setting}-{kind:?}-{}x{}", size[0], size[1]));
        }
    }
}

#[test]
fn a_panel_takes_the_title_of_what_it_shows() {
    let mut panel = MatrixPanel::showing(MatrixKind::Weights);
    assert_eq!(panel.title(), MatrixKind::Weights.title());
    panel.show(MatrixKind::Alpha);
    assert_eq!(panel.title(), MatrixKind::Alpha.title());
    let titles: HashSet<_> = MatrixKind::ALL.map(MatrixKind::title).into_iter().collect();
    assert_eq!(titles.len(), MatrixKind::ALL.len());
}
