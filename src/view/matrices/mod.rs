//! The matrices of a network as panels see them: eight kinds, each computed once an instant however many panels show
//! it, and never when none does.
//!
//! | file | subject |
//! |---|---|
//! | [`kind`] | which matrices there are, their symbols and words |
//! | [`derived`] | α·H, w + α·H, ΔH: how they follow from what is known |
//! | [`store`] | what has been computed for the instant viewed |
//! | [`window`] | zoom and pan: the part of a matrix that is looked at |

pub mod derived;
pub mod kind;
pub mod store;
pub mod window;

pub use kind::MatrixKind;
pub use store::{Matrices, MatrixView, Span};
pub use window::{LinkedWindows, Window};
