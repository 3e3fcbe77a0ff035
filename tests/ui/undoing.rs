//! What the viewer changes is taken back and made again, one change after the other, whatever it is.

use super::intervene::{lived, tape};
use crate::support::{run_until, windowed};
use crate::ui::maze_panel::checkpoint_of;
use crate::ui::window::small_checkpoint;
use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hebbscope::episode::What;
use hebbscope::ui::App;
use hebbscope::view::action::Action;
use hebbscope::view::layout::Named;
use std::path::PathBuf;
use std::sync::Arc;

const SHIFTED: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

fn opened(path: PathBuf, step: usize) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(path);
    app.session.settle();
    let mut harness = windowed(app);
    harness.run_steps(2);
    let session = &mut harness.state_mut().session;
    session.clock.pause();
    session.clock.seek(step);
    harness.run_steps(2);
    harness
}

fn press(harness: &mut Harness<'_, App>, modifiers: Modifiers) {
    harness.key_press_modifiers(modifiers, Key::Z);
    lived(harness);
}

fn whats(harness: &Harness<'_, App>) -> Vec<What> {
    harness.state().session.interventions().iter().map(|done| done.what.clone()).collect()
}

#[test]
fn interventions_are_taken_back_and_made_again_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(checkpoint_of(folder.path(), &[("network", "modulated")]), 5);
    let first = tape(&harness);
    let all = [What::Erase, What::Freeze, What::ClampModulator(Some(0.5)), What::Act(1)];
    let mut tapes = vec![Arc::clone(&first)];
    for what in &all {
        harness.state_mut().session.intervene(what.clone());
        lived(&mut harness);
        tapes.push(tape(&harness));
    }
    for count in (0..all.len()).rev() {
        press(&mut harness, Modifiers::COMMAND);
        assert_eq!(tape(&harness), tapes[count], "{count} are left");
    }
    press(&mut harness, Modifiers::COMMAND);
    assert_eq!(tape(&harness), first, "there is nothing before the first");
    for lived_so in &tapes[1..3] {
        press(&mut harness, SHIFTED);
        assert_eq!(tape(&harness), *lived_so);
    }
    // Something new: what was taken back is over.
    harness.state_mut().session.intervene(What::ScaleAlpha(2.0));
    lived(&mut harness);
    let changed = tape(&harness);
    press(&mut harness, SHIFTED);
    assert_eq!(tape(&harness), changed);
    press(&mut harness, Modifiers::COMMAND);
    assert_eq!(whats(&harness).len(), 2);
    // Nothing of this episode is done to another one.
    harness.state_mut().session.show_seed(7);
    lived(&mut harness);
    let other = tape(&harness);
    assert_eq!((other.origin.seed, whats(&harness)), (Some(7), Vec::new()));
    let context = harness.ctx.clone();
    harness.state_mut().perform(&Action::Undo, &context);
    lived(&mut harness);
    assert_eq!(tape(&harness), other);
}

#[test]
fn panels_go_back_to_where_they_stood() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(checkpoint_of(folder.path(), &[]), 5);
    let arrangement = |harness: &mut Harness<'_, App>| harness.state_mut().dock().arrangement();
    let before = arrangement(&mut harness);
    press(&mut harness, Modifiers::COMMAND);
    assert_eq!(arrangement(&mut harness), before, "opening a network is nothing to take back");
    harness.get_by_label("close Rewards").click();
    harness.run_steps(3);
    let without = arrangement(&mut harness);
    assert_ne!(without, before);
    harness.key_press_modifiers(Modifiers::ALT, Key::Num2);
    harness.run_steps(3);
    assert_eq!(harness.state().layout(), Named::Inspect);
    harness.state_mut().session.intervene(What::Erase);
    lived(&mut harness);
    // The latest first, whatever it is.
    press(&mut harness, Modifiers::COMMAND);
    assert_eq!((whats(&harness), harness.state().layout()), (Vec::new(), Named::Inspect));
    press(&mut harness, Modifiers::COMMAND);
    assert_eq!((arrangement(&mut harness), harness.state().layout()), (without.clone(), Named::Watch));
    press(&mut harness, Modifiers::COMMAND);
    assert_eq!(arrangement(&mut harness), before);
    press(&mut harness, SHIFTED);
    assert_eq!(arrangement(&mut harness), without);
}

#[test]
fn a_changed_probe_is_taken_back_with_what_was_done_to_the_episode() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(small_checkpoint(folder.path(), &[]), 5);
    let first = tape(&harness);
    harness.state_mut().session.intervene(What::ScaleAlpha(0.5));
    lived(&mut harness);
    let changed = tape(&harness);
    let asked = harness.state().session.question().unwrap();
    let mut other = asked.clone();
    other.blank(|bit| bit % 3 == 0);
    assert_ne!(other, asked);
    harness.state_mut().session.ask(other.clone());
    let settled = |app: &App| !app.session.is_asking() && !app.session.is_branching();
    run_until(&mut harness, "the answer", settled);
    harness.run_steps(3);
    press(&mut harness, Modifiers::COMMAND);
    run_until(&mut harness, "the first question", settled);
    harness.run_steps(3);
    lived(&mut harness);
    let again = tape(&harness);
    assert_eq!(harness.state().session.question().unwrap(), asked);
    assert_eq!((&again.activity, &again.interventions), (&changed.activity, &changed.interventions));
    press(&mut harness, Modifiers::COMMAND);
    assert_eq!(tape(&harness).activity, first.activity);
    press(&mut harness, SHIFTED);
    press(&mut harness, SHIFTED);
    run_until(&mut harness, "the other question", settled);
    assert_eq!(harness.state().session.question().unwrap(), other);
}

#[test]
fn drawings_that_are_not_in_view_are_not_taken_back_before_what_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(crate::ui::one_look::checkpoint(folder.path(), &[]), 5);
    harness.state_mut().session.cards_from_episode();
    let settled = |app: &App| !app.session.is_drawing_due() && !app.session.is_branching();
    run_until(&mut harness, "the cards", settled);
    assert!(harness.state().session.cards_could()[0], "their change can be taken back while they are in view");
    harness.state_mut().session.show_seed(3);
    lived(&mut harness);
    let before = tape(&harness);
    harness.state_mut().session.intervene(What::Erase);
    lived(&mut harness);
    assert_ne!(tape(&harness), before);
    press(&mut harness, Modifiers::COMMAND);
    assert_eq!(tape(&harness), before, "the erased trace, and not the drawings");
}

#[test]
fn the_seed_of_an_episode_is_typed_and_is_not_that_of_training() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(checkpoint_of(folder.path(), &[]), 5);
    let before = tape(&harness);
    harness.get_by_role_and_label(Role::SpinButton, "episode seed").click();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::SpinButton, "episode seed").type_text("12");
    harness.run_steps(1);
    assert_eq!(tape(&harness), before, "it is being typed");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    lived(&mut harness);
    assert_eq!(tape(&harness).origin.seed, Some(12));
    let scene = harness.state().session.scene().unwrap();
    assert_eq!(scene.config.as_ref().unwrap().seed, 0, "training has a seed of its own");
    harness.key_press(Key::R);
    harness.run_steps(1);
    lived(&mut harness);
    assert_eq!(tape(&harness).origin.seed, Some(12));
}
