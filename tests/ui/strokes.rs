//! A quick stroke of the pointer counts at any frame rate, also where all of it falls between two frames.

use crate::support::windowed;
use crate::ui::maze_panel::checkpoint;
use crate::ui::window::small_checkpoint;
use egui::{Event, Modifiers, PointerButton, Pos2, pos2, vec2};
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::episode::What;
use hebbscope::ui::App;
use std::path::PathBuf;
use std::sync::Arc;

/// After which parts of a stroke a frame is drawn: its press, its way, its end.
const FRAMES: [[bool; 3]; 4] = [[true, true, true], [true, false, true], [false, true, true], [false, false, true]];

fn opened(path: PathBuf, step: usize) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(path);
    app.session.settle();
    app.session.clock.pause();
    app.session.clock.seek(step);
    windowed(app)
}

/// A stroke from one place to another, with few frames.
fn stroke(harness: &mut Harness<'_, App>, from: Pos2, to: Pos2, modifiers: Modifiers, frames: [bool; 3]) {
    harness.hover_at(from);
    harness.run_steps(2);
    let button =
        |pos: Pos2, pressed: bool| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers };
    harness.input_mut().events.push(Event::ModifiersChanged(modifiers));
    for (events, is_drawn) in [
        (vec![button(from, true)], frames[0]),
        (vec![Event::PointerMoved(from + (to - from) * 0.5), Event::PointerMoved(to)], frames[1]),
        (vec![button(to, false)], frames[2]),
    ] {
        // Whatever comes before the next frame comes in one.
        harness.input_mut().events.extend(events);
        if is_drawn {
            harness.step();
        }
    }
    harness.input_mut().events.push(Event::ModifiersChanged(Modifiers::NONE));
    harness.run_steps(2);
}

#[test]
fn the_star_is_carried_however_few_frames_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let agent = checkpoint(folder.path());
    for frames in FRAMES {
        let mut harness = opened(agent.clone(), 0);
        let walk = harness.state().session.scene().unwrap().tape().content.walk().unwrap().clone();
        let target = [[1, 1], [5, 5]].into_iter().find(|corner| *corner != walk.reward).unwrap();
        let board = harness.get_by_label_contains("maze of 5 × 5").rect();
        let place =
            |[row, column]: [usize; 2]| board.min + board.size() * vec2(column as f32 + 0.5, row as f32 + 0.5) / 7.0;
        // Not into a wall.
        stroke(&mut harness, place(walk.reward), place([0, 0]), Modifiers::NONE, frames);
        assert!(harness.state().session.interventions().is_empty(), "{frames:?}");
        // A press that lets go where it was is no carrying.
        stroke(&mut harness, place(walk.reward), place(walk.reward), Modifiers::NONE, frames);
        assert!(harness.state().session.interventions().is_empty(), "{frames:?}");
        stroke(&mut harness, place(walk.reward), place(target), Modifiers::NONE, frames);
        let done: Vec<_> = harness.state().session.interventions().iter().map(|done| done.what.clone()).collect();
        assert_eq!(done, [What::MoveReward(target)], "{frames:?}");
    }
}

#[test]
fn the_timeline_is_dragged_however_few_frames_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let network = small_checkpoint(folder.path(), &[]);
    for frames in FRAMES {
        let mut harness = opened(network.clone(), 0);
        let line = harness.get_by_label_contains("timeline, step").rect();
        let at = |share: f32| pos2(line.left() + share * line.width(), line.center().y);
        let steps = harness.state().session.clock.steps() as f32;
        stroke(&mut harness, at(0.2), at(0.7), Modifiers::NONE, frames);
        let found = harness.state().session.clock.at() as f32;
        assert!((found - 0.7 * steps).abs() < 2.0, "step {found} of {steps}: {frames:?}");
        stroke(&mut harness, at(0.25), at(0.75), Modifiers::SHIFT, frames);
        let span = harness.state().session.clock.span().cloned().unwrap_or_else(|| panic!("no span: {frames:?}"));
        let expected = [0.25 * steps, 0.75 * steps];
        for (found, expected) in [span.start, span.end].into_iter().zip(expected) {
            assert!((found as f32 - expected).abs() < 2.5, "{span:?} of {steps} steps: {frames:?}");
        }
    }
}
