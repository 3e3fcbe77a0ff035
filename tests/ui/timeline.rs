//! The timeline: short probes that can be hit, and what modulates the traces below them. And what of a recall is seen at
//! once.

use crate::support::windowed;
use crate::ui::maze_panel::{checkpoint, checkpoint_of};
use crate::ui::words::written;
use egui::{Event, PointerButton, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hebbscope::episode::EventKind;
use hebbscope::train::Bundled;
use hebbscope::ui::App;
use hebbscope::ui::timeline::axis::Axis;
use hebbscope::view::numbers::{decimals, percent, signed};
use std::sync::Arc;

fn bundled(network: Bundled, step: usize) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open_bundled(network);
    app.session.settle();
    app.session.clock.pause();
    app.session.clock.seek(step);
    windowed(app)
}

#[test]
fn every_step_of_a_short_probe_can_be_hit_in_a_small_window() {
    let mut harness = bundled(Bundled::Images, 0);
    for size in [vec2(1280.0, 800.0), vec2(900.0, 600.0)] {
        harness.set_size(size);
        harness.run_steps(3);
        let tape = Arc::clone(harness.state().session.scene().unwrap().tape());
        let line = harness.get_by_label_contains("timeline, step").rect();
        let axis = Axis::new(tape.steps, &tape.events, line.width());
        let probe = *tape.events.iter().find(|event| event.kind == EventKind::Probe).unwrap();
        let [left, right] = [probe.start, probe.start + probe.steps].map(|step| axis.place_of(step as f32));
        assert!(right - left >= 24.0, "{} points at {size:?}", right - left);
        for step in [0, 100, probe.start, probe.start + 1, probe.start + probe.steps - 1] {
            let pos = pos2(line.left() + axis.place_of(step as f32 + 0.5), line.center().y);
            harness.hover_at(pos);
            harness.run_steps(2);
            let hover = harness.state().session.hover.clone().unwrap();
            let is_probe = probe.contains(step);
            assert!(hover.starts_with(&format!("step {}: ", step + 1)), "{hover}");
            assert_eq!(hover.contains("probe, drawn wider than it lasts"), is_probe, "{hover}");
            for pressed in [true, false] {
                let (button, modifiers) = (PointerButton::Primary, egui::Modifiers::NONE);
                harness.event(Event::PointerButton { pos, button, pressed, modifiers });
                harness.run_steps(1);
            }
            assert_eq!(harness.state().session.clock.at(), step, "{size:?}");
        }
        // A span that is looped stands where its steps do.
        harness.state_mut().session.clock.set_span(Some(probe.start..probe.start + probe.steps));
        harness.run_steps(2);
        harness.state_mut().session.clock.set_span(None);
    }
}

#[test]
fn what_modulates_the_traces_stands_below_the_timeline_and_nothing_where_nothing_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut heights = Vec::new();
    for (changes, has_fan) in [
        (&[("network", "modulated")][..], true),
        (&[("network", "retroactive"), ("fan_out", "scalar")], false),
        (&[], false),
    ] {
        let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
        app.session.open(if changes.is_empty() {
            checkpoint(folder.path())
        } else {
            checkpoint_of(folder.path(), changes)
        });
        app.session.settle();
        app.session.clock.pause();
        let mut harness = windowed(app);
        let tape = Arc::clone(harness.state().session.scene().unwrap().tape());
        let mut places = Vec::new();
        for step in [0, 9, 29] {
            harness.state_mut().session.clock.seek(step);
            harness.run_steps(2);
            let words = format!("timeline, step {} of 30", step + 1);
            let line = harness.get_by_label_contains(&words);
            places.push(line.rect());
            let told = line.accesskit_node().label().unwrap();
            let Some(modulator) = &tape.layers[0].modulator else {
                assert_eq!(told, words);
                continue;
            };
            let value = modulator.values[step];
            let mut expected = format!("{words}, M {}", signed(value.into(), 3));
            if let Some([weights, biases]) = &modulator.fan_out {
                let all = weights.iter().zip(biases).map(|(weight, bias)| weight * value + bias);
                let [least, most] = [all.clone().fold(f32::MAX, f32::min), all.fold(f32::MIN, f32::max)];
                let [least, most] = [least, most].map(|value| signed(value.into(), 3));
                expected.push_str(&format!(", in the neurons from {least} to {most}"));
            }
            assert_eq!((told, modulator.fan_out.is_some()), (expected, has_fan));
            harness.hover_at(line.rect().center_bottom() - vec2(0.0, 4.0));
            harness.run_steps(2);
            let hover = harness.state().session.hover.clone().unwrap();
            let here = format!("M {}", signed(modulator.values[15].into(), 3));
            assert!(hover.starts_with("step 16: ") && hover.contains(&here), "{hover}");
        }
        assert!(places.iter().all(|place| *place == places[0]), "{places:?}");
        let named = written(&harness)
            .iter()
            .any(|(text, at)| text == "M" && at.right() < places[0].left() + 1.0 && at.top() > places[0].top());
        assert_eq!(named, !changes.is_empty());
        heights.push(places[0].height());
    }
    assert_eq!(heights, [64.0, 64.0, 40.0]);
}

/// Of five pictures of noise nobody sees which one the output is: bars and a number say so.
#[test]
fn which_example_is_recalled_and_how_well_is_said_in_words_and_bars() {
    for network in [Bundled::Patterns, Bundled::Images] {
        let mut harness = bundled(network, 0);
        let tape = Arc::clone(harness.state().session.scene().unwrap().tape());
        let question = tape.content.question().unwrap();
        let thing = if network == Bundled::Images { "picture" } else { "pattern" };
        for step in [0, tape.steps - 2] {
            harness.state_mut().session.clock.seek(step);
            harness.run_steps(2);
            let output = &tape.activity_at(step)[..question.size()];
            let mut likeness = Vec::new();
            for (index, example) in question.study.iter().enumerate() {
                let value = pearson(example, output);
                let words = format!("stored {thing} {}, correlation with the network output ", index + 1);
                let told = harness.get_by_label_contains(&words).accesskit_node().label().unwrap();
                let said: f64 = told[words.len()..].replace('−', "-").parse().unwrap();
                assert!((said - value).abs() < 0.006, "{told}, not {value}");
                likeness.push(value);
            }
            let texts = written(&harness);
            let is_written = |words: &str| texts.iter().any(|(text, _)| text == words);
            if step == 0 {
                assert!(is_written("before the probe"), "{network:?}");
                continue;
            }
            let best = (0..likeness.len()).max_by(|&one, &other| likeness[one].total_cmp(&likeness[other]));
            assert_eq!(best, Some(question.target), "{network:?}: {likeness:?}");
            let blanked = || (0..question.size()).filter(|&bit| question.probe[bit] == 0.0);
            let [asked, found] =
                [question.asked(), output].map(|values| blanked().map(|bit| values[bit]).collect::<Vec<_>>());
            let number = match network {
                Bundled::Images => decimals(pearson(&asked, &found), 2),
                // What the probe gives needs no recall.
                _ => {
                    let right = asked.iter().zip(&found).filter(|(one, other)| *one * *other > 0.0).count();
                    percent(right as f64 / asked.len() as f64)
                }
            };
            let large =
                texts.iter().find(|(text, _)| *text == number).unwrap_or_else(|| panic!("no {number}: {texts:?}"));
            assert!(large.1.height() > 11.0, "{large:?}");
            assert!(is_written(&format!("{} · cued", question.target + 1)), "{network:?}");
        }
    }
}

/// Pearson's correlation, from sums of squares.
fn pearson(one: &[f32], other: &[f32]) -> f64 {
    let count = one.len() as f64;
    let sum = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
        one.iter().zip(other).map(|(one, other)| of(f64::from(*one), f64::from(*other))).sum()
    };
    let [x, y, xx, yy, xy] =
        [sum(&|x, _| x), sum(&|_, y| y), sum(&|x, _| x * x), sum(&|_, y| y * y), sum(&|x, y| x * y)];
    (count * xy - x * y) / ((count * xx - x * x) * (count * yy - y * y)).sqrt()
}

#[test]
fn studies_have_all_their_numbers_or_none_whatever_the_width() {
    let mut harness = bundled(Bundled::Patterns, 0);
    let mut found = std::collections::BTreeSet::new();
    for width in (640..=1440).step_by(40) {
        harness.set_size(vec2(width as f32, 700.0));
        harness.run_steps(3);
        let tape = Arc::clone(harness.state().session.scene().unwrap().tape());
        let studies = tape.events.iter().filter(|event| event.kind == EventKind::Study).count();
        let line = harness.get_by_label_contains("timeline, step").rect();
        let told = written(&harness).into_iter().filter(|(text, rect)| {
            let is_study = text.parse::<usize>().is_ok() || text.starts_with("study");
            is_study && line.contains(rect.center())
        });
        let told = told.count();
        assert!(told == 0 || told == studies, "{told} of {studies} at {width}");
        found.insert(told > 0);
    }
    assert!(found.contains(&true), "no width has room for numbers");
}
