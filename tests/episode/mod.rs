//! Tapes, replay, the playback clock.

mod layers;
mod playback;
