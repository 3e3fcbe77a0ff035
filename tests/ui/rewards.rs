//! Steps to the reward, each time: counted by hand, found by brute force, and drawn.

use crate::support::{keep, offscreen, windowed};
use crate::ui::maze_panel::{checkpoint, told, trained};
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::episode::{Behaviour, Content, EventKind, Intervention, Tape, Walk, What};
use hebbscope::tasks::maze::grid::{Action, Square};
use hebbscope::train::Bundled;
use hebbscope::ui::App;
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::panels::maze::ways::{Way, ways};
use hebbscope::ui::picture::Picture;
use hebbscope::view::numbers::decimals;
use std::sync::Arc;

fn tape_with(behaviour: Behaviour) -> Tape {
    Tape { content: Content::Agent(behaviour), ..trained(&[]).specimen().episode(1).unwrap() }
}

#[test]
fn ways_are_those_that_are_counted_by_hand() {
    // There in two steps; a bump and one step; then nothing more.
    let way = |start, steps, shortest, is_found| Way { start, steps, shortest: Some(shortest), is_found };
    let tape = tape_with(told());
    assert_eq!(ways(&tape).unwrap(), [way(0, 2, 2, true), way(2, 2, 1, true)]);
    let efficiencies = ways(&tape).unwrap().iter().map(Way::efficiency).collect::<Vec<_>>();
    assert_eq!(efficiencies, [Some(1.0), Some(0.5)]);
    assert_eq!([0, 2, 3, 4, 9].map(|at| ways(&tape).unwrap()[1].until(at)), [0, 0, 1, 2, 2]);

    // The reward is hidden under the agent: it has to leave and come back, which it never does.
    let moved = Intervention::new(2, What::MoveReward([1, 2]));
    let standing = Tape { interventions: vec![moved], ..tape.clone() };
    let last = way(2, 2, 2, false);
    assert_eq!(ways(&standing).unwrap(), [way(0, 2, 2, true), last]);
    assert_eq!(last.efficiency(), None);
    let placeless = Behaviour { walk: None, ..told() };
    assert_eq!(ways(&tape_with(placeless)), None);
}

/// The fewest actions after which an agent that walks from `from` has stepped on `to`, by trying everything.
fn brute_force(walk: &Walk, from: [usize; 2], to: [usize; 2]) -> usize {
    let mut here = vec![Square { row: from[0], column: from[1] }];
    for steps in 1.. {
        let all = here.iter().flat_map(|square| Action::ALL.map(|action| square.beside(action)));
        let mut next: Vec<Square> = all.filter(|square| !walk.is_wall([square.row, square.column])).collect();
        next.sort();
        next.dedup();
        if next.contains(&Square { row: to[0], column: to[1] }) {
            return steps;
        }
        here = next;
    }
    unreachable!("every open square can be reached")
}

#[test]
fn ways_fill_the_episode_end_at_its_rewards_and_are_no_shorter_than_the_shortest() {
    for bundled in [Bundled::Agent, Bundled::ModulatedAgent] {
        let checkpoint = bundled.open().unwrap();
        for (seed, interventions) in [
            (0, Vec::new()),
            (7, Vec::new()),
            (7, vec![Intervention::new(81, What::Erase)]),
            (3, vec![Intervention::new(60, What::MoveReward([1, 1])), Intervention::new(90, What::MoveReward([9, 5]))]),
        ] {
            let tape = checkpoint.specimen().branch(seed, interventions).unwrap();
            let walk = tape.content.walk().unwrap();
            let ways = ways(&tape).unwrap();
            let mut start = 0;
            for way in &ways {
                assert_eq!(way.start, start);
                start = way.end();
                let shortest = brute_force(walk, walk.squares[way.start], tape.reward_square(way.end() - 1).unwrap());
                assert_eq!(way.shortest, Some(shortest), "seed {seed}: {way:?}");
                assert!(!way.is_found || way.steps >= shortest, "seed {seed}: {way:?}");
            }
            assert_eq!(start, tape.steps, "seed {seed}: the bars sum to the episode");
            let found = ways.iter().filter(|way| way.is_found).map(|way| way.end() - 1);
            let rewards = tape.events.iter().filter(|event| event.kind == EventKind::Reward).map(|event| event.start);
            assert!(found.eq(rewards), "seed {seed}");
        }
    }
}

fn agent(step: usize) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open_bundled(Bundled::Agent);
    app.session.settle();
    app.session.clock.pause();
    app.session.clock.seek(step);
    let mut harness = windowed(app);
    harness.state_mut().show_panel("Rewards", "Agent");
    harness.run_steps(3);
    harness
}

fn note(harness: &Harness<'_, App>) -> String {
    let panel = PANELS.iter().map(|make| make()).find(|panel| panel.name() == "Rewards").unwrap();
    panel.note(&harness.state().session)
}

#[test]
fn every_way_has_a_bar_that_says_its_numbers_and_leads_to_it() {
    let mut harness = agent(120);
    let tape = Arc::clone(harness.state().session.scene().unwrap().tape());
    let ways = ways(&tape).unwrap();
    let done: Vec<f64> = ways.iter().filter(|way| way.end() <= 120).filter_map(Way::efficiency).collect();
    let mean = |values: &[f64]| decimals(values.iter().sum::<f64>() / values.len() as f64, 2);
    let all = ways.iter().filter(|way| way.is_found).count();
    let expected = format!(
        "found {} of {all} times · shortest/taken {} on average · first {}, later {}",
        done.len(),
        mean(&done),
        mean(&done[..1]),
        mean(&done[1..])
    );
    assert_eq!(note(&harness), expected);
    assert!(done[0] < 0.5 && done[1] > 0.9, "the second time is faster: {done:?}");
    for index in [0, 3, ways.len() - 1] {
        let Way { start, steps, shortest, is_found } = ways[index];
        let end = if is_found { "" } else { " and not found until the end" };
        let words = format!("reward {}: {steps} steps{end}, shortest path {}", index + 1, shortest.unwrap());
        harness.get_by_label(&words).click();
        harness.run_steps(2);
        let clock = &harness.state().session.clock;
        assert_eq!((clock.at(), clock.is_playing()), (start, false), "{words}");
    }
    harness.state_mut().session.clock.seek(0);
    assert_eq!(note(&harness), format!("found 0 of {all} times"));
}

#[test]
fn a_branch_has_bars_beside_those_of_its_control() {
    let mut harness = agent(81);
    harness.state_mut().session.intervene(What::Erase);
    for _ in 0..4 {
        harness.run_steps(1);
        harness.state_mut().session.settle();
    }
    harness.run_steps(2);
    let scene = harness.state().session.scene().unwrap();
    let [own, control] = [scene.tape(), scene.ghost.as_ref().unwrap().tape()].map(|tape| ways(tape).unwrap());
    let told = |way: &Way| {
        let end = if way.is_found { "" } else { " and not found until the end" };
        format!("{} steps{end}, shortest path {}", way.steps, way.shortest.unwrap())
    };
    let index = own.iter().zip(&control).position(|(own, control)| own != control).unwrap();
    let words = format!("reward {}: {}; control: {}", index + 1, told(&own[index]), told(&control[index]));
    harness.get_by_label(&words);
    assert!(note(&harness).contains(" · control "), "{}", note(&harness));
}

#[test]
fn bars_are_drawn_in_both_themes_and_grow_with_the_steps() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let agent = checkpoint(folder.path());
    let place = PANELS.iter().position(|make| make().name() == "Rewards").unwrap();
    let mut drawn = Vec::new();
    for dark in [true, false] {
        let mut picture = Picture::with(device, dark);
        picture.open(Some(&agent));
        for (step, size) in [(3, [420.0, 220.0]), (4, [420.0, 220.0]), (29, [420.0, 220.0]), (29, [120.0, 60.0])] {
            picture.app.session.clock.seek(step);
            let panel = picture.panel(place, size, 1.0).unwrap();
            keep(&panel, &format!("rewards-{dark}-{step}"));
            assert!(!drawn.contains(&panel), "{dark} {step} {size:?} looks like another");
            drawn.push(panel);
        }
        device = picture.into_offscreen();
    }
}

/// A legend stands beside the board where it takes nothing from it, below where it takes little, and otherwise a word
/// leads to it; it tells only what is on the board.
#[test]
fn the_signs_of_the_maze_are_explained_where_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(checkpoint(folder.path()));
    app.session.settle();
    app.session.clock.pause();
    let maze = PANELS.iter().position(|make| make().name() == "Maze").unwrap();
    let mut is_set_up = false;
    let mut harness = Harness::builder().with_size([640.0, 400.0]).build_ui_state(
        move |ui, app: &mut App| {
            if !std::mem::replace(&mut is_set_up, true) {
                hebbscope::ui::theme::install(ui.ctx());
                return ui.ctx().request_repaint();
            }
            app.advance(ui.ctx(), 0.0);
            app.panel_ui(ui, maze);
        },
        app,
    );
    harness.run_steps(4);
    let [legend, board] = ["legend: ", "maze of 5 × 5"].map(|words| harness.get_by_label_contains(words).rect());
    assert!(legend.left() > board.right() && harness.query_by_label("legend").is_none());
    let all = "legend: agent, hidden reward, tint: high value, likeliest action, observed 3 × 3, last 24 steps, \
               timeline: reward, timeline: teleport, timeline: wall hit";
    harness.get_by_label(all);
    harness.get_by_label("only what is observed").click();
    harness.run_steps(3);
    assert!(
        harness.query_by_label_contains("hidden reward").is_none()
            && harness.query_by_label_contains("last 24").is_none()
    );
    harness.get_by_label("only what is observed").click();

    harness.set_size([430.0, 480.0].into());
    harness.run_steps(3);
    let [legend, board] = ["legend: ", "maze of 5 × 5"].map(|words| harness.get_by_label_contains(words).rect());
    assert!(legend.top() >= board.bottom(), "{legend:?} {board:?}");
    harness.get_by_label("legend");

    harness.set_size([260.0, 240.0].into());
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("legend: ").is_none());
    harness.get_by_label("legend");
}
