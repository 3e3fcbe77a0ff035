//! One file per promise, one binary: linking the window once instead of once per file.
#![allow(clippy::unwrap_used)]

mod architecture;
mod bad_files;
mod command_line;
mod lifetime;
mod playback;
mod reference;
mod training;
mod twin;
mod workbench;
mod worker;
