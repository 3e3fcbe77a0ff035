//! The house itself: rooms, arrow, files.

mod architecture;
mod assets;
