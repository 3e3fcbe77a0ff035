//! The command line: one file per sub-command, the same events as the window, printed.

mod bench;
mod compare;
mod episode;
mod eval;
mod figure;
mod import;
mod interventions;
mod output;
mod render;
mod share;
mod table;
mod terminal;
mod train;
mod usage;
mod viewed;
mod window;
mod world;

use crate::device::{self, Compute};
use crate::files::{FileError, check_ending, one_line, typed_path};
use crate::train::{RunConfig, Trainer, measured, run_folder};
use anyhow::Context as _;
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Parser, Subcommand};
use output::print;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A microscope for plastic networks: train one, open one, and watch an episode step by step.
///
/// Without a sub-command the window opens.
#[derive(Parser)]
#[command(name = "hebbscope", version, args_conflicts_with_subcommands = true, subcommand_precedence_over_arg = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// A checkpoint, a run folder, a folder of run folders or a tape; without one, the bundled network
    #[arg(value_name = "FILE", value_parser = path())]
    file: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    Train(train::Arguments),
    Eval(eval::Arguments),
    Episode(episode::Arguments),
    Render(render::Arguments),
    Share(share::Arguments),
    Bench(bench::Arguments),
    Compare(compare::Arguments),
    Import(import::Arguments),
    Figure(figure::Arguments),
}

/// Exit code of training that was stopped before its end, with everything saved: `EX_TEMPFAIL` of BSD's sysexits.h, which
/// says to whoever started it that the same may be tried again.
const STOPPED: u8 = 75;

/// Runs the program: exit code 0 when done, 1 after one plain sentence on standard error, 2 for wrong usage, 75 where
/// training was stopped before its end.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            let _printed = error.print();
            return ExitCode::from(2);
        }
        Err(help) => return ended(output::check(help.print())),
    };
    ended(start_threads().and_then(|()| run(arguments)))
}

/// The run that a command line of `hebbscope train` describes, as it is before it begins: what its settings leave to the
/// circumstances is not settled. The first of the `arguments` is the program.
///
/// # Errors
/// When it is another command or wrong usage, or a setting does not fit.
pub fn planned_run<'a>(arguments: impl IntoIterator<Item = &'a str>) -> anyhow::Result<RunConfig> {
    match Arguments::try_parse_from(arguments)?.command {
        Some(Command::Train(arguments)) => Ok(train::configure(&arguments)?),
        _ => anyhow::bail!("expected hebbscope train, found another command"),
    }
}

/// Whether the program understands a command line, given word by word without the program's name. Nothing is run.
///
/// # Errors
/// With what the program says of words that it does not understand.
pub fn check(words: &[&str]) -> Result<(), String> {
    match Arguments::try_parse_from(["hebbscope"].iter().chain(words)) {
        Err(error) if error.use_stderr() => Err(error.to_string()),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Starts the threads that compute, all of them, where there is still time to say that there are none.
fn start_threads() -> anyhow::Result<()> {
    let named = |index| format!("hebbscope-{index}");
    let started = rayon::ThreadPoolBuilder::new().thread_name(named).build_global();
    started.context("the system gives no threads to compute with")
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command {
        Some(Command::Train(arguments)) => train::run(&arguments),
        Some(Command::Eval(arguments)) => eval::run(&arguments),
        Some(Command::Episode(arguments)) => episode::run(&arguments),
        Some(Command::Share(arguments)) => share::run(&arguments),
        Some(Command::Bench(arguments)) => bench::run(&arguments),
        Some(Command::Compare(arguments)) => compare::run(&arguments),
        Some(Command::Import(arguments)) => import::run(&arguments),
        Some(Command::Figure(arguments)) => figure::run(&arguments),
        Some(Command::Render(arguments)) => render::run(&arguments),
        None => window::run(arguments.file.as_deref()),
    }
}

fn ended(outcome: anyhow::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<output::Unread>() => ExitCode::SUCCESS,
        // What was stopped has said so where its progress was told.
        Err(error) if error.is::<train::Stopped>() => ExitCode::from(STOPPED),
        Err(error) => {
            // What is wrong with the arguments may show only when they are seen together.
            if let Some(usage) = error.downcast_ref::<clap::Error>() {
                let _printed = usage.print();
                return ExitCode::from(2);
            }
            output::complain(&format!("{error:#}"));
            if usage::is_wrong(&error) { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// Reads a path as people paste one; what is not text is taken as it is.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().try_map(|text| match text.to_str() {
        Some("") => Err("expected a path, found nothing"),
        Some(text) => Ok(typed_path(text)),
        None => Ok(PathBuf::from(text)),
    })
}

/// Where to compute, for every sub-command that lives lifetimes.
#[derive(clap::Args)]
struct DeviceArgument {
    /// Where to compute; auto takes the device that the program was built for where it works, otherwise the CPU, or in
    /// training the graphics processor where a few iterations are faster there
    #[arg(long, default_value = "auto", value_parser = device::Choice::ALL.map(device::Choice::name))]
    device: String,
}

impl DeviceArgument {
    /// What a run is trained on, see [`measured::settle`]; what was found is said.
    fn settle(&self, compute: Compute, trainer: &mut Trainer) -> anyhow::Result<Compute> {
        let settled = measured::settle(self.device.parse()?, compute, trainer);
        settled.found.iter().for_each(|found| output::say(&format!("{}\n", one_line(found))));
        settled.without_kernels.iter().for_each(|why| output::complain(why));
        Ok(settled.compute)
    }

    /// Opens the device. Where auto settles for less than the program was built for, standard error hears why.
    fn open(&self) -> anyhow::Result<Compute> {
        let named = || format!("--device {}", self.device);
        let choice: device::Choice = self.device.parse().with_context(named)?;
        let (compute, reason) = device::open(choice).with_context(named)?;
        if let Some(reason) = reason {
            output::complain(&format!("computing on the CPU: {}", one_line(&reason)));
        }
        Ok(compute)
    }
}

/// Says on standard error what is worth knowing about how a file was read.
fn note(path: &Path, note: Option<&str>) {
    if let Some(note) = note {
        output::complain(&format!("note: {}: {note}", path.display()));
    }
}

/// Refuses to write over the file from which is made what is written, over a file of a run, into a run being trained, and
/// under a name that says the file is something else.
fn keep_original(original: &Path, made: &Path) -> Result<(), FileError> {
    if let (Ok(one), Ok(other)) = (original.canonicalize(), made.canonicalize())
        && one == other
    {
        return Err(FileError::new(made, "expected another file to write to, found the checkpoint itself"));
    }
    check_ending(made, "safetensors")?;
    run_folder::check_output(made)
}
