//! A tape and the network that lived it, in one file that opens by itself.

use super::behaviour::{self, Behaviour};
use super::intervention;
use super::layer::Beginning;
use super::modulator::{self, Modulator};
use super::one_shot::{self, OneShot};
use super::reading::{self, Reading};
use super::{Content, Event, GateRecord, LayerRecord, Origin, Tape};
use crate::files::{self, Array, FileError, Precision, TensorFile};
use crate::plastic::{Network, Parameters, PlasticLayer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// What the JSON calls such a file.
const KIND: &str = "tape";

/// The version of the tape format that this program writes.
const VERSION: u32 = 1;

/// The JSON of a tape file.
#[derive(Serialize, Deserialize)]
struct Header {
    kind: String,
    version: u32,
    task: String,
    network: Network,
    eta: f32,
    iteration: u64,
    seed: Option<u64>,
    steps: usize,
    events: Vec<Event>,
    loss: f32,
    measure: f32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    behaviour: Option<behaviour::Header>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    one_shot: Option<one_shot::Header>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reading: Option<reading::Header>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modulator: Option<modulator::Header>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    interventions: Option<intervention::Header>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    layers: Vec<StoredLayer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    view: Option<Value>,
}

/// The beginning of the names of tensors that belong to how somebody looks at a tape.
const VIEW: &str = "view.";

/// How somebody looks at a tape, kept in its file: what it means is known above.
#[derive(Clone, Debug, Default)]
pub struct Attached {
    /// The entry `view` of the JSON.
    pub json: Value,
    /// Tensors, by their names without the `view.` before them.
    pub arrays: BTreeMap<String, Array>,
}

/// Whether a file's JSON says that it is a tape.
pub fn is_tape(file: &TensorFile) -> bool {
    serde_json::from_str::<Value>(&file.json).is_ok_and(|json| json["kind"] == KIND)
}

/// What the JSON says of a plastic layer whose signals are not the network's activities.
#[derive(Serialize, Deserialize)]
struct StoredLayer {
    eta: f32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modulator: Option<modulator::Header>,
}

/// Whether all that the traces of a network were written with is its activities: it has one layer at most, which hears
/// itself. The tensors and entries of such a layer have no name of their own.
fn hears_itself(network: &Network) -> bool {
    match network.recurrent() {
        Some(recurrent) => network.layers().iter().eq(recurrent.layer().iter()),
        None => false,
    }
}

/// The beginning of the names of a layer's tensors.
pub(super) fn prefix(layer: &PlasticLayer) -> String {
    format!("tape.{}.", layer.name)
}

/// Writes a tape with the parameters of its network.
///
/// # Errors
/// When the lifetime holds NaN or infinity or the file cannot be written; nothing is left behind then.
pub fn write(path: &Path, tape: &Tape, parameters: &Parameters) -> Result<(), FileError> {
    files::write_atomically(path, &to_bytes(path, tape, parameters)?)
}

/// The bytes of a tape with the parameters of its network, which is to lie at `path`.
///
/// # Errors
/// When the lifetime holds NaN or infinity.
pub fn to_bytes(path: &Path, tape: &Tape, parameters: &Parameters) -> Result<Vec<u8>, FileError> {
    to_bytes_with(path, tape, parameters, None)
}

/// The bytes of a tape with the parameters of its network and how somebody looks at it.
///
/// # Errors
/// As [`to_bytes`].
pub fn to_bytes_with(
    path: &Path,
    tape: &Tape,
    parameters: &Parameters,
    attached: Option<&Attached>,
) -> Result<Vec<u8>, FileError> {
    tape.check().map_err(|problem| FileError::new(path, format!("cannot be written: {problem}")))?;
    let own = tape.layers.first().filter(|_| hears_itself(&tape.network));
    let named = if hears_itself(&tape.network) { &[][..] } else { &tape.layers };
    let stored = |record: &LayerRecord| StoredLayer {
        eta: record.eta,
        modulator: record.modulator.as_ref().map(Modulator::header),
    };
    let header = Header {
        kind: KIND.into(),
        version: VERSION,
        task: tape.origin.task.clone(),
        network: tape.network.clone(),
        eta: own.map_or(0.0, |record| record.eta),
        iteration: tape.origin.iteration,
        seed: tape.origin.seed,
        steps: tape.steps,
        events: tape.events.clone(),
        loss: tape.loss,
        measure: tape.measure,
        behaviour: tape.content.behaviour().map(Behaviour::header),
        one_shot: tape.content.one_shot().map(OneShot::header),
        reading: tape.content.reading().map(Reading::header),
        modulator: own.and_then(|record| record.modulator.as_ref()).map(Modulator::header),
        interventions: intervention::header(&tape.interventions),
        run: tape.origin.run.as_deref().cloned(),
        layers: named.iter().map(stored).collect(),
        view: attached.map(|attached| attached.json.clone()),
    };
    let shape = [tape.steps, tape.neurons()];
    let mut tensors = BTreeMap::from([
        ("tape.drive".to_owned(), Array::new(&shape, tape.drive.clone())),
        ("tape.activity".to_owned(), Array::new(&shape, tape.activity.to_vec())),
    ]);
    tensors.extend(tape.content.to_arrays());
    tensors.extend(own.and_then(|record| record.modulator.as_ref()).iter().flat_map(|own| own.to_arrays("tape.")));
    tensors.extend(own.iter().flat_map(|own| beginning_to_arrays(own, "tape.")));
    for record in named {
        let (prefix, layer) = (prefix(&record.layer), &record.layer);
        tensors.insert(format!("{prefix}pre"), Array::new(&[tape.steps, layer.pre], record.pre.to_vec()));
        tensors.insert(format!("{prefix}post"), Array::new(&[tape.steps, layer.post], record.post.to_vec()));
        tensors.extend(record.modulator.iter().flat_map(|modulator| modulator.to_arrays(&prefix)));
        tensors.extend(beginning_to_arrays(record, &prefix));
    }
    tensors.extend(tape.gates.iter().map(|record| record.to_array(tape.steps)));
    tensors.extend(intervention::to_arrays(&tape.interventions));
    let shown = attached.iter().flat_map(|attached| &attached.arrays);
    tensors.extend(shown.map(|(name, array)| (format!("{VIEW}{name}"), array.clone())));
    let values = parameters.to_arrays().map_err(|error| FileError::new(path, error.to_string()))?;
    tensors.extend(values);
    let json = serde_json::to_string(&header).map_err(|error| FileError::new(path, error.to_string()))?;
    files::tensor_bytes(path, &json, &tensors, Precision::Full)
}

/// Takes a tape and its network's parameters out of a file that has been read.
///
/// # Errors
/// When the header, a shape or a span does not fit.
pub fn read(file: TensorFile) -> Result<(Tape, Parameters), FileError> {
    read_with(file).map(|(tape, parameters, _)| (tape, parameters))
}

/// Takes a tape, its network's parameters and how somebody looks at it out of a file that has been read.
///
/// # Errors
/// As [`read`].
pub fn read_with(mut file: TensorFile) -> Result<(Tape, Parameters, Option<Attached>), FileError> {
    file.expect(KIND, VERSION)?;
    let header: Header = serde_json::from_str(&file.json).map_err(|error| {
        file.refuse(format!("expected the header of a tape, found one that does not fit ({error})"))
    })?;
    let Header { network, steps, .. } = header;
    let parameters = Parameters::from_file(&mut file, &network)?;
    let shape = [steps, network.neurons()];
    let content = match (header.behaviour, header.one_shot, header.reading) {
        (Some(part), _, _) => Content::Agent(Behaviour::take(&mut file, part, &network, steps)?),
        (None, Some(part), _) => Content::OneShot(OneShot::take(&mut file, part)?),
        (None, None, Some(part)) => Content::Text(Reading::take(&mut file, part, steps)?),
        (None, None, None) => Content::take_recall(&mut file)?,
    };
    let layers = network.layers();
    let own = layers.first().filter(|_| hears_itself(&network));
    let modulator = header.modulator.map(|part| Modulator::take(&mut file, "tape.", part, own, steps));
    let interventions = header.interventions.map(|part| intervention::take(&mut file, part, &network));
    let (modulator, interventions) = (modulator.transpose()?, interventions.transpose()?);
    let drive = file.take("tape.drive", &shape)?;
    let activity: Arc<[f32]> = file.take("tape.activity", &shape)?.into();
    let layers = match own {
        Some(layer) => {
            let (layer, pre, post) = (layer.clone(), Arc::clone(&activity), Arc::clone(&activity));
            let beginning = take_beginning(&mut file, &layer, "tape.")?;
            vec![LayerRecord { layer, eta: header.eta, pre, post, modulator, beginning }]
        }
        None => take_layers(&mut file, layers, header.layers, steps)?,
    };
    let gates = GateRecord::take_all(&mut file, &network, steps)?;
    let tape = Tape {
        origin: Origin {
            task: header.task,
            iteration: header.iteration,
            seed: header.seed,
            run: header.run.map(Arc::new),
        },
        network,
        steps,
        drive,
        activity,
        layers,
        gates,
        events: header.events,
        content,
        interventions: interventions.unwrap_or_default(),
        loss: header.loss,
        measure: header.measure,
    };
    tape.check().map_err(|problem| file.refuse(problem))?;
    let attached = header.view.map(|json| Attached { json, arrays: file.take_prefixed(VIEW) });
    file.finish()?;
    Ok((tape, parameters, attached))
}

/// What a layer carried into the lifetime, as tensors whose names begin with `prefix`.
fn beginning_to_arrays(record: &LayerRecord, prefix: &str) -> Vec<(String, Array)> {
    let Some(Beginning { pre, state }) = &record.beginning else { return Vec::new() };
    let named = [("begins.pre", pre), ("begins.state", state)];
    named.map(|(name, values)| (format!("{prefix}{name}"), Array::new(&[values.len()], values.clone()))).into()
}

fn take_beginning(file: &mut TensorFile, layer: &PlasticLayer, prefix: &str) -> Result<Option<Beginning>, FileError> {
    let name = |which: &str| format!("{prefix}begins.{which}");
    if !file.has(&name("state")) {
        return Ok(None);
    }
    let pre = file.take(&name("pre"), &[layer.pre])?;
    Ok(Some(Beginning { pre, state: file.take(&name("state"), &[layer.state_len()])? }))
}

/// The signals of layers that have names of their own.
fn take_layers(
    file: &mut TensorFile,
    layers: Vec<PlasticLayer>,
    stored: Vec<StoredLayer>,
    steps: usize,
) -> Result<Vec<LayerRecord>, FileError> {
    if layers.len() != stored.len() {
        let (expected, found) = (layers.len(), stored.len());
        return Err(file.refuse(format!("holds the signals of {found} plastic layers, expected {expected}")));
    }
    let taken = layers.into_iter().zip(stored).map(|(layer, StoredLayer { eta, modulator })| {
        let prefix = prefix(&layer);
        let pre = file.take(&format!("{prefix}pre"), &[steps, layer.pre])?.into();
        let post = file.take(&format!("{prefix}post"), &[steps, layer.post])?.into();
        let modulator = modulator.map(|part| Modulator::take(file, &prefix, part, Some(&layer), steps)).transpose()?;
        let beginning = take_beginning(file, &layer, &prefix)?;
        Ok(LayerRecord { layer, eta, pre, post, modulator, beginning })
    });
    taken.collect()
}
