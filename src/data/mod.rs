//! Where examples come from: random generators and readers of official file layouts.

pub mod patterns;
pub mod random;

pub use random::{Generator, Stream};
