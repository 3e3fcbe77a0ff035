//! Parameters from specifications, and candle-nn's own layers over them.

use candle_core::{Device, Tensor};
use candle_nn::{Linear, Module as _, linear};
use hebbscope::data::{Generator, Stream};
use hebbscope::plastic::direct::Direct;
use hebbscope::plastic::{AlphaKind, Init, Parameters, PlasticLayer, Plasticity, Rule, Specification, Writing};
use hebbscope::tasks::Optimiser;
use hebbscope::train::adam::Adam;
use hebbscope::train::gradients::clip_scale;
use std::collections::BTreeMap;

fn specification(name: &str, shape: &[usize], init: Init) -> Specification {
    Specification { name: name.into(), shape: shape.to_vec(), init }
}

/// A layer as candle-nn stores one: `[outputs, inputs]`.
fn layer() -> Vec<Specification> {
    let uniform = Init::Uniform([-0.5, 0.5]);
    vec![specification("read.weight", &[3, 4], uniform), specification("read.bias", &[3], uniform)]
}

fn drawn(specifications: &[Specification], seed: u64) -> Parameters {
    Parameters::new(specifications, &mut Generator::new(seed, Stream::Initialisation)).unwrap()
}

#[test]
fn first_values_are_drawn_in_order_and_as_specified() {
    let specifications = [
        specification("z", &[2, 500], Init::Normal(0.3)),
        specification("a", &[1000], Init::Uniform([2.0, 3.0])),
        specification("eta", &[1], Init::Constant(0.01)),
    ];
    let parameters = drawn(&specifications, 1);
    let [z, a, eta] = ["z", "a", "eta"].map(|name| parameters.values(name).unwrap());
    assert_eq!(parameters.get("z").unwrap().dims(), [2, 500]);
    let variance = z.iter().map(|value| value * value).sum::<f32>() / 1000.0;
    assert!((variance.sqrt() - 0.3).abs() < 0.03, "{variance}");
    assert!(a.iter().all(|value| (2.0..3.0).contains(value)) && (a.iter().sum::<f32>() / 1000.0 - 2.5).abs() < 0.05);
    assert_eq!(eta, [0.01]);
    // Their names, alphabetical in files, say nothing of the order of drawing.
    assert_eq!(drawn(&specifications[..1], 1).values("z").unwrap(), z);
    assert_ne!(drawn(&specifications[1..], 1).values("a").unwrap(), a);
}

#[test]
fn a_layer_of_candle_nn_learns_by_adam_and_is_saved() {
    let mut parameters = drawn(&layer(), 2);
    let input = Tensor::from_vec(Generator::new(1, Stream::Training).normal(32, 1.0), (8, 4), &Device::Cpu).unwrap();
    let wanted = Linear::new(Tensor::ones((3, 4), candle_core::DType::F32, &Device::Cpu).unwrap(), None);
    let wanted = wanted.forward(&input).unwrap();
    let loss = |parameters: &Parameters| {
        let layer = linear(4, 3, parameters.builder().pp("read")).unwrap();
        (layer.forward(&input).unwrap() - &wanted).unwrap().sqr().unwrap().mean_all().unwrap()
    };
    let value = |parameters: &Parameters| loss(parameters).to_scalar::<f32>().unwrap();
    let before = value(&parameters);
    let mut adam = Adam::new(Optimiser { lr: 0.05, ..Optimiser::default() });
    for _ in 0..200 {
        let graph = loss(&parameters).backward().unwrap();
        let gradients: BTreeMap<String, Direct> = parameters
            .iter()
            .map(|(name, var)| (name.to_owned(), graph.get(var.as_tensor()).unwrap().clone().into()))
            .collect();
        adam.step(&mut parameters, &gradients, clip_scale(1.0, None)).unwrap();
    }
    let after = value(&parameters);
    assert!(after < 0.01 * before, "{before} became {after}");
    // What is saved is the same layer.
    let mut read = Parameters::default();
    for (name, array) in parameters.to_arrays().unwrap() {
        read.insert(&name, &array.shape, &array.values).unwrap();
    }
    assert_eq!(value(&read).to_bits(), after.to_bits());
}

#[test]
fn an_eta_that_is_missing_is_said_and_not_taken_for_zero() {
    let writing = Writing::Rule(Rule::Oja);
    let plasticity = Plasticity { alpha: AlphaKind::Yoked, writing };
    let layer = PlasticLayer { name: "head".into(), pre: 2, post: 3, delay: 0, plasticity };
    let error = layer.eta(&drawn(&[specification("head.w", &[2, 3], Init::Normal(1.0))], 1)).unwrap_err().to_string();
    assert!(error.contains("head.eta"), "{error}");
    assert_eq!(layer.eta(&drawn(&[specification("head.eta", &[1], Init::Constant(0.3))], 1)).unwrap(), 0.3);
}

#[test]
fn a_layer_that_is_not_there_is_not_made_and_one_that_does_not_fit_is_refused() {
    let parameters = drawn(&layer(), 3);
    let error =
        |inputs, outputs, name: &str| linear(inputs, outputs, parameters.builder().pp(name)).unwrap_err().to_string();
    assert!(error(5, 3, "read").contains("parameter read.weight has shape [3, 4], the layer needs [3, 5]"));
    assert!(error(4, 3, "write").contains("write.weight"));
    assert!(parameters.builder().pp("read").contains_tensor("bias"));
    assert!(!parameters.builder().contains_tensor("bias"));
}
