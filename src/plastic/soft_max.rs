//! A linear layer and a soft-max over many words, and minus the log-likelihood of the right ones, as one operation in
//! Candle's graph.
//!
//! With ten thousand words this is nearly all of the work of a language model: three matrix products, of inputs and
//! weights forward, and of their slopes with either backward. The inputs of the soft-max are made once, and the slopes of
//! the losses by them, p − 1 for the right word and p for each other, take their place in memory.

use super::cpu::exp_of_negative;
use super::direct::{Direct, Store};
use super::parameters::Parameters;
use super::product::{Matrix, Workers, multiply};
use super::values::{values_of, with_values};
use candle_core::{CpuStorage, CustomOp3, D, Device, Layout, Result, Shape, Tensor, bail};
use candle_nn::ops::log_softmax;
use rayon::prelude::*;
use std::sync::{Mutex, PoisonError};

/// Sums along a row run in so many lanes, whatever the width of the machine's vectors.
const LANES: usize = 16;

/// So many sums over rows are made side by side.
const TOGETHER: usize = 2048;

/// −log p of the word that each of `targets` names, `[R]`, in nats: p = soft-max(features · weight + bias), where features
/// are `[R, N]`, the weight `[N, V]` and the bias `[V]`.
///
/// # Errors
/// When shapes do not fit, a target is none of the words, or the device fails.
pub fn negative_log_likelihoods(features: &Tensor, weight: &Tensor, bias: &Tensor, targets: &[u32]) -> Result<Tensor> {
    check(features, weight, bias, targets)?;
    if !features.device().is_cpu() {
        return by_candle(features, weight, bias, targets);
    }
    let operation = LogLikelihood { targets: targets.to_vec(), slopes: Mutex::new(None), sink: None };
    features.contiguous()?.apply_op3(&weight.contiguous()?, &bias.contiguous()?, operation)
}

fn check(features: &Tensor, weight: &Tensor, bias: &Tensor, targets: &[u32]) -> Result<()> {
    let ((rows, width), (inputs, words)) = (features.dims2()?, weight.dims2()?);
    if inputs != width || bias.dims() != [words] || targets.len() != rows {
        bail!(
            "expected features [R, N], a weight [N, V], a bias [V] and R words, found {:?}, {:?}, {:?} and {} words",
            features.dims(),
            weight.dims(),
            bias.dims(),
            targets.len()
        );
    }
    if let Some(target) = targets.iter().find(|target| **target as usize >= words) {
        bail!("expected one of {words} words, found number {target}");
    }
    Ok(())
}

/// The same with the parameters `LAYER.weight` and `LAYER.bias`, whose gradients are [handed over](super::direct).
///
/// # Errors
/// As [`negative_log_likelihoods`], and when there are no such parameters.
pub fn losses(parameters: &Parameters, layer: &str, features: &Tensor, targets: &[u32]) -> Result<Tensor> {
    let names = ["weight", "bias"].map(|which| format!("{layer}.{which}"));
    let (weight, bias) = (parameters.get(&names[0])?, parameters.get(&names[1])?);
    check(features, weight, bias, targets)?;
    if !features.device().is_cpu() {
        return by_candle(features, weight, bias, targets);
    }
    let sink = Some((parameters.direct(), names));
    let operation = LogLikelihood { targets: targets.to_vec(), slopes: Mutex::new(None), sink };
    features.contiguous()?.apply_op3(&weight.detach(), &bias.detach(), operation)
}

/// The same by Candle's own operations, on devices without a kernel of ours.
///
/// # Errors
/// When the device fails.
pub fn by_candle(features: &Tensor, weight: &Tensor, bias: &Tensor, targets: &[u32]) -> Result<Tensor> {
    let targets = Tensor::new(targets, features.device())?.unsqueeze(1)?;
    log_softmax(&features.matmul(weight)?.broadcast_add(bias)?, D::Minus1)?.gather(&targets, 1)?.squeeze(1)?.neg()
}

struct LogLikelihood {
    /// `[R]`.
    targets: Vec<u32>,
    /// From the forward pass to the backward one: slopes of each loss by the inputs of its soft-max, `[R, V]`.
    slopes: Mutex<Option<Vec<f32>>>,
    /// Where gradients by weight and bias are handed over, and what these are called; where there is none, they are part
    /// of the graph.
    sink: Option<(Store, [String; 2])>,
}

impl CustomOp3 for LogLikelihood {
    fn name(&self) -> &'static str {
        "negative-log-likelihoods"
    }

    fn cpu_fwd(
        &self,
        features: &CpuStorage,
        features_at: &Layout,
        weight: &CpuStorage,
        weight_at: &Layout,
        bias: &CpuStorage,
        bias_at: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let bias = values_of(bias, bias_at)?;
        let (rows, words) = (self.targets.len(), bias.len());
        let features = Matrix::of_rows(values_of(features, features_at)?, features_at.dims()[1]);
        let weight = Matrix::of_rows(values_of(weight, weight_at)?, words);
        let spare = self.sink.as_ref().and_then(|(store, _)| store.spare(rows * words));
        let mut inputs = spare.unwrap_or_else(|| vec![0.0; rows * words]);
        multiply(features, weight, &mut inputs, Workers::All);
        let rows = inputs.par_chunks_mut(words).zip(&self.targets);
        let loss =
            |(row, target): (&mut [f32], &u32)| pulp::Arch::new().dispatch(Row { row, bias, target: *target as usize });
        let losses: Vec<f32> = rows.map(loss).collect();
        *self.slopes.lock().unwrap_or_else(PoisonError::into_inner) = Some(inputs);
        let shape = Shape::from(losses.len());
        Ok((CpuStorage::F32(losses), shape))
    }

    fn bwd(
        &self,
        features: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        _losses: &Tensor,
        outer: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let slopes = self.slopes.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(inputs) = slopes else { bail!("the backward pass of a soft-max can run once only") };
        let (width, words) = weight.dims2()?;
        let slopes = Matrix::of_rows(&inputs, words);
        let outer: Vec<f32> = outer.to_vec1()?;
        let scale = |values: &mut [f32]| {
            let rows = values.chunks_exact_mut(width).zip(&outer);
            rows.for_each(|(row, outer)| row.iter_mut().for_each(|value| *value *= outer));
        };
        let mut by_features = vec![0.0; outer.len() * width];
        with_values(weight, |weight| {
            multiply(slopes, Matrix::of_rows(weight, words).transposed(), &mut by_features, Workers::All);
            Ok(())
        })?;
        scale(&mut by_features);
        let mut scaled = features.flatten_all()?.to_vec1()?;
        scale(&mut scaled);
        let mut by_weight = vec![0.0; width * words];
        multiply(Matrix::of_rows(&scaled, width).transposed(), slopes, &mut by_weight, Workers::All);
        let by_bias = weighted_sum(&inputs, &outer, words);
        let tensor = |values: Vec<f32>, of: &Tensor| Tensor::from_vec(values, of.dims(), &Device::Cpu);
        let by_features = tensor(by_features, features)?;
        let (by_weight, by_bias) = (tensor(by_weight, weight)?, tensor(by_bias, bias)?);
        match &self.sink {
            Some((store, names)) => {
                store.lay_by(inputs);
                let found = [by_weight, by_bias].map(Direct::Whole);
                for (name, found) in names.iter().zip(found) {
                    store.put(name, found)?;
                }
                Ok((Some(by_features), None, None))
            }
            None => Ok((Some(by_features), Some(by_weight), Some(by_bias))),
        }
    }
}

/// The sum of `rows` of so many numbers, each times its own of `weights`.
fn weighted_sum(rows: &[f32], weights: &[f32], width: usize) -> Vec<f32> {
    let mut sums = vec![0.0; width];
    sums.par_chunks_mut(TOGETHER).enumerate().for_each(|(piece, sums)| {
        for (row, weight) in rows.chunks_exact(width).zip(weights) {
            let row = &row[piece * TOGETHER..][..sums.len()];
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
        }
    });
    sums
}

/// One row of products becomes the slopes of its loss, which is returned.
struct Row<'a> {
    row: &'a mut [f32],
    bias: &'a [f32],
    target: usize,
}

impl pulp::WithSimd for Row<'_> {
    type Output = f32;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> f32 {
        let Self { row, bias, target } = self;
        let mut largest = [f32::NEG_INFINITY; LANES];
        for (inputs, bias) in row.chunks_mut(LANES).zip(bias.chunks(LANES)) {
            for ((input, bias), largest) in inputs.iter_mut().zip(bias).zip(&mut largest) {
                *input += bias;
                *largest = if *input > *largest { *input } else { *largest };
            }
        }
        let largest = largest.into_iter().fold(f32::NEG_INFINITY, f32::max);
        let right = row[target] - largest;
        let mut sums = [0.0f32; LANES];
        for inputs in row.chunks_mut(LANES) {
            for (input, sum) in inputs.iter_mut().zip(&mut sums) {
                *input = exp_of_negative(*input - largest);
                *sum += *input;
            }
        }
        let sum: f32 = sums.into_iter().sum();
        let share = 1.0 / sum;
        row.iter_mut().for_each(|input| *input *= share);
        row[target] -= 1.0;
        sum.ln() - right
    }
}
