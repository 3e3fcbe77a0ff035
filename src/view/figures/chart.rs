//! Curves over training: median and quartiles of each group.

use super::table::{Results, Row, tests};
use super::{Figure, Form, Gathering, Options};
use crate::tasks::{Measure, Unit};
use crate::train::history::TRAINING_MEAN;
use crate::train::statistics::FEWEST;
use crate::train::{History, Point};
use crate::view::comparison::Group;
use crate::view::curves::axis::Scale;
use crate::view::curves::bands::Band;
use crate::view::curves::number::Number;
use crate::view::numbers::grouped;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The longest trailing mean.
pub const LONGEST_SMOOTHING: usize = 100_000;

/// Curves of groups of runs.
#[derive(Clone, Debug)]
pub struct Chart {
    /// The groups, with median and quartiles of the smoothed values.
    pub bands: Vec<Band>,
    /// Which number.
    pub number: Number,
    /// The task's measure.
    pub measure: Measure,
    /// Iterations that are averaged.
    pub smoothing: usize,
    /// Of iterations and of values.
    pub scales: [Scale; 2],
    /// What the axes are called, with their units.
    pub titles: [String; 2],
    /// The iterations, counted from 1, over whose mean groups are compared.
    pub window: RangeInclusive<usize>,
    /// What each run comes to there.
    pub results: Results,
}

impl Chart {
    /// The chart of the runs that were gathered; `None` where there are none, or the figure has no curves.
    pub(super) fn of(figure: &Figure, gathering: &Gathering, options: &Options) -> Option<Self> {
        let Form::Curves { number, axis, smoothing, scales, tests: pairs } = figure.form else { return None };
        let runs = || gathering.groups.iter().flat_map(|group| &group.runs);
        let last = runs().map(|run| run.points.len()).min()?;
        let window = last.saturating_sub(TRAINING_MEAN - 1).max(1)..=last;
        let smoothing = options.smoothing.unwrap_or(smoothing).clamp(1, LONGEST_SMOOTHING);
        let scales = options.scales.unwrap_or(scales);
        let measure = figure.task().measure();
        let band = |(slot, group): (usize, &super::Gathered)| {
            let group = Group { name: group.name.clone(), runs: group.runs.clone(), slot, is_shown: true };
            Band::of(&group, number, smoothing)
        };
        let value = |point: &Point| number.of_point(point).unwrap_or(f32::NAN);
        let row = |group: &super::Gathered| {
            let each = group.runs.iter().filter_map(|run| Some((run.config.seed, run.mean_of(&window, value)?)));
            let (seeds, values) = each.unzip();
            let (name, unlike) = (group.name.clone(), group.unlike.clone());
            Row { name, place: group.place, unlike, paper: "", seeds, values }
        };
        let rows: Vec<Row> = gathering.groups.iter().map(row).collect();
        let title = if axis.is_empty() { number.axis_title(measure) } else { axis.to_owned() };
        let titles = [iterations(&batches(runs())), smoothed(&title, smoothing)];
        let unit = if number == Number::Measure { measure.unit } else { Unit::Number };
        let tests = tests(&rows, pairs);
        let results = Results { title, unit, rows, tests };
        Some(Self {
            bands: gathering.groups.iter().enumerate().map(band).collect(),
            number,
            measure,
            smoothing,
            scales,
            titles,
            window,
            results,
        })
    }

    /// How many iterations the longest run has.
    pub fn length(&self) -> usize {
        self.bands.iter().map(|band| band.quartiles.median.len()).max().unwrap_or_default()
    }

    /// What is to be known of the lines.
    pub(super) fn caption(&self) -> Vec<String> {
        let is_few = |band: &&Band| !band.has_quartiles();
        let (few, all) = (self.bands.iter().filter(is_few).count(), self.bands.len());
        let smoothed = match self.smoothing {
            1 => String::new(),
            count => format!(", each smoothed by the mean of its last {} iterations", grouped(count as u64)),
        };
        let mut words = vec![match (few, all) {
            (0, _) => format!("Lines: median over runs; bands: quartiles{smoothed}."),
            (few, all) if few == all => format!("Lines: every run{smoothed}."),
            _ => format!("Lines: median over runs, bands: quartiles; of fewer than {FEWEST} runs each{smoothed}."),
        }];
        for value in self.bands.iter().flat_map(|band| &band.left_out) {
            words.push(format!("Left out: {}.", value.words()));
        }
        if !self.results.tests.is_empty() {
            let (first, last) = (grouped(*self.window.start() as u64), grouped(*self.window.end() as u64));
            words.push(format!(
                "Rank-sum tests (Mann–Whitney, two-sided) of each run's mean over iterations {first} to {last}:"
            ));
        }
        words
    }
}

/// Lifetimes of an iteration, each number once.
fn batches<'a>(runs: impl Iterator<Item = &'a Arc<History>>) -> Vec<usize> {
    let mut batches: Vec<usize> = runs.map(|run| run.config.settings.whole("batch")).collect();
    batches.sort_unstable();
    batches.dedup();
    batches
}

/// The title of the axis of iterations, with what one of them is.
fn iterations(batches: &[usize]) -> String {
    match batches {
        [1] => "episode".to_owned(),
        [batch] => format!("iteration (of {batch} episodes)"),
        _ => "iteration".to_owned(),
    }
}

/// The title of the axis of values, with what has been done to them.
fn smoothed(title: &str, smoothing: usize) -> String {
    match smoothing {
        1 => title.to_owned(),
        count => format!("{title}, mean of {}", grouped(count as u64)),
    }
}
