//! What a run has come to so far, read from its folder: the configuration and the numbers of every iteration.

use super::checkpoint::{Checkpoint, no_curve};
use super::config::RunConfig;
use super::metrics;
use super::run_folder::{checkpoint_path, described, metrics_path, metrics_text};
use super::trainer::Point;
use crate::files::FileError;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Over so many iterations training is averaged where runs are compared by one number.
pub const TRAINING_MEAN: usize = 100;

/// A run as its folder tells it, trained to the end or not.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// The folder; of a run that is known by its checkpoint alone, that file.
    pub folder: PathBuf,
    /// What the run is.
    pub config: RunConfig,
    /// The numbers; index 0 is iteration 1.
    pub points: Vec<Point>,
    /// Seconds that each iteration took.
    pub step_seconds: Vec<f32>,
}

impl History {
    /// Reads the run in `folder`. A last line that is still being written is left for the next time; what is missing of
    /// configuration and metrics is taken from the checkpoint.
    ///
    /// # Errors
    /// When the configuration or the metrics are missing, damaged, or do not belong together.
    pub fn read(folder: &Path) -> Result<Self, FileError> {
        let checkpoint = || Checkpoint::read(&checkpoint_path(folder));
        let config = described(folder)?;
        let path = metrics_path(folder);
        let rows = match metrics_text(&path)? {
            Some(text) => {
                let refuse = |problem: String| FileError::new(&path, problem);
                match metrics::parse(&text, &metrics::header(&config)).map_err(refuse)? {
                    (rows, None) => rows,
                    (_, Some(problem)) => return Err(refuse(problem)),
                }
            }
            None if checkpoint_path(folder).exists() => {
                let checkpoint = checkpoint()?;
                if checkpoint.unrecorded > 0 {
                    return Err(FileError::new(&checkpoint_path(folder), no_curve(checkpoint.unrecorded)));
                }
                checkpoint.curve.into_iter().map(|point| (point, 0.0)).collect()
            }
            None => return Err(FileError::new(&path, "cannot be read: no such file")),
        };
        let mut age_before = 0.0;
        let mut seconds = |age: f64| ((age - std::mem::replace(&mut age_before, age)) as f32).max(0.0);
        let step_seconds = rows.iter().map(|(_, age)| seconds(*age)).collect();
        let points = rows.into_iter().map(|(point, _)| point).collect();
        Ok(Self { folder: folder.to_owned(), config, points, step_seconds })
    }

    /// The run whose `checkpoint` was read from the file at `path`, as far as the checkpoint tells it.
    pub fn of_checkpoint(path: &Path, checkpoint: &Checkpoint) -> Self {
        let points = checkpoint.curve.clone();
        let step_seconds = vec![0.0; points.len()];
        Self { folder: path.to_owned(), config: checkpoint.config.clone(), points, step_seconds }
    }

    /// The mean of the task's measure over some iterations, counted from 1; `None` where the run has not come so far, or
    /// a value among them is not a finite number.
    pub fn mean_measure(&self, iterations: &RangeInclusive<usize>) -> Option<f64> {
        self.mean_of(iterations, |point| point.measure)
    }

    /// The mean of a number of each iteration, as [`Self::mean_measure`].
    pub fn mean_of(&self, iterations: &RangeInclusive<usize>, number: impl Fn(&Point) -> f32) -> Option<f64> {
        let points = self.points.get(iterations.start().checked_sub(1)?..*iterations.end())?;
        let mean = points.iter().map(|point| f64::from(number(point))).sum::<f64>() / points.len() as f64;
        mean.is_finite().then_some(mean)
    }

    /// Whether `points` are those of this run, as far as both are known.
    pub fn is_of(&self, points: &[Point]) -> bool {
        let Some(last) = self.points.len().min(points.len()).checked_sub(1) else { return false };
        let bits = |point: &Point| [point.loss, point.measure, point.eta, point.grad_norm].map(f32::to_bits);
        [0, last / 2, last].into_iter().all(|place| bits(&self.points[place]) == bits(&points[place]))
    }
}
