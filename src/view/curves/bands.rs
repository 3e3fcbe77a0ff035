//! The groups of a comparison as they are drawn, worked out once for each number, smoothing and set of runs.

use super::Source;
use super::number::Number;
use super::outline::Mark;
use super::pyramid::{Extremes, Pyramid};
use super::quartiles::Quartiles;
use super::smoothing::TrailingMean;
use crate::tasks::Measure;
use crate::train::History;
use crate::train::statistics::FEWEST;
use crate::view::comparison::{Compared, Group};
use crate::view::numbers::grouped;
use std::sync::Arc;

/// A group as it is drawn.
#[derive(Clone, Debug)]
pub struct Band {
    /// What it is called beside the others.
    pub name: String,
    /// How many runs it has.
    pub runs: usize,
    /// Its place among the colours and line styles.
    pub slot: usize,
    /// Median and quartiles of the smoothed values.
    pub quartiles: Quartiles,
    /// The smoothed values of each run, where they are too few for quartiles.
    pub each: Vec<Pyramid>,
    /// The smoothed values of each run.
    smoothed: Vec<Vec<f32>>,
    /// The first value that is not finite, and so is left out, of each run that has one.
    pub left_out: Vec<LeftOut>,
}

/// A value of a run that stands in no mean and no quartile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeftOut {
    /// The seed of the run.
    pub seed: u64,
    /// Its place; place 0 is iteration 1.
    pub place: usize,
    /// What it is.
    pub mark: Mark,
}

impl LeftOut {
    /// "training seed 3 not finite at iteration 1 200".
    pub fn words(&self) -> String {
        format!("training seed {} not finite at iteration {}", self.seed, grouped(self.place as u64 + 1))
    }
}

impl Band {
    /// A group by one number, smoothed over `length` iterations.
    pub fn of(group: &Group, number: Number, length: usize) -> Self {
        let measure = group.config().task().measure();
        let values: Vec<Vec<f32>> = group.runs.iter().map(|run| values(run, measure, number)).collect();
        let left_out = |(run, values): (&Arc<History>, &Vec<f32>)| {
            let mut marks = values.iter().enumerate();
            marks.find_map(|(place, &value)| Some(LeftOut { seed: run.config.seed, place, mark: Mark::of(value)? }))
        };
        let left_out = group.runs.iter().zip(&values).filter_map(left_out).collect();
        let smoothed: Vec<Vec<f32>> = values.into_iter().map(|values| smoothed(values, number, length)).collect();
        let quartiles = Quartiles::of(&smoothed);
        let is_few = smoothed.len() < FEWEST;
        let each = if is_few { smoothed.iter().cloned().map(pyramid).collect() } else { Vec::new() };
        let (name, runs, slot) = (group.name.clone(), group.runs.len(), group.slot);
        Self { name, runs, slot, quartiles, each, smoothed, left_out }
    }

    /// The smoothed values at a place, of the runs that got so far and have one there.
    pub fn at(&self, place: usize) -> Vec<f64> {
        let values = self.smoothed.iter().filter_map(|run| run.get(place)).copied();
        values.filter(|value| value.is_finite()).map(f64::from).collect()
    }

    /// Whether it is drawn as a median with the band around it.
    pub fn has_quartiles(&self) -> bool {
        self.each.is_empty()
    }

    /// What the axis of values has to hold within `places`.
    pub fn extremes(&self, places: std::ops::Range<usize>) -> Extremes {
        if !self.has_quartiles() {
            return self.each.iter().fold(Extremes::NONE, |sum, run| sum.merged(run.extremes(places.clone())));
        }
        let Quartiles { low, median, high, reached, .. } = &self.quartiles;
        let banded = places.start.min(*reached)..places.end.min(*reached);
        low.extremes(banded.clone()).merged(high.extremes(banded)).merged(median.extremes(places))
    }
}

/// The groups that are drawn, and what they have been worked out from.
#[derive(Clone, Debug, Default)]
pub struct Bands {
    made_of: Option<(u64, Number, usize)>,
    all: Vec<Band>,
}

impl Bands {
    /// Works them out anew where number, smoothing or runs are others.
    pub fn update(&mut self, compared: &Compared, number: Number, length: usize) {
        let made_of = Some((compared.stamp(), number, length));
        if self.made_of != made_of {
            let shown = compared.groups().iter().filter(|group| group.is_shown);
            self.all = shown.map(|group| Band::of(group, number, length)).collect();
            self.made_of = made_of;
        }
    }

    /// The groups that are drawn.
    pub fn all(&self) -> &[Band] {
        &self.all
    }

    /// How many iterations the longest one has.
    pub fn length(&self) -> usize {
        self.all.iter().map(|band| band.quartiles.median.len()).max().unwrap_or_default()
    }

    /// What the axis of values has to hold within `places`.
    pub fn extremes(&self, places: &std::ops::Range<usize>) -> Extremes {
        self.all.iter().fold(Extremes::NONE, |sum, band| sum.merged(band.extremes(places.clone())))
    }
}

/// One number of a run at each iteration, as means are taken of it.
fn values(run: &History, measure: Measure, number: Number) -> Vec<f32> {
    let source = Source {
        points: &run.points,
        validations: &[],
        step_seconds: Some(&run.step_seconds),
        measure,
        viewing: None,
        planned: run.config.iterations,
        is_live: false,
        compared: None,
        other_task: None,
    };
    (0..run.points.len()).map(|index| number.averaged(&source, index)).collect()
}

/// The trailing mean, by the definition that a run's own curve has.
fn smoothed(mut values: Vec<f32>, number: Number, length: usize) -> Vec<f32> {
    let mut mean = TrailingMean::new(length);
    values.iter_mut().for_each(|value| *value = number.drawn(mean.push(f64::from(*value))));
    values
}

fn pyramid(values: Vec<f32>) -> Pyramid {
    let mut pyramid = Pyramid::default();
    pyramid.extend(values);
    pyramid
}
