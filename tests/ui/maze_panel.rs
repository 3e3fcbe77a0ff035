//! The maze in the window: the board, what the agent would do elsewhere, what it knows, and what has happened so far.

use crate::support::{keep, offscreen, windowed};
use egui::vec2;
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::episode::{Behaviour, Content, EventKind, Intervention, Reel, Tape, Walk, What};
use hebbscope::files::Precision;
use hebbscope::tasks::maze::belief::{ACTIONS, beliefs};
use hebbscope::tasks::maze::grid::{Action, Square};
use hebbscope::train::{Checkpoint, RunConfig, Trainer};
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::panels::maze::story::Story;
use hebbscope::ui::picture::Picture;
use hebbscope::ui::{App, inspector};
use hebbscope::view::inspection::Pinned;
use hebbscope::view::inspection::facts::{Now, WritingNow};
use hebbscope::view::layout::{Named, Subject};
use hebbscope::view::numbers::signed;
use image::RgbaImage;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A small agent after three iterations.
pub fn trained(changes: &[(&str, &str)]) -> Checkpoint {
    let mut config = RunConfig::new(hebbscope::tasks::find("maze").unwrap());
    let small = [("steps", "30"), ("neurons", "12"), ("batch", "4"), ("lr", "0.05")];
    for (key, value) in small.iter().chain(changes) {
        config.settings.set_text(key, value).unwrap();
    }
    let mut trainer = Trainer::new(config).unwrap();
    for _ in 0..3 {
        trainer.step().unwrap();
    }
    trainer.checkpoint().unwrap()
}

/// It in a maze of 5 × 5 squares, as a file.
pub fn checkpoint(folder: &Path) -> PathBuf {
    checkpoint_of(folder, &[])
}

pub fn checkpoint_of(folder: &Path, changes: &[(&str, &str)]) -> PathBuf {
    let name: String = changes.iter().flat_map(|(key, value)| [*key, *value]).collect();
    let path = folder.join(format!("agent{name}.safetensors"));
    let changes: Vec<_> = [("size", "5")].iter().chain(changes).copied().collect();
    trained(&changes).write(&path, Precision::Full).unwrap();
    path
}

/// The whole window with that agent, at rest.
fn opened(folder: &Path) -> Harness<'static, App> {
    opened_at(checkpoint(folder))
}

fn opened_at(path: PathBuf) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(path);
    app.session.settle();
    app.session.clock.pause();
    app.session.clock.seek(12);
    windowed(app)
}

fn tape_of(harness: &Harness<'_, App>) -> Arc<Tape> {
    Arc::clone(harness.state().session.scene().unwrap().tape())
}

#[test]
fn on_its_own_square_the_virtual_agent_is_the_true_one() {
    for (network, alpha, fan_out) in [
        ("plastic", "free", "fan_out"),
        ("plastic", "yoked", "fan_out"),
        ("plastic", "per_neuron", "fan_out"),
        ("non_plastic", "free", "fan_out"),
        ("modulated", "free", "fan_out"),
        ("modulated", "free", "scalar"),
        ("retroactive", "free", "fan_out"),
        ("retroactive", "free", "scalar"),
    ] {
        let pillars = if alpha == "yoked" || fan_out == "scalar" { "random" } else { "regular" };
        let changes = [("network", network), ("alpha", alpha), ("fan_out", fan_out), ("pillars", pillars)];
        let checkpoint = trained(&changes);
        let tape = Arc::new(checkpoint.specimen().episode(2).unwrap());
        let mut reel = Reel::new(Arc::clone(&tape), 0);
        let behaviour = tape.content.behaviour().unwrap();
        let walk = behaviour.walk.as_ref().unwrap();
        for step in 0..tape.steps {
            let trace = reel.trace_at(step).to_vec();
            let beliefs = beliefs(&checkpoint.parameters, &tape, step, &trace).unwrap();
            assert_eq!(beliefs.len(), walk.walls.iter().filter(|wall| !**wall).count());
            let [row, column] = walk.squares[step];
            assert!(beliefs.iter().all(|belief| !walk.is_wall([belief.square.row, belief.square.column])));
            let here = beliefs.iter().find(|belief| belief.square == Square { row, column }).unwrap();
            for (action, expected) in behaviour.probabilities[step * ACTIONS..][..ACTIONS].iter().enumerate() {
                let found = here.probabilities[action];
                assert!((found - expected).abs() < 1e-5, "{network} {alpha}, step {step}: {found}, not {expected}");
            }
            assert!((here.value - behaviour.values[step]).abs() < 1e-4, "{network} {alpha}, step {step}");
            assert!(beliefs.iter().all(|belief| (belief.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5));
        }
    }
}

/// Three squares in a row, the reward on the right: there, teleported back, bumped, there again.
pub fn told() -> Behaviour {
    let right = Action::Right as usize;
    let actions = vec![right, right, Action::Up as usize, right];
    let walls = (0..15).map(|at| !(6..9).contains(&at)).chain([true; 10]).collect();
    let squares = [1, 2, 2, 2, 1].map(|column| [1, column]).to_vec();
    let walk = Walk { side: 5, walls, reward: [1, 3], squares };
    let rewards = vec![0.0, 10.0, -0.1, 10.0];
    let (observations, probabilities, values) = (vec![0.0; 64], vec![0.25; 16], vec![0.0; 4]);
    Behaviour { observations, probabilities, actions, rewards, values, walk: Some(walk), trials: None }
}

#[test]
fn the_story_counts_what_lies_before_the_step_and_at_the_last_one_all() {
    let tape = Tape { content: Content::Agent(told()), ..trained(&[]).specimen().episode(1).unwrap() };
    let story = |at| Story::of(&tape, at).unwrap();
    let nothing = Story { reward: 0.0, found: 0, ways: vec![], shortest: vec![], heading: None };
    assert_eq!(story(0), nothing);
    assert_eq!(story(1), Story { heading: Some(Action::Right), ..nothing.clone() });
    let once = Story { reward: 10.0, found: 1, ways: vec![2], shortest: vec![2], heading: Some(Action::Right) };
    assert_eq!(story(2), once);
    // No step follows in which what the last action has brought would be seen.
    let twice = Story { reward: 19.9, found: 2, ways: vec![2, 2], shortest: vec![2, 1], heading: Some(Action::Right) };
    assert_eq!(story(3), Story { heading: Some(Action::Up), ..twice.clone() });
    assert_eq!(story(4), twice);
    assert_eq!(story(3).reward, told().rewards.iter().sum::<f32>());
    let placeless = Behaviour { walk: None, ..told() };
    assert_eq!(Story::of(&Tape { content: Content::Agent(placeless), ..tape.clone() }, 2), None);

    // Where somebody hides the reward elsewhere, ways are measured to where it is.
    let moved = Intervention::new(2, What::MoveReward([1, 1]));
    let story = Story::of(&Tape { interventions: vec![moved], ..tape }, 4).unwrap();
    assert_eq!((story.found, story.ways), (1, vec![2]));
}

#[test]
fn an_agent_brings_its_panels_and_they_say_what_the_tape_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(folder.path());
    let expected = Named::Watch.arrangement_for(Subject::Agent);
    assert_eq!(harness.state_mut().dock().arrangement(), Some(expected));
    let tape = tape_of(&harness);
    let behaviour = tape.content.behaviour().unwrap();
    let walk = behaviour.walk.as_ref().unwrap();
    for at in [0, 12, 29] {
        harness.state_mut().session.clock.seek(at);
        harness.run_steps(2);
        let [row, column] = walk.squares[at];
        let [reward_row, reward_column] = walk.reward;
        harness.get_by_label_contains(&format!(
            "maze of 5 × 5 squares, agent on square ({column}, {row}), reward on square ({reward_column}, {reward_row})"
        ));
        let walls = behaviour.observations[at * 16..][..9].iter().filter(|&&wall| wall > 0.0).count();
        harness.get_by_label(&format!("observation: {walls} walls around the agent"));
        let likely = &behaviour.probabilities[at * 4..][..4];
        for (action, (name, probability)) in ["up", "right", "left", "down"].iter().zip(likely).enumerate() {
            let taken = if behaviour.actions[at] == action { ", taken" } else { "" };
            harness.get_by_label(&format!("{name} {probability:.2}{taken}"));
        }
        // What it knows, and what it foresees.
        let seen = &behaviour.observations[at * 16..][..16];
        let last = at.checked_sub(1).map_or("none", |before| Action::ALL[behaviour.actions[before]].name());
        let [reward, value] = [seen[9], behaviour.values[at]].map(|number| signed(f64::from(number), 3));
        for (what, told) in [("last reward", &*reward), ("last action", last), ("value", &value)] {
            let line = harness.get_by_label(what).rect();
            let is_beside = |rect: egui::Rect| rect.y_range().contains(line.center().y) && rect.left() > line.right();
            let mut beside = harness.query_all_by_label(told).map(|node| node.rect());
            assert!(beside.any(is_beside), "step {at}: {what} is not {told}");
        }
        harness.get_by_label(&format!("{:.2}", at as f32 / 30.0));
    }
    // The square under the pointer is named, with what the agent would do there.
    let board = harness.get_by_label_contains("maze of 5 × 5").rect();
    harness.hover_at(board.min + board.size() * vec2(1.5, 1.5) / 7.0);
    harness.run_steps(2);
    let hover = harness.state().session.hover.clone().unwrap();
    assert!(hover.starts_with("square (1, 1): P(") && hover.contains(", value "), "{hover}");
    harness.hover_at(board.min + board.size() * vec2(0.5, 0.5) / 7.0);
    harness.run_steps(2);
    assert_eq!(harness.state().session.hover.as_deref(), Some("square (0, 0): a wall"));
    // A click on the value goes to that step.
    let value = harness.get_by_label_contains("value over steps 1–").rect();
    harness.hover_at(value.left_center() + vec2(2.0, 0.0));
    harness.get_by_label_contains("value over steps 1–").click();
    harness.run_steps(2);
    assert!(!harness.state().session.clock.is_playing());
}

/// Neither the reward square nor anything else out of sight is told, and a star that is hidden cannot be taken.
#[test]
fn what_the_agent_cannot_see_is_hidden_from_the_pointer_and_from_screen_readers() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(folder.path());
    let tape = tape_of(&harness);
    let walk = tape.content.behaviour().unwrap().walk.clone().unwrap();
    let far = |[row, column]: [usize; 2]| row.abs_diff(walk.reward[0]) > 1 || column.abs_diff(walk.reward[1]) > 1;
    let at = (1..30).find(|&at| far(walk.squares[at])).expect("the agent begins far from some of the squares");
    harness.state_mut().session.clock.seek(at);
    harness.run_steps(2);
    let board = harness.get_by_label_contains("reward on square").rect();
    let place =
        |[row, column]: [usize; 2]| board.min + board.size() * vec2(column as f32 + 0.5, row as f32 + 0.5) / 7.0;
    harness.hover_at(place(walk.reward));
    harness.run_steps(2);
    assert!(harness.state().session.hover.clone().unwrap().contains("drag the star"));

    harness.get_by_label("only what is observed").click();
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("reward on square").is_none());
    let [row, column] = walk.squares[at];
    harness.get_by_label_contains(&format!("maze of 5 × 5 squares, agent on square ({column}, {row}), found"));
    harness.hover_at(place(walk.reward));
    harness.run_steps(2);
    let words = format!("square ({}, {}): not observed", walk.reward[1], walk.reward[0]);
    assert_eq!(harness.state().session.hover.as_deref(), Some(&*words));
    harness.hover_at(place([row, column]));
    harness.run_steps(2);
    assert!(harness.state().session.hover.clone().unwrap().contains("P("));
    for (square, pressed) in [(walk.reward, true), ([row, column], false)] {
        let (button, modifiers) = (egui::PointerButton::Primary, egui::Modifiers::NONE);
        harness.hover_at(place(square));
        harness.event(egui::Event::PointerButton { pos: place(square), button, pressed, modifiers });
        harness.run_steps(2);
    }
    assert!(harness.state().session.interventions().is_empty() && !harness.state().session.is_branching());
}

/// What is withheld from an agent is not told as something that it knows, and nothing around it is in its sight.
#[test]
fn an_agent_from_which_inputs_are_withheld_is_not_said_to_have_them() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = ["input_walls", "input_reward", "input_action", "input_time"].map(|key| (key, "withheld"));
    let mut harness = opened_at(checkpoint_of(folder.path(), &inputs));
    harness.run_steps(2);
    harness.get_by_label("observation: the walls are withheld");
    assert_eq!(harness.query_all_by_label("withheld").count(), 3);
    harness.get_by_label("only what is observed").click();
    harness.run_steps(2);
    let [row, column] = tape_of(&harness).content.behaviour().unwrap().walk.as_ref().unwrap().squares[12];
    let board = harness.get_by_label_contains("maze of 5 × 5").rect();
    let beside = if column > 1 { column - 1 } else { column + 1 };
    harness.hover_at(board.min + board.size() * vec2(beside as f32 + 0.5, row as f32 + 0.5) / 7.0);
    harness.run_steps(2);
    assert!(harness.state().session.hover.clone().unwrap().contains("not observed"));
}

const MODULATED: [&[(&str, &str)]; 4] = [
    &[("network", "modulated")],
    &[("network", "modulated"), ("fan_out", "scalar"), ("clip", "0.001")],
    &[("network", "retroactive"), ("clip", "0.001")],
    &[("network", "retroactive"), ("fan_out", "scalar")],
];

#[test]
fn the_modulator_is_drawn_over_the_life_and_a_click_goes_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened_at(checkpoint_of(folder.path(), MODULATED[0]));
    harness.state_mut().show_panel("Agent", "Trace");
    harness.run_steps(3);
    let tape = tape_of(&harness);
    let values = tape.layers[0].modulator.as_ref().unwrap().values.clone();
    let (low, high) = values.iter().fold((0.0f32, 0.0f32), |(low, high), &m| (low.min(m), high.max(m)));
    let words = format!("M over steps 1–{}, from {} to {}", tape.steps, signed(low.into(), 2), signed(high.into(), 2));
    for at in [0, 12, 29] {
        harness.state_mut().session.clock.seek(at);
        harness.run_steps(2);
        harness.get_by_label_contains(&format!("{words}, now {}", signed(values[at].into(), 3)));
    }
    let curve = harness.get_by_label_contains(&words).rect();
    let pos = curve.min + curve.size() * vec2(10.5 / 30.0, 0.5);
    harness.hover_at(pos);
    harness.run_steps(2);
    let expected = format!("step 11: M {}", signed(values[10].into(), 3));
    assert_eq!(harness.state().session.hover.as_deref(), Some(expected.as_str()));
    for pressed in [true, false] {
        let (button, modifiers) = (egui::PointerButton::Primary, egui::Modifiers::NONE);
        harness.event(egui::Event::PointerButton { pos, button, pressed, modifiers });
        harness.run_steps(1);
    }
    assert_eq!(harness.state().session.clock.at(), 10);
    // An agent that modulates nothing has no such curve.
    harness.state_mut().session.open(checkpoint(folder.path()));
    harness.state_mut().session.settle();
    harness.run_steps(3);
    harness.get_by_label_contains("value over steps 1–");
    assert_eq!(harness.query_all_by_label_contains("M over steps 1–").count(), 0);
}

#[test]
fn the_inspector_tells_the_modulated_rule_and_its_numbers_are_those_of_the_traces() {
    let folder = tempfile::tempdir().unwrap();
    let rules = [
        "H ← clip(H + Mj xi xj, ±2.0)",
        "H ← clip(H + M xi xj, ±0.0010)",
        "H ← clip(H + Mj E, ±0.0010)",
        "H ← clip(H + M E, ±2.0)",
    ];
    let mut cuts = 0;
    for (changes, rule) in MODULATED.into_iter().zip(rules) {
        let mut harness = opened_at(checkpoint_of(folder.path(), changes));
        let is_retroactive = changes[0].1 == "retroactive";
        harness.get_by_label(if is_retroactive { "retroactive neuromodulation" } else { "simple neuromodulation" });
        let tape = tape_of(&harness);
        let bound = tape.network.recurrent().unwrap().modulation().unwrap().bound;
        let (from, to) = (3, 7);
        for step in 0..tape.steps {
            let session = &mut harness.state_mut().session;
            session.pin(Pinned::Synapse { from, to });
            session.clock.seek(step);
            let (now, trace) = (session.now().unwrap(), session.trace().unwrap());
            let Now::Synapse(now) = &*now else { panic!("a synapse was pinned") };
            let plastic = now.plastic.unwrap();
            let WritingNow::Modulated { gain, written, .. } = plastic.writing else { panic!("{:?}", plastic.writing) };
            assert_eq!(Some(plastic.trace), trace.at(from, to));
            let added = if is_retroactive { gain * written } else { now.pre * (gain * now.post) };
            assert_eq!(plastic.next, (plastic.trace + added).clamp(-bound, bound), "step {step}");
            cuts += usize::from(plastic.next.abs() == bound);
            let account: f64 = now.account.iter().map(|share| share.amount).sum();
            assert!((account - f64::from(plastic.trace)).abs() < 1e-6);
            let life = session.life().unwrap();
            assert!(now.into.as_ref().unwrap().values()[from].abs() <= life.into.product_range);
            assert!(plastic.trace.abs() <= life.into.trace_range);
        }
        harness.run_steps(3);
        harness.get_by_label(rule);
        assert_eq!(harness.query_all_by_label_contains("E ← (1 − η) E + η xi xj").count(), usize::from(is_retroactive));
        harness.state_mut().session.pin(Pinned::Neuron(5));
        harness.run_steps(3);
        harness.get_by_label("Neuron 5");
    }
    assert!(cuts > 0, "a clip that never bites tests nothing");
}

#[test]
fn every_panel_and_page_of_a_modulated_agent_is_drawn_in_both_themes() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let plain = checkpoint(folder.path());
    for changes in MODULATED {
        let path = checkpoint_of(folder.path(), changes);
        let mut drawn = Vec::new();
        for dark in [true, false] {
            let mut picture = Picture::with(device, dark);
            picture.open(Some(&path));
            picture.app.session.clock.seek(12);
            for panel in 0..PANELS.len() {
                picture.panel(panel, [360.0, 300.0], 1.0).unwrap();
            }
            let agent = PANELS.iter().position(|make| make().name() == "Agent").unwrap();
            for (size, what) in [([360.0, 330.0], "both"), ([360.0, 260.0], "one"), ([160.0, 90.0], "none")] {
                let panel = picture.panel(agent, size, 1.0).unwrap();
                keep(&panel, &format!("modulated-{}-{what}-{dark}", changes[0].1));
                drawn.push(panel);
            }
            for pinned in [Pinned::Synapse { from: 3, to: 7 }, Pinned::Neuron(7)] {
                picture.app.session.pin(pinned);
                let page = picture.inspector([inspector::WIDTH, 660.0], 1.0).unwrap();
                keep(&page, &format!("modulated-{}-page-{dark}", changes[0].1));
                drawn.push(page);
            }
            picture.open(Some(&plain));
            picture.app.session.clock.seek(12);
            assert!(picture.panel(agent, [360.0, 330.0], 1.0).unwrap() != drawn[drawn.len() - 5]);
            device = picture.into_offscreen();
        }
        assert!((0..5).all(|index| drawn[index] != drawn[index + 5]), "{changes:?}: the themes look the same");
    }
}

#[test]
fn panels_of_recall_have_nothing_to_say_of_an_agent_nor_the_other_way_round() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(folder.path());
    for (panel, words) in
        [("Recall", "what a network recalls"), ("Gallery", "side by side"), ("Probe", "nothing to erase")]
    {
        harness.state_mut().show_panel(panel, "Trace");
        harness.run_steps(3);
        assert!(harness.query_all_by_label_contains(words).count() > 0, "{panel}");
    }
    harness.state_mut().session.open_bundled(hebbscope::train::Bundled::Patterns);
    harness.state_mut().session.settle();
    for (panel, words) in [("Maze", "looks for a hidden reward"), ("Agent", "observation, policy and value")] {
        harness.state_mut().show_panel(panel, "Trace");
        harness.run_steps(3);
        assert!(harness.query_all_by_label_contains(words).count() > 0, "{panel}");
    }
}

#[test]
fn the_board_is_drawn_in_both_themes_and_every_switch_shows() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path());
    let index = |name: &str| PANELS.iter().position(|make| make().name() == name).unwrap();
    let mut drawn: Vec<RgbaImage> = Vec::new();
    for dark in [true, false] {
        let mut picture = Picture::with(device, dark);
        picture.open(Some(&path));
        picture.app.session.clock.seek(12);
        for (panel, size) in [("Maze", [420.0, 460.0]), ("Maze", [120.0, 160.0]), ("Agent", [360.0, 260.0])] {
            let panel = picture.panel(index(panel), size, 1.0).unwrap();
            keep(&panel, &format!("maze-{dark}-{}", drawn.len()));
            assert!(!drawn.contains(&panel), "{dark} {size:?} looks like another");
            drawn.push(panel);
        }
        for choice in ["believes", "counts", "hides"] {
            let on = choice != "believes";
            let choices = [("Maze".to_owned(), serde_json::json!({ choice: on }))];
            picture.app.dock().choose(&choices.into());
            let panel = picture.panel(index("Maze"), [420.0, 460.0], 1.0).unwrap();
            assert!(!drawn.contains(&panel), "{choice} changes nothing");
            drawn.push(panel);
        }
        device = picture.into_offscreen();
    }
}

#[test]
fn what_happened_stands_on_the_timeline_and_can_be_jumped_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(folder.path());
    let tape = tape_of(&harness);
    let behaviour = tape.content.behaviour().unwrap();
    let starts = |kind: EventKind| -> Vec<usize> {
        tape.events.iter().filter(|event| event.kind == kind).map(|event| event.start).collect()
    };
    let with_reward = |is_it: &dyn Fn(f32) -> bool| -> Vec<usize> {
        (0..tape.steps).filter(|&step| is_it(behaviour.rewards[step])).collect()
    };
    assert_eq!(starts(EventKind::Bump), with_reward(&|reward| reward == -0.1 || reward == 9.9));
    assert_eq!(starts(EventKind::Reward), with_reward(&|reward| reward > 1.0));
    harness.state_mut().session.clock.seek(0);
    harness.state_mut().session.jump_event(true);
    let first = tape.events.iter().map(|event| event.start).find(|&start| start > 0).unwrap();
    assert_eq!(harness.state().session.clock.at(), first);
}

/// What training never hid is told where it hides in a test, and where somebody has put it; of the rest nothing is said.
#[test]
fn a_reward_where_training_never_hid_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let told = "where training never hid it";
    for (changes, is_new) in [(&[][..], false), (&[("withhold_goals", "4")][..], true)] {
        let mut harness = opened_at(checkpoint_of(folder.path(), changes));
        harness.run_steps(4);
        assert_eq!(harness.query_by_label_contains(told).is_some(), is_new, "{changes:?}");
        // No goal in any training.
        let session = &mut harness.state_mut().session;
        session.intervene(What::MoveReward([3, 3]));
        // It is run again from the next frame on.
        harness.run_steps(1);
        harness.state_mut().session.settle();
        harness.run_steps(4);
        assert!(harness.query_by_label_contains(told).is_some());
    }
}
