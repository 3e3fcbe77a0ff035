//! A text that is read: what the panel says is what the tape holds, and a word leads to the step that was to foresee it.

use crate::support::{session_of, windowed};
use crate::workbench::checkpoint_file;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hebbscope::episode::Tape;
use hebbscope::ui::App;
use hebbscope::ui::layout::{Named, Subject};
use hebbscope::ui::numbers::{decimals, figures, percent};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A network that has hardly been trained, as a file.
pub fn checkpoint(folder: &Path) -> PathBuf {
    let small =
        [("words", "60"), ("cells", "9"), ("embedding", "8"), ("batch", "3"), ("steps", "6"), ("passage", "30")];
    checkpoint_file(folder, "language", 2, [&small[..], &[]])
}

fn opened(folder: &Path) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session = session_of(checkpoint(folder));
    let mut harness = windowed(app);
    harness.run_steps(3);
    harness
}

fn tape(harness: &Harness<'static, App>) -> Arc<Tape> {
    Arc::clone(harness.state().session.scene().unwrap().tape())
}

/// "“house” surprised by 7.3 bits; expected: …".
fn told(tape: &Tape, place: usize) -> String {
    let reading = tape.content.reading().unwrap();
    let bits = decimals(f64::from(reading.surprise(place - 1)), 1);
    let expected = reading.likeliest[place - 1].iter();
    let expected: Vec<String> =
        expected.map(|expected| format!("{} ({})", expected.word, percent(f64::from(expected.probability)))).collect();
    format!("“{}” surprised by {bits} bits; expected: {}", reading.words[place], expected.join(", "))
}

#[test]
fn every_word_says_how_much_it_surprised_and_leads_to_its_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(folder.path());
    let tape = tape(&harness);
    let reading = tape.content.reading().unwrap();
    harness.get_by_label(&format!("“{}”, the first word", reading.words[0]));
    for place in [7, 20, 30] {
        // Where a word comes twice with the same expectations, the first leads to its own step.
        let words = told(&tape, place);
        let first = (1..=30).find(|other| told(&tape, *other) == words).unwrap();
        harness.get_all_by_label(&words).next().unwrap().click();
        harness.run_steps(3);
        assert_eq!(harness.state().session.clock.at(), first - 1, "{words}");
        assert!(!harness.state().session.clock.is_playing());
    }
}

#[test]
fn what_is_expected_and_how_well_the_text_was_foreseen_so_far_follow_the_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(folder.path());
    let tape = tape(&harness);
    let reading = tape.content.reading().unwrap();
    for at in [0, 11, 29] {
        harness.state_mut().session.clock.seek(at);
        harness.run_steps(3);
        let bits = (0..=at).map(|step| reading.surprise(step)).sum::<f32>() / (at + 1) as f32;
        harness.get_by_label_contains(&format!("perplexity so far {}", figures(f64::from(bits.exp2()), 3)));
        for expected in &reading.likeliest[at] {
            let share = percent(f64::from(expected.probability));
            let comes = if expected.word == reading.words[at + 1] { ", and it comes" } else { "" };
            harness.get_by_label(&format!("{} expected with {share}{comes}", expected.word));
        }
    }
}

#[test]
fn a_text_has_layouts_of_its_own_and_both_layers_can_be_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let harness = opened(folder.path());
    assert_eq!(harness.state().session.scene().unwrap().subject(), Subject::Text);
    for layout in Named::ALL {
        assert!(layout.arrangement_for(Subject::Text).panels().contains(&"Words"), "{layout:?}");
    }
    let names: Vec<String> = tape(&harness).layers.iter().map(|record| record.layer.name.to_string()).collect();
    assert_eq!(names, ["lstm1", "lstm2"]);
}
