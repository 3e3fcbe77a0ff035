//! Which neurons of a network are drawn, and where.

use crate::plastic::network::effective_weight;
use crate::view::cells;
use crate::view::inspection::Pinned;
use crate::view::inspection::facts::{alpha_of, bias_of};
use crate::view::matrices::MatrixKind;
use crate::view::scene::{MOST_IN_CIRCUIT, Scene};
use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// So many neurons are drawn of a larger one.
pub const MOST_PARTNERS: usize = 12;

/// The bias stands this many places to the right of the last column of pixels.
const BIAS_APART: f32 = 1.15;

/// How neurons are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As the pixels of a picture of so many along each side, with the bias beside them.
    Pixels(usize),
    /// In a ring, clockwise from the top.
    Ring,
}

/// The neurons that are drawn of one lifetime.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Their numbers in the network, in the order of their places.
    pub neurons: Vec<usize>,
    /// How they are arranged.
    pub form: Form,
    /// Of how many.
    pub of: usize,
    /// Which ones they are, in a few words; `None` where they are all.
    pub around: Option<String>,
    /// The bias among them.
    pub bias: Option<usize>,
    /// The largest magnitudes of w + α·H, α·H and H at the end of the lifetime, and of w: what the widest line is.
    reaches: [f32; 4],
}

impl Shown {
    /// The neurons of `scene` that are drawn: all of a small network; of a larger one those that are pinned and their
    /// strongest partners by |w + α·H| at the end of the lifetime. Without a pin, the ends of the largest |w| stand in
    /// for it. `None` for a layer that leads to other neurons than it comes from.
    pub fn of(scene: &Scene, pinned: Option<Pinned>) -> Option<Self> {
        let [count, columns] = scene.shape();
        if count != columns || count == 0 {
            return None;
        }
        let bias = bias_of(scene);
        let (mut neurons, mut form, mut around) = ((0..count).collect::<Vec<_>>(), Form::Ring, None);
        if count > MOST_IN_CIRCUIT {
            let (words, centre) = match pinned {
                Some(Pinned::Neuron(neuron)) => (format!("neuron {neuron}"), vec![neuron]),
                Some(Pinned::Synapse { from, to }) => (format!("{from} → {to}"), vec![from, to]),
                None => {
                    let (from, to, _) = scene.w.largest()?;
                    (format!("the largest weight, {from} → {to}"), vec![from, to])
                }
            };
            neurons = partners(scene, &centre);
            around = Some(words);
        } else if let Some(side) = cells::side_of(scene.tape()).filter(|_| bias.is_some()) {
            form = Form::Pixels(side);
        }
        let reaches = reaches(scene, &neurons);
        Some(Self { neurons, form, of: count, around, bias, reaches })
    }

    /// What the widest line stands for; `None` for what is not known before the end.
    pub fn reach(&self, kind: MatrixKind) -> Option<f32> {
        let [effective, product, trace, w] = self.reaches;
        match kind {
            MatrixKind::Effective => Some(effective),
            MatrixKind::AlphaTrace => Some(product),
            MatrixKind::Trace => Some(trace),
            MatrixKind::Weights => Some(w),
            _ => None,
        }
    }

    /// "neuron 7 · pixel (2, 1)", "neuron 25 (bias)".
    pub fn name(&self, neuron: usize) -> String {
        match self.form {
            _ if self.bias == Some(neuron) => format!("neuron {neuron} (bias)"),
            Form::Pixels(side) => cells::name(neuron, side),
            Form::Ring => format!("neuron {neuron}"),
        }
    }

    /// The middles of its neurons in `area`, and how far apart the nearest are.
    pub fn places(&self, area: Rect) -> (Vec<Pos2>, f32) {
        match self.form {
            Form::Pixels(side) => {
                let across = side as f32 + BIAS_APART;
                let apart = (area.width() / across).min(area.height() / side as f32).max(1.0);
                let corner = area.center() - vec2(across, side as f32) * apart / 2.0;
                let place = |neuron: &usize| match *neuron {
                    bias if Some(bias) == self.bias => {
                        corner + vec2(across - 0.5, (side / 2) as f32 + if side % 2 == 1 { 0.5 } else { 0.0 }) * apart
                    }
                    pixel => corner + vec2((pixel % side) as f32 + 0.5, (pixel / side) as f32 + 0.5) * apart,
                };
                (self.neurons.iter().map(place).collect(), apart)
            }
            Form::Ring => {
                let count = self.neurons.len() as f32;
                // Loops and names stand outside.
                let radius = (area.size() / 2.0 - Vec2::splat(38.0)).max(Vec2::splat(4.0));
                let place = |index: usize| {
                    let angle = index as f32 / count * std::f32::consts::TAU;
                    area.center() + vec2(angle.sin() * radius.x, -angle.cos() * radius.y)
                };
                let places: Vec<Pos2> = (0..self.neurons.len()).map(place).collect();
                let apart = std::f32::consts::TAU * radius.min_elem() / count.max(1.0);
                (places, apart.min(2.0 * radius.min_elem()).max(1.0))
            }
        }
    }

    /// Where the middle of the drawing is: loops point away from it.
    pub fn middle(&self, area: Rect) -> Option<Pos2> {
        (self.form == Form::Ring).then(|| pos2(area.center().x, area.center().y))
    }
}

/// `centre` and the neurons of the strongest connections with it, in the order of their numbers.
fn partners(scene: &Scene, centre: &[usize]) -> Vec<usize> {
    let strength = |neuron: usize| {
        let ends = centre.iter().flat_map(|&one| [(one, neuron), (neuron, one)]);
        ends.map(|(from, to)| at_the_end(scene, from, to)[0].abs()).fold(0.0, f32::max)
    };
    let others = (0..scene.shape()[0]).filter(|neuron| !centre.contains(neuron));
    let mut others: Vec<(usize, f32)> = others.map(|neuron| (neuron, strength(neuron))).collect();
    others.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let mut neurons = centre.to_vec();
    neurons.extend(others.into_iter().map(|(neuron, _)| neuron));
    neurons.dedup();
    neurons.truncate(MOST_PARTNERS);
    neurons.sort_unstable();
    neurons
}

/// w + α·H, α·H and H of a connection at the end of the lifetime, and w; zero for what the network does not have.
fn at_the_end(scene: &Scene, from: usize, to: usize) -> [f32; 4] {
    let w = scene.w.at(from, to).unwrap_or(0.0);
    let trace = scene.last_trace.as_ref().and_then(|trace| trace.at(from, to)).unwrap_or(0.0);
    let alpha = alpha_of(scene, from, to).unwrap_or(0.0);
    let finite = |value: f32| if value.is_finite() { value } else { 0.0 };
    [effective_weight(w, alpha, trace), alpha * trace, trace, w].map(finite)
}

fn reaches(scene: &Scene, neurons: &[usize]) -> [f32; 4] {
    let mut reaches = [0.0_f32; 4];
    for &from in neurons {
        for &to in neurons {
            let values = at_the_end(scene, from, to);
            for (reach, value) in reaches.iter_mut().zip(values) {
                *reach = reach.max(value.abs());
            }
        }
    }
    reaches
}
