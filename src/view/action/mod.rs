//! What the window can be told, as data: keys, menus, the palette and tours name it, and what somebody has written down can
//! be done again.
//!
//! | file | subject |
//! |---|---|
//! | here | everything the window can be told |
//! | [`deed`] | what is done to an episode |
//! | `perform` | what of it is done to a session; what concerns the window itself is left to whoever draws it |

pub mod deed;
mod perform;

use crate::files::one_line;
use crate::plastic::alteration::MODULATOR_RANGE;
use crate::tasks::language::Continuation;
use crate::tasks::{Recalled, letters};
use crate::train::Bundled;
use crate::train::config::check_seed;
use crate::view::drawing::deed::CardDeed;
use crate::view::inspection::Pinned;
use crate::view::layout::Named;
use crate::view::matrices::Window;
use crate::view::order::OrderKind;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;

pub use deed::Deed;

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
    /// To a step, and stay there.
    StopAt(usize),
    /// From a step on, play.
    PlayFrom(usize),
    /// Play these steps again and again, or everything.
    Loop(Option<Range<usize>>),
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
    /// The same, while the agent is driven.
    Drive(Cow<'static, str>),
    /// The agent takes the action of this name at the step in view, and the view goes on to what comes of it.
    Act(Cow<'static, str>),
    /// Give the arrow keys to the agent, or back to time.
    SetDriving(bool),
    /// Do something to the episode before the step in view.
    Intervene(Deed),
    /// Take the last change back.
    Undo,
    /// Make the change again that was taken back last.
    Redo,
    /// Take some interventions back, by their places in the list.
    Retract(Range<usize>),
    /// Take all interventions back.
    RetractAll,
    /// Do once more what was done to the episode before.
    Reapply,
    /// Do to many other episodes what is done to the one in view, however long that takes.
    Evaluate,
    /// End that; what has been found stays.
    StopEvaluating,
    /// One of these episodes, by its seed, at the same step.
    ShowAmong(u64),
    /// Find out which connections cost most where this parameter is zero there.
    Rank(String),
    /// Find out once more what parameters are worth, where that came to nothing.
    TryLesionsAgain,
    /// Ask the network something else, with other examples or the same.
    Ask(Recalled),
    /// Do something to cards to draw on, or with them.
    Cards(CardDeed),
    /// Let the network read a text.
    ReadText(String),
    /// Let it write on after so many words.
    WriteOn(usize, Continuation),
    /// Forget pictures of the viewer's own that wait to be shown.
    ForgetPictures,
    /// The episode that was in view before one of the viewer's own.
    LeaveOwn,
    /// Run the episodes of these seeds side by side.
    RunSideBySide(Vec<u64>),
    /// End that.
    StopSideBySide,
    /// One of them in the whole window, by its seed.
    ShowBeside(u64),
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
    /// Pin a connection or a neuron.
    Pin(Pinned),
    /// Pin it as long as no second click follows.
    PinClicked(Pinned),
    /// Pin what was pinned before the last click.
    PinBefore,
    /// Pin what is under the pointer.
    PinPointed,
    /// Pin the synapse whose trace is strongest.
    PinStrongest,
    /// Pin nothing.
    Unpin,
    /// Let neurons stand in another order.
    Order(OrderKind),
    /// Look at this part of all matrices of its size: rows, columns, the part.
    LookAt([usize; 2], Window),
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
    /// Show or hide a group of those that are compared, by its place.
    ToggleCompared(usize),
    /// Take a group away from them.
    RemoveCompared(usize),
    /// Compare none any more.
    StopComparing,
    /// Ask for pictures to be shown to the network.
    AskForPictures,
    /// Bring a panel to the front, by its name.
    Show(Cow<'static, str>),
    /// Open a panel over another one, unless it is open: their names.
    ShowOver(Cow<'static, str>, Cow<'static, str>),
    /// Save the run, or a copy of the network.
    Save,
    /// Share what is in view, as it is looked at.
    Share,
    /// Open or close the export of what is in view.
    ToggleExport,
    /// Open a network that comes with the program.
    OpenBundled(Bundled),
    /// Open the network of letters with these to remember.
    OpenLetters(Cow<'static, str>),
    /// Choose what the colours of the trace reach.
    Reach(TraceReach),
    /// Put panels where a layout has them.
    Layout(Named),
    /// Put them back where the layout has them.
    ResetLayout,
    /// Dark, or light.
    ToggleTheme,
    /// What α is worth, and which connections matter most.
    ShowLesions,
    /// On to the next step of the tour.
    NextTourStep,
    /// Back to the step of the tour before.
    PreviousTourStep,
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

/// What the colours of the trace reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TraceReach {
    /// What 99.5 % of its values do not exceed in the whole episode.
    Usual,
    /// The largest at the step in view.
    Step,
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
            Self::Show(panel) | Self::ShowOver(panel, _) if !panels.contains(&&**panel) => {
                Err(format!("there is no panel {}, expected one of: {}", one_line(panel), panels.join(", ")))
            }
            Self::ShowSeed(seed) | Self::Intervene(Deed::Transplant(seed)) => {
                check_seed(*seed).map(|_| ()).map_err(|error| error.to_string())
            }
            Self::OpenLetters(names) => letters::all_of(names).map(|_| ()),
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
                | Self::ShowLesions
                | Self::NextTourStep
                | Self::PreviousTourStep
                | Self::TogglePalette
                | Self::ToggleShortcuts
                | Self::ToggleParts
                | Self::ToggleFullScreen
                | Self::TogglePresentation
                | Self::EndPresentation
                | Self::ToggleTheme
                | Self::Drive(_)
                | Self::Act(_)
                | Self::ForgetPictures
                | Self::SetDriving(_)
                | Self::PinPointed
                | Self::PinClicked(_)
                | Self::PinBefore
                | Self::Evaluate
                | Self::StopEvaluating
                | Self::ShowAmong(..)
                | Self::Rank(_)
                | Self::TryLesionsAgain
                | Self::Ask(_)
                | Self::Cards(_)
                | Self::ReadText(_)
                | Self::WriteOn(..)
                | Self::RunSideBySide(_)
                | Self::StopSideBySide
                | Self::ShowBeside(_)
                | Self::LookAt(..)
                | Self::Retract(_)
                | Self::ToggleCompared(_)
                | Self::RemoveCompared(_)
                | Self::ShowOver(..)
        )
    }
}
