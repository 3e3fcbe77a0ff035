//! One synapse or neuron, looked at closely: what is pinned, by click, by key, and what becomes of it when something else is
//! looked at.
//!
//! | file | subject |
//! |---|---|
//! | here | what is pinned |
//! | [`facts`] | what there is to say about it, computed when pin, tape or step change |
//! | [`signals`] | what the layer's two signals are |
//! | `remembering` | the pixel that is worth looking at first |

pub mod facts;
mod remembering;
pub mod signals;

pub use remembering::most_remembering;

use super::scene::Scene;
use super::session::Session;
use facts::{Life, Now};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// What the inspector looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pinned {
    /// One connection.
    Synapse {
        /// The pre-synaptic neuron *i*.
        from: usize,
        /// The post-synaptic neuron *j*.
        to: usize,
    },
    /// One neuron, by its index.
    Neuron(usize),
}

impl fmt::Display for Pinned {
    /// As it is typed: "3" is a neuron, "17:3" the connection from 17 to 3.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Neuron(neuron) => write!(formatter, "{neuron}"),
            Self::Synapse { from, to } => write!(formatter, "{from}:{to}"),
        }
    }
}

impl FromStr for Pinned {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse::<usize>().ok();
        let pinned = match text.split_once(':') {
            Some((from, to)) => number(from).zip(number(to)).map(|(from, to)| Self::Synapse { from, to }),
            None => number(text).map(Self::Neuron),
        };
        pinned.ok_or_else(|| format!("expected a neuron like 3, or a connection like 17:3, found {text:?}"))
    }
}

impl Pinned {
    /// The neuron, or the post-synaptic one of a connection: whose column of the matrices is meant.
    pub fn neuron(self) -> usize {
        match self {
            Self::Neuron(neuron) | Self::Synapse { to: neuron, .. } => neuron,
        }
    }

    /// Whether a layer of `rows` × `columns` connections has it; a neuron is one to which they lead.
    pub fn fits(self, [rows, columns]: [usize; 2]) -> bool {
        match self {
            Self::Synapse { from, to } => from < rows && to < columns,
            Self::Neuron(index) => index < columns,
        }
    }
}

/// What is pinned, what could be, and what has been computed about it.
#[derive(Default)]
pub struct Inspection {
    pinned: Option<Pinned>,
    /// Whether the program has pinned it, as something worth looking at, and nobody has asked for it.
    is_offered: bool,
    /// What was pinned before the last click.
    before_click: Option<Pinned>,
    /// What is under the pointer, as of the last frame.
    pointed: Option<Pinned>,
    /// What does not change within a lifetime.
    life: Option<Arc<Life>>,
    /// What belongs to one step.
    now: Option<(usize, Arc<Now>)>,
}

impl Inspection {
    /// Another scene takes the place of `old`: the pin stays only in a layer of the same size.
    pub fn replace_scene(&mut self, old: Option<&Scene>, new: &Scene) {
        if old.is_none_or(|old| old.shape() != new.shape()) {
            (self.pinned, self.is_offered) = (None, false);
        }
        (self.pointed, self.life, self.now) = (None, None, None);
    }
}

impl Session {
    /// What the inspector looks at.
    pub fn pinned(&self) -> Option<Pinned> {
        self.inspection.pinned
    }

    /// Looks at a neuron that is worth it, unless the viewer looks at something already.
    pub fn offer(&mut self, neuron: usize) {
        if self.pinned().is_none() {
            self.pin(Pinned::Neuron(neuron));
            self.inspection.is_offered = true;
        }
    }

    /// Whether the viewer has pinned what is pinned.
    pub fn has_chosen_pin(&self) -> bool {
        self.pinned().is_some() && !self.inspection.is_offered
    }

    /// Looks at a synapse or neuron; what the network does not have is not pinned.
    pub fn pin(&mut self, pinned: Pinned) {
        let shape = self.scene().map_or([0; 2], Scene::shape);
        if pinned.fits(shape) && self.inspection.pinned != Some(pinned) {
            self.inspection = Inspection { pinned: Some(pinned), ..Inspection::default() };
        }
        self.inspection.is_offered &= !pinned.fits(shape);
    }

    /// Looks at what was clicked, as long as no second click follows, see [`Self::restore_pin`].
    pub fn pin_clicked(&mut self, pinned: Pinned) {
        let before_click = self.pinned();
        self.pin(pinned);
        self.inspection.before_click = before_click;
    }

    /// Looks again at what was pinned before the last click.
    pub fn restore_pin(&mut self) {
        match self.inspection.before_click {
            Some(pinned) => self.pin(pinned),
            None => self.unpin(),
        }
    }

    /// Looks at nothing in particular.
    pub fn unpin(&mut self) {
        self.inspection = Inspection::default();
    }

    /// Whether there is something under the pointer that can be pinned.
    pub fn is_pointed(&self) -> bool {
        self.inspection.pointed.is_some()
    }

    /// Pins what is under the pointer.
    pub fn pin_pointed(&mut self) {
        if let Some(pointed) = self.inspection.pointed {
            self.pin(pointed);
        }
    }

    /// Pins the synapse whose trace is strongest at the instant viewed; of a network without traces, whose weight is.
    /// A synapse between two neurons that never change, as a bias and itself, tells nothing, and only stands for
    /// nothing else.
    pub fn pin_strongest(&mut self) {
        let Some(matrix) = self.trace().or_else(|| self.scene().map(|scene| Arc::clone(&scene.w))) else { return };
        let Some(scene) = self.scene() else { return };
        let [pre, post] = unchanging(scene);
        let is_trivial = |from: usize, to: usize| pre.get(from) == Some(&true) && post.get(to) == Some(&true);
        let columns = matrix.columns().max(1);
        let mut best: Option<(usize, usize, f32)> = None;
        for (index, value) in matrix.values().iter().enumerate().filter(|(_, value)| value.is_finite()) {
            let (from, to) = (index / columns, index % columns);
            if best.is_none_or(|(_, _, most)| value.abs() > most) && !is_trivial(from, to) {
                best = Some((from, to, value.abs()));
            }
        }
        let best = best.filter(|(_, _, most)| *most > 0.0);
        if let Some((from, to, _)) = best.or_else(|| matrix.largest()) {
            self.pin(Pinned::Synapse { from, to });
        }
    }

    /// A new frame: nothing is under the pointer until something says so.
    pub fn begin_frame(&mut self) {
        self.hover = None;
        self.inspection.pointed = None;
    }

    /// Says what is under the pointer in this frame.
    pub fn point(&mut self, pinned: Pinned) {
        self.inspection.pointed = Some(pinned);
    }

    /// What is known of the pinned thing over this whole lifetime; computed once for each pin and tape.
    pub fn life(&mut self) -> Option<Arc<Life>> {
        let pinned = self.inspection.pinned?;
        if self.inspection.life.is_none() {
            self.inspection.life = Some(Arc::new(Life::new(self.scene()?, pinned)));
        }
        self.inspection.life.clone()
    }

    /// What is known of the pinned thing at the instant viewed; computed once for each pin, tape and step.
    pub fn now(&mut self) -> Option<Arc<Now>> {
        let pinned = self.inspection.pinned?;
        let step = self.clock.at();
        if let Some((at, now)) = &self.inspection.now
            && *at == step
        {
            return Some(Arc::clone(now));
        }
        let life = self.life()?;
        let trace = self.trace();
        let now = Arc::new(Now::new(self.scene()?, pinned, step, &life, trace.as_deref()));
        self.inspection.now = Some((step, Arc::clone(&now)));
        Some(now)
    }
}

/// Which pre- and post-synaptic neurons of the layer in view have the same activity in every step of the lifetime.
fn unchanging(scene: &Scene) -> [Vec<bool>; 2] {
    let Some(record) = scene.tape().layers.get(scene.layer_index) else { return Default::default() };
    let still = |signal: &[f32], width: usize| {
        let mut still = vec![true; width];
        let mut steps = signal.chunks_exact(width.max(1));
        let first = steps.next().unwrap_or_default();
        for step in steps {
            for ((still, now), first) in still.iter_mut().zip(step).zip(first) {
                *still &= now == first;
            }
        }
        still
    };
    [still(&record.pre, record.layer.pre), still(&record.post, record.layer.post)]
}
