//! The leading part of matrices.
pub mod subspace;
