//! The inspector: what a pinned synapse or neuron shows, and the account of who wrote a trace.

use crate::support::{offscreen, session_of, windowed};
use crate::workbench::checkpoint_file;
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::data::{Generator, Stream};
use hebbscope::episode::ledger::{Ledger, Writer};
use hebbscope::episode::{Event, EventKind, Reel, Tape};
use hebbscope::plastic::{AlphaKind, Network, Plasticity, Recurrent, Rule, Writing};
use hebbscope::tasks;
use hebbscope::train::{RunConfig, Trainer};
use hebbscope::ui::picture::Picture;
use hebbscope::ui::{App, inspector};
use hebbscope::view::Session;
use hebbscope::view::inspection::Pinned;
use hebbscope::view::inspection::facts::Now;
use rand::Rng as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A lifetime of an untrained network of 13 neurons.
fn lived(settings: &[(&str, &str)], seed: u64) -> Tape {
    let mut config = RunConfig::new(tasks::find("patterns").unwrap());
    for (key, value) in [("size", "12"), ("count", "3"), ("show_steps", "4"), ("rounds", "2")].iter().chain(settings) {
        config.settings.set_text(key, value).unwrap();
    }
    let trainer = Trainer::new(config).unwrap();
    trainer.checkpoint().unwrap().specimen().episode(seed).unwrap()
}

/// The same tape with activities drawn at random, a rule and a large η: what no training would produce either.
fn random_tape(rule: Rule, eta: f32, seed: u64) -> Tape {
    let mut tape = lived(&[], seed);
    let mut generator = Generator::new(seed, Stream::Training);
    tape.activity = (0..tape.activity.len()).map(|_| generator.random_range(-1.0..1.0)).collect();
    let plasticity = Some(Plasticity { alpha: AlphaKind::Free, writing: Writing::Rule(rule) });
    let recurrent = Recurrent { plasticity, ..tape.network.recurrent().unwrap() };
    let record = &mut tape.layers[0];
    record.layer = recurrent.layer().unwrap();
    record.eta = eta;
    [record.pre, record.post] = [0, 1].map(|_| Arc::clone(&tape.activity));
    tape.network = Network::from(recurrent);
    tape.check().unwrap();
    tape
}

const RULES: [Rule; 3] = [Rule::Decay, Rule::Oja, Rule::Clip { bound: 0.15 }];

#[test]
fn what_every_step_wrote_adds_up_to_the_trace_at_every_step_under_every_rule() {
    for (rule, seed) in RULES.into_iter().flat_map(|rule| [(rule, 1), (rule, 2)]) {
        for eta in [0.01, 0.3] {
            let tape = random_tape(rule, eta, seed);
            let reel = Reel::new(Arc::new(tape.clone()), 0);
            for (from, to) in [(0, 0), (3, 7), (12, 1), (5, 12)] {
                let history = reel.synapse_history(from, to);
                for (step, &trace) in history.iter().enumerate() {
                    let ledger = Ledger::of_synapse(&tape, 0, from, to, step);
                    assert_eq!(ledger.written.len(), step);
                    let what = format!("{rule:?} η {eta} {from}→{to} step {step}");
                    assert_eq!(ledger.total(), f64::from(trace), "{what}");
                    assert!(ledger.rounding.abs() < 2e-6, "{what}: {} rounded", ledger.rounding);
                }
            }
        }
    }
}

#[test]
fn the_ledger_of_a_lived_life_agrees_with_its_whole_trace() {
    for rule in ["decay", "oja", "clip"] {
        let tape = Arc::new(lived(&[("rule", rule)], 4));
        let mut reel = Reel::new(Arc::clone(&tape), 0);
        let steps = tape.steps;
        let trace = reel.trace_at(steps).to_vec();
        let neurons = tape.neurons();
        assert!(trace.iter().any(|&value| value.abs() > 0.01), "{rule}: an empty trace tests nothing");
        for (index, &value) in trace.iter().enumerate() {
            let ledger = Ledger::of_synapse(&tape, 0, index / neurons, index % neurons, steps);
            assert_eq!(ledger.total(), f64::from(value), "{rule} {index}");
            assert!(ledger.rounding.abs() < 1e-6, "{rule} {index}: {} rounded", ledger.rounding);
        }
    }
}

#[test]
fn the_clip_is_flagged_at_exactly_the_steps_where_it_bites() {
    let (bound, eta) = (0.15_f32, 0.3_f32);
    let tape = random_tape(Rule::Clip { bound }, eta, 5);
    let mut bites = 0;
    for (from, to) in [(0, 1), (2, 3), (7, 7)] {
        let (mut trace, mut expected) = (0.0_f32, Vec::new());
        for step in 0..tape.steps {
            let pre = if step == 0 { 0.0 } else { tape.activity_at(step - 1)[from] };
            let reached = trace + (eta * pre) * tape.activity_at(step)[to];
            if !(-bound..=bound).contains(&reached) {
                expected.push(step);
            }
            trace = reached.clamp(-bound, bound);
        }
        let ledger = Ledger::of_synapse(&tape, 0, from, to, tape.steps);
        let cut = ledger.written.iter().filter(|entry| entry.cut != 0.0);
        assert_eq!(cut.map(|entry| entry.step).collect::<Vec<_>>(), expected);
        bites += expected.len();
        let flagged = ledger.cut_off(&tape, 2).map_or(0, |cut| cut.times);
        assert_eq!(flagged, expected.len(), "the account hides the clip");
    }
    assert!(bites > 0, "a clip that never bites tests nothing");
    let ledger = Ledger::of_synapse(&random_tape(Rule::Clip { bound: 1e6 }, eta, 5), 0, 0, 1, 20);
    assert!(ledger.written.iter().all(|entry| entry.cut == 0.0), "a bound far away cuts nothing off");
}

#[test]
fn shares_add_up_to_a_hundred_per_cent_and_amounts_to_the_trace() {
    for rule in RULES {
        let tape = random_tape(rule, 0.2, 8);
        for step in 2..tape.steps {
            let ledger = Ledger::of_synapse(&tape, 0, 4, 9, step);
            for most in [1, 4, 1000] {
                let shares = ledger.shares(&tape, most);
                let whole: f64 = shares.iter().map(|share| share.share).sum();
                let amount: f64 = shares.iter().map(|share| share.amount).sum();
                assert!((whole - 1.0).abs() < 1e-12, "{rule:?} at {step}: {whole}");
                assert!((amount - ledger.total()).abs() < 1e-12);
                let named = shares.iter().filter(|share| matches!(share.writer, Writer::Event { .. })).count();
                assert!(named <= most);
            }
        }
    }
}

#[test]
fn a_ledger_groups_by_event_and_counts_only_steps_that_have_passed() {
    let mut tape = random_tape(Rule::Decay, 0.1, 3);
    tape.events = vec![
        Event { kind: EventKind::Study, start: 1, steps: 4, index: Some(2) },
        Event { kind: EventKind::Probe, start: 6, steps: 3, index: None },
    ];
    let ledger = Ledger::of_synapse(&tape, 0, 0, 1, 7);
    let mut writers: Vec<_> = ledger.shares(&tape, 10).into_iter().map(|share| share.writer).collect();
    writers.sort_by_key(|writer| match writer {
        Writer::Event { steps, .. } => steps.start,
        Writer::Step(step) | Writer::Transplant(step) => *step,
        Writer::Rest { .. } | Writer::Rounding => usize::MAX,
    });
    assert_eq!(writers.pop(), Some(Writer::Rounding));
    // Step 0 has no step before it and writes nothing.
    let expected = [
        Writer::Event { label: "study 3".into(), steps: 1..5 },
        Writer::Step(5),
        Writer::Event { label: "probe".into(), steps: 6..7 },
    ];
    assert_eq!(writers, expected);
    assert!(Ledger::of_synapse(&tape, 0, 0, 1, 0).shares(&tape, 4).is_empty());
    tape.network = Network::from(Recurrent { plasticity: None, ..tape.network.recurrent().unwrap() });
    tape.layers.clear();
    assert!(Ledger::of_synapse(&tape, 0, 0, 1, 7).written.is_empty());
}

/// A small trained network as a file.
fn checkpoint(folder: &Path, settings: &[(&str, &str)]) -> PathBuf {
    let small = [("size", "40"), ("count", "3"), ("show_steps", "4"), ("rounds", "2")];
    checkpoint_file(folder, "patterns", 3, [&small, settings])
}

#[test]
fn a_pin_survives_a_new_life_of_the_same_network_and_is_dropped_by_one_of_another_size() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session_of(checkpoint(folder.path(), &[]));
    let pinned = Pinned::Synapse { from: 7, to: 20 };
    session.pin(pinned);
    session.clock.seek(20);
    let before = session.life().unwrap();
    session.new_episode(false);
    session.settle();
    assert_eq!(session.pinned(), Some(pinned));
    assert!(before.history != session.life().unwrap().history, "the history is still that of the life before");
    for size in ["10", "60"] {
        session.open(checkpoint(folder.path(), &[("size", size)]));
        session.settle();
        assert_eq!(session.pinned(), None);
        assert!(session.life().is_none() && session.now().is_none());
        session.pin(Pinned::Neuron(3));
        assert_eq!(session.pinned(), Some(Pinned::Neuron(3)));
    }
}

#[test]
fn what_the_network_does_not_have_is_not_pinned() {
    let folder = tempfile::tempdir().unwrap();
    let mut nothing = Session::new(Arc::new(|| {}));
    nothing.pin(Pinned::Neuron(0));
    assert_eq!(nothing.pinned(), None);
    let mut session = session_of(checkpoint(folder.path(), &[]));
    session.pin(Pinned::Neuron(40));
    for pinned in [Pinned::Neuron(41), Pinned::Synapse { from: 41, to: 0 }, Pinned::Synapse { from: 0, to: 41 }] {
        session.pin(pinned);
        assert_eq!(session.pinned(), Some(Pinned::Neuron(40)));
    }
    session.unpin();
    assert_eq!(session.pinned(), None);
}

#[test]
fn nothing_is_computed_again_until_pin_life_or_step_change() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session_of(checkpoint(folder.path(), &[]));
    session.pin(Pinned::Synapse { from: 7, to: 20 });
    let (life, now) = (session.life().unwrap(), session.now().unwrap());
    session.pin(Pinned::Synapse { from: 7, to: 20 });
    assert!(Arc::ptr_eq(&life, &session.life().unwrap()) && Arc::ptr_eq(&now, &session.now().unwrap()));
    session.clock.step(1);
    assert!(Arc::ptr_eq(&life, &session.life().unwrap()) && !Arc::ptr_eq(&now, &session.now().unwrap()));
    session.pin(Pinned::Synapse { from: 7, to: 21 });
    assert!(!Arc::ptr_eq(&life, &session.life().unwrap()));
}

#[test]
fn the_numbers_of_a_synapse_are_those_of_the_matrices_at_that_step() {
    let folder = tempfile::tempdir().unwrap();
    for settings in [[("alpha", "free")], [("alpha", "per_neuron")], [("alpha", "yoked")], [("rule", "oja")]] {
        let mut session = session_of(checkpoint(folder.path(), &settings));
        let (from, to) = (7, 20);
        session.pin(Pinned::Synapse { from, to });
        for step in [0, 1, 17, session.clock.steps() - 1] {
            session.clock.seek(step);
            let now = session.now().unwrap();
            let Now::Synapse(now) = &*now else { panic!("a synapse was pinned") };
            let trace = session.trace().unwrap();
            let tape = Arc::clone(session.scene().unwrap().tape());
            let plastic = now.plastic.unwrap();
            assert_eq!(Some(plastic.trace), trace.at(from, to));
            assert_eq!(Some(now.w), session.scene().unwrap().w.at(from, to));
            assert_eq!(now.post, tape.activity_at(step)[to]);
            assert_eq!(now.pre, if step == 0 { 0.0 } else { tape.activity_at(step - 1)[from] });
            let written: f64 = now.account.iter().map(|share| share.amount).sum();
            assert!((written - f64::from(plastic.trace)).abs() < 1e-6);
            // The pictures hold the same numbers, and their colours reach them.
            let life = session.life().unwrap();
            let product = now.into.as_ref().unwrap().values()[from];
            assert_eq!(product, plastic.alpha * plastic.trace);
            assert!(product.abs() <= life.into.product_range);
            assert_eq!(life.into.w.values()[from], now.w);
        }
    }
}

#[test]
fn a_neuron_shows_its_column_its_row_and_its_strongest_partners() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session_of(checkpoint(folder.path(), &[]));
    session.clock.seek(22);
    session.pin(Pinned::Neuron(20));
    let (life, now) = (session.life().unwrap(), session.now().unwrap());
    let Now::Neuron(now) = &*now else { panic!("a neuron was pinned") };
    let trace = session.trace().unwrap();
    let scene = session.scene().unwrap();
    assert_eq!(life.history.len(), scene.tape().steps);
    assert_eq!(life.history[22], now.activity);
    let out = life.out.as_ref().unwrap();
    assert_eq!((life.into.cells, life.into.bias), (40, Some(40)), "the bias is no part of the picture");
    for other in 0..40 {
        assert_eq!(Some(life.into.w.values()[other]), scene.w.at(other, 20));
        assert_eq!(Some(out.w.values()[other]), scene.w.at(20, other));
    }
    let effective = |from, to| {
        let alpha = scene.alpha.as_ref().unwrap().at(from, to).unwrap();
        scene.w.at(from, to).unwrap() + alpha * trace.at(from, to).unwrap()
    };
    let largest = (0..41).map(|other| effective(other, 20).abs()).fold(0.0, f32::max);
    let (from, to, value) = now.strongest[0][0];
    assert_eq!((to, value.abs(), value), (20, largest, effective(from, 20)));
    assert!(now.strongest[1].iter().all(|row| row.0 == 20));
}

/// A harness around the whole window with a small network open and paused.
fn harness(path: PathBuf) -> Harness<'static, App> {
    let context = egui::Context::default();
    let mut app = App::new(&context, Arc::new(|| {}));
    app.session.open(path);
    app.session.settle();
    app.session.clock.pause();
    app.session.clock.seek(10);
    windowed(app)
}

/// Presses and releases the pointer at a place.
fn click_at(harness: &mut Harness<'static, App>, pos: egui::Pos2, modifiers: egui::Modifiers) {
    harness.hover_at(pos);
    harness.run_steps(2);
    for pressed in [true, false] {
        let button = egui::PointerButton::Primary;
        harness.event_modifiers(egui::Event::PointerButton { pos, button, pressed, modifiers }, modifiers);
        harness.run_steps(1);
    }
    harness.run_steps(2);
}

/// The middle of the cell of a synapse in the matrix panel of a network of 41 neurons, wherever these stand.
fn cell(harness: &Harness<'static, App>, from: usize, to: usize) -> egui::Pos2 {
    let matrix = harness.get_by_label_contains("H 41×41, largest").rect();
    let order = harness.state().session.scene().unwrap().by_example.as_ref().unwrap();
    let (from, to) = (order.axis(0).place(from), order.axis(1).place(to));
    matrix.min + matrix.size() * egui::vec2((to as f32 + 0.5) / 41.0, (from as f32 + 0.5) / 41.0)
}

#[test]
fn a_click_pins_a_synapse_with_shift_its_neuron_and_keys_do_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(checkpoint(folder.path(), &[]));
    harness.get_by_label("Click a synapse to pin it.");
    let none = egui::Modifiers::NONE;
    let place = cell(&harness, 7, 20);
    click_at(&mut harness, place, none);
    assert_eq!(harness.state().session.pinned(), Some(Pinned::Synapse { from: 7, to: 20 }));
    harness.get_by_label("Synapse 7 → 20");
    harness.get_by_label_contains("H 7 → 20 over");
    harness.get_by_label("H ← (1 − η) H + η xi xj");
    harness.key_press(egui::Key::Escape);
    harness.run_steps(2);
    assert_eq!(harness.state().session.pinned(), None);
    let place = cell(&harness, 30, 5);
    click_at(&mut harness, place, egui::Modifiers::SHIFT);
    assert_eq!(harness.state().session.pinned(), Some(Pinned::Neuron(5)));
    harness.get_by_label("Neuron 5");
    harness.get_by_label_contains("w out of neuron 5, ");
    let place = cell(&harness, 3, 4);
    harness.hover_at(place);
    harness.run_steps(2);
    harness.key_press(egui::Key::P);
    harness.run_steps(2);
    assert_eq!(harness.state().session.pinned(), Some(Pinned::Synapse { from: 3, to: 4 }));
    harness.get_by_label("Pin neuron 4").click();
    harness.run_steps(2);
    assert_eq!(harness.state().session.pinned(), Some(Pinned::Neuron(4)));
    // The page of a neuron names what it lists.
    harness.get_by_label_contains("α into neuron 4, largest");
    // A picture is a way to its synapses: the first cell is the connection from neuron 0.
    let picture = harness.get_by_label_contains("w into neuron 4, ").rect();
    click_at(&mut harness, picture.min + egui::vec2(2.0, 2.0), none);
    assert_eq!(harness.state().session.pinned(), Some(Pinned::Synapse { from: 0, to: 4 }));
    harness.get_by_label("Clear").click();
    harness.run_steps(2);
    assert_eq!(harness.state().session.pinned(), None);
}

#[test]
fn a_click_on_the_history_or_on_a_line_of_the_account_goes_to_that_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(checkpoint(folder.path(), &[]));
    harness.state_mut().session.pin(Pinned::Synapse { from: 7, to: 20 });
    harness.state_mut().session.clock.seek(30);
    harness.run_steps(3);
    let steps = harness.state().session.clock.steps();
    let history = harness.get_by_label_contains("H 7 → 20 over").rect();
    let place = history.min + history.size() * egui::vec2(15.0 / steps as f32, 0.5);
    click_at(&mut harness, place, egui::Modifiers::NONE);
    assert_eq!(harness.state().session.clock.at(), 15);
    let now = harness.state_mut().session.now().unwrap();
    let Now::Synapse(now) = &*now else { panic!("a synapse was pinned") };
    let Writer::Event { label, steps } = now.account[0].writer.clone() else { panic!("{:?}", now.account) };
    harness.get_by_label_contains(&format!("{label}, step {} wrote", steps.start + 1)).click();
    harness.run_steps(2);
    assert_eq!(harness.state().session.clock.at(), steps.start);
}

#[test]
fn what_the_bound_has_cut_off_has_a_line_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let clipped = [("rule", "clip"), ("clip", "0.02")];
    let mut harness = harness(checkpoint(folder.path(), &clipped));
    let session = &mut harness.state_mut().session;
    session.clock.seek(30);
    let trace = session.trace().unwrap();
    let at_bound = trace.values().iter().position(|value| value.abs() == 0.02).expect("a trace at its bound");
    session.pin(Pinned::Synapse { from: at_bound / 41, to: at_bound % 41 });
    let now = session.now().unwrap();
    let Now::Synapse(now) = &*now else { panic!("a synapse was pinned") };
    let cut = now.cut.as_ref().unwrap();
    let shares: f64 = now.account.iter().map(|share| share.amount).sum();
    assert_eq!(shares as f32, now.plastic.unwrap().trace, "what was cut off is no part of H");
    assert!(cut.amount > 0.0 && cut.share > 0.0 && cut.share < 1.0 && cut.times < cut.steps, "{cut:?}");
    harness.run_steps(3);
    let line = harness.get_by_label_contains(&format!("cut off, {} ×, ", cut.times)).rect();
    let lines: Vec<_> = harness.query_all_by_label_contains(" wrote ").map(|node| node.rect()).collect();
    assert!(lines.iter().all(|other| line.bottom() <= other.top() + 1.0), "above all that a low window may cut");
    let Writer::Event { label, steps } = &cut.losses[0].writer else { panic!("{cut:?}") };
    harness.get_by_label_contains(&format!("{label}, step {} lost ", steps.start + 1)).click_accesskit();
    harness.run_steps(2);
    assert_eq!(harness.state().session.clock.at(), steps.start);
    harness.state_mut().session.clock.seek(1);
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("cut off, ").is_none(), "nothing has been cut off yet");
}

#[test]
fn the_inspector_makes_room_in_a_narrow_window_and_where_nothing_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let session = session_of(checkpoint(folder.path(), &[]));
    assert!(inspector::has_place(1280.0, &session));
    assert!(!inspector::has_place(1000.0, &session));
    assert!(!inspector::has_place(1280.0, &Session::new(Arc::new(|| {}))));
}

#[test]
fn every_rule_and_kind_of_network_has_its_page_in_both_themes() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let clipped: &[(&str, &str)] = &[("rule", "clip"), ("clip", "0.02")];
    let kinds: [&[(&str, &str)]; 6] = [
        &[],
        &[("rule", "oja")],
        clipped,
        &[("alpha", "yoked")],
        &[("alpha", "per_neuron")],
        &[("network", "non_plastic")],
    ];
    for settings in kinds {
        let path = checkpoint(folder.path(), settings);
        let mut drawn = Vec::new();
        for dark in [true, false] {
            let mut picture = Picture::with(device, dark);
            picture.open(Some(&path));
            picture.app.session.clock.seek(23);
            let mut page = |pinned: Option<Pinned>| {
                pinned.into_iter().for_each(|pinned| picture.app.session.pin(pinned));
                picture.inspector([inspector::WIDTH, 660.0], 1.0).unwrap()
            };
            let pages = [None, Some(Pinned::Synapse { from: 7, to: 20 }), Some(Pinned::Neuron(20))].map(&mut page);
            assert!(pages[0] != pages[1] && pages[1] != pages[2], "{settings:?}: two pages look the same");
            drawn.push(pages);
            device = picture.into_offscreen();
        }
        for (dark, light) in drawn[0].iter().zip(&drawn[1]) {
            assert!(dark != light, "{settings:?}: the themes look the same");
        }
    }
}
