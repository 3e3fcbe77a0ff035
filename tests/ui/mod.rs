//! The window.

mod compare;
mod curves;
mod devices;
mod display;
mod distributions;
mod export;
mod following;
mod gallery;
mod inspector;
mod intervene;
mod layers;
mod layout;
mod legible;
pub mod matrices;
mod matrix_panel;
pub mod maze_panel;
mod maze_window;
mod memories;
mod order;
mod playing;
mod remembered;
mod resuming;
mod states;
mod strokes;
mod typed;
pub mod window;
mod words;
