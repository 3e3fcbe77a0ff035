//! Words become vectors: rows of a matrix.

use super::direct::{Direct, Rows, Store};
use super::parameters::Parameters;
use super::values::values_of;
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

/// The vectors of `words`, `[R, width]`: rows of the parameter `NAME.weight`, whose gradient is
/// [handed over](super::direct).
///
/// # Errors
/// When there is no such parameter, a word is none of its rows, or the device fails.
pub fn vectors(parameters: &Parameters, name: &str, words: &[u32]) -> Result<Tensor> {
    let name = format!("{name}.weight");
    let weight = parameters.get(&name)?;
    let known = weight.dims2()?.0;
    if let Some(word) = words.iter().find(|word| **word as usize >= known) {
        bail!("expected one of {known} words, found number {word}");
    }
    if !weight.device().is_cpu() {
        return weight.index_select(&Tensor::new(words, weight.device())?, 0);
    }
    weight.apply_op1(Vectors { words: words.to_vec(), name, store: parameters.direct() })
}

struct Vectors {
    words: Vec<u32>,
    name: String,
    store: Store,
}

impl CustomOp1 for Vectors {
    fn name(&self) -> &'static str {
        "vectors-of-words"
    }

    fn cpu_fwd(&self, weight: &CpuStorage, weight_at: &Layout) -> Result<(CpuStorage, Shape)> {
        let (weight, width) = (values_of(weight, weight_at)?, weight_at.dims()[1]);
        let vectors = self.words.iter().flat_map(|word| &weight[*word as usize * width..][..width]).copied();
        Ok((CpuStorage::F32(vectors.collect()), (self.words.len(), width).into()))
    }

    fn bwd(&self, _weight: &Tensor, _vectors: &Tensor, outer: &Tensor) -> Result<Option<Tensor>> {
        let outer: Vec<f32> = outer.flatten_all()?.to_vec1()?;
        self.store.put(&self.name, Direct::Rows(Rows::summed(&self.words, &outer)))?;
        Ok(None)
    }
}
