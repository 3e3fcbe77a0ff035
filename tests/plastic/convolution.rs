//! Convolutions as one operation are the layers of candle-nn, forward and backward.

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{Conv2d, Conv2dConfig, Module as _};
use hebbscope::data::{Generator, Stream};
use hebbscope::plastic::convolution::{convolved, features};
use hebbscope::plastic::network::{Convolution, Part};
use hebbscope::plastic::{Init, Network, Parameters};

/// Convolutions of these channels, the same kernel and stride for all.
fn network(channels: &[usize], kernel: usize, stride: usize) -> Network {
    let part = |(index, pair): (usize, &[usize])| {
        let (name, inputs, outputs) = (format!("conv{index}").into(), pair[0], pair[1]);
        Part::Convolution(Convolution { name, inputs, outputs, kernel, stride })
    };
    Network::new(channels.windows(2).enumerate().map(part).collect())
}

fn parameters(network: &Network, generator: &mut Generator) -> Parameters {
    Parameters::new(&network.specifications(|_| Init::Normal(0.1)), generator).unwrap()
}

fn pictures(generator: &mut Generator, shape: [usize; 4]) -> Var {
    let values = Init::Normal(0.3).draw(shape.iter().product(), generator);
    Var::from_tensor(&Tensor::from_vec(values, &shape, &Device::Cpu).unwrap()).unwrap()
}

/// The slow twin: candle-nn's layers one after another, channels first.
fn twin(network: &Network, parameters: &Parameters, pictures: &Tensor) -> Result<Tensor> {
    let mut found = pictures.permute((0, 3, 1, 2))?.contiguous()?;
    for Convolution { name, stride, .. } in network.convolutions() {
        let [weight, bias] =
            ["weight", "bias"].map(|which| parameters.get(&format!("{name}.{which}")).unwrap().clone());
        let config = Conv2dConfig { stride: *stride, ..Conv2dConfig::default() };
        found = Conv2d::new(weight, Some(bias), config).forward(&found)?.tanh()?;
    }
    found.permute((0, 2, 3, 1))?.contiguous()
}

/// From pictures to what the convolutions of a network make of them.
type Forward = fn(&Network, &Parameters, &Tensor) -> Result<Tensor>;

fn values(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
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
        let pictures = pictures(&mut generator, [batch, side, side, channels[0]]);
        let network = network(channels, kernel, stride);
        let parameters = parameters(&network, &mut generator);
        let ways: [Forward; 2] = [convolved, twin];
        let [ours, theirs] = ways.map(|forward| {
            let output = forward(&network, &parameters, pictures.as_tensor()).unwrap();
            // Every output has a gradient of its own.
            let slopes: Vec<f32> = (0..output.elem_count()).map(|at| (at as f32 * 0.37).sin()).collect();
            let slopes = Tensor::from_vec(slopes, output.dims(), &Device::Cpu).unwrap();
            let graph = (&output * slopes).unwrap().sum_all().unwrap().backward().unwrap();
            let gradient = |var: &Var| values(graph.get(var.as_tensor()).unwrap());
            let gradients = [&pictures].into_iter().chain(parameters.iter().map(|(_, var)| var)).map(gradient);
            (output.dims().to_vec(), values(&output), gradients.collect::<Vec<_>>())
        });
        assert_eq!(ours.0, theirs.0);
        let compare = |what: &str, ours: &[f32], theirs: &[f32]| {
            assert_eq!(ours.len(), theirs.len());
            let scale = theirs.iter().fold(1e-3f32, |scale, value| scale.max(value.abs()));
            for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                assert!((ours - theirs).abs() < 3e-5 * scale, "{what}[{at}] of {side}: {ours}, not {theirs}");
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
    let pictures = pictures(&mut generator, [2, 5, 5, 3]);
    let network = network(&[3, 4, 2], 3, 1);
    let parameters = parameters(&network, &mut generator);
    let gradients = [pictures.as_tensor().clone(), pictures.as_tensor().detach()].map(|pictures| {
        let found = convolved(&network, &parameters, &pictures).unwrap();
        let graph = found.sqr().unwrap().sum_all().unwrap().backward().unwrap();
        assert_eq!(graph.get(&pictures).is_some(), pictures.track_op());
        parameters.iter().map(|(_, var)| values(graph.get(var.as_tensor()).unwrap())).collect::<Vec<_>>()
    });
    assert_eq!(gradients[0], gradients[1]);
}

#[test]
fn pictures_that_are_too_small_or_end_as_several_pixels_are_refused() {
    let network = network(&[1, 2, 2], 3, 2);
    let parameters = parameters(&network, &mut Generator::new(9, Stream::Training));
    let found = |side: usize| {
        let pictures = Tensor::zeros((4, side, side, 1), DType::F32, &Device::Cpu).unwrap();
        let found = features(&network, &parameters, &pictures);
        found.map(|features| features.dims().to_vec()).map_err(|error| error.to_string())
    };
    assert_eq!(found(7).unwrap(), [4, 2]);
    let refused = [5, 11].map(|side| found(side).unwrap_err());
    assert!(refused[0].contains("at least 3×3 pixels, found 2×2"), "{refused:?}");
    assert!(refused[1].contains("2×2 pixels"), "{refused:?}");
}
