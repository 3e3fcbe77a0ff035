//! What there is to say about a pinned synapse or neuron. No widget in it.

use super::Pinned;
use crate::episode::Tape;
use crate::episode::ledger::{Ledger, Share};
use crate::plastic::rule::{Rule, Update as _, with_update};
use crate::plastic::{Modulation, Writing};
use crate::render::Matrix;
use crate::ui::panels::recall::grid_of;
use crate::ui::scene::Scene;
use std::sync::Arc;

/// Lines of an account before "the rest".
const NAMED_WRITERS: usize = 4;

/// Partners listed of each kind.
const PARTNERS: usize = 4;

/// Which end of its connections a neuron is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Its column: connections that end in it.
    Into,
    /// Its row: connections that begin in it.
    OutOf,
}

impl Side {
    /// The connection between `neuron` and `other`, as (from, to).
    pub fn connection(self, neuron: usize, other: usize) -> (usize, usize) {
        match self {
            Self::Into => (other, neuron),
            Self::OutOf => (neuron, other),
        }
    }
}

/// All connections of a neuron on one side, arranged as the tiles of patterns are.
pub struct Fan {
    /// The neuron.
    pub neuron: usize,
    /// Which end of them it is.
    pub side: Side,
    /// How many cells show a neuron; what is left of the grid shows nothing.
    pub cells: usize,
    /// The bias, where it is a neuron apart from the cells.
    pub bias: Option<usize>,
    /// w, `[rows, columns]` of the picture.
    pub w: Arc<Matrix>,
    /// α in the same arrangement; `None` for a network without.
    pub alpha: Option<Arc<Matrix>>,
    /// The largest magnitude that α·H reaches here in this lifetime: colours mean the same at every step.
    pub product_range: f32,
    /// The same for H.
    pub trace_range: f32,
}

impl Fan {
    fn new(scene: &Scene, neuron: usize, side: Side) -> Self {
        let tape = scene.tape();
        let neurons = tape.network.neurons;
        let bias = bias_of(tape);
        let cells = bias.unwrap_or(neurons);
        let w = arranged(cells, |other| {
            let (from, to) = side.connection(neuron, other);
            scene.w.values()[from * neurons + to]
        });
        let alpha = scene.alpha.as_ref().map(|_| {
            arranged(cells, |other| {
                let (from, to) = side.connection(neuron, other);
                alpha_of(scene, from, to).unwrap_or(0.0)
            })
        });
        let [trace_range, product_range] = ranges(scene, neuron, side, cells);
        Self { neuron, side, cells, bias, w, alpha, product_range, trace_range }
    }

    /// H of these connections, H being `[N, N]`.
    pub fn trace(&self, trace: Option<&Matrix>) -> Option<Arc<Matrix>> {
        let trace = trace?;
        Some(arranged(self.cells, |other| {
            let (from, to) = self.side.connection(self.neuron, other);
            trace.at(from, to).unwrap_or(0.0)
        }))
    }

    /// α·H of these connections at a step, H being `[N, N]`.
    pub fn product(&self, scene: &Scene, step: usize, trace: Option<&Matrix>) -> Option<Arc<Matrix>> {
        let trace = trace?;
        Some(arranged(self.cells, |other| {
            let (from, to) = self.side.connection(self.neuron, other);
            alpha_at(scene, step, from, to).unwrap_or(0.0) * trace.at(from, to).unwrap_or(0.0)
        }))
    }

    /// The partners of largest |w + α·H|, the bias among them, as (from, to, w + α·H).
    fn strongest(&self, scene: &Scene, step: usize, trace: Option<&Matrix>) -> Vec<(usize, usize, f32)> {
        let neurons = scene.tape().network.neurons;
        let mut all: Vec<_> = (0..neurons)
            .map(|other| {
                let (from, to) = self.side.connection(self.neuron, other);
                (from, to, effective(scene, step, trace, from, to))
            })
            .collect();
        all.sort_by(|(.., a), (.., b)| b.abs().total_cmp(&a.abs()));
        all.truncate(PARTNERS);
        all
    }
}

/// What does not change within a lifetime.
pub struct Life {
    /// H_ij from H(0) to H(T) of a synapse, x_j(t) of a neuron.
    pub history: Vec<f32>,
    /// The connections into the (post-synaptic) neuron.
    pub into: Fan,
    /// The connections out of a pinned neuron.
    pub out: Option<Fan>,
}

impl Life {
    pub(super) fn new(scene: &Scene, pinned: Pinned) -> Self {
        let tape = scene.tape();
        match pinned {
            Pinned::Synapse { from, to } => {
                Self { history: scene.reel.synapse_history(from, to), into: Fan::new(scene, to, Side::Into), out: None }
            }
            Pinned::Neuron(index) => Self {
                history: (0..tape.steps).map(|step| tape.activity_at(step)[index]).collect(),
                into: Fan::new(scene, index, Side::Into),
                out: Some(Fan::new(scene, index, Side::OutOf)),
            },
        }
    }
}

/// What belongs to one step.
pub enum Now {
    /// Of a synapse.
    Synapse(SynapseNow),
    /// Of a neuron.
    Neuron(NeuronNow),
}

/// A synapse at one step.
pub struct SynapseNow {
    /// *i*.
    pub from: usize,
    /// *j*.
    pub to: usize,
    /// t.
    pub step: usize,
    /// w_ij.
    pub w: f32,
    /// α_ij, and H_ij(t), H_ij(t+1); `None` for a network without.
    pub plastic: Option<PlasticNow>,
    /// x_i(t−1), zero at the first step.
    pub pre: f32,
    /// x_j(t).
    pub post: f32,
    /// input_j(t).
    pub input: f32,
    /// Who wrote H_ij(t).
    pub account: Vec<Share>,
    /// α·H of all connections into *j*.
    pub into: Option<Arc<Matrix>>,
}

/// The plastic part of a synapse at one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlasticNow {
    /// α_ij.
    pub alpha: f32,
    /// H_ij(t), which x_j(t) was computed with.
    pub trace: f32,
    /// H_ij(t+1), after this step has written.
    pub next: f32,
    /// How it is written.
    pub writing: WritingNow,
}

/// How a step writes a trace, with the numbers of the instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WritingNow {
    /// A rule alone.
    Ruled {
        /// The rule.
        rule: Rule,
        /// Its η.
        eta: f32,
    },
    /// Somebody has frozen it.
    Frozen,
    /// The network itself modulates it.
    Modulated {
        /// How.
        modulation: Modulation,
        /// M_j(t).
        gain: f32,
        /// What it is multiplied by: x_i(t−1) x_j(t), or E_ij(t).
        written: f32,
        /// Their product as the network has it, to the bit.
        added: f32,
    },
}

impl WritingNow {
    /// How step `step` writes the trace of a synapse, given its H and E before; `None` for a network without traces.
    fn new(tape: &Tape, from: usize, to: usize, step: usize, [_, eligible]: [f32; 2]) -> Option<Self> {
        if step >= tape.frozen_from() {
            return Some(Self::Frozen);
        }
        if let Some(modulated) = tape.modulated() {
            return Some(Self::Modulated {
                modulation: modulated.modulation,
                gain: modulated.gain(step, to),
                written: modulated.written(step, from, to, eligible),
                added: modulated.added(step, from, to, eligible),
            });
        }
        match tape.network.writing()? {
            Writing::Rule(rule) => Some(Self::Ruled { rule, eta: tape.eta }),
            Writing::Modulated(_) => None,
        }
    }
}

/// A neuron at one step.
pub struct NeuronNow {
    /// Which one.
    pub index: usize,
    /// t.
    pub step: usize,
    /// x(t).
    pub activity: f32,
    /// input(t).
    pub input: f32,
    /// α·H of the connections into it and out of it.
    pub products: [Option<Arc<Matrix>>; 2],
    /// The strongest connections into it and out of it, as (from, to, w + α·H).
    pub strongest: [Vec<(usize, usize, f32)>; 2],
}

impl Now {
    pub(super) fn new(scene: &Scene, pinned: Pinned, step: usize, life: &Life, trace: Option<&Matrix>) -> Self {
        let tape = scene.tape();
        let neurons = tape.network.neurons;
        match pinned {
            Pinned::Synapse { from, to } => {
                let state = tape.synapse_history(from, to)[step];
                let plastic = WritingNow::new(tape, from, to, step, state).map(|writing| PlasticNow {
                    alpha: alpha_at(scene, step, from, to).unwrap_or(0.0),
                    trace: state[0],
                    next: tape.written(from, to, state, step),
                    writing,
                });
                Self::Synapse(SynapseNow {
                    from,
                    to,
                    step,
                    w: scene.w.values()[from * neurons + to],
                    plastic,
                    pre: if step == 0 { 0.0 } else { tape.activity_at(step - 1)[from] },
                    post: tape.activity_at(step)[to],
                    input: tape.drive[step * neurons + to],
                    account: Ledger::of_synapse(tape, from, to, step).shares(&tape.events, NAMED_WRITERS),
                    into: life.into.product(scene, step, trace),
                })
            }
            Pinned::Neuron(index) => {
                let fans = [Some(&life.into), life.out.as_ref()];
                Self::Neuron(NeuronNow {
                    index,
                    step,
                    activity: tape.activity_at(step)[index],
                    input: tape.drive[step * neurons + index],
                    products: fans.map(|fan| fan.and_then(|fan| fan.product(scene, step, trace))),
                    strongest: fans.map(|fan| fan.map_or_else(Vec::new, |fan| fan.strongest(scene, step, trace))),
                })
            }
        }
    }
}

/// The bias of a task whose other neurons are the elements of a pattern: the last neuron.
pub fn bias_of(tape: &Tape) -> Option<usize> {
    let target = tape.pictures.get("target")?;
    (target.values.len() + 1 == tape.network.neurons).then_some(target.values.len())
}

/// "17", or "1000 (bias)".
pub fn neuron_name(index: usize, bias: Option<usize>) -> String {
    if bias == Some(index) { format!("{index} (bias)") } else { index.to_string() }
}

/// α_ij as trained; `None` for a network without.
pub fn alpha_of(scene: &Scene, from: usize, to: usize) -> Option<f32> {
    let kind = scene.tape().network.alpha()?;
    let alpha = scene.alpha.as_ref()?;
    Some(kind.at(alpha.values(), scene.tape().network.neurons, from, to))
}

/// α_ij as it counts in a step, where somebody may have scaled it; `None` for a network without.
pub fn alpha_at(scene: &Scene, step: usize, from: usize, to: usize) -> Option<f32> {
    Some(alpha_of(scene, from, to)? * scene.tape().alpha_scale(step))
}

/// w_ij + α_ij H_ij (*Differentiable plasticity*, eq. 1) at a step.
pub fn effective(scene: &Scene, step: usize, trace: Option<&Matrix>, from: usize, to: usize) -> f32 {
    let trace = trace.and_then(|trace| trace.at(from, to)).unwrap_or(0.0);
    let w = scene.w.values()[from * scene.tape().network.neurons + to];
    w + alpha_at(scene, step, from, to).map_or(0.0, |alpha| alpha * trace)
}

/// One value per cell in the arrangement of a pattern's tile, the last row filled up with zeros.
fn arranged(cells: usize, value: impl Fn(usize) -> f32) -> Arc<Matrix> {
    let (columns, rows) = grid_of(cells);
    let mut values: Vec<f32> = (0..cells).map(value).collect();
    values.resize(rows * columns, 0.0);
    Arc::new(Matrix::new(rows, columns, values).expect("a tile holds fewer values than the matrix that it is cut from"))
}

/// The largest |H| and |α·H| of a fan over the whole lifetime.
fn ranges(scene: &Scene, neuron: usize, side: Side, cells: usize) -> [f32; 2] {
    let tape = scene.tape();
    let alphas: Vec<f32> = (0..cells)
        .map(|other| {
            let (from, to) = side.connection(neuron, other);
            alpha_of(scene, from, to).unwrap_or(0.0)
        })
        .collect();
    let mut traces = vec![0.0_f32; cells];
    let mut largest = [0.0_f32; 2];
    let mut reach = |alpha: f32, trace: f32| {
        largest = [largest[0].max(trace.abs()), largest[1].max((alpha * trace).abs())];
    };
    let finite = |largest: [f32; 2]| largest.map(|largest| if largest.is_finite() { largest } else { 0.0 });
    if tape.modulated().is_some() || !tape.interventions.is_empty() {
        for (other, &alpha) in alphas.iter().enumerate() {
            let (from, to) = side.connection(neuron, other);
            for (step, trace) in scene.reel.synapse_history(from, to).into_iter().enumerate() {
                reach(alpha * tape.alpha_scale(step), trace);
            }
        }
        return finite(largest);
    }
    let Some(Writing::Rule(rule)) = tape.network.writing() else { return finite(largest) };
    with_update!(rule, tape.eta, update => {
        for step in 1..tape.steps {
            let (before, after) = (tape.activity_at(step - 1), tape.activity_at(step));
            for (other, trace) in traces.iter_mut().enumerate() {
                let (from, to) = side.connection(neuron, other);
                *trace = update.next(*trace, before[from], after[to]);
                reach(alphas[other], *trace);
            }
        }
    });
    finite(largest)
}
