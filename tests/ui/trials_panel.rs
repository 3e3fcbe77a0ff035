//! Trials in the window: what the panel says is what the tape holds, in every layout and both themes.

use crate::support::{keep, offscreen, session_of, windowed};
use crate::workbench::checkpoint_file;
use egui_kittest::kittest::Queryable as _;
use hebbscope::tasks::cue_reward::YES;
use hebbscope::ui::App;
use hebbscope::ui::layout::{Named, Subject};
use hebbscope::ui::numbers::percent;
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::picture::Picture;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An agent that has hardly been trained, as a file.
pub fn checkpoint(folder: &Path, network: &str) -> PathBuf {
    let small = [("neurons", "12"), ("steps", "40"), ("bits", "6"), ("batch", "3")];
    checkpoint_file(folder, "cue_reward", 1, [&small, &[("network", network)]])
}

#[test]
fn what_was_asked_and_answered_is_told_at_every_step() {
    let folder = tempfile::tempdir().unwrap();
    for network in ["modulated", "non_plastic"] {
        let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
        app.session = session_of(checkpoint(folder.path(), network));
        let mut harness = windowed(app);
        harness.run_steps(3);
        let scene = harness.state().session.scene().unwrap();
        assert_eq!(scene.subject(), Subject::Trials);
        let tape = Arc::clone(scene.tape());
        let behaviour = tape.content.behaviour().unwrap();
        let trials = behaviour.trials.as_ref().unwrap();
        let target = trials.target + 1;
        harness.state_mut().session.clock.seek(0);
        harness.run_steps(2);
        harness.get_by_label_contains("0 of 0 right so far");
        assert!(harness.query_all_by_label_contains("no question yet").count() > 0);
        for (count, go) in trials.goes().enumerate() {
            harness.state_mut().session.clock.seek(go);
            harness.run_steps(2);
            let right = trials.goes().take(count + 1).filter(|go| behaviour.rewards[*go] > 0.0).count();
            harness.get_by_label_contains(&format!("{right} of {} right so far", count + 1));
            let cues: Vec<String> = trials.cues_before(go).iter().map(|cue| (cue + 1).to_string()).collect();
            let words = format!(
                "step {}: cues {}, target {target}: {}, {} (p of yes {})",
                go + 1,
                cues.join(" and "),
                if behaviour.actions[go] == YES { "yes" } else { "no" },
                if behaviour.rewards[go] > 0.0 { "right" } else { "wrong" },
                percent(f64::from(behaviour.probabilities[2 * go + YES]))
            );
            assert!(harness.query_all_by_label_contains(&words).count() > 0, "{words}");
        }
    }
}

#[test]
fn every_layout_is_drawn_with_trials_in_view_in_both_themes() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    for is_dark in [true, false] {
        let mut picture = Picture::with(device, is_dark);
        for network in ["retroactive", "plastic", "non_plastic"] {
            picture.open(Some(&checkpoint(folder.path(), network)));
            picture.app.session.clock.seek(25);
            for layout in Named::ALL {
                assert!(layout.arrangement_for(Subject::Trials).panels().contains(&"Trace"), "{layout:?}");
                picture.app.set_layout(layout);
                for size in [[1280.0, 800.0], [700.0, 480.0]] {
                    let drawn = picture.window(size, 1.0).unwrap();
                    assert_eq!(drawn.width(), size[0] as u32);
                    keep(&drawn, &format!("trials-{network}-{layout:?}-{is_dark}-{}", size[0]));
                }
            }
        }
        device = picture.into_offscreen();
    }
}

#[test]
fn cues_are_seen_however_many_there_are_and_however_long_the_episode_is() {
    let Some(device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut picture = Picture::with(device, true);
    let index = PANELS.iter().position(|make| make().title() == "Trials").unwrap();
    for changes in [[("cues", "64"), ("steps", "120")], [("cues", "4"), ("steps", "2000")]] {
        let small = [("neurons", "8"), ("bits", "8"), ("batch", "2")];
        picture.open(Some(&checkpoint_file(folder.path(), "cue_reward", 0, [&small, &changes])));
        let steps = picture.app.session.scene().unwrap().tape().steps;
        picture.app.session.clock.seek(steps - 1);
        let drawn = picture.panel(index, [460.0, 320.0], 1.0).unwrap();
        // Right of the names and of the frame of the step in view.
        let is_amber = |[red, _, blue, _]: [u8; 4]| red > 110 && red > blue.saturating_add(60);
        let seen = drawn.enumerate_pixels().filter(|(x, _, pixel)| (80..430).contains(x) && is_amber(pixel.0)).count();
        assert!(seen > 8, "{changes:?}: {seen} pixels of the target");
        keep(&drawn, &format!("trials-{}-{}", changes[0].1, changes[1].1));
    }
}
