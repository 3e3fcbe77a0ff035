//! What is shown, to be written to files: what there is to choose, the files that need no drawing, and the job that writes.
//!
//! | file | subject |
//! |---|---|
//! | here | what an export is, what it shows, and what it can come to |
//! | [`exports`] | what is asked for in the window |
//! | [`job`] | an export on a thread of its own: progress, cancel, result |
//! | [`file`](mod@file) | a file that appears complete or not at all |
//! | [`curves`] | the numbers of a run as CSV |
//! | [`ledger`] | who wrote the trace of a connection, as CSV |
//! | [`network`] | the network or the lifetime, to be opened again |
//! | [`paper`] | drawings for print: formats and widths |
//! | [`paper_figure`] | a figure of the papers, as it is asked for, and the runs that there are for it |
//! | [`tensors`], [`arrays`] | a network, an episode and H(t) as NPZ: what it holds, and the format |

pub mod arrays;
pub mod curves;
pub mod exports;
pub mod file;
pub mod job;
pub mod ledger;
pub mod long;
pub mod network;
pub mod paper;
pub mod paper_figure;
pub mod tensors;

pub use exports::Exports;
pub use job::{Job, Write};
pub use paper::{Format, Width};
pub use paper_figure::{FigureOrder, PaperFigure};

use super::comparison::Compared;
use super::drawing::cards::Cards;
use super::evaluations::interventions::InterventionEvaluations;
use super::inspection::Pinned;
use super::layout::{Arrangement, Choices, Named};
use super::lifetimes::Shelf;
use super::matrices::LinkedWindows;
use super::order::OrderKind;
use super::scene::Scene;
use super::session::record::RunRecord;
use super::yardstick::Yardstick;
use crate::files::FileError;
use crate::render::{DrawError, NoAdapter};
use crate::train::Bundled;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The size of a panel's picture in points, unless another is asked for.
pub const PANEL_SIZE: [f32; 2] = [800.0, 600.0];

/// The size of the window's picture in points, unless another is asked for.
pub const WINDOW_SIZE: [f32; 2] = [1280.0, 800.0];

/// What is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Export {
    /// The window as a picture, `scale` pixels per point.
    WindowPng {
        /// Pixels per point.
        scale: f32,
    },
    /// One panel as a picture.
    PanelPng {
        /// Its place in the registry.
        index: usize,
        /// Pixels per point.
        scale: f32,
    },
    /// One panel as a drawing for print.
    PanelVector {
        /// Its place in the registry.
        index: usize,
        /// SVG or PDF.
        format: Format,
        /// How wide it is; `None` for the width that its points have on a screen.
        width: Option<Width>,
    },
    /// The numbers of every iteration, raw and smoothed.
    CurvesCsv,
    /// The network being viewed, to be opened again: a checkpoint, or the tape that it came from.
    Network,
    /// The lifetime as it was lived, with what somebody did to it, and the network that lived it.
    Tape,
    /// The lifetime, the network, and how somebody looks at both.
    Cartridge,
    /// The network, the episode, and H before and after the step viewed.
    TensorsNpz,
    /// Who wrote the trace of the connection that is pinned.
    LedgerCsv,
    /// A figure or a table of the papers, from runs.
    PaperFigure(FigureOrder),
    /// A span of the lifetime, one frame a step.
    LifetimeGif {
        /// The panel, by its place in the registry; without one, the whole window.
        panel: Option<usize>,
        /// Steps, from zero.
        span: Range<usize>,
        /// Frames per second, as fast as the format goes at most.
        frames_per_second: u32,
        /// Pixels per point.
        scale: f32,
    },
}

impl Export {
    /// How the name of the file ends, without the dot.
    pub fn ending(&self) -> &'static str {
        match self {
            Self::WindowPng { .. } | Self::PanelPng { .. } => "png",
            Self::PanelVector { format, .. } => format.ending(),
            Self::CurvesCsv | Self::LedgerCsv => "csv",
            Self::Network | Self::Tape | Self::Cartridge => "safetensors",
            Self::TensorsNpz => "npz",
            Self::LifetimeGif { .. } => "gif",
            Self::PaperFigure(order) => order.kind.ending(),
        }
    }
}

/// What a session shows at one moment; nothing in it changes any more.
#[derive(Clone)]
pub struct Still {
    /// The network and its lifetime.
    pub scene: Scene,
    /// The step viewed, from zero.
    pub at: usize,
    /// What the run has come to.
    pub record: Arc<RunRecord>,
    /// Lifetimes side by side.
    pub shelf: Shelf,
    /// What is done to the lifetime, done to many others.
    pub intervention_evaluations: InterventionEvaluations,
    /// Runs beside each other.
    pub compared: Compared,
    /// The neuron or connection that is looked at.
    pub pinned: Option<Pinned>,
    /// The order in which neurons stand; `None` for the usual one of the network.
    pub order: Option<OrderKind>,
    /// How it is looked at beside that.
    pub seen: Seen,
}

/// What a session has chosen of how it looks at a lifetime.
#[derive(Clone)]
pub struct Seen {
    /// The ages at which the network can be seen, the youngest first; none where it is known at one only.
    pub ages: Vec<u64>,
    /// What colours are measured by, where another age than the first is in view.
    pub yardstick: Option<Yardstick>,
    /// The network, where it is one that comes with the program.
    pub bundled: Option<Bundled>,
    /// The parts of matrices that are seen.
    pub windows: LinkedWindows,
    /// How fast it plays.
    pub speed: f64,
    /// Whether it begins again at its end.
    pub looping: bool,
    /// The cards to draw on, where something has been done with them.
    pub cards: Option<Cards>,
}

impl Default for Seen {
    fn default() -> Self {
        let (ages, bundled, windows) = (Vec::new(), None, LinkedWindows::default());
        Self { ages, yardstick: None, bundled, windows, speed: 1.0, looping: false, cards: None }
    }
}

impl Still {
    /// The order in which neurons stand.
    pub fn order(&self) -> OrderKind {
        self.order.unwrap_or_else(|| OrderKind::usual(&self.scene))
    }

    /// Task, origin, seed, iteration, step and order of neurons, in one line.
    pub fn caption(&self) -> String {
        match self.order() {
            OrderKind::Stored => self.place(),
            order => format!("{} · neurons {}", self.place(), order.title(&self.scene)),
        }
    }

    /// Task, origin, seed, iteration and step, in one line.
    pub fn place(&self) -> String {
        format!(
            "{} · {} · {} · iteration {} · step {} of {}",
            self.scene.task.name(),
            self.scene.origin,
            self.scene.life_name(),
            crate::view::numbers::grouped(self.scene.iteration),
            self.at + 1,
            self.scene.tape().steps
        )
    }
}

/// Where panels stand, and what has been chosen in them.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The named layout that was chosen last.
    pub layout: Named,
    /// Where they stand.
    pub arrangement: Arrangement,
    /// What has been chosen in them.
    pub choices: Choices,
    /// Whether the window is one for a lecture hall, with these panels.
    pub presents: bool,
    /// What is said beside them.
    pub words: Words,
}

impl From<Named> for Look {
    fn from(layout: Named) -> Self {
        Self {
            layout,
            arrangement: layout.arrangement(),
            choices: Choices::new(),
            presents: false,
            words: Words::default(),
        }
    }
}

/// What somebody says about what is seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// A note.
    pub notes: String,
    /// The text of the tour that is taken, and which of its steps.
    pub tour: Option<(String, usize)>,
}

/// A still and how it is to be drawn.
#[derive(Clone)]
pub struct Shown {
    /// What is shown.
    pub still: Still,
    /// Whether the theme is dark.
    pub dark: bool,
    /// Width and height of pictures in points, without the caption.
    pub size: [f32; 2],
    /// Whether pictures say below where they come from.
    pub caption: bool,
    /// Where panels stand, and what has been chosen in them.
    pub look: Look,
}

/// A file that has been written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where it is.
    pub path: PathBuf,
    /// What is in it, in a few words.
    pub what: String,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Somebody said stop.
    #[error("the export was cancelled, and nothing was written")]
    Cancelled,
    /// The file cannot be written, or there is nothing to write into it.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is nothing that can draw.
    #[error(transparent)]
    NoAdapter(#[from] NoAdapter),
    /// The picture is too large, or the device failed.
    #[error(transparent)]
    Draw(#[from] DrawError),
    /// A figure of the papers cannot be made of what there is.
    #[error("{0:#}")]
    Figure(anyhow::Error),
}

/// How far an export is, seen from both sides of its thread.
pub struct Progress {
    done: AtomicUsize,
    total: AtomicUsize,
    cancelled: AtomicBool,
    notify: Box<dyn Fn(usize, usize) + Send + Sync>,
}

impl Progress {
    /// Nothing done yet; `notify` is told of every part that is, and of how many there are.
    pub fn new(notify: impl Fn(usize, usize) + Send + Sync + 'static) -> Self {
        Self {
            done: AtomicUsize::new(0),
            total: AtomicUsize::new(1),
            cancelled: AtomicBool::new(false),
            notify: Box::new(notify),
        }
    }

    /// Parts done, and all parts.
    pub fn parts(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// Asks the export to stop at its next part.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Says how far the work is.
    ///
    /// # Errors
    /// When it has been cancelled.
    pub fn report(&self, done: usize, total: usize) -> Result<(), ExportError> {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total.max(1), Ordering::Relaxed);
        (self.notify)(done, total);
        self.check()
    }

    /// Goes on unless it has been cancelled.
    ///
    /// # Errors
    /// When it has.
    pub fn check(&self) -> Result<(), ExportError> {
        if self.cancelled.load(Ordering::Relaxed) { Err(ExportError::Cancelled) } else { Ok(()) }
    }
}
