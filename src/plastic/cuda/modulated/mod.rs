//! Modulated lifetimes on CUDA devices: one block lives a whole lane, since M(t) depends on all neurons and such
//! networks are small.

#[cfg(feature = "cuda")]
#[allow(unsafe_code)] // Launching a kernel is a promise that its arguments fit, which no compiler checks.
mod launch;
pub mod plan;
#[cfg(feature = "cuda")]
mod record;

#[cfg(feature = "cuda")]
pub(crate) use record::Record;
