//! What the window knows and does, without a widget.

pub mod figures;
mod figures_of_networks;
mod figures_statistics;

pub use figures_statistics::train;
