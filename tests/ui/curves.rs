//! The numbers of a run: nothing is lost, nothing is rewritten, nothing moves that the viewer holds.

use crate::support::offscreen;
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::data::{Generator, Stream};
use hebbscope::render::Offscreen;
use hebbscope::tasks::{Goal, Measure, Unit};
use hebbscope::train::{Point, Validation};
use hebbscope::ui::panels::Panel;
use hebbscope::ui::panels::curve::Curve;
use hebbscope::ui::theme;
use hebbscope::view::curves::Source;
use hebbscope::view::curves::axis::{Scale, Span, round_text};
use hebbscope::view::curves::number::Number;
use hebbscope::view::curves::outline::{Mark, outline};
use hebbscope::view::curves::part::{Bounds, View, last_in_view};
use hebbscope::view::curves::pyramid::{Extremes, Pyramid};
use hebbscope::view::curves::series::Series;
use hebbscope::view::curves::smoothing::TrailingMean;
use hebbscope::view::session::Session;
use hebbscope::view::training::Phase;
use image::RgbaImage;
use rand::Rng as _;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

const MEASURE: Measure = Measure {
    key: "error",
    title: "bits with the wrong sign",
    word: "wrong",
    symbol: "wrong",
    unit: Unit::Fraction,
    goal: Goal::Lower,
    is_baseline: false,
    is_share: false,
};

/// A sequence in which every fortieth value is NaN or infinite.
fn wild_values(length: usize, seed: u64) -> Vec<f32> {
    let mut generator = Generator::new(seed, Stream::Training);
    (0..length)
        .map(|_| match generator.random_range(0..120) {
            0 => f32::NAN,
            1 => f32::INFINITY,
            2 => f32::NEG_INFINITY,
            3 => 0.0,
            _ => generator.random_range(-1.0..3.0f32),
        })
        .collect()
}

fn pyramid_of(values: &[f32]) -> Pyramid {
    let mut pyramid = Pyramid::default();
    pyramid.extend(values.iter().copied());
    pyramid
}

/// A run that looks like learning.
fn learning(length: usize) -> Vec<Point> {
    let mut generator = Generator::new(8, Stream::Training);
    (0..length)
        .map(|index| {
            let progress = index as f32 / length as f32;
            let noise = (generator.random::<f32>() - 0.5) * 1.6;
            let loss = 80.0 * (-6.0 * progress).exp() * noise.exp() + 0.4 * noise.exp();
            Point {
                loss,
                measure: (loss / 400.0).min(0.5),
                eta: 0.01 + 0.02 * progress.sqrt() + 0.0002 * noise,
                grad_norm: loss * (0.6 + 0.8 * generator.random::<f32>()),
            }
        })
        .collect()
}

fn source<'a>(points: &'a [Point], step_seconds: Option<&'a [f32]>) -> Source<'a> {
    let planned = points.len() as u64;
    Source {
        points,
        validations: &[],
        step_seconds,
        measure: MEASURE,
        viewing: None,
        planned,
        is_live: false,
        compared: None,
        other_task: None,
    }
}

#[test]
fn the_pyramid_knows_the_extremes_of_any_stretch_while_it_grows() {
    let values = wild_values(5000, 1);
    let mut pyramid = Pyramid::default();
    let mut generator = Generator::new(2, Stream::Training);
    for (index, &value) in values.iter().enumerate() {
        pyramid.push(value);
        if index % 7 != 0 {
            continue;
        }
        let mut ends = [generator.random_range(0..=index + 1), generator.random_range(0..=index + 9)];
        ends.sort_unstable();
        let stretch = &values[ends[0].min(index + 1)..ends[1].min(index + 1)];
        let expected = stretch.iter().fold(Extremes::NONE, |sum, &value| sum.merged(Extremes::of(value)));
        assert_eq!(pyramid.extremes(ends[0]..ends[1]), expected, "{ends:?} of {}", index + 1);
        let finite: Vec<f32> = stretch.iter().copied().filter(|value| value.is_finite()).collect();
        assert_eq!(expected.most, finite.iter().copied().fold(f32::NEG_INFINITY, f32::max));
        assert_eq!(expected.has_nan, stretch.iter().any(|value| value.is_nan()));
        let first = stretch.iter().position(|value| !value.is_finite()).map(|place| place + ends[0]);
        assert_eq!(pyramid.first_non_finite(ends[0]..ends[1]), first);
    }
}

#[test]
fn what_is_drawn_spans_what_is_there_at_any_zoom() {
    let values = wild_values(40_000, 3);
    let pyramid = pyramid_of(&values);
    let mut generator = Generator::new(4, Stream::Training);
    for _ in 0..200 {
        let scale = if generator.random() { Scale::Linear } else { Scale::Log };
        let from = generator.random_range(1.0..40_000.0f64).floor();
        let to = (from + 40_000.0f64.powf(generator.random_range(0.05..1.0))).floor();
        let place = |iteration: f64| scale.place(iteration).unwrap();
        let bounds = Bounds { x: Span::new(place(from) - 1e-9, place(to) + 1e-9), y: Span::new(-1.0, 3.0) };
        let columns = generator.random_range(1..900);
        let drawn = outline(&pyramid, bounds, [scale, Scale::Linear], columns);
        let points: Vec<[f64; 2]> = drawn.lines.iter().flatten().copied().collect();
        assert!(points.len() <= 4 * columns + 4, "{} points on {columns} columns", points.len());
        assert!(points.iter().flatten().all(|number| number.is_finite()));
        assert!(points.is_sorted_by(|a, b| a[0] <= b[0]), "a line goes back in time");
        // The neighbours at both sides lead the line out of view.
        let stretch = &values[from as usize - 1..(to as usize).min(values.len())];
        let around = &values[(from as usize).saturating_sub(2)..(to as usize + 1).min(values.len())];
        let finite = |values: &[f32]| -> Vec<f64> {
            values.iter().filter(|value| value.is_finite()).map(|&value| f64::from(value)).collect()
        };
        let most = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let drawn_most = most(&points.iter().map(|point| point[1]).collect::<Vec<_>>());
        assert!(drawn_most >= most(&finite(stretch)), "a spike within {from}–{to} is lost");
        assert!(drawn_most <= most(&finite(around)), "a value is drawn that is not there");
        for (mark, is_there) in [
            (Mark::NotANumber, around.iter().any(|value| value.is_nan())),
            (Mark::Infinity, around.contains(&f32::INFINITY)),
            (Mark::MinusInfinity, around.contains(&f32::NEG_INFINITY)),
        ] {
            assert_eq!(drawn.marks.iter().any(|(_, drawn)| *drawn == mark), is_there, "{mark:?} within {from}–{to}");
        }
    }
}

#[test]
fn a_million_points_keep_every_spike_and_are_few_when_drawn() {
    let mut values = vec![0.5f32; 1_000_000];
    let mut generator = Generator::new(5, Stream::Training);
    let mut spikes: Vec<usize> = (0..60).map(|_| generator.random_range(0..values.len())).collect();
    spikes.extend([0, 999_999]);
    for &spike in &spikes {
        values[spike] = 1.0 + spike as f32;
    }
    values[123_456] = f32::NAN;
    values[777_777] = f32::INFINITY;
    let pyramid = pyramid_of(&values);
    let bounds = Bounds { x: Span::new(1.0, 1_000_000.0), y: Span::new(0.0, 1e6) };
    let drawn = outline(&pyramid, bounds, [Scale::Linear; 2], 800);
    let points: Vec<[f64; 2]> = drawn.lines.iter().flatten().copied().collect();
    assert!(points.len() <= 3200, "{} points", points.len());
    let column = 1_000_000.0 / 800.0;
    for spike in spikes {
        let highest = points
            .iter()
            .filter(|point| (point[0] - (spike + 1) as f64).abs() <= column)
            .map(|point| point[1])
            .fold(0.0, f64::max);
        assert!(highest >= f64::from(1.0 + spike as f32), "the spike at {spike} was lost");
    }
    for (place, mark) in [(123_457.0, Mark::NotANumber), (777_778.0, Mark::Infinity)] {
        assert!(drawn.marks.iter().any(|(x, drawn)| *drawn == mark && (x - place).abs() <= column), "{mark:?}");
    }
}

#[test]
fn lines_end_at_what_is_not_finite_and_a_lone_point_stays() {
    let values = [1.0, 2.0, f32::NAN, 3.0, f32::INFINITY, f32::NEG_INFINITY, 4.0, 5.0];
    let bounds = Bounds { x: Span::new(0.5, 8.5), y: Span::new(0.0, 6.0) };
    let drawn = outline(&pyramid_of(&values), bounds, [Scale::Linear; 2], 100);
    assert_eq!(drawn.lines, [vec![[1.0, 1.0], [2.0, 2.0]], vec![[4.0, 3.0]], vec![[7.0, 4.0], [8.0, 5.0]]]);
    assert_eq!(drawn.marks, [(3.0, Mark::NotANumber), (5.0, Mark::Infinity), (6.0, Mark::MinusInfinity)]);
    let nothing = outline(&pyramid_of(&[f32::NAN; 5000]), bounds, [Scale::Log; 2], 100);
    assert_eq!(nothing.lines, Vec::<Vec<[f64; 2]>>::new());
}

#[test]
fn a_logarithmic_axis_marks_what_it_does_not_reach() {
    let values = [100.0, 0.0, 1.0, -3.0];
    let bounds = Bounds { x: Span::new(0.0, 1.0), y: Span::new(-0.5, 2.5) };
    let drawn = outline(&pyramid_of(&values), bounds, [Scale::Log; 2], 100);
    let heights: Vec<f64> = drawn.lines[0].iter().map(|point| point[1]).collect();
    assert_eq!(heights, [2.0, -0.5, 0.0, -0.5], "zero and below lie at the lower edge");
    assert_eq!(drawn.marks.iter().map(|(_, mark)| *mark).collect::<Vec<_>>(), [Mark::BelowLog; 2]);
    let on_linear = outline(&pyramid_of(&values), bounds, [Scale::Log, Scale::Linear], 100);
    assert_eq!(on_linear.marks, []);
}

#[test]
fn the_average_is_right_from_the_first_point_and_never_rewrites_the_past() {
    let values: Vec<f64> = wild_values(400, 6).into_iter().map(f64::from).collect();
    for length in [1, 2, 7, 20, 399, 1000] {
        let mut mean = TrailingMean::new(length);
        for end in 1..=values.len() {
            let window: Vec<f64> =
                values[end.saturating_sub(length)..end].iter().copied().filter(|value| value.is_finite()).collect();
            let expected = window.iter().sum::<f64>() / window.len() as f64;
            // Every value is given once, so what was given before cannot change any more.
            let given = mean.push(values[end - 1]);
            assert!(
                (given - expected).abs() < 1e-12 || (given.is_nan() && window.is_empty()),
                "{given} instead of {expected} at {end}, mean of {length}"
            );
        }
    }
}

#[test]
fn an_enormous_value_leaves_nothing_behind_in_the_average() {
    let mut mean = TrailingMean::new(3);
    let means: Vec<f64> = [1e30, 0.1, 0.2, 0.3, 0.4].into_iter().map(|value| mean.push(value)).collect();
    assert!((means[3] - 0.2).abs() < 1e-15 && (means[4] - 0.3).abs() < 1e-15, "{means:?}");
}

#[test]
fn a_series_that_grows_is_the_same_as_one_made_at_once() {
    let points = learning(300);
    let seconds: Vec<f32> = (0..300).map(|index| 0.1 + 0.001 * index as f32).collect();
    for number in Number::ALL {
        let mut grown = Series::new(number, 20);
        for (length, smoothing) in [(1, 20), (2, 20), (50, 7), (51, 20), (300, 20)] {
            grown.update(&source(&points[..length], Some(&seconds[..length])), number, smoothing);
        }
        let mut at_once = Series::new(number, 20);
        at_once.update(&source(&points, Some(&seconds)), number, 20);
        assert_eq!(grown.raw().values(), at_once.raw().values(), "{number:?}");
        assert_eq!(grown.mean().values(), at_once.mean().values(), "{number:?}");
        assert_eq!(grown.raw().len(), 300);
    }
    let mut rate = Series::new(Number::Rate, 300);
    rate.update(&source(&points, Some(&seconds)), Number::Rate, 300);
    let expected = 300.0 / seconds.iter().map(|&seconds| f64::from(seconds)).sum::<f64>();
    let mean = f64::from(rate.mean().values()[299]);
    assert!((mean - expected).abs() < 1e-5 * expected, "the mean speed is iterations by time: {mean}, {expected}");
}

#[test]
fn another_run_begins_a_new_series() {
    let (one, mut other) = (learning(100), learning(100));
    let mut series = Series::new(Number::Measure, 20);
    series.update(&source(&one, None), Number::Measure, 20);
    // The same measure at both ends, but another run.
    other[40].measure = 0.0;
    other[99].loss += 1.0;
    series.update(&source(&other, None), Number::Measure, 20);
    assert_eq!(series.raw().values()[40], 0.0);
    series.update(&source(&other[..10], None), Number::Measure, 20);
    assert_eq!(series.raw().len(), 10);
    series.update(&source(&other[..10], None), Number::Loss, 20);
    assert_eq!(series.raw().values()[3], other[3].loss);
    series.update(&source(&other[..10], None), Number::Rate, 20);
    assert!(series.raw().is_empty(), "a file keeps no times");
}

#[test]
fn ticks_are_round_numbers_with_words() {
    let words = |scale: Scale, from: f64, to: f64, count: usize, unit| -> Vec<String> {
        scale.ticks(Span::new(from, to), count, unit).into_iter().filter_map(|tick| tick.text).collect()
    };
    assert_eq!(words(Scale::Linear, -0.01, 0.26, 6, (100.0, " %")), ["0 %", "5 %", "10 %", "15 %", "20 %", "25 %"]);
    assert_eq!(words(Scale::Linear, 0.0, 12_000.0, 3, (1.0, "")), ["0", "5\u{2005}000", "10\u{2005}000"]);
    assert_eq!(words(Scale::Linear, -0.3, 0.3, 3, (1.0, "")), ["−0.2", "0", "0.2"]);
    assert_eq!(words(Scale::Log, -3.2, 2.1, 8, (1.0, "")), ["0.001", "0.01", "0.1", "1", "10", "100"]);
    assert_eq!(words(Scale::Log, -3.0, -0.5, 8, (100.0, " %")), ["0.1 %", "1 %", "10 %"]);
    assert_eq!(words(Scale::Log, -0.1, 1.1, 8, (1.0, "")), ["1", "2", "5", "10"]);
    assert_eq!(words(Scale::Log, 0.0, 9.0, 4, (1.0, "")).len(), 4, "decades are left out where there are too many");
    assert_eq!(words(Scale::Log, 0.30, 0.35, 5, (1.0, "")), ["2.00", "2.05", "2.10", "2.15", "2.20"]);
    assert_eq!(round_text(3e-9, 1e-9), "3e−9");
    let lines = Scale::Log.ticks(Span::new(0.0, 2.0), 8, (1.0, ""));
    let faint: Vec<f64> =
        lines.iter().filter(|tick| tick.text.is_none()).map(|tick| 10f64.powf(tick.at).round()).collect();
    assert_eq!(faint, [2., 3., 4., 5., 6., 7., 8., 9., 20., 30., 40., 50., 60., 70., 80., 90.]);
    for scale in [Scale::Linear, Scale::Log] {
        assert!(scale.ticks(Span::new(f64::NAN, 1.0), 4, (1.0, "")).is_empty());
        assert!(scale.ticks(Span::new(-300.0, 300.0), 4, (1.0, "")).len() < 100);
    }
}

#[test]
fn a_view_that_is_held_stays_while_numbers_arrive_and_follows_again_when_asked() {
    let all = |last: f64| Bounds { x: Span::new(1.0, last), y: Span::new(0.0, last / 10.0) };
    let mut view = View::default();
    assert_eq!(view.bounds(all(100.0).x, |_| all(100.0).y), all(100.0));
    assert_eq!(view.bounds(all(200.0).x, |_| all(200.0).y), all(200.0), "following sees what is new");
    view.zoom(all(200.0), all(200.0), 4.0, [2.0, 1.0], [1.0, 0.0]);
    let held = view.bounds(all(200.0).x, |_| all(200.0).y);
    assert_eq!(
        held,
        Bounds { x: Span::new(100.5, 200.0), y: Span::new(0.0, 20.0) },
        "the right edge was under the pointer"
    );
    assert_eq!(view.bounds(all(5000.0).x, |_| all(5000.0).y), held, "what is new took the view away");
    view.pan(held, all(200.0), [-0.5, 0.0]);
    assert_eq!(view.bounds(all(9.0).x, |_| all(9.0).y).x, Span::new(50.75, 150.25));
    view.values_changed();
    let other = Span::new(-1.0, 1.0);
    let bounds = view.bounds(all(9.0).x, |x| if x == Span::new(50.75, 150.25) { other } else { all(9.0).y });
    assert_eq!(bounds.y, other, "another number chooses its own values for the iterations in view");
    view.follow();
    assert_eq!(view.bounds(all(300.0).x, |_| all(300.0).y), all(300.0));
}

#[test]
fn a_curve_is_never_lost_by_zooming_and_panning() {
    let all = Bounds { x: Span::new(1.0, 1000.0), y: Span::new(0.0, 1.0) };
    let mut generator = Generator::new(9, Stream::Training);
    let mut view = View::default();
    for _ in 0..5000 {
        let seen = view.bounds(all.x, |_| all.y);
        let mut random = |from: f64, to: f64| generator.random_range(from..to);
        if random(0.0, 1.0) < 0.5 {
            view.zoom(seen, all, 4.0, [random(0.1, 8.0), random(0.1, 8.0)], [random(0.0, 1.0), random(0.0, 1.0)]);
        } else {
            view.pan(seen, all, [random(-3.0, 3.0), random(-3.0, 3.0)]);
        }
        let seen = view.bounds(all.x, |_| all.y);
        assert!(seen.x.length() >= 3.99 && seen.x.length() <= 3000.0, "{seen:?}");
        assert!(seen.y.length() > 0.9e-6 && seen.y.length() <= 3.01, "{seen:?}");
    }
    let seen = view.bounds(all.x, |_| all.y);
    view.pan(seen, all, [1e9, 0.0]);
    let seen = view.bounds(all.x, |_| all.y);
    assert!(seen.x.from < all.x.to, "the whole curve lies outside: {seen:?}");
}

#[test]
fn the_last_iteration_in_view_moves_in_steps_up_to_the_plan() {
    let ends: Vec<u64> = [1, 10, 11, 40, 51, 99, 101, 200].map(|done| last_in_view(done, 200)).into();
    assert_eq!(ends, [10, 10, 20, 50, 100, 100, 200, 200]);
    assert_eq!(last_in_view(5, 5), 5);
    assert_eq!(last_in_view(7, 5), 7);
}

/// A curve alone in a window, with a run that can grow.
fn harness(points: Vec<Point>) -> Harness<'static, (Curve, Vec<Point>, Option<String>)> {
    let mut is_set_up = false;
    let mut harness = Harness::builder().with_size([480.0, 340.0]).with_step_dt(0.02).build_ui_state(
        move |ui, (curve, points, hover): &mut (Curve, Vec<Point>, Option<String>)| {
            if !std::mem::replace(&mut is_set_up, true) {
                theme::install(ui.ctx());
                return ui.ctx().request_repaint();
            }
            *hover = curve.curve_ui(ui, &Source { is_live: true, ..source(points, None) });
        },
        (Curve::default(), points, None),
    );
    harness.run_steps(3);
    harness
}

#[test]
fn scrolling_holds_the_view_and_the_chip_or_a_double_click_gives_it_back() {
    let mut harness = harness(learning(500));
    let center = egui::pos2(260.0, 180.0);
    let scroll = |harness: &mut Harness<'static, (Curve, Vec<Point>, Option<String>)>| {
        harness.hover_at(center);
        harness.run_steps(2);
        harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, 150.0),
            modifiers: egui::Modifiers::NONE,
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
        });
        harness.run_steps(40);
        assert!(!harness.state().0.view().is_following(), "scrolling did nothing");
    };
    assert!(harness.query_by_label_contains("follow: see the whole curve").is_none());
    scroll(&mut harness);
    let held = harness.state().0.view();
    harness.state_mut().1 = learning(500).into_iter().chain(learning(4000)).collect();
    harness.run_steps(3);
    harness.get_by_label_contains("curve of 4\u{2005}500 iterations");
    assert_eq!(harness.state().0.view(), held, "arriving numbers moved the view");
    harness.get_by_label_contains("follow: see the whole curve").click();
    harness.run_steps(3);
    assert!(harness.state().0.view().is_following());
    scroll(&mut harness);
    for pressed in [true, false, true, false] {
        harness.event(egui::Event::PointerButton {
            pos: center,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        });
    }
    harness.run_steps(3);
    assert!(harness.state().0.view().is_following(), "a double click shows everything");
}

#[test]
fn dragging_moves_the_view_and_a_rectangle_is_zoomed_into() {
    for (button, is_smaller) in [(egui::PointerButton::Primary, false), (egui::PointerButton::Secondary, true)] {
        let mut harness = harness(learning(500));
        let ends = [egui::pos2(200.0, 120.0), egui::pos2(300.0, 220.0)];
        harness.hover_at(ends[0]);
        harness.run_steps(2);
        let press =
            |pos, pressed| egui::Event::PointerButton { pos, button, pressed, modifiers: egui::Modifiers::NONE };
        harness.event(press(ends[0], true));
        harness.run_steps(1);
        for pos in [egui::pos2(230.0, 150.0), ends[1]] {
            harness.event(egui::Event::PointerMoved(pos));
            harness.run_steps(1);
        }
        harness.event(press(ends[1], false));
        harness.run_steps(3);
        let View::Held { x, .. } = harness.state().0.view() else { panic!("{button:?} did nothing") };
        assert_eq!(x.length() < 200.0, is_smaller, "{button:?}: {x:?}");
        assert!(is_smaller || x.from < -50.0, "dragging to the right shows earlier iterations: {x:?}");
    }
}

#[test]
fn the_pointer_reads_out_an_iteration_and_what_is_not_finite_near_it() {
    let mut points = learning(400);
    points[200].measure = f32::NAN;
    let mut harness = harness(points);
    harness.hover_at(egui::pos2(150.0, 180.0));
    harness.run_steps(3);
    let words = harness.state().2.clone().unwrap();
    assert!(words.starts_with("iteration ") && words.contains("error") && words.contains("mean of 20"), "{words}");
    harness.get_by_label_contains("not finite from iteration 201");
    let mut found = false;
    for x in (200..330).step_by(3) {
        harness.hover_at(egui::pos2(x as f32, 180.0));
        harness.run_steps(2);
        let words = harness.state().2.clone().unwrap();
        found |= words.contains("iteration 201 ") && words.contains("not a number (NaN)");
    }
    assert!(found, "no place reads out the NaN");
}

#[test]
fn every_number_can_be_chosen_by_name_and_a_file_says_that_it_keeps_no_times() {
    let mut harness = harness(learning(50));
    for number in Number::ALL {
        harness.get_by_label(&format!("show {}", number.words(MEASURE))).click();
        harness.run_steps(3);
        assert_eq!(harness.state().0.number(), number);
        if number == Number::Rate {
            harness.get_by_label_contains("keeps no times");
        } else {
            harness.get_by_label_contains("curve of 50 iterations");
        }
    }
    harness.get_by_label("show η after the iteration").click();
    for name in ["logarithmic axis of iterations", "logarithmic axis of values"] {
        harness.get_by_label(name).click();
        harness.run_steps(2);
    }
    harness.get_by_label_contains("the strong line is the mean of 20 iterations");
}

#[test]
fn a_run_in_the_window_knows_the_time_of_every_iteration() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::new(Arc::new(|| {}));
    session.training.runs_folder = folder.path().to_owned();
    for (key, value) in [("size", "10"), ("count", "1"), ("rounds", "1")] {
        session.training.settings.set_text(key, value).unwrap();
    }
    session.start_training();
    let deadline = Instant::now() + Duration::from_secs(60);
    while session.training.phase() != &Phase::Finished {
        assert!(Instant::now() < deadline, "waited too long for the end of the run");
        session.update();
        std::thread::yield_now();
    }
    let seconds = session.training.step_seconds();
    assert_eq!(seconds.len(), session.training.curve().len());
    assert!(seconds.iter().all(|seconds| *seconds >= 0.0));
    let total: f64 = seconds.iter().map(|&seconds| f64::from(seconds)).sum();
    let expected = session.training.curve().len() as f64 / session.training.rate().unwrap();
    assert!((total - expected).abs() < 1e-3 * expected, "{total} and {expected}");
    let source = Source::of(&session).unwrap();
    assert_eq!(source.planned, 200);
    assert!(Number::Rate.absence(&source).is_none());
}

/// A panel alone on its surface.
fn picture(device: &mut Offscreen, is_dark: bool, curve: &mut Curve, source: &Source<'_>) -> RgbaImage {
    let context = device.context();
    theme::install(context);
    context.set_theme(if is_dark { egui::Theme::Dark } else { egui::Theme::Light });
    let draw = &mut |ui: &mut egui::Ui| {
        let frame = egui::Frame::new().fill(theme::Palette::of(ui.ctx()).surface).inner_margin(10);
        frame.show(ui, |ui| curve.curve_ui(ui, source));
    };
    let picture = device.draw([494.0, 310.0], 1.0, draw).unwrap();
    // For those who want to look at them.
    if let Some(folder) = std::env::var_os("HEBBSCOPE_PICTURES") {
        let name = format!(
            "curve-{}-{}-{}.png",
            if is_dark { "dark" } else { "light" },
            curve.number().words(MEASURE).replace(' ', "-"),
            source.points.len()
        );
        picture.save(std::path::Path::new(&folder).join(name)).unwrap();
    }
    picture
}

#[test]
fn every_number_has_a_picture_of_its_own_in_both_themes() {
    let Some(mut device) = offscreen() else { return };
    let mut points = learning(1540);
    points[700].loss = f32::NAN;
    points[900].loss = f32::INFINITY;
    points[1000].measure = 0.0;
    let seconds: Vec<f32> = points.iter().map(|point| 0.15 + 0.02 * point.grad_norm.sqrt()).collect();
    let mut pictures: Vec<RgbaImage> = Vec::new();
    for is_dark in [true, false] {
        for number in Number::ALL {
            let mut curve = Curve::default();
            Panel::choose(&mut curve, &serde_json::json!({ "number": number, "smoothing": 50 }));
            if number != Number::Eta && number != Number::Rate {
                curve.set_scales(Scale::Linear, Scale::Log);
            }
            let source = Source { viewing: Some(1200), ..source(&points, Some(&seconds)) };
            let drawn = picture(&mut device, is_dark, &mut curve, &source);
            assert!(!pictures.contains(&drawn), "{number:?} looks like another");
            pictures.push(drawn);
        }
    }
}

#[test]
fn curves_of_any_kind_can_be_drawn() {
    let Some(mut device) = offscreen() else { return };
    let point = |value: f32| Point { loss: value, measure: value, eta: value, grad_norm: value };
    let kinds: Vec<Vec<f32>> = vec![
        vec![0.3],
        vec![0.0; 30],
        vec![f32::NAN; 40],
        vec![f32::INFINITY; 5],
        vec![-2.0, -1.0, -5.0],
        vec![1e-30, 1e30, 1.0],
        vec![f32::MAX, f32::MIN],
        (0..200_000).map(|index| (index % 97) as f32).collect(),
    ];
    for values in kinds {
        let points: Vec<Point> = values.iter().map(|&value| point(value)).collect();
        for y in [Scale::Linear, Scale::Log] {
            let mut curve = Curve::default();
            curve.set_scales(y, y);
            picture(&mut device, true, &mut curve, &source(&points, None));
        }
    }
}

#[test]
fn validations_stand_beside_the_curve_and_say_their_epoch() {
    let points: Vec<Point> =
        (0..300).map(|at| Point { loss: 5.0, measure: 400.0 - at as f32, eta: 0.01, grad_norm: 1.0 }).collect();
    let values = [(100, 350.5), (200, 240.25), (300, 260.0)];
    let validations = values.map(|(iteration, value)| Validation { iteration, value });
    let measure = hebbscope::tasks::find("language").unwrap().measure();
    let mut is_set_up = false;
    let mut harness = Harness::builder().with_size([480.0, 340.0]).build_ui_state(
        move |ui, (curve, told): &mut (Curve, BTreeSet<String>)| {
            if !std::mem::replace(&mut is_set_up, true) {
                theme::install(ui.ctx());
                return ui.ctx().request_repaint();
            }
            let source = Source { validations: &validations, measure, ..source(&points, None) };
            told.extend(curve.curve_ui(ui, &source));
        },
        (Curve::default(), BTreeSet::new()),
    );
    harness.run_steps(3);
    let expected = [
        "after epoch 1, iteration 100: validation perplexity 350.50, the best so far",
        "after epoch 2, iteration 200: validation perplexity 240.25, the best so far",
        "after epoch 3, iteration 300: validation perplexity 260.00",
    ];
    let chart = harness.get_by_label_contains(expected[2]).rect();
    for place in 0..40 * 24 {
        let share = egui::vec2((place % 40) as f32 / 39.0, (place / 40) as f32 / 23.0);
        harness.hover_at(chart.min + share * chart.size());
        harness.run_steps(1);
    }
    for words in expected {
        assert!(harness.state().1.contains(words), "{words}");
    }
    // Beside another number they do not stand.
    harness.state_mut().0.choose(Number::Loss);
    harness.run_steps(2);
    assert!(harness.query_by_label_contains(expected[2]).is_none());
}
