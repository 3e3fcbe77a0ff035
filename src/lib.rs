//! Hebbscope: a desktop microscope for plastic networks.
//!
//! The rooms of the house, and who may use whom (A ← B: B uses A):
//!
//! ```text
//! files ← device ← plastic ← episode ← tasks ← train ← view ← ui ← cli ← main
//! files ← data ← {tasks, train}
//! {plastic, episode} ← render ← {view, ui, cli}
//! ```
//!
//! | room | what it is for |
//! |---|---|
//! | [`files`] | one `.safetensors` file read with suspicion, writing atomically |
//! | [`device`] | where a network computes, launching kernels, the optimiser's kernel |
//! | [`plastic`] | what a plastic network is: update rules, kinds of α, the lifetime operation |
//! | [`data`] | where examples come from: generators and readers |
//! | [`episode`] | the tape of one lifetime, exact replay, the playback clock |
//! | [`tasks`] | how an episode is made, lived and scored |
//! | [`train`] | optimiser, training step, worker thread, run folder, checkpoint |
//! | [`render`] | colour maps, heatmaps, pictures without a display |
//! | [`view`] | what the window knows and does, without a widget |
//! | [`ui`] | the window, drawn |
//! | [`cli`] | the command line |

pub mod cli;
pub mod data;
pub mod device;
pub mod episode;
pub mod files;
pub mod plastic;
pub mod render;
pub mod tasks;
pub mod train;
pub mod ui;
pub mod view;
