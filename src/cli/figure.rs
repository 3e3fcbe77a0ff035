//! `hebbscope figure`: the figures and tables of the papers, from runs.

use super::output::{clear_progress, complain, say_progress};
use super::render::size;
use super::table::aligned;
use crate::files::typed_path;
use crate::train::config::check_seed;
use crate::train::run_folder;
use crate::ui::figures::{Look, file};
use crate::view::curves::axis::Scale;
use crate::view::export::{Progress, Width};
use crate::view::figures::chart::LONGEST_SMOOTHING;
use crate::view::figures::gather::Choice;
use crate::view::figures::{FIGURES, Figure, FileKind, Made, Options, find, make, survey};
use clap::CommandFactory as _;
use clap::error::ErrorKind;
use std::path::PathBuf;

/// Where runs are looked for when no folder is named.
const RUNS: &str = "runs";

/// Draw a figure or a table of the papers from runs, or say which runs it needs
///
/// dp- is Differentiable plasticity, bp- is Backpropamine; --list has all names. Runs with the paper's settings come first;
/// where there are none, runs with other settings are taken, and the caption says which. Without --out the numbers are printed.
#[derive(clap::Args)]
pub struct Arguments {
    /// The figure: dp-2, dp-3, dp-4a, dp-4b, dp-5, dp-table-1, dp-6, bp-1, bp-2, bp-3, bp-4 or bp-table-1
    #[arg(value_name = "NAME", value_parser = figure, required_unless_present = "list")]
    figure: Option<&'static Figure>,
    /// The file to write: .png a picture, .svg or .pdf a drawing for print, .csv the numbers for programs, .md for people
    #[arg(long, value_name = "FILE.png|svg|pdf|csv|md", value_parser = out)]
    out: Option<PathBuf>,
    /// A folder in which runs are looked for, four levels deep; may be given several times [default: runs]
    #[arg(long, value_name = "FOLDER", value_parser = super::path(), num_args = 1..)]
    runs: Vec<PathBuf>,
    /// Say which figures there are, which runs each needs, and how many of them are there
    #[arg(long, conflicts_with_all = ["figure", "out", "recipe"])]
    list: bool,
    /// Print the commands that make the runs of the paper's figure, one a line
    #[arg(long, conflicts_with_all = ["out", "runs"])]
    recipe: bool,
    /// Iterations that curves are averaged over [default: the figure's own]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=LONGEST_SMOOTHING as u64))]
    smooth: Option<u64>,
    /// Which axes are logarithmic [default: the figure's own]
    #[arg(long, value_name = "AXES", value_parser = ["x", "y", "xy", "none"])]
    log: Option<String>,
    /// Take runs of all settings, each set of settings as a group of its own
    #[arg(long)]
    all: bool,
    /// Take only runs with this setting; may be given several times
    #[arg(long = "with", value_name = "KEY=VALUE", value_parser = pair)]
    with: Vec<(String, String)>,
    /// Episodes: of a table the new ones of each run [default: 100], of dp-4a rows [default: 4, at most 12]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    episodes: Option<u64>,
    /// What episodes are drawn from
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Width and height of a picture in points, of two pixels each
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<[f32; 2]>,
    /// Width of a drawing on paper, like 85mm, 8.5cm or 3.3in; only with .svg and .pdf [default: its points at 96 to the inch]
    #[arg(long, value_name = "WIDTH", requires = "out", allow_hyphen_values = true)]
    width: Option<Width>,
    /// Dark or light
    #[arg(long, default_value = "light", value_parser = ["dark", "light"])]
    theme: String,
}

/// Runs the sub-command.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    // That the usual folder is not there is no problem.
    let usual = || Some(PathBuf::from(RUNS)).into_iter().filter(|folder| folder.is_dir());
    let folders: Vec<PathBuf> = if arguments.runs.is_empty() { usual().collect() } else { arguments.runs.clone() };
    let Some(figure) = arguments.figure else { return list(&folders) };
    if arguments.recipe {
        return recipe(figure);
    }
    if let Some(out) = &arguments.out {
        run_folder::check_output(out)?;
        if arguments.width.is_some() && FileKind::of(out).is_none_or(|kind| kind.drawing().is_none()) {
            let problem = "--width belongs to .svg and .pdf, found it with another ending of --out";
            return Err(wrong_usage(problem.to_owned()).into());
        }
    }
    let options = Options {
        folders,
        choice: Choice { is_all: arguments.all, with: arguments.with.clone() },
        smoothing: arguments.smooth.map(|count| usize::try_from(count).unwrap_or(LONGEST_SMOOTHING)),
        scales: arguments.log.as_deref().map(scales),
        episodes: arguments.episodes,
        seed: check_seed(arguments.seed)?,
    };
    let made = make(figure, &options, &mut |done, all| {
        say_progress(done, all);
        true
    });
    clear_progress();
    let made = made?;
    let Some(out) = &arguments.out else {
        let Some(text) = made.to_markdown() else {
            let problem = format!("{} is a picture and has no numbers to print: expected --out FILE.png", figure.name);
            return Err(wrong_usage(problem).into());
        };
        told(&made);
        return super::print(text.trim_end());
    };
    let progress = Progress::new(|_, _| {});
    let (kind, usual) = (FileKind::of(out).unwrap_or(FileKind::Png), file::usual_look(&made));
    let look = Look { size: arguments.size.unwrap_or(usual.size), dark: arguments.theme == "dark", ..usual };
    let what = file::write(&made, kind, &look, arguments.width, out, &progress)?;
    told(&made);
    super::print(&format!("{}: {}", out.display(), file::in_words(&made, &what)))?;
    if let Some(missing) = made.missing_in_words() {
        super::print(&missing)?;
    }
    Ok(())
}

/// Says on standard error what was passed over.
fn told(made: &Made) {
    made.passed_over.iter().for_each(|problem| complain(&format!("passed over: {problem}")));
}

/// The figures, the runs that each needs, and how many are in `folders`.
fn list(folders: &[PathBuf]) -> anyhow::Result<()> {
    let survey = survey(folders)?;
    survey.passed_over.iter().for_each(|problem| complain(&format!("passed over: {problem}")));
    let heading = ["network", "runs in the paper", "found", "with the paper's settings"].map(str::to_owned).to_vec();
    let mut rows = vec![heading];
    for (place, figure) in FIGURES.iter().enumerate() {
        rows.push(vec![format!("{}: {}", figure.name, figure.title)]);
        for (wanted, count) in figure.groups.iter().zip(survey.counts(place)) {
            let numbers = [figure.runs, count.all, count.papers].map(|count| count.to_string());
            rows.push(std::iter::once(format!("  {}", wanted.name)).chain(numbers).collect());
        }
    }
    let names = match folders {
        [] => RUNS.to_owned(),
        folders => folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", "),
    };
    super::print(&format!("{} run folders in {names}{}", survey.looked_at, aligned(&rows)))
}

fn recipe(figure: &Figure) -> anyhow::Result<()> {
    let mut text = figure.recipe().join("\n");
    if !figure.note.is_empty() {
        text = format!("# {}\n{text}", figure.note);
    }
    super::print(&text)
}

/// Of iterations and of values.
fn scales(axes: &str) -> [Scale; 2] {
    ["x", "y"].map(|axis| if axes.contains(axis) && axes != "none" { Scale::Log } else { Scale::Linear })
}

/// What is wrong with the arguments together, with how this command is used.
fn wrong_usage(text: String) -> clap::Error {
    let mut program = super::Arguments::command();
    program.build();
    let command = program.find_subcommand_mut("figure").expect("the program has this command");
    command.error(ErrorKind::MissingRequiredArgument, text)
}

fn figure(name: &str) -> Result<&'static Figure, String> {
    find(name).map_err(|error| error.to_string())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or_else(|| format!("expected KEY=VALUE, found {text}"))?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

fn out(text: &str) -> Result<PathBuf, String> {
    let path = typed_path(text);
    match FileKind::of(&path) {
        Some(_) => Ok(path),
        None => Err("expected a name that ends in .png, .svg, .pdf, .csv or .md, found another".to_owned()),
    }
}
