//! `--grid KEY=A,B,…`: every combination of the values of some settings, each of them a run of its own.

use super::Arguments;
use crate::cli::usage::WrongUsage;
use crate::cli::world::pairs;
use crate::files::one_line;
use crate::tasks::settings::SettingError;
use crate::train::RunConfig;
use std::collections::HashSet;
use std::fmt::Display;

/// The most runs of one command.
const MOST: usize = 5000;

/// The longest name of a folder that is made from settings: file systems take 255 bytes, and a seed comes behind.
const LONGEST_NAME: usize = 200;

/// One combination.
pub struct Cell {
    /// Its settings, with values as typed.
    pub settings: Vec<(String, String)>,
    /// The run, but for its seed.
    pub config: RunConfig,
    /// "alpha=free,lr=0.001", as part of a folder's name; empty where there is one combination, of nothing.
    name: String,
}

impl Cell {
    /// The name of the folder of a run: what tells it from the others.
    pub fn folder(&self, seed: Option<impl Display>) -> String {
        match (seed, self.name.is_empty()) {
            (Some(seed), true) => format!("seed-{seed}"),
            (Some(seed), false) => format!("{},seed={seed}", self.name),
            (None, _) => self.name.clone(),
        }
    }
}

/// A setting and its values.
struct Axis {
    key: String,
    values: Vec<String>,
}

/// The combinations that are asked for; one, of nothing, where there is no `--grid`. Each is of settings that the task
/// takes, by themselves and together; what they learn from is not looked for.
///
/// # Errors
/// With what is wrong first. That there are too many runs is said before any is made.
pub fn cells(arguments: &Arguments) -> anyhow::Result<Vec<Cell>> {
    let config = super::configure(arguments)?;
    let axes = arguments.grid.iter().map(|text| axis(text)).collect::<Result<Vec<_>, _>>()?;
    refuse_twice(&axes, &pairs(&arguments.settings)?)?;
    let seeds = arguments.seeds.as_ref().map_or(1, |seeds| seeds.0.clone().count());
    let runs = axes.iter().try_fold(seeds, |runs, axis| runs.checked_mul(axis.values.len()));
    if runs.is_none_or(|runs| runs > MOST) {
        let found = runs.map_or_else(|| "more than can be counted".to_owned(), |runs| runs.to_string());
        return Err(
            WrongUsage::new(format!("--grid and --seeds expect at most {MOST} runs in all, found {found}")).into()
        );
    }
    for axis in &axes {
        check_values(axis, &config)?;
    }
    let mut cells = vec![Cell { settings: Vec::new(), config, name: String::new() }];
    for Axis { key, values } in &axes {
        let with = |cell: &Cell, value: &String| -> Result<Cell, SettingError> {
            let mut config = cell.config.clone();
            config.settings.set_text(key, value)?;
            // With other settings the examples may be others too.
            (config.fingerprint, config.provenance) = (None, None);
            let settings = cell.settings.iter().cloned().chain([(key.clone(), value.clone())]).collect();
            let comma = if cell.name.is_empty() { "" } else { "," };
            Ok(Cell { settings, config, name: format!("{}{comma}{key}={}", cell.name, in_a_name(value)) })
        };
        let all = cells.iter().flat_map(|cell| values.iter().map(move |value| with(cell, value)));
        cells = all.collect::<Result<_, _>>()?;
    }
    if let Some(cell) = cells.iter().find(|cell| cell.name.len() > LONGEST_NAME) {
        let (expected, found) = (format!("folders with names of at most {LONGEST_NAME} bytes"), one_line(&cell.name));
        return Err(WrongUsage::new(format!("--grid expects {expected}, found {found}")).into());
    }
    // What does not go together is told before anything begins.
    for cell in &cells {
        cell.config.task().check(&cell.config.settings)?;
    }
    Ok(cells)
}

fn axis(text: &str) -> Result<Axis, WrongUsage> {
    let refuse = || WrongUsage::new(format!("--grid expects KEY=A,B,…, found {}", one_line(text)));
    let (key, values) = text.split_once('=').ok_or_else(refuse)?;
    let values = values.split(',').map(|value| value.trim().to_owned()).collect();
    Ok(Axis { key: key.trim().to_owned(), values })
}

/// Refuses a setting that is given more than once.
fn refuse_twice(axes: &[Axis], set: &[(String, String)]) -> Result<(), WrongUsage> {
    for (index, Axis { key, .. }) in axes.iter().enumerate() {
        let problem =
            match (axes[..index].iter().any(|before| before.key == *key), set.iter().any(|(set, _)| set == key)) {
                (true, _) => "another --grid with it",
                (false, true) => "--set with it",
                (false, false) => continue,
            };
        return Err(WrongUsage::new(format!("--grid {}: expected every setting once, found {problem}", one_line(key))));
    }
    Ok(())
}

/// Refuses values that the task does not take, that are the same, or that cannot be told apart in the name of a folder.
fn check_values(axis: &Axis, config: &RunConfig) -> anyhow::Result<()> {
    let (mut known, mut names) = (HashSet::new(), HashSet::new());
    for value in &axis.values {
        let mut settings = config.settings.clone();
        settings.set_text(&axis.key, value)?;
        let taken = settings.iter().find(|(field, _)| field.key == axis.key).map(|(_, value)| value.to_string());
        let problem = match (known.insert(taken), names.insert(in_a_name(value))) {
            (true, true) => continue,
            (false, _) => "every value once",
            (true, false) => "values that can be told apart in the name of a folder",
        };
        let found = one_line(value);
        return Err(WrongUsage::new(format!("--grid {}: expected {problem}, found {found} again", axis.key)).into());
    }
    Ok(())
}

/// A value in the name of a folder: what has a meaning of its own in paths, shells or patterns is a dash.
fn in_a_name(value: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '+' | '-');
    value.chars().map(|letter| if is_plain(letter) { letter } else { '-' }).collect()
}

/// Whether a name may be that of a folder of such a run, in which `*` stands for the seed: no path, and nothing that a
/// shell would take for anything else.
pub fn is_folder_name(name: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '+' | '-' | '=' | ',');
    let with_seed = name.replacen('*', "0", 1);
    !with_seed.is_empty() && with_seed.len() <= 255 && !with_seed.starts_with('.') && with_seed.chars().all(is_plain)
}
