//! The soft-max over many words: against Candle's own operations, and against finite differences.

use candle_core::{Device, Tensor, Var};
use hebbscope::data::{Generator, Stream};
use hebbscope::plastic::soft_max::{by_candle, negative_log_likelihoods};

const ROWS: usize = 37;
const WIDTH: usize = 11;
const WORDS: usize = 203;

struct Drawn {
    features: Var,
    weight: Var,
    bias: Var,
    targets: Vec<u32>,
}

fn drawn(reach: f32) -> Drawn {
    let mut generator = Generator::new(3, Stream::Training);
    let mut var = |shape: &[usize]| {
        let values = generator.uniform(shape.iter().product(), [-reach, reach]);
        Var::from_tensor(&Tensor::from_vec(values, shape, &Device::Cpu).unwrap()).unwrap()
    };
    let [features, weight, bias] = [&[ROWS, WIDTH][..], &[WIDTH, WORDS], &[WORDS]].map(&mut var);
    Drawn { features, weight, bias, targets: (0..ROWS as u32).map(|row| row * 29 % WORDS as u32).collect() }
}

fn flat(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

#[test]
fn losses_and_gradients_are_those_of_the_slow_twin() {
    for reach in [0.1, 1.0, 8.0] {
        let Drawn { features, weight, bias, targets } = drawn(reach);
        let scales: Vec<f32> = (0..ROWS).map(|row| 0.2 + row as f32 / 30.0).collect();
        let scales = Tensor::from_vec(scales, ROWS, &Device::Cpu).unwrap();
        let close = |name: &str, found: &Tensor, expected: &Tensor| {
            let (found, expected) = (flat(found), flat(expected));
            let scale = expected.iter().fold(1e-6f32, |scale, value| scale.max(value.abs()));
            for (found, expected) in found.iter().zip(&expected) {
                assert!((found - expected).abs() <= 2e-5 * scale, "{name} has {found}, not {expected}, reach {reach}");
            }
        };
        let fast = negative_log_likelihoods(&features, &weight, &bias, &targets).unwrap();
        let slow = by_candle(&features, &weight, &bias, &targets).unwrap();
        close("the loss", &fast, &slow);
        let [fast, slow] =
            [fast, slow].map(|losses| (losses * &scales).unwrap().sum_all().unwrap().backward().unwrap());
        for (name, var) in [("features", &features), ("weight", &weight), ("bias", &bias)] {
            close(name, fast.get(var).unwrap(), slow.get(var).unwrap());
        }
    }
}

#[test]
fn a_word_that_is_surely_wrong_has_a_finite_loss_and_what_does_not_fit_is_refused() {
    let device = Device::Cpu;
    let features = Tensor::new(&[[1.0f32]], &device).unwrap();
    let weight = Tensor::new(&[[500.0f32, 0.0, -500.0]], &device).unwrap();
    let bias = Tensor::zeros(3, candle_core::DType::F32, &device).unwrap();
    assert_eq!(flat(&negative_log_likelihoods(&features, &weight, &bias, &[2]).unwrap()), [1000.0]);
    assert_eq!(flat(&negative_log_likelihoods(&features, &weight, &bias, &[0]).unwrap()), [0.0]);
    let refused =
        |targets: &[u32]| negative_log_likelihoods(&features, &weight, &bias, targets).unwrap_err().to_string();
    assert!(refused(&[3]).contains("expected one of 3 words, found number 3"));
    assert!(refused(&[0, 1]).contains("R words"));
}
