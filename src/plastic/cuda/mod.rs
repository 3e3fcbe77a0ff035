//! The lifetime on CUDA devices: kernels of our own, compiled when they are first needed.
//!
//! A whole lifetime is one launch forward and one backward: blocks keep their share of w, α and H in
//! shared memory and meet once per step, so nothing returns to the host before the lifetime has ended.
//! Where the network modulates its own traces the same holds lane by lane ([`modulated`]).
//! How the work is divided ([`plan`]) and what the kernels say ([`sources`]) are there in every build.

#[cfg(feature = "cuda")]
#[allow(unsafe_code)] // Launching a kernel is a promise that its arguments fit, which no compiler checks.
mod adam;
#[cfg(feature = "cuda")]
#[allow(unsafe_code)] // Asking for the driver's library loads it; two settings have no safe call.
mod device;
#[cfg(feature = "cuda")]
pub mod kernels;
#[cfg(feature = "cuda")]
#[allow(unsafe_code)] // As for `adam`.
mod launch;
#[cfg(feature = "cuda")]
mod lifetimes;
pub mod modulated;
pub mod plan;
#[cfg(feature = "cuda")]
mod record;
pub mod sources;
#[cfg(feature = "cuda")]
mod tensors;

#[cfg(feature = "cuda")]
pub(crate) use {adam::Moments, adam::squared_norm, device::open, lifetimes::Lifetimes, lifetimes::begin};
