//! One file per promise, one binary: linking the window once instead of once per file.
#![allow(clippy::unwrap_used)]

mod architecture;
mod bad_files;
mod command_line;
mod curves;
mod following;
mod export;
mod heatmap;
mod inspector;
mod layout;
mod lifetime;
mod no_display;
mod offscreen;
mod playback;
mod reference;
mod support;
mod training;
mod twin;
mod window;
mod workbench;
mod worker;
