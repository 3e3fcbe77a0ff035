//! The maze: find a hidden reward, remember where it is (*Differentiable plasticity*, section 4.5).

pub mod environment;
pub mod grid;

pub use environment::{Environment, Rules};
