//! The groups of a comparison as they are drawn, worked out once for each number, smoothing and set of runs.

use super::Source;
use super::number::Number;
use super::pyramid::{Extremes, Pyramid};
use super::quartiles::{FEWEST, Quartiles};
use super::smoothing::TrailingMean;
use crate::tasks::Measure;
use crate::train::History;
use crate::ui::comparison::{Compared, Group};

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
}

impl Band {
    /// A group by one number, smoothed over `length` iterations.
    pub fn of(group: &Group, number: Number, length: usize) -> Self {
        let measure = group.config().task().measure();
        let runs: Vec<Vec<f32>> = group.runs.iter().map(|run| smoothed(run, measure, number, length)).collect();
        let quartiles = Quartiles::of(&runs);
        let each = if runs.len() < FEWEST { runs.into_iter().map(pyramid).collect() } else { Vec::new() };
        Self { name: group.name.clone(), runs: group.runs.len(), slot: group.slot, quartiles, each }
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

/// The trailing mean of one number of a run, by the definition that its own curve has.
fn smoothed(run: &History, measure: Measure, number: Number, length: usize) -> Vec<f32> {
    let source = Source {
        points: &run.points,
        step_seconds: Some(&run.step_seconds),
        measure,
        viewing: None,
        planned: run.config.iterations,
        compared: None,
        other_task: None,
    };
    let mut mean = TrailingMean::new(length);
    let each = 0..run.points.len();
    each.map(|index| number.drawn(mean.push(f64::from(number.averaged(&source, index))))).collect()
}

fn pyramid(values: Vec<f32>) -> Pyramid {
    let mut pyramid = Pyramid::default();
    pyramid.extend(values);
    pyramid
}
