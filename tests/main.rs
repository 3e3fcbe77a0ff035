//! One file per promise, one binary: linking the window once instead of once per file.
#![allow(clippy::unwrap_used)]

mod heatmap;
mod lifetime;
mod matrices;
mod matrix_panel;
mod no_display;
mod offscreen;
mod reference;
mod support;
mod twin;
mod window;
