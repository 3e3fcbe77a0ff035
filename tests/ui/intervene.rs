//! Doing something to a life in the window: driving, carrying the reward, the trace and α; and the life that is
//! untouched beside it.

use crate::cli::command_line::Bench;
use crate::support::{keep, offscreen, windowed};
use crate::ui::maze_panel::{checkpoint, checkpoint_of};
use crate::workbench::specimen;
use egui::{Key, Pos2, Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hebbscope::episode::{Content, Tape, What, tape_file};
use hebbscope::files::{Precision, TensorFile};
use hebbscope::tasks;
use hebbscope::train::{RunConfig, Trainer};
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::picture::Picture;
use hebbscope::ui::{App, theme};
use hebbscope::view::layout::Named;
use hebbscope::view::numbers::figures;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The window with an agent of twelve neurons in a maze of 5 × 5 squares, at rest at a step of its life of thirty.
pub fn opened_at(path: PathBuf, step: usize) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(path);
    app.session.settle();
    app.session.clock.pause();
    app.session.clock.seek(step);
    let mut harness = windowed(app);
    harness.state_mut().show_panel("Intervene", "Agent");
    harness.run_steps(3);
    harness
}

fn opened(folder: &Path, step: usize) -> Harness<'static, App> {
    opened_at(checkpoint(folder), step)
}

/// Waits until what has been done has been lived.
pub fn lived(harness: &mut Harness<'_, App>) {
    for _ in 0..4 {
        harness.run_steps(1);
        harness.state_mut().session.settle();
    }
    harness.run_steps(2);
    assert!(!harness.state().session.is_branching());
    assert_eq!(harness.state().session.notices, []);
}

pub fn tape(harness: &Harness<'_, App>) -> Arc<Tape> {
    Arc::clone(harness.state().session.scene().unwrap().tape())
}

fn untouched(harness: &Harness<'_, App>) -> Option<Arc<Tape>> {
    let ghost = harness.state().session.scene().unwrap().ghost.as_ref();
    ghost.map(|ghost| Arc::clone(ghost.tape()))
}

fn whats(harness: &Harness<'_, App>) -> Vec<(usize, What)> {
    harness.state().session.interventions().iter().map(|done| (done.step, done.what.clone())).collect()
}

/// The centre of a square of the board.
fn square(harness: &Harness<'_, App>, [row, column]: [usize; 2]) -> Pos2 {
    let board = harness.get_by_label_contains("maze of 5 × 5").rect();
    board.min + board.size() * vec2(column as f32 + 0.5, row as f32 + 0.5) / 7.0
}

fn pointer(harness: &mut Harness<'_, App>, pos: Pos2, pressed: bool) {
    let (button, modifiers) = (egui::PointerButton::Primary, egui::Modifiers::NONE);
    harness.event(egui::Event::PointerButton { pos, button, pressed, modifiers });
    harness.run_steps(1);
}

#[test]
fn arrow_keys_drive_the_agent_and_everything_can_be_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(folder.path(), 4);
    let before = tape(&harness);
    harness.get_by_label_contains("No interventions in this episode");
    harness.key_press(Key::D);
    harness.run_steps(1);
    assert!(harness.state().session.is_driving());
    // Seen in one frame, taken in their order.
    for key in [Key::ArrowUp, Key::ArrowLeft, Key::ArrowDown, Key::ArrowRight] {
        harness.key_press(key);
    }
    lived(&mut harness);
    let driven = tape(&harness);
    assert_eq!(driven.content.behaviour().unwrap().actions[4..8], [0, 2, 3, 1]);
    assert_eq!(harness.state().session.clock.at(), 8, "the view goes with the agent");
    assert_eq!(untouched(&harness), Some(Arc::clone(&before)));
    harness.get_by_label("driven ↑←↓→");
    let words = format!("{:.1} control", before.measure).replace('-', "−");
    harness.get_by_label_contains(&words);

    // Driving from an earlier step on replaces what was driven later.
    harness.state_mut().session.clock.seek(5);
    harness.key_press(Key::ArrowUp);
    lived(&mut harness);
    assert_eq!(whats(&harness), [(4, What::Act(0)), (5, What::Act(0))]);
    let [row, column] = tape(&harness).content.behaviour().unwrap().walk.as_ref().unwrap().squares[6];
    let [ghost_row, ghost_column] = before.content.behaviour().unwrap().walk.as_ref().unwrap().squares[6];
    harness.get_by_label_contains(&format!("agent on square ({column}, {row})"));
    harness.get_by_label_contains(&format!("control: agent on square ({ghost_column}, {ghost_row})"));

    // The keys are those of time again.
    harness.key_press(Key::Escape);
    harness.run_steps(1);
    assert!(!harness.state().session.is_driving());
    harness.key_press(Key::ArrowRight);
    harness.run_steps(1);
    assert_eq!((harness.state().session.clock.at(), whats(&harness).len()), (7, 2));

    // A board for each of the two, under one clock.
    assert_eq!(harness.query_all_by_label_contains("maze of 5 × 5").count(), 1);
    harness.get_by_label("two boards").click();
    harness.run_steps(2);
    let agents: Vec<_> = harness.query_all_by_label_contains("maze of 5 × 5").map(|node| node.rect()).collect();
    assert!(agents.len() == 2 && agents[0].right() < agents[1].left(), "{agents:?}");
    let at = harness.state().session.clock.at();
    for (board, tape) in [(agents[0], &before), (agents[1], &tape(&harness))] {
        let [row, column] = tape.content.behaviour().unwrap().walk.as_ref().unwrap().squares[at];
        let label = format!("agent on square ({column}, {row})");
        assert!(harness.query_all_by_label_contains(&label).any(|node| node.rect() == board), "{label}");
    }

    // Where only what the agent sees is shown, nothing tells of the other life's squares.
    harness.get_by_label("two boards").click();
    harness.get_by_label("only what is observed").click();
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("control: agent on").is_none());
    assert!(harness.query_by_label("control (outlined)").is_none() && harness.query_by_label("control").is_some());
    harness.get_by_label("only what is observed").click();
    harness.run_steps(2);
    harness.get_by_label("control (outlined)");

    harness.get_by_label("Undo all interventions").click_accesskit();
    lived(&mut harness);
    assert_eq!((tape(&harness), untouched(&harness)), (Arc::clone(&before), None));
    assert_eq!(harness.state().session.clock.at(), 7);

    // What was taken back can be done again; so can what another episode has put out of view.
    harness.get_by_label("Reapply interventions").click();
    lived(&mut harness);
    assert_eq!(whats(&harness).len(), 2);
    let changed = tape(&harness);
    harness.state_mut().session.set_driving(true);
    harness.state_mut().session.new_episode(true);
    lived(&mut harness);
    assert_eq!(tape(&harness), before);
    assert!(!harness.state().session.is_driving(), "the keys are those of time again");
    harness.state_mut().session.intervene_again();
    lived(&mut harness);
    assert_eq!(tape(&harness), changed);

    // What cannot be done is said, and what was done before stays.
    harness.state_mut().session.intervene(What::MoveReward([0, 0]));
    harness.run_steps(1);
    harness.state_mut().session.settle();
    harness.run_steps(2);
    let notice = &harness.state().session.notices[0].text;
    assert!(notice.contains("expected an open square for the reward"), "{notice}");
    assert_eq!(tape(&harness), changed);
    assert_eq!(whats(&harness).len(), 2);
}

#[test]
fn the_reward_is_carried_elsewhere_and_a_click_beside_a_driven_agent_leads_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(folder.path(), 0);
    let walk = tape(&harness).content.behaviour().unwrap().walk.clone().unwrap();
    let (reward, agent) = (walk.reward, walk.squares[0]);
    let target = [[1, 1], [5, 5]].into_iter().find(|corner| *corner != reward).unwrap();
    let carry = |harness: &mut Harness<'_, App>, from: [usize; 2], to: [usize; 2]| {
        let (begin, end) = (square(harness, from), square(harness, to));
        harness.hover_at(begin);
        harness.run_steps(1);
        pointer(harness, begin, true);
        for share in [0.3, 0.6, 1.0] {
            harness.hover_at(begin + (end - begin) * share);
            harness.run_steps(1);
        }
        pointer(harness, end, false);
    };
    // Not into a wall, and nothing else is a star.
    carry(&mut harness, reward, [0, 0]);
    let empty = walk
        .walls
        .iter()
        .enumerate()
        .find(|(at, wall)| !**wall && [at / 7, at % 7] != reward && [at / 7, at % 7] != agent);
    let (empty, _) = empty.unwrap();
    carry(&mut harness, [empty / 7, empty % 7], target);
    lived(&mut harness);
    assert_eq!(whats(&harness), []);
    carry(&mut harness, reward, target);
    lived(&mut harness);
    assert_eq!(whats(&harness), [(0, What::MoveReward(target))]);
    assert_eq!(tape(&harness).reward_square(0), Some(target));
    let [row, column] = target;
    harness.get_by_label_contains(&format!("reward on square ({column}, {row})"));
    harness.get_by_label(&format!("reward moved to square ({column}, {row})"));

    // A click means nothing until the agent is driven.
    let beside = square(&harness, [agent[0], agent[1] - 1]);
    let click = |harness: &mut Harness<'_, App>| {
        harness.hover_at(beside);
        harness.run_steps(1);
        pointer(harness, beside, true);
        pointer(harness, beside, false);
        lived(harness);
    };
    click(&mut harness);
    assert_eq!(whats(&harness).len(), 1);
    harness.get_by_label("Drive").click();
    harness.run_steps(2);
    click(&mut harness);
    assert_eq!(whats(&harness)[1], (0, What::Act(2)));
}

/// Drags the slider beside a name to this part of its way.
fn slide(harness: &mut Harness<'_, App>, name: &str, part: f32) {
    let name = harness.get_by_label(name).rect();
    let mut sliders = harness.query_all_by_role(Role::Slider).map(|node| node.rect());
    let is_beside = |slider: &egui::Rect| (name.right()..name.right() + 20.0).contains(&slider.left());
    let slider = sliders.find(|slider| slider.y_range().contains(name.center().y) && is_beside(slider));
    let slider = slider.expect("a slider beside its name");
    drop(sliders);
    pointer(harness, slider.center(), true);
    harness.hover_at(slider.lerp_inside(vec2(part, 0.5)));
    harness.run_steps(1);
    pointer(harness, slider.lerp_inside(vec2(part, 0.5)), false);
    lived(harness);
}

#[test]
fn the_modulator_is_in_the_viewers_hand_and_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, holds_later) in [("modulated", 0), ("retroactive", 1)] {
        let mut harness = opened_at(checkpoint_of(folder.path(), &[("network", kind)]), 10);
        let before = tape(&harness);
        assert!(whats(&harness).is_empty(), "looking at the slider changes nothing");
        slide(&mut harness, "M =", 0.5);
        let [(10, What::ClampModulator(Some(value)))] = whats(&harness)[..] else { panic!("{:?}", whats(&harness)) };
        assert!(value.abs() < 0.15, "the middle of the slider is about zero: {value}");
        slide(&mut harness, "M =", 0.999);
        let [(10, What::ClampModulator(Some(1.0)))] = whats(&harness)[..] else { panic!("{:?}", whats(&harness)) };
        harness.get_by_label("M clamped to 1.00");
        let after = tape(&harness);
        let of = |tape: &Tape| tape.modulator().unwrap().values.clone();
        assert_eq!(of(&after)[..10], of(&before)[..10], "{kind}: before, it is the network's");
        assert!(of(&after)[10..].iter().all(|value| *value == 1.0), "{kind}: {:?}", of(&after));
        // M of a step is heard in the trace of the next; through an eligibility trace too.
        let first = 11 + holds_later;
        assert_ne!(after.activity_at(first + 1), before.activity_at(first + 1), "{kind}");

        harness.state_mut().session.clock.seek(20);
        harness.run_steps(1);
        harness.get_by_label("Release").click();
        lived(&mut harness);
        let released = tape(&harness);
        assert!(of(&released)[10..20].iter().all(|value| *value == 1.0));
        assert!(of(&released)[20..].iter().all(|value| *value != 1.0), "{kind}: the network has it again");
        harness.get_by_label("M released");
        harness.get_by_label("Undo all interventions").click_accesskit();
        lived(&mut harness);
        assert_eq!(tape(&harness), before);
    }
    let mut harness = opened_at(checkpoint_of(folder.path(), &[]), 10);
    assert!(harness.query_by_label("M =").is_none(), "a rule alone writes this trace");
    assert_eq!(harness.state_mut().session.interventions(), []);
}

#[test]
fn the_trace_is_frozen_erased_and_transplanted_and_alpha_scaled() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint_of(folder.path(), &[("network", "retroactive")]);
    let mut harness = opened_at(path, 10);
    let before = tape(&harness);
    harness.get_by_label("Erase").click();
    lived(&mut harness);
    let session = &mut harness.state_mut().session;
    assert!(session.trace().unwrap().values().iter().all(|value| *value == 0.0), "H is zero at this step");
    let (ghost, ghost_trace) = session.ghost().unwrap();
    assert_eq!(ghost, before);
    assert!(ghost_trace.iter().any(|value| *value != 0.0), "and would not have been");

    harness.get_by_label("Transplant").click();
    lived(&mut harness);
    let [(10, What::Transplant { seed: 1, state })] = &whats(&harness)[..] else { panic!("{:?}", whats(&harness)) };
    assert_eq!(state.len(), 2 * 144);
    let trace = harness.state_mut().session.trace().unwrap();
    assert_eq!(trace.values(), &state[..144], "another life's trace in the place of the erased one");
    let scene = harness.state().session.scene().unwrap();
    let donor = specimen(scene.config.as_ref().unwrap(), &scene.parameters).episode(1);
    let donor = donor.unwrap();
    let layer = donor.layer(0).unwrap();
    let mut left = layer.first_state();
    layer.carry(&mut left, 0..donor.steps);
    assert_eq!(left, state.to_vec(), "the one that the life of seed 1 left behind");

    harness.state_mut().session.clock.seek(20);
    harness.run_steps(1);
    harness.get_by_label("Freeze").click();
    lived(&mut harness);
    let session = &mut harness.state_mut().session;
    let frozen = session.trace().unwrap();
    session.clock.seek(29);
    assert_eq!(session.trace().unwrap().values(), frozen.values());

    harness.state_mut().session.clock.seek(25);
    harness.run_steps(1);
    // A quarter of the way: about half of what was trained.
    slide(&mut harness, "α ×", 0.25);
    let scale = whats(&harness).into_iter().find_map(|(step, what)| match what {
        What::ScaleAlpha(scale) if step == 25 => Some(scale),
        _ => None,
    });
    let scale = scale.expect("the slider scales α from the step in view on");
    assert!((0.25..0.75).contains(&scale), "{scale}");
    let session = &mut harness.state_mut().session;
    let alpha = session.scene().unwrap().alpha.clone().unwrap();
    let scaled: Vec<f32> = alpha.values().iter().map(|alpha| scale * alpha).collect();
    let at = |session: &mut hebbscope::view::Session, step| {
        session.clock.seek(step);
        session.matrix(hebbscope::view::matrices::MatrixKind::Alpha).unwrap().matrix.values().to_vec()
    };
    assert_eq!((at(session, 24), at(session, 25)), (alpha.values().to_vec(), scaled));
    let told = format!("α × {}", figures(f64::from(scale), 3));
    for (words, step) in [("trace frozen", 20), (&*told, 25), ("last trace of episode seed 1", 10)] {
        harness.get_by_label(words);
        harness.get_by_label(&format!("step {}", step + 1));
    }
    // One of them is taken back.
    harness.get_by_label("undo: trace frozen").click_accesskit();
    lived(&mut harness);
    assert_eq!(whats(&harness).len(), 2);
    // The same episode again is the life as it was.
    harness.state_mut().session.new_episode(true);
    lived(&mut harness);
    assert_eq!(tape(&harness), before);
}

#[test]
fn where_nothing_can_be_changed_the_panel_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path());
    let harness = opened_at(path.clone(), 3);
    let scene = harness.state().session.scene().unwrap().clone();
    // As programs wrote it that did not put the configuration into tapes.
    let (network, mut tape) = (Arc::clone(&scene.parameters), Tape::clone(scene.tape()));
    tape.origin.run = None;
    let only = folder.path().join("tape.safetensors");
    tape_file::write(&only, &tape, &network).unwrap();
    let mut harness = opened_at(only, 3);
    harness.get_by_label_contains("This tape holds one episode and no settings for another");
    harness.key_press(Key::D);
    harness.run_steps(1);
    assert!(!harness.state().session.is_driving());
    assert!(harness.get_by_label("Erase").accesskit_node().is_disabled());

    // Its branch is seen as it was lived, with nothing beside it.
    tape.interventions = vec![hebbscope::episode::Intervention::new(2, What::Freeze)];
    let branch = folder.path().join("branch.safetensors");
    tape_file::write(&branch, &tape, &network).unwrap();
    let harness = opened_at(branch, 3);
    harness.get_by_label("trace frozen");
    assert_eq!(untouched(&harness), None);

    let mut harness = opened_at(checkpoint_of(folder.path(), &[("network", "non_plastic")]), 3);
    assert!(harness.get_by_label("Erase").accesskit_node().is_disabled(), "there is nothing to erase");
    harness.get_by_label("←").click();
    lived(&mut harness);
    assert_eq!(whats(&harness), [(3, What::Act(2))]);
}

#[test]
fn a_tape_is_lived_again_and_a_branch_opens_with_the_life_that_it_grew_from() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path());
    let scene = opened_at(path, 3).state().session.scene().unwrap().clone();
    let branch = scene.branched(vec![hebbscope::episode::Intervention::new(4, What::Act(2))]).unwrap();
    assert!(branch.tape().activity != scene.tape().activity, "the branch is the same life");
    let file = folder.path().join("branch.safetensors");
    tape_file::write(&file, branch.tape(), &branch.parameters).unwrap();
    let mut harness = opened_at(file.clone(), 5);
    assert_eq!(tape(&harness), *branch.tape());
    assert_eq!(untouched(&harness).as_ref(), Some(scene.tape()), "not the life that it grew from");
    assert!(harness.state().session.curve().is_empty(), "a tape has no curve");

    // Taken back it is that life, and another can be lived.
    harness.get_by_label("Undo all interventions").click_accesskit();
    lived(&mut harness);
    assert_eq!((tape(&harness), untouched(&harness)), (Arc::clone(scene.tape()), None));
    harness.state_mut().session.new_episode(false);
    harness.state_mut().session.settle();
    assert!(harness.state().session.scene().unwrap().seed() != scene.seed());

    // One that this machine would live otherwise from the beginning stands alone.
    let mut other = Tape::clone(branch.tape());
    let Content::Agent(behaviour) = &mut other.content else { panic!("no agent") };
    behaviour.actions[0] = (behaviour.actions[0] + 1) % 4;
    tape_file::write(&file, &other, &branch.parameters).unwrap();
    let mut harness = opened_at(file, 5);
    assert_eq!(untouched(&harness), None);
    harness.get_by_label("Undo all interventions").click_accesskit();
    lived(&mut harness);
    assert_eq!(tape(&harness), *scene.tape());
}

#[test]
fn lives_beside_each_other_are_drawn_in_both_themes() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path());
    for dark in [true, false] {
        let mut picture = Picture::with(device, dark);
        picture.open(Some(&path));
        let session = &mut picture.app.session;
        session.clock.seek(6);
        session.intervene(What::Act(0));
        session.update();
        session.settle();
        assert!(session.scene().unwrap().ghost.is_some());
        session.clock.seek(12);
        picture.app.set_layout(Named::Watch);
        let together = picture.window([1280.0, 800.0], 1.0).unwrap();
        keep(&together, &format!("branch-{dark}"));
        let place = PANELS.iter().position(|make| make().title() == "Intervene").unwrap();
        let panel = picture.panel(place, [420.0, 260.0], 1.0).unwrap();
        keep(&panel, &format!("intervene-{dark}"));
        device = picture.into_offscreen();
    }
}

#[test]
fn two_boards_lie_where_they_are_larger() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path());
    for (size, is_wide) in [([640.0, 380.0], true), ([360.0, 640.0], false)] {
        let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
        app.session.open(path.clone());
        app.session.settle();
        app.session.clock.seek(3);
        app.session.intervene(What::Erase);
        app.session.update();
        app.session.settle();
        let place = PANELS.iter().position(|make| make().title() == "Maze").unwrap();
        let mut is_set_up = false;
        let mut harness = Harness::builder().with_size(size).build_ui(move |ui| {
            if !std::mem::replace(&mut is_set_up, true) {
                theme::install(ui.ctx());
                return ui.ctx().request_repaint();
            }
            app.panel_ui(ui, place);
        });
        harness.run_steps(3);
        harness.get_by_label("two boards").click();
        harness.run_steps(3);
        let boards: Vec<egui::Rect> =
            harness.get_all_by_label_contains("agent on square").map(|board| board.rect()).collect();
        let [one, other] = boards[..] else { panic!("{} boards", boards.len()) };
        assert_eq!(one.size(), other.size());
        let (across, down) = (other.left() - one.right(), other.top() - one.bottom());
        assert!(if is_wide { across > 0.0 } else { down > 0.0 }, "{one:?} and {other:?}");
        assert!(one.width() > 0.55 * size[0].min(size[1]), "small boards: {one:?}");
    }
}

#[test]
fn a_branch_is_recorded_and_drawn_from_the_command_line() {
    let bench = Bench::new();
    std::fs::copy(checkpoint(&bench.path("")), bench.path("agent")).unwrap();
    bench.done("episode agent --seed 2 --do 5:act=up,left --do 3:erase --do 9:transplant=4 --out branch.safetensors");
    let (tape, _) = tape_file::read(TensorFile::read(&bench.path("branch.safetensors")).unwrap()).unwrap();
    let steps: Vec<usize> = tape.interventions.iter().map(|done| done.step).collect();
    assert_eq!(steps, [2, 4, 5, 8]);
    bench.refused("episode agent --seed 2 --do 31:erase --out other", &["before one of 30 steps", "found step 31"]);
    bench.refused(
        "episode agent --seed 2 --do 4:reward=0,3 --out other",
        &["step 4", "an open square", "square (0, 3)"],
    );
    let misused = bench.run("episode agent --seed 2 --do 4:melt --out other");
    let errors = String::from_utf8(misused.stderr).unwrap();
    assert_eq!(misused.status.code(), Some(2));
    assert!(errors.contains("--do") && errors.contains("STEP:freeze"), "{errors}");
    if offscreen().is_some() {
        let drawn = bench.run("render agent --do 5:erase --out branch.png --size 400x300 --panel maze");
        assert!(drawn.status.success() && bench.path("branch.png").exists());
        let drawn = bench.run("render agent --seed 7 --out seven.png --size 400x300 --panel maze");
        assert!(drawn.status.success());
        let bytes = |name: &str| std::fs::read(bench.path(name)).unwrap();
        assert!(bytes("seven.png") != bytes("branch.png"), "another life");
        let (tape, network) = tape_file::read(TensorFile::read(&bench.path("branch.safetensors")).unwrap()).unwrap();
        let mut bare = tape;
        bare.origin.run = None;
        tape_file::write(&bench.path("bare.safetensors"), &bare, &network).unwrap();
        let refused = bench.run("render bare.safetensors --do 5:erase --out other.png");
        let errors = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1));
        assert!(errors.contains("this tape holds one episode") && !bench.path("other.png").exists(), "{errors}");
        let again = bench.run("render branch.safetensors --do 5:erase --out other.png --size 400x300 --panel maze");
        assert!(again.status.success() && bench.path("other.png").exists());
    }
}

/// Patterns and pictures are remembered in a trace too: what is done to it is done as to an agent's.
#[test]
fn the_trace_of_a_network_that_recalls_is_changed_in_the_window() {
    for task in ["patterns", "images"] {
        let folder = tempfile::tempdir().unwrap();
        let mut config = RunConfig::new(tasks::find(task).unwrap());
        for (key, value) in
            [("size", "20"), ("side", "5"), ("show_steps", "4"), ("rounds", "2"), ("source", "dead_leaves")]
        {
            if config.task().fields().iter().any(|field| field.key == key) {
                config.settings.set_text(key, value).unwrap();
            }
        }
        let mut trainer = Trainer::new(config).unwrap();
        trainer.step().unwrap();
        let path = folder.path().join("network.safetensors");
        trainer.checkpoint().unwrap().write(&path, Precision::Full).unwrap();
        let mut harness = opened_at(path, 12);
        let before = tape(&harness);
        assert_eq!(harness.query_all_by_label("Drive").count(), 0, "there is nobody to drive");
        harness.key_press(Key::D);
        harness.run_steps(1);
        assert!(!harness.state().session.is_driving());

        harness.get_by_label("Erase").click();
        lived(&mut harness);
        assert_eq!(whats(&harness), [(12, What::Erase)]);
        let session = &mut harness.state_mut().session;
        assert!(session.trace().unwrap().values().iter().all(|value| *value == 0.0), "H is zero at this step");
        let (ghost, ghost_trace) = session.ghost().unwrap();
        assert_eq!(ghost, before);
        assert!(ghost_trace.iter().any(|value| *value != 0.0), "and would not have been");
        let (changed, parted) = (tape(&harness), 12 * before.neurons());
        assert!(changed.activity[..parted] == before.activity[..parted]);
        assert!(changed.activity[parted..] != before.activity[parted..]);
        harness.get_by_label("Transplant").click();
        lived(&mut harness);
        harness.state_mut().session.clock.seek(14);
        harness.run_steps(1);
        harness.get_by_label("Freeze").click();
        lived(&mut harness);
        let [(12, What::Transplant { seed: 1, .. }), (14, What::Freeze)] = &whats(&harness)[..] else {
            panic!("{:?}", whats(&harness))
        };
        harness.get_by_label("Undo all interventions").click_accesskit();
        lived(&mut harness);
        assert_eq!((tape(&harness), untouched(&harness)), (before, None), "{task}");
    }
}

#[test]
fn the_trace_of_a_network_that_recalls_is_changed_from_the_command_line() {
    let bench = Bench::new();
    bench.done("train patterns --set size=20 --set show_steps=3 --set rounds=2 --steps 2 --out run");
    bench.done("episode run --seed 2 --do 9:alpha=0.5 --do 14:transplant=4 --do 20:freeze --out branch.safetensors");
    bench.done("episode run --seed 2 --out life.safetensors");
    let [branch, life] = ["branch", "life"].map(|name| {
        let file = TensorFile::read(&bench.path(&format!("{name}.safetensors"))).unwrap();
        tape_file::read(file).unwrap().0
    });
    assert_eq!(branch.interventions.iter().map(|done| done.step).collect::<Vec<_>>(), [8, 13, 19]);
    assert!(branch.activity[..8 * 21] == life.activity[..8 * 21] && branch.activity != life.activity);
    bench.misused("episode run --seed 2 --do 4:act=up --out other", &["the network of an agent"]);
    bench.misused("episode run --seed 2 --do 4:reward=2,3 --out other", &["the network of an agent"]);
}

#[test]
fn a_narrow_panel_holds_all_that_can_be_done_and_a_life_of_recall_has_it_over_its_curve() {
    let folder = tempfile::tempdir().unwrap();
    let path = crate::ui::window::small_checkpoint(folder.path(), &[]);
    let place = PANELS.iter().position(|make| make().title() == "Intervene").unwrap();
    for width in [180.0, 240.0, 420.0] {
        let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
        app.session.open(path.clone());
        app.session.settle();
        app.session.clock.pause();
        let mut is_set_up = false;
        let mut harness = Harness::builder().with_size([width, 360.0]).build_ui(move |ui| {
            if !std::mem::replace(&mut is_set_up, true) {
                theme::install(ui.ctx());
                return ui.ctx().request_repaint();
            }
            app.panel_ui(ui, place);
        });
        harness.run_steps(3);
        let fields: Vec<egui::Rect> = harness.get_all_by_role(Role::SpinButton).map(|field| field.rect()).collect();
        assert!(fields.len() >= 2, "a seed and a scale");
        for rect in fields {
            assert!(rect.right() <= width, "{rect:?} in a panel of {width}");
        }
        let slider = harness.get_by_role(Role::Slider).rect();
        assert!(slider.width() >= 20.0, "{slider:?} in a panel of {width}");
    }
    let mut harness = opened_at(path, 5);
    harness.state_mut().set_layout(Named::Watch);
    let context = harness.ctx.clone();
    harness.state_mut().perform(&hebbscope::ui::commands::show("Intervene"), &context);
    harness.run_steps(3);
    let arrangement = harness.state_mut().dock().arrangement();
    let expected = Named::Watch.arrangement().with_in_front("Intervene", "Rank");
    assert_eq!(arrangement, expected);
}
