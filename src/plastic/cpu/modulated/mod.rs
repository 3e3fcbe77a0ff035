//! Lanes whose trace is written under the network's own neuromodulation, forward and backward.
//!
//! A lane is lived by one thread, and so is its way back. As in unmodulated lifetimes each connection is touched once
//! a step: while a piece of H is in registers it is brought up to date and multiplied, and on the way back its product
//! and its writing are differentiated together. Traces are kept every √T steps; those between two of them are written
//! again, from the activities and the modulator, bit for bit.

mod history;
mod lane;
mod record;
mod sweep;
mod update;
mod weights;

pub(in crate::plastic::cpu) use history::{History, Signals, Unwinding};
pub(in crate::plastic::cpu) use lane::{ModulatedGradients, add};
pub(in crate::plastic::cpu) use record::begin;
pub(in crate::plastic) use update::ModulatedUpdate;
pub(in crate::plastic::cpu) use weights::ModulatedWeights;
