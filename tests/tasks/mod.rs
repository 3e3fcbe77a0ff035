//! The tasks, and the networks that come with the program.

mod agents;
mod cue_reward;
mod data_variable;
mod figure_3;
mod images;
mod language;
mod letters;
mod maze;
mod mazes;
mod omniglot;
mod own_texts;
mod provenance;
pub mod registry;
