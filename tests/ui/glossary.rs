//! Every symbol, name and setting says what it means where it stands.

use super::window::small_checkpoint;
use crate::support::windowed;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hebbscope::episode::tape_file;
use hebbscope::plastic::{Modulation, ModulationKind, Rule};
use hebbscope::tasks::{self, TASKS};
use hebbscope::train::{Bundled, Specimen};
use hebbscope::ui::glossary::{self, settings, terms};
use hebbscope::ui::{App, theme};
use hebbscope::view::inspection::Pinned;
use hebbscope::view::matrices::MatrixKind;
use std::collections::HashSet;
use std::sync::Arc;

#[test]
fn every_setting_of_every_task_has_a_meaning_and_a_place() {
    for task in TASKS {
        let mut places = HashSet::new();
        for field in task.fields() {
            let name = format!("{} {}", task.name(), field.key);
            assert!(field.help.len() > 6, "{name} says nothing");
            let setting = settings::setting(task.name(), field.key).unwrap_or_else(|| panic!("{name} has no place"));
            assert!(!setting.place.is_empty(), "{name}");
            places.insert(setting.place);
        }
        assert!(places.len() > 2, "{}: {places:?}", task.name());
    }
    assert_eq!(settings::setting("patterns", "no such setting"), None);
}

#[test]
fn every_matrix_every_rule_and_every_measure_has_an_entry_and_no_term_has_two() {
    let mut terms: Vec<String> = MatrixKind::ALL.iter().map(|kind| kind.symbol().to_owned()).collect();
    terms.extend([Rule::Decay, Rule::Oja, Rule::Clip { bound: 1.0 }].map(|rule| rule.title().to_owned()));
    for kind in [ModulationKind::Simple, ModulationKind::Retroactive] {
        terms.push(Modulation { kind, fan_out: false, bound: 1.0 }.title().to_owned());
    }
    terms.extend(TASKS.iter().map(|task| task.measure().key.to_owned()));
    terms.extend(["x", "η", "M", "E", "α", "parameters", "speed limit"].map(str::to_owned));
    for term in terms {
        let entry = glossary::of(&term).unwrap_or_else(|| panic!("nothing is said of {term}"));
        assert!(!entry.name.is_empty() && entry.meaning.ends_with('.'), "{entry:?}");
    }
    let all: HashSet<_> = terms::TERMS.iter().map(|entry| entry.term).collect();
    assert_eq!(all.len(), terms::TERMS.len());
    // The equations of the paper have their numbers.
    for (term, number) in [("w", "eq. 1"), ("α", "eq. 1"), ("H", "eq. 2"), ("η", "eq. 2"), ("Oja", "eq. 3")] {
        assert!(glossary::of(term).unwrap().place.contains(number), "{term}");
    }
    assert_eq!(glossary::cited("DP, eq. 2"), "Miconi, Clune & Stanley 2018, eq. 2");
    assert_eq!(glossary::of("no such term"), None);
}

#[test]
fn the_fonts_have_every_sign_of_every_tooltip() {
    let context = egui::Context::default();
    theme::install(&context);
    let mut texts: Vec<String> =
        terms::TERMS.iter().map(|entry| [entry.term, entry.name, entry.meaning, entry.equation].concat()).collect();
    for task in TASKS {
        let settings = task.fields().iter().filter_map(|field| settings::setting(task.name(), field.key));
        texts.extend(settings.map(|setting| setting.equation));
    }
    let _drawn = context.run_ui(egui::RawInput::default(), |ui| {
        let font = egui::TextStyle::Body.resolve(ui.style());
        for text in &texts {
            for sign in text.chars().filter(|sign| *sign != '\n') {
                assert!(ui.fonts_mut(|fonts| fonts.has_glyph(&font, sign)), "no {sign} of {text}");
            }
        }
    });
}

/// A window whose tooltips come at once.
fn harness(app: App) -> Harness<'static, App> {
    let mut harness = windowed(app);
    harness.ctx.all_styles_mut(|style| style.interaction.tooltip_delay = 0.0);
    harness.run_steps(2);
    harness
}

/// Points at what has this label, and answers whether something that holds `words` is then shown.
fn says(harness: &mut Harness<'static, App>, label: &str, words: &str) -> bool {
    harness.remove_cursor();
    harness.run_steps(3);
    assert!(
        harness.query_all_by_label_contains(words).next().is_none(),
        "{words} is there before {label} is pointed at"
    );
    let places: Vec<_> = harness.query_all_by_label(label).map(|node| node.rect().center()).collect();
    assert!(!places.is_empty(), "no {label}");
    places.into_iter().any(|place| {
        harness.hover_at(place);
        harness.run_steps(6);
        harness.query_all_by_label_contains(words).next().is_some()
    })
}

#[test]
fn pointing_at_a_name_of_the_left_column_says_what_it_means() {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open_bundled(Bundled::ModulatedAgent);
    app.session.settle();
    app.session.clock.pause();
    let mut harness = harness(app);
    for label in ["source", "task", "neurons", "parameters", "rule", "M", "α", "trained for", "training seed", "device"]
    {
        let entry = glossary::of(label).unwrap();
        assert!(says(&mut harness, label, entry.meaning), "{label}");
    }
    for (label, term) in [("speed limit", "speed limit"), ("simple neuromodulation", "simple neuromodulation")] {
        let entry = glossary::of(term).unwrap();
        assert!(says(&mut harness, label, entry.meaning), "{label}");
    }
    // Every name that stands there has an entry.
    let left = harness.get_by_label("Network in view").rect();
    let training = harness.get_by_label("Training").rect();
    let names = harness.query_all_by_role(egui::Role::Label);
    let names: Vec<_> = names.filter(|node| (node.rect().left() - left.left()).abs() < 2.0).collect();
    let names = names.iter().filter(|node| (left.bottom()..training.top()).contains(&node.rect().center().y));
    let names: Vec<String> = names.filter_map(|node| node.accesskit_node().value()).collect();
    assert!(names.len() >= 7, "{names:?}");
    for name in names {
        assert!(glossary::of(&name).is_some(), "nothing is said of {name}");
    }
}

#[test]
fn pointing_at_a_symbol_of_the_inspector_gives_its_equation() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(small_checkpoint(folder.path(), &[]));
    app.session.settle();
    app.session.clock.pause();
    app.session.pin(Pinned::Synapse { from: 2, to: 5 });
    let mut harness = harness(app);
    for symbol in ["w", "α", "H", "α·H", "w + α·H"] {
        let entry = glossary::of(symbol).unwrap();
        assert!(says(&mut harness, symbol, entry.meaning), "{symbol}");
        harness.get_by_label_contains(&glossary::cited(entry.place));
    }
    let decay = glossary::of("decaying Hebb").unwrap();
    assert!(says(&mut harness, "Update rule", decay.meaning));
    harness.get_by_label(decay.equation);
    let label = format!("{}, choose another matrix", MatrixKind::Trace.symbol());
    assert!(says(&mut harness, &label, glossary::of("H").unwrap().meaning));
}

#[test]
fn pointing_at_a_hyperparameter_gives_meaning_default_equation_and_place() {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.training.set_task(tasks::find("maze").unwrap());
    let mut harness = harness(app);
    harness.set_size(egui::vec2(1280.0, 1500.0));
    harness.get_by_label("Hyperparameters").click();
    harness.run_steps(20);
    for field in tasks::find("maze").unwrap().fields() {
        let title = field.title_with_unit();
        assert!(says(&mut harness, &title, &format!("--set {}=", field.key)), "{title}");
        harness.get_by_label(field.help);
        let setting = settings::setting("maze", field.key).unwrap();
        harness.get_by_label(&glossary::cited(setting.place));
        for line in setting.equation.lines() {
            harness.get_by_label(line);
        }
    }
    assert!(says(&mut harness, "discount factor γ", "by default 0.9"));
}

#[test]
fn pointing_at_what_a_network_has_learned_from_shows_files_and_fingerprints() {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open_bundled(Bundled::Images);
    app.session.settle();
    app.session.clock.pause();
    let checkpoint = Bundled::Images.open().unwrap();
    let network = checkpoint.fingerprint().unwrap();
    let pictures = checkpoint.config.fingerprint.unwrap();
    let mut harness = harness(app);
    assert_eq!(harness.query_all_by_label("10\u{2005}000 pictures").count(), 1);
    for words in ["CIFAR-10, 10\u{2005}000 pictures", "data_batch_1.bin: 10\u{2005}000 pictures", &pictures, &network] {
        assert!(says(&mut harness, "learned from", words), "{words}");
    }
    // Another episode is one of the same network, and a network that makes up its patterns says which.
    harness.state_mut().session.new_episode(false);
    harness.state_mut().session.settle();
    harness.run_steps(3);
    assert!(says(&mut harness, "learned from", &network));
    harness.state_mut().session.open_bundled(Bundled::Letters);
    harness.state_mut().session.settle();
    harness.run_steps(3);
    let other = Bundled::Letters.open().unwrap().fingerprint().unwrap();
    assert!(says(&mut harness, "learned from", &other));
    assert_eq!(harness.query_all_by_label("random patterns").count(), 1);
    assert!(says(&mut harness, "learned from", "random patterns of 25 bits"));
}

#[test]
fn the_left_column_says_in_which_world_a_network_is_tested_if_it_is_not_that_of_training() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Bundled::Agent.open().unwrap();
    let changes = [("steps", "60"), ("pillars", "random")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    let one = checkpoint.config.altered_for_evaluation(&changes[1..]).unwrap();
    assert_eq!(one.differences_in_short().as_deref(), Some("pillars random"));
    let config = checkpoint.config.altered_for_evaluation(&changes).unwrap();
    let file = folder.path().join("elsewhere.safetensors");
    let specimen = Specimen { config: &config, ..checkpoint.specimen() };
    tape_file::write(&file, &specimen.episode(3).unwrap(), &checkpoint.parameters).unwrap();
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(file);
    app.session.settle();
    app.session.clock.pause();
    let mut harness = harness(app);
    harness.get_by_label("2 other settings");
    assert!(says(&mut harness, "world", glossary::of("world").unwrap().meaning));
    harness.get_by_label("steps 60 (trained with 200), pillars random (trained with regular)");
    harness.state_mut().session.open_bundled(Bundled::Agent);
    harness.state_mut().session.settle();
    harness.run_steps(3);
    assert_eq!(harness.query_all_by_label("world").count(), 0, "it is that of training");
}
