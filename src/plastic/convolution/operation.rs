//! A convolution with bias and tanh as one operation in Candle's graph, on the CPU.

use super::patches::{Window, as_columns, as_kernels};
use super::squash::{squash, unsquash};
use candle_core::backend::BackendStorage as _;
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Storage, Tensor, bail};
use std::sync::{Mutex, PoisonError};

/// tanh(pictures ∗ weight + bias), from `[B, H, W, inputs]` to `[B, H′, W′, outputs]`.
pub(super) struct Operation {
    window: Window,
    /// Whether anything that is learned lies behind the pictures.
    has_way_back: bool,
    /// The patches, from the forward pass to the backward one.
    patches: Mutex<Option<CpuStorage>>,
}

impl Operation {
    /// With this window; the gradient by the pictures is computed if it `has_way_back` to anything.
    pub(super) fn new(window: Window, has_way_back: bool) -> Self {
        Self { window, has_way_back, patches: Mutex::new(None) }
    }

    /// Outputs, inputs and the area of the kernel.
    fn sizes(&self, bias: usize) -> [usize; 3] {
        [bias, self.window.picture[2], self.window.kernel * self.window.kernel]
    }
}

/// The matrix product of `left`, `[m, k]`, and `right`, `[k, n]`, wherever their rows and columns lie.
fn product(left: &CpuStorage, left_at: &Layout, right: &CpuStorage, right_at: &Layout) -> Result<CpuStorage> {
    let ((m, k), (_, n)) = (left_at.shape().dims2()?, right_at.shape().dims2()?);
    left.matmul(right, (1, m, n, k), left_at, right_at)
}

/// A matrix whose rows follow each other.
fn rows(rows: usize, columns: usize) -> Layout {
    Layout::contiguous((rows, columns))
}

/// The transpose of such a matrix.
fn transposed(rows: usize, columns: usize) -> Layout {
    Layout::new((columns, rows).into(), vec![1, columns], 0)
}

fn values(storage: CpuStorage) -> Result<Vec<f32>> {
    match storage {
        CpuStorage::F32(values) => Ok(values),
        _ => bail!("expected a product of float32 values"),
    }
}

/// The values of a tensor that lies in one piece.
fn slice<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(values), Some((begin, end))) => Ok(&values[begin..end]),
        _ => bail!("expected contiguous float32 values"),
    }
}

/// A copy of the values of a tensor.
fn copied(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}

impl CustomOp3 for Operation {
    fn name(&self) -> &'static str {
        "convolution-tanh"
    }

    fn cpu_fwd(
        &self,
        pictures: &CpuStorage,
        pictures_at: &Layout,
        weight: &CpuStorage,
        weight_at: &Layout,
        bias: &CpuStorage,
        bias_at: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let bias = slice(bias, bias_at)?;
        let (outputs, count, patch) = (bias.len(), self.window.count(), self.window.patch());
        let weight = slice(weight, weight_at)?;
        if weight.len() != patch * outputs {
            bail!("a convolution of patches of {patch} numbers has {} weights for {outputs} outputs", weight.len());
        }
        let patches = CpuStorage::F32(self.window.gather(slice(pictures, pictures_at)?));
        let columns = CpuStorage::F32(as_columns(weight, self.sizes(outputs)));
        let mut sums = values(product(&patches, &rows(count, patch), &columns, &rows(patch, outputs))?)?;
        squash(&mut sums, bias);
        *self.patches.lock().unwrap_or_else(PoisonError::into_inner) = Some(patches);
        let [height, width] = self.window.places;
        Ok((CpuStorage::F32(sums), (self.window.batch, height, width, outputs).into()))
    }

    fn bwd(
        &self,
        pictures: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        output: &Tensor,
        output_grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let patches = self.patches.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(patches) = patches else { bail!("the backward pass of a convolution can run once only") };
        let (outputs, count, patch) = (bias.elem_count(), self.window.count(), self.window.patch());
        let (sizes, device) = (self.sizes(outputs), pictures.device());
        let mut slopes = copied(output_grad)?;
        let (storage, layout) = output.storage_and_layout();
        let Storage::Cpu(squashed) = &*storage else { bail!("expected a convolution on the CPU") };
        let bias_slopes = unsquash(&mut slopes, slice(squashed, layout)?, outputs);
        drop(storage);
        let slopes = CpuStorage::F32(slopes);

        let columns = product(&patches, &transposed(count, patch), &slopes, &rows(count, outputs))?;
        drop(patches);
        let weight_slopes = as_kernels(&values(columns)?, sizes);
        let picture_slopes = match self.has_way_back {
            true => {
                let columns = CpuStorage::F32(as_columns(&copied(weight)?, sizes));
                let patches = product(&slopes, &rows(count, outputs), &columns, &transposed(patch, outputs))?;
                let slopes = self.window.scatter(&values(patches)?);
                Some(Tensor::from_vec(slopes, pictures.dims(), device)?)
            }
            false => None,
        };
        Ok((
            picture_slopes,
            Some(Tensor::from_vec(weight_slopes, weight.dims(), device)?),
            Some(Tensor::from_vec(bias_slopes, outputs, device)?),
        ))
    }
}
