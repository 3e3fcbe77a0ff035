//! Trials in the window: what the panel says is what the tape holds, in every layout and both themes.

use super::intervene::{lived, opened_at, tape};
use crate::support::{keep, offscreen, session_of, windowed};
use crate::workbench::{checkpoint_file, specimen};
use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hebbscope::episode::{Intervention, What};
use hebbscope::tasks::cue_reward::YES;
use hebbscope::tasks::tally::Mean;
use hebbscope::ui::App;
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::picture::Picture;
use hebbscope::view::layout::{Named, Subject};
use hebbscope::view::numbers::percent;
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
fn another_cue_becomes_the_target_by_a_click_on_its_name_or_in_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened_at(checkpoint(folder.path(), "modulated"), 12);
    let first = tape(&harness);
    let target = first.target_cue(0).unwrap();
    let [one, other] = [(target + 1) % 4, (target + 2) % 4];
    harness.get_by_label(&format!("make cue {} the target from step 13 on", one + 1)).click();
    lived(&mut harness);
    let now = tape(&harness);
    assert_eq!([11, 12, 39].map(|step| now.target_cue(step).unwrap()), [target, one, one]);
    harness.get_by_label(&format!("target is cue {}", one + 1));
    // What it would have answered is beside what it answers.
    assert!(harness.state().session.scene().unwrap().ghost.is_some());

    harness.state_mut().session.clock.seek(25);
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::ComboBox, "target").click();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::Button, &format!("cue {}", other + 1)).click();
    lived(&mut harness);
    let now = tape(&harness);
    assert_eq!([24, 25].map(|step| now.target_cue(step).unwrap()), [one, other]);
    harness.get_by_label("Undo all interventions").click_accesskit();
    lived(&mut harness);
    assert_eq!(tape(&harness), first);
}

#[test]
fn right_answers_are_counted_trial_by_trial_in_many_episodes_with_what_is_done_and_without() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened_at(checkpoint(folder.path(), "modulated"), 12);
    let counted = |harness: &mut Harness<'_, App>| {
        for _ in 0..3 {
            harness.state_mut().session.wait_for_panels();
            harness.run_steps(2);
        }
    };
    counted(&mut harness);
    // The same, counted here.
    let scene = harness.state().session.scene().unwrap();
    let specimen = specimen(scene.config.as_ref().unwrap(), &scene.parameters);
    let count = |interventions: &[Intervention], trial: usize| {
        let is_right = |seed: &u64| {
            let tape = specimen.branch(*seed, interventions.to_vec()).unwrap();
            let behaviour = tape.content.behaviour().unwrap();
            let go = behaviour.trials.as_ref().unwrap().goes().nth(trial)?;
            Some(behaviour.rewards[go] > 0.0)
        };
        let answers: Vec<bool> = (0..200).collect::<Vec<u64>>().iter().filter_map(is_right).collect();
        let mean: Mean = answers.iter().map(|is_right| f64::from(u8::from(*is_right))).collect();
        let [low, high] = mean.share_interval().unwrap().map(percent);
        format!("{} ({low}–{high})", percent(mean.mean().unwrap()))
    };
    let erased = [Intervention::new(12, What::Erase), Intervention::new(12, What::ClampModulator(Some(1.0)))];
    let (alone, changed) = ([0, 3].map(|trial| count(&[], trial)), count(&erased, 3));
    let says = |harness: &Harness<'_, App>, words: &str| harness.query_all_by_label_contains(words).count() > 0;
    for (trial, words) in [(0, &alone[0]), (3, &alone[1])] {
        let tape = tape(&harness);
        let go = tape.content.behaviour().unwrap().trials.as_ref().unwrap().goes().nth(trial).unwrap();
        harness.state_mut().session.clock.seek(go);
        counted(&mut harness);
        assert!(says(&harness, &format!("trial {}: {words} are right", trial + 1)), "{words}");
    }
    harness.state_mut().session.clock.seek(12);
    harness.run_steps(1);
    harness.get_by_label("Erase").click();
    lived(&mut harness);
    harness.state_mut().session.intervene(What::ClampModulator(Some(1.0)));
    lived(&mut harness);
    let go = tape(&harness).content.behaviour().unwrap().trials.as_ref().unwrap().goes().nth(3).unwrap();
    harness.state_mut().session.clock.seek(go);
    counted(&mut harness);
    assert!(says(&harness, &format!("with interventions {changed}")), "{changed}");
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
