//! The networks that can recall, and how examples reach them (*Differentiable plasticity*, sections 4.1 and 4.2).

use crate::episode::GateRecord;
use crate::plastic::lstm::{Altered, LstmState};
use crate::plastic::network::{Lstm, Part};
use crate::plastic::{Drive, Init, Network, Parameters, Plasticity, Recurrent, Specification, live, lstm};
use crate::tasks::record::{self, of_the_first};
use candle_core::{Result, Tensor};

/// Weights and plasticity coefficients begin as N(0, 1) times this.
const INITIAL_SCALE: f32 = 0.01;

/// η begins here.
const INITIAL_ETA: f32 = 0.01;

/// The part of LSTM cells.
const CELLS: &str = "lstm";

/// A network that recalls.
#[derive(Clone, Copy, Debug)]
pub struct Cells {
    /// What it consists of.
    pub kind: CellKind,
    /// Neurons or cells beyond those that an answer is read from (and the bias).
    pub hidden: usize,
    /// What examples are multiplied by on their way in, where they are added.
    pub gain: f32,
}

/// What a network that recalls consists of.
#[derive(Clone, Copy, Debug)]
pub enum CellKind {
    /// Recurrent tanh neurons, one of them a bias.
    Recurrent {
        /// How examples reach them.
        drive: Drive,
        /// `None` for a network without traces.
        plasticity: Option<Plasticity>,
    },
    /// LSTM cells without traces.
    Lstm,
}

impl Cells {
    /// Neurons that are clamped to examples, and nothing else.
    pub fn clamped(plasticity: Option<Plasticity>) -> Self {
        Self { kind: CellKind::Recurrent { drive: Drive::Clamp, plasticity }, hidden: 0, gain: 1.0 }
    }

    /// Whether it has traces.
    pub fn is_plastic(&self) -> bool {
        matches!(self.kind, CellKind::Recurrent { plasticity: Some(_), .. })
    }

    /// The network, for examples of `size` elements.
    pub fn network(&self, size: usize) -> Network {
        match self.kind {
            CellKind::Recurrent { drive, plasticity } => {
                Recurrent { neurons: size + 1 + self.hidden, drive, plasticity }.into()
            }
            CellKind::Lstm => {
                let cells = size + self.hidden;
                Network::new(vec![Part::Lstm(Lstm { name: CELLS.into(), inputs: size, cells, plasticity: None })])
            }
        }
    }

    /// How many numbers are shown at each step.
    pub fn width(&self, size: usize) -> usize {
        match self.kind {
            CellKind::Recurrent { .. } => size + 1 + self.hidden,
            CellKind::Lstm => size,
        }
    }

    /// What is shown of an example at one step, added to `shown`.
    pub fn show(&self, shown: &mut Vec<f32>, example: &[f32]) {
        shown.extend(example.iter().map(|value| self.gain * value));
        if let CellKind::Recurrent { .. } = self.kind {
            // The bias: a neuron that is always on.
            shown.push(self.gain);
            shown.extend(std::iter::repeat_n(0.0, self.hidden));
        }
    }

    /// The parameters of a new network: of recurrent neurons as in the paper, of LSTM cells U(−1/√N, 1/√N), as PyTorch has
    /// them.
    pub fn specifications(&self, size: usize) -> Vec<Specification> {
        let bound = 1.0 / ((size + self.hidden) as f32).sqrt();
        self.network(size).specifications(|name| match (self.kind, name) {
            (CellKind::Lstm, _) => Init::Uniform([-bound, bound]),
            (_, "eta") => Init::Constant(INITIAL_ETA),
            _ => Init::Normal(INITIAL_SCALE),
        })
    }

    /// About how many numbers a lifetime of `steps` takes beside its traces: activities, what led to them, and the
    /// gradients of both.
    pub fn numbers(&self, size: usize, steps: usize) -> f64 {
        let each = match self.kind {
            CellKind::Recurrent { .. } => 6.0 * self.width(size) as f64,
            CellKind::Lstm => 20.0 * (size + self.hidden) as f64,
        };
        each * steps as f64
    }

    /// Lives whole lifetimes that nobody changes, shown `shown`, `[T, B, …]`.
    ///
    /// # Errors
    /// When the parameters do not fit, or the device fails.
    pub fn live(&self, network: &Network, parameters: &Parameters, shown: &Tensor) -> Result<RecallOutput> {
        if let Some(recurrent) = network.recurrent() {
            // All at once: steps that clamp every neuron are spared.
            return RecallOutput::of_neurons(live(recurrent, parameters, shown, false)?.activity, shown);
        }
        let Some(cells) = network.lstms().next() else {
            candle_core::bail!("expected recurrent neurons or LSTM cells, found neither")
        };
        let mut lived = lstm::live(cells, parameters, shown, &LstmState::default(), Altered::default())?;
        let batch = shown.dim(1)?;
        let of_candidates = lived.drive.chunks_exact(batch * 4 * cells.cells);
        let drive = of_candidates.flat_map(|step| &step[3 * cells.cells..][..cells.cells]).copied().collect();
        let gates = vec![record::gates(cells, &mut lived)];
        Ok(RecallOutput { activity: lived.hidden, drive, gates })
    }
}

/// What lifetimes of recall came to.
pub struct RecallOutput {
    /// x(t) or h(t), `[T, B, N]`, part of the graph.
    pub activity: Tensor,
    /// What drove the neurons of the first lifetime, or the candidates of its cells, `[T, N]`.
    pub drive: Vec<f32>,
    /// The gates of LSTM cells.
    pub gates: Vec<GateRecord>,
}

impl RecallOutput {
    /// Of neurons that are driven by what they are shown.
    ///
    /// # Errors
    /// When the device fails.
    pub fn of_neurons(activity: Tensor, shown: &Tensor) -> Result<Self> {
        Ok(Self { activity, drive: of_the_first(shown)?, gates: Vec::new() })
    }
}
