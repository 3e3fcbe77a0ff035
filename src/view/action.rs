//! What the window can be told, as data: keys, menus, the palette and tours name it, and what somebody has written down can
//! be done again. Here is what is done to a session; what concerns the window itself is left to whoever draws it.

use crate::episode::What;
use crate::files::one_line;
use crate::plastic::alteration::MODULATOR_RANGE;
use crate::train::config::check_seed;
use crate::train::{Bundled, Command as Order};
use crate::view::export::exports::ExportKind;
use crate::view::layout::Named;
use crate::view::order::OrderKind;
use crate::view::session::Session;
use crate::view::training::Phase;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One thing that the window does when it is told to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// To the beginning of the next event.
    NextEvent,
    /// To the beginning of this event or the one before.
    PreviousEvent,
    /// So many steps on, or back.
    Step(isize),
    /// To a step, counted from 0.
    Seek(usize),
    /// To the last step.
    SeekLast,
    /// Play, or pause.
    TogglePlay,
    /// Play.
    Play,
    /// Pause.
    Pause,
    /// So fast, 1 being 20 steps a second.
    SetSpeed(f64),
    /// So many times as fast.
    ScaleSpeed(f64),
    /// Play the event in view again and again, or everything.
    ToggleEventLoop,
    /// Begin again at the end, or stay there.
    ToggleLoop,
    /// An episode of another seed.
    NewEpisode,
    /// The same episode from its beginning.
    ReplayEpisode,
    /// The episode of a seed.
    ShowSeed(u64),
    /// The agent takes the action of this name.
    Drive(Cow<'static, str>),
    /// Give the arrow keys to the agent, or back to time.
    SetDriving(bool),
    /// Do something to the episode before the step in view.
    Intervene(Deed),
    /// Take the last change back.
    Undo,
    /// Make the change again that was taken back last.
    Redo,
    /// Take all interventions back.
    RetractAll,
    /// Do once more what was done to the episode before.
    Reapply,
    /// The network as it was so many snapshots later, or earlier.
    StepAge(isize),
    /// The network as it was after so many iterations, or nearly so many.
    ShowAge(u64),
    /// Let the network grow, age after age, or no longer.
    ToggleGrowing,
    /// Keep the network in view beside whatever comes next.
    KeepBeside,
    /// Put the network beside away.
    DropBeside,
    /// Pin what is under the pointer.
    PinPointed,
    /// Pin the synapse whose trace is strongest.
    PinStrongest,
    /// Pin nothing.
    Unpin,
    /// Let neurons stand in another order.
    Order(OrderKind),
    /// Start, pause or resume training, whichever is next.
    ToggleTraining,
    /// One iteration.
    TrainOneStep,
    /// End the run.
    StopTraining,
    /// Keep the newest network in view.
    FollowTraining,
    /// Ask for a file to be opened.
    AskToOpen,
    /// Ask for runs to be compared.
    AskForRuns,
    /// Compare none any more.
    StopComparing,
    /// Ask for pictures to be shown to the network.
    AskForPictures,
    /// Bring a panel to the front, by its name.
    Show(Cow<'static, str>),
    /// Save the run, or a copy of the network.
    Save,
    /// Share what is in view, as it is looked at.
    Share,
    /// Open or close the export of what is in view.
    ToggleExport,
    /// Open a network that comes with the program.
    OpenBundled(Bundled),
    /// Put panels where a layout has them.
    Layout(Named),
    /// Put them back where the layout has them.
    ResetLayout,
    /// Dark, or light.
    ToggleTheme,
    /// All commands, to choose from.
    TogglePalette,
    /// All keys.
    ToggleShortcuts,
    /// The names of the parts of the window.
    ToggleParts,
    /// A window for a lecture hall, or the usual one.
    TogglePresentation,
    /// The usual window again.
    EndPresentation,
    /// The whole screen, or a window.
    ToggleFullScreen,
}

impl Action {
    /// Checks what somebody has written down, as far as it can be said whatever is in view; `panels` are the names of all
    /// there are.
    ///
    /// # Errors
    /// With a sentence that says what was expected.
    pub fn check(&self, panels: &[&str]) -> Result<(), String> {
        let finite = |name: &str, value: f64| match value.is_finite() {
            true => Ok(()),
            false => Err(format!("expected a finite number for {name}, found {value}")),
        };
        match self {
            Self::Show(panel) if !panels.contains(&&**panel) => {
                Err(format!("there is no panel {}, expected one of: {}", one_line(panel), panels.join(", ")))
            }
            Self::ShowSeed(seed) | Self::Intervene(Deed::Transplant(seed)) => {
                check_seed(*seed).map(|_| ()).map_err(|error| error.to_string())
            }
            Self::SetSpeed(value) => finite("set_speed", *value),
            Self::ScaleSpeed(value) => finite("scale_speed", *value),
            Self::Intervene(Deed::ScaleAlpha(value)) => finite("scale_alpha", f64::from(*value)),
            Self::Intervene(Deed::ClampModulator(value)) if !MODULATOR_RANGE.contains(value) => {
                Err(format!("expected a modulator from −1 to 1, found {value}"))
            }
            Self::Intervene(Deed::SetTarget(0)) => Err("expected a cue from 1 as the target, found 0".into()),
            _ => Ok(()),
        }
    }

    /// Whether it changes no more than what is seen and tried in the window: no file, no run in training, no dialog.
    pub fn only_looks(&self) -> bool {
        !matches!(
            self,
            Self::ToggleTraining
                | Self::TrainOneStep
                | Self::StopTraining
                | Self::FollowTraining
                | Self::AskToOpen
                | Self::AskForRuns
                | Self::StopComparing
                | Self::AskForPictures
                | Self::Save
                | Self::ToggleExport
                | Self::Share
                | Self::TogglePalette
                | Self::ToggleShortcuts
                | Self::ToggleParts
                | Self::ToggleFullScreen
                | Self::TogglePresentation
                | Self::EndPresentation
                | Self::ToggleTheme
                | Self::Drive(_)
                | Self::SetDriving(_)
                | Self::PinPointed
        )
    }
}

/// What is done to an episode, as far as it can be said without it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// No trace is written any more.
    Freeze,
    /// The trace is zero.
    Erase,
    /// α counts so many times.
    ScaleAlpha(f32),
    /// M is this, −1 to 1.
    ClampModulator(f32),
    /// M is what the network makes it.
    ReleaseModulator,
    /// The trace is the one that the episode of another seed left behind.
    Transplant(u64),
    /// This cue is the target, counted from 1.
    SetTarget(usize),
    /// The reward is here: column and row, counted from 1 at the top left.
    MoveReward([usize; 2]),
}

impl Deed {
    /// The same as an intervention.
    fn what(&self) -> What {
        match self {
            Self::Freeze => What::Freeze,
            Self::Erase => What::Erase,
            Self::ScaleAlpha(factor) => What::ScaleAlpha(*factor),
            Self::ClampModulator(value) => What::ClampModulator(Some(*value)),
            Self::ReleaseModulator => What::ClampModulator(None),
            Self::Transplant(seed) => What::Transplant { seed: *seed, state: [].into() },
            Self::SetTarget(cue) => What::SetTarget(cue.saturating_sub(1)),
            Self::MoveReward([column, row]) => What::MoveReward([*row, *column]),
        }
    }
}

impl Session {
    /// Does it, whatever may stand in its way; `false` where it concerns the window, and nothing is done.
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
            Action::NewEpisode => self.new_episode(false),
            Action::ReplayEpisode => self.new_episode(true),
            Action::ShowSeed(seed) => self.show_seed(*seed),
            Action::Drive(name) => self.drive_by_name(name),
            Action::SetDriving(drives) => self.set_driving(*drives),
            Action::Intervene(deed) => self.intervene(deed.what()),
            Action::RetractAll => self.retract_all(),
            Action::Reapply => self.intervene_again(),
            Action::StepAge(by) => self.step_age(*by),
            Action::ShowAge(age) => self.show_age(*age),
            Action::ToggleGrowing => self.toggle_growing(),
            Action::KeepBeside => self.keep_beside(),
            Action::DropBeside => self.drop_beside(),
            Action::PinPointed => self.pin_pointed(),
            Action::PinStrongest => self.pin_strongest(),
            Action::Unpin => self.unpin(),
            Action::Order(kind) => self.order_neurons(*kind),
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
            Action::StopComparing => self.comparison.clear(),
            Action::Share => {
                self.exports.choose(ExportKind::Cartridge);
                self.exports.is_open = true;
            }
            Action::ToggleExport => self.exports.toggle(),
            Action::OpenBundled(network) => self.open_bundled(*network),
            Action::Undo
            | Action::Redo
            | Action::AskToOpen
            | Action::AskForRuns
            | Action::AskForPictures
            | Action::Show(_)
            | Action::Save
            | Action::Layout(_)
            | Action::ResetLayout
            | Action::ToggleTheme
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
