//! Where examples come from.

mod pictures;
