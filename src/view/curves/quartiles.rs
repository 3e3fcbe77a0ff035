//! Several runs at each iteration: the median and the quartiles of those that got that far.

use super::pyramid::Pyramid;
use crate::train::statistics::{FEWEST, quantile};

/// Median and quartiles of several runs at each iteration. Values that are not finite count as absent.
#[derive(Clone, Debug, Default)]
pub struct Quartiles {
    /// A quarter of the values lies below; NaN where there are fewer than [`FEWEST`] of more runs.
    pub low: Pyramid,
    /// Half of the values lie below.
    pub median: Pyramid,
    /// A quarter of the values lies above; NaN as well.
    pub high: Pyramid,
    /// How many values there are.
    pub counts: Vec<usize>,
    /// The first so many iterations have been reached by [`FEWEST`] runs, or by all where they are fewer.
    pub reached: usize,
}

impl Quartiles {
    /// Of one sequence for each run, as long as the run has come.
    pub fn of(runs: &[Vec<f32>]) -> Self {
        let mut lengths: Vec<usize> = runs.iter().map(Vec::len).collect();
        lengths.sort_unstable_by(|one, other| other.cmp(one));
        let longest = lengths.first().copied().unwrap_or_default();
        let reached = lengths.get(FEWEST.min(lengths.len()).saturating_sub(1)).copied().unwrap_or_default();
        let mut quartiles = Self { counts: Vec::with_capacity(longest), reached, ..Self::default() };
        let mut sorted = Vec::with_capacity(runs.len());
        for index in 0..longest {
            sorted.clear();
            sorted.extend(runs.iter().filter_map(|run| run.get(index)).filter(|value| value.is_finite()));
            sorted.sort_unstable_by(f32::total_cmp);
            quartiles.counts.push(sorted.len());
            quartiles.median.push(quantile(&sorted, 0.5) as f32);
            let is_enough = sorted.len() >= FEWEST.min(runs.len());
            let quarter = |share| if is_enough { quantile(&sorted, share) as f32 } else { f32::NAN };
            quartiles.low.push(quarter(0.25));
            quartiles.high.push(quarter(0.75));
        }
        quartiles
    }
}
