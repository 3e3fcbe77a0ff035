//! One-shot learning: a few characters, each seen once with its label, then another drawing of one of them: which?
//! (*Differentiable plasticity*, section 4.4.)
//!
//! | file | subject |
//! |---|---|
//! | `loss` | binary cross-entropy and likelihood |

mod loss;

pub use loss::{binary_cross_entropies, negative_log_likelihoods};
