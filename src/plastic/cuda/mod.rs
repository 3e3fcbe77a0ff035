//! The lifetime on CUDA devices: kernels of our own, compiled when they are first needed.
//!
//! A whole lifetime is one launch forward and one backward: blocks keep their share of w, α and H in
//! shared memory and meet once per step, so nothing returns to the host before the lifetime has ended.
//! Where the network modulates its own traces the same holds lane by lane ([`modulated`]).
//! How the work is divided ([`plan`]) is known in every build; finding the device and compiling for it is the business of
//! [`crate::device::cuda`].

#[cfg(feature = "cuda")]
mod gradient;
#[cfg(feature = "cuda")]
pub mod kernels;
#[cfg(feature = "cuda")]
#[allow(unsafe_code)] // Launching a kernel is a promise that its arguments fit, which no compiler checks.
mod launch;
#[cfg(feature = "cuda")]
mod lifetimes;
pub mod modulated;
pub mod plan;
#[cfg(feature = "cuda")]
mod record;

#[cfg(feature = "cuda")]
pub(in crate::plastic) use lifetimes::begin;
