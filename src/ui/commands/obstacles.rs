//! Why a command cannot be done now, in a few words.

use crate::ui::app::App;
use crate::ui::layout::Subject;
use crate::ui::order::OrderKind;
use crate::ui::training::Phase;

/// Nothing is ever in the way.
pub(super) fn none(_: &App) -> Option<&'static str> {
    None
}

pub(super) fn no_episode(app: &App) -> Option<&'static str> {
    app.session.scene().is_none().then_some("no episode in view")
}

pub(super) fn order(app: &App, kind: OrderKind) -> Option<&'static str> {
    no_episode(app).or_else(|| kind.why_not(app.session.scene()?))
}

pub(super) fn no_pictures(app: &App) -> Option<&'static str> {
    let has_pictures = app.session.scene().is_some_and(|scene| scene.subject() == Subject::Pictures);
    (!has_pictures).then_some("no network of pictures in view")
}

pub(super) fn takes_no_pictures(app: &App) -> Option<&'static str> {
    let takes = app.session.scene().is_some_and(|scene| scene.subject() == Subject::OneShot);
    if takes { no_settings(app) } else { no_pictures(app) }
}

pub(super) fn no_lesson(app: &App) -> Option<&'static str> {
    let has_lesson = app.session.scene().is_some_and(|scene| scene.subject() == Subject::OneShot);
    (!has_lesson).then_some("no one-shot network in view")
}

pub(super) fn no_settings(app: &App) -> Option<&'static str> {
    let tape = (!app.session.can_live()).then_some("a tape without settings has one episode");
    no_episode(app).or(tape)
}

pub(super) fn no_seed(app: &App) -> Option<&'static str> {
    let training = (!app.session.can_repeat()).then_some("a training episode cannot be replayed");
    no_settings(app).or(training)
}

pub(super) fn not_driving(app: &App) -> Option<&'static str> {
    (!app.session.is_driving()).then_some("no agent is being driven")
}

pub(super) fn cannot_drive(app: &App) -> Option<&'static str> {
    match (app.session.has_agent(), app.session.can_drive(), app.session.is_driving()) {
        (false, ..) => Some("no agent in view"),
        (true, false, _) => no_seed(app).or(Some("no interventions here")),
        (true, true, true) => Some("the agent is being driven already"),
        (true, true, false) => None,
    }
}

pub(super) fn no_interventions(app: &App) -> Option<&'static str> {
    let nothing = app.session.interventions().is_empty().then_some("no interventions in this episode");
    nothing.or_else(|| app.session.why_no_branch())
}

pub(super) fn nothing_to_reapply(app: &App) -> Option<&'static str> {
    app.session.left_interventions().is_empty().then_some("no earlier interventions")
}

pub(super) fn nothing_pointed_at(app: &App) -> Option<&'static str> {
    (!app.session.is_pointed()).then_some("nothing under the pointer")
}

pub(super) fn nothing_pinned(app: &App) -> Option<&'static str> {
    app.session.pinned().is_none().then_some("nothing is pinned")
}

pub(super) fn starting(app: &App) -> Option<&'static str> {
    (app.session.training.phase() == &Phase::Starting).then_some("training is starting")
}

pub(super) fn not_paused(app: &App) -> Option<&'static str> {
    (app.session.training.phase() != &Phase::Paused).then_some("training is not paused")
}

pub(super) fn not_training(app: &App) -> Option<&'static str> {
    let trains = matches!(app.session.training.phase(), Phase::Running | Phase::Paused);
    (!trains).then_some("no run in training")
}

pub(super) fn nothing_to_follow(app: &App) -> Option<&'static str> {
    match (app.session.training.has_run() || app.session.has_newer(), app.session.following) {
        (false, _) => Some("no run in training"),
        (true, true) => Some("followed already"),
        (true, false) => None,
    }
}

pub(super) fn nothing_compared(app: &App) -> Option<&'static str> {
    app.session.comparison.is_empty().then_some("no runs are compared")
}
