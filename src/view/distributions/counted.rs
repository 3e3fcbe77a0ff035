//! The histograms of one network and of what its lifetime leaves behind.

use super::Histogram;
use crate::episode::LayerView;
use crate::render::Matrix;
use crate::view::matrices::{MatrixKind, derived};
use std::sync::Arc;

/// The matrices whose distribution is shown, in the order of their chips.
pub const KINDS: [MatrixKind; 4] = [MatrixKind::Weights, MatrixKind::Alpha, MatrixKind::Trace, MatrixKind::AlphaTrace];

/// Histograms of w, α, H(T) and α·H(T); those of a trace only where there is one.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    w: Arc<Histogram>,
    plastic: Option<Plastic>,
}

/// What only a plastic network has.
#[derive(Clone, Debug, PartialEq)]
struct Plastic {
    alpha: Arc<Histogram>,
    trace: Arc<Histogram>,
    product: Arc<Histogram>,
}

impl Counted {
    /// Counts the values of a network: w, and of a plastic one its layer, its α and the trace that the lifetime leaves
    /// behind. Takes some milliseconds for a thousand neurons.
    pub fn of(w: &Matrix, plastic: Option<(LayerView<'_>, &Arc<Matrix>, &Matrix)>) -> Self {
        let plastic = plastic.map(|(layer, alpha, trace)| Plastic {
            alpha: Arc::new(Histogram::of(alpha)),
            trace: Arc::new(Histogram::of(trace)),
            product: Arc::new(Histogram::of(&product(layer, usize::MAX, alpha, trace))),
        });
        Self { w: Arc::new(Histogram::of(w)), plastic }
    }

    /// The histogram of a matrix; `None` for one that the network has not, and for those not in [`KINDS`].
    pub fn histogram(&self, kind: MatrixKind) -> Option<&Arc<Histogram>> {
        let plastic = self.plastic.as_ref();
        match kind {
            MatrixKind::Weights => Some(&self.w),
            MatrixKind::Alpha => plastic.map(|plastic| &plastic.alpha),
            MatrixKind::Trace => plastic.map(|plastic| &plastic.trace),
            MatrixKind::AlphaTrace => plastic.map(|plastic| &plastic.product),
            _ => None,
        }
    }
}

/// α·H with the α that counts in a step; beyond the last step, with that of the end.
pub(super) fn product(layer: LayerView<'_>, step: usize, alpha: &Arc<Matrix>, trace: &Matrix) -> Arc<Matrix> {
    let alpha = derived::scaled(alpha, layer.alpha_scale(step));
    derived::alpha_trace(layer.layer().plasticity.alpha, &alpha, trace)
}
