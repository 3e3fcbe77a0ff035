//! Plastic networks: the lifetime operation beside references, a slow twin and emulated kernels.

mod continuing;
mod convolution;
#[cfg(feature = "cuda")]
mod cuda;
mod emulation;
pub mod gpu;
mod head;
mod learning;
mod lifetime;
mod lstm;
mod modulated;
mod reference;
mod shaders;
mod soft_max;
mod specification;
pub mod twin;
