//! The kernels that live lifetimes, in CUDA C without includes: see `shaders/`.

use crate::device::cuda::kernels::Kernel;

/// A whole lifetime forward.
pub const FORWARD: Kernel = Kernel {
    file: "lifetime.cu",
    source: include_str!("../../../shaders/lifetime.cu"),
    name: "lifetime_forward",
    variant: None,
};

/// A whole lifetime backward.
pub const BACKWARD: Kernel = Kernel { name: "lifetime_backward", ..FORWARD };

/// A whole modulated lifetime forward.
pub const MODULATED_FORWARD: Kernel = Kernel {
    file: "modulated.cu",
    source: include_str!("../../../shaders/modulated.cu"),
    name: "modulated_forward",
    variant: None,
};

/// A whole modulated lifetime backward.
pub const MODULATED_BACKWARD: Kernel = Kernel { name: "modulated_backward", ..MODULATED_FORWARD };
