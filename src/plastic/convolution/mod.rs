//! Pictures become features: the convolutions before a plastic layer (*Differentiable plasticity*, section 4.4).
//!
//! Parameters and meaning are those of candle-nn's `Conv2d` with tanh after it. On the CPU each layer is one operation:
//! the patches that a kernel sees side by side, one matrix product, bias and tanh, and the same backwards. Candle's own
//! convolution takes most of an iteration in its backward pass, and its tanh most of the rest (`hebbscope bench
//! convolution` has the numbers). Elsewhere candle-nn's layer is used as it is.
//!
//! | file | subject |
//! |---|---|
//! | here | the chain of a network's convolutions |
//! | `operation` | one of them as an operation in Candle's graph |
//! | `patches` | what a kernel sees, side by side, and the way back |
//! | `squash` | bias and tanh, and the way back |

mod operation;
mod patches;
mod squash;

use super::network::{Convolution, Network};
use super::parameters::Parameters;
use candle_core::{Result, Tensor, bail};
use candle_nn::{Conv2d, Conv2dConfig, Module as _, VarBuilder, conv2d};
use operation::Operation;
use patches::Window;

/// What the convolutions of `network` find in pictures, `[B, side, side, channels]`: features, `[B, F]`, part of the graph
/// of `parameters`.
///
/// # Errors
/// When a parameter is missing or misshapen, the pictures do not end as one pixel, or the device fails.
pub fn features(network: &Network, parameters: &Parameters, pictures: &Tensor) -> Result<Tensor> {
    let (builder, mut found) = (parameters.builder(), pictures.clone());
    for convolution in network.convolutions() {
        found = forward(convolution, &builder.pp(&convolution.name), &found)?;
    }
    let (batch, height, width, features) = found.dims4()?;
    match [height, width] {
        [1, 1] => found.reshape((batch, features)),
        _ => bail!("the convolutions leave {height}×{width} pixels of {:?}, expected one", pictures.dims()),
    }
}

/// One convolution and tanh: from `[B, H, W, inputs]` to `[B, H′, W′, outputs]`.
fn forward(convolution: &Convolution, builder: &VarBuilder<'_>, pictures: &Tensor) -> Result<Tensor> {
    let Convolution { inputs, outputs, kernel, stride, .. } = *convolution;
    let layer = conv2d(inputs, outputs, kernel, Conv2dConfig { stride, ..Conv2dConfig::default() }, builder.clone())?;
    match pictures.device().is_cpu() {
        true => on_the_cpu(&layer, pictures),
        false => elsewhere(&layer, pictures),
    }
}

/// The layer as one operation of ours.
fn on_the_cpu(layer: &Conv2d, pictures: &Tensor) -> Result<Tensor> {
    let (_, _, kernel, _) = layer.weight().dims4()?;
    let Some(bias) = layer.bias() else { bail!("expected a convolution with a bias, found one without") };
    let window = Window::new(pictures.dims(), kernel, layer.config().stride)?;
    let operation = Operation::new(window, pictures.track_op());
    pictures.contiguous()?.apply_op3(layer.weight(), bias, operation)
}

/// The layer as candle-nn has it, whose pictures have their channels first.
fn elsewhere(layer: &Conv2d, pictures: &Tensor) -> Result<Tensor> {
    layer.forward(&pictures.permute((0, 3, 1, 2))?.contiguous()?)?.tanh()?.permute((0, 2, 3, 1))?.contiguous()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Generator, Stream};
    use crate::plastic::Init;
    use candle_core::{Device, Var};
    use std::collections::HashMap;

    fn tensor(generator: &mut Generator, shape: &[usize]) -> Var {
        let values = Init::Normal(0.3).draw(shape.iter().product(), generator);
        Var::from_tensor(&Tensor::from_vec(values, shape, &Device::Cpu).unwrap()).unwrap()
    }

    fn values(tensor: &Tensor) -> Vec<f32> {
        tensor.flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn one_operation_is_the_layer_of_candle_nn_forward_and_backward() {
        // Channels and sides that fill no vector, a kernel that leaves a rim over, more rows than a piece holds.
        for (batch, side, [inputs, outputs], kernel, stride) in [
            (3, 31, [1, 64], 3, 2),
            (2, 15, [64, 64], 3, 2),
            (5, 8, [3, 5], 3, 2),
            (2, 7, [2, 17], 2, 3),
            (40, 9, [4, 6], 1, 1),
        ] {
            let mut generator = Generator::new(7, Stream::Training);
            let pictures = tensor(&mut generator, &[batch, side, side, inputs]);
            let weight = tensor(&mut generator, &[outputs, inputs, kernel, kernel]);
            let bias = tensor(&mut generator, &[outputs]);
            let config = Conv2dConfig { stride, ..Conv2dConfig::default() };
            let layer = Conv2d::new(weight.as_tensor().clone(), Some(bias.as_tensor().clone()), config);
            let outputs: [fn(&Conv2d, &Tensor) -> Result<Tensor>; 2] = [on_the_cpu, elsewhere];
            let [ours, theirs] = outputs.map(|forward| {
                let output = forward(&layer, pictures.as_tensor()).unwrap();
                // Every output has a gradient of its own.
                let slopes: Vec<f32> = (0..output.elem_count()).map(|at| (at as f32 * 0.37).sin()).collect();
                let slopes = Tensor::from_vec(slopes, output.dims(), &Device::Cpu).unwrap();
                let graph = (&output * slopes).unwrap().sum_all().unwrap().backward().unwrap();
                let gradients = [&pictures, &weight, &bias].map(|var| values(graph.get(var.as_tensor()).unwrap()));
                (output.dims().to_vec(), values(&output), gradients)
            });
            assert_eq!(ours.0, theirs.0);
            let compare = |what: &str, ours: &[f32], theirs: &[f32]| {
                let scale = theirs.iter().fold(1e-3f32, |scale, value| scale.max(value.abs()));
                for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                    assert!((ours - theirs).abs() < 1e-5 * scale, "{what}[{at}] of {side}: {ours}, not {theirs}");
                }
            };
            compare("output", &ours.1, &theirs.1);
            for (index, what) in ["pictures", "weight", "bias"].iter().enumerate() {
                compare(what, &ours.2[index], &theirs.2[index]);
            }
        }
    }

    #[test]
    fn pictures_that_nobody_learns_have_no_gradient_and_change_none() {
        let mut generator = Generator::new(8, Stream::Training);
        let (pictures, weight) = (tensor(&mut generator, &[2, 5, 5, 3]), tensor(&mut generator, &[4, 3, 3, 3]));
        let bias = tensor(&mut generator, &[4]);
        let config = Conv2dConfig { stride: 2, ..Conv2dConfig::default() };
        let layer = Conv2d::new(weight.as_tensor().clone(), Some(bias.as_tensor().clone()), config);
        let gradients = [pictures.as_tensor().clone(), pictures.as_tensor().detach()].map(|pictures| {
            let graph = on_the_cpu(&layer, &pictures).unwrap().sqr().unwrap().sum_all().unwrap().backward().unwrap();
            assert_eq!(graph.get(&pictures).is_some(), pictures.track_op());
            [&weight, &bias].map(|var| values(graph.get(var.as_tensor()).unwrap()))
        });
        assert_eq!(gradients[0], gradients[1]);
    }

    #[test]
    fn pictures_that_are_too_small_or_end_as_several_pixels_are_refused() {
        let convolution =
            |name: &'static str, inputs| Convolution { name: name.into(), inputs, outputs: 2, kernel: 3, stride: 2 };
        let network = Network::new(
            [("first", 1), ("second", 2)]
                .map(|(name, inputs)| super::super::network::Part::Convolution(convolution(name, inputs)))
                .into(),
        );
        let mut generator = Generator::new(9, Stream::Training);
        let parameters = Parameters::new(&network.specifications(|_| Init::Normal(0.3)), &mut generator).unwrap();
        let found = |side: usize| {
            let pictures = Tensor::zeros((4, side, side, 1), candle_core::DType::F32, &Device::Cpu).unwrap();
            features(&network, &parameters, &pictures)
                .map(|features| features.dims().to_vec())
                .map_err(|error| error.to_string())
        };
        assert_eq!(found(7).unwrap(), [4, 2]);
        let refused: HashMap<usize, String> = [5, 11].map(|side| (side, found(side).unwrap_err())).into();
        assert!(refused[&5].contains("at least 3×3"), "{refused:?}");
        assert!(refused[&11].contains("2×2 pixels"), "{refused:?}");
    }
}
