//! Where examples come from.

mod folders;
mod pictures;
