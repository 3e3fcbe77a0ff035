//! Plastic networks: the lifetime operation beside references, a slow twin and emulated kernels.

#[cfg(feature = "cuda")]
mod cuda;
mod emulation;
mod lifetime;
mod modulated;
mod reference;
pub mod twin;
