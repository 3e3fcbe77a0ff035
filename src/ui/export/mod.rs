//! What is shown, written to files: pictures, curves, tensors, a span of a lifetime.
//!
//! | file | subject |
//! |---|---|
//! | [`figure`] | the window or a panel as a picture with its caption |
//! | [`animation`], [`palette`] | a span of a lifetime as a GIF, and its colours |
//! | [`curves`] | the numbers of a run as CSV |
//! | [`ledger`] | who wrote the trace of a connection, as CSV |
//! | [`tensors`], [`arrays`] | a network, an episode and H(t) as NPZ: what it holds, and the format |
//! | [`file`](mod@file) | a file that appears complete or not at all |
//! | [`job`] | an export on a thread of its own: progress, cancel, result |
//! | [`exports`], [`dialog`] | what is asked for in the window, and where it is asked |

pub mod animation;
pub mod arrays;
pub mod curves;
pub mod dialog;
pub mod exports;
pub mod figure;
pub mod file;
pub mod job;
pub mod ledger;
pub mod network;
pub mod palette;
pub mod tensors;

pub use dialog::export_ui;
pub use exports::Exports;
pub use job::Job;

use super::comparison::Compared;
use super::evaluations::interventions::InterventionEvaluations;
use super::inspector::Pinned;
use super::layout::{Arrangement, Choices, Dock, Named};
use super::lifetimes::Shelf;
use super::order::OrderKind;
use super::scene::Scene;
use crate::files::FileError;
use crate::render::{DrawError, NoAdapter};
use crate::train::run_folder;
use crate::ui::session::record::RunRecord;
use std::ops::Range;
use std::path::{Path, PathBuf};
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
    /// The numbers of every iteration, raw and smoothed.
    CurvesCsv,
    /// The network being viewed, to be opened again: a checkpoint, or the tape that it came from.
    Network,
    /// The lifetime as it was lived, with what somebody did to it, and the network that lived it.
    Tape,
    /// The network, the episode, and H before and after the step viewed.
    TensorsNpz,
    /// Who wrote the trace of the connection that is pinned.
    LedgerCsv,
    /// A span of the lifetime, one frame a step.
    LifetimeGif {
        /// The panel, by its place in the registry; without one, the whole window.
        panel: Option<usize>,
        /// Steps, from zero.
        span: Range<usize>,
        /// Frames per second, at most [`animation::FASTEST`].
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
            Self::CurvesCsv | Self::LedgerCsv => "csv",
            Self::Network | Self::Tape => "safetensors",
            Self::TensorsNpz => "npz",
            Self::LifetimeGif { .. } => "gif",
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
            super::numbers::grouped(self.scene.iteration),
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
}

impl Look {
    /// As they stand in a window.
    pub fn of(dock: &Dock, layout: Named) -> Self {
        let arrangement = dock.arrangement().unwrap_or_else(|| layout.arrangement());
        Self { layout, arrangement, choices: dock.choices() }
    }
}

impl From<Named> for Look {
    fn from(layout: Named) -> Self {
        Self { layout, arrangement: layout.arrangement(), choices: Choices::new() }
    }
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

/// Writes one export to `path`, here and now: all of it, or nothing. A file that is there is replaced.
///
/// # Errors
/// When it is cancelled, there is nothing to write, nothing can draw, or the file cannot be written.
pub fn write(export: &Export, shown: &Shown, path: &Path, progress: &Progress) -> Result<Written, ExportError> {
    let found = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    if found.as_deref() != Some(export.ending()) {
        let problem = format!("expected a name that ends in .{}, found another", export.ending());
        return Err(FileError::new(path, problem).into());
    }
    run_folder::check_output(path)?;
    let what = match *export {
        Export::WindowPng { scale } => figure::write(None, scale, shown, path, progress),
        Export::PanelPng { index, scale } => figure::write(Some(index), scale, shown, path, progress),
        Export::CurvesCsv => curves::write(&shown.still, path, progress),
        Export::Network => network::write(&shown.still, path, progress),
        Export::Tape => network::write_tape(&shown.still, path, progress),
        Export::TensorsNpz => tensors::write(&shown.still, path, progress),
        Export::LedgerCsv => ledger::write(&shown.still, path, progress),
        Export::LifetimeGif { panel, ref span, frames_per_second, scale } => {
            let timing = animation::Timing { span: span.clone(), frames_per_second };
            animation::write(panel, &timing, scale, shown, path, progress)
        }
    }?;
    Ok(Written { path: path.to_owned(), what })
}
