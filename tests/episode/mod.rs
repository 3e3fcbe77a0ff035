//! Tapes, replay, the playback clock.

mod counting;
mod layers;
mod ledger;
mod playback;
