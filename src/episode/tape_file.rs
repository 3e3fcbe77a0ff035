//! A tape and the network that lived it, in one file that opens by itself.

use super::behaviour::{self, Behaviour};
use super::intervention;
use super::modulator::{self, Modulator};
use super::{Event, Tape};
use crate::files::{self, Array, FileError, Precision, TensorFile};
use crate::plastic::{Network, Parameters};
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
    modulator: Option<modulator::Header>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    interventions: Option<intervention::Header>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<Value>,
}

/// Whether a file's JSON says that it is a tape.
pub fn is_tape(file: &TensorFile) -> bool {
    serde_json::from_str::<Value>(&file.json).is_ok_and(|json| json["kind"] == KIND)
}

/// Writes a tape with the parameters of its network.
///
/// # Errors
/// When the lifetime holds NaN or infinity or the file cannot be written; nothing is left behind then.
pub fn write(path: &Path, tape: &Tape, parameters: &Parameters) -> Result<(), FileError> {
    tape.check().map_err(|problem| FileError::new(path, format!("cannot be written: {problem}")))?;
    let header = Header {
        kind: KIND.into(),
        version: VERSION,
        task: tape.task.clone(),
        network: tape.network,
        eta: tape.eta,
        iteration: tape.iteration,
        seed: tape.seed,
        steps: tape.steps,
        events: tape.events.clone(),
        loss: tape.loss,
        measure: tape.measure,
        behaviour: tape.behaviour.as_ref().map(Behaviour::header),
        modulator: tape.modulator.as_ref().map(Modulator::header),
        interventions: intervention::header(&tape.interventions),
        run: tape.run.as_deref().cloned(),
    };
    let shape = [tape.steps, tape.network.neurons];
    let mut tensors = BTreeMap::from([
        ("tape.drive".to_owned(), Array::new(&shape, tape.drive.clone())),
        ("tape.activity".to_owned(), Array::new(&shape, tape.activity.clone())),
    ]);
    for (name, picture) in &tape.pictures {
        tensors.insert(format!("tape.picture.{name}"), picture.clone());
    }
    tensors.extend(tape.behaviour.iter().flat_map(Behaviour::to_arrays));
    tensors.extend(tape.modulator.iter().flat_map(Modulator::to_arrays));
    tensors.extend(intervention::to_arrays(&tape.interventions));
    let values = parameters.to_arrays().map_err(|error| FileError::new(path, error.to_string()))?;
    tensors.extend(values);
    let json = serde_json::to_string(&header).map_err(|error| FileError::new(path, error.to_string()))?;
    files::write_tensors(path, &json, &tensors, Precision::Full)
}

/// Takes a tape and its network's parameters out of a file that has been read.
///
/// # Errors
/// When the header, a shape or a span does not fit.
pub fn read(mut file: TensorFile) -> Result<(Tape, Parameters), FileError> {
    file.expect(KIND, VERSION)?;
    let header: Header = serde_json::from_str(&file.json).map_err(|error| {
        file.refuse(format!("expected the header of a tape, found one that does not fit ({error})"))
    })?;
    let parameters = Parameters::from_file(&mut file, &header.network)?;
    let shape = [header.steps, header.network.neurons];
    let behaviour = header.behaviour.map(|part| Behaviour::take(&mut file, part, &header.network, header.steps));
    let modulator = header.modulator.map(|part| Modulator::take(&mut file, part, &header.network, header.steps));
    let interventions = header.interventions.map(|part| intervention::take(&mut file, part, &header.network));
    let tape = Tape {
        task: header.task,
        network: header.network,
        eta: header.eta,
        iteration: header.iteration,
        seed: header.seed,
        steps: header.steps,
        drive: file.take("tape.drive", &shape)?,
        activity: file.take("tape.activity", &shape)?,
        events: header.events,
        pictures: file.take_prefixed("tape.picture."),
        behaviour: behaviour.transpose()?,
        modulator: modulator.transpose()?,
        interventions: interventions.transpose()?.unwrap_or_default(),
        run: header.run.map(Arc::new),
        loss: header.loss,
        measure: header.measure,
    };
    tape.check().map_err(|problem| file.refuse(problem))?;
    file.finish()?;
    Ok((tape, parameters))
}
