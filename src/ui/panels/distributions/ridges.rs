//! What there is to draw: a histogram for each of some iterations or steps.

use super::Along;
use crate::view::distributions::{Histogram, Life};
use crate::view::matrices::MatrixKind;
use crate::view::numbers::{figures, grouped};
use crate::view::scene::Scene;
use std::sync::Arc;

pub use crate::view::distributions::counted::KINDS;

/// One ridge.
#[derive(Clone)]
pub struct Ridge {
    /// The iteration, or the step from zero.
    pub at: u64,
    /// What it is drawn from.
    pub histogram: Arc<Histogram>,
    /// What has just ended, where it is the last step of an event.
    pub event: Option<String>,
}

impl Ridge {
    /// The number that stands beside it: steps are counted from one.
    pub fn number(&self, along: Along) -> String {
        grouped(if along == Along::Episode { self.at + 1 } else { self.at })
    }

    /// "step 41, end of study 4", "iteration 200".
    pub fn name(&self, along: Along) -> String {
        let number = self.number(along);
        let unit = along.unit();
        match &self.event {
            Some(event) => format!("{unit} {number}, end of {event}"),
            None => format!("{unit} {number}"),
        }
    }

    /// "step 41: mean +0.00123, standard deviation 0.0340".
    fn words(&self, along: Along) -> String {
        let [mean, deviation] = [self.histogram.mean(), self.histogram.deviation()].map(|value| figures(value, 3));
        format!("{}: mean {mean}, standard deviation {deviation}", self.name(along))
    }
}

/// The ridges of the network in view and of those that it was before; without those, one.
pub fn over_training(scene: &Scene, kind: MatrixKind) -> Vec<Ridge> {
    let ridge = |at, histogram: &Arc<Histogram>| Ridge { at, histogram: Arc::clone(histogram), event: None };
    let ages = scene.ages.all().iter();
    let ridges: Vec<Ridge> = ages.filter_map(|age| Some(ridge(age.iteration, age.counted.histogram(kind)?))).collect();
    if ridges.is_empty() {
        return scene.counted.histogram(kind).map(|histogram| ridge(scene.iteration, histogram)).into_iter().collect();
    }
    ridges
}

/// The ridges of the lifetime in view, as far as they have been counted.
pub fn along_life(scene: &Scene, life: &Life, kind: MatrixKind) -> Vec<Ridge> {
    let tape = scene.tape();
    let moments = life.moments().filter_map(|(step, moment)| {
        let ended = tape.events.iter().find(|event| event.start + event.steps == step + 1);
        let (histogram, event) = (Arc::clone(moment.histogram(kind)?), ended.map(|event| tape.label(event)));
        Some(Ridge { at: step as u64, histogram, event })
    });
    moments.collect()
}

/// What is said of values that have no place on an axis: of the ridge that has most of them.
pub fn left_out(ridges: &[Ridge], along: Along) -> Option<String> {
    let count = |ridge: &&Ridge| ridge.histogram.nan() + ridge.histogram.infinite();
    let worst = ridges.iter().filter(|ridge| count(ridge) > 0).max_by_key(count)?;
    let parts = [(worst.histogram.nan(), "NaN"), (worst.histogram.infinite(), "infinite")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", grouped(count as u64)))
        .collect();
    Some(format!("{} at {} are not drawn", parts.join(" and "), worst.name(along)))
}

/// The distribution of the first and of the last ridge in words, for those who do not see it.
pub fn spoken(ridges: &[Ridge], kind: MatrixKind, along: Along) -> String {
    let [over, what] = match along {
        Along::Training => ["over training", "iterations"],
        Along::Episode => ["along the episode", "steps"],
    };
    let symbol = kind.symbol();
    match ridges {
        [] => format!("distribution of {symbol}, nothing counted yet"),
        [only] => format!("distribution of {symbol}, {}", only.words(along)),
        [first, .., last] => {
            let (count, first, last) = (ridges.len(), first.words(along), last.words(along));
            format!("distributions of {symbol} {over} at {count} {what}; {first}; {last}")
        }
    }
}
