//! `hebbscope render`: what the window shows, in a file, without a display.

use super::compare::{compared, tell_passed_over};
use super::output::{clear_progress, complain, say_progress};
use super::usage::misused;
use super::viewed::{self, ViewOptions};
use crate::episode::clock::STEPS_PER_SECOND;
use crate::files::typed_path;
use crate::train::ages::Source;
use crate::train::run_folder::{self, checkpoint_path, first_run, runs_below};
use crate::train::{Bundled, History};
use crate::ui::export::{self, animation};
use crate::ui::panels::PANELS;
use crate::ui::presentation::pixels_per_point;
use crate::view::comparison::Compared;
use crate::view::export::long;
use crate::view::export::{Export, Format, PANEL_SIZE, Progress, Shown, Still, WINDOW_SIZE, Width};
use crate::view::inspection::Pinned;
use crate::view::scene;
use crate::view::session::Session;
use clap::CommandFactory as _;
use clap::error::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The options that belong to some endings only, and those endings.
const BELONGS: [(&str, &[&str]); 14] = [
    ("at", &["png", "svg", "pdf", "npz", "csv"]),
    ("compare", &["png", "svg", "pdf", "gif", "csv"]),
    ("span", &["gif"]),
    ("fps", &["gif"]),
    ("long", &["csv"]),
    ("panel", &["png", "svg", "pdf", "gif"]),
    ("pin", &["png", "svg", "pdf", "gif", "csv"]),
    ("order", &["png", "svg", "pdf", "gif", "npz"]),
    ("size", &["png", "svg", "pdf", "gif"]),
    ("scale", &["png", "gif"]),
    ("presentation", &["png", "gif"]),
    ("theme", &["png", "svg", "pdf", "gif"]),
    ("width", &["svg", "pdf"]),
    ("caption", &["png", "svg", "pdf", "gif"]),
];

/// Draw the window into a PNG or a GIF, or a panel into an SVG or a PDF, or write what it shows as CSV or NPZ
#[derive(clap::Args)]
pub struct Arguments {
    /// A checkpoint, a run folder, a folder of run folders or a tape; without one, the first of the runs to be compared,
    /// or the bundled network
    #[arg(value_parser = super::path())]
    file: Option<PathBuf>,
    /// A network that comes with the program, in place of a file
    #[arg(long, value_name = "NAME", value_parser = viewed::bundled, conflicts_with_all = ["file", "compare"])]
    bundled: Option<Bundled>,
    /// A run folder, or a folder of run folders, whose curves are drawn beside each other; may be given several times
    #[arg(long, value_name = "FOLDER", value_parser = super::path())]
    compare: Vec<PathBuf>,
    /// Of the curves of runs a line for each number: run, seed, iteration, measure, value
    #[arg(long, conflicts_with_all = ["bundled", "pin", "at"])]
    long: bool,
    /// The file to write: .png a picture, .svg or .pdf a drawing of a panel for print, .gif the episode, .csv the curves, or
    /// with --pin FROM:TO who wrote H of that connection, .npz the parameters, the episode and H
    #[arg(long, value_name = "FILE.png|svg|pdf|gif|csv|npz", value_parser = out)]
    out: PathBuf,
    /// One panel instead of the whole window
    #[arg(long, value_name = "NAME", value_parser = panel)]
    panel: Option<usize>,
    /// The window for a lecture hall; --size is in pixels then, and --scale follows from it
    #[arg(long, conflicts_with_all = ["panel", "layout", "scale"])]
    presentation: bool,
    /// Width and height in points, without the caption [default: 1280x800, of a panel 800x600]
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<[f32; 2]>,
    /// Pixels per point [default: 1]
    #[arg(long, value_parser = scale)]
    scale: Option<f32>,
    /// How wide a drawing for print is, like 85mm, 8.5cm or 3.3in [default: its points at 96 per inch]
    #[arg(long, value_name = "WIDTH", allow_hyphen_values = true)]
    width: Option<Width>,
    #[command(flatten)]
    view: ViewOptions,
    /// The steps of an animation, from 1; the whole episode unless said otherwise
    #[arg(long, value_name = "FROM..TO", value_parser = span)]
    span: Option<[usize; 2]>,
    /// Frames per second of an animation [default: 20]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(animation::FASTEST)))]
    fps: Option<u32>,
    /// Dark or light [default: dark]
    #[arg(long, value_parser = ["dark", "light"])]
    theme: Option<String>,
    /// Say below the picture where it comes from: task, network, seed, iteration, step
    #[arg(long)]
    caption: bool,
}

/// Runs the sub-command.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    arguments.check_options()?;
    run_folder::check_output(&arguments.out)?;
    if arguments.long {
        return write_long(arguments);
    }
    let folder = arguments.file.iter().filter(|path| !runs_below(path).is_empty());
    let mut compared = Compared::read(&folder.chain(&arguments.compare).cloned().collect::<Vec<_>>())?;
    tell_passed_over(&mut compared);
    // Of a run that is compared the numbers are enough.
    let compared_run =
        || arguments.compare.iter().map(|path| first_run(path)).find(|run| checkpoint_path(run).is_file());
    let path = arguments.file.as_ref().map(|path| first_run(path)).or_else(compared_run);
    let source = match &path {
        Some(path) => Source::of(path),
        None => Some(Source::Bundled(arguments.bundled.unwrap_or_default())),
    };
    let prepared = match path {
        Some(path) => {
            let prepared = scene::opened(&path)?;
            super::note(&path, prepared.note.as_deref());
            prepared
        }
        None => {
            let mut prepared = scene::bundled(arguments.bundled.unwrap_or_default())?;
            if !arguments.compare.is_empty() {
                // Its curve is none of those that are compared.
                prepared.record = None;
            }
            prepared
        }
    };
    let still = arguments.view.still(prepared, source.as_ref(), compared)?;
    let steps = still.scene.tape().steps;
    let [first, last] = arguments.span.unwrap_or([1, steps]);
    if last > steps {
        misused!("--span expects steps from 1 to {steps}, found {first}..{last}");
    }
    let mut size = arguments.size.unwrap_or(if arguments.panel.is_some() { PANEL_SIZE } else { WINDOW_SIZE });
    let mut scale = arguments.scale.unwrap_or(1.0);
    if arguments.presentation {
        scale = pixels_per_point(size.into());
        size = size.map(|side| side / scale);
    }
    let export = match (arguments.ending().as_str(), arguments.panel) {
        ("csv", _) if arguments.view.pin.is_some() => Export::LedgerCsv,
        ("csv", _) => Export::CurvesCsv,
        ("npz", _) => Export::TensorsNpz,
        ("gif", panel) => Export::LifetimeGif {
            panel,
            span: first - 1..last,
            frames_per_second: arguments.fps.unwrap_or(STEPS_PER_SECOND as u32),
            scale,
        },
        ("svg", Some(index)) => Export::PanelVector { index, format: Format::Svg, width: arguments.width },
        ("pdf", Some(index)) => Export::PanelVector { index, format: Format::Pdf, width: arguments.width },
        (_, Some(index)) => Export::PanelPng { index, scale },
        (_, None) => Export::WindowPng { scale },
    };
    let look = arguments.view.look(&still, arguments.presentation);
    if let Some(empty) = arguments.panel.and_then(|index| nothing_in(index, &still)) {
        complain(&empty);
    }
    let shown =
        Shown { still, dark: arguments.theme.as_deref() != Some("light"), size, caption: arguments.caption, look };
    let progress = Arc::new(Progress::new(say_progress));
    let stopped = Arc::clone(&progress);
    // Where the signal cannot be caught the program simply ends.
    let _caught = ctrlc::set_handler(move || stopped.cancel());
    let written = export::write(&export, &shown, &arguments.out, &progress);
    clear_progress();
    let written = written?;
    super::print(&format!("{}: {}", written.path.display(), written.what))?;
    Ok(())
}

/// Why a panel is empty, where it is.
fn nothing_in(index: usize, still: &Still) -> Option<String> {
    let (panel, mut session) = (PANELS[index](), Session::new(Arc::new(|| {})));
    session.show_still(still.clone());
    (!panel.has_content(&session)).then(|| format!("{} has nothing to show here. {}", panel.title(), panel.empty()))
}

/// ".png, .gif and .csv".
fn listed(endings: &[&str]) -> String {
    let endings: Vec<String> = endings.iter().map(|ending| format!(".{ending}")).collect();
    match endings.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Writes what runs have come to, for which their numbers are enough.
fn write_long(arguments: &Arguments) -> anyhow::Result<()> {
    let paths: Vec<PathBuf> = arguments.file.iter().chain(&arguments.compare).cloned().collect();
    if paths.is_empty() {
        misused!("--long expects runs, as FILE or with --compare, found none");
    }
    let compared = compared(&paths)?;
    let runs: Vec<&History> = compared.groups().iter().flat_map(|group| &group.runs).map(|run| &**run).collect();
    let progress = Progress::new(say_progress);
    let written = long::write(&runs, &arguments.out, &progress);
    clear_progress();
    super::print(&format!("{}: {}", arguments.out.display(), written?))
}

impl Arguments {
    fn ending(&self) -> String {
        ending_of(&self.out).unwrap_or_default()
    }

    /// Refuses options that mean nothing for this kind of file.
    fn check_options(&self) -> Result<(), clap::Error> {
        let given = |option: &str| match option {
            "at" => self.view.at.is_some(),
            "compare" => !self.compare.is_empty(),
            "span" => self.span.is_some(),
            "fps" => self.fps.is_some(),
            "long" => self.long,
            "panel" => self.panel.is_some(),
            "pin" => self.view.pin.is_some(),
            "order" => self.view.order.is_some(),
            "size" => self.size.is_some(),
            "scale" => self.scale.is_some(),
            "presentation" => self.presentation,
            "theme" => self.theme.is_some(),
            "width" => self.width.is_some(),
            _ => self.caption,
        };
        let ending = self.ending();
        match BELONGS.iter().find(|(option, endings)| given(option) && !endings.contains(&ending.as_str())) {
            Some((option, endings)) => {
                let endings = listed(endings);
                Err(wrong_usage(format!("--{option} belongs to {endings}, found it with .{ending}")))
            }
            None if ["svg", "pdf"].contains(&ending.as_str()) && self.panel.is_none() => {
                Err(wrong_usage(format!("--panel NAME is expected with .{ending}, found none")))
            }
            None => self.check_ledger(),
        }
    }

    /// Refuses what means nothing for the ledger of a connection, which a .csv is where something is pinned.
    fn check_ledger(&self) -> Result<(), clap::Error> {
        if self.ending() != "csv" {
            return Ok(());
        }
        let text = match self.view.pin {
            None if self.view.at.is_some() => {
                "--at belongs to .csv with --pin FROM:TO only, found it without".to_owned()
            }
            Some(Pinned::Neuron(neuron)) => {
                format!("--pin expects a connection like 17:3 with .csv, found neuron {neuron}")
            }
            Some(Pinned::Synapse { .. }) if !self.compare.is_empty() => {
                "--compare belongs to .csv without --pin, found both".to_owned()
            }
            _ => return Ok(()),
        };
        Err(wrong_usage(text))
    }
}

/// What is wrong with the arguments together, with how this command is used.
fn wrong_usage(text: String) -> clap::Error {
    let mut program = super::Arguments::command();
    program.build();
    let command = program.find_subcommand_mut("render").expect("the program has this command");
    command.error(ErrorKind::ArgumentConflict, text)
}

fn ending_of(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_lowercase())
}

fn out(text: &str) -> Result<PathBuf, String> {
    let path = typed_path(text);
    match ending_of(&path).as_deref() {
        Some("png" | "svg" | "pdf" | "gif" | "csv" | "npz") => Ok(path),
        _ => Err("expected a name that ends in .png, .svg, .pdf, .gif, .csv or .npz, found another".into()),
    }
}

fn panel(text: &str) -> Result<usize, String> {
    let typed = |text: &str| text.to_lowercase().replace(' ', "-");
    let titles: Vec<String> = PANELS.iter().map(|make| typed(make().title())).collect();
    titles
        .iter()
        .position(|title| *title == typed(text))
        .ok_or_else(|| format!("expected one of {}, found {text}", titles.join(", ")))
}

fn span(text: &str) -> Result<[usize; 2], String> {
    let ends = text.split_once("..").and_then(|(first, last)| Some([first.parse().ok()?, last.parse().ok()?]));
    ends.filter(|[first, last]| (1..=*last).contains(first))
        .ok_or_else(|| format!("expected FROM..TO, two steps from 1 in this order, found {text}"))
}

/// Width and height, as they are written.
pub(super) fn size(text: &str) -> Result<[f32; 2], String> {
    let wrong = || format!("expected WIDTHxHEIGHT from 320x240 to 8192x8192, found {text}");
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    let side = |text: &str, least: u16| text.parse::<u16>().ok().filter(|side| (least..=8192).contains(side));
    match (side(width, 320), side(height, 240)) {
        (Some(width), Some(height)) => Ok([f32::from(width), f32::from(height)]),
        _ => Err(wrong()),
    }
}

fn scale(text: &str) -> Result<f32, String> {
    let scale = text.parse::<f32>().ok().filter(|scale| (0.5..=4.0).contains(scale));
    scale.ok_or_else(|| format!("expected a number from 0.5 to 4, found {text}"))
}
