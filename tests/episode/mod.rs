//! Tapes, replay, the playback clock.

mod layers;
mod ledger;
mod playback;
