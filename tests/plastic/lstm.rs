//! LSTM layers, plastic or not: against worked cases, against a slow twin in Candle's autograd, and against replay.

use crate::plastic::reference::{Case, alpha_of};
use crate::workbench::{assert_close, slopes};
use candle_core::{Device, Result, Tensor, Var};
use candle_nn::ops::sigmoid;
use hebbscope::plastic::lstm;
use hebbscope::plastic::lstm::{Altered, LstmOutput, LstmState};
use hebbscope::plastic::network::lstm::GATES;
use hebbscope::plastic::network::{AlphaKind, Lstm, Plasticity};
use hebbscope::plastic::replay::{Modulators, Recording};
use hebbscope::plastic::{Modulation, ModulationKind, Parameters, Rule, Writing};
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

const NAME: &str = "lstm";

/// A bound that some traces of every kind reach.
const BOUND: f32 = 0.04;

fn live(lstm: &Lstm, parameters: &Parameters, inputs: &Tensor, state: &LstmState<'_>) -> Result<LstmOutput> {
    lstm::live(lstm, parameters, inputs, state, Altered::default())
}

fn flat(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

/// One of the worked cases.
pub fn check(case: &Case) {
    let [inputs, cells, batch] = ["inputs", "neurons", "batch"].map(|key| case.number(key) as usize);
    let plasticity = (case.text("cell") == "plastic_lstm").then(|| {
        let bound = case.number("clip") as f32;
        let writing = match (case.tensors.contains_key("param.mod.weight"), case.tensors.contains_key("param.eta")) {
            (false, _) => Writing::Rule(Rule::Clip { bound }),
            (true, is_retroactive) => {
                let kind = if is_retroactive { ModulationKind::Retroactive } else { ModulationKind::Simple };
                let fan_out = case.tensors.contains_key("param.fanout.weight");
                Writing::Modulated(Modulation { kind, fan_out, bound })
            }
        };
        Plasticity { alpha: alpha_of(case), writing }
    });
    let lstm = Lstm { name: NAME.into(), inputs, cells, plasticity };
    let mut parameters = Parameters::default();
    for (name, (shape, values)) in &case.tensors {
        if let Some(name) = name.strip_prefix("param.") {
            parameters.insert(&lstm.parameter(name), shape, values).unwrap();
        }
    }
    let expected: usize = lstm.shapes().iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
    assert_eq!(parameters.count(), expected, "{}: parameters", case.name);
    let mut state = LstmState::default();
    if case.tensors.contains_key("in.h0") {
        (state.hidden, state.cell) = (case.values("in.h0").to_vec(), case.values("in.cell0").to_vec());
        if let Some(layer) = lstm.layer() {
            let of = |name: &str, lane: usize| {
                let size = layer.trace_len();
                case.tensors.get(name).map_or(&[][..], |(_, values)| &values[lane * size..][..size])
            };
            let carried = |lane: usize| [of("in.hebb0", lane), of("in.eligibility0", lane)].concat();
            state.traces = (0..batch).map(|lane| carried(lane).into()).collect();
        }
    }
    let lived = live(&lstm, &parameters, &case.tensor("in.x"), &state).unwrap();
    case.check("out.h", &flat(&lived.hidden));
    case.check("out.cell", &lived.state.cell);
    let part = |skip: usize| -> Vec<f32> {
        let size = cells * cells;
        lived.state.traces.iter().flat_map(|trace| trace[skip * size..][..size].to_vec()).collect()
    };
    for (name, found) in [("out.hebb", 0), ("out.eligibility", 1)] {
        if case.tensors.contains_key(name) {
            case.check(name, &part(found));
        }
    }
    for (name, found) in [("out.candidate", &lived.candidate), ("out.modulator", &lived.modulator)] {
        if case.tensors.contains_key(name) {
            case.check(name, found);
        }
    }
    let last = lived.hidden.get(lived.hidden.dim(0).unwrap() - 1).unwrap();
    let loss = (last - case.tensor("in.target")).unwrap().sqr().unwrap().sum_all().unwrap();
    case.check("out.loss", &flat(&loss));
    for (name, gradient) in slopes(&loss, &parameters).all() {
        case.check(&format!("grad.{}", name.strip_prefix("lstm.").unwrap()), &gradient);
    }
}

/// The same layer written with Candle's own autograd, one node per operation; h of all steps, and H at the end.
fn twin(
    lstm: &Lstm,
    parameters: &Parameters,
    inputs: &Tensor,
    state: &LstmState<'_>,
) -> Result<(Tensor, Option<Tensor>)> {
    let (steps, batch, _) = inputs.dims3()?;
    let cells = lstm.cells;
    let of = |which: &str| parameters.get(&lstm.parameter(which));
    let given = |values: &[f32], shape: &[usize]| match values.is_empty() {
        true => Tensor::zeros(shape, inputs.dtype(), inputs.device()),
        false => Tensor::from_slice(values, shape, inputs.device()),
    };
    let carried = |skip: usize| -> Vec<f32> {
        let size = cells * cells;
        state.traces.iter().flat_map(|trace| trace.iter().skip(skip * size).take(size).copied()).collect()
    };
    let shape = [batch, cells, cells];
    let (mut hidden, mut cell) = (given(&state.hidden, &[batch, cells])?, given(&state.cell, &[batch, cells])?);
    let (mut trace, mut eligibility) = (given(&carried(0), &shape)?, given(&carried(1), &shape)?);
    let mut all = Vec::new();
    for step in 0..steps {
        let input = inputs.get(step)?;
        let heard = |letter: &str| -> Result<Tensor> {
            input.matmul(of(&format!("x2{letter}.weight"))?)?.broadcast_add(of(&format!("{letter}.bias"))?)
        };
        let mut gates = Vec::new();
        for letter in GATES {
            gates.push(sigmoid(&(heard(letter)? + hidden.matmul(of(&format!("h2{letter}.weight"))?)?)?)?);
        }
        let product = match lstm.plasticity {
            Some(_) => {
                let weights = trace.broadcast_mul(of("alpha")?)?.broadcast_add(of("w")?)?;
                hidden.unsqueeze(1)?.matmul(&weights)?.squeeze(1)?
            }
            None => hidden.matmul(of("h2c.weight")?)?,
        };
        let candidate = (heard("c")? + product)?.tanh()?;
        cell = ((&gates[1] * &cell)? + (&gates[0] * &candidate)?)?;
        let before = std::mem::replace(&mut hidden, (&gates[2] * cell.tanh()?)?);
        let together = before.unsqueeze(2)?.broadcast_mul(&candidate.unsqueeze(1)?)?;
        match lstm.plasticity.map(|plasticity| plasticity.writing) {
            Some(Writing::Rule(Rule::Clip { bound })) => {
                let eta = of("eta")?.reshape((1, 1, 1))?;
                trace = clip(&(&trace + together.broadcast_mul(&eta)?)?, bound)?;
            }
            Some(Writing::Modulated(modulation)) => {
                let mut gain = hidden.matmul(of("mod.weight")?)?.broadcast_add(of("mod.bias")?)?.tanh()?;
                if modulation.fan_out {
                    gain = gain.broadcast_mul(of("fanout.weight")?)?.broadcast_add(of("fanout.bias")?)?;
                }
                let is_retroactive = modulation.kind == ModulationKind::Retroactive;
                let written = if is_retroactive { &eligibility } else { &together };
                trace = clip(&(&trace + written.broadcast_mul(&gain.unsqueeze(1)?)?)?, modulation.bound)?;
                if is_retroactive {
                    let eta = of("eta")?.reshape((1, 1, 1))?;
                    eligibility = (eligibility.broadcast_mul(&(1.0 - &eta)?)? + together.broadcast_mul(&eta)?)?;
                }
            }
            _ => {}
        }
        all.push(hidden.clone());
    }
    Ok((Tensor::stack(&all, 0)?, lstm.plasticity.map(|_| trace)))
}

/// Clipping whose gradient is one inside the bounds and zero outside.
fn clip(values: &Tensor, bound: f32) -> Result<Tensor> {
    let inside = values.abs()?.le(bound)?;
    inside.where_cond(values, &(values.detach().sign()? * f64::from(bound))?)
}

/// Layers of every kind.
fn layers() -> Vec<Lstm> {
    let mut all = vec![None];
    for alpha in [AlphaKind::Free, AlphaKind::PerNeuron, AlphaKind::Yoked] {
        let bound = BOUND;
        all.push(Some(Plasticity { alpha, writing: Writing::Rule(Rule::Clip { bound }) }));
        for kind in [ModulationKind::Simple, ModulationKind::Retroactive] {
            for fan_out in [false, true] {
                all.push(Some(Plasticity { alpha, writing: Writing::Modulated(Modulation { kind, fan_out, bound }) }));
            }
        }
    }
    all.into_iter().map(|plasticity| Lstm { name: NAME.into(), inputs: 4, cells: 21, plasticity }).collect()
}

/// More lifetimes than go through a window together, a width that is padded, and more steps than one frame of traces has.
const BATCH: usize = 7;
const STEPS: usize = 9;

struct Lived {
    parameters: Parameters,
    inputs: Var,
    state: LstmState<'static>,
    weights: Tensor,
}

fn drawn(lstm: &Lstm, is_carried: bool) -> Lived {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(5);
    let mut values =
        |count: usize, reach: f32| -> Vec<f32> { (0..count).map(|_| generator.random_range(-reach..reach)).collect() };
    let mut parameters = Parameters::default();
    for (name, shape) in lstm.shapes() {
        let count = shape.iter().product();
        let drawn = match name.rsplit('.').next() {
            Some("eta") => vec![0.4],
            _ => values(count, if name.contains("fanout") { 1.5 } else { 0.4 }),
        };
        parameters.insert(&name, &shape, &drawn).unwrap();
    }
    let tensor = |values: Vec<f32>, shape: [usize; 3]| Tensor::from_vec(values, &shape[..], &Device::Cpu).unwrap();
    let inputs = tensor(values(STEPS * BATCH * lstm.inputs, 1.5), [STEPS, BATCH, lstm.inputs]);
    let weights = tensor(values(STEPS * BATCH * lstm.cells, 1.0), [STEPS, BATCH, lstm.cells]);
    let mut state = LstmState::default();
    if is_carried {
        let size = lstm.layer().map_or(0, |layer| layer.state_len());
        state.hidden = values(BATCH * lstm.cells, 0.7);
        state.cell = values(BATCH * lstm.cells, 0.9);
        state.traces =
            if size == 0 { Vec::new() } else { (0..BATCH).map(|_| values(size, 0.8 * BOUND).into()).collect() };
    }
    Lived { parameters, inputs: Var::from_tensor(&inputs).unwrap(), state, weights }
}

impl Lived {
    /// By inputs and parameters, of a loss in which every h counts.
    fn gradients(&self, hidden: &Tensor) -> Vec<(String, Vec<f32>)> {
        let found = slopes(&(hidden * &self.weights).unwrap().sum_all().unwrap(), &self.parameters);
        let mut all = found.all();
        all.push(("the inputs".to_owned(), found.by_tensor(&self.inputs)));
        all
    }
}

#[test]
fn every_kind_does_what_its_slow_twin_does_and_has_the_same_gradients() {
    for lstm in layers() {
        for is_carried in [false, true] {
            let lived = drawn(&lstm, is_carried);
            let what = format!("{:?}, carried {is_carried}", lstm.plasticity);
            let inputs = lived.inputs.as_tensor();
            let found = live(&lstm, &lived.parameters, inputs, &lived.state).unwrap();
            let (hidden, trace) = twin(&lstm, &lived.parameters, inputs, &lived.state).unwrap();
            let close = |name: &str, found: &[f32], expected: &[f32]| {
                assert_eq!(found.len(), expected.len(), "{what}: {name}");
                let scale = expected.iter().fold(1e-3f32, |scale, value| scale.max(value.abs()));
                for (found, expected) in found.iter().zip(expected) {
                    assert!((found - expected).abs() <= 3e-5 * scale, "{what}: {name} has {found}, not {expected}");
                }
            };
            close("h", &flat(&found.hidden), &flat(&hidden));
            if let Some(trace) = trace {
                let size = lstm.cells * lstm.cells;
                let traces: Vec<f32> = found.state.traces.iter().flat_map(|trace| trace[..size].to_vec()).collect();
                close("H", &traces, &flat(&trace));
                let reaches = traces.iter().any(|value| value.abs() == BOUND);
                assert!(reaches || !is_carried, "{what}: no trace reaches its bound");
            }
            for ((name, found), (_, expected)) in lived.gradients(&found.hidden).iter().zip(lived.gradients(&hidden)) {
                close(name, found, &expected);
                assert!(found.iter().any(|value| *value != 0.0), "{what}: {name} has no gradient");
            }
        }
    }
}

/// Its matrices are read as they lie, and its gradients are left as outer products.
#[test]
fn a_large_layer_does_what_its_slow_twin_does() {
    let lstm = Lstm { name: NAME.into(), inputs: 4, cells: 1024, plasticity: None };
    let Lived { mut parameters, inputs, state, .. } = drawn(&lstm, false);
    for (name, shape) in lstm.shapes().into_iter().filter(|(name, _)| name.contains("h2")) {
        let values: Vec<f32> = parameters.values(&name).unwrap().iter().map(|value| 0.1 * value).collect();
        parameters.insert(&name, &shape, &values).unwrap();
    }
    let inputs = inputs.narrow(0, 0, 6).unwrap().narrow(1, 0, 2).unwrap().contiguous().unwrap();
    let found = live(&lstm, &parameters, &inputs, &state).unwrap().hidden;
    let expected = twin(&lstm, &parameters, &inputs, &state).unwrap().0;
    assert_close("h", &flat(&found), &flat(&expected), 3e-5);
    let [found, expected] =
        [found, expected].map(|hidden| slopes(&hidden.sqr().unwrap().sum_all().unwrap(), &parameters));
    for ((name, found), (_, expected)) in found.all().iter().zip(expected.all()) {
        assert_close(name, found, &expected, 1e-4);
        assert!(found.iter().any(|value| *value != 0.0), "{name} has no gradient");
    }
}

#[test]
fn two_windows_are_one_of_both_lengths_and_traces_are_replayed_bit_for_bit() {
    for lstm in layers() {
        let Lived { parameters, inputs, state, .. } = drawn(&lstm, true);
        let whole = live(&lstm, &parameters, inputs.as_tensor(), &state).unwrap();
        let part = |from: usize, steps: usize, state: &LstmState| {
            live(&lstm, &parameters, &inputs.narrow(0, from, steps).unwrap(), state).unwrap()
        };
        let first = part(0, 4, &state);
        let second = part(4, STEPS - 4, &first.state);
        let what = format!("{:?}", lstm.plasticity);
        assert_eq!([flat(&first.hidden), flat(&second.hidden)].concat(), flat(&whole.hidden), "{what}");
        assert_eq!(second.state, whole.state, "{what}");

        let Some(layer) = lstm.layer() else { continue };
        let of = |which: &str| parameters.values(&layer.parameter(which)).unwrap();
        let fan = layer.plasticity.writing.modulation().filter(|modulation| modulation.fan_out);
        let fan = fan.map(|_| [of("fanout.weight"), of("fanout.bias")]);
        let hidden = flat(&whole.hidden);
        for lane in 0..BATCH {
            let by_lane = |values: &[f32], width: usize| -> Vec<f32> {
                (0..STEPS).flat_map(|step| values[(step * BATCH + lane) * width..][..width].to_vec()).collect()
            };
            let (pre, post) = (by_lane(&hidden, lstm.cells), by_lane(&whole.candidate, lstm.cells));
            let values = if whole.modulator.is_empty() { Vec::new() } else { by_lane(&whole.modulator, 1) };
            let modulator = (!values.is_empty()).then_some(Modulators { values: &values, fan_out: fan.as_ref() });
            let recording = Recording {
                layer: &layer,
                eta: layer.eta(&parameters).unwrap(),
                before: &state.hidden[lane * lstm.cells..][..lstm.cells],
                pre: &pre,
                post: &post,
                modulator,
            };
            let mut rebuilt = state.traces[lane].to_vec();
            recording.carry(&mut rebuilt, 0..STEPS);
            assert!(rebuilt == *whole.state.traces[lane], "{what}: the traces of lifetime {lane}");
        }
    }
}

#[test]
fn a_layer_can_be_frozen_and_its_alpha_scaled() {
    for lstm in layers().into_iter().filter(|lstm| lstm.plasticity.is_some()) {
        let Lived { parameters, inputs, state, .. } = drawn(&lstm, true);
        let window = |steps: usize, from: usize, state: &LstmState<'_>, altered: Altered| {
            lstm::live(&lstm, &parameters, &inputs.narrow(0, from, steps).unwrap(), state, altered).unwrap()
        };
        let what = format!("{:?}", lstm.plasticity);
        let frozen = window(STEPS, 0, &state, Altered { is_frozen: true, ..Altered::default() });
        assert!(frozen.state.traces == state.traces, "{what}: a frozen trace has changed");
        let size = lstm.layer().unwrap().trace_len();
        // Without α nothing of H is heard; erased, it is heard from the second step on.
        let silent = window(1, 0, &state, Altered { alpha_scale: 0.0, ..Altered::default() });
        let mut erased = state.clone();
        erased.traces.iter_mut().for_each(|trace| trace.to_mut()[..size].fill(0.0));
        let erased = window(1, 0, &erased, Altered::default());
        assert_eq!(flat(&silent.hidden), flat(&erased.hidden), "{what}");
        if lstm.layer().unwrap().plasticity.writing.modulation().is_some() {
            let clamped = window(STEPS, 0, &state, Altered { modulator: Some(-0.5), ..Altered::default() });
            assert!(clamped.modulator.iter().all(|value| *value == -0.5), "{what}: {:?}", clamped.modulator);
            // A network whose modulator is this, whatever it does.
            let mut constant = parameters.snapshot().unwrap();
            let layer = lstm.layer().unwrap();
            constant.insert(&layer.parameter("mod.weight"), &[layer.post, 1], &vec![0.0; layer.post]).unwrap();
            constant.insert(&layer.parameter("mod.bias"), &[1], &[(-0.5f32).atanh()]).unwrap();
            let twin = lstm::live(&lstm, &constant, &inputs, &state, Altered::default()).unwrap();
            assert_close(&what, &flat(&clamped.hidden), &flat(&twin.hidden), 1e-4);
            assert!(!clamped.hidden.track_op(), "{what}: it teaches nobody");
        }
        let whole = window(1, 0, &state, Altered::default());
        assert_ne!(flat(&whole.hidden), flat(&erased.hidden), "{what}");
    }
}

#[test]
fn what_does_not_fit_is_refused_in_a_sentence() {
    let lstm = layers().remove(1);
    let Lived { parameters, inputs, mut state, .. } = drawn(&lstm, true);
    let refused = |state: &LstmState<'_>, inputs: &Tensor, lstm: &Lstm| {
        live(lstm, &parameters, inputs, state).err().unwrap().to_string()
    };
    let narrow = refused(&state, &inputs.narrow(2, 0, 3).unwrap(), &lstm);
    assert!(narrow.contains("expected inputs [T, B, 4], found [9, 7, 3]"), "{narrow}");
    let few = refused(&state, &inputs.narrow(1, 0, 6).unwrap(), &lstm);
    assert!(few.contains("expected 126 hidden states of 6 lifetimes, found 147"), "{few}");
    state.traces[2].to_mut().pop();
    let short = refused(&state, inputs.as_tensor(), &lstm);
    assert!(short.contains("expected the traces of 7 lifetimes of 441 numbers"), "{short}");
    let writing = Writing::Rule(Rule::Oja);
    let oja = Lstm { plasticity: Some(Plasticity { alpha: AlphaKind::Free, writing }), ..lstm };
    let problem = refused(&LstmState::default(), inputs.as_tensor(), &oja);
    assert!(problem.contains("expected LSTM cells whose trace is clipped or modulated, found Oja"), "{problem}");
}
