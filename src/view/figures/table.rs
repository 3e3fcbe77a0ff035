//! One number for each run: what groups of them come to, and tests between groups.

use super::{Cancelled, Figure, Gathering};
use crate::tasks::Unit;
use crate::tasks::tally::Mean;
use crate::train::evaluate::{Protocol, evaluate, whole};
use crate::train::run_folder::best_path;
use crate::train::statistics::{FEWEST, RankSum, Summary, Test};
use crate::train::{Checkpoint, History, open};
use crate::view::numbers::grouped;
use anyhow::Context as _;

/// What a group comes to.
#[derive(Clone, Debug)]
pub struct Row {
    /// The group.
    pub name: String,
    /// Its place among the networks of the figure.
    pub place: usize,
    /// In what its settings are not the paper's: only groups that have these in common are tested against each other.
    pub unlike: Vec<String>,
    /// What the paper reports; empty where it is no number.
    pub paper: &'static str,
    /// Training seeds of the runs.
    pub seeds: Vec<u64>,
    /// One number for each run.
    pub values: Vec<f64>,
}

/// Two groups of runs beside each other.
#[derive(Clone, Debug)]
pub struct Contrast {
    /// What they are called.
    pub names: [String; 2],
    /// What their runs come to beside each other.
    pub test: Test,
}

/// What groups of runs come to.
#[derive(Clone, Debug)]
pub struct Results {
    /// What the number is, with its unit.
    pub title: String,
    /// What it is counted in.
    pub unit: Unit,
    /// The groups.
    pub rows: Vec<Row>,
    /// The groups that are compared.
    pub tests: Vec<Contrast>,
}

impl Row {
    /// Median and quartiles; `None` where there is no number.
    pub fn summary(&self) -> Option<Summary> {
        Summary::of(&self.values)
    }

    /// Mean over the runs, and half of the width of its 95 % interval by Student's distribution, where there are two.
    pub fn mean(&self) -> Option<(f64, Option<f64>)> {
        let mean: Mean = self.values.iter().copied().collect();
        let half = mean.error().map(|error| error * student(self.values.len() - 1));
        Some((mean.mean()?, half))
    }
}

/// The 97.5 % quantile of Student's distribution: by table up to thirty degrees of freedom, beyond by the first three terms
/// of its expansion about the normal distribution, which are right to a thousandth there.
fn student(freedom: usize) -> f64 {
    const TABLE: [f64; 30] = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];
    let normal: f64 = 1.959_964;
    match freedom.checked_sub(1).and_then(|place| TABLE.get(place)) {
        Some(value) => *value,
        None => {
            let (cubed, freedom) = (normal.powi(3), freedom.max(1) as f64);
            let third = 5.0 * normal.powi(5) + 16.0 * cubed + 3.0 * normal;
            normal + (cubed + normal) / (4.0 * freedom) + third / (96.0 * freedom * freedom)
        }
    }
}

/// Tests between those groups whose networks stand together in `pairs`.
pub(super) fn tests(rows: &[Row], pairs: &[[usize; 2]]) -> Vec<Contrast> {
    let of = |place: usize| rows.iter().filter(move |row| row.place == place);
    let mut tests = Vec::new();
    for [one, other] in pairs {
        let both = of(*one).flat_map(|one| of(*other).map(move |other| (one, other)));
        for (one, other) in both.filter(|(one, other)| one.unlike == other.unlike) {
            let test = Test::between(&one.values, &other.values);
            tests.push(Contrast { names: [one.name.clone(), other.name.clone()], test });
        }
    }
    tests
}

impl Contrast {
    /// "plastic against non-plastic: p = 0.0079 (exact; U = 0, n = 5 and 5)".
    pub fn words(&self) -> String {
        let [one, other] = &self.names;
        let [first, second] = self.test.counts;
        let Some(found) = self.test.found else {
            return format!(
                "{one} against {other}: too few for a test (n = {first} and {second}, expected {FEWEST} of each)"
            );
        };
        let RankSum { u, method, .. } = found;
        let p = found.p_in_words();
        format!("{one} against {other}: p = {p} ({}; U = {u}, n = {first} and {second})", method.name())
    }
}

/// What each run comes to on new episodes, or, where lifetimes go on from each other, on all of its test text in one go.
/// `each` hears which run of how many is next, again and again, and says whether to go on. The second part says in words
/// what was done.
///
/// # Errors
/// When no network of the runs can be opened, or its examples are missing; [`Cancelled`] where `each` says so.
pub(super) fn evaluated(
    figure: &Figure,
    gathering: &mut Gathering,
    pairs: &[[usize; 2]],
    protocol: &Protocol,
    each: &mut dyn FnMut(usize, usize) -> bool,
) -> anyhow::Result<(Results, Vec<String>)> {
    let measure = figure.task().measure();
    let all: usize = gathering.groups.iter().map(|group| group.runs.len()).sum();
    let (mut rows, mut done, mut is_whole, mut has_best) = (Vec::new(), 0, false, false);
    let mut iterations: Vec<u64> = Vec::new();
    for group in &gathering.groups {
        let (mut seeds, mut values) = (Vec::new(), Vec::new());
        for run in &group.runs {
            let mut goes_on = || each(done, all);
            if !goes_on() {
                return Err(Cancelled.into());
            }
            let (checkpoint, is_best) = match network(run) {
                Ok(network) => network,
                Err(error) => {
                    gathering.passed_over.push(error.to_string());
                    done += 1;
                    continue;
                }
            };
            let specimen = checkpoint.specimen();
            let name = || run.folder.display().to_string();
            let mut is_wanted = true;
            let evaluation = match whole(specimen, &mut |_| goes_on()).with_context(name)? {
                Some(evaluation) => {
                    is_whole = true;
                    evaluation
                }
                None => evaluate(specimen, protocol, |_| {
                    is_wanted = goes_on();
                    is_wanted
                })
                .with_context(name)?,
            };
            if !is_wanted {
                return Err(Cancelled.into());
            }
            done += 1;
            let value = evaluation.measure();
            if !value.is_finite() {
                let folder = run.folder.display();
                gathering.passed_over.push(format!("{folder}: expected a finite {}, found {value}", measure.title));
                continue;
            }
            has_best |= is_best;
            iterations.push(checkpoint.iteration());
            seeds.push(run.config.seed);
            values.push(value);
        }
        if !values.is_empty() {
            let paper = figure.groups[group.place].paper;
            let (name, unlike) = (group.name.clone(), group.unlike.clone());
            rows.push(Row { name, place: group.place, unlike, paper, seeds, values });
        }
    }
    let episodes = protocol.lives.count();
    let mut words = vec![match is_whole {
        true => "Each run: all of its test text in one go.".to_owned(),
        false => format!("Each run: the mean of {episodes} new episodes, the same ones for all."),
    }];
    if has_best {
        words.push("The network after the epoch that was best in validation, where a run has kept it.".into());
    }
    if let Some((least, most)) = iterations.iter().min().zip(iterations.iter().max()) {
        let range = if least == most { grouped(*most) } else { format!("{} to {}", grouped(*least), grouped(*most)) };
        words.push(format!("Trained for {range} iterations."));
    }
    let tests = tests(&rows, pairs);
    let title = if measure.is_fraction() { format!("{} (%)", measure.title) } else { measure.title.to_owned() };
    Ok((Results { title, unit: measure.unit, rows, tests }, words))
}

/// The network of a run: the best one where it was validated, otherwise the last; and whether it is the best.
fn network(run: &History) -> Result<(Checkpoint, bool), crate::files::FileError> {
    let best = best_path(&run.folder);
    match best.is_file() {
        true => Ok((open::checkpoint(&best)?, true)),
        false => Ok((open::checkpoint(&run.folder)?, false)),
    }
}

#[cfg(test)]
mod tests_of_intervals {
    use super::*;

    #[test]
    fn quantiles_of_students_distribution_are_those_of_its_tables() {
        for (freedom, expected) in [(1, 12.706), (9, 2.262), (30, 2.042), (40, 2.021), (60, 2.000), (120, 1.980)] {
            assert!((student(freedom) - expected).abs() < 1.5e-3, "{freedom}: {}", student(freedom));
        }
    }

    #[test]
    fn a_mean_has_the_interval_of_its_runs() {
        // Ten runs as in table 1: mean 0.985, standard deviation 0.008.
        let values: Vec<f64> = (0..10).map(|run| if run % 2 == 0 { 0.977 } else { 0.993 }).collect();
        let (name, unlike, seeds) = ("plastic".to_owned(), Vec::new(), (0..10).collect());
        let row = Row { name, place: 0, unlike, paper: "", seeds, values };
        let (mean, half) = row.mean().unwrap();
        // s = 0.008 · √(10/9), over √10, times 2.262.
        assert!((mean - 0.985).abs() < 1e-12 && (half.unwrap() - 0.008 / 3.0 * 2.262).abs() < 1e-9, "{half:?}");
    }
}
