//! What has been computed of the matrices for the instant viewed.

use super::{MatrixKind, derived};
use crate::plastic::network::AlphaKind;
use crate::render::Matrix;
use crate::view::scene::Scene;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The share of all values that colours span unless told otherwise.
pub const MOST: f32 = 0.995;

/// Synapses looked at to find how far one step changes a trace.
const SAMPLED_SYNAPSES: usize = 1024;

/// Magnitudes that colours can reach. For matrices that move they belong to the lifetime and not to the step, so that
/// a colour means the same at every step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// What 99.5 % of the values do not exceed.
    pub most: f32,
    /// The largest.
    pub full: f32,
}

impl Span {
    /// The span of the values of `matrix` themselves.
    pub fn of(matrix: &Matrix) -> Self {
        let full = matrix.largest().map_or(0.0, |(_, _, value)| value.abs());
        Self { most: matrix.quantile_magnitude(MOST), full }
    }
}

/// A matrix at the instant viewed.
#[derive(Clone, Debug)]
pub struct MatrixView {
    /// The numbers.
    pub matrix: Arc<Matrix>,
    /// What colours can reach: of the values themselves, or of the trace that the lifetime leaves behind (for ΔH, of
    /// the changes along the lifetime; in a lesson, of what any of its steps is computed with).
    pub span: Span,
}

/// The matrices of one instant of one scene, each computed when it is first asked for.
#[derive(Default)]
pub struct Matrices {
    scene: Option<u64>,
    step: usize,
    /// H at the step viewed and at others that were needed for it, by step.
    traces: BTreeMap<usize, Arc<Matrix>>,
    derived: BTreeMap<MatrixKind, Arc<Matrix>>,
    /// For those that move; they hold for the whole scene.
    spans: BTreeMap<MatrixKind, Span>,
}

impl Matrices {
    /// The matrix of `kind` at `step` of the lifetime of `scene`; the same object until the step or the scene changes.
    /// `None` when the scene has none, see [`MatrixKind::why_missing`].
    pub fn view(&mut self, scene: &mut Scene, step: usize, kind: MatrixKind) -> Option<MatrixView> {
        self.move_to(scene, step);
        let matrix = self.matrix(scene, step, kind)?;
        let span = if kind.moves() { self.span(scene, kind, &matrix)? } else { Span::of(&matrix) };
        Some(MatrixView { matrix, span })
    }

    fn matrix(&mut self, scene: &mut Scene, step: usize, kind: MatrixKind) -> Option<Arc<Matrix>> {
        Some(match kind {
            MatrixKind::Trace => self.trace_at(scene, step)?,
            MatrixKind::Weights if scene.shape() == [0; 2] => return None,
            MatrixKind::Weights => Arc::clone(&scene.w),
            MatrixKind::Alpha if scene.layer()?.alpha_scale(step) == 1.0 => Arc::clone(scene.alpha.as_ref()?),
            MatrixKind::WeightGradient => Arc::clone(&scene.gradients.as_ref()?.w),
            MatrixKind::AlphaGradient => Arc::clone(scene.gradients.as_ref()?.alpha.as_ref()?),
            MatrixKind::Alpha | MatrixKind::AlphaTrace | MatrixKind::Effective | MatrixKind::TraceChange => {
                self.derived(scene, step, kind)?
            }
        })
    }

    /// The matrix of `kind` that stands for the whole lifetime: of those that move, as the lifetime leaves it behind (of
    /// ΔH, the last change).
    pub fn lasting(scene: &mut Scene, kind: MatrixKind) -> Option<Arc<Matrix>> {
        match kind {
            MatrixKind::Trace => scene.last_trace.clone(),
            MatrixKind::AlphaTrace | MatrixKind::Effective => {
                with_trace(scene, kind, scene.tape().steps, scene.last_trace.as_ref()?)
            }
            _ => Self::default().matrix(scene, scene.tape().steps - 1, kind),
        }
    }

    /// H at `step`, `[pre, post]`; `None` for a network without traces.
    pub fn trace(&mut self, scene: &mut Scene, step: usize) -> Option<Arc<Matrix>> {
        self.move_to(scene, step);
        self.trace_at(scene, step)
    }

    fn move_to(&mut self, scene: &Scene, step: usize) {
        if self.scene != Some(scene.identity()) {
            *self = Self { scene: Some(scene.identity()), step, ..Self::default() };
        } else if self.step != step {
            self.step = step;
            self.derived.clear();
            // Playing on, what was H(t+1) becomes H(t).
            self.traces.retain(|at, _| *at == step);
        }
    }

    fn trace_at(&mut self, scene: &mut Scene, step: usize) -> Option<Arc<Matrix>> {
        if let Some(trace) = self.traces.get(&step) {
            return Some(Arc::clone(trace));
        }
        let [rows, columns] = scene.shape();
        let values = scene.reel.trace_at(step).to_vec();
        if values.is_empty() {
            return None;
        }
        let trace = Arc::new(Matrix::new(rows, columns, values).ok()?);
        self.traces.insert(step, Arc::clone(&trace));
        Some(trace)
    }

    fn derived(&mut self, scene: &mut Scene, step: usize, kind: MatrixKind) -> Option<Arc<Matrix>> {
        if let Some(matrix) = self.derived.get(&kind) {
            return Some(Arc::clone(matrix));
        }
        let matrix = match kind {
            MatrixKind::Alpha => scaled_alpha(scene, step)?,
            MatrixKind::TraceChange => {
                let before = self.trace_at(scene, step)?;
                let after = Matrix::new(before.rows(), before.columns(), scene.reel.written_at(step)).ok()?;
                derived::change(&before, &after)
            }
            _ => {
                let trace = self.trace_at(scene, step)?;
                with_trace(scene, kind, step, &trace)?
            }
        };
        self.derived.insert(kind, Arc::clone(&matrix));
        Some(matrix)
    }

    fn span(&mut self, scene: &mut Scene, kind: MatrixKind, matrix: &Matrix) -> Option<Span> {
        let known = self.spans.get(&kind).copied();
        let mut span = match known {
            Some(span) => span,
            None => match kind {
                MatrixKind::TraceChange => span_of_changes(scene)?,
                _ if scene.lesson().is_some() => span_of_steps(scene, kind)?,
                MatrixKind::Trace => Span::of(scene.last_trace.as_ref()?),
                _ => Span::of(&*with_trace(scene, kind, scene.tape().steps, scene.last_trace.as_ref()?)?),
            },
        };
        // What is called full leaves nothing out, also where a value shrinks again before the end.
        let largest = matrix.largest().map_or(0.0, |(_, _, value)| value.abs());
        if known.is_none() {
            self.spans.insert(kind, span);
        }
        span.full = span.full.max(largest);
        Some(span)
    }
}

/// α as it counts in a step.
fn scaled_alpha(scene: &Scene, step: usize) -> Option<Arc<Matrix>> {
    Some(derived::scaled(scene.alpha.as_ref()?, scene.layer()?.alpha_scale(step)))
}

/// α·H or w + α·H with a given H and the α of a step.
fn with_trace(scene: &Scene, kind: MatrixKind, step: usize, trace: &Matrix) -> Option<Arc<Matrix>> {
    let alpha = &*scaled_alpha(scene, step)?;
    let alpha_kind: AlphaKind = scene.layer()?.layer().plasticity.alpha;
    match kind {
        MatrixKind::AlphaTrace => Some(derived::alpha_trace(alpha_kind, alpha, trace)),
        MatrixKind::Effective => Some(derived::effective(&scene.w, alpha_kind, alpha, trace)),
        _ => None,
    }
}

/// How far a matrix of a lesson reaches in any of its steps. What the query writes is not among it: no step is computed
/// with it.
fn span_of_steps(scene: &mut Scene, kind: MatrixKind) -> Option<Span> {
    let [rows, columns] = scene.shape();
    let mut span = Span { most: 0.0, full: 0.0 };
    for step in 0..scene.tape().steps {
        let trace = Matrix::new(rows, columns, scene.reel.trace_at(step).to_vec()).ok()?;
        let of_step = match kind {
            MatrixKind::Trace => Span::of(&trace),
            _ => Span::of(&*with_trace(scene, kind, step, &trace)?),
        };
        span = Span { most: span.most.max(of_step.most), full: span.full.max(of_step.full) };
    }
    Some(span)
}

/// How far single steps change single synapses, along the whole lifetime and over synapses spread evenly.
fn span_of_changes(scene: &Scene) -> Option<Span> {
    let [rows, columns] = scene.shape();
    let changes = scene.reel.sampled_changes(SAMPLED_SYNAPSES.min(rows * columns));
    let changes = Matrix::new(1, changes.len(), changes).ok()?;
    Some(Span::of(&changes))
}
