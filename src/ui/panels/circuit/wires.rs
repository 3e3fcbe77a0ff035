//! The numbers of the connections that are drawn, at one instant.

use crate::episode::LayerView;
use crate::plastic::network::effective_weight;
use crate::render::Matrix;
use crate::view::inspection::facts::alpha_at;
use crate::view::matrices::MatrixKind;
use crate::view::numbers::signed;
use crate::view::scene::Scene;
use crate::view::viewed::Viewed;
use std::sync::Arc;

/// In a layer of more neurons, what a step writes is computed for the connections that are drawn alone.
const MOST_IN_MATRIX: usize = 256;

/// What a line can show, in the order of the chips.
pub const KINDS: [MatrixKind; 5] =
    [MatrixKind::Effective, MatrixKind::AlphaTrace, MatrixKind::Trace, MatrixKind::Weights, MatrixKind::TraceChange];

/// One connection at one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wire {
    /// The pre-synaptic neuron *i*.
    pub from: usize,
    /// The post-synaptic neuron *j*.
    pub to: usize,
    /// w.
    pub w: f32,
    /// α as it counts in this step, H and ΔH; `None` for a network that is not plastic.
    pub plastic: Option<[f32; 3]>,
}

impl Wire {
    /// One of its numbers; `None` where the network has none.
    pub fn value(&self, kind: MatrixKind) -> Option<f32> {
        let [alpha, trace, change] = match (kind, self.plastic) {
            (MatrixKind::Weights, _) => return Some(self.w),
            // Without a trace the weights are all that is at work.
            (MatrixKind::Effective, None) => return Some(self.w),
            (_, plastic) => plastic?,
        };
        match kind {
            MatrixKind::Effective => Some(effective_weight(self.w, alpha, trace)),
            MatrixKind::AlphaTrace => Some(alpha * trace),
            MatrixKind::Trace => Some(trace),
            MatrixKind::Alpha => Some(alpha),
            MatrixKind::TraceChange => Some(change),
            MatrixKind::Weights | MatrixKind::WeightGradient | MatrixKind::AlphaGradient => None,
        }
    }

    /// ΔH; zero for a network that is not plastic.
    pub fn change(&self) -> f32 {
        self.plastic.map_or(0.0, |[.., change]| change)
    }

    /// "3 → 17   w +0.1   α −0.2   H +0.3   α·H …   w + α·H …   ΔH …".
    pub fn read_out(&self) -> String {
        let kinds = [
            MatrixKind::Weights,
            MatrixKind::Alpha,
            MatrixKind::Trace,
            MatrixKind::AlphaTrace,
            MatrixKind::Effective,
            MatrixKind::TraceChange,
        ];
        let kinds = kinds.into_iter().filter(|kind| self.plastic.is_some() || *kind == MatrixKind::Weights);
        let numbers = kinds.filter_map(|kind| {
            let value = self.value(kind)?;
            Some(format!("   {} {}", kind.symbol(), signed(f64::from(value), 5)))
        });
        format!("{} → {}{}", self.from, self.to, numbers.collect::<String>())
    }
}

/// All connections among `neurons` at the instant viewed, from the first neuron's on.
pub fn wires(session: &mut Viewed<'_>, neurons: &[usize]) -> Vec<Wire> {
    let step = session.clock.at();
    let trace = session.trace();
    let is_in_matrix = session.scene().is_some_and(in_matrix);
    let changes = match is_in_matrix {
        true => session.matrix(MatrixKind::TraceChange).map(|view| view.matrix),
        false => None,
    };
    let Some(scene) = session.scene() else { return Vec::new() };
    let all = neurons.iter().flat_map(|&from| neurons.iter().map(move |&to| (from, to)));
    all.map(|(from, to)| Wire {
        from,
        to,
        w: scene.w.at(from, to).unwrap_or(0.0),
        plastic: plastic(scene, step, trace.as_ref(), changes.as_ref(), from, to),
    })
    .collect()
}

/// The largest |ΔH| that a pulse can stand for, the same through a lifetime.
pub fn reach_of_changes(session: &mut Viewed<'_>) -> f32 {
    let Some(scene) = session.scene() else { return 0.0 };
    match (in_matrix(scene), scene.layer()) {
        (false, Some(view)) => view.eta().abs(),
        _ => session.matrix(MatrixKind::TraceChange).map_or(0.0, |view| view.span.full),
    }
}

/// Whether ΔH is taken from the whole matrix: of a small layer, and of one that modulates itself.
fn in_matrix(scene: &Scene) -> bool {
    let is_modulated = |view: LayerView<'_>| view.layer().plasticity.writing.modulation().is_some();
    scene.shape()[0] <= MOST_IN_MATRIX || scene.layer().is_some_and(is_modulated)
}

fn plastic(
    scene: &Scene,
    step: usize,
    trace: Option<&Arc<Matrix>>,
    changes: Option<&Arc<Matrix>>,
    from: usize,
    to: usize,
) -> Option<[f32; 3]> {
    let (view, trace) = (scene.layer()?, trace?.at(from, to)?);
    let change = match changes {
        Some(changes) => changes.at(from, to)?,
        None => view.written(from, to, [trace, 0.0], step) - trace,
    };
    Some([alpha_at(scene, step, from, to)?, trace, change])
}
