//! Training: the optimiser, one iteration, the worker thread, and what is kept on disk.
//!
//! | file | subject |
//! |---|---|
//! | [`config`] | what a run is: task, settings, seed, length |
//! | [`trainer`] | one iteration after another, no thread, no files |
//! | [`measured`] | on which device a run is faster |
//! | [`adam`] | the optimiser, with moments that can be saved |
//! | `descent` | plain gradient descent |
//! | [`gradients`] | the norm of gradients, and clipping by it |
//! | [`checkpoint`] | a network and everything needed to go on training it, in one file |
//! | [`run_folder`] | the folder of a run: configuration, metrics, checkpoint, lock |
//! | [`curve`] | the numbers of a run as tensors |
//! | `metrics` | the table of a run's numbers, written and read |
//! | [`ages`] | snapshots of the network while it trains |
//! | [`history`] | the numbers of a run, read from its folder |
//! | [`worker`] | the training thread: commands in, events and the latest state out |
//! | [`specimen`] | one lifetime of a network, of a seed or put together by somebody |
//! | [`learned_from`] | what a network has learned from, in words |
//! | [`evaluate`] | how well a network does on episodes it has never lived |
//! | [`region`] | connections from some neurons to some others |
//! | [`lesion`] | what a network comes to whose w or α is shuffled, averaged or zero |
//! | [`statistics`] | medians and quartiles over runs, and the rank-sum test between groups of them |
//! | [`import`] | networks that other programs have trained, as checkpoints |
//! | [`open`] | a checkpoint, a run folder or a tape, whatever is handed over |

pub mod adam;
pub mod ages;
pub mod checkpoint;
pub mod config;
pub mod curve;
mod descent;
pub mod evaluate;
pub mod gradients;
pub mod history;
pub mod import;
pub mod learned_from;
pub mod lesion;
pub mod measured;
mod metrics;
pub mod open;
pub mod region;
pub mod run_folder;
pub mod specimen;
pub mod statistics;
pub mod trainer;
pub mod worker;

pub use checkpoint::Checkpoint;
pub use config::RunConfig;
pub use history::History;
pub use learned_from::LearnedFrom;
pub use open::Bundled;
pub use run_folder::RunFolder;
pub use specimen::Specimen;
pub use trainer::{Curve, Gradients, Point, Trainer, Validation};
pub use worker::{Command, Event, Snapshot, Worker};
