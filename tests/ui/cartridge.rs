//! What somebody shares opens to the same frame, with what was done, what is said, and nothing of where it was made.

use super::legible::opened;
use crate::support::{keep, offscreen, windowed};
use crate::workbench::with_changed_json;
use egui::Context;
use hebbscope::episode::What;
use hebbscope::train::Bundled;
use hebbscope::ui::App;
use hebbscope::ui::picture::Picture;
use hebbscope::ui::tours::{BUNDLED, Tour};
use hebbscope::view::cartridge;
use hebbscope::view::export::{Look, Shown, Words};
use hebbscope::view::layout::Named;
use hebbscope::view::matrices::MatrixKind;
use hebbscope::view::order::OrderKind;
use std::path::Path;
use std::sync::Arc;

const SIZE: [f32; 2] = [1280.0, 800.0];

pub fn share(app: &mut App, path: &Path, words: Words) {
    let layout = app.layout();
    let look = Look { words, ..app.dock().look(layout) };
    let still = app.session.still().expect("something is in view");
    cartridge::write(path, &Shown { still, dark: true, size: SIZE, caption: false, look }).unwrap();
}

pub fn reopened(path: &Path) -> App {
    let context = Context::default();
    let mut app = App::new(&context, Arc::new(|| {}));
    app.session.open(path.to_owned());
    app.session.settle();
    app.advance(&context, 0.0);
    app
}

/// What somebody may have made of a network before it is shared.
fn looked_at(network: Bundled) -> App {
    let mut app = opened(network);
    let session = &mut app.session;
    session.clock.seek(3);
    session.intervene(What::Erase);
    session.settle();
    session.update();
    session.settle();
    session.clock.seek(session.clock.steps() - 2);
    session.clock.set_speed(0.5);
    session.clock.set_looping(true);
    session.order_neurons(OrderKind::Activity);
    let [rows, columns] = session.scene().unwrap().shape();
    session.pin(format!("1:{}", columns - 1).parse().unwrap());
    let window = session.windows.of(rows, columns).zoomed(1.5, [0.25, 0.75]);
    session.windows.set(rows, columns, window);
    app.set_layout(Named::Inspect);
    app.dock().toggle("Gallery");
    app
}

#[test]
fn a_cartridge_opens_to_the_same_frame() {
    let folder = tempfile::tempdir().unwrap();
    for network in Bundled::ALL {
        let path = folder.path().join("shared.safetensors");
        let mut app = looked_at(network);
        share(&mut app, &path, Words::default());
        let mut again = reopened(&path);
        let [one, other] = [&app, &again].map(|app| app.session.scene().unwrap());
        assert_eq!(one.tape().activity, other.tape().activity, "{network:?}");
        assert_eq!(one.life_name(), other.life_name(), "{network:?}");
        assert_eq!(one.tape().interventions, other.tape().interventions, "{network:?}");
        assert_eq!(one.ghost.is_some(), other.ghost.is_some(), "{network:?}");
        assert_eq!(app.session.curve(), again.session.curve(), "{network:?}");
        assert_eq!(app.session.ages(), again.session.ages(), "{network:?}");
        assert_eq!(app.dock().arrangement(), again.dock().arrangement(), "{network:?}");
        assert_same_frame([app, again], &format!("cartridge-{network:?}"));
    }
}

pub fn assert_same_frame(apps: [App; 2], name: &str) {
    let Some(offscreen) = offscreen() else { return };
    let mut picture = Picture::with(offscreen, true);
    let drawn = apps.map(|app| {
        picture.app = app;
        picture.window(SIZE, 1.0).unwrap()
    });
    keep(&drawn[1], name);
    let differ = drawn[0].pixels().zip(drawn[1].pixels()).filter(|(one, other)| one != other).count();
    assert_eq!(differ, 0, "{name}: {differ} pixels differ");
}

/// Colours are measured by another network than the one that is shared.
#[test]
fn one_of_a_younger_network_has_the_colours_of_the_grown_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.safetensors");
    let mut app = opened(Bundled::Letters);
    let grown = app.session.matrix(MatrixKind::Trace).unwrap().span;
    app.session.show_age(100);
    app.session.settle();
    let last = app.session.clock.steps() - 1;
    app.session.clock.seek(last);
    share(&mut app, &path, Words::default());
    let mut again = reopened(&path);
    assert_eq!(again.session.scene().unwrap().iteration, 100);
    for kind in MatrixKind::ALL {
        let [one, other] = [&mut app, &mut again].map(|app| app.session.matrix(kind).map(|view| view.span));
        assert_eq!(one, other, "{kind:?}");
    }
    assert_eq!(again.session.matrix(MatrixKind::Trace).unwrap().span.most, grown.most);
    assert_same_frame([app, again], "cartridge-young");
    // And so has the same network at further ages.
    let mut again = reopened(&path);
    again.session.show_age(48);
    again.session.settle();
    assert_eq!(again.session.matrix(MatrixKind::Trace).unwrap().span.most, grown.most);
}

#[test]
fn what_was_done_can_be_taken_back_and_other_episodes_can_be_lived() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.safetensors");
    let mut app = looked_at(Bundled::ModulatedAgent);
    let untouched = app.session.scene().unwrap().ghost.as_ref().unwrap().tape().activity.clone();
    share(&mut app, &path, Words::default());
    let mut again = reopened(&path);
    again.session.retract_all();
    again.session.update();
    again.session.settle();
    assert_eq!(again.session.scene().unwrap().tape().activity, untouched);
    again.session.show_seed(9);
    again.session.settle();
    assert_eq!(again.session.scene().unwrap().seed(), Some(9));
}

#[test]
fn a_note_and_a_tour_come_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.safetensors");
    let mut app = opened(Bundled::Letters);
    let notes = "Look at the upper row: why is it right?".to_owned();
    share(&mut app, &path, Words { notes: notes.clone(), tour: Some((BUNDLED[0].to_owned(), 2)) });
    let again = reopened(&path);
    assert!(again.shows_notes && again.session.exports.notes == notes);
    let position = again.tours.position().expect("the tour is taken");
    assert_eq!((position.tour.title.clone(), position.at), (Tour::parse(BUNDLED[0]).unwrap().title, 2));
    assert!(!again.tours.is_busy(), "everything is set up already");

    // What comes later is hidden in a tour that has come with a file, too.
    let mut asked = opened(Bundled::CueReward);
    asked.session.clock.seek(7);
    share(&mut asked, &path, Words { notes: String::new(), tour: Some((BUNDLED[4].to_owned(), 0)) });
    assert_eq!(windowed(reopened(&path)).state().session.clock.horizon(), Some(7));

    share(&mut app, &path, Words { notes: String::new(), tour: Some(("title = 3".into(), 0)) });
    let again = reopened(&path);
    assert!(!again.shows_notes && again.tours.position().is_none());
    let said = &again.session.notices.last().expect("something is said").text;
    assert!(said.contains("tour of this cartridge is left out: line 1"), "{said}");
}

#[test]
fn one_that_is_opened_in_a_presentation_ends_it_and_stands_as_it_was_shared() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.safetensors");
    let mut shared = looked_at(Bundled::Letters);
    share(&mut shared, &path, Words::default());
    let context = Context::default();
    let mut app = opened(Bundled::Agent);
    app.present(true, &context);
    app.session.open(path);
    app.session.settle();
    app.advance(&context, 0.0);
    assert!(!app.is_presenting());
    assert_eq!(app.dock().arrangement(), shared.dock().arrangement());
}

#[test]
fn one_that_does_not_fit_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.safetensors");
    share(&mut opened(Bundled::Letters), &path, Words::default());
    let whole = std::fs::read(&path).unwrap();
    let changed = |change: &dyn Fn(&mut serde_json::Value)| with_changed_json(&whole, |json| change(&mut json["view"]));
    for (bytes, words) in [
        (whole[..whole.len() / 2].to_vec(), "cut short"),
        (changed(&|view| view["version"] = 7.into()), "version 7, expected 1"),
        (changed(&|view| view["step"] = 5000.into()), "at step 5001, expected one of 88"),
        (changed(&|view| view["layer"] = 4.into()), "expected one of 1 plastic layers"),
        (changed(&|view| view["layout"] = "sideways".into()), "a view that does not fit"),
        (changed(&|view| view["notes"] = "x".repeat(9000).into()), "expected at most 2000"),
        (changed(&|view| view["spans"] = serde_json::json!({ "trace": { "most": -1.0, "full": 2.0 } })), "reach -1"),
        (changed(&|view| *view = 3.into()), "a view that does not fit"),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let app = reopened(&path);
        assert!(app.session.scene().is_none(), "{words}");
        let said = &app.session.notices.last().expect("something is said").text;
        assert!(said.contains(words) && said.contains("shared.safetensors"), "{said}");
    }
    // Parts of matrices that cannot be, panels that there are not: the rest is shown.
    let strange = changed(&|view| {
        view["windows"] = serde_json::json!([{ "size": [26.0, 26.0], "start": [-4.0, 1e9], "extent": [0.0, 99.0] }]);
        view["arrangement"] = serde_json::json!({ "panel": "Chess" });
        view["pinned"] = "900:900".into();
    });
    std::fs::write(&path, strange).unwrap();
    let app = reopened(&path);
    assert!(app.session.scene().is_some() && app.session.pinned().is_none());
    assert!(app.session.windows.of(26, 26).is_whole());
}

#[test]
fn nothing_says_where_it_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("my pictures");
    std::fs::create_dir(&pictures).unwrap();
    for index in 0..8u8 {
        let picture = image::GrayImage::from_fn(32, 32, |x, y| image::Luma([(x * 7 + y * u32::from(index)) as u8]));
        picture.save(pictures.join(format!("{index}.png"))).unwrap();
    }
    let path = folder.path().join("shared.safetensors");
    let mut config = crate::workbench::config_of("images", [&[("side", "8")], &[("source", "folder")]]);
    config.settings.set_text("path", &pictures.display().to_string()).unwrap();
    let trainer = hebbscope::train::Trainer::new(config).unwrap();
    let run = folder.path().join("run.safetensors");
    trainer.checkpoint().unwrap().write(&run, hebbscope::files::Precision::Full).unwrap();
    let context = Context::default();
    let mut app = App::new(&context, Arc::new(|| {}));
    app.session.open(run);
    app.session.settle();
    share(&mut app, &path, Words::default());
    let bytes = std::fs::read(&path).unwrap();
    let place = b"my pictures";
    assert!(!bytes.windows(place.len()).any(|window| window == place));
    let again = reopened(&path);
    assert!(again.session.scene().is_some(), "{:?}", again.session.notices);
}

#[test]
fn the_command_line_shares_the_same_and_draws_it_as_it_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let [shared, tour] = ["shared.safetensors", "own.toml"].map(|name| folder.path().join(name));
    std::fs::write(&tour, BUNDLED[0]).unwrap();
    let hebbscope = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_hebbscope")).args(arguments).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let network = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/modulated-agent.safetensors");
    let [out, tour] = [&shared, &tour].map(|path| path.to_str().unwrap().to_owned());
    let view =
        ["--seed", "3", "--do", "20:erase", "--at", "40", "--pin", "3:4", "--order", "activity", "--layout", "inspect"];
    let arguments = ["share", network, "--view", "--out", &out, "--notes", "look", "--tour", &tour];
    assert_eq!(hebbscope(&[&arguments[..], &view].concat()), (true, String::new()));
    let app = reopened(&shared);
    assert_eq!((app.session.clock.at(), app.layout()), (39, Named::Inspect));
    assert_eq!(app.session.pinned(), Some("3:4".parse().unwrap()));
    assert_eq!(app.session.scene().unwrap().seed(), Some(3));
    assert!(app.shows_notes && app.tours.position().is_some());
    let (is_done, said) = hebbscope(&["share", network, "--out", &out, "--at", "40"]);
    assert!(!is_done && said.contains("--at belongs to --view"), "{said}");
    if offscreen().is_some() {
        let pictures = ["a.png", "b.png"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
        assert!(hebbscope(&[&["render", network, "--out", &pictures[0]], &view[..]].concat()).0);
        assert!(hebbscope(&["render", &out, "--out", &pictures[1]]).0);
        let [one, other] = pictures.map(|path| image::open(path).unwrap().into_rgb8());
        // The heading says of which file it is.
        let below = |picture: &image::RgbImage| picture.as_raw()[40 * 1280 * 3..].to_vec();
        assert!(below(&one) == below(&other), "the same window is drawn otherwise");
    }
}
