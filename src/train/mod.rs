//! x
pub mod adam;
