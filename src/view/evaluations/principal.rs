//! Points of many dimensions on a plane: the two directions in which they differ most.

use crate::view::rank::subspace::{self, Leading};

/// As many steps find the directions of any points that can be told apart.
const MOST: usize = 400;

/// The first two principal components of some points.
#[derive(Clone, Debug, PartialEq)]
pub struct Principal {
    mean: Vec<f32>,
    directions: [Vec<f32>; 2],
    /// Which share of the variance each of them holds.
    pub shares: [f64; 2],
}

impl Principal {
    /// Of points of one length; `None` where they are fewer than three, all the same, or no numbers.
    pub fn of(points: &[&[f32]]) -> Option<Self> {
        let size = points.first()?.len();
        if points.len() < 3 || points.iter().any(|point| point.len() != size) {
            return None;
        }
        let mut mean = vec![0.0f64; size];
        points.iter().for_each(|point| mean.iter_mut().zip(*point).for_each(|(sum, value)| *sum += f64::from(*value)));
        let mean: Vec<f32> = mean.into_iter().map(|sum| (sum / points.len() as f64) as f32).collect();
        let centred: Vec<f32> =
            points.iter().flat_map(|point| point.iter().zip(&mean).map(|(value, mean)| value - mean)).collect();
        let found = subspace::leading(&centred, [points.len(), size], None, MOST, &|| true).ok()??;
        let Leading { values, right, energy, .. } = found;
        if energy <= 0.0 || right.len() < 2 {
            return None;
        }
        let shares = [0, 1].map(|index| f64::from(values[index]).powi(2) / energy);
        let mut directions = right.into_iter().map(upright);
        Some(Self { mean, directions: [directions.next()?, directions.next()?], shares })
    }

    /// Where a point lies on the plane, in its own unit.
    pub fn place(&self, point: &[f32]) -> [f32; 2] {
        let along = |direction: &Vec<f32>| {
            direction
                .iter()
                .zip(point.iter().zip(&self.mean))
                .map(|(share, (value, mean))| share * (value - mean))
                .sum()
        };
        [along(&self.directions[0]), along(&self.directions[1])]
    }
}

/// The same direction or its opposite: the one whose largest part is positive, so that a plane is not mirrored by chance.
fn upright(mut direction: Vec<f32>) -> Vec<f32> {
    let largest =
        direction.iter().copied().fold(0.0f32, |best, part| if part.abs() > best.abs() { part } else { best });
    if largest < 0.0 {
        direction.iter_mut().for_each(|part| *part = -*part);
    }
    direction
}
