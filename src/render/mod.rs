//! Pictures of numbers: matrices drawn on the graphics device, and whole windows drawn without a display, as pixels or
//! as outlines for print.

pub mod colormap;
mod frames;
pub mod grid;
pub mod heatmap;
mod heatmap_cells;
mod heatmap_device;
mod heatmap_pipeline;
pub mod matrix;
pub mod offscreen;
pub mod order;
pub mod vector;

pub use colormap::Colormap;
pub use grid::{CellGrid, cell_under};
pub use heatmap::{Heatmap, HeatmapKey, Reduction};
pub use heatmap_device::{Held, held, install};
pub use matrix::{Matrix, MatrixError};
pub use offscreen::{DrawError, NoAdapter, Offscreen};
pub use order::{Axis, Order, place_of};
