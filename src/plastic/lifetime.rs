//! The recurrence of a whole lifetime as one Candle operation.
//!
//! [`live`] runs it at once; a [`Stepper`] runs it step by step when the next input depends on the
//! last output. Either way the activities come back as one tensor that is part of Candle's graph, with
//! one hand-derived backward pass behind it: no node per step, no stored traces, no recursion.

use super::alteration::Alteration;
use super::cpu::{self, Expected, Record};
use super::modulated::Modulated;
use super::network::Network;
use super::parameters::Parameters;
use candle_core::{Error, Result, Tensor, bail};

/// A lifetime that has been lived.
pub struct Lived {
    /// x(t) for every step and lane, `[T, B, N]`, attached to the graph of the parameters and the drive.
    pub activity: Tensor,
    /// H after the last step, `[N, N]` row major, of each lane; empty unless asked for.
    pub final_traces: Vec<Vec<f32>>,
    /// What the lifetime moves.
    pub traffic: Traffic,
}

/// Bytes of matrices (w, α, H and their gradients) that the sweeps of a lifetime read and write, each matrix counted
/// once per sweep and group of lanes. Zero where no sweeps are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// In the forward pass.
    pub forward: u64,
    /// In the backward pass.
    pub backward: u64,
}

/// Lives whole lifetimes: `drive` is `[T, B, N]`, one lane per lifetime.
///
/// With `keep_traces` the final trace of every lane is returned as well.
///
/// # Errors
/// When a parameter is missing or shapes do not fit the network.
pub fn live(network: Network, parameters: &Parameters, drive: &Tensor, keep_traces: bool) -> Result<Lived> {
    let (_, batch, neurons) = drive.dims3()?;
    if neurons != network.neurons {
        bail!("the drive has {neurons} neurons, the network {}", network.neurons);
    }
    let stepper = Stepper::live(network, parameters, drive)?;
    let final_traces = if keep_traces { (0..batch).map(|lane| stepper.trace(lane)).collect() } else { Vec::new() };
    let traffic = match &stepper.life {
        Life::Host(record) => record.traffic(),
        Life::Modulated(_) => Traffic::default(),
        #[cfg(feature = "cuda")]
        Life::Cuda(_) => Traffic::default(),
    };
    Ok(Lived { activity: stepper.finish(parameters, drive)?, final_traces, traffic })
}

/// Drives one lane of a batch whose next input depends on what the lane has just done.
///
/// In each step [`Self::drive`] comes first, then [`Self::take`]. Lanes are driven on several threads, and not in step
/// with each other.
pub trait Driver: Send {
    /// Writes what drives the neurons in this step, `[N]`.
    fn drive(&mut self, drive: &mut [f32]);
    /// Is told the activities of this step, x(t), `[N]`.
    fn take(&mut self, activity: &[f32]);
}

/// A batch of lifetimes lived step by step.
pub struct Stepper {
    network: Network,
    life: Life,
    /// Whether somebody has altered the lifetimes.
    is_altered: bool,
}

/// Where the lifetimes are lived: on the parameters' device where there are kernels for it, otherwise on the host.
enum Life {
    Host(Record),
    /// Modulated, on the host.
    Modulated(Modulated),
    #[cfg(feature = "cuda")]
    Cuda(Box<dyn super::cuda::Lifetimes>),
}

impl Stepper {
    fn new(network: Network, life: Life) -> Self {
        Self { network, life, is_altered: false }
    }

    /// Begins `batch` lifetimes with zero traces. `expected_steps` only tunes memory: any number may follow.
    ///
    /// # Errors
    /// When a parameter is missing or misshapen.
    pub fn begin(network: Network, parameters: &Parameters, batch: usize, expected_steps: usize) -> Result<Self> {
        check(network, parameters, batch)?;
        #[cfg(feature = "cuda")]
        if parameters.device().is_cuda() {
            let record = super::cuda::begin(network, parameters, batch, expected_steps)?;
            return Ok(Self::new(network, Life::Cuda(record)));
        }
        if network.modulation().is_some() {
            let lived = Modulated::begin(network, parameters, batch, expected_steps)?;
            return Ok(Self::new(network, Life::Modulated(lived)));
        }
        // Whether the drive will be part of the graph is not known before the end.
        let expected = Expected { steps: expected_steps, sweeps: (1..expected_steps).collect() };
        Ok(Self::new(network, Life::Host(cpu::begin(network, parameters, batch, false, &expected)?)))
    }

    /// Lives `steps` steps of a batch of lifetimes, one for each of `drivers`.
    ///
    /// # Errors
    /// When a parameter is missing or misshapen, there is no driver, or the device fails.
    pub fn live_with<D: Driver>(
        network: Network,
        parameters: &Parameters,
        drivers: &mut [D],
        steps: usize,
    ) -> Result<Self> {
        let mut stepper = Self::begin(network, parameters, drivers.len(), steps)?;
        stepper.advance_with(drivers, steps)?;
        Ok(stepper)
    }

    /// Lives `steps` further steps, each lane driven by its own of `drivers`.
    ///
    /// # Errors
    /// When there are more or fewer drivers than lanes, or the device fails.
    pub fn advance_with<D: Driver>(&mut self, drivers: &mut [D], steps: usize) -> Result<()> {
        if drivers.len() != self.batch() {
            bail!("expected {} drivers, one for each lifetime, found {}", self.batch(), drivers.len());
        }
        match &mut self.life {
            Life::Host(record) => record.advance_with(steps, drivers),
            Life::Modulated(lived) => lived.advance_with(steps, drivers),
            #[cfg(feature = "cuda")]
            Life::Cuda(record) => {
                let neurons = self.network.neurons;
                let mut drive = vec![0.0; drivers.len() * neurons];
                for _ in 0..steps {
                    let lanes = drivers.iter_mut().zip(drive.chunks_exact_mut(neurons));
                    lanes.for_each(|(driver, drive)| driver.drive(drive));
                    let activity = record.step(&drive)?;
                    let lanes = drivers.iter_mut().zip(activity.chunks_exact(neurons));
                    lanes.for_each(|(driver, activity)| driver.take(activity));
                }
            }
        }
        Ok(())
    }

    /// Alters all lifetimes before their next step. What they are from then on is nobody's to learn from: see
    /// [`Self::finish`].
    ///
    /// # Errors
    /// When the alteration does not fit the network, or the lifetimes are on a device without such kernels.
    pub fn alter(&mut self, parameters: &Parameters, alteration: &Alteration) -> Result<()> {
        alteration.check(self.network.state_len()).map_err(Error::Msg)?;
        let alpha = parameters.values("alpha")?;
        match &mut self.life {
            Life::Host(record) => record.alter(alteration, &alpha),
            Life::Modulated(lived) => lived.alter(alteration, &alpha),
            #[cfg(feature = "cuda")]
            Life::Cuda(_) => bail!("a lifetime is altered on the CPU only, expected its parameters there"),
        }
        self.is_altered = true;
        Ok(())
    }

    /// A whole lifetime at once.
    fn live(network: Network, parameters: &Parameters, drive: &Tensor) -> Result<Self> {
        let (steps, batch, neurons) = drive.dims3()?;
        check(network, parameters, batch)?;
        #[cfg(feature = "cuda")]
        if parameters.device().is_cuda() {
            // The drive stays on the device: only the host's kernels look at its values.
            let mut record = super::cuda::begin(network, parameters, batch, steps)?;
            record.advance(drive)?;
            return Ok(Self::new(network, Life::Cuda(record)));
        }
        if network.modulation().is_some() {
            return Ok(Self::new(network, Life::Modulated(Modulated::live(network, parameters, drive)?)));
        }
        let values = drive.flatten_all()?.to_vec1::<f32>()?;
        // A drive outside the graph is data: what it clamps needs no gradient.
        let given = !drive.track_op();
        let needs_sweep = |drive: &[f32]| !(given && network.drive.clamps_all(drive));
        let each_step = values.chunks_exact(batch * neurons).enumerate().skip(1);
        let sweeps = each_step.filter(|(_, drive)| needs_sweep(drive)).map(|(step, _)| step).collect();
        let mut record = cpu::begin(network, parameters, batch, given, &Expected { steps, sweeps })?;
        record.advance(&values);
        Ok(Self::new(network, Life::Host(record)))
    }

    /// One step: `drive` is `[B, N]` row major, and so is the answer x(t).
    ///
    /// # Errors
    /// When `drive` has another size, or the device fails.
    pub fn step(&mut self, drive: &[f32]) -> Result<Vec<f32>> {
        let expected = self.batch() * self.network.neurons;
        if drive.len() != expected {
            bail!("a step needs {expected} drive values, found {}", drive.len());
        }
        match &mut self.life {
            Life::Host(record) => {
                record.advance(drive);
                Ok(record.activity_at(record.steps() - 1))
            }
            Life::Modulated(lived) => Ok(lived.step(drive)),
            #[cfg(feature = "cuda")]
            Life::Cuda(record) => record.step(drive),
        }
    }

    /// H after the last step of one lane, `[N, N]` row major; empty for a non-plastic network.
    ///
    /// # Panics
    /// When there is no such lane, or the device on which it lies fails.
    pub fn trace(&self, lane: usize) -> Vec<f32> {
        match &self.life {
            Life::Host(record) => record.final_trace(lane),
            Life::Modulated(lived) => lived.trace(lane),
            #[cfg(feature = "cuda")]
            Life::Cuda(record) => read_back(record.traces(lane).map(|[trace, _]| trace)),
        }
    }

    /// E after the last step of one lane, `[N, N]` row major; empty for a network without eligibility traces.
    ///
    /// # Panics
    /// When there is no such lane, or the device on which it lies fails.
    pub fn eligibility(&self, lane: usize) -> Vec<f32> {
        match &self.life {
            Life::Host(_) => Vec::new(),
            Life::Modulated(lived) => lived.eligibility(lane),
            #[cfg(feature = "cuda")]
            Life::Cuda(record) => read_back(record.traces(lane).map(|[_, eligibility]| eligibility)),
        }
    }

    /// What modulated the traces of one lane, `[T]`; empty for a network that does not modulate them.
    ///
    /// # Panics
    /// When there is no such lane, or the device on which it lies fails.
    pub fn modulator(&self, lane: usize) -> Vec<f32> {
        match &self.life {
            Life::Host(_) => Vec::new(),
            Life::Modulated(lived) => lived.modulator(lane).to_vec(),
            #[cfg(feature = "cuda")]
            Life::Cuda(record) => read_back(record.modulator(lane)),
        }
    }

    fn batch(&self) -> usize {
        match &self.life {
            Life::Host(record) => record.batch(),
            Life::Modulated(lived) => lived.batch(),
            #[cfg(feature = "cuda")]
            Life::Cuda(record) => record.batch(),
        }
    }

    fn steps(&self) -> usize {
        match &self.life {
            Life::Host(record) => record.steps(),
            Life::Modulated(lived) => lived.steps(),
            #[cfg(feature = "cuda")]
            Life::Cuda(record) => record.steps(),
        }
    }

    /// Ends the lifetimes: x of all steps, `[T, B, N]`, attached to the graph of `parameters` and of `drive`, what
    /// the steps were driven with. A drive of `[T·B, N]`, as it comes from a layer, gives activities of that shape.
    /// Altered lifetimes are part of no graph.
    ///
    /// # Errors
    /// When `drive` does not have as many steps as were lived.
    pub fn finish(self, parameters: &Parameters, drive: &Tensor) -> Result<Tensor> {
        let expected = [self.steps(), self.batch(), self.network.neurons];
        let rows = [expected[0] * expected[1], expected[2]];
        if drive.dims() != expected && drive.dims() != rows {
            bail!("the drive has shape {:?}, the lifetime was lived with {expected:?}", drive.dims());
        }
        let bare = |activity: Vec<f32>| Tensor::from_vec(activity, drive.dims(), parameters.device());
        match self.life {
            Life::Host(record) if self.is_altered => bare(record.activity()),
            Life::Host(record) => cpu::attach(record, self.network, parameters, drive),
            Life::Modulated(lived) if self.is_altered => bare(lived.activity()),
            Life::Modulated(lived) => lived.finish(parameters, drive),
            #[cfg(feature = "cuda")]
            Life::Cuda(record) => record.finish(parameters, drive)?.reshape(drive.dims()),
        }
    }
}

/// What lies on the device.
#[cfg(feature = "cuda")]
fn read_back<T>(found: Result<T>) -> T {
    found.unwrap_or_else(|error| panic!("what was lived could not be read back: {error}"))
}

fn check(network: Network, parameters: &Parameters, batch: usize) -> Result<()> {
    if batch == 0 {
        bail!("a batch needs at least one lifetime, found none");
    }
    network.check().map_err(Error::Msg)?;
    for (name, shape) in network.shapes() {
        let found = parameters.get(name)?.dims();
        if found != shape {
            bail!("parameter {name} has shape {found:?}, the network needs {shape:?}");
        }
    }
    Ok(())
}
