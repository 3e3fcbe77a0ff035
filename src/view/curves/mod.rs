//! The numbers of a run over its iterations, worked out for drawing and for files.
//!
//! | file | subject |
//! |---|---|
//! | here | what curves are drawn from |
//! | [`number`] | which numbers there are |
//! | [`series`] | one of them over all iterations, kept as it grows |
//! | [`smoothing`], [`pyramid`] | the trailing mean, and the extremes of any stretch |
//! | [`axis`], [`part`] | scales and grids, and the part that is seen |
//! | [`outline`] | what is drawn of a curve on so many pixels |
//! | [`quartiles`], [`bands`] | several runs at each iteration, and the groups of a comparison |

pub mod axis;
pub mod bands;
pub mod number;
pub mod outline;
pub mod part;
pub mod pyramid;
pub mod quartiles;
pub mod series;
pub mod smoothing;

use super::comparison::Compared;
use super::session::Session;
use crate::tasks::Measure;
use crate::train::{Point, Validation};

/// Iterations that the strong line averages over at first, fewer at the beginning of a run.
pub const SMOOTHING: usize = 20;

/// What is drawn from: the iterations of a run.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The numbers; index 0 is iteration 1.
    pub points: &'a [Point],
    /// What its network came to after each epoch, where there are epochs.
    pub validations: &'a [Validation],
    /// Seconds that each iteration took, where they are known.
    pub step_seconds: Option<&'a [f32]>,
    /// What the task's measure is.
    pub measure: Measure,
    /// The iteration being viewed.
    pub viewing: Option<u64>,
    /// Iterations that the run is to have.
    pub planned: u64,
    /// Whether the curve grows while it is looked at.
    pub is_live: bool,
    /// Runs to be compared, where there are some.
    pub compared: Option<&'a Compared>,
    /// The task of the run in view, where it cannot stand beside the compared ones.
    pub other_task: Option<&'static str>,
}

impl<'a> Source<'a> {
    /// The run in training, without one the run of the network being viewed; and the runs that are compared.
    pub fn of(session: &'a Session) -> Option<Self> {
        let own = Self::alone(session);
        let compared = session.comparison.compared();
        let Some(task) = compared.task() else { return own.map(|(source, _)| source) };
        let bare = Self {
            points: &[],
            validations: &[],
            step_seconds: None,
            measure: task.measure(),
            viewing: None,
            planned: 0,
            is_live: false,
            compared: Some(compared),
            other_task: None,
        };
        Some(match own {
            None => bare,
            Some((_, name)) if name != task.name() => Self { other_task: Some(name), ..bare },
            // It is one of those that are drawn already.
            Some((own, _)) if compared.holds(own.points) => Self { viewing: own.viewing, is_live: own.is_live, ..bare },
            Some((own, _)) => Self { compared: Some(compared), ..own },
        })
    }

    /// The run in view, and the name of its task.
    fn alone(session: &'a Session) -> Option<(Self, &'static str)> {
        let points = session.curve();
        let viewing = session.scene().map(|scene| scene.iteration);
        let run = session.training.config().filter(|_| session.views_own_run());
        let (task, planned) = match (run, session.scene()) {
            (Some(config), _) => (config.task(), config.iterations),
            (None, Some(scene)) => (scene.task, points.len() as u64),
            (None, None) => return None,
        };
        let step_seconds = run.map(|_| session.training.step_seconds());
        let measure = task.measure();
        let is_live = session.is_live();
        let validations = session.validations();
        let (compared, other_task) = (None, None);
        let own = Self { points, validations, step_seconds, measure, viewing, planned, is_live, compared, other_task };
        Some((own, task.name()))
    }
}
