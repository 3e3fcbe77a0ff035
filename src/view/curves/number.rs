//! The numbers of a run that can be drawn.

use super::Source;
use crate::tasks::Measure;
use crate::train::Point;
use crate::view::numbers::{figures, percent};
use serde::{Deserialize, Serialize};

/// Which number of each iteration is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Number {
    /// The task's own measure.
    #[default]
    Measure,
    /// The loss.
    Loss,
    /// η, where it is learned.
    Eta,
    /// The global norm of the gradient before clipping.
    GradNorm,
    /// Iterations per second.
    Rate,
}

impl Number {
    /// All of them, in the order of the chips.
    pub const ALL: [Self; 5] = [Self::Measure, Self::Loss, Self::Eta, Self::GradNorm, Self::Rate];

    /// What stands on the chip.
    pub fn name(self, measure: Measure) -> String {
        match self {
            Self::Measure => measure.key.replace('_', " "),
            Self::Loss => "loss".to_owned(),
            Self::Eta => "η".to_owned(),
            Self::GradNorm => "gradient norm".to_owned(),
            Self::Rate => "iterations/s".to_owned(),
        }
    }

    /// What it is, in words.
    pub fn words(self, measure: Measure) -> &'static str {
        match self {
            Self::Measure => measure.title,
            Self::Loss => "loss, averaged over the batch",
            Self::Eta => "η after the iteration",
            Self::GradNorm => "gradient norm before clipping",
            Self::Rate => "iterations per second",
        }
    }

    /// Whether the run in view has kept it.
    pub fn is_known(self, source: &Source<'_>) -> bool {
        self != Self::Rate || source.step_seconds.is_some()
    }

    /// Why there is nothing to draw although there is a run; `None` where there is something.
    pub fn absence(self, source: &Source<'_>) -> Option<&'static str> {
        (!self.is_known(source) && source.compared.is_none()).then_some(
            "A checkpoint keeps no times, so its speed is not known. Start training to see iterations per second.",
        )
    }

    /// What is averaged at the iteration of `index`: for the rate the seconds, so that its mean is iterations done by
    /// time taken.
    pub(super) fn averaged(self, source: &Source<'_>, index: usize) -> f32 {
        let seconds = || source.step_seconds.and_then(|seconds| seconds.get(index)).copied();
        self.of_point(&source.points[index]).or_else(seconds).unwrap_or(f32::NAN)
    }

    /// What an iteration has come to; `None` of the rate, which is not kept there.
    pub(in crate::view) fn of_point(self, point: &Point) -> Option<f32> {
        match self {
            Self::Measure => Some(point.measure),
            Self::Loss => Some(point.loss),
            Self::Eta => Some(point.eta),
            Self::GradNorm => Some(point.grad_norm),
            Self::Rate => None,
        }
    }

    /// What is drawn for something averaged.
    pub(super) fn drawn(self, averaged: f64) -> f32 {
        if self == Self::Rate { (1.0 / averaged) as f32 } else { averaged as f32 }
    }

    /// Whether a linear axis begins at zero.
    pub fn begins_at_zero(self) -> bool {
        self != Self::Eta
    }

    /// A read-out.
    pub fn read_out(self, value: f64, measure: Measure) -> String {
        match self {
            _ if !value.is_finite() => figures(value, 5),
            Self::Measure if measure.is_fraction() => percent(value),
            Self::Rate => format!("{} iterations/s", figures(value, 4)),
            Self::Measure | Self::Loss | Self::Eta | Self::GradNorm => figures(value, 5),
        }
    }

    /// The title of the axis of values, with its unit.
    pub fn axis_title(self, measure: Measure) -> String {
        match self {
            Self::Measure if measure.is_fraction() => format!("{} (%)", self.name(measure)),
            Self::Measure if measure.title.starts_with(measure.key) && measure.title.len() < 24 => {
                measure.title.to_owned()
            }
            _ => self.name(measure),
        }
    }

    /// The factor and the unit of the axis.
    pub fn unit(self, measure: Measure) -> (f64, &'static str) {
        if self == Self::Measure && measure.is_fraction() { (100.0, " %") } else { (1.0, "") }
    }
}
