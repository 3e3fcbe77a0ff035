//! Outputs, traces, losses and gradients agree with independently computed cases to 1e-4 relative.

use crate::plastic::gpu::gpu;
use crate::plastic::twin;
use crate::workbench::slopes;
use candle_core::{DType, Device, Tensor};
use hebbscope::device::{self, Choice, Compute};
use hebbscope::plastic::Writing;
use hebbscope::plastic::head::{Head, HeadLifetimes};
use hebbscope::plastic::network::{AlphaKind, Drive, Plasticity, Recurrent};
use hebbscope::plastic::replay::Recording;
use hebbscope::plastic::{Modulation, ModulationKind};
use hebbscope::plastic::{Parameters, PlasticLayer, Rule, Stepper, live};
use hebbscope::tasks::Optimiser;
use hebbscope::tasks::agent::a2c::{self, Trajectory};
use hebbscope::tasks::omniglot::binary_cross_entropies;
use hebbscope::train::adam::Adam;
use hebbscope::train::gradients::{clip_scale, global_norm};
use safetensors::SafeTensors;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

const TOLERANCE: f32 = 1e-4;

pub struct Case {
    pub name: String,
    settings: HashMap<String, serde_json::Value>,
    pub tensors: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

impl Case {
    pub fn text(&self, key: &str) -> &str {
        self.settings[key].as_str().unwrap_or_else(|| panic!("{}: setting {key} is not a text", self.name))
    }

    pub fn number(&self, key: &str) -> f64 {
        self.settings[key].as_f64().unwrap_or_else(|| panic!("{}: setting {key} is not a number", self.name))
    }

    pub fn tensor(&self, key: &str) -> Tensor {
        let (shape, values) = &self.tensors[key];
        Tensor::from_slice(values, shape.as_slice(), &Device::Cpu).unwrap()
    }

    pub fn values(&self, key: &str) -> &[f32] {
        &self.tensors[key].1
    }

    pub fn check(&self, what: &str, found: &[f32]) {
        let expected = self.values(what);
        assert_eq!(found.len(), expected.len(), "{} {what}: number of values", self.name);
        let scale = expected.iter().fold(1e-3f32, |scale, value| scale.max(value.abs()));
        for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
            let error = (found - expected).abs() / scale;
            assert!(error <= TOLERANCE, "{} {what}[{index}]: expected {expected}, found {found}", self.name);
        }
    }
}

fn cases() -> Vec<Case> {
    let folder = std::env::var_os("HEBBSCOPE_REFERENCE")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/plastic/reference"), PathBuf::from);
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "safetensors"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} holds no cases", folder.display());
    paths.iter().map(read_case).collect()
}

fn read_case(path: &PathBuf) -> Case {
    let bytes = std::fs::read(path).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
    let settings = metadata
        .metadata()
        .as_ref()
        .unwrap()
        .iter()
        .map(|(key, text)| (key.clone(), serde_json::from_str(text).unwrap_or_else(|_| text.clone().into())))
        .collect();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let tensors = file
        .iter()
        .filter_map(|(name, view)| {
            let values = match view.dtype() {
                safetensors::Dtype::F32 => {
                    view.data().as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
                }
                // Actions: small whole numbers.
                safetensors::Dtype::I64 => {
                    view.data().as_chunks::<8>().0.iter().map(|&bytes| i64::from_le_bytes(bytes) as f32).collect()
                }
                _ => return None,
            };
            Some((name.to_owned(), (view.shape().to_vec(), values)))
        })
        .collect();
    Case { name: path.file_stem().unwrap().to_string_lossy().into_owned(), settings, tensors }
}

pub fn alpha_of(case: &Case) -> AlphaKind {
    // The first modulated cases do not say so: theirs is free.
    match case.settings.get("alpha").map_or("free", |_| case.text("alpha")) {
        "free" => AlphaKind::Free,
        "per_neuron" => AlphaKind::PerNeuron,
        "yoked" => AlphaKind::Yoked,
        other => panic!("{}: unknown α kind {other}", case.name),
    }
}

fn rule_of(case: &Case) -> Rule {
    match case.text("rule") {
        "decay" => Rule::Decay,
        "oja" => Rule::Oja,
        "clip" => Rule::Clip { bound: case.number("clip") as f32 },
        other => panic!("{}: unknown rule {other}", case.name),
    }
}

fn network_of(case: &Case) -> Recurrent {
    let rule = rule_of(case);
    let alpha = alpha_of(case);
    let drive = match case.text("drive") {
        "add" => Drive::Add,
        "clamp" => Drive::Clamp,
        other => panic!("{}: unknown drive {other}", case.name),
    };
    Recurrent {
        neurons: case.number("neurons") as usize,
        drive,
        plasticity: Some(Plasticity { alpha, writing: Writing::Rule(rule) }),
    }
}

fn parameters_of(case: &Case) -> Parameters {
    let mut parameters = Parameters::default();
    for (name, (shape, values)) in &case.tensors {
        if let Some(name) = name.strip_prefix("param.") {
            parameters.insert(name, shape, values).unwrap();
        }
    }
    parameters
}

fn flat(tensor: &Tensor) -> Vec<f32> {
    tensor.to_dtype(DType::F32).unwrap().flatten_all().unwrap().to_vec1().unwrap()
}

/// The loss of the recurrent cases: Σ over batch and neurons of (y(T) − target)².
fn loss_of(case: &Case, activity: &Tensor) -> Tensor {
    let last = activity.get(activity.dim(0).unwrap() - 1).unwrap();
    (last - case.tensor("in.target")).unwrap().sqr().unwrap().sum_all().unwrap()
}

fn check_gradients(case: &Case, loss: &Tensor, parameters: &Parameters) {
    for (name, gradient) in slopes(loss, parameters).all() {
        case.check(&format!("grad.{name}"), &gradient);
    }
}

/// The lifetime on a device beside the CPU, where there is one.
fn check_on_a_device(case: &Case, compute: &Compute) {
    let (network, drive) = (network_of(case), case.tensor("in.drive"));
    let parameters = parameters_of(case).copy_to(compute).unwrap();
    let lived = live(network, &parameters, &drive.to_device(parameters.device()).unwrap(), true).unwrap();
    case.check("out.y", &flat(&lived.activity));
    case.check("out.hebb", &lived.final_traces.concat());
    let activity = lived.activity.to_device(&Device::Cpu).unwrap();
    check_gradients(case, &loss_of(case, &activity), &parameters);
}

fn check_plastic_rnn(case: &Case) {
    if let Some(compute) = gpu() {
        check_on_a_device(case, &compute);
    }
    if let Ok((compute, _)) = device::open(Choice::Cuda) {
        check_on_a_device(case, &compute);
    }
    let (network, drive) = (network_of(case), case.tensor("in.drive"));
    let parameters = parameters_of(case);
    let lived = live(network, &parameters, &drive, true).unwrap();
    case.check("out.y", &flat(&lived.activity));
    case.check("out.hebb", &lived.final_traces.concat());
    let loss = loss_of(case, &lived.activity);
    case.check("out.loss", &flat(&loss));
    check_gradients(case, &loss, &parameters);

    let (activity, trace) = twin::live(network, &parameters, &drive).unwrap();
    case.check("out.y", &flat(&activity));
    case.check("out.hebb", &flat(&trace.unwrap()));
    check_gradients(case, &loss_of(case, &activity), &parameters);
}

fn check_modulated_rnn(case: &Case) {
    let parameters = parameters_of(case);
    let kind = match case.text("modulation") {
        "simple" => ModulationKind::Simple,
        "retroactive" => ModulationKind::Retroactive,
        other => panic!("{}: unknown modulation {other}", case.name),
    };
    let fan_out = case.settings["fanout"].as_bool().unwrap();
    let modulation = Modulation { kind, fan_out, bound: case.number("clip") as f32 };
    let neurons = case.number("neurons") as usize;
    let plasticity = Plasticity { alpha: alpha_of(case), writing: Writing::Modulated(modulation) };
    let network = Recurrent { neurons, drive: Drive::Add, plasticity: Some(plasticity) };
    if let Some(compute) = gpu() {
        check_modulated_lifetime(case, network, &parameters.copy_to(&compute).unwrap());
    }
    if let Ok((compute, _)) = device::open(Choice::Cuda) {
        check_modulated_lifetime(case, network, &parameters.copy_to(&compute).unwrap());
    }
    check_modulated_lifetime(case, network, &parameters);
}

/// The lifetime wherever the parameters are.
fn check_modulated_lifetime(case: &Case, network: Recurrent, parameters: &Parameters) {
    let [steps, batch] = ["steps", "batch"].map(|key| case.number(key) as usize);
    let seen = case.tensor("in.x").flatten(0, 1).unwrap().to_device(parameters.device()).unwrap();
    let drive = seen.matmul(parameters.get("input.weight").unwrap()).unwrap();
    let drive = drive.broadcast_add(parameters.get("input.bias").unwrap()).unwrap();
    let drive = drive.reshape((steps, batch, network.neurons)).unwrap();
    let mut stepper = Stepper::begin(network, parameters, batch, steps).unwrap();
    for step in 0..steps {
        stepper.step(&flat(&drive.get(step).unwrap())).unwrap();
    }
    let of_lanes = |of: &dyn Fn(usize) -> Vec<f32>| -> Vec<f32> { (0..batch).flat_map(of).collect() };
    case.check("out.hebb", &of_lanes(&|lane| stepper.trace(lane).unwrap()));
    if case.text("modulation") == "retroactive" {
        case.check("out.eligibility", &of_lanes(&|lane| stepper.eligibility(lane).unwrap()));
    }
    let modulators: Vec<Vec<f32>> = (0..batch).map(|lane| stepper.modulator(lane).unwrap()).collect();
    let modulator: Vec<f32> =
        (0..steps).flat_map(|step| modulators.iter().map(|lane| lane[step]).collect::<Vec<_>>()).collect();
    case.check("out.modulator", &modulator);
    let activity = stepper.finish(parameters, &drive).unwrap().to_device(&Device::Cpu).unwrap();
    case.check("out.y", &flat(&activity));
    let loss = loss_of(case, &activity);
    case.check("out.loss", &flat(&loss));
    check_gradients(case, &loss, parameters);
}

fn check_a2c(case: &Case) {
    let parameters = parameters_of(case);
    if let Ok((compute, _)) = device::open(Choice::Cuda) {
        check_a2c_loss(case, &parameters.copy_to(&compute).unwrap());
    }
    check_a2c_loss(case, &parameters);
}

/// The loss wherever the parameters are.
fn check_a2c_loss(case: &Case, parameters: &Parameters) {
    let trajectory = Trajectory {
        actions: case.values("in.actions").iter().map(|&action| action as usize).collect(),
        rewards: case.values("in.rewards").to_vec(),
    };
    let constants = a2c::Constants {
        gamma: case.number("gamma"),
        penalty: case.number("entropy_weight"),
        value_weight: case.number("value_weight"),
    };
    case.check("out.returns", &a2c::returns(&trajectory.rewards, case.number("batch") as usize, constants.gamma));
    let [logits, values] = ["logits", "values"].map(|name| parameters.get(name).unwrap());
    let loss = a2c::losses(logits, values, &trajectory, constants).unwrap().mean(0).unwrap();
    case.check("out.loss", &flat(&loss));
    check_gradients(case, &loss, parameters);
}

/// A plastic soft-max layer: a labelled step writes its features, and the last one is answered.
fn check_one_shot_head(case: &Case) {
    let [pre, post, batch] = ["features", "classes", "batch"].map(|key| case.number(key) as usize);
    let plasticity = Plasticity { alpha: alpha_of(case), writing: Writing::Rule(rule_of(case)) };
    let layer = PlasticLayer { name: "head".into(), pre, post, delay: 0, plasticity };
    let mut parameters = Parameters::default();
    for (name, (shape, values)) in &case.tensors {
        if let Some(name) = name.strip_prefix("param.") {
            parameters.insert(&layer.parameter(name), shape, values).unwrap();
        }
    }
    let (features, labels) = (case.tensor("in.features"), case.tensor("in.labels"));
    let drive = (labels * case.number("label_gain")).unwrap();
    let mut head = Head::begin(&layer, &parameters, batch).unwrap();
    let (mut outputs, mut traces, mut logits) = (Vec::new(), Vec::new(), None);
    for step in 0..features.dim(0).unwrap() {
        let output = head.step(&features.get(step).unwrap(), &drive.get(step).unwrap()).unwrap();
        outputs.push(output.post);
        traces.push(head.trace().clone());
        logits = Some(output.logits);
    }
    let outputs = Tensor::stack(&outputs, 0).unwrap();
    case.check("out.y", &flat(&outputs));
    case.check("out.hebb", &flat(head.trace()));
    let target = case.tensor("in.target");
    let loss = binary_cross_entropies(&logits.unwrap(), &target).unwrap().mean(0).unwrap();
    case.check("out.loss", &flat(&loss));
    for (name, gradient) in slopes(&loss, &parameters).all() {
        case.check(&format!("grad.{}", name.strip_prefix("head.").unwrap()), &gradient);
    }
    // The same as one operation.
    let lifetimes =
        HeadLifetimes { layer: &layer, parameters: &parameters, traces: Vec::new(), alterations: Vec::new() };
    let lived = lifetimes.live(&features, &drive).unwrap();
    assert_eq!(flat(&lived.post), flat(&outputs), "{}", case.name);
    let last = lived.logits.get(features.dim(0).unwrap() - 1).unwrap();
    let loss = binary_cross_entropies(&last, &target).unwrap().mean(0).unwrap();
    case.check("out.loss", &flat(&loss));
    for (name, gradient) in slopes(&loss, &parameters).all() {
        case.check(&format!("grad.{}", name.strip_prefix("head.").unwrap()), &gradient);
    }
    // The trace of every step is rebuilt from features and outputs, bit for bit.
    let of = |tensor: &Tensor, lane: usize| flat(&tensor.narrow(1, lane, 1).unwrap());
    for lane in 0..batch {
        let (pre_signal, post_signal) = (of(&features, lane), of(&outputs, lane));
        let eta = layer.eta(&parameters).unwrap();
        let recording =
            Recording { layer: &layer, eta, before: &[], pre: &pre_signal, post: &post_signal, modulator: None };
        let mut rebuilt = vec![0.0; layer.state_len()];
        for (step, trace) in traces.iter().enumerate() {
            recording.carry(&mut rebuilt, step..step + 1);
            assert_eq!(rebuilt, flat(&trace.get(lane).unwrap()), "{} step {step} of lifetime {lane}", case.name);
        }
    }
}

fn check_adam(case: &Case) {
    let mut parameters = parameters_of(case);
    let settings = Optimiser {
        lr: case.number("lr"),
        beta1: case.number("beta1"),
        beta2: case.number("beta2"),
        eps: case.number("eps"),
        clip_norm: Some(case.number("clip_norm")),
        ..Optimiser::default()
    };
    assert_eq!(case.number("weight_decay"), 0.0, "weight decay is not built");
    let mut adam = Adam::new(settings);
    let limit = settings.clip_norm.unwrap();
    let gradients = case.tensor("in.grads");
    let mut reached = Vec::new();
    for step in 0..case.number("steps") as usize {
        let gradients = BTreeMap::from([("p".to_owned(), gradients.get(step).unwrap().into())]);
        let scale = clip_scale(global_norm(&gradients).unwrap(), Some(limit));
        adam.step(&mut parameters, &gradients, scale).unwrap();
        reached.extend(parameters.values("p").unwrap());
    }
    case.check("out.p", &reached);
}

#[test]
fn every_reference_case_that_is_built_agrees_to_one_in_ten_thousand() {
    if let Err(reason) = device::open(Choice::Cuda) {
        crate::workbench::say(&format!("skipped on a device: {reason}"));
    }
    let mut checked = Vec::new();
    for case in cases() {
        match case.text("cell") {
            "plastic_rnn" => check_plastic_rnn(&case),
            "adam" => check_adam(&case),
            "modulated_rnn" => check_modulated_rnn(&case),
            "a2c" | "a2c_loss" => check_a2c(&case),
            "oneshot_head" => check_one_shot_head(&case),
            "lstm" | "plastic_lstm" => crate::plastic::lstm::check(&case),
            unknown => panic!("{}: unknown kind of case {unknown}", case.name),
        }
        checked.push(case.name);
    }
    println!("checked {}: {}", checked.len(), checked.join(", "));
    assert!(!checked.is_empty(), "no case was checked");
}

#[test]
fn the_bundled_reference_folder_holds_every_case_that_is_built() {
    if std::env::var_os("HEBBSCOPE_REFERENCE").is_some() {
        crate::workbench::say("skipped: HEBBSCOPE_REFERENCE names another folder");
        return;
    }
    let names: Vec<String> = cases().into_iter().map(|case| case.name).collect();
    for rule in ["decay", "oja", "clip"] {
        for alpha in ["free", "per_neuron", "yoked"] {
            for drive in ["add", "clamp"] {
                let name = format!("plastic_rnn_{rule}_{alpha}_{drive}");
                assert!(names.contains(&name), "{name} is missing");
            }
        }
    }
    for kind in ["simple", "retroactive"] {
        for way in ["scalar", "fanout", "fanout_per_neuron", "fanout_yoked"] {
            let name = format!("modulated_rnn_{kind}_{way}");
            assert!(names.contains(&name), "{name} is missing");
        }
    }
    for rule in ["decay", "oja"] {
        for alpha in ["free", "yoked"] {
            let name = format!("oneshot_head_{rule}_{alpha}");
            assert!(names.contains(&name), "{name} is missing");
        }
    }
    let ways = [
        "unmodulated",
        "unmodulated_carried",
        "unmodulated_yoked",
        "modulated",
        "modulated_carried",
        "modulated_free",
        "retroactive_carried",
        "retroactive_free",
        "retroactive_per_neuron",
        "retroactive_yoked",
    ];
    let lstms = ways.map(|way| format!("plastic_lstm_{way}"));
    for name in lstms.into_iter().chain(["adam", "a2c_loss", "lstm", "lstm_carried"].map(str::to_owned)) {
        assert!(names.contains(&name), "{name} is missing");
    }
    assert_eq!(names.len(), 44, "a case that is not named here");
}
