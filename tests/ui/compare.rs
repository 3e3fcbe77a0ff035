//! Runs beside each other: grouped by what they have in common, with the median and the quartiles over seeds.

use crate::support::{keep, offscreen};
use crate::ui::window::{quiet_session, wait_for};
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::tasks;
use hebbscope::train::run_folder::{checkpoint_path, is_run, runs_below};
use hebbscope::train::{History, Point, RunConfig, RunFolder, Trainer};
use hebbscope::ui::panels::curve::Curve;
use hebbscope::ui::{App, theme};
use hebbscope::view::Session;
use hebbscope::view::comparison::Compared;
use hebbscope::view::curves::Source;
use hebbscope::view::curves::axis::Scale;
use hebbscope::view::curves::bands::Bands;
use hebbscope::view::curves::number::Number;
use hebbscope::view::curves::outline::Mark;
use hebbscope::view::curves::quartiles::Quartiles;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

/// A run of some settings and a seed that has come so far.
fn config(task: &str, settings: &[(&str, &str)], seed: u64) -> RunConfig {
    let mut config = RunConfig::new(tasks::find(task).unwrap());
    for (key, value) in settings {
        config.settings.set_text(key, value).unwrap();
    }
    config.seed = seed;
    config
}

/// Its numbers: all the same, so that quartiles are known.
fn history(name: &str, settings: &[(&str, &str)], seed: u64, value: f32, length: usize) -> History {
    let point = Point { loss: value, measure: value, eta: 0.01, grad_norm: 2.0 * value };
    History {
        folder: PathBuf::from("runs").join(name),
        config: config("maze", settings, seed),
        points: vec![point; length],
        step_seconds: vec![0.5; length],
    }
}

fn compared(runs: Vec<History>) -> Compared {
    let mut compared = Compared::default();
    let refused = compared.add(runs);
    assert!(refused.is_empty(), "{refused:?}");
    compared
}

const SMALL: [(&str, &str); 4] = [("size", "20"), ("count", "2"), ("show_steps", "3"), ("rounds", "1")];

/// Run folders of a small task, each some iterations long, as training leaves them.
fn train(parent: &Path, settings: &[(&str, &str)], name: &str, lengths: &[usize]) {
    for (seed, &length) in lengths.iter().enumerate() {
        let settings: Vec<(&str, &str)> = SMALL.iter().chain(settings).copied().collect();
        let mut trainer = Trainer::new(config("patterns", &settings, seed as u64)).unwrap();
        let mut folder = RunFolder::create(&parent.join(format!("{name}-{seed}")), trainer.config()).unwrap();
        for _ in 0..length {
            trainer.step().unwrap();
        }
        let ages: Vec<f64> = (1..=length).map(|index| index as f64 * 0.25).collect();
        folder.write_metrics(trainer.curve(), &ages).unwrap();
        folder.save(&trainer.checkpoint().unwrap()).unwrap();
    }
}

#[test]
fn where_runs_differ_in_length_quartiles_are_over_those_that_got_so_far() {
    let runs = vec![vec![1.0; 5], vec![2.0, 2.0, f32::NAN], vec![4.0; 4], vec![8.0; 2]];
    let quartiles = Quartiles::of(&runs);
    assert_eq!(quartiles.counts, [4, 4, 2, 2, 1]);
    assert_eq!(quartiles.median.values(), [3.0, 3.0, 2.5, 2.5, 1.0]);
    assert_eq!(quartiles.low.values()[..2], [1.75, 1.75]);
    assert_eq!(quartiles.high.values()[..2], [5.0, 5.0]);
    assert!(quartiles.low.values()[2].is_nan() && quartiles.high.values()[2].is_nan(), "two values have no quartiles");
    assert_eq!(quartiles.reached, 3, "the band goes as far as three runs");
    assert_eq!(Quartiles::of(&runs[..2]).reached, 3, "of fewer, as far as all of them");
    assert_eq!(Quartiles::of(&[]).counts.len(), 0);
}

#[test]
fn runs_are_grouped_by_everything_but_seed_and_length_and_named_by_what_differs() {
    let plain = |seed| history(&format!("a-{seed}"), &[], seed, 1.0, 10 + seed as usize);
    let names = |compared: &Compared| -> Vec<String> {
        compared.groups().iter().map(hebbscope::view::comparison::Group::title).collect()
    };
    assert_eq!(names(&compared(vec![plain(0)])), ["a-0 (n = 1)"]);
    let mut longer = plain(1);
    longer.config.iterations = 7;
    assert_eq!(names(&compared(vec![plain(0), longer])), ["runs (n = 2)"], "nothing differs: the folder names it");

    let other = |seed| history(&format!("b-{seed}"), &[("network", "non_plastic")], seed, 2.0, 10);
    let both = compared(vec![plain(0), other(0), plain(1), plain(2)]);
    assert_eq!(names(&both), ["network = plastic (n = 3)", "network = non_plastic (n = 1)"]);
    let slower = history("c", &[("network", "non_plastic"), ("lr", "0.001")], 0, 3.0, 10);
    let three = compared(vec![plain(0), other(0), slower]);
    assert_eq!(
        names(&three),
        [
            "network = plastic, lr = 0.0001 (n = 1)",
            "network = non_plastic, lr = 0.0001 (n = 1)",
            "network = non_plastic, lr = 0.001 (n = 1)"
        ]
    );
}

#[test]
fn a_group_keeps_its_colour_while_others_come_and_go() {
    let run = |network: &str, seed| history(&format!("{network}-{seed}"), &[("network", network)], seed, 1.0, 10);
    let mut compared = compared(vec![run("plastic", 0), run("non_plastic", 0)]);
    compared.toggle(1);
    compared.remove(0);
    assert_eq!(compared.groups().len(), 1);
    assert_eq!((compared.groups()[0].slot, compared.groups()[0].is_shown), (1, false));
    let before = compared.stamp();
    assert!(compared.add(vec![run("modulated", 0), run("non_plastic", 1), run("non_plastic", 1)]).is_empty());
    let slots: Vec<usize> = compared.groups().iter().map(|group| group.slot).collect();
    assert_eq!(slots, [1, 0]);
    assert_eq!(compared.groups()[0].runs.len(), 2, "a folder that is there already is not added again");
    assert!(!compared.groups()[0].is_shown && compared.stamp() != before);
}

#[test]
fn a_run_that_cannot_stand_beside_the_others_is_refused_by_name() {
    let mut compared = compared(vec![history("one", &[], 3, 1.0, 10)]);
    let mut patterns = history("other", &[], 0, 1.0, 10);
    patterns.config = config("patterns", &[], 0);
    let refused = compared.add(vec![
        history("again", &[], 3, 2.0, 10),
        patterns,
        // The same numbers: the same run by another path, which needs no word.
        history("../runs/one", &[], 3, 1.0, 8),
    ]);
    assert_eq!(refused.len(), 2);
    let told: Vec<String> = refused.iter().map(ToString::to_string).collect();
    assert_eq!(
        told[0],
        "runs/again: expected another training seed than runs/one has, found training seed 3 with the same settings"
    );
    assert_eq!(told[1], "runs/other: expected a run of task maze like the others, found one of patterns");
    assert_eq!(compared.groups().len(), 1);
}

#[test]
fn bands_are_of_smoothed_values_and_worked_out_once() {
    let runs = (0..5).map(|seed| history(&format!("r-{seed}"), &[], seed, 2f32.powi(seed as i32), 40));
    let compared = compared(runs.collect());
    let mut bands = Bands::default();
    bands.update(&compared, Number::Measure, 20);
    let band = &bands.all()[0];
    assert!(band.has_quartiles());
    let at = |sequence: &hebbscope::view::curves::pyramid::Pyramid| sequence.values()[39];
    let quartiles = &band.quartiles;
    assert_eq!([&quartiles.low, &quartiles.median, &quartiles.high].map(at), [2.0, 4.0, 8.0]);
    bands.update(&compared, Number::Rate, 20);
    assert_eq!(at(&bands.all()[0].quartiles.median), 2.0, "half a second each");
    let mut fewer = compared.clone();
    fewer.remove(0);
    bands.update(&fewer, Number::Rate, 20);
    assert!(bands.all().is_empty());
}

#[test]
fn a_run_folder_is_read_back_as_it_was_written_and_half_a_line_is_left_for_later() {
    let folder = tempfile::tempdir().unwrap();
    train(folder.path(), &[], "run", &[4]);
    let path = folder.path().join("run-0");
    let whole = History::read(&path).unwrap();
    assert_eq!((whole.points.len(), whole.config.seed), (4, 0));
    assert_eq!(whole.step_seconds, [0.25; 4]);
    let checkpoint = hebbscope::train::open::checkpoint(&path).unwrap();
    assert!(whole.points == checkpoint.curve, "the metrics are not the curve of the checkpoint");
    assert!(whole.is_of(&checkpoint.curve[..2]) && !whole.is_of(&[]));
    assert!(!whole.is_of(&[Point { loss: 9.0, ..checkpoint.curve[0] }]));

    let metrics = path.join("metrics.csv");
    let text = std::fs::read_to_string(&metrics).unwrap();
    std::fs::write(&metrics, &text[..text.len() - 3]).unwrap();
    assert_eq!(History::read(&path).unwrap().points.len(), 3);
    for (damaged, words) in [
        (text.replace("\n3,", "\n7,"), "metrics.csv: expected the six numbers of iteration 3, found 7,"),
        (text.replace("loss", "joy"), "metrics.csv: expected the columns iteration,loss,error,eta,grad_norm,seconds"),
        (String::new(), "found "),
    ] {
        std::fs::write(&metrics, damaged).unwrap();
        let error = History::read(&path).unwrap_err().to_string();
        assert!(error.contains(words) && error.lines().count() == 1, "{error}");
    }
    // Without its table the numbers of a run are those of its checkpoint.
    std::fs::remove_file(&metrics).unwrap();
    assert!(History::read(&path).unwrap().points == checkpoint.curve);
    std::fs::remove_file(checkpoint_path(&path)).unwrap();
    assert!(History::read(&path).unwrap_err().to_string().contains("metrics.csv: cannot be read"));
}

#[test]
fn a_folder_of_runs_is_compared_and_its_first_run_opened() {
    let folder = tempfile::tempdir().unwrap();
    train(folder.path(), &[], "seed", &[3, 5, 4]);
    assert!(!is_run(folder.path()) && runs_below(folder.path()).len() == 3);
    let mut session = quiet_session();
    session.open(folder.path().to_owned());
    session.settle();
    assert!(session.notices.is_empty(), "{:?}", session.notices);
    assert_eq!(session.scene().unwrap().origin, "seed-0");
    let source = Source::of(&session).unwrap();
    assert_eq!(source.compared.unwrap().groups()[0].runs.len(), 3);
    assert!(source.points.is_empty(), "the run in view is among those compared, and drawn once");
    assert_eq!(source.viewing, Some(3));

    let other = tempfile::tempdir().unwrap();
    session.open(crate::ui::window::small_checkpoint(other.path(), &[]));
    session.settle();
    assert_eq!(Source::of(&session).unwrap().points.len(), 5, "another run is drawn beside them");
    session.open(crate::ui::maze_panel::checkpoint(other.path()));
    session.settle();
    let source = Source::of(&session).unwrap();
    assert_eq!((source.points.len(), source.other_task), (0, Some("maze")));
    session.comparison.clear();
    assert_eq!(Source::of(&session).unwrap().measure.key, "reward");
}

#[test]
fn what_cannot_be_read_is_named_and_the_others_still_come() {
    let folder = tempfile::tempdir().unwrap();
    train(folder.path(), &[], "seed", &[2, 2, 2]);
    std::fs::write(folder.path().join("seed-1/config.toml"), "task = \"chess\"").unwrap();
    let empty = tempfile::tempdir().unwrap();
    let mut session = quiet_session();
    session.compare(vec![folder.path().to_owned(), empty.path().to_owned(), folder.path().join("nowhere")]);
    wait_for(&mut session, "the runs", |session| session.comparison.unread() == 0);
    let told: Vec<&str> = session.notices.iter().map(|notice| notice.text.as_str()).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.iter().any(|text| text.contains("seed-1/config.toml") && text.contains("chess")), "{told:?}");
    assert!(told.iter().any(|text| text.contains("found a folder without runs")), "{told:?}");
    assert!(told.iter().any(|text| text.contains("nowhere") && text.contains("found nothing there")), "{told:?}");
    assert_eq!(session.comparison.compared().groups()[0].runs.len(), 2);
}

#[test]
fn a_run_that_grows_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut trainer = Trainer::new(config("patterns", &SMALL, 0)).unwrap();
    let path = folder.path().join("growing");
    let mut run = RunFolder::create(&path, trainer.config()).unwrap();
    let mut grow = || {
        trainer.step().unwrap();
        run.write_metrics(trainer.curve(), &[1.0]).unwrap();
    };
    grow();
    let mut session = quiet_session();
    session.compare(vec![path]);
    session.settle();
    let length = |session: &Session| session.comparison.compared().groups()[0].runs[0].points.len();
    assert_eq!(length(&session), 1);
    let stamp = session.comparison.compared().stamp();
    grow();
    wait_for(&mut session, "the second iteration", |session| length(session) == 2);
    assert!(session.comparison.compared().stamp() != stamp && session.notices.is_empty());
}

/// Three groups that look like learning: five runs, two, and one that is longer.
fn groups() -> Compared {
    let mut runs = Vec::new();
    for (network, seeds, length) in [("plastic", 5u64, 900usize), ("non_plastic", 2, 700), ("modulated", 1, 1200)] {
        for seed in 0..seeds {
            let mut run =
                history(&format!("{network}-{seed}"), &[("network", network)], seed, 0.0, length - 60 * seed as usize);
            for (index, point) in run.points.iter_mut().enumerate() {
                let wave = (index as f32 * (0.05 + 0.01 * seed as f32)).sin();
                let rise = 1.0 - (-(index as f32) / (200.0 + 40.0 * seed as f32)).exp();
                point.measure = length as f32 / 10.0 * rise + 2.0 * wave;
                point.loss = 1.5 - rise + 0.05 * wave;
            }
            runs.push(run);
        }
    }
    compared(runs)
}

fn source(compared: &Compared) -> Source<'_> {
    let measure = compared.task().unwrap().measure();
    Source {
        validations: &[],
        points: &[],
        step_seconds: None,
        measure,
        viewing: None,
        planned: 0,
        is_live: false,
        compared: Some(compared),
        other_task: None,
    }
}

#[test]
fn groups_have_a_picture_in_both_themes_and_one_that_is_hidden_is_not_drawn() {
    let Some(mut device) = offscreen() else { return };
    let mut groups = groups();
    let mut pictures = Vec::new();
    for is_dark in [true, false] {
        for size in [[620.0, 340.0], [300.0, 240.0]] {
            let context = device.context();
            theme::install(context);
            context.set_theme(if is_dark { egui::Theme::Dark } else { egui::Theme::Light });
            let mut curve = Curve::default();
            let drawn = device.draw(size, 1.0, &mut |ui| {
                let frame = egui::Frame::new().fill(theme::Palette::of(ui.ctx()).surface).inner_margin(10);
                frame.show(ui, |ui| curve.curve_ui(ui, &source(&groups)));
            });
            let drawn = drawn.unwrap();
            keep(&drawn, &format!("compare-{}-{}", if is_dark { "dark" } else { "light" }, size[0]));
            assert!(!pictures.contains(&drawn));
            pictures.push(drawn);
        }
        // The second theme is drawn with one group hidden.
        groups.toggle(1);
    }
    for (x, y) in [(Scale::Log, Scale::Linear), (Scale::Linear, Scale::Log), (Scale::Log, Scale::Log)] {
        let mut curve = Curve::default();
        curve.set_scales(x, y);
        let drawn = device.draw([620.0, 340.0], 1.0, &mut |ui| {
            curve.curve_ui(ui, &source(&groups));
        });
        let drawn = drawn.unwrap();
        assert!(!pictures.contains(&drawn), "{x:?} {y:?}");
        keep(&drawn, &format!("compare-{x:?}-{y:?}"));
        pictures.push(drawn);
    }
    let modulator = theme::Palette::of(device.context()).modulator;
    let has = |color: egui::Color32| pictures[2].pixels().any(|pixel| pixel.0 == color.to_array());
    assert!(has(modulator), "the group that is shown has no line");
}

/// A panel in a window of its own, with what it answers.
fn harness(compared: Compared) -> Harness<'static, (App, Option<String>)> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.comparison.show(compared);
    let mut is_set_up = false;
    let mut harness = Harness::builder().with_size([560.0, 360.0]).build_ui_state(
        move |ui, (app, hover): &mut (App, Option<String>)| {
            if !std::mem::replace(&mut is_set_up, true) {
                theme::install(ui.ctx());
                return ui.ctx().request_repaint();
            }
            app.session.hover = None;
            app.panel_ui(ui, 2);
            hover.clone_from(&app.session.hover);
        },
        (app, None),
    );
    harness.run_steps(3);
    harness
}

#[test]
fn the_pointer_reads_out_every_group_and_the_legend_hides_and_takes_away() {
    let mut harness = harness(groups());
    harness.get_by_label_contains("network = plastic of 5 runs, median at last");
    harness.hover_at(egui::pos2(150.0, 250.0));
    harness.run_steps(3);
    let words = harness.state().1.clone().unwrap();
    for expected in [
        "network = plastic: median ",
        ", quartiles ",
        "n = 5",
        "network = non_plastic: ",
        " and ",
        "n = 2",
        "modulated: ",
        "n = 1",
    ] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    harness.hover_at(egui::pos2(540.0, 250.0));
    harness.run_steps(3);
    let words = harness.state().1.clone().unwrap();
    assert!(words.contains("modulated") && !words.contains("plastic:"), "only one run got so far: {words}");

    harness.get_by_label_contains("show network = plastic: 5 runs, training seeds 0, 1, 2, 3, 4").click();
    harness.run_steps(3);
    assert!(!harness.state().0.session.comparison.compared().groups()[0].is_shown);
    harness.get_by_label("take network = non_plastic away").click();
    harness.run_steps(3);
    let left: Vec<String> =
        harness.state().0.session.comparison.compared().groups().iter().map(|group| group.name.clone()).collect();
    assert_eq!(left, ["network = plastic", "network = modulated"]);
}

#[test]
fn where_two_groups_are_shown_the_pointer_tells_whether_chance_would_part_them() {
    let group = |network: &str, first: i32| -> Vec<History> {
        let run = |seed: u64| {
            let value = 2f32.powi(first + seed as i32);
            history(&format!("{network}-{seed}"), &[("network", network)], seed, value, 400)
        };
        (0..5).map(run).collect()
    };
    let [high, low, few] = [group("plastic", 5), group("non_plastic", 0), group("modulated", 0)[..2].to_vec()];
    let told = |compared: Compared| {
        let mut harness = harness(compared);
        harness.hover_at(egui::pos2(250.0, 250.0));
        harness.run_steps(3);
        harness.state().1.clone().unwrap()
    };
    let two = compared([high.clone(), low.clone()].concat());
    // Of the 252 ways to choose five of ten runs two part them so.
    assert!(told(two.clone()).ends_with("rank-sum test: p = 0.0079 (exact)"), "{}", told(two));
    let three = compared([high.clone(), low, few.clone()].concat());
    assert!(!told(three.clone()).contains("rank-sum"), "of three groups it is not said which are meant");
    let mut hidden = three;
    hidden.toggle(2);
    assert!(told(hidden).contains("rank-sum"), "two of them are left");
    assert!(!told(compared([high, few].concat())).contains("rank-sum"), "two runs are too few");
}

#[test]
fn a_value_that_is_not_finite_is_marked_although_the_other_seeds_have_a_median() {
    let runs = |values: [f32; 2]| {
        let mut runs: Vec<History> =
            (0..5).map(|seed| history(&format!("r-{seed}"), &[], seed, 2f32.powi(seed as i32), 400)).collect();
        [runs[1].points[100].measure, runs[3].points[250].measure] = values;
        compared(runs)
    };
    let mut bands = Bands::default();
    bands.update(&runs([f32::NAN, f32::NEG_INFINITY]), Number::Measure, 20);
    let [nan, infinite] = bands.all()[0].left_out[..] else { panic!("{:?}", bands.all()[0].left_out) };
    assert_eq!((nan.seed, nan.place, nan.mark), (1, 100, Mark::NotANumber));
    assert_eq!((infinite.seed, infinite.place, infinite.mark), (3, 250, Mark::MinusInfinity));
    bands.update(&runs([1.0; 2]), Number::Measure, 20);
    assert!(bands.all()[0].left_out.is_empty());
    bands.update(&runs([f32::NAN; 2]), Number::Loss, 20);
    assert!(bands.all()[0].left_out.is_empty(), "another number of the same run");

    let mut harness = harness(runs([f32::NAN, f32::INFINITY]));
    harness.get_by_label_contains(
        "training seed 1 not finite at iteration 101, training seed 3 not finite at iteration 251",
    );
    let mut found = false;
    for x in (100..300).step_by(3) {
        harness.hover_at(egui::pos2(x as f32, 250.0));
        harness.run_steps(2);
        let words = harness.state().1.clone().unwrap();
        found |=
            words.contains("iteration 101 ") && words.contains("n = 5, training seed 1 not finite at iteration 101");
    }
    assert!(found, "no place reads out the NaN");
    let Some(mut device) = offscreen() else { return };
    theme::install(device.context());
    let mut red = |compared: &Compared| {
        let mut curve = Curve::default();
        let drawn = device.draw([560.0, 340.0], 1.0, &mut |ui| {
            curve.curve_ui(ui, &source(compared));
        });
        let drawn = drawn.unwrap();
        let wrong = theme::Palette::of(device.context()).wrong.to_array();
        drawn.pixels().filter(|pixel| pixel.0 == wrong).count()
    };
    assert_eq!(red(&runs([1.0; 2])), 0);
    let (one, two) = (red(&runs([f32::INFINITY, 1.0])), red(&runs([f32::INFINITY; 2])));
    assert!(one > 5 && two > one + 5, "{one} and {two} pixels of marks");
}

#[test]
fn what_is_asked_for_in_the_window_is_compared() {
    let folder = tempfile::tempdir().unwrap();
    train(folder.path(), &[], "seed", &[2, 2]);
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(crate::ui::window::small_checkpoint(folder.path(), &[]));
    app.session.settle();
    let mut harness = crate::support::windowed(app);
    harness.state_mut().files.ask_for_runs();
    harness.run_steps(2);
    harness.get_by_label_contains("Compare runs: run folders").focus();
    harness.event(egui::Event::Text(folder.path().display().to_string()));
    harness.run_steps(2);
    harness.get_by_label("Compare").click();
    harness.run_steps(2);
    harness.state_mut().session.settle();
    harness.run_steps(2);
    assert!(harness.state().session.notices.is_empty(), "{:?}", harness.state().session.notices);
    assert_eq!(harness.state().session.comparison.compared().groups().len(), 1);
    harness.get_by_label_contains("the run in view: raw (faint)");
}

fn render(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hebbscope"));
    command.arg("render").args(arguments).output().unwrap()
}

#[test]
fn render_compares_folders_in_pictures_and_in_curves() {
    let folder = tempfile::tempdir().unwrap();
    let runs = folder.path().join("runs");
    train(&runs, &[], "plastic", &[4, 4, 6]);
    train(&runs, &[("network", "non_plastic")], "plain", &[4]);
    let runs = runs.to_str().unwrap().to_owned();
    let out = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let checkpoint = crate::ui::window::small_checkpoint(folder.path(), &[]);

    let csv = out("curves.csv");
    let output = render(&[checkpoint.to_str().unwrap(), "--compare", &runs, "--out", &csv]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("6 iterations, raw and smoothed, beside 2 groups of runs"), "{said}");
    let text = std::fs::read_to_string(&csv).unwrap();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 7);
    assert!(lines.iter().all(|line| line.len() == lines[0].len()), "{text}");
    let column = |name: &str| lines[0].iter().position(|cell| *cell == name).unwrap();
    let counts = column("network = plastic:error_mean20_n");
    assert_eq!((lines[4][counts], lines[5][counts], lines[6][counts]), ("3", "1", "1"));
    assert_eq!(lines[6][column("loss")], "", "the run in view is shorter");
    assert_eq!(
        lines[4][column("network = non_plastic:loss_mean20_median")],
        lines[4][column("network = non_plastic:loss_mean20_q25")]
    );

    if offscreen().is_some() {
        let (alone, beside) = (out("alone.png"), out("beside.png"));
        for (path, extra) in [(&alone, vec![]), (&beside, vec!["--compare", runs.as_str()])] {
            let mut all = vec![checkpoint.to_str().unwrap(), "--panel", "learning", "--out", path];
            all.extend(extra);
            let output = render(&all);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        assert!(std::fs::read(&alone).unwrap() != std::fs::read(&beside).unwrap(), "the groups are not drawn");
        let (opened, compared) = (out("opened.png"), out("compared.png"));
        for arguments in [vec![runs.as_str(), "--out", &opened], vec!["--compare", &runs, "--out", &compared]] {
            let output = render(&[&arguments[..], &["--panel", "learning"]].concat());
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        assert!(std::fs::read(&opened).unwrap() == std::fs::read(&compared).unwrap(), "the same runs look different");
    }
    for (arguments, code, words) in [
        (vec!["--compare", "no/such/folder", "--out", "x.png"], 1, "found nothing there"),
        (vec!["--compare", &runs, "--out", "x.npz"], 2, "--compare belongs to .png, .svg, .pdf, .gif and .csv"),
    ] {
        let output = render(&arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(words), "{said}");
    }
}
