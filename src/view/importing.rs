//! A network of another program that is to be opened: what it is asked to be, and what fits.

use super::background::{Errand, Wake};
use super::scene::{self, Prepared};
use super::session::Session;
use super::typed::Typed;
use crate::files::foreign::ForeignFile;
use crate::files::{FileError, Precision, foreign, typed_path};
use crate::tasks::Task;
use crate::tasks::settings::{Field, FieldKind, Settings};
use crate::train::import::{self, Comparison, Refusal, Taken};
use crate::train::{Checkpoint, RunConfig, run_folder};
use std::fmt;
use std::path::{Path, PathBuf};

/// What is asked, and what has been found.
pub struct Importing {
    path: PathBuf,
    format: &'static str,
    tensors: usize,
    task: &'static dyn Task,
    /// What the network is.
    pub settings: Settings,
    /// What has been typed into their fields and refused.
    pub typed: Typed,
    /// Which tensor is which parameter, as typed: `ours=theirs`, one a line.
    pub renamed_text: String,
    /// For how many iterations it was trained, for the record.
    pub iteration: u64,
    /// The checkpoint that is written, as typed.
    pub out_text: String,
    /// A file that is there already and may be replaced when asked for once more.
    pub in_the_way: Option<PathBuf>,
    /// Why it could not be opened or written.
    problem: Option<String>,
    /// The file, while nothing is compared with it.
    file: Option<ForeignFile>,
    check: Option<Errand<(ForeignFile, Checked)>>,
    /// What was asked for when the last comparison began.
    asked: Option<Asked>,
    found: Option<Checked>,
}

/// All that a comparison depends on.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    task: &'static str,
    settings: Settings,
    renamed: String,
    iteration: u64,
}

/// What a comparison came to.
struct Checked {
    comparison: Comparison,
    notes: Vec<String>,
    network: Result<Checkpoint, String>,
}

/// A file holds a network of another program: no refusal, but a question.
struct Foreign {
    path: PathBuf,
    file: ForeignFile,
    task: &'static dyn Task,
    settings: Settings,
}

impl fmt::Debug for Foreign {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Foreign").field("path", &self.path).finish_non_exhaustive()
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: is a file of {}", self.path.display(), self.file.format)
    }
}

impl std::error::Error for Foreign {}

/// Opens a checkpoint, a run folder or a tape.
///
/// # Errors
/// When it is none of them or is damaged; [`Foreign`] where it holds a network of another program.
fn opened(path: &Path) -> anyhow::Result<Prepared> {
    let error = match scene::opened(path) {
        Ok(prepared) => return Ok(prepared),
        Err(error) => error,
    };
    if path.is_dir() {
        return Err(error);
    }
    match import::open(path) {
        Ok(file) => {
            let (task, settings) = import::guess(&file);
            Err(Foreign { path: path.to_owned(), file, task, settings }.into())
        }
        // What is damaged is told as what it looks like.
        Err(refused) if foreign::is_of_others(path) => Err(refused.into()),
        Err(_) => Err(error),
    }
}

impl Importing {
    fn new(Foreign { path, file, task, settings }: Foreign) -> Self {
        let out_text = path.with_extension("safetensors");
        let is_free = out_text != path && !out_text.exists();
        Self {
            out_text: if is_free { out_text.display().to_string() } else { String::new() },
            path,
            format: file.format,
            tensors: file.tensors.len(),
            task,
            settings,
            typed: Typed::default(),
            renamed_text: String::new(),
            iteration: 0,
            in_the_way: None,
            problem: None,
            file: Some(file),
            check: None,
            asked: None,
            found: None,
        }
    }

    /// The file's name.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }

    /// Who writes such files, and how many tensors it has: "PyTorch, 13 tensors".
    pub fn kind_in_words(&self) -> String {
        let tensors = if self.tensors == 1 { "tensor" } else { "tensors" };
        format!("{}, {} {tensors}", self.format, self.tensors)
    }

    /// The task that it was trained on.
    pub fn task(&self) -> &'static dyn Task {
        self.task
    }

    /// Chooses the task, with its usual settings.
    pub fn set_task(&mut self, task: &'static dyn Task) {
        if task.name() != self.task.name() {
            (self.task, self.settings) = (task, task.defaults());
            self.typed.clear();
        }
    }

    /// The settings that say what network it is and what it lives in, with their values.
    pub fn fields(&self) -> Vec<(&'static Field, serde_json::Value)> {
        let asked = self.settings.iter().filter(|(field, _)| !field.is_of_training && field.kind != FieldKind::Path);
        asked.map(|(field, value)| (field, value.clone())).collect()
    }

    /// Says that the tensor `theirs` is the parameter `ours`, in place of what was said of it.
    pub fn rename(&mut self, ours: &str, theirs: &str) {
        let is_of = |line: &&str| line.split_once('=').is_none_or(|(known, _)| known.trim() != ours);
        let others = self.renamed_text.lines().filter(|line| !line.trim().is_empty()).filter(is_of);
        let lines: Vec<String> = others.map(str::to_owned).chain([format!("{ours}={theirs}")]).collect();
        self.renamed_text = lines.join("\n");
    }

    /// What fits and what does not, as far as it is known.
    pub fn comparison(&self) -> Option<&Comparison> {
        self.found.as_ref().map(|found| &found.comparison)
    }

    /// What was done to numbers and shapes, each a sentence without its point.
    pub fn notes(&self) -> &[String] {
        self.found.as_ref().map_or(&[], |found| &found.notes)
    }

    /// Whether what is found is of what is asked now, and is a network.
    pub fn is_ready(&self) -> bool {
        self.is_settled() && self.typed.is_fine() && self.found.as_ref().is_some_and(|found| found.network.is_ok())
    }

    /// Whether what is found is of what is asked now.
    pub fn is_settled(&self) -> bool {
        self.check.is_none() && self.asked.as_ref() == Some(&self.now())
    }

    /// What is in the way, in a sentence; `None` where nothing is, or nothing is known yet.
    pub fn problem(&self) -> Option<String> {
        let refused = || self.found.as_ref().and_then(|found| found.network.as_ref().err());
        self.problem.as_ref().or_else(refused).cloned()
    }

    fn now(&self) -> Asked {
        let (task, settings, renamed) = (self.task.name(), self.settings.clone(), self.renamed_text.clone());
        Asked { task, settings, renamed, iteration: self.iteration }
    }

    /// Takes in what has been found, and looks again where something else is asked for by now.
    fn update(&mut self, wake: &Wake) {
        if let Some(answer) = self.check.as_ref().and_then(Errand::answer) {
            self.check = None;
            match answer {
                Ok((file, found)) => (self.file, self.found) = (Some(file), Some(found)),
                Err(gone) => self.problem = Some(format!("{} cannot be compared: {gone}.", self.name())),
            }
        }
        let now = self.now();
        if self.check.is_some() || self.asked.as_ref() == Some(&now) {
            return;
        }
        // Without its file there is nothing more to compare.
        let Some(mut file) = self.file.take() else { return };
        // Why it could not be opened or written stays until something else is asked for.
        if self.asked.is_some() {
            self.problem = None;
        }
        let name = self.name();
        let (asked, task) = (now.clone(), self.task);
        let work = move |_: &_| {
            let found = check(&mut file, &name, task, &asked);
            (file, found)
        };
        match Errand::start("hebbscope-importing", wake, work) {
            Ok(errand) => (self.check, self.asked) = (Some(errand), Some(now)),
            Err(error) => self.problem = Some(format!("{} cannot be compared: {error}.", self.name())),
        }
    }

    /// The network, which is then compared anew where it is asked for once more.
    fn take(&mut self) -> Option<Checkpoint> {
        if !self.is_ready() {
            return None;
        }
        self.asked = None;
        self.found.take()?.network.ok()
    }

    /// Another name was typed for the checkpoint: what was said of the one before is over.
    pub fn retype_out(&mut self) {
        (self.in_the_way, self.problem) = (None, None);
    }

    /// Where the checkpoint is to be written; `None` with a sentence about what is in the way.
    fn out(&mut self) -> Option<PathBuf> {
        self.problem = None;
        let path = typed_path(&self.out_text);
        let is_safetensors =
            path.extension().is_some_and(|ending| ending.to_string_lossy().eq_ignore_ascii_case("safetensors"));
        let problem = if !is_safetensors {
            Some(FileError::new(&path, "expected a name that ends in .safetensors, found another"))
        } else if same_file(&path, &self.path) {
            Some(FileError::new(&path, "expected another name, found that of the file that is opened"))
        } else {
            run_folder::check_output(&path).err()
        };
        if let Some(problem) = problem {
            self.problem = Some(format!("{problem}."));
            return None;
        }
        if path.exists() && self.in_the_way.as_ref() != Some(&path) {
            self.in_the_way = Some(path);
            return None;
        }
        self.in_the_way = None;
        Some(path)
    }
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Compares a file with the network that is asked for, and takes that out of it.
fn check(file: &mut ForeignFile, name: &str, task: &'static dyn Task, asked: &Asked) -> Checked {
    match taken(file, name, task, asked) {
        Ok(Taken { checkpoint, notes, comparison }) => Checked { comparison, notes, network: Ok(checkpoint) },
        Err(Refusal::Misfits(_, comparison)) => {
            let all = comparison.fitting.len() + comparison.misfits.len();
            let problem =
                format!("{} of the {all} parameters are missing or have another shape.", comparison.misfits.len());
            Checked { comparison, notes: Vec::new(), network: Err(problem) }
        }
        Err(error) => {
            Checked { comparison: Comparison::default(), notes: Vec::new(), network: Err(format!("{error}.")) }
        }
    }
}

fn taken(file: &mut ForeignFile, name: &str, task: &'static dyn Task, asked: &Asked) -> Result<Taken, Refusal> {
    let mut config = RunConfig::new(task);
    config.settings.clone_from(&asked.settings);
    let lines = asked.renamed.lines().filter(|line| !line.trim().is_empty());
    import::import(file, name, config, asked.iteration, &import::renamed(lines)?)
}

impl Session {
    /// A network of another program that waits to be opened.
    pub fn importing(&mut self) -> Option<&mut Importing> {
        self.importing.as_deref_mut()
    }

    /// Whether one does.
    pub fn is_importing(&self) -> bool {
        self.importing.is_some()
    }

    /// Leaves it alone.
    pub fn stop_importing(&mut self) {
        self.importing = None;
    }

    /// What opens a path on a thread of its own.
    pub(super) fn opener(path: PathBuf) -> impl FnOnce() -> anyhow::Result<Prepared> + Send + 'static {
        move || opened(&path)
    }

    /// Asks what network a file of another program holds; any other error comes back.
    pub(super) fn ask_about(&mut self, error: anyhow::Error) -> Option<anyhow::Error> {
        match error.downcast::<Foreign>() {
            Ok(foreign) => {
                self.importing = Some(Box::new(Importing::new(foreign)));
                None
            }
            Err(error) => Some(error),
        }
    }

    /// Says why the network that was imported could not be opened; whether one was.
    pub(super) fn refuse_imported(&mut self, problem: &str) -> bool {
        match self.importing.as_deref_mut() {
            Some(importing) => {
                importing.problem = Some(problem.to_owned());
                true
            }
            None => false,
        }
    }

    /// Opens it; no file is written. What there is to choose stays until it is in view.
    pub fn open_imported(&mut self) {
        let Some(importing) = self.importing.as_deref_mut() else { return };
        let name = importing.name();
        let Some(checkpoint) = importing.take() else { return };
        self.open_made(name, move |name| scene::of_checkpoint(checkpoint, name));
    }

    /// Writes it to the checkpoint that is typed, and opens that.
    pub fn write_imported(&mut self) {
        let Some(importing) = self.importing.as_deref_mut() else { return };
        if !importing.is_ready() {
            return;
        }
        let Some(path) = importing.out() else { return };
        let Some(checkpoint) = importing.take() else { return };
        let written = path.clone();
        self.open_made(path.display().to_string(), move |_| {
            checkpoint.write(&written, Precision::Full)?;
            scene::opened(&written)
        });
        self.opens(path);
    }

    /// Goes on comparing.
    pub(super) fn update_importing(&mut self) {
        let wake = self.waker();
        let is_opening = self.job.is_some();
        if let Some(importing) = self.importing.as_deref_mut().filter(|_| !is_opening) {
            importing.update(&wake);
        }
    }

    /// Waits for what is compared; for pictures and tests, never for a frame.
    pub fn settle_importing(&mut self) {
        let wake = self.waker();
        let Some(importing) = self.importing.as_deref_mut() else { return };
        importing.update(&wake);
        while let Some(errand) = importing.check.take() {
            match errand.wait_for_answer() {
                Ok((file, found)) => (importing.file, importing.found) = (Some(file), Some(found)),
                Err(gone) => importing.problem = Some(gone.to_string()),
            }
            importing.update(&wake);
        }
    }
}
