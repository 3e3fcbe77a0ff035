//! A text that is read: what the panel says is what the tape holds, and a word leads to the step that was to foresee it.

use crate::support::{run_until, session_of, windowed};
use crate::ui::memories::drop_files;
use crate::workbench::{checkpoint_file, with_loud_traces};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hebbscope::episode::reading::Foresight;
use hebbscope::episode::{Gate, Intervention, Tape, What};
use hebbscope::files::Precision;
use hebbscope::train::Checkpoint;
use hebbscope::ui::App;
use hebbscope::view::layout::{Named, Subject};
use hebbscope::view::numbers::{decimals, figures, percent};
use std::collections::BTreeSet;
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

/// "“house” surprised by 7.3 bits; expected: …; the trace knew 0.0 bits of it; expected without: …".
fn told(tape: &Tape, place: usize) -> String {
    let reading = tape.content.reading().unwrap();
    let bits = decimals(f64::from(reading.surprise(place - 1)), 1);
    let shown = |word: &str| word.replace("<eos>", "⏎");
    let likeliest = |foresight: &Foresight| {
        let words = foresight.likeliest[place - 1].iter();
        let words = words.map(|one| format!("{} ({})", shown(&one.word), percent(f64::from(one.probability))));
        words.collect::<Vec<_>>().join(", ")
    };
    format!(
        "“{}” surprised by {bits} bits; expected: {}; the trace knew {} bits of it; expected without: {}",
        shown(&reading.words[place]),
        likeliest(&reading.foresight),
        signed(reading.known_by_trace(place - 1).unwrap()),
        likeliest(reading.without_trace.as_ref().unwrap())
    )
}

/// "+0.2", "0.0".
fn signed(bits: f32) -> String {
    let text = decimals(f64::from(bits), 1);
    let is_zero = text.trim_start_matches('−') == "0.0";
    if is_zero { "0.0".to_owned() } else { format!("{}{text}", if bits > 0.0 { "+" } else { "" }) }
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
        for expected in &reading.foresight.likeliest[at] {
            let share = percent(f64::from(expected.probability));
            let comes = if expected.word == reading.words[at + 1] { ", and it comes" } else { "" };
            harness.get_by_label(&format!("{} expected with {share}{comes}", expected.word));
        }
        // Where there is room, beside what is expected without the traces.
        for expected in &reading.without_trace.as_ref().unwrap().likeliest[at] {
            let share = percent(f64::from(expected.probability));
            let begin = format!("{} expected without the trace with {share}", expected.word);
            assert!(labels(&harness, |label| label.starts_with(&begin)) > 0, "{begin}");
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

/// Opened, with traces that count.
fn opened_with_traces(folder: &Path) -> Harness<'static, App> {
    let path = checkpoint(folder);
    let mut network = Checkpoint::read(&path).unwrap();
    with_loud_traces(&mut network);
    network.write(&path, Precision::Full).unwrap();
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session = session_of(path);
    let mut harness = windowed(app);
    harness.run_steps(3);
    harness
}

/// How many labels are such.
fn labels(harness: &Harness<'static, App>, is_such: impl Fn(&str) -> bool) -> usize {
    // The words of a label are its value.
    harness
        .query_all_by(|node| {
            node.label().is_some_and(|words| is_such(words.as_ref()))
                || node.value().is_some_and(|words| is_such(words.as_ref()))
        })
        .count()
}

fn life_name(app: &App) -> Option<String> {
    Some(app.session.scene()?.life_name())
}

#[test]
fn words_of_which_the_trace_knows_most_are_listed_as_far_as_they_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened_with_traces(folder.path());
    let tape = tape(&harness);
    let reading = tape.content.reading().unwrap();
    harness.get_by_label("what the trace knows").click();
    harness.run_steps(2);
    for at in [14, 29] {
        harness.state_mut().session.clock.seek(at);
        harness.run_steps(3);
        let mut gains: Vec<(f32, usize)> = (0..=at)
            .map(|step| (reading.known_by_trace(step).unwrap(), step))
            .filter(|(bits, _)| *bits >= 0.05)
            .collect();
        gains.sort_by(|left, right| right.0.total_cmp(&left.0));
        // A word once.
        let mut words = BTreeSet::new();
        gains.retain(|(_, step)| words.insert(&reading.words[step + 1]));
        assert!(!gains.is_empty(), "traces that count");
        for (bits, step) in gains.into_iter().take(3) {
            let before = (0..=step).filter(|place| reading.words[*place] == reading.words[step + 1]).count();
            let before = match before {
                0 => "not seen before".to_owned(),
                1 => "seen once before".to_owned(),
                times => format!("seen {times} times before"),
            };
            let word = reading.words[step + 1].replace("<eos>", "⏎");
            let begin = format!("{word} {} bits: p ", signed(bits));
            let is_it = |label: &str| label.starts_with(&begin) && label.ends_with(&before);
            assert!(labels(&harness, is_it) > 0, "{begin}… {before}");
        }
    }
}

#[test]
fn a_text_of_ones_own_is_typed_read_frozen_and_left_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened_with_traces(folder.path());
    let episode = life_name(harness.state()).unwrap();
    harness.get_by_label("Your text …").click();
    harness.run_steps(3);
    harness.input_mut().events.push(egui::Event::Paste("To be or not to be. It is a Xylophone, and it was!".into()));
    harness.run_steps(3);
    harness.get_by_label("Read").click();
    run_until(&mut harness, "the text", |app| life_name(app).as_deref() == Some("your text"));
    let read = tape(&harness);
    let words = read.content.reading().unwrap().words.join(" ");
    assert_eq!(words, "to be or not to be <eos> it is a <unk> and it was <eos>");
    // What is done to it is done to these words.
    let erased = vec![Intervention { step: 5, layer: 0, what: What::Erase }];
    let scene = harness.state().session.scene().unwrap().branched(erased).unwrap();
    let [own, changed] = [&read, scene.tape()].map(|tape| tape.content.reading().unwrap().clone());
    assert_eq!(own.words, changed.words);
    let [own, changed] = [own, changed].map(|reading| reading.foresight.log_likelihoods);
    assert_eq!(own[..5], changed[..5]);
    assert_ne!(own[5..], changed[5..]);
    assert!(scene.is_own() && scene.life_name().starts_with("your text, with intervention from step 6"));

    harness.get_by_label("Back to the episode").click();
    run_until(&mut harness, "the episode", |app| life_name(app) == Some(episode.clone()));
    // Nothing that can be read: said, and the text in view stays.
    harness.get_by_label("Your text …").click();
    harness.run_steps(3);
    // What was typed is still there, to be mended.
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    harness.run_steps(2);
    harness.input_mut().events.push(egui::Event::Paste("Xylophone".into()));
    harness.run_steps(3);
    harness.get_by_label("Read").click();
    run_until(&mut harness, "the refusal", |app| !app.session.notices.is_empty());
    let notice = &harness.state().session.notices[0];
    assert!(notice.is_error, "{notice:?}");
    assert!(notice.text.contains("your text: expected words that the network knows, found none among 1"), "{notice:?}");
    harness.get_by_label("Your text …").click();
    harness.run_steps(3);
    assert!(
        harness.query_all_by(|node| node.value().is_some_and(|text| text == "Xylophone")).count() > 0,
        "it is kept"
    );
    assert_eq!(life_name(harness.state()), Some(episode));
}

#[test]
fn a_text_file_is_dropped_and_other_files_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(folder.path());
    let [file, latin] = ["novel.TXT", "latin.txt"].map(|name| folder.path().join(name));
    std::fs::write(&file, "It was a man, and it was to be she.").unwrap();
    std::fs::write(&latin, b"na\xefve").unwrap();
    drop_files(&mut harness, &[&file]);
    run_until(&mut harness, "the text", |app| life_name(app).as_deref() == Some("your text"));
    drop_files(&mut harness, &[&latin]);
    run_until(&mut harness, "the refusal", |app| !app.session.notices.is_empty());
    let text = &harness.state().session.notices[0].text;
    assert!(text.contains("found byte 0xef in line 1, as Latin-1"), "{text}");
    assert_eq!(life_name(harness.state()).as_deref(), Some("your text"), "nothing is lost");
}

#[test]
fn the_network_writes_on_from_the_word_in_view() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened_with_traces(folder.path());
    let before = tape(&harness);
    harness.state_mut().session.clock.pause();
    harness.state_mut().session.clock.seek(9);
    harness.get_by_label("Write on …").click();
    harness.run_steps(3);
    harness.get_by_label_contains("Write after “").click();
    let name = "written by the network from word 11 on";
    run_until(&mut harness, "what it writes", |app| life_name(app).as_deref() == Some(name));
    let written = tape(&harness);
    let [before, written] = [&before, &written].map(|tape| tape.content.reading().unwrap());
    assert_eq!((written.given, written.words.len()), (Some(10), 70));
    assert_eq!(written.words[..10], before.words[..10]);
    assert!(harness.state().session.clock.at() >= 9, "it is seen from where it was written");
    // At the last step it goes on behind the last word.
    harness.state_mut().session.clock.pause();
    harness.state_mut().session.clock.seek(68);
    harness.run_steps(2);
    harness.get_by_label_contains("Write after “").click();
    let name = "written by the network from word 71 on";
    run_until(&mut harness, "more of it", |app| life_name(app).as_deref() == Some(name));
    let more = tape(&harness);
    assert_eq!(more.content.reading().unwrap().words[..70], written.words);
    harness.get_by_label("Back to the episode").click();
    run_until(&mut harness, "the episode", |app| life_name(app).is_some_and(|name| name.starts_with("episode")));
}

#[test]
fn the_gates_of_each_layer_are_read_out_cell_by_cell() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(folder.path());
    harness.state_mut().show_panel("Gates", "Rank");
    harness.state_mut().session.clock.seek(11);
    harness.run_steps(3);
    let tape = tape(&harness);
    for (layer, record) in tape.gates.iter().enumerate() {
        if layer > 0 {
            harness.get_by_label("lstm2").click();
            harness.run_steps(3);
        }
        let mean = |gate| record.at(11, gate).iter().sum::<f32>() / record.cells as f32;
        let [input, forget, output] =
            [Gate::Input, Gate::Forget, Gate::Output].map(|gate| decimals(f64::from(mean(gate)), 2));
        let means = format!("step 12: input i {input}, forget f {forget}, output o {output} on the mean");
        harness.get_by_label_contains(&means);
        let open = record.at(11, Gate::Forget).iter().filter(|value| **value > 0.5).count();
        let cells =
            format!("forget gates of {} cells over 30 steps, {open} more than half open at step 12", record.cells);
        let place = harness.get_by_label(&cells).rect();
        let title = format!("f of {} cells", record.cells);
        let is_title = |shape: &egui::Shape| matches!(shape, egui::Shape::Text(text) if text.galley.text() == title);
        assert!(harness.output().shapes.iter().any(|clipped| is_title(&clipped.shape)), "{title} is not written");
        // The fifth cell at the last step.
        harness.hover_at(place.left_top() + place.size() * egui::vec2(0.995, 4.5 / record.cells as f32));
        harness.run_steps(2);
        let value = decimals(f64::from(record.at(29, Gate::Forget)[4]), 3);
        let told = format!("step 30: forget gate f of cell 4 is {value}");
        assert_eq!(harness.state().session.hover.as_deref(), Some(told.as_str()));
    }
}
