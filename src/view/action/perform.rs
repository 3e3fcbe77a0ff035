//! What of all actions is done to a session.

use super::Action;
use crate::train::Command as Order;
use crate::view::export::exports::ExportKind;
use crate::view::session::Session;
use crate::view::training::Phase;

impl Session {
    /// Does it, whatever may stand in its way. Answers `false` where it concerns the window, and nothing is done.
    pub fn perform(&mut self, action: &Action) -> bool {
        match action {
            Action::NextEvent => self.jump_event(true),
            Action::PreviousEvent => self.jump_event(false),
            Action::Step(by) => {
                self.hold();
                self.clock.step(*by);
            }
            Action::Seek(step) => {
                self.hold();
                self.clock.seek(*step);
            }
            Action::SeekLast => {
                self.hold();
                self.clock.seek(usize::MAX);
            }
            Action::TogglePlay => {
                self.hold();
                self.clock.toggle();
            }
            Action::Play => {
                self.hold();
                self.clock.play();
            }
            Action::Pause => self.clock.pause(),
            Action::SetSpeed(speed) => self.clock.set_speed(*speed),
            Action::ScaleSpeed(factor) => {
                let clock = &mut self.clock;
                clock.set_speed(clock.speed() * factor);
            }
            Action::ToggleEventLoop => self.loop_event(),
            Action::ToggleLoop => {
                let clock = &mut self.clock;
                clock.set_looping(!clock.is_looping());
            }
            Action::StopAt(step) => {
                self.hold();
                self.clock.pause();
                self.clock.seek(*step);
            }
            Action::PlayFrom(step) => {
                self.clock.seek(*step);
                self.clock.play();
            }
            Action::Loop(span) => {
                self.hold();
                self.clock.set_span(span.clone());
            }
            Action::NewEpisode => self.new_episode(false),
            Action::ReplayEpisode => self.new_episode(true),
            Action::ShowSeed(seed) => self.show_seed(*seed),
            Action::Act(name) | Action::Drive(name) => self.drive_by_name(name),
            Action::SetDriving(drives) => self.set_driving(*drives),
            Action::Intervene(deed) => self.intervene(deed.what()),
            Action::Retract(places) => self.retract(places.clone()),
            Action::RetractAll => self.retract_all(),
            Action::Reapply => self.intervene_again(),
            Action::Evaluate => self.begin_intervention_evaluation(),
            Action::StopEvaluating => self.intervention_evaluations.stop(),
            Action::ShowAmong(seed) => self.show_among(*seed),
            Action::Rank(parameter) => self.begin_ranking(parameter),
            Action::TryLesionsAgain => self.lesions.try_again(),
            Action::Ask(asked) => self.ask(asked.clone()),
            Action::Cards(deed) => self.do_to_cards(deed),
            Action::ReadText(text) => self.read_text(text.clone()),
            Action::WriteOn(given, how) => self.write_on(*given, *how),
            Action::ForgetPictures => self.forget_pictures(),
            Action::LeaveOwn => self.leave_own(),
            Action::RunSideBySide(seeds) => self.live_side_by_side(seeds.clone()),
            Action::StopSideBySide => self.shelf.cancel(),
            Action::ShowBeside(seed) => self.show_lived(*seed),
            Action::StepAge(by) => self.step_age(*by),
            Action::ShowAge(age) => self.show_age(*age),
            Action::ToggleGrowing => self.toggle_growing(),
            Action::KeepBeside => self.keep_beside(),
            Action::DropBeside => self.drop_beside(),
            Action::Pin(pinned) => self.pin(*pinned),
            Action::PinClicked(pinned) => self.pin_clicked(*pinned),
            Action::PinBefore => self.restore_pin(),
            Action::PinPointed => self.pin_pointed(),
            Action::PinStrongest => self.pin_strongest(),
            Action::Unpin => self.unpin(),
            Action::Order(kind) => self.order_neurons(*kind),
            Action::LookAt([rows, columns], window) => self.windows.set(*rows, *columns, *window),
            Action::ToggleTraining => match self.training.phase() {
                Phase::Running => self.training.tell(Order::Pause),
                Phase::Paused => self.training.tell(Order::Resume),
                Phase::Starting => {}
                Phase::Idle | Phase::Finished | Phase::Stopped | Phase::Failed(_) => self.start_training(),
            },
            Action::TrainOneStep => {
                self.training.tell(Order::OneIteration);
                self.follow();
            }
            Action::StopTraining => self.training.tell(Order::Stop),
            Action::FollowTraining => self.follow(),
            Action::ToggleCompared(place) => self.comparison.compared_mut().toggle(*place),
            Action::RemoveCompared(place) => self.comparison.compared_mut().remove(*place),
            Action::StopComparing => self.comparison.clear(),
            Action::Share => {
                self.exports.choose(ExportKind::Cartridge);
                self.exports.is_open = true;
            }
            Action::ToggleExport => self.exports.toggle(),
            Action::OpenBundled(network) => self.open_bundled(*network),
            Action::OpenLetters(names) => self.open_letters(names),
            Action::Undo
            | Action::Redo
            | Action::AskToOpen
            | Action::AskForRuns
            | Action::AskForPictures
            | Action::Show(_)
            | Action::ShowOver(..)
            | Action::Save
            | Action::Layout(_)
            | Action::Reach(_)
            | Action::ResetLayout
            | Action::ToggleTheme
            | Action::ShowLesions
            | Action::NextTourStep
            | Action::PreviousTourStep
            | Action::TogglePalette
            | Action::ToggleShortcuts
            | Action::ToggleParts
            | Action::TogglePresentation
            | Action::EndPresentation
            | Action::ToggleFullScreen => return false,
        }
        true
    }
}
