//! Drawings of the viewer's own: what the pointer draws is what the network is shown, and the answer follows.

use crate::support::{keep, offscreen, run_until, windowed};
use crate::ui::memories::Dropped;
use crate::ui::one_look::checkpoint;
use crate::ui::window::small_checkpoint;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, vec2};
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::episode::{Lesson, OneShot, What};
use hebbscope::tasks::Episode;
use hebbscope::train::Checkpoint;
use hebbscope::ui::App;
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::picture::Picture;
use hebbscope::view::drawing::cards::{Card, Cards, NOT_TAUGHT, Stroke, Whose};
use hebbscope::view::drawing::sheet::Change;
use hebbscope::view::layout::Named;
use hebbscope::view::numbers::percent;
use image::{GrayImage, Luma};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Pixels along each side of a drawing.
const SIDE: usize = 31;

fn app(path: PathBuf) -> App {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(path);
    app.session.settle();
    assert_eq!(app.session.notices, []);
    app.session.clock.pause();
    app
}

fn opened(path: PathBuf) -> Harness<'static, App> {
    let mut harness = windowed(app(path));
    harness.state_mut().show_panel("Draw", "One look");
    harness.run_steps(4);
    harness
}

fn network(folder: &Path) -> Harness<'static, App> {
    opened(checkpoint(folder, &[]))
}

fn one_shot(app: &App) -> OneShot {
    app.session.scene().unwrap().tape().content.one_shot().unwrap().clone()
}

fn lesson(harness: &Harness<'_, App>) -> Lesson {
    one_shot(harness.state()).lesson
}

fn settle(harness: &mut Harness<'_, App>) {
    run_until(harness, "the episode of the cards", |app| !app.session.is_drawing_due());
}

fn card(harness: &Harness<'_, App>, number: usize) -> Rect {
    let name = if number == 6 { "query to draw on".to_owned() } else { format!("card {number} to draw on") };
    // The status line says the same of the card below the pointer.
    let places = harness.get_all_by_label_contains(&name).map(|node| node.rect());
    places.max_by(|one, other| one.area().total_cmp(&other.area())).unwrap()
}

fn at(rect: Rect, [x, y]: [f32; 2]) -> Pos2 {
    rect.min + rect.size() * vec2(x, y)
}

fn button(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}

/// Draws a line on a card, its places as shares of its sides, with a frame after those parts of it that `frames` names:
/// its press, its way, its end.
fn line(harness: &mut Harness<'_, App>, number: usize, places: &[[f32; 2]], frames: [bool; 3]) {
    let rect = card(harness, number);
    let places: Vec<Pos2> = places.iter().map(|place| at(rect, *place)).collect();
    let (first, last) = (places[0], places[places.len() - 1]);
    harness.hover_at(first);
    harness.run_steps(2);
    let way = places[1..].iter().map(|place| Event::PointerMoved(*place)).collect();
    for (events, is_drawn) in
        [(vec![button(first, true)], frames[0]), (way, frames[1]), (vec![button(last, false)], frames[2])]
    {
        harness.input_mut().events.extend(events);
        if is_drawn {
            harness.step();
        }
    }
    harness.run_steps(1);
    settle(harness);
}

const ALL: [bool; 3] = [true; 3];

/// A drawing by its rows.
fn row(drawing: &[f32], row: usize) -> &[f32] {
    &drawing[row * SIDE..][..SIDE]
}

#[test]
fn strokes_become_ink_where_they_were_drawn_however_few_frames_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    for frames in [[true, true, true], [true, false, true], [false, true, true], [false, false, true]] {
        let mut harness = opened(path.clone());
        assert!(harness.state().session.scene().unwrap().replaced.is_none());
        // To the right along the middle of row 15, then down along the middle of column 24, with a corner between.
        let share = |pixel: f32| pixel / SIDE as f32;
        let way = [[share(6.0), share(15.5)], [share(24.5), share(15.5)], [share(24.5), share(27.0)]];
        line(&mut harness, 2, &way, frames);
        let lesson = lesson(&harness);
        let drawing = &lesson.drawings[1];
        for column in 6..25 {
            assert_eq!(row(drawing, 15)[column], 0.0, "column {column}: {frames:?}");
        }
        for row_number in 16..27 {
            assert_eq!(row(drawing, row_number)[24], 0.0, "row {row_number}: {frames:?}");
        }
        // 5 of 105 pixels are one and a half of 31: a quarter of each neighbour is touched.
        let beside = [row(drawing, 14)[12], row(drawing, 16)[12]];
        assert!(beside.iter().all(|value| (0.6..0.95).contains(value)), "{beside:?}: {frames:?}");
        for (number, of) in (0..SIDE).map(|number| (number, row(drawing, number))) {
            let inked = of.iter().any(|value| *value < 1.0);
            assert_eq!(inked, (14..=27).contains(&number), "row {number}: {frames:?}");
        }
        assert!(row(drawing, 20)[..22].iter().all(|value| *value == 1.0));
        let others = [0, 2, 3, 4, 5].map(|other| lesson.drawings[other].iter().all(|value| *value == 1.0));
        assert_eq!(others, [true; 5], "{frames:?}");
    }
}

#[test]
fn two_strokes_between_two_frames_are_both_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = network(folder.path());
    let way = |number: usize, y: f32| {
        let rect = card(&harness, number);
        [0.1, 0.5, 0.9].map(|x| at(rect, [x, y]))
    };
    // The first goes on from the frame before, the others are on this card and on one before it.
    let [first, second, third] = [way(3, 0.2), way(3, 0.5), way(1, 0.8)];
    harness.hover_at(first[0]);
    harness.run_steps(2);
    harness.input_mut().events.extend([button(first[0], true), Event::PointerMoved(first[1])]);
    harness.step();
    let moved =
        |places: [Pos2; 3]| [Event::PointerMoved(places[1]), Event::PointerMoved(places[2]), button(places[2], false)];
    let events = [Event::PointerMoved(first[2]), button(first[2], false), button(second[0], true)];
    harness.input_mut().events.extend(events.into_iter().chain(moved(second)).chain([button(third[0], true)]));
    harness.input_mut().events.extend(moved(third));
    harness.step();
    settle(&mut harness);
    let lesson = lesson(&harness);
    for (card, number) in [(2, 6), (2, 15), (0, 24)] {
        let ink = row(&lesson.drawings[card], number);
        assert!(ink[4..27].iter().all(|value| *value < 0.5), "card {card}, row {number}: {ink:?}");
    }
    assert!([1, 3, 4, 5].iter().all(|card| lesson.drawings[*card].iter().all(|value| *value == 1.0)));
    // Nothing is held any more.
    harness.hover_at(second[1]);
    harness.run_steps(2);
    settle(&mut harness);
    assert!(harness.state_mut().session.cards().unwrap().lesson().drawings == lesson.drawings);
}

#[test]
fn the_answer_follows_the_pen_without_a_click_and_is_that_of_the_network() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    let network = Checkpoint::read(&path).unwrap();
    let mut harness = opened(path);
    line(&mut harness, 1, &[[0.2, 0.2], [0.8, 0.8]], ALL);
    harness.get_by_label("Draw on at least two cards with a label.");
    line(&mut harness, 3, &[[0.5, 0.1], [0.5, 0.9]], ALL);
    harness.get_by_label("Now the query: draw one of them once more.");
    let before = one_shot(harness.state()).answer;
    // The pen is still down.
    let rect = card(&harness, 6);
    let mut answers = vec![before];
    harness.hover_at(at(rect, [0.2, 0.2]));
    harness.run_steps(1);
    harness.input_mut().events.push(button(at(rect, [0.2, 0.2]), true));
    for step in 1..5 {
        harness.input_mut().events.push(Event::PointerMoved(at(rect, [0.2 + 0.15 * step as f32; 2])));
        harness.run_steps(1);
        settle(&mut harness);
        answers.push(one_shot(harness.state()).answer);
    }
    assert!(answers.windows(2).all(|pair| pair[0] != pair[1]), "{answers:?}");
    harness.input_mut().events.push(button(at(rect, [0.8, 0.8]), false));
    harness.run_steps(1);
    settle(&mut harness);

    let shown = one_shot(harness.state());
    let lived = network.specimen().scripted(Episode::OneShot(shown.lesson.clone()).into(), None).unwrap();
    assert_eq!(lived.content.one_shot().unwrap().answer, shown.answer);
    assert_eq!(harness.state().session.clock.at(), 5, "the answer is in view");
    // Said among what was taught, with the rest beside it.
    assert_eq!(shown.lesson.names, ["1", NOT_TAUGHT, "3", NOT_TAUGHT, NOT_TAUGHT]);
    let of = |class: usize| percent(f64::from(shown.answer[class]));
    let rest = percent(f64::from(shown.answer[1] + shown.answer[3] + shown.answer[4]));
    let best = if shown.answer[2] > shown.answer[0] { 2 } else { 0 };
    let words = |verdict: &str, meant: &str| {
        format!("{verdict}: {}, {}{meant} · {rest} to classes not taught", best + 1, of(best))
    };
    harness.get_by_label(&words("answer", ""));
    assert!(shown.is_right(), "nobody has said what it is: it is what was answered");
    for (class, verdict, said) in [(best, "right", ""), (1, "wrong", " · you mean 2")] {
        harness.state_mut().session.change_cards(Change::New, |cards| cards.mean(Some(class)));
        settle(&mut harness);
        harness.get_by_label(&words(verdict, said));
        assert_eq!(lesson(&harness).asked(), class);
    }
    harness.get_by_label(&format!("class 1: {}", of(0)));
    harness.get_by_label(&format!("class 3: {}", of(2)));
    harness.get_by_label("class 2: not taught");
}

#[test]
fn changes_are_taken_back_and_made_again_and_the_eraser_takes_ink_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = network(folder.path());
    let blank = Arc::from(vec![1.0; SIDE * SIDE]);
    line(&mut harness, 1, &[[0.2, 0.5], [0.8, 0.5]], ALL);
    let first = lesson(&harness).drawings[0].clone();
    line(&mut harness, 1, &[[0.5, 0.2], [0.5, 0.8]], ALL);
    let cross = lesson(&harness).drawings[0].clone();
    assert!(blank != first && first != cross);
    let press = |harness: &mut Harness<'_, App>, name: &str| {
        harness.get_by_label(name).click();
        harness.run_steps(2);
        settle(harness);
        lesson(harness).drawings[0].clone()
    };
    assert_eq!(press(&mut harness, "Undo"), first);
    assert_eq!(press(&mut harness, "Undo"), blank);
    assert_eq!(press(&mut harness, "Redo"), first);
    assert_eq!(press(&mut harness, "Redo"), cross);
    for (modifiers, expected) in [(Modifiers::COMMAND, &first), (Modifiers::COMMAND | Modifiers::SHIFT, &cross)] {
        harness.key_press_modifiers(modifiers, Key::Z);
        harness.run_steps(2);
        settle(&mut harness);
        assert_eq!(lesson(&harness).drawings[0], *expected, "{modifiers:?}");
    }
    line(&mut harness, 4, &[[0.2, 0.5], [0.8, 0.5]], ALL);
    harness.get_by_label("Eraser").click();
    harness.run_steps(2);
    line(&mut harness, 1, &[[0.5, 0.1], [0.5, 0.9]], ALL);
    let erased = lesson(&harness).drawings[0].clone();
    assert_eq!(row(&erased, 6)[15], 1.0);
    assert_eq!(row(&erased, 15)[8], row(&first, 15)[8], "the rest of the first stroke is still there");
    // The card that was drawn on last, and all of them.
    assert_eq!(press(&mut harness, "Clear card"), blank);
    assert_ne!(lesson(&harness).drawings[3], blank);
    press(&mut harness, "Clear all");
    assert!(lesson(&harness).drawings.iter().all(|drawing| *drawing == blank));
    assert_eq!(press(&mut harness, "Undo"), blank);
    assert_eq!(press(&mut harness, "Undo"), erased);
}

#[test]
fn keys_draw_and_clear_a_card() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = network(folder.path());
    harness.get_by_label_contains("card 2 to draw on").focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowUp);
    harness.run_steps(1);
    harness.key_press(Key::Space);
    harness.run_steps(1);
    for _ in 0..6 {
        harness.key_press(Key::ArrowRight);
        harness.run_steps(1);
    }
    settle(&mut harness);
    let drawing = lesson(&harness).drawings[1].clone();
    assert!(row(&drawing, 14)[15..=21].iter().all(|value| *value == 0.0), "{:?}", row(&drawing, 14));
    assert_eq!(row(&drawing, 14)[24], 1.0);
    harness.key_press(Key::Delete);
    harness.run_steps(2);
    settle(&mut harness);
    assert!(lesson(&harness).drawings[1].iter().all(|value| *value == 1.0));
}

#[test]
fn labels_of_the_viewer_s_own_stand_in_one_look() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = network(folder.path());
    line(&mut harness, 2, &[[0.2, 0.5], [0.8, 0.5]], ALL);
    harness.get_by_label("label of class 2").click();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    for letter in ["h", "o", "use"] {
        harness.event(Event::Text(letter.into()));
        harness.run_steps(1);
    }
    settle(&mut harness);
    assert_eq!(lesson(&harness).names[1], "house");
    harness.state_mut().show_panel("One look", "Draw");
    harness.run_steps(3);
    harness.get_by_label_contains("drawing 2: class 2, house");
    harness.get_by_label_contains("drawing 1: class 1, not taught");
    // Typed letter by letter, taken back as one change.
    harness.state_mut().session.undo_cards();
    settle(&mut harness);
    assert_eq!(lesson(&harness).names[1], "2");
}

fn drop_on(harness: &mut Harness<'static, App>, pos: Option<Pos2>, files: &[&Path]) {
    if let Some(pos) = pos {
        harness.hover_at(pos);
        harness.run_steps(2);
    }
    for file in files {
        harness.input_mut().dropped_files.push(Arc::new(Dropped(file.to_path_buf())));
    }
    harness.run_steps(1);
    run_until(harness, "the pictures", |app| app.session.card_being_read().is_none());
    settle(harness);
}

/// A picture of a bar, light on dark, and one of a disc.
fn pictures(folder: &Path) -> [PathBuf; 2] {
    let bar =
        GrayImage::from_fn(62, 62, |x, y| Luma([if (20..30).contains(&x) && (6..56).contains(&y) { 255 } else { 0 }]));
    let disc = GrayImage::from_fn(93, 93, |x, y| {
        Luma([if x.abs_diff(46).pow(2) + y.abs_diff(46).pow(2) < 900 { 0 } else { 255 }])
    });
    [("bar.png", bar), ("disc.png", disc)].map(|(name, picture)| {
        let path = folder.join(name);
        picture.save(&path).unwrap();
        path
    })
}

#[test]
fn a_dropped_picture_lands_on_the_card_below_the_pointer_and_others_follow() {
    let folder = tempfile::tempdir().unwrap();
    let [bar, disc] = pictures(folder.path());
    let mut harness = network(folder.path());
    let below = card(&harness, 3).center();
    drop_on(&mut harness, Some(below), &[&bar, &disc]);
    let first = lesson(&harness);
    let blank = |lesson: &Lesson, card: usize| lesson.drawings[card].iter().all(|value| *value == 1.0);
    assert_eq!([0, 1, 2, 3, 4, 5].map(|card| blank(&first, card)), [true, true, false, false, true, true]);
    // Dark ink on white paper, wherever the picture had it.
    let drawing = &first.drawings[2];
    assert!(row(drawing, 15)[10..15].iter().all(|value| *value == 0.0), "{:?}", row(drawing, 15));
    assert!(row(drawing, 15)[..10].iter().chain(&row(drawing, 15)[15..]).all(|value| *value == 1.0));
    assert_eq!((row(&first.drawings[3], 15)[15], row(&first.drawings[3], 0)[0]), (0.0, 1.0));
    // It can be drawn on, and what was drawn is erased with it.
    harness.get_by_label("Eraser").click();
    harness.run_steps(2);
    line(&mut harness, 3, &[[0.02, 0.5], [0.98, 0.5]], ALL);
    assert_eq!(row(&lesson(&harness).drawings[2], 15)[12], 1.0);
    // Beside the cards: on the first that is blank, even where the panel was not in view.
    harness.state_mut().show_panel("One look", "Draw");
    harness.run_steps(2);
    drop_on(&mut harness, None, &[&disc]);
    assert_eq!(lesson(&harness).drawings[0], first.drawings[3]);
    harness.get_by_label_contains("card 1 to draw on");
    assert_eq!(harness.state().session.notices, []);
    // From the query on there is room for one.
    let query = card(&harness, 6).center();
    drop_on(&mut harness, Some(query), &[&bar, &disc]);
    assert_eq!(lesson(&harness).drawings[5], first.drawings[2]);
    let notices: Vec<_> = harness.state().session.notices.iter().map(|notice| notice.text.clone()).collect();
    assert_eq!(notices, ["Of 2 pictures some were left out: from there on one card is left."]);
}

#[test]
fn a_picture_that_cannot_be_read_says_why_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.png");
    std::fs::write(&broken, b"no picture").unwrap();
    let mut harness = network(folder.path());
    line(&mut harness, 2, &[[0.2, 0.5], [0.8, 0.5]], ALL);
    let before = lesson(&harness);
    let pos = card(&harness, 2).center();
    drop_on(&mut harness, Some(pos), &[&broken]);
    assert_eq!(lesson(&harness), before);
    let notices = harness.state().session.notices.clone();
    let [notice] = &notices[..] else { panic!("{notices:?}") };
    assert!(notice.is_error && notice.text.starts_with("Not put on a card: broken.png"), "{}", notice.text);
    // It goes with the next one that can be read.
    let [bar, _] = pictures(folder.path());
    drop_on(&mut harness, Some(pos), &[&bar]);
    assert_ne!(lesson(&harness).drawings[1], before.drawings[1]);
    assert_eq!(harness.state().session.notices, []);
}

#[test]
fn an_episode_is_put_on_the_cards_as_it_was_drawn_again_by_others_and_returned_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = network(folder.path());
    let episode = one_shot(harness.state());
    harness.get_by_label("Start from this episode").click();
    harness.run_steps(2);
    settle(&mut harness);
    let same = one_shot(harness.state());
    assert!(harness.state().session.scene().unwrap().replaced.is_some());
    assert_eq!((&same.answer, &same.lesson.drawings), (&episode.answer, &episode.lesson.drawings));
    assert_eq!((&same.lesson.names, &same.lesson.classes), (&episode.lesson.names, &episode.lesson.classes));
    // Nobody has drawn on them, and nothing says so.
    let name = |harness: &Harness<'_, App>| harness.state().session.scene().unwrap().life_name();
    assert_eq!(name(&harness), "drawings of an episode, on cards");
    // One card is drawn on: that stays, all others are by other hands.
    line(&mut harness, 2, &[[0.0, 0.02], [1.0, 0.02]], ALL);
    let drawn_on = lesson(&harness).drawings[1].clone();
    assert_ne!(drawn_on, episode.lesson.drawings[1]);
    assert_eq!(name(&harness), "drawings of an episode and of your own");
    harness.get_by_label("Again with other drawings").click();
    run_until(&mut harness, "other hands", |app| one_shot(app).lesson.drawings[0] != episode.lesson.drawings[0]);
    settle(&mut harness);
    let others = lesson(&harness);
    assert_eq!(others.drawings[1], drawn_on);
    assert_eq!(name(&harness), "drawings of an episode and of your own");
    let network = Checkpoint::read(&checkpoint(folder.path(), &[])).unwrap();
    for at in [0, 2, 3, 4, 5] {
        assert_ne!(others.drawings[at], episode.lesson.drawings[at], "{at}");
        // Whoever asks for others of these may get the first ones back: they are of the same characters.
        let mut seeds = (0..200).map(|seed| network.specimen().redrawn(&others, seed).unwrap());
        assert!(seeds.any(|lesson| lesson[at].as_ref() == Some(&episode.lesson.drawings[at])), "{at}");
    }
    harness.get_by_label("Back to the episode").click();
    run_until(&mut harness, "the episode", |app| app.session.scene().is_some_and(|scene| scene.replaced.is_none()));
    assert_eq!(one_shot(harness.state()), episode);
    assert_eq!(harness.state().session.scene().unwrap().life_name(), "episode seed 0");
    // What is on the cards is still there.
    harness.get_by_label("Show the cards").click();
    harness.run_steps(2);
    settle(&mut harness);
    assert_eq!(lesson(&harness), others);
}

#[test]
fn cards_say_whose_the_drawings_on_them_are() {
    let drawing = vec![0.25; SIDE * SIDE];
    let (own, anothers) = (Card::of(&drawing).unwrap(), Card::of_episode(&drawing).unwrap());
    let mut drawn_on = anothers.clone();
    drawn_on.draw(Stroke { points: vec![[3.0, 3.0], [20.0, 20.0]], width: 2.0, erases: true });
    for (on_cards, whose) in [
        (&[&own][..], Whose::Own),
        (&[], Whose::Own),
        (&[&anothers], Whose::Episode),
        (&[&anothers, &own], Whose::Both),
        (&[&anothers, &drawn_on], Whose::Both),
        (&[&drawn_on], Whose::Own),
    ] {
        let mut cards = Cards::blank(3, 1);
        on_cards.iter().enumerate().for_each(|(place, card)| cards.put(place, (*card).clone()));
        assert_eq!(cards.whose(), whose, "{} cards", on_cards.len());
    }
}

#[test]
fn a_name_that_is_too_long_ends_with_what_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = network(folder.path());
    let [long, short] = ["Unpronounceable-Lepidopterous-Glyph", "tree"];
    harness.state_mut().session.change_cards(Change::New, |cards| {
        cards.call(0, long);
        cards.call(1, short);
    });
    harness.run_steps(3);
    settle(&mut harness);
    let shown = |harness: &Harness<'_, App>, text: &str| texts(harness).iter().filter(|shown| *shown == text).count();
    assert_eq!(shown(&harness, long), 0, "it is cut off");
    let cut: Vec<String> = texts(&harness).into_iter().filter(|text| text.ends_with('…')).collect();
    let cut: Vec<&String> = cut.iter().filter(|text| long.starts_with(text.trim_end_matches('…'))).collect();
    assert!(cut.iter().any(|text| text.chars().count() > 4), "{cut:?}");
    // All of what is shown lies in its field.
    let field = harness.get_by_label("label of class 1").rect();
    let is_cut = |text: &str| text.strip_suffix('…').is_some_and(|begun| long.starts_with(begun));
    let inside = galleys(&harness).into_iter().filter(|(text, _)| is_cut(text));
    let widest = inside.filter(|(_, rect)| field.intersects(*rect)).map(|(_, rect)| rect.right()).fold(0.0, f32::max);
    assert!(widest > field.left() && widest <= field.right() - 3.0, "{widest} in {field}");
    assert!(shown(&harness, short) >= 1);
    // The whole of it is below the pointer, and where it is typed.
    let field = harness.get_by_label("label of class 1");
    let (pos, rect) = (field.rect().center(), field.rect());
    assert!(rect.width() > 20.0);
    harness.hover_at(pos);
    harness.run_steps(40);
    assert!(shown(&harness, long) >= 1, "no tooltip");
}

/// Every text that is drawn.
fn texts(harness: &Harness<'_, App>) -> Vec<String> {
    galleys(harness).into_iter().map(|(text, _)| text).collect()
}

/// The same, with where.
fn galleys(harness: &Harness<'_, App>) -> Vec<(String, Rect)> {
    fn of(shape: &egui::Shape, found: &mut Vec<(String, Rect)>) {
        match shape {
            egui::Shape::Text(text) => {
                found.push((text.galley.text().to_owned(), text.galley.rect.translate(text.pos.to_vec2())));
            }
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| of(shape, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    harness.output().shapes.iter().for_each(|clipped| of(&clipped.shape, &mut found));
    found
}

#[test]
fn interventions_on_drawings_of_one_s_own_change_the_answer_and_are_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = network(folder.path());
    for (number, place) in [(1, 0.2), (2, 0.5), (6, 0.2)] {
        line(&mut harness, number, &[[place, 0.2], [place, 0.8]], ALL);
    }
    let plain = one_shot(harness.state());
    assert_eq!(harness.state().session.why_no_branch(), None);
    for what in [What::Erase, What::Freeze, What::ScaleAlpha(30.0)] {
        let session = &mut harness.state_mut().session;
        session.clock.seek(if what == What::Erase { 5 } else { 1 });
        session.intervene(what.clone());
        run_until(&mut harness, "the branch", |app| !app.session.is_branching());
        let scene = harness.state().session.scene().unwrap();
        assert!(scene.replaced.is_some() && scene.ghost.is_some(), "{what:?}");
        let branch = one_shot(harness.state());
        assert_eq!(branch.lesson, plain.lesson, "{what:?}");
        assert_ne!(branch.answer, plain.answer, "{what:?}");
        harness.state_mut().session.retract_all();
        run_until(&mut harness, "the way back", |app| !app.session.is_branching());
        assert_eq!(one_shot(harness.state()), plain, "{what:?}");
    }
    // Once more the same, from its beginning.
    harness.state_mut().session.new_episode(true);
    harness.state_mut().session.settle();
    assert_eq!((one_shot(harness.state()), harness.state().session.clock.at()), (plain, 0));
}

#[test]
fn networks_of_every_size_have_their_cards_and_others_say_what_belongs_here() {
    let folder = tempfile::tempdir().unwrap();
    for (ways, shots) in [(3, 2), (20, 1), (10, 5)] {
        let changes =
            [("ways", &*ways.to_string()), ("shots", &*shots.to_string())].map(|(key, value)| (key, value.to_owned()));
        let changes: Vec<(&str, &str)> = changes.iter().map(|(key, value)| (*key, &**value)).collect();
        let mut app = app(checkpoint(folder.path(), &changes));
        let cards = app.session.cards().unwrap();
        assert_eq!((cards.count(), cards.ways(), cards.query()), (ways * shots + 1, ways, ways * shots));
        app.session.change_cards(Change::New, |cards| cards.card_mut(shots).unwrap().draw(bar(15.0)));
        let mut harness = windowed(app);
        settle(&mut harness);
        let lesson = lesson(&harness);
        assert_eq!(lesson.names[1], "2");
        assert!(lesson.names.iter().enumerate().all(|(class, name)| class == 1 || name == NOT_TAUGHT));
    }
    let harness = opened(small_checkpoint(folder.path(), &[]));
    harness.get_by_label("Drawings of your own, to teach and to ask a one-shot network, belong here.");
}

/// A stroke down.
fn bar(x: f32) -> Stroke {
    Stroke { points: vec![[x, 5.0], [x, 25.0]], width: 1.5, erases: false }
}

#[test]
fn a_lesson_of_cards_is_the_same_on_cards_again() {
    let mut cards = Cards::blank(4, 1);
    for (place, x) in [(0, 8.0), (2, 20.0), (4, 9.0)] {
        cards.card_mut(place).unwrap().draw(bar(x));
    }
    cards.call(2, "  stick ");
    cards.call(0, "");
    cards.mean(Some(2));
    let lesson = cards.lesson();
    assert_eq!(lesson.check(), Ok(()));
    assert_eq!(
        (&lesson.names[..], &lesson.classes[..]),
        (&["class 1", NOT_TAUGHT, "stick", NOT_TAUGHT].map(String::from)[..], &[0, 1, 2, 3, 2][..])
    );
    let again = Cards::of(&lesson).unwrap();
    assert_eq!(again.lesson(), lesson);
    assert_eq!(again.taught(), [0, 2]);
    assert!(Card::of(&[1.0; 100]).is_none(), "a drawing of another size");
}

#[test]
fn cards_are_drawn_in_both_themes_and_at_every_size() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let place = PANELS.iter().position(|make| make().title() == "Draw").unwrap();
    for (ways, shots) in [("5", "1"), ("20", "1"), ("2", "3")] {
        let path = checkpoint(folder.path(), &[("ways", ways), ("shots", shots)]);
        for dark in [true, false] {
            let mut picture = Picture::with(device, dark);
            picture.open(Some(&path));
            let blank = picture.panel(place, [500.0, 420.0], 1.0).unwrap();
            let session = &mut picture.app.session;
            let last = session.cards().unwrap().query();
            session.change_cards(Change::New, |cards| {
                for (card, x) in [(0, 7.0), (1, 15.0), (last, 7.5)] {
                    cards.card_mut(card).unwrap().draw(bar(x));
                }
            });
            session.update();
            session.settle();
            assert!(session.scene().unwrap().replaced.is_some());
            let drawn = picture.panel(place, [500.0, 420.0], 1.0).unwrap();
            assert!(blank != drawn, "nothing is seen of the strokes");
            picture.app.set_layout(Named::Watch);
            picture.app.show_panel("Draw", "One look");
            for (size, scale) in [([900.0, 600.0], 1.0), ([1280.0, 800.0], 1.0), ([1280.0, 800.0], 2.0)] {
                let window = picture.window(size, scale).unwrap();
                keep(&window, &format!("draw-{ways}-{shots}-{dark}-{}-{scale}", size[0]));
            }
            device = picture.into_offscreen();
        }
    }
}
