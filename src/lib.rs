//! Hebbscope: a desktop microscope for plastic networks.
pub mod data;
pub mod plastic;
pub mod train;
