//! Ridge regression from one half of a picture to the other: how much of what is blanked follows from what is seen by
//! the look of pictures alone, without having been shown the one that is asked for.

use candle_core::{Device, Result, Tensor};
use std::ops::Range;

/// Fewer pictures say nothing of how pictures look.
pub const FEWEST: usize = 20;

/// Every so many-th picture chooses the penalty and is not learned from until it is chosen.
const HELD_OUT: usize = 10;

/// The penalties that are tried, in units of the mean variance of a visible pixel.
pub const PENALTIES: [f64; 7] = [1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0];

/// So many pictures are multiplied together.
const AT_ONCE: usize = 1000;

/// Two regressions: the top half from the bottom half, and the other way round.
pub struct Ridge {
    from_bottom: Map,
    from_top: Map,
    /// What both are penalised with, in units of the mean variance of a visible pixel: of those tried, the one with the
    /// smallest squared error on a tenth of the pictures, both halves together.
    pub penalty: f64,
}

/// A linear map between the halves.
struct Map {
    visible: Range<usize>,
    hidden: Range<usize>,
    /// `[1, P]`: the mean picture.
    mean: Tensor,
    /// `[visible, hidden]`.
    weights: Tensor,
}

impl Ridge {
    /// Learns from `pictures` of equally many pixels, of which the first `split` are the top half. `None` where there
    /// are fewer than [`FEWEST`], or a half is the same in all of them.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn learn(pictures: &[Vec<f32>], split: usize) -> Result<Option<Self>> {
        if pictures.len() < FEWEST {
            return Ok(None);
        }
        let is_held = |index: usize| index % HELD_OUT == HELD_OUT - 1;
        let part = |held: bool| pictures.iter().enumerate().filter(move |(index, _)| is_held(*index) == held);
        let [learned, held] = [false, true].map(|held| part(held).map(|(_, picture)| picture).collect::<Vec<_>>());
        let (mut moments, judges) = (Moments::of(&learned)?, matrix(&held)?);
        let halves = [(split..pictures[0].len(), 0..split), (0..split, split..pictures[0].len())];
        let mut best: Option<(f64, f64)> = None;
        for penalty in PENALTIES {
            let mut error = 0.0;
            for (visible, hidden) in halves.clone() {
                let Some(map) = moments.map(visible, hidden, penalty)? else { return Ok(None) };
                error += map.squared_error(&judges)?;
            }
            if best.is_none_or(|(least, _)| error < least) {
                best = Some((error, penalty));
            }
        }
        let Some((_, penalty)) = best else { return Ok(None) };
        moments.add(&judges)?;
        let [(bottom, top), (visible, hidden)] = halves;
        let (from_bottom, from_top) = (moments.map(bottom, top, penalty)?, moments.map(visible, hidden, penalty)?);
        Ok(from_bottom.zip(from_top).map(|(from_bottom, from_top)| Self { from_bottom, from_top, penalty }))
    }

    /// Whether the best of the penalties is the least or the largest that was tried: a better one may lie beyond.
    pub fn is_at_the_edge(&self) -> bool {
        let [first, .., last] = PENALTIES;
        [first, last].contains(&self.penalty)
    }

    /// What is likely where the `hidden` half of `picture` is; the hidden half itself is not looked at.
    ///
    /// # Errors
    /// When the picture is of another size.
    pub fn fill(&self, picture: &[f32], hidden: &Range<usize>) -> Result<Vec<f32>> {
        let map = if self.from_bottom.hidden == *hidden { &self.from_bottom } else { &self.from_top };
        let filled: Vec<f64> = map.filled(&matrix(&[picture])?)?.flatten_all()?.to_vec1()?;
        Ok(filled.into_iter().map(|value| value as f32).collect())
    }
}

impl Map {
    /// `[B, hidden]` of pictures `[B, P]`.
    fn filled(&self, pictures: &Tensor) -> Result<Tensor> {
        let mean = columns(&self.mean, &self.hidden)?;
        let seen = columns(&pictures.broadcast_sub(&self.mean)?, &self.visible)?;
        seen.matmul(&self.weights)?.broadcast_add(&mean)
    }

    fn squared_error(&self, pictures: &Tensor) -> Result<f64> {
        (self.filled(pictures)? - columns(pictures, &self.hidden)?)?.sqr()?.sum_all()?.to_scalar()
    }
}

/// What regressions ask of pictures.
struct Moments {
    count: f64,
    /// `[1, P]`.
    sum: Tensor,
    /// `[P, P]`.
    products: Tensor,
}

impl Moments {
    fn of<P: AsRef<[f32]>>(pictures: &[P]) -> Result<Self> {
        let size = pictures.first().map_or(0, |picture| picture.as_ref().len());
        let zeros = |rows| Tensor::zeros((rows, size), candle_core::DType::F64, &Device::Cpu);
        let mut moments = Self { count: 0.0, sum: zeros(1)?, products: zeros(size)? };
        for pictures in pictures.chunks(AT_ONCE) {
            moments.add(&matrix(pictures)?)?;
        }
        Ok(moments)
    }

    fn add(&mut self, pictures: &Tensor) -> Result<()> {
        self.count += pictures.dim(0)? as f64;
        self.sum = (&self.sum + pictures.sum_keepdim(0)?)?;
        self.products = (&self.products + pictures.t()?.matmul(pictures)?)?;
        Ok(())
    }

    /// The regression with the smallest mean squared error plus penalty · mean variance · |weights|²; `None` where no
    /// visible pixel varies.
    fn map(&self, visible: Range<usize>, hidden: Range<usize>, penalty: f64) -> Result<Option<Map>> {
        let mean = (&self.sum / self.count)?;
        let covariance = |post: &Range<usize>| -> Result<Tensor> {
            let products = (columns(&rows(&self.products, &visible)?, post)? / self.count)?;
            products - columns(&mean, &visible)?.t()?.matmul(&columns(&mean, post)?)?
        };
        let mut square: Vec<f64> = covariance(&visible)?.flatten_all()?.to_vec1()?;
        let size = visible.len();
        let variance = square.iter().step_by(size + 1).sum::<f64>() / size as f64;
        // What rounding leaves of pictures that are all the same is no variance.
        if variance < 1e-12 {
            return Ok(None);
        }
        square.iter_mut().step_by(size + 1).for_each(|value| *value += penalty * variance);
        let Some(inverse) = inverse_factor(square, size) else { return Ok(None) };
        let inverse = Tensor::from_vec(inverse, (size, size), &Device::Cpu)?;
        let weights = inverse.t()?.matmul(&inverse.matmul(&covariance(&hidden)?)?)?;
        Ok(Some(Map { visible, hidden, mean, weights }))
    }
}

/// `[B, P]`, a row for each picture.
fn matrix<P: AsRef<[f32]>>(pictures: &[P]) -> Result<Tensor> {
    let size = pictures.first().map_or(0, |picture| picture.as_ref().len());
    let values: Vec<f64> = pictures.iter().flat_map(P::as_ref).copied().map(f64::from).collect();
    Tensor::from_vec(values, (pictures.len(), size), &Device::Cpu)
}

fn rows(matrix: &Tensor, range: &Range<usize>) -> Result<Tensor> {
    matrix.narrow(0, range.start, range.len())
}

fn columns(matrix: &Tensor, range: &Range<usize>) -> Result<Tensor> {
    matrix.narrow(1, range.start, range.len())?.contiguous()
}

/// L⁻¹ of the Cholesky factor of A = L Lᵀ, `size`² numbers row by row: A⁻¹ is L⁻ᵀ L⁻¹. `None` where A is not positive
/// definite.
fn inverse_factor(mut square: Vec<f64>, size: usize) -> Option<Vec<f64>> {
    for row in 0..size {
        let (above, this) = square.split_at_mut(row * size);
        for column in 0..row {
            let other = &above[column * size..][..=column];
            this[column] = (this[column] - dot(&this[..column], &other[..column])) / other[column];
        }
        let rest = this[row] - dot(&this[..row], &this[..row]);
        if rest.is_nan() || rest <= 0.0 {
            return None;
        }
        this[row] = rest.sqrt();
    }
    let mut inverse = vec![0.0; size * size];
    for row in 0..size {
        let (above, this) = inverse.split_at_mut(row * size);
        this[row] = 1.0;
        let factors = &square[row * size..][..=row];
        for (column, factor) in factors[..row].iter().enumerate() {
            for (value, known) in this.iter_mut().zip(&above[column * size..][..=column]) {
                *value -= factor * known;
            }
        }
        this[..=row].iter_mut().for_each(|value| *value /= factors[row]);
    }
    Some(inverse)
}

/// Σ one · other, in lanes that the processor adds at once.
fn dot(one: &[f64], other: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    for (one, other) in one.chunks(8).zip(other.chunks(8)) {
        for ((sum, one), other) in sums.iter_mut().zip(one).zip(other) {
            *sum += one * other;
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Generator, Stream};

    #[test]
    fn the_factor_is_that_of_the_textbook() {
        // L = [[2], [6, 1], [−8, 5, 3]], and its inverse by hand.
        let square = [4.0, 12.0, -16.0, 12.0, 37.0, -43.0, -16.0, -43.0, 98.0];
        let expected = [0.5, 0.0, 0.0, -3.0, 1.0, 0.0, 19.0 / 3.0, -5.0 / 3.0, 1.0 / 3.0];
        let found = inverse_factor(square.to_vec(), 3).unwrap();
        assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12), "{found:?}");
        assert_eq!(inverse_factor(vec![1.0, 2.0, 2.0, 1.0], 2), None, "its eigenvalues are 3 and −1");
    }

    /// Forty pictures of two pixels above two. The upper ones are ±1 in all four ways equally often: variances of one,
    /// no covariance. So a weight is covariance / (1 + penalty), and the penalty is a share of one.
    #[test]
    fn weights_are_covariances_over_variances_and_the_penalty() {
        let picture = |index: usize| {
            let [x, y] = [index / 10 % 2, index / 20 % 2].map(|bit| 2.0 * bit as f32 - 1.0);
            vec![x, y, 0.5 * x + 0.25, 3.0 * y - x]
        };
        let pictures: Vec<Vec<f32>> = (0..40).map(picture).collect();
        let ridge = Ridge::learn(&pictures, 2).unwrap().unwrap();
        assert_eq!(ridge.penalty, PENALTIES[0], "nothing is left to chance: the less penalty, the better");
        let shrunk = 1.0 / (1.0 + PENALTIES[0]);
        let found = ridge.fill(&[1.0, -1.0, 77.0, 77.0], &(2..4)).unwrap();
        let expected = [0.25 + 0.5 * shrunk, -4.0 * shrunk];
        assert!(found.iter().zip(expected).all(|(found, value)| (f64::from(*found) - value).abs() < 1e-6), "{found:?}");
        // The other way round: x and y follow from the lower half exactly, but for the penalty.
        let found = ridge.fill(&[77.0, 77.0, -0.25, -4.0], &(0..2)).unwrap();
        assert!((found[0] + 1.0).abs() < 1e-2 && (found[1] + 5.0 / 3.0).abs() < 1e-2, "{found:?}");
    }

    #[test]
    fn where_chance_reigns_the_largest_penalty_is_chosen_and_little_is_said() {
        let mut generator = Generator::new(1, Stream::Training);
        let pictures: Vec<Vec<f32>> = (0..60).map(|_| generator.normal(128, 1.0)).collect();
        let ridge = Ridge::learn(&pictures, 64).unwrap().unwrap();
        assert!(ridge.penalty == 100.0 && ridge.is_at_the_edge());
        assert!(Ridge::learn(&pictures[..FEWEST - 1], 64).unwrap().is_none(), "too few");
        assert!(Ridge::learn(&vec![vec![0.5; 8]; 30], 4).unwrap().is_none(), "all the same");
    }
}
