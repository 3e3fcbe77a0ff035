//! What is pinned: by click, by key, and what becomes of it when something else is looked at.

use super::facts::{Life, Now};
use crate::render::{CellGrid, Matrix, Order};
use crate::ui::scene::Scene;
use crate::ui::session::Session;
use crate::ui::theme::Palette;
use egui::{Rect, Response, Stroke, StrokeKind, Ui, Vec2, pos2};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// What the inspector looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    pub(in crate::ui) fn replace_scene(&mut self, old: Option<&Scene>, new: &Scene) {
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
    pub(in crate::ui) fn offer(&mut self, neuron: usize) {
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

    /// Looks again at what was pinned before the last click.
    fn restore_pin(&mut self) {
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
    pub(in crate::ui) fn begin_frame(&mut self) {
        self.hover = None;
        self.inspection.pointed = None;
    }

    /// Says what is under the pointer in this frame.
    pub(in crate::ui) fn point(&mut self, pinned: Pinned) {
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

/// The pointer is on a cell of a matrix of this network: a click pins the synapse, with Shift its post-synaptic
/// neuron. In a matrix with one value per post-synaptic neuron a click pins the neuron.
pub fn point_at(ui: &Ui, response: &Response, session: &mut Session, matrix: &Matrix, row: usize, column: usize) {
    let Some(shape) = session.scene().map(Scene::shape) else { return };
    let pinned = match [matrix.rows(), matrix.columns()] {
        size if size == shape => Pinned::Synapse { from: row, to: column },
        [1, columns] if columns == shape[1] => Pinned::Neuron(column),
        _ => return,
    };
    session.point(pinned);
    if response.double_clicked() {
        // A double click means to see everything again; its first click has pinned something on the way.
        session.restore_pin();
    } else if response.clicked() {
        let before_click = session.pinned();
        session.pin(match pinned {
            Pinned::Synapse { to, .. } if ui.input(|input| input.modifiers.shift) => Pinned::Neuron(to),
            pinned => pinned,
        });
        session.inspection.before_click = before_click;
    }
}

/// Marks what is pinned on a drawn matrix: the cell of a synapse, the row and the column of a neuron.
pub fn mark_pinned(
    ui: &Ui,
    session: &Session,
    matrix: &Matrix,
    order: Option<&Order>,
    grid: Option<CellGrid>,
    picture: Rect,
) {
    let palette = Palette::of(ui.ctx());
    let shape = session.scene().map_or([0; 2], Scene::shape);
    let (Some(pinned), Some(grid)) = (session.pinned(), grid) else { return };
    if [matrix.rows(), matrix.columns()] != shape || !pinned.fits(shape) {
        return;
    }
    let rect_of = |row: usize, column: usize| {
        let (row, column) = order.map_or((row, column), |order| order.place((row, column)));
        grid.rect_of(row, column)
    };
    let painter = ui.painter_at(picture.expand(4.0));
    let frame = |cell: Rect, least: Vec2| {
        let cell = Rect::from_center_size(cell.center(), cell.size().max(least));
        // A dark and a light line: one of them shows on any colour.
        painter.rect_stroke(cell, 1.0, Stroke::new(3.0, palette.background), StrokeKind::Outside);
        painter.rect_stroke(cell, 1.0, Stroke::new(1.5, palette.text), StrokeKind::Outside);
    };
    match pinned {
        Pinned::Synapse { from, to } => frame(rect_of(from, to), Vec2::splat(6.0)),
        Pinned::Neuron(index) => {
            let thin = Stroke::new(1.0, palette.text.gamma_multiply(0.7));
            if shape[0] != shape[1] {
                // Rows are other neurons: it has a column only.
                let [first, last] = [0, shape[0] - 1].map(|row| rect_of(row, index));
                let ends = [first.center().x, last.center().x];
                let ends = [pos2(ends[0], picture.top()), pos2(ends[1], picture.bottom())];
                painter.line_segment(ends, thin);
                return;
            }
            let cell = rect_of(index, index);
            for [begin, end] in [
                [picture.left_top().y, cell.top()].map(|y| pos2(cell.center().x, y)),
                [cell.bottom(), picture.bottom()].map(|y| pos2(cell.center().x, y)),
                [picture.left(), cell.left()].map(|x| pos2(x, cell.center().y)),
                [cell.right(), picture.right()].map(|x| pos2(x, cell.center().y)),
            ] {
                painter.line_segment([begin, end], thin);
            }
            frame(cell, Vec2::splat(4.0));
        }
    }
}
