//! Hebbscope: a desktop microscope for plastic networks.
pub mod cli;
pub mod data;
pub mod episode;
pub mod plastic;
pub mod tasks;
pub mod train;
