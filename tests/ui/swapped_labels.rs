//! Labels that are swapped: the network is taught the other way round, and the way back is there.

use super::one_look::checkpoint;
use crate::support::{keep, offscreen, run_until, session_of, windowed};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hebbscope::episode::{Intervention, Lesson, OneShot, Tape, What, tape_file};
use hebbscope::tasks::Episode;
use hebbscope::train::Checkpoint;
use hebbscope::ui::App;
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::picture::Picture;
use hebbscope::view::Session;
use hebbscope::view::drawing::cards::Stroke;
use hebbscope::view::drawing::sheet::Change;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn opened(path: PathBuf) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session = session_of(path);
    app.session.clock.seek(usize::MAX);
    app.session.clock.pause();
    let mut harness = windowed(app);
    harness.run_steps(3);
    harness
}

fn tape(session: &Session) -> Arc<Tape> {
    Arc::clone(session.scene().unwrap().tape())
}

fn one_shot(tape: &Tape) -> OneShot {
    tape.content.one_shot().unwrap().clone()
}

/// The lesson with the labels of two classes exchanged, put together by hand.
fn exchanged(lesson: &Lesson, one: usize, other: usize) -> Lesson {
    let mut exchanged = lesson.clone();
    for class in &mut exchanged.classes {
        if *class == one {
            *class = other;
        } else if *class == other {
            *class = one;
        }
    }
    exchanged.names[one].clone_from(&lesson.names[other]);
    exchanged.names[other].clone_from(&lesson.names[one]);
    exchanged.alphabets[one].clone_from(&lesson.alphabets[other]);
    exchanged.alphabets[other].clone_from(&lesson.alphabets[one]);
    exchanged
}

/// What the network in a file answers to a lesson that is put together.
fn scripted(path: &Path, lesson: Lesson) -> OneShot {
    let network = Checkpoint::read(path).unwrap();
    one_shot(&network.specimen().scripted(Episode::OneShot(lesson).into(), None).unwrap())
}

fn until_swapped(harness: &mut Harness<'_, App>, is_swapped: bool) {
    run_until(harness, "the labels", |app| {
        app.session.loading().is_none() && app.session.scene().unwrap().swapped.is_some() == is_swapped
    });
    harness.run_steps(2);
}

#[test]
fn a_swap_teaches_the_exchanged_labels_and_the_way_back_leads_to_the_first_episode() {
    let folder = tempfile::tempdir().unwrap();
    for (ways, shots) in [("5", "1"), ("3", "2")] {
        let path = checkpoint(folder.path(), &[("ways", ways), ("shots", shots)]);
        let mut harness = opened(path.clone());
        let first = tape(&harness.state().session);
        let lesson = one_shot(&first).lesson;
        // That of the query, so that the right answer moves.
        let asked = lesson.asked();
        let other = (asked + 1) % lesson.ways();
        let step = lesson.classes.iter().position(|class| *class == asked).unwrap();
        let label = format!("swap label {} of drawing {} with another", asked + 1, step + 1);
        harness.get_by_label(&label).click();
        harness.run_steps(3);
        for class in (0..lesson.ways()).filter(|class| *class != asked) {
            harness.get_by_label(&format!("swap with class {}, {}", class + 1, lesson.names[class]));
        }
        assert!(harness.query_by_label_contains(&format!("swap with class {},", asked + 1)).is_none());
        harness.get_by_label(&format!("swap with class {}, {}", other + 1, lesson.names[other])).click();
        harness.run_steps(1);
        until_swapped(&mut harness, true);
        let swapped = tape(&harness.state().session);
        let expected = scripted(&path, exchanged(&lesson, asked, other));
        assert_eq!(one_shot(&swapped), expected);
        assert_eq!(expected.lesson.asked(), other, "the right answer goes with its character");
        assert_eq!(harness.state().session.clock.at(), lesson.steps() - 1, "the answer is in view");
        let name = harness.state().session.scene().unwrap().life_name();
        assert_eq!(name, "episode seed 0, labels swapped");
        assert!(harness.query_by_label_contains("swap with class").is_none(), "the menu is open");
        harness.get_by_label_contains(&format!("drawing {}: class {}, {}", step + 1, other + 1, lesson.names[asked]));

        // Another swap on top of it, then all of it taken back.
        harness.state_mut().session.swap_labels(0, 2);
        run_until(&mut harness, "the second swap", |app| app.session.loading().is_none());
        let twice = exchanged(&exchanged(&lesson, asked, other), 0, 2);
        assert_eq!(one_shot(&tape(&harness.state().session)), scripted(&path, twice));
        harness.run_steps(2);
        harness.get_by_label("Original labels").click();
        harness.run_steps(1);
        until_swapped(&mut harness, false);
        assert!(Arc::ptr_eq(&tape(&harness.state().session), &first));
        assert!(harness.query_by_label("Original labels").is_none());
        let scene = harness.state().session.scene().unwrap();
        assert_eq!((scene.life_name().as_str(), scene.replaced.is_none()), ("episode seed 0", true));
        // A swap of the same two is a way back, too.
        for is_swapped in [true, false] {
            harness.state_mut().session.swap_labels(asked, other);
            until_swapped(&mut harness, is_swapped);
        }
        assert!(Arc::ptr_eq(&tape(&harness.state().session), &first));
    }
}

#[test]
fn keys_open_the_menu_and_choose_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    let mut harness = opened(path.clone());
    let lesson = one_shot(&tape(&harness.state().session)).lesson;
    // The list of classes has every label, however many drawings there are.
    harness.state_mut().session.clock.play();
    harness.get_by_label("swap label 1 of the classes with another").focus();
    harness.run_steps(1);
    harness.key_press_modifiers(Modifiers::NONE, Key::Enter);
    harness.run_steps(3);
    assert!(!harness.state().session.clock.is_playing(), "what can be chosen from would change");
    harness.get_by_label(&format!("swap with class 4, {}", lesson.names[3])).focus();
    harness.run_steps(1);
    harness.key_press_modifiers(Modifiers::NONE, Key::Enter);
    harness.run_steps(2);
    until_swapped(&mut harness, true);
    assert_eq!(one_shot(&tape(&harness.state().session)), scripted(&path, exchanged(&lesson, 0, 3)));
}

#[test]
fn what_is_on_the_cards_stays_and_its_labels_can_be_swapped_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    let mut session = session_of(path.clone());
    let settled = |session: &mut Session| {
        session.update();
        session.settle();
        assert_eq!(session.notices, []);
    };
    let episode = tape(&session);
    // No cards were looked at: a swap puts nothing on them.
    session.swap_labels(0, 1);
    settled(&mut session);
    assert!(session.cards().unwrap().is_blank() && !session.shows_cards());
    session.original_labels();
    settled(&mut session);
    session.change_cards(Change::New, |cards| {
        for (card, x) in [(0, 7.0), (1, 15.0), (5, 15.5)] {
            let stroke = Stroke { points: vec![[x, 5.0], [x, 25.0]], width: 1.5, erases: false };
            cards.card_mut(card).unwrap().draw(stroke);
        }
        cards.call(0, "left");
        cards.call(1, "middle");
        cards.mean(Some(1));
    });
    settled(&mut session);
    let (cards, drawn) = (session.cards().unwrap(), tape(&session));
    assert!(session.shows_cards());
    session.swap_labels(0, 1);
    settled(&mut session);
    assert_eq!(session.cards().unwrap(), cards);
    assert!(!session.shows_cards());
    let swapped = one_shot(&tape(&session));
    assert_eq!((&swapped.lesson.names[..2], swapped.lesson.asked()), (&["middle".into(), "left".into()][..], 0));
    assert_eq!(swapped, scripted(&path, cards.lesson().with_labels_swapped(0, 1)));
    assert_eq!(session.scene().unwrap().life_name(), "drawings of your own, labels swapped");
    // Lived once more, what was swapped stays so; then back to the cards, then to the episode.
    session.new_episode(true);
    settled(&mut session);
    assert_eq!(one_shot(&tape(&session)), swapped);
    session.original_labels();
    settled(&mut session);
    assert!(session.shows_cards() && Arc::ptr_eq(&tape(&session), &drawn));
    session.back_to_episode();
    settled(&mut session);
    assert!(Arc::ptr_eq(&tape(&session), &episode));
    // Whoever draws on while labels are swapped sees the cards.
    session.swap_labels(0, 1);
    settled(&mut session);
    session.live_cards();
    settled(&mut session);
    assert!(session.shows_cards());
    assert_eq!(one_shot(&tape(&session)), one_shot(&drawn));
}

#[test]
fn a_swap_and_an_intervention_go_together_and_a_tape_alone_says_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    let mut session = session_of(path.clone());
    session.swap_labels(1, 4);
    super::window::wait_for(&mut session, "the swap", |session| session.scene().unwrap().swapped.is_some());
    let swapped = tape(&session);
    session.clock.seek(5);
    session.intervene(What::Erase);
    super::window::wait_for(&mut session, "the branch", |session| !session.is_branching());
    let scene = session.scene().unwrap();
    assert!(scene.swapped.is_some() && **scene.ghost.as_ref().unwrap().tape() == *swapped);
    assert_eq!(scene.life_name(), "episode seed 0, labels swapped, with intervention from step 6");
    session.retract_all();
    super::window::wait_for(&mut session, "the way back", |session| !session.is_branching());
    assert_eq!(*tape(&session), *swapped);

    let network = Checkpoint::read(&path).unwrap();
    let mut alone = network.specimen().episode(0).unwrap();
    alone.origin.run = None;
    let file = folder.path().join("tape.safetensors");
    tape_file::write(&file, &alone, &network.parameters).unwrap();
    let mut harness = opened(file);
    assert!(!harness.state().session.can_live());
    harness.get_by_label("swap label 2 of the classes with another").click();
    harness.run_steps(3);
    harness.get_by_label_contains("open the checkpoint of its network to swap labels");
    assert!(harness.query_by_label_contains("swap with class").is_none());
    harness.state_mut().session.swap_labels(0, 1);
    assert!(harness.state().session.loading().is_none());
}

#[test]
fn what_is_done_to_a_lesson_stays_with_other_labels_and_with_the_original_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    let network = Checkpoint::read(&path).unwrap();
    let (step, layer) = (3, 0);
    for what in [What::Freeze, What::Erase, What::ScaleAlpha(2.5)] {
        let done = vec![Intervention { step, layer, what }];
        let expected = network.specimen().branch(0, done.clone()).unwrap();
        let mut session = session_of(path.clone());
        let untouched = tape(&session);
        session.clock.seek(step);
        session.intervene(done[0].what.clone());
        let until = |session: &mut Session, is_swapped: bool| {
            super::window::wait_for(session, "the lifetime", |session| {
                let is_so = session.scene().is_some_and(|scene| scene.swapped.is_some() == is_swapped);
                is_so && session.loading().is_none() && !session.is_branching()
            });
            assert_eq!((session.notices.as_slice(), session.interventions()), (&[][..], &done[..]), "{done:?}");
        };
        until(&mut session, false);
        assert_eq!(*tape(&session), expected);
        // The same two once more are the original labels; so is the way back.
        for is_back in [false, true] {
            session.swap_labels(0, 1);
            until(&mut session, true);
            let lesson = Episode::OneShot(exchanged(&one_shot(&untouched).lesson, 0, 1));
            let swapped = network.specimen().scripted_branch(lesson, done.clone()).unwrap();
            assert_eq!(*tape(&session), swapped);
            assert!(session.scene().unwrap().ghost.as_ref().unwrap().tape().interventions.is_empty());
            if is_back {
                session.original_labels();
            } else {
                session.swap_labels(1, 0);
            }
            until(&mut session, false);
            assert_eq!(*tape(&session), expected);
            assert_eq!(**session.scene().unwrap().ghost.as_ref().unwrap().tape(), *untouched);
        }
        // What is done while the labels are on their way is not lost either.
        session.swap_labels(2, 4);
        session.clock.seek(step + 1);
        session.intervene(What::Erase);
        super::window::wait_for(&mut session, "both", |session| {
            session.scene().is_some_and(|scene| scene.swapped.is_some()) && !session.is_branching()
        });
        let both = session.scene().unwrap().tape().interventions.clone();
        assert!(both.contains(&done[0]) && both.iter().any(|one| one.step == step + 1), "{both:?}");
    }
}

#[test]
fn swapped_labels_and_the_way_back_are_drawn_in_both_themes() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut device) = offscreen() else { return };
    let panel = PANELS.iter().position(|make| make().title() == "One look").unwrap();
    for ways in ["2", "20"] {
        let path = checkpoint(folder.path(), &[("ways", ways)]);
        for dark in [true, false] {
            let mut picture = Picture::with(device, dark);
            picture.open(Some(&path));
            picture.app.session.clock.seek(usize::MAX);
            let before = picture.panel(panel, [360.0, 440.0], 1.0).unwrap();
            picture.app.session.swap_labels(0, 1);
            picture.app.session.settle();
            assert_eq!(picture.app.session.notices, []);
            let swapped = picture.panel(panel, [360.0, 440.0], 1.0).unwrap();
            assert!(before != swapped, "nothing is seen of the swap");
            keep(&swapped, &format!("swapped-{ways}-{dark}"));
            device = picture.into_offscreen();
        }
    }
}
