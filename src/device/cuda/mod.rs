//! CUDA devices: finding one, kernels compiled for it when they are first needed, its memory, the optimiser there.
//!
//! Empty in a build without the feature `cuda`.

#[cfg(feature = "cuda")]
pub mod kernels;
#[cfg(feature = "cuda")]
#[allow(unsafe_code)] // What is allocated is not initialised before a kernel has written it.
pub(crate) mod memory;
#[cfg(feature = "cuda")]
#[allow(unsafe_code)] // Asking for the driver's library loads it; two settings have no safe call.
mod open;
#[cfg(feature = "cuda")]
#[allow(unsafe_code)] // Launching a kernel is a promise that its arguments fit, which no compiler checks.
mod optimiser;
#[cfg(feature = "cuda")]
pub(crate) mod tensors;

#[cfg(feature = "cuda")]
pub(crate) use {open::open, optimiser::Moments, optimiser::squared_norm};
