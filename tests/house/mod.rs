//! The house itself: rooms, arrow, files, and the numbers in its documents.

mod architecture;
mod assets;
mod documents;
mod numbers;
