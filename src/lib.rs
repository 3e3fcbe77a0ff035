//! Hebbscope: a desktop microscope for plastic networks.
//!
//! The rooms of the house, and who may use whom (A ← B: B uses A):
//!
//! ```text
//! plastic ← tasks ← train ← {cli, ui} ← main
//! data ← tasks
//! plastic ← episode ← {tasks, train, render, ui, cli}
//! render ← {cli, ui}
//! ```
//!
//! | room | what it is for |
//! |---|---|
//! | [`plastic`] | what a plastic network is: update rules, kinds of α, the lifetime operation |
//! | [`data`] | where examples come from: generators and readers |
//! | [`episode`] | the tape of one lifetime, exact replay, the playback clock |
//! | [`tasks`] | one file per task: how an episode is made and scored |
//! | [`train`] | optimiser, training step, worker thread, run folder, checkpoint |
//! | [`render`] | colour maps, heatmaps, pictures without a display |
//! | [`ui`] | the window |
//! | [`cli`] | the command line |

pub mod cli;
pub mod data;
pub mod episode;
pub mod plastic;
pub mod render;
pub mod tasks;
pub mod train;
pub mod ui;
