//! The words of the window and of the command line, and that they are seen whole.

use super::maze_panel;
use super::window::small_checkpoint;
use crate::support::windowed;
use egui::{Color32, Rect, Role, Shape};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hebbscope::episode::What;
use hebbscope::tasks::TASKS;
use hebbscope::train::Bundled;
use hebbscope::ui::commands::{COMMANDS, palette};
use hebbscope::ui::panels::matrix::picture::ticks;
use hebbscope::ui::theme::{self, Palette};
use hebbscope::ui::{App, fitting};
use hebbscope::view::curves::number::Number;
use hebbscope::view::layout::Named;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Words that have given way to those of the field, each with what is said instead.
const GONE: &[(&str, &str)] = &[
    ("iterations behind it", "trained for 200 iterations"),
    ("Asked and answered", "Recall"),
    ("asked for\"", "cued"),
    ("\"Shown\"", "Stored patterns"),
    ("x(t), now", "network output"),
    ("Settings of the paper", "Hyperparameters"),
    ("Back to the paper", "Reset to defaults"),
    ("\"at most\"", "speed limit"),
    ("no limit", "none"),
    ("Go on training", "Resume training"),
    ("go on training", "Start / pause / resume training"),
    ("One iteration\"", "Train one step"),
    ("One iteration of training", "Train one step"),
    ("trained numbers", "parameters"),
    ("Same again", "Replay episode"),
    ("same episode again", "Replay episode"),
    ("Another episode", "New episode"),
    ("from ↓ to →", "rows: from, columns: to"),
    ("again and again", "loop"),
    ("Ten steps", "Forward 10 steps"),
    ("Take everything back", "Undo all interventions"),
    ("Take back everything", "Undo all interventions"),
    ("Do again what was done", "Reapply interventions"),
    ("what was done to the last one", "Reapply interventions"),
    ("as changed", "with intervention"),
    ("untouched {", "control"),
    ("untouched,", "control"),
    ("untouched ·", "control"),
    ("{untouched} untouched", "control"),
    ("would go ", "P(down) = 0.76"),
    ("foresees", "value"),
    ("sees, knows and wants", "observation, policy, value"),
    ("one per synapse", "per synapse"),
    ("held by its input", "clamped to its input"),
    ("called up", "contribution to recall"),
    ("more, up", "smaller positive contributions"),
    ("{count} more, ", "smaller positive contributions"),
    ("What this step writes", "ΔH at this step"),
    ("Put the panels back", "Reset layout"),
    ("Dark or light\"", "Toggle theme: light or dark"),
    ("faint: each iteration", "raw (faint)"),
    ("strong: mean", "mean of 20"),
    ("newer network is there", "Newer checkpoint · load"),
    (" · n = ", "alpha = free (n = 4)"),
    ("episode of seed", "episode seed"),
    ("\"seed\").color", "training seed"),
    (" life\"", "episode"),
    (" life ", "episode"),
    ("lifetime", "episode"),
    ("Lifetimes ", "episodes"),
    (" lived", "run"),
    ("living", "running"),
];

/// What stands between quotation marks in a source file, each with its quotation marks.
fn visible(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]").next().unwrap();
    // A string may go on over lines.
    let joined = source.replace("\\\n", "\u{1}");
    let lines = joined.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let quoted = lines.flat_map(|line| line.split('"').skip(1).step_by(2));
    quoted.map(|text| format!("\"{}\"", text.replace('\u{1}', " "))).collect()
}

/// Every Rust file below `folder`.
fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_window_and_the_command_line_speak_the_language_of_the_field() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for room in ["src/ui", "src/view", "src/cli", "src/tasks", "src/episode"] {
        sources(&root.join(room), &mut files);
    }
    let mut problems = BTreeSet::new();
    let mut read = 0;
    for path in files {
        let name = path.strip_prefix(root).unwrap().display().to_string();
        for text in visible(&std::fs::read_to_string(&path).unwrap()) {
            read += 1;
            // Names of threads, of widgets' places and the like have no spaces, and are not read by people.
            let is_read = text.contains(' ') || !text.contains("lifetime");
            for (old, new) in GONE.iter().filter(|_| is_read && !INSIDE.iter().any(|inside| text.contains(inside))) {
                if text.contains(old) {
                    problems.insert(format!("{name}: {text} has “{old}”, expected something like “{new}”"));
                }
            }
        }
    }
    assert!(read > 1500, "only {read} texts were read");
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn the_help_of_every_command_speaks_it_too() {
    for command in ["", "train", "eval", "episode", "render", "share", "bench", "import", "figure"] {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_hebbscope"));
        program.args(Some(command).filter(|command| !command.is_empty())).arg("--help");
        let help = String::from_utf8(program.output().unwrap().stdout).unwrap();
        assert!(help.contains("Usage: hebbscope"), "{command}: {help}");
        let one_line = help.split_whitespace().collect::<Vec<_>>().join(" ");
        for (old, new) in GONE.iter().filter(|(old, _)| !old.contains('"')) {
            assert!(!one_line.contains(old), "{command} --help has “{old}”, expected something like “{new}”");
        }
    }
}

/// What only programmers read: arguments of a batch, errors of the graph.
const INSIDE: &[&str] =
    &["a batch needs", "{batch} lifetimes", "for each of {} lifetimes", "to be lived alone", "lifetime {}"];

#[test]
fn every_hyperparameter_has_a_name_that_people_read() {
    for task in TASKS {
        let mut titles = BTreeSet::new();
        for (field, _) in task.defaults().iter() {
            let title = field.title;
            assert!(!title.is_empty() && !title.contains('_'), "{}: {title:?} of {}", task.name(), field.key);
            assert!(titles.insert(title), "{}: two settings are called {title}", task.name());
            for option in match field.kind {
                hebbscope::tasks::settings::FieldKind::Choice { options, .. } => options,
                _ => &[],
            } {
                let option = hebbscope::ui::settings_form::choice_title(field, option);
                assert!(!option.is_empty() && !option.contains('_'), "{option}");
            }
        }
    }
}

#[test]
fn each_kind_of_alpha_has_one_name_wherever_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let names = [("free", "per synapse"), ("per_neuron", "per neuron"), ("yoked", "one for all")];
    for (option, name) in names {
        let mut app = app(small_checkpoint(folder.path(), &[("alpha", option)]), 3);
        app.session.training.settings.set_text("alpha", option).unwrap();
        let mut harness = windowed(app);
        harness.run_steps(2);
        // Of the network in view.
        assert!(harness.query_all_by_label(name).count() >= 1, "{option} is not called {name}");
        for (other, _) in names {
            assert_eq!(harness.query_all_by_label(other).count(), 0, "{option} is also called {other}");
        }
        assert_eq!(harness.query_all_by_label("shared").count(), 0);
        // Among the hyperparameters.
        for task in TASKS {
            let fields = task.fields().iter().filter(|field| field.key == "alpha");
            for field in fields {
                assert_eq!(hebbscope::ui::settings_form::choice_title(field, option), name);
            }
        }
        // In the glossary, of the symbol and of the setting.
        let told = hebbscope::ui::glossary::of("α").unwrap().meaning;
        assert!(told.contains(name), "{told}");
        let setting = hebbscope::ui::glossary::settings::setting("images", "alpha").unwrap();
        assert!(option == "free" || setting.equation.contains(&format!("{name}: α_ij = ")), "{}", setting.equation);
    }
}

fn app(path: std::path::PathBuf, step: usize) -> App {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(path);
    app.session.settle();
    app.session.clock.pause();
    app.session.clock.seek(step);
    app
}

#[test]
fn hyperparameters_stand_in_one_column_and_say_their_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = windowed(app(small_checkpoint(folder.path(), &[]), 3));
    harness.get_by_label("Hyperparameters").click();
    harness.run_steps(30);
    harness.get_by_label("defaults from the paper");
    harness.get_by_label("pattern size (bits)").hover();
    harness.run_steps(60);
    harness.get_by_label_contains("--set size=");
    let fields: Vec<Rect> = ["pattern size", "stored patterns", "plasticity rule", "network", "learning rate"]
        .map(|title| {
            let is_choice = ["plasticity rule", "network"].contains(&title);
            let role = if is_choice { Role::ComboBox } else { Role::TextInput };
            harness.get_by_role_and_label(role, title).rect()
        })
        .to_vec();
    let task = harness.get_by_role_and_label(Role::ComboBox, "task").rect();
    for field in fields {
        let apart = [field.left() - task.left(), field.right() - task.right()];
        assert!(apart.iter().all(|apart| apart.abs() < 1.5), "{field:?} beside {task:?}");
    }
}

/// Relative luminance and contrast as WCAG 2.2 defines them.
fn contrast(one: Color32, other: Color32) -> f64 {
    let luminance = |color: Color32| {
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(color.r()) + 0.7152 * part(color.g()) + 0.0722 * part(color.b())
    };
    let [one, other] = [luminance(one), luminance(other)];
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// All shapes of a frame, those in lists one by one.
fn shapes(harness: &Harness<'_, App>) -> Vec<Shape> {
    fn flat(shape: &Shape, all: &mut Vec<Shape>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| flat(shape, all)),
            other => all.push(other.clone()),
        }
    }
    let mut all = Vec::new();
    harness.output().shapes.iter().for_each(|clipped| flat(&clipped.shape, &mut all));
    all
}

/// What is written in a frame, and where.
pub fn written(harness: &Harness<'_, App>) -> Vec<(String, Rect)> {
    let texts = shapes(harness).into_iter().filter_map(|shape| match shape {
        Shape::Text(text) => Some((text.galley.text().to_owned(), text.visual_bounding_rect())),
        _ => None,
    });
    texts.collect()
}

#[test]
fn the_cross_of_a_panel_is_large_and_strong_enough_to_be_seen() {
    let folder = tempfile::tempdir().unwrap();
    for theme in [egui::Theme::Dark, egui::Theme::Light] {
        let mut harness = windowed(app(small_checkpoint(folder.path(), &[]), 3));
        harness.ctx.set_theme(theme);
        harness.run_steps(3);
        let cross = harness.get_by_label("close Recall").rect();
        assert!(cross.width() >= 16.0 && cross.height() >= 16.0, "{cross:?}");
        let palette = Palette::of(&harness.ctx);
        let strokes: Vec<Color32> = shapes(&harness)
            .into_iter()
            .filter_map(|shape| match shape {
                Shape::LineSegment { points, stroke } if points.iter().all(|point| cross.contains(*point)) => {
                    Some(stroke.color)
                }
                _ => None,
            })
            .collect();
        assert_eq!(strokes.len(), 2, "a cross has two strokes");
        for color in strokes {
            let found = contrast(color, palette.surface);
            assert!(found >= 3.0, "{theme:?}: {found:.2} to 1");
        }
    }
}

#[test]
fn a_heading_does_not_repeat_the_tab_above_it() {
    let folder = tempfile::tempdir().unwrap();
    let harness = windowed(app(maze_panel::checkpoint(folder.path()), 12));
    let times = |title: &str| written(&harness).iter().filter(|(text, _)| text == title).count();
    // Tabs, each said once; a tile of its own has a heading.
    for title in ["Trace", "Weights", "Agent", "Intervene", "Maze"] {
        assert_eq!(times(title), 1, "{title}");
    }
}

#[test]
fn what_does_not_fit_is_left_out_by_parts_and_never_within_a_word() {
    let line = "episode seed 3 · at the end 0.10 % wrong · with intervention from step 12";
    let mut seen = BTreeSet::new();
    let context = egui::Context::default();
    theme::install(&context);
    let _output = context.run_ui(egui::RawInput::default(), |_| {});
    let _output = context.run_ui(egui::RawInput::default(), |ui| {
        let font = egui::TextStyle::Small.resolve(ui.style());
        for room in 0..460 {
            let (text, is_whole) = fitting::fitted(ui, line, &font, room as f32);
            let galley = ui.painter().layout_no_wrap(text.clone(), font.clone(), Color32::WHITE);
            assert!(galley.size().x <= room as f32 || text == "…", "{text:?} in {room}");
            assert_eq!(is_whole, text == line);
            let kept = text.trim_end_matches('…').trim_end();
            let rest = line.strip_prefix(kept).unwrap();
            assert!(rest.is_empty() || kept.is_empty() || rest.starts_with(' '), "{text:?}");
            seen.insert(text);
        }
    });
    assert!(seen.contains("episode seed 3 · at the end 0.10 % wrong") && seen.contains(line), "{seen:?}");
}

#[test]
fn numbers_along_a_matrix_always_have_both_ends() {
    for count in [2, 3, 17, 100, 999, 1000, 1001] {
        for every in [1, 2, 5, 10, 50, 100, 200, 500, 1000] {
            let found = ticks(&(0..count), every, every);
            assert_eq!((found.first(), found.last()), (Some(&0), Some(&(count - 1))), "{count} by {every}: {found:?}");
            assert!(found.is_sorted(), "{found:?}");
            let between = &found[..found.len() - 1];
            assert!(between.windows(2).all(|pair| pair[1] - pair[0] >= every), "{found:?}");
        }
    }
    assert_eq!(ticks(&(37..91), 20, 15), [37, 60, 90], "of a part of it, too: 80 is too near to the end");
    let folder = tempfile::tempdir().unwrap();
    // Small pictures have them as large ones do.
    let mut app = app(small_checkpoint(folder.path(), &[]), 3);
    app.set_layout(Named::Inspect);
    let harness = windowed(app);
    let ends = written(&harness).iter().filter(|(text, _)| text == "40").count();
    assert!(ends >= 6, "rows and columns of three matrices of 41 neurons: {ends}");
}

#[test]
fn commands_that_cannot_be_done_now_stand_last_with_the_reason() {
    let mut harness = windowed(App::new(&egui::Context::default(), Arc::new(|| {})));
    let app = harness.state();
    let ranked = palette::ranked(app, "");
    assert_eq!(ranked.len(), COMMANDS.len());
    let possible: Vec<bool> = ranked.iter().map(|command| command.is_possible(app)).collect();
    assert!(possible.contains(&true) && possible.contains(&false));
    assert!(possible.is_sorted_by_key(|possible| !possible), "{possible:?}");
    for command in ranked.iter().filter(|command| !command.is_possible(app)) {
        let reason = command.obstacle(app).unwrap();
        assert!(!reason.is_empty(), "{}", command.title);
    }
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::P);
    harness.run_steps(2);
    harness.get_by_label("command to look for").type_text("replay");
    harness.run_steps(2);
    harness.get_by_label("Replay episode");
    harness.get_by_label("no episode in view");
    // Chosen all the same, it stays where its reason is read.
    harness.key_press(egui::Key::Enter);
    harness.run_steps(2);
    assert!(harness.state().palette.is_open());
}

#[test]
fn the_timeline_stands_still_while_figures_change() {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open_bundled(Bundled::Patterns);
    app.session.settle();
    app.session.clock.pause();
    let mut harness = windowed(app);
    let mut places = Vec::new();
    for at in [0, 7, 10, 76, 110, 199, 204] {
        harness.state_mut().session.clock.seek(at);
        harness.run_steps(2);
        places.push(harness.get_by_label_contains(&format!("timeline, step {} of 205", at + 1)).rect());
        let words = harness.get_by_label_contains("/ 205");
        assert_eq!(words.accesskit_node().value().unwrap().replace('\u{2007}', ""), format!("step {} / 205", at + 1));
    }
    assert!(places.iter().all(|place| *place == places[0]), "{places:?}");
}

#[test]
fn both_axes_of_a_learning_curve_say_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = app(small_checkpoint(folder.path(), &[]), 3);
    app.set_layout(Named::Train);
    let harness = windowed(app);
    let texts = written(&harness);
    let chart = harness.get_by_label_contains("curve of 5 iterations").rect();
    let [iteration, error] = ["iteration", "error (%)"].map(|title| {
        let found = texts.iter().find(|(text, _)| text == title);
        found.unwrap_or_else(|| panic!("no {title}")).1
    });
    assert!(iteration.top() >= chart.bottom() && chart.x_range().contains(iteration.center().x), "{iteration:?}");
    assert!(error.right() <= chart.left() && error.height() > error.width(), "{error:?} stands upright");
    for task in TASKS {
        for number in Number::ALL {
            let title = number.axis_title(task.measure());
            assert!(!title.is_empty() && !title.contains('_'), "{title}");
            assert_eq!(title.ends_with("(%)"), number.unit(task.measure()).1 == " %", "{title}");
        }
    }
}

#[test]
fn connections_are_a_picture_only_where_neurons_are_pixels() {
    for (bundled, is_picture) in [(Bundled::Patterns, false), (Bundled::Agent, false), (Bundled::Images, true)] {
        let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
        app.session.open_bundled(bundled);
        app.session.settle();
        app.session.pin(hebbscope::view::inspection::Pinned::Synapse { from: 7, to: 3 });
        let harness = windowed(app);
        let said = harness.query_all_by_label_contains("as a picture").count() > 0;
        assert_eq!(said, is_picture, "{bundled:?}");
    }
}

#[test]
fn two_boards_fill_their_place_and_the_trace_of_inspect_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = app(maze_panel::checkpoint(folder.path()), 3);
    app.session.intervene(What::Erase);
    app.session.update();
    app.session.settle();
    let mut harness = windowed(app);
    harness.get_by_label("two boards").click();
    harness.run_steps(3);
    let boards: Vec<Rect> = harness.get_all_by_label_contains("agent on square").map(|board| board.rect()).collect();
    assert_eq!(boards.len(), 2);
    let switches = harness.get_by_label("two boards").rect();
    let words = harness.get_all_by_label_contains("steps to the reward").map(|node| node.rect());
    let below = words.map(|words| words.bottom()).fold(0.0, f32::max);
    let rewards = harness.get_by_label("close Rewards").rect();
    let [above, left] = [boards[0].top() - switches.bottom(), rewards.top() - 20.0 - below];
    assert!((above - left).abs() < 45.0, "{above} above the boards, {left} below their words");

    let harness = {
        let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
        app.session.open_bundled(Bundled::Patterns);
        app.session.settle();
        let mut harness = windowed(app);
        harness.key_press_modifiers(egui::Modifiers::ALT, egui::Key::Num2);
        harness.run_steps(3);
        harness
    };
    let bars = harness.get_all_by_label("upper limit of the colours, drag to change it").map(|bar| bar.rect());
    let lowest = bars.filter(|bar| bar.left() < 800.0).map(|bar| bar.bottom()).fold(0.0, f32::max);
    let timeline = harness.get_by_label_contains("timeline, step").rect();
    assert!(timeline.top() - lowest < 60.0, "{} below the colours of H", timeline.top() - lowest);
}

#[test]
fn the_button_that_writes_a_file_stands_in_line_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = windowed(app(small_checkpoint(folder.path(), &[]), 3));
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::E);
    harness.run_steps(4);
    let (button, field) =
        (harness.get_by_label("Write file").rect(), harness.get_by_role_and_label(Role::TextInput, "file").rect());
    assert!((button.center().y - field.center().y).abs() < 1.0, "{button:?} and {field:?}");
    assert!(
        (button.height() - field.height()).abs() < 2.0 && button.left() > field.right(),
        "{button:?} and {field:?}"
    );
}
