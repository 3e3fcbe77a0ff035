//! What is asked for in the window: the choices as they stand, the job under way, what the last one came to.

use super::{Export, ExportError, Format, Job, Look, PANEL_SIZE, PaperFigure, Shown, Still, Width, Write};
use crate::episode::clock::STEPS_PER_SECOND;
use crate::files::{check_ending, typed_path};
use crate::view::background::Wake;
use crate::view::figures::FileKind;
use crate::view::inspection::Pinned;
use crate::view::layout::Named;
use crate::view::notice::Notice;
use crate::view::session::failures::{Attempt, Failures};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The kinds of export, in the order in which they are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportKind {
    /// [`Export::WindowPng`].
    Window,
    /// [`Export::PanelPng`] or [`Export::PanelVector`].
    Panel,
    /// [`Export::CurvesCsv`].
    Curves,
    /// [`Export::Network`].
    Network,
    /// [`Export::Tape`].
    Tape,
    /// [`Export::Cartridge`].
    Cartridge,
    /// [`Export::TensorsNpz`].
    Tensors,
    /// [`Export::LifetimeGif`].
    Lifetime,
    /// [`Export::LedgerCsv`].
    Ledger,
    /// [`Export::PaperFigure`].
    Figure,
}

impl ExportKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Window,
        Self::Panel,
        Self::Lifetime,
        Self::Curves,
        Self::Network,
        Self::Tape,
        Self::Cartridge,
        Self::Ledger,
        Self::Tensors,
        Self::Figure,
    ];

    /// The word on its chip.
    pub fn title(self) -> &'static str {
        match self {
            Self::Window => "Window",
            Self::Panel => "Panel",
            Self::Curves => "Curves",
            Self::Network => "Network",
            Self::Tape => "Tape",
            Self::Cartridge => "Share",
            Self::Tensors => "Tensors",
            Self::Lifetime => "Animation",
            Self::Ledger => "Ledger",
            Self::Figure => "Paper figure",
        }
    }

    /// What it makes, in one line.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Window => "The whole window as a picture (PNG).",
            Self::Panel => "One panel as a picture (PNG), or as a drawing for print (SVG, PDF).",
            Self::Curves => "The numbers of every iteration, raw and smoothed (CSV).",
            Self::Network => "The network in view, to be opened again (safetensors).",
            Self::Tape => "This episode as a recording, to be opened again (safetensors).",
            Self::Cartridge => {
                "Network, episode, what was done and how it is looked at: opens to the same frame (safetensors)."
            }
            Self::Tensors => "Parameters, the episode, and H before and after this step, for NumPy (NPZ).",
            Self::Lifetime => "A span of the episode, one frame per step (GIF).",
            Self::Ledger => "Who wrote H of the pinned synapse, step by step (CSV).",
            Self::Figure => "A figure or a table of the papers, made from runs.",
        }
    }

    /// How its files end, without the dot, unless another format is chosen.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Window | Self::Panel => "png",
            Self::Curves | Self::Ledger => "csv",
            Self::Network | Self::Tape | Self::Cartridge => "safetensors",
            Self::Tensors => "npz",
            Self::Lifetime => "gif",
            Self::Figure => FileKind::default().ending(),
        }
    }

    /// Whether a scale, a theme and a caption belong to it.
    pub fn is_drawn(self) -> bool {
        matches!(self, Self::Window | Self::Panel | Self::Lifetime)
    }
}

/// The choices, the job, and its outcome.
pub struct Exports {
    /// Whether the choices are on the screen.
    pub is_open: bool,
    /// How the panels stand, as of the last frame with the dialog open.
    pub look: Look,
    /// What is to be made.
    pub kind: ExportKind,
    /// The panel, by its place in the registry.
    pub panel: usize,
    /// Whether a panel has been offered since the choices came on the screen.
    is_panel_offered: bool,
    /// What a picture of that panel is made of.
    pub format: Format,
    /// How wide a drawing for print is, in millimetres.
    pub width_mm: f32,
    /// Whether an animation shows that panel alone.
    pub panel_alone: bool,
    /// Pixels per point of a picture, 1 to 4.
    pub scale: u8,
    /// Pixels per point of an animation, 1 to 4.
    pub animation_scale: u8,
    /// The first and the last step of an animation, from one.
    pub span: [usize; 2],
    /// Frames per second of an animation.
    pub frames_per_second: u32,
    /// Whether pictures have a caption.
    pub caption: bool,
    /// The file as typed; empty for the name that is offered.
    pub path_text: String,
    /// What is said about what is shared.
    pub notes: String,
    /// The figure of the papers.
    pub paper: PaperFigure,
    /// A file that is there already and may be replaced when asked for once more.
    pub in_the_way: Option<PathBuf>,
    job: Option<Job>,
    last: Option<Result<String, String>>,
    failures: Failures,
    wake: Wake,
}

impl Exports {
    /// Nothing asked for yet. `wake` asks for another frame.
    pub fn new(wake: Wake) -> Self {
        Self {
            is_open: false,
            look: Named::Watch.into(),
            kind: ExportKind::Window,
            panel: 0,
            is_panel_offered: false,
            format: Format::default(),
            width_mm: Width::of_points(PANEL_SIZE[0]).millimetres().round(),
            panel_alone: false,
            scale: 2,
            animation_scale: 1,
            span: [1, usize::MAX],
            frames_per_second: STEPS_PER_SECOND as u32,
            caption: true,
            path_text: String::new(),
            notes: String::new(),
            paper: PaperFigure::default(),
            in_the_way: None,
            job: None,
            last: None,
            failures: Failures::default(),
            wake,
        }
    }

    /// Shows the choices, or hides them.
    pub fn toggle(&mut self) {
        self.is_open = !self.is_open;
        self.paper.forget();
    }

    /// Looks for the runs of the papers' figures, in `usual` where no folder is typed.
    pub fn look_for_runs(&mut self, usual: PathBuf) {
        self.paper.look(usual, &self.wake);
    }

    /// Offers a panel, by its place in the registry, once each time that the choices come on the screen.
    pub fn offer_panel(&mut self, panel: usize) {
        if self.is_open && !self.is_panel_offered {
            self.panel = panel;
        }
        self.is_panel_offered = self.is_open;
    }

    /// The export under way.
    pub fn job(&self) -> Option<&Job> {
        self.job.as_ref()
    }

    /// What the last export came to, in a sentence.
    pub fn last(&self) -> Option<Result<&str, &str>> {
        self.last.as_ref().map(|last| last.as_deref().map_err(String::as_str))
    }

    /// The export that the choices describe, for a lifetime of `steps`.
    pub fn choice(&self, steps: usize) -> Export {
        let scale = if self.kind == ExportKind::Lifetime { self.animation_scale } else { self.scale };
        let scale = f32::from(scale.clamp(1, 4));
        let index = self.panel;
        match self.kind {
            ExportKind::Window => Export::WindowPng { scale },
            ExportKind::Panel if self.format == Format::Png => Export::PanelPng { index, scale },
            ExportKind::Panel => Export::PanelVector { index, format: self.format, width: Width::new(self.width_mm) },
            ExportKind::Curves => Export::CurvesCsv,
            ExportKind::Network => Export::Network,
            ExportKind::Tape => Export::Tape,
            ExportKind::Cartridge => Export::Cartridge,
            ExportKind::Tensors => Export::TensorsNpz,
            ExportKind::Ledger => Export::LedgerCsv,
            ExportKind::Figure => Export::PaperFigure(self.paper.order()),
            ExportKind::Lifetime => {
                let last = self.span[1].clamp(1, steps);
                Export::LifetimeGif {
                    panel: self.panel_alone.then_some(index),
                    span: self.span[0].clamp(1, last) - 1..last,
                    frames_per_second: self.frames_per_second,
                    scale,
                }
            }
        }
    }

    /// The name that is offered: task, origin, and what it shows.
    pub fn offered_name(&self, still: &Naming<'_>) -> String {
        let export = self.choice(still.steps);
        let what = match &export {
            Export::WindowPng { .. } => format!("step {}", still.at + 1),
            Export::PanelPng { .. } | Export::PanelVector { .. } => format!("{} step {}", still.panel, still.at + 1),
            Export::CurvesCsv => "curves".to_owned(),
            Export::Network => "network".to_owned(),
            Export::Tape => "tape".to_owned(),
            Export::Cartridge => format!("shared at step {}", still.at + 1),
            Export::TensorsNpz => format!("tensors step {}", still.at + 1),
            Export::LedgerCsv => match still.pinned {
                Some(Pinned::Synapse { from, to }) => format!("ledger of {from} to {to} step {}", still.at + 1),
                _ => format!("ledger step {}", still.at + 1),
            },
            Export::LifetimeGif { panel: Some(_), span, .. } => {
                format!("{} steps {} to {}", still.panel, span.start + 1, span.end)
            }
            Export::LifetimeGif { panel: None, span, .. } => format!("steps {} to {}", span.start + 1, span.end),
            // Nothing of it is of the network in view.
            Export::PaperFigure(order) => return format!("{}.{}", order.name, export.ending()),
        };
        let origin = still.origin.strip_suffix(".safetensors").unwrap_or(still.origin);
        format!("{}.{}", file_name(&format!("{} {origin} {what}", still.task)), export.ending())
    }

    /// The file as typed; `None` where the name that is offered is fine.
    fn typed(&self) -> Option<PathBuf> {
        let path = typed_path(&self.path_text);
        (!path.as_os_str().is_empty()).then_some(path)
    }

    /// The file as it is typed, or as it is offered.
    pub fn path(&self, still: &Naming<'_>) -> PathBuf {
        self.typed().unwrap_or_else(|| PathBuf::from(self.offered_name(still)))
    }

    /// The folder that the file goes to, from the root.
    pub fn folder(&self) -> PathBuf {
        let path = self.typed().unwrap_or_default();
        let folder = path.parent().unwrap_or(Path::new(""));
        // Nothing is the folder that the program runs in.
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        absolute.components().collect()
    }

    /// How the files of what is chosen end, without the dot.
    pub fn ending(&self) -> &'static str {
        match self.kind {
            ExportKind::Panel => self.format.ending(),
            ExportKind::Figure => self.paper.kind().ending(),
            kind => kind.ending(),
        }
    }

    /// Chooses what is to be made. A name that was typed for another kind of file gets the ending of this one.
    pub fn choose(&mut self, kind: ExportKind) {
        if self.kind != kind {
            self.kind = kind;
            self.follow_ending();
        }
    }

    /// Chooses what a picture of a panel is made of; a name that was typed follows, as in [`Self::choose`].
    pub fn choose_format(&mut self, format: Format) {
        if self.format != format {
            self.format = format;
            self.follow_ending();
        }
    }

    /// Chooses a figure of the papers, by its place in the registry; a name that was typed follows.
    pub fn choose_figure(&mut self, place: usize) {
        self.paper.choose(place);
        self.follow_ending();
    }

    /// Chooses what the file of that figure is; a name that was typed follows.
    pub fn choose_file_kind(&mut self, kind: FileKind) {
        self.paper.choose_kind(kind);
        self.follow_ending();
    }

    fn follow_ending(&mut self) {
        self.in_the_way = None;
        let ending = self.ending();
        let known = Path::new(self.path_text.trim_end()).extension().and_then(|known| known.to_str());
        let of_figures = FileKind::ALL.map(FileKind::ending);
        let all = ExportKind::ALL.map(ExportKind::ending).into_iter().chain(Format::ALL.map(Format::ending));
        let mut endings = all.chain(of_figures);
        if let Some(known) = known.map(str::to_owned)
            && known != ending
            && endings.any(|ending| ending.eq_ignore_ascii_case(&known))
        {
            let stem = self.path_text.trim_end().len() - known.len();
            self.path_text.truncate(stem);
            self.path_text.push_str(ending);
        }
    }

    /// Starts the export that the choices describe. A name that was offered avoids the files that are there; one that
    /// was typed replaces its file when it is asked for twice.
    pub fn start(&mut self, still: Still, window: Drawing) {
        if self.job.is_some() {
            return;
        }
        if let Err(problem) = check_ending(&self.typed().unwrap_or_default(), self.ending()) {
            self.last = Some(Err(problem.to_string()));
            return;
        }
        let path = match self.typed() {
            None => free_name(Path::new(&self.offered_name(&Naming::of(&still, window.panel)))),
            Some(path) => path,
        };
        if path.is_file() && self.in_the_way.as_ref() != Some(&path) {
            self.in_the_way = Some(path);
            return;
        }
        (self.in_the_way, self.last) = (None, None);
        let export = self.choice(still.scene.tape().steps);
        let (dark, size) = (window.dark, window.size);
        let shown = Shown { still, dark, size, caption: self.caption, look: self.look.clone() };
        match Job::start(window.write, export, shown, path, Arc::clone(&self.wake)) {
            Ok(job) => self.job = Some(job),
            Err(error) => self.last = Some(Err(error.to_string())),
        }
    }

    /// Takes in what the job has come to. What is not on the screen is said as a notice.
    pub fn update(&mut self, notices: &mut Vec<Notice>) {
        let Some(outcome) = self.job.as_mut().and_then(Job::poll) else { return };
        self.job = None;
        let is_cancelled = matches!(outcome, Err(ExportError::Cancelled));
        let last = match outcome {
            Ok(written) => Ok(format!("{}: {}", written.path.display(), written.what)),
            Err(error) => Err(error.to_string()),
        };
        match last.clone() {
            Ok(text) => {
                self.failures.clear(notices, Attempt::Exporting);
                if !self.is_open {
                    notices.push(Notice { text, is_error: false });
                }
            }
            Err(text) if !self.is_open && !is_cancelled => self.failures.tell(notices, Attempt::Exporting, text),
            Err(_) => {}
        }
        self.last = Some(last);
    }
}

/// How the window draws what is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Drawing {
    /// Whether its theme is dark.
    pub dark: bool,
    /// Width and height of pictures in points.
    pub size: [f32; 2],
    /// The title of the panel that is chosen.
    pub panel: &'static str,
    /// What writes.
    pub write: Write,
}

/// What names are made of.
pub struct Naming<'a> {
    /// The task's name.
    pub task: &'a str,
    /// Where the network comes from.
    pub origin: &'a str,
    /// The step viewed, from zero.
    pub at: usize,
    /// How many steps there are.
    pub steps: usize,
    /// What is looked at.
    pub pinned: Option<Pinned>,
    /// The title of the panel that is chosen.
    pub panel: &'static str,
}

impl<'a> Naming<'a> {
    fn of(still: &'a Still, panel: &'static str) -> Self {
        let scene = &still.scene;
        let (steps, pinned) = (scene.tape().steps, still.pinned);
        Self { task: scene.task.name(), origin: &scene.origin, at: still.at, steps, pinned, panel }
    }
}

/// Letters and digits in lower case, hyphens between; a number keeps its point, and no word stands twice in a row.
fn file_name(words: &str) -> String {
    let is_digit = |letter: Option<&char>| letter.is_some_and(char::is_ascii_digit);
    let letters: Vec<char> = words.chars().collect();
    let kept = |(index, &letter): (usize, &char)| {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        let is_point = letter == '.' && is_digit(before) && is_digit(letters.get(index + 1));
        if letter.is_alphanumeric() || is_point { letter } else { ' ' }
    };
    let words: String = letters.iter().enumerate().map(kept).collect();
    let mut parts: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    parts.dedup();
    parts.join("-")
}

/// `path`, or the first of `path-2`, `path-3`, … that is not taken.
fn free_name(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let numbered = (2..).map(|number: u32| path.with_file_name(format!("{stem}-{number}.{ending}")));
    std::iter::once(path.to_owned()).chain(numbered).find(|path| !path.exists()).unwrap_or_else(|| path.to_owned())
}
