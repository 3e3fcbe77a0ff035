//! A batch of lifetimes: lived at once, step by step, or from a given state on.

use super::backend::{self, Backend, Beginning, Driver, State, Traffic};
use crate::plastic::alteration::Alteration;
use crate::plastic::network::Recurrent;
use crate::plastic::parameters::Parameters;
use candle_core::{Error, Result, Tensor, bail};

/// A batch of lifetimes lived step by step.
pub struct Stepper {
    network: Recurrent,
    backend: Box<dyn Backend>,
    /// Whether somebody has altered the lifetimes.
    is_altered: bool,
}

impl Stepper {
    fn new(network: Recurrent, parameters: &Parameters, beginning: Beginning<'_>) -> Result<Self> {
        check(network, parameters, beginning)?;
        Ok(Self { network, backend: backend::begin(network, parameters, beginning)?, is_altered: false })
    }

    /// Begins `batch` lifetimes with zero traces. `expected_steps` only tunes memory: any number may follow.
    ///
    /// # Errors
    /// When a parameter is missing or misshapen, or the device fails.
    pub fn begin(network: Recurrent, parameters: &Parameters, batch: usize, expected_steps: usize) -> Result<Self> {
        Self::new(network, parameters, Beginning { batch, steps: expected_steps, drive: None, state: None })
    }

    /// Goes on from where other lifetimes were left. No gradient flows back into `state`.
    ///
    /// # Errors
    /// As [`Self::begin`]; when the state does not fit the network, or the lifetimes are on a device that cannot begin
    /// there.
    pub fn begin_from(
        network: Recurrent,
        parameters: &Parameters,
        state: &State,
        expected_steps: usize,
    ) -> Result<Self> {
        let batch = state.activity.len() / network.neurons.max(1);
        Self::new(network, parameters, Beginning { batch, steps: expected_steps, drive: None, state: Some(state) })
    }

    /// Whole lifetimes at once, driven with `drive`, `[T, B, N]`.
    pub(super) fn live(network: Recurrent, parameters: &Parameters, drive: &Tensor) -> Result<Self> {
        let (steps, batch, _) = drive.dims3()?;
        let mut stepper = Self::new(network, parameters, Beginning { batch, steps, drive: Some(drive), state: None })?;
        stepper.backend.advance(drive)?;
        Ok(stepper)
    }

    /// Lives further steps; `drive` is `[T, B, N]` where the parameters are.
    ///
    /// # Errors
    /// When `drive` has another batch or another network in mind, or the device fails.
    pub fn advance(&mut self, drive: &Tensor) -> Result<()> {
        let (_, batch, neurons) = drive.dims3()?;
        if [batch, neurons] != [self.backend.batch(), self.network.neurons] {
            let expected = [self.backend.batch(), self.network.neurons];
            bail!("the drive is for {batch} lifetimes of {neurons} neurons, expected {expected:?}");
        }
        self.backend.advance(drive)
    }

    /// Lives `steps` further steps, each lifetime driven by its own of `drivers`.
    ///
    /// # Errors
    /// When there are more or fewer drivers than lifetimes, or the device fails.
    pub fn advance_with<D: Driver>(&mut self, drivers: &mut [D], steps: usize) -> Result<()> {
        let batch = self.backend.batch();
        if drivers.len() != batch {
            bail!("expected {batch} drivers, one for each lifetime, found {}", drivers.len());
        }
        let mut drivers: Vec<&mut dyn Driver> = drivers.iter_mut().map(|driver| driver as &mut dyn Driver).collect();
        self.backend.advance_with(&mut drivers, steps)
    }

    /// Alters all lifetimes before their next step. What they are from then on is nobody's to learn from: see
    /// [`Self::finish`].
    ///
    /// # Errors
    /// When the alteration does not fit the network, or the lifetimes are on a device without such kernels.
    pub fn alter(&mut self, parameters: &Parameters, alteration: &Alteration) -> Result<()> {
        alteration.check(self.network.layer().as_ref()).map_err(Error::Msg)?;
        self.backend.alter(alteration, &parameters.values("alpha")?)?;
        self.is_altered = true;
        Ok(())
    }

    /// One step: `drive` is `[B, N]` row major, and so is the answer x(t).
    ///
    /// # Errors
    /// When `drive` has another size, or the device fails.
    pub fn step(&mut self, drive: &[f32]) -> Result<Vec<f32>> {
        let expected = self.backend.batch() * self.network.neurons;
        if drive.len() != expected {
            bail!("a step needs {expected} drive values, found {}", drive.len());
        }
        self.backend.step(drive)
    }

    /// H after the last step of one lifetime, `[N, N]` row major; empty for a network without traces.
    ///
    /// # Errors
    /// When there is no such lifetime, or the device fails.
    pub fn trace(&self, lifetime: usize) -> Result<Vec<f32>> {
        self.checked(lifetime)?.traces(lifetime).map(|[trace, _]| trace)
    }

    /// E after the last step of one lifetime, `[N, N]` row major; empty for a network without eligibility traces.
    ///
    /// # Errors
    /// When there is no such lifetime, or the device fails.
    pub fn eligibility(&self, lifetime: usize) -> Result<Vec<f32>> {
        self.checked(lifetime)?.traces(lifetime).map(|[_, eligibility]| eligibility)
    }

    /// What modulated the traces of one lifetime, `[T]`; empty for a network that does not modulate them.
    ///
    /// # Errors
    /// When there is no such lifetime, or the device fails.
    pub fn modulator(&self, lifetime: usize) -> Result<Vec<f32>> {
        self.checked(lifetime)?.modulator(lifetime)
    }

    /// What the lifetimes carry into the next step, see [`Self::begin_from`].
    ///
    /// # Errors
    /// When no step has been lived, or the device fails.
    pub fn state(&self) -> Result<State> {
        let row = self.backend.batch() * self.network.neurons;
        let Some(before) = self.backend.steps().checked_sub(1) else {
            bail!("expected lifetimes with a step behind them, found some that have not begun");
        };
        let activity = self.backend.activity()?[before * row..].to_vec();
        let carried = |lifetime| Ok(self.backend.traces(lifetime)?.concat());
        let has_traces = self.network.state_len() > 0;
        let lifetimes = if has_traces { 0..self.backend.batch() } else { 0..0 };
        Ok(State { activity, traces: lifetimes.map(carried).collect::<Result<_>>()? })
    }

    /// What the lifetimes move.
    pub fn traffic(&self) -> Traffic {
        self.backend.traffic()
    }

    fn checked(&self, lifetime: usize) -> Result<&dyn Backend> {
        let batch = self.backend.batch();
        if lifetime >= batch {
            bail!("expected one of {batch} lifetimes, found number {}", lifetime + 1);
        }
        Ok(&*self.backend)
    }

    /// Ends the lifetimes: x of all steps, `[T, B, N]`, attached to the graph of `parameters` and of `drive`, what
    /// the steps were driven with. A drive of `[T·B, N]`, as it comes from a layer, gives activities of that shape.
    /// Altered lifetimes are part of no graph.
    ///
    /// # Errors
    /// When `drive` does not have as many steps as were lived.
    pub fn finish(self, parameters: &Parameters, drive: &Tensor) -> Result<Tensor> {
        let expected = [self.backend.steps(), self.backend.batch(), self.network.neurons];
        let rows = [expected[0] * expected[1], expected[2]];
        if drive.dims() != expected && drive.dims() != rows {
            bail!("the drive has shape {:?}, the lifetime was lived with {expected:?}", drive.dims());
        }
        if self.is_altered {
            return Tensor::from_vec(self.backend.activity()?, drive.dims(), parameters.device());
        }
        self.backend.finish(parameters, drive)
    }
}

fn check(network: Recurrent, parameters: &Parameters, beginning: Beginning<'_>) -> Result<()> {
    if beginning.batch == 0 {
        bail!("a batch needs at least one lifetime, found none");
    }
    network.check().map_err(Error::Msg)?;
    for (name, shape) in network.shapes() {
        let found = parameters.get(name)?.dims();
        if found != shape {
            bail!("parameter {name} has shape {found:?}, the network needs {shape:?}");
        }
    }
    let Some(State { activity, traces }) = beginning.state else { return Ok(()) };
    let (batch, expected) = (beginning.batch, network.state_len());
    if activity.len() != batch * network.neurons {
        bail!("a state of {batch} lifetimes has {} activities, expected {} each", activity.len(), network.neurons);
    }
    let lifetimes = if expected > 0 { batch } else { 0 };
    match traces.iter().find(|traces| traces.len() != expected) {
        Some(found) => bail!("a state holds {} numbers of a lifetime's traces, expected {expected}", found.len()),
        None if traces.len() != lifetimes => {
            bail!("a state holds the traces of {} lifetimes, expected {lifetimes}", traces.len())
        }
        None => Ok(()),
    }
}
