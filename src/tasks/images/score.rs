//! How good a reconstruction is, on what was blanked alone: the rest was given.

use crate::episode::Question;
use crate::tasks::recall::Score;
use crate::tasks::{Goal, Measure};

const MSE: Measure = Measure::number("mse", "mean squared error on the blanked part", Goal::Lower);
const MEAN_MSE: Measure =
    Measure::baseline("baseline_mean_mse", "the same for the mean of the visible part", Goal::Lower);
const BEST_MSE: Measure =
    Measure::baseline("baseline_best_study_mse", "for the picture shown that fits the visible part best", Goal::Lower);
const BEST: Measure =
    Measure::baseline("baseline_best_study_correlation", "its correlation; a perfect memory has 1", Goal::Higher);
const OTHER: Measure =
    Measure::baseline("baseline_other_study_correlation", "for the best of those that were not cued", Goal::Higher);

/// Correlation and mean squared error of `answer` beside what needs no learning: the mean of the visible part, and
/// looking up which of the pictures shown fits the visible part best. That one is what a perfect memory would find
/// (it errs only where two pictures agree in the visible part); the best of the others is what mistaking the picture
/// would give.
pub fn score(question: &Question, answer: &[f32]) -> Score {
    let target = &question.study[question.target];
    let blanked: Vec<usize> = (0..target.len()).filter(|&pixel| question.probe[pixel] == 0.0).collect();
    let hidden = |picture: &[f32]| blanked.iter().map(|&pixel| picture[pixel]).collect::<Vec<f32>>();
    let truth = hidden(target);

    let visible: Vec<f32> = question.probe.iter().copied().filter(|&value| value != 0.0).collect();
    let mean = visible.iter().sum::<f32>() / visible.len().max(1) as f32;
    let mismatch = |picture: &[f32]| -> f32 {
        let seen = question.probe.iter().zip(picture).filter(|(probe, _)| **probe != 0.0);
        seen.map(|(probe, value)| (probe - value).powi(2)).sum()
    };
    let closest = |pictures: &mut dyn Iterator<Item = &Vec<f32>>| {
        pictures.min_by(|one, other| mismatch(one).total_cmp(&mismatch(other))).map(|picture| hidden(picture))
    };
    let best = closest(&mut question.study.iter()).unwrap_or_default();
    let others = question.study.iter().enumerate().filter(|(index, _)| *index != question.target);
    let other = closest(&mut others.map(|(_, picture)| picture)).unwrap_or_default();

    let answer = hidden(answer);
    let details = vec![
        (MSE, mean_squared_error(&answer, &truth)),
        (MEAN_MSE, mean_squared_error(&vec![mean; truth.len()], &truth)),
        (BEST_MSE, mean_squared_error(&best, &truth)),
        (BEST, correlation(&best, &truth)),
        (OTHER, correlation(&other, &truth)),
    ];
    Score { measure: correlation(&answer, &truth), details }
}

/// The mean squared difference; zero of nothing.
pub(super) fn mean_squared_error(one: &[f32], other: &[f32]) -> f32 {
    let sum: f64 = one.iter().zip(other).map(|(one, other)| f64::from(one - other).powi(2)).sum();
    (sum / one.len().max(1) as f64) as f32
}

/// Pearson's correlation; zero where one of the two is constant, or there is nothing.
pub(super) fn correlation(one: &[f32], other: &[f32]) -> f32 {
    let mean = |values: &[f32]| values.iter().copied().map(f64::from).sum::<f64>() / values.len().max(1) as f64;
    let (one_mean, other_mean) = (mean(one), mean(other));
    let (mut product, mut one_square, mut other_square) = (0.0, 0.0, 0.0);
    for (one, other) in one.iter().zip(other) {
        let (one, other) = (f64::from(*one) - one_mean, f64::from(*other) - other_mean);
        product += one * other;
        one_square += one * one;
        other_square += other * other;
    }
    let scale = (one_square * other_square).sqrt();
    if scale > 0.0 { (product / scale).clamp(-1.0, 1.0) as f32 } else { 0.0 }
}
