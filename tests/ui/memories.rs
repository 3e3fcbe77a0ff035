//! Neurons that are pixels: what their synapses hold as pictures, a probe to paint on, pictures of one's own.

use crate::support::{has_picture, keep, offscreen, run_until, session_of, viewing, windowed};
use crate::workbench::checkpoint_file;
use egui::{DroppedFile, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::render::Colormap;
use hebbscope::tasks::{self, Recalled};
use hebbscope::train::Bundled;
use hebbscope::ui::App;
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::panels::memories::column::Columns;
use hebbscope::ui::panels::probe::stroke;
use hebbscope::ui::picture::Picture;
use hebbscope::ui::theme::Palette;
use hebbscope::view::action::Action;
use hebbscope::view::inspection::{Pinned, most_remembering};
use hebbscope::view::matrices::MatrixKind;
use hebbscope::view::session::Session;
use image::{GrayImage, Luma};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const SIDE: usize = 6;

/// A small network that remembers pictures, as a file.
fn checkpoint(folder: &Path, changes: &[(&str, &str)]) -> PathBuf {
    let small = [("source", "dead_leaves"), ("side", "6"), ("show_steps", "4"), ("rounds", "2"), ("lr", "0.01")];
    checkpoint_file(folder, "images", 5, [&small, changes])
}

/// The whole window on such a network, at rest at the last step, with one panel over another.
fn harness(folder: &Path, panel: &'static str, over: &'static str) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(checkpoint(folder, &[]));
    app.session.settle();
    app.session.clock.pause();
    app.session.clock.seek(usize::MAX);
    app.show_panel(panel, over);
    windowed(app)
}

fn click_at(harness: &mut Harness<'static, App>, pos: Pos2, button: PointerButton) {
    harness.hover_at(pos);
    harness.run_steps(2);
    for pressed in [true, false] {
        harness.event(egui::Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
        harness.run_steps(1);
    }
    harness.run_steps(2);
}

/// The middle of a pixel of the picture whose name holds `label`.
fn pixel(harness: &Harness<'_, App>, label: &str, cell: usize) -> Pos2 {
    let rect = harness.get_by_label_contains(label).rect();
    let place = vec2((cell % SIDE) as f32 + 0.5, (cell / SIDE) as f32 + 0.5) / SIDE as f32;
    rect.min + rect.size() * place
}

fn shown(session: &Session) -> Recalled {
    Recalled::of(session.scene().unwrap().tape()).unwrap()
}

#[test]
fn the_pictures_are_the_columns_of_the_matrices() {
    let folder = tempfile::tempdir().unwrap();
    for alpha in ["free", "per_neuron", "yoked"] {
        let mut session = session_of(checkpoint(folder.path(), &[("alpha", alpha)]));
        let neurons = SIDE * SIDE + 1;
        let mut columns = Columns::default();
        for (step, neuron) in [(0, 3), (9, 3), (9, 35), (20, 17)] {
            session.clock.seek(step);
            session.pin(Pinned::Synapse { from: 1, to: neuron });
            let column = viewing(&mut session, |session| columns.of(session, neuron)).unwrap();
            let again = viewing(&mut session, |session| columns.of(session, neuron)).unwrap();
            assert!(Arc::ptr_eq(&column, &again), "computed twice");
            for (kind, picture) in [
                (MatrixKind::Weights, column.w()),
                (MatrixKind::Trace, column.trace.as_ref().unwrap()),
                (MatrixKind::AlphaTrace, column.product.as_ref().unwrap()),
            ] {
                let matrix = session.matrix(kind).unwrap().matrix;
                let expected: Vec<f32> = (0..SIDE * SIDE).map(|from| matrix.at(from, neuron).unwrap()).collect();
                assert_eq!(picture.values(), expected, "{alpha}, {kind:?} of {neuron} at {step}");
                assert_eq!((picture.rows(), picture.columns()), (SIDE, SIDE));
            }
            if alpha == "free" {
                let matrix = session.matrix(MatrixKind::Alpha).unwrap().matrix;
                assert_eq!(matrix.rows(), neurons);
                let expected: Vec<f32> = (0..SIDE * SIDE).map(|from| matrix.at(from, neuron).unwrap()).collect();
                assert_eq!(column.alpha().unwrap().values(), expected);
            }
        }
    }
}

#[test]
fn the_pictures_that_are_drawn_are_those_columns_at_the_step_viewed() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    let memories = PANELS.iter().position(|make| make().name() == "Memories").unwrap();
    let neuron = 8;
    let mut session = session_of(path.clone());
    session.pin(Pinned::Neuron(neuron));
    for dark in [true, false] {
        let mut picture = Picture::with(device, dark);
        picture.open(Some(&path));
        let empty = picture.panel(memories, [520.0, 460.0], 1.0).unwrap();
        picture.app.session.pin(Pinned::Neuron(neuron));
        let context = egui::Context::default();
        context.set_theme(if dark { egui::Theme::Dark } else { egui::Theme::Light });
        let mut traces = Vec::new();
        for step in [3, 20] {
            session.clock.seek(step);
            picture.app.session.clock.seek(step);
            let drawn = picture.panel(memories, [520.0, 460.0], 1.0).unwrap();
            keep(&drawn, &format!("memories-{dark}-{step}"));
            assert!(drawn != empty);
            let column = viewing(&mut session, |session| Columns::default().of(session, neuron)).unwrap();
            let shown = column.pictures(Palette::of(&context));
            assert_eq!(shown.iter().map(|shown| shown.symbol).collect::<Vec<_>>(), ["w", "α", "H", "α·H"]);
            for shown in &shown {
                let colors = |value: &f32| {
                    let [red, green, blue] = Colormap::for_theme(dark).lookup(*value, shown.range);
                    egui::Color32::from_rgb(red, green, blue)
                };
                let cells: Vec<_> = shown.matrix.values().iter().map(colors).collect();
                assert!(has_picture(&drawn, &cells), "{} at step {step}, dark {dark}", shown.symbol);
            }
            traces.push(shown[2].matrix.values().to_vec());
        }
        assert!(traces[0] != traces[1], "nothing was written between the steps");
        device = picture.into_offscreen();
    }
}

#[test]
fn what_a_pixel_of_a_letter_remembers_is_shown_as_well() {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open_bundled(Bundled::Letters);
    app.session.settle();
    app.session.clock.pause();
    let mut harness = windowed(app);
    let over = Action::ShowOver("Memories".into(), "Trace".into());
    assert_eq!(over.obstacle(harness.state()), None);
    let context = harness.ctx.clone();
    harness.state_mut().perform(&over, &context);
    harness.run_steps(3);
    assert!(harness.state_mut().dock().rect_of("Memories").is_some());
    let none = Action::Show("Memories".into());
    harness.state_mut().session.open_bundled(Bundled::Agent);
    harness.state_mut().session.settle();
    assert!(none.obstacle(harness.state()).is_some(), "an agent has no pictures");
}

#[test]
fn a_click_on_a_pixel_of_any_picture_pins_its_neuron_and_arrows_move_the_pin() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(folder.path(), "Memories", "Trace");
    // A network of pictures is opened with the pixel that remembers most.
    let offered = most_remembering(harness.state().session.scene().unwrap()).unwrap();
    assert_eq!(harness.state().session.pinned(), Some(Pinned::Neuron(offered)));
    assert!(!harness.state().session.has_chosen_pin());
    harness.state_mut().session.unpin();
    harness.run_steps(3);
    harness.get_by_label_contains("Click a pixel of a picture");
    harness.get_by_label("Pin the blanked pixel that remembers most").click();
    harness.run_steps(3);
    let session = &harness.state().session;
    let Some(Pinned::Neuron(first)) = session.pinned() else { panic!("nothing was pinned") };
    assert_eq!(Some(first), most_remembering(session.scene().unwrap()));
    assert!(shown(session).blanked().any(|blanked| blanked == first), "{first} was not blanked");

    for (label, cell) in [("memories: w into", 8), ("memories: α into", 30), ("memories: H into", 5)] {
        let place = pixel(&harness, label, cell);
        harness.hover_at(place);
        harness.run_steps(2);
        let hover = harness.state().session.hover.clone().unwrap();
        let name = format!("pixel ({}, {}) · neuron {cell} →", cell % SIDE, cell / SIDE);
        assert!(hover.starts_with(&name) && hover.contains("α·H"), "{hover}");
        click_at(&mut harness, place, PointerButton::Primary);
        assert_eq!(harness.state().session.pinned(), Some(Pinned::Neuron(cell)), "{label}");
    }
    harness.get_by_label_contains("memories: α·H into neuron 5, largest");
    for (key, expected) in [(Key::ArrowDown, 11), (Key::ArrowRight, 11), (Key::ArrowLeft, 10), (Key::ArrowUp, 4)] {
        harness.key_press(key);
        harness.run_steps(2);
        assert_eq!(harness.state().session.pinned(), Some(Pinned::Neuron(expected)), "{key:?}");
    }
    // The pictures of the recall panel are the same pixels.
    let place = pixel(&harness, "the cued picture", 20);
    click_at(&mut harness, place, PointerButton::Primary);
    assert_eq!(harness.state().session.pinned(), Some(Pinned::Neuron(20)));
    harness.get_by_label("explain Memories").click();
    harness.run_steps(3);
    harness.get_by_label_contains("memories can be seen");
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    harness.state_mut().session.pin(Pinned::Neuron(SIDE * SIDE));
    harness.run_steps(2);
    harness.get_by_label_contains("The bias is pinned");
}

#[test]
fn painting_over_the_probe_lives_the_lifetime_again_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(folder.path(), "Probe", "Recall");
    let before = harness.state().session.scene().unwrap().tape().clone();
    harness.get_by_label_contains("Bottom half");
    harness.get_by_label("Nothing").click();
    run_until(&mut harness, "the answer", |app| shown(&app.session).blanked().count() == 0);
    harness.get_by_label_contains("nothing is blanked: nothing to recall");
    let place = pixel(&harness, "probe to paint on", 14);
    click_at(&mut harness, place, PointerButton::Primary);
    // The brush is no wider than half of a picture.
    let covered = stroke(14, 14, SIDE / 2, SIDE);
    run_until(&mut harness, "the answer", |app| shown(&app.session).blanked().count() == covered.len());
    let session = &harness.state().session;
    assert!(shown(session).blanked().all(|pixel| covered.contains(&pixel)));
    assert_eq!(shown(session).question.study, Recalled::of(&before).unwrap().question.study);
    let scene = session.scene().unwrap();
    assert_eq!((scene.tape().origin.seed, scene.life_name().as_str()), (None, "episode seed 0, probe edited"));
    assert!(scene.tape().drive != before.drive && scene.tape().activity != before.activity);
    assert_eq!(session.clock.at(), before.steps - 1, "the view stays with the answer");

    // The other button shows pixels again, and a bigger question is another picture.
    let place = pixel(&harness, "probe to paint on", 14);
    click_at(&mut harness, place, PointerButton::Secondary);
    run_until(&mut harness, "the answer", |app| shown(&app.session).blanked().count() == 0);
    let other = (Recalled::of(&before).unwrap().question.target + 1) % 3;
    harness.get_by_label(&format!("cue picture {}", other + 1)).click();
    run_until(&mut harness, "the answer", |app| shown(&app.session).question.target == other);
    harness.get_by_label("Reset probe").click();
    run_until(&mut harness, "the answer", |app| app.session.scene().unwrap().changed.is_none());
    assert_eq!(**harness.state().session.scene().unwrap().tape(), *before, "not the same lifetime");
    harness.get_by_label("Top half").click();
    harness.run_steps(1);
    run_until(&mut harness, "the answer", |app| !app.session.is_asking());
    let is_top = |pixel: usize| pixel < SIDE / 2 * SIDE;
    assert!((0..SIDE * SIDE).filter(|pixel| is_top(*pixel)).eq(shown(&harness.state().session).blanked()));
    // R goes back to the seed.
    harness.state_mut().session.new_episode(true);
    run_until(&mut harness, "the seed", |app| app.session.scene().unwrap().changed.is_none());
    assert_eq!(**harness.state().session.scene().unwrap().tape(), *before);
}

#[test]
fn a_stroke_takes_effect_wherever_the_controls_stand() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(folder.path(), "Probe", "Recall");
    let mut places = Vec::new();
    for size in [vec2(1280.0, 640.0), vec2(900.0, 1500.0)] {
        harness.set_size(size);
        harness.run_steps(3);
        harness.get_by_label("Nothing").click();
        run_until(&mut harness, "the answer", |app| shown(&app.session).blanked().count() == 0);
        let place = pixel(&harness, "probe to paint on", 8);
        places.push(harness.get_by_label("Nothing").rect().bottom() > place.y);
        click_at(&mut harness, place, PointerButton::Primary);
        run_until(&mut harness, "the answer", |app| shown(&app.session).blanked().count() > 0);
    }
    assert_eq!(places, [true, false], "beside the pictures, then above them");
}

#[test]
fn what_is_painted_while_a_lifetime_is_lived_is_asked_next() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session_of(checkpoint(folder.path(), &[]));
    for pixel in 0..12 {
        let mut asked = session.question().unwrap();
        asked.blank(|other| other <= pixel);
        session.ask(asked);
        session.update();
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    while session.is_asking() {
        assert!(Instant::now() < deadline, "waited too long");
        session.update();
        std::thread::yield_now();
    }
    assert!(shown(&session).blanked().eq(0..12));
    session.new_episode(false);
    session.settle();
    assert_eq!(session.question(), Some(shown(&session)), "the old question follows the new lifetime");
    assert_eq!(session.scene().unwrap().life_name(), "episode seed 1");
}

/// A file that is dropped on the window.
#[derive(Debug)]
pub struct Dropped(pub PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

pub fn drop_files(harness: &mut Harness<'static, App>, files: &[&Path]) {
    for file in files {
        harness.input_mut().dropped_files.push(Arc::new(Dropped(file.to_path_buf())));
    }
    harness.run_steps(1);
    run_until(harness, "the pictures", |app| !app.session.is_reading());
}

/// Four pictures of different sizes.
fn pictures(folder: &Path) -> Vec<PathBuf> {
    (0..4_u32)
        .map(|number| {
            let picture = GrayImage::from_fn(20 + number * 6, 30, |x, y| {
                Luma([((x * (3 + number) + y * (7 - number)) % 200 + 20) as u8])
            });
            let path = folder.join(format!("own{number}.{}", ["png", "bmp", "gif", "jpeg"][number as usize]));
            image::DynamicImage::from(picture).to_rgb8().save(&path).unwrap();
            path
        })
        .collect()
}

#[test]
fn three_dropped_pictures_are_studied_and_fewer_wait_for_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let files = pictures(folder.path());
    let mut harness = harness(folder.path(), "Probe", "Trace");
    let config = harness.state().session.scene().unwrap().config.clone().unwrap();
    let expected: Vec<Vec<f32>> =
        files.iter().map(|file| config.task().read_example(&config.settings, file).unwrap()).collect();

    drop_files(&mut harness, &[&files[0]]);
    let notices = |harness: &Harness<'_, App>| {
        harness.state().session.notices.iter().map(|notice| notice.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(notices(&harness), ["1 of 3 pictures: 2 more, and the network is shown yours."]);
    drop_files(&mut harness, &[&files[1]]);
    assert_eq!(notices(&harness), ["2 of 3 pictures: 1 more, and the network is shown yours."]);
    assert_eq!(harness.state().session.pictures_waiting(), 2);
    drop_files(&mut harness, &[&files[2], &files[3]]);
    run_until(&mut harness, "the lifetime", |app| app.session.scene().unwrap().changed.is_some());
    assert_eq!(notices(&harness), ["An episode of this network shows 3 pictures: one was left out."]);
    let session = &harness.state().session;
    let asked = shown(session);
    assert_eq!(asked.question.study, expected[..3]);
    assert!(asked.blanked().eq(SIDE / 2 * SIDE..SIDE * SIDE));
    assert_eq!(session.scene().unwrap().life_name(), "your pictures");
    assert_eq!(session.pictures_waiting(), 0);
    assert!(session.clock.is_playing() && session.clock.at() == 0, "a new lifetime is seen from its beginning");
    harness.get_by_label("Top half").click();
    run_until(&mut harness, "the answer", |app| shown(&app.session).blanked().next() == Some(0));
    assert_eq!(harness.state().session.scene().unwrap().life_name(), "your pictures, probe edited");
    // The same again is the viewer's own pictures, another episode is not.
    harness.state_mut().session.new_episode(true);
    run_until(&mut harness, "the pictures", |app| app.session.scene().unwrap().life_name() == "your pictures");
    assert_eq!(shown(&harness.state().session), asked);
    harness.state_mut().session.new_episode(false);
    run_until(&mut harness, "another", |app| app.session.scene().unwrap().changed.is_none());
    assert!(harness.state().session.scene().unwrap().tape().origin.seed.is_some());
}

#[test]
fn pictures_given_while_others_are_read_wait_their_turn_and_a_whole_set_replaces_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    let files = pictures(folder.path());
    let mut session = session_of(checkpoint(folder.path(), &[]));
    let config = session.scene().unwrap().config.clone().unwrap();
    let read = |file: &PathBuf| config.task().read_example(&config.settings, file).unwrap();
    let finish = |session: &mut Session| {
        let deadline = Instant::now() + Duration::from_secs(60);
        while session.is_reading() || session.is_asking() {
            assert!(Instant::now() < deadline, "waited too long");
            session.update();
            std::thread::yield_now();
        }
    };
    session.ask_pictures(&files[..1]);
    assert_eq!(session.reading().unwrap(), "reading own0.png");
    // The first may still be on its way.
    session.ask_pictures(&files[1..2]);
    finish(&mut session);
    assert_eq!(session.pictures_waiting(), 2);
    session.forget_pictures();
    assert_eq!((session.pictures_waiting(), session.notices.len()), (0, 0), "what was forgotten is still wanted");

    session.ask_pictures(&files[..1]);
    finish(&mut session);
    session.ask_pictures(&files[1..]);
    finish(&mut session);
    assert_eq!(shown(&session).question.study, files[1..].iter().map(read).collect::<Vec<_>>(), "one was left over");
    // A folder is all pictures in it, by name.
    session.ask_pictures(&[folder.path().to_owned()]);
    finish(&mut session);
    let by_name = ["own0.png", "own1.bmp", "own2.gif"].map(|name| read(&folder.path().join(name)));
    assert_eq!(shown(&session).question.study, by_name);

    // The folders in it as well, and nothing of what systems leave there.
    session.notices.clear();
    let holidays = tempfile::tempdir().unwrap();
    for (name, file) in [("2019/a.png", &files[3]), ("2020/b.png", &files[2]), ("@eaDir/a.png", &files[0])] {
        std::fs::create_dir_all(holidays.path().join(name).parent().unwrap()).unwrap();
        std::fs::copy(file, holidays.path().join(name)).unwrap();
    }
    std::fs::write(holidays.path().join("._c.png"), b"of no concern").unwrap();
    std::fs::copy(&files[1], holidays.path().join("c.png")).unwrap();
    session.ask_pictures(&[holidays.path().to_owned()]);
    let name = holidays.path().file_name().unwrap().to_string_lossy();
    assert_eq!(session.reading().unwrap(), format!("looking through {name}"));
    finish(&mut session);
    assert_eq!(shown(&session).question.study, [3, 2, 1].map(|number| read(&files[number])));
    assert!(session.notices.is_empty(), "{:?}", session.notices);
    // A folder with nothing in it is refused by its name.
    let empty = tempfile::tempdir().unwrap();
    session.ask_pictures(&[empty.path().to_owned()]);
    finish(&mut session);
    let name = empty.path().file_name().unwrap().to_string_lossy().into_owned();
    assert!(session.notices[0].text.contains(&name) && session.notices[0].text.contains("found a folder"));
}

#[test]
fn another_lifetime_on_its_way_does_not_take_the_place_of_ones_own_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let files = pictures(folder.path());
    let mut session = session_of(checkpoint(folder.path(), &[]));
    session.ask_pictures(&files[..3]);
    session.new_episode(false);
    let deadline = Instant::now() + Duration::from_secs(60);
    while session.scene().unwrap().changed.is_none() {
        assert!(Instant::now() < deadline, "the pictures were lost: {:?}", session.notices);
        session.update();
        std::thread::yield_now();
    }
    assert_eq!(session.scene().unwrap().life_name(), "your pictures");
}

#[test]
fn the_task_in_view_is_the_next_one_to_train_unless_somebody_chose() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path(), &[]);
    let mut session = session_of(path.clone());
    assert_eq!(session.training.task().name(), "images");
    session.open_bundled(Bundled::Patterns);
    session.settle();
    assert_eq!(session.training.task().name(), "patterns");
    session.training.settings.set_text("count", "4").unwrap();
    session.open(path.clone());
    session.settle();
    assert_eq!(session.training.task().name(), "patterns", "what was filled in is lost");
    session.training.set_task(tasks::find("maze").unwrap());
    session.open(path);
    session.settle();
    assert_eq!(session.training.task().name(), "maze");
}

#[test]
fn the_brush_moves_by_as_many_keys_as_were_pressed_and_enter_touches() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(folder.path(), "Probe", "Recall");
    harness.get_by_label("Nothing").click();
    run_until(&mut harness, "the answer", |app| shown(&app.session).blanked().count() == 0);
    harness.get_by_label_contains("probe to paint on").focus();
    harness.run_steps(2);
    // All of them in one frame.
    for key in [Key::ArrowRight, Key::ArrowRight, Key::ArrowRight, Key::ArrowDown, Key::ArrowDown, Key::ArrowLeft] {
        harness.key_press(key);
    }
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    run_until(&mut harness, "the answer", |app| shown(&app.session).blanked().count() > 0);
    let covered = stroke(2 * SIDE + 2, 2 * SIDE + 2, SIDE / 2, SIDE);
    assert!(shown(&harness.state().session).blanked().all(|pixel| covered.contains(&pixel)));
    assert_eq!(shown(&harness.state().session).blanked().count(), covered.len());
}

#[test]
fn what_is_no_picture_is_named_in_one_sentence_and_nothing_changes() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.png");
    std::fs::write(&bad, b"this is no picture").unwrap();
    let missing = folder.path().join("missing.gif");
    let mut harness = harness(folder.path(), "Probe", "Recall");
    let before = harness.state().session.scene().unwrap().identity();
    drop_files(&mut harness, &[&bad, &missing]);
    let notices = harness.state().session.notices.clone();
    assert_eq!(notices.len(), 1, "{notices:?}");
    let text = &notices[0].text;
    assert!(notices[0].is_error && text.contains("bad.png") && text.contains("missing.gif"), "{text}");
    assert_eq!(harness.state().session.scene().unwrap().identity(), before);

    // A network that was not trained on pictures says so.
    harness.state_mut().session.notices.clear();
    harness.state_mut().session.open_bundled(Bundled::default());
    harness.state_mut().session.settle();
    drop_files(&mut harness, &[&pictures(folder.path())[0]]);
    let notices = harness.state().session.notices.clone();
    assert!(notices.len() == 1 && notices[0].text.contains("trained on patterns"), "{notices:?}");
}

#[test]
fn pictures_can_be_named_by_their_paths_with_keys_alone() {
    let folder = tempfile::tempdir().unwrap();
    let files = pictures(folder.path());
    let mut harness = harness(folder.path(), "Probe", "Recall");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.run_steps(3);
    harness.get_by_label("command to look for").type_text("pictures own");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let paths = files[1..4].iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("; ");
    harness.get_by_label("Show the network pictures of your own").type_text(&paths);
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    run_until(&mut harness, "the lifetime", |app| app.session.scene().unwrap().changed.is_some());
    let config = harness.state().session.scene().unwrap().config.clone().unwrap();
    let first = config.task().read_example(&config.settings, &files[1]).unwrap();
    assert_eq!(shown(&harness.state().session).question.study[0], first);
}

#[test]
fn a_stroke_has_no_gaps_and_no_more_than_its_width() {
    for (from, to, width) in [(0, 35, 1), (3, 32, 1), (30, 5, 3), (14, 14, 1)] {
        let covered = stroke(from, to, width, SIDE);
        assert!(covered.contains(&from) && covered.contains(&to));
        let rows: std::collections::BTreeSet<usize> = covered.iter().map(|pixel| pixel / SIDE).collect();
        let [first, last] = [from / SIDE, to / SIDE];
        assert!((first.min(last)..=first.max(last)).all(|row| rows.contains(&row)), "{from} to {to}: {rows:?}");
        if width == 1 {
            assert!(covered.len() <= SIDE, "{from} to {to}: {covered:?}");
        }
    }
}
