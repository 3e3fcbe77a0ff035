//! Lifetimes of a plastic soft-max layer as one operation are those that it lives step by step: the same bits, the same
//! gradients.

use candle_core::{Device, Tensor, Var};
use hebbscope::plastic::head::{Head, HeadLifetimes, HeadOutput};
use hebbscope::plastic::network::{AlphaKind, Plasticity};
use hebbscope::plastic::{Alteration, Parameters, PlasticLayer, Rule, Writing};
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

const RULES: [Rule; 3] = [Rule::Decay, Rule::Oja, Rule::Clip { bound: 0.4 }];
const ALPHAS: [AlphaKind; 3] = [AlphaKind::Yoked, AlphaKind::PerNeuron, AlphaKind::Free];

/// Lifetimes at once, and steps of each.
const BATCH: usize = 3;
const STEPS: usize = 7;

/// A layer with numbers that matter, and what it hears.
struct Case {
    layer: PlasticLayer,
    parameters: Parameters,
    pre: Var,
    drive: Tensor,
    /// What every input and output of the soft-max counts in the loss.
    weights: Tensor,
}

fn case(rule: Rule, alpha: AlphaKind) -> Case {
    let plasticity = Plasticity { alpha, writing: Writing::Rule(rule) };
    let layer = PlasticLayer { name: "head".into(), pre: 9, post: 4, delay: 0, plasticity };
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(7);
    let mut values =
        |count: usize, reach: f32| -> Vec<f32> { (0..count).map(|_| generator.random_range(-reach..reach)).collect() };
    let mut parameters = Parameters::default();
    for (name, shape) in layer.shapes() {
        let count = shape.iter().product();
        let drawn = if name == "head.eta" { vec![0.35] } else { values(count, 0.8) };
        parameters.insert(&name, &shape, &drawn).unwrap();
    }
    let tensor = |values: Vec<f32>, shape: &[usize]| Tensor::from_vec(values, shape, &Device::Cpu).unwrap();
    let pre = Var::from_tensor(&tensor(values(STEPS * BATCH * 9, 1.0), &[STEPS, BATCH, 9])).unwrap();
    let drive = tensor(values(STEPS * BATCH * 4, 2.0), &[STEPS, BATCH, 4]);
    let weights = tensor(values(2 * STEPS * BATCH * 4, 1.0), &[2, STEPS, BATCH, 4]);
    Case { layer, parameters, pre, drive, weights }
}

impl Case {
    fn together(&self, traces: &[Vec<f32>], alterations: &[(usize, Alteration)]) -> candle_core::Result<HeadOutput> {
        let (layer, parameters) = (&self.layer, &self.parameters);
        let lifetimes = HeadLifetimes { layer, parameters, traces: traces.to_vec(), alterations: alterations.to_vec() };
        lifetimes.live(self.pre.as_tensor(), &self.drive)
    }

    fn stepwise(&self, traces: &[Vec<f32>], alterations: &[(usize, Alteration)]) -> HeadOutput {
        let mut head = match traces.is_empty() {
            true => Head::begin(&self.layer, &self.parameters, BATCH).unwrap(),
            false => Head::begin_from(&self.layer, &self.parameters, traces).unwrap(),
        };
        let (mut logits, mut post) = (Vec::new(), Vec::new());
        for step in 0..STEPS {
            for (_, alteration) in alterations.iter().filter(|(before, _)| *before == step) {
                head.alter(alteration).unwrap();
            }
            let output = head.step(&self.pre.get(step).unwrap(), &self.drive.get(step).unwrap()).unwrap();
            logits.push(output.logits);
            post.push(output.post);
        }
        HeadOutput { logits: Tensor::stack(&logits, 0).unwrap(), post: Tensor::stack(&post, 0).unwrap() }
    }

    /// By features and parameters, of a loss in which every output counts.
    fn gradients(&self, output: &HeadOutput) -> Vec<Vec<f32>> {
        let all = Tensor::stack(&[&output.logits, &output.post], 0).unwrap();
        let graph = (all * &self.weights).unwrap().sum_all().unwrap().backward().unwrap();
        let vars = self.parameters.iter().map(|(_, var)| var).chain([&self.pre]);
        vars.map(|var| flat(graph.get(var.as_tensor()).unwrap())).collect()
    }
}

fn flat(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

fn traces() -> Vec<Vec<f32>> {
    (0..BATCH).map(|lane| (0..36).map(|at| ((at + 5 * lane) as f32 * 0.9).sin() * 0.3).collect()).collect()
}

#[test]
fn one_operation_is_the_same_bits_and_has_the_same_gradients_as_step_by_step() {
    for rule in RULES {
        for alpha in ALPHAS {
            for begun in [Vec::new(), traces()] {
                let case = case(rule, alpha);
                let [together, stepwise] = [case.together(&begun, &[]).unwrap(), case.stepwise(&begun, &[])];
                assert_eq!(flat(&together.logits), flat(&stepwise.logits), "{rule:?}, {alpha:?}");
                assert_eq!(flat(&together.post), flat(&stepwise.post), "{rule:?}, {alpha:?}");
                let [found, expected] = [&together, &stepwise].map(|output| case.gradients(output));
                for (found, expected) in found.iter().zip(&expected) {
                    let scale = expected.iter().fold(1e-3f32, |scale, value| scale.max(value.abs()));
                    for (found, expected) in found.iter().zip(expected) {
                        let problem = format!("{rule:?}, {alpha:?}: {found}, not {expected}");
                        assert!((found - expected).abs() <= 1e-5 * scale, "{problem}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_done_to_lifetimes_is_done_alike_and_nothing_is_learned_from_it() {
    let all = [
        vec![(2, Alteration::Erase)],
        vec![(0, Alteration::Freeze)],
        vec![(1, Alteration::ScaleAlpha(-0.5)), (4, Alteration::Freeze)],
        vec![(3, Alteration::Transplant(traces()[1].clone().into())), (6, Alteration::Erase)],
    ];
    for rule in RULES {
        let case = case(rule, AlphaKind::Free);
        let untouched = case.together(&[], &[]).unwrap();
        for alterations in &all {
            let together = case.together(&[], alterations).unwrap();
            assert_eq!(flat(&together.post), flat(&case.stepwise(&[], alterations).post), "{rule:?}, {alterations:?}");
            // Until then it is what it would have been.
            let first = alterations[0].0 * BATCH * 4;
            assert_eq!(flat(&together.post)[..first], flat(&untouched.post)[..first]);
            assert_ne!(flat(&together.post), flat(&untouched.post), "{rule:?}, {alterations:?}");
            let refused = together.logits.sum_all().unwrap().backward().unwrap_err().to_string();
            assert!(refused.contains("nothing is learned from an altered lifetime"), "{refused}");
        }
    }
}

#[test]
fn signals_and_traces_that_do_not_fit_are_refused() {
    let mut case = case(Rule::Oja, AlphaKind::Yoked);
    let few = case.together(&traces()[..2], &[]).err().unwrap().to_string();
    assert!(few.contains("expected the traces of 3 lifetimes, found those of 2"), "{few}");
    let short = case.together(&[vec![0.0; 36], vec![0.0; 35], vec![0.0; 36]], &[]).err().unwrap().to_string();
    assert!(short.contains("a state holds 35 numbers of a lifetime's traces, expected 36"), "{short}");
    let given = Alteration::Transplant([0.0; 4].into());
    let given = case.together(&[], &[(1, given)]).err().unwrap().to_string();
    assert!(given.contains("expected a transplant of 36 numbers, found 4"), "{given}");
    case.drive = case.drive.narrow(2, 0, 3).unwrap();
    let narrow = case.together(&[], &[]).err().unwrap().to_string();
    assert!(narrow.contains("expected 9 features and a drive [7, 3, 4]"), "{narrow}");
}
