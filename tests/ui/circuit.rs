//! The circuit: neurons and connections with the numbers of the matrices, and patterns drawn by hand.

use crate::support::{keep, offscreen, run_until, viewing, windowed};
use crate::ui::maze_panel::checkpoint_of;
use crate::ui::window::{quiet_session, small_checkpoint};
use egui::{Event, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::tasks::{Recalled, letters};
use hebbscope::train::Bundled;
use hebbscope::ui::App;
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::panels::circuit::lines::{Ground, RESTING};
use hebbscope::ui::panels::circuit::network::{Form, MOST_PARTNERS, Shown};
use hebbscope::ui::panels::circuit::wires::{self, KINDS};
use hebbscope::ui::picture::Picture;
use hebbscope::view::inspection::Pinned;
use hebbscope::view::matrices::MatrixKind;
use hebbscope::view::session::Session;
use std::path::PathBuf;
use std::sync::Arc;

fn letters_session() -> Session {
    let mut session = quiet_session();
    session.open_bundled(Bundled::Letters);
    session.settle();
    session.clock.pause();
    session
}

/// The whole window with the circuit in front, at rest at a step.
fn harness(open: impl FnOnce(&mut Session), step: usize) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    open(&mut app.session);
    app.session.settle();
    app.session.clock.pause();
    app.session.clock.seek(step);
    app.advance(&egui::Context::default(), 0.0);
    app.show_panel("Circuit", "Trace");
    windowed(app)
}

fn with_letters(step: usize) -> Harness<'static, App> {
    harness(|session| session.open_bundled(Bundled::Letters), step)
}

fn button(harness: &mut Harness<'_, App>, pos: Pos2, pressed: bool) {
    harness.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE });
    harness.run_steps(1);
}

/// Draws from cell to cell of the card whose name holds `label`.
fn draw(harness: &mut Harness<'static, App>, label: &str, cells: &[usize]) {
    let card = harness.get_by_label_contains(label).rect();
    let place = |cell: usize| card.min + card.size() * vec2((cell % 5) as f32 + 0.5, (cell / 5) as f32 + 0.5) / 5.0;
    harness.hover_at(place(cells[0]));
    harness.run_steps(2);
    button(harness, place(cells[0]), true);
    for cell in &cells[1..] {
        harness.hover_at(place(*cell));
        harness.run_steps(1);
    }
    button(harness, place(cells[cells.len() - 1]), false);
    harness.run_steps(1);
    run_until(harness, "the episode", |app| !app.session.is_asking());
}

fn shown(session: &Session) -> Recalled {
    Recalled::of(session.scene().unwrap().tape()).unwrap()
}

fn all(session: &Session) -> Shown {
    Shown::of(session.scene().unwrap(), session.pinned()).unwrap()
}

#[test]
fn the_bundled_network_of_letters_opens_on_letters_and_recalls_one() {
    let session = letters_session();
    let scene = session.scene().unwrap();
    assert_eq!((scene.shape(), scene.life_name().as_str()), ([26, 26], "letters A, T"));
    let asked = shown(&session);
    assert_eq!(asked.question.study, ['A', 'T'].map(|letter| letters::pattern(letter).unwrap()));
    assert!(asked.blanked().eq(10..25), "{:?}", asked.blanked().collect::<Vec<_>>());
    assert_eq!(scene.tape().measure, 0.0, "bits of the letter are wrong");
}

#[test]
fn the_same_episode_again_shows_the_letters_and_a_new_one_random_patterns() {
    let mut session = letters_session();
    let first = Arc::clone(session.scene().unwrap().tape());
    session.new_episode(true);
    session.settle();
    assert!(*first == **session.scene().unwrap().tape());
    session.new_episode(false);
    session.settle();
    assert_eq!(session.scene().unwrap().life_name(), "episode seed 1");
    assert!(shown(&session).question.study.iter().all(|pattern| letters::name(pattern).is_none()));
}

#[test]
fn the_numbers_of_every_connection_are_those_of_the_matrices() {
    let folder = tempfile::tempdir().unwrap();
    let small = |changes: &[(&str, &str)]| Some(small_checkpoint(folder.path(), changes));
    let agent = |changes: &[(&str, &str)]| Some(checkpoint_of(folder.path(), changes));
    let networks: [(&str, Option<PathBuf>); 8] = [
        ("letters", None),
        ("free", small(&[("alpha", "free"), ("size", "20")])),
        ("per neuron", agent(&[("alpha", "per_neuron")])),
        ("modulated", agent(&[("network", "modulated")])),
        ("retroactive", agent(&[("network", "retroactive")])),
        ("not plastic", agent(&[("network", "non_plastic")])),
        ("yoked", agent(&[("alpha", "yoked")])),
        ("large", small(&[("size", "300"), ("rule", "oja")])),
    ];
    for (name, path) in networks {
        let mut session = quiet_session();
        match path {
            Some(path) => session.open(path),
            None => session.open_bundled(Bundled::Letters),
        }
        session.settle();
        session.clock.pause();
        for (step, pinned) in [(0, None), (9, Some(Pinned::Neuron(3))), (14, Some(Pinned::Synapse { from: 2, to: 5 }))]
        {
            session.clock.seek(step);
            session.unpin();
            pinned.into_iter().for_each(|pinned| session.pin(pinned));
            let shown = all(&session);
            let [count, _] = session.scene().unwrap().shape();
            assert_eq!(shown.neurons.len(), if count <= 32 { count } else { MOST_PARTNERS }, "{name}");
            let is_there = |neuron: usize| shown.neurons.contains(&neuron);
            match pinned {
                Some(Pinned::Neuron(neuron)) => assert!(is_there(neuron), "{name}: {:?}", shown.neurons),
                Some(Pinned::Synapse { from, to }) => assert!(is_there(from) && is_there(to), "{name}"),
                None => {}
            }
            let wires = viewing(&mut session, |session| wires::wires(session, &shown.neurons));
            assert_eq!(wires.len(), shown.neurons.len().pow(2), "{name}");
            for kind in KINDS {
                let Some(matrix) = session.matrix(kind) else {
                    let is_at_work = matches!(kind, MatrixKind::Effective | MatrixKind::Weights);
                    assert!(wires.iter().all(|wire| wire.value(kind).is_some() == is_at_work), "{name} {kind:?}");
                    continue;
                };
                for (index, wire) in wires.iter().enumerate() {
                    let ends = [index / shown.neurons.len(), index % shown.neurons.len()].map(|at| shown.neurons[at]);
                    assert_eq!([wire.from, wire.to], ends, "{name}");
                    let expected = matrix.matrix.at(wire.from, wire.to).unwrap();
                    assert_eq!(
                        wire.value(kind).map(f32::to_bits),
                        Some(expected.to_bits()),
                        "{name}, {kind:?} of {} → {} at {step}: {:?} and {expected}",
                        wire.from,
                        wire.to,
                        wire.value(kind),
                    );
                }
            }
        }
    }
}

#[test]
fn the_handful_of_a_large_network_is_what_is_pinned_and_its_strongest_partners() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = quiet_session();
    session.open(small_checkpoint(folder.path(), &[]));
    session.settle();
    session.pin(Pinned::Neuron(17));
    let shown = all(&session);
    session.clock.seek(usize::MAX);
    // The trace that the last step leaves behind counts.
    let (scene, trace) = (session.scene().unwrap(), session.scene().unwrap().last_trace.clone().unwrap());
    let alpha = scene.alpha.clone().unwrap();
    let strength = |from: usize, to: usize| {
        let at = |matrix: &hebbscope::render::Matrix| matrix.at(from, to).unwrap();
        (at(&scene.w) + at(&alpha) * at(&trace)).abs()
    };
    let of = |neuron: usize| strength(17, neuron).max(strength(neuron, 17));
    let least = shown.neurons.iter().map(|neuron| of(*neuron)).fold(f32::INFINITY, f32::min);
    for neuron in (0..41).filter(|neuron| *neuron != 17) {
        let (is_there, strength) = (shown.neurons.contains(&neuron), of(neuron));
        assert!(is_there == (strength >= least) || neuron == 17, "neuron {neuron}: {strength}, least {least}");
    }
    assert_eq!((shown.form, shown.around.as_deref()), (Form::Ring, Some("neuron 17")));
}

#[test]
fn what_is_under_the_pointer_is_named_and_pinned_by_a_click() {
    let mut harness = with_letters(30);
    let area = harness.get_by_label_contains("circuit of 26 neurons").rect();
    let drawn = all(&harness.state().session);
    assert_eq!(drawn.form, Form::Pixels(5));
    let ground = Ground::of(&drawn, area);
    let click = |harness: &mut Harness<'static, App>, pos: Pos2| {
        harness.hover_at(pos);
        harness.run_steps(2);
        let hover = harness.state().session.hover.clone().unwrap_or_default();
        button(harness, pos, true);
        button(harness, pos, false);
        harness.run_steps(1);
        hover
    };
    for neuron in [7, 20, 25] {
        let hover = click(&mut harness, ground.places[neuron]);
        let name = ["neuron 7 ", "neuron 20 ", "neuron 25 (bias) "][[7, 20, 25].binary_search(&neuron).unwrap()];
        assert!(hover.contains(name), "{hover}");
        assert_eq!(harness.state().session.pinned(), Some(Pinned::Neuron(neuron)));
    }
    // All connections of a pinned neuron are drawn; that at the pointer is one whose way leads through there.
    click(&mut harness, ground.places[12]);
    for other in [0, 4, 9, 22, 25] {
        let way = ground.way(12, other, 14);
        let pos = way[4];
        let hover = click(&mut harness, pos);
        let Some(Pinned::Synapse { from, to }) = harness.state().session.pinned() else {
            panic!("{:?} is pinned at {pos:?}, under {hover}", harness.state().session.pinned())
        };
        let apart = ground.way(from, to, 14).iter().map(|place| place.distance(pos)).fold(f32::INFINITY, f32::min);
        assert!(apart < 12.0, "{from} → {to} is {apart} points away from the pointer");
        assert!(hover.starts_with(&format!("{from} → {to}   w ")), "{hover}");
        let session = &mut harness.state_mut().session;
        let effective = session.matrix(MatrixKind::Effective).unwrap().matrix.at(from, to).unwrap();
        let written = hebbscope::view::numbers::signed(f64::from(effective), 5);
        assert!(hover.contains(&format!("w + α·H {written}")), "{hover} beside {written}");
        session.pin(Pinned::Neuron(12));
        harness.run_steps(1);
    }
    // The two directions lie apart.
    let [there, back] = [ground.way(0, 4, 14)[7], ground.way(4, 0, 14)[7]];
    assert!(there.distance(back) > ground.radius, "{there:?} and {back:?}");
    assert!((0.5..1.0).contains(&RESTING), "a pulse at rest stands nearer to where it leads");
}

#[test]
fn a_ring_names_the_true_neurons() {
    let folder = tempfile::tempdir().unwrap();
    let path = small_checkpoint(folder.path(), &[]);
    let mut harness = harness(|session| session.open(path), 9);
    harness.state_mut().session.pin(Pinned::Synapse { from: 33, to: 8 });
    harness.run_steps(2);
    let area = harness.get_by_label_contains("circuit of 12 neurons").rect();
    let drawn = all(&harness.state().session);
    let ground = Ground::of(&drawn, area);
    for (place, neuron) in drawn.neurons.iter().enumerate() {
        harness.hover_at(ground.places[place]);
        harness.run_steps(2);
        let hover = harness.state().session.hover.clone().unwrap_or_default();
        assert!(hover.starts_with(&format!("neuron {neuron}")), "{hover} at the place of {neuron}");
    }
}

#[test]
fn a_pattern_drawn_by_hand_is_lived_at_once_and_taken_back() {
    let mut harness = with_letters(20);
    let letter = letters::pattern('T').unwrap();
    draw(&mut harness, "pattern 2 to draw on", &[5, 6, 10, 15]);
    let session = &harness.state().session;
    let asked = shown(session);
    let mut expected = letter.clone();
    for cell in [5, 6, 10, 15] {
        expected[cell] = 1.0;
    }
    assert_eq!(asked.question.study, [letters::pattern('A').unwrap(), expected.clone()]);
    let scene = session.scene().unwrap();
    assert_eq!(scene.life_name(), "patterns of your own");
    // The drawn pattern is what holds the neurons as it is shown, from where the lifetime now plays.
    let (at, tape) = (session.clock.at(), scene.tape());
    assert!(session.clock.is_playing());
    let event = tape.event_at(at).unwrap();
    assert_eq!((tape.label(event).as_str(), event.start), ("study 2", at));
    assert_eq!(tape.activity_at(at)[..25], expected);
    harness.state_mut().session.clock.pause();

    harness.get_by_label("Undo").click();
    harness.run_steps(2);
    run_until(&mut harness, "the letters", |app| app.session.scene().unwrap().life_name() == "letters A, T");

    // The probe: a blanked pixel is shown, all else stays as it was.
    draw(&mut harness, "probe to draw on", &[12]);
    let asked = shown(&harness.state().session);
    assert!(asked.blanked().eq((10..25).filter(|cell| *cell != 12)));
    assert_eq!(asked.question.probe[12], letters::pattern('A').unwrap()[12]);
    assert_eq!(harness.state().session.scene().unwrap().life_name(), "letters A, T, probe edited");

    // The cue.
    harness.get_by_label("cue pattern 2").click();
    harness.run_steps(2);
    run_until(&mut harness, "the other letter", |app| {
        !app.session.is_asking() && shown(&app.session).question.target == 1
    });
    assert_eq!(shown(&harness.state().session).question.probe[12], letter[12]);
}

#[test]
fn cards_are_drawn_on_by_keys_and_letters_are_typed() {
    let mut harness = with_letters(20);
    harness.get_by_label_contains("pattern 1 to draw on").focus();
    harness.run_steps(2);
    harness.event(Event::Text("x".into()));
    harness.run_steps(2);
    run_until(&mut harness, "the letter", |app| app.session.scene().unwrap().life_name() == "letters X, T");
    harness.key_press(Key::ArrowDown);
    harness.key_press(Key::ArrowRight);
    harness.key_press(Key::ArrowRight);
    harness.key_press(Key::Space);
    harness.run_steps(3);
    run_until(&mut harness, "the drawing", |app| {
        !app.session.is_asking() && shown(&app.session).question.study[0][7] == 1.0
    });
    assert_eq!(harness.state().session.scene().unwrap().life_name(), "patterns of your own");
    harness.get_by_label("Letters").click();
    harness.run_steps(2);
    run_until(&mut harness, "other letters", |app| app.session.scene().unwrap().life_name() == "letters X, L");
    harness.get_by_label("Clear").click();
    harness.run_steps(2);
    run_until(&mut harness, "empty cards", |app| {
        !app.session.is_asking() && shown(&app.session).question.study.concat().iter().all(|value| *value == -1.0)
    });
}

#[test]
fn only_small_patterns_have_cards() {
    let folder = tempfile::tempdir().unwrap();
    for (size, has_cards) in [("36", true), ("40", false), ("100", false)] {
        let path = small_checkpoint(folder.path(), &[("size", size)]);
        let harness = harness(|session| session.open(path), 9);
        assert_eq!(harness.query_by_label_contains("probe to draw on").is_some(), has_cards, "{size} bits");
        assert!(harness.query_by_label("Letters").is_none(), "{size} bits are no letters");
    }
}

#[test]
fn every_choice_of_width_says_what_it_shows_and_is_kept() {
    let Some(device) = offscreen() else { return };
    let place = PANELS.iter().position(|make| make().title() == "Circuit").unwrap();
    let mut picture = Picture::with(device, true);
    picture.app.session.open_bundled(Bundled::Letters);
    picture.app.session.settle();
    picture.app.session.clock.pause();
    picture.app.session.clock.seek(33);
    for kind in KINDS {
        let mut harness = harness(|session| session.open_bundled(Bundled::Letters), 33);
        harness.get_by_label(&format!("width and sign of a line: {}, {}", kind.symbol(), kind.words())).click();
        harness.run_steps(2);
        let words = format!("circuit of 26 neurons, {} of 676 connections, strongest ", kind.symbol());
        harness.get_by_label_contains(&words);
        let mut panel = PANELS[place]();
        let mut choices = panel.choices();
        choices["kind"] = serde_json::to_value(kind).unwrap();
        panel.choose(&choices);
        assert_eq!(panel.choices(), choices);
        choices["kind"] = "nonsense".into();
        panel.choose(&choices);
        assert_eq!(panel.choices()["kind"], serde_json::to_value(kind).unwrap(), "what does not fit is passed over");
    }
    for (dark, name) in [(true, "dark"), (false, "light")] {
        picture = Picture::with(picture.into_offscreen(), dark);
        picture.app.session.open_bundled(Bundled::Letters);
        picture.app.session.settle();
        picture.app.session.clock.pause();
        picture.app.session.clock.seek(33);
        let before = picture.panel(place, [600.0, 460.0], 1.0).unwrap();
        picture.app.session.pin(Pinned::Neuron(7));
        let pinned = picture.panel(place, [600.0, 460.0], 1.0).unwrap();
        assert!(before != pinned, "{name}: a pin changes nothing");
        keep(&pinned, &format!("circuit-{name}"));
    }
}
