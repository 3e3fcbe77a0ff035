//! In which order neurons stand, in every matrix at once. Sorted by what they stood for in the stored patterns, a trace
//! that looks like noise is a plaid of blocks: that is the memory.
//!
//! | file | subject |
//! |---|---|
//! | [`kind`] | which orders there are, their words, and where each is possible |
//! | [`arranging`] | how an order follows from a lifetime or a matrix |
//! | [`cluster`] | how clusters of neurons are found in a matrix |
//! | [`chosen`] | what has been chosen, and the order that is at hand for it |

pub mod arranging;
pub mod chosen;
pub mod cluster;
pub mod kind;

pub use arranging::{NeuronOrder, Stripe};
pub use chosen::{OrderChoices, Ordering};
pub use kind::OrderKind;

use super::matrices::Matrices;
use super::scene::Scene;
use std::sync::Arc;

/// The order of a kind at a step, found at once: for files, never for a frame. `None` as stored, and where there is none.
pub fn found(scene: &mut Scene, step: usize, kind: OrderKind) -> Option<Arc<NeuronOrder>> {
    match kind {
        OrderKind::Stored => None,
        OrderKind::Example => scene.by_example.clone(),
        OrderKind::Activity => Some(Arc::new(NeuronOrder::by_activity(scene, step))),
        OrderKind::Cluster(of) => {
            let matrix = Matrices::lasting(scene, of)?;
            cluster::by_cluster(kind, &matrix, scene.is_among_itself(), &|| true).map(Arc::new)
        }
    }
}
