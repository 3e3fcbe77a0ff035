//! What is the viewer's own comes with a view that is shared: drawings on cards, swapped labels, texts.

use super::cartridge::{assert_same_frame, reopened, share};
use super::legible::opened;
use crate::workbench::with_changed_json;
use hebbscope::train::Bundled;
use hebbscope::ui::App;
use hebbscope::view::drawing::cards::{Card, Stroke, Whose};
use hebbscope::view::drawing::sheet::Change;
use hebbscope::view::export::Words;
use std::path::PathBuf;

fn settle(app: &mut App) {
    for _ in 0..3 {
        app.session.settle();
        app.session.update();
    }
}

fn stroke(points: [[f32; 2]; 2]) -> Stroke {
    Stroke { points: points.to_vec(), width: 2.0, erases: false }
}

/// The Omniglot network with two characters of the viewer's own, one of them on top of a picture.
fn drawn() -> App {
    let mut app = opened(Bundled::Omniglot);
    app.session.change_cards(Change::New, |cards| {
        for (card, points) in [(0, [[4.0, 4.0], [20.0, 25.0]]), (2, [[25.0, 3.0], [6.0, 28.0]])] {
            cards.card_mut(card).unwrap().draw(stroke(points));
        }
        let grey: Vec<f32> = (0..31 * 31).map(|pixel| if pixel % 31 < 20 { 1.0 } else { 0.4 }).collect();
        let mut query = Card::of(&grey).unwrap();
        query.draw(stroke([[4.0, 5.0], [20.0, 24.0]]));
        cards.put(5, query);
        cards.call(0, "house");
    });
    settle(&mut app);
    assert!(app.session.scene().unwrap().shows_cards());
    app
}

fn place(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("shared.safetensors")
}

#[test]
fn drawn_characters_come_with_their_strokes_and_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = drawn();
    // Not "Draw", which says that there is nothing to be taken back where the view has just been opened.
    app.show_panel("One look", "Draw");
    let episode = app.session.scene().unwrap().replaced.clone().unwrap();
    share(&mut app, &place(&folder), Words::default());
    let mut again = reopened(&place(&folder));
    let [one, other] = [&mut app, &mut again].map(|app| app.session.cards().unwrap());
    assert_eq!(one, other);
    assert_eq!(other.card(0).strokes(), [stroke([[4.0, 4.0], [20.0, 25.0]])]);
    assert_eq!((other.title(0), other.meant()), ("house".to_owned(), None));
    let [one, other] = [&app, &again].map(|app| app.session.scene().unwrap());
    assert_eq!(one.life_name(), other.life_name());
    assert!(other.shows_cards() && other.whose == Whose::Own);
    assert_eq!(one.lesson(), other.lesson());
    assert_same_frame([app, again], "cartridge-drawn");

    // The way back leads to the episode that was in view before, and the cards stay.
    let mut again = reopened(&place(&folder));
    let cards = again.session.cards();
    again.session.back_to_episode();
    settle(&mut again);
    let scene = again.session.scene().unwrap();
    assert_eq!(
        (scene.seed(), scene.lesson()),
        (episode.origin.seed, Some(&episode.content.one_shot().unwrap().lesson))
    );
    assert_eq!(again.session.cards(), cards);
}

/// Nobody loses drawings because somebody else's view is opened.
#[test]
fn cards_that_were_drawn_on_here_can_be_had_back() {
    let folder = tempfile::tempdir().unwrap();
    share(&mut drawn(), &place(&folder), Words::default());
    let mut app = opened(Bundled::Omniglot);
    app.session.change_cards(Change::New, |cards| cards.card_mut(1).unwrap().draw(stroke([[1.0; 2], [30.0; 2]])));
    settle(&mut app);
    let mine = app.session.cards();
    app.session.open(place(&folder));
    settle(&mut app);
    assert_ne!(app.session.cards(), mine);
    app.session.undo_cards();
    assert_eq!(app.session.cards(), mine);
}

#[test]
fn swapped_labels_can_be_put_back_where_the_view_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    for is_drawn in [false, true] {
        let mut app = if is_drawn { drawn() } else { opened(Bundled::Omniglot) };
        let before = app.session.scene().unwrap().lesson().cloned();
        app.session.swap_labels(0, 2);
        settle(&mut app);
        share(&mut app, &place(&folder), Words::default());
        let mut again = reopened(&place(&folder));
        let [one, other] = [&app, &again].map(|app| app.session.scene().unwrap());
        assert_eq!(one.life_name(), other.life_name());
        assert!(other.life_name().ends_with("labels swapped"), "{}", other.life_name());
        assert_eq!(one.lesson(), other.lesson());
        again.session.original_labels();
        settle(&mut again);
        let scene = again.session.scene().unwrap();
        assert!(scene.lesson() == before.as_ref() && scene.swapped.is_none());
        assert_eq!(scene.shows_cards(), is_drawn);
    }
}

#[test]
fn a_text_of_ones_own_is_known_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = opened(Bundled::Language);
    let before = app.session.scene().unwrap().tape().origin.seed;
    app.session.read_text("the letter was from emma and emma was very happy to see it".into());
    settle(&mut app);
    share(&mut app, &place(&folder), Words::default());
    let mut again = reopened(&place(&folder));
    let [one, other] = [&app, &again].map(|app| app.session.scene().unwrap());
    assert_eq!(one.life_name(), other.life_name());
    assert!(other.is_own());
    again.session.leave_own();
    settle(&mut again);
    assert_eq!(again.session.scene().unwrap().tape().origin.seed, before);
}

#[test]
fn cards_that_cannot_be_are_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder);
    share(&mut drawn(), &path, Words::default());
    let whole = std::fs::read(&path).unwrap();
    let changed = |change: &dyn Fn(&mut serde_json::Value)| with_changed_json(&whole, |json| change(&mut json["view"]));
    for (bytes, words) in [
        (changed(&|view| drop(view["cards"]["cards"].as_array_mut().unwrap().pop())), "expected 6 cards of 5 classes"),
        (changed(&|view| view["cards"]["classes"][0] = 9.into()), "a card has class 10, expected one of 5"),
        (changed(&|view| view["cards"]["cards"][5]["under"] = "AAAA".into()), "card 6: expected a picture of 961"),
        (changed(&|view| view["cards"]["cards"][5]["under"] = "?".into()), "card 6: expected a picture in base64"),
        (changed(&|view| view["cards"]["cards"][0]["strokes"][0]["points"][0][0] = 1e30.into()), "strokes on the card"),
        (changed(&|view| view["cards"]["cards"][0]["strokes"][0]["width"] = 900.into()), "found one of 900"),
        (changed(&|view| view["cards"]["labels"][0] = "x".repeat(900).into()), "a label has 900 letters"),
        (
            changed(&|view| {
                view["own"]["labels"] = serde_json::json!({
                    "classes": [0], "names": [], "alphabets": [], "is_said": true, "are_of_episode": true
                });
            }),
            "expected labels of [6, 5, ",
        ),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let app = reopened(&path);
        assert!(app.session.scene().is_none(), "{words}");
        let said = &app.session.notices.last().expect("something is said").text;
        assert!(said.contains(words) && said.contains("shared.safetensors"), "{said}");
    }
}
