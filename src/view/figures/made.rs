//! A figure with its numbers, ready to be drawn or written.

use super::chart::Chart;
use super::episodes::{self, OfNetwork};
use super::gather::Choice;
use super::survey::missing_in_words;
use super::table::{self, Results};
use super::{Figure, Form, gather, search};
use crate::train::evaluate::Protocol;
use crate::view::curves::axis::Scale;
use std::path::PathBuf;

/// New episodes of each run of a table where nobody says how many: as many as the paper has.
const TABLE_EPISODES: u64 = 100;

/// What somebody wants of a figure.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where runs are looked for.
    pub folders: Vec<PathBuf>,
    /// Which of them are taken.
    pub choice: Choice,
    /// Iterations that are averaged, in place of the figure's own.
    pub smoothing: Option<usize>,
    /// Scales of the axes, in place of the figure's own.
    pub scales: Option<[Scale; 2]>,
    /// How many episodes: of a table new ones for each run, of pictures rows.
    pub episodes: Option<u64>,
    /// What episodes are drawn from.
    pub seed: u64,
}

/// What there is to draw.
#[derive(Clone, Debug)]
pub enum Drawing {
    /// Curves over training.
    Chart(Chart),
    /// One number a run.
    Table(Results),
    /// Something of one network.
    OfNetwork(OfNetwork),
}

/// A figure with its numbers.
#[derive(Clone, Debug)]
pub struct Made {
    /// Which figure.
    pub figure: &'static Figure,
    /// What there is to draw.
    pub drawing: Drawing,
    /// What is to be known of it, a sentence each.
    pub caption: Vec<String>,
    /// Which of the paper's runs are not there; `None` where all are.
    pub missing: Option<String>,
    /// What was passed over, a sentence each.
    pub passed_over: Vec<String>,
}

/// Nobody wants the figure any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the figure was cancelled")]
pub struct Cancelled;

/// Makes a figure of the runs that there are. `each` hears how much of how much is done, and says whether to go on.
///
/// # Errors
/// When there is no run of it, a network cannot be run, or a choice does not fit; [`Cancelled`] where `each` says so.
pub fn make(
    figure: &'static Figure,
    options: &Options,
    each: &mut dyn FnMut(usize, usize) -> bool,
) -> anyhow::Result<Made> {
    let found = search(&options.folders);
    let mut gathering = gather(figure, &found, &options.choice)?;
    let is_of_runs = matches!(figure.form, Form::Curves { .. } | Form::Table { .. });
    let nothing = |passed_over: &[String], looked_at: usize| {
        anyhow::Error::msg(nothing_found(figure, looked_at, passed_over, &options.folders))
    };
    if gathering.groups.is_empty() && is_of_runs {
        return Err(nothing(&gathering.passed_over, gathering.looked_at));
    }
    let (drawing, mut caption) = match figure.form {
        Form::Curves { .. } => match Chart::of(figure, &gathering, options) {
            Some(chart) => {
                let words = chart.caption();
                (Drawing::Chart(chart), words)
            }
            None => return Err(nothing(&gathering.passed_over, gathering.looked_at)),
        },
        Form::Table { tests } => {
            let protocol = Protocol::new(options.seed, options.episodes.unwrap_or(TABLE_EPISODES));
            let (results, mut words) = table::evaluated(figure, &mut gathering, tests, &protocol, each)?;
            if results.rows.is_empty() {
                return Err(nothing(&gathering.passed_over, gathering.looked_at));
            }
            words.push("±: 95 % interval of the mean over runs (Student).".into());
            if !results.tests.is_empty() {
                words.push("Rank-sum tests (Mann–Whitney, two-sided):".into());
            }
            (Drawing::Table(results), words)
        }
        Form::Recalls | Form::Matrices | Form::Modulator => {
            let (drawn, words) = episodes::of_network(figure, &mut gathering, options)?;
            (Drawing::OfNetwork(drawn), words)
        }
    };
    let tests = match &drawing {
        Drawing::Chart(Chart { results, .. }) | Drawing::Table(results) => &results.tests[..],
        Drawing::OfNetwork(_) => &[],
    };
    caption.extend(tests.iter().map(|test| format!("{}.", test.words())));
    let unlike = gathering.unlike();
    if !unlike.is_empty() {
        caption.push(format!("Settings that are not the paper's: {}.", unlike.join(", ")));
    }
    if gathering.left_out > 0 {
        let (count, runs) = (gathering.left_out, if gathering.left_out == 1 { "run" } else { "runs" });
        caption.push(format!("Left out for other settings: {count} {runs}."));
    }
    let missing = figure.missing(&gathering.as_in_the_paper);
    Ok(Made { figure, drawing, caption, missing, passed_over: gathering.passed_over })
}

/// Why there is no figure, and how there will be one, of a search that looked at so many runs in `folders`.
pub(super) fn nothing_found(figure: &Figure, looked_at: usize, passed_over: &[String], folders: &[PathBuf]) -> String {
    let names = folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ");
    let place = match folders.is_empty() {
        true => "for there is no folder runs here, and none was named with --runs".to_owned(),
        false => format!("among the {looked_at} run folders in {names}"),
    };
    let networks = figure.groups.iter().map(|wanted| {
        let settings = wanted.is.iter().map(|(key, value)| format!("{key}={value}"));
        settings.collect::<Vec<_>>().join(" ")
    });
    let why = passed_over.first().map_or_else(String::new, |first| match passed_over.len() {
        1 => format!(" ({first})"),
        count => format!(" ({first}; and {} more were passed over)", count - 1),
    });
    format!(
        "{}: expected a run of task {} with {}, found none {place}{why}; hebbscope figure {} \
         --recipe prints the commands that make them",
        figure.name,
        figure.task,
        networks.collect::<Vec<_>>().join(" or "),
        figure.name
    )
}

impl Made {
    /// How many runs of what it shows: "plastic n = 5, non-plastic n = 4"; empty where it shows one network.
    pub fn groups_in_words(&self) -> String {
        let rows = match &self.drawing {
            Drawing::Chart(Chart { bands, .. }) => bands.iter().map(|band| (band.name.as_str(), band.runs)).collect(),
            Drawing::Table(results) => results.rows.iter().map(|row| (row.name.as_str(), row.values.len())).collect(),
            Drawing::OfNetwork(_) => Vec::new(),
        };
        rows.into_iter().map(|(name, count)| format!("{name} n = {count}")).collect::<Vec<_>>().join(", ")
    }

    /// "Missing of the paper's runs: all 15 runs of non-plastic; hebbscope figure dp-6 --recipe prints the commands."
    pub fn missing_in_words(&self) -> Option<String> {
        Some(missing_in_words(self.figure.name, self.missing.as_ref()?))
    }
}
