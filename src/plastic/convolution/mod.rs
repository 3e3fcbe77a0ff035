//! Pictures become features: the convolutions before a plastic layer (*Differentiable plasticity*, section 4.4).
//!
//! Parameters and meaning are those of candle-nn's `Conv2d` with tanh after each. On the CPU the whole chain is one
//! operation: the patches that a kernel sees side by side, one matrix product, bias and tanh, and the same backwards.
//! Elsewhere candle-nn's layers are used as they are.
//!
//! | file | subject |
//! |---|---|
//! | here | the convolutions of a network |
//! | `operation` | the chain as an operation in Candle's graph |
//! | `patches` | what a kernel sees, side by side, and the way back |
//! | `squash` | bias and tanh, and the way back |

mod operation;
mod patches;
mod squash;

use super::network::{Convolution, Network};
use super::parameters::Parameters;
use candle_core::{Result, Tensor, bail};
use candle_nn::{Conv2d, Conv2dConfig, Module as _, conv2d};
use operation::{Chain, Link};
use patches::Window;

/// What the convolutions of `network` find in pictures, `[B, side, side, channels]`: features, `[B, F]`, part of the graph
/// of `parameters`.
///
/// # Errors
/// When a parameter is missing or misshapen, the pictures do not end as one pixel, or the device fails.
pub fn features(network: &Network, parameters: &Parameters, pictures: &Tensor) -> Result<Tensor> {
    let builder = parameters.builder();
    let layers = network.convolutions().map(|Convolution { name, inputs, outputs, kernel, stride }| {
        let config = Conv2dConfig { stride: *stride, ..Conv2dConfig::default() };
        conv2d(*inputs, *outputs, *kernel, config, builder.pp(name))
    });
    let layers = layers.collect::<Result<Vec<Conv2d>>>()?;
    let found = match pictures.device().is_cpu() {
        true => on_the_cpu(&layers, pictures)?,
        false => elsewhere(&layers, pictures)?,
    };
    let (batch, height, width, features) = found.dims4()?;
    match [height, width] {
        [1, 1] => found.reshape((batch, features)),
        _ => bail!("the convolutions leave {height}×{width} pixels of {:?}, expected one", pictures.dims()),
    }
}

/// The layers as one operation of ours.
fn on_the_cpu(layers: &[Conv2d], pictures: &Tensor) -> Result<Tensor> {
    let (batch, height, width, channels) = pictures.dims4()?;
    if batch == 0 || layers.is_empty() {
        bail!("expected pictures and convolutions, found {batch} and {}", layers.len());
    }
    let (mut picture, mut links, mut parameters) = ([height, width, channels], Vec::new(), Vec::new());
    for layer in layers {
        let (outputs, inputs, kernel, _) = layer.weight().dims4()?;
        let Some(bias) = layer.bias() else { bail!("expected a convolution with a bias, found one without") };
        if inputs != picture[2] {
            bail!("expected pictures of {inputs} channels, found {}", picture[2]);
        }
        let window = Window::new(picture, kernel, layer.config().stride)?;
        picture = [window.places[0], window.places[1], outputs];
        links.push(Link { window, outputs });
        parameters.extend([layer.weight().flatten_all()?, bias.clone()]);
    }
    let chain = Chain::new(links, pictures.track_op());
    pictures.contiguous()?.apply_op2(&Tensor::cat(&parameters, 0)?, chain)
}

/// The layers as candle-nn has them, whose pictures have their channels first.
fn elsewhere(layers: &[Conv2d], pictures: &Tensor) -> Result<Tensor> {
    let first = pictures.permute((0, 3, 1, 2))?.contiguous()?;
    let found = layers.iter().try_fold(first, |found, layer| layer.forward(&found)?.tanh())?;
    found.permute((0, 2, 3, 1))?.contiguous()
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

    /// Layers of these channels, the same kernel and stride for all.
    fn layers(generator: &mut Generator, channels: &[usize], kernel: usize, stride: usize) -> (Vec<Conv2d>, Vec<Var>) {
        let config = Conv2dConfig { stride, ..Conv2dConfig::default() };
        let (mut layers, mut vars) = (Vec::new(), Vec::new());
        for pair in channels.windows(2) {
            let own = [tensor(generator, &[pair[1], pair[0], kernel, kernel]), tensor(generator, &[pair[1]])];
            layers.push(Conv2d::new(own[0].as_tensor().clone(), Some(own[1].as_tensor().clone()), config));
            vars.extend(own);
        }
        (layers, vars)
    }

    #[test]
    fn one_operation_is_the_layers_of_candle_nn_forward_and_backward() {
        // Channels and sides that fill no vector, kernels that leave a rim over, pieces that are full and not.
        let cases: [(usize, usize, &[usize], usize, usize); 5] = [
            (3, 31, &[1, 64, 64, 64, 64], 3, 2),
            (2, 15, &[64, 64], 3, 2),
            (5, 8, &[3, 5], 3, 2),
            (2, 7, &[2, 17], 2, 3),
            (43, 9, &[4, 6, 3], 2, 1),
        ];
        for (batch, side, channels, kernel, stride) in cases {
            let mut generator = Generator::new(7, Stream::Training);
            let pictures = tensor(&mut generator, &[batch, side, side, channels[0]]);
            let (layers, vars) = layers(&mut generator, channels, kernel, stride);
            let ways: [fn(&[Conv2d], &Tensor) -> Result<Tensor>; 2] = [on_the_cpu, elsewhere];
            let [ours, theirs] = ways.map(|forward| {
                let output = forward(&layers, pictures.as_tensor()).unwrap();
                // Every output has a gradient of its own.
                let slopes: Vec<f32> = (0..output.elem_count()).map(|at| (at as f32 * 0.37).sin()).collect();
                let slopes = Tensor::from_vec(slopes, output.dims(), &Device::Cpu).unwrap();
                let graph = (&output * slopes).unwrap().sum_all().unwrap().backward().unwrap();
                let gradient = |var: &Var| values(graph.get(var.as_tensor()).unwrap());
                let gradients = [&pictures].into_iter().chain(&vars).map(gradient);
                (output.dims().to_vec(), values(&output), gradients.collect::<Vec<_>>())
            });
            assert_eq!(ours.0, theirs.0);
            let compare = |what: &str, ours: &[f32], theirs: &[f32]| {
                assert_eq!(ours.len(), theirs.len());
                let scale = theirs.iter().fold(1e-3f32, |scale, value| scale.max(value.abs()));
                for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                    assert!((ours - theirs).abs() < 1e-5 * scale, "{what}[{at}] of {side}: {ours}, not {theirs}");
                }
            };
            compare("output", &ours.1, &theirs.1);
            for (index, (ours, theirs)) in ours.2.iter().zip(&theirs.2).enumerate() {
                compare(&format!("gradient {index}"), ours, theirs);
            }
        }
    }

    #[test]
    fn pictures_that_nobody_learns_have_no_gradient_and_change_none() {
        let mut generator = Generator::new(8, Stream::Training);
        let pictures = tensor(&mut generator, &[2, 5, 5, 3]);
        let (layers, vars) = layers(&mut generator, &[3, 4, 2], 3, 1);
        let gradients = [pictures.as_tensor().clone(), pictures.as_tensor().detach()].map(|pictures| {
            let found = on_the_cpu(&layers, &pictures).unwrap();
            let graph = found.sqr().unwrap().sum_all().unwrap().backward().unwrap();
            assert_eq!(graph.get(&pictures).is_some(), pictures.track_op());
            vars.iter().map(|var| values(graph.get(var.as_tensor()).unwrap())).collect::<Vec<_>>()
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
