//! Tours: every one that comes with the program is taken to its end and says what is so, survives any click, and is taken
//! up again where it was left; a broken one is refused by its line.

use super::intervene::tape;
use crate::support::{keep, offscreen, windowed};
use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hebbscope::episode::{EventKind, Tape};
use hebbscope::tasks::Recalled;
use hebbscope::ui::App;
use hebbscope::ui::commands::COMMANDS;
use hebbscope::ui::commands::presets::PRESETS;
use hebbscope::ui::picture::Picture;
use hebbscope::ui::tours::{self, BUNDLED, Place, Tour, Tours};
use hebbscope::view::action::Action;
use hebbscope::view::preferences::Preferences;
use hebbscope::view::scene::Scene;
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::sync::Arc;

const COVERED: &str = "covered until you have answered";

fn empty() -> Harness<'static, App> {
    windowed(App::new(&egui::Context::default(), Arc::new(|| {})))
}

fn bundled(title: &str) -> Tour {
    Tours::bundled().iter().find(|tour| tour.title == title).unwrap().clone()
}

/// Draws frames until nothing is left to be done.
fn rest(harness: &mut Harness<'_, App>) {
    for _ in 0..200 {
        harness.run_steps(1);
        harness.state_mut().session.settle();
        let (app, session) = (harness.state(), &harness.state().session);
        if !app.tours.is_busy() && !app.is_waiting() && !session.is_branching() {
            break;
        }
    }
    harness.run_steps(3);
    assert!(!harness.state().tours.is_busy(), "a step that never comes to rest");
}

fn covers(harness: &Harness<'_, App>) -> usize {
    harness.query_all_by_label(COVERED).count()
}

/// Where the clock stands, and what is in view: what a step is made of.
fn seen(harness: &Harness<'_, App>) -> (usize, Arc<Tape>) {
    (harness.state().session.clock.at(), tape(harness))
}

/// Takes a tour to its end, and hears what there is to see once each step is there, and once its question is answered.
fn take(harness: &mut Harness<'_, App>, tour: &Tour, mut hear: impl FnMut(usize, bool, &mut Harness<'_, App>)) {
    harness.state_mut().tours.take(tour.clone());
    for (at, step) in tour.steps.iter().enumerate() {
        rest(harness);
        let on = if at + 1 == tour.steps.len() { "Done" } else { "Next" };
        assert_eq!(harness.state().tours.position().unwrap().at, at);
        assert_eq!(harness.state().session.notices, [], "{}: step {at}", tour.title);
        let rect = |harness: &mut Harness<'_, App>, place: &Place| match place {
            Place::Panel(name) => harness.state_mut().dock().rect_of(name),
            Place::Part(part) => harness.state().part_rect(*part),
        };
        for place in step.highlight.iter().chain(step.cover.first()) {
            assert!(rect(harness, place).is_some(), "{}: step {at} speaks of {place:?}, which nobody sees", tour.title);
        }
        // What stands behind others is covered as soon as somebody brings it forward.
        let seen = step.cover.iter().filter(|place| rect(harness, place).is_some()).count();
        assert_eq!(covers(harness), seen, "{}: step {at}", tour.title);
        let hidden = |harness: &mut Harness<'_, App>| {
            let hidden = |place: &&Place| rect(harness, place).is_none();
            step.cover.iter().find(hidden).copied()
        };
        if let Some(Place::Panel(name)) = hidden(harness) {
            harness.state_mut().show_panel(name, name);
            harness.run_steps(3);
            let seen = step.cover.iter().filter(|place| rect(harness, place).is_some()).count();
            assert_eq!((covers(harness), hidden(harness) == Some(Place::Panel(name))), (seen, false), "{name}");
            harness.state_mut().tours.set_up();
            rest(harness);
        }
        hear(at, false, harness);
        if let Some(question) = &step.question {
            harness.get_by_label(on).click();
            rest(harness);
            assert_eq!(harness.state().tours.position().unwrap().at, at, "nobody goes on unanswered");
            let wrong = (question.right + 1) % question.answers.len();
            harness.get_by_label(&question.answers[wrong]).click();
            rest(harness);
            assert_eq!(covers(harness), 0);
            harness.get_by_label(&format!("✓ {}", question.answers[question.right]));
            harness.get_by_label(&format!("✗ {}", question.answers[wrong]));
            harness.get_by_label(&question.reveal);
            hear(at, true, harness);
        }
        harness.get_by_label(on).click();
    }
    rest(harness);
    assert!(harness.state().tours.position().is_none(), "it is over");
}

fn rewards(harness: &Harness<'_, App>) -> Vec<usize> {
    let tape = tape(harness);
    let found = tape.events.iter().filter(|event| event.kind == EventKind::Reward);
    found.map(|event| event.start + 1).collect()
}

/// Three times as large between the halves of the picture as within one, and nearly all of it positive there.
fn alpha_has_blocks(scene: &Scene) {
    let (alpha, half) = (scene.alpha.as_ref().unwrap(), 512);
    let [mut within, mut between, mut positive] = [0.0_f64; 3];
    let pairs = (0..2 * half).flat_map(|from| (0..2 * half).map(move |to| (from, to)));
    for (from, to) in pairs.filter(|(from, to)| from != to) {
        let value = f64::from(alpha.at(from, to).unwrap());
        if (from < half) == (to < half) {
            within += value.abs() / (2 * half * (half - 1)) as f64;
        } else {
            between += value.abs() / (2 * half * half) as f64;
            positive += f64::from(value > 0.0) / (2 * half * half) as f64;
        }
    }
    assert!((2.8..3.2).contains(&(between / within)), "{between} between, {within} within");
    assert!(positive > 0.95, "{positive} of them are positive");
}

#[test]
fn every_tour_is_taken_to_its_end_and_says_what_is_so() {
    assert_eq!(Tours::bundled().len(), BUNDLED.len(), "all of them can be read");
    let mut harness = empty();
    take(&mut harness, &bundled("How a synapse stores a pattern"), |at, is_answered, harness| {
        let wrong = tape(harness).measure;
        match (at, is_answered) {
            (2, true) => assert!(wrong < 0.01, "the A is whole: {wrong}"),
            (3, true) => assert!(wrong > 0.2, "nothing of it is left: {wrong}"),
            _ => {}
        }
    });
    take(&mut harness, &bundled("Why α has blocks"), |at, is_answered, harness| {
        if (at, is_answered) == (1, true) {
            alpha_has_blocks(harness.state().session.scene().unwrap());
        }
    });
    take(&mut harness, &bundled("The second time is faster"), |at, is_answered, harness| {
        let found = rewards(harness);
        let ways: Vec<usize> = found.windows(2).map(|pair| pair[1] - pair[0]).collect();
        match (at, is_answered) {
            (1, true) => assert_eq!((found[0], &ways[..4]), (75, &[10, 10, 4, 12][..])),
            (2, true) => assert_eq!((found[7], ways[7]), (135, 50), "{ways:?}"),
            _ => {}
        }
    });
    take(&mut harness, &bundled("One look is enough"), |at, is_answered, harness| {
        let right = tape(harness).measure;
        if (at, is_answered) == (2, true) {
            assert!(right > 0.5, "it is right: {right}");
        }
        if (at, is_answered) == (3, true) {
            let probabilities = tape(harness).activity_at(5).to_vec();
            assert!(probabilities.iter().all(|likely| *likely < 0.5), "all about as likely: {probabilities:?}");
        }
    });
    take(&mut harness, &bundled("Who decides when to learn"), |at, is_answered, harness| match (at, is_answered) {
        (1, true) => modulates_by_its_answers(&tape(harness)),
        (2, true) => assert_eq!(answers(&tape(harness)).iter().filter(|(_, is_right)| *is_right).count(), 11),
        (4, false) => assert_eq!(rewards(harness)[..2], [43, 61]),
        (5, true) => assert_eq!(rewards(harness).len(), 5),
        (6, true) => assert_eq!(rewards(harness).len(), 16),
        _ => {}
    });
}

/// When the agent was asked, from zero, and whether it was right.
fn answers(tape: &Tape) -> Vec<(usize, bool)> {
    let behaviour = tape.content.behaviour().unwrap();
    behaviour.trials.as_ref().unwrap().goes().map(|go| (go, behaviour.rewards[go] > 0.0)).collect()
}

/// The first two answers are wrong and the other sixteen right; one step later, when it sees that, M leaps or falls.
fn modulates_by_its_answers(tape: &Tape) {
    let answers = answers(tape);
    let right: Vec<bool> = answers.iter().map(|(_, is_right)| *is_right).collect();
    assert_eq!(right, [&[false; 2][..], &[true; 16]].concat());
    assert!(answers[0].0 < 7 && answers[1].0 < 15 && answers[2].0 > 16, "{answers:?}");
    let modulator = tape.modulator().unwrap();
    for (go, is_right) in answers {
        let value = modulator.values[go + 1];
        assert!(if is_right { value < -0.9 } else { value > 0.9 }, "step {go}: M is {value}, right: {is_right}");
    }
}

#[test]
fn what_comes_later_is_hidden_until_it_has_been_guessed() {
    const LATER: &str = "what comes later is covered";
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.tours.take(bundled("Who decides when to learn"));
    let mut harness = windowed(app);
    rest(&mut harness);
    let last = |harness: &Harness<'_, App>| harness.state().session.clock.horizon();
    assert_eq!((last(&harness), harness.query_all_by_label(LATER).count()), (Some(7), 2), "in Trials and the timeline");
    harness.state_mut().tours.next();
    rest(&mut harness);
    assert_eq!(last(&harness), Some(16));
    // Whoever steps on sees no more.
    harness.state_mut().session.clock.seek(60);
    harness.run_steps(2);
    assert_eq!(last(&harness), Some(16));
    assert!(harness.query_all_by_label_contains("0 of 2 right so far").count() > 0, "nor hears of more in the heading");
    harness.state_mut().tours.answer(0);
    rest(&mut harness);
    assert_eq!((last(&harness), harness.query_all_by_label(LATER).count()), (None, 0));
}

#[test]
fn whoever_opens_the_window_for_the_first_time_is_invited() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("window.toml");
    let open = || App::with_preferences(&egui::Context::default(), Arc::new(|| {}), Some(path.clone()));
    const ASKS: &str = "What is all this?";
    let mut declined = windowed(open());
    declined.get_by_label(ASKS);
    declined.get_by_label("look around alone; the tours are in Tours").click();
    declined.run_steps(3);
    assert!(declined.query_by_label(ASKS).is_none());
    let _ = std::fs::remove_file(&path);
    let mut taken = windowed(open());
    let title = &Tours::bundled()[0].title;
    taken.get_by_label(title).click();
    rest(&mut taken);
    assert_eq!(&taken.state().tours.position().expect("the tour begins").tour.title, title);
    let context = taken.ctx.clone();
    taken.state_mut().tours.leave();
    taken.run_steps(3);
    assert!(taken.query_by_label(ASKS).is_none(), "once is enough");
    taken.state_mut().keep_preferences(&context);
    assert!(path.exists() && windowed(open()).query_by_label(ASKS).is_none(), "the second start is no first one");
}

#[test]
fn what_was_chosen_in_a_panel_gives_way_to_what_a_tour_speaks_of() {
    let mut harness = empty();
    harness.state_mut().tours.take(bundled("How a synapse stores a pattern"));
    rest(&mut harness);
    let context = harness.ctx.clone();
    let choose = |harness: &mut Harness<'_, App>, kind: &str| {
        let choices = [("Trace".to_owned(), serde_json::json!({ "kind": kind }))];
        harness.state_mut().dock().choose(&choices.into_iter().collect());
    };
    choose(&mut harness, "alpha");
    harness.state_mut().tours.next();
    rest(&mut harness);
    let chosen = |harness: &mut Harness<'_, App>| harness.state_mut().dock().choices()["Trace"].clone();
    assert_eq!(chosen(&mut harness)["kind"], "trace");
    let reach = chosen(&mut harness)["ranges"][0]["visible"].as_f64().expect("the colours reach what there is");
    assert!((0.02..0.2).contains(&reach), "{reach} after ten steps");
    harness.state_mut().tours.next();
    rest(&mut harness);
    assert_eq!(chosen(&mut harness)["ranges"][0], "most");
    choose(&mut harness, "alpha");
    harness.state_mut().perform(&Action::Show("Trace".into()), &context);
    assert_eq!(chosen(&mut harness)["kind"], "trace", "a panel that is asked for is what it is called");
}

#[test]
fn a_presenter_s_remote_goes_through_a_tour_and_waits_for_answers() {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.tours.take(bundled("How a synapse stores a pattern"));
    let mut harness = windowed(app);
    rest(&mut harness);
    let at = |harness: &Harness<'_, App>| harness.state().tours.position().map(|position| position.at);
    for expected in [1, 2, 2] {
        harness.key_press(Key::PageDown);
        rest(&mut harness);
        assert_eq!(at(&harness), Some(expected), "a question waits in the third step");
    }
    harness.state_mut().tours.answer(0);
    rest(&mut harness);
    for (key, expected) in [(Key::PageDown, 3), (Key::PageUp, 2), (Key::PageUp, 1), (Key::PageUp, 0), (Key::PageUp, 0)]
    {
        harness.key_press(key);
        rest(&mut harness);
        assert_eq!(at(&harness), Some(expected));
    }
}

#[test]
fn a_tour_survives_any_click_and_is_set_up_again() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    for tour in Tours::bundled() {
        // What each step is like for somebody who does nothing else, every question answered or not.
        let mut fresh = Vec::new();
        let mut harness = empty();
        take(&mut harness, tour, |at, is_answered, harness| fresh.push((at, is_answered, seen(harness))));
        let mut harness = empty();
        harness.state_mut().tours.take(tour.clone());
        let context = harness.ctx.clone();
        for _ in 0..60 {
            match random.random_range(0..10) {
                0..3 => harness.state_mut().tours.next(),
                3 => harness.state_mut().tours.back(),
                4 => harness.state_mut().tours.answer(random.random_range(0..4)),
                5 => harness.state_mut().tours.set_up(),
                6 => {
                    harness.state_mut().tours.leave();
                    harness.state_mut().tours.take(tour.clone());
                }
                _ => {
                    let command = &COMMANDS[random.random_range(0..COMMANDS.len())];
                    let ends = ["Save", "Export …", "Open …", "Start / pause / resume training", "Full screen"];
                    if !ends.contains(&command.title) {
                        harness.state_mut().perform(&command.action, &context);
                    }
                }
            }
            if random.random_bool(0.3) {
                rest(&mut harness);
            } else {
                harness.run_steps(1);
            }
        }
        harness.state_mut().tours.set_up();
        rest(&mut harness);
        let position = harness.state().tours.position().unwrap();
        let is_answered = position.answer.is_some();
        let of_step = fresh.iter().find(|(at, answered, _)| (*at, *answered) == (position.at, is_answered));
        let (.., expected) = of_step.unwrap();
        let found = seen(&harness);
        let step = position.step();
        let is_seen = |harness: &mut Harness<'_, App>, place: &Place| match place {
            Place::Panel(name) => harness.state_mut().dock().rect_of(name).is_some(),
            Place::Part(part) => harness.state().part_rect(*part).is_some(),
        };
        let hidden = step.cover.iter().filter(|place| is_seen(&mut harness, place)).count();
        assert_eq!(covers(&harness), if position.covers() { hidden } else { 0 }, "{}", tour.title);
        assert_eq!(found.0, expected.0, "{}: step {}", tour.title, position.at);
        assert_eq!(found.1.activity, expected.1.activity, "{}: step {}", tour.title, position.at);
    }
}

#[test]
fn a_tour_is_left_and_taken_up_again_in_another_window() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("window.toml");
    let context = egui::Context::default();
    let tour = bundled("One look is enough");
    let app = App::with_preferences(&context, Arc::new(|| {}), Some(path.clone()));
    let mut harness = windowed(app);
    harness.state_mut().tours.take(tour.clone());
    rest(&mut harness);
    harness.state_mut().tours.next();
    rest(&mut harness);
    harness.get_by_label("leave the tour").click();
    rest(&mut harness);
    assert!(harness.query_by_label("Set up again").is_none(), "the strip is gone");
    harness.state_mut().keep_preferences(&context);
    assert_eq!(Preferences::read(&path).0.tours.get(&tour.title), Some(&1));
    let mut harness = windowed(App::with_preferences(&context, Arc::new(|| {}), Some(path)));
    harness.run_steps(2);
    harness.get_by_label("Tours").click();
    harness.run_steps(3);
    harness.get_by_label_contains(&tour.title).click();
    rest(&mut harness);
    let position = harness.state().tours.position().unwrap();
    assert_eq!((&position.tour.title, position.at, harness.state().session.clock.at()), (&tour.title, 1, 4));
}

#[test]
fn a_tour_of_ones_own_is_opened_and_a_broken_one_is_refused_by_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let own = "format = 1\ntitle = \"Mine\"\n\n[[step]]\ntext = \"Look.\"\nhighlight = \"Timeline\"\n";
    std::fs::write(&path, own).unwrap();
    let mut harness = empty();
    harness.state_mut().open_tour(&path);
    rest(&mut harness);
    harness.get_by_label("Look.");
    harness.get_by_label("Mine");
    let asked = "[step.ask]\nquestion = \"Which?\"\nreveal = \"That.\"\n";
    for (text, line, words) in [
        ("", 1, "missing field `format`"),
        ("format = 2\ntitle = \"x\"\n[[step]]\ntext = \"x\"\n", 1, "expected format 1, found 2"),
        ("format = 1\ntitle = \"x\"\n", 2, "expected 1 to 100 steps, found 0"),
        ("format = 1\ntitle = \"\"\n[[step]]\ntext = \"x\"\n", 2, "expected 1 to 600 letters, found 0"),
        ("format = 1\ntitle = \"x\"\n[[step]]\ntext = \"x\"\nhilight = \"Trace\"\n", 5, "unknown field `hilight`"),
        (&*own.replace("Timeline", "Timelime"), 6, "there is no panel Timelime, expected one of: Recall, Trace"),
        (&*format!("{own}do = [\"seek_last\", \"fly\"]\n"), 7, "unknown variant `fly`"),
        (&*format!("{own}{asked}answers = [\"a\"]\nright = 1\n"), 10, "expected 2 to 6 answers of some words, found 1"),
        (
            &*format!("{own}{asked}answers = [\"a\", \"b\"]\nright = 3\n"),
            11,
            "expected the number of the right answer, 1 to 2, found 3",
        ),
        (&*format!("{own}do = [\"seek_last\", \"save\"]\n"), 7, "a tour looks and tries, and does nothing else"),
        (
            &*format!("{own}do = [{{ show = \"Nonsense\" }}]\n"),
            7,
            "there is no panel Nonsense, expected one of: Recall",
        ),
        (&*format!("{own}do = [{{ set_speed = nan }}]\n"), 7, "expected a finite number for set_speed, found NaN"),
        (
            &*format!("{own}do = [{{ intervene = {{ clamp_modulator = 2.0 }} }}]\n"),
            7,
            "expected a modulator from −1 to 1, found 2",
        ),
        (&*format!("{own}do = [{{ intervene = {{ set_target = 0 }} }}]\n"), 7, "a cue from 1 as the target, found 0"),
        (&*own.replace("\"Look.\"", "\"Look."), 5, "invalid basic string"),
    ] {
        let error = Tour::parse(text).unwrap_err();
        assert_eq!(error.line, line, "{error}");
        assert!(error.problem.contains(words) && !error.problem.contains('\n'), "expected {words:?} in: {error}");
        std::fs::write(&path, text).unwrap();
        let refused = tours::read(&path).unwrap_err().to_string();
        assert!(refused.contains("mine.toml") && refused.contains(&format!("line {line}: ")), "{refused}");
    }
    harness.state_mut().open_tour(&path);
    harness.run_steps(2);
    let notice = &harness.state().session.notices[0];
    assert!(notice.text.starts_with("The tour is not opened: "), "{}", notice.text);
    harness.get_by_label("Look.");
}

#[test]
fn tours_are_drawn_in_both_themes_wide_and_narrow() {
    let Some(mut device) = offscreen() else { return };
    for is_dark in [true, false] {
        let mut picture = Picture::with(device, is_dark);
        for (number, tour) in Tours::bundled().iter().enumerate() {
            let asked = tour.steps.iter().position(|step| step.question.is_some()).unwrap();
            picture.app.tours.take(tour.clone());
            for size in [[1280.0, 800.0], [700.0, 560.0]] {
                for _ in 0..8 {
                    picture.frame(size, 1.0, 0.0).unwrap();
                    picture.app.session.settle();
                }
                while picture.app.tours.position().unwrap().at < asked {
                    picture.app.tours.next();
                    for _ in 0..8 {
                        picture.frame(size, 1.0, 0.0).unwrap();
                        picture.app.session.settle();
                    }
                }
                let drawn = picture.window(size, 1.0).unwrap();
                assert_eq!(drawn.width(), size[0] as u32);
                keep(&drawn, &format!("tour-{number}-{is_dark}-{}", size[0]));
            }
            picture.app.tours.leave();
        }
        device = picture.into_offscreen();
    }
}

#[test]
fn what_a_class_asks_for_is_done_at_once() {
    let begin = |harness: &mut Harness<'_, App>, title: &str| {
        let preset = PRESETS.iter().find(|preset| preset.title == title).unwrap();
        harness.state_mut().begin_preset(preset);
        rest(harness);
        harness.state_mut().session.clock.pause();
        assert!(harness.state().shows_notes && harness.state().session.exports.notes == preset.note, "{title}");
    };
    let mut harness = empty();
    begin(&mut harness, "Erase the memory");
    begin(&mut harness, "Letters to recall");
    assert_eq!(harness.state().session.scene().unwrap().life_name(), "letters A, T");
    let left = harness.state().session.left_interventions();
    assert!(left.is_empty(), "what one preset has done is offered in the next: {left:?}");
    // What is drawn on cards is about the letters in view, not about those that come.
    let mut asked = harness.state().session.question().unwrap();
    asked.question.study[0][3] *= -1.0;
    harness.state_mut().session.ask(asked);
    rest(&mut harness);
    begin(&mut harness, "Five letters");
    let session = &harness.state().session;
    assert_eq!(session.question(), Recalled::of(session.scene().unwrap().tape()), "cards of another episode");
    assert_eq!(harness.state().session.scene().unwrap().life_name(), "letters A, T, L, K, G");
    assert_eq!(tape(&harness).measure, 0.0, "the letter is recalled whole");
    begin(&mut harness, "Erase the memory");
    let done = &tape(&harness).interventions;
    assert_eq!((done.len(), done[0].step), (1, 78));
    let erased = tape(&harness);
    harness.state_mut().undo();
    rest(&mut harness);
    assert!(tape(&harness).interventions.is_empty() && tape(&harness).measure < 0.01, "it can be taken back");
    harness.state_mut().redo();
    rest(&mut harness);
    assert_eq!(tape(&harness).activity, erased.activity, "and done again");
    assert_eq!(erased.event_at(78).unwrap().kind, EventKind::Probe, "it is the first step of the probe");
    assert!(tape(&harness).measure > 0.2, "nothing is recalled: {}", tape(&harness).measure);
    begin(&mut harness, "Move the reward");
    let scene = harness.state().session.scene().unwrap();
    assert_eq!((scene.seed(), scene.tape().interventions.len()), (Some(6), 1));
    assert_eq!((scene.ghost.is_some(), harness.state().session.clock.at()), (true, 100));
    assert!(rewards(&harness).iter().filter(|step| **step <= 100).count() > 5, "it had found it many times");
    // What is said of one network is not said of the next one.
    harness.state_mut().take_tour(bundled("How a synapse stores a pattern"));
    rest(&mut harness);
    assert!(!harness.state().shows_notes && harness.state().session.exports.notes.is_empty());
    begin(&mut harness, "Three photos of mine …");
    assert!(harness.state().session.scene().unwrap().has_pixels());
    assert!(harness.state().files.is_open(), "it asks for the pictures");
}
