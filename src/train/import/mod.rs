//! Networks that other programs have trained, as checkpoints of ours.
//!
//! | file | subject |
//! |---|---|
//! | here | from a file and the description of a run to a checkpoint, or a table of what does not fit |
//! | `names` | which tensor is which parameter |
//! | `table` | what fits and what does not, as cells |
//! | `guess` | which network a file may hold |
//! | `state_dict` | state dictionaries of PyTorch |
//! | `pickled` | the pickle in them, of which nothing is executed |

mod guess;
mod names;
mod pickled;
mod state_dict;
mod table;

pub use guess::guess;
pub use table::{HEADING, renamed, rows};

use super::checkpoint::Checkpoint;
use super::config::{ConfigError, RunConfig};
use super::trainer::Curve;
use crate::files::foreign::{self, ForeignFile, Opened};
use crate::files::{FileError, one_line};
use crate::plastic::Parameters;
use crate::tasks::settings::SettingError;
use names::{Fit, Wanted, nearest, prefix, shape_in_words, wanted};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

/// Tensors of a file whose names are compared with those that are missing: there may be a million.
const MOST_COMPARED: usize = 2000;

/// Where a network comes from that another program has trained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imported {
    /// The file's name, without its place.
    pub file: String,
    /// Who writes such files: "PyTorch".
    pub format: String,
}

impl fmt::Display for Imported {
    /// "net.pt (PyTorch)".
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", one_line(&self.file), one_line(&self.format))
    }
}

/// A parameter or a tensor that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The parameter, with the tensor that should be it; `None` for a tensor that belongs to nothing.
    pub parameter: Option<String>,
    /// The shape that was expected.
    pub expected: Option<String>,
    /// What was found.
    pub found: String,
    /// The name that may be meant.
    pub nearest: Option<String>,
}

/// A tensor that is a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitting {
    /// The parameter.
    pub parameter: String,
    /// The tensor.
    pub tensor: String,
    /// Its shape in the file.
    pub shape: String,
}

/// What of a file belongs to a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Tensors that are parameters, in the order of the network.
    pub fitting: Vec<Fitting>,
    /// Parameters that are missing or have another shape.
    pub misfits: Vec<Misfit>,
    /// Tensors that belong to nothing in it.
    pub left_out: Vec<Misfit>,
}

/// A network that was taken out of another program's file.
pub struct Taken {
    /// It.
    pub checkpoint: Checkpoint,
    /// What was done to its numbers and shapes, each a sentence without its point.
    pub notes: Vec<String>,
    /// What of the file belongs to it; no parameter is missing.
    pub comparison: Comparison,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// What the run is described by.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Parameters are missing or have another shape.
    #[error("{0}")]
    Misfits(FileError, Comparison),
}

impl From<SettingError> for Refusal {
    fn from(error: SettingError) -> Self {
        Self::Config(error.into())
    }
}

/// Lists the tensors of a file.
///
/// # Errors
/// When it cannot be read, is damaged, or is of another kind.
pub fn open(path: &Path) -> Result<ForeignFile, FileError> {
    listed(path, foreign::open(path)?)
}

/// Like [`open`], from memory; `path` is for messages.
///
/// # Errors
/// As [`open`].
pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<ForeignFile, FileError> {
    listed(path, foreign::from_bytes(path, bytes)?)
}

fn listed(path: &Path, opened: Opened) -> Result<ForeignFile, FileError> {
    match opened {
        Opened::Listed(file) => Ok(file),
        Opened::Pickled { archive, pickle } => state_dict::list(path, archive, &pickle),
    }
}

/// Makes a checkpoint of the tensors of `file`, which was called `name`: the network of `config` after `iteration`
/// iterations, in which each of `renamed` is a parameter of ours and the tensor that is this one.
///
/// # Errors
/// When the settings ask for too much, a parameter that is renamed is none, tensors are missing or misshapen (all of them
/// are told), or a number is NaN or infinite as float32.
pub fn import(
    file: &mut ForeignFile,
    name: &str,
    mut config: RunConfig,
    iteration: u64,
    renamed: &[(String, String)],
) -> Result<Taken, Refusal> {
    let network = config.task().network(&config.settings)?;
    let wanted = wanted(&network);
    check_renamed(&wanted, renamed)?;
    let renamed: BTreeMap<&str, &str> = renamed.iter().map(|(ours, theirs)| (&**ours, &**theirs)).collect();
    let before = prefix(&wanted, file.tensors.keys().map(String::as_str)).to_owned();
    let (fits, comparison) = matched(file, &wanted, &renamed, &before);
    if !comparison.misfits.is_empty() {
        let refused = file.refuse(format!(
            "expected the {} parameters of this network of {}, found {} of them missing or of another shape; \
             --as OURS=THEIRS says which tensor is which parameter, --set which network it is",
            wanted.len(),
            config.task().name(),
            comparison.misfits.len()
        ));
        return Err(Refusal::Misfits(refused, comparison));
    }
    let mut notes = Vec::new();
    if !before.is_empty() {
        notes.push(format!("{} stands before the names of its tensors and is left out", one_line(&before)));
    }
    let mut parameters = Parameters::default();
    let mut changes = BTreeMap::<&str, usize>::new();
    for (wanted, (tensor, fit)) in wanted.iter().zip(fits) {
        let stored = &file.tensors[&tensor];
        if let Some(change) = stored.numbers.as_ref().ok().and_then(|numbers| numbers.change()) {
            *changes.entry(change).or_default() += 1;
        }
        notes.extend(fit.in_words(&tensor, &stored.shape, wanted));
        let values = file.values(&tensor)?;
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let problem =
                format!("tensor {tensor} holds {} at position {at} as float32, expected finite numbers", values[at]);
            return Err(file.refuse(problem).into());
        }
        let values = if fit.turned { turned(&values, &wanted.shape) } else { values };
        parameters
            .insert(&wanted.name, &wanted.shape, &values)
            .map_err(|error| file.refuse(format!("tensor {tensor}: {error}")))?;
    }
    let changes = changes.into_iter().map(|(change, count)| match count {
        1 => format!("1 tensor of {change} to float32"),
        count => format!("{count} tensors of {change} to float32"),
    });
    notes.extend(changes);
    config.imported = Some(Imported { file: name.to_owned(), format: file.format.to_owned() });
    config.iterations = config.iterations.max(iteration);
    let checkpoint = Checkpoint {
        config,
        network,
        parameters,
        curve: Curve::new(),
        unrecorded: iteration,
        validations: Vec::new(),
        continuation: None,
        note: None,
    };
    Ok(Taken { checkpoint, notes, comparison })
}

/// Refuses new names for what is no parameter, and two for the same.
fn check_renamed(wanted: &[Wanted], renamed: &[(String, String)]) -> Result<(), SettingError> {
    let mut seen = BTreeSet::new();
    for (ours, theirs) in renamed {
        let refuse = |expected: String| {
            let found = one_line(&format!("{ours}={theirs}"));
            Err(SettingError::Value { key: "--as".into(), expected, found })
        };
        if !wanted.iter().any(|wanted| wanted.name == *ours) {
            let known: Vec<&str> = wanted.iter().map(|wanted| &*wanted.name).collect();
            return refuse(format!("a parameter of the network before =, one of {}", known.join(", ")));
        }
        if !seen.insert(ours) {
            return refuse(format!("one tensor for {ours}"));
        }
    }
    Ok(())
}

/// Which tensor is which parameter: of each parameter that was found the tensor, and all of it in words.
fn matched(
    file: &ForeignFile,
    wanted: &[Wanted],
    renamed: &BTreeMap<&str, &str>,
    before: &str,
) -> (Vec<(String, Fit)>, Comparison) {
    let full = |name: &str| {
        let prefixed = format!("{before}{name}");
        if file.tensors.contains_key(&prefixed) { Some(prefixed) } else { None }
    };
    // The tensor of each parameter, and whether its name is ours.
    let found: Vec<Option<(String, bool)>> = wanted
        .iter()
        .map(|wanted| match renamed.get(&*wanted.name) {
            Some(theirs) if file.tensors.contains_key(*theirs) => Some(((*theirs).to_owned(), false)),
            Some(theirs) => full(theirs).map(|tensor| (tensor, false)),
            None => wanted.names().find_map(|name| Some((full(name)?, name == wanted.name))),
        })
        .collect();
    let used: BTreeSet<&str> = found.iter().flatten().map(|(tensor, _)| &**tensor).collect();
    let unused = || file.tensors.iter().filter(|(name, _)| !used.contains(&***name));
    let (mut fits, mut matched) = (Vec::new(), Comparison::default());
    for (wanted, found) in wanted.iter().zip(&found) {
        let Some((tensor, is_ours)) = found else {
            let fitting: Vec<&str> = unused()
                .take(MOST_COMPARED)
                .filter(|(_, stored)| wanted.fit(&stored.shape, true).is_some())
                .map(|(name, _)| &**name)
                .collect();
            // A number or a bias fits many: its name has to say something, too.
            let only = fitting.first().copied().filter(|_| fitting.len() == 1);
            let all = || nearest(&wanted.name, unused().take(MOST_COMPARED).map(|(name, _)| &**name));
            let near = nearest(&wanted.name, fitting.iter().copied()).or(only).or_else(all);
            let asked = renamed.get(&*wanted.name).map(|theirs| format!("no tensor {theirs}"));
            matched.misfits.push(Misfit {
                parameter: Some(wanted.name.clone()),
                expected: Some(wanted.expected()),
                found: asked.unwrap_or_else(|| "nothing".to_owned()),
                nearest: near.map(str::to_owned),
            });
            continue;
        };
        let stored = &file.tensors[tensor];
        let from_pytorch = !is_ours || file.format == "PyTorch";
        match (wanted.fit(&stored.shape, from_pytorch), &stored.numbers) {
            (Some(fit), Ok(_)) => {
                let (parameter, shape) = (wanted.name.clone(), shape_in_words(&stored.shape));
                matched.fitting.push(Fitting { parameter, tensor: tensor.clone(), shape });
                fits.push((tensor.clone(), fit));
            }
            (fit, numbers) => {
                let kind = numbers.as_ref().err().map(|kind| format!(" of {kind}")).unwrap_or_default();
                let near = fit.is_none().then(|| {
                    let fitting =
                        unused().take(MOST_COMPARED).filter(|(_, stored)| wanted.fit(&stored.shape, true).is_some());
                    nearest(&wanted.name, fitting.map(|(name, _)| &**name))
                });
                let is_same = *tensor == wanted.name;
                matched.misfits.push(Misfit {
                    parameter: Some(if is_same { tensor.clone() } else { format!("{} ({tensor})", wanted.name) }),
                    expected: Some(wanted.expected()),
                    found: shape_in_words(&stored.shape) + &kind,
                    nearest: near.flatten().map(str::to_owned),
                });
            }
        }
    }
    let missing: Vec<&Wanted> =
        wanted.iter().zip(&found).filter(|(_, found)| found.is_none()).map(|(wanted, _)| wanted).collect();
    let near = |at: usize, name: &str| {
        let missing = missing.iter().filter(|_| at < MOST_COMPARED);
        nearest(name, missing.map(|wanted| &*wanted.name)).map(str::to_owned)
    };
    matched.left_out = unused()
        .enumerate()
        .map(|(at, (name, stored))| Misfit {
            parameter: None,
            expected: None,
            found: format!("{name} {}", shape_in_words(&stored.shape)),
            nearest: near(at, name),
        })
        .collect();
    (fits, matched)
}

impl Fit {
    /// What is worth knowing about how a tensor became a parameter.
    fn in_words(self, tensor: &str, found: &[usize], wanted: &Wanted) -> Option<String> {
        let (tensor, found) = (one_line(tensor), shape_in_words(found));
        match self {
            Self { reshaped: true, turned, .. } => {
                let mut taken = wanted.shape.clone();
                if turned {
                    taken.reverse();
                }
                Some(format!("tensor {tensor} has shape {found}, taken as {}", shape_in_words(&taken)))
            }
            Self { unusual: true, turned, .. } => {
                let [first, then] = if turned { ["outputs", "inputs"] } else { ["inputs", "outputs"] };
                Some(format!("tensor {tensor} has shape {found}, taken as {first} × {then} for {}", wanted.name))
            }
            Self { .. } => None,
        }
    }
}

/// A matrix whose columns are given one after another, as one of this shape, row by row.
fn turned(values: &[f32], shape: &[usize]) -> Vec<f32> {
    let [rows, columns] = shape else { return values.to_vec() };
    (0..rows * columns).map(|at| values[at % columns * rows + at / columns]).collect()
}
