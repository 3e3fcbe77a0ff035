//! What the tests share: a network that trains in milliseconds, a look into the bytes of a file, and
//! waiting that ends.

use candle_core::{Device, Tensor};
use hebbscope::data::{Generator, Stream};
use hebbscope::episode::layer::Beginning;
use hebbscope::episode::{Content, LayerRecord, Modulator, Origin, Tape, tape_file};
use hebbscope::files::{Precision, TensorFile};
use hebbscope::plastic::direct::Slopes;
use hebbscope::plastic::head::Head;
use hebbscope::plastic::lifetime::Driver;
use hebbscope::plastic::network::{AlphaKind, Drive, Part, Plasticity, Recurrent};
use hebbscope::plastic::replay::Recording;
use hebbscope::plastic::{
    Alteration, Modulation, ModulationKind, Network, Parameters, PlasticLayer, Rule, Specification, State, Stepper,
    Writing,
};
use hebbscope::tasks::{self, Experiment, Optimiser, Outcome, Purpose, Script};
use hebbscope::train::evaluate::{self, Evaluation, Protocol};
use hebbscope::train::{Checkpoint, RunConfig, Specimen, Trainer};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

/// Longer than anything here takes, shorter than anybody's patience.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The settings of a network that trains in milliseconds.
pub const SMALL: [(&str, &str); 7] = [
    ("size", "20"),
    ("count", "2"),
    ("show_steps", "3"),
    ("gap_steps", "1"),
    ("rounds", "2"),
    ("probe_steps", "3"),
    ("lr", "0.01"),
];

/// Traces reach it in few steps.
pub const CLIP_BOUND: f32 = 0.05;

/// Every rule.
pub const RULES: [Rule; 3] = [Rule::Decay, Rule::Oja, Rule::Clip { bound: CLIP_BOUND }];

/// What a checkpoint comes to in `episodes` new lifetimes, left alone.
pub fn evaluated(checkpoint: &Checkpoint, seed: u64, episodes: u64) -> Evaluation {
    evaluate::evaluate(checkpoint.specimen(), &Protocol::new(seed, episodes), |_| true).unwrap()
}

/// Every kind of network that recalls: driven in both ways, without traces and with every rule and kind of α.
pub fn networks(neurons: usize) -> Vec<Recurrent> {
    let mut networks = Vec::new();
    for drive in [Drive::Add, Drive::Clamp] {
        let still = Recurrent { neurons, drive, plasticity: None };
        networks.push(still);
        for rule in RULES {
            for alpha in [AlphaKind::Free, AlphaKind::PerNeuron, AlphaKind::Yoked] {
                networks
                    .push(Recurrent { plasticity: Some(Plasticity { alpha, writing: Writing::Rule(rule) }), ..still });
            }
        }
    }
    networks
}

/// Every way to modulate traces, with a bound that they reach.
pub fn modulations() -> Vec<Modulation> {
    let kinds = [ModulationKind::Simple, ModulationKind::Retroactive];
    kinds.into_iter().flat_map(|kind| [false, true].map(|fan_out| Modulation { kind, fan_out, bound: 0.3 })).collect()
}

/// Networks that modulate their traces in every way, with every kind of α.
pub fn modulated_networks(neurons: usize) -> Vec<Recurrent> {
    let kinds = [AlphaKind::Free, AlphaKind::PerNeuron, AlphaKind::Yoked];
    let plasticity = modulations()
        .into_iter()
        .flat_map(|modulation| kinds.map(|alpha| Plasticity { alpha, writing: Writing::Modulated(modulation) }));
    plasticity.map(|plasticity| Recurrent { neurons, drive: Drive::Add, plasticity: Some(plasticity) }).collect()
}

/// A network of `config` that has never been trained.
pub fn specimen<'a>(config: &'a RunConfig, parameters: &'a Parameters) -> Specimen<'a> {
    Specimen { config, parameters, iteration: 0 }
}

/// Lifetimes of `steps`, one for each of `drivers`.
pub fn driven<D: Driver>(
    network: Recurrent,
    parameters: &Parameters,
    drivers: &mut [D],
    steps: usize,
) -> candle_core::Result<Stepper> {
    let mut stepper = Stepper::begin(network, parameters, drivers.len(), steps)?;
    stepper.advance_with(drivers, steps)?;
    Ok(stepper)
}

/// What was done to the trace before a step.
pub fn altered_before(tape: &Tape, step: usize) -> impl Iterator<Item = Alteration> {
    tape.interventions.iter().filter(move |done| done.step == step).filter_map(|done| done.what.alteration())
}

/// Parameters of these shapes, drawn in their order from N(0, 1) times `scale`; η is what it is said to be.
pub fn drawn<N: AsRef<str>>(
    shapes: Vec<(N, Vec<usize>)>,
    generator: &mut Generator,
    scale: impl Fn(&str) -> f32,
    eta: f32,
) -> Parameters {
    let mut parameters = Parameters::default();
    for (name, shape) in shapes {
        let name = name.as_ref();
        let values = if name == "eta" { vec![eta] } else { generator.normal(shape.iter().product(), scale(name)) };
        parameters.insert(name, &shape, &values).unwrap();
    }
    parameters
}

/// The values of a tensor, row major.
pub fn flat(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

/// Holds that values differ by no more than `tolerance` times the largest that is expected.
#[track_caller]
pub fn assert_close(what: &str, found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(1e-3f32, |scale, value| scale.max(value.abs()));
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= tolerance * scale, "{what}[{index}]: expected {expected}, found {found}");
    }
}

/// The origin of a lifetime of no run.
pub fn nowhere() -> Origin {
    Origin { task: "test".into(), iteration: 0, seed: None, run: None }
}

/// What was recorded of the layer of neurons that hear each other, with no modulation: their activities, `[T, N]`.
pub fn recording<'a>(layer: &'a PlasticLayer, parameters: &Parameters, activity: &'a [f32]) -> Recording<'a> {
    let eta = layer.eta(parameters).unwrap();
    Recording { layer, eta, before: &[], pre: activity, post: activity, modulator: None }
}

/// How many steps the lifetime of [`two_layers`] has.
pub const LAYERED_STEPS: usize = 30;

/// A lifetime that no task lives yet: two plastic layers one behind the other, "features" of 3 × 64 connections, which
/// hear what was before, and "head" of 64 × 5, through which a signal passes within a step. Signals and parameters are
/// drawn at random; with `goes_on`, something came before.
pub fn two_layers(plasticity: Plasticity, goes_on: bool) -> (Tape, Parameters) {
    let layer = |name: &'static str, pre, post, delay| PlasticLayer { name: name.into(), pre, post, delay, plasticity };
    let layers = [layer("features", 3, 64, 1), layer("head", 64, 5, 0)];
    let network = Network::new(layers.iter().cloned().map(Part::Plastic).collect());
    let mut generator = Generator::new(6, Stream::Training);
    let parameters = drawn(network.shapes(), &mut generator, |_| 0.3, 0.1);
    let signals: [Arc<[f32]>; 3] = [3, 64, 5].map(|neurons| generator.normal(LAYERED_STEPS * neurons, 0.8).into());
    let records = layers.into_iter().enumerate().map(|(index, layer)| {
        let modulator = plasticity.writing.modulation().map(|modulation| Modulator {
            values: generator.normal(LAYERED_STEPS, 0.5),
            fan_out: modulation.fan_out.then(|| [0, 1].map(|_| generator.normal(layer.post, 0.5))),
        });
        let beginning = goes_on.then(|| Beginning {
            pre: generator.normal(layer.pre, 0.5),
            state: generator.normal(layer.state_len(), 0.02),
        });
        let [pre, post] = [0, 1].map(|more| Arc::clone(&signals[index + more]));
        LayerRecord { layer, eta: 0.1, pre, post, modulator, beginning }
    });
    let layers = records.collect();
    let tape = Tape {
        origin: Origin { task: "patterns".into(), ..nowhere() },
        steps: LAYERED_STEPS,
        drive: vec![0.0; LAYERED_STEPS * network.neurons()],
        activity: Arc::clone(&signals[2]),
        network,
        layers,
        gates: Vec::new(),
        events: Vec::new(),
        content: Content::Nothing,
        interventions: Vec::new(),
        loss: 0.0,
        measure: 0.0,
    };
    tape.check().unwrap();
    (tape, parameters)
}

/// Every way to write a trace, with every kind of α.
pub fn plasticities() -> Vec<Plasticity> {
    let writings = RULES.map(Writing::Rule).into_iter().chain(modulations().into_iter().map(Writing::Modulated));
    let kinds = [AlphaKind::Free, AlphaKind::PerNeuron, AlphaKind::Yoked];
    writings.flat_map(|writing| kinds.map(|alpha| Plasticity { alpha, writing })).collect()
}

/// A run of ten iterations of [`SMALL`] with some settings changed.
pub fn config(changes: &[(&str, &str)]) -> RunConfig {
    let mut config = config_of("patterns", [&SMALL, changes]);
    config.iterations = 10;
    config
}

/// A trainer of [`config`] that has not begun.
pub fn trainer(changes: &[(&str, &str)]) -> Trainer {
    Trainer::new(config(changes)).unwrap()
}

/// A trainer of [`config`] with `iterations` behind it.
pub fn trained(changes: &[(&str, &str)], iterations: usize) -> Trainer {
    let mut trainer = trainer(changes);
    advance(&mut trainer, iterations);
    trainer
}

/// Trains for some iterations.
pub fn advance(trainer: &mut Trainer, iterations: usize) {
    for _ in 0..iterations {
        trainer.step().unwrap();
    }
}

/// A run of `task` with the settings `small`, some of them changed.
pub fn config_of(task: &str, [small, changes]: [&[(&str, &str)]; 2]) -> RunConfig {
    let mut config = RunConfig::new(tasks::find(task).unwrap());
    for (key, value) in small.iter().chain(changes) {
        config.settings.set_text(key, value).unwrap();
    }
    config
}

/// A network of `task` with these settings, trained for some iterations, as a file in `folder` that no other settings of
/// `changes` have.
pub fn checkpoint_file(
    folder: &Path,
    task: &str,
    iterations: usize,
    [small, changes]: [&[(&str, &str)]; 2],
) -> PathBuf {
    let mut trainer = Trainer::new(config_of(task, [small, changes])).unwrap();
    advance(&mut trainer, iterations);
    let name: String = changes.iter().flat_map(|(key, value)| [*key, *value]).collect();
    let path = folder.join(format!("{task}{name}.safetensors"));
    trainer.checkpoint().unwrap().write(&path, Precision::Full).unwrap();
    path
}

/// Slopes of a loss as plain numbers.
pub struct Found<'a> {
    slopes: Slopes,
    parameters: &'a Parameters,
}

/// Those of `loss`, which has come from `parameters`.
pub fn slopes<'a>(loss: &Tensor, parameters: &'a Parameters) -> Found<'a> {
    Found { slopes: Slopes::of(loss, parameters).unwrap(), parameters }
}

impl Found<'_> {
    /// By a parameter, where the loss depends on it.
    pub fn known(&self, name: &str) -> Option<Vec<f32>> {
        let parameter = self.parameters.get(name).unwrap();
        let gradient = self.slopes.by(name, parameter).unwrap()?;
        Some(flat(&gradient.whole(parameter.dims(), parameter.device()).unwrap()))
    }

    /// By a parameter.
    pub fn by(&self, name: &str) -> Vec<f32> {
        self.known(name).unwrap_or_else(|| panic!("there is no gradient by {name}"))
    }

    /// By a tensor that is no parameter.
    pub fn by_tensor(&self, tensor: &Tensor) -> Vec<f32> {
        flat(self.slopes.by_tensor(tensor).expect("a gradient"))
    }

    /// By all parameters, by their names.
    pub fn all(&self) -> Vec<(String, Vec<f32>)> {
        self.parameters.iter().map(|(name, _)| (name.to_owned(), self.by(name))).collect()
    }
}

/// Compares the gradients by the parameters of LSTM cells and what stands around them with finite differences of the loss,
/// each where it is steepest.
pub fn gradients_are_slopes(experiment: &dyn Experiment, parameters: &Parameters, scripts: &[Script]) {
    let loss = |parameters: &Parameters| experiment.live(parameters, scripts.to_vec(), nowhere()).unwrap().loss;
    let slopes = slopes(&loss(parameters), parameters);
    for (name, var) in parameters.iter() {
        let gradient = slopes.by(name);
        let steepest = (0..gradient.len()).max_by(|a, b| gradient[*a].abs().total_cmp(&gradient[*b].abs())).unwrap();
        let at = |shift: f32| {
            let mut values = parameters.values(name).unwrap();
            values[steepest] += shift;
            let mut moved = parameters.snapshot().unwrap();
            moved.insert(name, var.dims(), &values).unwrap();
            f64::from(loss(&moved).to_scalar::<f32>().unwrap())
        };
        let reach = 0.02;
        let slope = (at(reach) - at(-reach)) / (2.0 * f64::from(reach));
        let found = f64::from(gradient[steepest]);
        assert!((slope - found).abs() <= 2e-3 + 0.03 * found.abs(), "{name}: {found}, the loss has a slope of {slope}");
    }
}

/// Makes the traces of a language model that has hardly been trained count: everything in it is loud, above all α.
pub fn with_loud_traces(checkpoint: &mut Checkpoint) {
    for (name, shape) in checkpoint.network.shapes() {
        let values = checkpoint.parameters.values(&name).unwrap();
        let louder: Vec<f32> = values.iter().map(|value| 10.0 * value).collect();
        checkpoint.parameters.insert(&name, &shape, &louder).unwrap();
    }
    for layer in checkpoint.network.layers() {
        let values: Vec<f32> = (0..layer.trace_len()).map(|at| 4.0 * (at as f32 * 0.7).sin()).collect();
        checkpoint.parameters.insert(&layer.parameter("alpha"), &layer.shape(), &values).unwrap();
        if layer.eta(&checkpoint.parameters).unwrap() > 0.0 {
            checkpoint.parameters.insert(&layer.parameter("eta"), &[1], &[0.3]).unwrap();
        }
    }
}

/// The first plastic layer of a lifetime, lived once more step by step by the operation that lives it.
pub enum LivedAgain {
    /// Neurons that hear themselves.
    Recurrent(Stepper),
    /// A layer that hears features within a step.
    Head(Head),
}

impl LivedAgain {
    /// At the beginning, with what came before, if anything.
    pub fn begin(tape: &Tape, parameters: &Parameters, state: Option<&State>) -> Self {
        let layer = &tape.layers[0].layer;
        match (tape.network.recurrent(), state) {
            (Some(network), None) => Self::Recurrent(Stepper::begin(network, parameters, 1, tape.steps).unwrap()),
            (Some(network), Some(state)) => {
                Self::Recurrent(Stepper::begin_from(network, parameters, state, tape.steps).unwrap())
            }
            (None, None) => Self::Head(Head::begin(layer, parameters, 1).unwrap()),
            (None, Some(state)) => Self::Head(Head::begin_from(layer, parameters, &state.traces).unwrap()),
        }
    }

    /// Somebody alters it before its next step.
    pub fn alter(&mut self, parameters: &Parameters, alteration: &Alteration) {
        match self {
            Self::Recurrent(stepper) => stepper.alter(parameters, alteration).unwrap(),
            Self::Head(head) => head.alter(alteration).unwrap(),
        }
    }

    /// H.
    pub fn trace(&self) -> Vec<f32> {
        match self {
            Self::Recurrent(stepper) => stepper.trace(0).unwrap(),
            Self::Head(head) => head.trace().flatten_all().unwrap().to_vec1().unwrap(),
        }
    }

    /// What the neurons do in `step`, which is the next one, driven as they were.
    pub fn step(&mut self, tape: &Tape, step: usize) -> Vec<f32> {
        let neurons = tape.neurons();
        let drive = &tape.drive[step * neurons..][..neurons];
        match self {
            Self::Recurrent(stepper) => stepper.step(drive).unwrap(),
            Self::Head(head) => {
                let pre = tape.layers[0].layer.pre;
                let row = |values: &[f32]| Tensor::from_slice(values, (1, values.len()), &Device::Cpu).unwrap();
                let heard = row(&tape.layers[0].pre[step * pre..][..pre]);
                head.step(&heard, &row(drive)).unwrap().post.flatten_all().unwrap().to_vec1().unwrap()
            }
        }
    }
}

/// All parameters, as bits that can be compared.
pub fn bits(parameters: &Parameters) -> Vec<(String, Vec<u32>)> {
    let bits = |name: &str| parameters.values(name).unwrap().iter().map(|value| value.to_bits()).collect();
    parameters.iter().map(|(name, _)| (name.to_owned(), bits(name))).collect()
}

/// Does `work` on a thread of its own and fails when it does not come back.
pub fn within_patience<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, wait) = sync_channel(1);
    let body = move || {
        let result = work();
        let _heard = done.send(());
        result
    };
    let thread = std::thread::Builder::new().name(what.into()).spawn(body).unwrap();
    assert!(wait.recv_timeout(PATIENCE).is_ok() || thread.is_finished(), "{what} never came back");
    thread.join().unwrap()
}

/// Asks again and again until there is an answer.
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(since.elapsed() < PATIENCE, "{what} never came");
        std::thread::yield_now();
    }
}

/// The two parts of a `.safetensors` file: its JSON header and what comes after.
pub fn taken_apart(bytes: &[u8]) -> (Value, Vec<u8>) {
    let length = u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    (serde_json::from_slice(&bytes[8..8 + length]).unwrap(), bytes[8 + length..].to_vec())
}

/// The file that has this header and these data.
pub fn put_together(header: &Value, data: &[u8]) -> Vec<u8> {
    with_header(header.to_string().as_bytes(), data)
}

/// The file that has this text as its header, JSON or not.
pub fn with_header(header: &[u8], data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header, data].concat()
}

/// A copy of a file with another header.
pub fn with_changed_header(bytes: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (mut header, data) = taken_apart(bytes);
    change(&mut header);
    put_together(&header, &data)
}

/// A copy of a file with other JSON under Hebbscope's metadata key.
pub fn with_changed_json(bytes: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    with_changed_header(bytes, |header| {
        let text = &mut header["__metadata__"]["hebbscope"];
        let mut json: Value = serde_json::from_str(text.as_str().unwrap()).unwrap();
        change(&mut json);
        *text = json.to_string().into();
    })
}

/// A copy of a file in which one value of a float32 tensor is another one.
pub fn with_value(bytes: &[u8], tensor: &str, index: usize, value: f32) -> Vec<u8> {
    let (header, mut data) = taken_apart(bytes);
    let begin = header[tensor]["data_offsets"][0].as_u64().unwrap() as usize + 4 * index;
    data[begin..begin + 4].copy_from_slice(&value.to_le_bytes());
    put_together(&header, &data)
}

/// What happens to an outcome; it is told the iteration, counted from one.
type Disturbance = dyn Fn(u64, &mut Outcome) + Send;

/// The small experiment, with something that happens to its loss.
pub struct Disturbed {
    inner: Box<dyn Experiment>,
    lived: std::cell::Cell<u64>,
    disturbance: Box<Disturbance>,
}

impl Disturbed {
    /// A trainer whose outcomes go through `disturbance`, which is told the iteration, counted from one.
    pub fn trainer(config: RunConfig, disturbance: impl Fn(u64, &mut Outcome) + Send + 'static) -> Trainer {
        let inner = config.task().experiment(&config.settings, Purpose::Training).unwrap();
        let experiment = Self { inner, lived: 0.into(), disturbance: Box::new(disturbance) };
        Trainer::with_experiment(config, Box::new(experiment))
    }
}

impl Experiment for Disturbed {
    fn network(&self) -> Network {
        self.inner.network()
    }

    fn optimiser(&self) -> Optimiser {
        self.inner.optimiser()
    }

    fn batch(&self) -> usize {
        self.inner.batch()
    }

    fn specifications(&self) -> Vec<Specification> {
        self.inner.specifications()
    }

    fn draw(&self, generator: &mut Generator) -> Script {
        self.inner.draw(generator)
    }

    fn live(&self, parameters: &Parameters, scripts: Vec<Script>, origin: Origin) -> candle_core::Result<Outcome> {
        let mut outcome = self.inner.live(parameters, scripts, origin)?;
        self.lived.set(self.lived.get() + 1);
        (self.disturbance)(self.lived.get(), &mut outcome);
        Ok(outcome)
    }
}

/// Says something that is read even when the test passes: what `println!` prints is kept back then.
pub fn say(words: &str) {
    use std::io::Write as _;
    // Without standard error nobody listens.
    let _said = writeln!(std::io::stderr(), "{words}");
}

/// A tape file in memory.
pub fn tape_bytes(tape: &Tape, parameters: &Parameters) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tape.safetensors");
    tape_file::write(&path, tape, parameters).unwrap();
    std::fs::read(path).unwrap()
}

/// What such a file holds, or why it is refused.
pub fn read_tape(bytes: &[u8]) -> Result<(Tape, Parameters), String> {
    let file = TensorFile::from_bytes("tape", bytes).map_err(|error| error.to_string())?;
    tape_file::read(file).map_err(|error| error.to_string())
}

/// A copy of a checkpoint or tape without the tensors that are not `kept`, as other programs leave it.
pub fn with_tensors(bytes: &[u8], kept: impl Fn(&str) -> bool) -> Vec<u8> {
    let (_, header) = safetensors::SafeTensors::read_metadata(bytes).unwrap();
    let file = safetensors::SafeTensors::deserialize(bytes).unwrap();
    let tensors = file.tensors().into_iter().filter(|(name, _)| kept(name));
    safetensors::serialize(tensors, header.metadata().clone()).unwrap()
}
