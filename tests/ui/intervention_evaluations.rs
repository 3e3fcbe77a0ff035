//! One episode among many: what the panel says is what an evaluation says, and every bar opens its episodes.

use super::intervene::{lived, opened_at, tape};
use super::maze_panel::{checkpoint, checkpoint_of};
use super::window::{quiet_session, small_checkpoint, wait_for};
use crate::workbench::specimen;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hebbscope::episode::{Intervention, What};
use hebbscope::train::evaluate::{self, Evaluation, Life, Lives, Means, Protocol};
use hebbscope::ui::App;
use hebbscope::view::evaluations::EPISODES;
use hebbscope::view::evaluations::interventions::{InterventionEvaluation, View};
use hebbscope::view::scene::Scene;
use hebbscope::view::{Session, numbers};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The window with a small agent to whose trace something was done before step 10, once the others are there.
fn compared(path: std::path::PathBuf, what: What) -> Harness<'static, App> {
    let mut harness = opened_at(path, 10);
    harness.state_mut().session.intervene(what);
    lived(&mut harness);
    found(&mut harness);
    harness
}

/// Draws frames until the comparison is whole.
fn found(harness: &mut Harness<'_, App>) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while harness.query_by_label("The same in 200 episodes").is_none() {
        assert!(Instant::now() < deadline, "waited too long for the others");
        harness.run_steps(1);
    }
    harness.run_steps(2);
}

fn evaluated(scene: &Scene, interventions: Vec<Intervention>, episodes: u64) -> Evaluation {
    let protocol = Protocol { lives: Lives::Seeds(0..episodes), interventions, lesions: Vec::new() };
    evaluate::evaluate(specimen(scene.config.as_ref().unwrap(), &scene.parameters), &protocol, |_| true).unwrap()
}

fn difference(life: &Life) -> f64 {
    life.measure - life.control.unwrap()
}

/// Of each bar how many episodes it counts, and the seed that a click on it opens.
fn bars(harness: &Harness<'_, App>) -> Vec<(usize, u64)> {
    let named = harness.query_all_by_label_contains(", open episode seed ");
    let read = |label: String| {
        let (count, seed) = (label.split(' ').next().unwrap(), label.rsplit(' ').next().unwrap());
        (count.parse().unwrap(), seed.parse().unwrap())
    };
    named.map(|node| read(node.accesskit_node().label().unwrap())).collect()
}

/// What the panel shows of the life in view.
fn shown(session: &mut Session) -> InterventionEvaluation {
    match session.request_intervention_evaluation() {
        View::Evaluation(found) => found,
        other => panic!("{other:?}"),
    }
}

/// The life in view is that of a seed as it was lived among the others.
fn assert_is_life(harness: &Harness<'_, App>, result: &Evaluation, seed: u64) {
    let scene = harness.state().session.scene().unwrap();
    let life = &result.lives[seed as usize];
    assert_eq!((scene.seed(), life.seed), (Some(seed), Some(seed)));
    assert_eq!(f64::from(scene.tape().measure), life.measure);
    assert_eq!(f64::from(scene.ghost.as_ref().unwrap().tape().measure), life.control.unwrap());
}

#[test]
fn the_panel_says_of_two_hundred_episodes_what_an_evaluation_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = compared(checkpoint(folder.path()), What::Erase);
    let scene = harness.state().session.scene().unwrap().clone();
    let result = evaluated(&scene, vec![Intervention::new(10, What::Erase)], EPISODES);
    let contrast = result.contrast.as_ref().unwrap();
    let [mean, error] = [contrast.differences[0].mean().unwrap(), contrast.differences[0].error().unwrap()];
    assert!(error > 0.0, "erasing changes nothing in this network: the test would see nothing");
    let unharmed = 100.0 * contrast.unharmed.mean().unwrap();
    let lost = 100.0 * result.entry("never_again_share").unwrap().mean().unwrap();
    let entry = contrast.control.iter().find(|entry| entry.key == "never_again_share").unwrap();
    let Means::One(counted) = &entry.means else { panic!("a number") };
    let known = counted.count();
    let left_alone = 100.0 * entry.mean().unwrap();
    assert!(left_alone > 0.0, "every control finds it again: the test would see nothing");
    harness.get_by_label(&format!(
        "mean difference {} · {unharmed:.0}\u{2005}% lose at most 5 · {lost:.0}\u{2005}% of the {known} that had found the reward \
         never find it again (of the controls {left_alone:.0}\u{2005}%)",
        numbers::difference(mean, Some(error), false)
    ));
    let counted: usize = bars(&harness).iter().map(|(count, _)| count).sum();
    assert_eq!(counted, 200);

    // Where this one lies among them.
    let this = f64::from(scene.tape().measure) - f64::from(scene.ghost.as_ref().unwrap().tape().measure);
    let better = result.lives.iter().filter(|life| difference(life) > this).count();
    let worse = result.lives.iter().filter(|life| difference(life) < this).count();
    let rank = match (better, worse) {
        (0, 0) => "as all of them".to_owned(),
        _ if better >= worse => format!("worse than {:.0}\u{2005}% of them", better as f64 / 2.0),
        _ => format!("better than {:.0}\u{2005}% of them", worse as f64 / 2.0),
    };
    harness.get_by_label_contains(&format!(", {rank}."));

    // The typical one is a click away, with the same done to it and its own control, at the same instant.
    let typical = result.median_life().unwrap().seed.unwrap();
    harness.get_by_label(&format!("Typical episode: seed {typical}")).click_accesskit();
    lived(&mut harness);
    assert_is_life(&harness, &result, typical);
    assert_eq!(tape(&harness).interventions, [Intervention::new(10, What::Erase)]);
    assert_eq!(harness.state().session.clock.at(), 10);
    harness.get_by_label_contains("It is the typical one");
    // The others are those they were.
    assert_eq!(shown(&mut harness.state_mut().session).lives, result.lives);
}

#[test]
fn every_bar_opens_its_episodes_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = compared(checkpoint(folder.path()), What::Erase);
    let scene = harness.state().session.scene().unwrap().clone();
    let result = evaluated(&scene, vec![Intervention::new(10, What::Erase)], EPISODES);
    let first = *bars(&harness).iter().max().unwrap();
    let click = |harness: &mut Harness<'_, App>, (count, seed): (usize, u64)| {
        let words = format!(", open episode seed {seed}");
        let bar = harness.get_all_by_label_contains(&words).find(|node| {
            let label = node.accesskit_node().label().unwrap();
            label.starts_with(&format!("{count} ")) && label.ends_with(&words)
        });
        bar.unwrap().click_accesskit();
        lived(harness);
    };
    click(&mut harness, first);
    assert_is_life(&harness, &result, first.1);
    let second = *bars(&harness).iter().find(|bar| bar.0 == first.0 && bar.1 > first.1).unwrap();
    click(&mut harness, second);
    assert_is_life(&harness, &result, second.1);
}

#[test]
fn transplants_come_from_one_donor_each_and_so_they_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = compared(checkpoint(folder.path()), What::Transplant { seed: 3, state: [].into() });
    let scene = harness.state().session.scene().unwrap().clone();
    let done = Intervention::new(10, What::Transplant { seed: 3, state: [].into() });
    let result = evaluated(&scene, vec![done], EPISODES);
    assert_eq!(shown(&mut harness.state_mut().session).lives, result.lives);
    let typical = result.median_life().unwrap().seed.unwrap();
    harness.get_by_label(&format!("Typical episode: seed {typical}")).click_accesskit();
    lived(&mut harness);
    assert_is_life(&harness, &result, typical);
    let What::Transplant { seed, .. } = tape(&harness).interventions[0].what else { panic!("no transplant") };
    assert_eq!(seed, 3 + typical);
    // It is one of the same two hundred, which are not run again.
    assert!(!harness.state().session.intervention_evaluations.is_busy());
    assert_eq!(shown(&mut harness.state_mut().session).lives, result.lives);
}

#[test]
fn what_changes_supersedes_what_runs_and_a_dragged_slider_begins_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = quiet_session();
    session.open(checkpoint(folder.path()));
    session.settle();
    session.clock.seek(10);
    assert_eq!(session.request_intervention_evaluation(), View::Nothing);
    for scale in [0.8, 0.6, 0.4] {
        session.intervene(What::ScaleAlpha(scale));
        session.update();
        session.settle();
        assert_eq!(session.request_intervention_evaluation(), View::Waiting, "it began at {scale}");
    }
    // Waited for, it is of the last one; and stays known while something else is in view.
    session.wait_for_panels();
    let scaled = shown(&mut session);
    let scene = session.scene().unwrap().clone();
    let once = evaluated(&scene, vec![Intervention::new(10, What::ScaleAlpha(0.4))], EPISODES);
    assert_eq!(scaled.result.as_deref(), Some(&once));
    session.intervene(What::Erase);
    session.update();
    session.settle();
    assert_eq!(session.request_intervention_evaluation(), View::Waiting, "what was found of something else is shown");
    // Something else again, before it is done: what runs is given up, and nothing of it is told.
    session.begin_intervention_evaluation();
    assert!(session.intervention_evaluations.is_busy());
    // Places that are none take nothing back, in whatever order they are written.
    #[expect(clippy::reversed_empty_ranges, reason = "what somebody may write down")]
    for none in [2..1, 7..9] {
        let before = session.interventions().to_vec();
        session.retract(none);
        assert_eq!(session.interventions(), before);
    }
    session.retract(1..2);
    session.update();
    session.settle();
    assert_eq!(shown(&mut session), scaled);
    assert!(!session.intervention_evaluations.is_busy(), "what is no longer in view still runs");
    session.retract_all();
    session.update();
    session.settle();
    assert_eq!(session.request_intervention_evaluation(), View::Nothing);
    // What no panel shows is not begun.
    session.intervene(What::Freeze);
    session.update();
    session.settle();
    session.update();
    session.update();
    assert!(!session.intervention_evaluations.is_busy());
}

#[test]
fn a_large_network_is_compared_when_somebody_asks_and_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened_at(small_checkpoint(folder.path(), &[("size", "1000")]), 20);
    harness.state_mut().session.intervene(What::Erase);
    lived(&mut harness);
    harness.get_by_label("Compare with 200 episodes");
    assert!(!harness.state().session.intervention_evaluations.is_busy(), "it began by itself");
    let session = &mut harness.state_mut().session;
    session.begin_intervention_evaluation();
    wait_for_lives(session, 2);
    session.intervention_evaluations.stop();
    session.wait_for_panels();
    let some = shown(session);
    let count = some.lives.len();
    assert!((2..200).contains(&count), "{count}");
    let scene = session.scene().unwrap().clone();
    let result = evaluated(&scene, vec![Intervention::new(20, What::Erase)], count as u64);
    assert_eq!(some.result.as_deref(), Some(&result));
    harness.run_steps(2);
    harness.get_by_label(&format!("The same in {count} episodes"));
    harness.get_by_label("Compare with 200 episodes");
}

fn wait_for_lives(session: &mut Session, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while shown(session).lives.len() < count {
        assert!(Instant::now() < deadline, "waited too long for others");
        session.update();
        std::thread::yield_now();
    }
}

#[test]
fn driving_has_no_comparison_and_nothing_begins_while_a_network_trains() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened_at(checkpoint_of(folder.path(), &[("network", "retroactive")]), 4);
    harness.state_mut().session.intervene(What::Act(1));
    lived(&mut harness);
    harness.get_by_label_contains("there is no comparison");
    assert!(!harness.state().session.intervention_evaluations.is_busy());

    let session = &mut harness.state_mut().session;
    session.retract_all();
    session.update();
    session.settle();
    session.training.runs_folder = folder.path().to_owned();
    for (key, value) in [("size", "5"), ("steps", "60"), ("neurons", "12"), ("batch", "2")] {
        session.training.settings.set_text(key, value).unwrap();
    }
    session.start_training();
    session.hold();
    wait_for(session, "the run", |session| session.training.iteration() > 1);
    session.intervene(What::Erase);
    session.update();
    session.settle();
    let View::Without(why) = session.request_intervention_evaluation() else {
        panic!("it is compared while a network trains")
    };
    assert!(why.contains("while a network trains"), "{why}");
    session.begin_intervention_evaluation();
    assert_eq!(session.request_lesion_evaluation("alpha"), None);
    assert!(!session.intervention_evaluations.is_busy() && !session.lesions.is_busy());
    session.training.tell(hebbscope::train::Command::Stop);
    wait_for(session, "the end", |session| !session.training.is_active());
    assert_eq!(session.request_intervention_evaluation(), View::Waiting);
}

#[test]
fn a_picture_of_the_panel_waits_for_the_comparison() {
    let Some(device) = crate::support::offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut picture = hebbscope::ui::picture::Picture::with(device, true);
    picture.open(Some(&checkpoint(folder.path())));
    let session = &mut picture.app.session;
    session.clock.seek(10);
    session.intervene(What::Erase);
    session.update();
    session.settle();
    let place = hebbscope::ui::panels::PANELS.iter().position(|make| make().title() == "Intervene").unwrap();
    let drawn = picture.panel(place, [560.0, 300.0], 1.0).unwrap();
    assert!(shown(&mut picture.app.session).is_whole());
    crate::support::keep(&drawn, "intervene-others");
    // An export draws what the window has found.
    let still = picture.app.session.still().unwrap();
    let mut session = Session::new(Arc::new(|| {}));
    session.show_still(still);
    assert!(shown(&mut session).is_whole());
}
