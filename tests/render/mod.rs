//! Pictures without a display.

mod heatmap;
mod offscreen;
mod vector;
