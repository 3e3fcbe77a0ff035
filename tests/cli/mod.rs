//! The program from outside.

pub mod command_line;
mod compare;
mod eval_json;
mod exact_numbers;
mod figure;
mod gpu;
mod import;
mod maze_command_line;
mod no_display;
mod numpy;
mod real_hands;
mod soak;
mod sweeps;
