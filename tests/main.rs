//! A folder per room, a file per promise, one binary: linking the window once instead of once per file.
#![allow(clippy::unwrap_used)]

mod cli;
mod data;
mod episode;
mod files;
mod foreign;
mod fuzz;
mod house;
mod plastic;
mod render;
mod support;
mod tasks;
mod train;
mod ui;
mod view;
mod workbench;
