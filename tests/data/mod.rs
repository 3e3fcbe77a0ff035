//! Where examples come from.

mod cifar;
mod folders;
mod invented;
mod pictures;
