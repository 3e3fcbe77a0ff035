//! One file per promise, one binary: linking the window once instead of once per file.
#![allow(clippy::unwrap_used)]

mod agents;
mod architecture;
mod bad_files;
mod branching;
mod command_line;
mod compare;
#[cfg(feature = "cuda")]
mod cuda;
mod curves;
mod devices;
mod emulation;
mod export;
mod following;
mod gallery;
mod heatmap;
mod images;
mod inspector;
mod intervene;
mod layout;
mod lifetime;
mod matrices;
mod matrix_panel;
mod maze;
mod maze_command_line;
mod maze_panel;
mod maze_window;
mod memories;
mod modulated;
mod no_display;
mod offscreen;
mod pictures;
mod playback;
mod reference;
mod states;
mod support;
mod training;
mod twin;
mod window;
mod workbench;
mod worker;
