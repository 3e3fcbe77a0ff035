//! Why a command cannot be done now, in a few words.

use crate::ui::app::App;
use crate::view::action::Action;
use crate::view::cells;
use crate::view::layout::Subject;
use crate::view::order::OrderKind;
use crate::view::training::Phase;

impl Action {
    /// Why it cannot be done now, in a few words; `None` where it can.
    pub fn obstacle(&self, app: &App) -> Option<&'static str> {
        match self {
            Self::NextEvent | Self::PreviousEvent | Self::Step(_) | Self::Seek(_) | Self::SeekLast => no_episode(app),
            Self::TogglePlay | Self::ScaleSpeed(_) | Self::ToggleEventLoop | Self::ToggleLoop => no_episode(app),
            Self::PinStrongest | Self::Save | Self::ToggleExport | Self::Share => no_episode(app),
            Self::Play | Self::Pause | Self::SetSpeed(_) => no_episode(app),
            Self::StopAt(_) | Self::PlayFrom(_) | Self::Loop(_) => no_episode(app),
            Self::Pin(_) | Self::PinClicked(_) | Self::PinBefore | Self::LookAt(..) => no_episode(app),
            Self::NewEpisode | Self::ShowSeed(_) => no_settings(app),
            Self::Intervene(_) | Self::Act(_) => app.session.why_no_branch(),
            Self::ReplayEpisode => no_seed(app),
            Self::Drive(_) | Self::SetDriving(false) => not_driving(app),
            Self::SetDriving(true) => cannot_drive(app),
            Self::Undo => nothing_changed(app, 0),
            Self::Redo => nothing_changed(app, 1),
            Self::RetractAll | Self::Retract(_) => no_interventions(app),
            Self::Evaluate | Self::Rank(_) => no_settings(app).or_else(|| trains(app)),
            Self::ShowAmong(_) | Self::Ask(_) | Self::ReadText(_) | Self::WriteOn(..) => no_settings(app),
            Self::RunSideBySide(_) => no_settings(app),
            // What has been asked for can be ended or looked at, whatever is in view.
            Self::StopEvaluating | Self::TryLesionsAgain | Self::StopSideBySide | Self::ShowBeside(_) => None,
            Self::ForgetPictures => None,
            Self::Cards(_) | Self::LeaveOwn => no_episode(app),
            Self::ToggleCompared(_) | Self::RemoveCompared(_) => nothing_compared(app),
            Self::Reapply => nothing_to_reapply(app),
            Self::StepAge(_) | Self::ShowAge(_) | Self::ToggleGrowing => no_ages(app),
            Self::KeepBeside => no_settings(app),
            Self::NextTourStep => no_next_step(app),
            Self::PreviousTourStep => no_step_before(app),
            Self::ShowLesions => no_settings(app).or_else(|| no_plasticity(app)),
            Self::DropBeside => app.session.beside().is_none().then_some("no network beside"),
            Self::PinPointed => nothing_pointed_at(app),
            Self::Unpin => nothing_pinned(app),
            Self::Order(kind) => order(app, *kind),
            Self::ToggleTraining => starting(app),
            Self::TrainOneStep => not_paused(app),
            Self::StopTraining => not_training(app),
            Self::FollowTraining => nothing_to_follow(app),
            Self::StopComparing => nothing_compared(app),
            Self::AskForPictures => takes_no_pictures(app),
            Self::Show(panel) | Self::ShowOver(panel, _) => nothing_to_show(app, panel),
            // What H there is to be seen is known once it has come.
            Self::Reach(_) => no_episode(app),
            Self::AskToOpen
            | Self::AskForRuns
            | Self::OpenBundled(_)
            | Self::OpenLetters(_)
            | Self::Layout(_)
            | Self::ResetLayout => None,
            Self::ToggleTheme | Self::TogglePalette | Self::ToggleShortcuts => None,
            Self::ToggleParts | Self::ToggleFullScreen | Self::TogglePresentation => None,
            Self::EndPresentation => (!app.is_presenting()).then_some("nothing is presented"),
        }
    }
}

/// What a panel lacks that one of some networks only can fill.
fn nothing_to_show(app: &App, panel: &str) -> Option<&'static str> {
    match panel {
        "Intervene" => app.session.why_no_branch(),
        "Probe" => no_pictures(app),
        // Letters are pictures of few pixels.
        "Memories" => no_square(app),
        "Draw" => no_lesson(app),
        "Circuit" => no_episode(app),
        _ => None,
    }
}

/// Nothing to be taken back, or to be made again.
fn nothing_changed(app: &App, which: usize) -> Option<&'static str> {
    let can = app.undoing.can()[which] || app.session.cards_could()[which];
    (!can).then_some(["nothing has been changed", "nothing has been taken back"][which])
}

fn no_episode(app: &App) -> Option<&'static str> {
    app.session.scene().is_none().then_some("no episode in view")
}

fn order(app: &App, kind: OrderKind) -> Option<&'static str> {
    no_episode(app).or_else(|| kind.why_not(app.session.scene()?))
}

fn no_pictures(app: &App) -> Option<&'static str> {
    let has_pictures = app.session.scene().is_some_and(|scene| scene.subject() == Subject::Pictures);
    (!has_pictures).then_some("no network of pictures in view")
}

fn no_square(app: &App) -> Option<&'static str> {
    let has_square = app.session.scene().is_some_and(|scene| cells::side_of(scene.tape()).is_some());
    (!has_square).then_some("no network of pictures in view")
}

fn takes_no_pictures(app: &App) -> Option<&'static str> {
    let takes = app.session.scene().is_some_and(|scene| scene.subject() == Subject::OneShot);
    if takes { no_settings(app) } else { no_pictures(app) }
}

fn no_lesson(app: &App) -> Option<&'static str> {
    let has_lesson = app.session.scene().is_some_and(|scene| scene.subject() == Subject::OneShot);
    (!has_lesson).then_some("no one-shot network in view")
}

fn no_settings(app: &App) -> Option<&'static str> {
    let tape = (!app.session.can_live()).then_some("a tape without settings has one episode");
    no_episode(app).or(tape)
}

fn no_seed(app: &App) -> Option<&'static str> {
    let training = (!app.session.can_repeat()).then_some("a training episode cannot be replayed");
    no_settings(app).or(training)
}

fn not_driving(app: &App) -> Option<&'static str> {
    (!app.session.is_driving()).then_some("no agent is being driven")
}

fn cannot_drive(app: &App) -> Option<&'static str> {
    match (app.session.has_agent(), app.session.can_drive(), app.session.is_driving()) {
        (false, ..) => Some("no agent in view"),
        (true, false, _) => no_seed(app).or(Some("no interventions here")),
        (true, true, true) => Some("the agent is being driven already"),
        (true, true, false) => None,
    }
}

fn no_interventions(app: &App) -> Option<&'static str> {
    let nothing = app.session.interventions().is_empty().then_some("no interventions in this episode");
    nothing.or_else(|| app.session.why_no_branch())
}

fn nothing_to_reapply(app: &App) -> Option<&'static str> {
    app.session.left_interventions().is_empty().then_some("no earlier interventions")
}

fn no_next_step(app: &App) -> Option<&'static str> {
    match app.tours.position() {
        None => Some("no tour is taken"),
        Some(position) if position.is_asked() => Some("choose an answer first"),
        Some(position) => (position.at + 1 == position.tour.steps.len()).then_some("the tour ends here"),
    }
}

fn no_step_before(app: &App) -> Option<&'static str> {
    match app.tours.position() {
        None => Some("no tour is taken"),
        Some(position) => (position.at == 0).then_some("the tour begins here"),
    }
}

fn no_plasticity(app: &App) -> Option<&'static str> {
    app.session.scene().is_none_or(|scene| scene.alpha.is_none()).then_some("this network is not plastic")
}

fn no_ages(app: &App) -> Option<&'static str> {
    (!app.session.has_ages()).then_some("no snapshots of this network")
}

fn nothing_pointed_at(app: &App) -> Option<&'static str> {
    (!app.session.is_pointed()).then_some("nothing under the pointer")
}

fn nothing_pinned(app: &App) -> Option<&'static str> {
    app.session.pinned().is_none().then_some("nothing is pinned")
}

fn starting(app: &App) -> Option<&'static str> {
    (app.session.training.phase() == &Phase::Starting).then_some("training is starting")
}

fn not_paused(app: &App) -> Option<&'static str> {
    (app.session.training.phase() != &Phase::Paused).then_some("training is not paused")
}

/// Many episodes are run only while no network trains.
fn trains(app: &App) -> Option<&'static str> {
    app.session.training.is_running().then_some("a network is training")
}

fn not_training(app: &App) -> Option<&'static str> {
    let trains = matches!(app.session.training.phase(), Phase::Running | Phase::Paused);
    (!trains).then_some("no run in training")
}

fn nothing_to_follow(app: &App) -> Option<&'static str> {
    match (app.session.training.has_run() || app.session.has_newer(), app.session.following) {
        (false, _) => Some("no run in training"),
        (true, true) => Some("followed already"),
        (true, false) => None,
    }
}

fn nothing_compared(app: &App) -> Option<&'static str> {
    app.session.comparison.is_empty().then_some("no runs are compared")
}
