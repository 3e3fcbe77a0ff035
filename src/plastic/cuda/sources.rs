//! What the kernels say, in CUDA C without includes.

/// The recurrence forward and backward, one variant per rule.
pub const LIFETIME: &str = include_str!("../../../shaders/lifetime.cu");

/// The recurrence that modulates its own traces, forward and backward.
pub const MODULATED: &str = include_str!("../../../shaders/modulated.cu");

/// One step of Adam.
pub const ADAM: &str = include_str!("../../../shaders/adam.cu");

/// Sums of squares.
pub const NORM: &str = include_str!("../../../shaders/norm.cu");
