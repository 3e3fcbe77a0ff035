//! A chain of convolutions, each with bias and tanh, as one operation in Candle's graph, on the CPU.
//!
//! Pictures are dealt out in pieces that go through the whole chain, forward and backward, while what they become is in a
//! near cache. How many pictures a piece has depends on their number alone, and gradients of pieces are added in order:
//! the result does not depend on the number of threads.

use super::patches::{Window, as_columns, as_kernels};
use super::squash::{squash, unsquash};
use crate::plastic::product::{Matrix, Workers, multiply};
use crate::plastic::values::{values_of, with_values};
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;
use std::sync::{Mutex, PoisonError};

/// Pictures are dealt out in so many pieces, or fewer.
const MOST_PIECES: usize = 8;

/// No piece has fewer pictures, but the last one.
const FEWEST_IN_A_PIECE: usize = 3;

/// One convolution of a chain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) window: Window,
    pub(super) outputs: usize,
}

impl Link {
    /// How many weights it has; its biases follow.
    fn weights(&self) -> usize {
        self.window.patch() * self.outputs
    }

    fn parameters(&self) -> usize {
        self.weights() + self.outputs
    }

    /// Outputs, inputs and the area of the kernel.
    fn sizes(&self) -> [usize; 3] {
        [self.outputs, self.window.picture[2], self.window.kernel * self.window.kernel]
    }
}

/// Its weights in the order of patches, `[patch, outputs]`, and its biases.
struct Weights {
    columns: Vec<f32>,
    bias: Vec<f32>,
}

/// What a forward pass leaves to the backward one.
struct Lived {
    weights: Vec<Weights>,
    /// What each piece of pictures became in each link.
    pieces: Vec<Vec<Vec<f32>>>,
}

/// From pictures, `[B, H, W, C]`, and the weights and biases of all links, one after another as candle-nn has them, to
/// `[B, H′, W′, outputs]`.
pub(super) struct Chain {
    links: Vec<Link>,
    /// Whether anything that is learned lies behind the pictures.
    has_way_back: bool,
    /// From the forward pass to the backward one.
    lived: Mutex<Option<Lived>>,
}

impl Chain {
    /// Of these links; the gradient by the pictures is computed if it `has_way_back` to anything.
    pub(super) fn new(links: Vec<Link>, has_way_back: bool) -> Self {
        Self { links, has_way_back, lived: Mutex::new(None) }
    }

    fn weights(&self, packed: &[f32]) -> Result<Vec<Weights>> {
        let expected: usize = self.links.iter().map(Link::parameters).sum();
        if packed.len() != expected {
            bail!("a chain of convolutions has {} parameters, expected {expected}", packed.len());
        }
        let mut left = packed;
        let weights = self.links.iter().map(|link| {
            let (own, others) = left.split_at(link.parameters());
            left = others;
            let (weight, bias) = own.split_at(link.weights());
            Weights { columns: as_columns(weight, link.sizes()), bias: bias.to_vec() }
        });
        Ok(weights.collect())
    }

    /// Numbers of the pictures of one piece, where there are `batch` of them.
    fn piece(&self, batch: usize) -> usize {
        batch.div_ceil(MOST_PIECES).max(FEWEST_IN_A_PIECE) * self.links[0].window.size()
    }

    /// What some pictures become in each link.
    fn forward(&self, weights: &[Weights], pictures: &[f32]) -> Vec<Vec<f32>> {
        let mut lived: Vec<Vec<f32>> = Vec::with_capacity(self.links.len());
        for (link, Weights { columns, bias }) in self.links.iter().zip(weights) {
            let (patch, outputs) = (link.window.patch(), link.outputs);
            let patches = link.window.gather(lived.last().map_or(pictures, Vec::as_slice));
            let mut sums = vec![0.0; patches.len() / patch * outputs];
            multiply(Matrix::of_rows(&patches, patch), Matrix::of_rows(columns, outputs), &mut sums, Workers::One);
            squash(&mut sums, bias);
            lived.push(sums);
        }
        lived
    }

    /// The gradients by pictures (empty where there is no way back) and by parameters, these in the order of patches.
    fn backward(&self, weights: &[Weights], pictures: &[f32], lived: &[Vec<f32>], slopes: &[f32]) -> [Vec<f32>; 2] {
        let mut gradient = vec![0.0; self.links.iter().map(Link::parameters).sum()];
        let (mut end, mut slopes) = (gradient.len(), slopes.to_vec());
        for (index, (link, Weights { columns, .. })) in self.links.iter().zip(weights).enumerate().rev() {
            let (patch, outputs) = (link.window.patch(), link.outputs);
            let own = &mut gradient[end - link.parameters()..end];
            end -= link.parameters();
            let (weight_slopes, bias_slopes) = own.split_at_mut(link.weights());
            unsquash(&mut slopes, &lived[index], bias_slopes);
            let mut patches = link.window.gather(index.checked_sub(1).map_or(pictures, |before| &lived[before]));
            let own_slopes = Matrix::of_rows(&slopes, outputs);
            multiply(Matrix::of_rows(&patches, patch).transposed(), own_slopes, weight_slopes, Workers::One);
            if index == 0 && !self.has_way_back {
                return [Vec::new(), gradient];
            }
            // The patches themselves are not needed any more.
            multiply(own_slopes, Matrix::of_rows(columns, outputs).transposed(), &mut patches, Workers::One);
            slopes = link.window.scatter(&patches);
        }
        [slopes, gradient]
    }

    /// Gradients by parameters from the order of patches to that of candle-nn.
    fn unpacked(&self, gradient: &[f32]) -> Vec<f32> {
        let mut left = gradient;
        let mut packed = Vec::with_capacity(gradient.len());
        for link in &self.links {
            let (own, others) = left.split_at(link.parameters());
            left = others;
            let (weight, bias) = own.split_at(link.weights());
            packed.extend(as_kernels(weight, link.sizes()));
            packed.extend_from_slice(bias);
        }
        packed
    }
}

impl CustomOp2 for Chain {
    fn name(&self) -> &'static str {
        "convolutions"
    }

    fn cpu_fwd(
        &self,
        pictures: &CpuStorage,
        pictures_at: &Layout,
        packed: &CpuStorage,
        packed_at: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (pictures, batch) = (values_of(pictures, pictures_at)?, pictures_at.dims()[0]);
        let weights = self.weights(values_of(packed, packed_at)?)?;
        let pieces = pictures.par_chunks(self.piece(batch)).map(|pictures| self.forward(&weights, pictures));
        let pieces: Vec<_> = pieces.collect();
        let found: Vec<f32> = pieces.iter().filter_map(|lived| lived.last()).flatten().copied().collect();
        *self.lived.lock().unwrap_or_else(PoisonError::into_inner) = Some(Lived { weights, pieces });
        let Some(Link { window, outputs }) = self.links.last() else { bail!("expected a convolution, found none") };
        let [height, width] = window.places;
        Ok((CpuStorage::F32(found), (batch, height, width, *outputs).into()))
    }

    fn bwd(
        &self,
        pictures: &Tensor,
        packed: &Tensor,
        found: &Tensor,
        slopes: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let lived = self.lived.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Lived { weights, pieces }) = lived else {
            bail!("the backward pass of convolutions can run once only")
        };
        let batch = pictures.dim(0)?;
        let piece = self.piece(batch);
        let slopes_of_a_piece = piece / self.links[0].window.size() * (found.elem_count() / batch);
        let gradients: Vec<_> = with_values(pictures, |pictures| {
            with_values(&slopes.contiguous()?, |slopes| {
                let pieces = pictures.par_chunks(piece).zip(slopes.par_chunks(slopes_of_a_piece)).zip(&pieces);
                let backward =
                    |((pictures, slopes), lived): ((&_, &_), &Vec<_>)| self.backward(&weights, pictures, lived, slopes);
                Ok(pieces.map(backward).collect())
            })
        })?;
        let mut total = vec![0.0; packed.elem_count()];
        for [_, gradient] in &gradients {
            total.iter_mut().zip(gradient).for_each(|(total, value)| *total += value);
        }
        let packed_slopes = Tensor::from_vec(self.unpacked(&total), packed.dims(), packed.device())?;
        let picture_slopes = match self.has_way_back {
            true => {
                let slopes: Vec<f32> = gradients.into_iter().flat_map(|[slopes, _]| slopes).collect();
                Some(Tensor::from_vec(slopes, pictures.dims(), pictures.device())?)
            }
            false => None,
        };
        Ok((picture_slopes, Some(packed_slopes)))
    }
}
