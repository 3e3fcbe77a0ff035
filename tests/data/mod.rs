//! Where examples come from.

pub mod characters;
mod characters_folder;
mod characters_sheet;
mod cifar;
mod folders;
mod invented;
mod pictures;
