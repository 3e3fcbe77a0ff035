//! What there is to say about a pinned synapse or neuron. No widget in it.

use super::Pinned;
use super::signals::Label;
use crate::episode::LayerView;
use crate::episode::ledger::{Cut, Ledger, Share};
use crate::plastic::network::effective_weight;
use crate::plastic::rule::Rule;
use crate::plastic::{Modulation, Writing};
use crate::render::Matrix;
use crate::view::cells::grid_of;
use crate::view::scene::Scene;
use std::sync::Arc;

/// Lines of an account before "the rest".
const NAMED_WRITERS: usize = 4;

/// Lines of what was cut off; an account has one line less beside them.
const NAMED_LOSSES: usize = 2;

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

    /// How many neurons are at the other ends.
    fn others(self, scene: &Scene) -> usize {
        let [rows, columns] = scene.shape();
        match self {
            Self::Into => rows,
            Self::OutOf => columns,
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
        let bias = bias_of(scene);
        let cells = bias.unwrap_or_else(|| side.others(scene));
        let w = arranged(cells, |other| {
            let (from, to) = side.connection(neuron, other);
            scene.w.at(from, to).unwrap_or(0.0)
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

    /// H of these connections, H being `[pre, post]`.
    pub fn trace(&self, trace: Option<&Matrix>) -> Option<Arc<Matrix>> {
        let trace = trace?;
        Some(arranged(self.cells, |other| {
            let (from, to) = self.side.connection(self.neuron, other);
            trace.at(from, to).unwrap_or(0.0)
        }))
    }

    /// α·H of these connections at a step, H being `[pre, post]`.
    pub fn product(&self, scene: &Scene, step: usize, trace: Option<&Matrix>) -> Option<Arc<Matrix>> {
        let trace = trace?;
        Some(arranged(self.cells, |other| {
            let (from, to) = self.side.connection(self.neuron, other);
            alpha_at(scene, step, from, to).unwrap_or(0.0) * trace.at(from, to).unwrap_or(0.0)
        }))
    }

    /// The partners of largest |w + α·H|, the bias among them, as (from, to, w + α·H).
    fn strongest(&self, scene: &Scene, step: usize, trace: Option<&Matrix>) -> Vec<(usize, usize, f32)> {
        let mut all: Vec<_> = (0..self.side.others(scene))
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
            Pinned::Neuron(index) => {
                let [rows, columns] = scene.shape();
                // Where rows are other neurons than columns, it is none of them that connections lead out of.
                let out = (rows == columns).then(|| Fan::new(scene, index, Side::OutOf));
                Self {
                    history: (0..tape.steps).map(|step| post_at(scene, step, index)).collect(),
                    into: Fan::new(scene, index, Side::Into),
                    out,
                }
            }
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
    /// x_i(t−1), zero at the first step; of features, those of this step.
    pub pre: f32,
    /// x_j(t).
    pub post: f32,
    /// input_j(t).
    pub input: f32,
    /// What the label says of *j*, where that is a class.
    pub label: Option<Label>,
    /// Who wrote H_ij(t).
    pub account: Vec<Share>,
    /// What the bound has cut off before this step; `None` where it has not.
    pub cut: Option<Cut>,
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
    /// How step `step` writes the trace of a synapse, given its H and E before.
    fn new(view: LayerView<'_>, from: usize, to: usize, step: usize, [_, eligibility]: [f32; 2]) -> Self {
        if step >= view.frozen_from() {
            return Self::Frozen;
        }
        match view.layer().plasticity.writing {
            Writing::Rule(rule) => Self::Ruled { rule, eta: view.eta() },
            Writing::Modulated(modulation) => {
                let recording = view.recording();
                Self::Modulated {
                    modulation,
                    gain: recording.gain(step, to),
                    written: recording.eligible(step, from, to, eligibility),
                    added: recording.added_bits(step, from, to, eligibility),
                }
            }
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
        match pinned {
            Pinned::Synapse { from, to } => {
                let plastic = scene.layer().map(|view| {
                    let state = view.synapse_history(from, to)[step];
                    PlasticNow {
                        alpha: alpha_at(scene, step, from, to).unwrap_or(0.0),
                        trace: state[0],
                        next: view.written(from, to, state, step),
                        writing: WritingNow::new(view, from, to, step, state),
                    }
                });
                let ledger = Ledger::of_synapse(tape, scene.layer_index, from, to, step);
                let cut = ledger.cut_off(tape, NAMED_LOSSES);
                let named = if cut.is_some() { NAMED_WRITERS - 1 } else { NAMED_WRITERS };
                Self::Synapse(SynapseNow {
                    from,
                    to,
                    step,
                    w: scene.w.at(from, to).unwrap_or(0.0),
                    plastic,
                    pre: pre_at(scene, step, from),
                    post: post_at(scene, step, to),
                    input: input_at(scene, step, to),
                    label: Label::of(scene, step, to),
                    account: ledger.shares(tape, named),
                    cut,
                    into: life.into.product(scene, step, trace),
                })
            }
            Pinned::Neuron(index) => {
                let fans = [Some(&life.into), life.out.as_ref()];
                Self::Neuron(NeuronNow {
                    index,
                    step,
                    activity: post_at(scene, step, index),
                    input: input_at(scene, step, index),
                    products: fans.map(|fan| fan.and_then(|fan| fan.product(scene, step, trace))),
                    strongest: fans.map(|fan| fan.map_or_else(Vec::new, |fan| fan.strongest(scene, step, trace))),
                })
            }
        }
    }
}

/// The bias of a task whose first neurons are the elements of a pattern: the one behind them.
pub fn bias_of(scene: &Scene) -> Option<usize> {
    let size = scene.tape().content.question()?.size();
    (scene.shape()[0] > size && scene.is_among_itself()).then_some(size)
}

/// The pre-synaptic activity with which a step writes.
fn pre_at(scene: &Scene, step: usize, from: usize) -> f32 {
    match scene.layer() {
        Some(view) => view.recording().pre_at(step, from),
        None => step.checked_sub(1).map_or(0.0, |before| scene.tape().activity_at(before)[from]),
    }
}

/// The post-synaptic activity of a step.
pub fn post_at(scene: &Scene, step: usize, to: usize) -> f32 {
    match scene.layer() {
        Some(view) => view.recording().post_at(step, to),
        None => scene.tape().activity_at(step)[to],
    }
}

/// What drives a neuron in a step; zero for a layer whose neurons are not those that are driven.
pub fn input_at(scene: &Scene, step: usize, to: usize) -> f32 {
    let (tape, [_, columns]) = (scene.tape(), scene.shape());
    let is_driven = scene.recurrence().is_some() && columns == tape.neurons();
    if is_driven { tape.drive[step * columns + to] } else { 0.0 }
}

/// "17", or "1000 (bias)".
pub fn neuron_name(index: usize, bias: Option<usize>) -> String {
    if bias == Some(index) { format!("{index} (bias)") } else { index.to_string() }
}

/// α_ij as trained; `None` for a network without.
pub fn alpha_of(scene: &Scene, from: usize, to: usize) -> Option<f32> {
    Some(scene.layer()?.layer().alpha_at(scene.alpha.as_ref()?.values(), from, to))
}

/// α_ij as it counts in a step, where somebody may have scaled it; `None` for a network without.
pub fn alpha_at(scene: &Scene, step: usize, from: usize, to: usize) -> Option<f32> {
    Some(alpha_of(scene, from, to)? * scene.layer()?.alpha_scale(step))
}

/// w_ij + α_ij H_ij (*Differentiable plasticity*, eq. 1) at a step.
pub fn effective(scene: &Scene, step: usize, trace: Option<&Matrix>, from: usize, to: usize) -> f32 {
    let trace = trace.and_then(|trace| trace.at(from, to)).unwrap_or(0.0);
    let w = scene.w.at(from, to).unwrap_or(0.0);
    alpha_at(scene, step, from, to).map_or(w, |alpha| effective_weight(w, alpha, trace))
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
    let mut largest = [0.0_f32; 2];
    let Some(view) = scene.layer() else { return largest };
    for other in 0..cells {
        let (from, to) = side.connection(neuron, other);
        let alpha = alpha_of(scene, from, to).unwrap_or(0.0);
        for (step, trace) in scene.reel.synapse_history(from, to).into_iter().enumerate() {
            let product = alpha * view.alpha_scale(step) * trace;
            largest = [largest[0].max(trace.abs()), largest[1].max(product.abs())];
        }
    }
    largest.map(|largest| if largest.is_finite() { largest } else { 0.0 })
}
