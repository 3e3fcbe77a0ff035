//! By what colours are measured where a network is seen at several ages.

use super::matrices::{Matrices, MatrixKind, Span};
use super::scene::Scene;
use std::collections::BTreeMap;

/// What colours reach at one age of a network, so that they mean the same at all of them.
#[derive(Clone)]
pub struct Yardstick {
    /// The layer that was in view at that age.
    layer: usize,
    /// Its episode; `None` where all that it came to is known.
    scene: Option<Box<Scene>>,
    spans: BTreeMap<MatrixKind, Span>,
}

impl Yardstick {
    /// By the episode of a network at one age.
    pub fn of(scene: Scene) -> Self {
        Self { layer: scene.layer_index, scene: Some(Box::new(scene)), spans: BTreeMap::new() }
    }

    /// By what somebody else has found, of one layer.
    pub fn known(layer: usize, spans: BTreeMap<MatrixKind, Span>) -> Self {
        Self { layer, scene: None, spans }
    }

    /// What the colours of a matrix reach; `None` where there was no such matrix, or another layer was in view.
    pub fn span(&mut self, kind: MatrixKind, layer: usize) -> Option<Span> {
        if layer != self.layer {
            return None;
        }
        if let Some(span) = self.spans.get(&kind) {
            return Some(*span);
        }
        let scene = self.scene.as_mut()?;
        let last = scene.tape().steps.checked_sub(1)?;
        let span = Matrices::default().view(scene, last, kind)?.span;
        self.spans.insert(kind, span);
        Some(span)
    }

    /// What the colours of all matrices reach.
    pub fn spans(mut self) -> BTreeMap<MatrixKind, Span> {
        let layer = self.layer;
        MatrixKind::ALL.into_iter().filter_map(|kind| Some((kind, self.span(kind, layer)?))).collect()
    }
}
