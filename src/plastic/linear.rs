//! Fully connected layers over many rows at once, on the CPU as one operation.
//!
//! Candle has a gradient by the rows whether or not anybody asks for it, and makes zeros for every gradient first. Here
//! products are dealt out to threads, what nobody asks for is left out, and gradients by parameters are
//! [handed over](super::direct). The numbers are those of candle-nn's layers, to the bit.

use super::direct::Sink;
use super::parameters::Parameters;
use super::product::{Matrix, Workers, multiply};
use super::values::{values_of, with_values};
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use candle_nn::Module as _;
use rayon::prelude::*;

/// Layers that read the same rows, `NAME.weight` `[I, O]` and `NAME.bias` `[O]` each: what they make of `rows`, `[R, I]`, side
/// by side, `[R, ΣO]`. Where the input `constant` is always one, bias and weights of it are the same thing and go together.
///
/// # Errors
/// When a parameter is missing, does not fit the rows, or the device fails.
pub fn linear(parameters: &Parameters, names: &[&str], rows: &Tensor, constant: Option<usize>) -> Result<Tensor> {
    let inputs = rows.dim(1)?;
    if !parameters.device().is_cpu() {
        return plain(parameters, names, rows, constant);
    }
    let mut layers = Vec::new();
    for name in names {
        let [weight, bias] = ["weight", "bias"].map(|part| format!("{name}.{part}"));
        let outputs = parameters.get(&bias)?.elem_count();
        let found = parameters.get(&weight)?.dims();
        if found != [inputs, outputs] {
            bail!("parameter {weight} has shape {found:?}, expected [{inputs}, {outputs}]");
        }
        layers.push(Layer { outputs, weight, bias });
    }
    let Some(first) = layers.first() else { bail!("expected one layer or more, found none") };
    let learned = parameters.get(&first.weight)?.clone();
    let outputs = layers.iter().map(|layer| layer.outputs).sum();
    let (mut weight, mut bias) = (vec![0.0; inputs * outputs], Vec::with_capacity(outputs));
    let mut at = 0;
    for layer in &layers {
        let values = parameters.values(&layer.weight)?;
        for (row, own) in weight.chunks_exact_mut(outputs).zip(values.chunks_exact(layer.outputs)) {
            row[at..at + layer.outputs].copy_from_slice(own);
        }
        bias.extend(parameters.values(&layer.bias)?);
        at += layer.outputs;
    }
    if let Some(row) = constant.and_then(|constant| weight.chunks_exact_mut(outputs).nth(constant)) {
        row.iter_mut().zip(&bias).for_each(|(weight, bias)| *weight += bias);
    }
    let is_asked = rows.track_op();
    let operation = Layers { layers, weight, bias, constant, is_asked, sink: parameters.sink() };
    rows.contiguous()?.apply_op2(&learned, operation)
}

/// The same as candle-nn has it, wherever the parameters are.
fn plain(parameters: &Parameters, names: &[&str], rows: &Tensor, constant: Option<usize>) -> Result<Tensor> {
    let all = |part: &str, dim: usize| -> Result<Tensor> {
        let parts = names.iter().map(|name| parameters.get(&format!("{name}.{part}")));
        Tensor::cat(&parts.collect::<Result<Vec<_>>>()?, dim)
    };
    let (weight, bias) = (all("weight", 1)?, all("bias", 0)?);
    let Some(constant) = constant else {
        return candle_nn::Linear::new(weight.t()?, Some(bias)).forward(rows);
    };
    let inputs = rows.dim(1)?;
    let place: Vec<f32> = (0..inputs).map(|input| if input == constant { 1.0 } else { 0.0 }).collect();
    let place = Tensor::from_vec(place, (inputs, 1), rows.device())?;
    let weight = (weight + place.matmul(&bias.unsqueeze(0)?)?)?;
    candle_nn::Linear::new(weight.t()?, None).forward(rows)
}

/// One of the layers.
struct Layer {
    outputs: usize,
    /// What its parameters are called.
    weight: String,
    bias: String,
}

struct Layers {
    layers: Vec<Layer>,
    /// Of all layers side by side, `[I, ΣO]`; that of what is always one has the bias in it.
    weight: Vec<f32>,
    /// `[ΣO]`.
    bias: Vec<f32>,
    constant: Option<usize>,
    /// Whether the gradient by the rows is asked for.
    is_asked: bool,
    sink: Sink,
}

impl Layers {
    /// Hands over the gradients by the parameters: by weights as `[I, ΣO]`, by biases as `[ΣO]`.
    fn hand_over(&self, by_weight: &[f32], by_bias: &[f32]) -> Result<()> {
        let (outputs, mut at) = (self.bias.len(), 0);
        for layer in &self.layers {
            let own = at..at + layer.outputs;
            let rows = by_weight.chunks_exact(outputs).flat_map(|row| &row[own.clone()]).copied().collect();
            self.sink.put(&layer.weight, &[by_weight.len() / outputs, layer.outputs], rows)?;
            self.sink.put(&layer.bias, &[layer.outputs], by_bias[own.clone()].to_vec())?;
            at = own.end;
        }
        Ok(())
    }
}

impl CustomOp2 for Layers {
    fn name(&self) -> &'static str {
        "fully-connected"
    }

    fn cpu_fwd(&self, rows: &CpuStorage, at: &Layout, _: &CpuStorage, _: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, outputs) = (Matrix::of_rows(values_of(rows, at)?, at.dims()[1]), self.bias.len());
        let mut made = vec![0.0; rows.rows() * outputs];
        multiply(rows, Matrix::of_rows(&self.weight, outputs), &mut made, Workers::All);
        if self.constant.is_none() {
            made.par_chunks_exact_mut(outputs).with_min_len(1024).for_each(|row| {
                row.iter_mut().zip(&self.bias).for_each(|(value, bias)| *value += bias);
            });
        }
        Ok((CpuStorage::F32(made), (rows.rows(), outputs).into()))
    }

    fn bwd(
        &self,
        rows: &Tensor,
        _learned: &Tensor,
        _made: &Tensor,
        outer: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (inputs, outputs) = (rows.dim(1)?, self.bias.len());
        let by_rows = with_values(&outer.contiguous()?, |outer| {
            let outer = Matrix::of_rows(outer, outputs);
            let mut by_weight = vec![0.0; inputs * outputs];
            with_values(rows, |rows| {
                multiply(Matrix::of_rows(rows, inputs).transposed(), outer, &mut by_weight, Workers::All);
                Ok(())
            })?;
            let by_bias = match self.constant {
                Some(constant) => by_weight[constant * outputs..][..outputs].to_vec(),
                None => outer.column_sums(),
            };
            self.hand_over(&by_weight, &by_bias)?;
            Ok(self.is_asked.then(|| {
                let mut by_rows = vec![0.0; outer.rows() * inputs];
                multiply(outer, Matrix::of_rows(&self.weight, outputs).transposed(), &mut by_rows, Workers::All);
                by_rows
            }))
        })?;
        Ok((by_rows.map(|by_rows| Tensor::from_vec(by_rows, rows.dims(), rows.device())).transpose()?, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plastic::direct::Slopes;
    use candle_core::Var;

    /// The same numbers as candle-nn's, forward and backward, for one layer and for two, with a constant input or without.
    #[test]
    fn layers_are_those_of_candle_to_the_bit() {
        let values = |count: usize, step: f32| -> Vec<f32> { (0..count).map(|at| (at as f32 * step).sin()).collect() };
        let mut parameters = Parameters::default();
        for (name, inputs, outputs) in [("input", 15, 100), ("policy", 15, 4), ("value", 15, 1)] {
            let (weight, bias) = (values(inputs * outputs, 0.7), values(outputs, 0.3));
            parameters.insert(&format!("{name}.weight"), &[inputs, outputs], &weight).unwrap();
            parameters.insert(&format!("{name}.bias"), &[outputs], &bias).unwrap();
        }
        let (count, constant) = (400, 3);
        let mut seen = values(count * 15, 1.3);
        seen.chunks_exact_mut(15).for_each(|row| row[constant] = 1.0);
        let rows = Var::from_tensor(&Tensor::from_vec(seen, (count, 15), parameters.device()).unwrap()).unwrap();
        for (names, constant) in [(&["input"][..], None), (&["input"], Some(constant)), (&["policy", "value"], None)] {
            let all = |made: &Tensor| {
                let loss = made.sqr().unwrap().sum_all().unwrap();
                let slopes = Slopes::of(&loss, &parameters).unwrap();
                let mut found = vec![made.flatten_all().unwrap().to_vec1::<f32>().unwrap()];
                found.push(slopes.by_tensor(rows.as_tensor()).unwrap().flatten_all().unwrap().to_vec1().unwrap());
                for name in names.iter().flat_map(|name| ["weight", "bias"].map(|part| format!("{name}.{part}"))) {
                    let parameter = parameters.get(&name).unwrap();
                    let slope = slopes.by(&name, parameter).unwrap().unwrap();
                    let slope = slope.whole(parameter.dims(), parameters.device()).unwrap();
                    found.push(slope.flatten_all().unwrap().to_vec1().unwrap());
                }
                found
            };
            let found = all(&linear(&parameters, names, rows.as_tensor(), constant).unwrap());
            let expected = all(&plain(&parameters, names, rows.as_tensor(), constant).unwrap());
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!(found, expected, "{names:?}, constant {constant:?}");
            }
        }
    }

    #[test]
    fn a_layer_that_does_not_fit_is_refused_in_a_sentence() {
        let mut parameters = Parameters::default();
        parameters.insert("input.weight", &[3, 2], &[0.0; 6]).unwrap();
        parameters.insert("input.bias", &[2], &[0.0; 2]).unwrap();
        let rows = Tensor::zeros((5, 4), candle_core::DType::F32, parameters.device()).unwrap();
        let problem = linear(&parameters, &["input"], &rows, None).unwrap_err().to_string();
        assert!(problem.contains("input.weight has shape [3, 2], expected [4, 2]"), "{problem}");
        assert!(linear(&parameters, &["output"], &rows, None).is_err());
    }
}
