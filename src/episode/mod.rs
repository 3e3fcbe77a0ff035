//! The tape of one lifetime, its exact replay, and the playback clock. No window, no training.
//!
//! | file | subject |
//! |---|---|
//! | [`tape`] | what was recorded: where it comes from, drive, activities, events |
//! | [`content`] | what the task shows beside the network |
//! | [`layer`] | the signals of a plastic layer, and how its trace goes on, by what was written and what was done |
//! | [`gates`] | how far the gates of LSTM cells stood open, where there are some |
//! | [`behaviour`] | what an agent saw and did, where there was one |
//! | [`one_shot`] | labelled drawings and a query, where they were shown |
//! | [`reading`] | words and how likely they were, where a text was read |
//! | [`trials`] | cues and answers, where an agent was asked |
//! | [`modulator`] | what a trace was modulated with, where it was |
//! | [`intervention`] | what somebody did to it while it was lived |
//! | [`reel`] | any H(t) of a tape, rebuilt bit for bit |
//! | [`ledger`] | which steps wrote a trace, and how much of it |
//! | [`clock`] | playback as a state machine without widgets |
//! | [`tape_file`] | a tape and its network in one file |

pub mod behaviour;
pub mod clock;
pub mod content;
pub mod gates;
pub mod intervention;
pub mod layer;
pub mod ledger;
pub mod modulator;
pub mod one_shot;
pub mod reading;
pub mod reel;
pub mod tape;
pub mod tape_file;
pub mod trials;

pub use behaviour::{Behaviour, Walk};
pub use clock::Clock;
pub use content::{Content, Question};
pub use gates::{Gate, GateRecord};
pub use intervention::{Intervention, What};
pub use layer::{LayerRecord, LayerView};
pub use ledger::Ledger;
pub use modulator::Modulator;
pub use one_shot::{Lesson, OneShot, Pixels};
pub use reading::Reading;
pub use reel::Reel;
pub use tape::{Event, EventKind, Origin, Tape};
pub use trials::{Shown, Trials};
