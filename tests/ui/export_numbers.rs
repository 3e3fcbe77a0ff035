//! Numbers that leave the window: the ledger of a connection as CSV, an episode as NPZ.

use crate::support::{npz, windowed};
use crate::ui::window::{quiet_session, small_checkpoint};
use egui_kittest::kittest::Queryable as _;
use hebbscope::episode::{Intervention, Ledger, What};
use hebbscope::train::Bundled;
use hebbscope::ui::{App, export};
use hebbscope::view::export::arrays::{NumpyArray, Values};
use hebbscope::view::export::exports::ExportKind;
use hebbscope::view::export::{Export, ExportError, Progress, Shown, Still, Written};
use hebbscope::view::inspection::Pinned;
use hebbscope::view::layout::Named;
use hebbscope::view::scene;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

fn still(scene: scene::Scene, at: usize, pinned: Option<Pinned>) -> Still {
    Still {
        scene,
        at,
        record: Arc::default(),
        shelf: hebbscope::view::lifetimes::Shelf::default(),
        intervention_evaluations: hebbscope::view::evaluations::interventions::InterventionEvaluations::default(),
        compared: hebbscope::view::comparison::Compared::default(),
        pinned,
        order: None,
        seen: hebbscope::view::export::Seen::default(),
    }
}

/// The bundled agent that modulates its traces, with something done to it.
fn agent() -> scene::Scene {
    let done = |step, what| Intervention::new(step, what);
    let deeds = vec![
        done(30, What::Erase),
        done(40, What::ScaleAlpha(0.5)),
        done(60, What::MoveReward([3, 5])),
        done(61, What::Act(2)),
    ];
    scene::bundled(Bundled::ModulatedAgent).unwrap().scene.of_seed(7).unwrap().branched(deeds).unwrap()
}

fn write(export: &Export, still: Still, path: &Path) -> Result<Written, ExportError> {
    let shown = Shown { still, dark: true, size: [640.0, 420.0], caption: true, look: Named::Watch.into() };
    export::write(export, &shown, path, &Progress::new(|_, _| {}))
}

/// The cells of a CSV file below its head.
fn cells(path: &Path) -> (String, Vec<Vec<String>>) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let head = lines.next().unwrap().to_owned();
    (head, lines.map(|line| line.split(',').map(str::to_owned).collect()).collect())
}

#[test]
fn what_remains_in_a_written_ledger_is_h() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.csv");
    let patterns = scene::opened(&small_checkpoint(folder.path(), &[])).unwrap().scene;
    let oja = scene::opened(&small_checkpoint(folder.path(), &[("rule", "oja")])).unwrap().scene;
    let (mut cut, mut rounded, mut named) = (0, 0, 0);
    for (scene, at) in [(patterns, 17), (oja, 20), (agent(), 20), (agent(), 30), (agent(), 31), (agent(), 150)] {
        for (from, to) in [(0, 1), (7, 20), (12, 3), (20, 20)] {
            let written =
                write(&Export::LedgerCsv, still(scene.clone(), at, Some(Pinned::Synapse { from, to })), &path);
            let tape = scene.tape();
            let what = written.unwrap().what;
            assert!(
                what.starts_with(&format!("the ledger of {from} → {to} at step {} of {}", at + 1, tape.steps)),
                "{what}"
            );
            let (head, rows) = cells(&path);
            assert_eq!(head, "step,event,written,cut,kept,remaining,H_after");
            let number = |row: &[String], column: usize| row[column].parse::<f64>().unwrap();
            let sum: f64 = rows.iter().map(|row| number(row, 5)).sum();
            let history = scene.reel.synapse_history(from, to);
            assert_eq!(sum, f64::from(history[at]), "{from} → {to} at {at}");
            let ledger = Ledger::of_synapse(tape, scene.layer_index, from, to, at);
            let steps: Vec<&Vec<String>> = rows.iter().filter(|row| row[1] != "rounding").collect();
            assert_eq!(steps.len(), ledger.entries().count());
            for (row, entry) in steps.into_iter().zip(ledger.entries()) {
                assert_eq!(row[0], (entry.step + 1).to_string(), "steps count from 1");
                assert_eq!(row[1], tape.event_at(entry.step).map(|event| tape.label(event)).unwrap_or_default());
                named += usize::from(!row[1].is_empty());
                let expected = [entry.written, entry.cut, entry.kept, entry.amount, f64::from(entry.after)];
                assert_eq!([2, 3, 4, 5, 6].map(|column| number(row, column)), expected);
                assert_eq!(entry.after, history[entry.step + 1]);
                cut += usize::from(entry.cut != 0.0);
            }
            rounded += usize::from(rows.iter().any(|row| row[1] == "rounding"));
        }
    }
    assert!(cut > 30 && rounded > 3 && named > 30, "{cut} cut off, {rounded} rounded, {named} of an event");
}

#[test]
fn without_a_connection_there_is_no_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.csv");
    let still_of = |settings: &[(&str, &str)], pinned| {
        still(scene::opened(&small_checkpoint(folder.path(), settings)).unwrap().scene, 9, pinned)
    };
    let synapse = Some(Pinned::Synapse { from: 3, to: 4 });
    for (still, words) in [
        (still_of(&[], None), "expected a pinned connection whose ledger it is, found none"),
        (still_of(&[], Some(Pinned::Neuron(3))), "expected a pinned connection whose ledger it is, found none"),
        (still_of(&[], Some(Pinned::Synapse { from: 3, to: 999 })), "found 3 → 999"),
        (still_of(&[("network", "non_plastic")], synapse), "expected a plastic network, found one without traces"),
    ] {
        let said = write(&Export::LedgerCsv, still, &path).unwrap_err().to_string();
        assert!(said.contains(words) && said.lines().count() == 1 && !path.exists(), "{said}");
    }
}

fn asset() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/modulated-agent.safetensors")
}

/// What the program says, and how it ends.
fn render(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hebbscope"));
    let output = command.arg("render").args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn render_writes_the_ledger_of_what_is_pinned() {
    let folder = tempfile::tempdir().unwrap();
    let (path, file) = (folder.path().join("ledger.csv"), asset());
    let [out, file] = [&path, &file].map(|path| path.to_str().unwrap());
    let (code, said) = render(&[file, "--seed", "7", "--do", "31:erase", "--at", "51", "--pin", "99:97", "--out", out]);
    assert!(code == Some(0) && said.contains("the ledger of 99 → 97 at step 51 of 200"), "{said}");
    let (_, rows) = cells(&path);
    assert_eq!(
        (rows[0][0].as_str(), rows.last().unwrap()[0].as_str()),
        ("31", "50"),
        "since it was erased, until then"
    );
    std::fs::remove_file(&path).unwrap();
    for (arguments, words) in [
        (&["--pin", "3"][..], "--pin expects a connection like 17:3 with .csv, found neuron 3"),
        (&["--at", "5"], "--at belongs to .csv with --pin FROM:TO only, found it without"),
        (&["--pin", "3:4", "--compare", "."], "--compare belongs to .csv without --pin, found both"),
        (&["--pin", "3:4", "--theme", "light"], "--theme belongs to .png, .svg, .pdf and .gif, found it with .csv"),
    ] {
        let (code, said) = render(&[&[file, "--out", out], arguments].concat());
        assert!(code == Some(2) && said.contains(words), "{said}");
        assert!(!path.exists());
    }
}

#[test]
fn an_episode_leaves_with_h_before_and_after_the_step_and_all_that_an_agent_did() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("episode.npz");
    let scene = agent();
    for at in [0, 29, 30, 118, 199] {
        let mut reel = scene.reel.clone();
        write(&Export::TensorsNpz, still(scene.clone(), at, None), &path).unwrap();
        let (found, tape) = (npz(&path), Arc::clone(scene.tape()));
        let size = [tape.neurons(); 2];
        let expect = |name: &str, array: NumpyArray| assert!(found[name] == array, "{name} at {at}");
        expect("H", NumpyArray::real(&size, reel.trace_at(at).to_vec()));
        expect("H.after", NumpyArray::real(&size, reel.written_at(at)));
        expect("step", NumpyArray::whole(&[], [at + 1]));
        let caption =
            format!("maze · {} · {} · iteration 50 000 · step {} of 200", scene.origin, scene.life_name(), at + 1);
        let Values::Words(words) = &found["caption"].values else { panic!("no words") };
        let spaces = |text: &str| text.replace(|letter: char| letter.is_whitespace(), " ");
        assert_eq!(spaces(&words[0]), spaces(&caption));
        assert!(found["caption"].shape.is_empty());
        let behaviour = tape.content.behaviour().unwrap();
        let (steps, inputs) = (tape.steps, behaviour.observations.len() / tape.steps);
        expect("observations", NumpyArray::real(&[steps, inputs], behaviour.observations.clone()));
        expect("probabilities", NumpyArray::real(&[steps, 4], behaviour.probabilities.clone()));
        expect("actions", NumpyArray::whole(&[steps], behaviour.actions.clone()));
        expect("rewards", NumpyArray::real(&[steps], behaviour.rewards.clone()));
        expect("values", NumpyArray::real(&[steps], behaviour.values.clone()));
        let modulator = tape.layers[0].modulator.as_ref().unwrap();
        expect("modulator", NumpyArray::real(&[steps], modulator.values.clone()));
        let [weight, bias] = modulator.fan_out.as_ref().unwrap();
        let fanned = modulator.values.iter().flat_map(|m| weight.iter().zip(bias).map(move |(a, b)| a * m + b));
        expect("modulator.fan_out", NumpyArray::real(&[steps, size[1]], fanned.collect()));
        assert!(!found.contains_key("E"), "this one has no eligibility trace");
        let walk = behaviour.walk.as_ref().unwrap();
        let turned = walk.squares.iter().flat_map(|[row, column]| [*column, *row]);
        expect("squares", NumpyArray::whole(&[steps + 1, 2], turned));
        let reward = (0..steps).flat_map(|step| if step < 60 { [walk.reward[1], walk.reward[0]] } else { [5, 3] });
        expect("reward_square", NumpyArray::whole(&[steps, 2], reward));
        expect("walls", NumpyArray::whole(&[walk.side; 2], walk.walls.iter().map(|wall| usize::from(*wall))));
        let words = |words: &[&str]| NumpyArray::words(words.iter().map(|word| (*word).to_owned()).collect());
        expect("interventions", words(&["31:erase", "41:alpha=0.5", "61:reward=5,3", "62:act=left"]));
        let (events, count) = (&tape.events, [tape.events.len()]);
        expect("events", NumpyArray::words(events.iter().map(|event| tape.label(event)).collect()));
        expect("events.first", NumpyArray::whole(&count, events.iter().map(|event| event.start + 1)));
        expect("events.last", NumpyArray::whole(&count, events.iter().map(|event| event.start + event.steps)));
    }
    // What is done before the next step is no part of what this one has left.
    let mut reel = scene.reel.clone();
    assert!(
        reel.trace_at(30).iter().all(|value| *value == 0.0) && reel.written_at(29).iter().any(|value| *value != 0.0)
    );
}

#[test]
fn what_npz_says_was_done_can_be_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, file) = (folder.path().join("episode.npz"), asset());
    let deeds =
        ["7:act=up", "8:act=left", "20:alpha=-1.5", "31:erase", "41:transplant=5", "61:reward=5,3", "99:freeze"];
    let mut arguments = vec![file.to_str().unwrap(), "--seed", "7", "--out", path.to_str().unwrap()];
    arguments.extend(deeds.iter().flat_map(|done| ["--do", done]));
    let (code, said) = render(&arguments);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(npz(&path)["interventions"], NumpyArray::words(deeds.map(str::to_owned).to_vec()));
}

#[test]
fn the_window_writes_the_ledger_of_a_pinned_synapse_and_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session = quiet_session();
    app.session.open(small_checkpoint(folder.path(), &[]));
    app.session.settle();
    app.session.clock.pause();
    app.session.clock.seek(10);
    app.session.unpin();
    app.session.exports.toggle();
    app.session.exports.choose(ExportKind::Ledger);
    let mut harness = windowed(app);
    harness.get_by_label("No synapse is pinned: click one in a matrix.");
    harness.get_by_label("Write file").click();
    harness.run_steps(2);
    assert!(harness.state().session.exports.job().is_none() && harness.state().session.exports.last().is_none());
    let path = folder.path().join("ledger.csv");
    let session = &mut harness.state_mut().session;
    session.pin(Pinned::Synapse { from: 3, to: 4 });
    session.exports.path_text = path.display().to_string();
    harness.run_steps(2);
    assert!(harness.query_by_label("No synapse is pinned: click one in a matrix.").is_none());
    harness.get_by_label("Write file").click();
    harness.run_steps(2);
    while harness.state().session.exports.job().is_some() {
        harness.run_steps(1);
    }
    harness.run_steps(2);
    harness.get_by_label_contains("the ledger of 3 → 4 at step 11 of");
    let (_, rows) = cells(&path);
    assert_eq!(rows[0][0], "1");
}
